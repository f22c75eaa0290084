//! What every station shares: keys, network, programs, readers, the way to the sequencer.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use garita_canon::Canonicalizer;
use garita_credential::keys::{SigningKey, VerificationKey};
use garita_profile::Profile;
use garita_store::{Blobs, Reader};
use serde_json::Value;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::contacts::Contacts;
use crate::files::Files;
use crate::governance::Network;
use crate::history::Histories;
use crate::linked::FoundCases;
use crate::metrics::Metrics;
use crate::problem::Refusal;
use crate::program::Programs;
use crate::sequence::SequencerHandle;
use crate::witness::{Cosigning, Witnessed};

/// A party's key at its home.
#[derive(Debug, Clone)]
pub struct HostedKey {
    /// Verification method: DID URL with fragment.
    pub verification_method: String,
    /// The key.
    pub key: Arc<SigningKey>,
    /// What it signs views with; none at a home that was set up before parties had such a key: there views are reduced and signed anew.
    pub views: Option<ViewKey>,
}

/// A hosted party's keys of now. All stations hold the same: a new key is used from the next record on.
#[derive(Debug, Clone)]
pub struct Hosted(Arc<RwLock<Arc<HostedKey>>>);

impl Hosted {
    /// A party with its keys.
    pub fn new(keys: HostedKey) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(keys))))
    }

    /// The keys that it signs with now.
    pub fn current(&self) -> Arc<HostedKey> {
        match self.0.read() {
            Ok(keys) => Arc::clone(&keys),
            Err(poisoned) => Arc::clone(&poisoned.into_inner()),
        }
    }

    /// Signs with others from now on.
    pub fn replace(&self, keys: HostedKey) {
        let keys = Arc::new(keys);
        match self.0.write() {
            Ok(mut held) => *held = keys,
            Err(poisoned) => *poisoned.into_inner() = keys,
        }
    }
}

impl HostedKey {
    /// Its verification methods with their public keys.
    pub fn public_keys(&self) -> impl Iterator<Item = (&str, VerificationKey)> {
        let views = self.views.as_ref();
        let views = views.map(|views| (views.verification_method.as_str(), &views.key));
        std::iter::once((self.verification_method.as_str(), &self.key))
            .chain(views)
            .map(|(method, key)| (method, key.verification_key()))
    }
}

/// A party's key of P-256, by which views of its records are derived ([`crate::derive`]).
#[derive(Debug, Clone)]
pub struct ViewKey {
    /// Verification method: DID URL with fragment.
    pub verification_method: String,
    /// The key.
    pub key: Arc<SigningKey>,
}

/// Who this node is.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The node's DID.
    pub did: String,
    /// Its base address as others reach it.
    pub url: String,
    /// Signs stamps and requests.
    pub key: Arc<SigningKey>,
    /// Signs checkpoints.
    pub log_key: Arc<SigningKey>,
    /// Origin of its log: host and path, no scheme.
    pub origin: String,
    /// Cosigns others' logs; none in a node that was set up without, which is no witness.
    pub witness: Option<WitnessIdentity>,
}

/// A node as a witness.
#[derive(Debug, Clone)]
pub struct WitnessIdentity {
    /// Its name in cosignatures: host and path, no scheme.
    pub name: String,
    /// The key, which signs nothing else.
    pub key: Arc<SigningKey>,
}

/// Shared by all stations of one node; cheap to clone behind an [`Arc`].
#[derive(Debug)]
pub struct Core {
    /// Who this node is.
    pub identity: Identity,
    /// Its data folder.
    pub data: PathBuf,
    /// Business time.
    pub clock: Clock,
    /// Keys of hosted parties by DID.
    pub hosted: BTreeMap<String, Hosted>,
    /// Canonical forms; contexts of all adopted programs.
    pub canonicalizer: Arc<Canonicalizer>,
    /// Programs in force.
    pub programs: Arc<Programs>,
    /// The network as of the last adopted entry.
    network: RwLock<Arc<Network>>,
    /// Reads.
    pub reader: Reader,
    /// Files.
    pub blobs: Blobs,
    /// The way in.
    pub sequencer: SequencerHandle,
    /// Log size after the last commit: wakes streams and deliverers.
    pub published: watch::Receiver<u64>,
    /// Counters.
    pub metrics: Arc<Metrics>,
    /// What is known of others' logs.
    pub histories: Histories,
    /// What links found lately.
    pub(crate) found: FoundCases,
    /// Whom to call.
    pub contacts: Contacts,
    /// What witnesses cosigned of this node's log.
    pub witnessed: Witnessed,
    /// What this node does as a witness of others' logs.
    pub(crate) cosigning: Cosigning,
    /// Files that come and go.
    pub files: Files,
}

/// What a node is made from.
#[derive(Debug)]
pub struct Parts {
    /// See [`Core`].
    pub identity: Identity,
    /// See [`Core`].
    pub data: PathBuf,
    /// See [`Core`].
    pub clock: Clock,
    /// See [`Core`].
    pub hosted: BTreeMap<String, Hosted>,
    /// See [`Core`].
    pub programs: Arc<Programs>,
    /// Governance as held.
    pub network: Network,
    /// Whether others cannot call this node, so that it asks them for what they have for it.
    pub pulls: bool,
    /// Bytes of one file beside records.
    pub attachment_bytes_max: u64,
}

impl Core {
    #[expect(
        clippy::too_many_arguments,
        reason = "one caller: `start`, which has just made each of them"
    )]
    pub(crate) fn assemble(
        parts: Parts,
        canonicalizer: Arc<Canonicalizer>,
        reader: Reader,
        blobs: Blobs,
        sequencer: SequencerHandle,
        published: watch::Receiver<u64>,
        metrics: Arc<Metrics>,
        network: Arc<Network>,
        histories: Histories,
        contacts: Contacts,
        witnessed: Witnessed,
        files: Files,
    ) -> Self {
        Self {
            identity: parts.identity,
            data: parts.data,
            clock: parts.clock,
            hosted: parts.hosted,
            canonicalizer,
            programs: parts.programs,
            network: RwLock::new(network),
            reader,
            blobs,
            sequencer,
            published,
            metrics,
            histories,
            found: FoundCases::default(),
            contacts,
            witnessed,
            cosigning: Cosigning::default(),
            files,
        }
    }

    /// The network as of now.
    pub fn network(&self) -> Arc<Network> {
        match self.network.read() {
            Ok(network) => Arc::clone(&network),
            Err(poisoned) => Arc::clone(&poisoned.into_inner()),
        }
    }

    /// Replaces the network after entries were adopted.
    pub(crate) fn set_network(&self, network: Arc<Network>) {
        match self.network.write() {
            Ok(mut held) => *held = network,
            Err(poisoned) => *poisoned.into_inner() = network,
        }
    }

    /// Adopts governance entries and judges by them from now on.
    ///
    /// # Errors
    /// The first entry that cannot be adopted.
    pub async fn govern(&self, entries: Vec<Value>) -> Result<Arc<Network>, Refusal> {
        // One by one: where a later entry cannot be adopted, the earlier ones are in force, here as in the store.
        let mut network = self.network();
        for entry in entries {
            network = self.sequencer.govern(vec![entry]).await?;
            self.set_network(Arc::clone(&network));
        }
        Ok(network)
    }

    /// The profile by which cases of a kind are judged now.
    pub fn governing(&self, kind: &str) -> Option<Arc<Profile>> {
        self.programs
            .governing(kind, &self.network(), self.clock.now_ms())
    }

    /// Whether a party lives on this node.
    pub fn hosts(&self, party: &str) -> bool {
        self.hosted.contains_key(party)
    }
}
