//! Making nodes and networks: keys, folders, the first governance entries, tokens and sign-in links.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use garita_credential::did;
use garita_credential::keys::{KeyFile, KeyType, SigningKey};
use garita_exchange::adoption::{self, Terms};
use garita_exchange::clock::real_now_ms;
use garita_exchange::core::{HostedKey, ViewKey, WitnessIdentity};
use garita_exchange::governance::{
    GovernanceError, Network, NodeEntry, PartyEntry, PartyKey, Statement,
};
use garita_exchange::program::ProgramError;
use garita_exchange::{Clock, derive, encode, signing};
use garita_formats::Readings;
use garita_profile::Folder;
use garita_profile::case::{Party, RoleGrant};
use garita_profile::package::{self, PackageError};
use garita_store::{ApiToken, Commit, Options, SignInLink, StoreError};
use garita_tlog::VerifierKey;
use serde_json::{Value, json};

use crate::access;
use crate::config::{
    self, ConfigError, HostedParty, MailFile, NodeFile, TokenFile, make_folder, write_file,
    write_secret,
};
use crate::keyring::{self, Keyring, Place};
use crate::rates::Limits;
use crate::token::Token;

/// Where a simulated node's mail goes.
const OUTBOX: &str = "outbox";
/// Tokens made at set-up last this long.
const TOKEN_MS: i64 = 365 * 24 * 3_600_000;
/// Sign-in links made at set-up last this long.
const LINK_MS: i64 = 24 * 3_600_000;

/// A network to be made at once, as the demo and tests do.
#[derive(Debug, Clone)]
pub struct NetworkPlan {
    /// Name for people.
    pub name: String,
    /// Whether all its records are synthetic.
    pub simulated: bool,
    /// Business time of all nodes.
    pub clock: Clock,
    /// Place code -> IANA zone.
    pub zones: BTreeMap<String, String>,
    /// Its nodes; the first keeps the authority's key.
    pub nodes: Vec<NodePlan>,
    /// Versions of programs that its offices have signed, beside those with which it is founded; each node gets them.
    pub adoptions: Vec<AdoptionPlan>,
}

/// A version of a program that the charter's offices have signed.
#[derive(Debug, Clone)]
pub struct AdoptionPlan {
    /// The package's bytes.
    pub package: Vec<u8>,
    /// When the offices signed, ms since 1970.
    pub signed_ms: i64,
    /// First logged instant at which it is in force, ms since 1970.
    pub from_ms: i64,
}

/// A node to be made.
#[derive(Debug, Clone)]
pub struct NodePlan {
    /// Name of its folder.
    pub slug: String,
    /// Name for people.
    pub name: String,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Base address as others reach it.
    pub url: String,
    /// Parties whose home it is.
    pub parties: Vec<PartyPlan>,
}

/// A party to be made.
#[derive(Debug, Clone, Default)]
pub struct PartyPlan {
    /// Short name in addresses.
    pub slug: String,
    /// Name for people.
    pub name: String,
    /// `us`, `mx`, or empty.
    pub country: String,
    /// Roles.
    pub roles: Vec<String>,
    /// Numbers held by namespace.
    pub holds: BTreeMap<String, Vec<String>>,
    /// Places an office stands at.
    pub places: Vec<String>,
    /// Programme marks.
    pub marks: Vec<String>,
}

/// A node that was made.
#[derive(Debug, Clone)]
pub struct CreatedNode {
    /// As planned.
    pub slug: String,
    /// Its folder.
    pub data: PathBuf,
    /// Base address.
    pub url: String,
    /// DID.
    pub did: String,
    /// The operator's token.
    pub admin_token: String,
    /// Its parties.
    pub parties: BTreeMap<String, CreatedParty>,
}

/// A party that was made.
#[derive(Debug, Clone)]
pub struct CreatedParty {
    /// DID.
    pub did: String,
    /// Verification method it signs with.
    pub verification_method: String,
    /// API token.
    pub token: String,
    /// One-time link for a person.
    pub sign_in: String,
    /// Its key.
    pub key_file: PathBuf,
}

/// Why a node or network could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// Files.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Governance.
    #[error(transparent)]
    Governance(#[from] GovernanceError),
    /// Programs.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// The system has no randomness.
    #[error("no randomness: {0}")]
    Random(String),
    /// An address or name that cannot be used.
    #[error("{0}")]
    Plan(String),
}

/// A node's folder and keys, in no network yet.
#[derive(Debug)]
pub struct MadeNode {
    /// What `peer add` and governance need of it.
    pub entry: NodeEntry,
    /// Its parties with their keys.
    pub parties: Vec<PartyEntry>,
    /// What they sign with, by DID.
    keys: BTreeMap<String, SigningKey>,
    /// What was made.
    pub created: CreatedNode,
}

/// Makes a node's folder: keys, `node.json`, tokens, sign-in links.
///
/// # Errors
/// When the folder holds a node already, or cannot be written.
pub fn make_node(data: &Path, plan: &NodePlan, clock: Clock) -> Result<MadeNode, SetupError> {
    make_node_with(data, plan, clock, None)
}

/// The same, with its parties' keys made in a token. The node's own keys, its log's above all, are files also then.
///
/// # Errors
/// As [`make_node`], and when the token makes no keys.
pub fn make_node_with(
    data: &Path,
    plan: &NodePlan,
    clock: Clock,
    token: Option<(&TokenFile, Token)>,
) -> Result<MadeNode, SetupError> {
    if data.join("node.json").exists() {
        return Err(SetupError::Plan(format!(
            "`{}` holds a node already; choose another folder, or start it with `garita serve --data {}`",
            data.display(),
            data.display()
        )));
    }
    let keys = data.join(keyring::FOLDER);
    make_folder(data)?;
    make_folder(&keys)?;
    let mut keyring = Keyring::closed(data);
    let (pkcs11, token) = token.unzip();
    let place = if token.is_some() {
        Place::Token
    } else {
        Place::File
    };
    if let Some(token) = token {
        keyring = keyring.with_token(token);
    }
    let (host, port) = host_of(&plan.url)?;
    let node_did = node_did(&plan.url)?;
    let node_key = new_key(&keyring, "node.json")?;
    let log_key = new_key(&keyring, "log.json")?;
    let origin = log_origin(&plan.url)?;
    let log_public = log_key.verification_key().ed25519_bytes();
    let log_verifier = VerifierKey::ed25519(&origin, log_public.unwrap_or_default())
        .map_err(|e| SetupError::Plan(e.to_string()))?;
    let witness = WitnessIdentity {
        name: config::witness_name(&origin),
        key: Arc::new(new_key(&keyring, config::WITNESS_KEY)?),
    };
    let witness_key = witness
        .public()
        .map_err(|e| SetupError::Plan(e.to_string()))?;
    let admin_token = access::new_secret().map_err(|e| SetupError::Random(e.to_string()))?;
    write_secret(&data.join("admin.token"), &admin_token)?;

    let now_ms = real_now_ms();
    let mut commit = Commit::default();
    let mut hosted = Vec::new();
    let mut entries = Vec::new();
    let mut created = BTreeMap::new();
    let mut signing_keys = BTreeMap::new();
    for party in &plan.parties {
        if party.slug.is_empty()
            || !party
                .slug
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            || ["node", "log", "witness", "authority"].contains(&party.slug.as_str())
        {
            return Err(SetupError::Plan(format!(
                "`{}` cannot be a party's short name: use lower-case letters, digits, hyphens",
                party.slug
            )));
        }
        let party_did = did::web_did(&host, port, &["parties", &party.slug])
            .map_err(|e| SetupError::Plan(e.to_string()))?
            .as_str()
            .to_owned();
        let [verification_method, view_method] = key_methods(&party_did, 1);
        let key_file = config::key_file(&party.slug, &verification_method);
        let key = party_key(&keyring, &key_file, KeyType::Ed25519, place)?;
        let view_file = config::key_file(&party.slug, &view_method);
        let view_key = party_key(&keyring, &view_file, KeyType::P256, place)?;
        let key_file = keys.join(key_file);
        hosted.push(HostedParty {
            slug: party.slug.clone(),
            did: party_did.clone(),
            name: party.name.clone(),
            verification_method: verification_method.clone(),
            view_method: Some(view_method.clone()),
        });
        let token = access::new_secret().map_err(|e| SetupError::Random(e.to_string()))?;
        commit.api_tokens.push(ApiToken {
            hash: access::hash(&token),
            name: "set-up".to_owned(),
            party: party_did.clone(),
            scopes: access::scopes(&[access::SCOPE_ALL])
                .map_err(|e| SetupError::Plan(e.to_string()))?,
            created_ms: now_ms,
            expires_ms: now_ms.saturating_add(TOKEN_MS),
            revoked_ms: None,
        });
        let link = access::new_secret().map_err(|e| SetupError::Random(e.to_string()))?;
        commit.sign_in_links.push(SignInLink {
            hash: access::hash(&link),
            party: party_did.clone(),
            data: json!({ "person": party.name, "post": "" }).to_string(),
            expires_ms: now_ms.saturating_add(LINK_MS),
            used_ms: None,
        });
        entries.push(PartyEntry {
            did: party_did.clone(),
            home: node_did.clone(),
            party: Party {
                name: party.name.clone(),
                country: party.country.clone(),
                roles: party
                    .roles
                    .iter()
                    .map(|role| RoleGrant {
                        role: role.clone(),
                        from_ms: 0,
                        until_ms: None,
                    })
                    .collect(),
                holds: party.holds.clone(),
                places: party.places.clone(),
                marks: party.marks.clone(),
            },
            keys: [(&verification_method, &key), (&view_method, &view_key)]
                .map(|(method, key)| PartyKey {
                    id: method.clone(),
                    public_key_multibase: key.verification_key().to_multibase(),
                    from_ms: 0,
                    until_ms: None,
                })
                .into(),
        });
        signing_keys.insert(party_did.clone(), key);
        created.insert(
            party.slug.clone(),
            CreatedParty {
                did: party_did,
                verification_method,
                token,
                sign_in: format!("{}/signin/{link}", plan.url.trim_end_matches('/')),
                key_file,
            },
        );
    }
    let file = NodeFile {
        name: plan.name.clone(),
        did: node_did.clone(),
        url: plan.url.trim_end_matches('/').to_owned(),
        listen: plan.listen,
        log_origin: origin,
        clock,
        parties: hosted,
        // Where time is simulated all is on one machine, and so are subscribers.
        pull: false,
        webhooks_inside: matches!(clock, Clock::Simulated { .. }),
        // What is simulated sends nobody mail: each becomes a file, to be looked at.
        mail: matches!(clock, Clock::Simulated { .. }).then(|| MailFile {
            from: "Garita <scorecard@demo.example>".to_owned(),
            server: None,
            user: None,
            password_file: None,
            folder: Some(OUTBOX.into()),
        }),
        programs: None,
        pkcs11: pkcs11.cloned(),
        automatic_questions_a_day: None,
        retention: Vec::new(),
        attachment_bytes_max: None,
        readings: Readings::default(),
        limits: match clock {
            Clock::Simulated { .. } => Limits::of_one_machine(),
            Clock::System => Limits::default(),
        },
    };
    let (mut writer, _reader) = garita_store::open(data, &Options::default())?;
    writer.commit(&commit)?;
    write_file(&data.join("parties.json"), &pretty(&entries))?;
    write_file(&data.join("node.json"), &pretty(&file))?;
    Ok(MadeNode {
        entry: NodeEntry {
            did: node_did.clone(),
            name: plan.name.clone(),
            url: file.url.clone(),
            key: node_key.verification_key().to_multibase(),
            log_key: log_verifier.to_string(),
            continues: None,
            witness_key: Some(witness_key.to_string()),
        },
        parties: entries,
        keys: signing_keys,
        created: CreatedNode {
            slug: plan.slug.clone(),
            data: data.to_owned(),
            url: file.url,
            did: node_did,
            admin_token,
            parties: created,
        },
    })
}

/// Founds a network of one node: genesis, its node, its parties, the programs in the binary. The node keeps the authority's key.
///
/// # Errors
/// When an entry cannot be made or written.
pub fn found_network(
    data: &Path,
    made: &MadeNode,
    name: &str,
    simulated: bool,
    zones: &BTreeMap<String, String>,
    now_ms: i64,
) -> Result<(Network, Arc<SigningKey>), SetupError> {
    let authority = new_key(&Keyring::closed(data), "authority.json")?;
    let mut chain = Chain::new(&authority, now_ms);
    chain.add(&Statement::Genesis {
        name: name.to_owned(),
        authorities: vec![signing::did_key(&authority)],
        threshold: 1,
        simulated,
        witnesses: Vec::new(),
    })?;
    if !zones.is_empty() {
        chain.add(&Statement::Places {
            zones: zones.clone(),
        })?;
    }
    for (_, program) in crate::programs::load(None)?.each() {
        chain.add(&Statement::Profile {
            profile: program.id.clone(),
            version: program.version.clone(),
            core: program.core_digest.clone(),
            adoption: None,
        })?;
    }
    chain.join(made)?;
    let (network, entries) = chain.finish();
    write_governance(data, &entries)?;
    Ok((network, Arc::new(authority)))
}

/// Makes a whole network: all nodes' folders under `root`, one governance chain in each.
///
/// # Errors
/// As [`make_node`] and [`found_network`].
pub fn create_network(root: &Path, plan: &NetworkPlan) -> Result<Vec<CreatedNode>, SetupError> {
    make_folder(root)?;
    let now_ms = plan.clock.now_ms();
    let mut made = Vec::new();
    for node in &plan.nodes {
        made.push(make_node(&root.join(&node.slug), node, plan.clock)?);
    }
    let Some(first) = made.first() else {
        return Err(SetupError::Plan(
            "a network has at least one node".to_owned(),
        ));
    };
    let (network, authority) = found_network(
        &first.created.data,
        first,
        &plan.name,
        plan.simulated,
        &plan.zones,
        now_ms,
    )?;
    let mut chain = Chain {
        network,
        entries: read_governance(&first.created.data)?,
        authority: &authority,
        now_ms,
    };
    for node in made.iter().skip(1) {
        chain.join(node)?;
    }
    // What the network was founded with is confirmed where all offices are at hand; else it stands by its authorities.
    let packed = crate::programs::packed();
    let pool: Vec<&Folder> = packed.iter().collect();
    for folder in &packed {
        let package = package::pack(folder, &pool).map_err(unpacked)?;
        let confirmed = AdoptionPlan {
            package: package.bytes,
            signed_ms: now_ms,
            from_ms: now_ms,
        };
        chain.adopt(&made, &confirmed)?;
    }
    for adoption in &plan.adoptions {
        let Some(terms) = chain.adopt(&made, adoption)? else {
            return Err(SetupError::Plan(
                "not all offices that sign an adoption are in this plan".to_owned(),
            ));
        };
        for node in &made {
            let folder = node.created.data.join(crate::programs::FOLDER);
            make_folder(&folder)?;
            let name = crate::programs::file_name(&terms.profile, &terms.version);
            let text = String::from_utf8_lossy(&adoption.package);
            write_file(&folder.join(name), &text)?;
        }
    }
    let (_, entries) = chain.finish();
    for node in &made {
        write_governance(&node.created.data, &entries)?;
    }
    write_secret(
        &root.join("authority.json"),
        &KeyFile::did_key(SigningKey::clone(&authority)).to_json(),
    )?;
    Ok(made.into_iter().map(|m| m.created).collect())
}

/// The statements by which a node and its parties join.
pub fn joining(entry: &NodeEntry, parties: &[PartyEntry]) -> Vec<Statement> {
    std::iter::once(Statement::Node(entry.clone()))
        .chain(parties.iter().cloned().map(Statement::Party))
        .collect()
}

/// Writes the entries with which a node was set up or which it adopted on joining.
///
/// # Errors
/// When they cannot be written.
pub fn write_governance(data: &Path, entries: &[Value]) -> Result<(), SetupError> {
    write_file(&data.join("governance.json"), &pretty(&entries))?;
    Ok(())
}

fn read_governance(data: &Path) -> Result<Vec<Value>, SetupError> {
    let path = data.join("governance.json");
    let text = std::fs::read_to_string(&path).map_err(|source| ConfigError::Io {
        path: path.display().to_string(),
        source,
    })?;
    serde_json::from_str(&text).map_err(|e| {
        SetupError::Config(ConfigError::Malformed {
            path: path.display().to_string(),
            why: e.to_string(),
        })
    })
}

struct Chain<'a> {
    network: Network,
    entries: Vec<Value>,
    authority: &'a SigningKey,
    now_ms: i64,
}

impl<'a> Chain<'a> {
    fn new(authority: &'a SigningKey, now_ms: i64) -> Self {
        Self {
            network: Network::default(),
            entries: Vec::new(),
            authority,
            now_ms,
        }
    }

    fn add(&mut self, statement: &Statement) -> Result<(), SetupError> {
        let entry = self.network.draft(statement, self.authority, self.now_ms)?;
        self.network.adopt(&entry)?;
        self.entries.push(entry);
        Ok(())
    }

    fn join(&mut self, made: &MadeNode) -> Result<(), SetupError> {
        for statement in joining(&made.entry, &made.parties) {
            self.add(&statement)?;
        }
        Ok(())
    }

    /// Has the offices sign a version and adopts it; none, and nothing done, where not all of them are at hand.
    fn adopt(
        &mut self,
        made: &[MadeNode],
        plan: &AdoptionPlan,
    ) -> Result<Option<Terms>, SetupError> {
        let opened = package::unpack(&plan.package).map_err(unpacked)?;
        let charter = crate::programs::charter(&opened)?;
        let terms = Terms::new(&self.network, &opened, &charter, plan.from_ms);
        let signer = |role: &String| {
            let mut parties = made
                .iter()
                .flat_map(|m| m.parties.iter().map(move |p| (m, p)));
            let (node, party) =
                parties.find(|(_, p)| p.party.roles.iter().any(|grant| grant.role == *role))?;
            Some((node.keys.get(&party.did)?, party.keys.first()?.id.clone()))
        };
        let signers: Vec<_> = terms.signatories.iter().filter_map(signer).collect();
        if signers.is_empty() || signers.len() < terms.signatories.len() {
            return Ok(None);
        }
        let mut document = terms.document();
        for (key, method) in signers {
            document = adoption::sign(&document, key, &method, plan.signed_ms)
                .map_err(|problem| SetupError::Plan(problem.to_string()))?;
        }
        self.add(&Statement::Profile {
            profile: terms.profile.clone(),
            version: terms.version.clone(),
            core: terms.core.clone(),
            adoption: Some(document),
        })?;
        Ok(Some(terms))
    }

    fn finish(self) -> (Network, Vec<Value>) {
        (self.network, self.entries)
    }
}

fn unpacked(error: PackageError) -> SetupError {
    SetupError::Plan(format!("{}: {error}", error.code()))
}

/// A new Ed25519 key, among a node's keys.
///
/// # Errors
/// When the file is there already or cannot be written.
pub fn new_key(keyring: &Keyring, name: &str) -> Result<SigningKey, SetupError> {
    let seed: [u8; 32] = encode::random().map_err(|e| SetupError::Random(e.to_string()))?;
    let key = SigningKey::from_seed(seed);
    keyring.write(name, &key)?;
    Ok(key)
}

/// A new key of a party: Ed25519, or of P-256 for its views.
fn party_key(
    keyring: &Keyring,
    name: &str,
    kind: KeyType,
    place: Place,
) -> Result<SigningKey, SetupError> {
    match (place, kind) {
        (Place::Token, _) => Ok(keyring.generate(name, kind)?),
        (Place::File, KeyType::P256) => {
            let key = derive::new_p256().map_err(|e| SetupError::Random(e.to_string()))?;
            keyring.write(name, &key)?;
            Ok(key)
        }
        (Place::File, _) => new_key(keyring, name),
    }
}

/// Verification methods of a party's keys by their number: what it signs with, and what it signs views with.
pub fn key_methods(party: &str, number: u32) -> [String; 2] {
    ["key", "views"].map(|kind| format!("{party}#{kind}-{number}"))
}

/// A party's keys of a number, where both their files are there.
///
/// # Errors
/// When a file holds another kind of key.
pub fn keys_there(
    keyring: &Keyring,
    slug: &str,
    party: &str,
    number: u32,
) -> Result<Option<HostedKey>, SetupError> {
    let there = key_methods(party, number)
        .iter()
        .all(|method| keyring.has(&config::key_file(slug, method)));
    if there {
        keys_numbered(keyring, slug, party, number).map(Some)
    } else {
        Ok(None)
    }
}

/// A party's keys of a number: those whose files are there, else new ones.
///
/// # Errors
/// When a file cannot be written, or holds another kind of key.
pub fn keys_numbered(
    keyring: &Keyring,
    slug: &str,
    party: &str,
    number: u32,
) -> Result<HostedKey, SetupError> {
    keys_numbered_in(keyring, slug, party, number, Place::File)
}

/// The same, where new keys are made in a place.
///
/// # Errors
/// As [`keys_numbered`], and when the token makes no keys.
pub fn keys_numbered_in(
    keyring: &Keyring,
    slug: &str,
    party: &str,
    number: u32,
    place: Place,
) -> Result<HostedKey, SetupError> {
    let [verification_method, view_method] = key_methods(party, number);
    let name = config::key_file(slug, &verification_method);
    let view_name = config::key_file(slug, &view_method);
    let key = if keyring.has(&name) {
        keyring.read(&name, KeyType::Ed25519)?
    } else {
        party_key(keyring, &name, KeyType::Ed25519, place)?
    };
    let view_key = if keyring.has(&view_name) {
        keyring.read(&view_name, KeyType::P256)?
    } else {
        party_key(keyring, &view_name, KeyType::P256, place)?
    };
    Ok(HostedKey {
        verification_method,
        key: Arc::new(key),
        views: Some(ViewKey {
            verification_method: view_method,
            key: Arc::new(view_key),
        }),
    })
}

/// The DID of a node at an address.
///
/// # Errors
/// When the address is none that a node may have.
pub fn node_did(url: &str) -> Result<String, SetupError> {
    let (host, port) = host_of(url)?;
    let did = did::web_did(&host, port, &[]).map_err(|e| SetupError::Plan(e.to_string()))?;
    Ok(did.as_str().to_owned())
}

/// Origin of the log of a node at an address: `HOST[:PORT]/log`.
///
/// # Errors
/// When the address is none that a node may have.
pub fn log_origin(url: &str) -> Result<String, SetupError> {
    Ok(match host_of(url)? {
        (host, Some(port)) => format!("{host}:{port}/log"),
        (host, None) => format!("{host}/log"),
    })
}

fn host_of(url: &str) -> Result<(String, Option<u16>), SetupError> {
    let bad = || {
        SetupError::Plan(format!(
            "`{url}` is no address of a node: use https://HOST or https://HOST:PORT (http on loopback only)"
        ))
    };
    let uri: axum::http::Uri = url.parse().map_err(|_| bad())?;
    let host = uri.host().ok_or_else(bad)?.to_owned();
    let loopback = host == "localhost" || host.starts_with("127.") || host == "[::1]";
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if loopback => {}
        Some(_) | None => return Err(bad()),
    }
    Ok((host, uri.port_u16()))
}

fn pretty(value: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}
