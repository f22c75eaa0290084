//! What is promised and published.

use crate::model::Model;
use crate::published::{Automatic, Cause, MEMBERS, Promises};
use crate::yaml::Node;

use super::Reader;

/// Who is asked more than this in a day reads none of it.
const A_DAY_MAX: u32 = 100;

impl Reader {
    pub(super) fn promises(&mut self, top: &Node, m: &mut Model) {
        let Some(n) = top.get("promises") else { return };
        self.place("promises".to_owned(), n.line);
        let mut known = vec![
            "of",
            "publisher",
            "own",
            "questions",
            "plans",
            "escalate",
            "automatic",
        ];
        known.extend(MEMBERS.iter().map(|(says, _)| *says));
        self.only(n, "`promises`", &known);
        let mut says = Vec::new();
        for (what, _) in MEMBERS {
            if let Some(record_type) = self.text(n, what) {
                says.push(((*what).to_owned(), record_type));
            }
        }
        let promises = Promises {
            of: self.need_text(n, "`promises`", "of"),
            publisher: self.need_text(n, "`promises`", "publisher"),
            own: self.need_text(n, "`promises`", "own"),
            says,
            questions: self.text(n, "questions"),
            plans: self.text(n, "plans"),
            escalate: self.text(n, "escalate"),
            automatic: n.get("automatic").map(|n| self.automatic(n)),
        };
        m.promises.insert(m.id.clone(), promises);
    }

    fn automatic(&mut self, n: &Node) -> Automatic {
        self.only(n, "`automatic`", &["causes", "asker", "a-day"]);
        let mut causes = Vec::new();
        for code in self.texts(n.get("causes")) {
            match Cause::of_code(&code) {
                Some(cause) => causes.push(cause),
                None => {
                    let known: Vec<&str> = Cause::ALL.into_iter().map(Cause::code).collect();
                    self.fault(
                        n.line,
                        "unknown-cause",
                        format!("nothing is asked because of `{code}`"),
                        format!("known here: {}", known.join(", ")),
                    );
                }
            }
        }
        let a_day = self.need_text(n, "`automatic`", "a-day");
        let a_day = a_day.parse().ok().filter(|n| *n <= A_DAY_MAX);
        if a_day.is_none() {
            self.fault(
                n.line,
                "automatic-a-day",
                format!("`a-day` is a whole number up to {A_DAY_MAX}"),
                "write `a-day: 5`",
            );
        }
        Automatic {
            causes,
            asker: self.need_text(n, "`automatic`", "asker"),
            a_day: a_day.unwrap_or_default(),
        }
    }
}
