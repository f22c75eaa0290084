//! A clock that runs out moves no record, and yet boards and lists show it: cases whose next instant has come are folded anew, a few at
//! a time, while the node works.

use std::sync::Arc;
use std::time::Duration;

use garita_profile::case::CaseRef;

use crate::core::Core;
use crate::problem::Refusal;
use crate::project::Seen;
use crate::sequence::store_refusal;

/// Cases in one transaction: some milliseconds in which nobody else is written.
const CASES: usize = 64;
/// How often it is looked. Clocks count minutes at least; a quarter of one is soon enough, and cheap: one look into an index.
const EVERY: Duration = Duration::from_secs(15);
/// How often in real time where the node's clock runs faster, as in the demonstration.
const EVERY_LEAST: Duration = Duration::from_secs(1);

/// Looks again and again, until the node stops.
pub(crate) async fn run(core: &Core) {
    let every = EVERY
        .div_f64(core.clock.speed().clamp(1.0, 1e6))
        .max(EVERY_LEAST);
    loop {
        tokio::time::sleep(every).await;
        if let Err(refusal) = once(core).await {
            tracing::warn!(%refusal, "cases that fell due could not be folded anew; the next look begins again");
        }
    }
}

/// Folds anew what fell due by now; how many cases that were.
///
/// # Errors
/// When the store is away or the node too busy.
pub async fn once(core: &Core) -> Result<u64, Refusal> {
    let now_ms = core.clock.now_ms();
    let mut done = 0;
    let mut first: Option<Seen> = None;
    loop {
        let due: Vec<Seen> = core
            .reader
            .node_due_cases(now_ms, CASES)
            .map_err(|e| store_refusal(&e))?
            .into_iter()
            .map(|(party, kind, key)| (Arc::from(party), CaseRef { kind, key }))
            .collect();
        // A case of a program that is not here any more stays as it was: it must not keep the others waiting, nor this loop going.
        if due.is_empty() || due.first() == first.as_ref() {
            return Ok(done);
        }
        first = due.first().cloned();
        done += u64::try_from(due.len()).unwrap_or(0);
        let last = due.len() < CASES;
        core.sequencer.refresh(due).await?;
        if last {
            return Ok(done);
        }
    }
}
