//! The list of projects: what was promised, what is promised now, by how much it slipped.

use askama::Template;

use super::frame::{Figure, Paging, PublicHead, Search};
use super::slip::Spark;
use super::words::Verdict;
use crate::console::frame::Frame;
use crate::console::parts::{Html, Link};

/// The list.
#[derive(Debug, Clone, Default)]
pub struct ProjectsPage {
    /// Other pages about the same.
    pub see_also: Vec<Link>,
    /// `61 projects on both sides of the border. …`
    pub lede: String,
    /// Four figures, each with its count and reach.
    pub figures: Vec<Figure>,
    /// Find and filter.
    pub search: Search,
    /// What the order says: *Largest slip first*.
    pub heading: String,
    /// Which baseline the dashed line is, for the caption: *the first promise*.
    pub baseline: String,
    /// The rows of this page: at most 50, which makes about 65 KB.
    pub rows: Vec<ProjectRow>,
    /// Where it goes on.
    pub paging: Paging,
    /// Projects there are at all: 0 shows how to import.
    pub imported: u64,
    /// The command line that imports, as an operator types it. Empty: none is shown.
    pub import_command: String,
    /// Where it is told how to import; none where this reader cannot.
    pub how_to_import: Option<Link>,
    /// CSV, JSON (OC4IDS), Atom, iCalendar of the same rows.
    pub downloads: Vec<Link>,
}

/// A project in a list.
#[derive(Debug, Clone, Default)]
pub struct ProjectRow {
    /// Its name and page.
    pub name: Link,
    /// `Otay Mesa East, CA and BC`.
    pub place: String,
    /// `building`: `CodeList::Phase` has the words.
    pub phase: String,
    /// The baseline, as coarse as it was said.
    pub first: String,
    /// What is promised now; `no date` where nothing is.
    pub now: String,
    /// `1,827 d`; `–` where there is none.
    pub slip: String,
    /// The promised day is past: the slip still grows.
    pub growing: bool,
    /// How it moved.
    pub spark: Spark,
    /// Age of the last word: `259 d`.
    pub last_word: String,
    /// How it stands, from dates only.
    pub standing: Verdict,
    /// One reads it now: the row is marked.
    pub chosen: bool,
}

impl ProjectRow {
    pub(super) fn moved(&self, f: &Frame) -> String {
        f.n("public.projects.moved", self.spark.moves())
    }

    pub(super) fn picture(&self) -> Html {
        self.spark.html()
    }
}

impl ProjectsPage {
    fn title<'a>(&self, f: &'a Frame) -> &'a str {
        f.t("public.projects.title")
    }

    fn about(&self, _: &Frame) -> String {
        self.lede.clone()
    }

    fn caption(&self, f: &Frame) -> String {
        f.lang.with(
            "public.projects.caption",
            &[
                ("shown", &self.rows.len()),
                ("total", &f.num(self.paging.total)),
                ("baseline", &self.baseline),
            ],
        )
    }
}

/// The page.
pub fn render_projects(frame: &Frame, head: &PublicHead, page: &ProjectsPage) -> String {
    crate::console::finish(&ProjectsTemplate {
        f: frame,
        h: head,
        p: page,
    })
}

#[derive(Template)]
#[template(path = "public/projects.html")]
struct ProjectsTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a ProjectsPage,
}
