//! What every record says beside its subject (design §4), and the record's identity.

use std::sync::Arc;

use garita_canon::jcs;
use garita_profile::builtin::MANDATE;
use garita_profile::case::{CaseRecord, CaseRef, Replaces, Standing};
use garita_store::NAME_BYTES_MAX;
use serde_json::Value;

use crate::encode;
use crate::problem::Fault;
use crate::stamp::WHOLE;

/// URL of the envelope's context; bundled, never fetched.
pub const ENVELOPE_CONTEXT_URL: &str = "https://w3id.org/garita/record/v1";
/// URL of the W3C VC 2.0 context.
pub const VC_CONTEXT_URL: &str = "https://www.w3.org/ns/credentials/v2";
/// A record follows at most this many others; a release of a hundred bills names a hundred holds at the very most.
pub const FOLLOWS_MAX: usize = 500;
/// A record is about at most this many cases: one truck may carry some hundreds of shipments.
pub const ABOUT_MAX: usize = 1_000;
/// A decisive act names at most this many heads.
pub const SAW_MAX: usize = 2_000;

/// The facts of a record's envelope, read once at the border.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// `ni:///sha-256;…`.
    pub id: String,
    /// The second entry of `type`.
    pub record_type: String,
    /// Issuer's DID.
    pub issuer: String,
    /// Digest of the charter's genesis.
    pub network: String,
    /// Digest of the profile's core.
    pub profile: String,
    /// Cases.
    pub about: Vec<CaseRef>,
    /// The author's claim, ms since 1970.
    pub occurred_ms: i64,
    /// Standing.
    pub standing: Standing,
    /// What it replaces.
    pub replaces: Option<Replaces>,
    /// What it answers or closes.
    pub follows: Vec<String>,
    /// Heads seen at signing.
    pub saw: Vec<String>,
    /// The mandate's id.
    pub on_behalf_of: Option<String>,
    /// The view's name, for a reduced record.
    pub view: Option<String>,
}

/// The record's identity: RFC 6920 name of the SHA-256 of the JCS form of the document without `id` and `proof`.
///
/// # Errors
/// When the document has no JCS form (a number out of range).
pub fn record_id(document: &Value) -> Result<String, Fault> {
    let mut bare = document.clone();
    if let Value::Object(map) = &mut bare {
        map.shift_remove("id");
        map.shift_remove("proof");
    }
    digest_name(&bare)
}

/// RFC 6920 name of the SHA-256 of a value's JCS form.
///
/// # Errors
/// When the value has no JCS form.
pub fn digest_name(value: &Value) -> Result<String, Fault> {
    match jcs::digest(value) {
        Ok(digest) => Ok(encode::ni(&digest)),
        Err(error) => Err(Fault::whole(
            "json-number",
            format!("the document has no canonical form: {error}"),
            format!("el documento no tiene forma canónica: {error}"),
        )),
    }
}

impl Envelope {
    /// Reads the envelope of a whole record, telling all faults at once. Does not compare `id` with the content: see [`record_id`].
    ///
    /// # Errors
    /// Every missing or malformed member, each with its pointer.
    pub fn read(document: &Value) -> Result<Self, Vec<Fault>> {
        Self::read_as(document, WHOLE)
    }

    /// Reads the envelope of a record or of a view of it, by the name that its delivery or its row gives: a view is a part of what was
    /// signed and cannot say so itself.
    ///
    /// # Errors
    /// As [`Envelope::read`].
    pub fn read_as(document: &Value, view: &str) -> Result<Self, Vec<Fault>> {
        Self::read_with(document, view, true)
    }

    /// Reads the envelope of what was left of an erased record: it has no salt any more.
    ///
    /// # Errors
    /// As [`Envelope::read`].
    pub fn read_residue(document: &Value, view: &str) -> Result<Self, Vec<Fault>> {
        Self::read_with(document, view, false)
    }

    fn read_with(document: &Value, view: &str, salted: bool) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let Some(object) = document.as_object() else {
            return Err(vec![Fault::whole(
                "record-not-object",
                "a record is a JSON object",
                "un registro es un objeto JSON",
            )]);
        };
        let id = string(object.get("id"), "/id", &mut faults);
        if !id.is_empty() && !encode::is_ni(&id) {
            faults.push(malformed(
                "/id",
                "an `ni:///sha-256;…` name",
                "un nombre `ni:///sha-256;…`",
            ));
        }
        let record_type = record_type_of(document).unwrap_or_else(|| {
            faults.push(malformed(
                "/type",
                "`VerifiableCredential` and one record type",
                "`VerifiableCredential` y un tipo de registro",
            ));
            String::new()
        });
        // Upholds (names fit).
        if record_type.len() > NAME_BYTES_MAX {
            faults.push(too_long("/type/1"));
        }
        let issuer = match issuer_of(document) {
            Some(issuer) if issuer.len() > NAME_BYTES_MAX => {
                faults.push(too_long("/issuer/id"));
                String::new()
            }
            Some(issuer) => issuer.to_owned(),
            None => {
                faults.push(missing("/issuer/id"));
                String::new()
            }
        };
        let network = string(object.get("network"), "/network", &mut faults);
        let profile = string(object.get("profile"), "/profile", &mut faults);
        // A mandate is between two parties and about no case; an empty list would leave no trace in what is signed.
        let about = match object.get("about") {
            None if record_type == MANDATE => Vec::new(),
            given => about(given, &mut faults),
        };
        let occurred_ms = match object.get("occurred").and_then(Value::as_str) {
            None => {
                faults.push(missing("/occurred"));
                0
            }
            Some(text) => encode::parse_instant_ms(text).unwrap_or_else(|| {
                faults.push(malformed(
                    "/occurred",
                    "a date and time with zone, such as 2026-11-24T15:10:00Z",
                    "fecha y hora con zona, como 2026-11-24T15:10:00Z",
                ));
                0
            }),
        };
        let standing = match object.get("standing").and_then(Value::as_str) {
            Some("act") => Standing::Act,
            Some("report") => Standing::Report,
            Some("compiled") => Standing::Compiled,
            Some(_) => {
                faults.push(malformed(
                    "/standing",
                    "`act`, `report` or `compiled`",
                    "`act`, `report` o `compiled`",
                ));
                Standing::Act
            }
            None => {
                faults.push(missing("/standing"));
                Standing::Act
            }
        };
        let replaces = match object.get("replaces") {
            None => None,
            Some(value) => match serde_json::from_value::<Replaces>(value.clone()) {
                Ok(replaces) => {
                    if replaces.id.len() > NAME_BYTES_MAX {
                        faults.push(too_long("/replaces/id"));
                    }
                    Some(replaces)
                }
                Err(_) => {
                    faults.push(malformed(
                        "/replaces",
                        "`id`, `kind` (`corrects`, `amends`, `withdraws`) and `reason`",
                        "`id`, `kind` (`corrects`, `amends`, `withdraws`) y `reason`",
                    ));
                    None
                }
            },
        };
        let follows = strings(object.get("follows"), "/follows", FOLLOWS_MAX, &mut faults);
        let saw = strings(object.get("saw"), "/saw", SAW_MAX, &mut faults);
        let view = (view != WHOLE)
            .then_some(view)
            // What a home reduced before views were derived.
            .or_else(|| object.get("view").and_then(Value::as_str))
            .map(str::to_owned);
        if view.as_ref().is_some_and(|v| v.len() > NAME_BYTES_MAX) {
            faults.push(too_long("/view"));
        }
        if salted
            && view.is_none()
            && object
                .get("salt")
                .and_then(Value::as_str)
                .is_none_or(|s| s.len() < 22)
        {
            faults.push(malformed(
                "/salt",
                "16 random bytes in base64url",
                "16 bytes al azar en base64url",
            ));
        }
        if !object
            .get("credentialSubject")
            .is_some_and(Value::is_object)
        {
            faults.push(missing("/credentialSubject"));
        }
        if faults.is_empty() {
            Ok(Self {
                id,
                record_type,
                issuer,
                network,
                profile,
                about,
                occurred_ms,
                standing,
                replaces,
                follows,
                saw,
                on_behalf_of: object
                    .get("onBehalfOf")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
                view,
            })
        } else {
            Err(faults)
        }
    }

    /// The record as the profile engine takes it.
    pub fn case_record(
        &self,
        document: Arc<Value>,
        logged_ms: i64,
        disputed: Option<String>,
    ) -> CaseRecord {
        CaseRecord {
            id: self.id.clone(),
            record_type: self.record_type.clone(),
            issuer: self.issuer.clone(),
            about: self.about.clone(),
            occurred_ms: self.occurred_ms,
            logged_ms,
            standing: self.standing,
            replaces: self.replaces.clone(),
            follows: self.follows.clone(),
            saw: self.saw.clone(),
            on_behalf_of: self.on_behalf_of.clone(),
            view: self.view.clone(),
            disputed,
            document,
        }
    }
}

/// Issuer's DID, written as a string or as `{ "id": … }`.
pub fn issuer_of(document: &Value) -> Option<&str> {
    match document.get("issuer") {
        Some(Value::String(did)) => Some(did),
        Some(Value::Object(issuer)) => issuer.get("id").and_then(Value::as_str),
        _ => None,
    }
}

/// The record type: the only entry of `type` beside `VerifiableCredential`.
pub fn record_type_of(document: &Value) -> Option<String> {
    match document
        .get("type")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
    {
        Some([first, second]) if first.as_str() == Some("VerifiableCredential") => {
            second.as_str().map(str::to_owned)
        }
        _ => None,
    }
}

fn about(value: Option<&Value>, faults: &mut Vec<Fault>) -> Vec<CaseRef> {
    let Some(list) = value.and_then(Value::as_array) else {
        faults.push(missing("/about"));
        return Vec::new();
    };
    if list.len() > ABOUT_MAX {
        faults.push(malformed(
            "/about",
            &format!("at most {ABOUT_MAX} cases"),
            &format!("a lo más {ABOUT_MAX} expedientes"),
        ));
        return Vec::new();
    }
    let mut cases = Vec::with_capacity(list.len());
    for (index, item) in list.iter().enumerate() {
        let kind = item.get("kind").and_then(Value::as_str);
        let key = item.get("key").and_then(Value::as_str);
        match (kind, key) {
            (Some(kind), Some(key))
                if !kind.is_empty() && kind.len() <= 200 && !key.is_empty() && key.len() <= 200 =>
            {
                cases.push(CaseRef {
                    kind: kind.to_owned(),
                    key: key.to_owned(),
                });
            }
            _ => faults.push(malformed(
                &format!("/about/{index}"),
                "`kind` and `key` of a case",
                "`kind` y `key` de un expediente",
            )),
        }
    }
    cases
}

fn string(value: Option<&Value>, pointer: &str, faults: &mut Vec<Fault>) -> String {
    match value.and_then(Value::as_str) {
        // INVARIANT (names fit): what the store keeps by name is bounded here, so that no record of anybody's can make a batch fail.
        Some(text) if text.len() > NAME_BYTES_MAX => {
            faults.push(too_long(pointer));
            String::new()
        }
        Some(text) if !text.is_empty() => text.to_owned(),
        _ => {
            faults.push(missing(pointer));
            String::new()
        }
    }
}

fn strings(
    value: Option<&Value>,
    pointer: &str,
    max: usize,
    faults: &mut Vec<Fault>,
) -> Vec<String> {
    let items: Vec<&Value> = match value {
        None => return Vec::new(),
        Some(Value::Array(items)) => items.iter().collect(),
        Some(single) => vec![single],
    };
    let texts: Vec<String> = items
        .iter()
        .filter_map(|i| i.as_str().map(str::to_owned))
        .collect();
    // Upholds (names fit): links are kept by the id they name.
    if texts.iter().any(|text| text.len() > NAME_BYTES_MAX) {
        faults.push(too_long(pointer));
    }
    if texts.len() != items.len() || texts.len() > max {
        faults.push(malformed(
            pointer,
            &format!("at most {max} record ids"),
            &format!("a lo más {max} identificadores de registro"),
        ));
    }
    texts
}

fn too_long(pointer: &str) -> Fault {
    malformed(
        pointer,
        &format!("at most {NAME_BYTES_MAX} bytes"),
        &format!("a lo más {NAME_BYTES_MAX} bytes"),
    )
}

fn missing(pointer: &str) -> Fault {
    Fault::at(
        "envelope-missing",
        pointer,
        format!("the envelope lacks `{pointer}`"),
        format!("falta `{pointer}` en el sobre"),
    )
}

fn malformed(pointer: &str, en: &str, es: &str) -> Fault {
    Fault::at(
        "envelope-malformed",
        pointer,
        format!("`{pointer}` must be {en}"),
        format!("`{pointer}` debe ser {es}"),
    )
}
