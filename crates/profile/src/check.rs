//! `profile check`: a profile is judged as a whole before it runs. Each finding has file, line and a sentence that helps.

mod names;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::builtin::BUILT_IN;
use crate::check_types::{self, Env, Ty};
use crate::expr::Expr;
use crate::finding::{Finding, FindingSeverity};
use crate::load::{Folder, Profile};
use crate::load_model::about_of;
use crate::model::{LifeCycle, Model, Until};

/// What `check` found, errors first, by file and line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The findings.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether the profile can run.
    pub fn is_sound(&self) -> bool {
        self.findings
            .iter()
            .all(|f| f.severity != FindingSeverity::Error)
    }
}

/// Checks a folder.
pub fn check(folder: &Folder) -> Report {
    let (profile, mut findings) = Profile::read(folder);
    if let Some(profile) = &profile {
        let mut checker = Checker {
            model: profile.model(),
            findings: Vec::new(),
        };
        checker.names();
        checker.life_cycles();
        checker.cycles();
        checker.expressions();
        checker.counting();
        checker.folding();
        checker.schemas();
        checker.texts();
        checker.context();
        findings.append(&mut checker.findings);
    }
    findings.sort_by(|a, b| {
        (a.severity, &a.file, a.line, &a.code, &a.message)
            .cmp(&(b.severity, &b.file, b.line, &b.code, &b.message))
    });
    findings.dedup();
    Report { findings }
}

struct Checker<'a> {
    model: &'a Model,
    findings: Vec<Finding>,
}

impl Checker<'_> {
    fn add(
        &mut self,
        severity: FindingSeverity,
        place: &str,
        code: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        // The nearest word above that has a line: `life-cycle.trip.show.2`, else `life-cycle.trip`, …
        let mut key = place;
        let found = loop {
            if let Some(p) = self.model.places.get(key) {
                break Some(p.clone());
            }
            match key.rsplit_once('.') {
                Some((up, _)) => key = up,
                None => break None,
            }
        };
        let (file, line) = match found {
            Some(p) => (p.file, p.line),
            None if place.contains('/') || place.ends_with(".jsonld") => (place.to_owned(), 0),
            None => ("profile.yaml".to_owned(), 0),
        };
        self.findings.push(Finding {
            file,
            line,
            code: code.to_owned(),
            severity,
            message: message.into(),
            help: help.into(),
        });
    }

    fn error(
        &mut self,
        place: &str,
        code: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(FindingSeverity::Error, place, code, message, help);
    }

    fn warn(
        &mut self,
        place: &str,
        code: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(FindingSeverity::Warning, place, code, message, help);
    }

    /// Lines of `show` that can never be reached, and moves from states that a track never has.
    fn life_cycles(&mut self) {
        let model = self.model;
        for (kind, life) in &model.life_cycle {
            let at = format!("life-cycle.{kind}");
            let mut always = None;
            let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
            for (i, line) in life.show.iter().enumerate() {
                let place = format!("{at}.show.{i}");
                if let Some(before) = always {
                    self.error(
                        &place,
                        "show-unreachable",
                        format!("the line `{}` is never reached: line {} above it is always true", line.state, before + 1),
                        "the first line that is true is the state; put the line without `when` last",
                    );
                    continue;
                }
                match line.when.as_ref().map(Expr::text) {
                    None | Some("true") => always = Some(i),
                    Some("false") => self.error(
                        &place,
                        "show-unreachable",
                        format!("the line `{}` is never true", line.state),
                        "take it out",
                    ),
                    Some(text) => {
                        if let Some(before) = seen.insert(text.trim(), i) {
                            self.error(
                                &place,
                                "show-unreachable",
                                format!(
                                    "the line `{}` has the condition of line {}, which comes first",
                                    line.state,
                                    before + 1
                                ),
                                "change one of the two, or take it out",
                            );
                        }
                    }
                }
            }
            if life.show.is_empty() {
                self.error(
                    &at,
                    "show-missing",
                    format!("kind {kind} shows no state"),
                    "add `show:` with at least one line",
                );
            } else if always.is_none() {
                self.warn(
                    &at,
                    "show-no-default",
                    format!("kind {kind} has no state where no line is true"),
                    "end `show` with a line without `when`",
                );
            }
            for (name, track) in &life.tracks {
                let states = track_states(life, name);
                let mut reachable = BTreeSet::from([track.first.as_str()]);
                for _ in &track.moves {
                    for m in &track.moves {
                        if m.from.is_empty()
                            || m.from.iter().any(|f| reachable.contains(f.as_str()))
                        {
                            reachable.insert(&m.to);
                        }
                    }
                }
                for (i, m) in track.moves.iter().enumerate() {
                    let place = format!("{at}.tracks.{name}.moves.{i}");
                    for from in m.from.iter().filter(|f| !states.contains(f)) {
                        self.error(
                            &place,
                            "unknown-state",
                            format!("track {name} has no state `{from}`"),
                            format!("its states are {}", states.join(", ")),
                        );
                    }
                    if !m.from.is_empty() && !m.from.iter().any(|f| reachable.contains(f.as_str()))
                    {
                        self.error(
                            &place,
                            "move-unreachable",
                            format!("track {name} never is in {}", m.from.join(", ")),
                            "a move leaves a state that another leads to",
                        );
                    }
                }
                if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                    self.error(
                        &format!("{at}.tracks.{name}"),
                        "bad-name",
                        format!("`{name}` cannot be used in expressions"),
                        "letters, digits and _ only",
                    );
                }
            }
        }
    }

    /// Rings of parts and of `follows`, parts deeper than the fold goes, a profile that uses itself.
    fn cycles(&mut self) {
        let model = self.model;
        let parts: BTreeMap<&str, Vec<&str>> = model
            .kinds
            .iter()
            .map(|(k, kind)| {
                (
                    k.as_str(),
                    kind.parts.values().map(|p| p.kind.as_str()).collect(),
                )
            })
            .collect();
        for kind in model.kinds.keys() {
            if let Some(ring) = ring(&parts, kind) {
                self.error(
                    &format!("kinds.{kind}"),
                    "parts-cycle",
                    format!("parts go in a ring: {}", ring.join(" → ")),
                    "a part cannot have its whole as a part",
                );
            } else if depth(&parts, kind) > crate::fold::PART_DEPTH_MAX {
                self.error(
                    &format!("kinds.{kind}"),
                    "parts-too-deep",
                    format!(
                        "parts of {kind} stand more than {} deep",
                        crate::fold::PART_DEPTH_MAX
                    ),
                    "make the deepest a record of its whole",
                );
            }
        }
        let follows: BTreeMap<&str, Vec<&str>> = model
            .records
            .iter()
            .map(|(n, r)| (n.as_str(), r.follows.iter().map(String::as_str).collect()))
            .collect();
        for (name, r) in &model.records {
            // A type may follow itself beside others (a reply to a reply), but it must start somewhere.
            if r.about.is_empty() && !r.follows.is_empty() && about_of(model, name).is_empty() {
                let why = ring(&follows, name)
                    .map(|r| r.join(" → "))
                    .unwrap_or_default();
                self.error(
                    &format!("records.{name}"),
                    "follows-cycle",
                    format!("{name} is about nothing: {why}"),
                    "give it `about`, or let it follow a type that has it",
                );
            }
        }
        let used = model.reserved.get("uses").and_then(Value::as_object);
        if used.is_some_and(|u| u.contains_key(&model.id)) {
            self.error(
                "uses",
                "uses-cycle",
                "a profile cannot use itself",
                "take it out of `uses`",
            );
        }
    }

    fn expr(&mut self, place: &str, expr: &Expr, env: &Env, wants: Option<&Ty>) {
        for (message, help) in check_types::faults(expr, env, wants) {
            self.error(place, "expression-type", message, help);
        }
    }

    fn expressions(&mut self) {
        let model = self.model;
        for (kind, life) in &model.life_cycle {
            let env = case_env(model, kind, false);
            for (i, line) in life.show.iter().enumerate() {
                if let Some(when) = &line.when {
                    self.expr(
                        &format!("life-cycle.{kind}.show.{i}"),
                        when,
                        &env,
                        Some(&Ty::Bool),
                    );
                }
            }
            for (name, track) in &life.tracks {
                for (i, m) in track.moves.iter().enumerate() {
                    if let Some(when) = &m.when {
                        let mut vars: BTreeMap<String, Ty> = track_types(life);
                        vars.insert("subject".to_owned(), subject_type(model, &m.on));
                        vars.insert("issuer".to_owned(), Ty::Str);
                        let env = Env {
                            vars,
                            functions: Vec::new(),
                            place: "a move",
                        };
                        self.expr(
                            &format!("life-cycle.{kind}.tracks.{name}.moves.{i}"),
                            when,
                            &env,
                            Some(&Ty::Bool),
                        );
                    }
                }
            }
        }
        for (kind, k) in &model.kinds {
            for (part, p) in &k.parts {
                if let Some(e) = &p.none_if {
                    let vars =
                        BTreeMap::from([("subject".to_owned(), subject_type(model, &p.from))]);
                    let env = Env {
                        vars,
                        functions: Vec::new(),
                        place: "none-if",
                    };
                    self.expr(
                        &format!("kinds.{kind}.parts.{part}"),
                        e,
                        &env,
                        Some(&Ty::Bool),
                    );
                }
            }
        }
        for (name, clock) in &model.clocks {
            if let Until::When(e) = &clock.until {
                self.expr(
                    &format!("clocks.{name}"),
                    e,
                    &case_env(model, &clock.kind, false),
                    Some(&Ty::Bool),
                );
            }
        }
        for rule in &model.rules {
            let place = format!("rules.{}", rule.code);
            for on in &rule.on {
                let env = document_env(model, on);
                for e in rule.when.iter().chain([&rule.must]) {
                    self.expr(&place, e, &env, Some(&Ty::Bool));
                }
                for e in rule.values.values() {
                    self.expr(&place, e, &env, None);
                }
            }
        }
        for (name, table) in &model.tables {
            for column in table.columns.values() {
                if let crate::model::Column::Is(e) = column {
                    self.expr(
                        &format!("tables.{name}"),
                        e,
                        &case_env(model, &table.row_per, true),
                        None,
                    );
                }
            }
        }
        for (name, board) in &model.boards {
            let (place, env) = (format!("boards.{name}"), case_env(model, &board.rows, true));
            for e in board
                .fields
                .values()
                .chain(board.needs.iter().flat_map(|n| n.values.values()))
            {
                self.expr(&place, e, &env, None);
            }
            for e in board.when.iter().chain(board.needs.iter().map(|n| &n.when)) {
                self.expr(&place, e, &env, Some(&Ty::Bool));
            }
        }
        for act in &model.acts {
            let (place, env) = (format!("acts.{}", act.id), case_env(model, &act.kind, true));
            for e in act.take.values() {
                self.expr(&place, e, &env, None);
            }
            if let Some(e) = &act.when {
                self.expr(&place, e, &env, Some(&Ty::Bool));
            }
        }
    }

    /// Offices are counted, never records; who is asked to agree can say so.
    fn counting(&mut self) {
        let model = self.model;
        for (place, expr) in all_expressions(model) {
            for name in expr.dotted() {
                if let Some(ty) = name.strip_prefix("count.") {
                    self.count(&place, ty.split('.').next().unwrap_or(ty));
                }
            }
            for (function, args) in expr.calls() {
                let arg = |i: usize| args.get(i).and_then(Option::as_ref);
                match function.as_str() {
                    "agreed" => {
                        let types = arg(0).cloned().unwrap_or_default();
                        for ty in &types {
                            match model.records.get(ty) {
                                None => self.unknown_type(&place, ty),
                                Some(r) => {
                                    for office in arg(2)
                                        .into_iter()
                                        .flatten()
                                        .filter(|o| !r.issued_by.contains(o))
                                    {
                                        self.error(
                                            &place,
                                            "agreed-not-issuer",
                                            format!("`agreed` waits for {office}, who does not issue {ty}"),
                                            format!("{ty} is issued by {}", r.issued_by.join(", ")),
                                        );
                                    }
                                }
                            }
                        }
                    }
                    "count" => {
                        if let Some(ty) = arg(0)
                            .and_then(|t| t.first())
                            .and_then(|t| t.split_once('#'))
                        {
                            self.count(&place, ty.0);
                        }
                    }
                    "latest" | "records" => {
                        for ty in arg(0)
                            .into_iter()
                            .flatten()
                            .filter(|t| !model.records.contains_key(*t))
                        {
                            self.unknown_type(&place, ty);
                        }
                    }
                    "code" => {
                        for list in arg(0)
                            .into_iter()
                            .flatten()
                            .filter(|l| !model.codelists.contains_key(*l))
                        {
                            self.error(
                                &place,
                                "unknown-codelist",
                                format!("there is no code list `{list}`"),
                                format!("add codelists/{list}.csv"),
                            );
                        }
                    }
                    "business_days" => {
                        for c in arg(2)
                            .into_iter()
                            .flatten()
                            .filter(|c| !model.calendars.contains_key(*c))
                        {
                            self.error(
                                &place,
                                "unknown-calendar",
                                format!("there is no calendar `{c}`"),
                                format!("add calendars/{c}.csv"),
                            );
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn count(&mut self, place: &str, ty: &str) {
        match self.model.records.get(ty) {
            None => self.unknown_type(place, ty),
            Some(r) if r.issued_by.len() > 1 => {
                let who = r.issued_by.join(", ");
                self.error(
                    place,
                    "count-of-several",
                    format!(
                        "{ty} is issued by several ({who}), so a count of its records says nothing"
                    ),
                    "ask the offices: agreed('TYPE', 'value', ['office', …])",
                );
            }
            Some(_) => {}
        }
    }

    fn unknown_type(&mut self, place: &str, ty: &str) {
        let help = crate::finding::nearest(ty, self.model.records.keys().map(String::as_str))
            .map_or_else(
                || "add it under `records`".to_owned(),
                |k| format!("did you mean `{k}`?"),
            );
        self.error(
            place,
            "unknown-record-type",
            format!("there is no record type `{ty}`"),
            help,
        );
    }

    /// Roles that cannot fold a kind, where nobody keeps its word for them.
    fn folding(&mut self) {
        let model = self.model;
        for kind in model
            .kinds
            .keys()
            .filter(|k| model.life_cycle.contains_key(*k))
        {
            let told = crate::knowledge::roles_to_tell(model, kind);
            if !told.is_empty() && crate::notice::keeper_role(model, kind).is_none() {
                self.error(
                    &format!("life-cycle.{kind}"),
                    "no-keeper",
                    format!("{} cannot tell the state of a {kind} from what they get, and nobody tells them", told.join(", ")),
                    "name a `keeper` for its tracks, or widen the audience of what they read",
                );
            }
        }
    }
}

/// A track's states: the first, and those that moves lead to.
fn track_states(life: &LifeCycle, track: &str) -> Vec<String> {
    let mut states = BTreeSet::new();
    if let Some(t) = life.tracks.get(track) {
        states.insert(t.first.clone());
        states.extend(t.moves.iter().map(|m| m.to.clone()));
    }
    states.into_iter().collect()
}

fn track_types(life: &LifeCycle) -> BTreeMap<String, Ty> {
    life.tracks
        .keys()
        .map(|t| (t.clone(), Ty::OneOf(track_states(life, t))))
        .collect()
}

fn shown_states(model: &Model, kind: &str) -> Ty {
    match model.life_cycle.get(kind) {
        Some(life) => Ty::OneOf(life.show.iter().map(|s| s.state.clone()).collect()),
        None => Ty::Str,
    }
}

fn subject_type(model: &Model, record_type: &str) -> Ty {
    model
        .schemas
        .get(record_type)
        .map_or(Ty::Any, |s| Ty::of_schema(s, s, 0))
}

/// Names of an expression over a case; `wide`: as boards, acts and tables see it, not only as `show` does.
fn case_env(model: &Model, kind: &str, wide: bool) -> Env {
    let empty = LifeCycle::default();
    let life = model.life_cycle.get(kind).unwrap_or(&empty);
    let mut vars = track_types(life);
    let hold = Ty::obj([
        ("record", Ty::Str),
        ("office", Ty::Str),
        ("kind", Ty::Str),
        ("since", Ty::Num),
        ("endsWith", Ty::Str),
    ]);
    vars.insert("holds".to_owned(), Ty::obj([("open", Ty::list(hold))]));
    vars.insert(
        "balance".to_owned(),
        Ty::Obj(
            life.balances.keys().map(|b| (b.clone(), Ty::Num)).collect(),
            true,
        ),
    );
    vars.insert("tracks".to_owned(), Ty::Obj(track_types(life), true));
    vars.insert("key".to_owned(), Ty::Str);
    let parts = model
        .kinds
        .get(kind)
        .into_iter()
        .flat_map(|k| &k.parts)
        .map(|(name, part)| {
            let item = Ty::obj([
                ("kind", Ty::Str),
                ("key", Ty::Str),
                ("state", shown_states(model, &part.kind)),
            ]);
            (
                name.clone(),
                Ty::List(
                    Box::new(item),
                    BTreeMap::from([("complete".to_owned(), Ty::Bool)]),
                ),
            )
        });
    vars.insert("parts".to_owned(), Ty::Obj(parts.collect(), true));
    if !wide {
        return Env {
            vars,
            functions: vec!["agreed"],
            place: "the life cycle",
        };
    }
    vars.insert("state".to_owned(), shown_states(model, kind));
    for (name, ty) in [
        ("since", Ty::Num),
        ("kind", Ty::Str),
        ("owner", Ty::Str),
        ("opened", Ty::Bool),
        ("byNotice", Ty::Bool),
        ("asOf", Ty::Num),
        ("title", Ty::Str),
    ] {
        vars.entry(name.to_owned()).or_insert(ty);
    }
    let names = |names: Vec<&String>, ty: &dyn Fn(&str) -> Ty| {
        Ty::Obj(
            names.into_iter().map(|n| (n.clone(), ty(n))).collect(),
            true,
        )
    };
    let dids = |_: &str| Ty::list(Ty::Str);
    vars.insert(
        "seats".to_owned(),
        names(
            model
                .kinds
                .get(kind)
                .into_iter()
                .flat_map(|k| k.seats.keys())
                .collect(),
            &dids,
        ),
    );
    vars.insert(
        "posts".to_owned(),
        names(model.posts.keys().collect(), &dids),
    );
    let clock = |_: &str| {
        Ty::obj([
            ("state", Ty::Str),
            ("due", Ty::Num),
            ("from", Ty::Num),
            ("owner", Ty::Str),
        ])
    };
    vars.insert(
        "clocks".to_owned(),
        names(model.clocks.keys().collect(), &clock),
    );
    let types = || model.records.keys().collect::<Vec<_>>();
    let record = |ty: &str| {
        Ty::obj([
            ("id", Ty::Str),
            ("issuer", Ty::Str),
            ("at", Ty::Num),
            ("subject", subject_type(model, ty)),
        ])
    };
    vars.insert("records".to_owned(), names(types(), &record));
    vars.insert("count".to_owned(), names(types(), &|_| Ty::Num));
    vars.insert(
        "blind".to_owned(),
        Ty::list(Ty::obj([
            ("act", Ty::Str),
            ("office", Ty::Str),
            ("unseen", Ty::list(Ty::Str)),
        ])),
    );
    vars.insert(
        "told".to_owned(),
        Ty::list(Ty::obj([
            ("office", Ty::Str),
            ("state", Ty::Str),
            ("asOf", Ty::Num),
        ])),
    );
    for name in model.records.values().flat_map(|r| r.search.keys()) {
        vars.entry(name.clone()).or_insert(Ty::Str);
    }
    Env {
        vars,
        functions: vec!["agreed"],
        place: "this case",
    }
}

/// Names of a rule over a document of a type.
fn document_env(model: &Model, record_type: &str) -> Env {
    let mut vars = BTreeMap::from([
        ("subject".to_owned(), subject_type(model, record_type)),
        ("occurred".to_owned(), Ty::Num),
        ("logged".to_owned(), Ty::Num),
        ("standing".to_owned(), Ty::Str),
        ("type".to_owned(), Ty::Str),
    ]);
    let one = |kind: &String| {
        let empty = LifeCycle::default();
        let mut members = track_types(model.life_cycle.get(kind).unwrap_or(&empty));
        members.insert("kind".to_owned(), Ty::Str);
        members.insert("key".to_owned(), Ty::Str);
        members.insert("state".to_owned(), shown_states(model, kind));
        members.insert("since".to_owned(), Ty::Num);
        members.insert("opened".to_owned(), Ty::Bool);
        members.insert("holds".to_owned(), Ty::obj([("open", Ty::list(Ty::Any))]));
        Ty::Obj(members, true)
    };
    let kinds = about_of(model, record_type);
    vars.insert(
        "case".to_owned(),
        Ty::Obj(kinds.iter().map(|k| (k.clone(), one(k))).collect(), true),
    );
    vars.insert("cases".to_owned(), Ty::list(Ty::Any));
    Env::of_document(vars, "a rule")
}

/// Every expression with its place.
fn all_expressions(model: &Model) -> Vec<(String, &Expr)> {
    let mut out: Vec<(String, &Expr)> = Vec::new();
    for (kind, life) in &model.life_cycle {
        for (i, line) in life.show.iter().enumerate() {
            out.extend(
                line.when
                    .iter()
                    .map(|e| (format!("life-cycle.{kind}.show.{i}"), e)),
            );
        }
        for (name, t) in &life.tracks {
            for (i, m) in t.moves.iter().enumerate() {
                out.extend(
                    m.when
                        .iter()
                        .map(|e| (format!("life-cycle.{kind}.tracks.{name}.moves.{i}"), e)),
                );
            }
        }
    }
    for (name, c) in &model.clocks {
        if let Until::When(e) = &c.until {
            out.push((format!("clocks.{name}"), e));
        }
    }
    for r in &model.rules {
        let all = r.when.iter().chain([&r.must]).chain(r.values.values());
        out.extend(all.map(|e| (format!("rules.{}", r.code), e)));
    }
    for (name, b) in &model.boards {
        let needs = b
            .needs
            .iter()
            .flat_map(|n| n.values.values().chain([&n.when]));
        out.extend(
            b.fields
                .values()
                .chain(&b.when)
                .chain(needs)
                .map(|e| (format!("boards.{name}"), e)),
        );
    }
    for a in &model.acts {
        out.extend(
            a.take
                .values()
                .chain(&a.when)
                .map(|e| (format!("acts.{}", a.id), e)),
        );
    }
    for (name, t) in &model.tables {
        out.extend(t.columns.values().filter_map(|c| match c {
            crate::model::Column::Is(e) => Some((format!("tables.{name}"), e)),
            crate::model::Column::At(_) | crate::model::Column::Entered { .. } => None,
        }));
    }
    out
}

fn ring<'a>(edges: &BTreeMap<&'a str, Vec<&'a str>>, from: &'a str) -> Option<Vec<&'a str>> {
    let mut open = vec![vec![from]];
    let mut seen = BTreeSet::new();
    while let Some(way) = open.pop() {
        let last = way.last().copied()?;
        for next in edges.get(last).into_iter().flatten() {
            let mut on = way.clone();
            on.push(next);
            if *next == from {
                return Some(on);
            }
            if seen.insert(*next) {
                open.push(on);
            }
        }
    }
    None
}

fn depth(edges: &BTreeMap<&str, Vec<&str>>, from: &str) -> usize {
    fn go(edges: &BTreeMap<&str, Vec<&str>>, at: &str, left: usize) -> usize {
        if left == 0 {
            return 0;
        }
        edges
            .get(at)
            .into_iter()
            .flatten()
            .map(|n| 1 + go(edges, n, left - 1))
            .max()
            .unwrap_or(0)
    }
    go(edges, from, 8)
}

pub(crate) fn is_built_in(record_type: &str) -> bool {
    BUILT_IN.contains(&record_type)
}
