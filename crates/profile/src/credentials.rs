//! Credentials for outsiders: documents in others' vocabularies that an office signs, made from a case and its records.
//!
//! What is made here has no proof yet and follows from the case alone: the same records give the same document, to the byte.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::acts::CaseView;
use crate::board::NamedScope;
use crate::builtin::ANY;
use crate::case::{CaseRecord, CaseState};
use crate::expr::{EvalError, Expr, Reach, STEPS_MAX, Scope, Tri, Val};
use crate::forms::{Words, text_words};
use crate::load::Profile;
use crate::model::{Credential, Template, TemplateMember};
use crate::pointer::Path;

/// The context that comes first in every credential (VC Data Model 2.0, §4.3).
pub const CONTEXT_FIRST: &str = "https://www.w3.org/ns/credentials/v2";
/// Contexts of others that this engine knows, beside the programs' own: what signs and what checks know the same.
pub const CONTEXTS_KNOWN: &[&str] = &[CONTEXT_FIRST, CONTEXT_RECORD, CONTEXT_OPEN_BADGES];
/// The envelope's: `simulated` stands in it.
pub const CONTEXT_RECORD: &str = "https://w3id.org/garita/record/v1";
/// Open Badges 3.0.
pub const CONTEXT_OPEN_BADGES: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
/// The type of every credential.
pub const TYPE_FIRST: &str = "VerifiableCredential";
/// What checking one can come to, `checked.result` of the act that writes it down: it holds and the case stands as `when` asks; the
/// case does not; a newer one was made since; nobody here has heard of the case; its day is past; not come; its proof, issuer or form
/// does not hold.
pub const RESULTS: [&str; 7] = [
    "valid",
    "not-good",
    "superseded",
    "not-known",
    "expired",
    "not-yet-valid",
    "proof-fails",
];
/// Members that the words of a credential give, and no template.
pub(crate) const MEMBERS_GIVEN: &[&str] =
    &["@context", "id", "type", "validFrom", "validUntil", "proof"];

/// A credential without its proof.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// The document.
    pub document: Value,
    /// DID of the office that states it.
    pub issuer: String,
    /// The record that it repeats.
    pub record: String,
    /// When that record was logged at its home, ms since 1970.
    pub logged_ms: i64,
}

/// A credential as offered on a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// Its name in the profile.
    pub name: String,
    /// What people call it.
    pub title: Words,
}

/// Why there is no credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// The kind of case has no such credential.
    #[error("there is no credential `{0}` of this kind of case")]
    Unknown(String),
    /// Nobody has stated yet what it would repeat, or only a part of that record is in hand.
    #[error("no whole record {0} is in force in this case")]
    NoRecord(String),
    /// The case does not stand so that it may be made, or that cannot be told.
    #[error("the case does not stand so that `{0}` may be made")]
    NotNow(String),
    /// A member cannot be filled in from what is in hand.
    #[error("`{pointer}` cannot be filled in: {why}")]
    Lacking {
        /// Member of the credential.
        pointer: String,
        /// Why.
        why: String,
    },
}

impl CredentialError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "credential-unknown",
            Self::NoRecord(_) => "credential-no-record",
            Self::NotNow(_) => "credential-not-now",
            Self::Lacking { .. } => "credential-member-lacking",
        }
    }
}

impl Credential {
    /// All its expressions.
    pub fn expressions(&self) -> Vec<&Expr> {
        let mut out: Vec<&Expr> = [&self.when, &self.id, &self.valid_from, &self.valid_until]
            .into_iter()
            .flatten()
            .collect();
        members_expressions(&self.members, &mut out);
        out
    }

    /// The credential with a word in place of all that would be filled in: which members it can have, in which contexts.
    pub fn skeleton(&self, filling: &str) -> Value {
        let mut document = Map::new();
        document.insert("@context".to_owned(), json!(self.context));
        document.insert("type".to_owned(), json!(self.types));
        document.insert("issuer".to_owned(), json!({ "id": filling }));
        for member in &self.members {
            let value = blank(&member.value, filling);
            put(&mut document, &member.name, value);
        }
        Value::Object(document)
    }
}

fn members_expressions<'t>(members: &'t [TemplateMember], out: &mut Vec<&'t Expr>) {
    for member in members {
        template_expressions(&member.value, out);
    }
}

fn template_expressions<'t>(template: &'t Template, out: &mut Vec<&'t Expr>) {
    match template {
        Template::Literal(_) => {}
        Template::Is(expr) => out.push(expr),
        Template::List(items) => items.iter().for_each(|i| template_expressions(i, out)),
        Template::Members(members) => members_expressions(members, out),
    }
}

fn blank(template: &Template, filling: &str) -> Value {
    match template {
        Template::Literal(value) => value.clone(),
        Template::Is(_) => Value::from(filling),
        Template::List(items) => items.iter().map(|i| blank(i, filling)).collect(),
        Template::Members(members) => Value::Object(
            members
                .iter()
                .map(|m| (m.name.clone(), blank(&m.value, filling)))
                .collect(),
        ),
    }
}

/// The issuer's members beside its id stand in the template; of everything else there is one.
fn put(document: &mut Map<String, Value>, name: &str, value: Value) {
    if name == "issuer"
        && let (Some(Value::Object(issuer)), Value::Object(more)) = (document.get_mut(name), &value)
    {
        issuer.extend(more.iter().map(|(k, v)| (k.clone(), v.clone())));
    } else {
        document.insert(name.to_owned(), value);
    }
}

/// Names of the links that a credential asks for: to be looked up before it is made.
pub fn links(credential: &Credential) -> BTreeSet<String> {
    crate::links::names(credential.expressions())
}

/// The credentials that a party may have of a case as it stands, by name.
pub fn offered(profile: &Profile, case: CaseView<'_>, did: &str, roles: &[&str]) -> Vec<Offered> {
    let of_kind = profile
        .model()
        .credentials
        .iter()
        .filter(|(_, c)| c.kind == case.state.case.kind);
    of_kind
        .filter(|(_, c)| whole(c, case).is_some_and(|r| may_have(c, case.state, r, did, roles)))
        .filter(|(_, c)| good(profile, c, case) == Some(true))
        .map(|(name, _)| Offered {
            name: name.clone(),
            title: text_words(profile, &format!("credentials.{name}")),
        })
        .collect()
}

/// Whether a party is one of those to whom a credential goes: who issued its record, and who has one of its roles or seats.
pub fn may_have(
    credential: &Credential,
    state: &CaseState,
    record: &CaseRecord,
    did: &str,
    roles: &[&str],
) -> bool {
    let seated = |seat: &str| {
        if seat == crate::seats::OWNER_SEAT {
            return state.owner.as_deref() == Some(did);
        }
        state
            .seats
            .get(seat)
            .is_some_and(|dids| dids.iter().any(|d| d == did))
    };
    record.issuer == did
        || credential
            .to
            .iter()
            .any(|role| match role.strip_prefix("seat.") {
                Some(seat) => seated(seat),
                None => role == ANY || roles.contains(&role.as_str()),
            })
}

/// Who issued the record that a credential repeats, in full or in part; none where none is in force.
pub fn issuer<'a>(credential: &Credential, case: CaseView<'a>) -> Option<&'a str> {
    newest(credential, case).map(|r| r.issuer.as_str())
}

/// Whether a credential may be made in this case, and so whether one that was made is still good; none where it cannot be told.
pub fn good(profile: &Profile, credential: &Credential, case: CaseView<'_>) -> Option<bool> {
    let Some(when) = &credential.when else {
        return Some(newest(credential, case).is_some());
    };
    let truth = when.eval(&NamedScope::new(profile, case), STEPS_MAX);
    match truth {
        Tri::Known(Val::Bool(is)) => Some(is),
        Tri::Known(_) | Tri::Unknown(_) | Tri::Error(_) => None,
    }
}

/// The credential that a case gives as it stands.
///
/// # Errors
/// See [`CredentialError`].
pub fn make(profile: &Profile, name: &str, case: CaseView<'_>) -> Result<Made, CredentialError> {
    let credential = profile
        .model()
        .credentials
        .get(name)
        .filter(|c| c.kind == case.state.case.kind)
        .ok_or_else(|| CredentialError::Unknown(name.to_owned()))?;
    let record = whole(credential, case)
        .ok_or_else(|| CredentialError::NoRecord(credential.from.clone()))?;
    if good(profile, credential, case) != Some(true) {
        return Err(CredentialError::NotNow(name.to_owned()));
    }
    let scope = CredentialScope {
        inner: NamedScope::new(profile, case),
        issuer: issuer_val(record, case),
        salt: salt(record),
        simulated: record.document.get("simulated") == Some(&Value::Bool(true)),
    };
    let mut document = Map::new();
    document.insert("@context".to_owned(), json!(credential.context));
    let id = match &credential.id {
        Some(id) => filled(id, &scope, "/id")?,
        None => Value::from(own_id(&record.id, name)),
    };
    document.insert("id".to_owned(), id);
    document.insert("type".to_owned(), json!(credential.types));
    document.insert("issuer".to_owned(), json!({ "id": record.issuer }));
    let from = match &credential.valid_from {
        Some(from) => instant(filled(from, &scope, "/validFrom")?),
        None => instant(Value::from(record.occurred_ms)),
    };
    document.insert("validFrom".to_owned(), from);
    if let Some(until) = &credential.valid_until {
        match filled(until, &scope, "/validUntil") {
            Ok(until) => {
                document.insert("validUntil".to_owned(), instant(until));
            }
            Err(_) if credential.may_not_end => {}
            Err(e) => return Err(e),
        }
    }
    for member in &credential.members {
        if let Some(value) = member_value(member, &scope, "")? {
            put(&mut document, &member.name, value);
        }
    }
    Ok(Made {
        document: Value::Object(document),
        issuer: record.issuer.clone(),
        record: record.id.clone(),
        logged_ms: record.logged_ms,
    })
}

/// The key of the case that a credential speaks of, by where its components stand; none where it says not enough.
pub fn case_key(key: &[Path], document: &Value) -> Option<String> {
    let components: Vec<String> = key
        .iter()
        .map(|path| path.texts(document).into_iter().next())
        .collect::<Option<_>>()?;
    let sound = components.iter().all(|c| !c.is_empty());
    (!components.is_empty() && sound).then(|| components.join(":"))
}

/// The name of a program's own context.
pub fn context_url(profile: &str, version: &str) -> String {
    let major = version.split('.').next().unwrap_or("1");
    format!("https://w3id.org/garita/{profile}/v{major}")
}

/// Whether a document is one of these: it has all the types, and no other.
pub fn is_of(types: &[String], document: &Value) -> bool {
    let has: BTreeSet<&str> = match document.get("type") {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(one)) => BTreeSet::from([one.as_str()]),
        _ => BTreeSet::new(),
    };
    has == types.iter().map(String::as_str).collect()
}

fn newest<'a>(credential: &Credential, case: CaseView<'a>) -> Option<&'a CaseRecord> {
    let state = case
        .state
        .records
        .iter()
        .rev()
        .find(|r| r.in_force && r.record_type == credential.from)?;
    let held = case.records.iter().filter(|r| r.id == state.id);
    held.min_by_key(|r| r.view.is_some())
}

/// The record that it repeats, where all of it is in hand.
fn whole<'a>(credential: &Credential, case: CaseView<'a>) -> Option<&'a CaseRecord> {
    newest(credential, case).filter(|r| r.view.is_none())
}

fn member_value(
    member: &TemplateMember,
    scope: &CredentialScope<'_>,
    above: &str,
) -> Result<Option<Value>, CredentialError> {
    let pointer = format!("{above}/{}", crate::pointer::escape(&member.name));
    match value(&member.value, scope, &pointer) {
        Ok(Value::Null) => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(CredentialError::Lacking { .. }) if member.optional => Ok(None),
        Err(e) => Err(e),
    }
}

fn value(
    template: &Template,
    scope: &CredentialScope<'_>,
    pointer: &str,
) -> Result<Value, CredentialError> {
    match template {
        Template::Literal(value) => Ok(value.clone()),
        Template::Is(expr) => filled(expr, scope, pointer),
        Template::List(items) => items
            .iter()
            .enumerate()
            .map(|(n, item)| value(item, scope, &format!("{pointer}/{n}")))
            .collect(),
        Template::Members(members) => {
            let mut out = Map::new();
            for member in members {
                if let Some(value) = member_value(member, scope, pointer)? {
                    out.insert(member.name.clone(), value);
                }
            }
            Ok(Value::Object(out))
        }
    }
}

fn filled(
    expr: &Expr,
    scope: &CredentialScope<'_>,
    pointer: &str,
) -> Result<Value, CredentialError> {
    let lacking = |why: String| CredentialError::Lacking {
        pointer: pointer.to_owned(),
        why,
    };
    match expr.eval(scope, STEPS_MAX) {
        Tri::Known(value) => {
            Val::to_json(&value).ok_or_else(|| lacking("not all of it is in hand".to_owned()))
        }
        Tri::Unknown(why) => Err(lacking(why)),
        Tri::Error(e) => Err(lacking(e.to_string())),
    }
}

/// An instant as credentials write it: with its zone, to the second where it falls on one.
fn instant(value: Value) -> Value {
    match value.as_i64() {
        Some(ms) => crate::clocks::date_time(ms)
            .map_or(Value::Null, |text| Value::from(text.replace(".000Z", "Z"))),
        None => value,
    }
}

/// An id that follows from the record's and the credential's name: a UUID of version 8 (RFC 9562 §5.8).
fn own_id(record: &str, name: &str) -> String {
    let digest = crate::digest::hex(format!("garita credential v1\n{record}\n{name}").as_bytes());
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default().to_owned();
    format!(
        "urn:uuid:{}-{}-8{}-a{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 15),
        part(15, 18),
        part(18, 30)
    )
}

/// A salt for what may not be guessed: it follows from the record's own, which no view discloses.
fn salt(record: &CaseRecord) -> Option<String> {
    let own = record.document.get("salt")?.as_str()?;
    let digest = crate::digest::hex(format!("garita credential salt v1\n{own}").as_bytes());
    Some(digest.get(..32)?.to_owned())
}

fn issuer_val(record: &CaseRecord, case: CaseView<'_>) -> Val {
    let party = case.directory.parties.get(&record.issuer);
    Val::map([
        ("id".to_owned(), Val::str(&record.issuer)),
        (
            "name".to_owned(),
            party.map_or_else(
                || Val::unknown("the trust list has no name for it"),
                |p| Val::str(&p.name),
            ),
        ),
        (
            "country".to_owned(),
            party.map_or_else(
                || Val::unknown("the trust list does not know it"),
                |p| Val::str(p.country.to_uppercase()),
            ),
        ),
    ])
}

/// A case's names, and beside them who issues, a salt, and whether all of it is synthetic.
struct CredentialScope<'a> {
    inner: NamedScope<'a>,
    issuer: Val,
    salt: Option<String>,
    simulated: bool,
}

impl Scope for CredentialScope<'_> {
    fn reach(&self, names: &[&str]) -> Option<Reach<'_>> {
        self.inner.reach(names)
    }
    fn member(&self, names: &[&str]) -> Option<Val> {
        self.inner.member(names)
    }
    fn var(&self, name: &str) -> Option<Val> {
        match name {
            "issuer" => Some(self.issuer.clone()),
            "salt" => Some(self.salt.as_ref().map_or_else(
                || Val::unknown("only a part of the record is in hand"),
                Val::str,
            )),
            "simulated" => Some(Val::Bool(self.simulated)),
            _ => self.inner.var(name),
        }
    }
    fn call(&self, name: &str, args: &[Val]) -> Option<Result<Val, EvalError>> {
        self.inner.call(name, args)
    }
}
