//! The lists that the standard has beside events: types, objects, steps, places, dispositions, each with its events.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{OriginalUri, Path, Query as Members, State};
use axum::response::Response;
use garita_exchange::core::Core;
use garita_exchange::sequence::store_refusal;
use garita_formats::epcis::answer::collection;
use garita_formats::epcis::query;
use garita_formats::epcis::vocabulary as words;
use garita_tlog::LeafIndex;
use serde_json::{Value, json};

use super::ask::{self, Page, Question, Token};
use super::events::{one_parameter, reading};
use super::exception::{Exception, Kind};
use super::{encoded, headers, json, told};
use crate::access::{self, Scope};
use crate::server::App;
use crate::signed::Caller;

/// Records looked at for one list.
const LOOKED_AT_MAX: usize = 50_000;
const READ: usize = 500;

/// One of the lists.
#[derive(Debug, Clone, Copy)]
struct List {
    /// Its name in addresses.
    name: &'static str,
    /// The parameter by which its events are asked for.
    parameter: &'static str,
    /// What the standard has whether or not an event names it.
    standard: &'static [&'static str],
    /// Where events name it.
    paths: &'static [&'static [&'static str]],
}

const LISTS: &[List] = &[
    List {
        name: "eventTypes",
        parameter: "eventType",
        standard: words::EVENT_TYPES,
        paths: &[&["type"]],
    },
    List {
        name: "epcs",
        parameter: "MATCH_anyEPC",
        standard: &[],
        paths: &[
            &["epcList"],
            &["childEPCs"],
            &["parentID"],
            &["inputEPCList"],
            &["outputEPCList"],
        ],
    },
    List {
        name: "bizSteps",
        parameter: "EQ_bizStep",
        standard: words::BIZ_STEPS,
        paths: &[&["bizStep"]],
    },
    List {
        name: "bizLocations",
        parameter: "EQ_bizLocation",
        standard: &[],
        paths: &[&["bizLocation", "id"]],
    },
    List {
        name: "readPoints",
        parameter: "EQ_readPoint",
        standard: &[],
        paths: &[&["readPoint", "id"]],
    },
    List {
        name: "dispositions",
        parameter: "EQ_disposition",
        standard: words::DISPOSITIONS,
        paths: &[&["disposition"]],
    },
];

/// Names of the lists.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    LISTS.iter().map(|list| list.name)
}

/// `GET /`: what there is.
pub(super) async fn top(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Response, Exception> {
    reading(&app, &caller, |_, _| {
        let names = names().chain(["events", "capture", "queries"]);
        Ok(json(collection(names.map(str::to_owned)).to_string()))
    })
    .await
}

/// The list that an address is about.
fn of_address(address: &OriginalUri) -> Result<List, Exception> {
    let path = address.path();
    let rest = path.strip_prefix(super::BASE).unwrap_or(path);
    let name = rest.trim_start_matches('/').split('/').next().unwrap_or("");
    LISTS
        .iter()
        .find(|list| list.name == name)
        .copied()
        .ok_or_else(Exception::nothing)
}

/// `GET /bizSteps` and its like.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    address: OriginalUri,
    caller: Caller,
    Members(pairs): Members<Vec<(String, String)>>,
) -> Result<Response, Exception> {
    let list = of_address(&address)?;
    reading(&app, &caller, move |core, party| {
        let page = Page::read(&pairs)?;
        let all = members(core, party, list)?;
        let begin = page
            .token
            .and_then(|token| usize::try_from(token.after).ok())
            .unwrap_or(0);
        let end = begin.saturating_add(page.per_page);
        let shown: Vec<String> = all.iter().take(end).skip(begin).cloned().collect();
        let mut response = json(collection(shown).to_string());
        if end < all.len() {
            let token = Token {
                up_to: 0,
                after: u64::try_from(end).unwrap_or(u64::MAX),
            };
            let path = format!("/{}", list.name);
            ask::linked(response.headers_mut(), &path, &pairs, &token.text());
        }
        Ok(response)
    })
    .await
}

/// `GET /bizSteps/{value}`: that there are events below.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    address: OriginalUri,
    caller: Caller,
    Path(value): Path<String>,
) -> Result<Response, Exception> {
    let list = of_address(&address)?;
    reading(&app, &caller, move |core, party| {
        if !list.standard.contains(&value.as_str()) && !members(core, party, list)?.contains(&value)
        {
            return Err(Exception::nothing());
        }
        Ok(json(collection(["events".to_owned()]).to_string()))
    })
    .await
}

/// `GET /bizSteps/{value}/events`.
pub(super) async fn events(
    State(app): State<Arc<App>>,
    address: OriginalUri,
    caller: Caller,
    Path(value): Path<String>,
    Members(pairs): Members<Vec<(String, String)>>,
) -> Result<Response, Exception> {
    let list = of_address(&address)?;
    // Who may ask comes before what is asked.
    let core = Arc::clone(app.core());
    access::principal(&core, &caller, Scope::Read)?;
    let known = headers::extensions(caller.headers());
    reading(&app, &caller, move |core, party| {
        let asked = query::from_pairs(ask::parameters(&pairs), &known).map_err(Exception::query)?;
        let below = one_parameter(list.parameter, json!([value]), &known)
            .map_err(|_| Exception::nothing())?;
        let question = Question {
            queries: vec![asked, below],
            name: None,
            page: Page::read(&pairs)?,
        };
        let found = ask::ask(core, party, &question)?;
        let path = format!("/{}/{}/events", list.name, encoded(&value));
        Ok(ask::answered(core, &question, &found, &path, &pairs))
    })
    .await
}

/// What the party's events name, with the standard's own, sorted.
fn members(core: &Core, party: &str, list: List) -> Result<Vec<String>, Exception> {
    let mut found: BTreeSet<String> = list
        .standard
        .iter()
        .map(|word| (*word).to_owned())
        .collect();
    let head = core.reader.head().map_err(|e| store_refusal(&e))?;
    let Some(up_to) = head.frontier.size().last() else {
        return Ok(found.into_iter().collect());
    };
    let types = told::types(core);
    let types: Vec<&str> = types.iter().map(String::as_str).collect();
    let (mut after, mut looked_at) = (0, 0);
    loop {
        let records = core
            .reader
            .records_of(party, &types, after, LeafIndex::new(up_to.get()), READ)
            .map_err(|e| store_refusal(&e))?;
        let Some(last) = records.last() else {
            return Ok(found.into_iter().collect());
        };
        after = last.number;
        looked_at += records.len();
        for event in records
            .iter()
            .filter_map(|held| told::told(core, party, held))
        {
            for path in list.paths {
                named(&event.event, path, &mut |text| {
                    let full = event.namespaces.expand(text);
                    // A word with a prefix is told in full: the reader need not know the event's prefixes.
                    let known = list.standard.contains(&text);
                    found.insert(if known { text.to_owned() } else { full });
                });
            }
        }
        if looked_at > LOOKED_AT_MAX {
            return Err(Exception::at(
                Kind::QueryTooComplex,
                "query-too-complex",
                "",
                "more than 50000 records would have to be looked at; ask for events instead",
                "habría que revisar más de 50000 registros; pida eventos",
            ));
        }
    }
}

fn named(value: &Value, path: &[&str], found: &mut dyn FnMut(&str)) {
    match (value, path.split_first()) {
        (Value::Array(items), _) => {
            for item in items {
                named(item, path, found);
            }
        }
        (Value::String(text), None) => found(text),
        (_, Some((name, rest))) => {
            if let Some(inner) = value.get(*name) {
                named(inner, rest, found);
            }
        }
        (_, None) => {}
    }
}
