//! What changed, and the versions of a page.

use askama::Template;
use jiff::civil::Date;

use super::frame::{Paging, PublicHead};
use crate::console::board::Filter;
use crate::console::frame::Frame;
use crate::console::parts::Link;

/// Changes, newest first.
#[derive(Debug, Clone, Default)]
pub struct ChangesPage {
    /// The page whose versions they are; empty: changes of everything.
    pub over: Link,
    /// *What changed*.
    pub title: String,
    /// What one sees here.
    pub lede: String,
    /// Of which kind.
    pub topics: Filter,
    /// Members that the form carries along.
    pub hidden: Vec<(String, String)>,
    /// Changes.
    pub rows: Vec<ChangeRow>,
    /// Where the list goes on.
    pub paging: Paging,
    /// The same as data.
    pub downloads: Vec<Link>,
}

/// A change.
#[derive(Debug, Clone, Default)]
pub struct ChangeRow {
    /// Its number: `812.40`.
    pub number: String,
    /// The day on which it was recorded.
    pub recorded: Date,
    /// What it is about.
    pub about: Link,
    /// What changed, in a sentence.
    pub what: String,
    /// Who says so, when, why.
    pub said: String,
    /// Where it is said.
    pub source: Link,
    /// The signed record.
    pub proof: Link,
    /// The page as it was then; empty: none.
    pub version: Link,
}

impl ChangesPage {
    fn title(&self, _: &Frame) -> String {
        match self.over.is_empty() {
            true => self.title.clone(),
            false => format!("{}: {}", self.over.label, self.title),
        }
    }

    fn about(&self, _: &Frame) -> String {
        self.lede.clone()
    }
}

/// The page.
pub fn render_changes(frame: &Frame, head: &PublicHead, page: &ChangesPage) -> String {
    crate::console::finish(&ChangesTemplate {
        f: frame,
        h: head,
        p: page,
    })
}

#[derive(Template)]
#[template(path = "public/changes.html")]
struct ChangesTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a ChangesPage,
}
