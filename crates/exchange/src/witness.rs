//! Witnesses: other nodes that cosign the checkpoints of a log after they have seen that it only grows (design §7).
//!
//! A record is *recorded* when its home's log holds it, at once; it is *witnessed* when more than half of the witnesses have cosigned a
//! checkpoint that covers it, a second or so later. Nothing waits for the second. Every node that has a witness key in the network's list
//! is a witness of the logs of all others, unless the charter names some.
//!
//! [`cosign`] is what a node does as a witness, [`collect`] what it does for its own log, this file what both and all readers share: who
//! the witnesses of a log are, and which of them signed a checkpoint.

mod collect;
mod cosign;
mod keys;

use std::collections::BTreeSet;
use std::sync::{Arc, RwLock};

use garita_store::{Reader, StoreError};
use garita_tlog::{Checkpoint, Cosignature, Note, NoteError, NoteVerifier, TreeSize};

use crate::governance::Network;
use crate::signing::LogVerifier;
pub(crate) use collect::run;
pub(crate) use cosign::Cosigning;
pub use cosign::{Answer, add_checkpoint, cosigned, cosigned_by};
pub use keys::{WitnessSigner, WitnessVerifier};

/// Witnesses of one log where the charter names none: the first by their DIDs. Each costs a request a second, and a line in checkpoints.
pub const WITNESSES_MAX: usize = 31;
/// Name under which the newest witnessed checkpoint lies in the store.
const META: &str = "witnessed";

/// A witness of a log.
#[derive(Debug, Clone)]
pub struct Witness {
    /// DID of the node.
    pub did: String,
    /// Name for people.
    pub name: String,
    /// Base address of the node.
    pub url: String,
    /// The key with which it cosigns.
    pub key: WitnessVerifier,
}

/// The witnesses of a log, as the network's list has them.
#[derive(Debug, Clone, Default)]
pub struct Panel {
    /// Those that have a key.
    pub witnesses: Vec<Witness>,
    /// How many there are, those that the charter names and that have no key among them: they count, and cannot sign.
    pub named: usize,
}

impl Panel {
    /// The witnesses of a node's log: those that the charter names, else all other nodes with a witness key. A node is never its own.
    pub fn of(network: &Network, node: &str) -> Self {
        let by_charter = !network.witnesses.is_empty();
        let dids: BTreeSet<&String> = if by_charter {
            network.witnesses.iter().collect()
        } else {
            network.nodes.keys().collect()
        };
        let mut keys = BTreeSet::new();
        let mut witnesses = Vec::new();
        let mut named = 0;
        for did in dids.into_iter().filter(|did| *did != node) {
            let entry = network.nodes.get(did);
            // One key is one witness, whoever else calls it his: a cosignature does not bind the witness's name.
            let key = entry
                .and_then(|entry| WitnessVerifier::parse(entry.witness_key.as_deref()?).ok())
                .filter(|key| keys.insert(key.public_key()));
            named += usize::from(by_charter || key.is_some());
            if let (Some(entry), Some(key)) = (entry, key) {
                witnesses.push(Witness {
                    did: did.clone(),
                    name: entry.name.clone(),
                    url: entry.url.clone(),
                    key,
                });
            }
            if !by_charter && witnesses.len() == WITNESSES_MAX {
                break;
            }
        }
        Self { witnesses, named }
    }

    /// More than half.
    pub fn needed(&self) -> usize {
        self.named / 2 + 1
    }

    /// Whether so many are more than half. Without witnesses nothing is witnessed.
    pub fn suffices(&self, cosigned: usize) -> bool {
        self.named > 0 && cosigned >= self.needed()
    }

    /// Who of them cosigned a note, in the order of its lines. Lines of others are passed over.
    ///
    /// # Errors
    /// When a line under a witness's name and key id is not its cosignature, or stands there twice.
    pub fn cosigners(&self, note: &Note) -> Result<Vec<Cosigner>, NoteError> {
        let known: Vec<&dyn NoteVerifier> = self
            .witnesses
            .iter()
            .map(|witness| &witness.key as &dyn NoteVerifier)
            .collect();
        let places = match note.verified_by(&known) {
            Ok(places) => places,
            Err(NoteError::NoKnownSignature) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let cosigner = |place: usize| {
            let witness = self.witnesses.get(place)?;
            let line = note
                .signatures()
                .iter()
                .find(|line| witness.key.is_of(line))?;
            Some(Cosigner {
                did: witness.did.clone(),
                name: witness.name.clone(),
                key: witness.key.to_string(),
                time_ms: time_ms(&Cosignature::from_bytes(&line.signature).ok()?),
            })
        };
        Ok(places.into_iter().filter_map(cosigner).collect())
    }
}

/// A witness that cosigned a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigner {
    /// DID of the node.
    pub did: String,
    /// Name for people.
    pub name: String,
    /// Verifier key (C2SP signed note).
    pub key: String,
    /// When it cosigned, by its own clock, ms since 1970.
    pub time_ms: i64,
}

/// When a cosignature was made, ms since 1970.
pub fn time_ms(cosignature: &Cosignature) -> i64 {
    // INVARIANT (tlog-cosignature): a time is at most 2^63 - 1 seconds.
    i64::try_from(cosignature.time_s)
        .unwrap_or(i64::MAX)
        .saturating_mul(1_000)
}

/// A checkpoint with who cosigned it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessedCheckpoint {
    /// The note, with the lines of the log and of its witnesses.
    pub note: String,
    /// What it says.
    pub checkpoint: Checkpoint,
    /// Who cosigned, in the order of the lines.
    pub by: Vec<Cosigner>,
    /// How many witnesses there are.
    pub of: usize,
}

impl WitnessedCheckpoint {
    /// Reads a note of a node's log by the network's list; none where it is not the log's, a line is false, or too few cosigned.
    pub fn read(network: &Network, node: &str, note: &str) -> Option<Self> {
        let key = LogVerifier::parse(&network.nodes.get(node)?.log_key).ok()?;
        let parsed = Note::parse(note.as_bytes()).ok()?;
        let checkpoint = Checkpoint::open(note.as_bytes(), key.origin(), &key).ok()?;
        let panel = Panel::of(network, node);
        let by = panel.cosigners(&parsed).ok()?;
        panel.suffices(by.len()).then(|| Self {
            note: note.to_owned(),
            checkpoint,
            by,
            of: panel.named,
        })
    }

    /// When the last of those that are named cosigned, ms since 1970.
    pub fn at_ms(&self) -> i64 {
        self.by.iter().map(|by| by.time_ms).max().unwrap_or(0)
    }
}

/// The newest checkpoint of this node's log that more than half of its witnesses cosigned.
#[derive(Debug, Default)]
pub struct Witnessed(RwLock<Option<Arc<WitnessedCheckpoint>>>);

impl Witnessed {
    /// What was kept, where it still is what it was: of this log, by witnesses of the list, and not ahead of the log, as it is in a
    /// folder that was restored.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) fn load(reader: &Reader, network: &Network, node: &str) -> Result<Self, StoreError> {
        let size = reader.head()?.frontier.size();
        let kept = reader.meta(META)?;
        let held = kept
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|note| WitnessedCheckpoint::read(network, node, &note))
            .filter(|held| held.checkpoint.size <= size);
        Ok(Self(RwLock::new(held.map(Arc::new))))
    }

    /// The newest; none where none was witnessed yet.
    pub fn newest(&self) -> Option<Arc<WitnessedCheckpoint>> {
        match self.0.read() {
            Ok(held) => held.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    /// The newest, where it covers a leaf.
    pub fn covering(&self, index: u64) -> Option<Arc<WitnessedCheckpoint>> {
        let leaf = garita_tlog::LeafIndex::new(index);
        self.newest().filter(|held| held.checkpoint.size.has(leaf))
    }

    /// The newest, where it is of this size: the log's head with its cosignatures.
    pub fn at(&self, size: TreeSize) -> Option<Arc<WitnessedCheckpoint>> {
        self.newest().filter(|held| held.checkpoint.size == size)
    }

    fn set(&self, newest: WitnessedCheckpoint) {
        let newest = Some(Arc::new(newest));
        match self.0.write() {
            Ok(mut held) => *held = newest,
            Err(poisoned) => *poisoned.into_inner() = newest,
        }
    }
}

#[cfg(test)]
mod tests;
