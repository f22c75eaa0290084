//! The list of what is promised: found by words, side, state and phase; held against the first promise or the contract's; as of two days.

use std::sync::Arc;

use garita_exchange::problem::Refusal;
use garita_profile::promises::slip::{BaselineRule, Standing};
use garita_profile::promises::survival::linear_quantile;

use super::visit::{Answer, Visit};
use crate::console::public::{
    FeedKind, Figure, Paging, ProjectsPage, PublicFeed, PublicPlace, Search, days_short,
    render_projects,
};
use crate::console::{Choice, Filter, Link, grouped, paths};
use crate::site::judge::Judged;

/// Rows of a page.
const ROWS: usize = 50;

/// `GET /projects`.
pub(super) fn page(visit: &Visit) -> Result<Answer, Refusal> {
    let found = found(visit);
    let here = &visit.ask.here;
    let last = found.len().div_ceil(ROWS).max(1);
    let page: usize = here.value("page").parse().unwrap_or(1).clamp(1, last);
    let first = (page - 1).saturating_mul(ROWS).min(found.len());
    let shown = found.iter().skip(first).take(ROWS);
    let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let turn = |to: usize| {
        let to = if to == 1 {
            String::new()
        } else {
            to.to_string()
        };
        here.with("page", to).to_string()
    };
    let made = ProjectsPage {
        see_also: vec![
            Link::new(visit.w("What changed", "Qué cambió"), paths::CHANGES),
            Link::new(
                visit.w("Who must answer", "Quién debe responder"),
                paths::QUESTIONS,
            ),
            Link::new(
                visit.w(
                    "Added up by port, state, sponsor, phase",
                    "Sumados por puerto, estado, responsable, fase",
                ),
                paths::PORTFOLIO,
            ),
            Link::new(
                visit.w("Be told of changes", "Recibir avisos"),
                paths::FOLLOW,
            ),
        ],
        lede: lede(visit),
        figures: figures(visit),
        search: search(visit),
        heading: heading(visit),
        baseline: match visit.overview.rule {
            BaselineRule::ContractPromise => {
                visit.w("the contract promise", "la promesa del contrato")
            }
            _ => visit.w("the first promise", "la primera promesa"),
        }
        .to_owned(),
        rows: shown.map(|judged| visit.row(judged)).collect(),
        paging: Paging {
            first: number(first + 1),
            total: number(found.len()),
            previous: (page > 1).then(|| turn(page - 1)),
            next: (first + ROWS < found.len()).then(|| turn(page + 1)),
        },
        imported: number(visit.overview.all.len()),
        import_command:
            "garita scorecard import --url URL --token-file FILE projects.csv statements.csv"
                .to_owned(),
        how_to_import: Some(Link::new(
            visit.w("How to enter projects", "Cómo cargar proyectos"),
            paths::OPEN_DATA,
        )),
        downloads: downloads(visit),
    };
    let feeds = vec![PublicFeed {
        kind: FeedKind::Atom,
        link: Link::new(visit.w("Changes", "Cambios"), "/projects.atom"),
    }];
    let frame = visit.frame(PublicPlace::Projects);
    Ok(Answer::Page(render_projects(
        &frame,
        &visit.head(feeds),
        &made,
    )))
}

/// The things that the address asks for, in its order.
pub(super) fn found(visit: &Visit) -> Vec<Arc<Judged>> {
    let here = &visit.ask.here;
    let words = garita_store::normalise_term(here.value("q"));
    let members = visit.register.members(here.value("plan"));
    let wanted = |judged: &&Arc<Judged>| {
        let described = judged.described.as_ref();
        let is = |member: &str, own: &str| {
            let asked = here.value(member);
            asked.is_empty() || asked == own
        };
        is("phase", &judged.phase)
            && is("side", described.map_or("", |d| &d.side))
            && is("state", described.map_or("", |d| &d.state))
            && is("class", judged.class())
            && is("port", judged.place())
            && (here.value("plan").is_empty() || members.contains(judged.id.as_str()))
            && (words.is_empty() || haystack(judged).contains(&words))
    };
    let mut found: Vec<Arc<Judged>> = visit
        .overview
        .all
        .values()
        .filter(wanted)
        .cloned()
        .collect();
    let slip = |judged: &Judged| judged.dates.slip.map(|(days, _)| days);
    match here.value("sort") {
        "name" => found.sort_by_cached_key(|j| visit.name_of(j).to_lowercase()),
        "last" => found.sort_by_key(|j| std::cmp::Reverse(j.last_word)),
        "now" => found.sort_by_key(|j| {
            let due = j.dates.current.as_ref().map(|c| c.interval.hi);
            (due.is_none(), due)
        }),
        // The largest slip first; then what lost its date, then what nobody ever dated.
        _ => found.sort_by_key(|j| {
            let rank = match (slip(j), j.dates.standing) {
                (Some(_), _) => 0,
                (None, Standing::NoCurrentDate) => 1,
                _ => 2,
            };
            (rank, std::cmp::Reverse(slip(j)), j.id.clone())
        }),
    }
    found
}

/// What a thing is found by.
fn haystack(judged: &Judged) -> String {
    let mut text = judged.id.clone();
    if let Some(d) = &judged.described {
        for part in d.names.iter().chain([&d.place, &d.kind]).chain(&d.sponsors) {
            text.push(' ');
            text.push_str(part);
        }
    }
    garita_store::normalise_term(&text)
}

fn lede(visit: &Visit) -> String {
    let things = visit.overview.figures().things;
    let sets = visit.overview.all.len() - things;
    let things = grouped(u64::try_from(things).unwrap_or(0));
    match visit.lang() {
        crate::console::Lang::Es => format!(
            "{things} proyectos y {sets} programas a ambos lados de la frontera. Cada fecha se conserva con el día en que se dijo, para que una promesa pueda compararse con la anterior."
        ),
        crate::console::Lang::En => format!(
            "{things} projects and {sets} programmes on both sides of the border. Every date is kept with the day it was stated, so a promise can be held against the one before."
        ),
    }
}

fn figures(visit: &Visit) -> Vec<Figure> {
    let all = visit.overview.figures();
    let of = |n: usize, m: usize| match visit.lang() {
        crate::console::Lang::Es => format!("{n} de {m}"),
        crate::console::Lang::En => format!("{n} of {m}"),
    };
    let ratio = all
        .median_ratio
        .map_or("–".to_owned(), |r| format!("{r:.2}×"));
    let (due, in_time) = super::project::answered(visit);
    vec![
        Figure::new(
            of(all.moved_later, all.promised_again),
            visit.w(
                "projects with two or more dated promises moved later",
                "proyectos con dos o más promesas fechadas se movieron a más tarde",
            ),
        ),
        Figure::new(
            ratio,
            match visit.lang() {
                crate::console::Lang::Es => format!(
                    "mediana del tiempo tomado frente a la primera promesa ({} proyectos, tomados de la prensa: no es una verdad general)",
                    all.ratios
                ),
                crate::console::Lang::En => format!(
                    "median time taken against first promise ({} projects from the news, no general truth)",
                    all.ratios
                ),
            },
        ),
        Figure::new(
            of(all.silent, all.building),
            visit.w(
                "projects being built, no word for more than 92 days",
                "proyectos en construcción, sin noticias en más de 92 días",
            ),
        ),
        Figure::new(
            of(all.hits.by_baseline.met, all.hits.by_baseline.n),
            match visit.lang() {
                crate::console::Lang::Es => format!(
                    "proyectos listos a más tardar el día prometido primero, de los ya vencidos; en la fecha que regía 90 días antes: {}",
                    of(all.hits.by_late_target.met, all.hits.by_late_target.n)
                ),
                crate::console::Lang::En => format!(
                    "projects done by the day first promised, of those due by now; by the date that stood 90 days before: {}",
                    of(all.hits.by_late_target.met, all.hits.by_late_target.n)
                ),
            },
        ),
        Figure::new(
            of(in_time, due),
            visit.w(
                "questions answered within 10 working days, of those that are due",
                "preguntas respondidas en 10 días hábiles, de las ya vencidas",
            ),
        ),
    ]
}

/// The form that finds and filters. Only what is there can be chosen.
pub(super) fn search(visit: &Visit) -> Search {
    let here = &visit.ask.here;
    let filter = |name: &str, label: &str, every: &str, member: &str, values: Vec<String>| {
        let asked = here.value(name);
        let mut values: Vec<(String, String)> = values
            .into_iter()
            .filter(|v| !v.is_empty())
            .map(|v| (visit.code(member, &v), v))
            .collect();
        values.sort();
        values.dedup();
        let mut options = vec![Choice::new("", every, asked.is_empty())];
        options.extend(values.into_iter().map(|(label, v)| {
            let chosen = v == asked;
            Choice::new(v, label, chosen)
        }));
        Filter {
            name: name.to_owned(),
            label: label.to_owned(),
            options,
        }
    };
    let all = || visit.overview.all.values();
    let described = |part: fn(&crate::site::register::Described) -> &String| {
        let parts = all().filter_map(|j| j.described.as_ref());
        parts.map(|d| part(d).clone()).collect::<Vec<_>>()
    };
    let choice = |name: &str, label: &str, values: &[(&str, &str)]| {
        let asked = here.value(name);
        let known = values.iter().any(|(v, _)| *v == asked);
        Filter {
            name: name.to_owned(),
            label: label.to_owned(),
            options: values
                .iter()
                .map(|(v, words)| Choice::new(*v, *words, *v == asked || (v.is_empty() && !known)))
                .collect(),
        }
    };
    Search {
        action: paths::PROJECTS.to_owned(),
        query: here.value("q").to_owned(),
        filters: vec![
            filter(
                "state",
                visit.w("State", "Entidad"),
                visit.w("Both countries", "Ambos países"),
                "state",
                described(|d| &d.state),
            ),
            filter(
                "phase",
                visit.w("Phase", "Fase"),
                visit.w("All phases", "Todas las fases"),
                "phase",
                all().map(|j| j.phase.clone()).collect(),
            ),
            choice(
                "baseline",
                visit.w("Held against", "Comparado con"),
                &[
                    (
                        "",
                        visit.w(
                            "Held against the first promise",
                            "Frente a la primera promesa",
                        ),
                    ),
                    (
                        "contract",
                        visit.w(
                            "Held against the contract promise",
                            "Frente a la promesa del contrato",
                        ),
                    ),
                ],
            ),
            choice(
                "sort",
                visit.w("Order", "Orden"),
                &[
                    (
                        "",
                        visit.w("Largest slip first", "Mayor corrimiento primero"),
                    ),
                    (
                        "now",
                        visit.w("Soonest promise first", "Promesa más próxima primero"),
                    ),
                    (
                        "last",
                        visit.w("Latest word first", "Última noticia primero"),
                    ),
                    ("name", visit.w("By name", "Por nombre")),
                ],
            ),
        ],
        as_of: visit.clocks(),
        hidden: Vec::new(),
        clear: paths::PROJECTS.to_owned(),
    }
}

fn heading(visit: &Visit) -> String {
    match visit.ask.here.value("sort") {
        "now" => visit.w("Soonest promise first", "Promesa más próxima primero"),
        "last" => visit.w("Latest word first", "Última noticia primero"),
        "name" => visit.w("By name", "Por nombre"),
        _ => visit.w("Largest slip first", "Mayor corrimiento primero"),
    }
    .to_owned()
}

/// The same rows as data: the filters stay in the address.
fn downloads(visit: &Visit) -> Vec<Link> {
    let to = |path: &str| {
        let mut address = visit.ask.here.clone();
        path.clone_into(&mut address.path);
        address.with("page", "").to_string()
    };
    vec![
        Link::new("CSV", to("/projects.csv")),
        Link::new("JSON (OC4IDS)", to("/projects.json")),
        Link::new("Atom", "/projects.atom"),
        Link::new("iCalendar", "/projects.ics"),
    ]
}

/// `1,827 d`, for other pages' figures.
pub(super) fn median_slip(slips: &mut [i64]) -> Option<String> {
    slips.sort_unstable();
    let values: Vec<f64> = slips.iter().map(|d| *d as f64).collect();
    let median = linear_quantile(&values, 0.5)?;
    Some(days_short(median.round() as i64))
}
