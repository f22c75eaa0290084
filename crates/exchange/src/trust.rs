//! The trust file: what a booth without a node and without a net needs to check what is shown to it, as of one instant.
//!
//! It holds the governance chain (keys and names, signed by the network's authorities), which credentials there are, the contexts in
//! which they are written, and how each case stands as one party's records say. The node that wrote it signs it.

use std::collections::BTreeMap;

use garita_canon::{Canonicalizer, ContextSet};
use garita_credential::data_integrity::{self, VerifyOptions};
use garita_credential::resolver::DidKeyResolver;
use garita_profile::case::CaseRef;
use garita_store::CaseQuery;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::booth::{Checkable, Ground, NodeGround, Status};
use crate::core::Core;
use crate::encode;
use crate::envelope::ENVELOPE_CONTEXT_URL;
use crate::governance::Network;
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::program::{context_url, envelope_context};
use crate::sequence::store_refusal;
use crate::signing;
use crate::sync::Standings;

/// The type of the document.
pub const TYPE: &str = "GaritaTrust";
/// Cases that one file tells of; both programs of the border have some twelve thousand members.
pub const STATUSES_MAX: usize = 50_000;
/// Largest file read, bytes.
pub const FILE_BYTES_MAX: usize = 64 << 20;
/// Cases read at once.
const PAGE: usize = 500;

/// One case as the file tells it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: String,
    kind: String,
    key: String,
    status: Status,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "type")]
    kind: String,
    /// Instant, RFC 3339.
    at: String,
    node: String,
    party: String,
    governance: Vec<Value>,
    contexts: BTreeMap<String, Value>,
    checkable: Vec<Checkable>,
    statuses: Vec<Line>,
    /// More cases than [`STATUSES_MAX`]: those that are not told of are not known.
    cut: bool,
}

/// The file, for a party, as of now. `chain` is the whole governance chain.
///
/// # Errors
/// When the store is away, or it cannot be signed.
pub fn export(
    core: &Core,
    standings: &Standings,
    party: &str,
    chain: Vec<Value>,
) -> Result<Value, Refusal> {
    let ground = NodeGround::new(core, standings, party);
    let mut statuses = Vec::new();
    let mut cut = false;
    for of in ground.checkable() {
        let mut cursor = None;
        loop {
            let query = CaseQuery {
                shown: Vec::new(),
                limit: PAGE,
                cursor: cursor.take(),
                ..CaseQuery::default()
            };
            let page = core
                .reader
                .cases(party, &of.kind, &query)
                .map_err(|e| store_refusal(&e))?;
            for view in page.items {
                let case = CaseRef {
                    kind: view.kind,
                    key: view.key,
                };
                if statuses.len() >= STATUSES_MAX {
                    cut = true;
                    break;
                }
                if let Some(status) = ground.status(of, &case)? {
                    statuses.push(Line {
                        name: of.name.clone(),
                        kind: case.kind,
                        key: case.key,
                        status,
                    });
                }
            }
            cursor = page.next;
            if cursor.is_none() || cut {
                break;
            }
        }
    }
    let mut contexts = BTreeMap::new();
    let envelope = serde_json::from_str(envelope_context()).unwrap_or_default();
    contexts.insert(ENVELOPE_CONTEXT_URL.to_owned(), envelope);
    for (_, program) in core.programs.each() {
        let told = ground.checkable().iter().any(|c| c.profile == program.id);
        if told {
            contexts.insert(context_url(program), program.context.clone());
        }
    }
    let file = File {
        kind: TYPE.to_owned(),
        at: encode::instant_text(core.clock.now_ms()),
        node: core.identity.did.clone(),
        party: party.to_owned(),
        governance: chain,
        contexts,
        checkable: ground.checkable().to_vec(),
        statuses,
        cut,
    };
    signing::sign_jcs(&json!(file), &core.identity.key, core.clock.now_ms()).map_err(|why| {
        Refusal::one(
            RefusalKind::Unavailable,
            Fault::whole("trust-unsignable", why.clone(), why),
        )
    })
}

/// A trust file that holds.
pub struct Trust {
    network: Network,
    file: File,
    at_ms: i64,
    canonicalizer: Canonicalizer,
    by_case: BTreeMap<(String, String, String), usize>,
}

/// Why a trust file is not gone by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {why}")]
pub struct TrustError {
    /// Stable code.
    pub code: &'static str,
    /// Why.
    pub why: String,
}

impl Trust {
    /// Reads a file: the chain must hold, and one of its nodes have signed the whole.
    ///
    /// # Errors
    /// `trust-malformed`, `trust-chain`, `trust-signature`.
    pub fn read(document: &Value) -> Result<Self, TrustError> {
        let error = |code, why: String| TrustError { code, why };
        let mut bare = document.clone();
        if let Some(members) = bare.as_object_mut() {
            members.remove("proof");
        }
        let file: File =
            serde_json::from_value(bare).map_err(|e| error("trust-malformed", e.to_string()))?;
        if file.kind != TYPE {
            return Err(error("trust-malformed", format!("its type is not {TYPE}")));
        }
        let at_ms = garita_profile::functions::instant_ms(&file.at)
            .ok_or_else(|| error("trust-malformed", "`at` is no instant".to_owned()))?;
        let network = Network::from_entries(&file.governance)
            .map_err(|e| error("trust-chain", e.to_string()))?;
        let key = network
            .nodes
            .get(&file.node)
            .map(|n| format!("did:key:{}", n.key))
            .ok_or_else(|| error("trust-signature", "its node is not in its chain".to_owned()))?;
        let options = VerifyOptions::assertion(&DidKeyResolver, None);
        let signed = data_integrity::verify(document, &options, signing::jcs_canonicalizer())
            .is_ok_and(|verified| verified.is_controlled_by(&key));
        if !signed {
            return Err(error(
                "trust-signature",
                "the file was changed, or another than its node signed it".to_owned(),
            ));
        }
        let mut contexts = ContextSet::bundled();
        for (url, context) in &file.contexts {
            contexts = contexts
                .with(url, context.clone())
                .map_err(|e| error("trust-malformed", e.to_string()))?;
        }
        let by_case = file
            .statuses
            .iter()
            .enumerate()
            .map(|(n, l)| ((l.name.clone(), l.kind.clone(), l.key.clone()), n))
            .collect();
        Ok(Self {
            network,
            at_ms,
            canonicalizer: Canonicalizer::new(contexts),
            by_case,
            file,
        })
    }

    /// When it was written, ms since 1970.
    pub fn at_ms(&self) -> i64 {
        self.at_ms
    }

    /// The party whose records it tells of.
    pub fn party(&self) -> &str {
        &self.file.party
    }

    /// What canonicalizes the credentials that it knows.
    pub fn canonicalizer(&self) -> &Canonicalizer {
        &self.canonicalizer
    }
}

impl Ground for Trust {
    fn network(&self) -> &Network {
        &self.network
    }

    fn checkable(&self) -> &[Checkable] {
        &self.file.checkable
    }

    fn status(&self, of: &Checkable, case: &CaseRef) -> Result<Option<Status>, Refusal> {
        let name = (of.name.clone(), case.kind.clone(), case.key.clone());
        let line = self
            .by_case
            .get(&name)
            .and_then(|n| self.file.statuses.get(*n));
        Ok(line.map(|line| Status {
            // Whatever was in step when the file was written: nobody can be asked now.
            in_step: false,
            ..line.status.clone()
        }))
    }
}
