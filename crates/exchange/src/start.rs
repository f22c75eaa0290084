//! A node's exchange from its parts: opens the store, checks the log's tail, starts the sequencer and a task for each peer.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use garita_store::{Options, StoreError, TailReport};
use serde_json::Value;
use tokio::sync::watch;

use crate::batch::Desk;
use crate::client::{Client, ClientError};
use crate::contacts::Contacts;
use crate::core::{Core, Parts};
use crate::files::Files;
use crate::governance::{GovernanceError, Network};
use crate::history::Histories;
use crate::metrics::Metrics;
use crate::program::ProgramError;
use crate::project::Projector;
use crate::reconcile::Reconciler;
use crate::sequence::{self, SequencerHandle};
use crate::signing::Signer;
use crate::sync::{Standings, Steps};
use crate::witness::{self, Witnessed};
use crate::{deliver, pull, reconcile, regain, sync};

/// Log entries that start-up checks against the store.
const TAIL_ENTRIES: u64 = 2_000;
/// How often new peers of the network's list are looked for, and what waits is judged again.
const PEERS_MS: u64 = 1_000;
/// Governance entries read at once.
const GOVERNANCE_PAGE: usize = 500;

/// A running exchange.
#[derive(Debug)]
pub struct Exchange {
    /// What the stations share.
    pub core: Arc<Core>,
    /// How each peer stands.
    pub standings: Arc<Standings>,
    /// Asks other nodes, as this one.
    pub client: Arc<Client>,
    /// Digests of what was delivered and received.
    pub steps: Arc<Steps>,
    /// Comparisons of what parties share.
    pub reconciler: Arc<Reconciler>,
    /// What the check at start found.
    pub tail: TailReport,
    stop: watch::Sender<bool>,
}

/// Why a node could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The store cannot be opened, or its log's tail contradicts it.
    #[error("store: {0}")]
    Store(#[from] StoreError),
    /// The governance chain cannot be read.
    #[error("governance: {0}")]
    Governance(#[from] GovernanceError),
    /// A program's context is not valid.
    #[error("program: {0}")]
    Program(#[from] ProgramError),
    /// No client for peers.
    #[error("client: {0}")]
    Client(#[from] ClientError),
    /// The sequencer's thread could not be started.
    #[error("sequencer: {0}")]
    Thread(#[from] std::io::Error),
}

impl Exchange {
    /// Opens and starts. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// See [`StartError`].
    pub fn start(parts: Parts) -> Result<Self, StartError> {
        let (mut writer, reader) = garita_store::open(&parts.data, &Options::default())?;
        let tail = reader.verify_tail(TAIL_ENTRIES)?;
        let blobs = reader.blobs().clone();
        let mut network = parts.network.clone();
        let mut next = network.head.map_or(0, |head| head + 1);
        loop {
            let page = reader.governance(next, GOVERNANCE_PAGE)?;
            let Some(last) = page.last() else { break };
            next = last.number + 1;
            for entry in page {
                let document: Value = serde_json::from_slice(&entry.document)
                    .map_err(|e| GovernanceError::Malformed(e.to_string()))?;
                network.adopt(&document)?;
            }
        }
        let pulls = parts.pulls;
        let network = Arc::new(network);
        let canonicalizer = Arc::new(parts.programs.canonicalizer()?);
        let metrics = Arc::new(Metrics::default());
        let size = writer.head()?.frontier.size().get();
        let histories = Histories::load(&reader)?;
        let contacts = Contacts::load(&reader)?;
        let witnessed = Witnessed::load(&reader, &network, &parts.identity.did)?;
        let (published_tx, published) = watch::channel(size);
        let (handle, queue) = SequencerHandle::channel();
        let standings = Arc::new(Standings::default());
        let desk = Desk {
            identity: parts.identity.clone(),
            clock: parts.clock,
            hosted: parts.hosted.clone(),
            programs: Arc::clone(&parts.programs),
            signer: Signer::new(Arc::clone(&canonicalizer)),
            reader: reader.clone(),
            network: Arc::clone(&network),
            standings: Arc::clone(&standings),
        };
        let projector = Projector::new(reader.clone(), Arc::clone(&parts.programs));
        let counters = Arc::clone(&metrics);
        thread::Builder::new()
            .name("sequencer".into())
            .spawn(move || {
                sequence::run(writer, desk, projector, &queue, &published_tx, &counters);
            })?;
        let (stop, stopped) = watch::channel(false);
        let client = Arc::new(Client::new(
            &parts.identity.did,
            Arc::clone(&parts.identity.key),
        )?);
        let files = Files::new(
            parts.attachment_bytes_max,
            Arc::clone(&client),
            stopped.clone(),
        );
        let core = Arc::new(Core::assemble(
            parts,
            canonicalizer,
            reader,
            blobs,
            handle,
            published,
            metrics,
            network,
            histories,
            contacts,
            witnessed,
            files,
        ));
        let steps = Arc::new(Steps::default());
        let reconciler = Arc::new(Reconciler::default());
        tokio::spawn({
            let core = Arc::clone(&core);
            let mut stop = stopped.clone();
            async move {
                tokio::select! {
                    done = crate::retable::run(&core) => if let Err(refusal) = done {
                        tracing::warn!(%refusal, "tables could not be computed anew; the next start begins again");
                    },
                    _ = stop.changed() => {}
                }
            }
        });
        tokio::spawn({
            let core = Arc::clone(&core);
            let mut stop = stopped.clone();
            async move {
                tokio::select! {
                    () = crate::due::run(&core) => {}
                    _ = stop.changed() => {}
                }
            }
        });
        tokio::spawn(witness::run(
            Arc::clone(&core),
            Arc::clone(&client),
            stopped.clone(),
        ));
        tokio::spawn({
            let core = Arc::clone(&core);
            let mut stop = stopped.clone();
            async move {
                tokio::select! {
                    () = crate::files::sweep(&core) => {}
                    _ = stop.changed() => {}
                }
            }
        });
        tokio::spawn(watch_peers(
            Arc::clone(&core),
            Arc::clone(&client),
            Arc::clone(&standings),
            Arc::clone(&steps),
            Arc::clone(&reconciler),
            pulls,
            stopped,
        ));
        Ok(Self {
            core,
            standings,
            client,
            steps,
            reconciler,
            tail,
            stop,
        })
    }

    /// Tells the tasks to end. What is acknowledged is on disk already; what is in the queue is answered or was never taken.
    pub fn stop(&self) {
        let _ = self.stop.send(true);
    }

    /// Becomes true when the node stops: for whatever would go on by itself, such as a page's stream.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }
}

/// Starts a deliverer and a comparer for each node that the list names, now or later; judges again what waited.
async fn watch_peers(
    core: Arc<Core>,
    client: Arc<Client>,
    standings: Arc<Standings>,
    steps: Arc<Steps>,
    reconciler: Arc<Reconciler>,
    pulls: bool,
    mut stop: watch::Receiver<bool>,
) {
    let mut known: BTreeSet<String> = BTreeSet::new();
    while !*stop.borrow() {
        let network: Arc<Network> = core.network();
        for did in network.nodes.keys() {
            if *did != core.identity.did && known.insert(did.clone()) {
                tokio::spawn(deliver::run(
                    Arc::clone(&core),
                    Arc::clone(&client),
                    Arc::clone(&standings),
                    did.clone(),
                    stop.clone(),
                ));
                tokio::spawn(regain::run(
                    Arc::clone(&core),
                    Arc::clone(&client),
                    Arc::clone(&standings),
                    Arc::clone(&steps),
                    did.clone(),
                    stop.clone(),
                ));
                tokio::spawn(reconcile::run(
                    Arc::clone(&core),
                    Arc::clone(&client),
                    Arc::clone(&standings),
                    Arc::clone(&steps),
                    Arc::clone(&reconciler),
                    did.clone(),
                    stop.clone(),
                ));
                if pulls {
                    tokio::spawn(pull::run(
                        Arc::clone(&core),
                        Arc::clone(&client),
                        Arc::clone(&steps),
                        did.clone(),
                        stop.clone(),
                    ));
                }
                tokio::spawn(sync::run(
                    Arc::clone(&core),
                    Arc::clone(&client),
                    Arc::clone(&standings),
                    Arc::clone(&steps),
                    did.clone(),
                    stop.clone(),
                ));
            }
        }
        if let Err(refusal) = crate::intake::retry_waiting(&core).await {
            tracing::warn!(%refusal, "what waited could not be judged again");
        }
        if let Err(refusal) = crate::revoked::flag(&core).await {
            tracing::warn!(%refusal, "what a revoked key signed could not be marked, will be tried again");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(PEERS_MS)) => {}
            _ = stop.changed() => {}
        }
    }
}
