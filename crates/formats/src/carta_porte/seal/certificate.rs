//! A certificate of the tax authority, as far as a seal needs it.

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RsaParameters, UnparsedPublicKey,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::BasicConstraints;

/// `x500UniqueIdentifier`: where the authority writes the holder's RFC, and behind a `/` a representative's.
const UNIQUE_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.45");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const SHA384_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const SHA512_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");

/// A certificate.
#[derive(Clone, Debug)]
pub(super) struct Certificate {
    inner: x509_cert::Certificate,
    /// Its number: the serial, whose bytes are the ASCII digits.
    pub(super) number: String,
    /// The holder's RFC, where the subject tells one.
    pub(super) rfc: Option<String>,
    /// From this second of Unix time.
    pub(super) not_before: i64,
    /// Until this second of Unix time.
    pub(super) not_after: i64,
}

impl Certificate {
    /// Reads DER.
    pub(super) fn from_der(der: &[u8]) -> Option<Certificate> {
        let inner = x509_cert::Certificate::from_der(der).ok()?;
        let tbs = inner.tbs_certificate();
        let rfc = tbs
            .subject()
            .iter()
            .find(|part| part.oid == UNIQUE_IDENTIFIER)
            .map(|part| {
                let said = String::from_utf8_lossy(part.value.value());
                said.split('/').next().unwrap_or("").trim().to_owned()
            });
        let seconds = |time: x509_cert::time::Time| {
            i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
        };
        let number = String::from_utf8_lossy(tbs.serial_number().as_bytes()).into_owned();
        let not_before = seconds(tbs.validity().not_before);
        let not_after = seconds(tbs.validity().not_after);
        Some(Certificate {
            inner,
            number,
            rfc: rfc.filter(|rfc| !rfc.is_empty()),
            not_before,
            not_after,
        })
    }

    /// Reads base64 of DER, blanks in it passed over.
    pub(super) fn from_base64(text: &str) -> Option<Certificate> {
        Certificate::from_der(&decoded(text)?)
    }

    /// Reads one or more certificates as a configuration gives them: PEM, or DER in base64.
    pub(super) fn all(text: &str) -> Option<Vec<Certificate>> {
        if !text.contains("-----BEGIN") {
            return Some(vec![Certificate::from_base64(text)?]);
        }
        let mut found = Vec::new();
        for part in text.split("-----BEGIN CERTIFICATE-----").skip(1) {
            let body = part.split("-----END CERTIFICATE-----").next()?;
            found.push(Certificate::from_base64(body)?);
        }
        (!found.is_empty()).then_some(found)
    }

    /// Whether its key is RSA.
    pub(super) fn is_rsa(&self) -> bool {
        let key = self.inner.tbs_certificate().subject_public_key_info();
        key.algorithm.oid == RSA
    }

    /// Whether the signature over the message fits its key: RSA, PKCS #1 v1.5, SHA-256, at least 2048 bits.
    pub(super) fn fits(&self, message: &[u8], signature: &[u8]) -> bool {
        self.fits_by(&RSA_PKCS1_2048_8192_SHA256, message, signature)
    }

    fn fits_by(&self, algorithm: &'static RsaParameters, message: &[u8], signature: &[u8]) -> bool {
        let info = self.inner.tbs_certificate().subject_public_key_info();
        let key = UnparsedPublicKey::new(algorithm, info.subject_public_key.raw_bytes());
        self.is_rsa() && key.verify(message, signature).is_ok()
    }

    /// Whether it names the other as its issuer.
    pub(super) fn names_issuer(&self, issuer: &Certificate) -> bool {
        self.inner.tbs_certificate().issuer() == issuer.inner.tbs_certificate().subject()
    }

    /// Whether the other, an authority, signed it.
    pub(super) fn is_signed_by(&self, issuer: &Certificate) -> bool {
        let authority = match issuer
            .inner
            .tbs_certificate()
            .get_extension::<BasicConstraints>()
        {
            Ok(Some((_, constraints))) => constraints.ca,
            // A first-version certificate has no extensions; the caller handed it in as an authority.
            Ok(None) => true,
            Err(_) => false,
        };
        let oid = self.inner.signature_algorithm().oid;
        let algorithm = match oid {
            SHA256_WITH_RSA => &RSA_PKCS1_2048_8192_SHA256,
            SHA384_WITH_RSA => &RSA_PKCS1_2048_8192_SHA384,
            SHA512_WITH_RSA => &RSA_PKCS1_2048_8192_SHA512,
            _ => return false,
        };
        let Ok(signed) = self.inner.tbs_certificate().to_der() else {
            return false;
        };
        authority && issuer.fits_by(algorithm, &signed, self.inner.signature().raw_bytes())
    }
}

/// Base64 with padding, blanks passed over.
pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    let dense: String = text
        .chars()
        .filter(|letter| !letter.is_ascii_whitespace())
        .collect();
    BASE64_STANDARD.decode(dense).ok()
}
