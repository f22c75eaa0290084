//! What a credential says of where its status is to be found. §2.1.

use garita_canon::json::push_pointer;
use serde_json::{Value, json};

use super::{ENTRIES_PER_CREDENTIAL_MAX, STATUS_SIZE_MAX, StatusPurpose, items};
use crate::problem::{Code, Problem};
use crate::vc::is_url;

const TYPE: &str = "BitstringStatusListEntry";

/// A `BitstringStatusListEntry`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusEntry {
    /// Its own id, a URL other than the list's.
    pub id: Option<String>,
    /// What the status is about: a [`StatusPurpose`], or another's word.
    pub purpose: String,
    /// Its place in the list. One beyond 64 bits is beyond every list, and is held as the largest number.
    pub index: u64,
    /// Where the list is.
    pub list: String,
    /// Bits of a status.
    pub size: u32,
    /// What each status means; none, or as many as there are statuses.
    pub messages: Vec<StatusMessage>,
    /// Where more is said of the statuses.
    pub references: Vec<String>,
}

/// What a status means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusMessage {
    /// The status.
    pub value: u8,
    /// What it means, for those who develop software; people are to be told otherwise.
    pub text: String,
}

/// A credential's status entry, of the kind that is understood here or of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A place in a bitstring.
    Bitstring(StatusEntry),
    /// Something else.
    Other {
        /// Its type.
        kind: String,
    },
}

/// An entry with its place in the credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedEntry {
    /// The place, as a JSON pointer.
    pub pointer: String,
    /// What it is.
    pub entry: Entry,
}

/// The status entries of a credential, in its order; none where it has no `credentialStatus`.
///
/// # Errors
/// With every fault of every entry of our kind, and where there are more than [`ENTRIES_PER_CREDENTIAL_MAX`].
pub fn entries(credential: &Value) -> Result<Vec<PlacedEntry>, Vec<Problem>> {
    let status = credential.get("credentialStatus");
    let list = items(status);
    let in_array = status.is_some_and(Value::is_array);
    if list.len() > ENTRIES_PER_CREDENTIAL_MAX {
        let message = format!("more than {ENTRIES_PER_CREDENTIAL_MAX} status entries");
        return Err(vec![Problem::new(
            Code::StatusMalformed,
            "/credentialStatus",
            message,
        )]);
    }
    let (mut found, mut problems) = (Vec::with_capacity(list.len()), Vec::new());
    for (n, value) in list.iter().enumerate() {
        let mut pointer = "/credentialStatus".to_owned();
        if in_array {
            push_pointer(&mut pointer, &n.to_string());
        }
        match Entry::read(value, &pointer) {
            Ok(entry) => found.push(PlacedEntry { pointer, entry }),
            Err(more) => problems.extend(more),
        }
    }
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(problems)
    }
}

impl Entry {
    fn read(value: &Value, pointer: &str) -> Result<Self, Vec<Problem>> {
        let kinds: Option<Vec<&str>> = items(value.get("type")).iter().map(Value::as_str).collect();
        let kinds = kinds
            .filter(|kinds| !kinds.is_empty() && value.is_object())
            .ok_or_else(|| {
                let message = "a status entry must be an object with a type";
                vec![Problem::new(Code::StatusMalformed, pointer, message)]
            })?;
        if kinds.contains(&TYPE) {
            StatusEntry::read(value, pointer).map(Self::Bitstring)
        } else {
            Ok(Self::Other {
                kind: crate::did::shorten(&kinds.join(" ")),
            })
        }
    }
}

impl StatusEntry {
    /// A single bit.
    #[must_use]
    pub fn new(purpose: StatusPurpose, index: u64, list: impl Into<String>) -> Self {
        Self {
            id: None,
            purpose: purpose.as_str().to_owned(),
            index,
            list: list.into(),
            size: 1,
            messages: Vec::new(),
            references: Vec::new(),
        }
    }

    /// As a member of `credentialStatus`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut entry = json!({
            "id": self.id.clone().unwrap_or_else(|| format!("{}#{}", self.list, self.index)),
            "type": TYPE,
            "statusPurpose": self.purpose,
            "statusListIndex": self.index.to_string(),
            "statusListCredential": self.list,
        });
        let mut put = |name: &str, value: Value| {
            if let Some(members) = entry.as_object_mut() {
                members.insert(name.to_owned(), value);
            }
        };
        if self.size > 1 {
            put("statusSize", self.size.into());
        }
        if !self.messages.is_empty() {
            put("statusMessage", messages_value(&self.messages));
        }
        match self.references.as_slice() {
            [] => {}
            [single] => put("statusReference", single.clone().into()),
            several => put("statusReference", json!(several)),
        }
        entry
    }

    /// Reads one of our kind; the type has been looked at.
    fn read(value: &Value, pointer: &str) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut wrong = |name: &str, message: &str| {
            problems.push(Problem::new(
                Code::StatusMalformed,
                format!("{pointer}/{name}"),
                message,
            ));
        };
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let url = |name: &str| text(name).filter(|url| is_url(url));
        let list = url("statusListCredential");
        if list.is_none() {
            wrong(
                "statusListCredential",
                "must be the absolute URL of the list",
            );
        }
        if value.get("id").is_some() && (url("id").is_none() || url("id") == list) {
            wrong("id", "must be an absolute URL, and not the list's");
        }
        let purpose = text("statusPurpose").filter(|purpose| !purpose.is_empty());
        if purpose.is_none() {
            wrong("statusPurpose", "must be a text");
        }
        let index = text("statusListIndex").and_then(decimal);
        if index.is_none() {
            wrong(
                "statusListIndex",
                "must be a whole number in base 10, written as a text",
            );
        }
        let size = size(value);
        if size.is_none() {
            wrong("statusSize", "must be a whole number greater than zero");
        }
        let messages = messages(value.get("statusMessage"), size.unwrap_or(1));
        if messages.is_none() {
            wrong(
                "statusMessage",
                "must have a status (`0x…`) and a message for each value that the size allows",
            );
        }
        let references: Option<Vec<String>> = items(value.get("statusReference"))
            .iter()
            .map(|url| url.as_str().filter(|url| is_url(url)).map(str::to_owned))
            .collect();
        let given = value.get("statusReference").is_some();
        let references = references.filter(|urls| urls.is_empty() != given);
        if references.is_none() {
            wrong("statusReference", "must be one or more absolute URLs");
        }
        match (list, purpose, index, size, messages, references) {
            (
                Some(list),
                Some(purpose),
                Some(index),
                Some(size),
                Some(messages),
                Some(references),
            ) if problems.is_empty() => Ok(Self {
                id: url("id").map(str::to_owned),
                purpose: purpose.to_owned(),
                index,
                list: list.to_owned(),
                size,
                messages,
                references,
            }),
            _ => Err(problems),
        }
    }
}

/// `statusSize`, 1 where it is not said.
pub(super) fn size(value: &Value) -> Option<u32> {
    match value.get("statusSize") {
        None => Some(1),
        Some(size) => size
            .as_u64()
            .and_then(|size| u32::try_from(size).ok())
            .filter(|size| *size > 0),
    }
}

/// Messages for every status of `size` bits: none at all is right for a single bit only. Of sizes that are not supported nothing is
/// read, as nothing will be said of them.
pub(super) fn messages(value: Option<&Value>, size: u32) -> Option<Vec<StatusMessage>> {
    if size > u32::from(STATUS_SIZE_MAX) {
        return Some(Vec::new());
    }
    let Some(value) = value else {
        return (size == 1).then(Vec::new);
    };
    let list = value.as_array()?;
    if list.len() != 1 << size {
        return None;
    }
    let mut seen = [false; 1 << STATUS_SIZE_MAX];
    list.iter()
        .map(|item| {
            let digits = item.get("status")?.as_str()?.strip_prefix("0x")?;
            let plain = digits.bytes().all(|b| b.is_ascii_hexdigit());
            let value = u8::from_str_radix(digits, 16).ok().filter(|_| plain)?;
            let seen = seen.get_mut(usize::from(value))?;
            let fresh = !std::mem::replace(seen, true);
            let text = item.get("message")?.as_str()?.to_owned();
            (fresh && u32::from(value) < 1 << size).then_some(StatusMessage { value, text })
        })
        .collect()
}

/// Messages as they are written.
pub(super) fn messages_value(messages: &[StatusMessage]) -> Value {
    let write = |message: &StatusMessage| json!({"status": format!("{:#x}", message.value), "message": message.text});
    messages.iter().map(write).collect()
}

/// A whole number in base 10, without sign or leading zeros, however long.
fn decimal(text: &str) -> Option<u64> {
    let plain = !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    // All that is left to fail is that it is too large.
    plain.then(|| text.parse().unwrap_or(u64::MAX))
}
