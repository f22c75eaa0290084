//! The page of one thing that is promised.

mod answering;
mod costs;
mod earning;
mod halves;
mod network;
pub(super) mod questions;
mod said;

use garita_exchange::problem::Refusal;
use garita_profile::promises::colour::Colour;
use garita_profile::promises::forecast::Expected;
use garita_profile::promises::quality::Needed;
use garita_profile::promises::slip::Standing as At;

pub(super) use answering::{answered, happened};
pub(super) use costs::money;
pub(super) use said::source_link;

use super::rows::standing;
use super::visit::{Answer, Visit, day_of};
use super::{asking, follow};
use crate::console::public::{
    BeTold, FeedKind, Forecast, OwnColour, ProjectPage, Provenance, PublicFeed, PublicHead,
    PublicPlace, ShareCard, SlipBaseline, SlipChart, SlipFile, SlipForecast, SlipStep, Verdict,
    coarse, day, days, month_year, render_project, render_slip_svg,
};
use crate::console::{Choice, Fact, Filter, Glyph, Lang, Link, Rich, Tone, paths};
use crate::site::judge::{Judged, SaidDate};
use crate::site::register::{Subject, in_force};

/// Statements on the page itself; all are in the CSV.
const STATEMENTS_MAX: usize = 60;

/// `GET /projects/{id}`.
pub(super) fn page(visit: &Visit, id: &str) -> Result<Answer, Refusal> {
    let Some(one) = One::of(visit, id) else {
        return Ok(Answer::Absent(nearest(visit, id)));
    };
    let feeds = vec![
        PublicFeed {
            kind: FeedKind::Atom,
            link: Link::new(one.name(), one.under("feed.atom")),
        },
        PublicFeed {
            kind: FeedKind::Calendar,
            link: Link::new(one.name(), one.under("milestones.ics")),
        },
    ];
    let frame = visit.frame(PublicPlace::Projects);
    let head = PublicHead {
        picture: visit.picture(&one.under("card.png")),
        ..visit.head(feeds)
    };
    let html = render_project(&frame, &head, &one.made());
    Ok(Answer::Page(html))
}

/// `GET /projects/{id}/slip.svg`: the chart for other people's pages.
pub(super) fn picture(visit: &Visit, id: &str) -> Result<Answer, Refusal> {
    let Some(one) = One::of(visit, id) else {
        return Ok(Answer::Absent(nearest(visit, id)));
    };
    match one.chart_file() {
        Some(svg) => Ok(Answer::File("image/svg+xml; charset=utf-8", svg)),
        None => Ok(Answer::Absent(Vec::new())),
    }
}

/// The share card of a thing; none where there is none of that id.
pub(super) fn card(visit: &Visit, id: &str, source: String) -> Option<ShareCard> {
    let one = One::of(visit, id)?;
    Some(ShareCard {
        title: one.name(),
        text: one.promise().plain(),
        chart: one.chart_file().unwrap_or_default(),
        source,
    })
}

/// A thing with what it comes to.
pub(super) fn of<'v>(visit: &'v Visit, id: &str) -> Option<(&'v Subject, &'v Judged)> {
    let subject = visit.register.subjects.get(id)?;
    let judged = visit.overview.all.get(id)?;
    Some((subject, judged))
}

/// What may have been meant: names that share a word with what was asked for.
pub(super) fn nearest(visit: &Visit, id: &str) -> Vec<Link> {
    let words: Vec<&str> = id
        .split(['-', ' ', '_'])
        .filter(|w| w.len() > 3)
        .take(8)
        .collect();
    let mut close: Vec<(usize, &Judged)> = visit
        .overview
        .all
        .values()
        .map(|j| (words.iter().filter(|w| j.id.contains(**w)).count(), &**j))
        .filter(|(shared, _)| *shared > 0)
        .collect();
    close.sort_by_key(|(shared, j)| (std::cmp::Reverse(*shared), &j.id));
    let links = close.into_iter().take(5);
    links
        .map(|(_, j)| Link::new(visit.name_of(j), visit.page_of(&j.id)))
        .collect()
}

/// One thing on its page.
#[derive(Clone, Copy)]
struct One<'v> {
    visit: &'v Visit,
    subject: &'v Subject,
    judged: &'v Judged,
}

impl<'v> One<'v> {
    fn of(visit: &'v Visit, id: &str) -> Option<One<'v>> {
        let (subject, judged) = of(visit, id)?;
        Some(One {
            visit,
            subject,
            judged,
        })
    }
}

impl One<'_> {
    fn name(&self) -> String {
        self.visit.name_of(self.judged)
    }

    fn w<'a>(&self, en: &'a str, es: &'a str) -> &'a str {
        self.visit.w(en, es)
    }

    fn lang(&self) -> Lang {
        self.visit.lang()
    }

    /// An address below its page.
    fn under(&self, file: &str) -> String {
        format!("{}/{file}", paths::project(&self.judged.id))
    }

    fn whole(&self, address: &str) -> String {
        format!("{}{address}", self.visit.origin())
    }

    fn coarse(&self, date: &SaidDate) -> String {
        coarse(&date.text, self.lang())
    }

    fn made(&self) -> ProjectPage {
        let statements = self.statements();
        let shown: Vec<_> = statements.into_iter().take(STATEMENTS_MAX).collect();
        let all = self.subject.statements.len();
        ProjectPage {
            over: self.over(),
            name: self.name(),
            standing: standing(self.judged).verdict(self.lang()),
            own_colour: self.own_colour(),
            promise: self.promise(),
            finding: self.finding(),
            slip: self.chart(),
            promises: self.promises(),
            baseline: self.baseline(),
            gantt: self.gantt(),
            milestones: self.milestones(),
            milestones_note: self
                .w(
                    "It opens at the latest of works on both sides, equipment, staff and agreements.",
                    "Abre cuando está lo último: obras de ambos lados, equipo, personal y acuerdos.",
                )
                .to_owned(),
            costs: self.costs(),
            progress: self.progress(),
            earned: self.earned(),
            forecast: self.forecast(),
            questions: self.questions(),
            ask: asking::form(self.visit, &self.judged.id),
            on_record: self.on_record(),
            risks: self.risks(),
            parties: self.parties(),
            dependencies: self.dependencies(),
            all_statements: (all > STATEMENTS_MAX).then(|| {
                Link::new(
                    self.w("All statements (CSV)", "Todas las declaraciones (CSV)"),
                    self.under("statements.csv"),
                )
            }),
            statements: shown,
            told: self.told(),
            embed: self.whole(&self.under("slip.svg")),
            embed_link: self.whole(&paths::project(&self.judged.id)),
            provenance: self.provenance(),
            as_of: self.visit.clocks(),
            downloads: vec![
                Link::new("JSON (OC4IDS)", self.under("project.json")),
                Link::new("CSV", self.under("statements.csv")),
                Link::new("SVG", self.under("slip.svg")),
            ],
        }
    }

    fn told(&self) -> BeTold {
        let follow = crate::console::Address::new(paths::FOLLOW).with("project", &self.judged.id);
        let mails = self.visit.ask.app.follow().mailer.is_some();
        BeTold {
            action: match mails {
                true => paths::FOLLOW.to_owned(),
                false => String::new(),
            },
            hidden: vec![("project".to_owned(), self.judged.id.clone())],
            when: follow::topics(self.visit, &[]),
            ways: vec![
                Link::new("Atom", self.under("feed.atom")),
                Link::new("iCalendar", self.under("milestones.ics")),
                Link::new(
                    self.w("webhook, and more choices", "webhook, y más opciones"),
                    follow.to_string(),
                ),
            ],
            ..BeTold::default()
        }
    }

    fn over(&self) -> String {
        let Some(d) = &self.judged.described else {
            return self.judged.id.clone();
        };
        let parts = [
            d.place.clone(),
            self.visit.code("side", &d.side),
            d.kind.clone(),
            self.visit.code("cargoEffect", &d.cargo),
            self.visit.code("phase", &self.judged.phase),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
        parts.join(". ")
    }

    fn own_colour(&self) -> Option<OwnColour> {
        let (own, statement) = self.judged.own_colour.as_ref()?;
        let (tone, glyph, words) = match own {
            Colour::Green => (Tone::Quiet, Glyph::Ok, self.w("on schedule", "en tiempo")),
            Colour::Amber => (Tone::Quiet, Glyph::Wait, self.w("at risk", "en riesgo")),
            Colour::Red | Colour::Grey => (Tone::Quiet, Glyph::Late, self.w("late", "atrasado")),
        };
        let source = self.subject.sources.get(statement)?;
        Some(OwnColour {
            verdict: Verdict::new(tone, glyph, words),
            who: format!(
                "{}, {}",
                self.who(source),
                day(source.stated_on, self.lang())
            ),
            differs: self.visit.overview.colour(self.judged).disagrees,
        })
    }

    /// *Promised for 2028, first for 2023. Six statements, the last 259 days ago.*
    fn promise(&self) -> Rich {
        let dates = &self.judged.dates;
        let spanish = self.lang() == Lang::Es;
        let mut text = match (&dates.actual, &dates.current, dates.standing) {
            (Some(met), ..) if spanish => format!("Se terminó: {}", self.coarse(met)),
            (Some(met), ..) => format!("Completed {}", self.coarse(met)),
            (None, Some(now), _) if spanish => format!("Se promete para {}", self.coarse(now)),
            (None, Some(now), _) => format!("Promised for {}", self.coarse(now)),
            (None, None, At::NoCurrentDate) if spanish => "Ya no tiene fecha".to_owned(),
            (None, None, At::NoCurrentDate) => "It has no date any more".to_owned(),
            _ if spanish => "Nunca se le dio fecha".to_owned(),
            _ => "No date was ever stated".to_owned(),
        };
        if let Some(first) = &dates.baseline {
            let moved = first.interval
                != dates
                    .current
                    .as_ref()
                    .map_or(first.interval, |c| c.interval);
            if moved || dates.actual.is_some() || dates.current.is_none() {
                text.push_str(if spanish {
                    ", primero para "
                } else {
                    ", first for "
                });
                text.push_str(&self.coarse(first));
            }
        }
        text.push_str(". ");
        let dated = dates.steps.iter().filter(|s| s.stated_on.is_some());
        let (promises, all) = (dated.count(), self.judged.statements);
        let plural = |n: usize, one: &str, many: &str| match n {
            1 => format!("1 {one}"),
            n => format!("{n} {many}"),
        };
        text.push_str(&match spanish {
            true => format!(
                "{}, {} en total",
                plural(promises, "promesa fechada", "promesas fechadas"),
                plural(all, "declaración", "declaraciones")
            ),
            false => format!(
                "{}, {} in all",
                plural(promises, "dated promise", "dated promises"),
                plural(all, "statement", "statements")
            ),
        });
        if let Some(fresh) = self.judged.fresh {
            let ago = days(fresh.age_days, self.lang());
            text.push_str(&if spanish {
                format!(", la última hace {ago}.")
            } else {
                format!(", the last {ago} ago.")
            });
        }
        Rich::text(text)
    }

    /// What the chart shows, in a sentence.
    fn finding(&self) -> String {
        let dates = &self.judged.dates;
        let spanish = self.lang() == Lang::Es;
        let rate = dates.rate.filter(|_| dates.actual.is_none());
        // The rate over the whole way says more than that between the last two words, which are often the same.
        let whole = self.whole_rate().filter(|_| dates.actual.is_none());
        match (dates.standing, whole.or(rate)) {
            (At::Met, _) => match (dates.slip.map(|(d, _)| d), spanish) {
                (Some(d), true) if d > 0 => {
                    format!("Abrió {} después de la primera fecha", days(d, Lang::Es))
                }
                (Some(d), false) if d > 0 => {
                    format!("It opened {} after the first date", days(d, Lang::En))
                }
                (_, true) => "Abrió".to_owned(),
                (_, false) => "It opened".to_owned(),
            },
            _ if self.judged.done_undated && spanish => {
                "Está terminado; nadie dijo qué día".to_owned()
            }
            _ if self.judged.done_undated => "It is done; nobody said on which day".to_owned(),
            (At::NoCurrentDate, _) if spanish => "Ya no hay fecha".to_owned(),
            (At::NoCurrentDate, _) => "There is no date any more".to_owned(),
            (_, Some(rate)) if rate > 0.0 && spanish => {
                format!("La apertura se aleja {rate:.2} días por cada día que pasa")
            }
            (_, Some(rate)) if rate > 0.0 => {
                format!("The opening moves {rate:.2} days for each day that passes")
            }
            (_, Some(rate)) if rate < 0.0 && spanish => "La fecha se adelantó".to_owned(),
            (_, Some(rate)) if rate < 0.0 => "The date came nearer".to_owned(),
            (At::NothingStated, _) if spanish => "Nadie ha dicho una fecha".to_owned(),
            (At::NothingStated, _) => "Nobody has stated a date".to_owned(),
            _ if dates.steps.iter().all(|s| s.stated_on.is_none()) && spanish => {
                "Se publicó una fecha; no consta qué día se dijo".to_owned()
            }
            _ if dates.steps.iter().all(|s| s.stated_on.is_none()) => {
                "A date was published; the day on which it was said is not on record".to_owned()
            }
            _ if dates.changes > 1 && spanish => {
                format!(
                    "La fecha cambió {} veces y volvió a la primera",
                    dates.changes
                )
            }
            _ if dates.changes > 1 => {
                format!(
                    "The date changed {} times and is back at the first",
                    dates.changes
                )
            }
            _ if spanish => "La fecha no ha cambiado".to_owned(),
            _ => "The date has not moved".to_owned(),
        }
    }

    /// Days moved for each day that passed, from the first dated promise to the last (8.4).
    fn whole_rate(&self) -> Option<f64> {
        let dated = self.judged.dates.steps.iter();
        let dated: Vec<_> = dated
            .filter_map(|s| Some((s.stated_on?, s.interval)))
            .collect();
        let ((t1, c1), (t2, c2)) = (dated.first()?, dated.last()?);
        let passed = garita_profile::promises::dates::days_between(*t1, *t2);
        (passed > 0).then(|| c2.days_after(c1) as f64 / passed as f64)
    }

    fn chart(&self) -> Option<SlipChart> {
        let dates = &self.judged.dates;
        let steps: Vec<SlipStep> = dates
            .steps
            .iter()
            .filter_map(|s| {
                Some(SlipStep {
                    stated: s.stated_on?,
                    from: s.interval.lo,
                    to: s.interval.hi,
                    text: self.coarse(s),
                })
            })
            .collect();
        if steps.is_empty() {
            return None;
        }
        let forecast = self.visit.overview.forecast(self.judged);
        let forecast = forecast.and_then(|f| {
            let (p50, p80) = (f.p50.day()?, f.p80.day()?);
            Some(SlipForecast {
                p50,
                p80,
                p50_label: format!("P50 {}", month_year(p50, self.lang())),
                p80_label: format!("P80 {}", month_year(p80, self.lang())),
            })
        });
        Some(SlipChart {
            finding: self.seen_finding(&steps),
            steps,
            baseline: dates.baseline.as_ref().map(|b| SlipBaseline {
                to: b.interval.hi,
                label: format!(
                    "{}, {}",
                    self.coarse(b),
                    self.w("the first promise", "la primera promesa")
                ),
            }),
            today: self.visit.as_of.today,
            slip_days: dates.slip.map(|(days, _)| days),
            growing: dates.standing == At::Overdue && !self.judged.done_undated,
            met: dates.actual.as_ref().map(|a| a.interval.hi),
            forecast,
        })
    }

    /// For those who don't see the picture: every step and the slip.
    fn seen_finding(&self, steps: &[SlipStep]) -> String {
        let told: Vec<String> = steps
            .iter()
            .map(|s| match self.lang() {
                Lang::Es => format!("{}, dicho el {}", s.text, day(s.stated, Lang::Es)),
                Lang::En => format!("{}, stated {}", s.text, day(s.stated, Lang::En)),
            })
            .collect();
        let slip = self
            .judged
            .dates
            .slip
            .map_or_else(String::new, |(d, _)| match self.lang() {
                Lang::Es => format!(" Corrimiento: {}.", days(d, Lang::Es)),
                Lang::En => format!(" Slip: {}.", days(d, Lang::En)),
            });
        format!("{}. {}.{slip}", self.name(), told.join("; "))
    }

    /// The chart as a file of its own; none where nothing dated was promised.
    fn chart_file(&self) -> Option<String> {
        let visit = self.visit;
        let chart = self.chart()?;
        let words = SlipFile {
            title: self.name(),
            finding: self.finding(),
            source: match visit.lang() {
                Lang::Es => format!("Declaraciones reunidas por {}", visit.origin()),
                Lang::En => format!("Statements compiled by {}", visit.origin()),
            },
            as_of: match visit.lang() {
                Lang::Es => format!("Al {}", day(visit.as_of.today, Lang::Es)),
                Lang::En => format!("As of {}", day(visit.as_of.today, Lang::En)),
            },
        };
        let frame = visit.frame(PublicPlace::Projects);
        Some(render_slip_svg(&frame, &chart, &words))
    }

    fn baseline(&self) -> Filter {
        let asked = self.visit.ask.here.value("baseline");
        Filter {
            name: "baseline".to_owned(),
            label: self.w("Held against", "Comparado con").to_owned(),
            options: vec![
                Choice::new(
                    "",
                    self.w("the first promise", "la primera promesa"),
                    asked != "contract",
                ),
                Choice::new(
                    "contract",
                    self.w("the contract promise", "la promesa del contrato"),
                    asked == "contract",
                ),
            ],
        }
    }

    fn forecast(&self) -> Forecast {
        let spanish = self.lang() == Lang::Es;
        let overview = &self.visit.overview;
        let told = |expected: Expected| match expected {
            Expected::Day(day) => month_year(day, self.lang()),
            Expected::BeyondRecord => self
                .w("beyond the record", "más allá de lo registrado")
                .to_owned(),
        };
        if self.judged.dates.actual.is_some() || self.judged.done_undated {
            return Forecast {
                basis: self
                    .w(
                        "It is completed: nothing is left to forecast.",
                        "Está terminado: no queda nada que pronosticar.",
                    )
                    .to_owned(),
                ..Forecast::default()
            };
        }
        let why_none = match overview.basis(self.judged) {
            _ if self.judged.promise.is_none() && spanish => {
                "Sin pronóstico: no hay una promesa fechada de la cual partir.".to_owned()
            }
            _ if self.judged.promise.is_none() => {
                "No forecast: there is no dated promise to start from.".to_owned()
            }
            Some(Err(none)) if spanish => format!(
                "Sin pronóstico: hay {} proyectos comparables en el registro, {} terminados; hacen falta 10 y 5. Solo se muestra la promesa.",
                none.n, none.finished
            ),
            Some(Err(none)) => format!(
                "No forecast: {} comparable projects on record, {} of them finished; it takes 10 and 5. Only the promise is shown.",
                none.n, none.finished
            ),
            _ if spanish => {
                "Sin pronóstico: la promesa ya había vencido cuando se hizo.".to_owned()
            }
            _ => "No forecast: the promise was already due when it was made.".to_owned(),
        };
        let Some(made) = overview.forecast(self.judged) else {
            return Forecast {
                basis: why_none,
                ..Forecast::default()
            };
        };
        let (drawn, drivers) = match self.drawn() {
            Some(found) => (found.told, found.drivers),
            None => (String::new(), Vec::new()),
        };
        let class = match overview.basis(self.judged) {
            Some(Ok(basis)) => basis.class.clone(),
            _ => None,
        };
        let of = match &class {
            Some(class) => self.visit.code("projectClass", class),
            None => self
                .w("all kinds together", "todos los tipos juntos")
                .to_owned(),
        };
        Forecast {
            p50: told(made.p50),
            p80: told(made.p80),
            basis: match spanish {
                true => format!(
                    "Por lo que hicieron {} promesas que llegaron tan lejos como esta ({of}), {} de ellas cumplidas. Tomadas de la prensa: la muestra está sesgada.",
                    made.n, made.finished
                ),
                false => format!(
                    "From what {} promises did that came as far as this one ({of}), {} of them finished. Taken from the news: the sample is biased.",
                    made.n, made.finished
                ),
            },
            drivers,
            drawn,
            record: self.record(),
        }
    }

    fn on_record(&self) -> Vec<(String, bool)> {
        Needed::ALL
            .into_iter()
            .map(|needed| {
                let words = match needed {
                    Needed::ResponsibleParty => {
                        self.w("responsible party with contact", "responsable con contacto")
                    }
                    Needed::Phase => self.w("phase", "fase"),
                    Needed::BaselineDate => self.w("first date", "primera fecha"),
                    Needed::CurrentDate => self.w("current date", "fecha vigente"),
                    Needed::Cost => self.w("cost with its kind", "costo con su tipo"),
                    Needed::FundingSource => self.w("source of the money", "origen del dinero"),
                    Needed::NextMilestone => self.w("next milestone", "siguiente hito"),
                    Needed::ChangeDocument => {
                        self.w("reason of the last change", "motivo del último cambio")
                    }
                    Needed::Progress => self.w("latest progress", "último avance"),
                };
                (words.to_owned(), self.judged.present.contains(&needed))
            })
            .collect()
    }

    fn provenance(&self) -> Provenance {
        let as_of = &self.visit.as_of;
        let told = self.subject.sources.values().filter(|s| {
            as_of.stated_by.is_none_or(|by| s.stated_on <= by)
                && as_of.recorded_by_ms.is_none_or(|by| s.logged_ms <= by)
        });
        let mut records: Vec<&str> = Vec::new();
        let mut newest = None;
        for source in told {
            newest = newest.max(Some(source.logged_ms));
            records.push(&source.id);
        }
        records.sort_unstable();
        records.dedup();
        let recorded = newest.and_then(day_of);
        // A day's end tells which records there were: with it the page can be made again.
        let version = recorded.map_or_else(
            || paths::project(&self.judged.id),
            |day| {
                crate::console::Address::new(paths::project(&self.judged.id))
                    .with("stated_by", self.visit.ask.here.value("stated_by"))
                    .with("recorded_by", day)
                    .to_string()
            },
        );
        let fact = |label: &str, value: String| Fact {
            label: label.to_owned(),
            value: Rich::text(value),
            ..Fact::default()
        };
        Provenance {
            version: Link::new(self.whole(&version), version),
            versions: Some(Link::new(
                self.w("All versions", "Todas las versiones"),
                self.under("versions"),
            )),
            digest: String::new(),
            facts: vec![
                fact(
                    self.w("Made of", "Hecha de"),
                    match self.lang() {
                        Lang::Es => format!("{} registros firmados", records.len()),
                        Lang::En => format!("{} signed records", records.len()),
                    },
                ),
                fact(
                    self.w("Newest recorded", "Lo más reciente, registrado"),
                    recorded.map_or_else(String::new, |d| day(d, self.lang())),
                ),
                fact(self.w("Method", "Método"), "1.0".to_owned()),
            ],
            check: Link::new(
                self.w("How it is computed", "Cómo se calcula"),
                paths::METHOD,
            ),
        }
    }

    fn in_force<'s, T>(
        &self,
        told: &'s [crate::site::register::Told<T>],
    ) -> impl Iterator<Item = &'s crate::site::register::Told<T>> {
        let as_of = &self.visit.as_of;
        in_force(told, as_of.stated_by, as_of.recorded_by_ms)
    }
}
