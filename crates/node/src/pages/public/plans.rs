//! Plans: sets of what is promised, of many sponsors and with money from many sources.

use std::collections::BTreeMap;
use std::sync::Arc;

use garita_exchange::problem::Refusal;
use garita_profile::promises::quality::Needed;
use garita_profile::promises::slip::Standing;
use garita_profile::promises::statement::{Said, visible};

use super::projects::median_slip;
use super::visit::{Answer, Visit};
use crate::console::public::{
    EntryPair, Figure, Gap, MoneyRow, Paging, PlanPage, PlanRow, PlansPage, ProgressRow,
    PublicPlace, RollUp, Verdict, coarse, day, days_short, render_plan, render_plans,
};
use crate::console::{Glyph, Lang, Link, Tone, grouped, paths};
use crate::site::judge::Judged;
use crate::site::read::{WHOLE, minor};
use crate::site::register::{Plan, StatedPlan, Told, in_force, newest};

/// Rows of a plan's page.
const ROWS: usize = 100;

/// `GET /plans`.
pub(super) fn list(visit: &Visit) -> Result<Answer, Refusal> {
    let rows = visit.register.plans.values().filter_map(|plan| {
        let whole = Whole::of(visit, plan)?;
        let (opened, all) = (whole.opened(), whole.things.len());
        Some(PlanRow {
            name: Link::new(visit.name(&whole.stated.what.names), paths::plan(&plan.id)),
            who: whole.stated.what.sponsors.join(", "),
            projects: all.to_string(),
            opened: whole.share(opened),
            slip: whole.slip(),
            gaps: whole.with_gaps().to_string(),
            standing: whole.standing(),
        })
    });
    let made = PlansPage {
        lede: visit
            .w(
                "A plan is a set of projects, policies and money from many sources. Here its promises are added up from those of its projects.",
                "Un plan es un conjunto de proyectos, políticas y dinero de muchas fuentes. Aquí sus promesas se suman de las de sus proyectos.",
            )
            .to_owned(),
        rows: rows.collect(),
        how_to_import: Some(Link::new(
            visit.w("How to enter a plan", "Cómo cargar un plan"),
            paths::OPEN_DATA,
        )),
        downloads: Vec::new(),
    };
    let frame = visit.frame(PublicPlace::Plans);
    Ok(Answer::Page(render_plans(
        &frame,
        &visit.head(Vec::new()),
        &made,
    )))
}

/// `GET /plans/{id}`.
pub(super) fn one(visit: &Visit, id: &str) -> Result<Answer, Refusal> {
    let plan = visit.register.plans.get(id);
    let Some((plan, whole)) = plan.and_then(|p| Some((p, Whole::of(visit, p)?))) else {
        let all = visit.register.plans.values().take(5);
        let near = all.filter_map(|p| {
            let whole = Whole::of(visit, p)?;
            Some(Link::new(
                visit.name(&whole.stated.what.names),
                paths::plan(&p.id),
            ))
        });
        return Ok(Answer::Absent(near.collect()));
    };
    let stated = &whole.stated.what;
    let best = whole
        .stated
        .source
        .addresses
        .first()
        .cloned()
        .unwrap_or_default();
    let document = match best.starts_with("http") {
        true => Link::new(best.clone(), best),
        false => Link::default(),
    };
    let mut lede = match visit.lang() {
        Lang::Es => format!("{} proyectos.", whole.things.len()),
        Lang::En => format!("{} projects.", whole.things.len()),
    };
    if !stated.policies.is_empty() {
        lede.push_str(visit.w(" Policies: ", " Políticas: "));
        lede.push_str(&stated.policies.join("; "));
    }
    let made = PlanPage {
        over: format!(
            "{}. {}",
            stated.sponsors.join(", "),
            day(whole.stated.source.stated_on, visit.lang())
        ),
        name: visit.name(&stated.names),
        lede,
        document,
        figures: vec![
            Figure::new(
                whole.things.len().to_string(),
                visit.w("projects on record", "proyectos en el registro"),
            ),
            Figure::new(
                whole.share(whole.opened()),
                visit.w("opened or completed", "abiertos o terminados"),
            ),
            Figure::new(
                whole.slip(),
                visit.w(
                    "median slip, of how many",
                    "corrimiento mediano, de cuántos",
                ),
            ),
            Figure::new(
                whole.share(whole.with_gaps()),
                visit.w(
                    "lack an owner, money or a date",
                    "sin responsable, dinero o fecha",
                ),
            ),
        ],
        progress: whole.progress(),
        money: whole.money(plan),
        slips: whole.slips(),
        pairs: whole.pairs(),
        gaps: whole.gaps(),
        rows: whole
            .things
            .iter()
            .take(ROWS)
            .map(|j| visit.row(j))
            .collect(),
        paging: Paging {
            first: 1,
            total: u64::try_from(whole.things.len()).unwrap_or(0),
            previous: None,
            next: None,
        },
        downloads: [
            "/projects.csv",
            "/projects.json",
            "/projects.atom",
            "/projects.ics",
        ]
        .into_iter()
        .zip(["CSV", "JSON (OC4IDS)", "Atom", "iCalendar"])
        .map(|(path, name)| {
            let address = crate::console::Address::new(path).with("plan", &plan.id);
            Link::new(name, address.to_string())
        })
        .chain([Link::new(
            visit.w("Be told", "Recibir avisos"),
            crate::console::Address::new(paths::FOLLOW)
                .with("plan", &plan.id)
                .to_string(),
        )])
        .collect(),
    };
    let frame = visit.frame(PublicPlace::Plans);
    Ok(Answer::Page(render_plan(
        &frame,
        &visit.head(Vec::new()),
        &made,
    )))
}

/// A plan with what belongs to it.
struct Whole<'v> {
    visit: &'v Visit,
    stated: &'v Told<StatedPlan>,
    things: Vec<&'v Arc<Judged>>,
}

impl<'v> Whole<'v> {
    fn of(visit: &'v Visit, plan: &'v Plan) -> Option<Whole<'v>> {
        let as_of = &visit.as_of;
        let stated = newest(&plan.stated, as_of.stated_by, as_of.recorded_by_ms)?;
        let ids = stated.what.subjects.iter();
        let mut things: Vec<_> = ids.filter_map(|id| visit.overview.all.get(id)).collect();
        things.sort_by_key(|j| std::cmp::Reverse(j.dates.slip.map(|(days, _)| days)));
        Some(Whole {
            visit,
            stated,
            things,
        })
    }

    fn share(&self, n: usize) -> String {
        let all = self.things.len();
        match self.visit.lang() {
            Lang::Es => format!("{n} de {all}"),
            Lang::En => format!("{n} of {all}"),
        }
    }

    fn opened(&self) -> usize {
        self.things
            .iter()
            .filter(|j| j.dates.actual.is_some() || j.done_undated)
            .count()
    }

    fn late(&self) -> usize {
        let late = |j: &&&Arc<Judged>| {
            j.dates.actual.is_none() && j.dates.slip.is_some_and(|(days, _)| days > 180)
        };
        self.things.iter().filter(late).count()
    }

    fn slip(&self) -> String {
        let mut slips: Vec<i64> = self
            .things
            .iter()
            .filter_map(|j| Some(j.dates.slip?.0))
            .collect();
        let n = slips.len();
        median_slip(&mut slips).map_or_else(|| "–".to_owned(), |median| format!("{median} ({n})"))
    }

    fn standing(&self) -> Verdict {
        let open = self.things.len() - self.opened();
        let late = self.late();
        let words = match self.visit.lang() {
            Lang::Es => format!("{late} de {open} sin terminar con más de 180 días de retraso"),
            Lang::En => format!("{late} of {open} unfinished over 180 days late"),
        };
        match late {
            0 => Verdict::new(Tone::Quiet, Glyph::Ok, words),
            _ => Verdict::new(Tone::Stop, Glyph::Late, words),
        }
    }

    fn lacks(judged: &Judged) -> [(bool, usize); 3] {
        let has = |needed: Needed| judged.present.contains(&needed);
        let owner = judged
            .described
            .as_ref()
            .is_some_and(|d| !d.sponsors.is_empty());
        let money = has(Needed::Cost)
            || judged
                .described
                .as_ref()
                .is_some_and(|d| d.budget.is_some());
        let dated = judged.done_undated
            || judged.dates.actual.is_some()
            || judged.dates.standing == Standing::Due
            || judged.dates.standing == Standing::Overdue;
        [(!owner, 0), (!money, 1), (!dated, 2)]
    }

    fn with_gaps(&self) -> usize {
        let gap = |j: &&&Arc<Judged>| Whole::lacks(j).iter().any(|(lacks, _)| *lacks);
        self.things.iter().filter(gap).count()
    }

    fn gaps(&self) -> Vec<Gap> {
        let words = [
            self.visit.w("No responsible party", "Sin responsable"),
            self.visit.w("No amount on record", "Sin monto registrado"),
            self.visit.w("No current date", "Sin fecha vigente"),
        ];
        words
            .into_iter()
            .enumerate()
            .filter_map(|(at, what)| {
                let lacking = self
                    .things
                    .iter()
                    .filter(|j| Whole::lacks(j).contains(&(true, at)));
                let links: Vec<Link> = lacking
                    .map(|j| Link::new(self.visit.name_of(j), self.visit.page_of(&j.id)))
                    .collect();
                (!links.is_empty()).then(|| Gap {
                    what: what.to_owned(),
                    count: self.share(links.len()),
                    projects: links,
                })
            })
            .collect()
    }

    /// Money by kind and source, never added across kinds: the plan's own, then what its projects state.
    fn money(&self, plan: &Plan) -> Vec<MoneyRow> {
        let as_of = &self.visit.as_of;
        let own = in_force(&plan.money, as_of.stated_by, as_of.recorded_by_ms);
        let mut rows: Vec<MoneyRow> = own
            .map(|told| MoneyRow {
                kind: self.visit.code("costKind", &told.what.kind),
                source: match told.what.payer.is_empty() {
                    true => self.visit.code("side", &told.what.side),
                    false => told.what.payer.clone(),
                },
                amount: millions(minor(&told.what.amount).unwrap_or(0), &told.what.currency),
                projects: "–".to_owned(),
            })
            .collect();
        // What projects state is added up within one kind and currency; what has no known kind is counted and not added.
        let mut sums: BTreeMap<(String, String, String), (i128, usize)> = BTreeMap::new();
        for judged in &self.things {
            let mut newest: BTreeMap<(&str, &str, &str), i128> = BTreeMap::new();
            let subject = self.visit.register.subjects.get(&judged.id);
            let said = subject.map(|s| visible(&s.statements, &self.visit.as_of));
            for statement in said.unwrap_or_default() {
                if let Said::Cost(cost) = &statement.said {
                    newest.insert((&cost.kind, &cost.scope, &cost.currency), cost.amount_minor);
                }
            }
            for ((kind, scope, currency), amount) in newest {
                let sum = sums
                    .entry((kind.to_owned(), scope.to_owned(), currency.to_owned()))
                    .or_default();
                sum.0 = sum.0.saturating_add(amount);
                sum.1 += 1;
            }
        }
        rows.extend(
            sums.into_iter()
                .map(|((kind, scope, currency), (sum, n))| MoneyRow {
                    source: format!(
                        "{} ({})",
                        self.visit
                            .w("as its projects state", "según declaran sus proyectos"),
                        self.visit.code("costScope", &scope)
                    ),
                    amount: match kind.as_str() {
                        "not-stated" => {
                            format!("{}, {currency}", self.visit.w("not added up", "no se suma"))
                        }
                        _ => millions(sum, &currency),
                    },
                    kind: self.visit.code("costKind", &kind),
                    projects: self.share(n),
                }),
        );
        rows
    }

    /// The newest word on how much of each is built.
    fn progress(&self) -> Vec<ProgressRow> {
        let newest = |judged: &Arc<Judged>| {
            let subject = self.visit.register.subjects.get(&judged.id)?;
            let said = visible(&subject.statements, &self.visit.as_of);
            said.into_iter().rev().find_map(|s| match &s.said {
                Said::Progress {
                    percent,
                    planned: false,
                    ..
                } if s.milestone == WHOLE => Some((*percent, s.stated_on)),
                _ => None,
            })
        };
        let rows = self.things.iter().filter_map(|judged| {
            let (percent, on) = newest(judged)?;
            Some(ProgressRow {
                what: self.visit.name_of(judged),
                planned: String::new(),
                actual: format!("{percent} %"),
                share: percent / 100.0,
                at: Some(on),
                source: Link::new(self.visit.name_of(judged), self.visit.page_of(&judged.id)),
            })
        });
        rows.collect()
    }

    fn slips(&self) -> Vec<RollUp> {
        let mut groups: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for judged in &self.things {
            let Some((days, _)) = judged.dates.slip else {
                continue;
            };
            let phase = self.visit.code("phase", &judged.phase);
            groups.entry(phase).or_default().push(days);
        }
        groups
            .into_iter()
            .map(|(name, mut slips)| {
                let late = slips.iter().filter(|d| **d > 180).count();
                let n = slips.len();
                let median = median_slip(&mut slips).unwrap_or_default();
                let (least, most) = (slips.first().copied(), slips.last().copied());
                RollUp {
                    name,
                    count: n.to_string(),
                    median,
                    range: format!(
                        "{} – {}",
                        days_short(least.unwrap_or(0)),
                        days_short(most.unwrap_or(0))
                    ),
                    late: match self.visit.lang() {
                        Lang::Es => format!("{late} de {n}"),
                        Lang::En => format!("{late} of {n}"),
                    },
                }
            })
            .collect()
    }

    /// Things of both sides of which one waits for a milestone of the other: so the sponsors themselves say that both are one.
    fn tied(&self) -> Vec<(&Arc<Judged>, &Arc<Judged>)> {
        let as_of = &self.visit.as_of;
        let side = |judged: &Judged| judged.described.as_ref().map(|d| d.side.clone());
        let mut found: Vec<(&Arc<Judged>, &Arc<Judged>)> = Vec::new();
        for judged in &self.things {
            let Some(subject) = self.visit.register.subjects.get(&judged.id) else {
                continue;
            };
            let told = in_force(&subject.milestones, as_of.stated_by, as_of.recorded_by_ms);
            for (other, _) in told.flat_map(|m| &m.what.after) {
                let other = self.things.iter().find(|j| j.id == *other);
                let pair =
                    other.and_then(
                        |other| match (side(judged)?.as_str(), side(other)?.as_str()) {
                            ("mx", "us") => Some((*judged, *other)),
                            ("us", "mx") => Some((*other, *judged)),
                            _ => None,
                        },
                    );
                let is_there = |pair: &(&Arc<Judged>, &Arc<Judged>)| {
                    found
                        .iter()
                        .any(|f| f.0.id == pair.0.id && f.1.id == pair.1.id)
                };
                found.extend(pair.filter(|pair| !is_there(pair)));
            }
        }
        found
    }

    /// The two halves of one crossing beside each other: those that are tied by what waits for what; of the rest, things of the plan at one
    /// place, one a side.
    fn pairs(&self) -> Vec<EntryPair> {
        let tied = self.tied();
        let is_tied = |id: &str| tied.iter().any(|(a, b)| a.id == id || b.id == id);
        let mut places: BTreeMap<&str, [Vec<&Arc<Judged>>; 2]> = BTreeMap::new();
        for judged in &self.things {
            let Some(d) = &judged.described else { continue };
            if is_tied(&judged.id) {
                continue;
            }
            let pair = places.entry(d.place.as_str()).or_default();
            match d.side.as_str() {
                "mx" => pair[0].push(judged),
                "us" => pair[1].push(judged),
                _ => {}
            }
        }
        let said = |judged: &Judged| {
            let date = judged
                .dates
                .actual
                .as_ref()
                .or(judged.dates.current.as_ref());
            let date = date.map_or_else(
                || self.visit.w("no date", "sin fecha").to_owned(),
                |d| coarse(&d.text, self.visit.lang()),
            );
            format!("{date}, {}", self.visit.code("phase", &judged.phase))
        };
        let mut rows = Vec::new();
        let mut pairs = tied.clone();
        for [mexico, states] in places.into_values() {
            pairs.extend(mexico.into_iter().zip(states));
        }
        for (own, other) in pairs {
            let ends = |j: &Judged| j.dates.effective.map(|e| e.hi);
            let apart = ends(own)
                .zip(ends(other))
                .map(|(a, b)| garita_profile::promises::dates::days_between(a, b));
            rows.push(EntryPair {
                name: Link::new(self.visit.name_of(other), self.visit.page_of(&other.id)),
                mexico: said(own),
                united_states: said(other),
                differs: match apart {
                    Some(0) | None => String::new(),
                    Some(n) => match self.visit.lang() {
                        Lang::Es => format!("difieren {} días", n.abs()),
                        Lang::En => format!("{} days apart", n.abs()),
                    },
                },
            });
        }
        rows
    }
}

/// An amount in whole millions; below a million in whole units.
pub(super) fn millions(minor: i128, currency: &str) -> String {
    let whole = u64::try_from(minor / 100).unwrap_or(0);
    match whole {
        0..1_000_000 => format!("{} {currency}", grouped(whole)),
        _ => format!("{} M {currency}", grouped((whole + 500_000) / 1_000_000)),
    }
}
