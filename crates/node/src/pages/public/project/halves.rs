//! Milestones of both sides, what waits for what, who takes part, what may go wrong.

use garita_profile::promises::dates::{Interval, days_between};
use garita_profile::promises::slip::Standing as At;

use super::One;
use crate::console::public::Verdict;
use crate::console::public::{
    Country, DependencyRow, Gantt, GanttRow, MilestoneRow, PartyRow, RiskRow, Standing, days,
};
use crate::console::{Glyph, Lang, Link, Tone};
use crate::site::judge::{Dates, dates, seen};
use crate::site::read::{START, WHOLE};
use crate::site::register::{Milestone, in_force, newest};

/// A date that is nearer than this is moved late: a reviewer says whether it may (the method's section 3).
const LATE_CHANGE_DAYS: i64 = 30;

impl<'v> One<'v> {
    /// Milestones as last planned, in the order in which they were first.
    pub(super) fn planned(&self) -> Vec<(&'v Milestone, Dates)> {
        let as_of = &self.visit.as_of;
        let described = newest(
            &self.subject.described,
            as_of.stated_by,
            as_of.recorded_by_ms,
        );
        let seen = seen(self.subject, described, as_of);
        let mut order: Vec<&'v Milestone> = Vec::new();
        for told in in_force(
            &self.subject.milestones,
            as_of.stated_by,
            as_of.recorded_by_ms,
        ) {
            match order.iter_mut().find(|m| m.id == told.what.id) {
                Some(held) => *held = &told.what,
                None => order.push(&told.what),
            }
        }
        let rule = self.visit.overview.rule;
        order
            .into_iter()
            .map(|m| {
                let found = dates(self.subject, &seen, &m.id, rule, as_of.today);
                (m, found)
            })
            .collect()
    }
}

impl One<'_> {
    /// What a milestone is called.
    pub(super) fn milestone_name(&self, id: &str) -> String {
        let named = self.in_force(&self.subject.milestones);
        let named = named.map(|m| &m.what).filter(|m| m.id == id).last();
        match (named, id) {
            (Some(m), _) => self.visit.name(&m.names),
            (None, WHOLE) => self.w("Opening", "Apertura").to_owned(),
            (None, START) => self.w("Start of works", "Inicio de obras").to_owned(),
            (None, other) => other.to_owned(),
        }
    }

    pub(super) fn gantt(&self) -> Option<Gantt> {
        let planned = self.planned();
        if planned.is_empty() {
            return None;
        }
        let met = planned.iter().filter(|(_, d)| d.actual.is_some()).count();
        let finding = match self.lang() {
            Lang::Es => format!(
                "Hitos de {}: {} de {} cumplidos.",
                self.name(),
                met,
                planned.len()
            ),
            Lang::En => format!(
                "Milestones of {}: {} of {} met.",
                self.name(),
                met,
                planned.len()
            ),
        };
        Some(Gantt {
            finding,
            today: self.visit.as_of.today,
            rows: planned
                .iter()
                .map(|(m, d)| GanttRow {
                    name: self.visit.name(&m.names),
                    who: m.responsible.clone(),
                    first: d.baseline.as_ref().map(|b| (b.interval.lo, b.interval.hi)),
                    now: d
                        .actual
                        .as_ref()
                        .or(d.current.as_ref())
                        .map(|c| (c.interval.lo, c.interval.hi)),
                    met: d.actual.is_some(),
                    note: match d.standing {
                        At::Met => self.w("met", "cumplido").to_owned(),
                        At::Overdue => self.w("date passed", "fecha vencida").to_owned(),
                        At::NothingStated | At::NoCurrentDate => {
                            self.w("no date", "sin fecha").to_owned()
                        }
                        At::Due if m.responsible.is_empty() => {
                            self.w("no party named", "sin responsable").to_owned()
                        }
                        At::Due => String::new(),
                    },
                    broken: self.broken(m, d, &planned).is_some(),
                })
                .collect(),
        })
    }

    pub(super) fn milestones(&self) -> Vec<MilestoneRow> {
        let planned = self.planned();
        planned
            .iter()
            .map(|(m, d)| MilestoneRow {
                name: self.visit.name(&m.names),
                who: m.responsible.clone(),
                side: country(&m.side),
                first: d
                    .baseline
                    .as_ref()
                    .map_or_else(String::new, |b| self.coarse(b)),
                now: d
                    .current
                    .as_ref()
                    .map_or_else(String::new, |c| self.coarse(c)),
                actual: d
                    .actual
                    .as_ref()
                    .map_or_else(String::new, |a| self.coarse(a)),
                changes: self.changes(d),
                standing: standing(d).verdict(self.lang()),
                broken: self.broken(m, d, &planned),
            })
            .collect()
    }

    /// Each change with its reason, one sentence.
    fn changes(&self, dates: &Dates) -> Vec<String> {
        let pairs = dates.steps.windows(2);
        pairs
            .filter_map(|pair| {
                let [before, step] = pair else { return None };
                let moved = step.moved.filter(|m| *m != 0)?;
                let detail = self.subject.details.get(&step.statement)?;
                let source = self.subject.sources.get(&step.statement)?;
                let why = match detail.reason_text.as_str() {
                    "" => self.w("no reason stated", "sin motivo declarado"),
                    why => why,
                };
                let judged = self.in_force(&self.subject.approvals);
                let judged = judged.filter(|a| a.what.0 == step.statement).last();
                let left = step
                    .stated_on
                    .map(|on| days_between(on, before.interval.hi));
                let late = source.own && left.is_some_and(|left| left < LATE_CHANGE_DAYS);
                let approval = match judged.map(|a| a.what.1) {
                    Some(true) => self.w(" (approved)", " (aprobado)"),
                    Some(false) => self.w(" (not approved)", " (no aprobado)"),
                    None if late => self.w(
                        " (changed late: waits for an approval)",
                        " (cambio tardío: espera aprobación)",
                    ),
                    None => "",
                };
                let (date, by) = (self.coarse(step), days(moved, self.lang()));
                Some(match self.lang() {
                    Lang::Es => format!("A {date}, {by}: {why}{approval}"),
                    Lang::En => format!("To {date}, {by}: {why}{approval}"),
                })
            })
            .collect()
    }

    /// The predecessor that ends later than the milestone itself; none where all is in order.
    fn broken(
        &self,
        milestone: &Milestone,
        own: &Dates,
        planned: &[(&Milestone, Dates)],
    ) -> Option<String> {
        let end = own.effective?.hi;
        let before = milestone.after.iter().filter(|(other, _)| other.is_empty());
        before
            .filter_map(|(_, id)| planned.iter().find(|(m, _)| m.id == *id))
            .find(|(_, d)| d.effective.is_some_and(|e| e.lo > end))
            .map(|(m, _)| self.visit.name(&m.names))
    }

    pub(super) fn dependencies(&self) -> Vec<DependencyRow> {
        let planned = self.planned();
        let mut rows = Vec::new();
        for (m, own) in &planned {
            for (other, id) in &m.after {
                let (on, side, end) = match other.is_empty() {
                    true => {
                        let found = planned.iter().find(|(p, _)| p.id == *id);
                        (
                            self.milestone_name(id),
                            found.and_then(|(p, _)| country(&p.side)),
                            found.and_then(|(_, d)| d.effective),
                        )
                    }
                    false => {
                        let told = One::of(self.visit, other);
                        let side = told.and_then(|o| o.judged.described.as_ref());
                        (
                            told.map_or_else(
                                || other.clone(),
                                |o| match id.as_str() {
                                    WHOLE => o.name(),
                                    id => format!("{}: {}", o.name(), o.milestone_name(id)),
                                },
                            ),
                            side.and_then(|d| country(&d.side)),
                            told.and_then(|o| o.ends(id)),
                        )
                    }
                };
                let later = own
                    .effective
                    .zip(end)
                    .is_some_and(|(own, end)| end.lo > own.hi);
                rows.push(DependencyRow {
                    what: self.visit.name(&m.names),
                    on,
                    side,
                    standing: match (later, end) {
                        (true, _) => Verdict::new(
                            Tone::Warn,
                            Glyph::Late,
                            self.w(
                                "ends later than what waits for it",
                                "termina después de lo que espera por él",
                            ),
                        ),
                        (false, None) => Verdict::new(
                            Tone::Quiet,
                            Glyph::Missing,
                            self.w("no date", "sin fecha"),
                        ),
                        (false, Some(_)) => {
                            Verdict::new(Tone::Quiet, Glyph::Ok, self.w("in order", "en orden"))
                        }
                    },
                });
            }
        }
        rows
    }

    /// The date to reckon with of one of its milestones, or of the whole.
    fn ends(&self, milestone: &str) -> Option<Interval> {
        if milestone == WHOLE {
            return self.judged.dates.effective;
        }
        let planned = self.planned();
        let found = planned.iter().find(|(m, _)| m.id == milestone);
        found.and_then(|(_, dates)| dates.effective)
    }

    pub(super) fn parties(&self) -> Vec<PartyRow> {
        let mut rows: Vec<PartyRow> = self
            .in_force(&self.subject.parties)
            .map(|told| {
                let p = &told.what;
                let mut roles = self.visit.code("partyRole", &p.role);
                if !p.milestone.is_empty() {
                    roles = format!("{roles}: {}", self.milestone_name(&p.milestone));
                }
                PartyRow {
                    name: p.name.clone(),
                    side: country(&p.side),
                    roles,
                    contact: match p.contact.contains('@') {
                        true => Link::new(p.contact.clone(), format!("mailto:{}", p.contact)),
                        false => Link::new(p.contact.clone(), String::new()),
                    },
                    owes: String::new(),
                }
            })
            .collect();
        let sponsors = self.judged.described.iter().flat_map(|d| &d.sponsors);
        for sponsor in sponsors {
            if !rows.iter().any(|r| r.name == *sponsor) {
                rows.push(PartyRow {
                    name: sponsor.clone(),
                    roles: self.visit.code("partyRole", "sponsor"),
                    ..PartyRow::default()
                });
            }
        }
        rows
    }

    pub(super) fn risks(&self) -> Vec<RiskRow> {
        self.in_force(&self.subject.risks)
            .map(|told| RiskRow {
                what: told.what.what.clone(),
                likely: self.visit.code("likelihood", &told.what.likelihood),
                effect: self.visit.code("consequence", &told.what.consequence),
                done: told.what.owner.clone(),
                source: self.source(&told.source),
            })
            .collect()
    }

    /// How earlier forecasts did.
    pub(super) fn record(&self) -> String {
        super::super::method::record(self.visit)
    }
}

fn country(side: &str) -> Option<Country> {
    match side {
        "mx" => Some(Country::Mx),
        "us" => Some(Country::Us),
        _ => None,
    }
}

fn standing(dates: &Dates) -> Standing {
    match dates.standing {
        At::Met => Standing::Opened {
            days: dates.slip.map_or(0, |(d, _)| d),
        },
        At::Overdue => Standing::Passed {
            days: dates.overdue,
        },
        At::NoCurrentDate => Standing::NoDate {
            since: dates.none_since,
        },
        At::NothingStated => Standing::Unknown,
        At::Due => match dates.slip {
            Some((days, _)) if days > 30 => Standing::Late { days },
            _ => Standing::OnTime { stale: false },
        },
    }
}
