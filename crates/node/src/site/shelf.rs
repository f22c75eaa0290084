//! Pages made once and given many times: each as of one state of the register and one day, with the digest that a reader's copy is known by.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Bytes;

/// Pages kept: all that a busy day asks for. The shelf is cleared when it is full, and when something new is known.
const PAGES_MAX: usize = 4_000;
/// Bytes kept.
const BYTES_MAX: usize = 128 << 20;

/// A page as it is given out.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    /// Its bytes.
    pub(crate) bytes: Bytes,
    /// Media type.
    pub(crate) media: &'static str,
    /// Entity tag, quotes and all (RFC 9110 §8.8.3): SHA-256 of the bytes.
    pub(crate) tag: String,
}

/// Pages of one state.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    pages: RwLock<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    /// Records read and the day: with another, nothing here is true any more.
    state: (u64, i64),
    bytes: usize,
    made: HashMap<String, Arc<Made>>,
}

impl Shelf {
    /// A page made before in that state.
    pub(crate) fn find(&self, state: (u64, i64), name: &str) -> Option<Arc<Made>> {
        let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner);
        if pages.state != state {
            return None;
        }
        pages.made.get(name).cloned()
    }

    /// Keeps a page.
    pub(crate) fn put(&self, state: (u64, i64), name: String, made: &Arc<Made>) {
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        // Who was slow to make a page of an older state takes nothing of the newer away.
        if state < pages.state {
            return;
        }
        let full = pages.made.len() >= PAGES_MAX || pages.bytes > BYTES_MAX;
        if pages.state != state || full {
            *pages = Pages {
                state,
                ..Pages::default()
            };
        }
        pages.bytes += made.bytes.len();
        pages.made.insert(name, Arc::clone(made));
    }
}
