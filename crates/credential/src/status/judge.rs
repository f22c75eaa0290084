//! What a list says of a credential, or why nothing is known. §3.2.

use serde_json::Value;

use super::entry::{Entry, StatusEntry, entries};
use super::list::StatusList;
use super::{ENTRIES_MIN, STATUS_SIZE_MAX, StatusPurpose};
use crate::problem::{Code, Problem};
use crate::vc::issuer_of;

/// What became of a credential, by one of its entries. Closed: to forget one of these would let something pass in silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The list says nothing against it.
    Good,
    /// It is cancelled, for good.
    Revoked,
    /// It is not to be accepted for now.
    Suspended,
    /// It counts, and there is a newer one.
    RefreshAvailable,
    /// Something is said of it.
    Message {
        /// The status.
        value: u8,
        /// What it means by the entry or the list; "set" or "unset" where neither says.
        text: String,
    },
    /// It cannot be known.
    Unknown {
        /// For which reason.
        why: Why,
    },
}

/// Why a status is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nobody had the list at hand.
    NotGiven,
    /// There is something at the list's address that counts as no list: its proof does not hold, or its form is wrong.
    Refused(Code),
    /// The list was good until then.
    Stale {
        /// Since when it is not.
        since_ms: i64,
    },
    /// The list is good only later.
    NotYetValid {
        /// From when.
        from_ms: i64,
    },
    /// The list is another one than the entry names.
    WrongList,
    /// The list is about something else.
    WrongPurpose,
    /// The list has statuses of another size.
    WrongSize,
    /// The list is from somebody who has no say here.
    WrongIssuer,
    /// The list is too short to hide anyone in.
    TooShort,
    /// The list has no such entry.
    IndexOutOfRange,
    /// A kind of entry, a purpose or a size of status that is not understood here.
    Unsupported,
}

impl Outcome {
    /// Which code it has as a [`Problem`]; none where nothing is wrong. What is [`Code::CredentialRefreshAvailable`] or
    /// [`Code::StatusMessage`] is worth telling, and nothing to refuse for.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Good => None,
            Self::Revoked => Some(Code::CredentialRevoked),
            Self::Suspended => Some(Code::CredentialSuspended),
            Self::RefreshAvailable => Some(Code::CredentialRefreshAvailable),
            Self::Message { .. } => Some(Code::StatusMessage),
            Self::Unknown { why } => Some(why.code()),
        }
    }

    /// Whether the credential may be accepted for all that this entry says: it is good, has a successor, or something was said of
    /// it. Not to know is not to accept; a caller with another policy looks at the reason.
    #[must_use]
    pub fn is_acceptable(&self) -> bool {
        match self {
            Self::Good | Self::RefreshAvailable | Self::Message { .. } => true,
            Self::Revoked | Self::Suspended | Self::Unknown { .. } => false,
        }
    }
}

impl Why {
    /// Which code it has in a [`Problem`].
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::NotGiven => Code::StatusListNotGiven,
            Self::Refused(code) => *code,
            Self::Stale { .. } | Self::NotYetValid { .. } => Code::StatusListStale,
            Self::WrongList | Self::WrongPurpose | Self::WrongSize => Code::StatusListMismatch,
            Self::WrongIssuer => Code::StatusListIssuerUnknown,
            Self::TooShort => Code::StatusListTooShort,
            Self::IndexOutOfRange => Code::StatusIndexOutOfRange,
            Self::Unsupported => Code::StatusUnsupported,
        }
    }

    /// The specification's name of the error, as an RFC 9457 type. §3.5.
    #[must_use]
    pub fn error_type(&self) -> &'static str {
        match self {
            Self::NotGiven => {
                "https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR"
            }
            Self::TooShort => {
                "https://www.w3.org/ns/credentials/status-list#STATUS_LIST_LENGTH_ERROR"
            }
            Self::IndexOutOfRange => "https://www.w3.org/TR/vc-data-model-2.0/#RANGE_ERROR",
            Self::Refused(_)
            | Self::Stale { .. }
            | Self::NotYetValid { .. }
            | Self::WrongList
            | Self::WrongPurpose
            | Self::WrongSize
            | Self::WrongIssuer
            | Self::Unsupported => {
                "https://www.w3.org/ns/credentials/status-list#STATUS_VERIFICATION_ERROR"
            }
        }
    }
}

/// By what a list is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusPolicy<'a> {
    /// The time of the question.
    pub at_ms: i64,
    /// For how long a list counts beyond its own time to live, as where the line to its issuer is down. Never beyond its validity.
    pub grace_ms: i64,
    /// The fewest entries of a list: [`ENTRIES_MIN`], unless everyone concerned has agreed on another number.
    pub entries_min: u64,
    /// Whose lists count.
    pub issuers: ListIssuers<'a>,
}

/// Whose lists count for a credential. §2.2: they may be another's than the credential is, which is for the verifier to trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListIssuers<'a> {
    /// Those of the credential's own issuer.
    Own,
    /// Those, and those of any of these.
    OwnAnd(&'a [&'a str]),
}

impl StatusPolicy<'_> {
    /// Lists of the credential's own issuer, of the standard's length, and never past their time to live.
    #[must_use]
    pub fn strict(at_ms: i64) -> Self {
        Self {
            at_ms,
            grace_ms: 0,
            entries_min: ENTRIES_MIN,
            issuers: ListIssuers::Own,
        }
    }
}

impl ListIssuers<'_> {
    fn include(&self, issuer: &str, own: &str) -> bool {
        issuer == own
            || match self {
                Self::Own => false,
                Self::OwnAnd(others) => others.contains(&issuer),
            }
    }
}

/// What the caller has of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given<'a> {
    /// The list, its proof verified.
    List {
        /// The list.
        list: &'a StatusList,
        /// When it was fetched from its address, or by whom else it was brought, from when it is.
        fetched_ms: i64,
    },
    /// Nothing: it was not to be had.
    Nothing,
    /// Something that was refused, and for what.
    Refused(Code),
}

/// What one entry of a credential comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryOutcome {
    /// The entry's place in the credential.
    pub pointer: String,
    /// What it is about, as the entry says; empty for an entry of another kind.
    pub purpose: String,
    /// What became of the credential by this entry.
    pub outcome: Outcome,
}

impl EntryOutcome {
    /// As a fault of the credential, where it is to be refused for it.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        let code = self.outcome.code()?;
        if self.outcome.is_acceptable() {
            return None;
        }
        let message = format!("by its status for {}", crate::did::shorten(&self.purpose));
        Some(Problem::new(code, self.pointer.clone(), message))
    }
}

/// Judges every status entry of a credential; `given` has the lists by their address. A credential without entries has no outcome, and
/// nothing against it.
///
/// # Errors
/// Where an entry is malformed, with every fault.
pub fn judge<'a>(
    credential: &Value,
    given: impl Fn(&str) -> Given<'a>,
    policy: &StatusPolicy<'_>,
) -> Result<Vec<EntryOutcome>, Vec<Problem>> {
    let issuer = issuer_of(credential).unwrap_or_default();
    let unknown = |why| Outcome::Unknown { why };
    Ok(entries(credential)?
        .into_iter()
        .map(|placed| {
            let (purpose, outcome) = match placed.entry {
                Entry::Other { .. } => (String::new(), unknown(Why::Unsupported)),
                Entry::Bitstring(entry) => {
                    let outcome = match given(&entry.list) {
                        Given::List { list, fetched_ms } => {
                            list.judge(&entry, issuer, fetched_ms, policy)
                        }
                        Given::Nothing => unknown(Why::NotGiven),
                        Given::Refused(code) => unknown(Why::Refused(code)),
                    };
                    (entry.purpose, outcome)
                }
            };
            EntryOutcome {
                pointer: placed.pointer,
                purpose,
                outcome,
            }
        })
        .collect())
}

impl StatusList {
    /// What this list says of an entry of a credential by `issuer`. `fetched_ms` is when the list was fetched, from which its time to
    /// live counts.
    ///
    /// A list that is stale still tells what cannot be taken back: who was revoked then is revoked now.
    #[must_use]
    pub fn judge(
        &self,
        entry: &StatusEntry,
        issuer: &str,
        fetched_ms: i64,
        policy: &StatusPolicy<'_>,
    ) -> Outcome {
        self.look_up(entry, issuer, fetched_ms, policy)
            .unwrap_or_else(|why| Outcome::Unknown { why })
    }

    fn look_up(
        &self,
        entry: &StatusEntry,
        issuer: &str,
        fetched_ms: i64,
        policy: &StatusPolicy<'_>,
    ) -> Result<Outcome, Why> {
        let purpose = StatusPurpose::from_name(&entry.purpose).ok_or(Why::Unsupported)?;
        let size = u8::try_from(entry.size)
            .ok()
            .filter(|size| *size <= STATUS_SIZE_MAX)
            .ok_or(Why::Unsupported)?;
        // A list need not have an id. One that has another is another list, wherever it was found.
        if self.id.as_ref().is_some_and(|id| *id != entry.list) {
            return Err(Why::WrongList);
        }
        if !policy.issuers.include(&self.issuer, issuer) {
            return Err(Why::WrongIssuer);
        }
        if !self.purposes.contains(&entry.purpose) {
            return Err(Why::WrongPurpose);
        }
        if self.size.is_some_and(|own| own != entry.size) {
            return Err(Why::WrongSize);
        }
        if self.entries(size) < policy.entries_min {
            return Err(Why::TooShort);
        }
        if let Some(from_ms) = self.valid_from_ms.filter(|from_ms| policy.at_ms < *from_ms) {
            return Err(Why::NotYetValid { from_ms });
        }
        let value = self.status(entry.index, size).ok_or(Why::IndexOutOfRange)?;
        let since_ms = self.stale_since(fetched_ms, policy);
        if let (Some(since_ms), true) = (since_ms, value == 0 || purpose.is_reversible()) {
            return Err(Why::Stale { since_ms });
        }
        Ok(match (purpose, value) {
            (StatusPurpose::Message, value) => Outcome::Message {
                value,
                text: self.text(entry, value),
            },
            (_, 0) => Outcome::Good,
            (StatusPurpose::Revocation, _) => Outcome::Revoked,
            (StatusPurpose::Suspension, _) => Outcome::Suspended,
            (StatusPurpose::Refresh, _) => Outcome::RefreshAvailable,
        })
    }

    /// Since when the list no longer counts. The last moment of its validity is within it.
    fn stale_since(&self, fetched_ms: i64, policy: &StatusPolicy<'_>) -> Option<i64> {
        let over = self
            .valid_until_ms
            .filter(|until_ms| policy.at_ms > *until_ms);
        let unfresh = self
            .ttl_ms
            .map(|ttl_ms| fetched_ms.saturating_add(ttl_ms))
            .filter(|due_ms| policy.at_ms > due_ms.saturating_add(policy.grace_ms.max(0)));
        over.into_iter().chain(unfresh).min()
    }

    /// §2.1: the entry's own words first, as the issuer bound itself to them when it issued.
    fn text(&self, entry: &StatusEntry, value: u8) -> String {
        entry
            .messages
            .iter()
            .chain(&self.messages)
            .find(|message| message.value == value)
            .map_or(if value == 0 { "unset" } else { "set" }, |message| {
                message.text.as_str()
            })
            .to_owned()
    }
}
