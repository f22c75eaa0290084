//! From plain documents to segments and their envelopes.

use super::{Document, Loop, Node, SetMap};
use crate::edi::{Replaced, SegmentWriter, Syntax};

/// Writes a set or message as an interchange of its own, counts and trailers made; tells the characters that could
/// not be written.
pub fn write<R>(map: &SetMap<R>, document: &Document, reading: &R) -> (String, Vec<Replaced>) {
    let mut out = match map.syntax {
        Syntax::X12 => SegmentWriter::new(),
        Syntax::Edifact => SegmentWriter::edifact(),
    };
    open(map, document, &mut out);
    node(&map.root, &document.root, reading, &mut out);
    close(map.syntax, document, &mut out);
    let replaced = out.replaced().to_vec();
    (out.finish(), replaced)
}

fn open<R>(map: &SetMap<R>, document: &Document, out: &mut SegmentWriter) {
    let head = &document.envelope;
    match map.syntax {
        Syntax::X12 => {
            out.isa(&[
                "00",
                "",
                "00",
                "",
                &head.sender_qualifier,
                &head.sender,
                &head.receiver_qualifier,
                &head.receiver,
                &head.date,
                &head.time,
                &head.standard,
                &head.version,
                &head.control_number,
                &head.acknowledgment,
                &head.usage,
                ">",
            ]);
            out.segment(
                "GS",
                &[
                    &head.group_code,
                    &head.group_sender,
                    &head.group_receiver,
                    &head.group_date,
                    &head.group_time,
                    &head.group_control_number,
                    "X",
                    &head.release,
                ],
            );
            out.segment("ST", &[map.set, &head.set_control_number]);
        }
        Syntax::Edifact => {
            let one = |text: &str| vec![text.to_owned()];
            let two = |first: &str, second: &str| vec![first.to_owned(), second.to_owned()];
            out.composite(
                "UNB",
                &[
                    two(&head.standard, &head.version),
                    two(&head.sender, &head.sender_qualifier),
                    two(&head.receiver, &head.receiver_qualifier),
                    two(&head.date, &head.time),
                    one(&head.control_number),
                    vec![],
                    vec![],
                    vec![],
                    one(&head.acknowledgment),
                    vec![],
                    one(&head.usage),
                ],
            );
            let mut release = head.release.split(':').map(str::to_owned);
            let version: Vec<String> = release.by_ref().take(3).collect();
            let agency = version.get(2).cloned().unwrap_or_default();
            if !head.group_code.is_empty() {
                out.composite(
                    "UNG",
                    &[
                        one(&head.group_code),
                        one(&head.group_sender),
                        one(&head.group_receiver),
                        two(&head.group_date, &head.group_time),
                        one(&head.group_control_number),
                        one(&agency),
                        version.iter().take(2).cloned().collect(),
                    ],
                );
            }
            let mut kind = one(map.set);
            kind.extend(version);
            kind.extend(release);
            out.composite("UNH", &[one(&head.set_control_number), kind]);
        }
    }
}

fn close(syntax: Syntax, document: &Document, out: &mut SegmentWriter) {
    let head = &document.envelope;
    out.se(&head.set_control_number);
    match syntax {
        Syntax::X12 => {
            out.segment("GE", &["1", &head.group_control_number]);
            out.segment("IEA", &["1", &head.control_number]);
        }
        Syntax::Edifact => {
            if !head.group_code.is_empty() {
                out.segment("UNE", &["1", &head.group_control_number]);
            }
            out.segment("UNZ", &["1", &head.control_number]);
        }
    }
}

fn node<R>(table: &Loop<R>, pass: &Node, reading: &R, out: &mut SegmentWriter) {
    if !table.trigger.is_empty() && !table.has_segment(table.trigger) {
        let mut elements = Vec::new();
        qualify(table, &mut elements);
        out.composite(table.trigger, &elements);
    }
    segments(table, pass, reading, out, false);
    for (number, inside) in &pass.loops {
        if let Some(table) = table.loops.get(*number) {
            node(table, inside, reading, out);
        }
    }
    segments(table, pass, reading, out, true);
}

/// The segments of a pass, in the order in which the table names them.
fn segments<R>(table: &Loop<R>, pass: &Node, reading: &R, out: &mut SegmentWriter, last: bool) {
    let mut done: Vec<&str> = Vec::new();
    for row in table.rows.iter().filter(|row| row.last == last) {
        if done.contains(&row.segment) {
            continue;
        }
        done.push(row.segment);
        let mut occurrences: Vec<usize> = pass
            .fields
            .iter()
            .filter(|field| {
                let found = table.rows.get(field.row);
                found.is_some_and(|found| found.segment == row.segment)
            })
            .map(|field| field.occurrence)
            .collect();
        occurrences.sort_unstable();
        occurrences.dedup();
        // A pass has its trigger, whether or not a row has something to say in it.
        if occurrences.is_empty() && row.segment == table.trigger {
            occurrences.push(0);
        }
        for occurrence in occurrences {
            segment(table, pass, reading, row.segment, occurrence, out);
        }
    }
}

fn segment<R>(
    table: &Loop<R>,
    pass: &Node,
    reading: &R,
    id: &str,
    occurrence: usize,
    out: &mut SegmentWriter,
) {
    let mut elements: Vec<Vec<String>> = Vec::new();
    let rows = table.rows.iter().enumerate();
    for (index, row) in rows.filter(|(_, row)| row.segment == id) {
        let said = pass
            .fields
            .iter()
            .find(|field| field.row == index && field.occurrence == occurrence);
        let text = match (said, row.fixed) {
            (Some(field), _) => field.text.as_str(),
            // A fixed text of a qualified row belongs to segments of that qualifier only.
            (None, Some(fixed)) if row.when.is_none() => fixed,
            (None, _) => continue,
        };
        if let (Some(when), Some(_)) = (row.when, said)
            && let Some(code) = when.codes.first()
        {
            put(&mut elements, when.element, when.component, code, false);
        }
        put(
            &mut elements,
            row.number(reading),
            row.component,
            text,
            true,
        );
    }
    if id == table.trigger {
        qualify(table, &mut elements);
    }
    out.composite(id, &elements);
}

/// Writes the qualifier of a loop into its trigger, unless a row has done so.
fn qualify<R>(table: &Loop<R>, elements: &mut Vec<Vec<String>>) {
    if let Some(when) = table.when
        && let Some(code) = when.codes.first()
    {
        put(elements, when.element, when.component, code, false);
    }
}

fn put(elements: &mut Vec<Vec<String>>, element: usize, component: usize, text: &str, over: bool) {
    let (element, component) = (element.saturating_sub(1), component.saturating_sub(1));
    while elements.len() <= element {
        elements.push(Vec::new());
    }
    let Some(parts) = elements.get_mut(element) else {
        return;
    };
    while parts.len() <= component {
        parts.push(String::new());
    }
    if let Some(slot) = parts.get_mut(component)
        && (over || slot.is_empty())
    {
        text.clone_into(slot);
    }
}
