//! What a node keeps in memory of files that come and go: unfinished uploads, what is being fetched, and how many of each there may be.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use garita_store::StoreError;
use tokio::sync::watch;

use crate::client::Client;
use crate::core::Core;
use crate::fetch::Fetches;
use crate::uploads::Uploads;

/// A file of a node whose operator says nothing of it, bytes: a survey of many scans, a video of an inspection.
pub const ATTACHMENT_BYTES_MAX: u64 = 200_000_000;
/// Files that one principal sends at a time, and all of them together: each holds up to a piece in memory and a file open.
const INCOMING_EACH_MAX: usize = 16;
const INCOMING_MAX: usize = 128;
/// Files that one peer fetches at a time, and all of them together.
const OUTGOING_EACH_MAX: usize = 8;
const OUTGOING_MAX: usize = 256;
/// How often what is over is looked for.
const SWEEP: Duration = Duration::from_secs(600);
/// What was fetched in part is kept so long after the last byte.
const PARTIAL_KEPT: Duration = Duration::from_secs(24 * 3_600);

/// Files that come and go.
#[derive(Debug)]
pub struct Files {
    /// Bytes of one file, of whoever brings it and of whoever is asked for it.
    pub bytes_max: u64,
    /// Uploads that go on over several requests.
    pub uploads: Uploads,
    /// Who may send a file now.
    pub incoming: Places,
    /// Which peer may have one now.
    pub outgoing: Places,
    pub(crate) fetches: Fetches,
    pub(crate) client: Arc<Client>,
    pub(crate) stopping: watch::Receiver<bool>,
}

impl Files {
    pub(crate) fn new(
        bytes_max: u64,
        client: Arc<Client>,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Self {
            bytes_max,
            uploads: Uploads::default(),
            incoming: Places::new(INCOMING_EACH_MAX, INCOMING_MAX),
            outgoing: Places::new(OUTGOING_EACH_MAX, OUTGOING_MAX),
            fetches: Fetches::default(),
            client,
            stopping,
        }
    }
}

/// Removes what is over, again and again.
pub(crate) async fn sweep(core: &Arc<Core>) {
    loop {
        core.files.uploads.sweep(crate::clock::real_now_ms());
        let blobs = core.blobs.clone();
        let swept = tokio::task::spawn_blocking(move || blobs.sweep(PARTIAL_KEPT)).await;
        match swept {
            Ok(Ok(0)) | Err(_) => {}
            Ok(Ok(files)) => tracing::info!(
                files,
                "what was fetched in part and not asked for again is gone"
            ),
            Ok(Err(error)) => told(&error),
        }
        tokio::time::sleep(SWEEP).await;
    }
}

fn told(error: &StoreError) {
    tracing::warn!(%error, "partial files could not be looked through");
}

/// So many places in all, and so many of one name: who has many takes none from others.
#[derive(Debug, Clone)]
pub struct Places(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    each_max: usize,
    all_max: usize,
    taken: Mutex<HashMap<String, usize>>,
}

/// A place, as long as this is there.
#[derive(Debug)]
pub struct Place {
    places: Arc<Inner>,
    name: String,
}

impl Places {
    fn new(each_max: usize, all_max: usize) -> Self {
        Self(Arc::new(Inner {
            each_max,
            all_max,
            taken: Mutex::default(),
        }))
    }

    /// A place for a name; none where all are taken, or all that one name may have.
    pub fn take(&self, name: &str) -> Option<Place> {
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, own) = (
            taken.values().sum::<usize>(),
            taken.get(name).copied().unwrap_or(0),
        );
        if all >= self.0.all_max || own >= self.0.each_max {
            return None;
        }
        taken.insert(name.to_owned(), own + 1);
        Some(Place {
            places: Arc::clone(&self.0),
            name: name.to_owned(),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self
            .places
            .taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.name) {
            Some(own) if *own > 1 => *own -= 1,
            Some(_) | None => {
                taken.remove(&self.name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_many_places_takes_none_from_others() {
        let places = Places::new(2, 3);
        let first = places.take("a");
        let second = places.take("a");
        assert!(first.is_some() && second.is_some());
        assert!(places.take("a").is_none(), "one name has two");
        let other = places.take("b");
        assert!(other.is_some());
        assert!(places.take("c").is_none(), "three in all");
        drop(first);
        assert!(places.take("c").is_some());
        drop((second, other));
        assert!(places.0.taken.lock().unwrap().is_empty());
    }
}
