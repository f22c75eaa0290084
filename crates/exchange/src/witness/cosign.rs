//! What a node does as a witness (C2SP tlog-witness): it cosigns a checkpoint of another node's log that continues the last one it
//! cosigned, and no other, ever.
//!
//! INVARIANT (one history): of each log, what is cosigned is a line of trees each of which holds the one before. The last one is on disk
//! before its cosignature is told, and is replaced only where it still is what the new one was checked against: the store refuses the
//! second of two that were checked against the same ([`garita_store::Commit::meta_expected`]).
//!
//! A crash before the commit leaves nothing, and nobody has the cosignature. A crash after it leaves a checkpoint cosigned that nobody
//! was told of: the log asks again, is told the size, and goes on from there or gets the same line.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use garita_tlog::{
    AddCheckpoint, AddCheckpointError, Checkpoint, CosignRefused, Cosigned, NOTE_BYTES_MAX, Note,
    NoteSignature, NoteVerifier, TreeSize,
};
use sha2::{Digest as _, Sha256};

use crate::client::Client;
use crate::clock::real_now_ms;
use crate::core::{Core, WitnessIdentity};
use crate::governance::{Network, NodeEntry};
use crate::history::convict;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::sequence::store_refusal;
use crate::signing::LogVerifier;
use crate::submit::blocking;
use crate::witness::WitnessSigner;

/// Before the origin of a log: the note that was cosigned last.
const META: &str = "witness:";
/// Checkpoints of one log cosigned in a minute: ten times the rhythm. Each costs a commit.
const COSIGNED_A_MINUTE: u32 = 600;
const MINUTE_MS: i64 = 60_000;
/// Another request of the same log may come between reading and writing so often.
const TRIES: usize = 4;

/// What a witness answers, but for refusals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200: its signature lines.
    Cosigned(String),
    /// 409: the size that it cosigned last.
    OtherSize(TreeSize),
}

/// How often each log was cosigned lately, by origin: those of the network's list alone.
#[derive(Debug, Default)]
pub(crate) struct Cosigning {
    counts: Mutex<BTreeMap<String, (i64, u32)>>,
}

impl Cosigning {
    fn allows(&self, origin: &str, now_ms: i64) -> bool {
        let Ok(mut counts) = self.counts.lock() else {
            return false;
        };
        let (from_ms, count) = counts.entry(origin.to_owned()).or_insert((now_ms, 0));
        if now_ms.saturating_sub(*from_ms) >= MINUTE_MS {
            (*from_ms, *count) = (now_ms, 0);
        }
        *count = count.saturating_add(1);
        *count <= COSIGNED_A_MINUTE
    }
}

/// Judges a request, and cosigns.
///
/// # Errors
/// 400 where it cannot be read, 404 where its log is none of the network's other nodes' or this node is no witness, 403 where the log
/// did not sign it or has two histories, 422 where it does not continue what was cosigned; that the store is away.
pub async fn add_checkpoint(core: &Arc<Core>, body: &[u8]) -> Result<Answer, Refusal> {
    let Some(witness) = &core.identity.witness else {
        return Err(not_witnessed_here());
    };
    let request = AddCheckpoint::parse(body).map_err(|e| malformed(&e))?;
    let checkpoint = Checkpoint::parse(request.note.text()).map_err(|e| malformed(&e.into()))?;
    let network = core.network();
    let (node, key) = log_of(core, &network, &checkpoint.origin).ok_or_else(not_witnessed_here)?;
    // 403 also where a line bears the log's name and key id and is not its signature.
    let holds = request.note.verify(&key);
    holds.map_err(|error| forbidden(error.code(), &error.to_string()))?;
    if core.histories.isolation(&network, &node.did).is_some() {
        return Err(forbidden(
            "peer-isolated",
            "the log has shown two histories; its key is trusted no more",
        ));
    }
    for _ in 0..TRIES {
        let held = held(core, &checkpoint.origin).await?;
        if let Some(answer) = judge(core, node, &held, &request, &checkpoint).await? {
            return Ok(answer);
        }
        if !core.cosigning.allows(&checkpoint.origin, real_now_ms()) {
            return Err(busy());
        }
        let (line, note) = signed(witness, &request.note, &key, core.clock.now_ms())?;
        // Upholds (one history).
        let name = meta_name(&checkpoint.origin);
        let expected = held.map(|held| held.bytes);
        let written = core
            .sequencer
            .change(move |commit| {
                commit.meta_expected.push((name.clone(), expected));
                commit.meta.push((name, Some(note.into_bytes())));
            })
            .await;
        match written {
            Ok(()) => return Ok(Answer::Cosigned(line)),
            // Another request of this log was first.
            Err(refusal) if refusal.kind == RefusalKind::Conflict => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Err(busy())
}

/// The note that was cosigned last of the log with this SHA-256 of its origin, in hexadecimal; none where none was, or there is none.
///
/// # Errors
/// When the store is away, or holds something else.
pub async fn cosigned(core: &Arc<Core>, hash: &str) -> Result<Option<String>, Refusal> {
    let network = core.network();
    let origin = network
        .nodes
        .values()
        .filter_map(|node| LogVerifier::parse(&node.log_key).ok())
        .map(|key| key.origin().to_owned())
        .find(|origin| origin_hash(origin) == hash);
    let Some(origin) = origin else {
        return Ok(None);
    };
    Ok(held(core, &origin).await?.map(|held| held.note.to_string()))
}

/// The note that another node, as a witness, says it cosigned last of a log; none where it says nothing. Its signatures are for the
/// caller to check.
pub async fn cosigned_by(client: &Client, node: &NodeEntry, origin: &str) -> Option<String> {
    let path = format!("/witness/{}/checkpoint", origin_hash(origin));
    let note = client.get_bytes(&node.url, &path, NOTE_BYTES_MAX).await;
    String::from_utf8(note.ok()?).ok()
}

/// SHA-256 of a log's origin, in hexadecimal: its name at a witness.
fn origin_hash(origin: &str) -> String {
    let digest = Sha256::digest(origin.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What was cosigned last of a log.
struct Held {
    bytes: Vec<u8>,
    note: Note,
    cosigned: Cosigned,
}

async fn held(core: &Arc<Core>, origin: &str) -> Result<Option<Held>, Refusal> {
    let (core, name) = (Arc::clone(core), meta_name(origin));
    blocking(move || {
        let kept = core.reader.meta(&name).map_err(|e| store_refusal(&e))?;
        // What cannot be read is not nothing: taken as that, a second history could be cosigned.
        kept.map(|bytes| {
            let note = Note::parse(&bytes).map_err(|e| unreadable(&e))?;
            let checkpoint = Checkpoint::parse(note.text()).map_err(|e| unreadable(&e))?;
            Ok(Held {
                bytes,
                note,
                cosigned: Cosigned {
                    size: checkpoint.size,
                    root: checkpoint.root,
                },
            })
        })
        .transpose()
    })
    .await
}

/// The answer where nothing is to be signed; none where the checkpoint is good and new.
async fn judge(
    core: &Arc<Core>,
    node: &NodeEntry,
    held: &Option<Held>,
    request: &AddCheckpoint,
    checkpoint: &Checkpoint,
) -> Result<Option<Answer>, Refusal> {
    let last = held
        .as_ref()
        .map_or(Cosigned::NOTHING, |held| held.cosigned);
    if let Some(held) = held
        && last.size == checkpoint.size
        && last.root != checkpoint.root
    {
        // Both are signed by the log: whoever brought this one, it is proof of two histories.
        let reason = format!("it signed two roots of {} leaves", last.size);
        let (earlier, later) = (held.note.to_string(), request.note.to_string());
        convict::convict(core, &node.did, &earlier, &later, reason).await?;
    }
    match last.admits(request.old, &request.proof, checkpoint) {
        Ok(()) => {}
        Err(CosignRefused::OtherSize { size }) => return Ok(Some(Answer::OtherSize(size))),
        Err(refused @ CosignRefused::OldBeyond) => {
            return Err(refusal(RefusalKind::Malformed, refused));
        }
        Err(refused @ CosignRefused::Inconsistent) => {
            tracing::warn!(
                peer = node.did,
                origin = checkpoint.origin,
                size = checkpoint.size.get(),
                cosigned = last.size.get(),
                "a checkpoint was brought that does not continue what was cosigned; not cosigned"
            );
            return Err(refusal(RefusalKind::Unprocessable, refused));
        }
    }
    // What was cosigned already gets its line again: nothing is written, however often it is brought.
    let again = held
        .as_ref()
        .filter(|held| held.note.text() == request.note.text())
        .zip(core.identity.witness.as_ref())
        .and_then(|(held, witness)| {
            let key = witness.public().ok()?;
            held.note.signatures().iter().find(|line| key.is_of(line))
        });
    Ok(again.map(|line| Answer::Cosigned(written(line))))
}

/// Our line, and the note to keep: the log's line and ours. Lines of others, which nobody checked, are left out.
fn signed(
    witness: &WitnessIdentity,
    note: &Note,
    log: &LogVerifier,
    now_ms: i64,
) -> Result<(String, String), Refusal> {
    let signer = WitnessSigner::new(witness, now_ms).map_err(|e| unreadable(&e))?;
    let mut kept = note.clone();
    kept.keep_signatures(|line| line.name == log.name() && line.key_id == log.key_id());
    kept.add_signature(&signer).map_err(|e| unreadable(&e))?;
    let line = kept.signatures().last().map(written).unwrap_or_default();
    Ok((line, kept.to_string()))
}

fn written(line: &NoteSignature) -> String {
    format!("{line}\n")
}

/// The other node whose log has an origin, with its key.
fn log_of<'a>(
    core: &Core,
    network: &'a Network,
    origin: &str,
) -> Option<(&'a NodeEntry, LogVerifier)> {
    let others = network
        .nodes
        .values()
        .filter(|node| node.did != core.identity.did);
    others
        .filter_map(|node| Some((node, LogVerifier::parse(&node.log_key).ok()?)))
        .find(|(_, key)| key.origin() == origin)
}

fn meta_name(origin: &str) -> String {
    format!("{META}{origin}")
}

fn malformed(error: &AddCheckpointError) -> Refusal {
    Refusal::one(
        RefusalKind::Malformed,
        Fault::whole(
            error.code(),
            format!("this is no request to a witness: {error}"),
            format!("esta no es una petición a un testigo: {error}"),
        ),
    )
}

fn not_witnessed_here() -> Refusal {
    Refusal::one(
        RefusalKind::NotFound,
        Fault::whole(
            "witness-log-unknown",
            "this node witnesses the logs of the network's other nodes alone, and only where it has a witness key",
            "este nodo solo es testigo de las bitácoras de los otros nodos de la red, y solo si tiene llave de testigo",
        ),
    )
}

fn forbidden(code: &str, why: &str) -> Refusal {
    Refusal::one(
        RefusalKind::Forbidden,
        Fault::whole(
            code,
            format!("the checkpoint is not signed by a key that is trusted for this log: {why}"),
            format!(
                "el punto de control no está firmado con una llave en la que se confíe para esta bitácora: {why}"
            ),
        ),
    )
}

fn refusal(kind: RefusalKind, refused: CosignRefused) -> Refusal {
    Refusal::one(
        kind,
        Fault::whole(
            refused.code(),
            refused.to_string(),
            match refused {
                CosignRefused::OldBeyond => {
                    "el tamaño anterior es mayor que el del punto de control"
                }
                CosignRefused::OtherSize { .. } => "aquí se cofirmó otro tamaño",
                CosignRefused::Inconsistent => {
                    "el punto de control no continúa el último que se cofirmó aquí"
                }
            },
        ),
    )
}

fn busy() -> Refusal {
    Refusal::one(
        RefusalKind::Busy,
        Fault::whole(
            "witness-busy",
            "this log asks for more cosignatures than a second a piece; try again later",
            "esta bitácora pide más cofirmas que una por segundo; intente más tarde",
        ),
    )
}

fn unreadable(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::one(
        RefusalKind::Unavailable,
        Fault::whole("store-unreadable", error.to_string(), error.to_string()),
    )
}
