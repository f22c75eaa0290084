//! Writes a 997 or 999 for each group, and TA1 where the interchange asks for it or is wrong.

use super::codes::{element_code, group_code, interchange_code, segment_code, set_code};
use super::judge::{Judged, JudgedGroup, JudgedSet, is_answer};
use super::read::Verdict;
use super::{Stamp, answering};
use crate::edi::SegmentWriter;
use crate::edi::map::Finding;

/// A copied value, AK404 and IK404, is at most this long.
const COPY_CHARS_MAX: usize = 99;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    F997,
    F999,
}

impl Form {
    /// The letters that the segments of an answer begin with: AK3 or IK3.
    fn letters(self) -> &'static str {
        match self {
            Form::F997 => "AK",
            Form::F999 => "IK",
        }
    }
}

pub(super) fn write(judged: &Judged, stamp: &Stamp, form: Form) -> String {
    let head = answering(&judged.envelope, stamp);
    let control = format!("{:09}", stamp.control_number % 1_000_000_000);
    let mut out = SegmentWriter::new();
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
        &control,
        "0",
        &head.usage,
        ">",
    ]);
    if judged.envelope.acknowledgment == "1" || !judged.problems.is_empty() {
        let code = judged
            .problems
            .first()
            .map_or("000", |problem| interchange_code(problem));
        out.segment(
            "TA1",
            &[
                &judged.envelope.control_number,
                &judged.envelope.date,
                &judged.envelope.time,
                if judged.problems.is_empty() { "A" } else { "R" },
                code,
            ],
        );
    }
    let answered = |group: &&JudgedGroup| {
        group.sets.is_empty() || group.sets.iter().any(|set| !is_answer(&set.id))
    };
    let groups: Vec<&JudgedGroup> = judged.groups.iter().filter(answered).collect();
    if !groups.is_empty() {
        let group_control = stamp.control_number.to_string();
        let release = match form {
            Form::F999 => "005010X231A1",
            Form::F997 => head.release.as_str(),
        };
        out.segment(
            "GS",
            &[
                "FA",
                &head.group_sender,
                &head.group_receiver,
                &head.group_date,
                &head.group_time,
                &group_control,
                "X",
                release,
            ],
        );
        for (index, group) in groups.iter().enumerate() {
            write_group(&mut out, group, index + 1, form);
        }
        out.segment("GE", &[&groups.len().to_string(), &group_control]);
    }
    out.segment(
        "IEA",
        &[if groups.is_empty() { "0" } else { "1" }, &control],
    );
    out.finish()
}

fn write_group(out: &mut SegmentWriter, group: &JudgedGroup, number: usize, form: Form) {
    let control = format!("{number:04}");
    let head = &group.envelope;
    match form {
        Form::F997 => out.segment("ST", &["997", &control]),
        Form::F999 => out.segment("ST", &["999", &control, "005010X231A1"]),
    }
    out.segment(
        "AK1",
        &[&head.group_code, &head.group_control_number, &head.release],
    );
    for set in group.sets.iter().filter(|set| !is_answer(&set.id)) {
        write_set(out, set, form);
    }
    let count = |accepted: bool| {
        let sets = group.sets.iter();
        sets.filter(|set| !accepted || set.verdict() != Verdict::Rejected)
            .count()
            .to_string()
    };
    let received = count(false);
    let mut elements = vec![
        group.verdict().x12().to_owned(),
        received.clone(),
        received,
        count(true),
    ];
    elements.extend(distinct(
        group.problems.iter().map(|problem| group_code(problem)),
    ));
    let elements: Vec<&str> = elements.iter().map(String::as_str).collect();
    out.segment("AK9", &elements);
    out.se(&control);
}

fn write_set(out: &mut SegmentWriter, set: &JudgedSet, form: Form) {
    let letters = form.letters();
    out.segment("AK2", &[&set.id, &set.envelope.set_control_number]);
    let mut rest = set.findings.as_slice();
    while let Some(first) = rest.first() {
        let same = |finding: &&Finding| {
            finding.position == first.position && finding.segment == first.segment
        };
        let count = rest.iter().take_while(same).count();
        let (here, after) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        rest = after;
        let position = first.position.to_string();
        let mut elements = vec![first.segment.clone(), position, first.loop_id.to_owned()];
        elements.extend(distinct(here.iter().map(segment_code)));
        let elements: Vec<&str> = elements.iter().map(String::as_str).collect();
        out.segment(&format!("{letters}3"), &elements);
        for finding in here.iter().filter(|finding| finding.element > 0) {
            let mut at = vec![finding.element.to_string()];
            if finding.component > 0 {
                at.push(finding.component.to_string());
            }
            let copy: String = finding.text.chars().take(COPY_CHARS_MAX).collect();
            let code = element_code(finding).to_owned();
            out.composite(
                &format!("{letters}4"),
                &[at, vec![], vec![code], vec![copy]],
            );
        }
    }
    let mut elements = vec![set.verdict().x12().to_owned()];
    let mut codes: Vec<&'static str> = set
        .problems
        .iter()
        .map(|problem| set_code(problem))
        .collect();
    if !set.known {
        codes.insert(0, "1");
    }
    if !set.findings.is_empty() {
        codes.push("5");
    }
    elements.extend(distinct(codes.into_iter()));
    let elements: Vec<&str> = elements.iter().map(String::as_str).collect();
    out.segment(&format!("{letters}5"), &elements);
}

/// Each code once, at most the five for which there is room.
fn distinct<'a>(codes: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for code in codes {
        if out.len() < 5 && !out.iter().any(|found| found == code) {
            out.push(code.to_owned());
        }
    }
    out
}
