//! Life cycles: tracks, balances, holds, and what shows.

use crate::model::*;
use crate::yaml::Node;

use super::Reader;

impl Reader {
    pub(super) fn life_cycle(&mut self, kind: &str, n: &Node) -> LifeCycle {
        self.only(n, "a life cycle", &["tracks", "balance", "holds", "show"]);
        let mut life = LifeCycle::default();
        for (name, line, t) in n.get("tracks").map(Node::members).unwrap_or_default() {
            self.place(format!("life-cycle.{kind}.tracks.{name}"), *line);
            self.only(t, "a track", &["first", "keeper", "said", "moves"]);
            let mut track = Track {
                first: self.need_text(t, "a track", "first"),
                keeper: self.text(t, "keeper"),
                said: self.flag(t, "said"),
                moves: Vec::new(),
            };
            for (i, m) in t
                .get("moves")
                .map(Node::many)
                .unwrap_or_default()
                .into_iter()
                .enumerate()
            {
                self.place(format!("life-cycle.{kind}.tracks.{name}.moves.{i}"), m.line);
                self.only(m, "a move", &["on", "to", "from", "when"]);
                let to = self.need_text(m, "a move", "to");
                let from = self.texts(m.get("from"));
                let when = self.expr_at(m, "when");
                let on = self.texts(m.get("on"));
                if on.is_empty() {
                    self.fault(
                        m.line,
                        "word-missing",
                        "a move says on which record it happens",
                        "add `on: RecordType`",
                    );
                }
                for on in on {
                    track.moves.push(Move {
                        on,
                        to: to.clone(),
                        from: from.clone(),
                        when: when.clone(),
                    });
                }
            }
            life.tracks.insert(name.clone(), track);
        }
        for (name, line, b) in n.get("balance").map(Node::members).unwrap_or_default() {
            self.place(format!("life-cycle.{kind}.balance.{name}"), *line);
            self.only(b, "a balance", &["in", "out"]);
            let balance = Balance {
                inn: self.typed_many(b.get("in")),
                out: self.typed_many(b.get("out")),
            };
            life.balances.insert(name.clone(), balance);
        }
        if let Some(h) = n.get("holds") {
            self.place(format!("life-cycle.{kind}.holds"), h.line);
            self.only(h, "holds", &["opens", "closes", "by"]);
            let by = self.text(h, "by");
            if by
                .as_deref()
                .is_some_and(|b| b != "same-office" && b != "any-office")
            {
                self.fault(
                    h.line,
                    "unknown-word",
                    "`by` is same-office or any-office",
                    "write `by: same-office`",
                );
            }
            life.holds = Some(Holds {
                opens: self.texts(h.get("opens")),
                closes: self.texts(h.get("closes")),
                by_same_office: by.as_deref() != Some("any-office"),
            });
        }
        for (i, s) in n
            .get("show")
            .map(Node::many)
            .unwrap_or_default()
            .into_iter()
            .enumerate()
        {
            self.place(format!("life-cycle.{kind}.show.{i}"), s.line);
            self.only(s, "a line of show", &["state", "when"]);
            let had_when = s.get("when").is_some();
            let line = ShowLine {
                state: self.need_text(s, "a line of show", "state"),
                when: self.expr_at(s, "when"),
            };
            // A condition that cannot be read must not become "always".
            if !had_when || line.when.is_some() {
                life.show.push(line);
            }
        }
        life
    }
}
