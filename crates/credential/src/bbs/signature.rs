//! The library at work: lengths are looked at before it sees any bytes, as it takes them for what they should be.

use zeroize::{Zeroize as _, Zeroizing};
use zkryptium::bbsplus::ciphersuites::Bls12381Sha256;
use zkryptium::bbsplus::keys::{BBSplusPublicKey, BBSplusSecretKey};
use zkryptium::schemes::algorithms::BBSplus;
use zkryptium::schemes::generics::{PoKSignature, Signature};

use crate::keys::{self, KeyError, KeyType, VerificationKey};

/// The most messages of one signature: each costs a point to be made.
pub const MESSAGES_MAX: usize = 1_024;
/// Bytes of a signature.
pub(crate) const SIGNATURE_BYTES: usize = 80;
/// Bytes of a proof that shows all messages; each that is not shown adds a scalar.
const PROOF_BYTES_MIN: usize = 272;
const SCALAR_BYTES: usize = 32;

type Suite = BBSplus<Bls12381Sha256>;

/// A secret key. Erased from memory when dropped; cannot be printed.
#[derive(Clone)]
pub struct SecretKey {
    secret: Zeroizing<[u8; SCALAR_BYTES]>,
    public: VerificationKey,
}

impl SecretKey {
    /// From 32 bytes, a number below the group's order, the highest byte first. Of random bytes more than half are none: take off the two
    /// highest bits, or try again.
    ///
    /// # Errors
    /// When the number is zero or too large.
    pub fn from_bytes(mut bytes: [u8; SCALAR_BYTES]) -> Result<Self, KeyError> {
        let secret = Zeroizing::new(bytes);
        bytes.zeroize();
        if secret.iter().all(|byte| *byte == 0) {
            return Err(KeyError::NotAPoint);
        }
        let key =
            BBSplusSecretKey::from_bytes(secret.as_slice()).map_err(|_| KeyError::NotAPoint)?;
        let public = key.public_key().to_bytes();
        Ok(Self {
            public: VerificationKey::from_bytes(KeyType::Bls12381G2, &public)?,
            secret,
        })
    }

    /// The public half.
    #[must_use]
    pub fn verification_key(&self) -> VerificationKey {
        self.public.clone()
    }

    /// The signature over a header and messages; none where there are too many.
    pub(crate) fn sign(
        &self,
        header: &[u8],
        messages: &[Vec<u8>],
    ) -> Option<[u8; SIGNATURE_BYTES]> {
        if messages.len() > MESSAGES_MAX {
            return None;
        }
        let secret = BBSplusSecretKey::from_bytes(self.secret.as_slice()).ok()?;
        let public = public_key(self.public.as_bytes().try_into().ok()?)?;
        let signature =
            Signature::<Suite>::sign(Some(messages), &secret, &public, Some(header)).ok()?;
        Some(signature.to_bytes())
    }
}

impl keys::SecretKey for SecretKey {
    fn from_multibase(text: &str) -> Result<Self, KeyError> {
        Self::from_bytes(keys::secret_bytes_of(text, KeyType::Bls12381G2)?)
    }

    fn to_multibase(&self) -> Zeroizing<String> {
        keys::secret_multibase(KeyType::Bls12381G2, self.secret.as_slice())
    }

    fn verification_key(&self) -> VerificationKey {
        self.public.clone()
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("bbs::SecretKey(..)")
    }
}

/// A proof that somebody has `key`'s signature over the header and all messages, and that those of the indexes are among them.
pub(crate) fn prove(
    key: &VerificationKey,
    signature: &[u8; SIGNATURE_BYTES],
    header: &[u8],
    presentation_header: &[u8],
    messages: &[Vec<u8>],
    shown: &[usize],
) -> Option<Vec<u8>> {
    let known = |index: &usize| *index < messages.len();
    if messages.len() > MESSAGES_MAX || !shown.iter().all(known) {
        return None;
    }
    let public = public_key(key.as_bytes().try_into().ok()?)?;
    let proof = PoKSignature::<Suite>::proof_gen(
        &public,
        signature,
        Some(header),
        Some(presentation_header),
        Some(messages),
        Some(shown),
    );
    Some(proof.ok()?.to_bytes())
}

/// Whether a proof holds for a header and these messages at these indexes, in rising order.
pub(crate) fn proof_holds(
    key: &VerificationKey,
    proof: &[u8],
    header: &[u8],
    presentation_header: &[u8],
    messages: &[Vec<u8>],
    shown: &[usize],
) -> bool {
    let Some(hidden_bytes) = proof.len().checked_sub(PROOF_BYTES_MIN) else {
        return false;
    };
    let hidden = hidden_bytes / SCALAR_BYTES;
    let all = hidden + messages.len();
    if !hidden_bytes.is_multiple_of(SCALAR_BYTES)
        || all > MESSAGES_MAX
        || messages.len() != shown.len()
        || !shown.is_sorted_by(|a, b| a < b)
        || shown.last().is_some_and(|last| *last >= all)
    {
        return false;
    }
    // Abar, Bbar and D must not be the group's identity (CoreProofVerify, `octets_to_proof`): the library reads it, and with it the pairing
    // holds for any key, so that anybody could prove anything.
    let is_identity = |at: usize| proof.get(at).is_none_or(|first| first & 0x40 != 0);
    if [0, 48, 96].into_iter().any(is_identity) {
        return false;
    }
    let Some(public) = key.as_bytes().try_into().ok().and_then(public_key) else {
        return false;
    };
    PoKSignature::<Suite>::from_bytes(proof).is_ok_and(|proof| {
        proof
            .proof_verify(
                &public,
                Some(messages),
                Some(shown),
                Some(header),
                Some(presentation_header),
            )
            .is_ok()
    })
}

pub(super) fn public_key(bytes: &[u8; 96]) -> Option<BBSplusPublicKey> {
    // The point at infinity is a group element and no key.
    if bytes.first().is_none_or(|first| first & 0x40 != 0) {
        return None;
    }
    BBSplusPublicKey::from_bytes(bytes).ok()
}
