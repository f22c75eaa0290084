//! A list as it was fetched: a `BitstringStatusListCredential`. §2.2.

use serde_json::Value;

use super::bitstring::{BitstringError, decode_bytes, entries, value_at};
use super::entry::{StatusMessage, messages, size};
use super::{STATUS_SIZE_MAX, items};
use crate::problem::{Code, Problem};
use crate::time::parse_date_time_stamp;
use crate::vc::issuer_of;

/// A list credential whose form is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusList {
    pub(super) id: Option<String>,
    pub(super) issuer: String,
    pub(super) purposes: Vec<String>,
    pub(super) valid_from_ms: Option<i64>,
    pub(super) valid_until_ms: Option<i64>,
    pub(super) ttl_ms: Option<i64>,
    /// What it says of its own statuses, which it need not.
    pub(super) size: Option<u32>,
    pub(super) messages: Vec<StatusMessage>,
    bytes: Vec<u8>,
}

impl StatusList {
    /// Reads a list credential. **Its proof is the caller's to verify before**, and that its issuer made it
    /// ([`crate::vc::check_controller`]); times are judged later, in [`StatusList::judge`].
    ///
    /// # Errors
    /// With every fault: what no credential may have ([`crate::vc::check`]), and what no list may.
    pub fn read(credential: &Value) -> Result<Self, Vec<Problem>> {
        let mut problems = crate::vc::check(credential, None);
        let mut wrong = |pointer: &str, message: &str| {
            problems.push(Problem::new(Code::StatusListMalformed, pointer, message));
        };
        if !items(credential.get("type"))
            .iter()
            .any(|kind| kind == "BitstringStatusListCredential")
        {
            wrong(
                "/type",
                "the type must include BitstringStatusListCredential",
            );
        }
        let nothing = Value::Null;
        let subject = match items(credential.get("credentialSubject")) {
            [subject] => subject,
            _ => {
                wrong("/credentialSubject", "a list has one subject");
                &nothing
            }
        };
        if !matches!(items(subject.get("type")), [kind] if kind == "BitstringStatusList") {
            wrong(
                "/credentialSubject/type",
                "the subject's type must be BitstringStatusList",
            );
        }
        let purposes: Option<Vec<String>> = items(subject.get("statusPurpose"))
            .iter()
            .map(|purpose| purpose.as_str().map(str::to_owned))
            .collect();
        let purposes =
            purposes.filter(|names| !names.is_empty() && !names.contains(&String::new()));
        if purposes.is_none() {
            wrong(
                "/credentialSubject/statusPurpose",
                "the purpose must be one or more texts",
            );
        }
        let ttl_ms = match subject.get("ttl") {
            None => Some(None),
            Some(ttl) => ttl.as_i64().filter(|ttl| *ttl >= 0).map(Some),
        };
        if ttl_ms.is_none() {
            wrong(
                "/credentialSubject/ttl",
                "the time to live must be a whole number of milliseconds",
            );
        }
        let stated = subject.get("statusSize").is_some();
        let size = size(subject);
        if size.is_none() {
            wrong(
                "/credentialSubject/statusSize",
                "must be a whole number greater than zero",
            );
        }
        let messages = match subject.get("statusMessages") {
            None => Some(Vec::new()),
            given => messages(given, size.unwrap_or(1)),
        };
        if messages.is_none() {
            wrong(
                "/credentialSubject/statusMessages",
                "must have a status (`0x…`) and a message for each value that the size allows",
            );
        }
        let bytes = subject
            .get("encodedList")
            .and_then(Value::as_str)
            .ok_or(BitstringError::Encoding("the list must be a text"))
            .and_then(decode_bytes);
        if let Err(error) = &bytes {
            wrong("/credentialSubject/encodedList", &error.to_string());
        }
        let text = |name: &str| credential.get(name).and_then(Value::as_str);
        let time = |name: &str| text(name).and_then(parse_date_time_stamp);
        match (bytes, purposes, ttl_ms, messages, issuer_of(credential)) {
            (Ok(bytes), Some(purposes), Some(ttl_ms), Some(messages), Some(issuer))
                if problems.is_empty() =>
            {
                Ok(Self {
                    id: text("id").map(str::to_owned),
                    issuer: issuer.to_owned(),
                    purposes,
                    valid_from_ms: time("validFrom"),
                    valid_until_ms: time("validUntil"),
                    ttl_ms,
                    size: size.filter(|_| stated),
                    messages,
                    bytes,
                })
            }
            _ => Err(problems),
        }
    }

    /// Who answers for the list.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// When a list that was fetched at a time is to be fetched again: its time to live is over, or its validity. `None` where it
    /// says neither.
    #[must_use]
    pub fn refresh_at_ms(&self, fetched_ms: i64) -> Option<i64> {
        let by_ttl = self.ttl_ms.map(|ttl_ms| fetched_ms.saturating_add(ttl_ms));
        by_ttl.into_iter().chain(self.valid_until_ms).min()
    }

    /// How many statuses of that many bits there are.
    #[must_use]
    pub fn entries(&self, size: u8) -> u64 {
        entries(&self.bytes, size)
    }

    /// The status at an index, for statuses of up to [`STATUS_SIZE_MAX`] bits.
    #[must_use]
    pub fn status(&self, index: u64, size: u8) -> Option<u8> {
        (1..=STATUS_SIZE_MAX)
            .contains(&size)
            .then(|| value_at(&self.bytes, index, size))
            .flatten()
    }
}
