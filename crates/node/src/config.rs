//! A node's configuration: what is typed, and what comes of it. `DATA/node.json` beside the store.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use garita_credential::keys::{KeyFile, KeyType, SigningKey};
use garita_exchange::Clock;
use garita_exchange::core::{HostedKey, Identity, ViewKey};
use garita_formats::Readings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    /// Bytes of one attachment, of whoever brings it and of whoever is asked for it; 200,000,000 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment_bytes_max: Option<NonZeroU64>,
    /// How documents are read where their guides leave it open.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub readings: Readings,
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
}

impl ConfigError {
    fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Io {
            path: path.display().to_string(),
            source,
        }
    }

    fn malformed(path: &Path, why: impl ToString) -> Self {
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
}

impl NodeConfig {
    /// Reads a node's folder.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn read(data: &Path) -> Result<Self, ConfigError> {
        let path = data.join("node.json");
        let text = fs::read_to_string(&path).map_err(ConfigError::io(&path))?;
        let file: NodeFile =
            serde_json::from_str(&text).map_err(|e| ConfigError::malformed(&path, e))?;
        let keys = data.join("keys");
        let mut hosted = BTreeMap::new();
        for party in &file.parties {
            let file = |method: &str| keys.join(key_file(&party.slug, method));
            let key = read_key(&file(&party.verification_method))?;
            let views = match &party.view_method {
                None => None,
                Some(method) => Some(ViewKey {
                    verification_method: method.clone(),
                    key: Arc::new(read_key_of(&file(method), KeyType::P256)?),
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
        let identity = Identity {
            did: file.did.clone(),
            url: file.url.clone(),
            key: Arc::new(read_key(&keys.join("node.json"))?),
            log_key: Arc::new(read_key(&keys.join("log.json"))?),
            origin: file.log_origin.clone(),
        };
        let authority_path = keys.join("authority.json");
        let authority = if authority_path.exists() {
            Some(Arc::new(read_key(&authority_path)?))
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
        let admin_path = data.join("admin.token");
        let admin_hash = if admin_path.exists() {
            let token = fs::read_to_string(&admin_path).map_err(ConfigError::io(&admin_path))?;
            Some(crate::access::hash(token.trim()))
        } else {
            None
        };
        Ok(Self {
            data: data.to_owned(),
            file,
            identity,
            hosted,
            governance,
            authority,
            admin_hash,
        })
    }
}

/// Reads the Multikey file of a node, a log or a party: an Ed25519 key.
///
/// # Errors
/// When it cannot be read, or holds none or one of another kind: logs, stamps and requests are signed with Ed25519 alone.
pub fn read_key(path: &Path) -> Result<SigningKey, ConfigError> {
    read_key_of(path, KeyType::Ed25519)
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

/// Reads a Multikey file with a key of a kind.
///
/// # Errors
/// When it cannot be read, or holds none or one of another kind.
pub fn read_key_of(path: &Path, kind: KeyType) -> Result<SigningKey, ConfigError> {
    let text = fs::read_to_string(path).map_err(ConfigError::io(path))?;
    let file = <KeyFile>::parse(&text).map_err(|e| ConfigError::malformed(path, e))?;
    let found = file.key.key_type();
    if found == kind {
        return Ok(file.key);
    }
    let (kind, found) = (kind.name(), found.name());
    Err(ConfigError::malformed(
        path,
        format!("{kind} is asked for, this is {found}"),
    ))
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
