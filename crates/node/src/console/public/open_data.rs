//! Open data: files, formats, licence, versions, interface, feeds.

use askama::Template;
use jiff::civil::Date;

use super::frame::PublicHead;
use crate::console::frame::Frame;
use crate::console::parts::{Fact, Link, Rich};

/// The page.
#[derive(Debug, Clone, Default)]
pub struct OpenDataPage {
    /// What there is.
    pub lede: String,
    /// Files.
    pub files: Vec<DataFile>,
    /// Licence of what is ours, and what stays its owner's.
    pub licence: Rich,
    /// Where it comes from, and how it is checked.
    pub provenance: Vec<Fact>,
    /// Feeds of changes.
    pub feeds: Vec<Link>,
    /// Routes of the interface: what, and its address.
    pub routes: Vec<DataRoute>,
    /// Readable and machine-readable description of the interface.
    pub interface: Vec<Link>,
    /// Versions, newest first.
    pub versions: Vec<DataVersion>,
    /// All versions.
    pub all_versions: Option<Link>,
}

/// A file.
#[derive(Debug, Clone, Default)]
pub struct DataFile {
    /// Its name and address.
    pub link: Link,
    /// What is in it.
    pub what: String,
    /// `CSV`, `JSON (OC4IDS 0.9.5)`.
    pub format: String,
    /// `61 rows, 48 kB`.
    pub size: String,
    /// Its schema.
    pub schema: Link,
    /// Newest content.
    pub updated: Option<Date>,
}

/// A route of the interface.
#[derive(Debug, Clone, Default)]
pub struct DataRoute {
    /// `GET /v1/projects`.
    pub route: String,
    /// What it answers.
    pub what: String,
}

/// A version.
#[derive(Debug, Clone, Default)]
pub struct DataVersion {
    /// Its number and stable address.
    pub link: Link,
    /// When.
    pub at: Date,
    /// What changed.
    pub what: String,
    /// Its digest.
    pub digest: String,
}

impl OpenDataPage {
    fn title<'a>(&self, f: &'a Frame) -> &'a str {
        f.t("public.open-data.title")
    }

    fn about(&self, _: &Frame) -> String {
        self.lede.clone()
    }
}

/// The page.
pub fn render_open_data(frame: &Frame, head: &PublicHead, page: &OpenDataPage) -> String {
    crate::console::finish(&OpenDataTemplate {
        f: frame,
        h: head,
        p: page,
    })
}

#[derive(Template)]
#[template(path = "public/open_data.html")]
struct OpenDataTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a OpenDataPage,
}
