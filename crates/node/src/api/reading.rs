//! What every read of content has in common: who asks, by token, key or session, and then the work, off the async threads.

use std::sync::Arc;

use garita_exchange::core::Core;
use garita_exchange::problem::Refusal;

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

/// Lets in the operator, and whoever may read as a party.
///
/// # Errors
/// As [`reading`].
pub(super) async fn anybody_known(app: &App, caller: &Caller) -> Result<(), Refusal> {
    if app.is_admin(caller.headers()) {
        return Ok(());
    }
    reading(app, caller, |_, _| Ok(())).await
}
