//! What every read of content has in common: who asks, by token, key or session, and then the work, off the async threads. And what
//! several routes read of a request, so that what is not understood is refused by all of them and passed over by none.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::HeaderMap;
use garita_exchange::core::Core;
use garita_exchange::encode;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};

use super::problem::Problem;
use crate::access::{self, Scope};
use crate::server::{App, blocking};
use crate::signed::Caller;

/// Items of a page, where nobody says.
const PAGE_SIZE: usize = 50;
/// Most items of a page.
const PAGE_SIZE_MAX: usize = 500;

/// Reads as the party that asks.
///
/// # Errors
/// 401 for nobody, 403 for a token without the scope `read`; what the work found; the store away.
pub(super) async fn reading<T: Send + 'static>(
    app: &App,
    caller: &Caller,
    work: impl FnOnce(&Arc<Core>, &str) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let core = Arc::clone(app.core());
    let caller = caller.clone();
    blocking(move || {
        let principal = access::principal(&core, &caller, Scope::Read)?;
        work(&core, &principal.party)
    })
    .await
}

/// Items of a page, as asked for.
///
/// # Errors
/// `parameter-malformed` where there are none or more than a page has.
pub(super) fn page_size(limit: Option<usize>) -> Result<usize, Problem> {
    match limit {
        None => Ok(PAGE_SIZE),
        Some(limit) if (1..=PAGE_SIZE_MAX).contains(&limit) => Ok(limit),
        Some(_) => Err(Problem::parameter(
            "limit",
            "`limit` is a number from 1 to 500",
            "`limit` es un número del 1 al 500",
        )),
    }
}

/// Longest Idempotency-Key.
const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;

/// The client's own name for a request. One that cannot be kept is refused: passed over, its repeat would file everything again.
///
/// # Errors
/// `header-malformed` where it is empty, too long, or holds anything but visible ASCII.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    value
        .to_str()
        .ok()
        .filter(|key| !key.is_empty() && key.len() <= IDEMPOTENCY_KEY_BYTES_MAX)
        .filter(|key| key.bytes().all(|byte| byte.is_ascii_graphic()))
        .map(|key| Some(key.to_owned()))
        .ok_or_else(|| {
            Problem::from(Refusal::one(
                RefusalKind::Malformed,
                Fault::at(
                    "header-malformed",
                    "Idempotency-Key",
                    "`Idempotency-Key` is 1 to 255 visible ASCII characters without blanks",
                    "`Idempotency-Key` es de 1 a 255 caracteres ASCII visibles, sin espacios",
                ),
            ))
        })
}

/// Members of a query by name.
///
/// # Errors
/// `parameter-malformed` where one is given twice: which of both is meant nobody knows.
pub(super) fn once_each(pairs: Vec<(String, String)>) -> Result<BTreeMap<String, String>, Problem> {
    let mut members = BTreeMap::new();
    for (name, value) in pairs {
        if members.contains_key(&name) {
            return Err(Problem::parameter(
                &name,
                &format!("`{name}` is given twice"),
                &format!("`{name}` viene dos veces"),
            ));
        }
        members.insert(name, value);
    }
    Ok(members)
}

/// Whether a document's records are filed: `submit`. What is neither true nor false is refused, lest its sender takes them for filed.
///
/// # Errors
/// `parameter-malformed`.
pub(super) fn submits(members: &BTreeMap<String, String>) -> Result<bool, Problem> {
    match members.get("submit").map(String::as_str) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::parameter(
            "submit",
            "`submit` is true or false",
            "`submit` es true o false",
        )),
    }
}

/// When what the records state happened: `occurred`.
///
/// # Errors
/// `parameter-malformed` where it is no date and time with zone.
pub(super) fn occurred(members: &BTreeMap<String, String>) -> Result<Option<&String>, Problem> {
    let occurred = members.get("occurred");
    if occurred.is_some_and(|text| encode::parse_instant_ms(text).is_none()) {
        return Err(Problem::parameter(
            "occurred",
            "`occurred` is a date and time with zone, as in 2026-11-24T15:00:00Z",
            "`occurred` es fecha y hora con zona, como 2026-11-24T15:00:00Z",
        ));
    }
    Ok(occurred)
}
