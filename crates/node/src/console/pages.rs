//! The other pages: a record with its proof, the log, sign-in, the API, and what went wrong.

use askama::Template;

use super::case::Holder;
use super::frame::Frame;
use super::parts::{Badge, Check, Fact, Glyph, Link, Rich, Tone};

/// A record, whole.
#[derive(Debug, Clone, Default)]
pub struct RecordPage {
    /// The way here: its cases.
    pub path: Vec<Link>,
    /// The type's title, in the page's language.
    pub title: String,
    /// What checking it gave.
    pub badge: Badge,
    /// One sentence: who signed it, whether it changed.
    pub sentence: Rich,
    /// Its id, whole.
    pub id: String,
    /// The view's name, where this node has only a view.
    pub view: String,
    /// Who issued it.
    pub issuer: String,
    /// What it states, member by member.
    pub facts: Vec<Fact>,
    /// When it happened, as its author says.
    pub occurred_ms: Option<i64>,
    /// When its home logged it.
    pub logged_ms: Option<i64>,
    /// When this node saw it.
    pub seen_ms: Option<i64>,
    /// Every check.
    pub checks: Vec<Check>,
    /// The receipt, where there is one.
    pub receipt: Option<Receipt>,
    /// Records it answers, replaces, or is replaced by, each said in words.
    pub related: Vec<(String, Link)>,
    /// Files that it attaches.
    pub files: Vec<AttachedFile>,
    /// The document, pretty-printed.
    pub json: String,
    /// The signed document, the receipt, the bundle.
    pub downloads: Vec<Link>,
    /// A form filled in from it, where it is the party's own.
    pub another: Option<Link>,
    /// How to check it without this node: a command.
    pub command: String,
    /// Who has it.
    pub holders: Vec<Holder>,
    /// What takes it back, for the office that signed it.
    pub undo: Option<Link>,
}

/// A file that a record attaches.
#[derive(Debug, Clone, Default)]
pub struct AttachedFile {
    /// Where it is had.
    pub href: String,
    /// Its media type.
    pub media_type: String,
    /// Whether a browser shows it as a picture.
    pub picture: bool,
    /// SHA-256, in hexadecimal.
    pub digest: String,
}

/// Where a record stands in the log.
#[derive(Debug, Clone, Default)]
pub struct Receipt {
    /// Leaf index.
    pub leaf: u64,
    /// Size of the tree that covers it.
    pub size: u64,
    /// Root of that tree.
    pub root: String,
    /// Log's name.
    pub origin: String,
    /// Signed at, ms since 1970 UTC.
    pub checkpoint_ms: Option<i64>,
    /// Witnesses that cosigned.
    pub witnesses: Vec<String>,
    /// When the last of them did, ms since 1970 UTC.
    pub witnessed_ms: Option<i64>,
}

/// The log.
#[derive(Debug, Clone, Default)]
pub struct LogPage {
    /// Its name in checkpoints.
    pub origin: String,
    /// Leaves.
    pub size: u64,
    /// Root hash.
    pub root: String,
    /// When the checkpoint was signed.
    pub checkpoint_ms: Option<i64>,
    /// The checkpoint as it is served.
    pub checkpoint: String,
    /// The newest that more than half of the witnesses cosigned.
    pub witnessed: Option<Witnessed>,
    /// Verifier key of the log.
    pub key: String,
    /// Addresses: checkpoint, tiles.
    pub links: Vec<Link>,
    /// Commands that check it offline.
    pub commands: Vec<String>,
    /// The newest leaves that the reader may see.
    pub entries: Vec<LogEntry>,
}

/// What of the log is witnessed.
#[derive(Debug, Clone, Default)]
pub struct Witnessed {
    /// Leaves.
    pub size: u64,
    /// When the last of those cosigned, ms since 1970 UTC.
    pub at_ms: i64,
    /// Who did.
    pub by: Vec<String>,
    /// How many witnesses there are.
    pub of: u64,
}

/// A leaf.
#[derive(Debug, Clone, Default)]
pub struct LogEntry {
    /// Leaf index.
    pub leaf: u64,
    /// Logged.
    pub logged_ms: i64,
    /// Issued, received, read: in the page's language.
    pub act: String,
    /// The record's type.
    pub title: String,
    /// By whom or from whom.
    pub party: String,
    /// The record.
    pub href: String,
}

/// Sign-in.
#[derive(Debug, Clone, Default)]
pub struct SignInPage {
    /// Whose node it is.
    pub whose: String,
    /// Host.
    pub host: String,
    /// Key by which people recognise the node.
    pub node_key: String,
    /// Where the one-time code is posted; empty hides the form.
    pub action: String,
    /// Tokens of the form.
    pub hidden: Vec<(String, String)>,
    /// What went wrong: used or expired link.
    pub fault: Option<String>,
    /// In the demonstration: come in as.
    pub roles: Vec<DemoRole>,
}

/// A role of the demonstration.
#[derive(Debug, Clone, Default)]
pub struct DemoRole {
    /// `MX` or `US`.
    pub mexico: bool,
    /// Who.
    pub name: String,
    /// What they see.
    pub sees: String,
    /// One-time link.
    pub href: String,
}

/// What went wrong.
#[derive(Debug, Clone, Default)]
pub struct ErrorPage {
    /// HTTP status: it chooses the words.
    pub status: u16,
    /// Stable code.
    pub code: String,
    /// What exactly, in the page's language; empty for the console's sentence.
    pub detail: Rich,
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// When to try again, in seconds.
    pub retry_s: Option<u32>,
    /// Faults, where there are several: sentence, code, pointer.
    pub faults: Vec<(String, String, String)>,
    /// What to do.
    pub links: Vec<Link>,
}

/// The API, readable.
#[derive(Debug, Clone, Default)]
pub struct ApiPage {
    /// One paragraph.
    pub lede: String,
    /// Address of the machine-readable document.
    pub openapi: String,
    /// Routes by purpose.
    pub sections: Vec<ApiSection>,
}

/// Routes of one purpose.
#[derive(Debug, Clone, Default)]
pub struct ApiSection {
    /// Purpose.
    pub title: String,
    /// The routes.
    pub routes: Vec<ApiRoute>,
}

/// A route.
#[derive(Debug, Clone, Default)]
pub struct ApiRoute {
    /// Method.
    pub method: String,
    /// Path, with `{members}`.
    pub path: String,
    /// What it does.
    pub summary: String,
    /// Members: name, where, meaning.
    pub members: Vec<(String, String, String)>,
    /// A command that works.
    pub example: String,
    /// What it answers.
    pub answer: String,
    /// Codes of its errors.
    pub errors: Vec<String>,
    /// Needs a token or a signature.
    pub guarded: bool,
}

impl ApiRoute {
    fn id(&self) -> String {
        super::parts::slug(&format!("{} {}", self.method, self.path))
    }
}

impl ErrorPage {
    fn title_key(&self) -> &'static str {
        match self.status {
            400 => "error.400",
            401 => "error.401",
            403 => "error.403",
            404 => "error.404",
            409 => "error.409",
            413 => "error.413",
            422 => "error.422",
            429 => "error.429",
            503 => "error.503",
            507 => "error.507",
            _ => "error.500",
        }
    }

    fn text_key(&self) -> &'static str {
        match self.status {
            400 => "error.400-text",
            401 => "error.401-text",
            403 => "error.403-text",
            404 => "error.404-text",
            409 => "error.409-text",
            413 => "error.413-text",
            422 => "error.422-text",
            429 => "error.429-text",
            503 => "error.503-text",
            507 => "error.507-text",
            _ => "error.500-text",
        }
    }

    fn tone(&self) -> Tone {
        match self.status {
            401 | 403 | 404 | 429 | 503 => Tone::Warn,
            _ => Tone::Stop,
        }
    }

    fn glyph(&self) -> Glyph {
        match self.status {
            404 => Glyph::Missing,
            401 | 403 => Glyph::Stop,
            429 | 503 => Glyph::Away,
            _ => Glyph::Cross,
        }
    }
}

/// The page.
pub fn render_record(frame: &Frame, page: &RecordPage) -> String {
    super::finish(&RecordTemplate { f: frame, p: page })
}

/// The page.
pub fn render_log(frame: &Frame, page: &LogPage) -> String {
    super::finish(&LogTemplate { f: frame, p: page })
}

/// The page.
pub fn render_sign_in(frame: &Frame, page: &SignInPage) -> String {
    super::finish(&SignInTemplate { f: frame, p: page })
}

/// The page.
pub fn render_error(frame: &Frame, page: &ErrorPage) -> String {
    super::finish(&ErrorTemplate { f: frame, p: page })
}

/// The page.
pub fn render_api(frame: &Frame, page: &ApiPage) -> String {
    super::finish(&ApiTemplate { f: frame, p: page })
}

#[derive(Template)]
#[template(path = "record.html")]
struct RecordTemplate<'a> {
    f: &'a Frame,
    p: &'a RecordPage,
}

#[derive(Template)]
#[template(path = "log.html")]
struct LogTemplate<'a> {
    f: &'a Frame,
    p: &'a LogPage,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInTemplate<'a> {
    f: &'a Frame,
    p: &'a SignInPage,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorTemplate<'a> {
    f: &'a Frame,
    p: &'a ErrorPage,
}

#[derive(Template)]
#[template(path = "api.html")]
struct ApiTemplate<'a> {
    f: &'a Frame,
    p: &'a ApiPage,
}
