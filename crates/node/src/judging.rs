//! By what this node judges credentials that somebody shows it: the keys that the network's chain names, DIDs that are their own keys,
//! and what owners of other DIDs publish, their status lists among it.
//!
//! What is not at hand is fetched while a document is judged, so the work runs where it may block. The addresses come from the document,
//! which anybody wrote: [`crate::outside`] guards each of them, one document makes the node ask a few of them and not for long, and
//! only so many documents at a time make it ask at all.
//!
//! INVARIANT (the chain names the keys): of a party or node of the network nothing is fetched; a key that the chain does not name, or
//! names as revoked, is none, whatever stands at the DID's address.

mod lists;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use garita_credential::data_integrity::KeysAt;
use garita_credential::judge::{Checks, Judge, Lists};
use garita_credential::resolver::{ResolveError, ResolvedKey, Resolver};
use garita_exchange::governance::Network;
use garita_exchange::problem::{Fault, Refusal, RefusalKind};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::dids::Dids;
use crate::outside::Targets;
use crate::server::App;
use lists::FetchedLists;

/// Documents judged at a time for which something is fetched; each holds a thread that waits.
const FETCHING_MAX: usize = 8;
/// Documents that are judged at a time: more than may be fetched for, so that a slow server outside holds up none of the others. Each
/// takes milliseconds of a processor, a hostile one some hundred.
const JUDGED_MAX: usize = 32;
/// Addresses asked for one document: an issuer, a holder, a list of each, and as many again.
const ASKED_MAX: usize = 8;
/// For how long one document may make the node ask.
const ASKING: Duration = Duration::from_secs(20);

/// The ways out of this node while it judges.
#[derive(Debug)]
pub(crate) struct Outside {
    /// Resolves DIDs of others.
    pub(crate) dids: Dids,
    targets: Targets,
    fetching: Semaphore,
    judging: Semaphore,
}

impl Outside {
    /// To where `targets` allows.
    pub(crate) fn new(targets: Targets) -> Self {
        Self {
            dids: Dids::new(targets.inside),
            targets,
            fetching: Semaphore::new(FETCHING_MAX),
            judging: Semaphore::new(JUDGED_MAX),
        }
    }

    /// A place among the documents of others that are judged.
    ///
    /// # Errors
    /// `node-busy` where as many are judged already as may be.
    pub(crate) fn place(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        self.judging.try_acquire().map_err(|_| {
            Refusal::one(
                RefusalKind::Busy,
                Fault::whole(
                    "node-busy",
                    "as many documents are checked as may be at a time; try again in a moment",
                    "ya se revisan tantos documentos como se puede a la vez; intente en un momento",
                ),
            )
        })
    }

    /// Leave to fetch for a document.
    ///
    /// # Errors
    /// `node-busy` where as much is fetched already as may be.
    pub(crate) fn leave(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        self.fetching.try_acquire().map_err(|_| {
            Refusal::one(
                RefusalKind::Busy,
                Fault::whole(
                    "node-busy",
                    "the node asks other servers for keys of as many documents as it may at a time; try again in a moment",
                    "el nodo ya pide a otros servidores las llaves de tantos documentos como puede a la vez; intente en un momento",
                ),
            )
        })
    }
}

/// Judges by what the node knows and can have. Blocks while something is fetched: for a thread that may, within the runtime.
///
/// # Errors
/// `node-busy` where something would have to be fetched and too much is.
pub(crate) fn judged<T>(app: &App, work: impl FnOnce(&Judge<'_>) -> T) -> Result<T, Refusal> {
    let core = app.core();
    let _place = app.outside().place()?;
    let errand = Errand::new(app.outside());
    let keys = Keys {
        network: core.network(),
        errand: &errand,
    };
    let now_ms = core.clock.now_ms();
    let alone = Judge {
        resolver: &keys,
        canonicalizer: &core.canonicalizer,
        now_ms,
        keys_at: KeysAt::Created,
        checks: Checks::ALL,
        lists: Lists::Ignored,
        // A schema is a program that its author has us run; none is fetched.
        schemas: None,
        domain: None,
        challenge: None,
    };
    let lists = FetchedLists::new(alone, &errand);
    let judge = Judge {
        lists: Lists::By(&lists),
        ..alone
    };
    let verdict = work(&judge);
    // What is missing because nobody was sent for it is no verdict.
    errand.end()?;
    Ok(verdict)
}

/// What is fetched for one document.
struct Errand<'a> {
    outside: &'a Outside,
    until: Instant,
    asked: RefCell<BTreeSet<String>>,
    leave: RefCell<Option<SemaphorePermit<'a>>>,
    refused: Cell<Option<Refusal>>,
}

impl<'a> Errand<'a> {
    fn new(outside: &'a Outside) -> Self {
        Self {
            outside,
            until: Instant::now() + ASKING,
            asked: RefCell::default(),
            leave: RefCell::new(None),
            refused: Cell::new(None),
        }
    }

    /// What `work` brings from `address`; none where this document has had the node ask enough, or too many others do.
    fn ask<T>(&self, address: &str, work: impl Future<Output = T>) -> Option<T> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(address) {
            if asked.len() >= ASKED_MAX {
                return None;
            }
            asked.insert(address.to_owned());
        }
        drop(asked);
        let mut leave = self.leave.borrow_mut();
        if leave.is_none() {
            match self.outside.leave() {
                Ok(permit) => *leave = Some(permit),
                Err(refusal) => {
                    self.refused.set(Some(refusal));
                    return None;
                }
            }
        }
        let left = self.until.saturating_duration_since(Instant::now());
        Handle::current().block_on(async { tokio::time::timeout(left, work).await.ok() })
    }

    fn end(&self) -> Result<(), Refusal> {
        self.refused.take().map_or(Ok(()), Err)
    }
}

/// The keys that the node knows or can have.
struct Keys<'a, 'o> {
    network: Arc<Network>,
    errand: &'a Errand<'o>,
}

impl Resolver for Keys<'_, '_> {
    fn key(&self, method: &str, at_ms: Option<i64>) -> Result<ResolvedKey, ResolveError> {
        let did = method.split('#').next().unwrap_or_default();
        let known = match self.network.key(method, at_ms) {
            Err(error @ ResolveError::KeyUnknown { .. }) => error,
            known => return known,
        };
        // Upholds (the chain names the keys).
        if is_of(&self.network, did) {
            return Err(known);
        }
        let dids = &self.errand.outside.dids;
        match dids.key_at_hand(method, at_ms) {
            Some(found) => found,
            None => self
                .errand
                .ask(did, dids.key(method, at_ms))
                .unwrap_or(Err(known)),
        }
    }
}

/// Whether a DID is a party's or a node's of the network.
pub(crate) fn is_of(network: &Network, did: &str) -> bool {
    network.directory.parties.contains_key(did) || network.nodes.contains_key(did)
}
