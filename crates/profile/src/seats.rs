//! Who belongs to a case: its owner, offices, seats, posts. Nobody joins by filing (design §5).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::case::{CaseRecord, CaseRef, Directory, Standing};
use crate::model::{Kind, Model, Post, RecordType, Role};
use crate::pointer::{Path, text_of};

/// The seat of the party that opened the case; it needs no path.
pub const OWNER_SEAT: &str = "owner";

/// Roles whose parties are offices of this profile: charter signatories, keepers of tracks, holders of posts, those who affirm, and
/// those who issue decisive acts or open holds.
pub fn office_roles(model: &Model) -> BTreeSet<Role> {
    let mut out: BTreeSet<Role> = model.charter.signatories.iter().cloned().collect();
    out.extend(model.posts.values().flat_map(|p| p.roles.iter().cloned()));
    out.extend(model.affirmed_by.values().flatten().cloned());
    for life in model.life_cycle.values() {
        out.extend(life.tracks.values().filter_map(|t| t.keeper.clone()));
        for ty in life.holds.iter().flat_map(|h| &h.opens) {
            out.extend(
                model
                    .records
                    .get(ty)
                    .into_iter()
                    .flat_map(|t| t.issued_by.iter().cloned()),
            );
        }
    }
    for ty in model.records.values().filter(|t| t.decisive) {
        out.extend(ty.issued_by.iter().cloned());
    }
    out.retain(|r| !is_reference(r));
    out
}

/// `post.NAME`, `seat.NAME`, `seats`: not a role of the trust list.
pub(crate) fn is_reference(word: &str) -> bool {
    word == "seats" || word.starts_with("post.") || word.starts_with("seat.")
}

/// Whether `did` has one of the office roles at `at_ms`.
pub(crate) fn is_office(
    directory: &Directory,
    offices: &BTreeSet<Role>,
    did: &str,
    at_ms: i64,
) -> bool {
    directory.parties.get(did).is_some_and(|p| {
        p.roles.iter().any(|r| {
            offices.contains(&r.role) && r.from_ms <= at_ms && r.until_ms.is_none_or(|u| at_ms < u)
        })
    })
}

/// Who may issue a record of this type: as its line says, or as the lines of the types that it follows.
pub(crate) fn issuers<'m>(model: &'m Model, ty: &'m RecordType) -> Vec<&'m str> {
    if ty.issued_by.is_empty() {
        ty.follows
            .iter()
            .filter_map(|t| model.records.get(t))
            .flat_map(|t| t.issued_by.iter().map(String::as_str))
            .collect()
    } else {
        ty.issued_by.iter().map(String::as_str).collect()
    }
}

/// Roles that records about `kind` are addressed to by name: their parties see the case without any filing.
pub(crate) fn addressed_roles<'m>(model: &'m Model, kind: &str) -> BTreeSet<&'m str> {
    model
        .records
        .values()
        .filter(|t| about_kind(model, t, kind))
        .flat_map(|t| {
            t.audience
                .iter()
                .flat_map(|a| a.to.iter().map(String::as_str))
        })
        .filter(|r| !is_reference(r))
        .collect()
}

/// Whether records of this type are about cases of `kind`: by their own line, or by what they follow.
pub(crate) fn about_kind(model: &Model, ty: &RecordType, kind: &str) -> bool {
    if ty.about.is_empty() {
        ty.follows
            .iter()
            .filter_map(|t| model.records.get(t))
            .any(|t| t.about.contains_key(kind))
    } else {
        ty.about.contains_key(kind)
    }
}

/// Whether `did` may open the case: it has the owner's role and holds the key's number by the trust list.
pub fn may_open(kind: &Kind, case: &CaseRef, directory: &Directory, did: &str, at_ms: i64) -> bool {
    let is_owner = |r: &Role| directory.has_role(did, r, at_ms);
    if !kind.owner.roles.iter().any(is_owner) {
        return false;
    }
    let Some(namespace) = &kind.owner.holds else {
        return true;
    };
    let named = kind
        .key
        .iter()
        .position(|p| p.last_name() == Some(namespace.as_str()));
    match named {
        Some(i) => case
            .key
            .split(':')
            .nth(i)
            .is_some_and(|value| directory.holds(did, namespace, value)),
        None => directory
            .parties
            .get(did)
            .and_then(|p| p.holds.get(namespace))
            .is_some_and(|values| {
                values
                    .iter()
                    .any(|v| !v.is_empty() && case.key.starts_with(v.as_str()))
            }),
    }
}

/// Whether this record, were it the first, would open the case.
pub(crate) fn opens(
    model: &Model,
    kind: &Kind,
    case: &CaseRef,
    directory: &Directory,
    record: &CaseRecord,
    actor: &str,
) -> bool {
    let Some(ty) = model.records.get(&record.record_type) else {
        return false;
    };
    // What is compiled from public sources opens a case where its type takes it: who compiles has the owner's role.
    let said = match record.standing {
        Standing::Act => true,
        Standing::Compiled => ty.accepts.iter().any(|a| a == "compiled"),
        Standing::Report => false,
    };
    said && record.disputed.is_none()
        && record.replaces.is_none()
        && (!ty.secret_office || ty.inside)
        && about_kind(model, ty, &case.kind)
        && kind.owner.roles.iter().any(|r| {
            // Under the role by which it issues the type, where several may own.
            issuers(model, ty).contains(&r.as_str())
                && directory.has_role(actor, r, record.logged_ms)
        })
        && may_open(kind, case, directory, actor, record.logged_ms)
}

/// Seats that a record gives: (seat, DID).
pub(crate) fn seats_given<'m>(kind: &'m Kind, record: &CaseRecord) -> Vec<(&'m str, String)> {
    let mut out = Vec::new();
    for (name, paths) in &kind.seats {
        for path in paths.iter().filter(|p| p.record_type == record.record_type) {
            let mut found = Vec::new();
            each_value(&path.path, &record.document, &mut |v| {
                if let Some(did) = did_of(v) {
                    found.push((name.as_str(), did));
                }
            });
            if found.is_empty() && path.path.to_string() == "/issuer/id" {
                found.push((name.as_str(), record.issuer.clone()));
            }
            out.append(&mut found);
        }
    }
    out
}

/// A DID as a text or as `{ id: DID }`.
fn did_of(value: &Value) -> Option<String> {
    value
        .as_str()
        .or_else(|| value.get("id").and_then(Value::as_str))
        .map(str::to_owned)
}

/// Whether `did` holds a post at `place`: it has one of the post's roles, and stands at the place (or everywhere).
pub(crate) fn holds_post(
    directory: &Directory,
    post: &Post,
    place: &str,
    did: &str,
    at_ms: i64,
) -> bool {
    post.roles.iter().any(|r| directory.has_role(did, r, at_ms))
        && directory
            .parties
            .get(did)
            .is_some_and(|p| p.places.is_empty() || p.places.iter().any(|x| x == place))
}

/// The offices that hold a post at `place`, in DID order.
pub(crate) fn post_holders(
    directory: &Directory,
    post: &Post,
    place: &str,
    at_ms: i64,
) -> Vec<String> {
    directory
        .parties
        .keys()
        .filter(|did| holds_post(directory, post, place, did, at_ms))
        .cloned()
        .collect()
}

/// A post's place, read from the newest record in force of each type in turn: the first path that finds something counts.
pub(crate) fn post_place<'r>(
    post: &Post,
    newest: &dyn Fn(&str) -> Option<&'r CaseRecord>,
) -> Option<String> {
    post.at.iter().find_map(|typed| {
        let record = newest(&typed.record_type)?;
        first_value(&typed.path, &record.document).and_then(text_of)
    })
}

/// Calls `f` with each value that `path` finds, without making pointers: the fold does this for every record.
pub(crate) fn each_value<'v>(path: &Path, document: &'v Value, f: &mut dyn FnMut(&'v Value)) {
    let steps: Vec<Option<&str>> = path.steps().collect();
    walk(&steps, document, f);
}

/// The first value that `path` finds.
pub(crate) fn first_value<'v>(path: &Path, document: &'v Value) -> Option<&'v Value> {
    let mut found = None;
    each_value(path, document, &mut |v| {
        if found.is_none() {
            found = Some(v);
        }
    });
    found
}

fn walk<'v>(steps: &[Option<&str>], value: &'v Value, f: &mut dyn FnMut(&'v Value)) {
    let Some((step, rest)) = steps.split_first() else {
        if !value.is_null() {
            f(value);
        }
        return;
    };
    match (step, value) {
        (None, Value::Array(items)) => {
            for item in items {
                walk(rest, item, f);
            }
        }
        (Some(name), Value::Object(members)) => {
            if let Some(member) = members.get(*name) {
                walk(rest, member, f);
            }
        }
        (Some(name), Value::Array(items)) => {
            if let Some(item) = name.parse::<usize>().ok().and_then(|i| items.get(i)) {
                walk(rest, item, f);
            }
        }
        _ => {}
    }
}

/// Seats as a map for people: seat name to its DIDs in order.
pub(crate) fn seat_map(given: &BTreeSet<(&str, &str)>) -> BTreeMap<String, Vec<String>> {
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (seat, did) in given {
        out.entry((*seat).to_owned())
            .or_default()
            .push((*did).to_owned());
    }
    out
}
