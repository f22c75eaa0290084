//! What can go wrong, by what the caller can do about it.

use garita_tlog::{CheckpointError, FrontierError, ProofError, ReadProofError};

/// Why a commit or a read did not happen. A failed commit has changed nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No room on the disk. Reads go on; writes work again when there is room.
    #[error("no room is left for the store")]
    Full(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// The disk or the database does not answer. Try again.
    #[error("the store is not available: {reason}")]
    Unavailable {
        /// In words, without content of records.
        reason: String,
    },
    /// What is stored contradicts itself. Nothing may be appended; an operator must look.
    #[error("the store contradicts itself: {what}")]
    Corrupt {
        /// What was found.
        what: String,
    },
    /// The data folder was written by a newer Garita.
    #[error(
        "the store has version {found}, this program knows {known}; use the newer Garita that wrote it, or a copy made before it did"
    )]
    NewerVersion {
        /// Of the data.
        found: i64,
        /// Of this program.
        known: i64,
    },
    /// The data folder was written by an older Garita, whose schema is brought forward when a node starts.
    #[error(
        "the store has version {found}, this program reads {known}; run `garita upgrade`, or start the node once"
    )]
    OlderVersion {
        /// Of the data.
        found: i64,
        /// Of this program.
        known: i64,
    },
    /// Another process has the data folder.
    #[error("another process has this data folder open")]
    InUse,
    /// The commit was made for another state than the stored one. Read again and build it anew.
    #[error("the commit does not fit what is stored: {what}")]
    Conflict {
        /// What does not fit.
        what: String,
    },
    /// What the commit names is not there.
    #[error("not in the store: {what}")]
    Missing {
        /// What is missing.
        what: String,
    },
    /// A read that would take longer than it may. Ask for less, or later.
    #[error("the answer takes longer than {limit_ms} ms")]
    TooLong {
        /// How long it may take, in ms.
        limit_ms: u64,
    },
    /// Too many ask for what one at a time can have. Try again.
    #[error("{waiting} wait already")]
    Busy {
        /// How many.
        waiting: usize,
    },
    /// A value that can't be stored: too long, out of range.
    #[error("cannot be stored: {what}")]
    Invalid {
        /// Which value and why.
        what: String,
    },
}

impl StoreError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Full(_) => "store-full",
            Self::Unavailable { .. } => "store-unavailable",
            Self::Corrupt { .. } => "store-corrupt",
            Self::NewerVersion { .. } => "store-newer-version",
            Self::OlderVersion { .. } => "store-older-version",
            Self::InUse => "store-in-use",
            Self::Conflict { .. } => "store-conflict",
            Self::Missing { .. } => "store-missing",
            Self::TooLong { .. } => "store-too-long",
            Self::Busy { .. } => "store-busy",
            Self::Invalid { .. } => "store-invalid",
        }
    }

    pub(crate) fn conflict(what: impl Into<String>) -> Self {
        Self::Conflict { what: what.into() }
    }

    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into() }
    }

    pub(crate) fn missing(what: impl Into<String>) -> Self {
        Self::Missing { what: what.into() }
    }

    pub(crate) fn invalid(what: impl Into<String>) -> Self {
        Self::Invalid { what: what.into() }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match &error {
            rusqlite::Error::SqliteFailure(failure, message) => {
                let reason = message.clone().unwrap_or_else(|| failure.to_string());
                match failure.code {
                    Code::DiskFull => Self::Full(Some(Box::new(error))),
                    Code::DatabaseCorrupt | Code::NotADatabase => Self::Corrupt { what: reason },
                    Code::ConstraintViolation => Self::Conflict { what: reason },
                    Code::TooBig | Code::TypeMismatch => Self::Invalid { what: reason },
                    _ => Self::Unavailable { reason },
                }
            }
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..) => Self::Corrupt {
                what: error.to_string(),
            },
            _ => Self::Unavailable {
                reason: error.to_string(),
            },
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Self::Full(Some(Box::new(error)))
            }
            _ => Self::Unavailable {
                reason: error.to_string(),
            },
        }
    }
}

impl From<FrontierError> for StoreError {
    fn from(error: FrontierError) -> Self {
        Self::Corrupt {
            what: error.to_string(),
        }
    }
}

impl From<CheckpointError> for StoreError {
    fn from(error: CheckpointError) -> Self {
        Self::Invalid {
            what: error.to_string(),
        }
    }
}

impl From<ReadProofError<StoreError>> for StoreError {
    fn from(error: ReadProofError<StoreError>) -> Self {
        match error {
            ReadProofError::Proof(proof) => Self::from(proof),
            ReadProofError::Read(read) => read,
        }
    }
}

impl From<ProofError> for StoreError {
    fn from(error: ProofError) -> Self {
        Self::Missing {
            what: error.to_string(),
        }
    }
}
