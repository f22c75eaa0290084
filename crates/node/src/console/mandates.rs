//! Mandates given and received.

use askama::Template;

use super::frame::Frame;
use super::parts::{Link, Rich, Tone};

/// The page.
#[derive(Debug, Clone, Default)]
pub struct MandatesPage {
    /// By the reader's party.
    pub given: Vec<MandateRow>,
    /// To it.
    pub received: Vec<MandateRow>,
    /// Where the forms that take one back are posted.
    pub action: String,
    /// Values that they carry along.
    pub hidden: Vec<(String, String)>,
    /// The form for a new one.
    pub give: Link,
}

/// A mandate.
#[derive(Debug, Clone, Default)]
pub struct MandateRow {
    /// Its record's id.
    pub id: String,
    /// Its record.
    pub href: String,
    /// The other party.
    pub who: String,
    /// What it covers.
    pub scope: String,
    /// How it stands.
    pub tone: Tone,
    /// The same in words.
    pub state: Rich,
    /// Until when; empty: without end.
    pub until: String,
    /// Since when, ms since 1970 UTC.
    pub since_ms: i64,
}

/// The page.
pub fn render_mandates(frame: &Frame, page: &MandatesPage) -> String {
    super::finish(&MandatesTemplate { f: frame, p: page })
}

#[derive(Template)]
#[template(path = "mandates.html")]
struct MandatesTemplate<'a> {
    f: &'a Frame,
    p: &'a MandatesPage,
}
