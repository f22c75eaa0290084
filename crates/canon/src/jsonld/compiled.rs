//! Contexts compiled for the documents that are filed each day: objects of texts, numbers and references to other objects.
//!
//! A document's `@context` is processed once, by the same code as ever, into tables from which the document is written as
//! statements in one walk.
//!
//! INVARIANT (one judge): what the tables cannot express, and all that is wrong with a document, is left to the general
//! processor, so that there is one place where a refusal gets its code, its pointer and its words.

mod table;
mod walk;

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash as _, Hasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use serde_json::Value;

use super::active::{Active, ScopedContext};
use super::context::Scope;
use super::{Limits, Mode, Options, Processor, RdfDirection, Run};
use crate::statements::Statements;
use table::{Coerced, ScopeEdges, Table};

/// Values of `@context` that are kept compiled. Programs of a federation number in the tens.
const SETS_MAX: usize = 64;
/// Active contexts compiled for one `@context`: each chain of scoped contexts that its documents use is one.
const CONTEXTS_MAX: usize = 256;
/// Terms in all tables together; each takes some 200 bytes.
const TERMS_MAX: usize = 100_000;
/// Types that scope one after the other, in other orders than those met before.
const FOLLOWING_MAX: usize = 64;
/// Inline contexts met once, remembered by hash; past this many, all are forgotten.
const SEEN_MAX: usize = 4_096;
/// JSON values in an inline context that is worth keeping.
const INLINE_VALUES_MAX: usize = 2_048;
/// Objects and arrays inside one another in a context.
const DEPTH_MAX: usize = 32;

/// Each `@context` that is kept compiled. Reading takes a lock that readers share, once for a document.
#[derive(Debug, Default)]
pub(super) struct Sets {
    state: RandomState,
    known: RwLock<HashMap<u64, Arc<Set>>>,
    seen: Mutex<HashSet<u64>>,
    terms: AtomicUsize,
}

/// One `@context` with all that follows from it.
#[derive(Debug)]
struct Set {
    source: Value,
    is_inline: bool,
    /// The slot of the context that holds at the top of a document.
    root: usize,
    /// What reading `source` takes of [`Limits::contexts_max`] each time.
    spent: usize,
    /// INVARIANT (append-only): a slot once filled never changes, so that walks read without a lock.
    contexts: Box<[OnceLock<Box<Context>>]>,
    /// Slots in use. Upholds (append-only): who fills a slot holds this.
    building: Mutex<usize>,
}

/// One active context, compiled.
#[derive(Debug)]
struct Context {
    active: Arc<Active>,
    /// The slot of the context that held before types scoped this one.
    previous: Option<usize>,
    table: Table,
    /// How a scalar is written whose key is no term.
    plain: Coerced,
    following: Following,
}

/// Where scoped contexts of types lead from here, other than those of this context's own terms.
#[derive(Debug, Default)]
struct Following(OnceLock<Box<(u64, Edge, Following)>>);

/// Where a scoped context leads; `to` is `None` where only the general processor can go.
#[derive(Clone, Copy, Debug)]
struct Edge {
    to: Option<usize>,
    /// What going there takes of [`Limits::contexts_max`].
    spent: usize,
}

impl Processor {
    /// The statements of a document, as if it had no member `without`, where its contexts are compiled and it holds nothing out
    /// of the ordinary. `None` says nothing of the document: [`Processor::to_rdf`] decides.
    pub(crate) fn statements(&self, document: &Value, without: Option<&str>) -> Option<Statements> {
        let map = document.as_object()?;
        let set = self.compiled.get(self, map.get("@context")?)?;
        walk::document(self, &set, map, without)
    }
}

impl Sets {
    fn get(&self, processor: &Processor, source: &Value) -> Option<Arc<Set>> {
        let mut hasher = self.state.build_hasher();
        feed(source, &mut hasher, 0)?;
        let hash = hasher.finish();
        let known = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            known.get(&hash).cloned()
        };
        match known {
            // Another context of the same hash stays with the general processor.
            Some(set) => same(&set.source, source).then_some(set),
            None => self.compile(processor, source, hash),
        }
    }

    #[cold]
    fn compile(&self, processor: &Processor, source: &Value, hash: u64) -> Option<Arc<Set>> {
        if !is_ordinary(&processor.options) {
            return None;
        }
        let items = source
            .as_array()
            .map_or(std::slice::from_ref(source), Vec::as_slice);
        let is_inline = !items.iter().all(Value::is_string);
        if is_inline && !self.is_worth_it(source, hash) {
            return None;
        }
        if self.terms.load(Ordering::Relaxed) > TERMS_MAX {
            self.forget();
        }
        let set = Arc::new(Set::new(processor, source, is_inline)?);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= SETS_MAX {
            // A stranger's inline contexts go first.
            known.retain(|_, set| !set.is_inline);
        }
        if known.len() >= SETS_MAX {
            known.clear();
        }
        Some(Arc::clone(known.entry(hash).or_insert(set)))
    }

    /// An inline context may never come again: it is compiled when it comes a second time.
    fn is_worth_it(&self, source: &Value, hash: u64) -> bool {
        if count(source) > INLINE_VALUES_MAX {
            return false;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= SEEN_MAX {
            seen.clear();
        }
        !seen.insert(hash)
    }

    fn forget(&self) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.clear();
        self.terms.store(0, Ordering::Relaxed);
    }
}

/// Whether the fast way says the same as the general one: in strict mode, with nothing set but limits that are no less than usual.
fn is_ordinary(options: &Options) -> bool {
    options.mode == Mode::Strict
        && options.base.is_none()
        && options.expand_context.is_none()
        && options.rdf_direction == Some(RdfDirection::I18nDatatype)
        && options.limits.contexts_max >= Limits::default().contexts_max
}

impl Set {
    fn new(processor: &Processor, source: &Value, is_inline: bool) -> Option<Self> {
        let mut run = Run::new(processor, false);
        run.document_context(&processor.root, source).ok()?;
        // The second time, contexts that are remembered cost nothing: that is what a document spends.
        let mut run = Run::new(processor, false);
        let active = run.document_context(&processor.root, source).ok()?;
        let mut set = Self {
            source: source.clone(),
            is_inline,
            root: 0,
            spent: processor
                .options
                .limits
                .contexts_max
                .checked_sub(run.contexts_left)?,
            contexts: (0..CONTEXTS_MAX).map(|_| OnceLock::new()).collect(),
            building: Mutex::new(0),
        };
        let mut used = 0;
        set.root = set.slot(processor, &active, &mut used)?;
        set.building = Mutex::new(used);
        Some(set)
    }

    fn context(&self, slot: usize) -> Option<&Context> {
        self.contexts.get(slot)?.get().map(Box::as_ref)
    }

    /// The context below a term with a context of its own, and what going there spends. `reverted`: what types scoped no longer
    /// holds.
    fn property(
        &self,
        processor: &Processor,
        from: &Context,
        scope: &ScopeEdges,
        reverted: bool,
    ) -> Option<(&Context, usize)> {
        let cell = if reverted {
            &scope.property_reverted
        } else {
            &scope.property
        };
        let edge = cell.get_or_init(|| {
            let from = match from.previous.filter(|_| reverted) {
                Some(previous) => self.context(previous),
                None => Some(from),
            };
            self.follow(processor, from, &scope.context, Scope::Property)
        });
        Some((self.context(edge.to?)?, edge.spent))
    }

    /// The context below a type with a context of its own. `own`: the type is a term of `from` itself.
    fn class(
        &self,
        processor: &Processor,
        from: &Context,
        scope: &ScopeEdges,
        own: bool,
    ) -> Option<(&Context, usize)> {
        let compile = || self.follow(processor, Some(from), &scope.context, Scope::Type);
        let edge = if own {
            *scope.class.get_or_init(compile)
        } else {
            from.following.find(scope.context.id, compile)?
        };
        Some((self.context(edge.to?)?, edge.spent))
    }

    #[cold]
    fn follow(
        &self,
        processor: &Processor,
        from: Option<&Context>,
        scoped: &ScopedContext,
        scope: Scope,
    ) -> Edge {
        let nowhere = Edge { to: None, spent: 0 };
        let Some(from) = from else { return nowhere };
        let mut used = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        let mut run = Run::new(processor, false);
        let Ok(active) = run.scoped(&from.active, scoped, scope) else {
            return nowhere;
        };
        // What has a name is remembered by the general processor too, so that it spends nothing.
        let spent = if from.active.id == 0 {
            processor.options.limits.contexts_max - run.contexts_left
        } else {
            0
        };
        let to = self.slot(processor, &active, &mut used);
        Edge { to, spent }
    }

    /// The slot of an active context, compiled where it is not yet; `None` where there is no room.
    fn slot(&self, processor: &Processor, active: &Arc<Active>, used: &mut usize) -> Option<usize> {
        let known = self.contexts.iter().take(*used).position(|slot| {
            slot.get().is_some_and(|context| {
                Arc::ptr_eq(&context.active, active)
                    || (active.id != 0 && context.active.id == active.id)
            })
        });
        if known.is_some() {
            return known;
        }
        let previous = match &active.previous {
            Some(previous) => Some(self.slot(processor, previous, used)?),
            None => None,
        };
        let terms = &processor.compiled.terms;
        if terms.load(Ordering::Relaxed) > 2 * TERMS_MAX {
            return None;
        }
        let table = Table::new(active)?;
        terms.fetch_add(table.len(), Ordering::Relaxed);
        let context = Context {
            active: Arc::clone(active),
            previous,
            table,
            plain: Coerced::plain(active.language.as_deref(), active.direction),
            following: Following::default(),
        };
        let slot = *used;
        self.contexts.get(slot)?.set(Box::new(context)).ok()?;
        *used += 1;
        Some(slot)
    }
}

impl Following {
    fn find(&self, id: u64, compile: impl Fn() -> Edge) -> Option<Edge> {
        let mut at = self;
        for _ in 0..FOLLOWING_MAX {
            let (known, edge, next) = &**at
                .0
                .get_or_init(|| Box::new((id, compile(), Self::default())));
            if *known == id {
                return Some(*edge);
            }
            at = next;
        }
        None
    }
}

/// Equality that minds the order of members: it can decide whether a context is right.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .all(|((a_key, a), (b_key, b))| a_key == b_key && same(a, b))
        }
        _ => a == b,
    }
}

/// Hashes a value; `None` where it is nested deeper than any context is.
fn feed(value: &Value, hasher: &mut impl Hasher, depth: usize) -> Option<()> {
    if depth > DEPTH_MAX {
        return None;
    }
    match value {
        Value::Array(items) => {
            hasher.write_usize(items.len());
            items
                .iter()
                .try_for_each(|item| feed(item, hasher, depth + 1))
        }
        Value::Object(map) => {
            hasher.write_usize(map.len());
            map.iter().try_for_each(|(key, value)| {
                key.hash(hasher);
                feed(value, hasher, depth + 1)
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            value.hash(hasher);
            Some(())
        }
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}
