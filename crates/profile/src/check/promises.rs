//! What is promised and published: kinds, types and the members that are read must be there.

use crate::published::{AUTOMATIC_MEMBERS, MEMBERS};

use super::Checker;

impl Checker<'_> {
    pub(super) fn promises(&mut self) {
        let model = self.model;
        for promises in model.promises.values() {
            let place = "promises";
            self.kind(place, &promises.of);
            for kind in promises.questions.iter().chain(&promises.plans) {
                self.kind(place, kind);
            }
            self.role(place, &promises.publisher);
            self.role(place, &promises.own);
            if let Some(role) = &promises.escalate {
                self.role(place, role);
            }
            if promises.automatic.is_some()
                && (promises.questions.is_none() || promises.type_of("question").is_none())
            {
                self.error(
                    place,
                    "automatic-no-question",
                    "what is asked by itself is a question, and `questions` or `question` is missing",
                    "name the kind of case and the record type of questions",
                );
            }
            for (what, members) in MEMBERS {
                let Some(record_type) = promises.type_of(what) else {
                    continue;
                };
                self.record_type(place, record_type);
                let Some(schema) = model.schemas.get(record_type) else {
                    continue;
                };
                let automatic = match *what {
                    "question" if promises.automatic.is_some() => AUTOMATIC_MEMBERS,
                    _ => &[],
                };
                for member in members.iter().chain(automatic) {
                    if schema.pointer(&format!("/properties/{member}")).is_none() {
                        self.error(
                            place,
                            "promise-member",
                            format!("what is under `{what}` is read from `{member}`, and {record_type} has no such member"),
                            "add it to the schema",
                        );
                    }
                }
            }
        }
    }
}
