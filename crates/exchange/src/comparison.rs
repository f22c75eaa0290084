//! One comparison with a peer, from the side that began it: which sets differ and where, what lacks is had or given again, and what there
//! was to tell is kept.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use garita_store::Ack;
use garita_tlog::CheckpointError;

use crate::client::{Client, ClientError};
use crate::core::Core;
use crate::encode;
use crate::history::Histories;
use crate::incident::{self, IDS_MAX, Incident};
use crate::intake;
use crate::metrics::Metrics;
use crate::problem::Refusal;
use crate::ranges::{self, Differs, Item, Range, Sum};
use crate::reconcile::{ITEMS_MAX, RANGES_MAX, delivery, sent_before};
use crate::sequence::store_refusal;
use crate::sets::{Look, look_at, sends};
use crate::submit::blocking;
use crate::sync::{PeerStanding, Steps};
use crate::wire::{
    Delivery, DeliveryAnswer, Pair, PairDiffers, PairItem, PairSum, Pull, RECORDS_PER_DELIVERY_MAX,
    Reconcile, ReconcileAnswer,
};

/// Questions of one comparison: one that a peer draws out ends here.
const QUESTIONS_MAX: usize = 512;
/// Differences that one comparison names; what is beyond them the next one does.
const DIFFERENCES_MAX: usize = 4_096;
/// Runs of sequences without a row that are asked for again at once.
const GAPS_MAX: usize = 64;
/// Between two comparisons that must both see a difference, and before what was healed is looked at.
const SETTLE_MS: u64 = 1_500;

/// What differs, by who lacks it.
#[derive(Debug, Default, Clone)]
struct Found {
    they_lack: BTreeSet<PairItem>,
    we_lack: BTreeSet<PairItem>,
    lost_here: BTreeSet<PairItem>,
    lost_there: BTreeSet<PairItem>,
}

impl Found {
    fn count(&self) -> usize {
        self.they_lack.len() + self.we_lack.len() + self.lost_here.len() + self.lost_there.len()
    }

    /// What both comparisons found: what was on its way at the first one has come by the second.
    fn and(&self, later: &Self) -> Self {
        let both = |a: &BTreeSet<PairItem>, b: &BTreeSet<PairItem>| a & b;
        Self {
            they_lack: both(&self.they_lack, &later.they_lack),
            we_lack: both(&self.we_lack, &later.we_lack),
            lost_here: both(&self.lost_here, &later.lost_here),
            lost_there: both(&self.lost_there, &later.lost_there),
        }
    }

    fn note(&mut self, sent: bool, pair: &Pair, ours: &[Item], theirs: &[Item], look: &Look) {
        let (only_ours, only_theirs) = ranges::difference(ours, theirs);
        let (lacking, having) = if sent {
            (&mut self.they_lack, &mut self.lost_here)
        } else {
            (&mut self.lost_there, &mut self.we_lack)
        };
        for (set, items) in [(lacking, only_ours), (having, only_theirs)] {
            let named = items.into_iter().map(|item| PairItem {
                pair: pair.clone(),
                item,
            });
            set.extend(named.filter(|place| !look.under.contains(place)));
        }
    }
}

/// One peer, and all that it takes to compare with it.
pub(crate) struct Comparison<'c> {
    pub(crate) core: &'c Arc<Core>,
    pub(crate) client: &'c Client,
    pub(crate) steps: &'c Steps,
    pub(crate) peer: &'c str,
}

impl Comparison<'_> {
    async fn ask(&self, asked: &Reconcile) -> Result<ReconcileAnswer, ReconcileError> {
        let network = self.core.network();
        let node = network
            .nodes
            .get(self.peer)
            .ok_or_else(|| ReconcileError::Unknown(self.peer.to_owned()))?;
        Ok(self
            .client
            .post(&node.url, "/v1/peer/reconcile", asked)
            .await?)
    }

    /// Compares the sets once.
    async fn compare(&self) -> Result<Found, ReconcileError> {
        let run = encode::random::<16>().map_err(|e| ReconcileError::Random(e.to_string()))?;
        let (look, _) = look_at(self.core, self.peer, Item::LEAST.logged_ms, ITEMS_MAX).await?;
        let network = self.core.network();
        let mut asked = Reconcile {
            run: encode::base64url(&run),
            from: look.from_ms,
            ..Reconcile::default()
        };
        let mut questions = 0;
        // Pairs first: most are the same, and one that only the other side knows is named too.
        let mut open: Vec<PairSum> = Vec::new();
        let mut unnamed: BTreeSet<&Pair> = look.sets.keys().collect();
        loop {
            questions += 1;
            let answer = self.ask(&asked).await?;
            let Some(last) = answer.pairs.last() else {
                break;
            };
            if asked
                .after
                .as_ref()
                .is_some_and(|after| last.pair <= *after)
                || questions > QUESTIONS_MAX
            {
                return Err(ReconcileError::Malformed);
            }
            asked.after = Some(last.pair.clone());
            for theirs in answer.pairs {
                let Some(_) = sends(&network, &self.core.identity.did, self.peer, &theirs.pair)
                else {
                    return Err(ReconcileError::Malformed);
                };
                unnamed.remove(&theirs.pair);
                let ours = ranges::sum(look.of(&theirs.pair), Range::ALL);
                if ours != theirs.sum {
                    open.push(PairSum {
                        pair: theirs.pair,
                        sum: ours,
                    });
                }
            }
            if !answer.more {
                break;
            }
        }
        asked.after = None;
        open.extend(unnamed.into_iter().map(|pair| PairSum {
            pair: pair.clone(),
            sum: ranges::sum(look.of(pair), Range::ALL),
        }));
        let mut found = Found::default();
        while !open.is_empty() && found.count() < DIFFERENCES_MAX && questions < QUESTIONS_MAX {
            questions += 1;
            let rest = open.split_off(open.len().min(RANGES_MAX));
            asked.questions = std::mem::replace(&mut open, rest);
            let answer = self.ask(&asked).await?;
            for PairDiffers { pair, differs } in answer.differs {
                let sent = sends(&network, &self.core.identity.did, self.peer, &pair)
                    .ok_or(ReconcileError::Malformed)?;
                let ours = look.of(&pair);
                let was_asked = |range: &Range| {
                    let mut asked = asked.questions.iter();
                    asked.any(|q| q.pair == pair && q.sum.range == *range)
                };
                match differs {
                    Differs::Items { range, items } => {
                        let sorted = items.windows(2).all(|two| matches!(two, [a, b] if a < b));
                        let inside = ranges::within(&items, &range).len() == items.len();
                        if !sorted || !inside || !was_asked(&range) {
                            return Err(ReconcileError::Malformed);
                        }
                        found.note(sent, &pair, ranges::within(ours, &range), &items, &look);
                    }
                    Differs::Parts(parts) => {
                        if !covers(&parts, was_asked) {
                            return Err(ReconcileError::Malformed);
                        }
                        for theirs in parts {
                            let sum = ranges::sum(ours, theirs.range);
                            if sum != theirs {
                                open.push(PairSum {
                                    pair: pair.clone(),
                                    sum,
                                });
                            }
                        }
                    }
                }
            }
        }
        Ok(found)
    }

    /// Compares, has what is lacking brought again both ways, compares again, and keeps what there was to tell. Whether both have the
    /// same now.
    pub(crate) async fn examine(&self, standing: &PeerStanding) -> Result<bool, ReconcileError> {
        self.steps.forget(self.peer);
        let mut lasting = self.compare().await?;
        if lasting.count() > 0 {
            tokio::time::sleep(Duration::from_millis(SETTLE_MS)).await;
            lasting = lasting.and(&self.compare().await?);
        }
        let mut told = Incident {
            at_ms: self.core.clock.now_ms(),
            they_lacked: len(&lasting.they_lack),
            we_lacked: len(&lasting.we_lack),
            lost_here: len(&lasting.lost_here),
            lost_there: len(&lasting.lost_there),
            ..Incident::default()
        };
        let mut ids = BTreeSet::new();
        self.have_again(lasting.we_lack.clone(), &mut ids).await?;
        self.give_again(lasting.they_lack.clone(), &mut ids).await?;
        if standing.we_hold_theirs == Some(false) {
            told.recounted = self.recount().await?;
        }
        self.steps.forget(self.peer);
        let kept = {
            let (core, peer) = (Arc::clone(self.core), self.peer.to_owned());
            blocking(move || incident::incidents(&core.reader, &peer)).await?
        };
        if told.records() + told.recounted == 0 {
            incident::keep(self.core, self.peer, kept, None).await?;
            return Ok(true);
        }
        let left = if lasting.count() == 0 {
            Found::default()
        } else {
            tokio::time::sleep(Duration::from_millis(SETTLE_MS)).await;
            lasting.and(&self.compare().await?)
        };
        told.ids = ids.into_iter().take(IDS_MAX).collect();
        let healed = left.count() == 0;
        told.healed_ms = healed.then(|| self.core.clock.now_ms());
        tracing::warn!(
            peer = self.peer,
            they_lacked = told.they_lacked,
            we_lacked = told.we_lacked,
            lost_here = told.lost_here,
            lost_there = told.lost_there,
            recounted = told.recounted,
            healed,
            "this node and the peer did not hold the same of what their parties share"
        );
        Metrics::add(&self.core.metrics.divergences, 1);
        let again = lasting.count().saturating_sub(left.count());
        Metrics::add(
            &self.core.metrics.divergence_records,
            u64::try_from(again).unwrap_or(0),
        );
        incident::keep(self.core, self.peer, kept, Some(told)).await?;
        Ok(healed)
    }

    /// Asks for what this node lacks; each record that comes is judged as any other.
    async fn have_again(
        &self,
        mut wanted: BTreeSet<PairItem>,
        ids: &mut BTreeSet<String>,
    ) -> Result<(), ReconcileError> {
        while !wanted.is_empty() {
            let again: Vec<PairItem> = wanted
                .iter()
                .take(RECORDS_PER_DELIVERY_MAX)
                .cloned()
                .collect();
            let answer = self
                .ask(&Reconcile {
                    again: again.clone(),
                    ..Reconcile::default()
                })
                .await?;
            let Some(delivery) = answer.delivery.filter(|d| !d.entries.is_empty()) else {
                for place in &again {
                    wanted.remove(place);
                }
                continue;
            };
            let came: BTreeSet<Item> = delivery
                .entries
                .iter()
                .map(|e| Item::new(e.stamp.logged, &e.stamp.id, &e.stamp.view))
                .collect();
            let before = wanted.len();
            wanted.retain(|place| !came.contains(&place.item));
            if wanted.len() == before {
                return Err(ReconcileError::Malformed);
            }
            ids.extend(delivery.entries.iter().map(|e| e.stamp.id.clone()));
            intake::take(self.core, self.peer, delivery).await?;
        }
        Ok(())
    }

    /// Delivers again what the peer lacks, under the sequences that it had: who holds it after all passes it over.
    async fn give_again(
        &self,
        mut lacking: BTreeSet<PairItem>,
        ids: &mut BTreeSet<String>,
    ) -> Result<(), ReconcileError> {
        let network = self.core.network();
        let node = network
            .nodes
            .get(self.peer)
            .ok_or_else(|| ReconcileError::Unknown(self.peer.to_owned()))?;
        while !lacking.is_empty() {
            let some: BTreeSet<PairItem> = lacking
                .iter()
                .take(RECORDS_PER_DELIVERY_MAX)
                .cloned()
                .collect();
            let (entries, going) = sent_before(self.core, self.peer, some.clone()).await?;
            if entries.is_empty() {
                lacking.retain(|place| !some.contains(place));
                continue;
            }
            lacking.retain(|place| !going.contains(place));
            ids.extend(entries.iter().map(|e| e.stamp.id.clone()));
            let seqs: BTreeSet<u64> = entries.iter().map(|e| e.seq).collect();
            let answer: DeliveryAnswer = self
                .client
                .post(
                    &node.url,
                    "/v1/peer/deliveries",
                    &delivery(self.core, entries),
                )
                .await?;
            // Receipts that are here already stay as they are; one that waited and was refused in the end is known now.
            if !answer.checkpoint.is_empty() {
                Histories::open(node, &answer.checkpoint)?;
            }
            let ack = Ack {
                peer: self.peer.to_owned(),
                up_to: 0,
                acked_ms: self.core.clock.now_ms(),
                checkpoint: (!answer.checkpoint.is_empty()).then_some(answer.checkpoint),
                answers: answer
                    .results
                    .into_iter()
                    .filter(|result| seqs.contains(&result.seq))
                    .map(crate::regain::kept_answer)
                    .collect(),
            };
            self.core.sequencer.acked(ack).await?;
        }
        Ok(())
    }

    /// Asks again for sequences of which nothing is written down here; how many runs of them are filled now.
    async fn recount(&self) -> Result<u64, ReconcileError> {
        let network = self.core.network();
        let node = network
            .nodes
            .get(self.peer)
            .ok_or_else(|| ReconcileError::Unknown(self.peer.to_owned()))?;
        let before = self.gaps().await?;
        for first in &before {
            let pull = Pull {
                after: Some(first.saturating_sub(1)),
                ..Pull::default()
            };
            let delivery: Delivery = self.client.post(&node.url, "/v1/peer/pull", &pull).await?;
            if !delivery.entries.is_empty() {
                intake::take(self.core, self.peer, delivery).await?;
            }
        }
        let after = self.gaps().await?;
        let filled = before.iter().filter(|first| !after.contains(first)).count();
        Ok(u64::try_from(filled).unwrap_or(0))
    }

    async fn gaps(&self) -> Result<Vec<u64>, Refusal> {
        let (core, peer) = (Arc::clone(self.core), self.peer.to_owned());
        blocking(move || {
            core.reader
                .inbox_gaps(&peer, GAPS_MAX)
                .map_err(|e| store_refusal(&e))
        })
        .await
    }
}

fn len(set: &BTreeSet<PairItem>) -> u64 {
    u64::try_from(set.len()).unwrap_or(u64::MAX)
}

/// Whether parts are those of one range that was asked, in order and without gaps, and more than one: else a peer could have one ask for
/// ever.
fn covers(parts: &[Sum], was_asked: impl Fn(&Range) -> bool) -> bool {
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
        return false;
    };
    let whole = Range {
        from: first.range.from,
        before: last.range.before,
    };
    (2..=ranges::SPLIT).contains(&parts.len())
        && was_asked(&whole)
        && parts.windows(2).all(|two| {
            matches!(two, [a, b] if a.range.before == Some(b.range.from) && a.range.from < b.range.from)
        })
}

/// Why a comparison did not come to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReconcileError {
    #[error("`{0}` is not in the network's list")]
    Unknown(String),
    #[error("the peer answers what was not asked")]
    Malformed,
    #[error("it took too long")]
    Late,
    #[error("no randomness: {0}")]
    Random(String),
    #[error("the peer's checkpoint does not hold: {0}")]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Refusal(#[from] Refusal),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(ms: i64) -> Item {
        Item::new(ms, "ni:///a", "whole")
    }

    fn part(from: i64, before: Option<i64>) -> Sum {
        let range = Range {
            from: item(from),
            before: before.map(item),
        };
        ranges::sum(&[], range)
    }

    #[test]
    fn parts_that_are_not_of_what_was_asked_are_no_answer() {
        let asked = part(0, Some(9)).range;
        let was_asked = |range: &Range| *range == asked;
        let (a, b, c) = (part(0, Some(3)), part(3, Some(6)), part(6, Some(9)));
        assert!(covers(&[a.clone(), b.clone(), c.clone()], was_asked));
        // One part is the question again: it would be asked for ever.
        assert!(!covers(&[part(0, Some(9))], was_asked));
        for wrong in [
            vec![],
            vec![a.clone(), c.clone()],
            vec![a.clone(), b.clone()],
            vec![a.clone(), c.clone(), b.clone()],
            vec![a.clone(), part(3, None)],
            vec![part(0, Some(0)), part(0, Some(9))],
            vec![a, b, part(6, Some(8))],
        ] {
            assert!(!covers(&wrong, was_asked), "{wrong:?}");
        }
    }

    #[test]
    fn a_difference_counts_that_two_comparisons_see() {
        let place = |ms| PairItem {
            pair: Pair {
                issuer: "a".to_owned(),
                reader: "b".to_owned(),
            },
            item: item(ms),
        };
        let first = Found {
            they_lack: BTreeSet::from([place(1), place(2)]),
            we_lack: BTreeSet::from([place(3)]),
            ..Found::default()
        };
        let second = Found {
            they_lack: BTreeSet::from([place(2), place(4)]),
            lost_here: BTreeSet::from([place(3)]),
            ..Found::default()
        };
        let both = first.and(&second);
        assert_eq!(both.they_lack, BTreeSet::from([place(2)]));
        assert_eq!(both.count(), 1);
    }
}
