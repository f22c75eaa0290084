//! Forms made from schemas, and the page that asks once more before what halts a truck.

use askama::Template;

use super::board::Choice;
use super::frame::Frame;
use super::parts::{Fact, Link, Rich, Tone};

/// A form, whole. It works without script: repeated parts are added by a submit button.
#[derive(Debug, Clone, Default)]
pub struct FormPage {
    /// The way here.
    pub path: Vec<Link>,
    /// Verb and object.
    pub title: String,
    /// What it does, in a sentence.
    pub lede: Rich,
    /// Where it is posted.
    pub action: String,
    /// Values carried along: session token, idempotency key, case, act.
    pub hidden: Vec<(String, String)>,
    /// Sections with their fields; what was typed stands in them.
    pub sections: Vec<FormSection>,
    /// All faults at once, in the order of the fields.
    pub faults: Vec<Fault>,
    /// Words of the button; the console has *Sign and record*.
    pub submit: String,
    /// The button halts a truck.
    pub halt: bool,
    /// In whose name it is signed.
    pub signed_as: String,
    /// Who will receive it.
    pub receivers: Vec<String>,
    /// Back to the case.
    pub back: Link,
}

/// A part of a form.
#[derive(Debug, Clone, Default)]
pub struct FormSection {
    /// Heading; empty for the first.
    pub title: String,
    /// A sentence under it.
    pub hint: String,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Button that adds a row of a repeated part: name is `add`, the value the member's pointer.
    pub add: Option<Choice>,
    /// Button that takes this row away: name is `drop`, the value the row's pointer.
    pub remove: Option<Choice>,
}

/// A field.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// Name in the form: the JSON pointer of the member, so that an answer finds its place: `/credentialSubject/seal/number`.
    pub name: String,
    /// Label.
    pub label: String,
    /// Hint, with the example.
    pub hint: String,
    /// Optional fields say so; required ones say nothing.
    pub optional: bool,
    /// What kind.
    pub kind: FieldKind,
    /// What was typed, or what the case gives.
    pub value: String,
    /// Choices of `Radios` and `Select`.
    pub choices: Vec<Choice>,
}

/// Kinds of fields.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FieldKind {
    /// One line.
    #[default]
    Text,
    /// A whole or decimal number.
    Number,
    /// Several lines.
    Area,
    /// Date.
    Date,
    /// Date and time in the port's zone, which the hint names.
    DateTime,
    /// Yes or no.
    Tick,
    /// One of up to six.
    Radios,
    /// One of many.
    Select,
    /// One of a few, each a button that answers at once.
    Taps,
    /// A file.
    File,
}

/// Something to correct.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fault {
    /// The field's name (its pointer); empty where it is of the whole.
    pub name: String,
    /// The sentence.
    pub text: String,
    /// Stable code, read out on the telephone.
    pub code: String,
}

/// Which record to file: what the reader's role may file, in groups.
#[derive(Debug, Clone, Default)]
pub struct ChoosePage {
    /// Last records to file another from: the form, the record, when it was logged.
    pub another: Vec<(Link, Link, i64)>,
    /// The groups, the most filed first.
    pub groups: Vec<ChooseGroup>,
    /// Where else to go.
    pub back: Link,
}

/// Record types of one sort.
#[derive(Debug, Clone, Default)]
pub struct ChooseGroup {
    /// Heading.
    pub title: String,
    /// Their forms, by name.
    pub links: Vec<Link>,
}

/// A page that asks once more.
#[derive(Debug, Clone, Default)]
pub struct ConfirmPage {
    /// The way here.
    pub path: Vec<Link>,
    /// The question: *Place a hold on 47AK2F?*
    pub title: String,
    /// What will happen.
    pub text: Rich,
    /// What is signed, member by member.
    pub facts: Vec<Fact>,
    /// Where it is posted.
    pub action: String,
    /// Everything typed so far, and the tokens.
    pub hidden: Vec<(String, String)>,
    /// Words of the button: the act again.
    pub submit: String,
    /// Whether it halts (red text) or lets go.
    pub tone: Tone,
    /// In whose name.
    pub signed_as: String,
    /// Who will receive it.
    pub receivers: Vec<String>,
    /// Back, with nothing signed.
    pub back: Link,
}

/// The page.
pub fn render_choose(frame: &Frame, page: &ChoosePage) -> String {
    super::finish(&ChooseTemplate { f: frame, p: page })
}

/// The page.
pub fn render_form(frame: &Frame, page: &FormPage) -> String {
    super::finish(&FormTemplate { f: frame, p: page })
}

/// The page.
pub fn render_confirm(frame: &Frame, page: &ConfirmPage) -> String {
    super::finish(&ConfirmTemplate { f: frame, p: page })
}

impl FormPage {
    fn faults_of(&self, field: &Field) -> Vec<&Fault> {
        self.faults
            .iter()
            .filter(|fault| fault.name == field.name)
            .collect()
    }

    fn bad(&self, field: &Field) -> bool {
        self.faults.iter().any(|fault| fault.name == field.name)
    }

    /// Where a line of the box leads: to its field, else to the form.
    fn target(&self, fault: &Fault) -> String {
        let known = self
            .sections
            .iter()
            .flat_map(|s| &s.fields)
            .find(|field| field.name == fault.name);
        known.map_or_else(|| "form".to_owned(), Field::id)
    }

    /// Faults that no field of this form shows keep their code in the box.
    fn homeless(&self, fault: &Fault) -> bool {
        !self
            .sections
            .iter()
            .flat_map(|s| &s.fields)
            .any(|field| field.name == fault.name)
    }

    fn has_file(&self) -> bool {
        self.sections
            .iter()
            .flat_map(|s| &s.fields)
            .any(|field| field.kind == FieldKind::File)
    }
}

impl Field {
    pub(super) fn id(&self) -> String {
        format!("f-{}", super::parts::slug(&self.name))
    }

    pub(super) fn input_type(&self) -> &'static str {
        match self.kind {
            FieldKind::Date => "date",
            FieldKind::DateTime => "datetime-local",
            FieldKind::File => "file",
            FieldKind::Text
            | FieldKind::Number
            | FieldKind::Area
            | FieldKind::Tick
            | FieldKind::Radios
            | FieldKind::Select
            | FieldKind::Taps => "text",
        }
    }

    pub(super) fn is(&self, kind: &str) -> bool {
        let own = match self.kind {
            FieldKind::Text | FieldKind::Date | FieldKind::DateTime => "line",
            FieldKind::Number => "number",
            FieldKind::Area => "area",
            FieldKind::Tick => "tick",
            FieldKind::Radios => "radios",
            FieldKind::Select => "select",
            FieldKind::Taps => "taps",
            FieldKind::File => "file",
        };
        own == kind
    }

    /// `aria-describedby`: hint, then error.
    pub(super) fn described(&self, bad: &bool) -> String {
        let id = self.id();
        let mut out = String::new();
        if !self.hint.is_empty() {
            out.push_str(&format!("{id}-h"));
        }
        if *bad {
            out.push_str(&format!(" {id}-e"));
        }
        out.trim().to_owned()
    }
}

#[derive(Template)]
#[template(path = "choose.html")]
struct ChooseTemplate<'a> {
    f: &'a Frame,
    p: &'a ChoosePage,
}

#[derive(Template)]
#[template(path = "form.html")]
struct FormTemplate<'a> {
    f: &'a Frame,
    p: &'a FormPage,
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct ConfirmTemplate<'a> {
    f: &'a Frame,
    p: &'a ConfirmPage,
}
