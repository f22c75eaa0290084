//! Wait times: each lane now, hour by hour over the usual range, and crossings by month.

use askama::Template;
use jiff::civil::Date;

use super::frame::{PublicHead, Search};
use super::svg::{Anchor, Paint, Picture, fitting};
use crate::console::frame::Frame;
use crate::console::lang::{Lang, grouped};
use crate::console::parts::{Html, Link};

/// Wait times.
#[derive(Debug, Clone, Default)]
pub struct WaitsPage {
    /// What one sees, and how good it is.
    pub lede: String,
    /// Which port.
    pub search: Search,
    /// Lanes now.
    pub lanes: Vec<WaitLane>,
    /// Charts of the chosen port, one a lane kind.
    pub hours: Vec<HourChart>,
    /// Crossings by month.
    pub months: Vec<MonthChart>,
    /// Where the numbers come from, and their faults.
    pub source: String,
    /// Why there is nothing, where there is a reason to tell.
    pub none: String,
    /// Nodes that may have it.
    pub elsewhere: Vec<Link>,
    /// The feed in the form that CBP uses, JSON and XML, and CSV.
    pub feeds: Vec<Link>,
}

/// A lane.
#[derive(Debug, Clone, Default)]
pub struct WaitLane {
    /// Its port and page.
    pub port: Link,
    /// Kind of lane: *trucks, FAST*.
    pub lane: String,
    /// `35 min`; empty: not known, which is never none.
    pub wait: String,
    /// How sure that is, and of how many: `95 %: 31–40, n = 24`.
    pub sure: String,
    /// Usual at this hour: `20–45 min`.
    pub usual: String,
    /// The whole crossing: `74 min`; empty: not known.
    pub crossing: String,
    /// How sure that is, as of the wait.
    pub crossing_sure: String,
    /// `4 of 8`; empty: not known.
    pub open: String,
    /// When it was told, ms since 1970 UTC.
    pub told_ms: Option<i64>,
    /// It is older than its limit.
    pub old: bool,
    /// Whether the wait is above the usual range.
    pub above: bool,
}

/// A day, hour by hour.
#[derive(Debug, Clone, Default)]
pub struct HourChart {
    /// Heading: the port and the lane.
    pub title: String,
    /// The finding in one sentence.
    pub finding: String,
    /// Hours of the port's clock.
    pub hours: Vec<HourPoint>,
    /// The current hour.
    pub now: Option<u8>,
    /// What the range is of: *Tuesdays of the last 26 weeks, P50 to P90*.
    pub range_label: String,
}

/// An hour.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct HourPoint {
    /// 0 to 23.
    pub hour: u8,
    /// Usual minutes, from and to.
    pub usual: Option<(f64, f64)>,
    /// Minutes today.
    pub today: Option<f64>,
    /// Its 95 % interval.
    pub sure: Option<(f64, f64)>,
    /// Of how many: usual, today.
    pub counts: (Option<u64>, Option<u64>),
}

/// Months.
#[derive(Debug, Clone, Default)]
pub struct MonthChart {
    /// *Trucks into the United States*.
    pub title: String,
    /// The finding in one sentence.
    pub finding: String,
    /// First day of the month, and how many; none where it is missing.
    pub months: Vec<(Date, Option<u64>)>,
    /// The source: *BTS, dataset keg4-3bc2*.
    pub source: Link,
}

/// Most months of one picture: ten years.
const MONTHS_MAX: usize = 120;

impl HourChart {
    fn drawings(&self, lang: &Lang, at: &usize) -> Vec<Html> {
        let mut wide = Picture::new(660.0, 250.0, Paint::Sheet);
        self.draw(&mut wide, *lang, true);
        let mut narrow = Picture::new(340.0, 220.0, Paint::Sheet);
        self.draw(&mut narrow, *lang, false);
        vec![
            wide.inline(&format!("hours-{at}-wide"), "wide-only", &self.finding),
            narrow.inline(&format!("hours-{at}-narrow"), "narrow-only", &self.finding),
        ]
    }

    fn draw(&self, picture: &mut Picture, lang: Lang, wide: bool) {
        let (left, right, top, bottom) = if wide {
            (34.0, 606.0, 24.0, 222.0)
        } else {
            (30.0, 328.0, 24.0, 192.0)
        };
        let most = self
            .hours
            .iter()
            .flat_map(|h| [h.usual.map(|(_, high)| high), h.today])
            .flatten()
            .filter(|minutes| minutes.is_finite())
            .fold(0.0_f64, f64::max);
        let step = [5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 240.0]
            .into_iter()
            .find(|step| step * 3.0 >= most)
            .unwrap_or(480.0);
        let x = |hour: f64| left + hour / 23.0 * (right - left);
        let y = |minutes: f64| bottom - (minutes / (step * 3.0)).clamp(0.0, 1.0) * (bottom - top);
        picture.text(
            (0.0, 11.0),
            Anchor::Start,
            "",
            lang.t("public.waits.minutes"),
        );
        for line in 0..=3 {
            let minutes = step * f64::from(line);
            picture.line("grid", (left, y(minutes)), (right, y(minutes)));
            picture.text(
                (left - 6.0, y(minutes) + 4.0),
                Anchor::End,
                "",
                &format!("{minutes:.0}"),
            );
        }
        for hour in (0..24).step_by(if wide { 3 } else { 6 }) {
            picture.text(
                (x(f64::from(hour)), bottom + 18.0),
                Anchor::Middle,
                "",
                &format!("{hour:02}:00"),
            );
        }
        let points = || self.hours.iter().filter(|h| h.hour < 24);
        let usual = || points().filter_map(|h| h.usual.map(|range| (x(f64::from(h.hour)), range)));
        let mut band: Vec<(f64, f64)> = usual().map(|(x, (low, _))| (x, y(low))).collect();
        let high: Vec<(f64, f64)> = usual().map(|(x, (_, high))| (x, y(high))).collect();
        band.extend(high.into_iter().rev());
        if band.len() > 2 {
            picture.polygon("band", &band);
        }
        if let Some(hour) = self.now {
            let at = x(f64::from(hour.min(23)));
            picture.line("nowline", (at, top - 8.0), (at, bottom));
        }
        let today: Vec<(f64, f64)> = points()
            .filter_map(|h| Some((x(f64::from(h.hour)), y(h.today?))))
            .collect();
        picture.polyline("series", &today);
        for at in &today {
            picture.dot("point", *at, 3.0);
        }
        if wide && let Some((at, range)) = usual().next_back() {
            picture.text(
                (at + 8.0, y(f64::midpoint(range.0, range.1)) + 4.0),
                Anchor::Start,
                "",
                lang.t("public.waits.usual"),
            );
        }
        let last = points()
            .rev()
            .find_map(|h| Some((x(f64::from(h.hour)), h.today?)));
        if let Some((at, minutes)) = last {
            let words = lang.with(
                "public.waits.today",
                &[("minutes", &format!("{minutes:.0}"))],
            );
            let (at, anchor) = if at > right - 90.0 {
                (at - 8.0, Anchor::End)
            } else {
                (at + 8.0, Anchor::Start)
            };
            picture.text((at, y(minutes) - 8.0), anchor, "strong halo", &words);
        }
    }

    /// Hour, usual, its count, today with its interval, its count.
    fn rows(&self) -> Vec<[String; 5]> {
        let dash = || "–".to_owned();
        let count = |n: Option<u64>| n.map_or_else(dash, grouped);
        let today = |h: &HourPoint| match (h.today, h.sure) {
            (None, _) => dash(),
            (Some(minutes), None) => format!("{minutes:.0}"),
            (Some(minutes), Some((low, high))) => format!("{minutes:.0} ({low:.0}–{high:.0})"),
        };
        self.hours
            .iter()
            .map(|h| {
                [
                    format!("{:02}:00", h.hour),
                    h.usual
                        .map_or_else(dash, |(low, high)| format!("{low:.0}–{high:.0}")),
                    count(h.counts.0),
                    today(h),
                    count(h.counts.1),
                ]
            })
            .collect()
    }
}

impl MonthChart {
    fn shown(&self) -> &[(Date, Option<u64>)] {
        let first = self.months.len().saturating_sub(MONTHS_MAX);
        self.months.get(first..).unwrap_or_default()
    }

    fn drawings(&self, at: &usize) -> Vec<Html> {
        let mut wide = Picture::new(660.0, 190.0, Paint::Sheet);
        self.draw(&mut wide, 56.0, 650.0);
        let mut narrow = Picture::new(340.0, 188.0, Paint::Sheet);
        self.draw(&mut narrow, 52.0, 334.0);
        vec![
            wide.inline(&format!("months-{at}-wide"), "wide-only", &self.finding),
            narrow.inline(&format!("months-{at}-narrow"), "narrow-only", &self.finding),
        ]
    }

    fn draw(&self, picture: &mut Picture, left: f64, right: f64) {
        let (top, bottom) = (14.0, 164.0);
        let months = self.shown();
        let most = months
            .iter()
            .filter_map(|(_, n)| *n)
            .max()
            .unwrap_or(0)
            .max(1);
        let step = nice_step(most);
        let y = |n: f64| bottom - (n / (step as f64 * 4.0)).clamp(0.0, 1.0) * (bottom - top);
        for line in 0..=4 {
            let value = step * line;
            picture.line("grid", (left, y(value as f64)), (right, y(value as f64)));
            picture.text(
                (left - 6.0, y(value as f64) + 4.0),
                Anchor::End,
                "",
                &grouped(value),
            );
        }
        let wide = (right - left) / months.len().max(1) as f64;
        let mut last_label = f64::NEG_INFINITY;
        for (place, (month, count)) in months.iter().enumerate() {
            let at = left + wide * place as f64;
            if let Some(count) = count {
                let height = bottom - y(*count as f64);
                picture.rect(
                    "bar-of",
                    (at + wide * 0.12, bottom - height),
                    wide * 0.76,
                    height,
                );
            }
            if (month.month() == 1 || place == 0) && at - last_label > 40.0 && at < right - 20.0 {
                last_label = at;
                picture.line("axis", (at, bottom), (at, bottom + 4.0));
                picture.text(
                    (at + 2.0, bottom + 17.0),
                    Anchor::Start,
                    "",
                    &fitting(&month.year().to_string(), 40.0),
                );
            }
        }
    }

    /// By year: months of the table.
    fn years(&self) -> Vec<(i16, String, usize)> {
        let mut years: Vec<(i16, u64, usize)> = Vec::new();
        for (month, count) in &self.months {
            let Some(count) = count else { continue };
            match years.last_mut().filter(|(year, ..)| *year == month.year()) {
                Some((_, sum, months)) => {
                    *sum = sum.saturating_add(*count);
                    *months += 1;
                }
                None => years.push((month.year(), *count, 1)),
            }
        }
        let words = |(year, sum, months)| (year, grouped(sum), months);
        years.into_iter().map(words).collect()
    }
}

/// A quarter of the scale: 1, 2, 5 and their tens, so that four of them hold everything.
fn nice_step(most: u64) -> u64 {
    let least = most.div_ceil(4).max(1);
    let mut ten = 1_u64;
    while ten.saturating_mul(10) <= least {
        ten = ten.saturating_mul(10);
    }
    [1, 2, 5, 10]
        .into_iter()
        .map(|n| ten.saturating_mul(n))
        .find(|step| *step >= least)
        .unwrap_or(least)
}

impl WaitsPage {
    /// Whether the whole crossing of any is known.
    fn crosses(&self) -> bool {
        self.lanes.iter().any(|lane| !lane.crossing.is_empty())
    }

    /// Whether the open lanes of any are known.
    fn opens(&self) -> bool {
        self.lanes.iter().any(|lane| !lane.open.is_empty())
    }

    fn title<'a>(&self, f: &'a Frame) -> &'a str {
        f.t("public.waits.title")
    }

    fn about(&self, _: &Frame) -> String {
        self.lede.clone()
    }
}

/// The page.
pub fn render_waits(frame: &Frame, head: &PublicHead, page: &WaitsPage) -> String {
    crate::console::finish(&WaitsTemplate {
        f: frame,
        h: head,
        p: page,
    })
}

#[derive(Template)]
#[template(path = "public/waits.html")]
struct WaitsTemplate<'a> {
    f: &'a Frame,
    h: &'a PublicHead,
    p: &'a WaitsPage,
}
