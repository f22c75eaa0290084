//! Key files that a passphrase opens: PKCS#8 `EncryptedPrivateKeyInfo` (RFC 5958 §3) in PEM (RFC 7468 §11), encrypted by PBES2 (RFC 8018
//! §6.2) with scrypt (RFC 7914 §7) and AES-256-CBC. `openssl pkey -in FILE` reads what is written here, and what OpenSSL writes is read.
//!
//! Before the PEM stands a line with the public half (RFC 7468 §2 lets text stand there, and others pass it over), so that what needs no
//! secret can be done without the passphrase. It is believed only as far as one believes the file: on opening it is compared.

use std::fmt;

use ed25519_dalek::pkcs8::KeypairBytes;
use pkcs8::{
    DecodePrivateKey as _, EncodePrivateKey as _, EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef,
    SecretDocument,
    der::{Decode as _, pem, pem::PemLabel as _},
    pkcs5::{
        self,
        pbes2::{Kdf, Parameters},
        scrypt,
    },
};
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

use super::{KeyError, KeyType, SecretInner, SigningKey, VerificationKey};

/// Begins the line with the public half.
const PUBLIC_LINE: &str = "Public-Key: ";
const BEGIN: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";

/// scrypt with N = 2^14, r = 8, p = 5: one of the settings that the OWASP cheat sheet holds equal, and the costliest in memory (16 MiB)
/// that OpenSSL opens without being told to.
const LOG_N: u8 = 14;
const BLOCK_SIZE: u32 = 8;
const PARALLELIZATION: u32 = 5;

/// A file that another wrote may ask for more, but not for all of a machine: 2^20 · 8 · 128 bytes are 1 GiB.
const COST_MAX: u64 = 1 << 20;
const BLOCK_SIZE_MAX: u16 = 8;
const PARALLELIZATION_MAX: u16 = 16;
/// OWASP asks for 600,000 with SHA-256; sixteen times that is patience enough.
const ITERATIONS_MAX: u32 = 10_000_000;

/// What must be new and random for each file. No secrets: both are written into it.
#[derive(Debug, Clone, Copy)]
pub struct ForKeyFile {
    /// Salt of scrypt.
    pub salt: [u8; 16],
    /// Initialisation vector of AES-CBC.
    pub iv: [u8; 16],
}

/// An encrypted key file as it was read: not opened yet.
#[derive(Clone)]
pub struct EncryptedKey {
    public: Option<VerificationKey>,
    der: Vec<u8>,
}

impl fmt::Debug for EncryptedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncryptedKey({:?})", self.public)
    }
}

impl EncryptedKey {
    /// Whether a text is such a file, and not one of the plain forms.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        text.contains(BEGIN)
    }

    /// Reads the text.
    ///
    /// # Errors
    /// When it is no PEM of an encrypted key, or its line with the public half names no key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let begin = text
            .find(BEGIN)
            .ok_or(KeyError::File("not an encrypted private key in PEM"))?;
        let (head, body) = text.split_at(begin);
        let public = head
            .lines()
            .find_map(|line| line.strip_prefix(PUBLIC_LINE))
            .map(|key| VerificationKey::from_multibase(key.trim()))
            .transpose()?;
        let (label, der) = pem::decode_vec(body.trim_end().as_bytes())
            .map_err(|_| KeyError::File("its PEM is damaged"))?;
        if label != EncryptedPrivateKeyInfoRef::PEM_LABEL {
            return Err(KeyError::File("not an encrypted private key in PEM"));
        }
        Ok(Self { public, der })
    }

    /// The public half as the file says it: none in a file that another program wrote.
    #[must_use]
    pub fn public(&self) -> Option<&VerificationKey> {
        self.public.as_ref()
    }

    /// Opens it. Takes a tenth of a second, by intent.
    ///
    /// # Errors
    /// When the passphrase is wrong; when it is encrypted in a way that is not known here or would cost too much; when it holds a key of a
    /// kind that is not known here, or another than its line says.
    pub fn open(&self, passphrase: &[u8]) -> Result<SigningKey, KeyError> {
        let encrypted = EncryptedPrivateKeyInfoRef::from_der(&self.der)
            .map_err(|_| KeyError::File("encrypted in a way that is not known here"))?;
        affordable(&encrypted)?;
        // A wrong passphrase shows as bad padding; in one of some hundred cases as what is no key.
        let opened = encrypted
            .decrypt(passphrase)
            .map_err(|_| KeyError::Passphrase)?;
        let key = of_pkcs8(&opened)?;
        if self
            .public
            .as_ref()
            .is_some_and(|public| *public != key.verification_key())
        {
            return Err(KeyError::FileMismatch);
        }
        Ok(key)
    }
}

impl SigningKey {
    /// The text of an encrypted key file.
    ///
    /// # Errors
    /// When the key lies elsewhere.
    pub fn to_encrypted_pem(
        &self,
        passphrase: &[u8],
        fresh: &ForKeyFile,
    ) -> Result<String, KeyError> {
        let document = self.to_pkcs8()?;
        let unwritable = |_| KeyError::File("it cannot be written as PKCS#8");
        let params = scrypt::Params::new(LOG_N, BLOCK_SIZE, PARALLELIZATION)
            .map_err(|_| KeyError::File("scrypt does not take its numbers"))?;
        let params = Parameters::generate_scrypt_aes256cbc(params, &fresh.salt, fresh.iv)
            .map_err(|_| KeyError::File("PBES2 does not take its numbers"))?;
        let encrypted = PrivateKeyInfoRef::try_from(document.as_bytes())
            .and_then(|info| info.encrypt_with_params(params, passphrase))
            .map_err(unwritable)?;
        let pem = encrypted
            .to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, pem::LineEnding::LF)
            .map_err(|_| KeyError::File("it cannot be written as PEM"))?;
        let public = self.verification_key().to_multibase();
        Ok(format!("{PUBLIC_LINE}{public}\n{}", pem.as_str()))
    }

    /// PKCS#8 of version 1, without the public half: OpenSSL does not read an Ed25519 key with it.
    fn to_pkcs8(&self) -> Result<SecretDocument, KeyError> {
        let written = match &self.secret {
            SecretInner::Ed25519(key) => {
                let pair = Erased(KeypairBytes {
                    secret_key: key.to_bytes(),
                    public_key: None,
                });
                pair.0.to_pkcs8_der()
            }
            SecretInner::P256(key) => key.to_pkcs8_der(),
            SecretInner::P384(key) => key.to_pkcs8_der(),
            SecretInner::P521(key) => key.to_pkcs8_der(),
            SecretInner::Elsewhere(_) => {
                return Err(KeyError::File("the key lies elsewhere"));
            }
        };
        written.map_err(|_| KeyError::File("it cannot be written as PKCS#8"))
    }
}

/// A pair that erases itself.
struct Erased(KeypairBytes);

impl Drop for Erased {
    fn drop(&mut self) {
        self.0.secret_key.zeroize();
    }
}

impl ZeroizeOnDrop for Erased {}

fn affordable(encrypted: &EncryptedPrivateKeyInfoRef<'_>) -> Result<(), KeyError> {
    let unknown = KeyError::File("encrypted in a way that is not known here");
    let pkcs5::EncryptionScheme::Pbes2(params) = &encrypted.encryption_algorithm else {
        return Err(unknown);
    };
    let fits = match &params.kdf {
        Kdf::Scrypt(scrypt) => {
            let cost = scrypt.cost_parameter;
            cost.is_power_of_two()
                && (2..=COST_MAX).contains(&cost)
                && scrypt.block_size <= BLOCK_SIZE_MAX
                && scrypt.parallelization <= PARALLELIZATION_MAX
        }
        Kdf::Pbkdf2(pbkdf2) => pbkdf2.iteration_count <= ITERATIONS_MAX,
        // The library's list may grow.
        _ => return Err(unknown),
    };
    if fits {
        Ok(())
    } else {
        Err(KeyError::File("opening it would cost too much"))
    }
}

fn of_pkcs8(document: &SecretDocument) -> Result<SigningKey, KeyError> {
    let der = document.as_bytes();
    let info = PrivateKeyInfoRef::try_from(der).map_err(|_| KeyError::Passphrase)?;
    if info.algorithm.oid == pkcs8::ObjectIdentifier::new_unwrap("1.3.101.112") {
        let pair = KeypairBytes::try_from(info).map_err(|_| KeyError::NotAPoint)?;
        let pair = Erased(pair);
        return SigningKey::from_bytes(KeyType::Ed25519, &pair.0.secret_key);
    }
    if let Ok(key) = p256::ecdsa::SigningKey::from_pkcs8_der(der) {
        return SigningKey::from_bytes(KeyType::P256, &Zeroizing::new(key.to_bytes())[..]);
    }
    if let Ok(key) = p384::ecdsa::SigningKey::from_pkcs8_der(der) {
        return SigningKey::from_bytes(KeyType::P384, &Zeroizing::new(key.to_bytes())[..]);
    }
    if let Ok(key) = p521::ecdsa::SigningKey::from_pkcs8_der(der) {
        return SigningKey::from_bytes(KeyType::P521, &Zeroizing::new(key.to_bytes())[..]);
    }
    Err(KeyError::TypeUnsupported {
        name: info.algorithm.oid.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRESH: ForKeyFile = ForKeyFile {
        salt: [1; 16],
        iv: [2; 16],
    };

    fn key(kind: KeyType) -> SigningKey {
        let mut secret = vec![7; kind.secret_bytes()];
        // P-521's order has 521 bits: a first byte of 7 would be beyond it.
        secret[0] = 0;
        SigningKey::from_bytes(kind, &secret).unwrap()
    }

    #[test]
    fn a_key_file_opens_with_its_passphrase_and_no_other() {
        for kind in [
            KeyType::Ed25519,
            KeyType::P256,
            KeyType::P384,
            KeyType::P521,
        ] {
            let key = key(kind);
            let text = key.to_encrypted_pem(b"mesquite 47", &FRESH).unwrap();
            assert!(EncryptedKey::is_one(&text));
            let secret = key.to_multibase();
            assert!(!text.contains(secret.as_str()));
            let file = EncryptedKey::parse(&text).unwrap();
            assert_eq!(file.public(), Some(&key.verification_key()));
            let opened = file.open(b"mesquite 47").unwrap();
            assert_eq!(opened.to_multibase(), secret);
            for wrong in [&b"mesquite 48"[..], b""] {
                assert_eq!(file.open(wrong).unwrap_err(), KeyError::Passphrase);
            }
        }
    }

    #[test]
    fn a_changed_key_file_is_told_for_what_it_is() {
        let text = key(KeyType::Ed25519)
            .to_encrypted_pem(b"mesquite 47", &FRESH)
            .unwrap();
        let other = SigningKey::from_seed([9; 32]).verification_key();
        let (_, pem) = text.split_once('\n').unwrap();
        let exchanged = format!("{PUBLIC_LINE}{other}\n{pem}");
        let opened = EncryptedKey::parse(&exchanged)
            .unwrap()
            .open(b"mesquite 47");
        assert_eq!(opened.unwrap_err(), KeyError::FileMismatch);
        // As another program writes it: nothing stands before.
        let bare = EncryptedKey::parse(pem).unwrap();
        assert!(bare.public().is_none() && bare.open(b"mesquite 47").is_ok());
        for broken in [
            "",
            "{}",
            &text.replace("Public-Key: z", "Public-Key: x"),
            &text[..200],
        ] {
            assert!(EncryptedKey::parse(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_file_that_asks_for_all_memory_is_not_opened() {
        let text = key(KeyType::Ed25519)
            .to_encrypted_pem(b"mesquite 47", &FRESH)
            .unwrap();
        let mut file = EncryptedKey::parse(&text).unwrap();
        // N stands as INTEGER 16384, 02 02 40 00; 02 02 00 00 would be zero, 02 02 40 01 no power of two.
        let at = file
            .der
            .windows(4)
            .position(|w| w == [2, 2, 0x40, 0])
            .unwrap();
        file.der[at + 3] = 1;
        assert!(matches!(file.open(b"mesquite 47"), Err(KeyError::File(_))));
    }
}
