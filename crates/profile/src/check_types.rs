//! Static types of expressions: names, members, states and kinds of values, before anything runs.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::expr::Expr;
use crate::expr_parse::{Each, Node, Op};
use crate::expr_value::Val;
use crate::finding::nearest;
use crate::functions::PURE;
use crate::rules::{FUNCTIONS, ISSUER_HAS};
use crate::schema::resolve;

/// What a value can be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ty {
    /// Not known before it runs.
    Any,
    Bool,
    Num,
    Str,
    /// A text out of these: a track's states.
    OneOf(Vec<String>),
    List(Box<Ty>, BTreeMap<String, Ty>),
    /// Members; closed where no other can be.
    Obj(BTreeMap<String, Ty>, bool),
}

impl Ty {
    pub(crate) fn obj(members: impl IntoIterator<Item = (&'static str, Ty)>) -> Ty {
        Ty::Obj(
            members
                .into_iter()
                .map(|(k, v)| (k.to_owned(), v))
                .collect(),
            true,
        )
    }
    pub(crate) fn list(of: Ty) -> Ty {
        Ty::List(Box::new(of), BTreeMap::new())
    }
    fn words(&self) -> &'static str {
        match self {
            Ty::Any => "anything",
            Ty::Bool => "true or false",
            Ty::Num => "a number",
            Ty::Str | Ty::OneOf(_) => "a text",
            Ty::List(..) => "a list",
            Ty::Obj(..) => "an object",
        }
    }
    fn is_text(&self) -> bool {
        matches!(self, Ty::Str | Ty::OneOf(_))
    }
    /// Of a schema's member.
    pub(crate) fn of_schema(root: &Value, schema: &Value, depth: usize) -> Ty {
        let schema = resolve(root, schema);
        if depth > 8 {
            return Ty::Any;
        }
        if let Some(options) = schema.get("enum").and_then(Value::as_array) {
            let texts: Option<Vec<String>> = options
                .iter()
                .map(|o| o.as_str().map(str::to_owned))
                .collect();
            if let Some(texts) = texts {
                return Ty::OneOf(texts);
            }
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("string") => Ty::Str,
            Some("integer" | "number") => Ty::Num,
            Some("boolean") => Ty::Bool,
            Some("array") => Ty::list(
                schema
                    .get("items")
                    .map_or(Ty::Any, |i| Ty::of_schema(root, i, depth + 1)),
            ),
            Some("object") => {
                let members = schema.get("properties").and_then(Value::as_object);
                let composed = ["allOf", "anyOf", "oneOf", "if", "$ref"]
                    .iter()
                    .any(|w| schema.get(*w).is_some());
                match members {
                    Some(m) => Ty::Obj(
                        m.iter()
                            .map(|(n, s)| (n.clone(), Ty::of_schema(root, s, depth + 1)))
                            .collect(),
                        !composed
                            && schema.get("additionalProperties") == Some(&Value::Bool(false)),
                    ),
                    None => Ty::Any,
                }
            }
            _ => Ty::Any,
        }
    }
}

/// Names that an expression may use.
#[derive(Debug, Clone, Default)]
pub(crate) struct Env {
    pub(crate) vars: BTreeMap<String, Ty>,
    /// Functions beside the general ones.
    pub(crate) functions: Vec<&'static str>,
    /// Where it stands, in words.
    pub(crate) place: &'static str,
}

impl Env {
    pub(crate) fn of_document(mut vars: BTreeMap<String, Ty>, place: &'static str) -> Env {
        vars.insert("issuer".to_owned(), Ty::Str);
        Env {
            vars,
            functions: FUNCTIONS.to_vec(),
            place,
        }
    }
}

/// Faults of an expression: messages with help. `wants` is what it must come to.
pub(crate) fn faults(expr: &Expr, env: &Env, wants: Option<&Ty>) -> Vec<(String, String)> {
    let mut checker = Checker {
        env,
        bound: Vec::new(),
        out: Vec::new(),
    };
    let got = checker.ty(&expr.root);
    if let Some(wants) = wants.filter(|w| !fits(&got, w)) {
        checker.out.push((
            format!(
                "`{}` comes to {}, but {} is wanted",
                expr.text(),
                got.words(),
                wants.words()
            ),
            "compare with `==`, or ask with `has(…)`".to_owned(),
        ));
    }
    checker.out
}

/// What an expression comes to, whatever is wrong with it.
pub(crate) fn type_of(expr: &Expr, env: &Env) -> Ty {
    let mut checker = Checker {
        env,
        bound: Vec::new(),
        out: Vec::new(),
    };
    checker.ty(&expr.root)
}

fn fits(got: &Ty, wants: &Ty) -> bool {
    matches!((got, wants), (Ty::Any, _) | (_, Ty::Any))
        || got == wants
        || (got.is_text() && wants.is_text())
}

struct Checker<'a> {
    env: &'a Env,
    bound: Vec<(String, Ty)>,
    out: Vec<(String, String)>,
}

impl Checker<'_> {
    fn say(&mut self, message: String, help: String) {
        self.out.push((message, help));
    }

    fn ty(&mut self, node: &Node) -> Ty {
        match node {
            Node::Lit(Val::Bool(_)) => Ty::Bool,
            Node::Lit(Val::Int(_) | Val::Dec(_)) => Ty::Num,
            Node::Lit(Val::Str(s)) => Ty::OneOf(vec![s.to_string()]),
            Node::Lit(_) => Ty::Any,
            Node::Var(name) => self.var(name),
            Node::Field(of, field) | Node::Has(of, field) => {
                let of = self.ty(of);
                let found = self.member(&of, field);
                if matches!(node, Node::Has(..)) {
                    Ty::Bool
                } else {
                    found
                }
            }
            Node::Index(of, at) => {
                let (of, at) = (self.ty(of), self.ty(at));
                match (of, at) {
                    (Ty::List(item, _), at) => {
                        self.want(&at, &Ty::Num, "[ ]");
                        *item
                    }
                    (Ty::Obj(members, _), Ty::OneOf(names)) if names.len() == 1 => names
                        .first()
                        .and_then(|n| members.get(n))
                        .cloned()
                        .unwrap_or(Ty::Any),
                    _ => Ty::Any,
                }
            }
            Node::List(items) => {
                let types: Vec<Ty> = items.iter().map(|i| self.ty(i)).collect();
                Ty::list(common(types))
            }
            Node::Map(entries) => {
                for (k, v) in entries {
                    self.ty(k);
                    self.ty(v);
                }
                Ty::Any
            }
            Node::Not(a) => {
                let a = self.ty(a);
                self.want(&a, &Ty::Bool, "!");
                Ty::Bool
            }
            Node::Neg(a) => {
                let a = self.ty(a);
                self.want(&a, &Ty::Num, "-");
                Ty::Num
            }
            Node::And(a, b) | Node::Or(a, b) => {
                for side in [a, b] {
                    let t = self.ty(side);
                    self.want(
                        &t,
                        &Ty::Bool,
                        if matches!(node, Node::And(..)) {
                            "&&"
                        } else {
                            "||"
                        },
                    );
                }
                Ty::Bool
            }
            Node::Cond(when, a, b) => {
                let when = self.ty(when);
                self.want(&when, &Ty::Bool, "? :");
                let (a, b) = (self.ty(a), self.ty(b));
                common(vec![a, b])
            }
            Node::Binary(op, a, b) => {
                let (a, b) = (self.ty(a), self.ty(b));
                self.binary(*op, &a, &b)
            }
            Node::Call(name, args) => {
                let types: Vec<Ty> = args.iter().map(|a| self.ty(a)).collect();
                self.call(name, &types)
            }
            Node::Method(target, name, args) => {
                let mut types = vec![self.ty(target)];
                types.extend(args.iter().map(|a| self.ty(a)).collect::<Vec<_>>());
                self.call(name, &types)
            }
            Node::Each {
                how,
                list,
                var,
                body,
            } => {
                let list = self.ty(list);
                let item = match &list {
                    Ty::List(item, _) => (**item).clone(),
                    Ty::Any => Ty::Any,
                    other => {
                        self.say(
                            format!(
                                "`all`, `exists`, … go over a list, not over {}",
                                other.words()
                            ),
                            "name a list before the dot".to_owned(),
                        );
                        Ty::Any
                    }
                };
                self.bound.push((var.clone(), item.clone()));
                let body = self.ty(body);
                self.bound.pop();
                match how {
                    Each::Map => Ty::list(body),
                    Each::Filter => {
                        self.want(&body, &Ty::Bool, "filter");
                        Ty::list(item)
                    }
                    Each::All | Each::Exists | Each::ExistsOne => {
                        self.want(&body, &Ty::Bool, "all, exists");
                        Ty::Bool
                    }
                }
            }
        }
    }

    fn var(&mut self, name: &str) -> Ty {
        if let Some((_, ty)) = self.bound.iter().rev().find(|(n, _)| n == name) {
            return ty.clone();
        }
        if let Some(ty) = self.env.vars.get(name) {
            return ty.clone();
        }
        let help = nearest(name, self.env.vars.keys().map(String::as_str)).map_or_else(
            || {
                format!(
                    "known here: {}",
                    self.env.vars.keys().cloned().collect::<Vec<_>>().join(", ")
                )
            },
            |k| format!("did you mean `{k}`?"),
        );
        self.say(format!("`{name}` is not known in {}", self.env.place), help);
        Ty::Any
    }

    fn member(&mut self, of: &Ty, field: &str) -> Ty {
        match of {
            Ty::Obj(members, closed) => match members.get(field) {
                Some(ty) => ty.clone(),
                None => {
                    if *closed {
                        let help = nearest(field, members.keys().map(String::as_str)).map_or_else(
                            || {
                                format!(
                                    "known: {}",
                                    members.keys().cloned().collect::<Vec<_>>().join(", ")
                                )
                            },
                            |k| format!("did you mean `{k}`?"),
                        );
                        self.say(format!("there is no member `{field}`"), help);
                    }
                    Ty::Any
                }
            },
            Ty::List(_, fields) => match fields.get(field) {
                Some(ty) => ty.clone(),
                None => {
                    self.say(
                        format!("a list has no member `{field}`"),
                        "go over its items with `all`, `exists` or `map`".to_owned(),
                    );
                    Ty::Any
                }
            },
            Ty::Any => Ty::Any,
            other => {
                self.say(
                    format!("{} has no member `{field}`", other.words()),
                    "a member is of an object".to_owned(),
                );
                Ty::Any
            }
        }
    }

    fn want(&mut self, got: &Ty, wants: &Ty, whose: &str) {
        if !fits(got, wants) {
            self.say(
                format!("`{whose}` wants {}, not {}", wants.words(), got.words()),
                "see docs/profiles.md, Expressions".to_owned(),
            );
        }
    }

    fn binary(&mut self, op: Op, a: &Ty, b: &Ty) -> Ty {
        match op {
            Op::Eq | Op::Ne => {
                self.comparable(a, b);
                Ty::Bool
            }
            Op::In => {
                if let Ty::List(item, _) = b {
                    self.comparable(a, item);
                }
                Ty::Bool
            }
            Op::Lt | Op::Le | Op::Gt | Op::Ge => {
                if !fits(a, b) || matches!(a, Ty::Bool | Ty::List(..) | Ty::Obj(..)) {
                    self.say(
                        format!("{} and {} have no order", a.words(), b.words()),
                        "compare two numbers or two texts; a decimal text wants `decimal(…)`"
                            .to_owned(),
                    );
                }
                Ty::Bool
            }
            Op::Add if a.is_text() && b.is_text() => Ty::Str,
            // What a link finds has no type before it runs.
            Op::Add
                if (a.is_text() && matches!(b, Ty::Any))
                    || (matches!(a, Ty::Any) && b.is_text()) =>
            {
                Ty::Str
            }
            Op::Add if matches!((a, b), (Ty::List(..), Ty::List(..))) => a.clone(),
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Rem => {
                self.want(a, &Ty::Num, "+ - * / %");
                self.want(b, &Ty::Num, "+ - * / %");
                if matches!((a, b), (Ty::Any, Ty::Any)) {
                    Ty::Any
                } else {
                    Ty::Num
                }
            }
        }
    }

    /// `entry == 'on-fil'` is never true: a state that the track does not have.
    fn comparable(&mut self, a: &Ty, b: &Ty) {
        match (a, b) {
            (Ty::OneOf(x), Ty::OneOf(y)) if !x.iter().any(|s| y.contains(s)) => {
                let (word, states) = if x.len() == 1 { (x, y) } else { (y, x) };
                let word = word.first().cloned().unwrap_or_default();
                let help = nearest(&word, states.iter().map(String::as_str)).map_or_else(
                    || format!("it can be: {}", states.join(", ")),
                    |k| format!("did you mean `{k}`?"),
                );
                self.say(
                    format!("`{word}` can never be what it is compared with"),
                    help,
                );
            }
            _ if !fits(a, b) => {
                self.say(
                    format!("{} is never equal to {}", a.words(), b.words()),
                    "compare values of one kind".to_owned(),
                );
            }
            _ => {}
        }
    }

    fn call(&mut self, name: &str, args: &[Ty]) -> Ty {
        let own = self.env.functions.contains(&name);
        if !own && !PURE.contains(&name) {
            let known = self.env.functions.iter().chain(PURE).copied();
            let help = nearest(name, known).map_or_else(
                || "see docs/profiles.md, Functions".to_owned(),
                |k| format!("did you mean `{k}`?"),
            );
            self.say(
                format!("there is no function `{name}` in {}", self.env.place),
                help,
            );
            return Ty::Any;
        }
        let (least, most) = arity(name);
        if args.len() < least || args.len() > most {
            self.say(
                format!(
                    "`{name}` takes {least} to {most} values, not {}",
                    args.len()
                ),
                "see docs/profiles.md, Functions".to_owned(),
            );
            return result(name);
        }
        if [
            "startsWith",
            "endsWith",
            "contains",
            "upperAscii",
            "lowerAscii",
        ]
        .contains(&name)
        {
            for a in args {
                self.want(a, &Ty::Str, name);
            }
        }
        result(name)
    }
}

fn arity(name: &str) -> (usize, usize) {
    match name {
        "size" | "lowerAscii" | "upperAscii" | "decimal" | "int" | "string" | "abs" | "time"
        | "distinct" | "total" | "sum" | "value" | "values" | "count" | "has" | "latest"
        | "mandated" | "records" | ISSUER_HAS => (1, 1),
        "startsWith" | "endsWith" | "contains" | "minutes_between" | "same" | "check" | "code"
        | "days_between" | "add_days" | "add_months" | "same_items" => (2, 2),
        "instant" | "decimals" | "sha256" => (1, 1),
        "day" | "is_business_day" => (1, 2),
        "add_business_days" => (2, 3),
        "distance_km" => (4, 4),
        "substring" | "business_days" => (2, 3),
        "within" | "agreed" => (3, 3),
        _ => (1, 16),
    }
}

fn result(name: &str) -> Ty {
    match name {
        "startsWith" | "endsWith" | "contains" | "within" | "same" | "check" | "code" | "has"
        | "agreed" | "same_items" | "is_business_day" | ISSUER_HAS => Ty::Bool,
        "size" | "decimal" | "int" | "abs" | "time" | "minutes_between" | "business_days"
        | "count" | "sum" | "total" | "days_between" | "distance_km" | "decimals" => Ty::Num,
        "string" | "instant" | "day" | "add_days" | "add_months" | "add_business_days"
        | "lowerAscii" | "upperAscii" | "substring" | "sha256" => Ty::Str,
        "values" | "records" | "distinct" => Ty::list(Ty::Any),
        _ => Ty::Any,
    }
}

fn common(types: Vec<Ty>) -> Ty {
    let mut types = types.into_iter();
    let Some(mut so_far) = types.next() else {
        return Ty::Any;
    };
    for ty in types {
        so_far = match (so_far, ty) {
            (a, b) if a == b => a,
            (Ty::OneOf(mut a), Ty::OneOf(b)) => {
                a.extend(b);
                a.sort();
                a.dedup();
                Ty::OneOf(a)
            }
            (a, b) if a.is_text() && b.is_text() => Ty::Str,
            _ => Ty::Any,
        };
    }
    so_far
}
