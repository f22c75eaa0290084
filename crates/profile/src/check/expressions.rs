//! Expressions: names and types where each of them stands.

use std::collections::BTreeMap;

use crate::check_types::{self, Env, Ty};
use crate::expr::Expr;
use crate::load_model::about_of;
use crate::model::{LifeCycle, Model, Pass, PassLine, Until};

use super::Checker;
use super::life::track_states;

impl Checker<'_> {
    pub(super) fn expr(&mut self, place: &str, expr: &Expr, env: &Env, wants: Option<&Ty>) {
        if super::deeds::in_fold(place) && expr.names().contains("linked") {
            // `link-in-fold` says it.
            return;
        }
        for (message, help) in check_types::faults(expr, env, wants) {
            self.error(place, "expression-type", message, help);
        }
    }

    pub(super) fn expressions(&mut self) {
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
                            functions: vec![crate::rules::ISSUER_HAS],
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
        for (kind, pass) in passes(model) {
            let (place, env) = (format!("kinds.{kind}.pass"), case_env(model, kind, true));
            for e in pass.ready.iter().chain(pass_conditions(pass)) {
                self.expr(&place, e, &env, Some(&Ty::Bool));
            }
            for e in pass_values(pass) {
                self.expr(&place, e, &env, None);
            }
        }
        for (name, clock) in &model.clocks {
            let until = match &clock.until {
                Until::When(e) => Some(e),
                Until::Records(_) => None,
            };
            for e in until.into_iter().chain(&clock.when) {
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
        for (kind, needs) in &model.needs {
            let env = case_env(model, kind, true);
            for n in needs {
                let place = format!("needs.{}", n.id);
                self.expr(&place, &n.when, &env, Some(&Ty::Bool));
                for e in n.values.values() {
                    self.expr(&place, e, &env, None);
                }
            }
        }
        for act in &model.acts {
            let place = format!("acts.{}", act.id);
            let mut env = case_env(model, &act.kind, true);
            let checked = Ty::obj([
                ("how", Ty::Str),
                (
                    "result",
                    Ty::OneOf(crate::credentials::RESULTS.map(str::to_owned).to_vec()),
                ),
                ("offline", Ty::Bool),
                ("asOf", Ty::Str),
            ]);
            env.vars.insert("checked".to_owned(), checked);
            for e in act.take.values() {
                self.expr(&place, e, &env, None);
            }
            if let Some(e) = &act.when {
                let mut env = env;
                env.vars
                    .insert(crate::acts::ROLES.to_owned(), Ty::list(Ty::Str));
                self.expr(&place, e, &env, Some(&Ty::Bool));
            }
        }
    }
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
pub(crate) fn case_env(model: &Model, kind: &str, wide: bool) -> Env {
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
    vars.insert("linked".to_owned(), linked_type(model));
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
    let types = || {
        let all = model.records.keys().chain(model.accepted_only());
        all.collect::<Vec<_>>()
    };
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

/// Kinds that have a pass.
pub(super) fn passes(model: &Model) -> impl Iterator<Item = (&String, &Pass)> {
    model
        .kinds
        .iter()
        .filter_map(|(kind, k)| Some((kind, k.pass.as_ref()?)))
}

/// All lines of a pass.
pub(super) fn pass_lines(pass: &Pass) -> impl Iterator<Item = &PassLine> {
    pass.steps
        .iter()
        .chain(&pass.lacks)
        .chain(pass.sides.values().flatten())
}

fn pass_conditions(pass: &Pass) -> impl Iterator<Item = &Expr> {
    pass_lines(pass).filter_map(|l| l.when.as_ref())
}

/// All expressions of a pass.
pub(super) fn pass_expressions(pass: &Pass) -> impl Iterator<Item = &Expr> {
    pass_conditions(pass)
        .chain(pass_values(pass))
        .chain(&pass.ready)
}

fn pass_values(pass: &Pass) -> impl Iterator<Item = &Expr> {
    pass_lines(pass)
        .flat_map(|l| l.values.values())
        .chain(pass.fields.values())
        .chain(&pass.number)
}

/// `linked.NAME`: the cases that each link finds.
fn linked_type(model: &Model) -> Ty {
    let links = model.links.iter().map(|(name, link)| {
        let item = Ty::Obj(link_env(model, &link.kind).vars, true);
        let fields = BTreeMap::from([("known".to_owned(), Ty::Bool)]);
        (name.clone(), Ty::List(Box::new(item), fields))
    });
    Ty::Obj(links.collect(), true)
}

/// What is known of a case that a link found.
pub(super) fn link_env(model: &Model, kind: &str) -> Env {
    let vars = [
        ("kind", Ty::Str),
        ("key", Ty::Str),
        ("state", shown_states(model, kind)),
        ("since", Ty::Num),
        ("subject", Ty::Any),
    ];
    Env {
        vars: vars.map(|(n, ty)| (n.to_owned(), ty)).into(),
        functions: Vec::new(),
        place: "a link",
    }
}

/// Names of a rule over a document of a type.
pub(super) fn document_env(model: &Model, record_type: &str) -> Env {
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
    vars.insert("linked".to_owned(), linked_type(model));
    Env::of_document(vars, "a rule")
}

/// Every expression with its place.
pub(super) fn all_expressions(model: &Model) -> Vec<(String, &Expr)> {
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
        out.extend(c.when.iter().map(|e| (format!("clocks.{name}.when"), e)));
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
    for n in model.needs.values().flatten() {
        let all = n.values.values().chain([&n.when]);
        out.extend(all.map(|e| (format!("needs.{}", n.id), e)));
    }
    for a in &model.automations {
        out.extend(
            a.take
                .values()
                .chain(&a.when)
                .map(|e| (format!("automations.{}", a.id), e)),
        );
    }
    for (name, c) in &model.credentials {
        let all = c.expressions().into_iter();
        out.extend(all.map(|e| (format!("credentials.{name}"), e)));
    }
    for (name, k) in &model.kinds {
        let none_if = k
            .parts
            .iter()
            .filter_map(|(part, p)| Some((part, p.none_if.as_ref()?)));
        out.extend(none_if.map(|(part, e)| (format!("kinds.{name}.parts.{part}"), e)));
    }
    for (kind, pass) in passes(model) {
        out.extend(pass_expressions(pass).map(|e| (format!("kinds.{kind}.pass"), e)));
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
