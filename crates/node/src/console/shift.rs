//! The shift page: what changed since somebody's shift began, and the note of who had it before.

use askama::Template;

use super::board::Need;
use super::frame::Frame;
use super::parts::{Act, Fact, Glyph, Link, Rich, State};

/// The page, whole. Words of programs come in the page's language.
#[derive(Debug, Clone, Default)]
pub struct ShiftPage {
    /// Whose: the office.
    pub office: String,
    /// When the shift began.
    pub since_ms: i64,
    /// The same as the value of a `datetime-local` input.
    pub since_input: String,
    /// The port's zone, short.
    pub zone: String,
    /// How the beginning was found, where the reader did not say it.
    pub since_note: String,
    /// Address that says *my shift begins now*.
    pub begins_now: String,
    /// The newest hand-over note of this office.
    pub note: Option<HandOverNote>,
    /// Where the next one is written.
    pub write: Option<Link>,
    /// What needs a person now, by board.
    pub needs: Vec<ShiftNeeds>,
    /// What changed, section by section.
    pub lists: Vec<ShiftList>,
    /// The lists as CSV.
    pub csv: String,
}

/// A hand-over note.
#[derive(Debug, Clone, Default)]
pub struct HandOverNote {
    /// Its type's title.
    pub title: String,
    /// Who signed it.
    pub who: String,
    /// When.
    pub at_ms: i64,
    /// What it says.
    pub facts: Vec<Fact>,
    /// Cases that it names.
    pub points: Vec<(Link, String)>,
    /// The record.
    pub href: String,
    /// What became of it since: read and taken over by whom.
    pub after: Vec<(String, i64)>,
    /// What may be done with it.
    pub acts: Vec<Act>,
}

/// What needs a person on one board.
#[derive(Debug, Clone, Default)]
pub struct ShiftNeeds {
    /// The board, with how many.
    pub title: String,
    /// The board.
    pub href: String,
    /// How many.
    pub count: u64,
    /// The first of them.
    pub rows: Vec<Need>,
}

/// A section of what changed.
#[derive(Debug, Clone, Default)]
pub struct ShiftList {
    /// The element's id.
    pub id: String,
    /// Heading with its count.
    pub title: String,
    /// A sentence below it.
    pub note: String,
    /// Rows, the newest first.
    pub rows: Vec<ShiftRow>,
    /// What to say where there is none.
    pub empty: String,
    /// All of them.
    pub more: Option<Link>,
}

/// A line of what changed.
#[derive(Debug, Clone, Default)]
pub struct ShiftRow {
    /// The case, or what is told of.
    pub what: Link,
    /// Below it: the kind.
    pub sub: String,
    /// From which state to which, where it is a change of state.
    pub moved: Option<(Option<State>, State)>,
    /// What happened.
    pub text: Rich,
    /// Its glyph, where it wants a look.
    pub glyph: Option<Glyph>,
    /// By whom.
    pub who: String,
    /// When.
    pub at_ms: i64,
    /// The record.
    pub proof: Option<Link>,
}

/// The page.
pub fn render_shift(frame: &Frame, page: &ShiftPage) -> String {
    super::finish(&Page { f: frame, p: page })
}

#[derive(Template)]
#[template(path = "shift.html")]
struct Page<'a> {
    f: &'a Frame,
    p: &'a ShiftPage,
}
