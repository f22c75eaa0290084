//! Why a file can't be read at all.

use crate::draft::SourcePlace;
use serde::Serialize;

/// Why a file can't be read at all. What leaves something readable is a fault of the draft instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("{en}")]
#[non_exhaustive]
pub struct ReadError {
    /// Stable kebab-case code.
    pub code: &'static str,
    /// Where reading stopped.
    pub place: Option<Box<SourcePlace>>,
    /// What is wrong, in English.
    pub en: String,
    /// What is wrong, in Spanish.
    pub es: String,
}

impl ReadError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// An error without a place.
    pub(crate) fn new(
        code: &'static str,
        en: impl Into<String>,
        es: impl Into<String>,
    ) -> ReadError {
        ReadError {
            code,
            place: None,
            en: en.into(),
            es: es.into(),
        }
    }

    /// The same, at a place.
    pub(crate) fn at(mut self, place: SourcePlace) -> ReadError {
        self.place = Some(Box::new(place));
        self
    }
}
