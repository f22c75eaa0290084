//! Keys whose secret is not in this process: in a token, or in a file that was not opened.

use std::fmt;

/// Signs with a key that lies elsewhere.
///
/// Callable at once from many threads. Returns within seconds, also where the other side is away: what waits for a signature may hold up
/// others. The bytes are those of [`super::SigningKey::sign`]; whether they hold is checked by the caller.
pub trait ElsewhereKey: fmt::Debug + Send + Sync {
    /// Signs a message.
    ///
    /// # Errors
    /// When the other side is away, refuses, or is too slow.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, NotSigned>;

    /// Whether it never signs, since it was not opened.
    fn is_locked(&self) -> bool {
        false
    }
}

/// A key that lies elsewhere did not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key did not sign: {why}")]
pub struct NotSigned {
    why: String,
}

impl NotSigned {
    /// With the reason, in words without secrets.
    pub fn new(why: impl Into<String>) -> Self {
        Self { why: why.into() }
    }
}

impl From<NotSigned> for crate::Problem {
    fn from(error: NotSigned) -> Self {
        Self::new(crate::problem::Code::SignerAway, "", error.why)
    }
}
