//! What is written as the language wants and yet never comes to anything: a seat that the case has not, parts that nobody lists, an act
//! whose record its schema refuses, a look that the console does not have.

use serde_json::Value;

use crate::acts::{key_members, optional};
use crate::builtin::ANY;
use crate::case::CaseRef;
use crate::finding::nearest;
use crate::load_model::about_of;
use crate::model::{Act, GLYPHS, LOOKS};
use crate::schema;
use crate::seats::OWNER_SEAT;

use super::Checker;

impl Checker<'_> {
    pub(super) fn barren(&mut self) {
        self.foreign_seats();
        self.parts_of_nobody();
        self.acts_that_leave_out();
        self.looks();
    }

    /// A seat belongs to one kind; a record about two is judged on each case by the seats of that case.
    fn foreign_seats(&mut self) {
        let model = self.model;
        for (name, record) in &model.records {
            for kind in about_of(model, name) {
                let Some(of_kind) = model.kinds.get(&kind) else {
                    continue;
                };
                let lacking = |word: &String| {
                    word.strip_prefix("seat.")
                        .is_some_and(|s| s != OWNER_SEAT && !of_kind.seats.contains_key(s))
                };
                if !record.issued_by.is_empty() && record.issued_by.iter().all(lacking) {
                    self.warn(
                        &format!("records.{name}"),
                        "seat-not-in-kind",
                        format!(
                            "{name} is about a {kind}, which has no {}: there it is disputed and moves nothing",
                            record.issued_by.join(", ")
                        ),
                        format!("give `{kind}` the seat, or let roles issue {name} and say in a rule which of them: `issuer in values('TYPE#/issuer/id')`"),
                    );
                }
            }
        }
    }

    /// Parts are read from records of whoever opened the case, and from nobody else's.
    fn parts_of_nobody(&mut self) {
        let model = self.model;
        for (name, kind) in &model.kinds {
            for (part, p) in &kind.parts {
                let place = format!("kinds.{name}.parts.{part}");
                let (Some(from), Some(root)) =
                    (model.records.get(&p.from), model.schemas.get(&p.from))
                else {
                    continue;
                };
                let opener = |word: &String| {
                    word == ANY
                        || word.starts_with("seat.")
                        || word.starts_with("post.")
                        || kind.owner.roles.contains(word)
                };
                if !from.issued_by.is_empty() && !from.issued_by.iter().any(opener) {
                    self.warn(
                        &place,
                        "parts-of-nobody",
                        format!(
                            "parts are read from records of who opened the {name} ({}), and {} is issued by {}",
                            kind.owner.roles.join(", "),
                            p.from,
                            from.issued_by.join(", ")
                        ),
                        "let the opener list them, or give the parts a board of their own",
                    );
                }
                let inside = p.at.under("credentialSubject");
                let found = inside
                    .as_ref()
                    .and_then(|i| schema::member(root, i.steps().map(|s| s.map(str::to_owned))));
                let object = if inside.is_some_and(|i| i.is_empty()) {
                    Some(root)
                } else {
                    found
                };
                let lacks = |members: &Value| {
                    let names = model.kinds.get(&p.kind).map_or(&[][..], |k| &k.key);
                    names
                        .iter()
                        .filter_map(|path| path.last_name())
                        .any(|name| members.get(name).is_none())
                };
                if object.and_then(|o| o.get("properties")).is_some_and(lacks) {
                    self.error(
                        &place,
                        "part-key",
                        format!(
                            "`{}` finds an object that has not all members of the key of {}",
                            p.at, p.kind
                        ),
                        "let the path end at the whole key as one text, such as `TOCQ:T1`, or at an object with the key's members",
                    );
                }
            }
        }
    }

    /// An act's record is signed as it is made: what its schema requires must come from the key, `with`, `take` or `ask`.
    fn acts_that_leave_out(&mut self) {
        let model = self.model;
        for act in model.acts.iter().filter(|a| !a.form) {
            let left_out = self.left_out(act);
            if !left_out.is_empty() {
                self.error(
                    &format!("acts.{}", act.id),
                    "act-leaves-out",
                    format!(
                        "{} requires {}, which act `{}` does not fill",
                        act.issue,
                        left_out.join(", "),
                        act.id
                    ),
                    "set it in `with`, read it from the case in `take`, or ask for it; where people write more than one member, `form: true` opens the record's form",
                );
            }
        }
    }

    fn left_out(&self, act: &Act) -> Vec<String> {
        let model = self.model;
        let (Some(root), Some(kind)) = (model.schemas.get(&act.issue), model.kinds.get(&act.kind))
        else {
            return Vec::new();
        };
        let case = CaseRef {
            kind: act.kind.clone(),
            key: vec!["K"; kind.key.len().max(1)].join(":"),
        };
        let of_key = key_members(model, &act.issue, &case);
        let required = root.get("required").and_then(Value::as_array);
        required
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .filter(|m| {
                !of_key.contains_key(*m)
                    && !act.with.contains_key(*m)
                    && act.ask.as_deref() != Some(*m)
                    && !act.take.keys().any(|word| optional(word) == (*m, false))
            })
            .map(|m| format!("`{m}`"))
            .collect()
    }

    fn looks(&mut self) {
        let model = self.model;
        for (state, face) in &model.states {
            self.word_of(&format!("states.{state}"), "look", &face.look, &LOOKS);
        }
        for (name, board) in &model.boards {
            for need in &board.needs {
                self.word_of(&format!("boards.{name}"), "glyph", &need.glyph, &GLYPHS);
            }
        }
    }

    fn word_of(&mut self, place: &str, what: &str, word: &str, known: &[&str]) {
        if word.is_empty() || known.contains(&word) {
            return;
        }
        let help = nearest(word, known.iter().copied()).map_or_else(
            || format!("one of {}", known.join(", ")),
            |k| format!("did you mean `{k}`? all: {}", known.join(", ")),
        );
        self.warn(
            place,
            "unknown-look",
            format!("the console has no {what} `{word}`"),
            help,
        );
    }
}
