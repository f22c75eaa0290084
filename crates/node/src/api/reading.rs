//! What every read of content has in common: who asks, by token, key or session, and then the work, off the async threads.

use std::sync::Arc;

use garita_exchange::core::Core;
use garita_exchange::problem::Refusal;

use crate::access::{self, Scope};
use crate::server::{App, blocking};
use crate::signed::Caller;

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
