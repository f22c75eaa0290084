//! What somebody else showed: two notes of one log, both signed by it, of which only one can be true.

use std::sync::Arc;

use garita_tlog::{Checkpoint, CheckpointError};

use super::{Shown, Violation, isolate};
use crate::core::Core;
use crate::problem::{Fault, Refusal, RefusalKind};

/// Puts a peer apart for two notes whose signatures were checked; the proof is kept, as where it showed them itself.
///
/// # Errors
/// When the store is away.
pub(crate) async fn convict(
    core: &Arc<Core>,
    peer: &str,
    earlier: &str,
    later: &str,
    reason: String,
) -> Result<(), Refusal> {
    if core.histories.isolation(&core.network(), peer).is_some() {
        return Ok(());
    }
    let violation = Violation {
        earlier: shown(earlier)?,
        later: shown(later)?,
        reason,
    };
    let origin = violation.earlier.checkpoint.origin.clone();
    isolate(core, peer, &origin, violation).await
}

fn shown(note: &str) -> Result<Shown, Refusal> {
    let unreadable = |error: CheckpointError| {
        let text = error.to_string();
        Refusal::one(
            RefusalKind::Unavailable,
            Fault::whole("store-unreadable", text.clone(), text),
        )
    };
    Ok(Shown {
        note: note.to_owned(),
        checkpoint: Checkpoint::parse_note_unverified(note.as_bytes()).map_err(unreadable)?,
    })
}
