//! Indicators: the list of them, the page of each, its chart. The register of what offices sign by rule.

use askama::Template;

use super::chart::{Drawing, Shape, placed, points};
use super::frame::Frame;
use super::parts::{Link, Notice, Rich};

/// Lines and bands that one picture carries before nobody can tell them apart.
const SERIES_MAX: usize = 4;
/// Bars of one picture; the table has all.
const BARS_MAX: usize = 16;
/// Columns and rows of a picture of shades; the table has all.
const HEAT_MAX: usize = 31;

/// Indicators by program.
#[derive(Debug, Clone, Default)]
pub struct IndicatorsPage {
    /// What one sees here.
    pub lede: String,
    /// Programs that measure something.
    pub programs: Vec<IndicatorGroup>,
    /// The register of automations.
    pub automations: Link,
    /// The same list as JSON.
    pub json: String,
}

/// A program's indicators.
#[derive(Debug, Clone, Default)]
pub struct IndicatorGroup {
    /// The program.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Its indicators.
    pub rows: Vec<IndicatorRow>,
}

/// An indicator in the list.
#[derive(Debug, Clone, Default)]
pub struct IndicatorRow {
    /// Its title.
    pub title: String,
    /// What it says.
    pub definition: String,
    /// Its unit.
    pub unit: String,
    /// By what it is told apart.
    pub by: String,
    /// Its page.
    pub href: String,
}

/// An indicator's page.
#[derive(Debug, Clone, Default)]
pub struct IndicatorPage {
    /// The program.
    pub program: String,
    /// Its title.
    pub title: String,
    /// What it says.
    pub definition: String,
    /// Its chart; none where nothing can be drawn.
    pub chart: Option<MeasureChart>,
    /// Heads of the dimensions.
    pub heads: Vec<String>,
    /// Heads of the numbers.
    pub number_heads: Vec<String>,
    /// What the compared column makes: a sentence, and how it was compared; none where nothing is compared.
    pub comparison: Option<(String, String)>,
    /// Lines of the table.
    pub rows: Vec<MeasureRow>,
    /// How many groups and rows, in words.
    pub caption: String,
    /// How it is computed: label and value.
    pub formula: Vec<(String, Rich)>,
    /// As known at this instant, ms since 1970 UTC.
    pub as_known_ms: i64,
    /// What is withheld, and why; empty where nothing is.
    pub withheld: String,
    /// Where there are no numbers: why, and what to do next.
    pub empty: String,
    /// What to do next.
    pub next: Option<Link>,
    /// The numbers as CSV.
    pub csv: String,
    /// The numbers as JSON.
    pub json: String,
    /// Where there are more groups than shown.
    pub more: Option<Notice>,
}

/// A group.
#[derive(Debug, Clone, Default)]
pub struct MeasureRow {
    /// Its values of the dimensions.
    pub by: Vec<String>,
    /// Its numbers.
    pub numbers: Vec<String>,
    /// Whether its numbers are withheld.
    pub withheld: bool,
}

/// How a chart is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ChartKind {
    /// Lines over an ordered dimension.
    #[default]
    Line,
    /// Lines with their quartiles.
    Band,
    /// Bars, one under the other.
    Bar,
    /// Shades of two dimensions.
    Heat,
}

/// An indicator's chart.
#[derive(Debug, Clone, Default)]
pub struct MeasureChart {
    /// How.
    pub kind: ChartKind,
    /// The finding in one sentence.
    pub finding: String,
    /// Groups that have numbers, in the table's order.
    pub marks: Vec<MeasureMark>,
    /// What stands across, in order.
    pub across: Vec<String>,
    /// The unit, written at the scale.
    pub unit: String,
}

/// A group in a chart.
#[derive(Debug, Clone, Default)]
pub struct MeasureMark {
    /// The line, bar label or row of shades that it belongs to.
    pub series: String,
    /// Its place across.
    pub at: usize,
    /// Its value; none where it is withheld.
    pub value: Option<f64>,
    /// Its quartiles.
    pub range: Option<(f64, f64)>,
    /// The value as people read it.
    pub text: String,
}

impl MeasureChart {
    fn drawings(&self) -> Vec<Drawing> {
        vec![
            self.draw("measure-wide", "wide-only", 760),
            self.draw("measure-narrow", "narrow-only", 340),
        ]
    }

    fn draw(&self, id: &str, class: &str, width: u32) -> Drawing {
        let mut drawing = Drawing {
            id: id.to_owned(),
            class: class.to_owned(),
            finding: self.finding.clone(),
            width,
            ..Drawing::default()
        };
        match self.kind {
            ChartKind::Bar => self.bars(&mut drawing),
            ChartKind::Heat => self.heat(&mut drawing),
            ChartKind::Line | ChartKind::Band => self.lines(&mut drawing),
        }
        drawing
    }

    fn highest(&self) -> f64 {
        self.marks
            .iter()
            .flat_map(|m| [m.value, m.range.map(|(_, high)| high)])
            .flatten()
            .fold(0.0, f64::max)
    }

    /// Names of the lines or rows, in order, at most `most`.
    fn series(&self, most: usize) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for mark in &self.marks {
            if names.len() < most && !names.contains(&mark.series.as_str()) {
                names.push(&mark.series);
            }
        }
        names
    }

    /// A bar under its words: reads the same on a phone.
    fn bars(&self, drawing: &mut Drawing) {
        let right = f64::from(drawing.width) - 64.0;
        let highest = self.highest().max(f64::MIN_POSITIVE);
        let mut y = 0.0;
        for mark in self.marks.iter().take(BARS_MAX) {
            let across = self.across.get(mark.at).map_or("", String::as_str);
            let label = [mark.series.as_str(), across]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(", ");
            drawing
                .texts
                .push(placed(0.0, y + 12.0, "start", "", label));
            let share = (mark.value.unwrap_or(0.0) / highest).clamp(0.0, 1.0);
            drawing.shapes.push(Shape::rect(
                0.0,
                y + 18.0,
                (share * right).max(1.0),
                12.0,
                1.0,
            ));
            drawing.texts.push(placed(
                share * right + 6.0,
                y + 28.5,
                "start",
                "strong",
                mark.text.clone(),
            ));
            y += 38.0;
        }
        drawing.height = whole(y.max(38.0));
    }

    /// Shades with their values written where there is room.
    fn heat(&self, drawing: &mut Drawing) {
        let names = self.series(HEAT_MAX);
        let columns = self.across.len().clamp(1, HEAT_MAX);
        let longest = names.iter().map(|n| n.chars().count()).max().unwrap_or(0);
        let left = (longest as f64 * 7.0 + 8.0).clamp(8.0, f64::from(drawing.width) * 0.4);
        let step = (f64::from(drawing.width) - left) / columns as f64;
        let (top, tall) = (22.0, 30.0);
        let highest = self.highest().max(f64::MIN_POSITIVE);
        // Words across are written as often as they fit.
        let wide = self
            .across
            .iter()
            .map(|a| a.chars().count())
            .max()
            .unwrap_or(0);
        let every = ((wide as f64 * 7.5 + 6.0) / step).ceil().max(1.0) as usize;
        for (at, across) in self.across.iter().take(columns).enumerate().step_by(every) {
            let x = left + step * (at as f64 + 0.5);
            drawing
                .texts
                .push(placed(x, 14.0, "middle", "", across.clone()));
        }
        for (row, name) in names.iter().enumerate() {
            let y = top + tall * row as f64;
            drawing.texts.push(placed(
                left - 8.0,
                y + 19.0,
                "end",
                "",
                cut(name, left).to_owned(),
            ));
            for mark in self.marks.iter().filter(|m| m.series == *name) {
                if mark.at >= columns {
                    continue;
                }
                let x = left + step * mark.at as f64;
                let share = mark.value.map_or(0.0, |v| (v / highest).clamp(0.0, 1.0));
                drawing.shapes.push(Shape::rect(
                    x + 1.0,
                    y + 1.0,
                    (step - 2.0).max(1.0),
                    tall - 2.0,
                    0.08 + 0.52 * share,
                ));
                if mark.text.chars().count() as f64 * 7.5 < step {
                    drawing.texts.push(placed(
                        x + step / 2.0,
                        y + 19.0,
                        "middle",
                        "strong",
                        mark.text.clone(),
                    ));
                }
            }
        }
        drawing.height = whole(top + tall * names.len().max(1) as f64);
    }

    /// Lines from zero, each labelled at its end; the first with its quartiles.
    fn lines(&self, drawing: &mut Drawing) {
        let names = self.series(SERIES_MAX);
        let longest = names.iter().map(|n| n.chars().count()).max().unwrap_or(0);
        let room = (longest as f64 * 6.5 + 58.0).clamp(58.0, f64::from(drawing.width) * 0.42);
        drawing.height = 240;
        let (left, right) = (44.0, f64::from(drawing.width) - room);
        let (top, bottom) = (22.0, 212.0);
        let step = nice(self.highest() / 4.0);
        let highest = step * 4.0;
        let y = |value: f64| bottom - (value / highest).clamp(0.0, 1.0) * (bottom - top);
        let last = self.across.len().saturating_sub(1).max(1) as f64;
        let x = |at: usize| {
            if self.across.len() < 2 {
                f64::midpoint(left, right)
            } else {
                left + (right - left) * at as f64 / last
            }
        };
        for line in 0..=4 {
            let value = step * f64::from(line);
            drawing
                .grid
                .push(format!("M{left:.1} {:.1}H{right:.1}", y(value)));
            drawing
                .texts
                .push(placed(left - 6.0, y(value) + 4.0, "end", "", plain(value)));
        }
        drawing
            .texts
            .push(placed(left - 6.0, 11.0, "start", "", self.unit.clone()));
        let wide = self
            .across
            .iter()
            .map(|a| a.chars().count())
            .max()
            .unwrap_or(0) as f64;
        let fits = ((right - left) / (wide * 7.5 + 10.0)).floor().max(1.0) as usize;
        let every = self.across.len().div_ceil(fits).max(1);
        for (at, across) in self.across.iter().enumerate().step_by(every) {
            drawing
                .texts
                .push(placed(x(at), bottom + 19.0, "middle", "", across.clone()));
        }
        let mut taken: Vec<f64> = Vec::new();
        for (place, name) in names.iter().enumerate() {
            let of = || self.marks.iter().filter(|m| m.series == *name);
            if self.kind == ChartKind::Band && place == 0 {
                let low = of().filter_map(|m| Some((x(m.at), y(m.range?.0))));
                let high = of().filter_map(|m| Some((x(m.at), y(m.range?.1))));
                let high: Vec<(f64, f64)> = high.collect();
                drawing.band = points(low.chain(high.into_iter().rev()));
            }
            let class = if place == 0 { "series" } else { "series b" };
            let known: Vec<(f64, f64)> =
                of().filter_map(|m| Some((x(m.at), y(m.value?)))).collect();
            drawing.lines.push((class, points(known.iter().copied())));
            for (at_x, at_y) in &known {
                drawing.shapes.push(Shape::dot(*at_x, *at_y));
            }
            let ends = known.last().zip(of().rfind(|m| m.value.is_some()));
            if let Some(((end_x, end_y), mark)) = ends {
                let mut label_y = end_y + 4.0;
                // Lines that end close together would write over each other.
                while taken.iter().any(|t| (t - label_y).abs() < 14.0) {
                    label_y -= 14.0;
                }
                taken.push(label_y);
                let text = format!("{} {}", mark.text, cut(name, room - 40.0));
                drawing.texts.push(placed(
                    end_x + 8.0,
                    label_y,
                    "start",
                    "strong halo",
                    text.trim().to_owned(),
                ));
            }
        }
    }
}

/// A step of a scale, so that four of them hold everything: 1, 2, 2.5, 5 and their tens.
fn nice(least: f64) -> f64 {
    if !(least.is_finite() && least > 0.0) {
        return 1.0;
    }
    let ten = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|n| n * ten)
        .find(|step| *step >= least * 0.999_999)
        .unwrap_or(10.0 * ten)
}

/// A number of a scale, without a tail of noughts.
fn plain(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// As much of a name as fits in so many units of a picture.
fn cut(name: &str, room: f64) -> &str {
    let most = (room / 6.5).max(4.0) as usize;
    name.char_indices()
        .nth(most)
        .map_or(name, |(at, _)| name.get(..at).unwrap_or(name))
}

fn whole(value: f64) -> u32 {
    value.ceil().clamp(1.0, 100_000.0) as u32
}

impl IndicatorPage {
    fn drawings(&self) -> Vec<Drawing> {
        self.chart
            .as_ref()
            .map_or_else(Vec::new, MeasureChart::drawings)
    }

    fn head(&self, at: &usize) -> &str {
        self.heads.get(*at).map_or("", String::as_str)
    }

    fn number_head(&self, at: &usize) -> &str {
        self.number_heads.get(*at).map_or("", String::as_str)
    }
}

/// The register of what offices of this node sign by rule.
#[derive(Debug, Clone, Default)]
pub struct AutomationsPage {
    /// Programs with automations.
    pub programs: Vec<AutomationGroup>,
    /// The same as JSON.
    pub json: String,
}

/// A program's automations.
#[derive(Debug, Clone, Default)]
pub struct AutomationGroup {
    /// The program.
    pub title: String,
    /// Its version.
    pub version: String,
    /// Its rules.
    pub rows: Vec<AutomationRow>,
}

/// A rule.
#[derive(Debug, Clone, Default)]
pub struct AutomationRow {
    /// Its name in the program.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// Why it is there.
    pub why: String,
    /// What it answers to.
    pub on: String,
    /// The condition as written; empty: always.
    pub when: String,
    /// Which office signs.
    pub office: String,
    /// Offices of this node that do; empty: none here.
    pub run_by: String,
    /// Which record it issues.
    pub issue: String,
    /// How often it issued here.
    pub issued: u64,
    /// How often admission refused.
    pub refused: u64,
    /// When it last answered, ms since 1970 UTC.
    pub last_ms: Option<i64>,
    /// Its last records that the reader may see.
    pub latest: Vec<(Link, i64)>,
}

/// The page.
pub fn render_indicators(frame: &Frame, page: &IndicatorsPage) -> String {
    super::finish(&IndicatorsTemplate { f: frame, p: page })
}

/// The page.
pub fn render_indicator(frame: &Frame, page: &IndicatorPage) -> String {
    super::finish(&IndicatorTemplate { f: frame, p: page })
}

/// The page.
pub fn render_automations(frame: &Frame, page: &AutomationsPage) -> String {
    super::finish(&AutomationsTemplate { f: frame, p: page })
}

#[derive(Template)]
#[template(path = "indicators.html")]
struct IndicatorsTemplate<'a> {
    f: &'a Frame,
    p: &'a IndicatorsPage,
}

#[derive(Template)]
#[template(path = "indicator.html")]
struct IndicatorTemplate<'a> {
    f: &'a Frame,
    p: &'a IndicatorPage,
}

#[derive(Template)]
#[template(path = "automations.html")]
struct AutomationsTemplate<'a> {
    f: &'a Frame,
    p: &'a AutomationsPage,
}
