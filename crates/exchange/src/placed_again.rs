//! What was lost and came back is placed: a leaf of now, the stamp of then, the sequence that it had.

use std::collections::BTreeSet;
use std::sync::Arc;

use garita_profile::audience;
use garita_store::{OutboxItem, OutboxRegained, RegainProgress};

use crate::batch::{Batch, Stamped};
use crate::intake::VerifiedEntry;
use crate::problem::Refusal;
use crate::regain::Regained;
use crate::sequence::store_refusal;
use crate::stamp::{LeafAct, WHOLE};

impl Batch<'_> {
    /// Places what a peer gave back of this node's own records.
    pub(crate) fn regained(&mut self, peer: &str, entries: Vec<Regained>) -> Result<(), Refusal> {
        self.quiet = true;
        for regained in entries {
            let placed = self.again(peer, regained);
            self.note_break(placed)?;
        }
        Ok(())
    }

    /// How far a peer was asked.
    pub(crate) fn regain_asked(&mut self, peer: String, progress: RegainProgress) {
        self.commit.outbox_asked.push((peer, progress));
    }

    fn again(&mut self, peer: &str, regained: Regained) -> Result<(), Refusal> {
        let VerifiedEntry::Good {
            seq,
            view,
            document,
            bytes,
            envelope,
            stamp,
            disputed,
            ..
        } = regained.entry
        else {
            return Ok(());
        };
        // Whom the peer has the word of is its own parties alone.
        let network = Arc::clone(&self.desk.network);
        let to: Vec<String> = regained
            .to
            .into_iter()
            .filter(|party| network.homes.get(party).is_some_and(|home| home == peer))
            .collect();
        self.commit.outbox_regained.push(OutboxRegained {
            seq,
            item: OutboxItem {
                peer: peer.to_owned(),
                id: envelope.id.clone(),
                view: view.clone(),
                recipients: serde_json::to_string(&to).unwrap_or_default(),
                queued_ms: stamp.logged,
            },
        });
        if self.held(&envelope.id, &view)?.is_some() {
            return Ok(());
        }
        let record = envelope.case_record(Arc::clone(&document), stamp.logged, disputed.clone());
        let issuer: Arc<str> = Arc::from(envelope.issuer.as_str());
        let whole = view == WHOLE;
        let mut readers: BTreeSet<(String, String)> =
            to.into_iter().map(|party| (party, view.clone())).collect();
        if whole {
            readers.extend(self.whole_readers(&issuer, &envelope, &record)?);
        }
        let node = self.desk.identity.did.clone();
        // Who issued it stands in the stamp, under the log of then; this log says that it came back.
        let act = LeafAct::Received;
        let placed = self.leaf_of(
            &envelope,
            &view,
            act,
            &node,
            &readers,
            Stamped::There(&stamp),
        )?;
        self.row(&envelope, &view, &bytes, &placed, None, disputed)?;
        self.entitle(&envelope, &view, &record, &readers, placed.index)?;
        // Others may have got it too, or not yet: who has it passes it over.
        let home = |party: &str| network.homes.get(party).map(String::as_str);
        readers.retain(|(party, _)| home(party) != Some(peer));
        self.send(&network, &envelope.id, &view, &readers);
        Ok(())
    }

    /// Who gets the whole of a record of ours, as its program says now.
    fn whole_readers(
        &mut self,
        issuer: &Arc<str>,
        envelope: &crate::envelope::Envelope,
        record: &garita_profile::case::CaseRecord,
    ) -> Result<BTreeSet<(String, String)>, Refusal> {
        let own = (issuer.to_string(), WHOLE.to_owned());
        let network = Arc::clone(&self.desk.network);
        let mut states = std::collections::BTreeMap::new();
        for case in &envelope.about {
            self.projector
                .add(issuer, case, record.clone())
                .map_err(|e| store_refusal(&e))?;
            let state = self
                .projector
                .state(issuer, case, &network, self.now_ms)
                .map_err(|e| store_refusal(&e))?;
            if let Some(state) = state {
                states.insert(case.clone(), state);
            }
        }
        let Some(profile) = self.desk.programs.for_core(&envelope.profile) else {
            return Ok(BTreeSet::from([own]));
        };
        let audience = audience::audience(
            profile.model(),
            record,
            &|case| states.get(case).cloned(),
            &network.directory,
        );
        Ok(audience
            .into_iter()
            .filter(|entry| entry.view.is_none())
            .map(|entry| (entry.party, WHOLE.to_owned()))
            .chain([own])
            .collect())
    }
}
