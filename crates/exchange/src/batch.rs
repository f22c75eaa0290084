//! One transaction in the making: leaves, stamps, records, entitlements, outbox, and what the fold says of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use garita_profile::case::{CaseRef, CaseState, RecordState};
use garita_profile::{Profile, audience, notice, view};

use crate::automate::{Issue, seats_changed};
use garita_store::{
    Ack, Act, AttachmentLink, CaseLink, Commit, Dispute, Entitlement, GovernanceEntry, Idempotency,
    InboxRow, InboxSeen, LinkKind, LogAppend, LogEntry, OutboxItem, Reader, RecordLink, RecordRow,
    Refusal as KeptRefusal, StoreError, Waiting, Writer,
};
use garita_tlog::{Checkpoint, Frontier, LeafIndex, TreeSize};
use serde_json::Value;

use crate::admit;
use crate::attachments;
use crate::clock::{Clock, real_now_ms};
use crate::core::{Hosted, Identity};
use crate::encode;
use crate::envelope::Envelope;
use crate::erase;
use crate::governance::{self, Network};
use crate::intake::VerifiedEntry;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::program::Programs;
use crate::project::{At, Projector, Seen};
use crate::read::{case_record_of, leaf_of};
use crate::sequence::{Change, Sequenced, store_refusal};
use crate::signing::{self, LogSigner, signer_away};
use crate::stamp::{self, Leaf, LeafAct, Stamp, WHOLE};
use crate::sync::Standings;
use crate::verify::Verified;
use crate::wire::DeliveryResult;

/// Notices that follow from one batch, at most: a notice never brings forth another, so this only bounds a flood of cases.
const NOTICES_MAX: usize = 4_096;

/// Records that set off records that set off records: a chain of automations is cut here, and goes on at the next change.
const ROUNDS_MAX: usize = 6;

/// An answer is kept for a repeated request this long.
const IDEMPOTENCY_MS: i64 = 24 * 3_600_000;

/// What the sequencer's thread owns beside the writer.
pub(crate) struct Desk {
    pub(crate) identity: Identity,
    pub(crate) clock: Clock,
    pub(crate) hosted: BTreeMap<String, Hosted>,
    pub(crate) programs: Arc<Programs>,
    pub(crate) signer: signing::Signer,
    pub(crate) reader: Reader,
    pub(crate) network: Arc<Network>,
    /// When each peer was last in step: links ask.
    pub(crate) standings: Arc<Standings>,
}

/// See the module.
pub(crate) struct Batch<'a> {
    pub(crate) desk: &'a mut Desk,
    pub(crate) projector: &'a mut Projector,
    pub(crate) commit: Commit,
    entries: Vec<LogEntry>,
    frontier: Frontier,
    base: TreeSize,
    checkpoint: Option<String>,
    pub(crate) logged_ms: i64,
    last_logged_ms: i64,
    pub(crate) now_ms: i64,
    placed: HashMap<(String, String), Sequenced>,
    /// Audiences of what this batch placed: the store does not know them yet.
    pub(crate) audiences: HashMap<String, BTreeSet<(String, String)>>,
    /// Automations' answers in this batch: (rule, trigger).
    pub(crate) deeds: BTreeSet<(String, String)>,
    network_before: Arc<Network>,
    /// What is placed sets nothing off: what followed from it then comes back as a record too.
    pub(crate) quiet: bool,
    /// A fault of ours in the middle of a placement: the whole batch fails, so that nothing half-written is committed.
    broken: Option<Refusal>,
}

impl<'a> Batch<'a> {
    pub(crate) fn begin(
        writer: &mut Writer,
        desk: &'a mut Desk,
        projector: &'a mut Projector,
    ) -> Result<Self, StoreError> {
        let head = writer.head()?;
        let now_ms = desk.clock.now_ms();
        Ok(Self {
            base: head.frontier.size(),
            checkpoint: head.checkpoint.clone(),
            // INVARIANT (logged never decreases): a clock that went back is not followed.
            logged_ms: head.last_logged_ms.map_or(now_ms, |last| last.max(now_ms)),
            last_logged_ms: head.last_logged_ms.unwrap_or(now_ms),
            now_ms,
            frontier: head.frontier.clone(),
            commit: Commit::default(),
            entries: Vec::new(),
            placed: HashMap::new(),
            audiences: HashMap::new(),
            deeds: BTreeSet::new(),
            network_before: Arc::clone(&desk.network),
            quiet: false,
            broken: None,
            desk,
            projector,
        })
    }

    /// Admits and places a record of a hosted issuer.
    pub(crate) fn home(&mut self, record: Verified) -> Result<Sequenced, Refusal> {
        if let Some(first) = self.held(&record.envelope.id, WHOLE)? {
            // Its salt is gone: there is no receipt to answer with.
            if self.erased(&record.envelope.id, WHOLE)? {
                return Err(erase::erased_before());
            }
            return Ok(first);
        }
        if let Some(first) = self.done_once(&record)? {
            return Ok(first);
        }
        let once = record.once.clone();
        let linked = self.linked_for(&record.envelope, &record.document)?;
        let network = Arc::clone(&self.desk.network);
        let issuer: Arc<str> = Arc::from(record.envelope.issuer.as_str());
        let admitted = admit::admit(
            record,
            &admit::Desk {
                network: &network,
                programs: &self.desk.programs,
                hosted: &self.desk.hosted,
                logged_ms: self.logged_ms,
                now_ms: self.now_ms,
                linked: linked.as_ref(),
            },
            &issuer,
            self.projector,
        )?;
        let placed = self.place_home(admitted, &issuer);
        if let (Ok(sequenced), Some(once)) = (&placed, once) {
            self.commit.idempotency.push(Idempotency {
                key: once.key,
                principal: issuer.to_string(),
                request: once.request,
                status: 201,
                response: sequenced.leaf.id.clone().into_bytes(),
                expires_ms: real_now_ms().saturating_add(IDEMPOTENCY_MS),
            });
        }
        self.note_break(placed)
    }

    /// The first answer to a request that must be done once: from this batch, or from an earlier one.
    fn done_once(&self, record: &Verified) -> Result<Option<Sequenced>, Refusal> {
        let Some(once) = &record.once else {
            return Ok(None);
        };
        let principal = &record.envelope.issuer;
        let here = self
            .commit
            .idempotency
            .iter()
            .find(|held| held.key == once.key && held.principal == *principal)
            .cloned();
        let held = match here {
            Some(held) => Some(held),
            None => self
                .desk
                .reader
                .idempotency(principal, &once.key, real_now_ms())
                .map_err(|e| store_refusal(&e))?,
        };
        match held {
            None => Ok(None),
            Some(held) if held.request != once.request => Err(Refusal::one(
                RefusalKind::Conflict,
                Fault::whole(
                    "idempotency-key-reused",
                    "this Idempotency-Key came before with another body; use a new key",
                    "esta Idempotency-Key ya llegó con otro contenido; use una nueva",
                ),
            )),
            Some(held) => self.held(&String::from_utf8_lossy(&held.response), WHOLE),
        }
    }

    pub(crate) fn note_break<T>(&mut self, result: Result<T, Refusal>) -> Result<T, Refusal> {
        if let Err(refusal) = &result {
            self.broken = Some(refusal.clone());
        }
        result
    }

    /// Places the entries of a delivery; each gets its own result.
    pub(crate) fn delivered(
        &mut self,
        peer: &str,
        entries: Vec<VerifiedEntry>,
    ) -> Result<Vec<DeliveryResult>, Refusal> {
        let mut results = Vec::with_capacity(entries.len());
        let mut last = 0;
        for entry in entries {
            last = last.max(entry.seq());
            let taken = self.take(peer, entry);
            results.push(self.note_break(taken)?);
        }
        if last > 0 {
            self.commit.inbox.push(InboxSeen {
                peer: peer.to_owned(),
                seq: last,
            });
        }
        Ok(results)
    }

    pub(crate) fn acked(&mut self, ack: Ack) {
        self.commit.acks.push(ack);
    }

    pub(crate) fn change(&mut self, change: Change) {
        change(&mut self.commit);
    }

    /// Computes a party's table rows of some cases anew.
    pub(crate) fn retable(&mut self, party: &Arc<str>, cases: &[CaseRef]) -> Result<(), Refusal> {
        let network = Arc::clone(&self.desk.network);
        for case in cases {
            let seen = (Arc::clone(party), case.clone());
            let rows = self
                .projector
                // Nothing is logged here, so that a clock which goes back after this would be behind `now`; the log never is.
                .retabled(&seen, &network, self.now_ms, self.last_logged_ms)
                .map_err(|e| store_refusal(&e));
            let rows = self.note_break(rows)?;
            self.commit.table_rows.extend(rows);
        }
        Ok(())
    }

    /// Writes what is shown of cases as of now; their records and states are as they were.
    pub(crate) fn refresh(&mut self, cases: &[Seen]) -> Result<(), Refusal> {
        let network = Arc::clone(&self.desk.network);
        let at = At {
            now_ms: self.now_ms,
            recorded_ms: self.last_logged_ms,
            updated: self.last_index(),
        };
        for seen in cases {
            let view = self
                .projector
                .refreshed(seen, &network, at)
                .map_err(|e| store_refusal(&e));
            let view = self.note_break(view)?;
            self.commit.case_views.extend(view);
        }
        Ok(())
    }

    /// Marks records that are here as disputed; their folds follow.
    pub(crate) fn dispute(
        &mut self,
        records: &[(String, String)],
        reason: &str,
    ) -> Result<(), Refusal> {
        for (id, view) in records {
            let disputed = self.disputed(id, view, reason);
            self.note_break(disputed)?;
        }
        Ok(())
    }

    fn disputed(&mut self, id: &str, view: &str, reason: &str) -> Result<(), Refusal> {
        let reader = &self.desk.reader;
        let held = reader
            .node_record(id, view)
            .map_err(|e| store_refusal(&e))?
            .filter(|held| held.record.disputed.is_none());
        let Some(record) = held.as_ref().and_then(case_record_of) else {
            return Ok(());
        };
        let entitled = reader.node_entitled(id).map_err(|e| store_refusal(&e))?;
        self.commit.disputes.push(Dispute {
            id: id.to_owned(),
            view: view.to_owned(),
            reason: Some(reason.to_owned()),
        });
        for (party, _) in entitled.iter().filter(|(_, granted)| granted == view) {
            let party: Arc<str> = Arc::from(party.as_str());
            for case in &record.about {
                self.projector
                    .dispute(&party, case, &record, reason)
                    .map_err(|e| store_refusal(&e))?;
            }
        }
        Ok(())
    }

    /// Adopts governance entries; what adopted entries unlock is for the caller to retry.
    pub(crate) fn govern(&mut self, entries: Vec<Value>) -> Result<Arc<Network>, Refusal> {
        for entry in entries {
            let number = entry
                .pointer("/credentialSubject/number")
                .and_then(Value::as_u64);
            let held = self.desk.network.head;
            let mut next = Network::clone(&self.desk.network);
            next.adopt(&entry).map_err(|error| {
                Refusal::one(
                    RefusalKind::Unprocessable,
                    Fault::whole(error.code(), error.to_string(), error.es()),
                )
            })?;
            if next.head == held {
                continue;
            }
            let id = governance::entry_digest(&entry).map_err(|error| {
                Refusal::one(
                    RefusalKind::Unprocessable,
                    Fault::whole(error.code(), error.to_string(), error.to_string()),
                )
            })?;
            self.commit.governance.push(GovernanceEntry {
                number: number.unwrap_or(0),
                id,
                predecessor: entry
                    .pointer("/credentialSubject/predecessor")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
                kind: entry
                    .pointer("/credentialSubject/statement/kind")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned(),
                document: entry.to_string().into_bytes(),
                logged_ms: self.logged_ms,
            });
            self.desk.network = Arc::new(next);
        }
        Ok(Arc::clone(&self.desk.network))
    }

    /// Folds what the batch touched and places the notices that follow. A notice brings forth no other.
    pub(crate) fn settle(&mut self) -> Result<(), Refusal> {
        let mut notices = 0;
        let mut moved: BTreeSet<Seen> = BTreeSet::new();
        // Round 0 folds what came; each other what the round before added. Notices and grants set off nothing by themselves; what a
        // program's automation issued is looked at like any other record, up to a few in a chain.
        let mut news = !self.quiet;
        for _ in 0..ROUNDS_MAX {
            let touched = self.projector.take_touched();
            if touched.is_empty() {
                break;
            }
            let mut drafts = Vec::new();
            let mut planned = Vec::new();
            for seen in &touched {
                let network = Arc::clone(&self.desk.network);
                let settled = self
                    .projector
                    .settle(seen, &network, self.now_ms)
                    .map_err(|e| store_refusal(&e))?;
                let Some(settled) = settled else { continue };
                if news
                    && let Some(profile) =
                        self.desk
                            .programs
                            .governing(&seen.1.kind, &network, self.logged_ms)
                {
                    // What follows from a case goes to others, who must not learn from it of a record that is secret to an office.
                    let programs = Arc::clone(&self.desk.programs);
                    let open = |r: &&RecordState| !programs.is_kept_back(&r.record_type);
                    let trigger = settled
                        .after
                        .records
                        .iter()
                        .rfind(open)
                        .map(|r| r.id.clone())
                        .unwrap_or_default();
                    let parts: BTreeMap<CaseRef, Arc<CaseState>> = self
                        .projector
                        .parts(&seen.0, &settled.after, &network, self.now_ms)
                        .map_err(|e| store_refusal(&e))?;
                    for draft in notice::notices(
                        profile.model(),
                        settled.before.as_deref(),
                        &settled.after,
                        &network.directory,
                        &|part| parts.get(part).cloned(),
                        &seen.0,
                        self.logged_ms,
                    ) {
                        drafts.push(Issue {
                            issuer: Arc::clone(&seen.0),
                            record_type: draft.record_type,
                            about: draft.about,
                            subject: draft.subject,
                            audience: draft.audience,
                            rule: "state-notice",
                            trigger: trigger.clone(),
                            opens: Vec::new(),
                            follows: draft.follows.into_iter().collect(),
                            beside: Vec::new(),
                        });
                    }
                    planned.extend(self.planned(
                        seen,
                        settled.before.as_deref(),
                        &settled.after,
                    )?);
                    if seats_changed(settled.before.as_deref(), &settled.after) {
                        drafts.extend(self.grants(
                            &profile,
                            &seen.0,
                            &settled.after,
                            &parts,
                            &trigger,
                        )?);
                    }
                }
            }
            moved.extend(touched);
            for draft in drafts {
                notices += 1;
                if notices > NOTICES_MAX {
                    tracing::warn!(
                        notices,
                        "more notices than one batch may have; the rest follow the next change"
                    );
                    break;
                }
                self.issue(draft)?;
            }
            news = news && !planned.is_empty();
            for deed in planned {
                self.perform(deed)?;
            }
        }
        // A case touched in both rounds is written once, as the second left it.
        let at = At {
            now_ms: self.now_ms,
            recorded_ms: self.logged_ms,
            updated: self.last_index(),
        };
        let network = Arc::clone(&self.desk.network);
        for seen in moved {
            let rows = self
                .projector
                .rows(&seen, &network, at)
                .map_err(|e| store_refusal(&e))?;
            if let Some(rows) = rows {
                self.commit.case_views.push(rows.view);
                self.commit.terms.extend(rows.terms);
                self.commit.table_rows.extend(rows.rows);
            }
        }
        Ok(())
    }

    /// The commit, its checkpoint and the log's size after it.
    pub(crate) fn finish(mut self) -> Result<(Commit, String, u64), Refusal> {
        if let Some(refusal) = self.broken.take() {
            return Err(refusal);
        }
        let size = self.frontier.size();
        let checkpoint = if self.entries.is_empty() {
            self.checkpoint.unwrap_or_default()
        } else {
            let signer = LogSigner::new(&self.desk.identity.origin, &self.desk.identity.log_key);
            let note = Checkpoint::new(&self.desk.identity.origin, size, self.frontier.root())
                .sign(&signer)
                .map_err(|e| internal("checkpoint-unsigned", &e.to_string()))?;
            self.commit.log = Some(LogAppend {
                base: self.base,
                entries: std::mem::take(&mut self.entries),
                checkpoint: note.clone(),
            });
            note
        };
        Ok((self.commit, checkpoint, size.get()))
    }

    /// Network as it was before the batch.
    pub(crate) fn network_before(&self) -> Arc<Network> {
        Arc::clone(&self.network_before)
    }

    fn last_index(&self) -> LeafIndex {
        self.frontier.size().last().unwrap_or(LeafIndex::new(0))
    }

    pub(crate) fn held(&self, id: &str, view: &str) -> Result<Option<Sequenced>, Refusal> {
        if let Some(first) = self.placed.get(&(id.to_owned(), view.to_owned())) {
            return Ok(Some(first.clone()));
        }
        let held = self
            .desk
            .reader
            .node_record(id, view)
            .map_err(|e| store_refusal(&e))?;
        let Some(held) = held else { return Ok(None) };
        let entry = self
            .desk
            .reader
            .log_entry(held.record.local_index)
            .map_err(|e| store_refusal(&e))?
            .ok_or_else(|| internal("log-entry-missing", "a held record has no log entry"))?;
        let stamp: Stamp = serde_json::from_slice(&held.record.stamp)
            .map_err(|_| internal("stamp-unreadable", "a held record's stamp cannot be read"))?;
        Ok(Some(Sequenced {
            salt: entry.salt.unwrap_or_default(),
            index: entry.index.get(),
            leaf: leaf_of(entry),
            stamp,
            checkpoint: self.checkpoint.clone().unwrap_or_default(),
            size: self.base.get(),
            repeated: true,
        }))
    }

    pub(crate) fn place_home(
        &mut self,
        admitted: admit::Admitted,
        issuer: &Arc<str>,
    ) -> Result<Sequenced, Refusal> {
        let admit::Admitted { record, profile } = admitted;
        let Verified {
            document,
            bytes,
            envelope,
            once: _,
            deriver,
        } = record;
        let network = Arc::clone(&self.desk.network);
        let case_record = envelope.case_record(Arc::clone(&document), self.logged_ms, None);
        let mut states = BTreeMap::new();
        for case in &envelope.about {
            self.projector
                .add(issuer, case, case_record.clone())
                .map_err(|e| store_refusal(&e))?;
        }
        for case in &envelope.about {
            let state = self
                .projector
                .state(issuer, case, &network, self.now_ms)
                .map_err(|e| store_refusal(&e))?;
            if let Some(state) = state {
                states.insert(case.clone(), state);
            }
        }
        let mut audience: BTreeSet<(String, String)> = audience::audience(
            profile.model(),
            &case_record,
            &|case| states.get(case).cloned(),
            &network.directory,
        )
        .into_iter()
        .map(|entry| (entry.party, entry.view.unwrap_or_else(|| WHOLE.to_owned())))
        .collect();
        audience.insert((issuer.to_string(), WHOLE.to_owned()));
        // Who gets the whole needs no view beside it.
        let whole: BTreeSet<String> = audience
            .iter()
            .filter(|(_, v)| v == WHOLE)
            .map(|(p, _)| p.clone())
            .collect();
        audience.retain(|(party, view)| view == WHOLE || !whole.contains(party));

        self.audiences.insert(envelope.id.clone(), audience.clone());
        let sequenced = self.leaf(&envelope, WHOLE, LeafAct::Issued, issuer, &audience, None)?;
        self.row(&envelope, WHOLE, &bytes, &sequenced, None, None)?;
        self.entitle(&envelope, WHOLE, &case_record, &audience, sequenced.index)?;
        self.send(&network, &envelope.id, WHOLE, &audience);
        let views: BTreeSet<String> = audience
            .iter()
            .filter(|(_, v)| v != WHOLE)
            .map(|(_, v)| v.clone())
            .collect();
        // What came with the record was made off this thread; only what an automation signs has it made here.
        let wanted = !views.is_empty() && envelope.view.is_none();
        let hosted = self.desk.hosted.get(issuer.as_ref()).filter(|_| wanted);
        let deriver = match (deriver, hosted) {
            (None, Some(hosted)) => {
                let (model, keys) = (profile.model(), hosted.current());
                self.desk
                    .signer
                    .deriver(&document, &envelope.record_type, model, &keys, self.now_ms)?
                    .map(Box::new)
            }
            (deriver, _) => deriver,
        };
        if let Some(deriver) = &deriver {
            let kept = (envelope.id.clone(), deriver.to_bytes());
            self.commit.derivers.push(kept);
        }
        for view in views {
            let shown = match deriver.as_ref().and_then(|deriver| deriver.view(&view)) {
                Some(derived) => derived.clone(),
                None => self.reduced(&profile, &document, &envelope.record_type, &view, issuer)?,
            };
            self.place_view(&envelope, &view, shown, issuer, &audience, self.logged_ms)?;
        }
        Ok(sequenced)
    }

    /// A view that cannot be derived: a reduced document, signed anew.
    pub(crate) fn reduced(
        &self,
        profile: &Profile,
        document: &Value,
        record_type: &str,
        view: &str,
        issuer: &str,
    ) -> Result<Value, Refusal> {
        let reduced = view::reduce(profile.model(), document, record_type, view)
            .ok_or_else(|| internal("view-unknown", view))?;
        let key =
            self.desk.hosted.get(issuer).ok_or_else(|| {
                internal("issuer-not-hosted", "the issuer's key is not on this node")
            })?;
        self.desk
            .signer
            .sign(&reduced, &key.current(), self.now_ms)
            .map_err(|e| {
                signer_away(&e).unwrap_or_else(|| internal("view-unsigned", &e.to_string()))
            })
    }

    /// Places a view of a record of ours that was logged at `logged_ms`. It is kept and sent as these bytes ever after.
    pub(crate) fn place_view(
        &mut self,
        whole: &Envelope,
        view: &str,
        shown: Value,
        issuer: &str,
        audience: &BTreeSet<(String, String)>,
        logged_ms: i64,
    ) -> Result<Sequenced, Refusal> {
        let envelope = Envelope {
            view: Some(view.to_owned()),
            saw: Vec::new(),
            ..whole.clone()
        };
        let bytes = shown.to_string();
        let record = envelope.case_record(Arc::new(shown), logged_ms, None);
        let placed = self.leaf_of(
            &envelope,
            view,
            LeafAct::Issued,
            issuer,
            audience,
            Stamped::Now { logged_ms },
        )?;
        self.row(&envelope, view, bytes.as_bytes(), &placed, None, None)?;
        self.entitle(&envelope, view, &record, audience, placed.index)?;
        let network = Arc::clone(&self.desk.network);
        self.send(&network, &envelope.id, view, audience);
        Ok(placed)
    }

    /// One delivered entry.
    fn take(&mut self, peer: &str, entry: VerifiedEntry) -> Result<DeliveryResult, Refusal> {
        let result = |seq: u64, status: &str| DeliveryResult {
            seq,
            status: status.to_owned(),
            index: None,
            salt: None,
            logged: None,
            audience: None,
            code: None,
        };
        match entry {
            VerifiedEntry::Waiting {
                seq,
                id,
                view,
                lacking,
                name,
                bytes,
            } => {
                self.commit.inbox_rows.push(InboxRow {
                    peer: peer.to_owned(),
                    seq,
                    id: id.clone(),
                    view: view.clone(),
                });
                self.commit.waiting.push(Waiting {
                    number: 0,
                    peer: peer.to_owned(),
                    seq,
                    id,
                    view,
                    lacking,
                    name: name.clone(),
                    bytes,
                    since_ms: self.logged_ms,
                });
                Ok(DeliveryResult {
                    code: Some(format!("{}: {name}", lacking.as_str())),
                    ..result(seq, "waiting")
                })
            }
            VerifiedEntry::Refused {
                seq,
                id,
                fault,
                waited,
            } => {
                self.commit.waiting_done.extend(waited);
                self.commit.refusals.push(KeptRefusal {
                    peer: peer.to_owned(),
                    given: true,
                    id,
                    code: fault.code.clone(),
                    answer: serde_json::to_vec(&fault).unwrap_or_default(),
                    at_ms: self.logged_ms,
                });
                Ok(DeliveryResult {
                    code: Some(fault.code),
                    ..result(seq, "refused")
                })
            }
            VerifiedEntry::Good {
                seq,
                view,
                document,
                bytes,
                envelope,
                stamp,
                to,
                disputed,
                waited,
            } => {
                if let Some(number) = waited {
                    self.commit.waiting_done.push(number);
                }
                self.commit.inbox_rows.push(InboxRow {
                    peer: peer.to_owned(),
                    seq,
                    id: envelope.id.clone(),
                    view: view.clone(),
                });
                let audience: BTreeSet<(String, String)> = to
                    .into_iter()
                    .filter(|party| self.desk.hosted.contains_key(party))
                    .map(|party| (party, view.clone()))
                    .collect();
                let case_record = envelope.case_record(document, stamp.logged, disputed.clone());
                let node = self.desk.identity.did.clone();
                let (status, sequenced) = match self.held(&envelope.id, &view)? {
                    Some(first) => {
                        // Its audience may have grown. Who gets it only now gets it by an entry of now: a stream goes on from entries.
                        let later = self.not_entitled(&envelope.id, audience)?;
                        if self.erased(&envelope.id, &view)? {
                            // Erased counts as held: nothing of it comes back by being sent again.
                            let answer = DeliveryResult {
                                index: Some(first.index),
                                salt: Some(encode::base64url(&first.salt)),
                                logged: Some(first.leaf.logged),
                                code: Some(erase::RECORD_ERASED.to_owned()),
                                ..result(seq, "held")
                            };
                            return Ok(answer);
                        }
                        if later.is_empty() {
                            ("held", first)
                        } else {
                            let act = LeafAct::Received;
                            let grown =
                                self.leaf(&envelope, &view, act, &node, &later, Some(&stamp))?;
                            self.entitle(&envelope, &view, &case_record, &later, grown.index)?;
                            self.placed
                                .insert((envelope.id.clone(), view.clone()), first);
                            ("recorded", grown)
                        }
                    }
                    None => {
                        let placed = self.leaf(
                            &envelope,
                            &view,
                            LeafAct::Received,
                            &node,
                            &audience,
                            Some(&stamp),
                        )?;
                        self.row(&envelope, &view, &bytes, &placed, Some(peer), disputed)?;
                        self.entitle(&envelope, &view, &case_record, &audience, placed.index)?;
                        ("recorded", placed)
                    }
                };
                Ok(DeliveryResult {
                    index: Some(sequenced.index),
                    salt: Some(encode::base64url(&sequenced.salt)),
                    logged: Some(sequenced.leaf.logged),
                    // Of what was erased the salt is gone: nobody can be shown what the leaf commits to.
                    audience: (sequenced.salt != [0; 32]).then_some(sequenced.leaf.audience),
                    ..result(seq, status)
                })
            }
        }
    }

    fn erased(&self, id: &str, view: &str) -> Result<bool, Refusal> {
        let erased = self.desk.reader.node_erased(id, view);
        erased
            .map(|erased| erased.is_some())
            .map_err(|e| store_refusal(&e))
    }

    /// Those of an audience that may not read their view yet.
    fn not_entitled(
        &self,
        id: &str,
        mut audience: BTreeSet<(String, String)>,
    ) -> Result<BTreeSet<(String, String)>, Refusal> {
        let held = self
            .desk
            .reader
            .node_entitled(id)
            .map_err(|e| store_refusal(&e))?;
        let here = self.commit.entitlements.iter().filter(|e| e.id == id);
        for entitled in held
            .into_iter()
            .chain(here.map(|e| (e.party.clone(), e.view.clone())))
        {
            audience.remove(&entitled);
        }
        Ok(audience)
    }

    /// Appends a leaf; stamps it where this node is the home.
    pub(crate) fn leaf(
        &mut self,
        envelope: &Envelope,
        view: &str,
        act: LeafAct,
        party: &str,
        audience: &BTreeSet<(String, String)>,
        stamp: Option<&Stamp>,
    ) -> Result<Sequenced, Refusal> {
        let logged_ms = self.logged_ms;
        let stamped = stamp.map_or(Stamped::Now { logged_ms }, Stamped::There);
        self.leaf_of(envelope, view, act, party, audience, stamped)
    }

    pub(crate) fn leaf_of(
        &mut self,
        envelope: &Envelope,
        view: &str,
        act: LeafAct,
        party: &str,
        audience: &BTreeSet<(String, String)>,
        stamped: Stamped<'_>,
    ) -> Result<Sequenced, Refusal> {
        let salt: [u8; 32] =
            encode::random().map_err(|e| internal("no-randomness", &e.to_string()))?;
        let index = self.frontier.size().get();
        let leaf = Leaf {
            id: envelope.id.clone(),
            view: view.to_owned(),
            act,
            party: party.to_owned(),
            logged: self.logged_ms,
            audience: stamp::audience_digest(audience),
        };
        let bytes = leaf.commit(&salt);
        self.frontier
            .push(&bytes)
            .map_err(|e| internal(e.code(), &e.to_string()))?;
        let identity = &self.desk.identity;
        let stamp = match stamped {
            Stamped::There(stamp) => stamp.clone(),
            Stamped::Now { logged_ms } => Stamp::sign(
                &envelope.id,
                view,
                &identity.did,
                &identity.origin,
                index,
                logged_ms,
                &identity.key,
            )
            .map_err(|e| internal("stamp-unsigned", &e.to_string()))?,
        };
        self.entries.push(LogEntry {
            index: LeafIndex::new(index),
            leaf: bytes,
            id: leaf.id.clone(),
            view: leaf.view.clone(),
            act: match act {
                LeafAct::Issued => Act::Issued,
                LeafAct::Received => Act::Received,
                LeafAct::Read => Act::Read,
            },
            party: leaf.party.clone(),
            logged_ms: self.logged_ms,
            audience: leaf.audience.clone(),
            salt: Some(salt),
        });
        let sequenced = Sequenced {
            leaf,
            salt,
            index,
            stamp,
            checkpoint: String::new(),
            size: 0,
            repeated: false,
        };
        self.placed
            .insert((envelope.id.clone(), view.to_owned()), sequenced.clone());
        Ok(sequenced)
    }

    pub(crate) fn row(
        &mut self,
        envelope: &Envelope,
        view: &str,
        bytes: &[u8],
        sequenced: &Sequenced,
        peer: Option<&str>,
        disputed: Option<String>,
    ) -> Result<(), Refusal> {
        let stamp = serde_json::to_vec(&sequenced.stamp)
            .map_err(|e| internal("stamp-unwritable", &e.to_string()))?;
        let id = &envelope.id;
        let links = envelope
            .replaces
            .iter()
            .map(|r| (LinkKind::Replaces, &r.id))
            .chain(envelope.follows.iter().map(|f| (LinkKind::Follows, f)));
        for (kind, to) in links {
            self.commit.record_links.push(RecordLink {
                id: id.clone(),
                view: view.to_owned(),
                kind,
                to: to.clone(),
            });
        }
        for case in &envelope.about {
            self.commit.case_links.push(CaseLink {
                kind: case.kind.clone(),
                key: case.key.clone(),
                id: id.clone(),
                view: view.to_owned(),
            });
        }
        if let Some(reason) = &disputed {
            self.commit.disputes.push(Dispute {
                id: id.clone(),
                view: view.to_owned(),
                reason: Some(reason.clone()),
            });
        }
        self.commit.records.push(RecordRow {
            id: id.clone(),
            view: view.to_owned(),
            record_type: envelope.record_type.clone(),
            issuer: envelope.issuer.clone(),
            logged_ms: sequenced.stamp.logged,
            occurred_ms: envelope.occurred_ms,
            home: sequenced.stamp.node.clone(),
            document: bytes.to_vec(),
            stamp,
            profile: envelope.profile.clone(),
            local_index: LeafIndex::new(sequenced.index),
            disputed,
            received_from: peer.map(str::to_owned),
        });
        Ok(())
    }

    /// Entitles the hosted parties of an audience to a view, and tells their folds.
    pub(crate) fn entitle(
        &mut self,
        envelope: &Envelope,
        view: &str,
        record: &garita_profile::case::CaseRecord,
        audience: &BTreeSet<(String, String)>,
        index: u64,
    ) -> Result<(), Refusal> {
        for (party, granted) in audience {
            if granted != view || !self.desk.hosted.contains_key(party) {
                continue;
            }
            self.commit.entitlements.push(Entitlement {
                party: party.clone(),
                id: envelope.id.clone(),
                view: view.to_owned(),
                since: LeafIndex::new(index),
                grant: None,
            });
            for digest in attachments::digests(attachments::related_of(&record.document)) {
                self.commit.attachment_links.push(AttachmentLink {
                    digest,
                    id: envelope.id.clone(),
                    view: view.to_owned(),
                });
            }
            let party: Arc<str> = Arc::from(party.as_str());
            for case in &envelope.about {
                self.projector
                    .add(&party, case, record.clone())
                    .map_err(|e| store_refusal(&e))?;
            }
        }
        Ok(())
    }

    /// Puts a view into the outbox of each other node that is home to somebody who gets it.
    pub(crate) fn send(
        &mut self,
        network: &Network,
        id: &str,
        view: &str,
        audience: &BTreeSet<(String, String)>,
    ) {
        let mut by_node: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (party, granted) in audience {
            if granted != view {
                continue;
            }
            match network.homes.get(party) {
                Some(home) if *home != self.desk.identity.did => {
                    by_node.entry(home).or_default().push(party);
                }
                Some(_) | None => {}
            }
        }
        for (peer, recipients) in by_node {
            self.commit.outbox.push(OutboxItem {
                peer: peer.to_owned(),
                id: id.to_owned(),
                view: view.to_owned(),
                recipients: serde_json::to_string(&recipients).unwrap_or_default(),
                queued_ms: self.logged_ms,
            });
        }
    }
}

/// Whose stamp a leaf's record bears.
pub(crate) enum Stamped<'s> {
    /// Its home's, with which it came.
    There(&'s Stamp),
    /// Ours, which says when the record was logged: for a view that somebody gets later, before its leaf.
    Now { logged_ms: i64 },
}

pub(crate) fn internal(code: &str, what: &str) -> Refusal {
    Refusal::one(
        RefusalKind::Unavailable,
        Fault::whole(
            code,
            format!("the node could not finish its work: {what}"),
            format!("el nodo no pudo terminar su trabajo: {what}"),
        ),
    )
}
