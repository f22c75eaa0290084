//! Which records are told as EPCIS events.

use crate::epcis::{EpcisLine, Numbered};
use crate::model::Model;
use crate::yaml::Node;

use super::Reader;

impl Reader {
    pub(super) fn epcis(&mut self, top: &Node, m: &mut Model) {
        for n in top.get("epcis").map(Node::many).unwrap_or_default() {
            let place = format!("epcis.{}", m.epcis.len());
            self.place(place, n.line);
            self.only(
                n,
                "a line of `epcis`",
                &[
                    "on",
                    "type",
                    "action",
                    "step",
                    "disposition",
                    "only",
                    "objects",
                    "parent",
                    "children",
                    "read-point",
                    "location",
                    "transactions",
                ],
            );
            let mut only = Vec::new();
            for (path, line, wanted) in n.get("only").map(Node::members).unwrap_or_default() {
                only.push((self.path(path, *line), self.texts(Some(wanted))));
            }
            let children = n.get("children").map(|c| {
                self.only(c, "`children`", &["kind", "at"]);
                (
                    self.need_text(c, "`children`", "kind"),
                    self.paths(c.get("at")),
                )
            });
            let mut transactions = Vec::new();
            for (kind, _, number) in n.get("transactions").map(Node::members).unwrap_or_default() {
                transactions.push((kind.clone(), self.numbered(number)));
            }
            let line = EpcisLine {
                on: self.texts(n.get("on")),
                event_type: self
                    .text(n, "type")
                    .unwrap_or_else(|| "ObjectEvent".to_owned()),
                action: self
                    .text(n, "action")
                    .unwrap_or_else(|| "OBSERVE".to_owned()),
                step: self.text(n, "step"),
                disposition: self.text(n, "disposition"),
                only,
                objects: self.texts(n.get("objects")),
                parent: self.text(n, "parent"),
                children,
                read_point: n.get("read-point").map(|p| self.numbered(p)),
                biz_location: n.get("location").map(|p| self.numbered(p)),
                transactions,
            };
            m.epcis.push(line);
        }
    }

    fn numbered(&mut self, n: &Node) -> Numbered {
        self.only(n, "a number", &["uri", "at"]);
        Numbered {
            uri: self.need_text(n, "a number", "uri"),
            at: self.paths(n.get("at")),
        }
    }
}
