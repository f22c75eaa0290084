//! Charts: SVG made by the server, its title tells the finding, the numbers stand in a table behind it.

use super::frame::Frame;
use super::parts::Link;
use super::time;

/// Waiting time over a window of the day: today's lines over the usual range.
#[derive(Debug, Clone, Default)]
pub struct WaitChart {
    /// Heading: *Wait, minutes*.
    pub title: String,
    /// From where to where.
    pub note: String,
    /// The finding in one sentence, for those who don't see the picture.
    pub finding: String,
    /// Left edge, ms since 1970 UTC.
    pub from_ms: i64,
    /// Right edge, ms since 1970 UTC.
    pub to_ms: i64,
    /// Today's lines, the main one first.
    pub series: Vec<Series>,
    /// The usual range.
    pub band: Option<Band>,
    /// Caption of the table behind.
    pub caption: String,
    /// Where the same numbers are as CSV.
    pub csv: Option<Link>,
}

/// A line: the first is solid, others dashed.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// Its name, written at its end.
    pub label: String,
    /// Instants (ms since 1970 UTC) and minutes.
    pub points: Vec<(i64, f64)>,
}

/// The usual range, P50 to P95 of that weekday.
#[derive(Debug, Clone, Default)]
pub struct Band {
    /// Written at its end, in one or two lines: *usual*, *Tuesday*.
    pub label: Vec<String>,
    /// Instants, lower and upper minutes.
    pub points: Vec<(i64, f64, f64)>,
}

/// A picture with everything placed, one for wide pages and one for phones, so that its text stays readable.
#[derive(Debug, Clone, Default)]
pub(super) struct Drawing {
    pub(super) id: String,
    pub(super) class: String,
    pub(super) finding: String,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) grid: Vec<String>,
    pub(super) texts: Vec<Placed>,
    pub(super) band: String,
    pub(super) now_line: String,
    pub(super) lines: Vec<(&'static str, String)>,
    pub(super) shapes: Vec<Shape>,
}

/// A bar, a shade or a dot; what it says stands beside it as text.
#[derive(Debug, Clone)]
pub(super) struct Shape(String);

impl Shape {
    /// A rectangle, so dark between 0 and 1.
    pub(super) fn rect(x: f64, y: f64, width: f64, height: f64, dark: f64) -> Shape {
        Shape(format!(
            "<rect class=\"bar-of\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill-opacity=\"{dark:.2}\"/>"
        ))
    }

    /// A point of a line.
    pub(super) fn dot(x: f64, y: f64) -> Shape {
        Shape(format!(
            "<circle class=\"point\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\"/>"
        ))
    }

    /// Markup of numbers alone: nothing in it comes from outside.
    pub(super) fn html(&self) -> super::parts::Html {
        super::parts::Html(self.0.clone())
    }
}

/// A text in a picture.
#[derive(Debug, Clone, Default)]
pub(super) struct Placed {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) anchor: &'static str,
    pub(super) class: &'static str,
    pub(super) text: String,
}

/// A table behind a chart.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    pub(super) heads: Vec<String>,
    pub(super) rows: Vec<(String, Vec<String>)>,
}

/// At most so many rows behind a chart; the CSV has all.
const TABLE_ROWS_MAX: usize = 12;

impl WaitChart {
    /// The two drawings.
    pub(super) fn drawings(&self, frame: &Frame) -> Vec<Drawing> {
        vec![
            self.draw(frame, "wait-wide", "wide-only", 380, 250),
            self.draw(frame, "wait-narrow", "narrow-only", 320, 220),
        ]
    }

    fn draw(&self, frame: &Frame, id: &str, class: &str, width: u32, height: u32) -> Drawing {
        let (left, right) = (24.0, f64::from(width) - 58.0);
        let (top, bottom) = (12.0, f64::from(height) - 24.0);
        let step = self.step();
        let highest = step * 3.0;
        let window = (self.to_ms.saturating_sub(self.from_ms)).max(1) as f64;
        let x = |ms: i64| {
            left + ((ms.saturating_sub(self.from_ms)) as f64 / window).clamp(0.0, 1.0)
                * (right - left)
        };
        let y = |minutes: f64| bottom - (minutes / highest).clamp(0.0, 1.0) * (bottom - top);
        let mut drawing = Drawing {
            id: id.to_owned(),
            class: class.to_owned(),
            finding: self.finding.clone(),
            width,
            height,
            ..Drawing::default()
        };
        for line in 0..=3 {
            let minutes = step * f64::from(line);
            let at = y(minutes);
            drawing.grid.push(format!("M{left:.1} {at:.1}H{right:.1}"));
            drawing.texts.push(placed(
                left - 6.0,
                at + 4.0,
                "end",
                "",
                format!("{minutes:.0}"),
            ));
        }
        for hour_ms in self.hours(frame) {
            drawing.texts.push(placed(
                x(hour_ms),
                bottom + 19.0,
                "middle",
                "",
                time::minutes(hour_ms, &frame.zone),
            ));
        }
        if let Some(band) = &self.band {
            let lower = band.points.iter().map(|(ms, low, _)| (x(*ms), y(*low)));
            let upper = band
                .points
                .iter()
                .rev()
                .map(|(ms, _, high)| (x(*ms), y(*high)));
            drawing.band = points(lower.chain(upper));
            if let Some((ms, low, high)) = band.points.last() {
                let middle = y((low + high) / 2.0);
                for (line, text) in band.label.iter().enumerate() {
                    drawing.texts.push(placed(
                        x(*ms) + 6.0,
                        middle + 14.0 * line as f64,
                        "start",
                        "",
                        text.clone(),
                    ));
                }
            }
        }
        let now_x = x(frame.now_ms);
        if (self.from_ms..=self.to_ms).contains(&frame.now_ms) {
            drawing.now_line = format!("M{now_x:.0} {top:.0}V{bottom:.0}");
        }
        let mut last_label: Option<f64> = None;
        for (at, series) in self.series.iter().enumerate() {
            let class = if at == 0 { "series" } else { "series b" };
            drawing.lines.push((
                class,
                points(series.points.iter().map(|(ms, m)| (x(*ms), y(*m)))),
            ));
            if let Some((ms, minutes)) = series.points.last() {
                let mut label_y = y(*minutes) + 4.0;
                // Two lines that end close together would write over each other.
                if let Some(taken) = last_label.filter(|taken| (taken - label_y).abs() < 14.0) {
                    label_y = if label_y < taken {
                        taken - 14.0
                    } else {
                        taken + 14.0
                    };
                }
                last_label = Some(label_y);
                // Near the right edge the label stands left of the line's end, or it would leave the picture.
                let end = x(*ms);
                let (label_x, anchor) =
                    if end + 7.0 + 8.0 * series.label.chars().count() as f64 > f64::from(width) {
                        (end - 7.0, "end")
                    } else {
                        (end + 7.0, "start")
                    };
                drawing.texts.push(placed(
                    label_x,
                    label_y,
                    anchor,
                    "strong halo",
                    format!("{minutes:.0} {}", series.label),
                ));
            }
        }
        drawing
    }

    /// Distance of the grid's lines in minutes, so that three of them hold everything.
    fn step(&self) -> f64 {
        let highest = self
            .series
            .iter()
            .flat_map(|s| s.points.iter().map(|(_, m)| *m))
            .chain(
                self.band
                    .iter()
                    .flat_map(|b| b.points.iter().map(|(_, _, m)| *m)),
            )
            .fold(0.0_f64, f64::max);
        [5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 240.0]
            .into_iter()
            .find(|s| s * 3.0 >= highest)
            .unwrap_or(480.0)
    }

    /// Instants written under the axis: round ones of the port's clock, at most five.
    fn hours(&self, frame: &Frame) -> Vec<i64> {
        const MINUTE_MS: i64 = 60_000;
        let window = self.to_ms.saturating_sub(self.from_ms).max(1);
        let step = [10, 15, 30, 60, 120, 180, 360, 720]
            .into_iter()
            .map(|minutes| minutes * MINUTE_MS)
            .find(|step| window / step <= 4)
            .unwrap_or(1_440 * MINUTE_MS);
        // Round by the clock on the wall, which may be half an hour off UTC.
        let east = i64::from(time::offset_min(self.from_ms, &frame.zone)) * MINUTE_MS;
        let behind = self.from_ms.saturating_add(east).rem_euclid(step);
        let first = self.from_ms.saturating_add((step - behind) % step);
        (0..=4)
            .map(|n| first.saturating_add(step * n))
            .filter(|at| *at <= self.to_ms)
            .collect()
    }

    /// The numbers: one row for each instant of the first line.
    pub(super) fn numbers(&self, frame: &Frame) -> Numbers {
        let first = self
            .series
            .first()
            .map(|s| s.points.as_slice())
            .unwrap_or_default();
        let every = first.len().div_ceil(TABLE_ROWS_MAX).max(1);
        Numbers {
            heads: self.series.iter().map(|s| s.label.clone()).collect(),
            rows: first
                .iter()
                .step_by(every)
                .map(|(ms, _)| {
                    let values = self
                        .series
                        .iter()
                        .map(|s| {
                            let value = s.points.iter().find(|(at, _)| at == ms);
                            value.map_or_else(|| "–".to_owned(), |(_, m)| format!("{m:.0}"))
                        })
                        .collect();
                    (time::minutes(*ms, &frame.zone), values)
                })
                .collect(),
        }
    }
}

pub(super) fn placed(
    x: f64,
    y: f64,
    anchor: &'static str,
    class: &'static str,
    text: String,
) -> Placed {
    Placed {
        x: format!("{x:.1}"),
        y: format!("{y:.1}"),
        anchor,
        class,
        text,
    }
}

pub(super) fn points(list: impl Iterator<Item = (f64, f64)>) -> String {
    list.map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect::<Vec<_>>()
        .join(" ")
}
