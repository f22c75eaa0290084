//! The page from which a case goes out as a document: what it lacks, what the sender adds, what it leaves out, the file.

use askama::Template;

use super::frame::Frame;
use super::parts::{Html, Link};

/// A document that a case can go out as.
#[derive(Debug, Clone, Default)]
pub struct SendLine {
    /// What it is.
    pub title: String,
    /// Its page.
    pub href: String,
    /// Its file; empty where it can't be made as it is, or was not tried.
    pub file: String,
    /// What it lacks, in words.
    pub lacks: Vec<String>,
    /// Why it is kept back though nothing lacks, the text's key; empty where it is not.
    pub kept_back: &'static str,
}

impl SendLine {
    /// The first few of what it lacks.
    pub(super) fn shown(&self) -> String {
        self.lacks
            .iter()
            .take(LACKS_SHOWN)
            .cloned()
            .collect::<Vec<_>>()
            .join("; ")
    }

    /// How many more.
    pub(super) fn more(&self) -> u64 {
        self.lacks.len().saturating_sub(LACKS_SHOWN) as u64
    }
}

/// A case page names so many; the document's own page has all.
const LACKS_SHOWN: usize = 3;

/// One document of one case.
#[derive(Debug, Clone, Default)]
pub struct SendPage {
    /// The way here.
    pub path: Vec<Link>,
    /// What it is.
    pub title: String,
    /// Its standard.
    pub standard: String,
    /// What records lack.
    pub lacks: Vec<String>,
    /// Why it is kept back though nothing lacks, the text's key.
    pub kept_back: &'static str,
    /// And the single faults.
    pub faults: Vec<String>,
    /// What the sender adds.
    pub fields: Vec<SendField>,
    /// The file; empty where it can't be made yet.
    pub file: String,
    /// Members that the format has no place for.
    pub left_out: Vec<String>,
    /// The text of a code to print, where the document is one.
    pub code: String,
}

/// An element that no record has.
#[derive(Debug, Clone, Default)]
pub struct SendField {
    /// Its name in the document.
    pub name: String,
    /// What it is.
    pub label: String,
    /// What was typed.
    pub value: String,
}

impl SendPage {
    /// The code as a picture; none where there is no text or it is too long.
    fn qr(&self) -> Option<Html> {
        match self.code.is_empty() {
            true => None,
            false => super::qr::svg(&self.code).ok().map(Html),
        }
    }
}

/// The page.
pub fn render_send(frame: &Frame, page: &SendPage) -> String {
    super::finish(&SendTemplate { f: frame, p: page })
}

#[derive(Template)]
#[template(path = "send.html")]
struct SendTemplate<'a> {
    f: &'a Frame,
    p: &'a SendPage,
}
