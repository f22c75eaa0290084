//! Uploads that go on over several requests (draft-ietf-httpbis-resumable-upload): what came so far, whose it is, until when it is kept.
//!
//! They are in memory and in temporary files: a node that starts anew has none, as the draft asks of one that has lost any of their state.
//! Each is for who began it alone; its name is 256 random bits besides.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use garita_store::{Attachment, BlobWriter};
use tokio::sync::{OwnedMutexGuard, watch};

use crate::clock::real_now_ms;
use crate::core::Core;
use crate::encode;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::sequence::store_refusal;
use crate::submit::Principal;

/// How long an upload may take from its beginning, ms: a day.
pub const LIFE_MS: i64 = 24 * 3_600_000;
/// Unfinished ones of one principal: a handful of files at once, some left behind.
pub const EACH_MAX: usize = 8;
/// Unfinished ones of a node: 64 of the largest are 12.8 GB of its disk.
pub const ALL_MAX: usize = 64;
/// Finished ones whose answer can be had again.
const FINISHED_MAX: usize = 1_000;
/// Who was sending has stopped within this after another request came.
const TURN: Duration = Duration::from_secs(10);

/// All uploads of a node.
#[derive(Debug, Default)]
pub struct Uploads(Mutex<HashMap<String, Arc<Upload>>>);

/// One upload.
#[derive(Debug)]
pub struct Upload {
    /// Its name in its address.
    pub id: String,
    /// Media type, as its sender told it.
    pub media_type: String,
    /// Until when it is kept, ms since 1970.
    pub expires_ms: i64,
    party: String,
    person: String,
    state: Arc<tokio::sync::Mutex<State>>,
    /// Requests for it so far: the newest has it.
    requests: watch::Sender<u64>,
    is_finished: std::sync::atomic::AtomicBool,
}

/// What there is of it.
#[derive(Debug)]
pub struct State {
    /// Bytes in all, where its sender has told.
    pub length: Option<u64>,
    /// What came; none while it is being written, and after it is finished or lost.
    pub writer: Option<BlobWriter>,
    /// What became of it.
    pub finished: Option<Attachment>,
}

/// The right to change an upload, until a newer request comes.
#[derive(Debug)]
pub struct Turn {
    /// What there is of it.
    pub state: OwnedMutexGuard<State>,
    /// Changes when a newer request comes.
    pub newer: watch::Receiver<u64>,
}

impl Uploads {
    /// Begins an upload.
    ///
    /// # Errors
    /// `uploads-too-many` where the principal or the node has as many as it may; when the store is away.
    pub async fn begin(
        &self,
        core: &Arc<Core>,
        principal: &Principal,
        media_type: String,
        length: Option<u64>,
    ) -> Result<Arc<Upload>, Refusal> {
        let now_ms = real_now_ms();
        self.sweep(now_ms);
        let id = encode::random::<32>()
            .map(|bytes| encode::base64url(&bytes))
            .map_err(|e| {
                Refusal::one(
                    RefusalKind::Unavailable,
                    Fault::whole("store-unavailable", e.to_string(), e.to_string()),
                )
            })?;
        let (blobs, bytes_max) = (core.blobs.clone(), core.files.bytes_max);
        let writer =
            crate::submit::blocking(move || blobs.create(bytes_max).map_err(|e| store_refusal(&e)))
                .await?;
        let (requests, _) = watch::channel(0);
        let upload = Arc::new(Upload {
            id: id.clone(),
            media_type,
            expires_ms: now_ms.saturating_add(LIFE_MS),
            party: principal.party.clone(),
            person: principal.person.clone(),
            state: Arc::new(tokio::sync::Mutex::new(State {
                length,
                writer: Some(writer),
                finished: None,
            })),
            requests,
            is_finished: false.into(),
        });
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let unfinished = |upload: &&Arc<Upload>| !upload.is_finished();
        let of_node = all.values().filter(unfinished).count();
        let own = all
            .values()
            .filter(unfinished)
            .filter(|upload| upload.is_of(principal))
            .count();
        if own >= EACH_MAX || of_node >= ALL_MAX {
            return Err(too_many());
        }
        all.insert(id, Arc::clone(&upload));
        Ok(upload)
    }

    /// An upload of this principal; none where there is no such, or it is another's.
    pub fn find(&self, principal: &Principal, id: &str) -> Option<Arc<Upload>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(id)
            .filter(|upload| upload.is_of(principal) && upload.expires_ms > real_now_ms())
            .cloned()
    }

    /// Forgets an upload; what came of it goes when nobody writes to it any more.
    pub fn remove(&self, id: &str) {
        let removed = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.remove(id)
        };
        if let Some(upload) = removed {
            upload.requests.send_modify(|n| *n += 1);
        }
    }

    /// Forgets what is over, and the oldest answers where there are too many.
    pub(crate) fn sweep(&self, now_ms: i64) {
        let over: Vec<Arc<Upload>> = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let mut finished: Vec<(i64, String)> = all
                .values()
                .filter(|upload| upload.is_finished())
                .map(|upload| (upload.expires_ms, upload.id.clone()))
                .collect();
            finished.sort();
            let beyond = finished.len().saturating_sub(FINISHED_MAX);
            let ids: Vec<String> = all
                .values()
                .filter(|upload| upload.expires_ms <= now_ms)
                .map(|upload| upload.id.clone())
                .chain(finished.into_iter().take(beyond).map(|(_, id)| id))
                .collect();
            ids.iter().filter_map(|id| all.remove(id)).collect()
        };
        // Who still writes to one stops.
        for upload in over {
            upload.requests.send_modify(|n| *n += 1);
        }
    }
}

impl Upload {
    /// The turn to read or change it. Whoever was sending to it is told to stop, since there can only be a newer request of the same sender
    /// whose earlier connection broke.
    ///
    /// # Errors
    /// `upload-busy` where that one does not stop in time.
    pub async fn turn(&self) -> Result<Turn, Refusal> {
        self.requests.send_modify(|n| *n += 1);
        let mut newer = self.requests.subscribe();
        newer.mark_unchanged();
        let held = tokio::time::timeout(TURN, Arc::clone(&self.state).lock_owned()).await;
        held.map(|state| Turn { state, newer }).map_err(|_| {
            Refusal::one(
                RefusalKind::Busy,
                Fault::whole(
                    "upload-busy",
                    "an earlier request is still writing to this upload; ask again in a moment",
                    "una petición anterior aún escribe en este envío; vuelva a pedir en un momento",
                ),
            )
        })
    }

    /// From now on it counts among those whose answer can be had again.
    pub fn finish(&self, turn: &mut Turn, file: Attachment) {
        turn.state.finished = Some(file);
        self.is_finished
            .store(true, std::sync::atomic::Ordering::Relaxed);
    }

    fn is_finished(&self) -> bool {
        self.is_finished.load(std::sync::atomic::Ordering::Relaxed)
    }

    fn is_of(&self, principal: &Principal) -> bool {
        self.party == principal.party && self.person == principal.person
    }
}

fn too_many() -> Refusal {
    Refusal::one(
        RefusalKind::Busy,
        Fault::whole(
            "uploads-too-many",
            format!(
                "there are too many unfinished uploads, yours ({EACH_MAX} at most) or the node's; finish or cancel one, or wait until they expire"
            ),
            format!(
                "hay demasiados envíos sin terminar, suyos ({EACH_MAX} a lo más) o del nodo; termine o cancele uno, o espere a que venzan"
            ),
        ),
    )
}
