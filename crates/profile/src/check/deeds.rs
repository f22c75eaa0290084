//! Links and automations: what they name must be there, and a link never reaches the fold.

use crate::acts::optional;
use crate::check_types::Ty;
use crate::load_model::about_of;
use crate::model::Trigger;
use crate::pointer::Path;

use super::Checker;
use super::expressions::{all_expressions, case_env, document_env};

/// Whether an expression at this place is part of the fold, or of what is kept of it.
pub(super) fn in_fold(place: &str) -> bool {
    ["life-cycle.", "clocks.", "kinds.", "tables."]
        .iter()
        .any(|p| place.starts_with(p))
}

impl Checker<'_> {
    pub(super) fn deeds(&mut self) {
        self.links();
        self.automations();
    }

    fn links(&mut self) {
        let model = self.model;
        for (name, link) in &model.links {
            let place = format!("links.{name}");
            self.kind(&place, &link.kind);
            let found = model
                .records
                .iter()
                .filter(|(ty, _)| about_of(model, ty).contains(&link.kind))
                .any(|(_, r)| r.search.contains_key(&link.by));
            if model.kinds.contains_key(&link.kind) && !found && link.key.is_none() {
                self.error(
                    &place,
                    "unknown-search",
                    format!(
                        "no record about a {} has the search name `{}`",
                        link.kind, link.by
                    ),
                    format!(
                        "write `search: {{ {}: [/credentialSubject/…] }}` at one of its types",
                        link.by
                    ),
                );
            }
            if let Some(filter) = &link.filter {
                let env = super::expressions::link_env(model, &link.kind);
                self.expr(&place, filter, &env, Some(&Ty::Bool));
            }
            for at in &link.at {
                if let Some(ty) = &at.record_type {
                    self.record_type(&place, ty);
                    self.member(&place, ty, &at.path);
                }
            }
        }
        for (place, expr) in all_expressions(model) {
            if in_fold(&place) && expr.names().contains("linked") {
                self.error(
                    &place,
                    "link-in-fold",
                    "`linked` differs from node to node, and two nodes must come to the same state",
                    "let an automation write into a record what the link decided, and read that record",
                );
            }
        }
    }

    fn automations(&mut self) {
        let model = self.model;
        for a in &model.automations {
            let place = format!("automations.{}", a.id);
            self.role(&place, &a.office);
            self.record_type(&place, &a.issue);
            if let Some(ty) = model.records.get(&a.issue)
                && !ty.issued_by.contains(&a.office)
                && !ty.issued_by.iter().any(|r| r == crate::builtin::ANY)
            {
                self.error(
                    &place,
                    "automation-not-issuer",
                    format!("{} does not issue {}", a.office, a.issue),
                    format!("{} is issued by {}", a.issue, ty.issued_by.join(", ")),
                );
            }
            for member in a.with.keys().chain(a.take.keys()) {
                let pointer = format!(
                    "/credentialSubject/{}",
                    crate::pointer::escape(optional(member).0)
                );
                if let Ok(path) = Path::parse(&pointer) {
                    self.member(&place, &a.issue, &path);
                }
            }
            let mut envs = Vec::new();
            match &a.on {
                Trigger::Records(types) => {
                    for ty in types {
                        self.record_type(&place, ty);
                        if *ty == a.issue {
                            self.error(
                                &place,
                                "automation-of-itself",
                                format!("{ty} would bring forth {ty} without end"),
                                "issue another type, or answer to another",
                            );
                        }
                        if model.records.get(ty).is_some_and(|r| r.secret_office) {
                            self.error(
                                &place,
                                "secret-moves",
                                format!(
                                    "{ty} is secret, so nothing that others see may follow from it"
                                ),
                                "answer to another type",
                            );
                        }
                        envs.push(document_env(model, ty));
                    }
                }
                Trigger::State { kind, state } => {
                    self.kind(&place, kind);
                    self.state(&place, kind, None, state);
                    envs.push(case_env(model, kind, true));
                }
            }
            for env in &envs {
                if let Some(e) = &a.when {
                    self.expr(&place, e, env, Some(&Ty::Bool));
                }
                for e in a.take.values() {
                    self.expr(&place, e, env, None);
                }
            }
        }
    }
}
