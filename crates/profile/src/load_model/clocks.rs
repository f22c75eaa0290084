//! Clocks: what is due, and in which kind of case.

use std::collections::BTreeMap;

use crate::model::*;
use crate::pointer::Path;
use crate::yaml::{Data, Node};

use super::Reader;
use super::inferred::{about_of, names_type};

impl Reader {
    pub(super) fn clock(&mut self, name: &str, n: &Node, m: &Model) -> Option<Clock> {
        self.only(
            n,
            "a clock",
            &[
                "kind", "from", "last", "count", "calendar", "zone", "until", "extend", "owner",
                "sign", "before", "when", "warn",
            ],
        );
        let from_text = self.need_text(n, "a clock", "from");
        let from = if from_text.contains('#') {
            self.typed(&from_text, n.line)
        } else {
            TypedPath {
                record_type: from_text,
                path: Path::default(),
            }
        };
        let last = match n.get("last").map(|l| &l.data) {
            Some(Data::Int(i)) if *i >= 0 && *i <= 1_000_000 => *i,
            _ => {
                self.fault(
                    n.line,
                    "bad-number",
                    format!("clock `{name}` needs `last`, a whole number"),
                    "add `last: 30`",
                );
                0
            }
        };
        let count = self.need_text(n, "a clock", "count");
        if !["minutes", "hours", "days", "business-days"].contains(&count.as_str()) {
            self.fault(
                n.line,
                "unknown-word",
                format!("`{count}` is not counted"),
                "count is minutes, hours, days or business-days",
            );
        }
        let until = match n.get("until") {
            Some(u) => {
                let words = self.texts(Some(u));
                let is_type = |w: &String| {
                    w.chars().next().is_some_and(|c| c.is_ascii_uppercase())
                        && w.chars().all(|c| c.is_ascii_alphanumeric())
                };
                if words.iter().all(is_type) {
                    Until::Records(words)
                } else {
                    Until::When(self.expr(words.first()?, u.line)?)
                }
            }
            None => {
                self.fault(
                    n.line,
                    "word-missing",
                    format!("clock `{name}` says not what stops it"),
                    "add `until: RecordType` or an expression",
                );
                return None;
            }
        };
        let mut sign = BTreeMap::new();
        for (role, line, t) in n.get("sign").map(Node::members).unwrap_or_default() {
            match t.text() {
                Some(t) => {
                    sign.insert(role.clone(), t);
                }
                None => self.fault(
                    *line,
                    "not-a-text",
                    "`sign` names one record type for each office",
                    "write `sign: { customs.us: Overdue }`",
                ),
            }
        }
        let kind = self
            .text(n, "kind")
            .or_else(|| clock_kind(m, &from.record_type, &until))
            .unwrap_or_else(|| {
                self.fault(
                    n.line,
                    "clock-kind",
                    format!("it cannot be told in which kind of case clock `{name}` runs"),
                    "add `kind:`",
                );
                String::new()
            });
        let when = match n.get("when") {
            Some(w) => Some(self.expr(&w.text()?, w.line)?),
            None => None,
        };
        Some(Clock {
            kind,
            from,
            last,
            count,
            calendar: self.text(n, "calendar"),
            zone: self.text(n, "zone"),
            until,
            extend: self.text(n, "extend"),
            owner: self.need_text(n, "a clock", "owner"),
            sign,
            before: self.flag(n, "before"),
            when,
            warn: self.duration(n, "warn"),
        })
    }
}

/// The kind a clock runs in, where one word decides: the case that its start moves, among those it is about.
fn clock_kind(m: &Model, from: &str, until: &Until) -> Option<String> {
    let about = about_of(m, from);
    if about.len() == 1 {
        return about.into_iter().next();
    }
    let named: Vec<&String> = about
        .iter()
        .filter(|k| {
            m.life_cycle
                .get(*k)
                .is_some_and(|life| names_type(life, from))
        })
        .filter(|k| match until {
            Until::When(_) => true,
            Until::Records(types) => types
                .iter()
                .any(|t| !m.records.contains_key(t) || about_of(m, t).contains(*k)),
        })
        .collect();
    match named.as_slice() {
        [one] => Some((*one).clone()),
        _ => None,
    }
}
