//! Credentials for outsiders: what they name must be there, and who checks one must be able to read it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::check_types::Ty;
use crate::credentials::{
    CONTEXT_FIRST, CONTEXT_RECORD, CONTEXTS_KNOWN, MEMBERS_GIVEN, TYPE_FIRST,
};
use crate::finding::nearest;
use crate::load_model::about_of;
use crate::model::{Credential, Template, TemplateMember};

use super::Checker;
use super::expressions::case_env;
use super::words::collect_terms;

impl Checker<'_> {
    pub(super) fn credentials(&mut self) {
        let model = self.model;
        for (name, credential) in &model.credentials {
            let place = format!("credentials.{name}");
            self.kind(&place, &credential.kind);
            self.record_type(&place, &credential.from);
            for role in &credential.to {
                self.role(&place, role);
            }
            self.source(&place, credential);
            self.contexts(&place, credential);
            self.types(&place, credential);
            self.template(&place, credential);
            self.terms(&place, credential);
            self.shown(&place, credential);
            let mut env = case_env(model, &credential.kind, true);
            env.place = "a credential";
            for (name, ty) in [
                (
                    "issuer",
                    Ty::obj([("id", Ty::Str), ("name", Ty::Str), ("country", Ty::Str)]),
                ),
                ("salt", Ty::Str),
                ("simulated", Ty::Bool),
            ] {
                env.vars.insert(name.to_owned(), ty);
            }
            for expr in credential.expressions() {
                let wants = credential
                    .when
                    .as_ref()
                    .is_some_and(|w| std::ptr::eq(w, expr))
                    .then_some(&Ty::Bool);
                self.expr(&place, expr, &env, wants);
            }
        }
    }

    fn source(&mut self, place: &str, credential: &Credential) {
        let model = self.model;
        let Some(record) = model.records.get(&credential.from) else {
            return;
        };
        if model.kinds.contains_key(&credential.kind)
            && !about_of(model, &credential.from).contains(&credential.kind)
        {
            self.error(
                place,
                "credential-not-about",
                format!("no {} is about a {}", credential.from, credential.kind),
                "name a record type whose records are about this kind of case",
            );
        }
        if record.secret_office {
            self.error(
                place,
                "secret-moves",
                format!(
                    "{} is secret, so nothing may be told of it to outsiders",
                    credential.from
                ),
                "repeat another record",
            );
        }
    }

    fn contexts(&mut self, place: &str, credential: &Credential) {
        if credential.context.first().map(String::as_str) != Some(CONTEXT_FIRST) {
            self.error(
                place,
                "credential-context-first",
                format!("the first context of a credential is {CONTEXT_FIRST}"),
                format!("write `context: [{CONTEXT_FIRST}, …]`"),
            );
        }
        let own: Vec<String> = (self.model.members.iter())
            .map(|m| crate::credentials::context_url(&m.id, &m.version))
            .collect();
        for context in &credential.context {
            let known = CONTEXTS_KNOWN
                .iter()
                .copied()
                .chain(own.iter().map(String::as_str));
            if known.clone().all(|k| k != context) {
                let help = nearest(context, known.clone()).map_or_else(
                    || format!("known here: {}", known.collect::<Vec<_>>().join(", ")),
                    |k| format!("did you mean `{k}`?"),
                );
                self.error(
                    place,
                    "unknown-context",
                    format!("no context is known as `{context}`, and none is ever fetched"),
                    help,
                );
            }
        }
    }

    fn types(&mut self, place: &str, credential: &Credential) {
        let first = credential.types.iter().any(|t| t == TYPE_FIRST);
        if !first || credential.types.len() < 2 {
            self.error(
                place,
                "credential-type-missing",
                "a credential says that it is one, and of which type",
                format!("write `type: [{TYPE_FIRST}, TYPE]`"),
            );
        }
        let twin = self.model.credentials.iter().find(|(name, other)| {
            format!("credentials.{name}") != place
                && !credential.key.is_empty()
                && !other.key.is_empty()
                && other.types == credential.types
        });
        if let Some((other, _)) = twin.map(|(n, c)| (n.clone(), c)) {
            self.error(
                place,
                "credential-type-twice",
                format!("who is shown one could not tell it from `{other}`"),
                "give each a type of its own",
            );
        }
    }

    fn template(&mut self, place: &str, credential: &Credential) {
        for member in &credential.members {
            if MEMBERS_GIVEN.contains(&member.name.as_str()) {
                self.error(
                    place,
                    "credential-member-given",
                    format!("`{}` does not stand under `members`", member.name),
                    "there are words for it: context, id, type, valid-from, valid-until",
                );
            }
        }
        if !credential
            .members
            .iter()
            .any(|m| m.name == "credentialSubject" && !m.optional)
        {
            self.error(
                place,
                "credential-no-subject",
                "the credential speaks of nobody",
                "add `credentialSubject: { … }` under `members`",
            );
        }
    }

    /// Where all contexts are the program's own, each member and type must be theirs. Of others' contexts this crate knows the names
    /// only: `garita profile check` asks who has them.
    fn terms(&mut self, place: &str, credential: &Credential) {
        let own = crate::credentials::context_url(&self.model.id, &self.model.version);
        let known = [CONTEXT_FIRST, CONTEXT_RECORD, own.as_str()];
        if !credential
            .context
            .iter()
            .all(|c| known.contains(&c.as_str()))
        {
            return;
        }
        let mut terms: BTreeSet<String> =
            CREDENTIAL_TERMS.iter().map(|t| (*t).to_owned()).collect();
        if credential.context.contains(&own)
            && let Some(context) = self.model.context.get("@context")
        {
            collect_terms(context, 0, &mut terms);
        }
        let mut used: BTreeSet<String> = credential.types.iter().cloned().collect();
        names_of(&credential.skeleton(""), &mut used);
        for term in used.difference(&terms) {
            self.error(
                place,
                "context-term-missing",
                format!("none of its contexts defines `{term}`"),
                format!("add \"{term}\" to context.jsonld: an IRI; a published vocabulary's before one of ours"),
            );
        }
    }

    /// Who is shown one needs its case: as many places as the key has components, each written by the template.
    fn shown(&mut self, place: &str, credential: &Credential) {
        let model = self.model;
        let Some(kind) = model.kinds.get(&credential.kind) else {
            return;
        };
        if !credential.key.is_empty() && credential.key.len() != kind.key.len() {
            self.error(
                place,
                "credential-key",
                format!(
                    "the key of a {} has {} components, and `key` names {}",
                    credential.kind,
                    kind.key.len(),
                    credential.key.len()
                ),
                "name the place of each, in the order of the kind's own `key`",
            );
        }
        for path in &credential.key {
            let steps: Vec<Option<&str>> = path.steps().collect();
            if !writes(&credential.members, &steps) {
                self.error(
                    place,
                    "unknown-member",
                    format!("no member of the credential stands at `{path}`"),
                    "name one that stands under `members`, and is not left out where unknown",
                );
            }
        }
        let Some(act) = &credential.checked_by else {
            return;
        };
        let found = model.acts.iter().find(|a| a.id == *act);
        match found {
            None => {
                let help = nearest(act, model.acts.iter().map(|a| a.id.as_str())).map_or_else(
                    || "add it under `acts`".to_owned(),
                    |k| format!("did you mean `{k}`?"),
                );
                self.error(
                    place,
                    "unknown-act",
                    format!("there is no act `{act}`"),
                    help,
                );
            }
            Some(found) if found.kind != credential.kind || credential.key.is_empty() => {
                self.error(
                    place,
                    "credential-checked-nowhere",
                    format!("where one is shown, act `{act}` finds no case to stand on"),
                    "let `key:` say where the case's key stands, and the act be of the same kind",
                );
            }
            Some(_) => {}
        }
    }
}

/// Terms that the W3C credentials context and the envelope's define.
const CREDENTIAL_TERMS: &[&str] = &[
    "id",
    "type",
    "VerifiableCredential",
    "issuer",
    "credentialSubject",
    "name",
    "description",
    "evidence",
    "simulated",
];

/// Names of a document's members, keywords left out.
fn names_of(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                if !name.starts_with('@') {
                    into.insert(name.clone());
                }
                names_of(inner, into);
            }
        }
        Value::Array(items) => items.iter().for_each(|i| names_of(i, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whether a template always writes a member at these steps.
fn writes(members: &[TemplateMember], steps: &[Option<&str>]) -> bool {
    let [Some(first), rest @ ..] = steps else {
        return false;
    };
    let Some(member) = members.iter().find(|m| m.name == *first && !m.optional) else {
        return false;
    };
    match (&member.value, rest) {
        (Template::Literal(_) | Template::Is(_), []) => true,
        (Template::Members(inner), [_, ..]) => writes(inner, rest),
        (Template::Is(_), [_, ..]) => true,
        (Template::Members(_) | Template::List(_), []) => false,
        (Template::Literal(_) | Template::List(_), [_, ..]) => false,
    }
}
