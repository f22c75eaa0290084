//! Disclosures and their digests, RFC 9901 §4.2.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use garita_canon::json;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::issue::Salt;
use crate::problem::{Code, Problem};

/// Names that the mechanism keeps for itself, §4.1. `_sd_alg` stands at the top only, and never in a disclosure.
pub(super) const DIGESTS: &str = "_sd";
pub(super) const ELEMENT: &str = "...";
pub(super) const ALGORITHM: &str = "_sd_alg";
/// The one algorithm of digests that counts here.
pub(super) const SHA_256: &str = "sha-256";

/// A disclosure as it was read.
#[derive(Clone, Debug)]
pub(super) struct Disclosure {
    /// The member's name; none for an element of an array.
    pub(super) name: Option<String>,
    pub(super) value: Value,
}

impl Disclosure {
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let malformed = |message: &str| Problem::new(Code::DisclosureMalformed, "", message);
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| malformed("a disclosure is not base64url in its one spelling"))?;
        let content = json::parse(&bytes, &json::Limits::default())
            .map_err(|error| malformed(&format!("a disclosure is not JSON: {error}")))?;
        let Value::Array(mut items) = content else {
            return Err(malformed("a disclosure is not an array"));
        };
        if !items.first().is_some_and(Value::is_string) {
            return Err(malformed("a disclosure begins with a salt"));
        }
        let value = items.pop().unwrap_or_default();
        let name = match items.get(1..) {
            Some([]) => None,
            Some([Value::String(name)]) => Some(name.clone()),
            _ => {
                return Err(malformed(
                    "a disclosure has a salt, a name or none, and a value",
                ));
            }
        };
        if let Some(DIGESTS | ELEMENT | ALGORITHM) = name.as_deref() {
            let message = "a disclosure has a name that may not be disclosed";
            return Err(Problem::new(Code::ClaimReserved, "", message));
        }
        Ok(Self { name, value })
    }
}

/// Writes a disclosure; with a name for a member, without for an element.
pub(super) fn write(salt: &Salt, name: Option<&str>, value: &Value) -> String {
    let salt = URL_SAFE_NO_PAD.encode(salt);
    let content = match name {
        Some(name) => json!([salt, name, value]),
        None => json!([salt, value]),
    };
    URL_SAFE_NO_PAD.encode(content.to_string())
}

/// §4.2.3: over the disclosure as it is written.
pub(super) fn digest(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
}
