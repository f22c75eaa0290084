//! The console's small parts: looks, badges, marks, text with identifiers, notices, links. All plain data; words of a program are text.

use std::borrow::Borrow;
use std::fmt;

use askama::filters::HtmlSafe;

use super::lang::Lang;

/// HTML that was made by this module with everything from outside escaped. Nothing else may make one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html(pub(super) String);

impl Html {
    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

/// Escapes text for content and attributes in quotes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// How loud something is. Only what waits for somebody has a tint.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    /// Plain words.
    #[default]
    Quiet,
    /// Good: released, verified, in step.
    Go,
    /// Somebody is working on it.
    Act,
    /// Waits for somebody.
    Warn,
    /// Failed, refused, past.
    Stop,
}

impl Tone {
    /// Class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Tone::Quiet => "",
            Tone::Go => "go",
            Tone::Act => "act",
            Tone::Warn => "warn",
            Tone::Stop => "stop",
        }
    }
}

/// A glyph of the sprite. Always beside a word.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Glyph {
    /// Check.
    Ok,
    /// Ring: expected.
    #[default]
    Soon,
    /// Dash: closed.
    End,
    /// Clock: waits.
    Wait,
    /// Turn: sent aside.
    Refer,
    /// Lens: is looked at.
    Look,
    /// Two bars: held, suspended.
    Hold,
    /// Octagon: refused.
    Stop,
    /// Cross: failed, seized.
    Cross,
    /// Dotted ring: missing.
    Missing,
    /// Arrow to a wall: not yet valid.
    Future,
    /// Barred ring: revoked.
    Revoked,
    /// Not equal: records differ.
    Differ,
    /// Triangle: late, overdue.
    Late,
    /// Two equal bars: in step.
    Step,
    /// One short bar: behind.
    Behind,
    /// A broken bar: not reached.
    Away,
}

impl Glyph {
    /// Every glyph.
    pub const ALL: [Glyph; 17] = [
        Glyph::Ok,
        Glyph::Soon,
        Glyph::End,
        Glyph::Wait,
        Glyph::Refer,
        Glyph::Look,
        Glyph::Hold,
        Glyph::Stop,
        Glyph::Cross,
        Glyph::Missing,
        Glyph::Future,
        Glyph::Revoked,
        Glyph::Differ,
        Glyph::Late,
        Glyph::Step,
        Glyph::Behind,
        Glyph::Away,
    ];

    /// Name in the sprite, without its `g-`, and in profiles (`needs: { glyph: differ }`).
    pub fn name(self) -> &'static str {
        match self {
            Glyph::Ok => "ok",
            Glyph::Soon => "soon",
            Glyph::End => "end",
            Glyph::Wait => "wait",
            Glyph::Refer => "refer",
            Glyph::Look => "look",
            Glyph::Hold => "hold",
            Glyph::Stop => "stop",
            Glyph::Cross => "cross",
            Glyph::Missing => "missing",
            Glyph::Future => "future",
            Glyph::Revoked => "revoked",
            Glyph::Differ => "differ",
            Glyph::Late => "late",
            Glyph::Step => "step",
            Glyph::Behind => "behind",
            Glyph::Away => "away",
        }
    }

    /// The glyph of a profile's word; none where the console has no such glyph.
    pub fn parse(name: &str) -> Option<Glyph> {
        Glyph::ALL.into_iter().find(|glyph| glyph.name() == name)
    }
}

impl fmt::Display for Glyph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<svg class=\"i\" aria-hidden=\"true\"><use href=\"#g-{}\"/></svg>",
            self.name()
        )
    }
}

impl HtmlSafe for Glyph {}

/// How a state looks: ten, each with its own silhouette. Profiles map their states to these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Look {
    /// Announced, not yet here.
    #[default]
    Expected,
    /// In a queue, or for another part.
    Waiting,
    /// Sent aside.
    Referred,
    /// Being examined.
    Inspection,
    /// An office holds it.
    Hold,
    /// A clock ran out.
    Overdue,
    /// By every office concerned.
    Released,
    /// May not enter.
    Refused,
    /// The only filled state.
    Seized,
    /// Nothing more will come.
    Closed,
}

impl Look {
    /// The look of a profile's word (`states: { held: { look: hold } }`); unknown words look as `expected`.
    pub fn parse(name: &str) -> Look {
        match name {
            "waiting" => Look::Waiting,
            "referred" => Look::Referred,
            "inspection" => Look::Inspection,
            "hold" => Look::Hold,
            "overdue" => Look::Overdue,
            "released" => Look::Released,
            "refused" => Look::Refused,
            "seized" => Look::Seized,
            "closed" => Look::Closed,
            _ => Look::Expected,
        }
    }

    /// Its classes.
    pub fn class(self) -> &'static str {
        match self {
            Look::Expected | Look::Waiting | Look::Closed => "",
            Look::Referred | Look::Inspection => "act",
            Look::Hold | Look::Overdue => "warn",
            Look::Released => "go",
            Look::Refused => "stop",
            Look::Seized => "stop final",
        }
    }

    /// Its glyph.
    pub fn glyph(self) -> Glyph {
        match self {
            Look::Expected => Glyph::Soon,
            Look::Waiting => Glyph::Wait,
            Look::Referred => Glyph::Refer,
            Look::Inspection => Glyph::Look,
            Look::Hold => Glyph::Hold,
            Look::Overdue => Glyph::Late,
            Look::Released => Glyph::Ok,
            Look::Refused => Glyph::Stop,
            Look::Seized => Glyph::Cross,
            Look::Closed => Glyph::End,
        }
    }
}

/// A case's state: the look is the console's, the word the program's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// How it looks.
    pub look: Look,
    /// The program's word for it, in the page's language.
    pub label: String,
}

impl State {
    /// A state of a look and a word.
    pub fn new(look: Look, label: impl Into<String>) -> State {
        State {
            look,
            label: label.into(),
        }
    }

    /// The markup, `big` at the head of a case.
    pub fn html(&self, big: impl Borrow<bool>) -> Html {
        let size = if *big.borrow() { " big" } else { "" };
        Html(format!(
            "<span class=\"state {}{size}\">{}{}</span>",
            self.look.class(),
            self.look.glyph(),
            escape(&self.label)
        ))
    }
}

/// What checking a document gave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Badge {
    /// Signature, issuer, status, content all good.
    #[default]
    Verified,
    /// Required in this state and not here.
    Missing,
    /// A check failed.
    Failed,
    /// Good, but its period starts later.
    NotYetValid,
    /// Good once.
    Expired,
    /// Stopped until lifted.
    Suspended,
    /// Taken back by its issuer.
    Revoked,
    /// Verifies, but contradicts another record, or a rule of the receiver.
    Disputed,
    /// What a check needs isn't here: unknown, which is never failed and never good.
    Unknown,
    /// Another record of its issuer took its place.
    Replaced,
    /// Its content was erased here.
    Erased,
}

impl Badge {
    /// Its tone.
    pub fn tone(self) -> Tone {
        match self {
            Badge::Verified => Tone::Go,
            Badge::Missing | Badge::Expired | Badge::Suspended | Badge::Disputed => Tone::Warn,
            Badge::Failed | Badge::Revoked => Tone::Stop,
            Badge::NotYetValid => Tone::Act,
            Badge::Unknown | Badge::Replaced | Badge::Erased => Tone::Quiet,
        }
    }

    /// Its glyph.
    pub fn glyph(self) -> Glyph {
        match self {
            Badge::Verified => Glyph::Ok,
            Badge::Missing => Glyph::Missing,
            Badge::Failed => Glyph::Cross,
            Badge::NotYetValid => Glyph::Future,
            Badge::Expired => Glyph::Late,
            Badge::Suspended => Glyph::Hold,
            Badge::Revoked => Glyph::Revoked,
            Badge::Disputed => Glyph::Differ,
            Badge::Unknown => Glyph::Wait,
            Badge::Replaced | Badge::Erased => Glyph::End,
        }
    }

    /// Key of its word.
    fn key(self) -> &'static str {
        match self {
            Badge::Verified => "badge.verified",
            Badge::Missing => "badge.missing",
            Badge::Failed => "badge.failed",
            Badge::NotYetValid => "badge.not-yet-valid",
            Badge::Expired => "badge.expired",
            Badge::Suspended => "badge.suspended",
            Badge::Revoked => "badge.revoked",
            Badge::Disputed => "badge.disputed",
            Badge::Unknown => "badge.unknown",
            Badge::Replaced => "badge.replaced",
            Badge::Erased => "badge.erased",
        }
    }

    /// Whether a person should look at the document.
    pub fn needs_a_look(self) -> bool {
        !matches!(self, Badge::Verified | Badge::Replaced | Badge::Erased)
    }

    /// The markup.
    pub(super) fn html(self, lang: Lang) -> Html {
        Html(format!(
            "<span class=\"badge {}\">{}{}</span>",
            self.tone().class(),
            self.glyph(),
            lang.t(self.key())
        ))
    }
}

/// A mark beside a plate or a name: programme membership or lane. Never a score.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// The word of the field: `CTPAT`, `FAST`.
    pub label: String,
    /// What kind of mark.
    pub kind: MarkKind,
}

/// Kinds of marks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MarkKind {
    /// Membership in a programme.
    #[default]
    Programme,
    /// Lane.
    Lane,
    /// Suspended membership: dashed, with the glyph.
    Suspended,
}

impl Mark {
    /// A mark of a word and a kind.
    pub fn new(label: impl Into<String>, kind: MarkKind) -> Mark {
        Mark {
            label: label.into(),
            kind,
        }
    }

    /// The markup.
    pub(super) fn html(&self, lang: Lang) -> Html {
        let label = escape(&self.label);
        Html(match self.kind {
            MarkKind::Programme => format!("<span class=\"mark\">{label}</span>"),
            MarkKind::Lane => format!("<span class=\"mark lane\">{label}</span>"),
            MarkKind::Suspended => format!(
                "<span class=\"mark void\">{} {label}<span class=\"hide\"> {}</span></span>",
                Glyph::Hold,
                lang.t("mark.suspended")
            ),
        })
    }
}

/// A link that says where it leads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// Words.
    pub label: String,
    /// Address, encoded.
    pub href: String,
}

impl Link {
    /// A link of words and an address.
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Link {
        Link {
            label: label.into(),
            href: href.into(),
        }
    }

    /// The markup; an address that is no page leads nowhere, and without an address or words less is left. Others' pages are not
    /// vouched for.
    pub(super) fn html(&self) -> Html {
        let label = escape(&self.label);
        if self.href.is_empty() || self.label.is_empty() {
            return Html(label);
        }
        let away = self.href.trim_start().starts_with("http");
        Html(format!(
            "<a href=\"{}\"{}>{label}</a>",
            escape(&safe_href(&self.href)),
            if away {
                " rel=\"nofollow noreferrer\""
            } else {
                ""
            }
        ))
    }

    /// Whether there is nothing to say.
    pub(super) fn is_empty(&self) -> bool {
        self.label.is_empty()
    }
}

/// A program's word for what it counts, in the page's language: `truck`, `trucks`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noun {
    /// One of them.
    pub one: String,
    /// None or many.
    pub other: String,
}

impl Noun {
    /// A noun of its two forms.
    pub fn new(one: impl Into<String>, other: impl Into<String>) -> Noun {
        Noun {
            one: one.into(),
            other: other.into(),
        }
    }

    /// The form for a count.
    pub fn of(&self, count: u64) -> &str {
        if count == 1 { &self.one } else { &self.other }
    }
}

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Words.
    Text(String),
    /// What is compared sign by sign: plate, seal, number, digest. Set in mono, never broken.
    Id(String),
    /// A long identifier that may break over lines: digest, DID.
    Long(String),
    /// What carries the sentence.
    Strong(String),
    /// A link inside a sentence.
    Link(Link),
}

/// A sentence with identifiers in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rich(pub Vec<Span>);

impl Rich {
    /// Plain words; nothing of an empty text.
    pub fn text(text: impl Into<String>) -> Rich {
        let text: String = text.into();
        if text.is_empty() {
            return Rich::default();
        }
        Rich(vec![Span::Text(text)])
    }

    /// One identifier.
    pub fn id(id: impl Into<String>) -> Rich {
        Rich(vec![Span::Id(id.into())])
    }

    /// A profile's sentence, where identifiers stand in backticks. A backtick without its pair stays as it is.
    pub fn marked(text: &str) -> Rich {
        let mut spans = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('`') {
            let Some((id, tail)) = after.split_once('`') else {
                break;
            };
            if !before.is_empty() {
                spans.push(Span::Text(before.to_owned()));
            }
            spans.push(Span::Id(id.to_owned()));
            rest = tail;
        }
        if !rest.is_empty() {
            spans.push(Span::Text(rest.to_owned()));
        }
        Rich(spans)
    }

    /// A profile's text with `{values}`; each value stands as it is given (an id, a link, words) and is never read again as a text.
    pub fn filled(text: &str, values: &[(&str, Span)]) -> Rich {
        let mut spans = Vec::new();
        let mut words = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            words.push_str(before);
            let found = after.split_once('}').and_then(|(name, tail)| {
                values
                    .iter()
                    .find(|(n, _)| *n == name)
                    .map(|(_, span)| (span.clone(), tail))
            });
            match found {
                Some((span, tail)) => {
                    if !words.is_empty() {
                        spans.extend(Rich::marked(&std::mem::take(&mut words)).0);
                    }
                    spans.push(span);
                    rest = tail;
                }
                None => {
                    words.push('{');
                    rest = after;
                }
            }
        }
        words.push_str(rest);
        if !words.is_empty() {
            spans.extend(Rich::marked(&words).0);
        }
        Rich(spans)
    }

    /// One more piece.
    #[must_use]
    pub fn and(mut self, span: Span) -> Rich {
        self.0.push(span);
        self
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words alone, for titles and announcements.
    pub fn plain(&self) -> String {
        self.0
            .iter()
            .map(|span| match span {
                Span::Text(s) | Span::Id(s) | Span::Long(s) | Span::Strong(s) => s.as_str(),
                Span::Link(link) => link.label.as_str(),
            })
            .collect()
    }
}

impl From<&str> for Rich {
    fn from(text: &str) -> Rich {
        Rich::marked(text)
    }
}

impl fmt::Display for Rich {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for span in &self.0 {
            match span {
                Span::Text(s) => f.write_str(&escape(s))?,
                Span::Id(s) => write!(f, "<span class=\"id\">{}</span>", escape(s))?,
                Span::Long(s) => write!(f, "<span class=\"id long\">{}</span>", escape(s))?,
                Span::Strong(s) => write!(f, "<b>{}</b>", escape(s))?,
                Span::Link(l) => write!(
                    f,
                    "<a href=\"{}\">{}</a>",
                    escape(&safe_href(&l.href)),
                    escape(&l.label)
                )?,
            }
        }
        Ok(())
    }
}

impl HtmlSafe for Rich {}

/// An address that a page may link to: our own paths, anchors, http(s), and telephone numbers. Others (`javascript:`) lead nowhere, since
/// addresses may come out of records.
pub(super) fn safe_href(href: &str) -> String {
    let trimmed = href.trim();
    let own = trimmed.starts_with('/') || trimmed.starts_with('#') || trimmed.starts_with('?');
    let web = trimmed.starts_with("https://") || trimmed.starts_with("http://");
    let number = trimmed.strip_prefix("tel:+").is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    });
    if own || web || number {
        trimmed.to_owned()
    } else {
        "#".to_owned()
    }
}

/// A box that says something about the page: what is wrong, what was recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notice {
    /// How loud.
    pub tone: Tone,
    /// Its glyph.
    pub glyph: Glyph,
    /// The sentence.
    pub title: String,
    /// More.
    pub text: Rich,
    /// Stable code, where there is one: `storage-full`.
    pub code: Option<String>,
    /// The act it asks for, as the page's one filled button.
    pub act: Option<Act>,
    /// What one click does: a small form of its own.
    pub post: Option<Post>,
}

/// A button that does something at once, without a page between.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Post {
    /// Where it is posted.
    pub action: String,
    /// Members of the form.
    pub hidden: Vec<(String, String)>,
    /// Verb and object.
    pub label: String,
    /// What is said beside it: for how long.
    pub note: String,
}

/// Something a person may do: a button that says verb and object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Act {
    /// Verb and object, in the page's language.
    pub label: String,
    /// Where its form or its confirmation stands.
    pub href: String,
    /// What halts a truck: red text, and asks once more.
    pub halt: bool,
    /// Why it can't be done in this state; the button is then shown as that sentence.
    pub why_not: Option<String>,
}

/// Whether a peer holds the same ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The same set, compared that long ago.
    InStep {
        /// Age of the comparison, in milliseconds.
        age_ms: i64,
    },
    /// Records are under way.
    Behind {
        /// How many.
        records: u64,
        /// For how long, in milliseconds.
        age_ms: i64,
    },
    /// Not reached.
    Away {
        /// Since when, ms since 1970 UTC.
        since_ms: i64,
        /// Records that wait.
        waiting: u64,
    },
    /// Its log has two histories: nothing is sent to it, nothing taken from it.
    Isolated {
        /// When that was found, ms since 1970 UTC.
        since_ms: i64,
    },
}

impl Step {
    /// Its glyph.
    pub fn glyph(&self) -> Glyph {
        match self {
            Step::InStep { .. } => Glyph::Step,
            Step::Behind { .. } => Glyph::Behind,
            Step::Away { .. } => Glyph::Away,
            Step::Isolated { .. } => Glyph::Stop,
        }
    }

    /// Its class.
    pub fn class(&self) -> &'static str {
        match self {
            Step::InStep { .. } => "",
            Step::Behind { .. } => "behind",
            Step::Away { .. } | Step::Isolated { .. } => "away",
        }
    }
}

/// One check of a record, as it was made: what, whether good, and in what words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Good (`Go`), failed (`Stop`), contradicts (`Warn`), can't be checked yet (`Quiet`).
    pub tone: Tone,
    /// Its glyph.
    pub glyph: Glyph,
    /// What was checked: *Signature*, *Issuer may state this*; or who states it, in a dispute.
    pub what: String,
    /// What was found.
    pub found: Rich,
}

impl Check {
    /// A check that is good.
    pub fn good(what: impl Into<String>, found: Rich) -> Check {
        Check {
            tone: Tone::Go,
            glyph: Glyph::Ok,
            what: what.into(),
            found,
        }
    }

    /// A check that failed.
    pub fn failed(what: impl Into<String>, found: Rich) -> Check {
        Check {
            tone: Tone::Stop,
            glyph: Glyph::Cross,
            what: what.into(),
            found,
        }
    }

    /// A check that can't be made yet: unknown, which is neither.
    pub fn unknown(what: impl Into<String>, found: Rich) -> Check {
        Check {
            tone: Tone::Quiet,
            glyph: Glyph::Wait,
            what: what.into(),
            found,
        }
    }

    /// One of several statements that contradict each other.
    pub fn differs(what: impl Into<String>, found: Rich) -> Check {
        Check {
            tone: Tone::Warn,
            glyph: Glyph::Differ,
            what: what.into(),
            found,
        }
    }
}

/// A label and its value: facts of a case, members of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fact {
    /// The member's title, in the page's language.
    pub label: String,
    /// Its value.
    pub value: Rich,
    /// A second line.
    pub sub: Rich,
    /// Marks under the value.
    pub marks: Vec<Mark>,
}

/// An element id made of anything: lower-case letters, digits and hyphens only, so that it is safe in markup, addresses and scripts.
pub fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        if sign.is_ascii_alphanumeric() {
            out.push(sign.to_ascii_lowercase());
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `profile check` knows the same words as the console: else it would pass what no page shows.
    #[test]
    fn looks_and_glyphs_are_those_of_the_profile_language() {
        let mut glyphs: Vec<&str> = Glyph::ALL.iter().map(|g| g.name()).collect();
        let mut known = garita_profile::model::GLYPHS.to_vec();
        glyphs.sort_unstable();
        known.sort_unstable();
        assert_eq!(glyphs, known);
        for (i, look) in garita_profile::model::LOOKS.iter().enumerate() {
            assert!(i == 0 || Look::parse(look) != Look::Expected, "{look}");
        }
    }

    #[test]
    fn escapes_what_comes_from_outside() {
        let nasty = "<script>alert('x')</script>\"&";
        for html in [
            Rich::marked(nasty).to_string(),
            Rich::id(nasty).to_string(),
            State::new(Look::Hold, nasty).html(true).0,
            Mark::new(nasty, MarkKind::Suspended).html(Lang::Es).0,
            Rich(vec![Span::Link(Link::new(nasty, nasty))]).to_string(),
        ] {
            assert!(!html.contains("<script"), "{html}");
            assert!(!html.contains("'x'"), "{html}");
        }
    }

    #[test]
    fn links_lead_to_pages_only() {
        assert_eq!(safe_href("javascript:alert(1)"), "#");
        assert_eq!(safe_href(" data:text/html,x"), "#");
        assert_eq!(safe_href("/console?x=1"), "/console?x=1");
        assert_eq!(safe_href("tel:+19565550142"), "tel:+19565550142");
        assert_eq!(safe_href("tel:+1956555014;phone-context=x"), "#");
        assert_eq!(safe_href("tel:*#06#"), "#");
    }

    #[test]
    fn fills_values_as_they_are_given() {
        let rich = Rich::filled(
            "Read {a}, {b} says {c}",
            &[
                ("a", Span::Id("{b}".into())),
                ("b", Span::Text("`x`".into())),
            ],
        );
        assert_eq!(rich.plain(), "Read {b}, `x` says {c}");
        assert_eq!(rich.0.get(1), Some(&Span::Id("{b}".into())));
    }

    #[test]
    fn marks_identifiers_in_backticks() {
        assert_eq!(
            Rich::marked("a `b` c").to_string(),
            "a <span class=\"id\">b</span> c"
        );
        assert_eq!(Rich::marked("a ` b").to_string(), "a ` b");
    }

    #[test]
    fn slugs_are_safe() {
        assert_eq!(slug("Mexican lot / 1"), "mexican-lot-1");
        assert_eq!(slug("TOCQ:TOCQ26"), "tocq-tocq26");
    }

    #[test]
    fn every_glyph_is_in_the_sprite() {
        let sprite = include_str!("../../templates/sprite.html");
        for glyph in Glyph::ALL {
            assert!(
                sprite.contains(&format!("id=\"g-{}\"", glyph.name())),
                "{}",
                glyph.name()
            );
            assert_eq!(Glyph::parse(glyph.name()), Some(glyph));
        }
    }
}
