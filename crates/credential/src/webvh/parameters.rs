//! What governs a log: the parameters of each entry, and what they add up to. §3.7.1.

use garita_canon::json::push_pointer;
use serde_json::{Map, Value, json};

use super::LIST_ITEMS_MAX;
use crate::did::Did;
use crate::keys::{KeyType, VerificationKey};
use crate::problem::{Code, Problem};

/// The only version of the method that is known here.
pub(super) const METHOD: &str = "did:webvh:1.0";
/// How long a resolution may be kept where the log does not say, in seconds.
const TTL_S_DEFAULT: u32 = 3_600;
const TTL_S_MAX: u64 = 1 << 31;

/// The parameters that are in force after an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// Keys that may sign the next entry, in Multikey form.
    pub update_keys: Vec<String>,
    /// Hashes of the keys of which the next entry's are to be, where that was committed to.
    pub next_key_hashes: Vec<String>,
    /// Who must witness the next entry.
    pub witness: Option<WitnessRule>,
    /// Who watches the log, by URL.
    pub watchers: Vec<String>,
    /// Whether the DID may move to another place.
    pub portable: bool,
    /// Whether the DID is over.
    pub deactivated: bool,
    /// How long a resolution may be kept, in seconds.
    pub ttl_s: u32,
}

/// Who must witness entries, and how many of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessRule {
    /// How many.
    pub threshold: usize,
    /// Of whom: `did:key`s of Ed25519 keys, all different.
    pub witnesses: Vec<String>,
}

/// What an entry changes of the parameters. What is `None` stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The keys that sign from now on.
    pub update_keys: Option<Vec<String>>,
    /// The hashes of the keys that follow; none ends the commitment.
    pub next_key_hashes: Option<Vec<String>>,
    /// The witnesses; `Some(None)` ends witnessing.
    pub witness: Option<Option<WitnessRule>>,
    /// The watchers.
    pub watchers: Option<Vec<String>>,
    /// Whether the DID may move; only the first entry may allow it.
    pub portable: Option<bool>,
    /// Whether the DID is over.
    pub deactivated: Option<bool>,
    /// How long a resolution may be kept, in seconds.
    pub ttl_s: Option<u32>,
}

impl Changes {
    /// New keys, and nothing else.
    #[must_use]
    pub fn update_keys(keys: &[VerificationKey]) -> Self {
        Self {
            update_keys: Some(keys.iter().map(VerificationKey::to_multibase).collect()),
            ..Self::default()
        }
    }

    /// And commits to the keys that follow.
    #[must_use]
    pub fn next_keys(mut self, keys: &[VerificationKey]) -> Self {
        self.next_key_hashes = Some(keys.iter().map(super::key_hash).collect());
        self
    }

    /// As an entry's `parameters`.
    pub(super) fn to_value(&self, scid: Option<&str>) -> Value {
        let mut members = Map::new();
        if let Some(scid) = scid {
            members.insert("method".into(), METHOD.into());
            members.insert("scid".into(), scid.into());
        }
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                members.insert(name.into(), value);
            }
        };
        put("updateKeys", self.update_keys.clone().map(Value::from));
        put(
            "nextKeyHashes",
            self.next_key_hashes.clone().map(Value::from),
        );
        put(
            "witness",
            self.witness.as_ref().map(|rule| {
                rule.as_ref()
                    .map_or_else(|| json!({}), |rule| rule.to_value(rule.threshold.into()))
            }),
        );
        put("watchers", self.watchers.clone().map(Value::from));
        put("portable", self.portable.map(Value::from));
        put("deactivated", self.deactivated.map(Value::from));
        put("ttl", self.ttl_s.map(Value::from));
        members.into()
    }

    /// Reads an entry's `parameters` but for `method` and `scid`. §3.7.1 would have readers take `null` for a list, the witnesses or the
    /// time to live as what they are when nothing is said.
    pub(super) fn read(parameters: &Map<String, Value>, place: &str) -> Result<Self, Problem> {
        let mut changes = Self::default();
        for (name, value) in parameters {
            let wrong = |message: &str| malformed(place, name, message);
            match name.as_str() {
                "method" if value == METHOD => {}
                "method" => return Err(wrong("the version of the method is not supported")),
                "scid" => {}
                "updateKeys" => {
                    let keys =
                        texts(value).filter(|keys| keys.iter().all(|key| is_update_key(key)));
                    let message = "must be a list of different Ed25519 keys (`z6Mk…`)";
                    changes.update_keys = Some(keys.ok_or_else(|| wrong(message))?);
                }
                "nextKeyHashes" | "watchers" => {
                    let list =
                        texts(value).ok_or_else(|| wrong("must be a list of different texts"))?;
                    let slot = match name.as_str() {
                        "watchers" => &mut changes.watchers,
                        _ => &mut changes.next_key_hashes,
                    };
                    *slot = Some(list);
                }
                "witness" => changes.witness = Some(WitnessRule::read(value, place)?),
                "portable" | "deactivated" => {
                    let value = value
                        .as_bool()
                        .ok_or_else(|| wrong("must be true or false"))?;
                    let slot = match name.as_str() {
                        "portable" => &mut changes.portable,
                        _ => &mut changes.deactivated,
                    };
                    *slot = Some(value);
                }
                "ttl" => {
                    let seconds = match value {
                        Value::Null => Some(TTL_S_DEFAULT),
                        value => value
                            .as_u64()
                            .filter(|seconds| *seconds <= TTL_S_MAX)
                            .and_then(|seconds| u32::try_from(seconds).ok()),
                    };
                    changes.ttl_s =
                        Some(seconds.ok_or_else(|| wrong("must be a number of seconds"))?);
                }
                _ => return Err(wrong("there is no such parameter")),
            }
        }
        Ok(changes)
    }
}

impl Parameters {
    /// Those of the first entry.
    pub(super) fn first(changes: Changes, place: &str) -> Result<Self, Problem> {
        let update_keys = changes
            .update_keys
            .ok_or_else(|| malformed(place, "updateKeys", "the first entry must name keys"))?;
        Ok(Self {
            update_keys,
            next_key_hashes: changes.next_key_hashes.unwrap_or_default(),
            witness: changes.witness.flatten(),
            watchers: changes.watchers.unwrap_or_default(),
            portable: changes.portable.unwrap_or_default(),
            deactivated: changes.deactivated.unwrap_or_default(),
            ttl_s: changes.ttl_s.unwrap_or(TTL_S_DEFAULT),
        })
    }

    /// Those after a later entry.
    pub(super) fn then(&self, changes: Changes, place: &str) -> Result<Self, Problem> {
        if changes.portable == Some(true) {
            let message = "only the first entry may allow the DID to move";
            return Err(malformed(place, "portable", message));
        }
        // §3.7.7: who committed to keys must name them, and what follows.
        if self.is_committed() {
            for (name, given) in [
                ("updateKeys", changes.update_keys.is_some()),
                ("nextKeyHashes", changes.next_key_hashes.is_some()),
            ] {
                if !given {
                    let message = "must be named, as the keys were committed to";
                    return Err(malformed(place, name, message));
                }
            }
        }
        Ok(Self {
            update_keys: changes
                .update_keys
                .unwrap_or_else(|| self.update_keys.clone()),
            next_key_hashes: changes
                .next_key_hashes
                .unwrap_or_else(|| self.next_key_hashes.clone()),
            witness: changes.witness.unwrap_or_else(|| self.witness.clone()),
            watchers: changes.watchers.unwrap_or_else(|| self.watchers.clone()),
            portable: changes.portable.unwrap_or(self.portable),
            deactivated: changes.deactivated.unwrap_or(self.deactivated),
            ttl_s: changes.ttl_s.unwrap_or(self.ttl_s),
        })
    }

    /// Whether the next entry's keys are committed to: pre-rotation.
    #[must_use]
    pub fn is_committed(&self) -> bool {
        !self.next_key_hashes.is_empty()
    }
}

impl WitnessRule {
    /// With a threshold written as DID metadata or as parameters want it.
    pub(super) fn to_value(&self, threshold: Value) -> Value {
        let witness = |id: &String| json!({"id": id});
        let witnesses: Vec<Value> = self.witnesses.iter().map(witness).collect();
        json!({"threshold": threshold, "witnesses": witnesses})
    }

    /// §3.7.8: an empty object is nobody; anything else must be whole. A rule that can never be met must never come into force.
    fn read(value: &Value, place: &str) -> Result<Option<Self>, Problem> {
        let wrong = |message: &str| Err(malformed(place, "witness", message));
        let members = match value {
            Value::Null => return Ok(None),
            Value::Object(members) if members.is_empty() => return Ok(None),
            Value::Object(members) => members,
            _ => return wrong("must be an object"),
        };
        if members
            .keys()
            .any(|name| name != "threshold" && name != "witnesses")
        {
            return wrong("must have a threshold and witnesses, and nothing else");
        }
        let list = members.get("witnesses").and_then(Value::as_array);
        let Some(list) = list.filter(|list| (1..=LIST_ITEMS_MAX).contains(&list.len())) else {
            return wrong("must name witnesses");
        };
        let mut witnesses: Vec<String> = Vec::with_capacity(list.len());
        for witness in list {
            let id = witness.get("id").and_then(Value::as_str);
            let key = id.and_then(|id| Did::parse(id).ok()?.key().ok());
            let (Some(id), Some(key)) = (id, key) else {
                return wrong("a witness must be a did:key");
            };
            if key.key_type() != KeyType::Ed25519 {
                return wrong("a witness must have an Ed25519 key");
            }
            if witnesses.iter().any(|known| known == id) {
                return wrong("a witness is named twice");
            }
            witnesses.push(id.to_owned());
        }
        let threshold = members
            .get("threshold")
            .and_then(Value::as_u64)
            .and_then(|threshold| usize::try_from(threshold).ok())
            .filter(|threshold| (1..=witnesses.len()).contains(threshold));
        match threshold {
            Some(threshold) => Ok(Some(Self {
                threshold,
                witnesses,
            })),
            None => wrong("the threshold must be between one and the number of witnesses"),
        }
    }
}

fn malformed(place: &str, name: &str, message: &str) -> Problem {
    let mut pointer = format!("{place}/parameters");
    push_pointer(&mut pointer, &crate::did::shorten(name));
    Problem::new(Code::DidLogMalformed, pointer, message)
}

/// A list of different texts, none too long; `null` is an empty one.
fn texts(value: &Value) -> Option<Vec<String>> {
    let items = match value {
        Value::Null => return Some(Vec::new()),
        value => value.as_array()?,
    };
    if items.len() > LIST_ITEMS_MAX {
        return None;
    }
    let mut texts: Vec<String> = Vec::with_capacity(items.len());
    for item in items {
        let text = item.as_str().filter(|text| text.len() <= 2_048)?;
        if texts.iter().any(|known| known == text) {
            return None;
        }
        texts.push(text.to_owned());
    }
    Some(texts)
}

fn is_update_key(text: &str) -> bool {
    VerificationKey::from_multibase(text).is_ok_and(|key| key.key_type() == KeyType::Ed25519)
}
