//! The evaluator: three-valued, exact, bounded by steps.

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::expr::{EvalError, Reach, Scope};
use crate::expr_parse::{Each, Node, Op};
use crate::expr_value::{Items, Val};
use crate::functions;

/// One evaluation: names, macro variables, and the steps that are left.
pub(crate) struct Evaluator<'a> {
    scope: &'a dyn Scope,
    left: &'a Cell<u64>,
    bound: Vec<(String, Val)>,
}

type Out = Result<Val, EvalError>;

impl<'a> Evaluator<'a> {
    pub(crate) fn new(scope: &'a dyn Scope, left: &'a Cell<u64>) -> Self {
        Evaluator {
            scope,
            left,
            bound: Vec::new(),
        }
    }

    pub(crate) fn eval(&mut self, node: &Node) -> Out {
        self.spend(1)?;
        match node {
            Node::Lit(v) => Ok(v.clone()),
            Node::Var(name) => self.var(name),
            Node::Field(of, field) => {
                if let Some(value) = self.reached(node) {
                    return Ok(value);
                }
                let of = self.eval(of)?;
                select(&of, field)
            }
            Node::Has(of, field) => {
                if let Some(Reach {
                    value: Value::Object(members),
                    view,
                }) = self.reach(of)
                {
                    let there = members.get(field.as_str()).is_some_and(|v| !v.is_null());
                    if there || !view {
                        return Ok(Val::Bool(there));
                    }
                }
                let of = self.eval(of)?;
                has(&of, field)
            }
            Node::Index(of, at) => {
                let (of, at) = (self.eval(of)?, self.eval(at)?);
                index(&of, &at)
            }
            Node::List(items) => {
                let items = items
                    .iter()
                    .map(|n| self.eval(n))
                    .collect::<Result<_, _>>()?;
                Ok(Val::list(items))
            }
            Node::Map(entries) => self.map(entries),
            Node::Not(a) => match self.eval(a)? {
                Val::Bool(b) => Ok(Val::Bool(!b)),
                unknown @ Val::Unknown(_) => Ok(unknown),
                other => Err(EvalError::Type(format!(
                    "`!` wants true or false, not {}",
                    other.kind()
                ))),
            },
            Node::Neg(a) => match self.eval(a)? {
                Val::Int(i) => i.checked_neg().map(Val::Int).ok_or(EvalError::Range),
                Val::Dec(d) => Ok(Val::Dec(d.negated())),
                unknown @ Val::Unknown(_) => Ok(unknown),
                other => Err(EvalError::Type(format!(
                    "`-` wants a number, not {}",
                    other.kind()
                ))),
            },
            Node::And(a, b) => self.junction(a, b, false),
            Node::Or(a, b) => self.junction(a, b, true),
            Node::Cond(when, then, other) => match self.eval(when)? {
                Val::Bool(true) => self.eval(then),
                Val::Bool(false) => self.eval(other),
                unknown @ Val::Unknown(_) => Ok(unknown),
                v => Err(EvalError::Type(format!(
                    "`? :` wants true or false before it, not {}",
                    v.kind()
                ))),
            },
            Node::Binary(op, a, b) => {
                let (a, b) = (self.eval(a)?, self.eval(b)?);
                self.binary(*op, &a, &b)
            }
            Node::Call(name, args) => {
                let args = args
                    .iter()
                    .map(|n| self.eval(n))
                    .collect::<Result<Vec<_>, _>>()?;
                self.call(name, &args)
            }
            Node::Method(target, name, args) => {
                let mut all = vec![self.eval(target)?];
                for arg in args {
                    all.push(self.eval(arg)?);
                }
                self.call(name, &all)
            }
            Node::Each {
                how,
                list,
                var,
                body,
            } => self.each(*how, list, var, body),
        }
    }

    fn spend(&self, steps: u64) -> Result<(), EvalError> {
        match self.left.get().checked_sub(steps) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                self.left.set(0);
                Err(EvalError::Budget)
            }
        }
    }

    fn var(&self, name: &str) -> Out {
        if let Some((_, value)) = self.bound.iter().rev().find(|(n, _)| n == name) {
            return Ok(value.clone());
        }
        self.scope
            .var(name)
            .ok_or_else(|| EvalError::Name(name.to_owned()))
    }

    /// A member of a document by its dotted name, without a copy of what stands around it. None where it is not there: the long way
    /// says why.
    fn reached(&self, node: &Node) -> Option<Val> {
        let names = self.dotted(node)?;
        if let Some(value) = self.scope.member(&names) {
            return Some(value);
        }
        let Reach { value, view } = self.reach_names(&names)?;
        Some(if view {
            Val::from_view(value)
        } else {
            Val::from_json(value)
        })
    }

    fn reach(&self, node: &Node) -> Option<Reach<'a>> {
        self.reach_names(&self.dotted(node)?)
    }

    /// `a.b.c` as its names, where `a` is no variable of a macro.
    fn dotted<'n>(&self, node: &'n Node) -> Option<Vec<&'n str>> {
        let mut names = Vec::with_capacity(4);
        let mut at = node;
        loop {
            match at {
                Node::Field(of, field) => {
                    names.push(field.as_str());
                    at = of;
                }
                Node::Var(name) => {
                    names.push(name.as_str());
                    break;
                }
                _ => return None,
            }
        }
        names.reverse();
        let root = names.first()?;
        (!self.bound.iter().any(|(n, _)| n == root)).then_some(names)
    }

    fn reach_names(&self, names: &[&str]) -> Option<Reach<'a>> {
        let scope: &'a dyn Scope = self.scope;
        let (found, rest) = (1..=names.len())
            .find_map(|n| Some((scope.reach(names.get(..n)?)?, names.get(n..)?)))?;
        let mut value = found.value;
        for name in rest {
            value = match value {
                Value::Object(members) => members.get(*name).filter(|v| !v.is_null())?,
                _ => return None,
            };
        }
        Some(Reach {
            value,
            view: found.view,
        })
    }

    /// `&&` and `||`: one side that decides is enough, whatever the other is (CEL's rule for errors, ours for unknowns too).
    fn junction(&mut self, a: &Node, b: &Node, decides: bool) -> Out {
        let left = self.eval(a);
        if left == Ok(Val::Bool(decides)) || left == Err(EvalError::Budget) {
            return left;
        }
        let right = self.eval(b);
        if right == Ok(Val::Bool(decides)) {
            return right;
        }
        match (left?, right?) {
            (Val::Bool(_), Val::Bool(_)) => Ok(Val::Bool(!decides)),
            (unknown @ Val::Unknown(_), Val::Bool(_) | Val::Unknown(_))
            | (Val::Bool(_), unknown @ Val::Unknown(_)) => Ok(unknown),
            (a, b) => Err(EvalError::Type(format!(
                "`&&` and `||` want true or false, not {} and {}",
                a.kind(),
                b.kind()
            ))),
        }
    }

    fn map(&mut self, entries: &[(Node, Node)]) -> Out {
        let mut members = BTreeMap::new();
        for (key, value) in entries {
            match self.eval(key)? {
                Val::Str(name) => {
                    let value = self.eval(value)?;
                    members.insert(name.to_string(), value);
                }
                unknown @ Val::Unknown(_) => return Ok(unknown),
                other => {
                    return Err(EvalError::Type(format!(
                        "a member's name is a text, not {}",
                        other.kind()
                    )));
                }
            }
        }
        Ok(Val::Map(Arc::new(members)))
    }

    fn each(&mut self, how: Each, list: &Node, var: &str, body: &Node) -> Out {
        let list = match self.eval(list)? {
            Val::List(list) => list,
            unknown @ Val::Unknown(_) => return Ok(unknown),
            other => {
                return Err(EvalError::Type(format!(
                    "`all`, `exists`, … want a list, not {}",
                    other.kind()
                )));
            }
        };
        let mut unknown: Option<Val> = None;
        let mut error: Option<EvalError> = None;
        let mut count = 0usize;
        let mut out = Vec::new();
        let mut open = list.open;
        for item in &list.items {
            self.spend(1)?;
            self.bound.push((var.to_owned(), item.clone()));
            let result = self.eval(body);
            self.bound.pop();
            match (how, result) {
                (_, Err(EvalError::Budget)) => return Err(EvalError::Budget),
                (Each::Map, result) => out.push(result?),
                (Each::All, Ok(Val::Bool(false))) => return Ok(Val::Bool(false)),
                (Each::Exists, Ok(Val::Bool(true))) => return Ok(Val::Bool(true)),
                (Each::ExistsOne, Ok(Val::Bool(true))) => {
                    count += 1;
                    if count > 1 {
                        return Ok(Val::Bool(false));
                    }
                }
                (Each::Filter, Ok(Val::Bool(true))) => out.push(item.clone()),
                (_, Ok(Val::Bool(_))) => {}
                // An item of which it is not known whether it belongs: the result may be longer than what is in hand.
                (Each::Filter, Ok(Val::Unknown(_))) => open = true,
                (_, Ok(u @ Val::Unknown(_))) => unknown = Some(u),
                (_, Ok(other)) => {
                    error = Some(EvalError::Type(format!(
                        "a condition must be true or false, not {}",
                        other.kind()
                    )));
                }
                (_, Err(e)) => error = Some(e),
            }
        }
        if let Some(error) = error {
            return Err(error);
        }
        let not_all_in_hand = || Val::unknown("not all items are in hand");
        Ok(match how {
            Each::Map | Each::Filter => Val::List(Arc::new(Items {
                items: out,
                fields: BTreeMap::new(),
                open,
            })),
            Each::All | Each::Exists | Each::ExistsOne => match unknown {
                Some(unknown) => unknown,
                None if list.open => not_all_in_hand(),
                None => Val::Bool(match how {
                    Each::All => true,
                    Each::ExistsOne => count == 1,
                    Each::Exists | Each::Filter | Each::Map => false,
                }),
            },
        })
    }

    fn binary(&self, op: Op, a: &Val, b: &Val) -> Out {
        if let (Val::List(x), _) | (_, Val::List(x)) = (a, b) {
            self.spend(u64::try_from(x.items.len()).unwrap_or(u64::MAX))?;
        }
        match op {
            Op::Eq | Op::Ne => Ok(match a.same_as(b) {
                Some(same) => Val::Bool(same == (op == Op::Eq)),
                None => first_unknown(a, b),
            }),
            Op::In => contains(b, a),
            _ if a.is_unknown() || b.is_unknown() => Ok(first_unknown(a, b)),
            Op::Lt | Op::Le | Op::Gt | Op::Ge => {
                let order = a.compare(b).ok_or_else(|| {
                    EvalError::Type(format!("{} cannot be compared with {}", a.kind(), b.kind()))
                })?;
                Ok(Val::Bool(match op {
                    Op::Lt => order == Ordering::Less,
                    Op::Le => order != Ordering::Greater,
                    Op::Gt => order == Ordering::Greater,
                    _ => order != Ordering::Less,
                }))
            }
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Rem => self.arithmetic(op, a, b),
        }
    }

    fn arithmetic(&self, op: Op, a: &Val, b: &Val) -> Out {
        match (op, a, b) {
            (Op::Add, Val::Str(x), Val::Str(y)) => {
                self.spend(u64::try_from((x.len() + y.len()) / 64).unwrap_or(u64::MAX))?;
                if x.len() + y.len() > 100_000 {
                    return Err(EvalError::Range);
                }
                Ok(Val::str(format!("{x}{y}")))
            }
            (Op::Add, Val::List(x), Val::List(y)) => {
                self.spend(u64::try_from(y.items.len()).unwrap_or(u64::MAX))?;
                Ok(Val::List(Arc::new(Items {
                    items: x.items.iter().chain(&y.items).cloned().collect(),
                    fields: BTreeMap::new(),
                    open: x.open || y.open,
                })))
            }
            (_, Val::Int(x), Val::Int(y)) => match op {
                Op::Add => x.checked_add(*y),
                Op::Sub => x.checked_sub(*y),
                Op::Mul => x.checked_mul(*y),
                Op::Div => x.checked_div(*y),
                _ => x.checked_rem(*y),
            }
            .map(Val::Int)
            .ok_or(EvalError::Range),
            (Op::Add | Op::Sub | Op::Mul, Val::Int(_) | Val::Dec(_), Val::Int(_) | Val::Dec(_)) => {
                let (Some(x), Some(y)) = (a.as_decimal(), b.as_decimal()) else {
                    return Err(EvalError::Range);
                };
                match op {
                    Op::Add => x.plus(y),
                    Op::Sub => x.minus(y),
                    _ => x.times(y),
                }
                .map(Val::Dec)
                .ok_or(EvalError::Range)
            }
            (Op::Div | Op::Rem, Val::Int(_) | Val::Dec(_), Val::Int(_) | Val::Dec(_)) => Err(EvalError::Type(
                "decimals are not divided, since the result may not be exact; multiply the other side".to_owned(),
            )),
            _ => Err(EvalError::Type(format!(
                "{} and {} cannot be added or multiplied; a decimal text wants `decimal(…)`",
                a.kind(),
                b.kind()
            ))),
        }
    }

    fn call(&self, name: &str, args: &[Val]) -> Out {
        let size: usize = args
            .iter()
            .map(|a| match a {
                Val::List(l) => l.items.len(),
                Val::Str(s) => s.len() / 64,
                _ => 0,
            })
            .sum();
        self.spend(u64::try_from(size).unwrap_or(u64::MAX))?;
        if let Some(result) = self.scope.call(name, args) {
            return result;
        }
        functions::pure(name, args).unwrap_or_else(|| Err(EvalError::Name(format!("{name}()"))))
    }
}

fn first_unknown(a: &Val, b: &Val) -> Val {
    match (a, b) {
        (Val::Unknown(_), _) => a.clone(),
        (_, Val::Unknown(_)) => b.clone(),
        _ => Val::unknown("part of it is not in hand"),
    }
}

fn select(of: &Val, field: &str) -> Out {
    let missing = || Val::unknown(format!("`{field}` is not there"));
    match of {
        Val::Map(m) => Ok(m.get(field).cloned().unwrap_or_else(missing)),
        Val::View(v) => Ok(v.members.get(field).cloned().unwrap_or_else(missing)),
        Val::List(l) => Ok(l.fields.get(field).cloned().unwrap_or_else(missing)),
        Val::Unknown(_) => Ok(of.clone()),
        other => Err(EvalError::Type(format!(
            "{} has no member `{field}`",
            other.kind()
        ))),
    }
}

fn has(of: &Val, field: &str) -> Out {
    Ok(match of {
        Val::Map(m) => Val::Bool(m.contains_key(field)),
        Val::View(v) if v.members.contains_key(field) => Val::Bool(true),
        Val::View(v) if v.absent.contains(field) => Val::Bool(false),
        Val::View(_) => Val::unknown(format!("`{field}` is outside this view")),
        Val::List(l) => Val::Bool(l.fields.contains_key(field)),
        Val::Unknown(_) => of.clone(),
        other => return Err(EvalError::Type(format!("{} has no members", other.kind()))),
    })
}

fn index(of: &Val, at: &Val) -> Out {
    match (of, at) {
        (Val::Unknown(_), _) => Ok(of.clone()),
        (_, Val::Unknown(_)) => Ok(at.clone()),
        (Val::Map(_) | Val::View(_), Val::Str(name)) => select(of, name),
        (Val::List(l), Val::Int(i)) => Ok(usize::try_from(*i)
            .ok()
            .and_then(|i| l.items.get(i).cloned())
            .unwrap_or_else(|| Val::unknown(format!("there is no item {i}")))),
        _ => Err(EvalError::Type(format!(
            "{} cannot be indexed by {}",
            of.kind(),
            at.kind()
        ))),
    }
}

fn contains(list: &Val, item: &Val) -> Out {
    match list {
        Val::List(l) => {
            let mut unknown = l.open;
            for x in &l.items {
                match x.same_as(item) {
                    Some(true) => return Ok(Val::Bool(true)),
                    Some(false) => {}
                    None => unknown = true,
                }
            }
            Ok(if unknown {
                Val::unknown("not all items are in hand")
            } else {
                Val::Bool(false)
            })
        }
        Val::Map(_) | Val::View(_) => match item {
            Val::Str(name) => has(list, name),
            Val::Unknown(_) => Ok(item.clone()),
            other => Err(EvalError::Type(format!(
                "a member's name is a text, not {}",
                other.kind()
            ))),
        },
        Val::Unknown(_) => Ok(list.clone()),
        other => Err(EvalError::Type(format!(
            "`in` wants a list, not {}",
            other.kind()
        ))),
    }
}
