//! Whether two nodes hold the same of what their parties share; what one of them lacks is named, given again, and kept as an incident.
//!
//! The digests of [`crate::sync`] tell *that* two nodes differ, by sequences of outboxes. Here the sets themselves are compared, for each
//! pair of an issuer on one node and a reader on the other, by [`crate::ranges`]. Each side goes by its own knowledge: the home by what it
//! addressed to the reader, the other by what it lets him read. Nothing else is compared, and what goes over the wire are times and digests
//! of names: an id is learnt from the record itself, by who may have it. It runs rarely and beside the exchange, never on a record's way.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use garita_store::OutboxEntry;
use serde_json::value::RawValue;
use tokio::sync::{Semaphore, SemaphorePermit, watch};

use crate::client::Client;
use crate::comparison::{Comparison, ReconcileError};
use crate::core::Core;
use crate::intake::isolated;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::ranges::{self, Item, Range};
use crate::sequence::store_refusal;
use crate::sets::{Look, look_at, sends};
use crate::stamp::Stamp;
use crate::submit::blocking;
use crate::sync::{Standings, Steps};
use crate::wire::{
    DELIVERY_BYTES_MAX, Delivery, DeliveryEntry, Pair, PairDiffers, PairItem, PairSum,
    RECORDS_PER_DELIVERY_MAX, Reconcile, ReconcileAnswer,
};

/// Items of one node pair that are compared at once, each way: 40 bytes each. Where there are more, the newest.
pub(crate) const ITEMS_MAX: usize = 1 << 19;
/// What the asked node adds to that: records that came between the two looks, and those that are dated alike.
const ITEMS_ASKED_MAX: usize = ITEMS_MAX + ITEMS_MAX / 2;
/// Ranges of one question.
pub(crate) const RANGES_MAX: usize = 256;
/// Pairs of one answer.
const PAIRS_MAX: usize = 2_048;
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
pub(crate) async fn sent_before(
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

pub(crate) fn delivery(core: &Core, entries: Vec<DeliveryEntry>) -> Delivery {
    Delivery {
        from: core.identity.did.clone(),
        entries,
        governance_head: core.network().head.unwrap_or(0),
    }
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
