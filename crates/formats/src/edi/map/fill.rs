//! From records back to a plain document, by the pairs that reading uses.

use super::{Field, Loop, Node, Opens, SetMap};
use crate::draft::Mark;
use serde_json::Value;

/// The plain document that says what the records say: each becomes a pass of the loop that opens its type. What the
/// loops around it say is taken from it too; a new pass of those begins where it differs.
///
/// Members that no row of the table has are not written; a person must judge whether that matters.
pub fn fill<R>(map: &SetMap<R>, records: &[(&str, &Value)], reading: &R) -> Node {
    let mut root = Node {
        fields: fields(&map.root, records, &[], reading),
        loops: Vec::new(),
        mark: Mark::default(),
    };
    inside(&map.root, records, &[], reading, &mut root);
    root
}

/// The item of each list that is being written.
type Items<'a> = &'a [(&'static str, usize)];

fn inside<R>(
    table: &Loop<R>,
    records: &[(&str, &Value)],
    items: Items<'_>,
    reading: &R,
    node: &mut Node,
) {
    for (number, child) in table.loops.iter().enumerate() {
        if child.by_hand {
            continue;
        }
        if opens_below(child) {
            opening(number, child, records, items, reading, node);
            continue;
        }
        let list = list_of(child, items);
        let count = list.map_or(1, |list| longest(list, records));
        for item in 0..count {
            let mut items = items.to_vec();
            items.extend(list.map(|list| (list, item)));
            let mut pass = Node {
                fields: fields(child, records, &items, reading),
                loops: Vec::new(),
                mark: Mark::default(),
            };
            inside(child, records, &items, reading, &mut pass);
            if !pass.fields.is_empty() || !pass.loops.is_empty() {
                node.loops.push((number, pass));
            }
        }
    }
}

/// A loop that opens records, or holds one that does: a pass for each record, or for those alike.
fn opening<R>(
    number: usize,
    child: &Loop<R>,
    records: &[(&str, &Value)],
    items: Items<'_>,
    reading: &R,
    node: &mut Node,
) {
    let own = opens(child);
    for record in records {
        let one = [*record];
        let here = own.contains(&record.0);
        if !here && !reaches(child, record.0) {
            continue;
        }
        let found = fields(child, &one, items, reading);
        let last = node.loops.last();
        // A record that says nothing of the loop does not begin a pass of it.
        let fits = |pass: &Node| found.is_empty() || pass.fields == found;
        let same = !here && last.is_some_and(|(last, pass)| *last == number && fits(pass));
        if !same {
            let pass = Node {
                fields: found,
                loops: Vec::new(),
                mark: Mark::default(),
            };
            node.loops.push((number, pass));
        }
        if let Some((_, pass)) = node.loops.last_mut() {
            inside(child, &one, items, reading, pass);
        }
    }
}

/// The list of which a loop's passes are items: the one it names, or the first that its rows fill.
fn list_of<R>(table: &Loop<R>, items: Items<'_>) -> Option<&'static str> {
    let open = |list: &str| items.iter().any(|(found, _)| *found == list);
    let named = table.items.first().copied();
    named.or_else(|| {
        let goes = table.rows.iter().flat_map(|row| row.goes);
        goes.filter_map(|(_, pointer)| pointer.split_once("/*"))
            .find(|(list, rest)| !rest.is_empty() && !open(list))
            .map(|(list, _)| list)
    })
}

fn longest(list: &str, records: &[(&str, &Value)]) -> usize {
    let lists = records
        .iter()
        .filter_map(|(_, subject)| subject.pointer(list)?.as_array());
    lists.map(Vec::len).max().unwrap_or(0)
}

fn opens<R>(table: &Loop<R>) -> Vec<&'static str> {
    match &table.opens {
        Opens::Nothing => Vec::new(),
        Opens::Each(record_type) => vec![*record_type],
        Opens::By(types, _) => types.to_vec(),
    }
}

fn opens_below<R>(table: &Loop<R>) -> bool {
    !opens(table).is_empty() || table.loops.iter().any(opens_below)
}

fn reaches<R>(table: &Loop<R>, record_type: &str) -> bool {
    opens(table).contains(&record_type)
        || table.loops.iter().any(|inner| reaches(inner, record_type))
}

/// The texts of a pass: of each row the first record that tells it.
fn fields<R>(
    table: &Loop<R>,
    records: &[(&str, &Value)],
    items: Items<'_>,
    reading: &R,
) -> Vec<Field> {
    let mut out: Vec<Field> = Vec::new();
    for (index, row) in table.rows.iter().enumerate() {
        // Elements beside each other that fill one list share its items.
        let shared = sharing(table, index);
        if shared.first() != Some(&index) {
            continue;
        }
        let texts = row.goes.iter().find_map(|(record_type, pointer)| {
            records
                .iter()
                .filter(|(found, _)| found == record_type)
                .find_map(|(_, subject)| texts(row, subject, pointer, items))
        });
        let unfolded = || {
            let unfold = row.unfold?;
            let texts = records
                .iter()
                .map(|(found, subject)| unfold(reading, found, subject));
            texts.into_iter().find(|texts| !texts.is_empty())
        };
        let texts = texts.or_else(unfolded);
        for (number, text) in texts.unwrap_or_default().into_iter().enumerate() {
            // Rows under different qualifiers are segments of their own.
            let occurrence = number / shared.len() + taken(table, &out, index);
            let row = shared.get(number % shared.len()).copied().unwrap_or(index);
            out.push(Field {
                row,
                occurrence,
                text,
                mark: Mark::default(),
            });
        }
    }
    out
}

/// The rows of one segment and qualifier that fill the same list, the row itself among them.
fn sharing<R>(table: &Loop<R>, index: usize) -> Vec<usize> {
    let list = |row: &super::Row<R>| {
        let goes = row.goes.first().copied();
        goes.filter(|(_, pointer)| pointer.ends_with("/*"))
    };
    let Some((row, goes)) = table
        .rows
        .get(index)
        .and_then(|row| Some((row, list(row)?)))
    else {
        return vec![index];
    };
    let codes = |row: &super::Row<R>| row.when.map(|when| when.codes);
    let rows = table.rows.iter().enumerate();
    rows.filter(|(_, other)| {
        other.segment == row.segment && list(other) == Some(goes) && codes(other) == codes(row)
    })
    .map(|(number, _)| number)
    .collect()
}

fn texts<R>(
    row: &super::Row<R>,
    subject: &Value,
    pointer: &str,
    items: Items<'_>,
) -> Option<Vec<String>> {
    match pointer.split_once("/*") {
        None => Some(vec![row.form.text(subject.pointer(pointer)?)?]),
        Some((list, "")) => {
            let items = subject.pointer(list)?.as_array()?;
            Some(
                items
                    .iter()
                    .filter_map(|item| row.form.text(item))
                    .collect(),
            )
        }
        Some((list, rest)) => {
            let (_, item) = items.iter().find(|(found, _)| *found == list)?;
            let at = format!("{list}/{item}{rest}");
            Some(vec![row.form.text(subject.pointer(&at)?)?])
        }
    }
}

/// How many segments of the row's name stand before it under other qualifiers.
fn taken<R>(table: &Loop<R>, fields: &[Field], index: usize) -> usize {
    let Some(row) = table.rows.get(index) else {
        return 0;
    };
    let codes = |row: &super::Row<R>| row.when.map(|when| when.codes);
    let mut before: Vec<usize> = fields
        .iter()
        .filter(|field| {
            table
                .rows
                .get(field.row)
                .is_some_and(|other| other.segment == row.segment && codes(other) != codes(row))
        })
        .map(|field| field.occurrence)
        .collect();
    before.sort_unstable();
    before.dedup();
    before.len()
}
