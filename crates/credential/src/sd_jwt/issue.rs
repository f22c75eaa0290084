//! The issuer's side: what can be concealed, RFC 9901 §4.2 and §6.

use garita_canon::json::push_pointer;
use serde_json::{Map, Value, json};

use super::disclosure::{ALGORITHM, DIGESTS, ELEMENT, SHA_256, digest, write};
use crate::did::shorten;
use crate::jose;
use crate::keys::SigningKey;
use crate::problem::{Code, Problem};

/// Bytes of a salt. RFC 9901 §9.3: 128 bits that nobody can guess.
pub const SALT_BYTES: usize = 16;

/// A salt: random, for one disclosure or decoy only.
pub type Salt = [u8; SALT_BYTES];

/// What must stay visible, so that a verifier can judge the rest: who speaks, to whom, how long, under which rules. RFC 9901 §9.7,
/// VC-JOSE-COSE §3.2.1, SD-JWT VC §3.2.2.2.
pub(super) const VISIBLE: [&str; 17] = [
    "iss",
    "aud",
    "exp",
    "nbf",
    "cnf",
    "vct",
    "vct#integrity",
    "status",
    "nonce",
    "@context",
    "type",
    "issuer",
    "validFrom",
    "validUntil",
    "credentialStatus",
    "credentialSchema",
    "relatedResource",
];

/// What the holder can conceal. Places are JSON pointers (RFC 6901).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Members of objects and elements of arrays that get a disclosure each, one inside another as may be.
    pub concealable: Vec<String>,
    /// Objects and arrays that get so many digests of nothing, to hide how much is concealed.
    pub decoys: Vec<(String, usize)>,
}

impl Plan {
    /// Each of these places on its own, and no decoys.
    #[must_use]
    pub fn of(pointers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            concealable: pointers.into_iter().map(Into::into).collect(),
            decoys: Vec::new(),
        }
    }

    /// How many salts it takes.
    #[must_use]
    pub fn salts(&self) -> usize {
        let decoys: usize = self.decoys.iter().map(|(_, count)| *count).sum();
        self.concealable.len() + decoys
    }
}

/// The JSON pointer of a path as `credentialSubject.phoneNumbers[0]`.
#[must_use]
pub fn pointer_of_path(path: &str) -> String {
    let mut pointer = String::new();
    let steps = path.split(['.', '[']);
    for step in steps.map(|step| step.trim_end_matches(']')) {
        if !step.is_empty() {
            push_pointer(&mut pointer, step);
        }
    }
    pointer
}

/// Conceals what the plan says, signs, and puts the disclosures behind.
pub(super) fn issue(
    mut payload: Map<String, Value>,
    header: Map<String, Value>,
    plan: &Plan,
    salts: &[Salt],
    key: &SigningKey,
) -> Result<String, Problem> {
    check_names(&payload)?;
    let disclosures = conceal(&mut payload, plan, salts)?;
    if plan.salts() > 0 {
        payload.insert(ALGORITHM.into(), SHA_256.into());
    }
    let payload = Value::Object(payload).to_string();
    let mut token = jose::sign(header, payload.as_bytes(), key)?;
    for disclosure in disclosures {
        token.push('~');
        token.push_str(&disclosure);
    }
    token.push('~');
    Ok(token)
}

/// §4.1: the mechanism's names may not be those of claims.
fn check_names(payload: &Map<String, Value>) -> Result<(), Problem> {
    fn check(value: &Value, place: &mut String) -> Result<(), Problem> {
        let length = place.len();
        let within = |step: &str, value: &Value, place: &mut String| {
            push_pointer(place, step);
            let checked = if matches!(step, DIGESTS | ELEMENT | ALGORITHM) {
                let message = format!("no claim may be named `{step}`");
                Err(Problem::new(Code::ClaimReserved, place.clone(), message))
            } else {
                check(value, place)
            };
            place.truncate(length);
            checked
        };
        match value {
            Value::Object(members) => members
                .iter()
                .try_for_each(|(name, value)| within(name, value, place)),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .try_for_each(|(n, value)| within(&n.to_string(), value, place)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        }
    }
    check(&Value::Object(payload.clone()), &mut String::new())
}

/// One step of a plan, by the container that it changes.
struct Step<'a> {
    container: &'a str,
    /// The member or element to conceal; none for decoys.
    name: Option<String>,
    salts: &'a [Salt],
}

fn conceal(
    payload: &mut Map<String, Value>,
    plan: &Plan,
    salts: &[Salt],
) -> Result<Vec<String>, Problem> {
    let mut steps = steps(plan, salts)?;
    // What lies deeper goes first, so that the digests of it are inside what is concealed above it (§4.2.6). Among equals the
    // decoys come last: they lengthen an array, whose elements are named by number.
    steps.sort_by_key(|step| {
        let depth = step.container.matches('/').count();
        (std::cmp::Reverse(depth), step.name.is_none())
    });
    let mut document = Value::Object(std::mem::take(payload));
    let mut disclosures = Vec::with_capacity(plan.concealable.len());
    for step in steps {
        let container = document
            .pointer_mut(step.container)
            .ok_or_else(|| unknown(step.container))?;
        match &step.name {
            None => add_decoys(container, step.salts, step.container)?,
            Some(name) => {
                let salt = step.salts.first().ok_or_else(salts_lacking)?;
                let disclosure = conceal_one(container, name, salt)
                    .ok_or_else(|| unknown(&format!("{}/{name}", step.container)))?;
                disclosures.push(disclosure);
            }
        }
    }
    if let Value::Object(members) = document {
        *payload = members;
    }
    Ok(disclosures)
}

/// The plan's steps with their salts, in its order: first all that is concealable, then the decoys.
fn steps<'a>(plan: &'a Plan, salts: &'a [Salt]) -> Result<Vec<Step<'a>>, Problem> {
    let mut rest = salts;
    let mut take = |count: usize| -> Result<&[Salt], Problem> {
        let (taken, left) = rest.split_at_checked(count).ok_or_else(salts_lacking)?;
        rest = left;
        Ok(taken)
    };
    let mut steps = Vec::with_capacity(plan.concealable.len() + plan.decoys.len());
    for pointer in &plan.concealable {
        let (container, name) = pointer.rsplit_once('/').ok_or_else(|| unknown(pointer))?;
        let first = pointer.split('/').nth(1).unwrap_or_default();
        if VISIBLE.contains(&first) {
            let message = format!("`{first}` must stay visible");
            return Err(Problem::new(
                Code::ClaimNotConcealable,
                pointer.clone(),
                message,
            ));
        }
        steps.push(Step {
            container,
            name: Some(name.replace("~1", "/").replace("~0", "~")),
            salts: take(1)?,
        });
    }
    for (container, count) in &plan.decoys {
        steps.push(Step {
            container,
            name: None,
            salts: take(*count)?,
        });
    }
    Ok(steps)
}

/// Puts a digest where a value was; none where there is no such value, or no longer.
fn conceal_one(container: &mut Value, name: &str, salt: &Salt) -> Option<String> {
    match container {
        Value::Object(members) if name != DIGESTS => {
            let value = members.shift_remove(name)?;
            let disclosure = write(salt, Some(name), &value);
            add_digest(members, digest(&disclosure));
            Some(disclosure)
        }
        Value::Array(items) => {
            let item = items.get_mut(name.parse::<usize>().ok()?)?;
            if item.get(ELEMENT).is_some() {
                return None;
            }
            let disclosure = write(salt, None, item);
            *item = json!({ELEMENT: digest(&disclosure)});
            Some(disclosure)
        }
        _ => None,
    }
}

/// §4.2.5.
fn add_decoys(container: &mut Value, salts: &[Salt], place: &str) -> Result<(), Problem> {
    for salt in salts {
        match container {
            Value::Object(members) => add_digest(members, digest(salt)),
            Value::Array(items) => items.push(json!({ELEMENT: digest(salt)})),
            _ => return Err(unknown(place)),
        }
    }
    Ok(())
}

/// §4.2.4.1: in the order of the digests, which says nothing of the order of the claims.
fn add_digest(members: &mut Map<String, Value>, digest: String) {
    let digests = members
        .entry(DIGESTS)
        .or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(digests) = digests {
        let at = digests.partition_point(|other| other.as_str() < Some(&digest));
        digests.insert(at, digest.into());
    }
}

fn unknown(pointer: &str) -> Problem {
    let message = format!("there is nothing to conceal at `{}`", shorten(pointer));
    Problem::new(Code::DisclosurePlaceUnknown, pointer, message)
}

fn salts_lacking() -> Problem {
    Problem::new(
        Code::SaltsTooFew,
        "",
        "one salt is needed for each disclosure and each decoy",
    )
}
