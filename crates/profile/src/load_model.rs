//! From the words of `profile.yaml` and `rules.yaml` to the model, with every fault collected.

mod clocks;
mod credentials;
mod deeds;
mod epcis;
mod inferred;
mod kinds;
mod life;
mod measures;
mod pages;
mod promises;
mod rules;

use std::collections::BTreeMap;

use crate::expr::Expr;
use crate::finding::{Finding, FindingSeverity, nearest};
use crate::model::*;
use crate::pointer::Path;
use crate::yaml::{Data, Node};

pub(crate) use inferred::{about_of, about_paths, named_types};

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
    "credentials",
    "uses",
    "accepts",
    "needs",
    "tables",
    "indicators",
    "board",
    "boards",
    "acts",
    "states",
    "epcis",
    "promises",
    "forms",
];
/// Kept as they stand.
const RESERVED: &[&str] = &["forms"];

/// Reads words, collects faults and places.
pub(crate) struct Reader {
    pub(crate) file: &'static str,
    /// The profile whose folder is read.
    pub(crate) profile: String,
    pub(crate) findings: Vec<Finding>,
    pub(crate) places: BTreeMap<String, Place>,
}

impl Reader {
    pub(crate) fn new(file: &'static str) -> Reader {
        Reader {
            file,
            profile: String::new(),
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
                profile: self.profile.clone(),
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

    /// A name of the profile's own: placed, unless a used profile has it already.
    fn named(&mut self, m: &Model, what: &str, name: &str, line: usize) -> bool {
        let key = format!("{what}.{name}");
        if let Some(other) = m.profile_of(&key) {
            self.fault(
                line,
                "name-in-two-profiles",
                format!("`{name}` stands under `{what}` of {other} already"),
                format!("use that of {other}, or give this one another name"),
            );
            return false;
        }
        self.place(key, line);
        true
    }

    /// Reads `profile.yaml` onto what the profiles it uses say.
    pub(crate) fn profile(&mut self, top: &Node, mut m: Model) -> Model {
        self.only(top, "a profile", TOP);
        m.id = self.need_text(top, "a profile", "profile");
        m.version = self.need_text(top, "a profile", "version");
        self.profile.clone_from(&m.id);
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
        let member = self.member(top, &m);
        for role in &member.charter.signatories {
            if !m.charter.signatories.contains(role) {
                m.charter.signatories.push(role.clone());
            }
        }
        m.charter.notice.clone_from(&member.charter.notice);
        m.members.push(member);
        for (name, line, n) in members(top, "posts") {
            if !self.named(&m, "posts", name, *line) {
                continue;
            }
            self.only(n, "a post", &["role", "at"]);
            let post = Post {
                roles: self.texts(n.get("role")),
                at: self.typed_many(n.get("at")),
            };
            m.posts.insert(name.clone(), post);
        }
        for (name, line, n) in members(top, "kinds") {
            if self.named(&m, "kinds", name, *line) {
                let kind = self.kind(name, n);
                m.kinds.insert(name.clone(), kind);
                m.kind_of.insert(name.clone(), m.id.clone());
            }
        }
        for (name, line, n) in members(top, "records") {
            if self.named(&m, "records", name, *line) {
                let record = self.record(n);
                m.records.insert(name.clone(), record);
                m.type_of.insert(name.clone(), m.id.clone());
            }
        }
        for (name, line, n) in members(top, "life-cycle") {
            if let Some(other) = m.kind_of.get(name).filter(|p| **p != m.id) {
                let (message, help) = (
                    format!("kind {name} is of {other}, and so is its life cycle"),
                    format!(
                        "let {other} name your record types: `accepts: {{ {}: [TYPE] }}`",
                        m.id
                    ),
                );
                self.fault(*line, "not-your-own", message, help);
                continue;
            }
            self.place(format!("life-cycle.{name}"), *line);
            let life = self.life_cycle(name, n);
            m.life_cycle.insert(name.clone(), life);
        }
        for (name, line, n) in members(top, "affirmed-by") {
            let roles = self.texts(Some(n));
            if m.affirmed_by.contains_key(name) {
                self.fault(
                    *line,
                    "not-your-own",
                    format!("who affirms {name} is said by a used profile"),
                    "take it out",
                );
                continue;
            }
            m.affirmed_by.insert(name.clone(), roles);
        }
        inferred::infer_records(&mut m);
        for (name, line, n) in members(top, "clocks") {
            if self.named(&m, "clocks", name, *line)
                && let Some(clock) = self.clock(name, n, &m)
            {
                m.clocks.insert(name.clone(), clock);
            }
        }
        for (name, line, n) in members(top, "tables") {
            if self.named(&m, "tables", name, *line) {
                let table = self.table(name, n);
                m.tables.insert(name.clone(), table);
            }
        }
        if let Some(n) = top.get("board") {
            // A profile's one board is called by the profile: several stand side by side on a node.
            let name = m.id.clone();
            if self.named(&m, "boards", &name, n.line) {
                let board = self.board(n);
                m.boards.insert(name, board);
            }
        }
        for (name, line, n) in members(top, "boards") {
            if self.named(&m, "boards", name, *line) {
                let board = self.board(n);
                m.boards.insert(name.clone(), board);
            }
        }
        self.needs_of_boards(top, &mut m);
        for (name, line, n) in members(top, "acts") {
            if self.named(&m, "acts", name, *line)
                && let Some(act) = self.act(name, n, &m)
            {
                m.acts.push(act);
            }
        }
        for (name, line, n) in members(top, "links") {
            if self.named(&m, "links", name, *line) {
                let link = self.link(n);
                m.links.insert(name.clone(), link);
            }
        }
        self.automations(top, &mut m);
        for (name, line, n) in members(top, "credentials") {
            if self.named(&m, "credentials", name, *line)
                && let Some(credential) = self.credential(n)
            {
                m.credentials.insert(name.clone(), credential);
            }
        }
        for (name, line, n) in members(top, "indicators") {
            if self.named(&m, "indicators", name, *line)
                && let Some(indicator) = self.indicator(name, n)
            {
                m.indicators.insert(name.clone(), indicator);
            }
        }
        self.epcis(top, &mut m);
        self.promises(top, &mut m);
        for (name, line, n) in members(top, "states") {
            self.place(format!("states.{name}"), *line);
            let look = n
                .text()
                .or_else(|| self.text(n, "look"))
                .unwrap_or_default();
            // A state that a used profile shows keeps its look there.
            m.states.entry(name.clone()).or_insert(StateFace { look });
        }
        m
    }

    /// What the profile is by itself: its charter, what it stands on, what it takes from others.
    fn member(&mut self, top: &Node, m: &Model) -> Member {
        let mut member = Member {
            id: m.id.clone(),
            version: m.version.clone(),
            ..Member::default()
        };
        if let Some(n) = top.get("charter") {
            self.only(n, "charter", &["signatories", "notice"]);
            member.charter = CharterWords {
                signatories: self.texts(n.get("signatories")),
                notice: self.duration(n, "notice"),
            };
        }
        member.roles = match top.get("roles").map(|n| &n.data) {
            Some(Data::Map(roles)) => roles.iter().map(|(r, _, _)| r.clone()).collect(),
            Some(_) => self.texts(top.get("roles")),
            None => Vec::new(),
        };
        for (name, line, n) in members(top, "uses") {
            self.place(format!("uses.{name}"), *line);
            let wanted = n.text().unwrap_or_default();
            if !crate::uses::is_requirement(&wanted) {
                self.fault(
                    *line,
                    "bad-version",
                    format!("`{wanted}` says not which versions of {name} will do"),
                    "write ^1 (any 1.x), ~1.2 (any 1.2.x) or 1.2.0",
                );
            }
            member.uses.insert(name.clone(), wanted);
        }
        for (name, line, n) in members(top, "accepts") {
            self.place(format!("accepts.{name}"), *line);
            let types = self.texts(Some(n));
            member.accepts.insert(name.clone(), types);
        }
        member
    }
}

fn members<'n>(top: &'n Node, word: &str) -> &'n [(String, usize, Node)] {
    top.get(word).map(Node::members).unwrap_or_default()
}
