//! What needs somebody among all of a party's open cases: one line a case, the most urgent first.

use askama::Template;

use super::board::Filter;
use super::frame::Frame;
use super::parts::{Act, Glyph, Rich, Tone};

/// The page.
#[derive(Debug, Clone, Default)]
pub struct NeedyPage {
    /// Open cases in which the party has a seat.
    pub open: u64,
    /// Of them, those that need somebody.
    pub total: u64,
    /// Of these, those that the filters leave.
    pub found: u64,
    /// What is searched for.
    pub query: String,
    /// Filters.
    pub filters: Vec<Filter>,
    /// Lines.
    pub rows: Vec<NeedyRow>,
    /// The same as CSV.
    pub csv: String,
}

/// A line.
#[derive(Debug, Clone)]
pub struct NeedyRow {
    /// The party's own number for the case; empty: none.
    pub reference: String,
    /// Kind of case.
    pub kind: String,
    /// Its key.
    pub key: String,
    /// What names it.
    pub title: String,
    /// Its page.
    pub href: String,
    /// For whom.
    pub client: String,
    /// How bad.
    pub tone: Tone,
    /// Its sign.
    pub glyph: Glyph,
    /// What is wrong, in one sentence.
    pub what: Rich,
    /// Who has it in hand.
    pub holder: String,
    /// What ends it.
    pub ends: String,
    /// When it is due, ms since 1970 UTC.
    pub due_ms: Option<i64>,
    /// In its state since, ms since 1970 UTC.
    pub since_ms: i64,
    /// One act.
    pub act: Option<Act>,
}

/// The page.
pub fn render_needy(frame: &Frame, page: &NeedyPage) -> String {
    super::finish(&NeedyTemplate { f: frame, p: page })
}

impl NeedyPage {
    fn lede(&self, frame: &Frame) -> String {
        let open = super::lang::grouped(self.open);
        frame
            .lang
            .count("needy.lede", self.total, &[("open", &open)])
    }
}

#[derive(Template)]
#[template(path = "needy.html")]
struct NeedyTemplate<'a> {
    f: &'a Frame,
    p: &'a NeedyPage,
}
