//! Processed contexts, remembered: a document of a known `@context` costs a look-up, not a processing.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::active::Active;
use super::context::Scope;

/// Past this many, all are forgotten and built anew: a stranger's odd combinations cannot fill the memory.
const REMEMBERED_MAX: usize = 2_048;

type Remembered<K> = RwLock<HashMap<K, Arc<Active>>>;

/// INVARIANT (named contexts): an active context has an id other than 0 only if it follows from the known contexts alone,
/// so that what is remembered by its id is the same for each document.
#[derive(Debug, Default)]
pub(super) struct Memory {
    last_id: AtomicU64,
    named: Remembered<(u64, Box<str>)>,
    scoped: Remembered<(u64, u64, Scope)>,
}

impl Memory {
    pub(super) fn next_id(&self) -> u64 {
        self.last_id.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn named(&self, active: u64, url: &str) -> Option<Arc<Active>> {
        if active == 0 {
            return None;
        }
        let named = self.named.read().unwrap_or_else(PoisonError::into_inner);
        named.get(&(active, Box::from(url))).cloned()
    }

    pub(super) fn remember_named(
        &self,
        active: u64,
        url: &str,
        result: Arc<Active>,
    ) -> Arc<Active> {
        if active == 0 {
            return result;
        }
        let result = self.with_id(result);
        let mut named = self.named.write().unwrap_or_else(PoisonError::into_inner);
        if named.len() >= REMEMBERED_MAX {
            named.clear();
        }
        Arc::clone(named.entry((active, Box::from(url))).or_insert(result))
    }

    pub(super) fn scoped(&self, active: u64, scoped: u64, scope: Scope) -> Option<Arc<Active>> {
        if active == 0 {
            return None;
        }
        let known = self.scoped.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&(active, scoped, scope)).cloned()
    }

    pub(super) fn remember_scoped(
        &self,
        active: u64,
        scoped: u64,
        scope: Scope,
        result: Arc<Active>,
    ) -> Arc<Active> {
        if active == 0 {
            return result;
        }
        let result = self.with_id(result);
        let mut known = self.scoped.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED_MAX {
            known.clear();
        }
        Arc::clone(known.entry((active, scoped, scope)).or_insert(result))
    }

    // Upholds (named contexts): called only where the context it came from has an id.
    fn with_id(&self, result: Arc<Active>) -> Arc<Active> {
        let mut result = Arc::unwrap_or_clone(result);
        result.id = self.next_id();
        Arc::new(result)
    }
}
