//! Writes a CONTRL for an interchange: UCI, then UCM for each message, or UCF for each group with its messages.

use super::codes::{edifact_code, edifact_problem};
use super::judge::{Judged, JudgedGroup, JudgedSet, is_answer};
use super::read::Verdict;
use super::{Stamp, answering};
use crate::edi::SegmentWriter;

/// 0083: this level and all below are rejected.
const REJECTED: &str = "4";
/// 0083: acknowledged, but for what is rejected below.
const ACKNOWLEDGED: &str = "7";

pub(super) fn write(judged: &Judged, stamp: &Stamp) -> String {
    let head = answering(&judged.envelope, stamp);
    let said = &judged.envelope;
    let control = stamp.control_number.to_string();
    let mut out = SegmentWriter::edifact();
    let (sender, receiver) = (
        vec![head.sender.clone(), head.sender_qualifier.clone()],
        vec![head.receiver.clone(), head.receiver_qualifier.clone()],
    );
    // Syntax version 4 gives the day with its century.
    let date = if head.version == "4" {
        stamp.date.clone()
    } else {
        head.date.clone()
    };
    out.composite(
        "UNB",
        &[
            vec![head.standard.clone(), head.version.clone()],
            sender.clone(),
            receiver.clone(),
            vec![date, head.time.clone()],
            vec![control.clone()],
            vec![],
            vec![],
            vec![],
            vec![],
            vec![],
            vec![head.usage.clone()],
        ],
    );
    let release: &[&str] = if head.version == "4" {
        &["CONTRL", "4", "1", "UN"]
    } else {
        &["CONTRL", "D", "3", "UN"]
    };
    let release = release.iter().map(|part| (*part).to_owned()).collect();
    out.composite("UNH", &[vec!["1".to_owned()], release]);
    let error = judged.problems.first();
    let mut uci = vec![
        vec![said.control_number.clone()],
        // UCI repeats sender and recipient as the interchange that is answered says them.
        receiver,
        sender,
        vec![action(error.is_some()).to_owned()],
    ];
    uci.extend(error.map(|problem| vec![edifact_problem(problem).to_owned()]));
    out.composite("UCI", &uci);
    for group in &judged.groups {
        if group.grouped {
            write_group(&mut out, group);
        }
        for set in group.sets.iter().filter(|set| !is_answer(&set.id)) {
            write_message(&mut out, set);
        }
    }
    out.se("1");
    out.segment("UNZ", &["1", &control]);
    out.finish()
}

fn action(rejected: bool) -> &'static str {
    if rejected { REJECTED } else { ACKNOWLEDGED }
}

fn write_group(out: &mut SegmentWriter, group: &JudgedGroup) {
    let head = &group.envelope;
    let error = group.problems.first();
    let mut ucf = vec![
        vec![head.group_control_number.clone()],
        vec![head.group_sender.clone()],
        vec![head.group_receiver.clone()],
        vec![action(error.is_some()).to_owned()],
    ];
    ucf.extend(error.map(|problem| vec![edifact_problem(problem).to_owned()]));
    out.composite("UCF", &ucf);
}

fn write_message(out: &mut SegmentWriter, set: &JudgedSet) {
    let mut kind = vec![set.id.clone()];
    kind.extend(set.envelope.release.split(':').map(str::to_owned));
    let mut ucm = vec![
        vec![set.envelope.set_control_number.clone()],
        kind,
        vec![action(set.verdict() == Verdict::Rejected).to_owned()],
    ];
    let error = set.problems.first().map(|problem| edifact_problem(problem));
    // A message type that nobody here reads is a value that is not supported.
    let error = error.or((!set.known).then_some("14"));
    ucm.extend(error.map(|code| vec![code.to_owned()]));
    out.composite("UCM", &ucm);
    let mut last = 0;
    for finding in &set.findings {
        let position = finding.position;
        if finding.element == 0 {
            out.segment("UCS", &[&position.to_string(), edifact_code(finding)]);
            last = 0;
            continue;
        }
        if last != position {
            out.segment("UCS", &[&position.to_string()]);
            last = position;
        }
        // The tag of the segment is position 1 (ISO 9735, data element 0098).
        let mut at = vec![(finding.element + 1).to_string()];
        if finding.component > 0 {
            at.push(finding.component.to_string());
        }
        out.composite("UCD", &[vec![edifact_code(finding).to_owned()], at]);
    }
}
