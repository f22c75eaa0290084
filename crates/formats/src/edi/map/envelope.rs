//! What the envelopes of a set say, in either syntax.

use crate::edi::{Group, Interchange, Syntax, TransactionSet};
use serde::{Deserialize, Serialize};

/// The envelopes of a set or message, each field an element's text as it stands, empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Envelope {
    /// ISA06; UNB S002, identification.
    pub sender: String,
    /// ISA05; UNB S002, qualifier.
    pub sender_qualifier: String,
    /// ISA08; UNB S003, identification.
    pub receiver: String,
    /// ISA07; UNB S003, qualifier.
    pub receiver_qualifier: String,
    /// ISA09; UNB S004, date.
    pub date: String,
    /// ISA10; UNB S004, time.
    pub time: String,
    /// ISA13, nine digits; UNB control reference.
    pub control_number: String,
    /// ISA11, repetition separator or standards identifier; UNB S001, character set.
    pub standard: String,
    /// ISA12; UNB S001, syntax version.
    pub version: String,
    /// ISA14, `1` asks for a TA1; UNB 0031, `1` asks for a CONTRL.
    pub acknowledgment: String,
    /// ISA15, `P` or `T`; UNB 0035, `1` for a test.
    pub usage: String,
    /// GS01; UNG message group.
    pub group_code: String,
    /// GS02; UNG sender.
    pub group_sender: String,
    /// GS03; UNG receiver.
    pub group_receiver: String,
    /// GS04; UNG date.
    pub group_date: String,
    /// GS05; UNG time.
    pub group_time: String,
    /// GS06; UNG reference.
    pub group_control_number: String,
    /// GS08, such as `005020`; UNH S009 behind the type: `D:95B:UN` and what follows.
    pub release: String,
    /// ST02; UNH reference.
    pub set_control_number: String,
}

impl Envelope {
    /// What the envelopes of a set say.
    pub fn of(
        interchange: &Interchange<'_>,
        group: &Group<'_>,
        set: &TransactionSet<'_>,
    ) -> Envelope {
        let head = |number| interchange.header.element(number).unwrap_or("").to_owned();
        let part = |number, component| {
            interchange
                .header
                .component(number, component)
                .unwrap_or_default()
                .into_owned()
        };
        match interchange.syntax {
            Syntax::X12 => Envelope {
                sender_qualifier: head(5),
                sender: head(6),
                receiver_qualifier: head(7),
                receiver: head(8),
                date: head(9),
                time: head(10),
                standard: head(11),
                version: head(12),
                control_number: head(13),
                acknowledgment: head(14),
                usage: head(15),
                group_code: group.element(1).to_owned(),
                group_sender: group.element(2).to_owned(),
                group_receiver: group.element(3).to_owned(),
                group_date: group.element(4).to_owned(),
                group_time: group.element(5).to_owned(),
                group_control_number: group.element(6).to_owned(),
                release: group.element(8).to_owned(),
                set_control_number: set.control_number.to_owned(),
            },
            Syntax::Edifact => {
                let said = |number, component| {
                    group
                        .header
                        .and_then(|header| header.component(number, component))
                        .unwrap_or_default()
                        .into_owned()
                };
                let release: Vec<String> = (2..=5)
                    .filter_map(|component| set.header.component(2, component))
                    .map(|text| text.into_owned())
                    .collect();
                Envelope {
                    standard: part(1, 1),
                    version: part(1, 2),
                    sender: part(2, 1),
                    sender_qualifier: part(2, 2),
                    receiver: part(3, 1),
                    receiver_qualifier: part(3, 2),
                    date: part(4, 1),
                    time: part(4, 2),
                    control_number: part(5, 1),
                    acknowledgment: head(9),
                    usage: head(11),
                    group_code: said(1, 1),
                    group_sender: said(2, 1),
                    group_receiver: said(3, 1),
                    group_date: said(4, 1),
                    group_time: said(4, 2),
                    group_control_number: said(5, 1),
                    release: release.join(":"),
                    set_control_number: set.control_number.to_owned(),
                }
            }
        }
    }

    /// The envelope of an answer: sender and receiver changed about.
    pub fn turned(&self) -> Envelope {
        let same = self.clone();
        Envelope {
            sender: same.receiver,
            sender_qualifier: same.receiver_qualifier,
            receiver: same.sender,
            receiver_qualifier: same.sender_qualifier,
            group_sender: same.group_receiver,
            group_receiver: same.group_sender,
            ..self.clone()
        }
    }

    /// Whether it is marked as a test.
    pub fn is_test(&self) -> bool {
        matches!(self.usage.as_str(), "T" | "1")
    }
}
