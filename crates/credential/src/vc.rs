//! The rules of the Verifiable Credentials Data Model 2.0 that can be judged from the document alone.
//!
//! All faults at once, each with its code and place. Terms that no context defines are the canonicalizer's to refuse:
//! [`check_terms`] asks it, and so does any `eddsa-rdfc-2022` proof.

use base64::Engine as _;
use garita_canon::{Canonicalizer, json::push_pointer};
use serde_json::{Map, Value};
use sha2::Digest as _;

use crate::data_integrity::Verified;
use crate::keys::base58_multibase;
use crate::problem::{Code, Problem};
use crate::time::parse_date_time_stamp;

/// What the first context of every credential must be.
pub const CONTEXT_V2: &str = "https://www.w3.org/ns/credentials/v2";

/// What the first context of a credential of the data model 1.1 must be.
pub const CONTEXT_V1: &str = "https://www.w3.org/2018/credentials/v1";

/// The type of every credential.
pub const TYPE: &str = "VerifiableCredential";

/// The most faults told of one document; who made that many reads none of them.
pub const PROBLEMS_MAX: usize = 100;

/// Checks a credential against the data model; with a time, also that it is in force then. Does not look at proofs.
#[must_use]
pub fn check(document: &Value, now_ms: Option<i64>) -> Vec<Problem> {
    let mut checker = Checker {
        problems: Vec::new(),
    };
    match document.as_object() {
        Some(members) => checker.credential(members, now_ms),
        None => checker.problem(Code::DocumentMalformed, "", "a credential is a JSON object"),
    }
    checker.problems
}

/// Checks a credential of either data model: 2.0, or 1.1 where its first context says so. Those of others may be old; ours are of 2.0.
#[must_use]
pub fn check_any(document: &Value, now_ms: Option<i64>) -> Vec<Problem> {
    if !is_v1(document) {
        return check(document, now_ms);
    }
    let mut checker = Checker {
        problems: Vec::new(),
    };
    if let Some(members) = document.as_object() {
        checker.credential_v1(members, now_ms);
    }
    checker.problems
}

/// Whether a document says of itself that it is of the data model 1.1.
#[must_use]
pub fn is_v1(document: &Value) -> bool {
    document.pointer("/@context/0").and_then(Value::as_str) == Some(CONTEXT_V1)
}

/// Checks what a presentation shares with a credential: contexts, id, types, holder (§4.13).
pub(crate) fn check_presentation(members: &Map<String, Value>) -> Vec<Problem> {
    let mut checker = Checker {
        problems: Vec::new(),
    };
    let first = match members.get("@context").and_then(|c| c.get(0)) {
        Some(Value::String(url)) if url == CONTEXT_V1 => CONTEXT_V1,
        _ => CONTEXT_V2,
    };
    checker.contexts(members.get("@context"), first);
    checker.optional_url(members.get("id"), "/id", Code::IdMalformed);
    checker.types(members.get("type"), crate::presentation::TYPE);
    checker.problems
}

/// Checks that every term and type of a document is defined by its contexts, and all contexts are known.
#[must_use]
pub fn check_terms(document: &Value, canonicalizer: &Canonicalizer) -> Vec<Problem> {
    match canonicalizer.dataset(document) {
        Ok(_) => Vec::new(),
        Err(error) => vec![Problem::new(
            Code::Canon(error.code()),
            error.pointer().unwrap_or_default(),
            error.to_string(),
        )],
    }
}

/// The issuer's id, whether written plainly or as an object's `id`.
#[must_use]
pub fn issuer_of(document: &Value) -> Option<&str> {
    match document.get("issuer")? {
        Value::String(id) => Some(id),
        issuer => issuer.get("id")?.as_str(),
    }
}

/// Checks that the issuer controls the key of at least one of the proofs.
///
/// # Errors
/// With `controller-mismatch`, or `issuer-missing` where the document names none.
pub fn check_controller(document: &Value, verified: &Verified) -> Result<(), Problem> {
    let Some(issuer) = issuer_of(document) else {
        return Err(Problem::new(
            Code::IssuerMissing,
            "/issuer",
            "the document names no issuer",
        ));
    };
    if verified.is_controlled_by(issuer) {
        return Ok(());
    }
    let controllers: Vec<&str> = verified
        .proofs()
        .iter()
        .map(|proof| proof.controller.as_str())
        .collect();
    let message = format!(
        "signed by `{}`, not by the issuer `{}`",
        controllers.join("`, `"),
        crate::did::shorten(issuer)
    );
    Err(Problem::new(Code::ControllerMismatch, "/issuer", message))
}

/// A related resource whose form is right, for whoever has the content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelatedResource<'a> {
    /// The resource's address.
    pub id: &'a str,
    /// Its place in the document.
    pub pointer: String,
    /// The digests that its content must have, all of them.
    pub digests: Vec<ResourceDigest>,
}

/// A digest of a related resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceDigest {
    /// SHA-256.
    Sha256([u8; 32]),
    /// SHA-384.
    Sha384([u8; 48]),
    /// SHA-512.
    Sha512([u8; 64]),
}

impl ResourceDigest {
    fn matches(&self, content: &[u8]) -> bool {
        match self {
            Self::Sha256(digest) => sha2::Sha256::digest(content).as_slice() == digest,
            Self::Sha384(digest) => sha2::Sha384::digest(content).as_slice() == digest,
            Self::Sha512(digest) => sha2::Sha512::digest(content).as_slice() == digest,
        }
    }

    /// By the name that Subresource Integrity gives the algorithm.
    fn named(name: &str, digest: &[u8]) -> Option<Self> {
        match name {
            "sha256" => digest.try_into().ok().map(Self::Sha256),
            "sha384" => digest.try_into().ok().map(Self::Sha384),
            "sha512" => digest.try_into().ok().map(Self::Sha512),
            _ => None,
        }
    }
}

impl RelatedResource<'_> {
    /// Checks the content against every digest.
    ///
    /// # Errors
    /// With `related-resource-digest-wrong`.
    pub fn check(&self, content: &[u8]) -> Result<(), Problem> {
        if self.digests.iter().all(|digest| digest.matches(content)) {
            Ok(())
        } else {
            Err(self.wrong())
        }
    }

    fn wrong(&self) -> Problem {
        let message = format!(
            "the content of `{}` is not what its digest says",
            crate::did::shorten(self.id)
        );
        Problem::new(
            Code::RelatedResourceDigestWrong,
            self.pointer.clone(),
            message,
        )
    }
}

/// The related resources that are well-formed; [`check`] tells of the others.
#[must_use]
pub fn related_resources(document: &Value) -> Vec<RelatedResource<'_>> {
    let mut found = Vec::new();
    each(
        document.get("relatedResource"),
        "/relatedResource",
        |value, pointer| {
            if let Some(id) = value.get("id").and_then(Value::as_str)
                && let Ok(digests) = resource_digests(value)
            {
                found.push(RelatedResource {
                    id,
                    pointer: pointer.to_owned(),
                    digests,
                });
            }
        },
    );
    found
}

/// Checks the related resources that are known here by their digests; of others nothing is said.
#[must_use]
pub fn check_known_resources(document: &Value) -> Vec<Problem> {
    related_resources(document)
        .into_iter()
        .filter_map(|resource| {
            let known = KNOWN_RESOURCES
                .iter()
                .filter(|(url, ..)| *url == resource.id);
            let mut versions = known.peekable();
            versions.peek()?;
            let is_version = |(_, sha256, sha384): &(&str, &str, &str)| {
                resource.digests.iter().all(|digest| match digest {
                    ResourceDigest::Sha256(bytes) => hex(bytes) == *sha256,
                    ResourceDigest::Sha384(bytes) => hex(bytes) == *sha384,
                    ResourceDigest::Sha512(_) => true,
                })
            };
            (!versions.any(is_version)).then(|| resource.wrong())
        })
        .collect()
}

/// Address, SHA-256, SHA-384 of the bytes as W3C served them: the base context of 2024-07-20, that of the Recommendation, the one of 1.1.
const KNOWN_RESOURCES: [(&str, &str, &str); 3] = [
    (
        CONTEXT_V2,
        "24a18c90e9856d526111f29376e302d970b2bd10182e33959995b0207d7043b9",
        "35239c36999d2155312091af194a1edb61634d6ad789a5e5b19f2aebdd762dd9d1dcaada40eda7ef921c6b8c0ae107a0",
    ),
    (
        CONTEXT_V2,
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
        "97f1eb8e5042356c805fdd61afa2c557663785e0794dcafa21e138fd38def18cb360133c221aa31d6896a6bf3e65b614",
    ),
    (
        CONTEXT_V1,
        "ab4ddd9a531758807a79a5b450510d61ae8d147eab966cc9a200c07095b0cdcc",
        "82c3b3eab863754bbfd2b9f17d8d6db9f61169f301cbf0b05e1fc4beb5f5c51dd4d2e888c274f49c3fbb2408f61faed1",
    ),
];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a text is an absolute URL as identifiers must be: a scheme, a colon, something after it, no spaces.
#[must_use]
pub fn is_url(text: &str) -> bool {
    garita_canon::iri::is_absolute(text) && !text.ends_with(':')
}

struct Checker {
    problems: Vec<Problem>,
}

impl Checker {
    fn problem(&mut self, code: Code, pointer: &str, message: impl Into<String>) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem::new(code, pointer, message));
        }
    }

    fn credential(&mut self, members: &Map<String, Value>, now_ms: Option<i64>) {
        self.contexts(members.get("@context"), CONTEXT_V2);
        self.optional_url(members.get("id"), "/id", Code::IdMalformed);
        self.types(members.get("type"), TYPE);
        self.issuer(members.get("issuer"));
        self.subjects(members.get("credentialSubject"));
        self.validity(members, ["validFrom", "validUntil"], now_ms);
        for name in ["name", "description"] {
            self.language_values(members.get(name), &format!("/{name}"));
        }
        self.typed(members, "credentialStatus", Code::StatusMalformed);
        self.typed(members, "credentialSchema", Code::SchemaMalformed);
        self.typed(members, "evidence", Code::EvidenceMalformed);
        self.typed(members, "termsOfUse", Code::TermsOfUseMalformed);
        self.typed(members, "refreshService", Code::RefreshServiceMalformed);
        self.related_resources(members.get("relatedResource"));
    }

    /// Data model 1.1, whose members for the times have other names and whose start is required.
    fn credential_v1(&mut self, members: &Map<String, Value>, now_ms: Option<i64>) {
        self.contexts(members.get("@context"), CONTEXT_V1);
        self.optional_url(members.get("id"), "/id", Code::IdMalformed);
        self.types(members.get("type"), TYPE);
        self.issuer(members.get("issuer"));
        self.subjects(members.get("credentialSubject"));
        if !members.contains_key("issuanceDate") {
            self.problem(
                Code::DateMalformed,
                "/issuanceDate",
                "`issuanceDate` is missing",
            );
        }
        self.validity(members, ["issuanceDate", "expirationDate"], now_ms);
        self.typed(members, "credentialStatus", Code::StatusMalformed);
        self.typed(members, "credentialSchema", Code::SchemaMalformed);
        self.typed(members, "evidence", Code::EvidenceMalformed);
        self.typed(members, "termsOfUse", Code::TermsOfUseMalformed);
        self.typed(members, "refreshService", Code::RefreshServiceMalformed);
    }

    /// §4.3: an ordered set, first the base context, then URLs or objects.
    fn contexts(&mut self, contexts: Option<&Value>, base: &str) {
        let Some(Value::Array(contexts)) = contexts else {
            return self.problem(
                Code::ContextMalformed,
                "/@context",
                "`@context` must be a list",
            );
        };
        if contexts.first().and_then(Value::as_str) != Some(base) {
            self.problem(
                Code::ContextFirstWrong,
                "/@context/0",
                format!("the first context must be `{base}`"),
            );
        }
        for (n, context) in contexts.iter().enumerate() {
            let good = match context {
                Value::String(url) => is_url(url),
                Value::Object(_) => true,
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => false,
            };
            if !good {
                self.problem(
                    Code::ContextMalformed,
                    &format!("/@context/{n}"),
                    "a context must be an absolute URL or an object",
                );
            }
        }
    }

    /// §4.5.
    fn types(&mut self, types: Option<&Value>, own: &str) {
        match types {
            None => self.problem(Code::TypeMissing, "/type", "`type` is missing"),
            Some(types) => {
                let list = one_or_many(types);
                if !self.type_texts(types, "/type", Code::TypeMalformed) {
                    return;
                }
                if !list.iter().any(|kind| kind == own) {
                    self.problem(
                        Code::TypeMissing,
                        "/type",
                        format!("`type` must include {own}"),
                    );
                }
            }
        }
    }

    /// A text, or a list of different texts, none empty.
    fn type_texts(&mut self, types: &Value, pointer: &str, code: Code) -> bool {
        let list = one_or_many(types);
        let texts: Vec<&str> = list
            .iter()
            .filter_map(Value::as_str)
            .filter(|text| !text.is_empty())
            .collect();
        let distinct = texts.iter().collect::<std::collections::HashSet<_>>().len();
        let good = !list.is_empty() && texts.len() == list.len() && distinct == list.len();
        if !good {
            self.problem(
                code,
                pointer,
                "`type` must be a text, or a list of different texts",
            );
        }
        good
    }

    /// §4.7.
    fn issuer(&mut self, issuer: Option<&Value>) {
        match issuer {
            None => self.problem(Code::IssuerMissing, "/issuer", "`issuer` is missing"),
            Some(Value::String(id)) if is_url(id) => {}
            Some(Value::Object(issuer)) => {
                if !issuer.get("id").and_then(Value::as_str).is_some_and(is_url) {
                    self.problem(
                        Code::IssuerMalformed,
                        "/issuer/id",
                        "the issuer's `id` must be an absolute URL",
                    );
                }
                for name in ["name", "description"] {
                    self.language_values(issuer.get(name), &format!("/issuer/{name}"));
                }
            }
            Some(_) => self.problem(
                Code::IssuerMalformed,
                "/issuer",
                "the issuer must be an absolute URL or an object with one",
            ),
        }
    }

    /// §4.8: at least one, each saying something.
    fn subjects(&mut self, subjects: Option<&Value>) {
        match subjects {
            None => {
                return self.problem(
                    Code::SubjectMissing,
                    "/credentialSubject",
                    "`credentialSubject` is missing",
                );
            }
            Some(Value::Array(list)) if list.is_empty() => {
                return self.problem(
                    Code::SubjectMissing,
                    "/credentialSubject",
                    "there is no subject",
                );
            }
            Some(_) => {}
        }
        each(
            subjects,
            "/credentialSubject",
            |subject, pointer| match subject {
                Value::Object(members) if !members.is_empty() => {
                    self.optional_url(
                        members.get("id"),
                        &format!("{pointer}/id"),
                        Code::IdMalformed,
                    );
                }
                _ => self.problem(
                    Code::SubjectMalformed,
                    pointer,
                    "a subject must be an object that says something",
                ),
            },
        );
    }

    /// §4.9.
    fn validity(
        &mut self,
        members: &Map<String, Value>,
        [from, until]: [&str; 2],
        now_ms: Option<i64>,
    ) {
        let mut date = |name: &str| {
            let value = members.get(name)?;
            let at_ms = value.as_str().and_then(parse_date_time_stamp);
            if at_ms.is_none() {
                self.problem(
                    Code::DateMalformed,
                    &format!("/{name}"),
                    format!("`{name}` must have date, time and zone"),
                );
            }
            at_ms
        };
        let (from_ms, until_ms) = (date(from), date(until));
        if let (Some(from_ms), Some(until_ms)) = (from_ms, until_ms)
            && from_ms > until_ms
        {
            self.problem(
                Code::ValidityReversed,
                &format!("/{until}"),
                format!("`{from}` is after `{until}`"),
            );
        }
        let Some(now_ms) = now_ms else { return };
        if from_ms.is_some_and(|from_ms| now_ms < from_ms) {
            self.problem(
                Code::CredentialNotYetValid,
                &format!("/{from}"),
                "the credential is not valid yet",
            );
        }
        if until_ms.is_some_and(|until_ms| now_ms > until_ms) {
            self.problem(
                Code::CredentialExpired,
                &format!("/{until}"),
                "the credential is no longer valid",
            );
        }
    }

    /// §11.1: a text, or one or many values with language and direction and nothing else.
    fn language_values(&mut self, value: Option<&Value>, pointer: &str) {
        each(value, pointer, |value, pointer| {
            let good = match value {
                Value::String(_) => true,
                Value::Object(members) => {
                    members.get("@value").is_some_and(Value::is_string)
                        && members.iter().all(|(name, value)| match name.as_str() {
                            "@value" => true,
                            "@language" => value
                                .as_str()
                                .is_some_and(garita_canon::iri::is_language_tag),
                            "@direction" => matches!(value.as_str(), Some("ltr" | "rtl")),
                            _ => false,
                        })
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => false,
            };
            if !good {
                self.problem(
                    Code::LanguageValueMalformed,
                    pointer,
                    "neither a text nor a value with language and direction",
                );
            }
        });
    }

    /// §4.10, §4.11, §5.3-5.6: one or many objects with a type; a status may have an id, a schema must.
    fn typed(&mut self, members: &Map<String, Value>, name: &str, code: Code) {
        each(members.get(name), &format!("/{name}"), |value, pointer| {
            let Some(object) = value.as_object() else {
                return self.problem(
                    code,
                    pointer,
                    format!("`{name}` must be an object with a type"),
                );
            };
            match object.get("type") {
                None => self.problem(code, &format!("{pointer}/type"), "`type` is missing"),
                Some(types) => {
                    self.type_texts(types, &format!("{pointer}/type"), code);
                }
            }
            match object.get("id") {
                None if code == Code::SchemaMalformed => {
                    self.problem(code, &format!("{pointer}/id"), "`id` is missing")
                }
                id => self.optional_url(id, &format!("{pointer}/id"), code),
            }
        });
    }

    /// §5.3: objects with different ids, each with a digest.
    fn related_resources(&mut self, resources: Option<&Value>) {
        let mut seen = std::collections::HashSet::new();
        each(resources, "/relatedResource", |value, pointer| {
            let Some(object) = value.as_object() else {
                return self.problem(
                    Code::RelatedResourceMalformed,
                    pointer,
                    "a related resource must be an object",
                );
            };
            match object
                .get("id")
                .and_then(Value::as_str)
                .filter(|id| is_url(id))
            {
                None => {
                    self.problem(
                        Code::RelatedResourceMalformed,
                        &format!("{pointer}/id"),
                        "`id` must be an absolute URL",
                    );
                }
                Some(id) if !seen.insert(id.to_owned()) => {
                    self.problem(
                        Code::RelatedResourceRepeated,
                        &format!("{pointer}/id"),
                        "the resource is listed twice",
                    );
                }
                Some(_) => {}
            }
            if let Err(message) = resource_digests(value) {
                self.problem(Code::RelatedResourceMalformed, pointer, message);
            }
        });
    }

    fn optional_url(&mut self, value: Option<&Value>, pointer: &str, code: Code) {
        if value.is_some_and(|value| !value.as_str().is_some_and(is_url)) {
            self.problem(code, pointer, "an id must be a single absolute URL");
        }
    }
}

/// The digests of a related resource, at least one: `digestSRI` (Subresource Integrity) and `digestMultibase` (multihash).
fn resource_digests(resource: &Value) -> Result<Vec<ResourceDigest>, &'static str> {
    let mut digests = Vec::new();
    if let Some(value) = resource.get("digestSRI") {
        let sri = value.as_str().ok_or("`digestSRI` must be a text")?;
        for part in sri.split_ascii_whitespace() {
            let digest = part.split_once('-').and_then(|(name, encoded)| {
                let bytes = base64::engine::general_purpose::STANDARD
                    .decode(encoded)
                    .ok()?;
                ResourceDigest::named(name, &bytes)
            });
            digests.push(digest.ok_or("`digestSRI` must be a SHA-256, SHA-384 or SHA-512 digest")?);
        }
    }
    if let Some(value) = resource.get("digestMultibase") {
        let text = value
            .as_str()
            .filter(|text| text.len() <= 256)
            .ok_or("`digestMultibase` must be a short text")?;
        let bytes = match text.strip_prefix('u') {
            Some(encoded) => base64::engine::general_purpose::URL_SAFE_NO_PAD
                .decode(encoded)
                .ok(),
            None => base58_multibase(text),
        };
        let digest = match bytes.as_deref() {
            Some([0x12, 32, digest @ ..]) => ResourceDigest::named("sha256", digest),
            Some([0x20, 48, digest @ ..]) => ResourceDigest::named("sha384", digest),
            Some([0x13, 64, digest @ ..]) => ResourceDigest::named("sha512", digest),
            // The data model's own example is a bare SHA-256 without the head of a multihash.
            Some(digest) if digest.len() == 32 => ResourceDigest::named("sha256", digest),
            Some(_) | None => None,
        };
        digests.push(
            digest.ok_or("`digestMultibase` must be a multihash of SHA-256, SHA-384 or SHA-512")?,
        );
    }
    if digests.is_empty() {
        Err("a related resource must have a digest")
    } else {
        Ok(digests)
    }
}

/// The items of an array, or the one value that stands for it.
fn one_or_many(value: &Value) -> &[Value] {
    match value {
        Value::Array(items) => items,
        single => std::slice::from_ref(single),
    }
}

/// Visits each item with its pointer; nothing where there is no value.
fn each<'a>(value: Option<&'a Value>, pointer: &str, mut visit: impl FnMut(&'a Value, &str)) {
    match value {
        None => {}
        Some(Value::Array(items)) => {
            for (n, item) in items.iter().enumerate() {
                let mut place = pointer.to_owned();
                push_pointer(&mut place, &n.to_string());
                visit(item, &place);
            }
        }
        Some(single) => visit(single, pointer),
    }
}

#[cfg(test)]
mod tests;
