//! The contract: what goes in, what comes out, and what every implementation promises.
//!
//! - **One road in.** [`Commit`] is one transaction: all of it is there after a return without error, on disk, also
//!   after a power cut; none of it after an error.
//! - **One writer.** At most one process has a data folder open for writing. Readers see whole commits only, each in
//!   the order made, and never wait for the writer.
//! - **Every read of content goes through a party**: (party, id, view, since, grant). Methods that begin with `node_`
//!   don't; they serve the exchange itself (fold, delivery, reconciling) and must never answer a person's request.
//! - INVARIANT (gapless log): entry n + 1 exists only if entry n does; indexes start at 0.
//! - INVARIANT (logged is held): the record that an entry names is stored, in the same commit or before.
//! - INVARIANT (head): the stored checkpoint's size and root are those of the stored leaves.
//! - INVARIANT (gapless outbox): for each peer, sequence n + 1 exists only if n does; the first is 1. What a restored folder lost of
//!   it is a hole that is written down ([`OutboxHole`]), and filled as the peer tells.
//! - INVARIANT (acknowledged): what a peer acknowledged is never beyond its outbox and never goes back.
//! - INVARIANT (audience grows): an entitlement, once there, stays.
//! - Bodies and salts lie apart from the rest, so that erasing can remove them and leave the residue.
//!
//! Times are milliseconds since 1970 UTC. Ids, views, parties, kinds and keys are opaque text. JSON is opaque text too.
//! Text that names things (ids, parties, keys, terms) is at most [`NAME_BYTES_MAX`] bytes.

use std::time::Duration;

use garita_tlog::{Frontier, Hash, LeafIndex, TreeSize};
use serde::{Deserialize, Serialize};

use crate::standing::{
    CaptureJob, Follower, FollowerMark, NamedQuery, ReaderQuestion, Subscription, SubscriptionMark,
};

/// Longest id, party, kind, key, name, in bytes. DIDs and case keys are far shorter.
pub const NAME_BYTES_MAX: usize = 1024;

/// Most rows that one page has, whatever was asked.
pub const PAGE_MAX: usize = 1000;

/// Everything that one transaction writes. What is left empty is left alone. Parts are written in the order of the
/// members, so a record and who is entitled to it go together.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// New log entries with the checkpoint that covers them.
    pub log: Option<LogAppend>,
    /// New records and views. One that is held already makes the commit a conflict: ask [`crate::Reader::node_holds`].
    pub records: Vec<RecordRow>,
    /// What views are derived from: record id and base proof. The first of a record stays.
    pub derivers: Vec<(String, Vec<u8>)>,
    /// A fold's word on records: disputed with reason, or `None` no more.
    pub disputes: Vec<Dispute>,
    /// Who may read what. Repeats are passed over.
    pub entitlements: Vec<Entitlement>,
    /// Which cases a record is about. Repeats are passed over.
    pub case_links: Vec<CaseLink>,
    /// What records touch others. Repeats are passed over.
    pub record_links: Vec<RecordLink>,
    /// Results of folds; each replaces the party's earlier one of the case.
    pub case_views: Vec<CaseView>,
    /// Search terms. Repeats are passed over.
    pub terms: Vec<Term>,
    /// Rows of tables; each closes the one with the same party, table, case and `stated_on`.
    pub table_rows: Vec<TableRow>,
    /// Files that are in [`crate::Blobs`].
    pub attachments: Vec<Attachment>,
    /// Who brought a file here: digest and party. Repeats are passed over.
    pub attachment_owners: Vec<([u8; 32], String)>,
    /// What of them a record names: who may read the record may read the file.
    pub attachment_links: Vec<AttachmentLink>,
    /// What is to be delivered. Sequence numbers are given in this order and returned in [`Committed::outbox`].
    pub outbox: Vec<OutboxItem>,
    /// Peers to whom more was sent than is here, after a folder was restored: their outboxes go on behind what they took.
    pub outbox_jumps: Vec<OutboxJump>,
    /// Deliveries that peers tell they took, each under its old sequence. One that is there already is left as it is.
    pub outbox_regained: Vec<OutboxRegained>,
    /// How far peers were asked for what they took, by peer.
    pub outbox_asked: Vec<(String, RegainProgress)>,
    /// Peers' answers to deliveries.
    pub acks: Vec<Ack>,
    /// The last sequence taken from a peer.
    pub inbox: Vec<InboxSeen>,
    /// What came under which sequence. Repeats are passed over.
    pub inbox_rows: Vec<InboxRow>,
    /// Deliveries that can't be judged yet.
    pub waiting: Vec<Waiting>,
    /// Numbers of deliveries that wait no more.
    pub waiting_done: Vec<u64>,
    /// Signed refusals, given or got.
    pub refusals: Vec<Refusal>,
    /// Checkpoints of others.
    pub peer_checkpoints: Vec<PeerCheckpoint>,
    /// Two histories of one log.
    pub forks: Vec<Fork>,
    /// Peers' addresses and state. Each replaces the earlier one of the peer.
    pub peers: Vec<Peer>,
    /// Governance entries.
    pub governance: Vec<GovernanceEntry>,
    /// Keys seen. Each replaces the earlier one with the same DID, method, key and `from_ms`.
    pub key_observations: Vec<KeyObservation>,
    /// Answers to repeatable requests. A key that is kept for another request makes the commit a conflict; expired
    /// ones go first, by `expire_before_ms`.
    pub idempotency: Vec<Idempotency>,
    /// API tokens; each replaces the earlier one of the same hash.
    pub api_tokens: Vec<ApiToken>,
    /// One-time sign-in links.
    pub sign_in_links: Vec<SignInLink>,
    /// Links that are used now. One that is unknown, used or expired makes the commit a conflict.
    pub sign_in_used: Vec<SignInUse>,
    /// Passes. One that is there already is left as it is.
    pub passes: Vec<Pass>,
    /// Passes taken back. One that is no pass of the party, or was taken back before, is passed over.
    pub passes_revoked: Vec<PassRevoked>,
    /// Captures; each replaces the earlier one of the same party and name.
    pub capture_jobs: Vec<CaptureJob>,
    /// Queries by name. One that is there already is left as it is.
    pub named_queries: Vec<NamedQuery>,
    /// Party and name of queries that go, and their subscriptions with them.
    pub named_queries_gone: Vec<(String, String)>,
    /// Subscriptions. One that is there already, or whose query is not there, is passed over.
    pub subscriptions: Vec<Subscription>,
    /// Party, name and new place of subscriptions. One that is not there is passed over.
    pub subscription_marks: Vec<(String, String, SubscriptionMark)>,
    /// Party and name of subscriptions that go.
    pub subscriptions_gone: Vec<(String, String)>,
    /// Followers. One that is there already is left as it is.
    pub followers: Vec<Follower>,
    /// Followers that were confirmed, and when, in ms. One that is not there, or was confirmed before, is passed over.
    pub followers_confirmed: Vec<(String, i64)>,
    /// How far followers were told. One that is not there is passed over.
    pub follower_marks: Vec<(String, FollowerMark)>,
    /// Followers that go.
    pub followers_gone: Vec<String>,
    /// Questions of readers. One that is there already is left as it is.
    pub reader_questions: Vec<ReaderQuestion>,
    /// Questions of readers that were decided: name, when in ms, what as JSON text. One that is not there, or was decided before, is
    /// passed over.
    pub reader_questions_decided: Vec<(String, i64, String)>,
    /// Removes followers that came before this time, in ms, and that nobody confirmed.
    pub followers_expire_before_ms: Option<i64>,
    /// Removes questions of readers that were decided before this time, in ms.
    pub reader_questions_expire_before_ms: Option<i64>,
    /// Sessions; each replaces the earlier one of the same hash.
    pub sessions: Vec<Session>,
    /// Hashes of sessions that end.
    pub sessions_ended: Vec<[u8; 32]>,
    /// Named values; `None` removes.
    pub meta: Vec<(String, Option<Vec<u8>>)>,
    /// Removes idempotency keys, links, sessions and passes that expired before this time, in ms.
    pub expire_before_ms: Option<i64>,
}

/// What a commit gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The log's size after it.
    pub size: TreeSize,
    /// Sequence numbers of [`Commit::outbox`], in its order.
    pub outbox: Vec<u64>,
    /// Numbers of [`Commit::waiting`], in its order.
    pub waiting: Vec<u64>,
}

/// Entries to append. The store computes the tree itself and refuses a checkpoint that is not its head.
#[derive(Debug, Clone)]
pub struct LogAppend {
    /// Size of the log that the entries come after; another stored size is a conflict.
    pub base: TreeSize,
    /// The entries, in order: the first has index `base`. Logged times never decrease, also from the entry before.
    pub entries: Vec<LogEntry>,
    /// The signed checkpoint (a note) of the log with these entries.
    pub checkpoint: String,
}

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// Its issuer's home logged it.
    Issued,
    /// It came from another node.
    Received,
    /// Somebody read it, where that is logged.
    Read,
}

impl Act {
    /// The word in the leaf and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Received => "received",
            Self::Read => "read",
        }
    }

    /// The act of this word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "issued" => Some(Self::Issued),
            "received" => Some(Self::Received),
            "read" => Some(Self::Read),
            _ => None,
        }
    }
}

/// One entry of the log with what its leaf is computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its place.
    pub index: LeafIndex,
    /// The leaf: 32 bytes whose meaning is the exchange's.
    pub leaf: [u8; 32],
    /// The record.
    pub id: String,
    /// Its view.
    pub view: String,
    /// What happened.
    pub act: Act,
    /// Who did it.
    pub party: String,
    /// When it was logged here, in ms.
    pub logged_ms: i64,
    /// The audience as JSON.
    pub audience: String,
    /// The leaf's salt; `None` where it was erased.
    pub salt: Option<[u8; 32]>,
}

/// A record or a view of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// The record's id.
    pub id: String,
    /// Which view; the exchange names the whole record too.
    pub view: String,
    /// Record type: `Manifest`.
    pub record_type: String,
    /// DID of the issuer.
    pub issuer: String,
    /// When its home logged it, in ms: the stamp's time.
    pub logged_ms: i64,
    /// When what it says happened, in ms.
    pub occurred_ms: i64,
    /// The node that logged it first.
    pub home: String,
    /// The signed document, as bytes.
    pub document: Vec<u8>,
    /// The home's stamp, as JSON bytes.
    pub stamp: Vec<u8>,
    /// Digest of the profile's core it was made under.
    pub profile: String,
    /// Its entry in this node's log.
    pub local_index: LeafIndex,
    /// Why it is disputed, if it is.
    pub disputed: Option<String>,
    /// The peer that delivered it; `None` for one issued here.
    pub received_from: Option<String>,
}

/// A record as a party, or the node, reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRecord {
    /// The record.
    pub record: RecordRow,
    /// Its number in this store, in order of arrival: the cursor of pages.
    pub number: u64,
    /// Entry of the log since which the asking party may read it; the record's own for the node.
    pub since: LeafIndex,
    /// Id of the grant that opened it to the party, if one did.
    pub grant: Option<String>,
}

/// Whether a record is disputed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The record.
    pub id: String,
    /// Its view.
    pub view: String,
    /// Why, or `None` when it is no more.
    pub reason: Option<String>,
}

/// That a party may read a view of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitlement {
    /// Who.
    pub party: String,
    /// The record.
    pub id: String,
    /// The view.
    pub view: String,
    /// Entry of this log that opened it: the cursor of streams.
    pub since: LeafIndex,
    /// The grant's id, if one opened it.
    pub grant: Option<String>,
}

/// That a record is about a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseLink {
    /// The case's kind.
    pub kind: String,
    /// The case's key.
    pub key: String,
    /// The record.
    pub id: String,
    /// Its view.
    pub view: String,
}

/// How a record touches another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkKind {
    /// It replaces the other.
    Replaces,
    /// It answers or closes the other.
    Follows,
    /// It affirms the other.
    Affirms,
    /// Its author had seen the other.
    Saw,
}

impl LinkKind {
    /// The word in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Replaces => "replaces",
            Self::Follows => "follows",
            Self::Affirms => "affirms",
            Self::Saw => "saw",
        }
    }

    /// The kind of this word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "replaces" => Some(Self::Replaces),
            "follows" => Some(Self::Follows),
            "affirms" => Some(Self::Affirms),
            "saw" => Some(Self::Saw),
            _ => None,
        }
    }
}

/// That a held record touches another, which need not be held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordLink {
    /// The held record.
    pub id: String,
    /// Its view.
    pub view: String,
    /// How.
    pub kind: LinkKind,
    /// The other's id.
    pub to: String,
}

/// A party's fold of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseView {
    /// Whose.
    pub party: String,
    /// The case's kind.
    pub kind: String,
    /// The case's key.
    pub key: String,
    /// The whole state, as JSON text.
    pub state: String,
    /// The state that is shown: `held`.
    pub shown: String,
    /// What the case is called on pages.
    pub title: String,
    /// Since when it is in the shown state, in ms.
    pub since_ms: i64,
    /// Entry of the log after which it was folded.
    pub updated: LeafIndex,
    /// Id of the opening record, where the party has it.
    pub opening: Option<String>,
    /// Fields of boards and lists, as JSON text.
    pub board: String,
    /// What a list says of it beside its state, as JSON text; empty where it was folded before lists said more.
    pub line: String,
    /// When time alone may next change what is shown, in ms; `None` where it never does.
    pub due_ms: Option<i64>,
}

/// How a case is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Who may find it so.
    pub party: String,
    /// Which key: `plate`.
    pub name: String,
    /// Its value, stored by [`normalise_term`].
    pub value: String,
    /// The case's kind.
    pub kind: String,
    /// The case's key.
    pub key: String,
    /// Whether its end finds it too, such as the last four of a plate. Costs a second row.
    pub by_suffix: bool,
}

/// A search term's stored form: upper case, letters and digits of any script, nothing else.
#[must_use]
pub fn normalise_term(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .take(128)
        .collect()
}

/// How a search text is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermMatch {
    /// All of it.
    Exact,
    /// Its beginning.
    Prefix,
    /// Its end; only terms stored with `by_suffix`.
    Suffix,
}

/// A case found by a term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermHit {
    /// Which key matched.
    pub name: String,
    /// Its stored value.
    pub value: String,
    /// The case's kind.
    pub kind: String,
    /// The case's key.
    pub key: String,
}

/// A row of a profile's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// Whose table.
    pub party: String,
    /// The table's name.
    pub table: String,
    /// The case's kind.
    pub kind: String,
    /// The case's key.
    pub key: String,
    /// The day or instant that a statement is of, in ms; `None` where the row is the case's latest.
    pub stated_on_ms: Option<i64>,
    /// The columns as JSON text; `None` closes the open row without a new one. The same as the open row changes nothing.
    pub columns: Option<String>,
    /// When it was recorded, in ms.
    pub recorded_from_ms: i64,
    /// When another took its place, in ms; ignored on writing.
    pub recorded_to_ms: Option<i64>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// SHA-256 of its bytes.
    pub digest: [u8; 32],
    /// In bytes.
    pub size: u64,
    /// Its media type.
    pub media_type: String,
}

/// That a record names a file, which need not be here yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentLink {
    /// SHA-256 of the file.
    pub digest: [u8; 32],
    /// The record.
    pub id: String,
    /// Its view.
    pub view: String,
}

/// A record on its way to a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// The peer.
    pub peer: String,
    /// The record.
    pub id: String,
    /// The view that goes.
    pub view: String,
    /// The recipients there, as JSON text.
    pub recipients: String,
    /// When it was put here, in ms.
    pub queued_ms: i64,
}

/// What lies in the outbox, with what is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Its place in the peer's outbox, from 1.
    pub seq: u64,
    /// What was put there.
    pub item: OutboxItem,
    /// The record's document.
    pub document: Vec<u8>,
    /// The record's stamp.
    pub stamp: Vec<u8>,
    /// When its home logged it, in ms.
    pub logged_ms: i64,
}

/// A peer's answer to deliveries up to `up_to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ack {
    /// The peer.
    pub peer: String,
    /// Everything up to this sequence is answered; smaller than before changes nothing.
    pub up_to: u64,
    /// When the answer came, in ms.
    pub acked_ms: i64,
    /// The peer's checkpoint that covers its receipts, as a note.
    pub checkpoint: Option<String>,
    /// The answers, each for a sequence of the outbox; they may also come later for earlier ones.
    pub answers: Vec<DeliveryAnswer>,
}

/// A peer's answer to one delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryAnswer {
    /// Sequence of the outbox.
    pub seq: u64,
    /// The answer.
    pub answer: PeerAnswer,
}

/// What a peer did with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeerAnswer {
    /// It is in the peer's log.
    Logged {
        /// Its place there.
        index: LeafIndex,
        /// The leaf's salt.
        salt: [u8; 32],
        /// When, in ms.
        logged_ms: i64,
    },
    /// It waits there for what is named.
    Waiting {
        /// What is lacking, in the peer's words.
        lacking: String,
    },
    /// It was refused.
    Refused {
        /// The signed answer.
        answer: Vec<u8>,
    },
}

/// Who has a record, by its peer's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The peer.
    pub peer: String,
    /// Sequence in its outbox.
    pub seq: u64,
    /// The view that went.
    pub view: String,
    /// The recipients there, as JSON text.
    pub recipients: String,
    /// When it was put in the outbox, in ms.
    pub queued_ms: i64,
    /// When the answer came, in ms; `None` while it is on its way.
    pub acked_ms: Option<i64>,
    /// The answer.
    pub answer: Option<PeerAnswer>,
    /// The peer's checkpoint that came with it.
    pub checkpoint: Option<String>,
}

/// An outbox that goes on behind what its peer took of it before this folder's last days were lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxJump {
    /// The peer.
    pub peer: String,
    /// The last sequence that it took.
    pub to: u64,
    /// When it was learnt, in ms.
    pub at_ms: i64,
}

/// What is told of a jump: sequences after `from`, up to `to`, may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxHole {
    /// Everything up to here was answered before.
    pub from: u64,
    /// The last sequence that the peer took.
    pub to: u64,
    /// What the peer was asked for so far.
    pub asked: u64,
    /// What it had sent here before: its outbox is read again from there.
    pub taken: u64,
    /// When it was learnt, in ms.
    pub at_ms: i64,
    /// When both were regained, in ms; `None` before.
    pub done_ms: Option<i64>,
}

/// How far a peer was asked after a restore. What is smaller than before changes nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RegainProgress {
    /// Sequence of our outbox up to which it told what it took.
    pub asked: u64,
    /// Sequence of its outbox up to which it sent again.
    pub taken: u64,
    /// When nothing was left, in ms.
    pub done_ms: Option<i64>,
}

/// A delivery that a peer took, by its word, under the sequence that it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRegained {
    /// Its sequence.
    pub seq: u64,
    /// What was sent.
    pub item: OutboxItem,
}

/// How far the outbox of a peer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxStatus {
    /// The peer.
    pub peer: String,
    /// The last sequence given.
    pub last: u64,
    /// Everything up to here is answered.
    pub acked: u64,
    /// When the oldest unanswered was put there, in ms.
    pub oldest_pending_ms: Option<i64>,
}

impl OutboxStatus {
    /// How many are unanswered.
    #[must_use]
    pub fn pending(&self) -> u64 {
        self.last.saturating_sub(self.acked)
    }
}

/// The last sequence taken from a peer; smaller than before changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxSeen {
    /// The peer.
    pub peer: String,
    /// Its sequence.
    pub seq: u64,
}

/// What a peer's delivery brought, be it logged, held already or waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxRow {
    /// The peer.
    pub peer: String,
    /// Its sequence.
    pub seq: u64,
    /// The record.
    pub id: String,
    /// Its view.
    pub view: String,
}

/// What came under a sequence of a peer's outbox, as it is here now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenRow {
    /// The peer's sequence.
    pub seq: u64,
    /// The record.
    pub id: String,
    /// Its view.
    pub view: String,
    /// Its document and its home's stamp, where it is held.
    pub held: Option<(Vec<u8>, Vec<u8>)>,
    /// The delivery as it came, where it waits.
    pub waiting: Option<Vec<u8>>,
}

/// What a delivery lacks to be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lacking {
    /// The issuer's key history.
    Key,
    /// The profile's core.
    Profile,
    /// A charter or trust list entry.
    Charter,
    /// A context or type not known here.
    Context,
    /// A cryptosuite not known here.
    Proof,
}

impl Lacking {
    /// The word in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Profile => "profile",
            Self::Charter => "charter",
            Self::Context => "context",
            Self::Proof => "proof",
        }
    }

    /// What this word names.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "key" => Some(Self::Key),
            "profile" => Some(Self::Profile),
            "charter" => Some(Self::Charter),
            "context" => Some(Self::Context),
            "proof" => Some(Self::Proof),
            _ => None,
        }
    }
}

/// A delivery that waits. The same (peer, id, view) again replaces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number; ignored on writing.
    pub number: u64,
    /// Who delivered it.
    pub peer: String,
    /// Sequence of the peer's outbox.
    pub seq: u64,
    /// The record.
    pub id: String,
    /// Its view.
    pub view: String,
    /// What is lacking.
    pub lacking: Lacking,
    /// Its name: a DID, a digest.
    pub name: String,
    /// The delivery as it came.
    pub bytes: Vec<u8>,
    /// Since when, in ms.
    pub since_ms: i64,
}

/// How many deliveries of a peer wait for one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingFor {
    /// Who delivered them.
    pub peer: String,
    /// What is lacking.
    pub lacking: Lacking,
    /// Its name.
    pub name: String,
    /// How many.
    pub count: u64,
    /// Since when the first of them waits, in ms.
    pub since_ms: i64,
}

/// A refusal that both sides keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The peer or party on the other side.
    pub peer: String,
    /// Whether we gave it; else we got it.
    pub given: bool,
    /// The record's id, as far as it is known.
    pub id: Option<String>,
    /// The refusal's code.
    pub code: String,
    /// The signed answer.
    pub answer: Vec<u8>,
    /// When, in ms.
    pub at_ms: i64,
}

/// A checkpoint of another log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerCheckpoint {
    /// The log's origin.
    pub origin: String,
    /// Its size.
    pub size: TreeSize,
    /// Its root.
    pub root: Hash,
    /// The note.
    pub note: String,
    /// Who showed it.
    pub shown_by: String,
    /// When, in ms.
    pub at_ms: i64,
}

/// Proof that a log has two histories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// The log's origin.
    pub origin: String,
    /// One checkpoint.
    pub note_a: String,
    /// The other.
    pub note_b: String,
    /// How they disagree, in words.
    pub reason: String,
    /// When it was found, in ms.
    pub at_ms: i64,
}

/// Another node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its name here: that of its outbox.
    pub peer: String,
    /// Address, keys, parties it hosts: JSON text of the exchange.
    pub data: String,
    /// When it was last changed, in ms.
    pub updated_ms: i64,
}

/// An entry of the governance case. Rivals with one number may both be held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GovernanceEntry {
    /// Its number.
    pub number: u64,
    /// Its id.
    pub id: String,
    /// Its predecessor's id.
    pub predecessor: Option<String>,
    /// What it is: `charter`, `trust-list`, `adoption`.
    pub kind: String,
    /// The signed document.
    pub document: Vec<u8>,
    /// When it was taken in, in ms.
    pub logged_ms: i64,
}

/// A key that a party had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyObservation {
    /// The party's DID.
    pub did: String,
    /// The verification method's id.
    pub method: String,
    /// The public key as multibase.
    pub multibase: String,
    /// From when it was the party's, in ms of logged time.
    pub from_ms: i64,
    /// Until when, in ms; `None` while it is.
    pub until_ms: Option<i64>,
    /// From when it is revoked, in ms of logged time.
    pub revoked_from_ms: Option<i64>,
}

/// An answer to a request that may be repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// The request's key.
    pub key: String,
    /// Who asked.
    pub principal: String,
    /// Digest of the request.
    pub request: [u8; 32],
    /// The answer's HTTP status.
    pub status: u16,
    /// The answer's bytes.
    pub response: Vec<u8>,
    /// Until when it is kept, in ms.
    pub expires_ms: i64,
}

/// A token of a system, by hash only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    /// What it is called.
    pub name: String,
    /// For which party it acts.
    pub party: String,
    /// What it may do, as JSON text.
    pub scopes: String,
    /// Since when, in ms.
    pub created_ms: i64,
    /// Until when, in ms.
    pub expires_ms: i64,
    /// When it was revoked, in ms.
    pub revoked_ms: Option<i64>,
}

/// A one-time link, by hash only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInLink {
    /// SHA-256 of its secret.
    pub hash: [u8; 32],
    /// For which party.
    pub party: String,
    /// Who signs in: person, post, role, language, as JSON text.
    pub data: String,
    /// Until when, in ms.
    pub expires_ms: i64,
    /// When it was used, in ms; ignored on writing.
    pub used_ms: Option<i64>,
}

/// That a link is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInUse {
    /// SHA-256 of its secret.
    pub hash: [u8; 32],
    /// When, in ms.
    pub at_ms: i64,
}

/// A link by which somebody without an account sees one case, by hash only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// SHA-256 of its secret.
    pub hash: [u8; 32],
    /// Who gave it: the page is of what this party has.
    pub party: String,
    /// The case's kind.
    pub kind: String,
    /// The case's key.
    pub key: String,
    /// Who of the party gave it, as JSON text.
    pub data: String,
    /// Since when, in ms.
    pub created_ms: i64,
    /// Until when at most, in ms.
    pub expires_ms: i64,
    /// When it was revoked, in ms; on writing only what [`Commit::passes_revoked`] says counts.
    pub revoked_ms: Option<i64>,
}

/// That a party takes a pass back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassRevoked {
    /// SHA-256 of its secret.
    pub hash: [u8; 32],
    /// Who gave it.
    pub party: String,
    /// When, in ms.
    pub at_ms: i64,
}

/// A person's session, by hash only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of its secret.
    pub hash: [u8; 32],
    /// For which party.
    pub party: String,
    /// Who it is: person, post, role, language, as JSON text.
    pub data: String,
    /// Until when, in ms.
    pub expires_ms: i64,
}

/// Which end of a list comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The newest first.
    #[default]
    NewestFirst,
    /// The oldest first.
    OldestFirst,
}

/// A piece of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` at the end.
    pub next: Option<String>,
}

/// Which records a party wants. Members left `None` don't choose.
#[derive(Debug, Clone, Default)]
pub struct RecordQuery {
    /// Of this type.
    pub record_type: Option<String>,
    /// By this issuer.
    pub issuer: Option<String>,
    /// Logged at this time or later, in ms.
    pub logged_from_ms: Option<i64>,
    /// Logged before this time, in ms.
    pub logged_before_ms: Option<i64>,
    /// Come to this node with this entry of its log or later; costs what these are, however many there were before.
    pub arrived_from: Option<LeafIndex>,
    /// For the party to read since this entry of the log or later: what came, and what was here before and became its to read.
    pub granted_from: Option<LeafIndex>,
    /// Which come first, in order of arrival here.
    pub order: Order,
    /// How many, 1 to [`PAGE_MAX`]; 0 means 50.
    pub limit: usize,
    /// [`Page::next`] of the page before.
    pub cursor: Option<String>,
}

/// Which cases a party wants; the last changed come first.
#[derive(Debug, Clone, Default)]
pub struct CaseQuery {
    /// In one of these shown states; empty means all.
    pub shown: Vec<String>,
    /// Changed with this entry of the log or later.
    pub updated_from: Option<LeafIndex>,
    /// How many, 1 to [`PAGE_MAX`]; 0 means 50.
    pub limit: usize,
    /// [`Page::next`] of the page before.
    pub cursor: Option<String>,
}

/// Which rows of a table are wanted.
#[derive(Debug, Clone, Default)]
pub struct TableQuery {
    /// As known at this time, in ms; `None` means now.
    pub as_known_ms: Option<i64>,
    /// Of this case only: kind and key.
    pub case: Option<(String, String)>,
    /// Recorded at this time, in ms, or later; costs what these are, however many there were before.
    pub recorded_since_ms: Option<i64>,
    /// How many, 1 to [`PAGE_MAX`]; 0 means 50.
    pub limit: usize,
    /// [`Page::next`] of the page before.
    pub cursor: Option<String>,
}

/// A value that a measure binds or gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// A number.
    Real(f64),
    /// A text.
    Text(String),
}

/// A query over `table_rows`, made by whoever knows what the rows mean. It only reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// One SELECT in this store's language.
    pub sql: String,
    /// What it binds, in order; the first is the party whose rows are read.
    pub binds: Vec<Cell>,
    /// Most rows that are given.
    pub rows_max: usize,
    /// Longest that it may run.
    pub time_max: Duration,
}

/// What a measure gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Rows, each with its columns in order.
    pub rows: Vec<Vec<Cell>>,
    /// Whether there were more than `rows_max`.
    pub more: bool,
}

/// Something new for a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The entry of the log that opened the record to the party: the cursor.
    pub index: LeafIndex,
    /// The record.
    pub id: String,
    /// Its view.
    pub view: String,
    /// Its type.
    pub record_type: String,
    /// Its issuer.
    pub issuer: String,
    /// When its home logged it, in ms.
    pub logged_ms: i64,
    /// When what it says happened, in ms.
    pub occurred_ms: i64,
    /// The cases it is about: kind and key.
    pub cases: Vec<(String, String)>,
}

/// The head of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHead {
    /// What must be known to append.
    pub frontier: Frontier,
    /// The newest checkpoint, a signed note; `None` before the first entry.
    pub checkpoint: Option<String>,
    /// Time of the last entry, in ms: logged times never decrease.
    pub last_logged_ms: Option<i64>,
}

/// What a look at the log's end found in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TailReport {
    /// Size of the log.
    pub size: u64,
    /// Entries looked at.
    pub checked: u64,
    /// The root, base64.
    pub root: String,
}

/// Where the tables contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Stable code.
    pub code: &'static str,
    /// In how many places.
    pub count: u64,
    /// The first of them.
    pub examples: Vec<String>,
}

/// How much there is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Records, each once however many views are held.
    pub records: u64,
    /// Cases.
    pub cases: u64,
    /// Entries of the log.
    pub log_size: u64,
    /// The root, base64.
    pub log_root: String,
    /// Deliveries put in outboxes.
    pub deliveries: u64,
    /// Of them, acknowledged.
    pub deliveries_acked: u64,
    /// Of them, pending.
    pub deliveries_pending: u64,
    /// Deliveries that wait here.
    pub waiting: u64,
    /// Refusals given, by code.
    pub refused: Vec<(String, u64)>,
    /// Forks found.
    pub forks: u64,
    /// Attachments.
    pub attachments: u64,
}

/// How the store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Connections for reading, 1 to 64.
    pub readers: usize,
    /// Page cache of each connection, in KiB.
    pub cache_kib: u32,
    /// Most that the database may grow to, in bytes; beyond it writes are refused as on a full disk.
    pub database_bytes_max: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        // Four readers and the writer with 4 MiB each stay well within an idle node's 100 MB.
        Self {
            readers: 4,
            cache_kib: 4096,
            database_bytes_max: None,
        }
    }
}
