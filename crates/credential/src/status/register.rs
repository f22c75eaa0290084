//! The issuer's side: statuses given, and the list to be published. §2.2, §3.1.

use serde_json::{Map, Value, json};

use super::entry::{StatusMessage, messages, messages_value};
use super::{Bitstring, BitstringError, StatusPurpose};
use crate::problem::{Code, Problem};
use crate::time::{Precision, format_date_time_stamp};
use crate::vc::{CONTEXT_V2, is_url};

/// Statuses as an issuer gives them.
///
/// INVARIANT (for good): in a register with an irreversible purpose, an entry that was set stays as it was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    purposes: Vec<StatusPurpose>,
    bits: Bitstring,
}

/// What a list says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListOptions {
    /// Where it will be published; entries name it so.
    pub id: String,
    /// Who answers for it, and will sign it.
    pub issuer: String,
    /// From when it is valid.
    pub valid_from_ms: i64,
    /// Until when.
    pub valid_until_ms: Option<i64>,
    /// After how long it should be fetched again.
    pub ttl_ms: Option<u32>,
    /// What its statuses mean: none, or one for each.
    pub messages: Vec<StatusMessage>,
}

impl ListOptions {
    /// A list without an end.
    #[must_use]
    pub fn new(id: impl Into<String>, issuer: impl Into<String>, valid_from_ms: i64) -> Self {
        Self {
            id: id.into(),
            issuer: issuer.into(),
            valid_from_ms,
            valid_until_ms: None,
            ttl_ms: None,
            messages: Vec::new(),
        }
    }
}

impl Register {
    /// With every status 0.
    ///
    /// # Errors
    /// When there is no purpose, and as [`Bitstring::new`].
    pub fn new(purposes: &[StatusPurpose], entries: u64, size: u8) -> Result<Self, Problem> {
        Self::resume(purposes, Bitstring::new(entries, size)?)
    }

    /// With the statuses that were given before.
    ///
    /// # Errors
    /// When there is no purpose.
    pub fn resume(purposes: &[StatusPurpose], bits: Bitstring) -> Result<Self, Problem> {
        if purposes.is_empty() {
            return Err(Problem::new(
                Code::StatusListMalformed,
                "/credentialSubject/statusPurpose",
                "a list has a purpose",
            ));
        }
        Ok(Self {
            purposes: purposes.to_vec(),
            bits,
        })
    }

    /// The statuses.
    #[must_use]
    pub fn bits(&self) -> &Bitstring {
        &self.bits
    }

    /// Gives an entry a status; returns whether it had another.
    ///
    /// # Errors
    /// When there is no such entry or no such status, and where the entry was set for good.
    pub fn set(&mut self, index: u64, value: u8) -> Result<bool, BitstringError> {
        let before = self.bits.get(index).unwrap_or_default();
        let for_good = self.purposes.iter().find(|each| !each.is_reversible());
        // Upholds (for good): 0 is "not set" whatever the size.
        if let (Some(purpose), true) = (for_good, before != 0 && before != value) {
            return Err(BitstringError::Irreversible {
                index,
                purpose: purpose.as_str(),
            });
        }
        self.bits.set(index, value)?;
        Ok(before != value)
    }

    /// The list to be signed and published.
    ///
    /// What its statuses mean is also in each entry of a credential, where the terms of the credentials context have a place for it.
    /// For the list itself they have none, so a list with messages brings the two terms along: without them, nobody who hashes
    /// statements could sign it.
    ///
    /// # Errors
    /// When its id or issuer is no absolute URL, its validity is reversed, or there are messages for some statuses only; with messages
    /// as its purpose, there must be some.
    pub fn credential(&self, options: &ListOptions) -> Result<Value, Problem> {
        let wrong = |pointer: &str, message: &str| {
            Err(Problem::new(Code::StatusListMalformed, pointer, message))
        };
        let size = self.bits.size();
        let written = messages_value(&options.messages);
        let given = !options.messages.is_empty();
        if !is_url(&options.id) || options.id.contains('#') {
            return wrong("/id", "a list's id is the URL that it is published at");
        }
        if !is_url(&options.issuer) {
            return wrong("/issuer", "the issuer must be an absolute URL");
        }
        if options
            .valid_until_ms
            .is_some_and(|until_ms| until_ms < options.valid_from_ms)
        {
            return wrong("/validUntil", "`validFrom` is after `validUntil`");
        }
        let needed = self.purposes.contains(&StatusPurpose::Message);
        if (given && messages(Some(&written), size.into()).is_none()) || (needed && !given) {
            return wrong(
                "/credentialSubject/statusMessages",
                "there must be a message for each status",
            );
        }
        let time = |at_ms| format_date_time_stamp(at_ms, Precision::Milliseconds);
        let names: Vec<&str> = self.purposes.iter().map(|each| each.as_str()).collect();
        let mut subject = Map::new();
        subject.insert("id".into(), format!("{}#list", options.id).into());
        subject.insert("type".into(), "BitstringStatusList".into());
        subject.insert(
            "statusPurpose".into(),
            match names.as_slice() {
                [single] => (*single).into(),
                several => json!(several),
            },
        );
        subject.insert("encodedList".into(), self.bits.encode().into());
        if let Some(ttl_ms) = options.ttl_ms {
            subject.insert("ttl".into(), ttl_ms.into());
        }
        let mut contexts = vec![Value::from(CONTEXT_V2)];
        if given {
            subject.insert("statusSize".into(), size.into());
            subject.insert("statusMessages".into(), written);
            contexts.push(terms());
        }
        let mut list = Map::new();
        list.insert("@context".into(), contexts.into());
        list.insert("id".into(), options.id.clone().into());
        let types = ["VerifiableCredential", "BitstringStatusListCredential"];
        list.insert("type".into(), json!(types));
        list.insert("issuer".into(), options.issuer.clone().into());
        list.insert("validFrom".into(), time(options.valid_from_ms).into());
        if let Some(until_ms) = options.valid_until_ms {
            list.insert("validUntil".into(), time(until_ms).into());
        }
        list.insert("credentialSubject".into(), subject.into());
        Ok(Value::Object(list))
    }
}

/// The index for a credential: the first of these random numbers, spread over the list, that is not taken. §2.1 asks for chance, so
/// that neither age nor number of credentials can be read from it. With a list half full, sixty-four numbers fail once in 2^64 times.
#[must_use]
pub fn choose_index(
    entries: u64,
    random: impl IntoIterator<Item = u64>,
    is_taken: impl Fn(u64) -> bool,
) -> Option<u64> {
    random
        .into_iter()
        // The upper half of the product: every index gets its share, but for one in 2^40 of the largest list.
        .map(|number| (u128::from(number) * u128::from(entries)) >> 64)
        .filter_map(|index| u64::try_from(index).ok())
        .find(|index| *index < entries && !is_taken(*index))
}

/// The terms that the credentials context lacks for a list. §2.2 has them under the names of the status vocabulary.
fn terms() -> Value {
    let name = |term: &str| format!("https://www.w3.org/ns/credentials/status#{term}");
    json!({
        "statusSize": {
            "@id": name("statusSize"),
            "@type": "http://www.w3.org/2001/XMLSchema#integer",
        },
        "statusMessages": {
            "@id": name("statusMessages"),
            "@context": {"status": name("status"), "message": name("message")},
        },
    })
}
