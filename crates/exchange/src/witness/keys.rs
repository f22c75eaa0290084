//! Signing and checking cosignatures with the keys of nodes.

use std::fmt;

use garita_credential::keys::{SigningKey, VerificationKey};
use garita_tlog::{
    Cosignature, KeyId, NoteError, NoteSignature, NoteSigner, NoteVerifier, SigningFailed,
    WitnessKey, cosigned_message,
};

use crate::core::WitnessIdentity;

/// Checks cosignatures of one witness.
#[derive(Debug, Clone)]
pub struct WitnessVerifier {
    named: WitnessKey,
    key: VerificationKey,
}

impl WitnessVerifier {
    /// From a verifier key of a witness (C2SP signed note, type 0x04).
    ///
    /// # Errors
    /// When it is none, or its key is no Ed25519 point.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let named = WitnessKey::parse(text)?;
        let key = VerificationKey::from_ed25519(named.public_key())
            .map_err(|_| NoteError::VerifierKey)?;
        Ok(Self { named, key })
    }

    /// The public key.
    pub(crate) fn public_key(&self) -> [u8; 32] {
        *self.named.public_key()
    }

    /// Whether another is of the same key, under whatever name.
    pub fn is_same_key(&self, other: &Self) -> bool {
        self.public_key() == other.public_key()
    }

    /// Whether a line bears this witness's name and key id.
    pub fn is_of(&self, line: &NoteSignature) -> bool {
        self.named.is_of(line)
    }
}

impl fmt::Display for WitnessVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.named.fmt(f)
    }
}

impl NoteVerifier for WitnessVerifier {
    fn name(&self) -> &str {
        self.named.name()
    }

    fn key_id(&self) -> KeyId {
        self.named.key_id()
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        Cosignature::from_bytes(signature).is_ok_and(|cosignature| {
            let message = cosigned_message(cosignature.time_s, text);
            self.key.verify(&message, &cosignature.signature).is_ok()
        })
    }
}

/// Cosigns as of an instant.
#[derive(Debug)]
pub struct WitnessSigner<'a> {
    named: WitnessKey,
    key: &'a SigningKey,
    time_s: u64,
}

impl<'a> WitnessSigner<'a> {
    /// A signer for a node as a witness; `now_ms` is ms since 1970.
    ///
    /// # Errors
    /// When its key is no Ed25519 key, or its name none that a key may have.
    pub fn new(witness: &'a WitnessIdentity, now_ms: i64) -> Result<Self, NoteError> {
        Ok(Self {
            named: witness.public()?,
            key: &witness.key,
            // No cosignature of a checkpoint has the time 0.
            time_s: u64::try_from(now_ms / 1_000).unwrap_or(0).max(1),
        })
    }
}

impl NoteSigner for WitnessSigner<'_> {
    fn name(&self) -> &str {
        self.named.name()
    }

    fn key_id(&self) -> KeyId {
        self.named.key_id()
    }

    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        let signature = self.key.sign(&cosigned_message(self.time_s, text));
        let signature = signature.ok().and_then(|s| s.try_into().ok());
        let signature = signature.ok_or_else(|| SigningFailed {
            reason: "the witness's key is no Ed25519 key".to_owned(),
        })?;
        let cosignature = Cosignature {
            time_s: self.time_s,
            signature,
        };
        Ok(cosignature.to_bytes().to_vec())
    }
}

impl WitnessIdentity {
    /// The public half, as the network's list names it.
    ///
    /// # Errors
    /// When the key is no Ed25519 key, or the name none that a key may have.
    pub fn public(&self) -> Result<WitnessKey, NoteError> {
        let key = self.key.verification_key().ed25519_bytes();
        WitnessKey::new(&self.name, key.ok_or(NoteError::VerifierKey)?)
    }
}
