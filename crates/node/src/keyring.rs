//! A node's key files: plain, or encrypted under one passphrase (PKCS#8, [`garita_credential::keys::EncryptedKey`]). A key has one name in
//! `DATA/keys`; the plain file ends in `.json`, the encrypted one in `.pem`. Where a party's key lies in a token ([`crate::token`]), the
//! plain file says where instead of the secret.

pub mod locking;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use garita_credential::keys::{
    ElsewhereKey, EncryptedKey, ForKeyFile, KeyError, KeyFile, KeyType, NotSigned, SigningKey,
    VerificationKey,
};
use garita_exchange::encode;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::config::{ConfigError, write_secret};
use crate::token::Token;

/// The folder of the keys, in a node's folder.
pub const FOLDER: &str = "keys";
/// A key file is some hundred bytes.
const KEY_FILE_BYTES_MAX: u64 = 16 << 10;

/// What opens a node's key files. Erased on drop; cannot be printed.
#[derive(Clone)]
pub struct Passphrase(Arc<Zeroizing<String>>);

impl Passphrase {
    /// Longest passphrase, bytes: nobody types more, and scrypt would hash it first anyway.
    pub const BYTES_MAX: usize = 1_024;
    /// Shortest new passphrase, characters: NIST SP 800-63B-4 §3.1.1.2 asks for fifteen where nothing else protects.
    pub const CHARS_MIN: usize = 15;

    /// From what was typed or read.
    pub fn new(text: Zeroizing<String>) -> Self {
        Self(Arc::new(text))
    }

    /// Whether new files may be encrypted under it.
    pub fn is_long(&self) -> bool {
        self.0.chars().count() >= Self::CHARS_MIN
    }

    fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

impl PartialEq for Passphrase {
    fn eq(&self, other: &Self) -> bool {
        // Both are in the hands of the one who typed them: nothing is learned from how long this takes.
        self.0 == other.0
    }
}

/// A node's key files, with what opens them.
#[derive(Debug, Clone)]
pub struct Keyring {
    folder: PathBuf,
    passphrase: Option<Passphrase>,
    token: Option<Token>,
}

/// Where a new key is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a file, encrypted where the others are.
    File,
    /// In the token.
    Token,
}

impl Keyring {
    /// The key files of a node's folder, without what opens them: encrypted keys are there by their public half and sign nothing.
    pub fn closed(data: &Path) -> Self {
        Self {
            folder: data.join(FOLDER),
            passphrase: None,
            token: None,
        }
    }

    /// The same with a passphrase. New keys are encrypted under it.
    #[must_use]
    pub fn with_passphrase(mut self, passphrase: Passphrase) -> Self {
        self.passphrase = Some(passphrase);
        self
    }

    /// The same with a token.
    #[must_use]
    pub fn with_token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// Whether there is a token to make keys in.
    pub fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Where the key of a name lies.
    pub fn place(&self, name: &str) -> Place {
        match reference(&self.folder.join(name)) {
            Ok(Some(_)) => Place::Token,
            Ok(None) | Err(_) => Place::File,
        }
    }

    /// Makes a key in the token, under the name's label there, and writes down where it lies.
    ///
    /// # Errors
    /// When there is no token, it makes no such key, or the file cannot be written.
    pub fn generate(&self, name: &str, kind: KeyType) -> Result<SigningKey, ConfigError> {
        let path = self.folder.join(name);
        let Some(token) = &self.token else {
            return Err(ConfigError::malformed(&path, NO_TOKEN));
        };
        // As the file, without its end: one token may hold the keys of several nodes, whose parties differ.
        let label = name.strip_suffix(".json").unwrap_or(name);
        let key = token.generate(label, kind)?;
        let reference = Reference {
            kind: REFERENCE.to_owned(),
            public: key.verification_key(),
            token: token.label().to_owned(),
            label: label.to_owned(),
        };
        let text = serde_json::to_string_pretty(&reference)
            .map_err(|e| ConfigError::malformed(&path, e))?;
        write_secret(&path, &format!("{text}\n"))?;
        Ok(key)
    }

    /// Whether there is a key of a name such as `node.json`.
    pub fn has(&self, name: &str) -> bool {
        let path = self.folder.join(name);
        path.exists() || path.with_extension(ENCRYPTED).exists()
    }

    /// Reads the key of a name. An encrypted one that is not opened has its public half alone.
    ///
    /// # Errors
    /// When it is not there, does not open, or is of another kind.
    pub fn read(&self, name: &str, kind: KeyType) -> Result<SigningKey, ConfigError> {
        let path = self.folder.join(name);
        match (reference(&path)?, &self.token) {
            (Some(held), Some(token)) => held.found(&path, kind, token),
            _ => read(&path, kind, self.passphrase.as_ref()),
        }
    }

    /// Writes a new key under a name, encrypted where the passphrase is known; never over another.
    ///
    /// # Errors
    /// When it is there already or cannot be written.
    pub fn write(&self, name: &str, key: &SigningKey) -> Result<(), ConfigError> {
        let path = self.folder.join(name);
        match &self.passphrase {
            None => write_secret(&path, &KeyFile::did_key(key.clone()).to_json()),
            Some(passphrase) => {
                let path = path.with_extension(ENCRYPTED);
                write_secret(&path, &encrypted(&path, key, passphrase)?)
            }
        }
    }
}

/// Ends the names of plain key files.
const PLAIN: &str = "json";
/// Ends the names of encrypted key files.
const ENCRYPTED: &str = "pem";

/// Reads a key by the name of its plain file; the encrypted one beside it, where it is there, counts first.
pub(crate) fn read(
    path: &Path,
    kind: KeyType,
    passphrase: Option<&Passphrase>,
) -> Result<SigningKey, ConfigError> {
    let encrypted = path.with_extension(ENCRYPTED);
    let (path, key) = if encrypted.exists() {
        let file = read_encrypted(&encrypted)?;
        let key = match passphrase {
            Some(passphrase) => open(&encrypted, &file, passphrase)?,
            None => locked(&encrypted, &file)?,
        };
        (encrypted, key)
    } else if let Some(held) = reference(path)? {
        let held = SigningKey::elsewhere(
            held.public,
            Arc::new(Locked {
                why: format!("it lies in token `{}`, which was not opened", held.token),
            }),
        );
        (path.to_owned(), held)
    } else {
        (path.to_owned(), read_plain(path)?)
    };
    let found = key.key_type();
    if found == kind {
        return Ok(key);
    }
    let (kind, found) = (kind.name(), found.name());
    Err(ConfigError::malformed(
        &path,
        format!("{kind} is asked for, this is {found}"),
    ))
}

fn read_plain(path: &Path) -> Result<SigningKey, ConfigError> {
    let text = read_text(path)?;
    let file = <KeyFile>::parse(&text).map_err(|e| ConfigError::malformed(path, e))?;
    Ok(file.key)
}

fn read_encrypted(path: &Path) -> Result<EncryptedKey, ConfigError> {
    EncryptedKey::parse(&read_text(path)?).map_err(|e| ConfigError::malformed(path, e))
}

fn read_text(path: &Path) -> Result<Zeroizing<String>, ConfigError> {
    let size = fs::metadata(path).map_err(ConfigError::io(path))?.len();
    if size > KEY_FILE_BYTES_MAX {
        return Err(ConfigError::malformed(
            path,
            format!("{size} bytes are no key"),
        ));
    }
    let text = fs::read_to_string(path).map_err(ConfigError::io(path))?;
    Ok(Zeroizing::new(text))
}

fn open(
    path: &Path,
    file: &EncryptedKey,
    passphrase: &Passphrase,
) -> Result<SigningKey, ConfigError> {
    file.open(passphrase.bytes()).map_err(|error| match error {
        KeyError::Passphrase => ConfigError::Passphrase {
            path: path.display().to_string(),
        },
        other => ConfigError::malformed(path, other),
    })
}

fn locked(path: &Path, file: &EncryptedKey) -> Result<SigningKey, ConfigError> {
    let Some(public) = file.public() else {
        let why = "it has no line `Public-Key: z…`, as of a file that another program wrote; `garita key change` writes it anew";
        return Err(ConfigError::malformed(path, why));
    };
    let held = Locked {
        why: format!("`{}` is encrypted and was not opened", path.display()),
    };
    Ok(SigningKey::elsewhere(public.clone(), Arc::new(held)))
}

fn encrypted(
    path: &Path,
    key: &SigningKey,
    passphrase: &Passphrase,
) -> Result<String, ConfigError> {
    let random = || encode::random().map_err(|e| ConfigError::malformed(path, e));
    let fresh = ForKeyFile {
        salt: random()?,
        iv: random()?,
    };
    key.to_encrypted_pem(passphrase.bytes(), &fresh)
        .map_err(|e| ConfigError::malformed(path, e))
}

/// All key files of one form, by name.
fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, ConfigError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(ConfigError::io(folder))? {
        let path = entry.map_err(ConfigError::io(folder))?.path();
        if path.extension().is_some_and(|end| end == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// What stands in a key file instead of the secret, where it lies in a token. No secret.
#[derive(Debug, Serialize, Deserialize)]
struct Reference {
    #[serde(rename = "type")]
    kind: String,
    #[serde(rename = "publicKeyMultibase")]
    public: VerificationKey,
    token: String,
    label: String,
}

/// The type of such a file.
const REFERENCE: &str = "Pkcs11Key";
const NO_TOKEN: &str = "the node has no token (`pkcs11` in node.json), or it was not opened";

impl Reference {
    fn found(self, path: &Path, kind: KeyType, token: &Token) -> Result<SigningKey, ConfigError> {
        if token.label() != self.token {
            let why = format!(
                "it lies in token `{}`, and this is `{}`",
                self.token,
                token.label()
            );
            return Err(ConfigError::malformed(path, why));
        }
        let key = token.key(&self.label, kind)?;
        if key.verification_key() != self.public {
            let why = format!(
                "the key `{}` of token `{}` is another one",
                self.label, self.token
            );
            return Err(ConfigError::malformed(path, why));
        }
        Ok(key)
    }
}

/// Where a key file says that the key lies in a token; none where it holds the key, or is not there.
fn reference(path: &Path) -> Result<Option<Reference>, ConfigError> {
    if !path.exists() {
        return Ok(None);
    }
    let text = read_text(path)?;
    // Asked by its type, so that a damaged one is told for what it is.
    if !text.contains(REFERENCE) {
        return Ok(None);
    }
    serde_json::from_str::<Reference>(&text)
        .map(|held| (held.kind == REFERENCE).then_some(held))
        .map_err(|e| ConfigError::malformed(path, e))
}

/// The plain files with a secret, and how many say that theirs is in a token.
fn plain_files(folder: &Path) -> Result<(Vec<PathBuf>, usize), ConfigError> {
    let (mut plain, mut held) = (Vec::new(), 0);
    for path in files(folder, PLAIN)? {
        match reference(&path)? {
            Some(_) => held += 1,
            None => plain.push(path),
        }
    }
    Ok((plain, held))
}

/// A key that was not opened.
#[derive(Debug)]
struct Locked {
    why: String,
}

impl ElsewhereKey for Locked {
    fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, NotSigned> {
        Err(NotSigned::new(self.why.clone()))
    }

    fn is_locked(&self) -> bool {
        true
    }
}
