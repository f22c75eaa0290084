//! Keys, signing and proving, by the library: lengths are looked at before it sees any bytes, as it takes them for what they should be.

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

/// The point of a key's bytes: on the curve, in the group, not at infinity.
pub(super) fn public_key(bytes: &[u8; 96]) -> Option<BBSplusPublicKey> {
    // The point at infinity is a group element and no key.
    if bytes.first().is_none_or(|first| first & 0x40 != 0) {
        return None;
    }
    BBSplusPublicKey::from_bytes(bytes).ok()
}
