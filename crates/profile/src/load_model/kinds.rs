//! Kinds and record types: what is followed, and who says what about it.

use std::collections::BTreeMap;

use crate::model::*;
use crate::yaml::Node;

use super::Reader;

/// Pages of the console that a record type may ask for.
const PAGES: &[&str] = &["shift"];

impl Reader {
    pub(super) fn kind(&mut self, name: &str, n: &Node) -> Kind {
        self.only(
            n,
            "a kind",
            &[
                "key",
                "owner",
                "reuse-after",
                "parts",
                "seats",
                "told",
                "title",
                "reference",
                "client",
                "pass",
            ],
        );
        let key = self.paths(n.get("key"));
        if key.is_empty() {
            self.fault(
                n.line,
                "word-missing",
                format!("kind `{name}` has no `key`"),
                "say which members name a case: `key: /credentialSubject/scn`",
            );
        }
        let (roles, holds) = match n.get("owner") {
            None => {
                self.fault(
                    n.line,
                    "word-missing",
                    format!("kind `{name}` has no `owner`"),
                    "say who opens a case: `owner: { role: carrier, holds: scac }`",
                );
                (Vec::new(), None)
            }
            Some(o) if o.members().is_empty() => (self.texts(Some(o)), None),
            Some(o) => {
                self.only(o, "owner", &["role", "holds"]);
                (self.texts(o.get("role")), self.text(o, "holds"))
            }
        };
        if roles.is_empty() && n.get("owner").is_some() {
            self.fault(
                n.line,
                "word-missing",
                format!("`owner` of kind `{name}` names no role"),
                "say who opens a case: `owner: { role: carrier, holds: scac }`",
            );
        }
        let owner = Owner {
            role: roles.first().cloned().unwrap_or_default(),
            roles,
            holds,
        };
        let mut parts = BTreeMap::new();
        for (part, line, p) in n.get("parts").map(Node::members).unwrap_or_default() {
            self.place(format!("kinds.{name}.parts.{part}"), *line);
            self.only(p, "a part", &["kind", "from", "at", "none-if"]);
            let at = self.need_text(p, "a part", "at");
            let made = Part {
                kind: self.need_text(p, "a part", "kind"),
                from: self.need_text(p, "a part", "from"),
                at: self.path(&at, p.line),
                none_if: self.expr_at(p, "none-if"),
            };
            parts.insert(part.clone(), made);
        }
        let mut seats = BTreeMap::new();
        for (seat, line, s) in n.get("seats").map(Node::members).unwrap_or_default() {
            self.place(format!("kinds.{name}.seats.{seat}"), *line);
            let paths = self.typed_many(Some(s));
            seats.insert(seat.clone(), paths);
        }
        Kind {
            key,
            owner,
            reuse_after: self.duration(n, "reuse-after"),
            parts,
            seats,
            told: self.texts(n.get("told")),
            title: self.typed_many(n.get("title")),
            reference: self.typed_many(n.get("reference")),
            client: self.typed_many(n.get("client")),
            pass: n.get("pass").map(|p| self.pass(name, p)),
        }
    }

    fn pass(&mut self, kind: &str, n: &Node) -> Pass {
        self.only(
            n,
            "a pass",
            &[
                "by",
                "lasts",
                "after-end",
                "number",
                "ready",
                "steps",
                "lacks",
                "sides",
                "fields",
            ],
        );
        self.place(format!("kinds.{kind}.pass"), n.line);
        let mut sides = BTreeMap::new();
        for (side, line, s) in n.get("sides").map(Node::members).unwrap_or_default() {
            if !["mx", "us"].contains(&side.as_str()) {
                self.fault(
                    *line,
                    "unknown-word",
                    format!("`{side}` is no side"),
                    "sides: mx, us",
                );
            }
            let lines = self.pass_lines(Some(s));
            sides.insert(side.clone(), lines);
        }
        let by = self.texts(n.get("by"));
        Pass {
            by: if by.is_empty() {
                vec![format!("seat.{}", crate::seats::OWNER_SEAT)]
            } else {
                by
            },
            lasts: self.duration(n, "lasts"),
            after_end: self.duration(n, "after-end"),
            number: self.expr_at(n, "number"),
            ready: self.expr_at(n, "ready"),
            steps: self.pass_lines(n.get("steps")),
            lacks: self.pass_lines(n.get("lacks")),
            sides,
            fields: self.exprs(n.get("fields")),
        }
    }

    fn pass_lines(&mut self, n: Option<&Node>) -> Vec<PassLine> {
        let mut lines = Vec::new();
        for item in n.map(Node::many).unwrap_or_default() {
            self.only(item, "a line of a pass", &["id", "when", "values"]);
            let had_when = item.get("when").is_some();
            let when = self.expr_at(item, "when");
            // A condition that cannot be read must not become "always".
            if when.is_some() || !had_when {
                lines.push(PassLine {
                    id: self.need_text(item, "a line of a pass", "id"),
                    when,
                    values: self.exprs(item.get("values")),
                });
            }
        }
        lines
    }

    pub(super) fn record(&mut self, n: &Node) -> RecordType {
        self.only(
            n,
            "a record type",
            &[
                "issued-by",
                "about",
                "follows",
                "audience",
                "decisive",
                "accepts",
                "secret",
                "late",
                "replaceable-by",
                "search",
                "face",
                "side",
                "brief",
                "page",
                "may-share",
            ],
        );
        let mut r = RecordType {
            issued_by: self.texts(n.get("issued-by")),
            follows: self.texts(n.get("follows")),
            decisive: self.flag(n, "decisive"),
            accepts: self.texts(n.get("accepts")),
            late: self.duration(n, "late"),
            replaceable_by: self.texts(n.get("replaceable-by")),
            face: self.text(n, "face").unwrap_or_else(|| "event".to_owned()),
            side: self.text(n, "side").unwrap_or_default(),
            brief: self.paths(n.get("brief")),
            page: self.text(n, "page").unwrap_or_default(),
            ..RecordType::default()
        };
        for (kind, line, p) in n.get("about").map(Node::members).unwrap_or_default() {
            if let Some(text) = p.text() {
                let path = self.path(&text, *line);
                r.about.insert(kind.clone(), path);
            }
        }
        if let Some(page) = n.get("page")
            && !PAGES.contains(&r.page.as_str())
        {
            self.fault(
                page.line,
                "unknown-word",
                format!("`page` knows: {}", PAGES.join(", ")),
                "name a page of the console, or take the word out",
            );
        }
        if let Some(secret) = n.get("secret") {
            r.secret_office = secret.text().as_deref() == Some("office");
            if !r.secret_office {
                self.fault(
                    secret.line,
                    "unknown-word",
                    "`secret` knows one value: office",
                    "write `secret: office`",
                );
            }
        }
        for a in n.get("audience").map(Node::many).unwrap_or_default() {
            self.only(a, "a line of audience", &["to", "view", "as"]);
            let to = self.texts(a.get("to"));
            let view = self.paths(a.get("view"));
            let view_name = self
                .text(a, "as")
                .or_else(|| (!view.is_empty()).then(|| to.first().cloned().unwrap_or_default()))
                .unwrap_or_default();
            if to.is_empty() {
                self.fault(
                    a.line,
                    "word-missing",
                    "a line of audience says to whom",
                    "add `to: seats` or roles",
                );
            }
            r.audience.push(Audience {
                to,
                view,
                view_name,
            });
        }
        for (name, _, p) in n.get("search").map(Node::members).unwrap_or_default() {
            let paths = self.paths(Some(p));
            r.search.insert(name.clone(), paths);
        }
        r
    }
}
