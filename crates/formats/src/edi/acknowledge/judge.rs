//! What an answer says, before any syntax: each envelope with its verdict and the reasons.

use super::read::Verdict;
use crate::edi::map::{Envelope, Finding};
use crate::edi::{Interchange, Scope, Syntax, TransactionSet};
use std::collections::HashMap;

use crate::{Readings, Severity, edifact, x12_309, x12_350, x12_353, x12_355, x12_358};

/// An interchange with what is wrong with it.
pub(super) struct Judged {
    pub(super) envelope: Envelope,
    /// Problem codes of the interchange, without `x12-` or `edifact-`.
    pub(super) problems: Vec<&'static str>,
    pub(super) groups: Vec<JudgedGroup>,
}

pub(super) struct JudgedGroup {
    /// Whether it stands in an envelope of its own.
    pub(super) grouped: bool,
    pub(super) envelope: Envelope,
    pub(super) problems: Vec<&'static str>,
    pub(super) sets: Vec<JudgedSet>,
}

pub(super) struct JudgedSet {
    pub(super) id: String,
    pub(super) envelope: Envelope,
    /// Whether a table knows it.
    pub(super) known: bool,
    pub(super) problems: Vec<&'static str>,
    pub(super) findings: Vec<Finding>,
}

impl JudgedSet {
    pub(super) fn verdict(&self) -> Verdict {
        // A message that lacks what it must have can't be worked on; a wrong form can be.
        let lacking = self
            .findings
            .iter()
            .any(|finding| matches!(finding.code, "segment-missing" | "element-missing"));
        if !self.known || !self.problems.is_empty() || lacking {
            Verdict::Rejected
        } else if self.findings.is_empty() {
            Verdict::Accepted
        } else {
            Verdict::AcceptedWithErrors
        }
    }
}

impl JudgedGroup {
    pub(super) fn verdict(&self) -> Verdict {
        if !self.problems.is_empty() {
            return Verdict::Rejected;
        }
        let count = |verdict| {
            self.sets
                .iter()
                .filter(|set| set.verdict() == verdict)
                .count()
        };
        let rejected = count(Verdict::Rejected);
        if rejected > 0 && rejected == self.sets.len() {
            Verdict::Rejected
        } else if rejected > 0 {
            Verdict::PartlyAccepted
        } else if count(Verdict::AcceptedWithErrors) > 0 {
            Verdict::AcceptedWithErrors
        } else {
            Verdict::Accepted
        }
    }
}

type CheckSet = fn(&TransactionSet<'_>, &Readings) -> Vec<Finding>;

/// The sets and messages that have a table: an importer that is one adds its row.
const TABLES: &[(Syntax, &str, CheckSet)] = &[
    (Syntax::X12, "350", |set, readings| {
        x12_350::MAP.check(set, &readings.x12_350)
    }),
    (Syntax::X12, "353", |set, readings| {
        x12_353::MAP.check(set, &readings.x12_353)
    }),
    (Syntax::X12, "355", |set, readings| {
        x12_355::MAP.check(set, &readings.x12_355)
    }),
    (Syntax::X12, "358", |set, readings| {
        x12_358::MAP.check(set, &readings.x12_358)
    }),
    (Syntax::Edifact, "CUSCAR", |set, readings| {
        edifact::cuscar::MAP.check(set, &readings.edifact_trip)
    }),
    (Syntax::Edifact, "CUSREP", |set, readings| {
        edifact::cusrep::MAP.check(set, &readings.edifact_trip)
    }),
    (Syntax::Edifact, "CUSRES", |set, readings| {
        edifact::cusres::MAP.check(set, &readings.edifact_cusres)
    }),
];

/// Acknowledgements are not answered, or two systems would thank each other for ever.
pub(super) fn is_answer(id: &str) -> bool {
    matches!(id, "997" | "999" | "CONTRL")
}

pub(super) fn judge(
    interchange: &Interchange<'_>,
    unfit: &[(Scope, &'static str)],
    readings: &Readings,
    manifest: &[(String, Finding)],
) -> Judged {
    let mut problems: HashMap<Scope, Vec<&'static str>> = HashMap::new();
    for (scope, code) in unfit {
        problems.entry(*scope).or_default().push(bare(code));
    }
    let of = |scope: Scope| problems.get(&scope).cloned().unwrap_or_default();
    let mut envelope = Envelope::default();
    let mut groups = Vec::new();
    for (index, group) in interchange.groups.iter().enumerate() {
        let mut sets = Vec::new();
        for (number, set) in group.sets.iter().enumerate() {
            let said = Envelope::of(interchange, group, set);
            let check = TABLES
                .iter()
                .find(|(syntax, id, _)| *syntax == interchange.syntax && *id == set.id);
            let mut findings = check.map_or(Vec::new(), |(_, _, check)| check(set, readings));
            if set.id == "309" {
                let name = set.name();
                let own = manifest.iter().filter(|(found, _)| *found == name);
                findings.extend(own.map(|(_, finding)| finding.clone()));
            }
            findings.retain(|finding| finding.severity == Severity::Error);
            sets.push(JudgedSet {
                id: set.id.to_owned(),
                known: check.is_some() || set.id == "309" || is_answer(set.id),
                problems: of(Scope::Set(index, number)),
                findings,
                envelope: said,
            });
        }
        let said = sets.first().map(|set| set.envelope.clone());
        let said = said.unwrap_or_else(|| {
            let header = group.header.unwrap_or(interchange.header);
            let empty = TransactionSet {
                id: "",
                control_number: "",
                segments: Vec::new(),
                header,
            };
            Envelope::of(interchange, group, &empty)
        });
        envelope = said.clone();
        groups.push(JudgedGroup {
            grouped: group.header.is_some(),
            envelope: said,
            problems: of(Scope::Group(index)),
            sets,
        });
    }
    if groups.is_empty() {
        let group = crate::edi::Group {
            header: None,
            sets: Vec::new(),
        };
        let empty = TransactionSet {
            id: "",
            control_number: "",
            segments: Vec::new(),
            header: interchange.header,
        };
        envelope = Envelope::of(interchange, &group, &empty);
    }
    Judged {
        envelope,
        problems: of(Scope::Interchange),
        groups,
    }
}

/// The findings of the 309 of a file, which has no table: taken from the places of its faults, with the set's name.
pub(super) fn manifest_findings(bytes: &[u8], readings: &Readings) -> Vec<(String, Finding)> {
    let Ok(draft) = x12_309::read(bytes, &readings.x12_309) else {
        return Vec::new();
    };
    let syntactic =
        |code: &str| code.ends_with("-form") || matches!(code, "x12-m10-many" | "x12-port-many");
    let faults = draft.faults.iter();
    faults
        .filter(|fault| fault.severity == Severity::Error && syntactic(fault.code))
        .filter_map(|fault| {
            let place = fault.place.as_ref()?;
            // `309 #0417/7 M1101`: the set's name, the position, the segment with its element.
            let (name, rest) = place.path.rsplit_once('/')?;
            let (position, at) = rest.split_once(' ')?;
            let (segment, element) = at
                .split_at_checked(at.len().checked_sub(2)?)
                .filter(|(_, digits)| digits.bytes().all(|byte| byte.is_ascii_digit()))
                .unwrap_or((at, "0"));
            let finding = Finding {
                code: fault.code,
                severity: fault.severity,
                segment: segment.to_owned(),
                position: position.parse().ok()?,
                loop_id: "",
                element: element.parse().ok()?,
                component: 0,
                text: place.text.clone(),
            };
            Some((name.to_owned(), finding))
        })
        .collect()
}

fn bare(code: &'static str) -> &'static str {
    let rest = code.strip_prefix("x12-");
    rest.or_else(|| code.strip_prefix("edifact-"))
        .unwrap_or(code)
}
