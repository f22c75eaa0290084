//! Whether two nodes hold the same of what their parties share; what one of them lacks is named, given again, and kept as an incident.
//!
//! The digests of [`crate::sync`] tell *that* two nodes differ, by sequences of outboxes. Here the sets themselves are compared, for each
//! pair of an issuer on one node and a reader on the other, by [`crate::ranges`]. Each side goes by its own knowledge: the home by what it
//! addressed to the reader, the other by what it lets him read. Nothing else is compared, and what goes over the wire are times and digests
//! of names: an id is learnt from the record itself, by who may have it. It runs rarely and beside the exchange, never on a record's way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use garita_store::{Ack, OutboxEntry, SharedRow, SharedWay};
use garita_tlog::CheckpointError;
use serde_json::value::RawValue;
use tokio::sync::{Semaphore, SemaphorePermit, watch};

use crate::client::{Client, ClientError};
use crate::core::Core;
use crate::encode;
use crate::governance::Network;
use crate::incident::{self, IDS_MAX, Incident};
use crate::intake::{self, isolated};
use crate::metrics::Metrics;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::ranges::{self, Differs, Item, Range, Sum};
use crate::sequence::store_refusal;
use crate::stamp::Stamp;
use crate::submit::blocking;
use crate::sync::{PeerStanding, Standings, Steps};
use crate::wire::{
    DELIVERY_BYTES_MAX, Delivery, DeliveryAnswer, DeliveryEntry, Pair, PairDiffers, PairItem,
    PairSum, Pull, RECORDS_PER_DELIVERY_MAX, Reconcile, ReconcileAnswer,
};

/// Items of one node pair that are compared at once, each way: 40 bytes each. Where there are more, the newest.
const ITEMS_MAX: usize = 1 << 19;
/// What the asked node adds to that: records that came between the two looks, and those that are dated alike.
const ITEMS_ASKED_MAX: usize = ITEMS_MAX + ITEMS_MAX / 2;
/// Deliveries that wait and are counted as there.
const WAITING_MAX: usize = 16_384;
/// Ranges of one question.
const RANGES_MAX: usize = 256;
/// Pairs of one answer.
const PAIRS_MAX: usize = 2_048;
/// Questions of one comparison: one that a peer draws out ends here.
const QUESTIONS_MAX: usize = 512;
/// Differences that one comparison names; what is beyond them the next one does.
const DIFFERENCES_MAX: usize = 4_096;
/// Runs of sequences without a row that are asked for again at once.
const GAPS_MAX: usize = 64;
/// Bytes of the name of a comparison.
const RUN_BYTES_MAX: usize = 64;
/// Comparisons of peers that are kept between two questions.
const KEPT_MAX: usize = 2;
/// A comparison that is not gone on with is forgotten after this.
const KEPT: Duration = Duration::from_secs(30);
/// One peer gets a new look at the store no more often than this.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How long a peer that asks waits for its turn.
const TURN: Duration = Duration::from_secs(5);
/// A comparison ends by then, whatever a peer does: others wait for their turn.
const COMPARISON_MAX: Duration = Duration::from_secs(120);

/// How often the standing of a peer is looked at.
const LOOK_MS: u64 = 1_000;
/// So many looks one after the other see a difference before it is looked into: what is on its way differs for a moment.
const LOOKS: u32 = 3;
/// Between two comparisons that must both see a difference, and before what was healed is looked at.
const SETTLE_MS: u64 = 1_500;
/// First wait after a comparison that did not help.
const RETRY: Duration = Duration::from_secs(15);
/// Longest wait.
const RETRY_MAX: Duration = Duration::from_secs(3_600);
/// Without a sign of a difference the sets are compared this often: rows that were lost together with what counts them show nowhere else.
const ALWAYS: Duration = Duration::from_secs(86_400);

/// Comparisons under way, with peers that ask and that are asked.
#[derive(Debug)]
pub struct Reconciler {
    kept: Mutex<BTreeMap<String, Kept>>,
    wanted: Mutex<BTreeSet<String>>,
    /// One look at the store at a time for peers that ask: each reads it through.
    turn: Semaphore,
    /// One comparison at a time that this node began.
    own: Semaphore,
}

#[derive(Debug)]
struct Kept {
    run: String,
    made: Instant,
    used: Instant,
    look: Arc<Look>,
}

impl Default for Reconciler {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            wanted: Mutex::default(),
            turn: Semaphore::new(1),
            own: Semaphore::new(1),
        }
    }
}

impl Reconciler {
    /// Has a peer's sets compared as soon as it is reached and nothing is on its way: somebody saw that something is missing.
    pub fn want(&self, peer: &str) {
        if let Ok(mut wanted) = self.wanted.lock() {
            wanted.insert(peer.to_owned());
        }
    }

    fn wanted(&self, peer: &str) -> bool {
        self.wanted.lock().is_ok_and(|all| all.contains(peer))
    }

    fn done(&self, peer: &str) {
        if let Ok(mut wanted) = self.wanted.lock() {
            wanted.remove(peer);
        }
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        match tokio::time::timeout(TURN, self.turn.acquire()).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(busy()),
        }
    }

    fn forget_old(&self) {
        if let Ok(mut kept) = self.kept.lock() {
            kept.retain(|_, one| one.used.elapsed() < KEPT);
        }
    }

    /// The look that belongs to a comparison; a new one where it begins.
    async fn look(
        &self,
        core: &Arc<Core>,
        steps: &Steps,
        peer: &str,
        asked: &Reconcile,
    ) -> Result<Arc<Look>, Refusal> {
        if let Ok(mut kept) = self.kept.lock()
            && let Some(one) = kept.get_mut(peer)
        {
            if one.run == asked.run {
                one.used = Instant::now();
                return Ok(Arc::clone(&one.look));
            }
            if one.made.elapsed() < LOOK_EVERY {
                return Err(busy());
            }
        }
        let turn = self.turn().await?;
        // What it holds may have changed behind what is counted in memory: the asker would not ask for nothing.
        steps.forget(peer);
        let (look, cut) = look_at(core, peer, asked.from, ITEMS_ASKED_MAX).await?;
        drop(turn);
        if cut {
            return Err(Refusal::one(
                RefusalKind::TooLarge,
                Fault::at(
                    "reconcile-too-many",
                    "/from",
                    format!("more than {ITEMS_ASKED_MAX} records since then"),
                    format!("más de {ITEMS_ASKED_MAX} registros desde entonces"),
                ),
            ));
        }
        let look = Arc::new(look);
        if let Ok(mut kept) = self.kept.lock() {
            kept.remove(peer);
            while kept.len() >= KEPT_MAX
                && let Some(oldest) = kept
                    .iter()
                    .min_by_key(|(_, one)| one.used)
                    .map(|(name, _)| name.clone())
            {
                kept.remove(&oldest);
            }
            let now = Instant::now();
            kept.insert(
                peer.to_owned(),
                Kept {
                    run: asked.run.clone(),
                    made: now,
                    used: now,
                    look: Arc::clone(&look),
                },
            );
        }
        Ok(look)
    }
}

fn busy() -> Refusal {
    Refusal::one(
        RefusalKind::Busy,
        Fault::whole(
            "reconcile-busy",
            "another comparison is under way, ask again",
            "hay otra comparación en curso, vuelva a preguntar",
        ),
    )
}

/// What this node has of what its parties share with a peer's, at one instant.
#[derive(Debug, Default)]
struct Look {
    /// Sorted, each once.
    sets: BTreeMap<Pair, Vec<Item>>,
    /// On its way to the peer: it may be there or not.
    under: BTreeSet<PairItem>,
    /// Records logged before are left out.
    from_ms: i64,
}

impl Look {
    fn of(&self, pair: &Pair) -> &[Item] {
        self.sets.get(pair).map_or(&[], Vec::as_slice)
    }
}

/// Whether a pair is of this node and the peer, one way or the other; none where it is not.
pub(crate) fn sends(network: &Network, own: &str, peer: &str, pair: &Pair) -> Option<bool> {
    let home = |party: &str| network.homes.get(party).map(String::as_str);
    match (home(&pair.issuer), home(&pair.reader)) {
        (Some(issuer), Some(reader)) if issuer == own && reader == peer => Some(true),
        (Some(issuer), Some(reader)) if issuer == peer && reader == own => Some(false),
        _ => None,
    }
}

/// Reads the sets of a node pair; whether there was more than `items_max` each way, so that only the newest are among them.
async fn look_at(
    core: &Arc<Core>,
    peer: &str,
    from_ms: i64,
    items_max: usize,
) -> Result<(Look, bool), Refusal> {
    let (core, peer) = (Arc::clone(core), peer.to_owned());
    blocking(move || {
        let network = core.network();
        let own = core.identity.did.as_str();
        let mut look = Look {
            from_ms,
            ..Look::default()
        };
        let mut cut = false;
        for sent in [true, false] {
            let mut count = 0;
            let mut each = |row: SharedRow| {
                if row.logged_ms < from_ms {
                    return true;
                }
                let pair = Pair {
                    issuer: row.issuer,
                    reader: row.reader,
                };
                if sends(&network, own, &peer, &pair) != Some(sent) {
                    return true;
                }
                if count >= items_max {
                    // The rows come the newest first: what was logged with this one may be left out in part.
                    cut = true;
                    look.from_ms = look.from_ms.max(row.logged_ms.saturating_add(1));
                    return false;
                }
                count += 1;
                let item = Item::new(row.logged_ms, &row.id, &row.view);
                match row.way {
                    SharedWay::There => look.sets.entry(pair).or_default().push(item),
                    SharedWay::Under => {
                        look.under.insert(PairItem { pair, item });
                    }
                    SharedWay::Refused => {}
                }
                true
            };
            if sent {
                core.reader.node_sent(&peer, &mut each)
            } else {
                core.reader.node_came(&peer, &mut each)
            }
            .map_err(|e| store_refusal(&e))?;
        }
        waiting(&core, &network, &peer, &mut look)?;
        let from_ms = look.from_ms;
        for set in look.sets.values_mut() {
            set.retain(|item| item.logged_ms >= from_ms);
            set.sort_unstable();
            set.dedup();
            set.shrink_to_fit();
        }
        look.sets.retain(|_, set| !set.is_empty());
        Ok((look, cut))
    })
    .await
}

/// What came and waits is there, by this node's own answer.
fn waiting(core: &Core, network: &Network, peer: &str, look: &mut Look) -> Result<(), Refusal> {
    let (mut after, mut count) = (0, 0);
    while count < WAITING_MAX {
        let page = core
            .reader
            .waiting(after, 1_000)
            .map_err(|e| store_refusal(&e))?;
        let Some(last) = page.last() else { break };
        after = last.number;
        count += page.len();
        for held in page.into_iter().filter(|held| held.peer == peer) {
            let Ok(entry) = serde_json::from_slice::<DeliveryEntry>(&held.bytes) else {
                continue;
            };
            let Ok(parsed) = crate::parse::parse(entry.record.get().as_bytes(), &entry.view) else {
                continue;
            };
            let item = Item::new(entry.stamp.logged, &held.id, &held.view);
            for reader in entry.to {
                let pair = Pair {
                    issuer: parsed.envelope.issuer.clone(),
                    reader,
                };
                if sends(network, &core.identity.did, peer, &pair) == Some(false) {
                    look.sets.entry(pair).or_default().push(item);
                }
            }
        }
    }
    Ok(())
}

/// Answers a peer that compares.
///
/// # Errors
/// `reconcile-malformed`, `reconcile-not-yours` for a pair that is not of the two nodes, `reconcile-busy`, `reconcile-too-many`; when the
/// peer is put apart, or the store is away.
pub async fn answered(
    core: &Arc<Core>,
    reconciler: &Reconciler,
    steps: &Steps,
    peer: &str,
    asked: &Reconcile,
) -> Result<ReconcileAnswer, Refusal> {
    let network = core.network();
    if let Some(isolation) = core.histories.isolation(&network, peer) {
        return Err(isolated(&isolation.reason));
    }
    if asked.run.len() > RUN_BYTES_MAX
        || asked.questions.len() > RANGES_MAX
        || asked.again.len() > RECORDS_PER_DELIVERY_MAX
    {
        return Err(Refusal::one(
            RefusalKind::Malformed,
            Fault::whole(
                "reconcile-malformed",
                format!(
                    "at most {RANGES_MAX} ranges and {RECORDS_PER_DELIVERY_MAX} records a question, and a name of {RUN_BYTES_MAX} bytes"
                ),
                format!(
                    "a lo más {RANGES_MAX} rangos y {RECORDS_PER_DELIVERY_MAX} registros por pregunta, y un nombre de {RUN_BYTES_MAX} bytes"
                ),
            ),
        ));
    }
    let pairs = asked.questions.iter().map(|question| &question.pair);
    for pair in pairs.chain(asked.again.iter().map(|wanted| &wanted.pair)) {
        if sends(&network, &core.identity.did, peer, pair).is_none() {
            return Err(not_yours());
        }
    }
    if !asked.again.is_empty() {
        let _turn = reconciler.turn().await?;
        let wanted = asked.again.iter().cloned().collect();
        let (entries, _) = sent_before(core, peer, wanted).await?;
        return Ok(ReconcileAnswer {
            delivery: Some(delivery(core, entries)),
            ..ReconcileAnswer::default()
        });
    }
    let look = reconciler.look(core, steps, peer, asked).await?;
    if asked.questions.is_empty() {
        let mut left = look
            .sets
            .iter()
            .filter(|(pair, _)| asked.after.as_ref().is_none_or(|after| *pair > after));
        let pairs = left
            .by_ref()
            .take(PAIRS_MAX)
            .map(|(pair, items)| PairSum {
                pair: pair.clone(),
                sum: ranges::sum(items, Range::ALL),
            })
            .collect();
        return Ok(ReconcileAnswer {
            pairs,
            more: left.next().is_some(),
            ..ReconcileAnswer::default()
        });
    }
    let differs = asked
        .questions
        .iter()
        .filter_map(|question| {
            Some(PairDiffers {
                differs: ranges::answer(look.of(&question.pair), &question.sum)?,
                pair: question.pair.clone(),
            })
        })
        .collect();
    Ok(ReconcileAnswer {
        differs,
        ..ReconcileAnswer::default()
    })
}

pub(crate) fn not_yours() -> Refusal {
    Refusal::one(
        RefusalKind::Forbidden,
        Fault::whole(
            "reconcile-not-yours",
            "only what parties of the asking and of the asked node share is compared",
            "solo se compara lo que comparten partes del nodo que pregunta y del preguntado",
        ),
    )
}

/// What was sent to a peer before, under the sequences that it had: at most one delivery's worth; and which of `wanted` it is.
async fn sent_before(
    core: &Arc<Core>,
    peer: &str,
    wanted: BTreeSet<PairItem>,
) -> Result<(Vec<DeliveryEntry>, BTreeSet<PairItem>), Refusal> {
    let (core, peer) = (Arc::clone(core), peer.to_owned());
    blocking(move || {
        let mut places: BTreeMap<PairItem, u64> = BTreeMap::new();
        core.reader
            .node_sent(&peer, &mut |row| {
                let place = PairItem {
                    item: Item::new(row.logged_ms, &row.id, &row.view),
                    pair: Pair {
                        issuer: row.issuer,
                        reader: row.reader,
                    },
                };
                if wanted.contains(&place) {
                    places.entry(place).or_insert(row.seq);
                }
                places.len() < wanted.len()
            })
            .map_err(|e| store_refusal(&e))?;
        let seqs: Vec<u64> = places.values().copied().collect();
        let found = core
            .reader
            .outbox_at(&peer, &seqs)
            .map_err(|e| store_refusal(&e))?;
        let entries = entries_of(found);
        let going: BTreeSet<u64> = entries.iter().map(|entry| entry.seq).collect();
        places.retain(|_, seq| going.contains(seq));
        Ok((entries, places.into_keys().collect()))
    })
    .await
}

/// As many as one delivery takes; one always goes.
fn entries_of(found: Vec<OutboxEntry>) -> Vec<DeliveryEntry> {
    let (mut entries, mut bytes) = (Vec::new(), 0);
    for entry in found.into_iter().take(RECORDS_PER_DELIVERY_MAX) {
        let size = entry.document.len() + entry.stamp.len() + entry.item.recipients.len() + 256;
        if !entries.is_empty() && bytes + size > DELIVERY_BYTES_MAX {
            break;
        }
        let record = String::from_utf8(entry.document)
            .ok()
            .and_then(|text| RawValue::from_string(text).ok());
        let stamp = serde_json::from_slice::<Stamp>(&entry.stamp).ok();
        if let (Some(record), Some(stamp)) = (record, stamp) {
            bytes += size;
            entries.push(DeliveryEntry {
                seq: entry.seq,
                view: entry.item.view,
                record,
                stamp,
                to: serde_json::from_str(&entry.item.recipients).unwrap_or_default(),
            });
        }
    }
    entries
}

fn delivery(core: &Core, entries: Vec<DeliveryEntry>) -> Delivery {
    Delivery {
        from: core.identity.did.clone(),
        entries,
        governance_head: core.network().head.unwrap_or(0),
    }
}

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
struct Comparison<'c> {
    core: &'c Arc<Core>,
    client: &'c Client,
    steps: &'c Steps,
    peer: &'c str,
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
    async fn examine(&self, standing: &PeerStanding) -> Result<bool, ReconcileError> {
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
                self.core.histories.note(node, &answer.checkpoint)?;
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

/// Compares with one peer when there is a sign of a difference, when somebody wants it, after a regain, and once a day; until `stop`
/// says so.
pub(crate) async fn run(
    core: Arc<Core>,
    client: Arc<Client>,
    standings: Arc<Standings>,
    steps: Arc<Steps>,
    reconciler: Arc<Reconciler>,
    peer: String,
    mut stop: watch::Receiver<bool>,
) {
    let (mut differing, mut retry, mut regain_seen) = (0, RETRY, false);
    let mut next = Instant::now();
    let mut always = Instant::now() + ALWAYS;
    loop {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(LOOK_MS)) => {}
            _ = stop.changed() => return,
        }
        reconciler.forget_old();
        let standing = standings.of(&peer);
        let settled = standing.reached_ms > 0
            && standing.silent_since_ms.is_none()
            && standing.isolated.is_none()
            && standing.pending == 0
            && !standing.pulls();
        if !settled {
            continue;
        }
        let differs = standing.holds_ours == Some(false) || standing.we_hold_theirs == Some(false);
        differing = if differs { differing + 1 } else { 0 };
        if standing.in_step() {
            retry = RETRY;
        }
        let now = Instant::now();
        let wanted = reconciler.wanted(&peer);
        let due = wanted || differing >= LOOKS || now >= always || standing.regained != regain_seen;
        if !due || now < next {
            continue;
        }
        match regained(&core, &peer).await {
            // It is being regained: what lacks will come.
            Ok(Some(false)) | Err(_) => continue,
            Ok(Some(true)) => {}
            // Nothing was lost here: that it "has everything again" is no reason to compare.
            Ok(None) if !wanted && differing < LOOKS && now < always => {
                regain_seen = standing.regained;
                continue;
            }
            Ok(None) => {}
        }
        regain_seen = standing.regained;
        let comparison = Comparison {
            core: &core,
            client: &client,
            steps: &steps,
            peer: &peer,
        };
        let examined = async {
            // It is closed by nobody: this waits, and never fails.
            let _turn = reconciler.own.acquire().await;
            match tokio::time::timeout(COMPARISON_MAX, comparison.examine(&standing)).await {
                Ok(examined) => examined,
                Err(_) => Err(ReconcileError::Late),
            }
        };
        let examined = tokio::select! {
            examined = examined => examined,
            _ = stop.changed() => return,
        };
        differing = 0;
        match examined {
            Ok(equal) => {
                reconciler.done(&peer);
                always = Instant::now() + ALWAYS;
                tracing::debug!(peer, equal, "compared what the two nodes' parties share");
            }
            Err(error) => {
                tracing::debug!(peer, %error, "could not be compared, will be tried again");
            }
        }
        next = Instant::now() + retry;
        retry = (retry * 2).min(RETRY_MAX);
    }
}

/// Whether what a copy lacked is here again; none where no copy came back.
async fn regained(core: &Arc<Core>, peer: &str) -> Result<Option<bool>, Refusal> {
    let (core, peer) = (Arc::clone(core), peer.to_owned());
    blocking(move || {
        let hole = core
            .reader
            .outbox_hole(&peer)
            .map_err(|e| store_refusal(&e))?;
        Ok(hole.map(|hole| hole.done_ms.is_some()))
    })
    .await
}

#[derive(Debug, thiserror::Error)]
enum ReconcileError {
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
