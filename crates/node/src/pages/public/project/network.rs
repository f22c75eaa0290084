//! The opening as the latest of all that it waits for, on both sides and in other projects too: drawn many times, and which of it decides.

use std::collections::{BTreeMap, VecDeque};

use garita_profile::promises::forecast::{Expected, Promise};
use garita_profile::promises::simulate::{
    Activity, Correlation, Draws, Finish, Network, Simulated,
};
use garita_profile::promises::survival::Survival;

use super::One;
use crate::console::Lang;
use crate::console::public::{Driver, month_year};
use crate::site::judge::Dates;
use crate::site::read::WHOLE;
use crate::site::register::Milestone;

/// Draws by the method; the same seed gives every reader the same page.
const DRAWS: usize = 10_000;
const SEED: u64 = 417;
/// How much finishes go together, across the border and on one side of it. Unsure: nobody has measured it.
const BETWEEN_SIDES: f64 = 0.2;
const WITHIN_SIDE: f64 = 0.5;
/// Projects that one opening may wait for, one behind the other.
const PROJECTS_MAX: usize = 24;
/// A driver that decides less often is not named.
const SHARE_MIN: f64 = 0.005;

/// What was drawn.
pub(super) struct Drawn {
    /// When it opens, in words; empty where the draws rest on promises alone.
    pub(super) told: String,
    /// What decides, the most often first.
    pub(super) drivers: Vec<Driver>,
}

/// A project with its milestones.
struct Part<'v> {
    one: One<'v>,
    planned: Vec<(&'v Milestone, Dates)>,
}

impl Part<'_> {
    /// What nothing else of the project waits for.
    fn goals(&self) -> Vec<&str> {
        let waited_for: Vec<&str> = self
            .planned
            .iter()
            .flat_map(|(m, _)| &m.after)
            .filter(|(other, _)| other.is_empty() || *other == self.one.judged.id)
            .map(|(_, id)| id.as_str())
            .collect();
        let all = self.planned.iter().map(|(m, _)| m.id.as_str());
        all.filter(|id| !waited_for.contains(id)).collect()
    }
}

/// A milestone's name over all projects.
fn key(project: &str, milestone: &str) -> String {
    format!("{project}#{milestone}")
}

impl<'v> One<'v> {
    /// The opening over all that it waits for; none where no milestones are planned, or no one of them is the opening.
    pub(super) fn drawn(&self) -> Option<Drawn> {
        let parts = self.parts();
        let own = parts.first()?;
        // With several milestones that nothing waits for, none of them is the opening.
        let [goal] = own.goals()[..] else {
            return None;
        };
        let goal = key(&self.judged.id, goal);
        let all = simulated(&parts, &goal);
        // What waits in a circle through other projects is told by its own side alone.
        let drawn = all.or_else(|| simulated(parts.get(..1)?, &goal))?;
        let names: BTreeMap<String, (String, String)> = parts
            .iter()
            .flat_map(|part| {
                let foreign = part.one.judged.id != self.judged.id;
                let whole = (WHOLE, part.one.name(), String::new());
                let each = part.planned.iter().map(move |(m, _)| {
                    let name = self.visit.name(&m.names);
                    let name = match foreign {
                        true => format!("{}: {name}", part.one.name()),
                        false => name,
                    };
                    (m.id.as_str(), name, m.responsible.clone())
                });
                let project = part.one.judged.id.as_str();
                // The whole first, so that a milestone of that name has its own.
                std::iter::once(whole)
                    .chain(each)
                    .map(move |(id, name, who)| (key(project, id), (name, who)))
            })
            .collect();
        let drivers = drawn.critical.iter().filter_map(|critical| {
            let (name, who) = names.get(&critical.id)?;
            Some(Driver {
                name: name.clone(),
                share_text: format!("{:.0} %", critical.decisive * 100.0),
                share: critical.decisive,
                who: who.clone(),
            })
        });
        Some(Drawn {
            told: self.told_of(&drawn),
            drivers: drivers.filter(|d| d.share >= SHARE_MIN).collect(),
        })
    }

    /// This project, and those that it waits for, one behind the other.
    fn parts(&self) -> Vec<Part<'v>> {
        let mut parts: Vec<Part<'v>> = Vec::new();
        let mut next = VecDeque::from([*self]);
        while let Some(one) = next.pop_front() {
            let is_there = |id: &str| parts.iter().any(|p| p.one.judged.id == id);
            if is_there(&one.judged.id) || parts.len() >= PROJECTS_MAX {
                continue;
            }
            let planned = one.planned();
            for (other, _) in planned.iter().flat_map(|(m, _)| &m.after) {
                next.extend(One::of(self.visit, other));
            }
            parts.push(Part { one, planned });
        }
        parts
    }

    fn told_of(&self, drawn: &Simulated) -> String {
        // Without a class of comparable promises nothing is expected, only promised.
        if !drawn.without_basis.is_empty() {
            return String::new();
        }
        let count = crate::console::grouped(drawn.draws as u64);
        let (from, to) = drawn.interval50;
        if from == Expected::BeyondRecord || to == Expected::BeyondRecord {
            let beyond = drawn.beyond as f64 * 100.0 / drawn.draws.max(1) as f64;
            return match self.lang() {
                Lang::En => format!(
                    "Over all that it waits for, drawn {count} times, {beyond:.0} % of the draws lie beyond the record: nothing comparable took so long and was finished, so that no interval can be given."
                ),
                Lang::Es => format!(
                    "Sobre todo lo que espera, en {count} sorteos, {beyond:.0} % quedan más allá de lo registrado: nada comparable tardó tanto y se terminó, así que no puede darse un intervalo."
                ),
            };
        }
        let told = |expected: Expected| match expected {
            Expected::Day(day) => month_year(day, self.lang()),
            Expected::BeyondRecord => self
                .w("beyond the record", "más allá de lo registrado")
                .to_owned(),
        };
        let (from, to) = (told(from), told(to));
        let (least, most) = (told(drawn.interval80.0), told(drawn.interval80.1));
        match self.lang() {
            Lang::En => format!(
                "Over all that it waits for, drawn {count} times: half of the draws open from {from} to {to}, four in five from {least} to {most}."
            ),
            Lang::Es => format!(
                "Sobre todo lo que espera, en {count} sorteos: la mitad abre de {from} a {to}, cuatro de cada cinco de {least} a {most}."
            ),
        }
    }
}

fn simulated(parts: &[Part<'_>], goal: &str) -> Option<Simulated> {
    let known: Vec<String> = parts
        .iter()
        .flat_map(|part| {
            let project = part.one.judged.id.as_str();
            let own = part.planned.iter().map(move |(m, _)| key(project, &m.id));
            own.chain([key(project, WHOLE)])
        })
        .collect();
    let mut activities: Vec<Activity<'_>> = Vec::new();
    for part in parts {
        let one = part.one;
        let project = one.judged.id.as_str();
        let basis = match one.visit.overview.basis(one.judged) {
            Some(Ok(basis)) => Some(&basis.ratios),
            _ => None,
        };
        let side = one.judged.described.as_ref().map_or("", |d| &d.side);
        for (m, dates) in &part.planned {
            let after = m.after.iter().map(|(other, id)| match other.is_empty() {
                true => key(project, id),
                false => key(other, id),
            });
            activities.push(Activity {
                id: key(project, &m.id),
                side: m.side.clone(),
                after: after.filter(|id| known.contains(id)).collect(),
                least_days: 0,
                finish: finish(dates, basis),
            });
        }
        if !part.planned.iter().any(|(m, _)| m.id == WHOLE) {
            // The whole of a project is done when its last milestones are, and not before the day that it was itself given.
            let goals = part.goals();
            activities.push(Activity {
                id: key(project, WHOLE),
                side: side.to_owned(),
                after: goals.iter().map(|id| key(project, id)).collect(),
                least_days: 0,
                finish: finish(&one.judged.dates, basis),
            });
        }
    }
    let today = parts.first()?.one.visit.as_of.today;
    let network = Network::new(activities, today).ok()?;
    let draws = Draws {
        count: DRAWS,
        seed: SEED,
        correlation: Correlation::new(BETWEEN_SIDES, WITHIN_SIDE).unwrap_or_else(Correlation::none),
    };
    network.simulate(goal, draws).ok()
}

fn finish<'b>(dates: &Dates, basis: Option<&'b Survival>) -> Finish<'b> {
    let promise = dates.baseline.as_ref().and_then(|base| {
        Some(Promise {
            stated_on: base.stated_on?,
            target: base.interval,
        })
    });
    match (&dates.actual, promise) {
        (Some(met), _) => Finish::Met(met.interval.hi),
        (None, Some(promise)) => Finish::Promised(promise, basis),
        (None, None) => Finish::WhenReady,
    }
}
