//! What became of a credential after it was issued: W3C Bitstring Status List 1.0.
//!
//! An issuer publishes one list for many credentials, a credential names its place in it. Who fetches the list learns nothing to
//! tell the issuer of which credential it asks about, and a holder can bring the list along.
//!
//! **Nothing passes in silence.** Whoever judges a credential gets an [`Outcome`] for each of its entries, and not to know is one
//! of them, with its reason: the list was not at hand, is stale, is of somebody else. What follows is the caller's policy.
//!
//! Pure: the list has been fetched and its proof verified before it comes here, the time is handed in, and so is the chance by
//! which an issuer chooses an index.
//!
//! ```
//! use garita_credential::status::*;
//!
//! let (list_url, issuer, now) = ("https://cbp.example/status/1", "did:web:cbp.example", 1_795_532_400_000);
//! let mut register = Register::new(&[StatusPurpose::Revocation], ENTRIES_MIN, 1)?;
//! let index = choose_index(register.bits().entries(), [0x8000_0000_0000_0000], |_| false).unwrap();
//! let entry = StatusEntry::new(StatusPurpose::Revocation, index, list_url);
//! register.set(index, 1)?;
//! let credential = register.credential(&ListOptions::new(list_url, issuer, now))?;
//! let list = StatusList::read(&credential).map_err(|problems| problems[0].clone())?;
//! let outcome = list.judge(&entry, issuer, now, &StatusPolicy::strict(now));
//! assert_eq!(outcome, Outcome::Revoked);
//! # Ok::<(), garita_credential::Problem>(())
//! ```

mod bitstring;
mod entry;
mod gzip;
mod judge;
mod list;
mod register;

pub use bitstring::{Bitstring, BitstringError};
pub use entry::{Entry, PlacedEntry, StatusEntry, StatusMessage, entries};
pub use judge::{EntryOutcome, Given, ListIssuers, Outcome, StatusPolicy, Why, judge};
pub use list::StatusList;
pub use register::{ListOptions, Register, choose_index};

/// The least number of entries of a list, so that one credential hides among many. §3.2: 16 KiB of single bits.
pub const ENTRIES_MIN: u64 = 131_072;
/// The largest list inflated: sixteen million single bits, a hundred and twenty times the least. Who needs more begins another list.
pub const LIST_BYTES_MAX: usize = 2 << 20;
/// The largest status of one entry, in bits.
pub const STATUS_SIZE_MAX: u8 = 8;
/// The most status entries of one credential: four purposes, on a few lists.
pub const ENTRIES_PER_CREDENTIAL_MAX: usize = 16;

/// What the entries of a list are about. §2.1. Other purposes may be named by others; here they are read, and not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusPurpose {
    /// The credential is cancelled, for good.
    Revocation,
    /// The credential is not to be accepted for now.
    Suspension,
    /// There is a newer credential to be had; this one still counts.
    Refresh,
    /// Something is said of the credential.
    Message,
}

impl StatusPurpose {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Revocation,
        Self::Suspension,
        Self::Refresh,
        Self::Message,
    ];

    /// Its name in lists and entries.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revocation => "revocation",
            Self::Suspension => "suspension",
            Self::Refresh => "refresh",
            Self::Message => "message",
        }
    }

    /// The purpose of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.as_str() == name)
    }

    /// Whether a status that was set may be taken back.
    #[must_use]
    pub fn is_reversible(self) -> bool {
        match self {
            Self::Revocation | Self::Refresh => false,
            Self::Suspension | Self::Message => true,
        }
    }
}

/// The items of an array, or the one value that stands for it; none where there is no value.
fn items(value: Option<&serde_json::Value>) -> &[serde_json::Value] {
    match value {
        None => &[],
        Some(serde_json::Value::Array(items)) => items,
        Some(single) => std::slice::from_ref(single),
    }
}

#[cfg(test)]
mod tests;
