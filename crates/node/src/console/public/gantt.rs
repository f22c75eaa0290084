//! Milestones of both sides in one picture: first plan outlined above, current plan solid below, what is met with the word.

use jiff::civil::Date;

use super::svg::{Anchor, Paint, Picture, fitting};
use super::words::number;
use crate::console::lang::Lang;
use crate::console::parts::Html;

/// Two halves, one opening.
#[derive(Debug, Clone, Default)]
pub struct Gantt {
    /// The finding in one sentence, for those who don't see the picture.
    pub finding: String,
    /// The report day.
    pub today: Date,
    /// Milestones in the order in which they should come.
    pub rows: Vec<GanttRow>,
}

/// A milestone.
#[derive(Debug, Clone, Default)]
pub struct GanttRow {
    /// Its name.
    pub name: String,
    /// Who answers for it.
    pub who: String,
    /// First plan: from and to.
    pub first: Option<(Date, Date)>,
    /// Current plan, or what happened where it is met.
    pub now: Option<(Date, Date)>,
    /// Whether it is met.
    pub met: bool,
    /// A word beside the bar: *met*, *95 % built, waits*.
    pub note: String,
    /// Its predecessor ends later than itself: marked `≠`.
    pub broken: bool,
}

/// Most rows of a picture; the table has all.
const ROWS_MAX: usize = 24;

impl Gantt {
    /// The two drawings.
    pub(super) fn drawings(&self, lang: Lang) -> Vec<Html> {
        let rows = self.rows.len().min(ROWS_MAX) as f64;
        let mut wide = Picture::new(820.0, 24.0 + 36.0 * rows + 4.0, Paint::Sheet);
        self.draw(&mut wide, lang, (216.0, 782.0), true);
        let mut narrow = Picture::new(360.0, 24.0 + 52.0 * rows + 4.0, Paint::Sheet);
        self.draw(&mut narrow, lang, (2.0, 330.0), false);
        vec![
            wide.inline("gantt-wide", "wide-only", &self.finding),
            narrow.inline("gantt-narrow", "narrow-only", &self.finding),
        ]
    }

    /// From the first January to the last that holds every bar and today.
    fn years(&self) -> (i16, i16) {
        let days = self
            .rows
            .iter()
            .take(ROWS_MAX)
            .flat_map(|row| [row.first, row.now])
            .flatten();
        let days = days.flat_map(|(from, to)| [from, to]).chain([self.today]);
        let (mut low, mut high) = (self.today.year(), self.today.year());
        for day in days {
            low = low.min(day.year());
            high = high.max(day.year());
        }
        let least = self.today.year().saturating_sub(60);
        let most = self.today.year().saturating_add(60);
        (
            low.clamp(least, most),
            high.clamp(least, most).saturating_add(1),
        )
    }

    fn draw(&self, picture: &mut Picture, lang: Lang, (left, right): (f64, f64), wide: bool) {
        let (low, high) = self.years();
        let new_year = |year: i16| Date::new(year, 1, 1).map_or(0.0, number);
        let (from, to) = (new_year(low), new_year(high));
        let x = |day: f64| {
            left + ((day - from) / (to - from).max(1.0)).clamp(0.0, 1.0) * (right - left)
        };
        let tall = if wide { 36.0 } else { 52.0 };
        let rows = self.rows.len().min(ROWS_MAX);
        let bottom = 24.0 + tall * rows as f64;
        let count = usize::try_from(high - low).unwrap_or(1) + 1;
        let step = count.div_ceil(if wide { 12 } else { 6 }).max(1);
        for year in (low..=high).step_by(step) {
            let at = x(new_year(year));
            picture.line("grid", (at, 20.0), (at, bottom));
            picture.text((at + 3.0, 12.0), Anchor::Start, "", &year.to_string());
        }
        let now = x(number(self.today));
        picture.line("nowline", (now, 20.0), (now, bottom));
        for (place, row) in self.rows.iter().take(ROWS_MAX).enumerate() {
            let y = 24.0 + tall * place as f64;
            let note = note(row, lang);
            let bars = if wide {
                picture.text(
                    (0.0, y + 13.0),
                    Anchor::Start,
                    "strong",
                    &fitting(&row.name, 205.0),
                );
                picture.text(
                    (0.0, y + 28.0),
                    Anchor::Start,
                    "",
                    &fitting(&row.who, 205.0),
                );
                y + 5.0
            } else {
                let name = fitting(&row.name, 200.0);
                let room = 352.0 - super::svg::width_of(&name) * 1.1;
                picture.named((0.0, y + 14.0), &name, &fitting(&note, room));
                y + 22.0
            };
            if let Some((a, b)) = row.first {
                let (a, b) = (x(number(a)), x(number(b)));
                picture.rect("first", (a, bars), (b - a).max(4.0), 8.0);
            }
            let (mut start, mut end) = (left, left);
            if let Some((a, b)) = row.now {
                (start, end) = (x(number(a)), x(number(b)));
                end = end.max(start + 4.0);
                picture.rect(
                    if row.met { "done" } else { "cur" },
                    (start, bars + 11.0),
                    end - start,
                    9.0,
                );
            }
            if wide && !note.is_empty() {
                // Right of the bar where it fits, else left of it.
                let room = 820.0 - end - 8.0;
                if room > super::svg::width_of(&note) || start - left < 60.0 {
                    picture.text(
                        (end + 6.0, bars + 20.0),
                        Anchor::Start,
                        "halo",
                        &fitting(&note, room),
                    );
                } else {
                    picture.text(
                        (start - 6.0, bars + 20.0),
                        Anchor::End,
                        "halo",
                        &fitting(&note, start - left),
                    );
                }
            }
        }
    }
}

fn note(row: &GanttRow, lang: Lang) -> String {
    let word = if row.note.is_empty() && row.met {
        lang.t("public.gantt.met")
    } else {
        &row.note
    };
    if row.broken {
        format!("≠ {word}").trim_end().to_owned()
    } else {
        word.to_owned()
    }
}
