//! What a node publishes: promises, what came of them, who must answer. Read from the records that its publisher holds, as the program's
//! word `promises` says; no program is named here.
//!
//! | want | look |
//! | --- | --- |
//! | what was said, in memory | [`register`] |
//! | from a record to what it says | [`read`] |
//! | what changed, event by event | [`changes`] |
//! | what it comes to: slip, freshness | [`judge`] |
//! | all of them at once: forecast, colour, figures | [`overview`] |
//! | pages made once and given many times | [`shelf`] |
//! | questions that the node asks by itself | [`asking`] |
//! | what the offices count, for everybody | [`figures`] |
//!
//! The register is read once at the first question and then grows with the log: a record is parsed once, however often a page is asked for.

pub(crate) mod asking;
pub(crate) mod changes;
pub(crate) mod figures;
pub(crate) mod judge;
pub(crate) mod overview;
pub(crate) mod read;
pub(crate) mod register;
pub(crate) mod shelf;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, TryLockError};

use garita_exchange::clock::real_now_ms;
use garita_exchange::core::Core;
use garita_exchange::problem::Refusal;
use garita_exchange::sequence::store_refusal;
use garita_profile::Profile;
use garita_profile::promises::slip::BaselineRule;
use garita_profile::promises::statement::AsOf;
use garita_profile::published::Promises;
use garita_store::{Order, PAGE_MAX, RecordQuery};
use garita_tlog::LeafIndex;

use figures::Figures;
use overview::Overview;
use read::{Judge, SaidRecord};
use register::Register;
use shelf::Shelf;

/// A page is at most this much older than the log: a busy node is not asked for news at each request.
const NEWS_EVERY_MS: i64 = 500;

/// Days and rules that are kept worked out: today by both rules, and what readers ask for now.
const OVERVIEWS_MAX: usize = 8;

/// What was read of the store.
#[derive(Debug, Default)]
struct Taken {
    /// Records taken.
    done: HashSet<String>,
    /// The issuer of each that was met.
    issuers: HashMap<String, String>,
    /// Records that others replace and that were not met before them: when one is, all is judged anew.
    unknown: HashSet<String>,
}

/// The published half of a node.
#[derive(Debug, Default)]
pub(crate) struct Site {
    register: RwLock<Arc<Register>>,
    reading: Mutex<Taken>,
    looked_ms: AtomicI64,
    overviews: Mutex<Vec<Arc<Overview>>>,
    shelf: Shelf,
    figures: Figures,
}

/// Who publishes on this node, and which records speak of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Publisher {
    /// The party's DID.
    pub(crate) party: String,
    /// The program's words.
    pub(crate) words: Promises,
}

impl Site {
    /// What the offices of this node count.
    pub(crate) fn figures(&self) -> &Figures {
        &self.figures
    }

    /// Pages made before.
    pub(crate) fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// Everything published, with what came to the log until half a second ago; none where no party of this node publishes.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) fn register(&self, core: &Core) -> Result<Option<Arc<Register>>, Refusal> {
        let held = self.held();
        let now = real_now_ms();
        let since = now.saturating_sub(self.looked_ms.load(Ordering::Acquire));
        // A clock that went back is no reason to stand still.
        if held.publisher.is_some() && (0..NEWS_EVERY_MS).contains(&since) {
            return Ok(Some(held));
        }
        let mut taken = match self.reading.try_lock() {
            Ok(taken) => taken,
            // Somebody is looking: what is held is good meanwhile, where there is any.
            Err(TryLockError::WouldBlock) if held.publisher.is_some() => return Ok(Some(held)),
            Err(TryLockError::WouldBlock) => {
                self.reading.lock().unwrap_or_else(PoisonError::into_inner)
            }
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        };
        let Some((publisher, profile)) = publisher(core) else {
            return Ok(None);
        };
        let held = self.held();
        let grown = grow(core, &held, publisher, &profile, &mut taken)?;
        self.looked_ms.store(now, Ordering::Release);
        match grown {
            None => Ok(Some(held)),
            Some(grown) => {
                let grown = Arc::new(grown);
                *self
                    .register
                    .write()
                    .unwrap_or_else(PoisonError::into_inner) = Arc::clone(&grown);
                Ok(Some(grown))
            }
        }
    }

    /// All things as of a day and by a rule. Those of which nothing new was said since the last time are not judged anew.
    pub(crate) fn overview(
        &self,
        register: &Register,
        as_of: AsOf,
        rule: BaselineRule,
    ) -> Arc<Overview> {
        let same = |o: &Arc<Overview>| o.as_of == as_of && o.rule == rule;
        let before = {
            let held = self
                .overviews
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            held.iter().find(|o| same(o)).cloned()
        };
        if let Some(before) = &before
            && before.records == register.records
        {
            return Arc::clone(before);
        }
        let made = Arc::new(Overview::of(register, as_of, rule, before.as_deref()));
        let mut held = self
            .overviews
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        held.retain(|o| !same(o));
        if held.len() >= OVERVIEWS_MAX {
            // Today's stay: they are what most readers ask for.
            let other =
                |o: &Arc<Overview>| o.as_of.stated_by.is_some() || o.as_of.recorded_by_ms.is_some();
            let first = held.iter().position(other).unwrap_or(0);
            held.remove(first);
        }
        held.push(Arc::clone(&made));
        made
    }

    fn held(&self) -> Arc<Register> {
        Arc::clone(&self.register.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The first hosted party that has the publisher's role of a program which publishes, and that program.
pub(crate) fn publisher(core: &Core) -> Option<(Publisher, Arc<Profile>)> {
    let network = core.network();
    let now_ms = core.clock.now_ms();
    let mut newest = core.programs.newest();
    let (words, profile) = newest.find_map(|profile| {
        let words = profile.model().promises.values().next()?;
        Some((words.clone(), Arc::clone(profile)))
    })?;
    let mut hosted: Vec<&String> = core.hosted.keys().collect();
    hosted.sort();
    let party = hosted
        .into_iter()
        .find(|did| network.directory.has_role(did, &words.publisher, now_ms))?;
    let publisher = Publisher {
        party: party.clone(),
        words,
    };
    Some((publisher, profile))
}

/// All that is known, as of this day of the node's clock, UTC.
pub(crate) fn as_of_now(core: &Core) -> AsOf {
    let today = jiff::Timestamp::from_millisecond(core.clock.now_ms())
        .map(|at| jiff::tz::TimeZone::UTC.to_datetime(at).date())
        .unwrap_or_default();
    AsOf {
        today,
        stated_by: None,
        recorded_by_ms: None,
    }
}

/// The register with what came since; none where nothing did.
fn grow(
    core: &Core,
    held: &Register,
    publisher: Publisher,
    profile: &Profile,
    taken: &mut Taken,
) -> Result<Option<Register>, Refusal> {
    let size = *core.published.borrow();
    let same = held.publisher.as_ref() == Some(&publisher);
    if same && held.read_to == size {
        return Ok(None);
    }
    if !same {
        taken.done.clear();
    }
    let network = core.network();
    let judge = Judge {
        words: &publisher.words,
        model: profile.model(),
        directory: &network.directory,
    };
    let mut next = match same {
        true => held.clone(),
        false => Register::of(publisher.clone()),
    };
    let mut query = RecordQuery {
        // By when it became the publisher's to read: it may have been here long before.
        granted_from: same.then_some(LeafIndex::new(held.read_to)),
        order: Order::OldestFirst,
        limit: PAGE_MAX,
        ..RecordQuery::default()
    };
    let mut late = false;
    let mut found = Vec::new();
    loop {
        let page = core
            .reader
            .records(&publisher.party, &query)
            .map_err(|e| store_refusal(&e))?;
        for record in &page.items {
            let row = &record.record;
            // A node's publisher holds records of other programs too: what says nothing of promises is not even parsed. What came between the
            // count of the log and this look is met again by the next one.
            if publisher.words.says(&row.record_type).is_none() || taken.done.contains(&row.id) {
                continue;
            }
            let Taken {
                done,
                issuers,
                unknown,
            } = &mut *taken;
            late |= unknown.remove(&row.id);
            let asked = RefCell::new(None);
            let said = judge.record(record, &|id| {
                let issuer = issuers.get(id).cloned();
                if issuer.is_none() {
                    asked.replace(Some(id.to_owned()));
                }
                issuer
            });
            unknown.extend(asked.into_inner());
            issuers.insert(row.id.clone(), row.issuer.clone());
            done.insert(row.id.clone());
            found.extend(said);
        }
        query.cursor = page.next;
        if query.cursor.is_none() {
            break;
        }
    }
    if late {
        // Every issuer is known now, so that this happens once.
        taken.done.clear();
        return grow(core, &Register::default(), publisher, profile, taken);
    }
    // In the order of their numbers, however they are read: what stood before a change is the same after a restart.
    found.sort_by_key(SaidRecord::number);
    for said in found {
        next.take(said);
    }
    changes::order(&mut next.changes);
    next.read_to = size;
    Ok(Some(next))
}
