//! The table of data elements.

use askama::Template;

use super::frame::Frame;
use super::parts::Link;

/// A program's data elements.
#[derive(Debug, Clone, Default)]
pub struct ElementsPage {
    /// The program.
    pub title: String,
    /// All programs, and whether this is the one shown.
    pub programs: Vec<(Link, bool)>,
    /// By record type.
    pub groups: Vec<ElementGroup>,
    /// Elements of the program.
    pub total: u64,
    /// Those that have an identifier in another model.
    pub mapped: u64,
    /// The same as CSV.
    pub csv: String,
    /// The same as JSON.
    pub json: String,
}

/// The elements of one record type.
#[derive(Debug, Clone, Default)]
pub struct ElementGroup {
    /// The record type for people.
    pub title: String,
    /// Its name.
    pub name: String,
    /// Elements, as the schema has them.
    pub rows: Vec<ElementRow>,
}

/// One element.
#[derive(Debug, Clone, Default)]
pub struct ElementRow {
    /// Pointer from the subject.
    pub pointer: String,
    /// What people call it.
    pub title: String,
    /// JSON type and code list.
    pub kind: String,
    /// Whether what holds it must have it.
    pub required: bool,
    /// Identifiers in the WCO Data Model; empty for none.
    pub wco: String,
    /// Name in UN/CEFACT's dictionary; empty for none.
    pub uncefact: String,
}

/// The page.
pub fn render_elements(frame: &Frame, page: &ElementsPage) -> String {
    super::finish(&ElementsTemplate { f: frame, p: page })
}

#[derive(Template)]
#[template(path = "elements.html")]
struct ElementsTemplate<'a> {
    f: &'a Frame,
    p: &'a ElementsPage,
}
