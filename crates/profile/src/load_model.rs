//! From the words of `profile.yaml` and `rules.yaml` to the model, with every fault collected.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::Expr;
use crate::finding::{Finding, FindingSeverity, nearest};
use crate::model::*;
use crate::pointer::Path;
use crate::yaml::{Data, Node};

/// Words of the file's top level.
const TOP: &[&str] = &[
    "profile",
    "version",
    "charter",
    "roles",
    "posts",
    "kinds",
    "records",
    "life-cycle",
    "clocks",
    "affirmed-by",
    "links",
    "automations",
    "uses",
    "tables",
    "indicators",
    "board",
    "boards",
    "acts",
    "states",
    "forms",
];
/// Kept for later engines, within the core digest.
const RESERVED: &[&str] = &[
    "links",
    "automations",
    "indicators",
    "uses",
    "roles",
    "forms",
];

/// Reads words, collects faults and places.
pub(crate) struct Reader {
    pub(crate) file: &'static str,
    pub(crate) findings: Vec<Finding>,
    pub(crate) places: BTreeMap<String, Place>,
}

impl Reader {
    pub(crate) fn new(file: &'static str) -> Reader {
        Reader {
            file,
            findings: Vec::new(),
            places: BTreeMap::new(),
        }
    }

    fn fault(
        &mut self,
        line: usize,
        code: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.findings.push(Finding {
            file: self.file.to_owned(),
            line,
            code: code.to_owned(),
            severity: FindingSeverity::Error,
            message: message.into(),
            help: help.into(),
        });
    }

    fn place(&mut self, key: impl Into<String>, line: usize) {
        self.places.insert(
            key.into(),
            Place {
                file: self.file.to_owned(),
                line,
            },
        );
    }

    /// Faults for members that no word of the language names.
    fn only(&mut self, node: &Node, what: &str, known: &[&str]) {
        if !matches!(node.data, Data::Map(_) | Data::Null) {
            self.fault(
                node.line,
                "not-an-object",
                format!("{what} wants named members"),
                format!("it has: {}", known.join(", ")),
            );
        }
        for (name, line, _) in node.members() {
            if !known.contains(&name.as_str()) {
                let help = nearest(name, known.iter().copied()).map_or_else(
                    || format!("known here: {}", known.join(", ")),
                    |k| format!("did you mean `{k}`?"),
                );
                self.fault(
                    *line,
                    "unknown-word",
                    format!("`{name}` is not a word of {what}"),
                    help,
                );
            }
        }
    }

    fn text(&mut self, node: &Node, name: &str) -> Option<String> {
        let value = node.get(name)?;
        let text = value.text();
        if text.is_none() {
            self.fault(
                value.line,
                "not-a-text",
                format!("`{name}` must be a word"),
                "write one value after the colon",
            );
        }
        text
    }

    fn need_text(&mut self, node: &Node, what: &str, name: &str) -> String {
        if node.get(name).is_none() {
            self.fault(
                node.line,
                "word-missing",
                format!("{what} needs `{name}`"),
                format!("add `{name}:`"),
            );
        }
        self.text(node, name).unwrap_or_default()
    }

    fn texts(&mut self, node: Option<&Node>) -> Vec<String> {
        let mut out = Vec::new();
        for item in node.map(Node::many).unwrap_or_default() {
            match item.text() {
                Some(t) => out.push(t),
                None => self.fault(
                    item.line,
                    "not-a-text",
                    "a list of words is wanted here",
                    "write `[a, b]`",
                ),
            }
        }
        out
    }

    fn flag(&mut self, node: &Node, name: &str) -> bool {
        match node.get(name).map(|n| (&n.data, n.line)) {
            None => false,
            Some((Data::Bool(b), _)) => *b,
            Some((_, line)) => {
                self.fault(
                    line,
                    "not-a-flag",
                    format!("`{name}` is true or false"),
                    format!("write `{name}: true`"),
                );
                false
            }
        }
    }

    fn path(&mut self, text: &str, line: usize) -> Path {
        Path::parse(text).unwrap_or_else(|e| {
            self.fault(
                line,
                "bad-path",
                e.to_string(),
                "a path names a member, as in /credentialSubject/shipments/*/scn",
            );
            Path::default()
        })
    }

    fn paths(&mut self, node: Option<&Node>) -> Vec<Path> {
        let mut out = Vec::new();
        for item in node.map(Node::many).unwrap_or_default() {
            if let Some(text) = item.text() {
                out.push(self.path(&text, item.line));
            } else {
                self.fault(
                    item.line,
                    "bad-path",
                    "a path is wanted here",
                    "as in /credentialSubject/scn",
                );
            }
        }
        out
    }

    fn typed(&mut self, text: &str, line: usize) -> TypedPath {
        let Some((record_type, path)) = text.split_once('#') else {
            self.fault(
                line,
                "bad-path",
                format!("`{text}` must name a record type and a path"),
                "as in Manifest#/credentialSubject/scac",
            );
            return TypedPath {
                record_type: text.to_owned(),
                path: Path::default(),
            };
        };
        TypedPath {
            record_type: record_type.to_owned(),
            path: self.path(path, line),
        }
    }

    fn typed_many(&mut self, node: Option<&Node>) -> Vec<TypedPath> {
        let mut out = Vec::new();
        for item in node.map(Node::many).unwrap_or_default() {
            match item.text() {
                Some(text) => out.push(self.typed(&text, item.line)),
                None => self.fault(
                    item.line,
                    "bad-path",
                    "a path into a record type is wanted here",
                    "as in Manifest#/credentialSubject/scac",
                ),
            }
        }
        out
    }

    fn expr(&mut self, text: &str, line: usize) -> Option<Expr> {
        match Expr::parse(text) {
            Ok(e) => Some(e),
            Err(e) => {
                self.fault(
                    line,
                    "bad-expression",
                    e.to_string(),
                    "expressions are CEL; see docs/profiles.md, Expressions",
                );
                None
            }
        }
    }

    fn expr_at(&mut self, node: &Node, name: &str) -> Option<Expr> {
        let value = node.get(name)?;
        let Some(text) = value.text() else {
            self.fault(
                value.line,
                "bad-expression",
                format!("`{name}` is an expression in quotes"),
                "write `when: \"…\"`",
            );
            return None;
        };
        self.expr(&text, value.line)
    }

    fn exprs(&mut self, node: Option<&Node>) -> BTreeMap<String, Expr> {
        let mut out = BTreeMap::new();
        for (name, line, value) in node.map(Node::members).unwrap_or_default() {
            if let Some(e) = value.text().and_then(|t| self.expr(&t, *line)) {
                out.insert(name.clone(), e);
            }
        }
        out
    }

    fn duration(&mut self, node: &Node, name: &str) -> Option<String> {
        let text = self.text(node, name)?;
        if crate::order::duration_ms(&text).is_none() {
            let line = node.get(name).map_or(node.line, |n| n.line);
            self.fault(
                line,
                "bad-duration",
                format!("`{text}` is no duration"),
                "durations are ISO 8601: PT15M, P14D, P3Y",
            );
        }
        Some(text)
    }

    /// Reads `profile.yaml`.
    pub(crate) fn profile(&mut self, top: &Node) -> Model {
        self.only(top, "a profile", TOP);
        let mut m = Model {
            id: self.need_text(top, "a profile", "profile"),
            version: self.need_text(top, "a profile", "version"),
            ..Model::default()
        };
        if !m.id.is_empty()
            && !m
                .id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        {
            self.fault(
                top.line,
                "bad-id",
                format!("`{}` is no profile id", m.id),
                "lower case letters, digits and hyphens",
            );
        }
        for word in RESERVED {
            if let Some(n) = top.get(word) {
                m.reserved.insert((*word).to_owned(), n.json());
            }
        }
        if let Some(n) = top.get("charter") {
            self.only(n, "charter", &["signatories", "notice"]);
            m.charter = CharterWords {
                signatories: self.texts(n.get("signatories")),
                notice: self.duration(n, "notice"),
            };
        }
        for (name, line, n) in top.get("posts").map(Node::members).unwrap_or_default() {
            self.place(format!("posts.{name}"), *line);
            self.only(n, "a post", &["role", "at"]);
            let post = Post {
                roles: self.texts(n.get("role")),
                at: self.typed_many(n.get("at")),
            };
            m.posts.insert(name.clone(), post);
        }
        for (name, line, n) in top.get("kinds").map(Node::members).unwrap_or_default() {
            self.place(format!("kinds.{name}"), *line);
            let kind = self.kind(name, n);
            m.kinds.insert(name.clone(), kind);
        }
        for (name, line, n) in top.get("records").map(Node::members).unwrap_or_default() {
            self.place(format!("records.{name}"), *line);
            let record = self.record(n);
            m.records.insert(name.clone(), record);
        }
        for (name, line, n) in top.get("life-cycle").map(Node::members).unwrap_or_default() {
            self.place(format!("life-cycle.{name}"), *line);
            let life = self.life_cycle(name, n);
            m.life_cycle.insert(name.clone(), life);
        }
        for (name, _, n) in top
            .get("affirmed-by")
            .map(Node::members)
            .unwrap_or_default()
        {
            let roles = self.texts(Some(n));
            m.affirmed_by.insert(name.clone(), roles);
        }
        infer_records(&mut m);
        for (name, line, n) in top.get("clocks").map(Node::members).unwrap_or_default() {
            self.place(format!("clocks.{name}"), *line);
            if let Some(clock) = self.clock(name, n, &m) {
                m.clocks.insert(name.clone(), clock);
            }
        }
        for (name, line, n) in top.get("tables").map(Node::members).unwrap_or_default() {
            self.place(format!("tables.{name}"), *line);
            let table = self.table(n);
            m.tables.insert(name.clone(), table);
        }
        if let Some(n) = top.get("board") {
            self.place("boards.main", n.line);
            let board = self.board(n);
            m.boards.insert("main".to_owned(), board);
        }
        for (name, line, n) in top.get("boards").map(Node::members).unwrap_or_default() {
            self.place(format!("boards.{name}"), *line);
            let board = self.board(n);
            m.boards.insert(name.clone(), board);
        }
        for (name, line, n) in top.get("acts").map(Node::members).unwrap_or_default() {
            self.place(format!("acts.{name}"), *line);
            if let Some(act) = self.act(name, n, &m) {
                m.acts.push(act);
            }
        }
        for (name, line, n) in top.get("states").map(Node::members).unwrap_or_default() {
            self.place(format!("states.{name}"), *line);
            let look = n
                .text()
                .or_else(|| self.text(n, "look"))
                .unwrap_or_default();
            m.states.insert(name.clone(), StateFace { look });
        }
        m
    }

    fn kind(&mut self, name: &str, n: &Node) -> Kind {
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
        let owner = match n.get("owner") {
            None => {
                self.fault(
                    n.line,
                    "word-missing",
                    format!("kind `{name}` has no `owner`"),
                    "say who opens a case: `owner: { role: carrier, holds: scac }`",
                );
                Owner {
                    role: String::new(),
                    holds: None,
                }
            }
            Some(o) => match o.text() {
                Some(role) => Owner { role, holds: None },
                None => {
                    self.only(o, "owner", &["role", "holds"]);
                    Owner {
                        role: self.need_text(o, "owner", "role"),
                        holds: self.text(o, "holds"),
                    }
                }
            },
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
        }
    }

    fn record(&mut self, n: &Node) -> RecordType {
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
            ..RecordType::default()
        };
        for (kind, line, p) in n.get("about").map(Node::members).unwrap_or_default() {
            if let Some(text) = p.text() {
                let path = self.path(&text, *line);
                r.about.insert(kind.clone(), path);
            }
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

    fn life_cycle(&mut self, kind: &str, n: &Node) -> LifeCycle {
        self.only(n, "a life cycle", &["tracks", "balance", "holds", "show"]);
        let mut life = LifeCycle::default();
        for (name, line, t) in n.get("tracks").map(Node::members).unwrap_or_default() {
            self.place(format!("life-cycle.{kind}.tracks.{name}"), *line);
            self.only(t, "a track", &["first", "keeper", "moves"]);
            let mut track = Track {
                first: self.need_text(t, "a track", "first"),
                keeper: self.text(t, "keeper"),
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

    fn clock(&mut self, name: &str, n: &Node, m: &Model) -> Option<Clock> {
        self.only(
            n,
            "a clock",
            &[
                "kind", "from", "last", "count", "calendar", "zone", "until", "extend", "owner",
                "sign", "before",
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
        })
    }

    fn table(&mut self, n: &Node) -> Table {
        self.only(n, "a table", &["row-per", "columns"]);
        let mut columns = BTreeMap::new();
        for (name, line, c) in n.get("columns").map(Node::members).unwrap_or_default() {
            self.only(c, "a column", &["at", "entered", "is"]);
            let column = if let Some(at) = self.text(c, "at") {
                Some(Column::At(self.typed(&at, *line)))
            } else if let Some(entered) = self.text(c, "entered") {
                Some(match entered.split_once('.') {
                    Some((track, state)) => Column::Entered {
                        track: Some(track.to_owned()),
                        state: state.to_owned(),
                    },
                    None => Column::Entered {
                        track: None,
                        state: entered,
                    },
                })
            } else {
                self.expr_at(c, "is").map(Column::Is)
            };
            match column {
                Some(column) => {
                    columns.insert(name.clone(), column);
                }
                None => self.fault(
                    *line,
                    "bad-column",
                    format!("column `{name}` says not where its value comes from"),
                    "use `at`, `entered` or `is`",
                ),
            }
        }
        Table {
            row_per: self.need_text(n, "a table", "row-per"),
            columns,
        }
    }

    fn board(&mut self, n: &Node) -> Board {
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
                });
                continue;
            }
            self.only(c, "a column", &["id", "states", "limit-min", "show"]);
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
            });
        }
        let mut needs = Vec::new();
        for need in n.get("needs").map(Node::many).unwrap_or_default() {
            self.only(
                need,
                "a need",
                &["id", "when", "act", "glyph", "values", "roles"],
            );
            let id = self.need_text(need, "a need", "id");
            if need.get("when").is_none() {
                self.fault(
                    need.line,
                    "word-missing",
                    format!("need `{id}` says not when"),
                    "add `when: \"…\"`",
                );
            }
            if let Some(when) = self.expr_at(need, "when") {
                let made = Need {
                    id,
                    when,
                    act: self.text(need, "act"),
                    glyph: self.text(need, "glyph").unwrap_or_default(),
                    values: self.exprs(need.get("values")),
                    roles: self.texts(need.get("roles")),
                };
                needs.push(made);
            }
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

    fn act(&mut self, id: &str, n: &Node, m: &Model) -> Option<Act> {
        self.only(
            n,
            "an act",
            &[
                "kind", "issue", "with", "take", "ask", "many", "when", "grave",
            ],
        );
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
            many: self.flag(n, "many"),
            when,
            grave: self.flag(n, "grave"),
        })
    }

    /// Reads `rules.yaml`.
    pub(crate) fn rules(&mut self, top: &Node) -> Vec<Rule> {
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
            self.place(format!("rules.{code}"), r.line);
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

/// Where a record type says which cases it is about: its own words, or those of what it follows.
pub(crate) fn about_paths(m: &Model, record_type: &str) -> BTreeMap<String, Path> {
    let mut paths = BTreeMap::new();
    let mut open = vec![record_type.to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let Some(r) = m.records.get(&name) else {
            continue;
        };
        if r.about.is_empty() {
            open.extend(r.follows.iter().cloned());
        } else {
            paths.extend(r.about.iter().map(|(k, p)| (k.clone(), p.clone())));
        }
    }
    paths
}

/// Kinds a record type is about.
pub(crate) fn about_of(m: &Model, record_type: &str) -> BTreeSet<String> {
    about_paths(m, record_type).into_keys().collect()
}

/// What is left out because it follows from the rest: issuers of what follows, cases of what a life cycle names.
fn infer_records(m: &mut Model) {
    let names: Vec<String> = m.records.keys().cloned().collect();
    for name in &names {
        let Some(r) = m.records.get(name) else {
            continue;
        };
        let mut issued_by = r.issued_by.clone();
        if issued_by.is_empty() {
            for f in &r.follows {
                issued_by.extend(
                    m.records
                        .get(f)
                        .into_iter()
                        .flat_map(|f| f.issued_by.iter().cloned()),
                );
            }
            issued_by.sort();
            issued_by.dedup();
        }
        let mut about = r.about.clone();
        if about.is_empty() && r.follows.is_empty() {
            let mut kinds: Vec<&String> = m
                .life_cycle
                .iter()
                .filter(|(_, life)| names_type(life, name))
                .map(|(k, _)| k)
                .collect();
            if kinds.is_empty() && m.kinds.len() == 1 {
                kinds.extend(m.kinds.keys());
            }
            for kind in kinds {
                about.insert(
                    kind.clone(),
                    Path::parse("/credentialSubject").unwrap_or_default(),
                );
            }
        }
        if let Some(r) = m.records.get_mut(name) {
            r.issued_by = issued_by;
            r.about = about;
        }
    }
}

fn names_type(life: &LifeCycle, name: &str) -> bool {
    life.tracks
        .values()
        .any(|t| t.moves.iter().any(|m| m.on == name))
        || life
            .balances
            .values()
            .any(|b| b.inn.iter().chain(&b.out).any(|p| p.record_type == name))
        || life
            .holds
            .as_ref()
            .is_some_and(|h| h.opens.iter().chain(&h.closes).any(|t| t == name))
        || life.show.iter().filter_map(|s| s.when.as_ref()).any(|w| {
            w.calls().iter().any(|(f, args)| {
                f == "agreed"
                    && args
                        .first()
                        .and_then(Option::as_ref)
                        .is_some_and(|a| a.iter().any(|t| t == name))
            })
        })
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
