//! What a holder shows: the mandatory statements and those that he chose, by their numbers.

use serde_json::{Map, Value};

use super::pointers::Selection;
use super::statements::{Group, Names, Statements, not_the_signed};
use crate::keys::to_base64url_multibase;
use crate::problem::Problem;

/// A part of a document's statements.
pub(super) struct Disclosure<'s, 'a> {
    statements: &'s Statements<'a>,
    always: Group,
    /// What the holder chose; some of it may be mandatory too.
    pub(super) chosen: Group,
    all: Group,
    document: Value,
}

impl<'s, 'a> Disclosure<'s, 'a> {
    /// # Errors
    /// When a pointer names nothing, or a part of what can only be shown whole.
    pub(super) fn of(
        statements: &'s Statements<'a>,
        mandatory: &[String],
        reveal: &[String],
    ) -> Result<Self, Problem> {
        let combined: Vec<String> = mandatory.iter().chain(reveal).cloned().collect();
        Ok(Self {
            statements,
            always: statements.group(mandatory)?,
            chosen: statements.group(reveal)?,
            all: statements.group(&combined)?,
            document: Selection::of(statements.document, &combined)?.document,
        })
    }

    /// The statements that are not mandatory, in order.
    pub(super) fn optional(&self) -> Vec<usize> {
        (0..self.statements.lines.len())
            .filter(|n| !self.always.members.contains(n))
            .collect()
    }

    /// Which of the statements shown are mandatory, counted among those shown.
    pub(super) fn mandatory(&self) -> Vec<usize> {
        let shown = self.all.members.iter().enumerate();
        shown
            .filter(|(_, n)| self.always.members.contains(n))
            .map(|(place, _)| place)
            .collect()
    }

    /// What the verifier needs to name the nodes as they were signed.
    ///
    /// # Errors
    /// When what is shown has no canonical form.
    pub(super) fn names(&self) -> Result<Names, Problem> {
        self.statements.names_in(&self.all)
    }

    /// The part of the document, with its proof.
    pub(super) fn finish(mut self, mut proof: Map<String, Value>, value: &[u8]) -> Value {
        proof.insert("proofValue".into(), to_base64url_multibase(value).into());
        if let Some(members) = self.document.as_object_mut() {
            members.insert("proof".into(), Value::Object(proof));
        }
        self.document
    }
}

/// What is always shown as one text, and the other statements, by the indexes of the former.
///
/// # Errors
/// When an index is beyond the statements.
pub(super) fn split(
    lines: Vec<String>,
    mandatory: &[usize],
) -> Result<(String, Vec<String>), Problem> {
    let (mut always, mut optional) = (String::new(), Vec::new());
    let mut mandatory = mandatory.iter().peekable();
    for (n, line) in lines.into_iter().enumerate() {
        if mandatory.next_if(|next| **next == n).is_some() {
            always.push_str(&line);
        } else {
            optional.push(line);
        }
    }
    match mandatory.next() {
        None => Ok((always, optional)),
        Some(_) => Err(not_the_signed()),
    }
}
