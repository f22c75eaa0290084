//! The evidence bundle of a case: one file that says what one party holds of it, with all that is needed to check it without a node.
//!
//! It holds the records and views of one party as their bytes, the governance chain (keys and their histories, homes, programs), the
//! home's stamps, this log's inclusion proofs at one checkpoint, and what other nodes acknowledged, proven from their own tiles where
//! they could be reached. The node that wrote it signs the whole. [`verify`] judges it with no node and no network.

mod peers;
pub mod report;
pub mod verify;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use garita_canon::ContextSet;
use garita_profile::case::CaseRef;
use garita_store::{HeldRecord, Holder, PeerAnswer};
use garita_tlog::{Checkpoint, Hash, TreeSize};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::client::Client;
use crate::core::Core;
use crate::encode;
use crate::envelope::{self, ENVELOPE_CONTEXT_URL, Envelope};
use crate::governance::{Network, NodeEntry};
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::read;
use crate::sequence::store_refusal;
use crate::signing::{self, LogVerifier};
use crate::stamp::{Leaf, Stamp, WHOLE};
use crate::submit::blocking;

/// What the file says that it is.
pub const FORMAT: &str = "garita-evidence-v1";
/// Largest file read, bytes.
pub const BUNDLE_BYTES_MAX: usize = 256 << 20;
/// Records in one file: a truck of five hundred shipments has some four thousand.
pub const RECORDS_MAX: usize = 10_000;
/// Bytes of documents in one file: JSON in JSON grows, and the chain comes beside it.
const DOCUMENTS_BYTES_MAX: usize = BUNDLE_BYTES_MAX / 4;

/// The file, without its signature.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bundle {
    /// [`FORMAT`].
    pub format: String,
    /// When it was written, RFC 3339.
    pub exported: String,
    /// DID of the node that wrote it.
    pub node: String,
    /// DID of the party whose records these are.
    pub party: String,
    /// The case, then its parts.
    pub cases: Vec<CaseRef>,
    /// The governance chain as of then.
    pub governance: Vec<Value>,
    /// Programs under which the records were made.
    pub programs: Vec<ProgramLine>,
    /// JSON-LD contexts of programs that the records use, by URL.
    pub contexts: BTreeMap<String, Value>,
    /// One checkpoint of each log that something is proven of, with the lines of its witnesses, by the node's DID.
    pub checkpoints: BTreeMap<String, String>,
    /// Records and views, by time, id and view.
    pub records: Vec<BundleRecord>,
    /// What `records` holds, so that a file which was changed tells where.
    pub manifest: Vec<ManifestLine>,
    /// Always empty: cosignatures of witnesses are lines of the notes in `checkpoints`.
    pub cosignatures: Vec<Value>,
    /// How the case stands, as the node folds the party's records. Told, not proven.
    pub state: Value,
}

/// A program under which a record was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramLine {
    /// Core digest, as records name it.
    pub core: String,
    /// Id.
    pub id: String,
    /// Version.
    pub version: String,
}

/// A record or a view of it, with what proves it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BundleRecord {
    /// Its id.
    pub id: String,
    /// `whole`, or the view's name.
    pub view: String,
    /// The signed document, its bytes as text.
    pub document: String,
    /// The home's word on when and where it was logged.
    pub stamp: Stamp,
    /// That the log of the node which wrote the file holds it; none where its salt was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<LeafProof>,
    /// Other nodes to which it went from here.
    pub holders: Vec<HolderLine>,
}

/// A leaf and where it lies, at the checkpoint of its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeafProof {
    /// What the leaf commits to.
    pub leaf: Leaf,
    /// Its salt, base64url.
    pub salt: String,
    /// Its index.
    pub index: u64,
    /// Inclusion proof, each hash in base64.
    pub proof: Vec<String>,
}

/// What another node did with a record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HolderLine {
    /// Its DID.
    pub node: String,
    /// The view that went.
    pub view: String,
    /// For which of its parties.
    pub to: Vec<String>,
    /// When it was to be sent, RFC 3339.
    pub sent: String,
    /// What it answered.
    pub answer: HolderAnswer,
    /// When the answer came, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<String>,
    /// Its leaf, by its answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<HolderEntry>,
}

/// What a node answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HolderAnswer {
    /// It is in its log.
    Recorded,
    /// It waits there for something.
    Waiting,
    /// It was refused.
    Refused,
    /// None yet.
    None,
}

/// Where a record lies in another node's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderEntry {
    /// Index of its leaf.
    pub index: u64,
    /// Its salt, base64url.
    pub salt: String,
    /// When it was logged there, ms since 1970.
    pub logged: i64,
    /// Inclusion proof at the checkpoint of that node; none where its tiles could not be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Vec<String>>,
}

/// What an entry of `records` is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestLine {
    /// The record's id.
    pub id: String,
    /// Its view.
    pub view: String,
    /// Digest of the entry's JCS form.
    pub digest: String,
}

impl BundleRecord {
    /// Its line of the manifest.
    ///
    /// # Errors
    /// When it has no canonical form.
    pub fn line(&self) -> Result<ManifestLine, Fault> {
        Ok(ManifestLine {
            id: self.id.clone(),
            view: self.view.clone(),
            digest: envelope::digest_name(&json!(self))?,
        })
    }

    /// What the file is sorted by.
    fn order(&self) -> (i64, &str, &str) {
        (self.stamp.logged, &self.id, &self.view)
    }
}

impl HolderLine {
    /// The leaf that the node's log must hold.
    fn leaf(&self, id: &str, entry: &HolderEntry) -> Leaf {
        let audience = self.to.iter().map(|to| (to.clone(), self.view.clone()));
        Leaf {
            id: id.to_owned(),
            view: self.view.clone(),
            act: crate::stamp::LeafAct::Received,
            party: self.node.clone(),
            logged: entry.logged,
            audience: crate::stamp::audience_digest(&audience.collect()),
        }
    }
}

/// The bundle of a case as one party holds it, signed; none where the party has nothing of it. `chain` is the whole governance chain.
///
/// # Errors
/// When the store is away, or there is more than a file may hold.
pub async fn export(
    core: &Arc<Core>,
    client: &Client,
    party: &str,
    case: CaseRef,
    chain: Vec<Value>,
) -> Result<Option<Value>, Refusal> {
    let (reading, of) = (Arc::clone(core), party.to_owned());
    let Some(mut bundle) = blocking(move || assemble(&reading, &of, &case, chain)).await? else {
        return Ok(None);
    };
    peers::prove(&core.network(), client, &mut bundle).await;
    let core = Arc::clone(core);
    blocking(move || {
        let signed = bundle.list().and_then(|()| {
            let (key, now_ms) = (&core.identity.key, core.clock.now_ms());
            signing::sign_jcs(&json!(bundle), key, now_ms)
                .map_err(|why| Fault::whole("evidence-unsignable", why.clone(), why))
        });
        signed
            .map(Some)
            .map_err(|fault| Refusal::one(RefusalKind::Unavailable, fault))
    })
    .await
}

impl Bundle {
    /// Sorts the records and lists them in the manifest.
    ///
    /// # Errors
    /// When one has no canonical form.
    pub fn list(&mut self) -> Result<(), Fault> {
        self.records.sort_by(|a, b| a.order().cmp(&b.order()));
        self.manifest = self
            .records
            .iter()
            .map(BundleRecord::line)
            .collect::<Result<_, _>>()?;
        Ok(())
    }
}

/// What the store gives, with the proofs of this node's own log.
fn assemble(
    core: &Core,
    party: &str,
    case: &CaseRef,
    chain: Vec<Value>,
) -> Result<Option<Bundle>, Refusal> {
    let Some(read) = read::case(core, party, case)? else {
        return Ok(None);
    };
    let mut cases = vec![case.clone()];
    cases.extend(read.parts.keys().filter(|part| *part != case).cloned());
    let held = held(core, party, &cases, read.records)?;

    // After the records were read: whatever is held is in the tree of this checkpoint.
    let head = core.reader.head().map_err(|e| store_refusal(&e))?;
    let network = core.network();
    // Where witnesses have cosigned a tree that has all of it, that is the one to prove by.
    let last = held.iter().map(|(h, _)| h.record.local_index.get()).max();
    let witnessed = last.and_then(|last| core.witnessed.covering(last));
    let (own_note, own_size) = match witnessed {
        Some(held) => (held.note.clone(), held.checkpoint.size),
        None => (head.checkpoint.unwrap_or_default(), head.frontier.size()),
    };
    let mut checkpoints = Newest::default();
    let mut records = Vec::with_capacity(held.len());
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for (held, document) in &held {
        let holders = if told.insert(&held.record.id) {
            read::holders(core, party, &held.record.id)?
        } else {
            Vec::new()
        };
        for holder in &holders {
            checkpoints.note(&network, holder);
        }
        let stamp = serde_json::from_slice(&held.record.stamp).map_err(|e| unreadable(&e))?;
        records.push(BundleRecord {
            id: held.record.id.clone(),
            view: held.record.view.clone(),
            document: document.text.clone(),
            stamp,
            receipt: own_leaf(core, held, own_size)?,
            holders: holders.iter().map(holder_line).collect(),
        });
    }
    let mut checkpoints = checkpoints.notes();
    checkpoints.insert(core.identity.did.clone(), own_note);
    Ok(Some(Bundle {
        format: FORMAT.to_owned(),
        exported: encode::instant_text(core.clock.now_ms()),
        node: core.identity.did.clone(),
        party: party.to_owned(),
        cases,
        governance: chain,
        programs: programs(core, &held),
        contexts: contexts(core, &held),
        checkpoints,
        records,
        manifest: Vec::new(),
        cosignatures: Vec::new(),
        state: json!(read.state.as_ref()),
    }))
}

/// A held document, read.
struct Document {
    text: String,
    value: Value,
}

/// What the party holds of the cases, and the mandates under which any of it was said; each once.
fn held(
    core: &Core,
    party: &str,
    cases: &[CaseRef],
    own: Vec<HeldRecord>,
) -> Result<Vec<(HeldRecord, Document)>, Refusal> {
    let mut found: BTreeMap<(String, String), (HeldRecord, Document)> = BTreeMap::new();
    let mut bytes = 0_usize;
    let mut mandates = BTreeSet::new();
    let mut take = |held: HeldRecord, mandates: &mut BTreeSet<String>| {
        // What is left of an erased record proves nothing: that it was erased is said by the notice, which is a record of the case.
        if held.erased_ms.is_some() {
            return Ok(());
        }
        let key = (held.record.id.clone(), held.record.view.clone());
        if found.contains_key(&key) {
            return Ok(());
        }
        bytes = bytes.saturating_add(held.record.document.len());
        if found.len() >= RECORDS_MAX || bytes > DOCUMENTS_BYTES_MAX {
            return Err(too_large());
        }
        let text = String::from_utf8(held.record.document.clone()).map_err(|e| unreadable(&e))?;
        let value: Value = serde_json::from_str(&text).map_err(|e| unreadable(&e))?;
        if let Ok(envelope) = Envelope::read_as(&value, &held.record.view) {
            mandates.extend(envelope.on_behalf_of);
        }
        found.insert(key, (held, Document { text, value }));
        Ok(())
    };
    for held in own {
        take(held, &mut mandates)?;
    }
    for part in cases.iter().skip(1) {
        let of_part = core
            .reader
            .case_records(party, &part.kind, &part.key)
            .map_err(|e| store_refusal(&e))?;
        for held in of_part {
            take(held, &mut mandates)?;
        }
    }
    for id in mandates.clone() {
        let views = core
            .reader
            .record_views(party, &id)
            .map_err(|e| store_refusal(&e))?;
        for held in views {
            take(held, &mut mandates)?;
        }
    }
    Ok(found.into_values().collect())
}

/// The leaf of a held record in this node's log.
fn own_leaf(core: &Core, held: &HeldRecord, size: TreeSize) -> Result<Option<LeafProof>, Refusal> {
    let index = held.record.local_index;
    let entry = core
        .reader
        .log_entry(index)
        .map_err(|e| store_refusal(&e))?;
    let Some((entry, salt)) = entry.and_then(|entry| entry.salt.map(|salt| (entry, salt))) else {
        return Ok(None);
    };
    let proof = core
        .reader
        .inclusion_proof(index, size)
        .map_err(|e| store_refusal(&e))?;
    Ok(Some(LeafProof {
        leaf: read::leaf_of(entry),
        salt: encode::base64url(&salt),
        index: index.get(),
        proof: proof.iter().map(Hash::to_base64).collect(),
    }))
}

fn holder_line(holder: &Holder) -> HolderLine {
    let (answer, entry) = match &holder.answer {
        None => (HolderAnswer::None, None),
        Some(PeerAnswer::Waiting { .. }) => (HolderAnswer::Waiting, None),
        Some(PeerAnswer::Refused { .. }) => (HolderAnswer::Refused, None),
        Some(PeerAnswer::Logged {
            index,
            salt,
            logged_ms,
        }) => (
            HolderAnswer::Recorded,
            Some(HolderEntry {
                index: index.get(),
                salt: encode::base64url(salt),
                logged: *logged_ms,
                proof: None,
            }),
        ),
    };
    HolderLine {
        node: holder.peer.clone(),
        view: holder.view.clone(),
        to: serde_json::from_str(&holder.recipients).unwrap_or_default(),
        sent: encode::instant_text(holder.queued_ms),
        answer,
        answered: holder.acked_ms.map(encode::instant_text),
        entry,
    }
}

/// The largest checkpoint of each peer among those that came with its answers: it covers the leaves of all of them.
#[derive(Default)]
struct Newest(BTreeMap<String, (TreeSize, String)>);

impl Newest {
    fn note(&mut self, network: &Network, holder: &Holder) {
        let Some(note) = &holder.checkpoint else {
            return;
        };
        let node = network.nodes.get(&holder.peer);
        let Some(checkpoint) = node.and_then(|node| opened(node, note)) else {
            return;
        };
        let newest = self.0.get(&holder.peer);
        if newest.is_none_or(|(size, _)| *size < checkpoint.size) {
            let held = (checkpoint.size, note.clone());
            self.0.insert(holder.peer.clone(), held);
        }
    }

    fn notes(self) -> BTreeMap<String, String> {
        let notes = self.0.into_iter();
        notes.map(|(node, (_, note))| (node, note)).collect()
    }
}

/// A checkpoint that a node's log signed, under the key that the list has for it now.
fn opened(node: &NodeEntry, note: &str) -> Option<Checkpoint> {
    let key = LogVerifier::parse(&node.log_key).ok()?;
    Checkpoint::open(note.as_bytes(), key.origin(), &key).ok()
}

fn programs(core: &Core, held: &[(HeldRecord, Document)]) -> Vec<ProgramLine> {
    let cores: BTreeSet<&str> = held
        .iter()
        .map(|(h, _)| h.record.profile.as_str())
        .collect();
    core.programs
        .each()
        .filter(|(_, program)| cores.contains(program.core_digest.as_str()))
        .map(|(_, program)| ProgramLine {
            core: program.core_digest.clone(),
            id: program.id.clone(),
            version: program.version.clone(),
        })
        .collect()
}

/// Contexts that the documents name and a binary without their programs does not have.
fn contexts(core: &Core, held: &[(HeldRecord, Document)]) -> BTreeMap<String, Value> {
    let bundled = ContextSet::bundled();
    let named: BTreeSet<&str> = held
        .iter()
        .filter_map(|(_, document)| document.value.get("@context")?.as_array())
        .flatten()
        .filter_map(Value::as_str)
        .filter(|url| *url != ENVELOPE_CONTEXT_URL && bundled.get(url).is_none())
        .collect();
    let known = core.canonicalizer.contexts();
    named
        .into_iter()
        .filter_map(|url| Some((url.to_owned(), known.get(url)?.document().clone())))
        .collect()
}

fn too_large() -> Refusal {
    Refusal::one(
        RefusalKind::TooLarge,
        Fault::whole(
            "evidence-too-large",
            format!(
                "the case has more than a bundle may hold: {RECORDS_MAX} records, {} MiB of documents; export its parts one by one",
                DOCUMENTS_BYTES_MAX >> 20
            ),
            format!(
                "el expediente tiene más de lo que cabe en un archivo: {RECORDS_MAX} registros, {} MiB de documentos; exporte sus partes una por una",
                DOCUMENTS_BYTES_MAX >> 20
            ),
        ),
    )
}

fn unreadable(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::one(
        RefusalKind::Unavailable,
        Fault::whole("store-unreadable", error.to_string(), error.to_string()),
    )
}

/// Whether a name is that of the whole record.
fn is_whole(view: &str) -> bool {
    view == WHOLE
}

#[cfg(test)]
mod tests;
