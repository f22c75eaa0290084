//! Profiles that stand on others (`uses`): which go together, in which order they are read.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, FindingSeverity};
use crate::load::Folder;
use crate::yaml::{self, Node};

/// What a folder says of itself at its top.
#[derive(Debug, Clone)]
pub(crate) struct Heading {
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) uses: BTreeMap<String, (String, usize)>,
}

/// Id, version and `uses` of a folder; none where its `profile.yaml` cannot be read (which reading it says).
pub(crate) fn heading(folder: &Folder) -> Option<Heading> {
    let top = yaml::parse(folder.text("profile.yaml")?).ok()?;
    Some(Heading {
        id: top.get("profile").and_then(Node::text)?,
        version: top.get("version").and_then(Node::text).unwrap_or_default(),
        uses: top
            .get("uses")
            .map(Node::members)
            .unwrap_or_default()
            .iter()
            .map(|(id, line, v)| (id.clone(), (v.text().unwrap_or_default(), *line)))
            .collect(),
    })
}

/// The id in a folder's `profile.yaml`; none where it cannot be read.
pub fn id_of(folder: &Folder) -> Option<String> {
    heading(folder).map(|h| h.id)
}

/// Names of the profiles that a folder stands on, by its own words.
pub fn used_by(folder: &Folder) -> Vec<String> {
    heading(folder).map_or_else(Vec::new, |h| h.uses.into_keys().collect())
}

/// `^1`, `~1.2`, `1.2.0`.
pub(crate) fn is_requirement(text: &str) -> bool {
    let digits = text.strip_prefix(['^', '~']).unwrap_or(text);
    !digits.is_empty()
        && digits.split('.').count() <= 3
        && digits.split('.').all(|n| n.parse::<u32>().is_ok())
}

/// Whether a version will do: `^1.2` any 1.x from 1.2 on, `~1.2` any 1.2.x, else that one.
pub(crate) fn will_do(wanted: &str, version: &str) -> bool {
    let Some(have) = numbers(version) else {
        return false;
    };
    let (sign, rest) = match wanted.split_at_checked(1) {
        Some((sign @ ("^" | "~"), rest)) => (sign, rest),
        _ => ("", wanted),
    };
    let Some(want) = numbers(rest) else {
        return false;
    };
    match sign {
        "^" => have.0 == want.0 && have >= want,
        "~" => (have.0, have.1) == (want.0, want.1) && have >= want,
        _ => have == want,
    }
}

/// Major, minor, patch; what is left out is 0, what follows `-` or `+` is not compared.
pub(crate) fn numbers(version: &str) -> Option<(u32, u32, u32)> {
    let plain = version.split(['-', '+']).next()?;
    let mut parts = plain.split('.').map(|n| n.parse::<u32>().ok());
    let mut next = || parts.next().unwrap_or(Some(0));
    Some((next()?, next()?, next()?))
}

/// The folders of `pool` that `first` stands on, used ones first, `first` last; and what is missing or goes in a ring.
pub(crate) fn in_order<'f>(
    first: &'f Folder,
    pool: &[&'f Folder],
) -> (Vec<&'f Folder>, Vec<Finding>) {
    let known: Vec<(Heading, &'f Folder)> = pool
        .iter()
        .filter_map(|f| Some((heading(f)?, *f)))
        .collect();
    let mut walk = Walk {
        known: &known,
        done: Vec::new(),
        taken: BTreeSet::new(),
        findings: Vec::new(),
    };
    match heading(first) {
        Some(own) => walk.visit(&own, first, &mut Vec::new()),
        None => walk.done.push(first),
    }
    (walk.done, walk.findings)
}

struct Walk<'w, 'f> {
    known: &'w [(Heading, &'f Folder)],
    done: Vec<&'f Folder>,
    taken: BTreeSet<String>,
    findings: Vec<Finding>,
}

impl<'f> Walk<'_, 'f> {
    fn visit(&mut self, own: &Heading, folder: &'f Folder, way: &mut Vec<String>) {
        way.push(own.id.clone());
        for (id, (wanted, line)) in &own.uses {
            if way.contains(id) {
                self.fault(
                    *line,
                    "uses-cycle",
                    format!("profiles go in a ring: {} → {id}", way.join(" → ")),
                    "one of them takes the other out of `uses`; it may name its types under `accepts`",
                );
                continue;
            }
            if self.taken.contains(id) {
                continue;
            }
            let mut found: Vec<&(Heading, &'f Folder)> =
                self.known.iter().filter(|(h, _)| h.id == *id).collect();
            let any = found
                .iter()
                .map(|(h, _)| h.version.clone())
                .collect::<Vec<_>>()
                .join(", ");
            found.retain(|(h, _)| will_do(wanted, &h.version));
            found.sort_by_key(|(h, _)| numbers(&h.version));
            match found.last() {
                Some((heading, folder)) => self.visit(&heading.clone(), folder, way),
                None if any.is_empty() => self.fault(
                    *line,
                    "uses-missing",
                    format!("{} stands on {id}, which is not there", own.id),
                    format!("put its folder beside this one: ../{id}"),
                ),
                None => self.fault(
                    *line,
                    "uses-version",
                    format!("{} wants {id} {wanted}; there is {any}", own.id),
                    "change the version under `uses`, or put the right one beside this folder",
                ),
            }
        }
        way.pop();
        if self.taken.insert(own.id.clone()) {
            self.done.push(folder);
        }
    }

    fn fault(&mut self, line: usize, code: &str, message: String, help: impl Into<String>) {
        self.findings.push(Finding {
            file: "profile.yaml".to_owned(),
            line,
            code: code.to_owned(),
            severity: FindingSeverity::Error,
            message,
            help: help.into(),
        });
    }
}

/// Folders in groups that stand on each other: each group is read as one profile, used ones first.
///
/// Of several versions of one profile each goes with the others, as far as these can stand on it: whichever is in force, the rest of what
/// a node runs is there.
pub(crate) fn groups<'f>(folders: &[&'f Folder]) -> (Vec<Vec<&'f Folder>>, Vec<Finding>) {
    let mut newest: BTreeMap<String, (Heading, &'f Folder)> = BTreeMap::new();
    let mut older: Vec<&'f Folder> = Vec::new();
    let mut alone: Vec<Vec<&'f Folder>> = Vec::new();
    for folder in folders {
        let Some(h) = heading(folder) else {
            alone.push(vec![folder]);
            continue;
        };
        match newest.get(&h.id) {
            Some((held, _)) if numbers(&held.version) > numbers(&h.version) => older.push(folder),
            _ => {
                if let Some((_, before)) = newest.insert(h.id.clone(), (h, folder)) {
                    older.push(before);
                }
            }
        }
    }
    // Groups by name: joined where one uses another.
    let mut group: BTreeMap<&str, usize> = newest
        .keys()
        .enumerate()
        .map(|(i, id)| (id.as_str(), i))
        .collect();
    for (id, (h, _)) in &newest {
        for used in h.uses.keys() {
            if let (Some(a), Some(b)) = (
                group.get(id.as_str()).copied(),
                group.get(used.as_str()).copied(),
            ) {
                for g in group.values_mut().filter(|g| **g == b) {
                    *g = a;
                }
            }
        }
    }
    let pool: Vec<&Folder> = folders.to_vec();
    let mut findings = Vec::new();
    let mut by_number: BTreeMap<usize, Vec<&'f Folder>> = BTreeMap::new();
    for (id, number) in &group {
        let Some((_, folder)) = newest.get(*id) else {
            continue;
        };
        let (order, mut found) = in_order(folder, &pool);
        findings.append(&mut found);
        let members = by_number.entry(*number).or_default();
        for f in order {
            if !members.iter().any(|m| std::ptr::eq(*m, f)) {
                members.push(f);
            }
        }
    }
    let mut out = alone;
    // Older ones first: of two with one kind, the later judges new cases.
    for folder in older {
        let (order, mut found) = in_order(folder, &pool);
        findings.append(&mut found);
        let beside = heading(folder)
            .and_then(|h| Some((group.get(h.id.as_str())?, h.id)))
            .and_then(|(number, id)| {
                let (_, own) = newest.get(&id)?;
                Some((by_number.get(number)?, own))
            });
        out.push(match beside {
            Some((members, own)) => joined(order, members, own),
            None => order,
        });
    }
    // The largest first: it is what a node's people look at first.
    let mut rest: Vec<Vec<&Folder>> = by_number.into_values().collect();
    rest.sort_by_key(|g| std::cmp::Reverse(g.len()));
    out.extend(rest);
    (out, findings)
}

/// `older`, with what it uses, and those of `members` that stand on it as well as on `newer`, or on neither.
fn joined<'f>(
    older: Vec<&'f Folder>,
    members: &[&'f Folder],
    newer: &'f Folder,
) -> Vec<&'f Folder> {
    let mut pool: Vec<&Folder> = older.clone();
    let others = members.iter().filter(|m| !std::ptr::eq(**m, newer));
    pool.extend(others);
    let mut out = older;
    for folder in pool.clone() {
        let (order, found) = in_order(folder, &pool);
        if found.is_empty() {
            for f in order {
                if !out.iter().any(|held| std::ptr::eq(*held, f)) {
                    out.push(f);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caret_takes_what_is_newer_in_the_same_major() {
        for (wanted, version, will) in [
            ("^1", "1.4.2", true),
            ("^1", "2.0.0", false),
            ("^1.3", "1.2.9", false),
            ("~1.2", "1.2.7", true),
            ("~1.2", "1.3.0", false),
            ("1.2.0", "1.2.0", true),
            ("1.2.0", "1.2.1", false),
            ("^1", "one", false),
        ] {
            assert_eq!(will_do(wanted, version), will, "{wanted} {version}");
        }
    }
}
