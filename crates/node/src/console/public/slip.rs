//! The slip chart: across, the day a promise was stated; up, the day that was promised. Steps climb when it slips.

use jiff::civil::{Date, date};

use super::svg::{Anchor, Paint, Picture, fitting, width_of};
use super::words::{days, number};
use crate::console::lang::Lang;
use crate::console::parts::Html;

/// A promise as it moved.
#[derive(Debug, Clone, Default)]
pub struct SlipChart {
    /// What is promised, in the finding's words: the title for those who don't see the picture, with every step and the slip.
    pub finding: String,
    /// Statements that bear a date, by the day they were stated.
    pub steps: Vec<SlipStep>,
    /// What it is held against.
    pub baseline: Option<SlipBaseline>,
    /// The report day.
    pub today: Date,
    /// Days of slip; the bracket. None where there is nothing to hold against.
    pub slip_days: Option<i64>,
    /// The promised day is past and nothing opened: the slip still grows.
    pub growing: bool,
    /// When it opened, where it did.
    pub met: Option<Date>,
    /// The forecast, only where it has a basis.
    pub forecast: Option<SlipForecast>,
}

/// One statement.
#[derive(Debug, Clone, Default)]
pub struct SlipStep {
    /// The day it was stated.
    pub stated: Date,
    /// First day of what was promised.
    pub from: Date,
    /// Last day: differences are counted on it.
    pub to: Date,
    /// As coarse as it was said: `Q4 2027`.
    pub text: String,
}

/// The promise that others are held against.
#[derive(Debug, Clone, Default)]
pub struct SlipBaseline {
    /// Its last day.
    pub to: Date,
    /// `2023, the first promise`.
    pub label: String,
}

/// Where the promise will likely end.
#[derive(Debug, Clone, Default)]
pub struct SlipForecast {
    /// Half of comparable cases were done by then.
    pub p50: Date,
    /// Four in five.
    pub p80: Date,
    /// `P50 Mar 2029`.
    pub p50_label: String,
    /// `P80 2030`.
    pub p80_label: String,
}

/// Its shape in a list.
#[derive(Debug, Clone, Default)]
pub struct Spark {
    /// Day of statement and last promised day, in order.
    pub steps: Vec<(Date, Date)>,
    /// The baseline's last day.
    pub baseline: Option<Date>,
    /// The right edge.
    pub today: Date,
}

/// What is written above and below the picture where it stands alone, in somebody else's page.
#[derive(Debug, Clone, Default)]
pub struct SlipFile {
    /// The project, above.
    pub title: String,
    /// The finding, below it.
    pub finding: String,
    /// Who says so: `Statements of SANDAG and press, compiled by scorecard.example`.
    pub source: String,
    /// As of when: `As of 24 Nov 2026, version 48210`.
    pub as_of: String,
}

/// Most statements that are drawn; the table has all.
const STEPS_MAX: usize = 60;
/// Years a promise may lie from today and still be drawn.
const YEARS_MAX: i16 = 60;

/// Edges of the drawing.
struct Space {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    x: (f64, f64),
    y: (f64, f64),
}

impl Space {
    fn x(&self, day: f64) -> f64 {
        let share = (day - self.x.0) / (self.x.1 - self.x.0).max(1.0);
        self.left + share.clamp(0.0, 1.0) * (self.right - self.left)
    }

    fn y(&self, day: f64) -> f64 {
        let share = (day - self.y.0) / (self.y.1 - self.y.0).max(1.0);
        self.bottom - share.clamp(0.0, 1.0) * (self.bottom - self.top)
    }
}

impl SlipChart {
    /// The two drawings of a page; `id` is the start of their titles' ids.
    pub(super) fn drawings(&self, lang: Lang, id: &str) -> Vec<Html> {
        let mut wide = Picture::new(820.0, 400.0, Paint::Sheet);
        self.draw(&mut wide, lang, true, 0.0);
        let mut narrow = Picture::new(360.0, 300.0, Paint::Sheet);
        self.draw(&mut narrow, lang, false, 0.0);
        vec![
            wide.inline(&format!("{id}-wide"), "wide-only", &self.finding),
            narrow.inline(&format!("{id}-narrow"), "narrow-only", &self.finding),
        ]
    }

    /// The drawing as a file of its own.
    pub(super) fn file(&self, lang: Lang, words: &SlipFile) -> String {
        const HEAD: f64 = 62.0;
        let mut picture = Picture::new(820.0, 400.0 + HEAD + 44.0, Paint::Own);
        picture.text(
            (16.0, 28.0),
            Anchor::Start,
            "title",
            &fitting(&words.title, 620.0),
        );
        picture.text(
            (16.0, 48.0),
            Anchor::Start,
            "",
            &fitting(&words.finding, 780.0),
        );
        self.draw(&mut picture, lang, true, HEAD);
        let foot = 400.0 + HEAD + 16.0;
        picture.text(
            (16.0, foot),
            Anchor::Start,
            "",
            &fitting(&words.source, 780.0),
        );
        picture.text(
            (16.0, foot + 17.0),
            Anchor::Start,
            "",
            &fitting(&words.as_of, 780.0),
        );
        picture.alone(lang.code(), &self.finding)
    }

    fn known(&self) -> &[SlipStep] {
        let first = self.steps.len().saturating_sub(STEPS_MAX);
        self.steps.get(first..).unwrap_or_default()
    }

    /// The window: from the year of the first statement to the report day's, upwards to the latest date there is.
    fn space(&self, lang: Lang, wide: bool, down: f64) -> Space {
        let today = self.today;
        let least = today.year().saturating_sub(YEARS_MAX);
        let most = today.year().saturating_add(YEARS_MAX);
        let from = self.known().first().map_or(today, |step| step.stated);
        let year = from.year().clamp(least, today.year());
        let days_up = self
            .known()
            .iter()
            .map(|step| step.to)
            .chain(self.baseline.iter().map(|base| base.to))
            .chain(self.forecast.iter().map(|f| f.p80))
            .chain(self.met)
            .chain([today])
            .max()
            .unwrap_or(today);
        let days_down = self
            .known()
            .iter()
            .map(|step| step.from)
            .min()
            .unwrap_or(from);
        let low = year.min(days_down.year()).clamp(least, most);
        let high = (days_up.year() + 1).clamp(low + 1, most + 1);
        let said = ["public.slip.of-slip", "public.slip.so-far"].map(|key| width_of(lang.t(key)));
        let slip = width_of(&days(self.slip_days.unwrap_or(0), lang)) * 1.1;
        let room = if self.forecast.is_some() {
            136.0
        } else {
            26.0 + said.into_iter().fold(slip.clamp(66.0, 140.0), f64::max)
        };
        let (left, right, top, bottom) = if wide {
            (52.0, 820.0 - room, 40.0 + down, 366.0 + down)
        } else {
            (34.0, 348.0, 40.0, 266.0)
        };
        let start = |year: i16| number(date(year.clamp(-9999, 9999), 1, 1));
        Space {
            left,
            right,
            top,
            bottom,
            x: (start(year), number(today).max(start(year) + 180.0)),
            y: (start(low), start(high) + 60.0),
        }
    }

    fn draw(&self, picture: &mut Picture, lang: Lang, wide: bool, down: f64) {
        let space = self.space(lang, wide, down);
        self.ground(picture, &space, lang, wide, down);
        let now = number(self.today);
        let now_x = space.x(now);
        if let Some(base) = &self.baseline {
            let from = self.known().first().map_or(now, |s| number(s.stated));
            let y = space.y(number(base.to));
            picture.line("base", (space.x(from), y), (now_x, y));
        }
        for step in self.known() {
            let x = space.x(number(step.stated));
            let (low, high) = (space.y(number(step.from)), space.y(number(step.to)));
            if low - high > 1.0 {
                picture.line("range", (x, low), (x, high));
            }
        }
        self.steps(picture, &space, now_x);
        self.labels(picture, &space, wide);
        if let Some(met) = self.met {
            let at = (space.x(number(met)), space.y(number(met)));
            picture.dot("done", at, 6.0);
            let label = lang.with(
                "public.slip.opened",
                &[("month", &super::words::month_year(met, lang))],
            );
            // Below the dot, and below the dashed line where that is near.
            let base = self.baseline.as_ref().map(|base| space.y(number(base.to)));
            let near = base.filter(|y| (at.1 - 4.0..at.1 + 30.0).contains(y));
            let y = near.map_or(at.1 + 18.0, |y| y + 17.0);
            let (x, anchor) = if at.0 + 8.0 + width_of(&label) < space.right {
                (at.0 + 8.0, Anchor::Start)
            } else {
                (at.0 - 4.0, Anchor::End)
            };
            picture.text((x, y), anchor, "strong halo", &label);
        }
        if wide {
            self.right_of_now(picture, &space, lang, now_x);
        } else if let Some(forecast) = &self.forecast {
            let (p50, p80) = (space.y(number(forecast.p50)), space.y(number(forecast.p80)));
            picture.line("likely", (now_x + 6.0, p50), (now_x + 6.0, p80));
        }
    }

    /// Grid, years, the calendar's diagonal and today.
    fn ground(&self, picture: &mut Picture, space: &Space, lang: Lang, wide: bool, down: f64) {
        let corner = (space.left, space.y(space.x.0));
        let end = (space.right, space.y(space.x.1));
        picture.polygon(
            "past",
            &[
                corner,
                end,
                (space.right, space.bottom),
                (space.left, space.bottom),
            ],
        );
        let years = |from: f64, to: f64| {
            let year = |day: f64| 1970 + (day / 365.2425).floor() as i32;
            year(from)..=year(to) + 1
        };
        let every = |count: usize, most: usize| count.div_ceil(most).max(1);
        let up: Vec<i32> = years(space.y.0, space.y.1).collect();
        let step = every(up.len(), if wide { 12 } else { 6 });
        for year in up.iter().step_by(step) {
            let Some(day) = new_year(*year).filter(|d| (space.y.0..=space.y.1).contains(d)) else {
                continue;
            };
            let y = space.y(day);
            picture.line("grid", (space.left, y), (space.right, y));
            picture.text(
                (space.left - 6.0, y + 4.0),
                Anchor::End,
                "",
                &year.to_string(),
            );
        }
        let across: Vec<i32> = years(space.x.0, space.x.1).collect();
        let step = every(across.len(), if wide { 12 } else { 5 });
        for year in across.iter().step_by(step) {
            let Some(day) = new_year(*year).filter(|d| (space.x.0..space.x.1).contains(d)) else {
                continue;
            };
            let (from, to) = (space.x(day), space.x(day + 365.0));
            picture.line("axis", (from, space.bottom), (from, space.bottom + 5.0));
            if to - from > 36.0 || step > 1 {
                let middle = f64::midpoint(from, to).min(space.right - 12.0);
                picture.text(
                    (middle, space.bottom + 18.0),
                    Anchor::Middle,
                    "",
                    &year.to_string(),
                );
            }
        }
        picture.line("due", corner, end);
        let slope = (end.1 - corner.1).atan2(end.0 - corner.0).to_degrees();
        let middle = (
            corner.0 + (end.0 - corner.0) * 0.36,
            corner.1 + (end.1 - corner.1) * 0.36 - 7.0,
        );
        let words = lang.t(if wide {
            "public.slip.due"
        } else {
            "public.slip.due-short"
        });
        picture.turned(middle, slope, "halo", words);
        let now_x = space.x(number(self.today));
        picture.line("nowline", (now_x, space.top - 18.0), (now_x, space.bottom));
        let (at, anchor) = if wide {
            (now_x, Anchor::Middle)
        } else {
            (now_x.min(352.0), Anchor::End)
        };
        picture.text(
            (at, 16.0 + down),
            anchor,
            "strong",
            lang.t("public.slip.today"),
        );
        picture.text(
            (if down > 0.0 { 16.0 } else { 0.0 }, 16.0 + down),
            Anchor::Start,
            "",
            lang.t(if wide {
                "public.slip.axis"
            } else {
                "public.slip.axis-short"
            }),
        );
    }

    fn steps(&self, picture: &mut Picture, space: &Space, now_x: f64) {
        let mut d = String::new();
        for (place, step) in self.known().iter().enumerate() {
            let (x, y) = (space.x(number(step.stated)), space.y(number(step.to)));
            if place == 0 {
                d.push_str(&format!("M{x:.1} {y:.1}"));
            } else {
                d.push_str(&format!("H{x:.1}V{y:.1}"));
            }
        }
        if d.is_empty() {
            return;
        }
        let until = self.met.map_or(now_x, |met| space.x(number(met)));
        d.push_str(&format!("H{until:.1}"));
        if let Some(met) = self.met {
            d.push_str(&format!("V{:.1}", space.y(number(met))));
        }
        picture.path("slip", &d);
        for step in self.known() {
            let at = (space.x(number(step.stated)), space.y(number(step.to)));
            picture.dot("dot", at, 4.5);
        }
    }

    /// Each new promise is named left above its step, where there is room.
    fn labels(&self, picture: &mut Picture, space: &Space, wide: bool) {
        let mut taken: Vec<(f64, f64, f64)> = Vec::new();
        let mut last = "";
        for (place, step) in self.known().iter().enumerate() {
            if step.text == last {
                continue;
            }
            last = &step.text;
            let (x, y) = (space.x(number(step.stated)), space.y(number(step.to)) - 8.0);
            let (text, at, anchor) = if place == 0 {
                let label = self
                    .baseline
                    .as_ref()
                    .filter(|base| wide && base.to == step.to);
                let words = label.map_or(step.text.as_str(), |base| base.label.as_str());
                (
                    fitting(words, space.right - x),
                    (x - 4.0).max(space.left + 4.0),
                    Anchor::Start,
                )
            } else {
                (fitting(&step.text, 110.0), x - 8.0, Anchor::End)
            };
            let wide_of = width_of(&text);
            let (from, to) = match anchor {
                Anchor::End => (at - wide_of, at),
                Anchor::Start | Anchor::Middle => (at, at + wide_of),
            };
            let meets = taken
                .iter()
                .any(|(a, b, h)| from < *b + 4.0 && to > a - 4.0 && (h - y).abs() < 14.0);
            if meets || from < 0.0 {
                continue;
            }
            taken.push((from, to, y));
            picture.text((at, y), anchor, "strong halo", &text);
        }
    }

    /// Bracket and forecast stand right of now.
    fn right_of_now(&self, picture: &mut Picture, space: &Space, lang: Lang, now_x: f64) {
        let mut bracket = now_x + 10.0;
        if let Some(forecast) = &self.forecast {
            let (p50, p80) = (space.y(number(forecast.p50)), space.y(number(forecast.p80)));
            picture.line("likely", (now_x + 9.0, p50), (now_x + 9.0, p80));
            let apart = if p50 - p80 < 15.0 { p80 + 15.0 } else { p50 };
            picture.text(
                (now_x + 36.0, p80 + 4.0),
                Anchor::Start,
                "strong halo",
                &fitting(&forecast.p80_label, 96.0),
            );
            picture.text(
                (now_x + 36.0, apart + 4.0),
                Anchor::Start,
                "halo",
                &fitting(&forecast.p50_label, 96.0),
            );
            bracket = now_x + 20.0;
        }
        let (Some(base), Some(slip), Some(last)) =
            (&self.baseline, self.slip_days, self.known().last())
        else {
            return;
        };
        if slip == 0 {
            return;
        }
        let until = match self.met {
            Some(met) => met,
            None if self.growing => self.today.max(last.to),
            None => last.to,
        };
        let (from, to) = (space.y(number(base.to)), space.y(number(until)));
        picture.path("axis", &format!("M{bracket:.1} {to:.1}h6V{from:.1}h-6"));
        let mut middle = f64::midpoint(from, to);
        if let Some(forecast) = &self.forecast {
            // Below the forecast's words, and never below the picture.
            middle = middle
                .max(space.y(number(forecast.p50)) + 32.0)
                .min(space.bottom - 16.0);
        }
        let x = bracket + 14.0;
        picture.text(
            (x, middle - 2.0),
            Anchor::Start,
            "late-t",
            &days(slip, lang),
        );
        picture.text(
            (x, middle + 14.0),
            Anchor::Start,
            "halo",
            lang.t("public.slip.of-slip"),
        );
        if self.growing {
            picture.text(
                (x, middle + 30.0),
                Anchor::Start,
                "halo",
                lang.t("public.slip.so-far"),
            );
        }
    }
}

impl Spark {
    /// 112 by 28. Always beside its number.
    pub(super) fn html(&self) -> Html {
        let mut picture = Picture::new(112.0, 28.0, Paint::Sheet);
        let Some((first, _)) = self.steps.first() else {
            return picture.beside("spark");
        };
        let (from, until) = (number(*first), number(self.today));
        let heights = self
            .steps
            .iter()
            .map(|(_, to)| number(*to))
            .chain(self.baseline.map(number));
        let low = heights.clone().fold(f64::INFINITY, f64::min);
        let high = heights.fold(f64::NEG_INFINITY, f64::max);
        let x = |day: f64| 3.0 + ((day - from) / (until - from).max(1.0)).clamp(0.0, 1.0) * 106.0;
        // Six years fill the height, so that small slips look small beside large ones.
        let tall = (high - low).max(2_190.0);
        let y = |day: f64| 25.0 - ((day - low) / tall).clamp(0.0, 1.0) * 22.0;
        if let Some(base) = self.baseline {
            picture.line("base", (3.0, y(number(base))), (109.0, y(number(base))));
        }
        let mut d = String::new();
        for (place, (stated, to)) in self.steps.iter().enumerate() {
            let (x, y) = (x(number(*stated)), y(number(*to)));
            if place == 0 {
                d.push_str(&format!("M{x:.1} {y:.1}"));
            } else {
                d.push_str(&format!("H{x:.1}V{y:.1}"));
            }
        }
        d.push_str("H109");
        picture.path("slip", &d);
        for (stated, to) in &self.steps {
            picture.dot("dot", (x(number(*stated)), y(number(*to))), 2.0);
        }
        picture.beside("spark")
    }

    /// How often the promise moved.
    pub(super) fn moves(&self) -> u64 {
        let moved = self.steps.windows(2).filter(|pair| match pair {
            [(_, a), (_, b)] => a != b,
            _ => false,
        });
        moved.count() as u64
    }
}

fn new_year(year: i32) -> Option<f64> {
    let year = i16::try_from(year).ok()?;
    Date::new(year, 1, 1).ok().map(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(stated: Date, year: i16) -> SlipStep {
        SlipStep {
            stated,
            from: date(year, 1, 1),
            to: date(year, 12, 31),
            text: year.to_string(),
        }
    }

    #[test]
    fn a_chart_alone_carries_its_own_colours_and_escapes_its_words() {
        let nasty = "<script>alert(1)</script>\"'&";
        let chart = SlipChart {
            finding: nasty.into(),
            steps: vec![step(date(2019, 7, 30), 2023), step(date(2023, 7, 7), 2026)],
            today: date(2026, 11, 24),
            slip_days: Some(1096),
            baseline: Some(SlipBaseline {
                to: date(2023, 12, 31),
                label: nasty.into(),
            }),
            ..SlipChart::default()
        };
        let words = SlipFile {
            title: nasty.into(),
            finding: nasty.into(),
            source: nasty.into(),
            as_of: nasty.into(),
        };
        let file = chart.file(Lang::En, &words);
        assert!(!file.contains("<script") && !file.contains("class=") && !file.contains("style="));
        assert!(file.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
        assert!(file.contains("stroke=\"#9b1420\""));
    }

    #[test]
    fn no_date_however_far_breaks_a_drawing() {
        for years in [vec![], vec![-9999], vec![9999, 1], vec![2028; 400]] {
            let chart = SlipChart {
                steps: years.iter().map(|y| step(date(*y, 6, 1), *y)).collect(),
                today: date(2026, 11, 24),
                slip_days: Some(i64::MIN),
                baseline: Some(SlipBaseline {
                    to: date(9999, 12, 31),
                    label: String::new(),
                }),
                met: Some(date(-9999, 1, 1)),
                ..SlipChart::default()
            };
            for html in chart.drawings(Lang::Es, "s") {
                assert!(html.as_str().len() < 40_000 && !html.as_str().contains("NaN"));
            }
        }
        assert!(!Spark::default().html().as_str().contains("NaN"));
    }

    #[test]
    fn a_promise_said_again_has_not_moved() {
        let spark = Spark {
            steps: vec![
                (date(2019, 7, 30), date(2023, 12, 31)),
                (date(2022, 2, 15), date(2024, 12, 31)),
                (date(2026, 3, 10), date(2024, 12, 31)),
            ],
            baseline: None,
            today: date(2026, 11, 24),
        };
        assert_eq!(spark.moves(), 1);
    }
}
