//! What follows from a batch by itself, in the same transaction: the keeper's state notices, and grants to those who were seated
//! after a record was sequenced. Each is a signed record of its office with the rule and the record that triggered it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use garita_profile::Profile;
use garita_profile::audience::{self, AudienceEntry};
use garita_profile::case::{CaseRecord, CaseRef, CaseState};
use serde_json::{Value, json};

use crate::admit;
use crate::batch::{Batch, internal};
use crate::envelope::Envelope;
use crate::problem::{Refusal, RefusalKind};
use crate::sequence::store_refusal;
use crate::signing::Draft;
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
    /// Records that it opens to its audience.
    pub(crate) opens: Vec<CaseRecord>,
    /// Records that it answers or comes after.
    pub(crate) follows: Vec<String>,
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
            .cloned()
            .collect();
        let network = Arc::clone(&self.desk.network);
        let mut opened: BTreeMap<String, Vec<CaseRecord>> = BTreeMap::new();
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
                // Views are made at sequencing; a later view comes with the credentials issue, where they are derived.
                if entry.view.is_none() {
                    opened.entry(entry.party).or_default().push(record.clone());
                }
            }
        }
        Ok(opened
            .into_iter()
            .map(|(party, records)| Issue {
                issuer: Arc::clone(issuer),
                record_type: GRANT.to_owned(),
                about: state.case.clone(),
                subject: json!({
                    "records": records.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(),
                    "to": party,
                    "from": "start",
                }),
                audience: vec![party],
                rule: "seated-later",
                trigger: trigger.to_owned(),
                opens: records,
                follows: Vec::new(),
            })
            .collect())
    }

    /// Signs and places a record of an automation, and opens to its audience what it grants.
    pub(crate) fn issue(&mut self, issue: Issue) -> Result<(), Refusal> {
        let issuer = &issue.issuer;
        let Some(key) = self.desk.hosted.get(issuer.as_ref()).cloned() else {
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
            about: vec![issue.about.clone()],
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
            .map_err(|e| internal("automation-unsigned", &e.to_string()))?;
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
        let granted = audience.clone();
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
        for record in issue.opens {
            let Ok(opened) = Envelope::read(&record.document) else {
                continue;
            };
            self.entitle(&opened, WHOLE, &record, &granted, sequenced.index)?;
            self.send(&network, &opened.id, WHOLE, &granted);
            self.audiences
                .entry(opened.id)
                .or_default()
                .extend(granted.iter().cloned());
        }
        Ok(())
    }

    /// Who has got a record of ours: from this batch, from the store's entitlements here and deliveries elsewhere.
    fn had(&self, id: &str) -> Result<Vec<AudienceEntry>, Refusal> {
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
