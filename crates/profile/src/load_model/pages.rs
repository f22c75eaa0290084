//! What people see: boards, acts.

use std::collections::BTreeMap;

use crate::model::*;
use crate::yaml::{Data, Node};

use super::Reader;
use super::inferred::about_of;

/// Words of a need.
const NEED: &[&str] = &["id", "when", "act", "glyph", "values", "roles", "holder"];

/// The field of a strip's place where a column names none.
const LANE: &str = "lane-number";
/// Places of one strip: no yard has as many bays.
const PLACES_MAX: usize = 200;

impl Reader {
    /// `places: 12`, `[A1, A2]`, or either by port.
    fn places(&mut self, n: Option<&Node>) -> BTreeMap<String, Vec<String>> {
        let Some(n) = n else {
            return BTreeMap::new();
        };
        match &n.data {
            Data::Map(_) => n
                .members()
                .iter()
                .map(|(port, _, list)| (port.clone(), self.place_names(list)))
                .collect(),
            _ => BTreeMap::from([(String::new(), self.place_names(n))]),
        }
    }

    fn place_names(&mut self, n: &Node) -> Vec<String> {
        let names: Vec<String> = match &n.data {
            Data::Int(count) => {
                let count = usize::try_from(*count).unwrap_or(0).min(PLACES_MAX + 1);
                (1..=count).map(|at| at.to_string()).collect()
            }
            _ => self.texts(Some(n)),
        };
        if names.is_empty() || names.len() > PLACES_MAX {
            self.fault(
                n.line,
                "bad-places",
                format!("a strip has 1 to {PLACES_MAX} places"),
                "write how many there are, or their names: `places: 12`, `places: [A1, A2]`",
            );
        }
        names
    }

    pub(super) fn board(&mut self, n: &Node) -> Board {
        self.only(
            n,
            "a board",
            &["rows", "columns", "needs", "fields", "when"],
        );
        let mut columns = Vec::new();
        for c in n.get("columns").map(Node::many).unwrap_or_default() {
            if let Some(id) = c.text() {
                columns.push(BoardColumn {
                    states: vec![id.clone()],
                    id,
                    limit_min: None,
                    show: "list".to_owned(),
                    by: String::new(),
                    places: BTreeMap::new(),
                    until: None,
                });
                continue;
            }
            self.only(
                c,
                "a column",
                &["id", "states", "limit-min", "show", "by", "places", "until"],
            );
            let id = self.need_text(c, "a column", "id");
            let states = if c.get("states").is_some() {
                self.texts(c.get("states"))
            } else {
                vec![id.clone()]
            };
            let limit_min = match c.get("limit-min").map(|l| &l.data) {
                Some(Data::Int(i)) => Some(*i),
                _ => None,
            };
            columns.push(BoardColumn {
                id,
                states,
                limit_min,
                show: self.text(c, "show").unwrap_or_else(|| "list".to_owned()),
                by: self.text(c, "by").unwrap_or_else(|| LANE.to_owned()),
                places: self.places(c.get("places")),
                until: self.text(c, "until"),
            });
        }
        let mut needs = Vec::new();
        for need in n.get("needs").map(Node::many).unwrap_or_default() {
            self.only(need, "a need", NEED);
            needs.extend(self.need(need));
        }
        let mut fields = self.exprs(n.get("fields"));
        if let Some(Data::List(items)) = n.get("fields").map(|f| &f.data) {
            for item in items {
                if let Some((name, e)) = item
                    .text()
                    .and_then(|t| Some((t.clone(), self.expr(&t, item.line)?)))
                {
                    fields.insert(name, e);
                }
            }
        }
        Board {
            rows: self.need_text(n, "a board", "rows"),
            columns,
            needs,
            fields,
            when: self.expr_at(n, "when"),
        }
    }

    /// Top-level `needs`: put on every board whose rows are of their kind; of a kind that no board shows, told in lists.
    pub(super) fn needs_of_boards(&mut self, top: &Node, m: &mut Model) {
        for n in top.get("needs").map(Node::many).unwrap_or_default() {
            let known: Vec<&str> = NEED.iter().copied().chain(["kind"]).collect();
            self.only(n, "a need", &known);
            let kind = self.need_text(n, "a need", "kind");
            let Some(need) = self.need(n) else { continue };
            let taken = |m: &Model| {
                m.boards
                    .values()
                    .flat_map(|b| &b.needs)
                    .chain(m.needs.values().flatten())
                    .any(|x| x.id == need.id)
            };
            if taken(m) {
                self.fault(
                    n.line,
                    "name-in-two-profiles",
                    format!("there is a need `{}` already", need.id),
                    "give this one another id",
                );
                continue;
            }
            self.place(format!("needs.{}", need.id), n.line);
            let mut found = false;
            for board in m.boards.values_mut().filter(|b| b.rows == kind) {
                board.needs.push(need.clone());
                found = true;
            }
            if !found && m.kinds.contains_key(&kind) {
                m.needs.entry(kind).or_default().push(need);
            } else if !found {
                self.fault(
                    n.line,
                    "need-nowhere",
                    format!("there is no kind `{kind}`"),
                    "name a kind of yours or of a used profile",
                );
            }
        }
    }

    fn need(&mut self, n: &Node) -> Option<Need> {
        let id = self.need_text(n, "a need", "id");
        if n.get("when").is_none() {
            self.fault(
                n.line,
                "word-missing",
                format!("need `{id}` says not when"),
                "add `when: \"…\"`",
            );
        }
        let when = self.expr_at(n, "when")?;
        Some(Need {
            id,
            when,
            act: self.text(n, "act"),
            glyph: self.text(n, "glyph").unwrap_or_default(),
            values: self.exprs(n.get("values")),
            roles: self.texts(n.get("roles")),
            holder: self.text(n, "holder"),
        })
    }

    pub(super) fn act(&mut self, id: &str, n: &Node, m: &Model) -> Option<Act> {
        self.only(
            n,
            "an act",
            &[
                "kind", "issue", "with", "take", "ask", "many", "when", "grave", "offer", "form",
            ],
        );
        let form = self.flag(n, "form");
        if form && n.get("ask").is_some() {
            self.fault(
                n.line,
                "unknown-word",
                format!("act `{id}` opens a form, in which people write, and has `ask`"),
                "take one of the two out; `with` and `take` may fill the form in",
            );
        }
        let issue = self.need_text(n, "an act", "issue");
        let kind = match self.text(n, "kind") {
            Some(kind) => kind,
            None => {
                let mut kinds = about_of(m, &issue).into_iter();
                match (kinds.next(), kinds.next()) {
                    (Some(kind), None) => kind,
                    (_, second) => {
                        if m.records.contains_key(&issue) {
                            let why = if second.is_some() {
                                "is about more than one kind"
                            } else {
                                "is about no kind"
                            };
                            self.fault(
                                n.line,
                                "act-kind",
                                format!(
                                    "`{issue}` {why}, so it is not clear where act `{id}` stands"
                                ),
                                "add `kind:`",
                            );
                        }
                        String::new()
                    }
                }
            }
        };
        let had_when = n.get("when").is_some();
        let when = self.expr_at(n, "when");
        if had_when && when.is_none() {
            return None;
        }
        Some(Act {
            id: id.to_owned(),
            kind,
            issue,
            with: n
                .get("with")
                .map(Node::members)
                .unwrap_or_default()
                .iter()
                .map(|(k, _, v)| (k.clone(), v.json()))
                .collect(),
            take: self.exprs(n.get("take")),
            ask: self.text(n, "ask"),
            offer: self.typed_many(n.get("offer")),
            form,
            many: self.flag(n, "many"),
            when,
            grave: self.flag(n, "grave"),
        })
    }
}
