//! Priorities: a ranking with its rank intervals, under weights that the reader may move.

use askama::Template;

use super::frame::PublicHead;
use super::svg::{Paint, Picture};
use crate::console::frame::Frame;
use crate::console::parts::{Html, Link};

/// The ranking.
#[derive(Debug, Clone, Default)]
pub struct PrioritiesPage {
    /// What is ranked, by what.
    pub lede: String,
    /// What the ranking says in one sentence; empty: nothing.
    pub finding: String,
    /// Ready sets of weights.
    pub presets: Vec<Preset>,
    /// The weights in use.
    pub weights: Vec<Weight>,
    /// Why the weights of the address were not taken; empty: they were.
    pub fault: String,
    /// Where the form is sent, by GET.
    pub action: String,
    /// Members carried along.
    pub hidden: Vec<(String, String)>,
    /// Rows, best median rank first.
    pub rows: Vec<RankRow>,
    /// Places ranked, of how many: the scale of the intervals.
    pub places: u32,
    /// Draws behind the intervals.
    pub draws: u64,
    /// What an hour costs and where that comes from.
    pub hour_note: String,
    /// Ranked high and not funded.
    pub unfunded: Vec<Link>,
    /// Funded and ranked low.
    pub funded_low: Vec<Link>,
    /// The same as data.
    pub downloads: Vec<Link>,
}

/// Weights ready made.
#[derive(Debug, Clone, Default)]
pub struct Preset {
    /// Its name and address.
    pub link: Link,
    /// In use.
    pub chosen: bool,
}

/// The weight of an indicator.
#[derive(Debug, Clone, Default)]
pub struct Weight {
    /// Member of the form.
    pub name: String,
    /// The indicator.
    pub label: String,
    /// Source and level of it.
    pub hint: String,
    /// 0 to 100.
    pub value: u32,
}

/// A place or project in the ranking.
#[derive(Debug, Clone, Default)]
pub struct RankRow {
    /// Its name and page.
    pub name: Link,
    /// Where it is.
    pub place: String,
    /// Median rank; none where a gate keeps it out.
    pub rank: Option<f64>,
    /// 5th and 95th percentile of its rank.
    pub interval: Option<(f64, f64)>,
    /// Others whose intervals overlap with its own, in words: *not distinguishable from 2 to 5*; empty: it stands alone.
    pub alike: String,
    /// Why it is not ranked: *not now, because …*.
    pub gate: String,
    /// Benefit of an hour less, a year: `1.2 M USD`.
    pub benefit: String,
    /// Planned cost with its kind: `36 M USD, contract`.
    pub cost: String,
    /// Data that is missing, and its weight: *power, 20 of 100*; empty: none.
    pub missing: String,
    /// Some of its data is older than its limit.
    pub old: bool,
}

impl PrioritiesPage {
    fn title<'a>(&self, f: &'a Frame) -> &'a str {
        f.t("public.priorities.title")
    }

    fn about(&self, _: &Frame) -> String {
        self.lede.clone()
    }

    /// Dot at the median, line from 5 to 95.
    fn picture(&self, row: &RankRow) -> Html {
        let mut picture = Picture::new(160.0, 24.0, Paint::Sheet);
        let last = f64::from(self.places.max(2));
        let x = |rank: f64| 6.0 + ((rank - 1.0) / (last - 1.0)).clamp(0.0, 1.0) * 148.0;
        picture.line("grid", (6.0, 12.0), (154.0, 12.0));
        if let Some((low, high)) = row.interval {
            picture.line("spread", (x(low), 12.0), (x(high).max(x(low) + 2.0), 12.0));
            picture.line("axis", (x(low), 7.0), (x(low), 17.0));
            picture.line("axis", (x(high), 7.0), (x(high), 17.0));
        }
        if let Some(rank) = row.rank {
            picture.dot("point", (x(rank), 12.0), 5.0);
        }
        picture.beside("rank")
    }

    fn interval(row: &RankRow) -> String {
        row.interval
            .map_or_else(String::new, |(low, high)| format!("{low:.0}–{high:.0}"))
    }

    fn rank(row: &RankRow) -> String {
        row.rank.map_or_else(
            || "–".to_owned(),
            |rank| {
                let text = format!("{rank:.1}");
                text.trim_end_matches(".0").to_owned()
            },
        )
    }
}

/// The page.
pub fn render_priorities(frame: &Frame, head: &PublicHead, page: &PrioritiesPage) -> String {
    crate::console::finish(&PrioritiesTemplate {
        f: frame,
        h: head,
        p: page,
    })
}

#[derive(Template)]
#[template(path = "public/priorities.html")]
struct PrioritiesTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a PrioritiesPage,
}
