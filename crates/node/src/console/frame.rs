//! What stands around every page: sign bar, demonstration line, status, foot. Its methods give templates their words and times.

use std::borrow::Borrow;
use std::fmt::Display;

use jiff::tz::TimeZone;

use super::address::Address;
use super::lang::{Lang, grouped};
use super::parts::{Badge, Html, Link, Mark, Notice, Step, escape};
use super::{paths, time};

/// Colours of the page. `System` follows the device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the device says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Value of `data-theme` and of the cookie; empty for `System`.
    pub fn code(self) -> &'static str {
        match self {
            Theme::System => "",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The theme of a cookie's or query's word; anything else follows the system.
    pub fn parse(word: &str) -> Theme {
        match word {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        }
    }
}

/// An entry of the main navigation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NavLink {
    /// Words.
    pub label: String,
    /// Address.
    pub href: String,
    /// Whether the page belongs to it.
    pub current: bool,
}

/// Which of the console's own pages is shown, for the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The live board.
    Board,
    /// What changed since a shift began.
    Shift,
    /// Cases and records.
    Cases,
    /// Indicators and the register of automations.
    Indicators,
    /// Peers.
    Peers,
    /// The log.
    Log,
    /// The API's readable page.
    Interfaces,
    /// None of them.
    Elsewhere,
}

/// Who is signed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignedIn {
    /// Person or account: `M. Herrera`.
    pub name: String,
    /// The party or post they speak for: `CBP Laredo`.
    pub office: String,
}

/// A peer in the status line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerLine {
    /// Its name.
    pub name: String,
    /// How it stands.
    pub step: Step,
    /// The list of what differs.
    pub href: String,
}

/// The stream of a page that keeps itself fresh.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Live {
    /// Address of the stream with the page and its filters; the script adds nothing but the newest cursor:
    /// `/console/live?page=board&dir=north`.
    pub stream: Address,
    /// Where the page stands in the stream; the server gives it back as `cursor`.
    pub cursor: String,
    /// Milliseconds of the node's clock in a real millisecond: 1, or the demo's speed.
    pub rate: u32,
}

/// The line at the foot: which node, how long its log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeLine {
    /// Host or name of the node.
    pub host: String,
    /// Records in the log.
    pub log_size: u64,
    /// When the newest checkpoint was signed, ms since 1970 UTC.
    pub checkpoint_ms: Option<i64>,
    /// Witnesses that cosigned it, and how many are asked; none where no witness is configured.
    pub witnessed: Option<(u32, u32)>,
}

/// What every page has around it.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Language of the page.
    pub lang: Lang,
    /// Its colours.
    pub theme: Theme,
    /// Whether to print *Demonstration. Synthetic data. No agency affiliation.*
    pub demo: bool,
    /// The node's clock, ms since 1970 UTC.
    pub now_ms: i64,
    /// The port's zone.
    pub zone: TimeZone,
    /// The address of this page with its query; the language and theme links keep it.
    pub here: Address,
    /// Who is signed in; none shows *Sign in*.
    pub user: Option<SignedIn>,
    /// Main navigation; `Frame::own_nav` gives the console's own pages.
    pub nav: Vec<NavLink>,
    /// Peers, in the status line of the board.
    pub peers: Vec<PeerLine>,
    /// The page's stream, where it has one.
    pub live: Option<Live>,
    /// The node.
    pub node: NodeLine,
    /// What just happened (a record was signed, a write refused), above the page.
    pub notices: Vec<Notice>,
}

impl Frame {
    /// A frame of a language and an instant; the rest is empty.
    pub fn new(lang: Lang, now_ms: i64, zone: TimeZone, here: Address) -> Frame {
        Frame {
            lang,
            theme: Theme::System,
            demo: false,
            now_ms,
            zone,
            here,
            user: None,
            nav: Vec::new(),
            peers: Vec::new(),
            live: None,
            node: NodeLine::default(),
            notices: Vec::new(),
        }
    }

    /// The navigation of the console's own pages. Pages of programs go between by `nav.insert`.
    pub fn own_nav(lang: Lang, current: Place) -> Vec<NavLink> {
        [
            (Place::Board, "nav.board", paths::BOARD),
            (Place::Cases, "nav.cases", paths::CASES),
            (Place::Indicators, "nav.indicators", paths::INDICATORS),
            (Place::Peers, "nav.peers", paths::PEERS),
            (Place::Log, "nav.log", paths::LOG),
            (Place::Interfaces, "nav.interfaces", paths::INTERFACES),
        ]
        .into_iter()
        .map(|(place, key, href)| NavLink {
            label: lang.t(key).to_owned(),
            href: href.to_owned(),
            current: place == current,
        })
        .collect()
    }

    /// A text of the console.
    pub fn t<'a>(&self, key: &'a str) -> &'a str {
        self.lang.t(key)
    }

    /// A text with one value.
    pub fn t1(&self, key: &str, name: &str, value: impl Display) -> String {
        self.lang.with(key, &[(name, &value)])
    }

    /// A text for a count.
    pub fn n(&self, key: &str, count: impl Borrow<u64>) -> String {
        self.lang.count(key, *count.borrow(), &[])
    }

    /// A whole number, grouped.
    pub fn num(&self, count: impl Borrow<u64>) -> String {
        grouped(*count.borrow())
    }

    /// Since, with the exact time in the same place.
    pub fn since(&self, at_ms: &i64) -> Html {
        self.since_as(*at_ms, "")
    }

    /// The same, the exact time starting at the left edge.
    pub fn since_from(&self, at_ms: &i64) -> Html {
        self.since_as(*at_ms, " from")
    }

    fn since_as(&self, at_ms: i64, class: &str) -> Html {
        Html(format!(
            "<time class=\"since{class}\" datetime=\"{}\"><span class=\"rel\">{}</span> <span class=\"abs\">{}</span></time>",
            time::machine(at_ms, &self.zone),
            time::relative(at_ms, self.now_ms, self.lang),
            time::exact(at_ms, self.now_ms, &self.zone, self.lang)
        ))
    }

    /// What is left until an instant, or how far past it is; ticks like since.
    pub fn left(&self, due_ms: &i64) -> Html {
        let span = time::span(due_ms.saturating_sub(self.now_ms));
        let key = if *due_ms >= self.now_ms {
            "time.left"
        } else {
            "time.over"
        };
        Html(format!(
            "<time class=\"since\" datetime=\"{}\"><span class=\"rel\" data-ahead=\"{}\" data-past=\"{}\">{}</span> <span class=\"abs\">{}</span></time>",
            time::machine(*due_ms, &self.zone),
            self.t("time.left"),
            self.t("time.over"),
            self.t1(key, "span", span),
            time::exact(*due_ms, self.now_ms, &self.zone, self.lang)
        ))
    }

    /// Running text: `18 min`, only the span.
    pub fn span_since(&self, at_ms: &i64) -> Html {
        Html(format!(
            "<time class=\"since run\" datetime=\"{}\"><span class=\"rel\" data-past=\"{{span}}\">{}</span></time>",
            time::machine(*at_ms, &self.zone),
            time::span(self.now_ms.saturating_sub(*at_ms))
        ))
    }

    /// The exact time of running text: `09:24:07`.
    pub fn exact(&self, at_ms: &i64) -> String {
        time::exact(*at_ms, self.now_ms, &self.zone, self.lang)
    }

    /// A whole instant, as a time element.
    pub fn full(&self, at_ms: &i64) -> Html {
        Html(format!(
            "<time datetime=\"{}\">{}</time>",
            time::machine(*at_ms, &self.zone),
            time::full(*at_ms, &self.zone, self.lang)
        ))
    }

    /// `09:38`, as a time element.
    pub fn hour(&self, at_ms: &i64) -> Html {
        Html(format!(
            "<time datetime=\"{}\">{}</time>",
            time::machine(*at_ms, &self.zone),
            time::minutes(*at_ms, &self.zone)
        ))
    }

    /// The exact time as a time element: `09:41:58`, with the day where it is another.
    pub fn at(&self, at_ms: &i64) -> Html {
        Html(format!(
            "<time datetime=\"{}\">{}</time>",
            time::machine(*at_ms, &self.zone),
            time::exact(*at_ms, self.now_ms, &self.zone, self.lang)
        ))
    }

    /// The page's clock.
    pub fn clock(&self) -> Html {
        Html(format!(
            "<time id=\"clock\" datetime=\"{}\" data-now=\"{}\" data-offset=\"{}\" data-zone=\"{}\">{}</time>",
            time::machine(self.now_ms, &self.zone),
            self.now_ms,
            time::offset_min(self.now_ms, &self.zone),
            escape(&time::zone_short(self.now_ms, &self.zone)),
            time::clock(self.now_ms, &self.zone)
        ))
    }

    /// Whether a peer of the status line is not reached.
    pub fn somebody_away(&self) -> bool {
        self.peers
            .iter()
            .any(|peer| matches!(peer.step, Step::Away { .. }))
    }

    /// How a peer stands, in words.
    pub fn step(&self, name: &str, step: &Step) -> String {
        match step {
            Step::InStep { age_ms } => self.lang.with(
                "step.in-step",
                &[("name", &name), ("span", &time::span(*age_ms))],
            ),
            Step::Behind { records, age_ms } => self.lang.count(
                "step.behind",
                *records,
                &[("name", &name), ("span", &time::span(*age_ms))],
            ),
            Step::Away { since_ms, waiting } => self.lang.count(
                "step.away",
                *waiting,
                &[("name", &name), ("since", &self.exact(since_ms))],
            ),
            Step::Isolated { since_ms } => self.lang.with(
                "step.isolated",
                &[("name", &name), ("since", &self.exact(since_ms))],
            ),
        }
    }

    /// How a peer stands, where its name stands beside it.
    pub fn step_alone(&self, step: &Step) -> String {
        match step {
            Step::InStep { age_ms } => self.t1("step.plain-in-step", "span", time::span(*age_ms)),
            Step::Behind { records, age_ms } => self.lang.count(
                "step.plain-behind",
                *records,
                &[("span", &time::span(*age_ms))],
            ),
            Step::Away { since_ms, waiting } => self.lang.count(
                "step.plain-away",
                *waiting,
                &[("since", &self.exact(since_ms))],
            ),
            Step::Isolated { since_ms } => {
                self.t1("step.plain-isolated", "since", self.exact(since_ms))
            }
        }
    }

    /// The same in a word or two: `2 s`, `3 behind`.
    pub fn step_short(&self, step: &Step) -> String {
        match step {
            Step::InStep { age_ms } => time::span(*age_ms),
            Step::Behind { records, .. } => self.lang.count("step.behind-short", *records, &[]),
            Step::Away { since_ms, .. } => {
                self.t1("step.away-short", "since", self.exact(since_ms))
            }
            Step::Isolated { .. } => self.t("step.isolated-short").to_owned(),
        }
    }

    /// The words for the newest checkpoint and its witnesses.
    pub fn node_line(&self) -> String {
        let mut line = self.lang.count("foot.log", self.node.log_size, &[]);
        if let Some(at_ms) = self.node.checkpoint_ms {
            line.push_str(&self.t1("foot.checkpoint", "at", self.exact(&at_ms)));
        }
        if let Some((have, asked)) = self.node.witnessed {
            line.push_str(
                &self
                    .lang
                    .with("foot.witnessed", &[("have", &have), ("asked", &asked)]),
            );
        }
        line
    }

    /// A badge in the page's language.
    pub fn badge(&self, badge: &Badge) -> Html {
        badge.html(self.lang)
    }

    /// A mark in the page's language.
    pub fn mark(&self, mark: &Mark) -> Html {
        mark.html(self.lang)
    }

    /// The same page in the other language.
    pub fn other_language(&self) -> String {
        self.here.with("lang", self.lang.other().code()).to_string()
    }

    /// The same page in the other colours: from `System`, to dark.
    pub fn other_theme(&self) -> Link {
        match self.theme {
            Theme::Dark => Link::new(
                self.t("theme.light"),
                self.here.with("theme", "light").to_string(),
            ),
            Theme::System | Theme::Light => Link::new(
                self.t("theme.dark"),
                self.here.with("theme", "dark").to_string(),
            ),
        }
    }

    /// Address of the stream with the page's cursor.
    pub fn stream(&self) -> String {
        self.live.as_ref().map_or_else(String::new, |live| {
            live.stream.with("cursor", &live.cursor).to_string()
        })
    }

    /// Milliseconds of the node's clock in a real one.
    pub fn rate(&self) -> u32 {
        self.live.as_ref().map_or(1, |live| live.rate.max(1))
    }
}
