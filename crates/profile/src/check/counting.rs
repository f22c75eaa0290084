//! What expressions count and ask: offices, never records; lists and calendars that are there.

use super::Checker;
use super::expressions::all_expressions;

impl Checker<'_> {
    /// Offices are counted, never records; who is asked to agree can say so.
    pub(super) fn counting(&mut self) {
        let model = self.model;
        for (place, expr) in all_expressions(model) {
            for name in expr.dotted() {
                if let Some(ty) = name.strip_prefix("count.") {
                    self.count(&place, ty.split('.').next().unwrap_or(ty));
                }
            }
            for (function, args) in expr.calls() {
                let arg = |i: usize| args.get(i).and_then(Option::as_ref);
                match function.as_str() {
                    "agreed" => {
                        let types = arg(0).cloned().unwrap_or_default();
                        for ty in &types {
                            match model.records.get(ty) {
                                None => self.unknown_type(&place, ty),
                                Some(r) => {
                                    self.says_something(&place, ty);
                                    for office in arg(2)
                                        .into_iter()
                                        .flatten()
                                        .filter(|o| !r.issued_by.contains(o))
                                    {
                                        self.error(
                                            &place,
                                            "agreed-not-issuer",
                                            format!("`agreed` waits for {office}, who does not issue {ty}"),
                                            format!("{ty} is issued by {}", r.issued_by.join(", ")),
                                        );
                                    }
                                }
                            }
                        }
                    }
                    "count" => {
                        if let Some(ty) = arg(0)
                            .and_then(|t| t.first())
                            .and_then(|t| t.split_once('#'))
                        {
                            self.count(&place, ty.0);
                        }
                    }
                    crate::rules::ISSUER_HAS => {
                        for role in arg(0).into_iter().flatten() {
                            self.role(&place, role);
                        }
                    }
                    "latest" | "records" => {
                        for ty in arg(0)
                            .into_iter()
                            .flatten()
                            .filter(|t| !model.records.contains_key(*t))
                        {
                            self.unknown_type(&place, ty);
                        }
                    }
                    "code" => {
                        for list in arg(0)
                            .into_iter()
                            .flatten()
                            .filter(|l| !model.codelists.contains_key(*l))
                        {
                            self.error(
                                &place,
                                "unknown-codelist",
                                format!("there is no code list `{list}`"),
                                format!("add codelists/{list}.csv"),
                            );
                        }
                    }
                    "business_days" | "add_business_days" | "is_business_day" => {
                        let at = if function == "is_business_day" { 1 } else { 2 };
                        for c in arg(at)
                            .into_iter()
                            .flatten()
                            .filter(|c| !model.calendars.contains_key(*c))
                        {
                            self.error(
                                &place,
                                "unknown-calendar",
                                format!("there is no calendar `{c}`"),
                                format!("add calendars/{c}.csv"),
                            );
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    /// `agreed` compares a member of one of three names: a type without any never agrees.
    fn says_something(&mut self, place: &str, ty: &str) {
        let names = ["decision", "value", "state"];
        let has = |schema: &serde_json::Value| {
            schema
                .get("properties")
                .and_then(serde_json::Value::as_object)
                .is_some_and(|p| names.iter().any(|n| p.contains_key(*n)))
        };
        if self.model.schemas.get(ty).is_some_and(|s| !has(s)) {
            self.error(
                place,
                "agreed-without-value",
                format!("`agreed` compares `decision`, `value` or `state` of a record, and {ty} has none of them"),
                "call the member by which an office says yes or no `decision`",
            );
        }
    }

    fn count(&mut self, place: &str, ty: &str) {
        match self.model.records.get(ty) {
            None => self.unknown_type(place, ty),
            Some(r) if r.issued_by.len() > 1 => {
                let who = r.issued_by.join(", ");
                self.error(
                    place,
                    "count-of-several",
                    format!(
                        "{ty} is issued by several ({who}), so a count of its records says nothing"
                    ),
                    "ask the offices: agreed('TYPE', 'value', ['office', …])",
                );
            }
            Some(_) => {}
        }
    }

    pub(super) fn unknown_type(&mut self, place: &str, ty: &str) {
        if self.accepted(place, ty) {
            return;
        }
        let help = crate::finding::nearest(ty, self.model.records.keys().map(String::as_str))
            .map_or_else(
                || {
                    "add it under `records`; if a profile that uses this one has it, name it under `accepts`"
                        .to_owned()
                },
                |k| format!("did you mean `{k}`?"),
            );
        self.error(
            place,
            "unknown-record-type",
            format!("there is no record type `{ty}`"),
            help,
        );
    }
}
