//! `rules.yaml`: what must be true of a record.

use std::collections::BTreeSet;

use crate::model::*;
use crate::yaml::Node;

use super::Reader;

impl Reader {
    /// Reads `rules.yaml`, onto the rules that used profiles have.
    pub(crate) fn rules(&mut self, top: &Node, m: &Model) -> Vec<Rule> {
        let list = top.get("rules").unwrap_or(top);
        let mut rules: Vec<Rule> = Vec::new();
        let mut codes = BTreeSet::new();
        for r in list.many() {
            if r.members().is_empty() {
                continue;
            }
            self.only(
                r,
                "a rule",
                &[
                    "code", "on", "when", "must", "severity", "pointer", "message", "values",
                ],
            );
            let code = self.need_text(r, "a rule", "code");
            if !self.named(m, "rules", &code, r.line) {
                continue;
            }
            if !codes.insert(code.clone()) {
                self.fault(
                    r.line,
                    "rule-twice",
                    format!("two rules have the code `{code}`"),
                    "codes are what people search for: give each its own",
                );
            }
            let severity = match self.text(r, "severity").as_deref() {
                Some("refuse") | None => Severity::Refuse,
                Some("dispute") => Severity::Dispute,
                Some("warn") => Severity::Warn,
                Some(other) => {
                    self.fault(
                        r.line,
                        "unknown-word",
                        format!("`{other}` is no severity"),
                        "severity is refuse, dispute or warn",
                    );
                    Severity::Refuse
                }
            };
            let on = self.texts(r.get("on"));
            if on.is_empty() {
                self.fault(
                    r.line,
                    "word-missing",
                    format!("rule `{code}` says not on which record types"),
                    "add `on: [Manifest]`",
                );
            }
            if r.get("must").is_none() {
                self.fault(
                    r.line,
                    "word-missing",
                    format!("rule `{code}` says not what must be true"),
                    "add `must: \"…\"`",
                );
            }
            let had_when = r.get("when").is_some();
            let (when, must) = (self.expr_at(r, "when"), self.expr_at(r, "must"));
            let pointer = self
                .text(r, "pointer")
                .unwrap_or_else(|| "/credentialSubject".to_owned());
            self.path(&pointer, r.line);
            let message = self
                .text(r, "message")
                .unwrap_or_else(|| format!("rules.{code}"));
            let values = self.exprs(r.get("values"));
            if let (Some(must), true) = (must, when.is_some() || !had_when) {
                rules.push(Rule {
                    code,
                    on,
                    when,
                    must,
                    severity,
                    pointer,
                    message,
                    values,
                });
            }
        }
        rules
    }
}
