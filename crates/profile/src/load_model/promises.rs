//! What is promised and published.

use crate::model::Model;
use crate::published::{MEMBERS, Promises};
use crate::yaml::Node;

use super::Reader;

impl Reader {
    pub(super) fn promises(&mut self, top: &Node, m: &mut Model) {
        let Some(n) = top.get("promises") else { return };
        self.place("promises".to_owned(), n.line);
        let mut known = vec!["of", "publisher", "own", "questions", "plans"];
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
        };
        m.promises.insert(m.id.clone(), promises);
    }
}
