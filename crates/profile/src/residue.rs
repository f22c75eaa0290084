//! What is left of a record whose content was erased: the envelope without its salt, and of the subject only what folds, keys and tables
//! read. So the same fold gives the same state, and nothing of the rest can be read.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::model::{Column, Model, TypedPath, Until};
use crate::pointer::Path;
use crate::view::ENVELOPE;

/// Members of the envelope that a residue does not keep: contexts and status are of a signed document, which it is none.
const DROPPED: [&str; 2] = ["@context", "credentialStatus"];

/// Members of a subject that the engine itself reads, whatever the program says.
const ENGINE: [&str; 15] = [
    "affirms", "agent", "case", "decision", "endsWith", "from", "ground", "grantor", "key", "kind",
    "records", "scope", "state", "until", "value",
];

/// By what names a program's folds, keys and tables reach into subjects; made once for many records.
#[derive(Debug, Clone, Default)]
pub struct Residue {
    words: BTreeSet<String>,
}

impl Residue {
    /// With what the folds, keys and tables of a model read as well.
    pub fn read_by(&mut self, model: &Model) {
        let words = &mut self.words;
        for post in model.posts.values() {
            typed(&post.at, words);
        }
        for kind in model.kinds.values() {
            paths(&kind.key, words);
            kind.seats.values().for_each(|at| typed(at, words));
            for part in kind.parts.values() {
                path(&part.at, words);
                part.none_if.iter().for_each(|e| e.words(words));
            }
        }
        for ty in model.records.values() {
            ty.about.values().for_each(|at| path(at, words));
            ty.search.values().for_each(|at| paths(at, words));
        }
        for life in model.life_cycle.values() {
            for step in life.tracks.values().flat_map(|t| &t.moves) {
                step.when.iter().for_each(|e| e.words(words));
            }
            for balance in life.balances.values() {
                typed(&balance.inn, words);
                typed(&balance.out, words);
            }
            let lines = life.show.iter().filter_map(|line| line.when.as_ref());
            lines.for_each(|e| e.words(words));
        }
        for clock in model.clocks.values() {
            path(&clock.from.path, words);
            clock.when.iter().for_each(|e| e.words(words));
            if let Until::When(until) = &clock.until {
                until.words(words);
            }
        }
        for column in model.tables.values().flat_map(|t| t.columns.values()) {
            match column {
                Column::At(at) => path(&at.path, words),
                Column::Entered { .. } => {}
                Column::Is(is) => is.words(words),
            }
        }
    }

    /// What is left of a document.
    pub fn of(&self, document: &Value) -> Value {
        let mut left = Map::new();
        let kept = ENVELOPE.iter().filter(|name| !DROPPED.contains(*name));
        // `saw` tells what was decided blind; ids say nothing of what they name.
        for name in kept.copied().chain(["saw", "view"]) {
            if let Some(value) = document.get(name) {
                left.insert(name.to_owned(), value.clone());
            }
        }
        // Words of a person.
        if let Some(Value::Object(replaces)) = left.get_mut("replaces") {
            replaces.shift_remove("reason");
        }
        // Under which key it was signed: a revocation that is known only later still finds it.
        let proof = match document.get("proof") {
            Some(Value::Array(proofs)) => proofs.first(),
            other => other,
        };
        if let Some(method) = proof.and_then(|p| p.get("verificationMethod")) {
            left.insert("proof".to_owned(), json!({ "verificationMethod": method }));
        }
        let mut subject = Map::new();
        let members = document.get("credentialSubject").and_then(Value::as_object);
        for (name, value) in members.into_iter().flatten() {
            if ENGINE.contains(&name.as_str()) || self.keeps(name) {
                subject.insert(name.clone(), self.below(value));
            }
        }
        left.insert("credentialSubject".to_owned(), Value::Object(subject));
        Value::Object(left)
    }

    fn keeps(&self, name: &str) -> bool {
        name == "id" || self.words.contains(name)
    }

    /// Lists keep their length, and objects stay objects: what is counted stays as many.
    fn below(&self, value: &Value) -> Value {
        match value {
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .filter(|(name, _)| self.keeps(name))
                    .map(|(name, member)| (name.clone(), self.below(member)))
                    .collect(),
            ),
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.below(item)).collect())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
        }
    }
}

fn path(path: &Path, words: &mut BTreeSet<String>) {
    words.extend(path.steps().flatten().map(str::to_owned));
}

fn paths(all: &[Path], words: &mut BTreeSet<String>) {
    all.iter().for_each(|one| path(one, words));
}

fn typed(all: &[TypedPath], words: &mut BTreeSet<String>) {
    all.iter().for_each(|one| path(&one.path, words));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nothing_reads_is_gone_and_what_is_counted_stays_as_many() {
        let residue = Residue {
            words: ["plate", "goods", "weight"].map(str::to_owned).into(),
        };
        let document = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"], "id": "ni:///sha-256;x", "type": ["VerifiableCredential", "T"],
            "issuer": { "id": "did:web:a" }, "salt": "s", "saw": ["ni:///sha-256;y"], "signedBy": { "person": "Ana" },
            "replaces": { "id": "ni:///sha-256;z", "kind": "corrects", "reason": "Ana mistyped it" },
            "proof": { "verificationMethod": "did:web:a#key-1", "proofValue": "z1" },
            "credentialSubject": {
                "plate": "47AK2F", "driver": "Ana", "decision": "release",
                "goods": [{ "weight": 3, "text": "for Ana" }, { "text": "more" }, "plain"],
            },
        });
        let left = residue.of(&document);
        assert_eq!(
            left,
            json!({
                "id": "ni:///sha-256;x", "type": ["VerifiableCredential", "T"], "issuer": { "id": "did:web:a" },
                "replaces": { "id": "ni:///sha-256;z", "kind": "corrects" }, "saw": ["ni:///sha-256;y"],
                "proof": { "verificationMethod": "did:web:a#key-1" },
                "credentialSubject": { "plate": "47AK2F", "decision": "release", "goods": [{ "weight": 3 }, {}, "plain"] },
            })
        );
        assert!(!left.to_string().contains("Ana"));
        assert_eq!(residue.of(&left), left);
    }
}
