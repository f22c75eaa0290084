//! What stands around a public page, and what it says of itself to machines: canonical address, languages, feeds, share card.

use std::borrow::Borrow;

use askama::Template;
use jiff::civil::Date;

use super::words::day;
use crate::console::address::Address;
use crate::console::board::Filter;
use crate::console::frame::{Frame, NavLink};
use crate::console::lang::Lang;
use crate::console::parts::{Html, Link};
use crate::console::paths;

/// Which public page is shown, for the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicPlace {
    /// Projects and one of them.
    Projects,
    /// Plans and one of them.
    Plans,
    /// The ranking.
    Priorities,
    /// Wait times.
    Waits,
    /// Pairs of rates.
    Benefits,
    /// Formulas and lists.
    Method,
    /// Files, formats, feeds.
    OpenData,
    /// None of them.
    Elsewhere,
}

/// The navigation of the public pages, for `Frame::nav`: those of `there`, in the order of the bar.
pub fn public_nav(lang: Lang, current: PublicPlace, there: &[PublicPlace]) -> Vec<NavLink> {
    PLACES
        .into_iter()
        .filter(|(place, ..)| there.contains(place))
        .map(|(place, key, href)| NavLink {
            label: lang.t(key).to_owned(),
            href: href.to_owned(),
            current: place == current,
        })
        .collect()
}

/// Places that have a page of their own, in the order of the bar: the key of the name, and the address.
const PLACES: [(PublicPlace, &str, &str); 7] = [
    (
        PublicPlace::Projects,
        "public.nav.projects",
        paths::PROJECTS,
    ),
    (PublicPlace::Plans, "public.nav.plans", paths::PLANS),
    (
        PublicPlace::Priorities,
        "public.nav.priorities",
        paths::PRIORITIES,
    ),
    (PublicPlace::Waits, "public.nav.waits", paths::WAITS),
    (
        PublicPlace::Benefits,
        "public.nav.benefits",
        paths::BENEFITS,
    ),
    (PublicPlace::Method, "public.nav.method", paths::METHOD),
    (
        PublicPlace::OpenData,
        "public.nav.open-data",
        paths::OPEN_DATA,
    ),
];

impl PublicPlace {
    /// The address of its first page; none of what is no page of its own.
    pub fn path(self) -> Option<&'static str> {
        let own = PLACES.iter().find(|(place, ..)| *place == self);
        own.map(|(_, _, path)| *path)
    }
}

/// What a public page says of itself.
#[derive(Debug, Clone, Default)]
pub struct PublicHead {
    /// `https://scorecard.example`, without a path. Empty where the node does not know its own name: then the page names no canonical
    /// address and no picture.
    pub origin: String,
    /// The page's address with the members that make it another page (filters, page, as of), without language and colours.
    pub address: Address,
    /// The picture of the share card, from `/`: a PNG of 1200 by 630. Empty: none.
    pub picture: String,
    /// Feeds of what the page shows.
    pub feeds: Vec<PublicFeed>,
    /// Whether search engines should leave it out: filtered lists, old versions.
    pub unlisted: bool,
}

/// A feed.
#[derive(Debug, Clone, Default)]
pub struct PublicFeed {
    /// What kind.
    pub kind: FeedKind,
    /// Its name and address.
    pub link: Link,
}

/// Kinds of feeds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FeedKind {
    /// Atom.
    #[default]
    Atom,
    /// iCalendar of milestones.
    Calendar,
    /// JSON.
    Json,
    /// CSV.
    Csv,
}

impl FeedKind {
    pub(super) fn media(self) -> &'static str {
        match self {
            FeedKind::Atom => "application/atom+xml",
            FeedKind::Calendar => "text/calendar",
            FeedKind::Json => "application/json",
            FeedKind::Csv => "text/csv",
        }
    }
}

impl PublicHead {
    /// The page in a language, whole.
    pub(super) fn canonical(&self, lang: impl Borrow<Lang>) -> String {
        format!(
            "{}{}",
            self.origin,
            self.address.with("lang", lang.borrow().code())
        )
    }

    /// The page in the reader's own language.
    pub(super) fn any_language(&self) -> String {
        format!("{}{}", self.origin, self.address)
    }

    pub(super) fn known(&self) -> bool {
        !self.origin.is_empty()
    }
}

/// A figure of a page's head.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figure {
    /// `7 of 9`, `1.65×`.
    pub value: String,
    /// What it counts, with its own reach: *(14 projects from the news, no general truth)*.
    pub label: String,
}

impl Figure {
    /// A figure of its parts.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Figure {
        Figure {
            value: value.into(),
            label: label.into(),
        }
    }
}

/// The two clocks: what had been stated by a day, and what this node had recorded by a day. None: everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AsOf {
    /// Only statements made by this day.
    pub stated_by: Option<Date>,
    /// Only what was recorded by this day.
    pub recorded_by: Option<Date>,
}

impl AsOf {
    pub(super) fn set(self) -> bool {
        self.stated_by.is_some() || self.recorded_by.is_some()
    }

    pub(super) fn value(date: Option<Date>) -> String {
        date.map(|d| d.to_string()).unwrap_or_default()
    }

    /// `As stated by 1 Jan 2025, recorded by 24 Nov 2026`, where one is set.
    pub(super) fn words(self, f: &Frame) -> String {
        let said = |key: &str, date: Option<Date>| date.map(|d| f.t1(key, "day", day(d, f.lang)));
        let both = [
            said("public.as-of.stated-is", self.stated_by),
            said("public.as-of.recorded-is", self.recorded_by),
        ];
        both.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    pub(super) fn stated(self) -> String {
        AsOf::value(self.stated_by)
    }

    pub(super) fn recorded(self) -> String {
        AsOf::value(self.recorded_by)
    }
}

/// Where a list goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paging {
    /// Number of the first row shown, from 1.
    pub first: u64,
    /// Rows there are.
    pub total: u64,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

/// A form that only asks: filters, text, both clocks. It is sent by GET, so that every answer has an address.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Where it is sent.
    pub action: String,
    /// What was typed; the member is `q`.
    pub query: String,
    /// Choices: place, phase, baseline, sort.
    pub filters: Vec<Filter>,
    /// Members are `stated_by` and `recorded_by`.
    pub as_of: AsOf,
    /// Members that the form carries along.
    pub hidden: Vec<(String, String)>,
    /// The page without any of it.
    pub clear: String,
}

/// A public page that is not there, or cannot be shown now.
#[derive(Debug, Clone, Default)]
pub struct PublicErrorPage {
    /// HTTP status.
    pub status: u16,
    /// Stable code: `not-found`.
    pub code: String,
    /// More, in the page's language; empty: the page's own words.
    pub detail: String,
    /// The nearest matches.
    pub nearest: Vec<Link>,
    /// When to try again, in seconds.
    pub retry_s: Option<u64>,
}

impl PublicErrorPage {
    fn key(&self) -> &'static str {
        match self.status {
            404 | 410 => "public.error.not-found",
            400 | 422 => "public.error.bad-request",
            429 => "public.error.too-many",
            _ => "public.error.failed",
        }
    }

    fn title<'a>(&self, f: &'a Frame) -> &'a str {
        f.t(self.key())
    }

    fn about(&self, f: &Frame) -> String {
        self.text(f).to_owned()
    }

    fn text<'a>(&self, f: &'a Frame) -> &'a str {
        match self.status {
            404 | 410 => f.t("public.error.not-found-text"),
            400 | 422 => f.t("public.error.bad-request-text"),
            429 => f.t("public.error.too-many-text"),
            _ => f.t("public.error.failed-text"),
        }
    }
}

/// The page of an error, in the public frame.
pub fn render_public_error(frame: &Frame, page: &PublicErrorPage) -> String {
    let head = PublicHead {
        unlisted: true,
        ..PublicHead::default()
    };
    crate::console::finish(&PublicErrorTemplate {
        f: frame,
        h: &head,
        p: page,
    })
}

#[derive(Template)]
#[template(path = "public/error.html")]
struct PublicErrorTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a PublicErrorPage,
}

/// Words that templates of more than one page use.
impl Frame {
    /// Whether the navigation leads to a page.
    pub(super) fn leads_to(&self, href: &str) -> bool {
        self.nav.iter().any(|link| link.href == href)
    }

    /// The page that the sign at the top leads to.
    pub(super) fn first_page(&self) -> &str {
        self.nav.first().map_or(paths::PROJECTS, |link| &link.href)
    }

    /// A day, as a time element.
    pub(super) fn day(&self, date: &Date) -> Html {
        Html(format!(
            "<time datetime=\"{date}\">{}</time>",
            day(*date, self.lang)
        ))
    }

    /// `2019-07-30`, as a time element: for tables whose days are compared.
    pub(super) fn iso(&self, date: &Date) -> Html {
        Html(format!("<time datetime=\"{date}\">{date}</time>"))
    }
}
