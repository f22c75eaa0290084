//! Groups of projects, and when they open.

use askama::Template;

use super::frame::PublicHead;
use crate::console::board::Filter;
use crate::console::frame::Frame;
use crate::console::parts::Link;

/// Projects added up.
#[derive(Debug, Clone, Default)]
pub struct PortfolioPage {
    /// What one sees here.
    pub lede: String,
    /// By what.
    pub by: Filter,
    /// The word for a group: *State*.
    pub group: String,
    /// Groups, the largest first.
    pub rows: Vec<GroupRow>,
    /// Openings by year.
    pub openings: Vec<OpeningRow>,
    /// The same as data.
    pub downloads: Vec<Link>,
}

/// A group.
#[derive(Debug, Clone, Default)]
pub struct GroupRow {
    /// Its name, and the list of its projects.
    pub name: Link,
    /// How many.
    pub count: String,
    /// Median slip with the count of those that have one.
    pub slip: String,
    /// How many are red, and their share.
    pub red: String,
    /// Money of these, by currency.
    pub money: String,
}

/// Openings of a year.
#[derive(Debug, Clone, Default)]
pub struct OpeningRow {
    /// The year.
    pub year: String,
    /// As promised now.
    pub promised: String,
    /// As expected with one chance in two.
    pub p50: String,
    /// As expected with four chances in five.
    pub p80: String,
}

impl PortfolioPage {
    fn title<'a>(&self, f: &'a Frame) -> &'a str {
        f.t("public.portfolio.title")
    }

    fn about(&self, _: &Frame) -> String {
        self.lede.clone()
    }
}

/// The page.
pub fn render_portfolio(frame: &Frame, head: &PublicHead, page: &PortfolioPage) -> String {
    crate::console::finish(&PortfolioTemplate {
        f: frame,
        h: head,
        p: page,
    })
}

#[derive(Template)]
#[template(path = "public/portfolio.html")]
struct PortfolioTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a PortfolioPage,
}
