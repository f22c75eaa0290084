//! Which record of what was read again says which record of the case.
//!
//! A format has its own order, leaves records away and says one list as several records, so the number of a record within its type
//! tells nothing. What it names does: its shipment, its pedimento, its invoice.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::{CaseRecord, leaves_of, same, same_minute};
use crate::Draft;
use crate::draft::DraftRecord;

/// Members whose values name what a record is about.
const NAMES: &[&str] = &[
    "scn",
    "scns",
    "trip",
    "idCcp",
    "year",
    "customsOffice",
    "patente",
    "number",
    "pedimentos",
    "invoiceNumber",
    "integrationNumber",
    "inBondNumber",
    "uetr",
    "endToEndId",
];

/// A value that more records of one type share names none of them, and looking at each pair of them would take too long.
const SHARED_MAX: usize = 64;

/// What was read again of one record of the case.
#[derive(Clone, Debug, Default)]
pub(super) struct Paired<'a> {
    /// What says it: first its own, then those that say further items of its lists.
    pub(super) own: Vec<&'a DraftRecord>,
    /// Those that name the same thing, whosever they are; of a record that nothing names, all of its type.
    pub(super) akin: Vec<&'a DraftRecord>,
}

/// For each record, what was read again of it; each record that was read is one record's own.
pub(super) fn pairs<'a>(records: &[CaseRecord<'_>], again: &'a Draft) -> Vec<Paired<'a>> {
    let mut of_types: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, record) in records.iter().enumerate() {
        of_types.entry(record.record_type).or_default().push(index);
    }
    let mut found: BTreeMap<usize, Paired<'a>> = BTreeMap::new();
    for (record_type, places) in of_types {
        let told: Vec<&CaseRecord<'_>> = places.iter().filter_map(|at| records.get(*at)).collect();
        let read: Vec<&DraftRecord> = again
            .records
            .iter()
            .filter(|read| read.record_type == record_type)
            .collect();
        found.extend(places.into_iter().zip(of_type(&told, &read)));
    }
    found.into_values().collect()
}

fn of_type<'a>(told: &[&CaseRecord<'_>], read: &[&'a DraftRecord]) -> Vec<Paired<'a>> {
    let read_names: Vec<BTreeSet<String>> = read.iter().map(|r| names_of(&r.subject)).collect();
    let told_names: Vec<BTreeSet<String>> = told.iter().map(|r| names_of(r.subject)).collect();
    let akin = shared(&told_names, &read_names);
    let mut ranked: Vec<_> = akin
        .iter()
        .zip(told)
        .enumerate()
        .flat_map(|(index, (akin, told))| {
            let mut leaves = Vec::new();
            leaves_of(told.subject, String::new(), &mut leaves);
            akin.iter()
                .filter_map(|(at, names)| {
                    let equal = equal(told, &leaves, read.get(*at)?);
                    Some((*names, equal, Reverse(index.abs_diff(*at)), index, *at))
                })
                .collect::<Vec<_>>()
        })
        .collect();
    ranked.sort_by_key(|(names, equal, near, ..)| Reverse((*names, *equal, *near)));

    let mut first: BTreeMap<usize, usize> = BTreeMap::new();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    for (.., index, at) in &ranked {
        if !first.contains_key(index) && taken.insert(*at) {
            first.insert(*index, *at);
        }
    }
    // What is left over and names nothing but what a record names is a further item of that record's lists.
    let mut further: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (.., index, at) in &ranked {
        let within = told_names.get(*index).zip(read_names.get(*at));
        if within.is_some_and(|(told, read)| read.is_subset(told)) && taken.insert(*at) {
            further.entry(*index).or_default().push(*at);
        }
    }
    // A record whose thing another record already said, as a report and an act of the same: it has none of its own.
    let is_said = |index: usize| {
        let names = told_names.get(index).filter(|names| !names.is_empty());
        let akin = akin.get(index).into_iter().flatten();
        names.is_some_and(|names| {
            akin.filter_map(|(at, _)| read_names.get(*at))
                .any(|read| names.is_subset(read))
        })
    };
    // For those that nothing names there is only their order.
    let mut left = (0..read.len()).filter(|at| !taken.contains(at));
    let alone = (0..told.len()).filter(|index| !first.contains_key(index) && !is_said(*index));
    let in_order: Vec<(usize, usize)> = alone.zip(left.by_ref()).collect();
    first.extend(in_order);

    let record = |at: &usize| read.get(*at).copied();
    (0..told.len())
        .map(|index| {
            let own = first.get(&index).into_iter();
            let own = own.chain(further.get(&index).into_iter().flatten());
            let named = akin.get(index).filter(|akin| !akin.is_empty());
            Paired {
                own: own.filter_map(record).collect(),
                akin: match named {
                    Some(named) if first.contains_key(&index) => {
                        named.keys().filter_map(record).collect()
                    }
                    Some(named) => {
                        let whole = |at: &&usize| {
                            told_names
                                .get(index)
                                .zip(read_names.get(**at))
                                .is_some_and(|(told, read)| told.is_subset(read))
                        };
                        named.keys().filter(whole).filter_map(record).collect()
                    }
                    None if first.contains_key(&index) => read.to_vec(),
                    None => Vec::new(),
                },
            }
        })
        .collect()
}

/// For each record, those read again that share names with it, and how many.
fn shared(told: &[BTreeSet<String>], read: &[BTreeSet<String>]) -> Vec<BTreeMap<usize, usize>> {
    let mut named: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, names) in read.iter().enumerate() {
        for name in names {
            named.entry(name).or_default().push(at);
        }
    }
    named.retain(|_, at| at.len() <= SHARED_MAX);
    told.iter()
        .map(|names| {
            let mut found = BTreeMap::new();
            for at in names
                .iter()
                .filter_map(|name| named.get(name.as_str()))
                .flatten()
            {
                *found.entry(*at).or_insert(0) += 1;
            }
            found
        })
        .collect()
}

/// The values by which a record names what it is about, each with its member.
fn names_of(subject: &Value) -> BTreeSet<String> {
    let mut leaves = Vec::new();
    leaves_of(subject, String::new(), &mut leaves);
    leaves
        .into_iter()
        .filter_map(|(pointer, value)| {
            let member = pointer
                .split('/')
                .rfind(|step| step.parse::<usize>().is_err())?;
            let value = value.as_str().filter(|_| NAMES.contains(&member))?;
            Some(format!("{member} {value}"))
        })
        .collect()
}

/// How much of a record another says just so, its time too.
fn equal(told: &CaseRecord<'_>, leaves: &[(String, &Value)], read: &DraftRecord) -> usize {
    let said = leaves.iter().filter(|(pointer, is)| {
        let would_be = read.subject.pointer(pointer);
        would_be.is_some_and(|would_be| same(is, would_be))
    });
    said.count() + usize::from(same_minute(told, read) == Some(true))
}
