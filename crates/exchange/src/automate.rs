//! What follows from a batch by itself, in the same transaction: the keeper's state notices, and grants to those who were seated
//! after a record was sequenced. Each is a signed record of its office with the rule and the record that triggered it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use garita_credential::{ResolveError, Resolver as _};
use garita_profile::Profile;
use garita_profile::audience::{self, AudienceEntry};
use garita_profile::builtin::ERASED;
use garita_profile::case::{CaseRecord, CaseRef, CaseState};
use garita_profile::view;
use serde_json::{Value, json};

use crate::admit;
use crate::batch::{Batch, internal};
use crate::core::Hosted;
use crate::envelope::Envelope;
use crate::erase;
use crate::problem::{Refusal, RefusalKind};
use crate::sequence::store_refusal;
use crate::signing::{Draft, signer_away};
use crate::stamp::{LeafAct, WHOLE};

/// Record type by which an audience grows (design §5).
const GRANT: &str = "Grant";

/// A record that an automation issues.
#[derive(Debug)]
pub(crate) struct Issue {
    pub(crate) issuer: Arc<str>,
    pub(crate) record_type: String,
    pub(crate) about: CaseRef,
    pub(crate) subject: Value,
    pub(crate) audience: Vec<String>,
    pub(crate) rule: &'static str,
    pub(crate) trigger: String,
    /// Records that it opens to its audience, whole or in a view.
    pub(crate) opens: Vec<(CaseRecord, String)>,
    /// Records that it answers or comes after.
    pub(crate) follows: Vec<String>,
    /// Cases that it is about beside the first.
    pub(crate) beside: Vec<CaseRef>,
}

/// Whether somebody may have come to be seated.
pub(crate) fn seats_changed(before: Option<&CaseState>, after: &CaseState) -> bool {
    match before {
        None => after.opening.is_some(),
        Some(before) => {
            before.opening != after.opening
                || before.seats != after.seats
                || before.posts != after.posts
        }
    }
}

impl Batch<'_> {
    /// Grants of a hosted issuer: its records of the case, to whom today's seats entitle and who has not got them.
    ///
    /// An audience is resolved once, at sequencing, and grows by a grant only: an entry accepted before the manifest came reaches
    /// the carrier this way.
    pub(crate) fn grants(
        &mut self,
        profile: &Profile,
        issuer: &Arc<str>,
        state: &Arc<CaseState>,
        parts: &BTreeMap<CaseRef, Arc<CaseState>>,
        trigger: &str,
    ) -> Result<Vec<Issue>, Refusal> {
        let records: Vec<CaseRecord> = self
            .projector
            .records(issuer, &state.case)
            .map_err(|e| store_refusal(&e))?
            .iter()
            .filter(|r| r.issuer == issuer.as_ref() && r.view.is_none() && r.record_type != GRANT)
            // What was erased is given to nobody any more, and that it was concerns who had it.
            .filter(|r| r.record_type != ERASED && !erase::is_residue(r))
            .cloned()
            .collect();
        let network = Arc::clone(&self.desk.network);
        let mut opened: BTreeMap<String, Vec<(CaseRecord, String)>> = BTreeMap::new();
        for record in records {
            let had = self.had(&record.id)?;
            let of = |case: &CaseRef| {
                if *case == state.case {
                    Some(Arc::clone(state))
                } else {
                    parts.get(case).cloned()
                }
            };
            for entry in audience::grown(profile.model(), &record, &had, &of, &network.directory) {
                if let Some(view) = &entry.view
                    && (record.disputed.is_some() || !self.has_view(&record, view))
                {
                    continue;
                }
                let view = entry.view.unwrap_or_else(|| WHOLE.to_owned());
                let opens = opened.entry(entry.party).or_default();
                opens.push((record.clone(), view));
            }
        }
        Ok(opened
            .into_iter()
            .map(|(party, records)| Issue {
                issuer: Arc::clone(issuer),
                record_type: GRANT.to_owned(),
                about: state.case.clone(),
                subject: json!({
                    "records": records.iter().map(|(r, _)| r.id.as_str()).collect::<Vec<_>>(),
                    "to": party,
                    "from": "start",
                }),
                audience: vec![party],
                rule: "seated-later",
                trigger: trigger.to_owned(),
                opens: records,
                follows: Vec::new(),
                beside: Vec::new(),
            })
            .collect())
    }

    /// Signs and places a record of an automation, and opens to its audience what it grants.
    pub(crate) fn issue(&mut self, issue: Issue) -> Result<(), Refusal> {
        let issuer = &issue.issuer;
        let Some(key) = self.desk.hosted.get(issuer.as_ref()).map(Hosted::current) else {
            return Ok(());
        };
        let network = Arc::clone(&self.desk.network);
        let programs = Arc::clone(&self.desk.programs);
        let Some(profile) = programs.governing(&issue.about.kind, &network, self.logged_ms) else {
            return Ok(());
        };
        let document = Draft {
            record_type: issue.record_type,
            issuer: issuer.to_string(),
            about: std::iter::once(issue.about.clone())
                .chain(issue.beside)
                .collect(),
            occurred_ms: self.now_ms,
            subject: issue.subject,
            follows: issue.follows,
            automation: Some((issue.rule.to_owned(), issue.trigger)),
            ..Draft::default()
        }
        .document(&network, &profile)
        .map_err(|f| Refusal::one(RefusalKind::Unavailable, f))?;
        let core_digest = document.get("profile").and_then(serde_json::Value::as_str);
        let core_digest = core_digest.unwrap_or_default();
        if admit::not_adopted(&network, &profile, core_digest, self.logged_ms, &[]).is_some() {
            return Ok(());
        }
        let signed = self
            .desk
            .signer
            .sign(&document, &key, self.now_ms)
            .map_err(|e| {
                signer_away(&e).unwrap_or_else(|| internal("automation-unsigned", &e.to_string()))
            })?;
        let envelope = Envelope::read(&signed).map_err(|faults| Refusal {
            kind: RefusalKind::Unavailable,
            faults,
        })?;
        let case_record = envelope.case_record(Arc::new(signed.clone()), self.logged_ms, None);
        let mut audience: BTreeSet<(String, String)> = issue
            .audience
            .iter()
            .map(|party| (party.clone(), WHOLE.to_owned()))
            .collect();
        audience.insert((issuer.to_string(), WHOLE.to_owned()));
        self.audiences.insert(envelope.id.clone(), audience.clone());
        let sequenced = self.leaf(&envelope, WHOLE, LeafAct::Issued, issuer, &audience, None)?;
        self.row(
            &envelope,
            WHOLE,
            signed.to_string().as_bytes(),
            &sequenced,
            None,
            None,
        )?;
        self.entitle(&envelope, WHOLE, &case_record, &audience, sequenced.index)?;
        self.send(&network, &envelope.id, WHOLE, &audience);
        for (record, view) in issue.opens {
            let Ok(opened) = Envelope::read(&record.document) else {
                continue;
            };
            let granted: BTreeSet<(String, String)> = issue
                .audience
                .iter()
                .map(|party| (party.clone(), view.clone()))
                .collect();
            if view == WHOLE {
                self.entitle(&opened, WHOLE, &record, &granted, sequenced.index)?;
                self.send(&network, &opened.id, WHOLE, &granted);
            } else {
                self.open_view(&opened, &record, &view, &granted, sequenced.index)?;
            }
            self.audiences.entry(opened.id).or_default().extend(granted);
        }
        Ok(())
    }

    /// Whether the program that a record was made under has a view: a later version may name others.
    fn has_view(&self, record: &CaseRecord, view: &str) -> bool {
        let core = record.document.get("profile").and_then(Value::as_str);
        let profile = core.and_then(|core| self.desk.programs.for_core(core));
        profile.is_some_and(|profile| {
            let ty = profile.model().records.get(&record.record_type);
            ty.is_some_and(|ty| view::views(ty).contains(view))
        })
    }

    /// Opens a view of a record of ours that was logged earlier: the one that is kept, or one that is derived now.
    fn open_view(
        &mut self,
        whole: &Envelope,
        record: &CaseRecord,
        view: &str,
        granted: &BTreeSet<(String, String)>,
        index: u64,
    ) -> Result<(), Refusal> {
        if let Some(kept) = self.kept_view(&whole.id, view)? {
            let network = Arc::clone(&self.desk.network);
            let envelope = Envelope {
                view: Some(view.to_owned()),
                saw: Vec::new(),
                ..whole.clone()
            };
            let shown = envelope.case_record(Arc::new(kept), record.logged_ms, None);
            self.entitle(&envelope, view, &shown, granted, index)?;
            self.send(&network, &whole.id, view, granted);
            return Ok(());
        }
        let programs = Arc::clone(&self.desk.programs);
        let profile = programs
            .for_core(&whole.profile)
            .ok_or_else(|| internal("profile-unknown", &whole.profile))?;
        let shown = match self.derived_later(whole, record, view, &profile)? {
            Some(derived) => derived,
            None => self.reduced(
                &profile,
                &record.document,
                &whole.record_type,
                view,
                &whole.issuer,
            )?,
        };
        let logged_ms = self.stamped_at(&shown, record.logged_ms);
        self.place_view(whole, view, shown, &whole.issuer, granted, logged_ms)?;
        Ok(())
    }

    /// The time that the stamp of a view made now bears: its record's, unless the key that it is signed with came into use only later.
    fn stamped_at(&self, shown: &Value, logged_ms: i64) -> i64 {
        let method = shown
            .pointer("/proof/verificationMethod")
            .and_then(Value::as_str)
            .unwrap_or_default();
        match self.desk.network.keys.key(method, Some(logged_ms)) {
            Err(ResolveError::KeyNotYetValid { .. }) => self.logged_ms,
            _ => logged_ms,
        }
    }

    /// The document of a view that was made before: in this batch, or earlier.
    fn kept_view(&self, id: &str, view: &str) -> Result<Option<Value>, Refusal> {
        let here = self.commit.records.iter();
        let bytes = match here.into_iter().find(|r| r.id == id && r.view == view) {
            Some(row) => Some(row.document.clone()),
            None => self
                .desk
                .reader
                .node_record(id, view)
                .map_err(|e| store_refusal(&e))?
                .map(|held| held.record.document),
        };
        bytes
            .map(|bytes| serde_json::from_slice(&bytes))
            .transpose()
            .map_err(|e| internal("view-unreadable", &e.to_string()))
    }

    /// A view derived from the base proof that was kept, or that is made now; none where it cannot be derived.
    fn derived_later(
        &mut self,
        whole: &Envelope,
        record: &CaseRecord,
        view: &str,
        profile: &Profile,
    ) -> Result<Option<Value>, Refusal> {
        let here = self.commit.derivers.iter().find(|(id, _)| *id == whole.id);
        let base = match here {
            Some((_, proof)) => Some(proof.clone()),
            None => self
                .desk
                .reader
                .node_deriver(&whole.id)
                .map_err(|e| store_refusal(&e))?,
        };
        let (document, record_type) = (&record.document, &whole.record_type);
        if let Some(base) = base {
            let derived =
                self.desk
                    .signer
                    .later_view(document, record_type, view, &base, profile.model());
            // What cannot be derived is reduced: one record keeps nobody from being seated.
            return Ok(derived.unwrap_or_else(|error| {
                tracing::warn!(id = whole.id, view, %error, "a view cannot be derived from what was kept");
                None
            }));
        }
        let Some(hosted) = self.desk.hosted.get(&whole.issuer) else {
            return Ok(None);
        };
        let made = self.desk.signer.deriver(
            document,
            record_type,
            profile.model(),
            &hosted.current(),
            self.now_ms,
        )?;
        let Some(made) = made else { return Ok(None) };
        let derived = made.view(view).cloned();
        let kept = (whole.id.clone(), made.to_bytes());
        self.commit.derivers.push(kept);
        Ok(derived)
    }

    /// Who has got a record of ours: from this batch, from the store's entitlements here and deliveries elsewhere.
    pub(crate) fn had(&self, id: &str) -> Result<Vec<AudienceEntry>, Refusal> {
        let entry = |party: String, view: &str| AudienceEntry {
            party,
            view: (view != WHOLE).then(|| view.to_owned()),
        };
        let mut had: Vec<AudienceEntry> = self
            .audiences
            .get(id)
            .into_iter()
            .flatten()
            .map(|(party, view)| entry(party.clone(), view))
            .collect();
        let here = self
            .desk
            .reader
            .node_entitled(id)
            .map_err(|e| store_refusal(&e))?;
        had.extend(here.into_iter().map(|(party, view)| entry(party, &view)));
        for holder in self
            .desk
            .reader
            .node_holders(id)
            .map_err(|e| store_refusal(&e))?
        {
            let parties: Vec<String> = serde_json::from_str(&holder.recipients).unwrap_or_default();
            had.extend(parties.into_iter().map(|party| entry(party, &holder.view)));
        }
        Ok(had)
    }
}
