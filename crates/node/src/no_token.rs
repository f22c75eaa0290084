//! Stands for [`crate::token`] in a build without PKCS#11: the words are there, and no token opens.

use std::convert::Infallible;

use garita_credential::keys::{KeyType, SigningKey};
use zeroize::Zeroizing;

use crate::config::TokenFile;

/// Why a token cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("token `{token}`: this program was built without PKCS#11 (the feature `pkcs11`)")]
pub struct TokenError {
    token: String,
}

impl TokenError {
    /// Whether it was the PIN.
    pub fn is_pin(&self) -> bool {
        false
    }
}

/// No token: there is no value of it.
#[derive(Debug, Clone)]
pub struct Token(Infallible);

impl Token {
    /// Opens none.
    ///
    /// # Errors
    /// Always.
    pub fn open(file: &TokenFile, _pin: Zeroizing<String>) -> Result<Self, TokenError> {
        Err(TokenError {
            token: file.token.clone(),
        })
    }

    /// The token's label.
    pub fn label(&self) -> &str {
        match self.0 {}
    }

    /// A key of the token.
    ///
    /// # Errors
    /// Never: there is no token.
    pub fn key(&self, _label: &str, _kind: KeyType) -> Result<SigningKey, TokenError> {
        match self.0 {}
    }

    /// A new key.
    ///
    /// # Errors
    /// Never: there is no token.
    pub fn generate(&self, _label: &str, _kind: KeyType) -> Result<SigningKey, TokenError> {
        match self.0 {}
    }
}
