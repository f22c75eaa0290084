//! One line of a log: its members, and the hashes that chain it. §3.5, §3.7.3, §3.7.4.

use garita_canon::jcs;
use serde_json::{Map, Value};
use sha2::Digest as _;

use super::address::is_hash;
use crate::problem::{Code, Problem};
use crate::time::parse_date_time_stamp;

/// What stands for the SCID until it is known.
pub(super) const PLACEHOLDER: &str = "{SCID}";

/// An entry whose form is right.
pub(super) struct Entry<'a> {
    pub(super) value: &'a Value,
    pub(super) version_id: &'a str,
    pub(super) number: u64,
    pub(super) hash: &'a str,
    pub(super) at_ms: i64,
    pub(super) parameters: &'a Map<String, Value>,
    pub(super) state: &'a Value,
    pub(super) proofs: &'a [Value],
}

impl<'a> Entry<'a> {
    /// Reads an entry; `place` is where it is in the log, such as `/0`.
    pub(super) fn read(value: &'a Value, place: &str) -> Result<Self, Problem> {
        let wrong = |name: &str, message: &str| {
            let pointer = format!("{place}{name}");
            Problem::new(Code::DidLogMalformed, pointer, message)
        };
        let members = value
            .as_object()
            .ok_or_else(|| wrong("", "an entry must be an object"))?;
        if let Some(name) = members.keys().find(|name| {
            !matches!(
                name.as_str(),
                "versionId" | "versionTime" | "parameters" | "state" | "proof"
            )
        }) {
            return Err(wrong(
                "",
                &format!("`{}` has no place in an entry", crate::did::shorten(name)),
            ));
        }
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let object = |name: &str| members.get(name).filter(|value| value.is_object());
        let version_id = text("versionId").ok_or_else(|| wrong("/versionId", "must be a text"))?;
        let (number, hash) = version_id
            .split_once('-')
            .and_then(|(number, hash)| Some((version_number(number)?, hash)))
            .filter(|(_, hash)| is_hash(hash))
            .ok_or_else(|| wrong("/versionId", "must be a number, a dash and a hash"))?;
        let at_ms = text("versionTime")
            .filter(|time| time.ends_with('Z') || time.ends_with("+00:00"))
            .and_then(parse_date_time_stamp)
            .ok_or_else(|| {
                wrong(
                    "/versionTime",
                    "must be a time of UTC, such as 2026-11-24T15:10:00Z",
                )
            })?;
        let parameters = object("parameters").and_then(Value::as_object);
        let parameters = parameters.ok_or_else(|| wrong("/parameters", "must be an object"))?;
        let state = object("state").ok_or_else(|| wrong("/state", "must be a DID document"))?;
        let proofs = match members.get("proof") {
            Some(Value::Array(proofs)) if !proofs.is_empty() => proofs.as_slice(),
            Some(single @ Value::Object(_)) => std::slice::from_ref(single),
            _ => return Err(wrong("/proof", "an entry must have a proof")),
        };
        Ok(Self {
            value,
            version_id,
            number,
            hash,
            at_ms,
            parameters,
            state,
            proofs,
        })
    }

    /// Its hash after the entry before: `before` is that one's `versionId`, or the SCID for the first.
    pub(super) fn hash_after(&self, before: &str) -> Result<String, Problem> {
        hash_of(&preliminary(self.value, before))
    }

    /// The SCID that the first entry gives: its hash with the placeholder wherever the SCID is.
    ///
    /// # Errors
    /// When the placeholder itself is in the entry: two entries would have one SCID.
    pub(super) fn scid(&self, scid: &str, place: &str) -> Result<String, Problem> {
        if mentions(self.value, PLACEHOLDER) {
            return Err(Problem::new(
                Code::DidLogMalformed,
                place,
                "`{SCID}` must have been replaced",
            ));
        }
        hash_of(&replace(
            &preliminary(self.value, PLACEHOLDER),
            scid,
            PLACEHOLDER,
        ))
    }
}

/// The entry without its proof, and with another `versionId`.
pub(super) fn preliminary(entry: &Value, version_id: &str) -> Value {
    let mut entry = entry.clone();
    if let Some(members) = entry.as_object_mut() {
        members.shift_remove("proof");
        members.insert("versionId".into(), version_id.into());
    }
    entry
}

/// `base58btc(multihash(JCS(value)))`.
pub(super) fn hash_of(value: &Value) -> Result<String, Problem> {
    let bytes = jcs::canonicalize(value)
        .map_err(|error| Problem::new(Code::Canon(error.code()), "", error.to_string()))?;
    Ok(multihash(&bytes))
}

/// `base58btc(multihash(bytes))`, by SHA-256.
pub(super) fn multihash(bytes: &[u8]) -> String {
    let digest = sha2::Sha256::digest(bytes);
    bs58::encode([&[0x12, 0x20], digest.as_slice()].concat()).into_string()
}

/// Replaces a text in every text and every name. Nothing that needs escaping in JSON is replaced, so this is the replacement "as a
/// string" that the specification asks for.
pub(super) fn replace(value: &Value, from: &str, to: &str) -> Value {
    match value {
        Value::String(text) => text.replace(from, to).into(),
        Value::Array(items) => items.iter().map(|item| replace(item, from, to)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.replace(from, to), replace(value, from, to)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn mentions(value: &Value, text: &str) -> bool {
    match value {
        Value::String(held) => held.contains(text),
        Value::Array(items) => items.iter().any(|item| mentions(item, text)),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| name.contains(text) || mentions(value, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn version_number(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain)
}
