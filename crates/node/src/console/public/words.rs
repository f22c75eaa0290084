//! Words that stand for codes and days on public pages: phases, kinds, reasons, coarse dates, how a project stands by its dates.

use jiff::civil::Date;

use crate::console::lang::{Lang, grouped};
use crate::console::parts::{Glyph, Html, Tone, escape};

/// How something stands: glyph and word, then colour.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How loud.
    pub tone: Tone,
    /// Its glyph.
    pub glyph: Glyph,
    /// The words.
    pub label: String,
}

impl Verdict {
    /// A verdict of its parts.
    pub fn new(tone: Tone, glyph: Glyph, label: impl Into<String>) -> Verdict {
        Verdict {
            tone,
            glyph,
            label: label.into(),
        }
    }

    /// In a row of a table.
    pub(super) fn html(&self) -> Html {
        Html(format!(
            "<span class=\"{}\">{} <b dir=\"auto\">{}</b></span>",
            self.tone.class(),
            self.glyph,
            escape(&self.label)
        ))
    }

    /// At the head of a page.
    pub(super) fn state(&self) -> Html {
        Html(format!(
            "<span class=\"state {}\">{}<bdi>{}</bdi></span>",
            self.tone.class(),
            self.glyph,
            escape(&self.label)
        ))
    }
}

/// How a project stands, from dates only (the method's page tells the rule). `verdict` words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The effective date is so many days after the baseline: more than 180 is red, more than 30 amber.
    Late {
        /// Days.
        days: i64,
    },
    /// The promised day is past and nothing has opened.
    Passed {
        /// Days since.
        days: i64,
    },
    /// There is no current date.
    NoDate {
        /// Since when, where known.
        since: Option<Date>,
    },
    /// The date went away and came back.
    BackAtFirst {
        /// Nobody has said anything for longer than the phase allows.
        stale: bool,
    },
    /// The promise stands, within 30 days of the baseline.
    OnTime {
        /// Nobody has said anything for longer than the phase allows.
        stale: bool,
    },
    /// It is in use; days late, or early where negative.
    Opened {
        /// Days after the baseline.
        days: i64,
    },
    /// It is promised earlier than first.
    Earlier {
        /// Days before the baseline.
        days: i64,
        /// Nobody has said anything for longer than the phase allows.
        stale: bool,
    },
    /// It is done, and nobody said on which day.
    Done,
    /// Not enough data.
    Unknown,
}

impl Standing {
    /// The words, with the tone and the glyph.
    pub fn verdict(self, lang: Lang) -> Verdict {
        let days = |key: &str, days: i64| lang.count(key, days.unsigned_abs(), &[]);
        match self {
            Standing::Late { days: n } if n > 180 => {
                Verdict::new(Tone::Stop, Glyph::Late, lang.t("public.standing.late-180"))
            }
            Standing::Late { days: n } => {
                Verdict::new(Tone::Warn, Glyph::Late, days("public.standing.late", n))
            }
            Standing::Passed { days: n } => {
                Verdict::new(Tone::Stop, Glyph::Wait, days("public.standing.passed", n))
            }
            Standing::NoDate { since: Some(since) } => Verdict::new(
                Tone::Stop,
                Glyph::Missing,
                lang.with(
                    "public.standing.no-date-since",
                    &[("month", &month_year(since, lang))],
                ),
            ),
            Standing::NoDate { since: None } => Verdict::new(
                Tone::Stop,
                Glyph::Missing,
                lang.t("public.standing.no-date"),
            ),
            Standing::BackAtFirst { stale: true } => Verdict::new(
                Tone::Warn,
                Glyph::Wait,
                lang.t("public.standing.back-stale"),
            ),
            Standing::BackAtFirst { stale: false } => {
                Verdict::new(Tone::Quiet, Glyph::Refer, lang.t("public.standing.back"))
            }
            Standing::OnTime { stale: true } => {
                Verdict::new(Tone::Warn, Glyph::Wait, lang.t("public.standing.stale"))
            }
            Standing::OnTime { stale: false } => {
                Verdict::new(Tone::Quiet, Glyph::Ok, lang.t("public.standing.on-time"))
            }
            Standing::Opened { days: n } if n > 0 => Verdict::new(
                Tone::Quiet,
                Glyph::Ok,
                days("public.standing.opened-late", n),
            ),
            Standing::Opened { days: n } if n < 0 => Verdict::new(
                Tone::Quiet,
                Glyph::Ok,
                days("public.standing.opened-early", n),
            ),
            Standing::Earlier { days: n, stale } => {
                let words = days("public.standing.earlier", n);
                match stale {
                    true => Verdict::new(
                        Tone::Warn,
                        Glyph::Wait,
                        format!("{words}, {}", lang.t("public.standing.not-updated")),
                    ),
                    false => Verdict::new(Tone::Quiet, Glyph::Ok, words),
                }
            }
            Standing::Done => Verdict::new(Tone::Quiet, Glyph::Ok, lang.t("public.standing.done")),
            Standing::Opened { .. } => {
                Verdict::new(Tone::Quiet, Glyph::Ok, lang.t("public.standing.opened"))
            }
            Standing::Unknown => Verdict::new(
                Tone::Quiet,
                Glyph::Missing,
                lang.t("public.standing.unknown"),
            ),
        }
    }
}

/// A closed list of codes whose words the console has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeList {
    /// OC4IDS project status: `implementation`.
    Phase,
    /// Kind of a cost figure: `appropriation`.
    Cost,
    /// Reason of a change: `inspection_equipment`.
    Reason,
    /// Rank of a source: `press`.
    Source,
    /// How coarse a date is: `quarter`.
    Precision,
}

impl CodeList {
    fn name(self) -> &'static str {
        match self {
            CodeList::Phase => "phase",
            CodeList::Cost => "cost",
            CodeList::Reason => "reason",
            CodeList::Source => "source",
            CodeList::Precision => "precision",
        }
    }

    /// Its codes, in the order of the method's page.
    pub fn codes(self) -> &'static [&'static str] {
        match self {
            CodeList::Phase => &[
                "identification",
                "preparation",
                "implementation",
                "paused",
                "completion",
                "maintenance",
                "decommissioning",
                "decommissioned",
                "cancelled",
            ],
            CodeList::Cost => &[
                "estimate",
                "appropriation",
                "contract",
                "spent",
                "one_side",
                "both_sides",
            ],
            CodeList::Reason => &[
                "interagency_agreement",
                "foreign_side",
                "inspection_equipment",
                "staffing",
                "procurement",
                "funding",
                "permit_or_environment",
                "land_or_right_of_way",
                "utilities",
                "scope_change",
                "contractor",
                "weather_or_flood",
                "government_shutdown",
                "litigation",
                "sponsor_factors",
                "other",
                "not_stated",
            ],
            CodeList::Source => &[
                "owner_document",
                "owner_release",
                "law_or_council",
                "press",
                "machine_summary",
            ],
            CodeList::Precision => &["day", "month", "quarter", "season", "third", "year"],
        }
    }

    /// The word of a code; a code that the list has not comes out as it is.
    pub fn word(self, lang: Lang, code: &str) -> String {
        let key = format!("public.{}.{code}", self.name());
        let found = lang.t(&key);
        if found == key {
            code.to_owned()
        } else {
            found.to_owned()
        }
    }
}

/// `24 Nov 2026`, `24 nov 2026`.
pub fn day(date: Date, lang: Lang) -> String {
    format!("{} {} {}", date.day(), month(date, lang), date.year())
}

/// `Nov 2026`, `nov 2026`.
pub fn month_year(date: Date, lang: Lang) -> String {
    format!("{} {}", month(date, lang), date.year())
}

/// A date as coarse as it was stated: `2028`, `2026-03`, `2019-07-30`, `2027-Q4`, `2026-spring`, `2029-late`. What cannot be read comes
/// out as it is.
pub fn coarse(stated: &str, lang: Lang) -> String {
    let Some((year, rest)) = stated.split_once('-') else {
        return stated.to_owned();
    };
    if let Ok(date) = stated.parse::<Date>() {
        return day(date, lang);
    }
    if let Ok(date) = format!("{stated}-01").parse::<Date>() {
        return month_year(date, lang);
    }
    let key = format!("public.coarse.{}", rest.to_ascii_lowercase());
    let found = lang.with(&key, &[("year", &year)]);
    if found == key {
        stated.to_owned()
    } else {
        found
    }
}

/// `1,827 days`, `−1,461 days`.
pub fn days(count: i64, lang: Lang) -> String {
    let words = lang.count("public.days", count.unsigned_abs(), &[]);
    if count < 0 {
        format!("\u{2212}{words}")
    } else {
        words
    }
}

/// `1,827 d`, `−1,461 d`, for columns of numbers.
pub fn days_short(count: i64) -> String {
    let sign = if count < 0 { "\u{2212}" } else { "" };
    format!("{sign}{} d", grouped(count.unsigned_abs()))
}

fn month(date: Date, lang: Lang) -> &'static str {
    crate::console::time::month_name(date.month(), lang)
}

/// Days since 1970: charts count in days.
pub(super) fn number(date: Date) -> f64 {
    let epoch = jiff::civil::date(1970, 1, 1);
    date.since((jiff::Unit::Day, epoch))
        .map_or(0.0, |span| f64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_said_as_coarse_as_it_was_stated() {
        for (stated, en, es) in [
            ("2028", "2028", "2028"),
            ("2026-03", "Mar 2026", "mar 2026"),
            ("2019-07-30", "30 Jul 2019", "30 jul 2019"),
            ("2027-Q4", "Q4 2027", "4.º trim. 2027"),
            ("2026-spring", "Spring 2026", "primavera de 2026"),
            ("2029-late", "late 2029", "fines de 2029"),
            ("2029-<b>", "2029-<b>", "2029-<b>"),
            ("soon", "soon", "soon"),
        ] {
            assert_eq!(coarse(stated, Lang::En), en);
            assert_eq!(coarse(stated, Lang::Es), es);
        }
    }

    #[test]
    fn every_code_has_its_word_in_both_languages() {
        for list in [
            CodeList::Phase,
            CodeList::Cost,
            CodeList::Reason,
            CodeList::Source,
            CodeList::Precision,
        ] {
            for code in list.codes() {
                for lang in Lang::ALL {
                    let key = format!("public.{}.{code}", list.name());
                    assert_ne!(lang.t(&key), key, "{code}");
                }
            }
        }
        assert_eq!(CodeList::Phase.word(Lang::En, "unheard-of"), "unheard-of");
    }

    #[test]
    fn how_a_project_stands_is_told_by_its_days() {
        for (standing, words, tone) in [
            (
                Standing::Late { days: 1827 },
                "Over 180 days late",
                Tone::Stop,
            ),
            (Standing::Late { days: 45 }, "45 days late", Tone::Warn),
            (
                Standing::Passed { days: 157 },
                "Date passed 157 days ago",
                Tone::Stop,
            ),
            (
                Standing::Opened { days: 133 },
                "Opened 133 days late",
                Tone::Quiet,
            ),
            (
                Standing::Opened { days: 0 },
                "Opened as promised",
                Tone::Quiet,
            ),
            (
                Standing::NoDate {
                    since: Some(jiff::civil::date(2025, 9, 1)),
                },
                "No date since Sep 2025",
                Tone::Stop,
            ),
        ] {
            let verdict = standing.verdict(Lang::En);
            assert_eq!(verdict.label, words);
            assert_eq!(verdict.tone, tone);
        }
    }

    #[test]
    fn days_are_counted_over_years() {
        let span =
            number(jiff::civil::date(2028, 12, 31)) - number(jiff::civil::date(2023, 12, 31));
        assert!((span - 1827.0).abs() < f64::EPSILON);
        assert_eq!(days(-1461, Lang::Es), "\u{2212}1,461 días");
        assert_eq!(days_short(2922), "2,922 d");
    }
}
