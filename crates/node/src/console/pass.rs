//! Passes: the page that somebody without an account opens on a phone, and the page on which links to it are given and taken back.

use askama::Template;

use super::frame::Frame;
use super::lang::Lang;
use super::parts::{Html, Link, State};

/// What the holder of a link sees of one case. It has no sign bar and no way into the console.
#[derive(Debug, Clone, Default)]
pub struct PassPage {
    /// Kind of case: *Trip*.
    pub kind: String,
    /// What names it.
    pub title: String,
    /// What to do now, in the largest words.
    pub step: String,
    /// What is shown at a window.
    pub number: String,
    /// What stands over it: *Show at the booth*.
    pub number_label: String,
    /// Whether all papers are there.
    pub ready: Option<bool>,
    /// What is missing.
    pub lacks: Vec<String>,
    /// The case's state.
    pub state: State,
    /// Each side: whether it is Mexico, and how it stands there.
    pub sides: Vec<(bool, String)>,
    /// Label and value.
    pub fields: Vec<(String, String)>,
    /// When the newest of what is said was told, ms since 1970 UTC.
    pub told_ms: i64,
    /// Until when the link is good, in words.
    pub good_until: String,
    /// Whose word it is.
    pub given_by: String,
}

/// The links of one case.
#[derive(Debug, Clone, Default)]
pub struct PassesPage {
    /// The way here.
    pub path: Vec<Link>,
    /// *Driver's page: 47AK2F*.
    pub title: String,
    /// Where the forms are posted.
    pub action: String,
    /// Values that the form for a new link carries along.
    pub hidden: Vec<(String, String)>,
    /// The link just made: it is shown this once.
    pub made: Option<MadePass>,
    /// Why none can be made now.
    pub fault: Option<String>,
    /// Links that are good still.
    pub rows: Vec<PassRow>,
    /// How long a new link is good at most, in hours.
    pub hours: u64,
    /// How long after the case's end.
    pub hours_after: u64,
    /// Most that are good at a time.
    pub most: u64,
    /// Back to the case.
    pub back: Link,
}

/// A link just made.
#[derive(Debug, Clone, Default)]
pub struct MadePass {
    /// The whole address.
    pub address: String,
}

/// A link that is good.
#[derive(Debug, Clone, Default)]
pub struct PassRow {
    /// Its hash, by which it is taken back.
    pub id: String,
    /// Who gave it.
    pub who: String,
    /// When, ms since 1970 UTC.
    pub since_ms: i64,
    /// Until when, in words.
    pub until: String,
}

/// The holder's page.
pub fn render_pass(frame: &Frame, page: &PassPage) -> String {
    super::finish(&PassTemplate { f: frame, p: page })
}

/// What stands in its place where the link is not good (any more), in both languages one after the other.
pub fn render_pass_gone(frame: &Frame) -> String {
    super::finish(&PassGoneTemplate { f: frame })
}

/// The giver's page.
pub fn render_passes(frame: &Frame, page: &PassesPage) -> String {
    super::finish(&PassesTemplate { f: frame, p: page })
}

impl MadePass {
    /// Its QR code; the address stands beside it, for when no code can be made of it.
    fn code(&self) -> Html {
        Html(super::qr::svg(&self.address).unwrap_or_default())
    }
}

impl PassesPage {
    fn lede(&self, frame: &Frame) -> String {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("hours", &self.hours), ("after", &self.hours_after)];
        frame.lang.with("passes.lede", &values)
    }
}

impl PassPage {
    fn told(&self, frame: &Frame) -> String {
        super::time::exact(self.told_ms, frame.now_ms, &frame.zone, frame.lang)
    }

    fn now(&self, frame: &Frame) -> String {
        super::time::minutes(frame.now_ms, &frame.zone)
    }
}

#[derive(Template)]
#[template(path = "pass.html")]
struct PassTemplate<'a> {
    f: &'a Frame,
    p: &'a PassPage,
}

#[derive(Template)]
#[template(path = "pass_gone.html")]
struct PassGoneTemplate<'a> {
    f: &'a Frame,
}

impl PassGoneTemplate<'_> {
    /// The page's own language first.
    fn languages(&self) -> [Lang; 2] {
        [self.f.lang, self.f.lang.other()]
    }
}

#[derive(Template)]
#[template(path = "passes.html")]
struct PassesTemplate<'a> {
    f: &'a Frame,
    p: &'a PassesPage,
}
