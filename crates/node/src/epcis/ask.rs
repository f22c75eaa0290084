//! A query over what a party holds, page by page: all pages of one question look at the log of one instant.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use garita_exchange::clock::real_now_ms;
use garita_exchange::core::Core;
use garita_exchange::encode;
use garita_exchange::sequence::store_refusal;
use garita_formats::epcis::answer::{self, Heading, Outgoing};
use garita_formats::epcis::query::{Query, SortKey};
use garita_tlog::LeafIndex;

use super::events::reading;
use super::exception::{Exception, Kind};
use super::told::{self, Told};
use super::{BASE, encoded, json, now};
use crate::server::App;
use crate::signed::Caller;

/// Events of a page where nothing is said.
const PER_PAGE: usize = 30;
/// Most events of a page.
const PER_PAGE_MAX: usize = 1_000;
/// A page ends early when it is this large.
const PAGE_BYTES_MAX: usize = 8 << 20;
/// Records looked at for one question; who holds more asks by time, type or object.
const LOOKED_AT_MAX: usize = 200_000;
/// Records read at once.
const READ: usize = 500;
/// Events kept to be sorted, in bytes of their texts.
const SORTED_BYTES_MAX: usize = 64 << 20;
/// How long the token of a next page counts.
const TOKEN_MS: i64 = 24 * 3_600_000;
/// Name of a query that has none, as the standard calls it.
const SIMPLE: &str = "SimpleEventQuery";

/// Members of an address that steer the answer, and are no parameters of the query.
const STEERING: &[&str] = &["perPage", "nextPageToken"];

/// A question.
#[derive(Debug, Clone)]
pub(super) struct Question {
    /// All of these must take an event; the first orders and counts.
    pub(super) queries: Vec<Query>,
    /// Name of the query, for the answer.
    pub(super) name: Option<String>,
    pub(super) page: Page,
}

/// Which page, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) per_page: usize,
    pub(super) token: Option<Token>,
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// Entry of the log up to which all pages look.
    pub(super) up_to: u64,
    /// What comes before: a record's number, or how many events in the order asked for.
    pub(super) after: u64,
}

impl Page {
    /// From the members of an address.
    pub(super) fn read(pairs: &[(String, String)]) -> Result<Page, Exception> {
        let value = |name: &str| {
            pairs
                .iter()
                .find(|(found, _)| found == name)
                .map(|(_, value)| value.as_str())
        };
        let per_page = match value("perPage") {
            None => PER_PAGE,
            Some(text) => match text.parse::<usize>() {
                Ok(number) if number > 0 => number.min(PER_PAGE_MAX),
                _ => {
                    return Err(Exception::at(
                        Kind::QueryParameter,
                        "parameter-value",
                        "perPage",
                        "`perPage` is a whole number above zero",
                        "`perPage` es un número entero mayor que cero",
                    ));
                }
            },
        };
        let token = value("nextPageToken").map(Token::read).transpose()?;
        Ok(Page { per_page, token })
    }
}

impl Token {
    fn read(text: &str) -> Result<Token, Exception> {
        let wrong = || {
            Exception::at(
                Kind::QueryParameter,
                "token-unknown",
                "nextPageToken",
                "this token is none of ours, or its time is over; ask from the first page",
                "esta ficha de página no es nuestra o ya venció; pida desde la primera página",
            )
        };
        let parts: Vec<u64> = encode::from_base64url(text)
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .map(|text| {
                text.split('.')
                    .filter_map(|part| part.parse().ok())
                    .collect()
            })
            .unwrap_or_default();
        match parts.as_slice() {
            [expires, up_to, after]
                if i64::try_from(*expires).is_ok_and(|at| at > real_now_ms())
                    && i64::try_from(*up_to).is_ok()
                    && i64::try_from(*after).is_ok() =>
            {
                Ok(Token {
                    up_to: *up_to,
                    after: *after,
                })
            }
            _ => Err(wrong()),
        }
    }

    /// The token as text, with when it ends.
    pub(super) fn text(self) -> (String, i64) {
        let expires = real_now_ms() + TOKEN_MS;
        let text = format!("{expires}.{}.{}", self.up_to, self.after);
        (encode::base64url(text.as_bytes()), expires)
    }
}

/// What a question found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) events: Vec<Outgoing>,
    pub(super) next: Option<Token>,
}

/// Asks. Blocks.
pub(super) fn ask(core: &Core, party: &str, question: &Question) -> Result<Found, Exception> {
    let ordered = question
        .queries
        .first()
        .is_some_and(|query| query.is_ordered() || query.count_max.is_some());
    let Some(up_to) = bound(core, question.page.token)? else {
        return Ok(Found::default());
    };
    if ordered {
        sorted(core, party, question, up_to)
    } else {
        in_order(core, party, question, up_to)
    }
}

/// The last entry that is looked at: that of the token, or of the log now; none in an empty log.
fn bound(core: &Core, token: Option<Token>) -> Result<Option<u64>, Exception> {
    if let Some(token) = token {
        return Ok(Some(token.up_to));
    }
    let head = core.reader.head().map_err(|e| store_refusal(&e))?;
    Ok(head.frontier.size().last().map(LeafIndex::get))
}

/// The page in the order of arrival: nothing is read beyond it.
fn in_order(core: &Core, party: &str, question: &Question, up_to: u64) -> Result<Found, Exception> {
    let mut found = Found::default();
    let mut bytes = 0;
    let mut last = question.page.token.map_or(0, |token| token.after);
    each(core, party, question, last, up_to, |number, event| {
        if found.events.len() == question.page.per_page
            || (bytes > PAGE_BYTES_MAX && !found.events.is_empty())
        {
            found.next = Some(Token { up_to, after: last });
            return Ok(false);
        }
        bytes += event.outgoing.text.len();
        found.events.push(event.outgoing);
        last = number;
        Ok(true)
    })?;
    Ok(found)
}

/// All that fits, sorted, of which the page is a part.
fn sorted(core: &Core, party: &str, question: &Question, up_to: u64) -> Result<Found, Exception> {
    let Some(query) = question.queries.first() else {
        return Ok(Found::default());
    };
    let mut all: Vec<(SortKey, u64, Outgoing)> = Vec::new();
    let mut kept = 0;
    each(core, party, question, 0, up_to, |number, event| {
        kept += event.outgoing.text.len();
        if kept > SORTED_BYTES_MAX {
            return Err(Exception::at(
                Kind::QueryTooLarge,
                "query-too-large",
                "orderBy",
                "the query finds more than can be sorted; ask for less, or without an order",
                "la consulta encuentra más de lo que se puede ordenar; pida menos, o sin orden",
            ));
        }
        all.push((query.sort_key(&event.seen()), number, event.outgoing));
        match query.count_max {
            Some(most) if all.len() > most => Err(Exception::at(
                Kind::QueryTooLarge,
                "query-too-large",
                "maxEventCount",
                "the query finds more events than `maxEventCount`",
                "la consulta encuentra más eventos que `maxEventCount`",
            )),
            _ => Ok(true),
        }
    })?;
    if query.is_ordered() {
        all.sort_by(|(a, a_number, _), (b, b_number, _)| {
            // Events without the value come last, whichever way the others go.
            let order = match (a, b) {
                (SortKey::None, _) | (_, SortKey::None) => a.compare(b),
                _ if query.is_descending() => b.compare(a),
                _ => a.compare(b),
            };
            order.then(a_number.cmp(b_number))
        });
    }
    if let Some(most) = query.count_limit {
        all.truncate(most);
    }
    let total = all.len();
    let begin = question
        .page
        .token
        .and_then(|token| usize::try_from(token.after).ok())
        .unwrap_or(0);
    let mut found = Found::default();
    let mut bytes = 0;
    for (_, _, event) in all.into_iter().skip(begin) {
        if found.events.len() == question.page.per_page
            || (bytes > PAGE_BYTES_MAX && !found.events.is_empty())
        {
            break;
        }
        bytes += event.text.len();
        found.events.push(event);
    }
    let end = begin.saturating_add(found.events.len());
    found.next = (end < total).then(|| Token {
        up_to,
        after: u64::try_from(end).unwrap_or(u64::MAX),
    });
    Ok(found)
}

/// Each event that all queries take, in order of arrival, until `one` says that it is enough.
fn each(
    core: &Core,
    party: &str,
    question: &Question,
    after: u64,
    up_to: u64,
    mut one: impl FnMut(u64, Told) -> Result<bool, Exception>,
) -> Result<(), Exception> {
    let types = told::types(core);
    let types: Vec<&str> = types.iter().map(String::as_str).collect();
    let (mut after, mut looked_at) = (after, 0);
    loop {
        let records = core
            .reader
            .records_of(party, &types, after, LeafIndex::new(up_to), READ)
            .map_err(|e| store_refusal(&e))?;
        let Some(last) = records.last() else {
            return Ok(());
        };
        after = last.number;
        looked_at += records.len();
        for held in &records {
            let Some(event) = told::told(core, party, held) else {
                continue;
            };
            if question
                .queries
                .iter()
                .all(|query| query.takes(&event.seen()))
                && !one(held.number, event)?
            {
                return Ok(());
            }
        }
        if looked_at > LOOKED_AT_MAX {
            return Err(Exception::at(
                Kind::QueryTooComplex,
                "query-too-complex",
                "",
                "more than 200000 records would have to be looked at; ask by pages without an order",
                "habría que revisar más de 200000 registros; pida por páginas sin orden",
            ));
        }
    }
}

/// The answer, with the address of the next page.
pub(super) fn answered(
    core: &Arc<Core>,
    question: &Question,
    found: &Found,
    path: &str,
    pairs: &[(String, String)],
) -> Response {
    let created = now(core);
    let heading = Heading {
        query: question.name.as_deref().unwrap_or(SIMPLE),
        subscription: None,
        created: &created,
    };
    let mut response = json(answer::document(&heading, &found.events));
    if let Some(token) = found.next {
        linked(response.headers_mut(), path, pairs, &token.text());
    }
    response
}

/// Says where the next page is, and how long.
pub(super) fn linked(
    head: &mut HeaderMap,
    path: &str,
    pairs: &[(String, String)],
    (token, expires): &(String, i64),
) {
    let mut address = format!("{BASE}{path}?");
    for (name, value) in pairs.iter().filter(|(name, _)| name != "nextPageToken") {
        address.push_str(&format!("{}={}&", encoded(name), encoded(value)));
    }
    address.push_str(&format!("nextPageToken={token}"));
    for (name, value) in [
        ("link", format!("<{address}>; rel=\"next\"")),
        (
            "gs1-next-page-token-expires",
            encode::instant_text(*expires),
        ),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            head.insert(HeaderName::from_static(name), value);
        }
    }
}

/// The members of an address that are parameters of the query.
pub(super) fn parameters(pairs: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    pairs
        .iter()
        .filter(|(name, _)| !STEERING.contains(&name.as_str()))
        .map(|(name, value)| (name.as_str(), value.as_str()))
}

/// `DELETE /nextPageToken/{token}`: nothing is kept for a token.
pub(super) async fn release(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(token): Path<String>,
) -> Result<StatusCode, Exception> {
    reading(&app, &caller, move |_, _| {
        Token::read(&token)
            .map(|_| StatusCode::NO_CONTENT)
            .map_err(|_| Exception::nothing())
    })
    .await
}
