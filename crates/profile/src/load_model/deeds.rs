//! Links and automations: other cases found, and what an office signs by rule.

use crate::model::*;
use crate::yaml::Node;

use super::Reader;

impl Reader {
    pub(super) fn link(&mut self, n: &Node) -> Link {
        self.only(
            n,
            "a link",
            &["kind", "by", "at", "key", "where", "fresh-within"],
        );
        let mut at = Vec::new();
        for item in n.get("at").map(Node::many).unwrap_or_default() {
            let text = item.text().unwrap_or_default();
            at.push(if text.contains('#') {
                let typed = self.typed(&text, item.line);
                LinkPath {
                    record_type: Some(typed.record_type),
                    path: typed.path,
                }
            } else {
                LinkPath {
                    record_type: None,
                    path: self.path(&text, item.line),
                }
            });
        }
        let key = self.text(n, "key");
        if at.is_empty() && key.is_none() {
            self.fault(
                n.line,
                "word-missing",
                "a link says not where the values stand that it looks for",
                "add `by:` and `at: /credentialSubject/…`, or the one case's `key:`",
            );
        }
        Link {
            kind: self.need_text(n, "a link", "kind"),
            by: match &key {
                Some(_) => String::new(),
                None => self.need_text(n, "a link", "by"),
            },
            key,
            filter: self.expr_at(n, "where"),
            at,
            fresh_within: self.duration(n, "fresh-within"),
        }
    }

    pub(super) fn automations(&mut self, top: &Node, m: &mut Model) {
        for n in top.get("automations").map(Node::many).unwrap_or_default() {
            if n.members().is_empty() {
                continue;
            }
            self.only(
                n,
                "an automation",
                &[
                    "id",
                    "office",
                    "on",
                    "when",
                    "issue",
                    "with",
                    "take",
                    "follows-trigger",
                ],
            );
            let id = self.need_text(n, "an automation", "id");
            if !self.named(m, "automations", &id, n.line) {
                continue;
            }
            let had_when = n.get("when").is_some();
            let when = self.expr_at(n, "when");
            let made = Automation {
                office: self.need_text(n, "an automation", "office"),
                on: self.trigger(&id, n),
                issue: self.need_text(n, "an automation", "issue"),
                with: n
                    .get("with")
                    .map(Node::members)
                    .unwrap_or_default()
                    .iter()
                    .map(|(k, _, v)| (k.clone(), v.json()))
                    .collect(),
                take: self.exprs(n.get("take")),
                follows_trigger: self.flag(n, "follows-trigger"),
                id,
                when,
            };
            // A condition that cannot be read must not become "always".
            if made.when.is_some() || !had_when {
                m.automations.push(made);
            }
        }
    }

    fn trigger(&mut self, id: &str, n: &Node) -> Trigger {
        let Some(on) = n.get("on") else {
            self.fault(
                n.line,
                "word-missing",
                format!("automation `{id}` says not what it answers to"),
                "add `on: RecordType` or `on: { kind: certificate, state: suspended }`",
            );
            return Trigger::Records(Vec::new());
        };
        if on.members().is_empty() {
            return Trigger::Records(self.texts(Some(on)));
        }
        self.only(on, "a trigger", &["kind", "state"]);
        Trigger::State {
            kind: self.need_text(on, "a trigger", "kind"),
            state: self.need_text(on, "a trigger", "state"),
        }
    }
}
