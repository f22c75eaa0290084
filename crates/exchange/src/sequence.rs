//! Station 4, **sequence**: one sequencer a node, group commit, answers only after the commit is durable.
//!
//! A batch is what queued while the last commit ran: nothing lingers. Leaves, tree, checkpoint, records, entitlements, outbox,
//! fold results and table rows go in one transaction. A crash before the commit leaves nothing of the batch; a crash after it
//! leaves all of it, and a client that got no answer asks again with the same record and gets the receipt of the first.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Instant;

use garita_profile::case::CaseRef;
use garita_store::{Ack, Commit, RegainProgress, StoreError, Writer};
use serde_json::Value;
use tokio::sync::{oneshot, watch};

use crate::batch::{Batch, Desk};
use crate::erase::{ErasedRecord, Order};
use crate::governance::Network;
use crate::intake::VerifiedEntry;
use crate::metrics::Metrics;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::project::{Projector, Seen};
use crate::regain::Regained;
use crate::stamp::{Leaf, Stamp};
use crate::verify::Verified;
use crate::wire::DeliveryResult;

/// Jobs that may wait before callers are told to come back: some seconds of a busy port's work.
const QUEUE_MAX: usize = 4_096;
/// Records in one transaction, about: keeps the wait of the last one bounded.
const BATCH_RECORDS: usize = 64;
/// Delivered records in one transaction while our own wait: a peer that catches up does not slow the people of this node.
const BATCH_DELIVERED: usize = 32;

/// What the sequencer answers for one record.
#[derive(Debug, Clone)]
pub struct Sequenced {
    /// What the leaf commits to.
    pub leaf: Leaf,
    /// Its salt.
    pub salt: [u8; 32],
    /// Leaf index.
    pub index: u64,
    /// The home's stamp.
    pub stamp: Stamp,
    /// The checkpoint of its batch.
    pub checkpoint: String,
    /// Size of the log at that checkpoint.
    pub size: u64,
    /// Whether the record was there already: the answer is then the first one's.
    pub repeated: bool,
}

/// What the sequencer answers for a delivery.
#[derive(Debug)]
pub struct Taken {
    /// One result for each entry.
    pub results: Vec<DeliveryResult>,
    /// A checkpoint that covers them.
    pub checkpoint: String,
}

/// A change to the commit that is no record: tokens, sessions, peers.
pub type Change = Box<dyn FnOnce(&mut Commit) + Send>;

pub(crate) enum Job {
    Home {
        record: Box<Verified>,
        reply: oneshot::Sender<Result<Sequenced, Refusal>>,
    },
    Delivered {
        peer: String,
        entries: Vec<VerifiedEntry>,
        /// What had come before a copy was restored: it sets nothing off again.
        again: bool,
        reply: oneshot::Sender<Result<Taken, Refusal>>,
    },
    Regained {
        peer: String,
        entries: Vec<Regained>,
        ack: Box<Ack>,
        progress: RegainProgress,
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    Acked {
        ack: Box<Ack>,
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    Govern {
        entries: Vec<Value>,
        reply: oneshot::Sender<Result<Arc<Network>, Refusal>>,
    },
    Change {
        change: Change,
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    Retable {
        party: Arc<str>,
        cases: Vec<CaseRef>,
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    Refresh {
        cases: Vec<Seen>,
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
    Erase {
        order: Box<Order>,
        reply: oneshot::Sender<Result<Vec<ErasedRecord>, Refusal>>,
    },
    Dispute {
        /// Id and view of each.
        records: Vec<(String, String)>,
        reason: &'static str,
        reply: oneshot::Sender<Result<(), Refusal>>,
    },
}

impl Job {
    /// Records it brings.
    fn weight(&self) -> usize {
        match self {
            Self::Delivered { entries, .. } => entries.len(),
            Self::Regained { entries, .. } => entries.len(),
            Self::Retable { cases, .. } => cases.len(),
            Self::Refresh { cases, .. } => cases.len(),
            Self::Erase { order, .. } => order.records.len(),
            Self::Dispute { records, .. } => records.len(),
            _ => 1,
        }
    }
}

/// The way to the sequencer; cheap to clone.
#[derive(Debug, Clone)]
pub struct SequencerHandle {
    jobs: SyncSender<Job>,
}

impl SequencerHandle {
    /// A queue for a sequencer that is about to start.
    pub(crate) fn channel() -> (Self, Receiver<Job>) {
        let (jobs, queue) = sync_channel(QUEUE_MAX);
        (Self { jobs }, queue)
    }

    /// Sequences a verified record of a hosted issuer.
    ///
    /// # Errors
    /// What admission found, or that the node is busy, full or stopping.
    pub async fn home(&self, record: Verified) -> Result<Sequenced, Refusal> {
        self.ask(|reply| Job::Home {
            record: Box::new(record),
            reply,
        })
        .await
    }

    /// Sequences the entries of a delivery, in order, a transaction for some of them at a time: what was taken before a fault is
    /// recorded, and answers as a repeat when the delivery comes again.
    pub(crate) async fn delivered(
        &self,
        peer: &str,
        entries: Vec<VerifiedEntry>,
        again: bool,
    ) -> Result<Taken, Refusal> {
        let mut entries = entries.into_iter();
        let mut all = Taken {
            results: Vec::with_capacity(entries.len()),
            checkpoint: String::new(),
        };
        loop {
            let some: Vec<VerifiedEntry> = entries.by_ref().take(BATCH_DELIVERED).collect();
            if some.is_empty() && !all.checkpoint.is_empty() {
                return Ok(all);
            }
            let last = some.len() < BATCH_DELIVERED;
            let taken = self
                .ask(|reply| Job::Delivered {
                    peer: peer.to_owned(),
                    entries: some,
                    again,
                    reply,
                })
                .await?;
            all.results.extend(taken.results);
            all.checkpoint = taken.checkpoint;
            if last {
                return Ok(all);
            }
        }
    }

    /// Places what a peer gave back, with its receipts; durable on return.
    pub(crate) async fn regained(
        &self,
        peer: &str,
        entries: Vec<Regained>,
        ack: Ack,
        progress: RegainProgress,
    ) -> Result<(), Refusal> {
        self.ask(|reply| Job::Regained {
            peer: peer.to_owned(),
            entries,
            ack: Box::new(ack),
            progress,
            reply,
        })
        .await
    }

    pub(crate) async fn acked(&self, ack: Ack) -> Result<(), Refusal> {
        self.ask(|reply| Job::Acked {
            ack: Box::new(ack),
            reply,
        })
        .await
    }

    /// Adopts governance entries in order; those held already are passed over.
    ///
    /// # Errors
    /// The first entry that cannot be adopted; the ones before it are adopted.
    pub async fn govern(&self, entries: Vec<Value>) -> Result<Arc<Network>, Refusal> {
        self.ask(|reply| Job::Govern { entries, reply }).await
    }

    /// Makes a change that is no record durable.
    ///
    /// # Errors
    /// A conflict, or that the store is away.
    pub async fn change(
        &self,
        change: impl FnOnce(&mut Commit) + Send + 'static,
    ) -> Result<(), Refusal> {
        self.ask(|reply| Job::Change {
            change: Box::new(change),
            reply,
        })
        .await
    }

    /// Computes a party's table rows of some cases anew; durable on return.
    pub(crate) async fn retable(
        &self,
        party: Arc<str>,
        cases: Vec<CaseRef>,
    ) -> Result<(), Refusal> {
        self.ask(|reply| Job::Retable {
            party,
            cases,
            reply,
        })
        .await
    }

    /// Folds cases anew that time alone may have changed; durable on return.
    pub(crate) async fn refresh(&self, cases: Vec<Seen>) -> Result<(), Refusal> {
        self.ask(|reply| Job::Refresh { cases, reply }).await
    }

    /// Erases records as ordered, all of them or none; durable on return.
    pub(crate) async fn erase(&self, order: Order) -> Result<Vec<ErasedRecord>, Refusal> {
        self.ask(|reply| Job::Erase {
            order: Box::new(order),
            reply,
        })
        .await
    }

    /// Marks records, by id and view, as disputed, and folds their cases anew; durable on return.
    pub(crate) async fn dispute(
        &self,
        records: Vec<(String, String)>,
        reason: &'static str,
    ) -> Result<(), Refusal> {
        self.ask(|reply| Job::Dispute {
            records,
            reason,
            reply,
        })
        .await
    }

    async fn ask<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, Refusal>>) -> Job,
    ) -> Result<T, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.jobs
            .try_send(job(reply))
            .map_err(|error| match error {
                TrySendError::Full(_) => busy(),
                TrySendError::Disconnected(_) => stopping(),
            })?;
        answer.await.unwrap_or_else(|_| Err(stopping()))
    }
}

/// Runs until all handles are gone. `published` gets the log's size after each commit that changed it.
pub(crate) fn run(
    mut writer: Writer,
    mut desk: Desk,
    mut projector: Projector,
    queue: &Receiver<Job>,
    published: &watch::Sender<u64>,
    metrics: &Metrics,
) {
    let mut waiting = Line::default();
    while waiting.fill(queue) {
        let started = Instant::now();
        let jobs = waiting.take();
        // A change that is no record may conflict (a link used twice): it stands alone, so that it takes no record with it.
        let (alone, together): (Vec<Job>, Vec<Job>) = jobs.into_iter().partition(|job| {
            matches!(
                job,
                Job::Change { .. }
                    | Job::Regained { .. }
                    | Job::Delivered { again: true, .. }
                    | Job::Govern { .. }
                    | Job::Retable { .. }
                    | Job::Refresh { .. }
                    | Job::Erase { .. }
                    | Job::Dispute { .. }
            )
        });
        for job in alone {
            run_batch(
                &mut writer,
                &mut desk,
                &mut projector,
                vec![job],
                published,
                metrics,
            );
        }
        if !together.is_empty() {
            run_batch(
                &mut writer,
                &mut desk,
                &mut projector,
                together,
                published,
                metrics,
            );
        }
        Metrics::add(
            &metrics.sequence_us,
            u64::try_from(started.elapsed().as_micros()).unwrap_or(0),
        );
    }
}

/// What waits for the next transaction: our own records and everything else apart from what peers brought. Each keeps its order.
#[derive(Default)]
struct Line {
    own: VecDeque<Job>,
    delivered: VecDeque<Job>,
}

impl Line {
    /// Takes what has come, waiting for the first job where there is none; false when all handles are gone and nothing waits.
    fn fill(&mut self, queue: &Receiver<Job>) -> bool {
        if self.own.is_empty() && self.delivered.is_empty() {
            match queue.recv() {
                Ok(job) => self.push(job),
                Err(_) => return false,
            }
        }
        // What does not fit stays in the channel, whose end tells callers to come back.
        while self.own.len() + self.delivered.len() < QUEUE_MAX {
            match queue.try_recv() {
                Ok(job) => self.push(job),
                Err(_) => break,
            }
        }
        true
    }

    fn push(&mut self, job: Job) {
        match job {
            Job::Delivered { .. } => self.delivered.push_back(job),
            _ => self.own.push_back(job),
        }
    }

    /// The jobs of one transaction: our own first, and always one delivery, so that neither starves.
    fn take(&mut self) -> Vec<Job> {
        let room = if self.own.is_empty() {
            BATCH_RECORDS
        } else {
            BATCH_DELIVERED
        };
        let mut jobs: Vec<Job> = Vec::new();
        let mut records = 0;
        while records < room
            && let Some(job) = self.delivered.pop_front()
        {
            records += job.weight();
            jobs.push(job);
        }
        while records < BATCH_RECORDS + room
            && let Some(job) = self.own.pop_front()
        {
            records += job.weight();
            jobs.push(job);
        }
        jobs
    }
}

fn run_batch(
    writer: &mut Writer,
    desk: &mut Desk,
    projector: &mut Projector,
    jobs: Vec<Job>,
    published: &watch::Sender<u64>,
    metrics: &Metrics,
) {
    let mut batch = match Batch::begin(writer, desk, projector) {
        Ok(batch) => batch,
        Err(error) => {
            fail_all(jobs, &store_refusal(&error));
            return;
        }
    };
    let mut answers: Vec<Answer> = Vec::with_capacity(jobs.len());
    for job in jobs {
        answers.push(run_job(&mut batch, job, metrics));
    }
    // Folds of all cases the batch touched, once each, and the notices that follow from them: same transaction.
    let network_before = batch.network_before();
    let settled = batch.settle();
    let finished = settled.and_then(|()| batch.finish());
    let outcome = finished.and_then(|(commit, checkpoint, size)| {
        let begun = Instant::now();
        let done = writer.commit(&commit);
        Metrics::add(&metrics.commits, 1);
        Metrics::add(
            &metrics.commit_us,
            u64::try_from(begun.elapsed().as_micros()).unwrap_or(0),
        );
        done.map(|_| (checkpoint, size))
            .map_err(|e| store_refusal(&e))
    });
    match outcome {
        Ok((checkpoint, size)) => {
            projector.committed();
            // Only now: a crash above this line leaves nothing, and nobody has been told.
            for answer in answers {
                answer(Ok(&checkpoint));
            }
            published.send_if_modified(|held| {
                let changed = *held != size;
                *held = size;
                changed
            });
        }
        Err(refusal) => {
            projector.forget();
            desk.network = network_before;
            for answer in answers {
                answer(Err(&refusal));
            }
        }
    }
}

type Answer = Box<dyn FnOnce(Result<&str, &Refusal>) + Send>;

/// Puts one job into the batch; what it returns answers the caller once the commit is durable, or has failed.
fn run_job(batch: &mut Batch<'_>, job: Job, metrics: &Metrics) -> Answer {
    match job {
        Job::Home { record, reply } => {
            let result = batch.home(*record);
            match &result {
                Ok(s) if !s.repeated => Metrics::add(&metrics.issued, 1),
                Ok(_) => {}
                Err(refusal) => metrics.refuse(refusal.code()),
            }
            Box::new(move |outcome| {
                let answer = match (result, outcome) {
                    (Ok(mut sequenced), Ok(checkpoint)) => {
                        if !sequenced.repeated {
                            sequenced.checkpoint = checkpoint.to_owned();
                        }
                        Ok(sequenced)
                    }
                    (Err(refusal), _) => Err(refusal),
                    (Ok(_), Err(refusal)) => Err(refusal.clone()),
                };
                let _ = reply.send(answer);
            })
        }
        Job::Delivered {
            peer,
            entries,
            again,
            reply,
        } => {
            batch.quiet |= again;
            let count = entries.len();
            let result = batch.delivered(&peer, entries);
            Metrics::add(&metrics.received, u64::try_from(count).unwrap_or(0));
            Box::new(move |outcome| {
                let answer = match (result, outcome) {
                    (Ok(results), Ok(checkpoint)) => Ok(Taken {
                        results,
                        checkpoint: checkpoint.to_owned(),
                    }),
                    (Err(refusal), _) => Err(refusal),
                    (Ok(_), Err(refusal)) => Err(refusal.clone()),
                };
                let _ = reply.send(answer);
            })
        }
        Job::Regained {
            peer,
            entries,
            ack,
            progress,
            reply,
        } => {
            let result = batch.regained(&peer, entries);
            batch.acked(*ack);
            batch.regain_asked(peer, progress);
            plain(reply, result)
        }
        Job::Acked { ack, reply } => {
            batch.acked(*ack);
            plain(reply, Ok(()))
        }
        Job::Govern { entries, reply } => {
            let result = batch.govern(entries);
            plain(reply, result)
        }
        Job::Change { change, reply } => {
            batch.change(change);
            plain(reply, Ok(()))
        }
        Job::Retable {
            party,
            cases,
            reply,
        } => {
            let result = batch.retable(&party, &cases);
            plain(reply, result)
        }
        Job::Refresh { cases, reply } => {
            let result = batch.refresh(&cases);
            plain(reply, result)
        }
        Job::Erase { order, reply } => {
            let result = batch.erase(&order);
            plain(reply, result)
        }
        Job::Dispute {
            records,
            reason,
            reply,
        } => {
            let result = batch.dispute(&records, reason);
            plain(reply, result)
        }
    }
}

fn plain<T: Send + 'static>(
    reply: oneshot::Sender<Result<T, Refusal>>,
    result: Result<T, Refusal>,
) -> Answer {
    Box::new(move |outcome| {
        let answer = match outcome {
            Ok(_) => result,
            Err(refusal) => Err(refusal.clone()),
        };
        let _ = reply.send(answer);
    })
}

fn fail_all(jobs: Vec<Job>, refusal: &Refusal) {
    for job in jobs {
        match job {
            Job::Home { reply, .. } => drop(reply.send(Err(refusal.clone()))),
            Job::Delivered { reply, .. } => drop(reply.send(Err(refusal.clone()))),
            Job::Acked { reply, .. }
            | Job::Regained { reply, .. }
            | Job::Change { reply, .. }
            | Job::Retable { reply, .. }
            | Job::Refresh { reply, .. }
            | Job::Dispute { reply, .. } => drop(reply.send(Err(refusal.clone()))),
            Job::Govern { reply, .. } => drop(reply.send(Err(refusal.clone()))),
            Job::Erase { reply, .. } => drop(reply.send(Err(refusal.clone()))),
        }
    }
}

/// A store's error as a refusal.
pub fn store_refusal(error: &StoreError) -> Refusal {
    // The one value that comes to a read from outside as it was sent: a page's cursor.
    if let StoreError::Invalid { what } = error
        && what == "the cursor"
    {
        return Refusal::one(
            RefusalKind::Malformed,
            Fault::at(
                "parameter-malformed",
                "cursor",
                "`cursor` is the `next` of an earlier answer",
                "`cursor` es el `next` de una respuesta anterior",
            ),
        );
    }
    match error {
        StoreError::TooLong { limit_ms } => {
            return Refusal::one(
                RefusalKind::Unavailable,
                Fault::whole(
                    "measure-too-long",
                    format!(
                        "the measure takes longer than {} s; try when the node has less to do",
                        limit_ms / 1_000
                    ),
                    format!(
                        "la medida tarda más de {} s; intente cuando el nodo tenga menos trabajo",
                        limit_ms / 1_000
                    ),
                ),
            );
        }
        StoreError::Busy { .. } => {
            return Refusal::one(
                RefusalKind::Busy,
                Fault::whole(
                    "measures-busy",
                    "several measures are being computed already; try again in some seconds",
                    "ya se calculan varias medidas; intente de nuevo en unos segundos",
                ),
            );
        }
        _ => {}
    }
    let code = error.code();
    let kind = match code {
        "store-full" => RefusalKind::Full,
        c if c.contains("conflict") => RefusalKind::Conflict,
        _ => RefusalKind::Unavailable,
    };
    // A disk that failed at the very end of a commit may have it all the same: after a crash it would be found there.
    let (en, es) = if code == "store-unavailable" {
        (
            "nothing was acknowledged, reading goes on, try again later, a draft with the same Idempotency-Key",
            "no se acusó recibo de nada, la lectura sigue, intente más tarde, un borrador con la misma Idempotency-Key",
        )
    } else {
        (
            "nothing was recorded, reading goes on, try again later",
            "no se registró nada, la lectura sigue, intente más tarde",
        )
    };
    Refusal::one(
        kind,
        Fault::whole(
            code,
            format!("the node could not write: {error}; {en}"),
            format!("el nodo no pudo escribir: {error}; {es}"),
        ),
    )
}

fn busy() -> Refusal {
    Refusal::one(
        RefusalKind::Busy,
        Fault::whole(
            "node-busy",
            "too many records wait at this node; nothing was recorded, try again in a second",
            "demasiados registros esperan en este nodo; no se registró nada, intente en un segundo",
        ),
    )
}

fn stopping() -> Refusal {
    Refusal::one(
        RefusalKind::Unavailable,
        Fault::whole(
            "node-stopping",
            "the node is stopping; ask again when it is back: a record that was taken will answer with its receipt",
            "el nodo se está deteniendo; pregunte cuando vuelva: un registro ya tomado responderá con su acuse",
        ),
    )
}
