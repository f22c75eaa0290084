//! A node's configuration: what is typed, and what comes of it. `DATA/node.json` beside the store.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use garita_credential::keys::{KeyType, SigningKey};
use garita_exchange::Clock;
use garita_exchange::core::{HostedKey, Identity, ViewKey, WitnessIdentity};
use garita_exchange::retention::RetentionRule;
use garita_formats::Readings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::keyring::{self, Keyring};
use crate::rates::{self, Limits};
use crate::token::TokenError;

/// `node.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeFile {
    /// Name for people.
    pub name: String,
    /// The node's DID.
    pub did: String,
    /// Base address as others reach it.
    pub url: String,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Origin of its log.
    pub log_origin: String,
    /// Business time; the machine's where absent.
    #[serde(default)]
    pub clock: Clock,
    /// Hosted parties.
    pub parties: Vec<HostedParty>,
    /// Whether others cannot call this node, as behind a firewall: it asks each of them for what lies there for it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pull: bool,
    /// Whether subscribers of queries may stand on this machine or inside its network, and without TLS. Else only outside, by https.
    #[serde(default, skip_serializing_if = "is_false")]
    pub webhooks_inside: bool,
    /// How mail to followers goes out; where absent, this node sends none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<MailFile>,
    /// A folder of further programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programs: Option<PathBuf>,
    /// Questions that a publisher's node asks by itself, at most so many a day; 0: none. Where absent, as the program says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic_questions_a_day: Option<u32>,
    /// The token in which parties' keys lie; none where all are in files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pkcs11: Option<TokenFile>,
    /// How long records are kept; for ever where no rule is of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retention: Vec<RetentionRule>,
    /// Bytes of one attachment, of whoever brings it and of whoever is asked for it; 200,000,000 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment_bytes_max: Option<NonZeroU64>,
    /// How documents are read where their guides leave it open.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub readings: Readings,
    /// How much of the node each may have.
    #[serde(default, skip_serializing_if = "rates::is_usual")]
    pub limits: Limits,
}

/// A token that speaks PKCS#11.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenFile {
    /// The maker's module: `/usr/lib/softhsm/libsofthsm2.so`.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// The file with the PIN; where absent, systemd's credential `garita-pin`, or it is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_file: Option<PathBuf>,
    /// Sessions that sign at the same time.
    #[serde(default = "usual_sessions")]
    pub sessions: u8,
}

impl TokenFile {
    /// Sessions where the file does not say: more than a token signs with at once seldom helps.
    pub const SESSIONS: u8 = 4;
}

fn usual_sessions() -> u8 {
    TokenFile::SESSIONS
}

/// How mail goes out: through a server, or into a folder where one only tries.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailFile {
    /// Who it is from: `Garita <scorecard@example.org>`.
    pub from: String,
    /// `smtps://mail.example.org`, `smtp://mail.example.org:587?tls=required`, or `smtp://localhost:25` without TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// Who signs in there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The file with the password, from the node's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// The folder in which each mail becomes a file, from the node's folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
}

fn is_usual(readings: &Readings) -> bool {
    *readings == Readings::default()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// A party whose home is this node.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HostedParty {
    /// Short name in addresses.
    pub slug: String,
    /// DID.
    pub did: String,
    /// Name for people.
    pub name: String,
    /// Verification method it signs with.
    pub verification_method: String,
    /// Verification method it signs views with, by the key of P-256 in `keys/SLUG.views.json`; none in folders of before views were derived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view_method: Option<String>,
}

/// What cannot be read or written of a node's configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A file cannot be read or written.
    #[error("`{path}`: {source}")]
    Io {
        /// Path.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("`{path}`: {why}")]
    Malformed {
        /// Path.
        path: String,
        /// Why.
        why: String,
    },
    /// An encrypted key file does not open.
    #[error("the passphrase does not open `{path}`: it is wrong, or the file is damaged")]
    Passphrase {
        /// Path.
        path: String,
    },
    /// The token cannot be used.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The folder is a running node's.
    #[error("a node runs in `{path}`: stop it first")]
    Running {
        /// Path.
        path: String,
    },
}

impl ConfigError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Io {
            path: path.display().to_string(),
            source,
        }
    }

    pub(crate) fn malformed(path: &Path, why: impl ToString) -> Self {
        Self::Malformed {
            path: path.display().to_string(),
            why: why.to_string(),
        }
    }
}

/// A node's folder, read and checked.
#[derive(Debug)]
pub struct NodeConfig {
    /// The folder.
    pub data: PathBuf,
    /// `node.json`.
    pub file: NodeFile,
    /// Keys of the node.
    pub identity: Identity,
    /// Keys of its parties.
    pub hosted: BTreeMap<String, HostedKey>,
    /// `governance.json`: entries with which it was set up.
    pub governance: Vec<Value>,
    /// The authority's key, where this node may add governance entries.
    pub authority: Option<Arc<SigningKey>>,
    /// SHA-256 of the operator's token.
    pub admin_hash: Option<[u8; 32]>,
    /// The key files, and what opens them.
    pub keyring: Keyring,
    /// SHA-256 of the token of who watches over the node, where its operator put one there.
    pub monitor_hash: Option<[u8; 32]>,
}

impl NodeConfig {
    /// Reads a node's folder. Keys that are encrypted are there by their public halves, and sign nothing.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn read(data: &Path) -> Result<Self, ConfigError> {
        Self::with(data, Keyring::closed(data))
    }

    /// Reads a node's folder with what opens its keys.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn unlocked(data: &Path, keyring: Keyring) -> Result<Self, ConfigError> {
        Self::with(data, keyring)
    }

    /// Whether a key cannot sign, since it was not opened.
    pub fn locked(&self) -> bool {
        let own = [&self.identity.key, &self.identity.log_key];
        let parties = self.hosted.values().flat_map(|keys| {
            std::iter::once(&keys.key).chain(keys.views.as_ref().map(|views| &views.key))
        });
        own.into_iter()
            .chain(parties)
            .chain(&self.authority)
            .any(|key| key.is_locked())
    }

    fn with(data: &Path, keyring: Keyring) -> Result<Self, ConfigError> {
        let path = data.join("node.json");
        let text = fs::read_to_string(&path).map_err(ConfigError::io(&path))?;
        let file: NodeFile =
            serde_json::from_str(&text).map_err(|e| ConfigError::malformed(&path, e))?;
        if let Some(fault) = file.limits.fault() {
            return Err(ConfigError::malformed(&path, fault));
        }
        let mut hosted = BTreeMap::new();
        for party in &file.parties {
            let file = |method: &str| key_file(&party.slug, method);
            let key = keyring.read(&file(&party.verification_method), KeyType::Ed25519)?;
            let views = match &party.view_method {
                None => None,
                Some(method) => Some(ViewKey {
                    verification_method: method.clone(),
                    key: Arc::new(keyring.read(&file(method), KeyType::P256)?),
                }),
            };
            hosted.insert(
                party.did.clone(),
                HostedKey {
                    verification_method: party.verification_method.clone(),
                    key: Arc::new(key),
                    views,
                },
            );
        }
        // A node that was set up before there were witnesses has no such key, nor has one that was restored from a copy: it is none.
        let witness = if keyring.has(WITNESS_KEY) {
            Some(WitnessIdentity {
                name: witness_name(&file.log_origin),
                key: Arc::new(keyring.read(WITNESS_KEY, KeyType::Ed25519)?),
            })
        } else {
            None
        };
        let identity = Identity {
            did: file.did.clone(),
            url: file.url.clone(),
            key: Arc::new(keyring.read("node.json", KeyType::Ed25519)?),
            log_key: Arc::new(keyring.read("log.json", KeyType::Ed25519)?),
            origin: file.log_origin.clone(),
            witness,
        };
        let authority = if keyring.has("authority.json") {
            Some(Arc::new(keyring.read("authority.json", KeyType::Ed25519)?))
        } else {
            None
        };
        let governance_path = data.join("governance.json");
        let governance = if governance_path.exists() {
            let text =
                fs::read_to_string(&governance_path).map_err(ConfigError::io(&governance_path))?;
            serde_json::from_str(&text).map_err(|e| ConfigError::malformed(&governance_path, e))?
        } else {
            Vec::new()
        };
        let token = |name: &str| {
            let path = data.join(name);
            if !path.exists() {
                return Ok(None);
            }
            let token = fs::read_to_string(&path).map_err(ConfigError::io(&path))?;
            let token = token.trim();
            if token.is_empty() {
                return Err(ConfigError::malformed(&path, "there is no token in it"));
            }
            Ok(Some(crate::access::hash(token)))
        };
        let admin_hash = token("admin.token")?;
        let monitor_hash = token("monitor.token")?;
        Ok(Self {
            data: data.to_owned(),
            file,
            identity,
            hosted,
            governance,
            authority,
            admin_hash,
            keyring,
            monitor_hash,
        })
    }
}

/// Name of the file, among a node's keys, with which it cosigns others' logs.
pub const WITNESS_KEY: &str = "witness.json";

/// The files in which that key may lie, plain and encrypted.
pub fn witness_key_files(keys: &Path) -> [PathBuf; 2] {
    let plain = keys.join(WITNESS_KEY);
    [plain.with_extension("pem"), plain]
}

/// Name of a node as a witness, by the origin of its log: `HOST[:PORT]/witness`.
pub fn witness_name(log_origin: &str) -> String {
    // A later log of the node is another log, and the witness the same.
    let first = log_origin.split("/epoch-").next().unwrap_or(log_origin);
    let host = first.strip_suffix("/log").unwrap_or(first);
    format!("{host}/witness")
}

/// Reads the Multikey file of a node, a log or a party: an Ed25519 key.
/// Reads the plain file of a node's, a log's or a party's key: an Ed25519 key.
///
/// # Errors
/// When it cannot be read, or holds none or one of another kind: logs, stamps and requests are signed with Ed25519 alone.
pub fn read_key(path: &Path) -> Result<SigningKey, ConfigError> {
    keyring::read(path, KeyType::Ed25519, None)
}

/// Name of the file, among a node's keys, with the key of a party's verification method: `SLUG.json` and `SLUG.views.json` for those it
/// was set up with, else by the method's fragment.
pub fn key_file(slug: &str, verification_method: &str) -> String {
    match verification_method.rsplit('#').next().unwrap_or_default() {
        "key-1" => format!("{slug}.json"),
        "views-1" => format!("{slug}.views.json"),
        // What stands in a fragment here is a word: see `setup::key_methods`.
        other => {
            let word: String = other
                .chars()
                .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
                .collect();
            format!("{slug}.{word}.json")
        }
    }
}

/// Writes into `node.json` how much of the node each may have.
///
/// # Errors
/// When the file cannot be read or written.
pub fn use_limits(data: &Path, limits: Limits) -> Result<(), ConfigError> {
    let path = data.join("node.json");
    let text = fs::read_to_string(&path).map_err(ConfigError::io(&path))?;
    let mut file: NodeFile =
        serde_json::from_str(&text).map_err(|e| ConfigError::malformed(&path, e))?;
    file.limits = limits;
    let text = serde_json::to_string_pretty(&file).map_err(|e| ConfigError::malformed(&path, e))?;
    write_file(&path, &text)
}

/// Writes into `node.json` that a party signs with other keys, whose files are there.
///
/// # Errors
/// When the file cannot be read or written, or has no such party.
pub fn use_keys(data: &Path, slug: &str, keys: &HostedKey) -> Result<(), ConfigError> {
    let path = data.join("node.json");
    let text = fs::read_to_string(&path).map_err(ConfigError::io(&path))?;
    let mut file: NodeFile =
        serde_json::from_str(&text).map_err(|e| ConfigError::malformed(&path, e))?;
    let party = file.parties.iter_mut().find(|party| party.slug == slug);
    let Some(party) = party else {
        return Err(ConfigError::malformed(&path, format!("no party `{slug}`")));
    };
    party
        .verification_method
        .clone_from(&keys.verification_method);
    party.view_method = keys.views.as_ref().map(|v| v.verification_method.clone());
    let text = serde_json::to_string_pretty(&file).map_err(|e| ConfigError::malformed(&path, e))?;
    write_file(&path, &text)
}

/// Writes into `node.json` that the node's log goes on under another origin.
///
/// # Errors
/// When the file cannot be read or written.
pub fn use_origin(data: &Path, origin: &str) -> Result<(), ConfigError> {
    let path = data.join("node.json");
    let text = fs::read_to_string(&path).map_err(ConfigError::io(&path))?;
    let mut file: NodeFile =
        serde_json::from_str(&text).map_err(|e| ConfigError::malformed(&path, e))?;
    origin.clone_into(&mut file.log_origin);
    let text = serde_json::to_string_pretty(&file).map_err(|e| ConfigError::malformed(&path, e))?;
    write_file(&path, &text)
}

/// Writes a file that only its owner may read; never over another.
///
/// # Errors
/// When it is there already or cannot be written.
pub fn write_secret(path: &Path, text: &str) -> Result<(), ConfigError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(ConfigError::io(path))?;
    file.write_all(text.as_bytes())
        .map_err(ConfigError::io(path))?;
    file.sync_all().map_err(ConfigError::io(path))
}

/// Writes a file whole or not at all.
///
/// # Errors
/// When it cannot be written.
pub fn write_file(path: &Path, text: &str) -> Result<(), ConfigError> {
    let temporary = path.with_extension("new");
    let mut file = fs::File::create(&temporary).map_err(ConfigError::io(&temporary))?;
    file.write_all(text.as_bytes())
        .map_err(ConfigError::io(&temporary))?;
    file.sync_all().map_err(ConfigError::io(&temporary))?;
    fs::rename(&temporary, path).map_err(ConfigError::io(path))
}

/// Makes a folder that only its owner may enter.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(path: &Path) -> Result<(), ConfigError> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(ConfigError::io(path))
}
