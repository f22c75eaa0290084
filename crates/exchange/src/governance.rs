//! The network's charter, trust list and keys: numbered, signed entries of one governance chain, each naming its predecessor.
//!
//! Design §6 asks for thresholds over versions of the charter. The genesis names its authorities and their threshold; an entry is
//! adopted when that many of them signed it. Two successors of one entry stop adoption: the exchange goes on with the last agreed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use garita_credential::data_integrity::{self, VerifyOptions};
use garita_credential::keys::{SigningKey, VerificationKey};
use garita_credential::resolver::{
    DidKeyResolver, KeyEntry, KeyHistory, ResolveError, ResolvedKey, Resolver,
};
use garita_profile::case::{Directory, Party};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::adoption::{self, Cosignature};
use crate::envelope::{self, VC_CONTEXT_URL};
use crate::{encode, signing};

/// Logs that a node may have had.
const LOGS_MAX: usize = 1_000;

/// One statement of the governance chain.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Statement {
    /// Entry 0: what the network is, and who may add entries.
    Genesis {
        /// Name for people.
        name: String,
        /// `did:key` of each authority.
        authorities: Vec<String>,
        /// How many must sign an entry.
        threshold: usize,
        /// Whether all records are synthetic.
        #[serde(default)]
        simulated: bool,
        /// DIDs of the nodes that witness logs; empty: all that have a witness key ([`crate::witness`]).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        witnesses: Vec<String>,
    },
    /// A node joins or changes its address or keys.
    Node(NodeEntry),
    /// A party's standing: roles, numbers, home, keys.
    Party(PartyEntry),
    /// A key ends: from this logged instant its signatures are disputed.
    KeyRevoked {
        /// Verification method.
        #[serde(rename = "verificationMethod")]
        verification_method: String,
        /// First logged instant, ms since 1970, from which it does not count.
        #[serde(rename = "fromMs")]
        from_ms: i64,
        /// Why.
        reason: String,
    },
    /// A profile's core is in force.
    Profile {
        /// Profile id.
        profile: String,
        /// Version.
        version: String,
        /// Core digest.
        core: String,
        /// What the charter's offices signed ([`crate::adoption`]); none for what a network is founded with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        adoption: Option<Value>,
    },
    /// Time zones of places (ports, aduanas).
    Places {
        /// Place code -> IANA zone.
        zones: BTreeMap<String, String>,
    },
}

/// A node of the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeEntry {
    /// The node's DID.
    pub did: String,
    /// Name for people.
    pub name: String,
    /// Base address: `https://customs.example:8443`.
    pub url: String,
    /// Public key with which it signs stamps, requests (Multikey).
    pub key: String,
    /// Verifier key of its log (C2SP signed note).
    #[serde(rename = "logKey")]
    pub log_key: String,
    /// Where this log goes on from an earlier one of the node: it was restored from a copy, or has a new key ([`crate::epoch`]).
    #[serde(rename = "continues", default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<LogContinues>,
    /// Verifier key with which it cosigns others' logs (C2SP tlog-cosignature); none: it is no witness.
    #[serde(
        rename = "witnessKey",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub witness_key: Option<String>,
}

/// What a node says of its log before: nobody is told that nothing was lost, and everybody can see how much may have been.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogContinues {
    /// Its number: the first log is epoch 1.
    pub epoch: u32,
    /// Checkpoint of the earlier log whose leaves this one begins with, a signed note; none where that log was empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    /// The largest checkpoint of the earlier log that anybody has shown the node, a signed note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
    /// `restored`, `rekeyed`.
    pub reason: String,
    /// When it was opened, ms since 1970.
    pub at_ms: i64,
}

/// One of a node's logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEpoch {
    /// Its verifier key (C2SP signed note).
    pub log_key: String,
    /// What it goes on from.
    pub continues: Option<LogContinues>,
    /// Number of the entry that named it.
    pub entry: u64,
}

/// A party of the network.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PartyEntry {
    /// The party's DID.
    pub did: String,
    /// DID of its home node.
    pub home: String,
    /// Standing as the profile engine takes it.
    pub party: Party,
    /// Keys it signs with.
    pub keys: Vec<PartyKey>,
}

/// A party's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyKey {
    /// Verification method: DID URL with fragment.
    pub id: String,
    /// Multikey.
    #[serde(rename = "publicKeyMultibase")]
    pub public_key_multibase: String,
    /// First logged instant at which it counts, ms since 1970.
    #[serde(rename = "fromMs")]
    pub from_ms: i64,
    /// First logged instant at which it counts no longer; none while in use.
    #[serde(rename = "untilMs", default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
}

/// That the network adopted a core of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    /// Profile id.
    pub profile: String,
    /// Version.
    pub version: String,
    /// The entry's number.
    pub entry: u64,
    /// Authorities that signed it, by `did:key`, sorted.
    pub signers: Vec<String>,
    /// First logged instant at which it is in force, ms since 1970; the least there is for what the network was founded with.
    pub from_ms: i64,
    /// Digest of the package, where the offices signed one.
    pub package: Option<String>,
    /// Core that it supersedes.
    pub supersedes: Option<String>,
    /// Roles that had to sign.
    pub signatories: Vec<String>,
    /// The offices' signatures; empty for what the network was founded with.
    pub cosignatures: Vec<Cosignature>,
}

/// Why an entry was not adopted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GovernanceError {
    /// Not an entry at all.
    #[error("governance entry is malformed: {0}")]
    Malformed(String),
    /// Signed by too few authorities, or by others.
    #[error("governance entry {number} is signed by {found} of the {wanted} authorities it needs")]
    NotSigned {
        /// Entry.
        number: u64,
        /// Valid signatures of authorities.
        found: usize,
        /// Threshold.
        wanted: usize,
    },
    /// Does not follow the last one.
    #[error("governance entry {number} does not follow entry {last}")]
    OutOfOrder {
        /// Entry.
        number: u64,
        /// Last adopted.
        last: u64,
    },
    /// A second successor of one entry.
    #[error("governance entry {0} has two successors; adoption stops at the last agreed entry")]
    Fork(u64),
    /// A version of a program is not duly signed.
    #[error("{en}")]
    Adoption {
        /// Stable code.
        code: &'static str,
        /// Why, in English.
        en: String,
        /// Why, in Spanish.
        es: String,
    },
}

impl GovernanceError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "governance-malformed",
            Self::NotSigned { .. } => "governance-not-signed",
            Self::OutOfOrder { .. } => "governance-out-of-order",
            Self::Fork(_) => "governance-fork",
            Self::Adoption { code, .. } => code,
        }
    }

    /// Why, in Spanish, where people meet it; else as in English.
    pub fn es(&self) -> String {
        match self {
            Self::Adoption { es, .. } => es.clone(),
            other => other.to_string(),
        }
    }
}

/// What the chain says, as of its last adopted entry. Cheap to clone behind an [`Arc`].
#[derive(Debug, Clone, Default)]
pub struct Network {
    /// Digest of the genesis: the network's name everywhere.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Whether all records are synthetic.
    pub simulated: bool,
    /// Authorities' `did:key`s.
    pub authorities: Vec<String>,
    /// How many must sign.
    pub threshold: usize,
    /// DIDs of the nodes that witness logs; empty: all that have a witness key.
    pub witnesses: Vec<String>,
    /// Nodes by DID.
    pub nodes: BTreeMap<String, NodeEntry>,
    /// Logs that each node has had, by its DID, the newest last.
    pub logs: BTreeMap<String, Vec<LogEpoch>>,
    /// Home node by party DID.
    pub homes: BTreeMap<String, String>,
    /// Roles, numbers, marks.
    pub directory: Arc<Directory>,
    /// Keys by logged time.
    pub keys: Arc<KeyHistory>,
    /// Adopted profile cores by digest.
    pub profiles: BTreeMap<String, Adoption>,
    /// Number of the last adopted entry; none before the genesis.
    pub head: Option<u64>,
    /// Digest of the last adopted entry.
    pub head_digest: String,
    /// Digests of adopted entries by number, to notice a fork.
    digests: Vec<String>,
}

impl Network {
    /// Builds the network from entries in order.
    ///
    /// # Errors
    /// The first entry that cannot be adopted.
    pub fn from_entries<'a>(
        entries: impl IntoIterator<Item = &'a Value>,
    ) -> Result<Self, GovernanceError> {
        let mut network = Self::default();
        for entry in entries {
            network.adopt(entry)?;
        }
        Ok(network)
    }

    /// Adopts the next entry. An entry already held is no error; another one with its number is a fork.
    ///
    /// # Errors
    /// See [`GovernanceError`].
    pub fn adopt(&mut self, entry: &Value) -> Result<(), GovernanceError> {
        let subject = entry
            .get("credentialSubject")
            .ok_or_else(|| GovernanceError::Malformed("no credentialSubject".into()))?;
        let number = subject
            .get("number")
            .and_then(Value::as_u64)
            .ok_or_else(|| GovernanceError::Malformed("no number".into()))?;
        let digest = entry_digest(entry)?;
        let next = self.head.map_or(0, |head| head + 1);
        if number < next {
            let held = usize::try_from(number)
                .ok()
                .and_then(|n| self.digests.get(n));
            return if held == Some(&digest) {
                Ok(())
            } else {
                Err(GovernanceError::Fork(number.saturating_sub(1)))
            };
        }
        let predecessor = subject
            .get("predecessor")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if number != next || (number > 0 && predecessor != self.head_digest) {
            return Err(GovernanceError::OutOfOrder {
                number,
                last: self.head.unwrap_or(0),
            });
        }
        let statement: Statement =
            serde_json::from_value(subject.get("statement").cloned().unwrap_or_default())
                .map_err(|e| GovernanceError::Malformed(e.to_string()))?;
        let (authorities, threshold) = match &statement {
            Statement::Genesis {
                authorities,
                threshold,
                ..
            } if number == 0 => (authorities.clone(), *threshold),
            Statement::Genesis { .. } => {
                return Err(GovernanceError::Malformed("a second genesis".into()));
            }
            Statement::Node(_)
            | Statement::Party(_)
            | Statement::KeyRevoked { .. }
            | Statement::Profile { .. }
            | Statement::Places { .. } => (self.authorities.clone(), self.threshold),
        };
        let signers = signers_of(entry, &authorities)?;
        if threshold == 0 || signers.len() < threshold {
            return Err(GovernanceError::NotSigned {
                number,
                found: signers.len(),
                wanted: threshold.max(1),
            });
        }
        if number == 0 {
            self.id.clone_from(&digest);
        }
        self.apply(statement, number, signers)?;
        self.head = Some(number);
        self.head_digest.clone_from(&digest);
        self.digests.push(digest);
        Ok(())
    }

    /// The next entry for a statement, signed by one authority.
    ///
    /// # Errors
    /// When the entry cannot be signed.
    pub fn draft(
        &self,
        statement: &Statement,
        authority: &SigningKey,
        now_ms: i64,
    ) -> Result<Value, GovernanceError> {
        let number = self.head.map_or(0, |head| head + 1);
        let did = signing::did_key(authority);
        let mut subject = json!({ "number": number, "statement": statement });
        if number > 0
            && let Value::Object(members) = &mut subject
        {
            members.insert(
                "predecessor".to_owned(),
                Value::String(self.head_digest.clone()),
            );
        }
        let document = json!({
            "@context": [VC_CONTEXT_URL],
            "type": ["VerifiableCredential", "GovernanceEntry"],
            "issuer": did,
            "validFrom": encode::instant_text(now_ms),
            "credentialSubject": subject,
        });
        signing::sign_jcs(&document, authority, now_ms).map_err(GovernanceError::Malformed)
    }

    /// The node that is home to a party.
    pub fn home_of(&self, party: &str) -> Option<&NodeEntry> {
        self.homes.get(party).and_then(|did| self.nodes.get(did))
    }

    /// Name of a party or node for people; its DID where the list has none.
    pub fn name_of<'a>(&'a self, did: &'a str) -> &'a str {
        self.directory
            .parties
            .get(did)
            .map(|p| p.name.as_str())
            .or_else(|| self.nodes.get(did).map(|n| n.name.as_str()))
            .unwrap_or(did)
    }

    /// Whether records may be issued under a core at a logged instant: it is in force then, or the network never spoke of its profile.
    pub fn may_issue_under(&self, profile: &str, core: &str, logged_ms: i64) -> bool {
        match self.in_force(profile, logged_ms) {
            Some((held, _)) => held == core,
            None => self.adoptions_of(profile).next().is_none(),
        }
    }

    /// The core of a profile that is in force at a logged instant; none where none was adopted by then.
    pub fn in_force<'a>(
        &'a self,
        profile: &'a str,
        logged_ms: i64,
    ) -> Option<(&'a str, &'a Adoption)> {
        self.adoptions_of(profile)
            .filter(|(_, adoption)| adoption.from_ms <= logged_ms)
            .max_by_key(|(_, adoption)| (adoption.from_ms, adoption.entry))
    }

    /// The core of a profile that was adopted last, in force or not yet.
    pub fn newest<'a>(&'a self, profile: &'a str) -> Option<(&'a str, &'a Adoption)> {
        self.adoptions_of(profile)
            .max_by_key(|(_, adoption)| (adoption.from_ms, adoption.entry))
    }

    /// Adopted cores of a profile with their digests, in order of digest.
    pub fn adoptions_of<'a>(
        &'a self,
        profile: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Adoption)> {
        self.profiles
            .iter()
            .filter(move |(_, adoption)| adoption.profile == profile)
            .map(|(core, adoption)| (core.as_str(), adoption))
    }

    /// What a statement adopts, judged; entry and signers are the caller's to fill in.
    fn adopted(
        &self,
        profile: &str,
        version: &str,
        core: &str,
        document: Option<&Value>,
    ) -> Result<Adoption, GovernanceError> {
        let refused = |code, en: &str, es: &str| GovernanceError::Adoption {
            code,
            en: en.to_owned(),
            es: es.to_owned(),
        };
        let Some(document) = document else {
            // Once a network has a version of a program, only its offices change it.
            if self.newest(profile).is_some() {
                return Err(refused(
                    "adoption-not-cosigned",
                    "the network has a version of this program; another one needs the signatures of its offices (`garita profile propose`, `sign`)",
                    "la red ya tiene una versión de este programa; otra necesita las firmas de sus autoridades (`garita profile propose`, `sign`)",
                ));
            }
            return Ok(Adoption {
                profile: profile.to_owned(),
                version: version.to_owned(),
                entry: 0,
                signers: Vec::new(),
                from_ms: i64::MIN,
                package: None,
                supersedes: None,
                signatories: Vec::new(),
                cosignatures: Vec::new(),
            });
        };
        let (terms, cosignatures) = adoption::judge(document, self)?;
        if (
            terms.profile.as_str(),
            terms.version.as_str(),
            terms.core.as_str(),
        ) != (profile, version, core)
        {
            return Err(refused(
                "adoption-malformed",
                "the entry names another version than the one that the offices signed",
                "la entrada nombra otra versión que la que firmaron las autoridades",
            ));
        }
        // Offices that confirm what is in force already do not move its beginning.
        let held = self.profiles.get(core);
        Ok(Adoption {
            profile: terms.profile.clone(),
            version: terms.version.clone(),
            entry: 0,
            signers: Vec::new(),
            from_ms: held.map_or(terms.from_ms().unwrap_or(i64::MAX), |h| h.from_ms),
            package: Some(terms.package),
            supersedes: held.map_or(terms.supersedes, |h| h.supersedes.clone()),
            signatories: terms.signatories,
            cosignatures,
        })
    }

    fn apply(
        &mut self,
        statement: Statement,
        entry: u64,
        signers: BTreeSet<String>,
    ) -> Result<(), GovernanceError> {
        let entry_number = entry;
        match statement {
            Statement::Genesis {
                name,
                authorities,
                threshold,
                simulated,
                witnesses,
            } => {
                self.name = name;
                self.authorities = authorities;
                self.threshold = threshold;
                self.simulated = simulated;
                self.witnesses = witnesses;
            }
            Statement::Node(node) => {
                let key = VerificationKey::from_multibase(&node.key)
                    .map_err(|e| GovernanceError::Malformed(e.to_string()))?;
                let entry = KeyEntry {
                    controller: node.did.clone(),
                    ..KeyEntry::new(node_method(&node.did), key, i64::MIN)
                };
                let keys = Arc::make_mut(&mut self.keys);
                // A node's method stays when its key changes: what it stamped before is under the key of then.
                let held = keys.of(&entry.verification_method);
                if held.iter().all(|held| held.key != entry.key) {
                    let added = keys.add(entry);
                    added.then_some(()).ok_or_else(too_many_keys)?;
                }
                let logs = self.logs.entry(node.did.clone()).or_default();
                if logs.last().is_none_or(|held| held.log_key != node.log_key) {
                    if logs.iter().any(|held| held.log_key == node.log_key)
                        || logs.len() >= LOGS_MAX
                    {
                        return Err(GovernanceError::Malformed(
                            "a node does not go back to an earlier log".to_owned(),
                        ));
                    }
                    logs.push(LogEpoch {
                        log_key: node.log_key.clone(),
                        continues: node.continues.clone(),
                        entry: entry_number,
                    });
                }
                self.nodes.insert(node.did.clone(), node);
            }
            Statement::Party(entry) => {
                let keys = Arc::make_mut(&mut self.keys);
                for key in &entry.keys {
                    let public = VerificationKey::from_multibase(&key.public_key_multibase)
                        .map_err(|e| GovernanceError::Malformed(e.to_string()))?;
                    add_key(
                        keys,
                        KeyEntry {
                            controller: entry.did.clone(),
                            ..KeyEntry::new(&key.id, public, key.from_ms)
                        },
                    )?;
                    if let Some(until_ms) = key.until_ms {
                        keys.retire(&key.id, until_ms);
                    }
                }
                self.homes.insert(entry.did.clone(), entry.home);
                Arc::make_mut(&mut self.directory)
                    .parties
                    .insert(entry.did, entry.party);
            }
            Statement::KeyRevoked {
                verification_method,
                from_ms,
                ..
            } => {
                Arc::make_mut(&mut self.keys).revoke(&verification_method, from_ms);
            }
            Statement::Profile {
                profile,
                version,
                core,
                adoption,
            } => {
                let adopted = self.adopted(&profile, &version, &core, adoption.as_ref())?;
                self.profiles.insert(
                    core,
                    Adoption {
                        entry,
                        signers: signers.into_iter().collect(),
                        ..adopted
                    },
                );
            }
            Statement::Places { zones } => Arc::make_mut(&mut self.directory).zones.extend(zones),
        }
        Ok(())
    }
}

impl Resolver for Network {
    fn key(
        &self,
        verification_method: &str,
        at_ms: Option<i64>,
    ) -> Result<ResolvedKey, ResolveError> {
        self.keys.key(verification_method, at_ms)
    }
}

/// Adds a party's key. One that is held already keeps its times and its revocation: an entry that names it again revives nothing.
fn add_key(keys: &mut KeyHistory, entry: KeyEntry) -> Result<(), GovernanceError> {
    let held = keys.of(&entry.verification_method);
    if let Some(held) = held.first() {
        return if held.key == entry.key && held.controller == entry.controller {
            Ok(())
        } else {
            Err(GovernanceError::Malformed(format!(
                "`{}` is the name of another key; a new key has a new name",
                entry.verification_method
            )))
        };
    }
    keys.add(entry).then_some(()).ok_or_else(too_many_keys)
}

fn too_many_keys() -> GovernanceError {
    GovernanceError::Malformed("the network has as many keys as it may have".to_owned())
}

/// The verification method with which a node signs its requests.
pub fn node_method(node: &str) -> String {
    format!("{node}#node")
}

/// Digest of an entry without its proof: what its successor names.
///
/// # Errors
/// When the entry has no canonical form.
pub fn entry_digest(entry: &Value) -> Result<String, GovernanceError> {
    let mut bare = entry.clone();
    if let Value::Object(map) = &mut bare {
        map.shift_remove("proof");
    }
    envelope::digest_name(&bare).map_err(|f| GovernanceError::Malformed(f.en))
}

/// Which authorities signed, all proofs being valid.
fn signers_of(entry: &Value, authorities: &[String]) -> Result<BTreeSet<String>, GovernanceError> {
    let verified = data_integrity::verify(
        entry,
        &VerifyOptions::assertion(&DidKeyResolver, None),
        signing::jcs_canonicalizer(),
    )
    .map_err(|problems| {
        GovernanceError::Malformed(
            problems
                .first()
                .map_or_else(String::new, |p| p.message.clone()),
        )
    })?;
    Ok(verified
        .proofs()
        .iter()
        .map(|proof| proof.controller.clone())
        .filter(|did| authorities.contains(did))
        .collect())
}

#[cfg(test)]
mod tests;
