//! Files that people already have: what they say, what is missing, what was filed; and which element of each kind goes where.

use askama::Template;

use super::board::Choice;
use super::form::{Fault, Field, FormSection};
use super::frame::Frame;
use super::parts::{Glyph, Link, Tone};

/// The page on which files are chosen, looked at and filed.
#[derive(Debug, Clone, Default)]
pub struct ImportPage {
    /// Where it is posted.
    pub action: String,
    /// Values carried along: session token, files already read.
    pub hidden: Vec<(String, String)>,
    /// Kinds of document that are read.
    pub kinds: Vec<Choice>,
    /// Spreadsheets of the record types that the reader's role files.
    pub sheets: Vec<Choice>,
    /// Templates of the record type that the address names.
    pub templates: Vec<Link>,
    /// Whether days or months come first, where that can be read two ways.
    pub dates: Vec<Choice>,
    /// Zones of times that say none.
    pub zones: Vec<Choice>,
    /// Decimal marks.
    pub decimals: Vec<Choice>,
    /// What was read.
    pub files: Vec<ImportFile>,
    /// Faults of the fields for what is missing.
    pub faults: Vec<Fault>,
    /// Records that can be filed now.
    pub ready: u64,
    /// Records that were filed just now.
    pub filed: u64,
    /// Records that an earlier filing of the same content made.
    pub before: u64,
    /// Whether this answers to filing.
    pub done: bool,
    /// Nothing was chosen.
    pub nothing: bool,
    /// In whose name it is signed.
    pub signed_as: String,
}

/// One file.
#[derive(Debug, Clone, Default)]
pub struct ImportFile {
    /// Its name, as the browser told.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// The page that says which element goes where.
    pub about: Option<Link>,
    /// Nothing recognises it: the field in which its kind is chosen, by name.
    pub asks: Option<String>,
    /// Faults, the gravest first.
    pub faults: Vec<ImportFault>,
    /// Faults that are counted only.
    pub untold: u64,
    /// Its records.
    pub records: Vec<ImportRecord>,
    /// Records that are counted only.
    pub unshown: u64,
}

/// A fault in a file.
#[derive(Debug, Clone, Default)]
pub struct ImportFault {
    /// How much it weighs.
    pub tone: Tone,
    /// Its mark.
    pub glyph: Glyph,
    /// Word for how much it weighs.
    pub weight: String,
    /// The sentence.
    pub text: String,
    /// Stable code.
    pub code: String,
    /// Where in the file.
    pub place: String,
}

/// A record that a file could become.
#[derive(Debug, Clone, Default)]
pub struct ImportRecord {
    /// The record type for people.
    pub title: String,
    /// Which of its kind: the row of a sheet.
    pub which: String,
    /// A word on how it stands.
    pub state: String,
    /// Its tone.
    pub tone: Tone,
    /// Why it is not filed, or what became of it.
    pub why: Vec<String>,
    /// The case, or the record, once it is filed.
    pub link: Option<Link>,
    /// What it says.
    pub members: Vec<ImportMember>,
    /// Fields for what is missing.
    pub gaps: Vec<FormSection>,
    /// Shown open.
    pub open: bool,
}

/// One member with the place that says so.
#[derive(Debug, Clone, Default)]
pub struct ImportMember {
    /// What people call it.
    pub title: String,
    /// Its value, with words where it is a code.
    pub value: String,
    /// Where in the file; empty where the filer gave it.
    pub place: String,
}

/// All kinds.
#[derive(Debug, Clone, Default)]
pub struct FormatsPage {
    /// The kinds: page, standard, number of elements.
    pub kinds: Vec<(Link, String, u64)>,
    /// Spreadsheets: record type, workbook, CSV, upload.
    pub sheets: Vec<(String, Vec<Link>)>,
}

/// One kind: which element goes where.
#[derive(Debug, Clone, Default)]
pub struct FormatPage {
    /// What it is.
    pub title: String,
    /// Name on the command line.
    pub name: String,
    /// The standard.
    pub standard: String,
    /// The same as JSON.
    pub json: String,
    /// Elements.
    pub rows: Vec<FormatRow>,
}

/// One element of a kind.
#[derive(Debug, Clone, Default)]
pub struct FormatRow {
    /// Where it stands.
    pub place: String,
    /// What it is.
    pub title: String,
    /// Whether the standard requires it.
    pub required: bool,
    /// Where it goes.
    pub goes: Vec<FormatGoes>,
}

/// A member that an element fills.
#[derive(Debug, Clone, Default)]
pub struct FormatGoes {
    /// Record type for people.
    pub record: String,
    /// The member for people; empty where no program in force has it.
    pub title: String,
    /// Pointer into the subject.
    pub member: String,
    /// Identifiers in the WCO Data Model.
    pub wco: String,
    /// Name in UN/CEFACT's dictionary.
    pub uncefact: String,
}

/// The page.
pub fn render_import(frame: &Frame, page: &ImportPage) -> String {
    super::finish(&ImportTemplate { f: frame, p: page })
}

/// The page.
pub fn render_formats(frame: &Frame, page: &FormatsPage) -> String {
    super::finish(&FormatsTemplate { f: frame, p: page })
}

/// The page.
pub fn render_format(frame: &Frame, page: &FormatPage) -> String {
    super::finish(&FormatTemplate { f: frame, p: page })
}

impl ImportPage {
    // What the template of a field asks of the page it stands on.
    fn faults_of(&self, field: &Field) -> Vec<&Fault> {
        self.faults
            .iter()
            .filter(|fault| fault.name == field.name)
            .collect()
    }

    fn bad(&self, field: &Field) -> bool {
        self.faults.iter().any(|fault| fault.name == field.name)
    }
}

#[derive(Template)]
#[template(path = "import.html")]
struct ImportTemplate<'a> {
    f: &'a Frame,
    p: &'a ImportPage,
}

#[derive(Template)]
#[template(path = "formats.html")]
struct FormatsTemplate<'a> {
    f: &'a Frame,
    p: &'a FormatsPage,
}

#[derive(Template)]
#[template(path = "format.html")]
struct FormatTemplate<'a> {
    f: &'a Frame,
    p: &'a FormatPage,
}
