//! A stopped node's next log: what was written under the earlier one stays, nothing is written at its places again.

use std::sync::Arc;

use garita_credential::keys::SigningKey;
use garita_exchange::epoch;
use garita_exchange::governance::{LogContinues, Network};
use garita_exchange::signing::{LogSigner, LogVerifier};
use garita_node::config::NodeConfig;
use garita_node::{config, epochs};
use garita_store::{Commit, LogAppend, OutboxJump};
use garita_tlog::{Checkpoint, NoteVerifier as _, VerifierKey};

/// Why a log goes on, and with what.
pub(super) struct Next<'a> {
    /// The network's list, as new as it is known.
    pub(super) network: &'a Network,
    /// `restored`, `rekeyed`.
    pub(super) reason: &'a str,
    /// The largest checkpoint of the earlier log that anybody has shown.
    pub(super) seen: Option<String>,
    /// What each peer took of our deliveries, where that is more than is here.
    pub(super) jumps: Vec<OutboxJump>,
    /// The new log's key.
    pub(super) key: Arc<SigningKey>,
}

/// Opens the next log: the store first, then what asks for its place on the list, then the name. Done again, it does the same. Gives the log's new origin too.
///
/// # Errors
/// When something cannot be read or written.
pub(super) fn open(config: &NodeConfig, next: Next<'_>) -> Result<(LogContinues, String), String> {
    let (data, identity) = (&config.data, &config.identity);
    let listed = next.network.nodes.get(&identity.did);
    let listed = listed
        .and_then(|node| LogVerifier::parse(&node.log_key).ok())
        .ok_or("the network's list does not have this node: nobody knows its log yet, and there is nothing to continue")?;
    let epoch = epoch::next_epoch(next.network, &identity.did);
    let origin = epoch::next_origin(listed.origin(), epoch);
    let (mut writer, reader) =
        garita_store::open(data, &garita_store::Options::default()).map_err(|e| e.to_string())?;
    let head = reader.head().map_err(|e| e.to_string())?;
    let (size, root) = (head.frontier.size(), head.frontier.root());
    // What is here is the beginning of the listed log: said so under its key, where it is still here.
    let own = verifier(listed.origin(), &identity.log_key)?;
    let held = if size.get() == 0 || own.key_id() != listed.key_id() {
        None
    } else {
        let signer = LogSigner::new(listed.origin(), &identity.log_key);
        let note = Checkpoint::new(listed.origin(), size, root).sign(&signer);
        Some(note.map_err(|e| e.to_string())?)
    };
    let now_ms = config.file.clock.now_ms();
    let continues = LogContinues {
        epoch,
        seen: next.seen.or_else(|| held.clone()),
        held,
        reason: next.reason.to_owned(),
        at_ms: now_ms,
    };
    let log = if size.get() == 0 {
        None
    } else {
        let signer = LogSigner::new(&origin, &next.key);
        let note = Checkpoint::new(&origin, size, root).sign(&signer);
        Some(LogAppend {
            base: size,
            entries: Vec::new(),
            checkpoint: note.map_err(|e| e.to_string())?,
        })
    };
    writer
        .commit(&Commit {
            log,
            outbox_jumps: next.jumps,
            ..Commit::default()
        })
        .map_err(|e| e.to_string())?;
    epochs::write(data, &continues).map_err(|e| e.to_string())?;
    config::use_origin(data, &origin).map_err(|e| e.to_string())?;
    Ok((continues, origin))
}

/// Verifier of a log.
pub(super) fn verifier(origin: &str, key: &SigningKey) -> Result<LogVerifier, String> {
    let public = key.verification_key().ed25519_bytes();
    let key =
        VerifierKey::ed25519(origin, public.unwrap_or_default()).map_err(|e| e.to_string())?;
    LogVerifier::parse(&key.to_string()).map_err(|e| e.to_string())
}
