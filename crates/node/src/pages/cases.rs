//! Cases: found by a text, or listed by kind and state; the same list as CSV.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::HeaderMap;
use axum::response::Response;
use garita_exchange::problem::Refusal;
use garita_profile::line::CaseLine;
use garita_store::{CaseQuery, CaseView};
use serde::Deserialize;

use super::ask::{Ask, held, signed};
use super::needy;
use crate::api::cases::found;
use crate::console::{
    Address, CaseRow, CasesPage, Cell, Choice, Filter, Link, Place, Rich, TableHead, paths,
    render_cases, time,
};
use crate::server::App;

/// Rows of a page, as the language of the console has it.
const ROWS: usize = 50;
/// Cells of every row: kind, key, owner. What follows stands only where a row has it.
const OWN_CELLS: usize = 3;
/// Rows of a CSV.
const CSV_ROWS: usize = 5_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StateBrief {
    owner: Option<String>,
}

/// `GET /console/cases`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        Ok(ask.html(render_cases(&ask.frame(Place::Cases), &make(ask)?)))
    })
    .await
}

/// `GET /console/cases.csv`, with the same query.
pub(super) async fn csv(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    signed(app, headers, uri, |ask| {
        let mut text = String::from("kind,key,title,state,since,owner,reference,client\n");
        let mut views = Vec::new();
        if ask.here.value("q").trim().is_empty() {
            let mut cursor = None;
            loop {
                let (page, next) = listed(ask, &kind(ask), cursor, 500)?;
                views.extend(page);
                cursor = next;
                if cursor.is_none() || views.len() >= CSV_ROWS {
                    break;
                }
            }
        } else {
            views = searched(ask)?;
        }
        for view in views {
            let cells = [
                view.kind.clone(),
                view.key.clone(),
                view.title.clone(),
                view.shown.clone(),
                time::machine(view.since_ms, &ask.zone()),
                owner(ask, &view),
                line(&view).reference,
                needy::client(ask, &line(&view)),
            ];
            let line: Vec<String> = cells.iter().map(|c| crate::csv::quoted(c)).collect();
            text.push_str(&line.join(","));
            text.push('\n');
        }
        Ok(crate::csv::download("cases.csv", text))
    })
    .await
}

/// The kind asked for, else the first kind that a board shows, else any.
fn kind(ask: &Ask) -> String {
    let programs = &ask.app.core().programs;
    let asked = ask.here.value("kind");
    if programs.for_kind(asked).is_some() {
        return asked.to_owned();
    }
    programs
        .iter()
        .flat_map(|p| p.model().boards.values())
        .map(|b| b.rows.clone())
        .next()
        .or_else(|| {
            programs
                .iter()
                .flat_map(|p| p.model().kinds.keys().cloned())
                .next()
        })
        .unwrap_or_default()
}

fn listed(
    ask: &Ask,
    kind: &str,
    cursor: Option<String>,
    limit: usize,
) -> Result<(Vec<CaseView>, Option<String>), Refusal> {
    let state = ask.here.value("state");
    let page = held(
        ask.app.core().reader.cases(
            ask.party(),
            kind,
            &CaseQuery {
                shown: (!state.is_empty())
                    .then(|| state.to_owned())
                    .into_iter()
                    .collect(),
                limit,
                cursor,
                ..CaseQuery::default()
            },
        ),
    )?;
    Ok((page.items, page.next))
}

fn searched(ask: &Ask) -> Result<Vec<CaseView>, Refusal> {
    let core = ask.app.core();
    let mut views = Vec::new();
    for (_, _, case) in found(core, ask.party(), ask.here.value("q").trim(), None)? {
        views.extend(held(core.reader.case(ask.party(), &case.kind, &case.key))?);
    }
    // What is called so, or stands on a board, before what merely mentions it.
    let wanted = garita_store::normalise_term(ask.here.value("q").trim());
    let on_board = |kind: &str| {
        core.programs
            .iter()
            .flat_map(|p| p.model().boards.values())
            .any(|board| board.rows == kind)
    };
    views.sort_by_key(|view| {
        (
            garita_store::normalise_term(&view.title) != wanted,
            !on_board(&view.kind),
        )
    });
    Ok(views)
}

fn line(view: &CaseView) -> CaseLine {
    serde_json::from_str(&view.line).unwrap_or_default()
}

fn owner(ask: &Ask, view: &CaseView) -> String {
    let state: StateBrief = serde_json::from_str(&view.state).unwrap_or_default();
    state
        .owner
        .map_or_else(String::new, |did| ask.network.name_of(&did).to_owned())
}

fn make(ask: &Ask) -> Result<CasesPage, Refusal> {
    let core = ask.app.core();
    let query = ask.here.value("q").trim().to_owned();
    let here = &ask.here;
    let mut page = CasesPage {
        title: ask.lang.t("nav.cases").to_owned(),
        find_hint: ask
            .w(
                "Plate, number, seal: whole, its beginning or its end",
                "Placa, número, candado: entero, su inicio o su final",
            )
            .to_owned(),
        query: query.clone(),
        heads: vec![
            TableHead {
                label: ask.w("Kind", "Clase").to_owned(),
                ..TableHead::default()
            },
            TableHead {
                label: ask.w("Key", "Clave").to_owned(),
                ..TableHead::default()
            },
            TableHead {
                label: ask.w("Owner", "Titular").to_owned(),
                ..TableHead::default()
            },
            TableHead {
                label: ask.w("Own reference", "Referencia propia").to_owned(),
                ..TableHead::default()
            },
            TableHead {
                label: ask.w("For", "Para").to_owned(),
                ..TableHead::default()
            },
        ],
        first: 1,
        ..CasesPage::default()
    };
    let mut csv = Address::new("/console/cases.csv");
    csv.query = here.query.clone();
    page.csv = Some(csv.to_string());
    let views = if query.is_empty() {
        let kind = kind(ask);
        let cursor = Some(here.value("cursor").to_owned()).filter(|c| !c.is_empty());
        page.first = here.value("from").parse().unwrap_or(1);
        let counts = held(core.reader.case_counts(ask.party(), &kind))?;
        let state = here.value("state");
        page.total = counts
            .iter()
            .filter(|(s, _)| state.is_empty() || s == state)
            .map(|(_, n)| n)
            .sum();
        page.filters = filters(ask, &kind, &counts);
        let (views, next) = listed(ask, &kind, cursor.clone(), ROWS)?;
        page.next = next.map(|next| {
            here.with("cursor", next)
                .with("from", page.first + views.len() as u64)
                .to_string()
        });
        // Pages go forward by cursor; the way back is to the newest.
        page.previous = cursor.map(|_| here.with("cursor", "").with("from", "").to_string());
        page.json = Some(
            Address::new("/v1/cases")
                .with("kind", &kind)
                .with("state", state)
                .to_string(),
        );
        views
    } else {
        let views = searched(ask)?;
        page.total = views.len() as u64;
        page.json = Some(Address::new("/v1/search").with("q", &query).to_string());
        if views.is_empty() {
            page.nearest = nearest(ask, &query)?;
        }
        views
    };
    page.rows = views.iter().map(|view| row(ask, view)).collect();
    // Columns of which no row says anything are left out: who works for nobody else sees none.
    for at in (OWN_CELLS..page.heads.len()).rev() {
        let empty = |row: &CaseRow| row.cells.get(at).is_none_or(|c| c.text.is_empty());
        if page.rows.iter().all(empty) {
            page.heads.remove(at);
            for row in &mut page.rows {
                row.cells.remove(at);
            }
        }
    }
    Ok(page)
}

fn filters(ask: &Ask, now: &str, counts: &[(String, u64)]) -> Vec<Filter> {
    let programs: Vec<_> = ask.app.core().programs.newest().collect();
    let kinds = programs
        .iter()
        .flat_map(|p| {
            let say = ask.say(p);
            p.model()
                .kinds
                .keys()
                .map(|k| Choice::new(k, say.kind(k), k == now))
                .collect::<Vec<_>>()
        })
        .collect();
    let say = ask.app.core().programs.for_kind(now).map(|p| ask.say(&p));
    let state = ask.here.value("state");
    let mut states = vec![Choice::new(
        "",
        ask.w("All states", "Todos los estados"),
        state.is_empty(),
    )];
    for (name, count) in counts {
        let label = say
            .as_ref()
            .map_or_else(|| name.clone(), |s| s.state(Some(name)).label);
        states.push(Choice::new(
            name,
            format!("{label} ({count})"),
            name == state,
        ));
    }
    vec![
        Filter {
            name: "kind".into(),
            label: ask.w("Kind", "Clase").into(),
            options: kinds,
        },
        Filter {
            name: "state".into(),
            label: ask.lang.t("cases.state").into(),
            options: states,
        },
    ]
}

/// The nearest match of a text that finds nothing: by ever shorter beginnings.
fn nearest(ask: &Ask, query: &str) -> Result<Option<Link>, Refusal> {
    let signs: Vec<char> = query.chars().take(40).collect();
    for length in (3..signs.len()).rev().take(6) {
        let shorter: String = signs.iter().take(length).collect();
        let hits = found(ask.app.core(), ask.party(), &shorter, None)?;
        if let Some((_, value, case)) = hits.into_iter().next() {
            return Ok(Some(Link::new(value, paths::case(&case.kind, &case.key))));
        }
    }
    Ok(None)
}

fn row(ask: &Ask, view: &CaseView) -> CaseRow {
    let profile = ask.app.core().programs.for_kind(&view.kind);
    let say = profile.map(|p| ask.say(&p));
    let kind = say
        .as_ref()
        .map_or_else(|| view.kind.clone(), |s| s.kind(&view.kind));
    let shown = Some(view.shown.as_str()).filter(|s| *s != "unknown");
    let line = line(view);
    CaseRow {
        key: view.key.clone(),
        title: view.title.clone(),
        href: paths::case(&view.kind, &view.key),
        cells: vec![
            Cell {
                text: Rich::text(kind.clone()),
                number: false,
            },
            Cell {
                text: Rich::id(&view.key),
                number: false,
            },
            Cell {
                text: Rich::text(owner(ask, view)),
                number: false,
            },
            Cell {
                text: Rich::id(&line.reference),
                number: false,
            },
            Cell {
                text: Rich::text(needy::client(ask, &line)),
                number: false,
            },
        ],
        kind,
        marks: Vec::new(),
        state: say.as_ref().map(|s| s.state(shown)).unwrap_or_default(),
        since_ms: shown.map(|_| view.since_ms),
    }
}
