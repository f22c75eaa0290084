//! Cosignatures: a witness's word that it saw a log grow and never change (C2SP tlog-cosignature, `cosignature/v1`).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::note::{KeyId, NOTE_SIGNATURES_MAX, Note, NoteError, NoteSignature, check_name, key_id};

/// The signature type of timestamped Ed25519 cosignatures (C2SP signed-note, signature types).
pub const ALGORITHM_COSIGNATURE: u8 = 0x04;

/// Bytes of a timestamped signature: eight of time, then those of Ed25519.
pub const COSIGNATURE_BYTES: usize = 8 + 64;

/// The key id of a witness's Ed25519 key: SHA-256(name || "\n" || 0x04 || key), first four bytes.
#[must_use]
pub fn key_id_cosignature(name: &str, public_key: &[u8; 32]) -> KeyId {
    key_id(name, ALGORITHM_COSIGNATURE, public_key)
}

/// What a witness signs: the fixed header, the time in seconds since 1970, the checkpoint's text with its final newline.
#[must_use]
pub fn cosigned_message(time_s: u64, text: &[u8]) -> Vec<u8> {
    let mut message = format!("cosignature/v1\ntime {time_s}\n").into_bytes();
    message.extend_from_slice(text);
    message
}

/// A `timestamped_signature`: when, and the Ed25519 signature over [`cosigned_message`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cosignature {
    /// When it was made, in seconds since 1970; neither 0 nor beyond 2^63 - 1.
    pub time_s: u64,
    /// Ed25519.
    pub signature: [u8; 64],
}

impl Cosignature {
    /// Takes the bytes of a signature line, after the key id.
    ///
    /// # Errors
    /// When they have another length, or a time that no cosignature of a checkpoint has.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NoteError> {
        let Some((time, signature)) = bytes.split_first_chunk::<8>() else {
            return Err(NoteError::Cosignature);
        };
        let signature = signature.try_into().map_err(|_| NoteError::Cosignature)?;
        let time_s = u64::from_be_bytes(*time);
        if time_s == 0 || i64::try_from(time_s).is_err() {
            return Err(NoteError::Cosignature);
        }
        Ok(Self { time_s, signature })
    }

    /// The bytes of a signature line, after the key id.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; COSIGNATURE_BYTES] {
        let mut bytes = [0; COSIGNATURE_BYTES];
        let (time, signature) = bytes.split_at_mut(8);
        time.copy_from_slice(&self.time_s.to_be_bytes());
        signature.copy_from_slice(&self.signature);
        bytes
    }
}

/// A witness's key as text: `name+hex key id+base64(0x04 || key)` (C2SP signed-note, verifier keys). A log's key is another type: neither
/// is taken for the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessKey {
    name: String,
    public_key: [u8; 32],
}

impl WitnessKey {
    /// The Ed25519 key of a witness of this name.
    ///
    /// # Errors
    /// When the name is empty, too long, or has spaces or a plus sign.
    pub fn new(name: &str, public_key: [u8; 32]) -> Result<Self, NoteError> {
        check_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            public_key,
        })
    }

    /// Parses the text form; the key id in it must be that of name and key.
    ///
    /// # Errors
    /// When it has another form, is a key of another type, or has another key's id.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (name, id, key) = crate::note::parse_verifier_key(text, ALGORITHM_COSIGNATURE)?;
        let parsed = Self::new(name, key)?;
        if parsed.key_id().to_string() == id {
            Ok(parsed)
        } else {
            Err(NoteError::VerifierKey)
        }
    }

    /// The witness's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The Ed25519 public key.
    #[must_use]
    pub fn public_key(&self) -> &[u8; 32] {
        &self.public_key
    }

    /// The key's id.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        key_id_cosignature(&self.name, &self.public_key)
    }

    /// Whether a signature line bears this key's name and id. Whether it is this key's says only its signature.
    #[must_use]
    pub fn is_of(&self, line: &NoteSignature) -> bool {
        line.name == self.name && line.key_id == self.key_id()
    }
}

impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![ALGORITHM_COSIGNATURE];
        bytes.extend_from_slice(&self.public_key);
        let (id, key) = (self.key_id(), STANDARD.encode(bytes));
        write!(f, "{}+{id}+{key}", self.name)
    }
}

/// The signature lines that a witness answers with: one at least, each ending in a newline.
///
/// # Errors
/// When a line has another form, or there are more than a note may have.
pub fn parse_cosignatures(lines: &str) -> Result<Vec<NoteSignature>, NoteError> {
    let lines = lines.strip_suffix('\n').ok_or(NoteError::SignatureLine)?;
    let mut found = Vec::new();
    for line in lines.split('\n') {
        if found.len() == NOTE_SIGNATURES_MAX {
            return Err(NoteError::TooManySignatures);
        }
        found.push(crate::note::parse_signature(line)?);
    }
    Ok(found)
}

impl Note {
    /// Adds a signature line that was made elsewhere, in place of an earlier one of the same key. Whether it is the key's is for
    /// [`Note::verified_by`] to say.
    ///
    /// # Errors
    /// When the note has as many signatures as it may.
    pub fn put_signature(&mut self, line: NoteSignature) -> Result<(), NoteError> {
        self.put(line)
    }

    /// Leaves out the signature lines that `keep` does not choose.
    pub fn keep_signatures(&mut self, keep: impl Fn(&NoteSignature) -> bool) {
        self.retain(keep);
    }
}
