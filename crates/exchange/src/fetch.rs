//! A file from its record's home, piece by piece: written as it comes, gone on with where a connection broke, checked at its end.
//!
//! One file is fetched from one home once at a time, for however many ask; it goes on when they have left. Of each home so many come at a
//! time, so that one that is slow holds up only what is its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use garita_store::{Attachment, BlobWriter, StoreError};
use tokio::sync::{Semaphore, watch};

use crate::attachments::media_type;
use crate::client::{ClientError, FileAnswer};
use crate::clock::real_now_ms;
use crate::core::Core;
use crate::encode;
use crate::metrics::Metrics;
use crate::problem::Refusal;
use crate::sequence::store_refusal;
use crate::submit::blocking;

/// Files of one home at a time.
const EACH_MAX: usize = 4;
/// Files under way and waiting, of all homes.
const ALL_MAX: usize = 1_000;
/// How long who asks waits for a file that is on its way.
const WAIT: Duration = Duration::from_secs(15);
/// Between two pieces there is at most this.
const PIECE: Duration = Duration::from_secs(30);
/// Connections for one file, as long as each brings something.
const CONNECTIONS_MAX: usize = 20;
/// Connections in a row that bring nothing.
const VAIN_MAX: u32 = 3;
/// First wait after a connection broke.
const RETRY: Duration = Duration::from_millis(250);
/// After wrong bytes nobody asks a home for the same file again for so long, ms.
const WRONG_MS: i64 = 60_000;
/// Pieces are written together, up to so many bytes.
const WRITE_BYTES: usize = 256 << 10;

type Key = ([u8; 32], String);
type Told = Option<Result<(), String>>;

/// What is being fetched.
#[derive(Debug, Default)]
pub(crate) struct Fetches {
    under_way: Mutex<HashMap<Key, watch::Receiver<Told>>>,
    wrong: Mutex<HashMap<Key, (i64, String)>>,
    lanes: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// Why a file is not here yet.
#[derive(Debug)]
pub(crate) enum NotHere {
    /// It is on its way.
    Coming,
    /// The home did not give it.
    Away(String),
}

/// Has a file come from a home, and waits for it a while.
///
/// # Errors
/// See [`NotHere`].
pub(crate) async fn from_home(
    core: &Arc<Core>,
    home: &str,
    digest: [u8; 32],
) -> Result<(), NotHere> {
    let mut told = core.files.fetches.join(core, (digest, home.to_owned()))?;
    let waited = tokio::time::timeout(WAIT, told.wait_for(Option::is_some)).await;
    match waited {
        Err(_) => Err(NotHere::Coming),
        Ok(Ok(told)) => told.clone().unwrap_or(Ok(())).map_err(NotHere::Away),
        Ok(Err(_)) => Err(NotHere::Away("the node stopped".to_owned())),
    }
}

impl Fetches {
    /// The news of a file that is under way; it is begun where it is not.
    fn join(&self, core: &Arc<Core>, key: Key) -> Result<watch::Receiver<Told>, NotHere> {
        {
            let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
            let now_ms = real_now_ms();
            wrong.retain(|_, (until_ms, _)| *until_ms > now_ms);
            if let Some((_, why)) = wrong.get(&key) {
                return Err(NotHere::Away(why.clone()));
            }
        }
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = under_way.get(&key) {
            return Ok(told.clone());
        }
        if under_way.len() >= ALL_MAX {
            return Err(NotHere::Away("too much is being fetched".to_owned()));
        }
        let (tell, told) = watch::channel(None);
        under_way.insert(key.clone(), told.clone());
        let core = Arc::clone(core);
        tokio::spawn(async move {
            let mut stopping = core.files.stopping.clone();
            let done = tokio::select! {
                done = run(&core, &key) => done,
                _ = stopping.wait_for(|stopping| *stopping) => Err(Failed::Away("the node stops".to_owned())),
            };
            let fetches = &core.files.fetches;
            if let Err(Failed::Wrong(why)) = &done {
                fetches.is_wrong(&core, &key, why);
            }
            let mut under_way = fetches
                .under_way
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            under_way.remove(&key);
            drop(under_way);
            let _ = tell.send(Some(done.map_err(Failed::into_text)));
        });
        Ok(told)
    }

    /// The home gave what is not the file: told, and not asked again at once.
    fn is_wrong(&self, core: &Core, key: &Key, why: &str) {
        tracing::warn!(
            peer = key.1,
            why,
            "a peer gave what is not the file that was asked for"
        );
        Metrics::add(&core.metrics.file_violations, 1);
        let until_ms = real_now_ms().saturating_add(WRONG_MS);
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        if wrong.len() < ALL_MAX {
            wrong.insert(key.clone(), (until_ms, why.to_owned()));
        }
    }

    fn lane(&self, home: &str) -> Arc<Semaphore> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = lanes
            .entry(home.to_owned())
            .or_insert_with(|| Arc::new(Semaphore::new(EACH_MAX)));
        Arc::clone(lane)
    }
}

/// Why a file did not come.
#[derive(Debug)]
enum Failed {
    /// The connection broke; the next one goes on.
    Broken(String),
    /// The home does not give it now.
    Away(String),
    /// What it gave is not the file.
    Wrong(String),
}

impl Failed {
    fn into_text(self) -> String {
        match self {
            Self::Broken(why) | Self::Away(why) | Self::Wrong(why) => why,
        }
    }

    fn disk(error: &StoreError) -> Self {
        Self::Away(error.to_string())
    }

    fn refused(refusal: &Refusal) -> Self {
        Self::Away(refusal.summary())
    }
}

async fn run(core: &Arc<Core>, key: &Key) -> Result<(), Failed> {
    let (digest, home) = key;
    let lane = core.files.fetches.lane(home);
    let _place = lane
        .acquire()
        .await
        .map_err(|e| Failed::Away(e.to_string()))?;
    // It came while who asks was on his way here.
    let is_here = {
        let (core, digest) = (Arc::clone(core), *digest);
        blocking(move || {
            let known = core.reader.node_attachment(&digest);
            let size = core.blobs.size(&digest).map_err(|e| store_refusal(&e))?;
            Ok(known.map_err(|e| store_refusal(&e))?.is_some() && size.is_some())
        })
    };
    if is_here.await.map_err(|refusal| Failed::refused(&refusal))? {
        return Ok(());
    }
    let mut writer = {
        let (blobs, digest, home) = (core.blobs.clone(), *digest, home.clone());
        let bytes_max = core.files.bytes_max;
        let begun = blocking(move || {
            blobs
                .go_on(&digest, &home, bytes_max)
                .map_err(|e| store_refusal(&e))
        });
        begun.await.map_err(|refusal| Failed::refused(&refusal))?
    };
    // All of it came before, and the node stopped before it was put in its place.
    if writer.size() > 0 && writer.digest() == *digest {
        return finish(core, *digest, writer, String::new()).await;
    }
    let (mut vain, mut retry) = (0, RETRY);
    for _ in 0..CONNECTIONS_MAX {
        let before = writer.size();
        let (kept, done) = connection(core, key, writer).await;
        let broken = match done {
            Ok(media) => {
                let Some(kept) = kept else { break };
                return finish(core, *digest, kept, media).await;
            }
            Err(Failed::Broken(why)) => why,
            Err(failed) => return Err(failed),
        };
        let Some(kept) = kept else { break };
        writer = kept;
        if writer.size() > before {
            (vain, retry) = (0, RETRY);
        } else {
            vain += 1;
        }
        // Of who has given nothing at all yet, who waits hears at once.
        if (before, writer.size()) == (0, 0) || vain >= VAIN_MAX {
            return Err(Failed::Away(broken));
        }
        tracing::debug!(
            peer = home,
            why = broken,
            bytes = writer.size(),
            "a file broke off and is gone on with"
        );
        tokio::time::sleep(retry).await;
        retry *= 2;
    }
    Err(Failed::Away(
        "the connection broke again and again".to_owned(),
    ))
}

/// What one connection brings. The writer comes back with what it has, unless the disk failed.
async fn connection(
    core: &Arc<Core>,
    (digest, home): &Key,
    mut writer: BlobWriter,
) -> (Option<BlobWriter>, Result<String, Failed>) {
    let network = core.network();
    let Some(node) = network.nodes.get(home) else {
        let why = format!("`{home}` is not in the network's list");
        return (Some(writer), Err(Failed::Away(why)));
    };
    let name = encode::base64url(digest);
    let path = format!("/v1/peer/attachments/{name}");
    let asked = core
        .files
        .client
        .get_file(&node.url, &path, writer.size(), &format!("\"{name}\""))
        .await;
    let mut answer = match asked {
        Ok(answer) => answer,
        // The part that is here is not of its file: begun anew by the next connection.
        Err(ClientError::Status { status: 416, .. }) => {
            let begun = writer.begin_anew().map_err(|e| Failed::disk(&e));
            let why = "it has less than came so far".to_owned();
            return (Some(writer), begun.and(Err(Failed::Broken(why))));
        }
        Err(error @ ClientError::Transport(_)) => {
            return (Some(writer), Err(Failed::Broken(error.to_string())));
        }
        Err(ClientError::Status {
            status: status @ (429 | 503),
            body,
        }) if writer.size() > 0 => {
            let why = format!("the peer answered {status}: {body}");
            return (Some(writer), Err(Failed::Broken(why)));
        }
        Err(error) => return (Some(writer), Err(Failed::Away(error.to_string()))),
    };
    if answer.from != writer.size() {
        if answer.from != 0 {
            let why = format!("it answers from byte {} on", answer.from);
            return (Some(writer), Err(Failed::Wrong(why)));
        }
        // It gives the whole, as it may.
        if let Err(error) = writer.begin_anew() {
            return (Some(writer), Err(Failed::disk(&error)));
        }
    }
    let most = writer.bytes_max();
    if let Some(size) = answer.size
        && size > most
    {
        let why = format!("the file has {size} bytes, more than the {most} that this node takes");
        return (Some(writer), Err(Failed::Away(why)));
    }
    let media = answer.media_type.clone();
    let (writer, done) = stream(writer, &mut answer).await;
    (writer, done.map(|()| media))
}

/// Writes what comes, to its end or to the most that it may be.
async fn stream(
    writer: BlobWriter,
    answer: &mut FileAnswer,
) -> (Option<BlobWriter>, Result<(), Failed>) {
    let most = answer.size.unwrap_or(u64::MAX).min(writer.bytes_max());
    let mut size = writer.size();
    let mut writer = Some(writer);
    let mut waiting = Vec::with_capacity(WRITE_BYTES);
    loop {
        let piece = tokio::time::timeout(PIECE, answer.piece()).await;
        let end = match piece {
            Ok(Ok(Some(piece))) => {
                let piece = piece.as_ref();
                size = size.saturating_add(piece.len() as u64);
                if size > most {
                    if let Some(writer) = writer.take() {
                        writer.discard();
                    }
                    let why = format!("it gives more than the {most} bytes that it may have");
                    return (None, Err(Failed::Wrong(why)));
                }
                waiting.extend_from_slice(piece);
                None
            }
            Ok(Ok(None)) if answer.size.is_some_and(|told| size < told) => {
                Some(Err(Failed::Broken("it ended early".to_owned())))
            }
            Ok(Ok(None)) => Some(Ok(())),
            Ok(Err(error)) => Some(Err(Failed::Broken(error.to_string()))),
            Err(_) => Some(Err(Failed::Broken(format!(
                "nothing came for {} s",
                PIECE.as_secs()
            )))),
        };
        if waiting.len() >= WRITE_BYTES || (end.is_some() && !waiting.is_empty()) {
            let Some(held) = writer.take() else {
                return (None, Err(Failed::Away("the file is lost".to_owned())));
            };
            let bytes = std::mem::replace(&mut waiting, Vec::with_capacity(WRITE_BYTES));
            match write(held, bytes).await {
                Ok(held) => writer = Some(held),
                Err(refusal) => return (None, Err(Failed::refused(&refusal))),
            }
        }
        if let Some(end) = end {
            return (writer, end);
        }
    }
}

/// Writes off the async threads.
async fn write(mut writer: BlobWriter, bytes: Vec<u8>) -> Result<BlobWriter, Refusal> {
    blocking(move || {
        writer.write(&bytes).map_err(|e| store_refusal(&e))?;
        Ok(writer)
    })
    .await
}

async fn finish(
    core: &Arc<Core>,
    digest: [u8; 32],
    writer: BlobWriter,
    media: String,
) -> Result<(), Failed> {
    let finished = blocking(move || Ok(writer.finish(Some(&digest)))).await;
    let info = match finished.map_err(|refusal| Failed::refused(&refusal))? {
        Ok(info) => info,
        Err(StoreError::Invalid { .. }) => {
            return Err(Failed::Wrong("the bytes have another digest".to_owned()));
        }
        Err(error) => return Err(Failed::disk(&error)),
    };
    let kept = Attachment {
        digest,
        size: info.size,
        media_type: media_type(&media),
    };
    core.sequencer
        .change(move |commit| commit.attachments.push(kept))
        .await
        .map_err(|refusal| Failed::refused(&refusal))
}
