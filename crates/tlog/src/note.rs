//! Signed notes (C2SP signed-note): text, and who signed it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// A checkpoint with a hundred signatures is under 16 KiB; four times that is an attack.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;

/// The log's and those of its witnesses: some five. A hundred is what others allow too.
pub const NOTE_SIGNATURES_MAX: usize = 100;

/// The signature type of plain Ed25519 note signatures (C2SP signed-note, signature types).
pub const ALGORITHM_ED25519: u8 = 0x01;

/// Longest key name taken, in bytes.
const NAME_BYTES_MAX: usize = 255;

/// Longest signature taken, in bytes: post-quantum ones have some 5 KB.
const SIGNATURE_BYTES_MAX: usize = 8 * 1024;

/// The four bytes that tell which of a name's keys made a signature.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 4]);

impl KeyId {
    /// Takes four bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// The four bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// The key id of an Ed25519 key: SHA-256(name || "\n" || 0x01 || key), first four bytes.
#[must_use]
pub fn key_id_ed25519(name: &str, public_key: &[u8; 32]) -> KeyId {
    key_id(name, ALGORITHM_ED25519, public_key)
}

pub(crate) fn key_id(name: &str, algorithm: u8, key: &[u8]) -> KeyId {
    let mut sha = Sha256::new();
    sha.update(name.as_bytes());
    sha.update([b'\n', algorithm]);
    sha.update(key);
    let digest: [u8; 32] = sha.finalize().into();
    let [a, b, c, d, ..] = digest;
    KeyId([a, b, c, d])
}

/// Who signs notes. The signature covers the note's text with its final newline.
pub trait NoteSigner {
    /// The key's name.
    fn name(&self) -> &str;

    /// The key's id.
    fn key_id(&self) -> KeyId;

    /// Signs the text; for Ed25519, 64 bytes.
    ///
    /// # Errors
    /// When the key is not at hand.
    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SigningFailed>;
}

/// A key whose signatures are believed.
pub trait NoteVerifier {
    /// The key's name.
    fn name(&self) -> &str;

    /// The key's id.
    fn key_id(&self) -> KeyId;

    /// Whether `signature` is this key's over the text.
    fn verify(&self, text: &[u8], signature: &[u8]) -> bool;
}

/// A signer could not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the note could not be signed: {reason}")]
pub struct SigningFailed {
    /// In words.
    pub reason: String,
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The key's name.
    pub name: String,
    /// The key's id.
    pub key_id: KeyId,
    /// What the key made; its form is the key's matter.
    pub signature: Vec<u8>,
}

/// A parsed note. Its text says nothing until [`Note::verified_by`] has found a trusted signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl Note {
    /// Parses a note; sizes are checked first.
    ///
    /// # Errors
    /// When it is too large, no note, or has no signature.
    pub fn parse(note: &[u8]) -> Result<Self, NoteError> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLarge { found: note.len() });
        }
        let note = std::str::from_utf8(note).map_err(|_| NoteError::Characters)?;
        if note.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
            return Err(NoteError::Characters);
        }
        // The last blank line parts text and signatures; the text keeps its own final newline.
        let blank = note.rfind("\n\n").ok_or(NoteError::Form)?;
        let (text, rest) = note.split_at_checked(blank + 1).ok_or(NoteError::Form)?;
        let lines = rest
            .strip_prefix('\n')
            .and_then(|rest| rest.strip_suffix('\n'))
            .ok_or(NoteError::Form)?;
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            if signatures.len() == NOTE_SIGNATURES_MAX {
                return Err(NoteError::TooManySignatures);
            }
            signatures.push(parse_signature(line)?);
        }
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }

    /// The text, with its final newline. Not to be believed before it is verified.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, known keys' or not.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds a signature, replacing an earlier one of the same key.
    ///
    /// # Errors
    /// When the signer can't sign or the note has as many signatures as it may.
    pub fn add_signature(&mut self, signer: &dyn NoteSigner) -> Result<(), NoteError> {
        check_name(signer.name())?;
        let signature = signer.sign(self.text.as_bytes())?;
        self.put(NoteSignature {
            name: signer.name().to_owned(),
            key_id: signer.key_id(),
            signature,
        })
    }

    /// Adds a line, in place of an earlier one of the same key.
    pub(crate) fn put(&mut self, line: NoteSignature) -> Result<(), NoteError> {
        self.signatures
            .retain(|had| had.name != line.name || had.key_id != line.key_id);
        if self.signatures.len() >= NOTE_SIGNATURES_MAX {
            return Err(NoteError::TooManySignatures);
        }
        self.signatures.push(line);
        Ok(())
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&NoteSignature) -> bool) {
        self.signatures.retain(keep);
    }

    /// The indexes in `known` of the keys that signed. Signatures of other keys are passed over; a wrong signature
    /// under a known key's name and id makes the whole note suspect.
    ///
    /// # Errors
    /// When a known key's signature is wrong or repeated, or none of the known keys signed.
    pub fn verified_by(&self, known: &[&dyn NoteVerifier]) -> Result<Vec<usize>, NoteError> {
        let mut signed = Vec::new();
        for line in &self.signatures {
            let found = known
                .iter()
                .position(|key| key.name() == line.name && key.key_id() == line.key_id);
            let Some((place, key)) =
                found.and_then(|place| known.get(place).map(|key| (place, key)))
            else {
                continue;
            };
            if signed.contains(&place) {
                return Err(NoteError::RepeatedSignature {
                    name: line.name.clone(),
                });
            }
            if !key.verify(self.text.as_bytes(), &line.signature) {
                return Err(NoteError::WrongSignature {
                    name: line.name.clone(),
                });
            }
            signed.push(place);
        }
        if signed.is_empty() {
            Err(NoteError::NoKnownSignature)
        } else {
            Ok(signed)
        }
    }

    /// Whether this key signed; see [`Note::verified_by`].
    ///
    /// # Errors
    /// When it did not.
    pub fn verify(&self, key: &dyn NoteVerifier) -> Result<(), NoteError> {
        self.verified_by(&[key]).map(|_| ())
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.key_id.0.to_vec();
        bytes.extend_from_slice(&self.signature);
        write!(f, "\u{2014} {} {}", self.name, STANDARD.encode(bytes))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        f.write_str("\n")?;
        for line in &self.signatures {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}

/// Signs a text and gives the note in its written form.
///
/// # Errors
/// When the text does not end in a newline, holds control characters, or the signer can't sign.
pub fn sign_note(text: &str, signer: &dyn NoteSigner) -> Result<String, NoteError> {
    if text.len() > NOTE_BYTES_MAX / 2 {
        return Err(NoteError::TooLarge { found: text.len() });
    }
    if !text.ends_with('\n') {
        return Err(NoteError::Form);
    }
    if text.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
        return Err(NoteError::Characters);
    }
    let mut note = Note {
        text: text.to_owned(),
        signatures: Vec::new(),
    };
    note.add_signature(signer)?;
    Ok(note.to_string())
}

/// A verifier key as text: `name+hex key id+base64(algorithm || key)` (C2SP signed-note, verifier keys).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public_key: [u8; 32],
}

impl VerifierKey {
    /// The Ed25519 key of this name.
    ///
    /// # Errors
    /// When the name is empty, too long, or has spaces or a plus sign.
    pub fn ed25519(name: &str, public_key: [u8; 32]) -> Result<Self, NoteError> {
        check_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            public_key,
        })
    }

    /// Parses the text form; the key id in it must be that of name and key.
    ///
    /// # Errors
    /// When it has another form, another algorithm, or another key's id.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (name, id, key) = parse_verifier_key(text, ALGORITHM_ED25519)?;
        let parsed = Self::ed25519(name, key)?;
        if parsed.key_id().to_string() == id {
            Ok(parsed)
        } else {
            Err(NoteError::VerifierKey)
        }
    }

    /// The key's name.
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
        key_id_ed25519(&self.name, &self.public_key)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![ALGORITHM_ED25519];
        bytes.extend_from_slice(&self.public_key);
        write!(
            f,
            "{}+{}+{}",
            self.name,
            self.key_id(),
            STANDARD.encode(bytes)
        )
    }
}

/// Name, key id in hexadecimal, and key of a verifier key of one type.
pub(crate) fn parse_verifier_key(
    text: &str,
    algorithm: u8,
) -> Result<(&str, &str, [u8; 32]), NoteError> {
    if text.len() > NAME_BYTES_MAX + 64 {
        return Err(NoteError::VerifierKey);
    }
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(NoteError::VerifierKey);
    };
    let bytes = STANDARD.decode(key).map_err(|_| NoteError::VerifierKey)?;
    let Some((found, key)) = bytes.split_first() else {
        return Err(NoteError::VerifierKey);
    };
    if *found != algorithm {
        return Err(NoteError::VerifierKey);
    }
    let key = key.try_into().map_err(|_| NoteError::VerifierKey)?;
    Ok((name, id, key))
}

/// Why a note is none, or is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// More bytes than [`NOTE_BYTES_MAX`].
    #[error("a note is at most {NOTE_BYTES_MAX} bytes, found {found}")]
    TooLarge {
        /// Bytes found.
        found: usize,
    },
    /// Not UTF-8, or control characters.
    #[error("a note is UTF-8 without control characters")]
    Characters,
    /// No text, blank line and signatures, each ending in a newline.
    #[error("a note is text, a blank line, and signature lines")]
    Form,
    /// A signature line of another form.
    #[error("a signature line is a dash, a key name and base64")]
    SignatureLine,
    /// More signatures than [`NOTE_SIGNATURES_MAX`].
    #[error("a note has at most {NOTE_SIGNATURES_MAX} signatures")]
    TooManySignatures,
    /// A key name that is empty, too long, or has spaces or a plus sign.
    #[error("a key name has no spaces and no plus sign, and is not empty")]
    Name,
    /// No verifier key of a known kind.
    #[error("a verifier key is name, key id and base64 of an Ed25519 key, joined by plus signs")]
    VerifierKey,
    /// A known key's signature is wrong.
    #[error("the signature of `{name}` is wrong")]
    WrongSignature {
        /// The key's name.
        name: String,
    },
    /// A known key signed twice.
    #[error("`{name}` signed twice")]
    RepeatedSignature {
        /// The key's name.
        name: String,
    },
    /// None of the known keys signed.
    #[error("no known key signed the note")]
    NoKnownSignature,
    /// Bytes of a signature line that are no cosignature.
    #[error("a cosignature is a time in seconds and an Ed25519 signature")]
    Cosignature,
    /// The signer could not sign.
    #[error(transparent)]
    Signing(#[from] SigningFailed),
}

impl NoteError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "note-too-large",
            Self::Characters => "note-characters",
            Self::Form => "note-form",
            Self::SignatureLine => "note-signature-line",
            Self::TooManySignatures => "note-too-many-signatures",
            Self::Name => "note-key-name",
            Self::VerifierKey => "note-verifier-key",
            Self::WrongSignature { .. } => "note-signature-wrong",
            Self::RepeatedSignature { .. } => "note-signature-repeated",
            Self::NoKnownSignature => "note-not-signed",
            Self::Cosignature => "note-cosignature",
            Self::Signing(_) => "note-signing-failed",
        }
    }
}

pub(crate) fn parse_signature(line: &str) -> Result<NoteSignature, NoteError> {
    let rest = line
        .strip_prefix("\u{2014} ")
        .ok_or(NoteError::SignatureLine)?;
    let (name, encoded) = rest.split_once(' ').ok_or(NoteError::SignatureLine)?;
    check_name(name)?;
    if encoded.len() > SIGNATURE_BYTES_MAX * 2 {
        return Err(NoteError::SignatureLine);
    }
    let bytes = STANDARD
        .decode(encoded)
        .map_err(|_| NoteError::SignatureLine)?;
    match bytes.split_first_chunk::<4>() {
        Some((id, signature)) if !signature.is_empty() => Ok(NoteSignature {
            name: name.to_owned(),
            key_id: KeyId(*id),
            signature: signature.to_vec(),
        }),
        _ => Err(NoteError::SignatureLine),
    }
}

pub(crate) fn check_name(name: &str) -> Result<(), NoteError> {
    let fits = !name.is_empty() && name.len() <= NAME_BYTES_MAX;
    if fits
        && !name
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || c == '+')
    {
        Ok(())
    } else {
        Err(NoteError::Name)
    }
}
