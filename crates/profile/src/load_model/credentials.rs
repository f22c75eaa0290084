//! What offices state to outsiders.

use serde_json::Value;

use crate::acts::optional;
use crate::model::{Credential, Template, TemplateMember};
use crate::yaml::{Data, Node};

use super::Reader;

impl Reader {
    pub(super) fn credential(&mut self, n: &Node) -> Option<Credential> {
        self.only(
            n,
            "a credential",
            &[
                "kind",
                "from",
                "when",
                "to",
                "context",
                "type",
                "id",
                "valid-from",
                "valid-until",
                "valid-until?",
                "members",
                "key",
                "checked-by",
            ],
        );
        let had_when = n.get("when").is_some();
        let made = Credential {
            kind: self.need_text(n, "a credential", "kind"),
            from: self.need_text(n, "a credential", "from"),
            when: self.expr_at(n, "when"),
            to: self.texts(n.get("to")),
            context: self.texts(n.get("context")),
            types: self.texts(n.get("type")),
            id: self.expr_at(n, "id"),
            valid_from: self.expr_at(n, "valid-from"),
            valid_until: self
                .expr_at(n, "valid-until")
                .or_else(|| self.expr_at(n, "valid-until?")),
            may_not_end: n.get("valid-until?").is_some() && n.get("valid-until").is_none(),
            members: n
                .get("members")
                .map_or_else(Vec::new, |m| self.template_members(m)),
            key: self.paths(n.get("key")),
            checked_by: self.text(n, "checked-by"),
        };
        // A condition that cannot be read must not become "always".
        (made.when.is_some() || !had_when).then_some(made)
    }

    fn template_members(&mut self, n: &Node) -> Vec<TemplateMember> {
        n.members()
            .iter()
            .map(|(word, _, value)| {
                let (name, optional) = optional(word);
                TemplateMember {
                    name: name.to_owned(),
                    optional,
                    value: self.template(value),
                }
            })
            .collect()
    }

    fn template(&mut self, n: &Node) -> Template {
        match &n.data {
            Data::Map(_) => Template::Members(self.template_members(n)),
            Data::List(items) => Template::List(items.iter().map(|i| self.template(i)).collect()),
            Data::Text(text) => match text.strip_prefix('=') {
                Some(expression) => self
                    .expr(expression.trim(), n.line)
                    .map_or(Template::Literal(Value::Null), Template::Is),
                None => Template::Literal(n.json()),
            },
            Data::Null | Data::Bool(_) | Data::Int(_) => Template::Literal(n.json()),
        }
    }
}
