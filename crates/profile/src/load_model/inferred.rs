//! What a profile leaves out because it follows from the rest.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::*;
use crate::pointer::Path;

/// Where a record type says which cases it is about: its own words, or those of what it follows.
pub(crate) fn about_paths(m: &Model, record_type: &str) -> BTreeMap<String, Path> {
    let mut paths = BTreeMap::new();
    let mut open = vec![record_type.to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let Some(r) = m.records.get(&name) else {
            continue;
        };
        if r.about.is_empty() {
            open.extend(r.follows.iter().cloned());
        } else {
            paths.extend(r.about.iter().map(|(k, p)| (k.clone(), p.clone())));
        }
    }
    paths
}

/// Kinds a record type is about.
pub(crate) fn about_of(m: &Model, record_type: &str) -> BTreeSet<String> {
    about_paths(m, record_type).into_keys().collect()
}

/// What is left out because it follows from the rest: issuers of what follows, cases of what a life cycle names.
pub(super) fn infer_records(m: &mut Model) {
    let mut own: Vec<String> = m.type_of.keys().cloned().collect();
    own.retain(|t| m.type_of.get(t) == Some(&m.id));
    let signatories = m
        .members
        .last()
        .map(|own| own.charter.signatories.clone())
        .unwrap_or_default();
    for name in &own {
        let Some(r) = m.records.get(name) else {
            continue;
        };
        let mut issued_by = r.issued_by.clone();
        if issued_by.is_empty() {
            for f in &r.follows {
                issued_by.extend(
                    m.records
                        .get(f)
                        .into_iter()
                        .flat_map(|f| f.issued_by.iter().cloned()),
                );
            }
            issued_by.sort();
            issued_by.dedup();
        }
        let mut about = r.about.clone();
        if about.is_empty() && r.follows.is_empty() {
            let mut kinds: Vec<&String> = m
                .life_cycle
                .iter()
                .filter(|(_, life)| names_type(life, name))
                .map(|(k, _)| k)
                .collect();
            let own: Vec<&String> = (m.kind_of.iter())
                .filter(|(_, p)| **p == m.id)
                .map(|(k, _)| k)
                .collect();
            if kinds.is_empty() && own.len() == 1 {
                kinds.extend(own);
            }
            for kind in kinds {
                about.insert(
                    kind.clone(),
                    Path::parse("/credentialSubject").unwrap_or_default(),
                );
            }
        }
        if let Some(r) = m.records.get_mut(name) {
            r.issued_by = issued_by;
            r.about = about;
            // Said outright, since the charter of a profile that stands on this one may be another.
            if r.audience.is_empty() && !r.secret_office {
                let mut to = signatories.clone();
                to.push("seats".to_owned());
                r.audience.push(Audience {
                    to,
                    view: Vec::new(),
                    view_name: String::new(),
                });
            }
        }
    }
    infer_inside(m);
}

/// A kind of which every record is secret is its office's own: there is nobody to be kept from.
fn infer_inside(m: &mut Model) {
    let about: BTreeMap<String, BTreeSet<String>> = m
        .records
        .keys()
        .map(|name| (name.clone(), about_of(m, name)))
        .collect();
    let open: BTreeSet<&String> = m
        .records
        .iter()
        .filter(|(_, r)| !r.secret_office)
        .filter_map(|(name, _)| about.get(name))
        .flatten()
        .collect();
    for (name, r) in &mut m.records {
        r.inside = r.secret_office
            && about
                .get(name)
                .is_some_and(|kinds| !kinds.is_empty() && kinds.iter().all(|k| !open.contains(k)));
    }
}

pub(super) fn names_type(life: &LifeCycle, name: &str) -> bool {
    named_types(life).contains(name)
}

/// Record types that a life cycle names.
pub(crate) fn named_types(life: &LifeCycle) -> BTreeSet<String> {
    let mut out: BTreeSet<String> = BTreeSet::new();
    out.extend(
        life.tracks
            .values()
            .flat_map(|t| t.moves.iter().map(|m| m.on.clone())),
    );
    for b in life.balances.values() {
        out.extend(b.inn.iter().chain(&b.out).map(|p| p.record_type.clone()));
    }
    if let Some(h) = &life.holds {
        out.extend(h.opens.iter().chain(&h.closes).cloned());
    }
    for when in life.show.iter().filter_map(|s| s.when.as_ref()) {
        for (function, args) in when.calls() {
            if function == "agreed" {
                out.extend(args.into_iter().next().flatten().unwrap_or_default());
            }
        }
    }
    out
}
