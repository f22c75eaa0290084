//! The DID itself, and where its files lie. §3.3, §3.4.

use std::fmt;

use crate::did::{Did, DidError, WebPlace, shorten};

/// How many characters a hash by SHA-256 has in base58.
const SCID_CHARS: usize = 46;

/// A `did:webvh`, such as `did:webvh:QmZ…:cbp.example:office`.
///
/// A host is a name in ASCII: who has another writes it in its `xn--` form, which is what is looked up.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct WebvhDid {
    did: Did,
}

impl WebvhDid {
    /// Reads one.
    ///
    /// # Errors
    /// When it is no DID, of another method, its hash is none, or its place none on the web.
    pub fn parse(text: &str) -> Result<Self, DidError> {
        Self::from_did(Did::parse(text)?)
    }

    /// From a DID.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn from_did(did: Did) -> Result<Self, DidError> {
        if did.method() != "webvh" {
            return Err(DidError::MethodUnsupported(did.method().to_owned()));
        }
        let this = Self { did };
        if !is_hash(this.scid()) {
            return Err(DidError::Malformed(shorten(this.as_str())));
        }
        WebPlace::parse(this.place())?;
        Ok(this)
    }

    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.did.as_str()
    }

    /// As a DID of any method.
    #[must_use]
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// The hash that certifies it: the SCID.
    #[must_use]
    pub fn scid(&self) -> &str {
        self.parts().0
    }

    /// What follows the hash: host, port and path as the DID writes them.
    #[must_use]
    pub fn place(&self) -> &str {
        self.parts().1
    }

    /// Where the log is published.
    ///
    /// # Errors
    /// When the host is no public name: a number, a name without a dot, this machine.
    pub fn log_url(&self) -> Result<String, DidError> {
        self.url("did.jsonl")
    }

    /// Where the witnesses' proofs are published.
    ///
    /// # Errors
    /// As [`Self::log_url`].
    pub fn witness_url(&self) -> Result<String, DidError> {
        self.url("did-witness.json")
    }

    /// As [`Self::log_url`], over http and for this machine only: for the demo and tests.
    ///
    /// # Errors
    /// When the host is another machine.
    pub fn log_url_loopback(&self) -> Result<String, DidError> {
        let place = WebPlace::parse(self.place())?.loopback()?;
        Ok(place.url("http", "did.jsonl"))
    }

    /// As [`Self::witness_url`], over http and for this machine only.
    ///
    /// # Errors
    /// When the host is another machine.
    pub fn witness_url_loopback(&self) -> Result<String, DidError> {
        let place = WebPlace::parse(self.place())?.loopback()?;
        Ok(place.url("http", "did-witness.json"))
    }

    /// The `did:web` of the same place, which its owner may publish beside it. §3.7.10.
    ///
    /// # Errors
    /// When it would be too long.
    pub fn to_web(&self) -> Result<Did, DidError> {
        Did::parse(&format!("did:web:{}", self.place()))
    }

    fn url(&self, file: &str) -> Result<String, DidError> {
        let place = WebPlace::parse(self.place())?.public()?;
        if !place.is_qualified() {
            return Err(DidError::Host(shorten(self.place())));
        }
        Ok(place.url("https", file))
    }

    fn parts(&self) -> (&str, &str) {
        let id = self.did.method_specific_id();
        id.split_once(':').unwrap_or((id, ""))
    }
}

impl fmt::Debug for WebvhDid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebvhDid({})", self.did)
    }
}

impl fmt::Display for WebvhDid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.did.fmt(f)
    }
}

/// Whether a text is a multihash by SHA-256 in base58btc, the only kind of version 1.0.
pub(super) fn is_hash(text: &str) -> bool {
    text.len() == SCID_CHARS
        && bs58::decode(text).into_vec().is_ok_and(
            |bytes| matches!(bytes.as_slice(), [0x12, 0x20, digest @ ..] if digest.len() == 32),
        )
}
