//! From CEL's text to our own small tree.

use std::collections::BTreeSet;

use cel::common::ast::{EntryExpr, Expr as Cel, IdedExpr, LiteralValue};

use crate::expr::ExprError;
use crate::expr_value::{Decimal, Val};

/// Deepest tree: the parser's own recursion and ours stay within small stacks.
const DEPTH_MAX: u16 = 40;

/// An expression's tree.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Lit(Val),
    Var(String),
    Field(Box<Node>, String),
    /// `has(a.b)`
    Has(Box<Node>, String),
    Index(Box<Node>, Box<Node>),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
    Not(Box<Node>),
    Neg(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Cond(Box<Node>, Box<Node>, Box<Node>),
    Binary(Op, Box<Node>, Box<Node>),
    Call(String, Vec<Node>),
    Method(Box<Node>, String, Vec<Node>),
    Each {
        how: Each,
        list: Box<Node>,
        var: String,
        body: Box<Node>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    In,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Each {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}

/// Parses `text`.
pub(crate) fn lower(text: &str) -> Result<Node, ExprError> {
    if bracket_depth(text) > usize::from(DEPTH_MAX) {
        return Err(ExprError::Unsupported {
            text: text.to_owned(),
            why: format!("brackets stand more than {DEPTH_MAX} deep in each other"),
        });
    }
    // An environment without macros: they reach us as plain calls.
    let tree = cel::Env::default()
        .parser()
        .max_recursion_depth(DEPTH_MAX)
        .error_recovery_limit(3)
        .parse(text)
        .map_err(|errors| ExprError::Syntax {
            text: text.to_owned(),
            why: errors.errors.first().map_or_else(
                || "it cannot be read".to_owned(),
                |e| format!("{} (column {})", e.msg, e.pos.1),
            ),
        })?;
    node(&tree, 0).map_err(|why| ExprError::Unsupported {
        text: text.to_owned(),
        why,
    })
}

/// Checked before the parser's recursion starts.
fn bracket_depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0usize);
    for b in text.bytes() {
        match b {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn node(e: &IdedExpr, depth: usize) -> Result<Node, String> {
    // A chain of 300 `&&` is a tree of depth 9 (the parser balances), a chain of `+` is not.
    if depth > 200 {
        return Err("it is too deep".to_owned());
    }
    let go = |e: &IdedExpr| node(e, depth + 1);
    let boxed = |e: &IdedExpr| node(e, depth + 1).map(Box::new);
    Ok(match &e.expr {
        Cel::Unspecified => return Err("it is empty".to_owned()),
        Cel::Ident(name) => Node::Var(name.clone()),
        Cel::Literal(l) => Node::Lit(literal(l)?),
        Cel::List(l) => {
            if !l.optional_indices.is_empty() {
                return Err("optional items are not part of profiles".to_owned());
            }
            Node::List(l.elements.iter().map(go).collect::<Result<_, _>>()?)
        }
        Cel::Map(m) => {
            let mut entries = Vec::new();
            for entry in &m.entries {
                match &entry.expr {
                    EntryExpr::MapEntry(e) if !e.optional => {
                        entries.push((go(&e.key)?, go(&e.value)?))
                    }
                    EntryExpr::MapEntry(_) | EntryExpr::StructField(_) => {
                        return Err("optional entries are not part of profiles".to_owned());
                    }
                }
            }
            Node::Map(entries)
        }
        Cel::Select(s) if s.test => Node::Has(boxed(&s.operand)?, s.field.clone()),
        Cel::Select(s) => Node::Field(boxed(&s.operand)?, s.field.clone()),
        Cel::Struct(_) => return Err("typed objects are not part of profiles".to_owned()),
        Cel::Comprehension(_) => {
            return Err("this comprehension is not part of profiles".to_owned());
        }
        Cel::Call(c) => {
            let args = &c.args;
            match (c.target.as_deref(), c.func_name.as_str(), args.as_slice()) {
                (None, "_&&_", [a, b]) => Node::And(boxed(a)?, boxed(b)?),
                (None, "_||_", [a, b]) => Node::Or(boxed(a)?, boxed(b)?),
                (None, "!_", [a]) => Node::Not(boxed(a)?),
                (None, "-_", [a]) => Node::Neg(boxed(a)?),
                (None, "_?_:_", [a, b, c]) => Node::Cond(boxed(a)?, boxed(b)?, boxed(c)?),
                (None, "_[_]", [a, b]) => Node::Index(boxed(a)?, boxed(b)?),
                (None, name, [a, b]) if operator(name).is_some() => {
                    Node::Binary(operator(name).ok_or("operator")?, boxed(a)?, boxed(b)?)
                }
                // `has(a.b)`: the macro. `has('/path')` is a function like others.
                (None, "has", [a]) => match go(a)? {
                    Node::Field(of, field) => Node::Has(of, field),
                    other => Node::Call("has".to_owned(), vec![as_path(other)]),
                },
                (Some(list), name, [var, body]) if each(name).is_some() => Node::Each {
                    how: each(name).ok_or("macro")?,
                    list: boxed(list)?,
                    var: variable(var)?,
                    body: boxed(body)?,
                },
                // `map(x, condition, value)` is `filter` then `map`.
                (Some(list), "map", [var, filter, body]) => Node::Each {
                    how: Each::Map,
                    list: Box::new(Node::Each {
                        how: Each::Filter,
                        list: boxed(list)?,
                        var: variable(var)?,
                        body: boxed(filter)?,
                    }),
                    var: variable(var)?,
                    body: boxed(body)?,
                },
                (None, name, _) if name.starts_with('_') || name.starts_with('@') => {
                    return Err(format!("`{name}` is not part of profiles"));
                }
                (None, name, _) => {
                    let paths = path_arguments(name);
                    let args = args.iter().enumerate().map(|(i, a)| {
                        go(a).map(|n| if paths.contains(&i) { as_path(n) } else { n })
                    });
                    Node::Call(name.to_owned(), args.collect::<Result<_, _>>()?)
                }
                (Some(target), name, _) => Node::Method(
                    boxed(target)?,
                    name.to_owned(),
                    args.iter().map(go).collect::<Result<_, _>>()?,
                ),
            }
        }
    })
}

/// Which arguments of a function may be paths: first, and one past the last.
fn path_arguments(name: &str) -> std::ops::Range<usize> {
    match name {
        "sum" | "value" | "values" | "count" | "has" => 0..1,
        "same" | "within" => 0..2,
        "check" => 1..2,
        _ => 0..0,
    }
}

/// A text that is written where a path may stand and looks like one is a path.
fn as_path(node: Node) -> Node {
    match node {
        Node::Lit(Val::Str(s)) if s.starts_with('/') || s.contains("#/") => Node::Lit(Val::Path(s)),
        other => other,
    }
}

fn variable(e: &IdedExpr) -> Result<String, String> {
    match &e.expr {
        Cel::Ident(name) => Ok(name.clone()),
        _ => Err("the first word in `all(x, …)` is a name".to_owned()),
    }
}

fn literal(l: &LiteralValue) -> Result<Val, String> {
    Ok(match l {
        LiteralValue::Boolean(b) => Val::Bool(*b.inner()),
        LiteralValue::Int(i) => Val::Int(*i.inner()),
        LiteralValue::Double(d) => Val::Dec(
            Decimal::parse_scientific(&d.inner().to_string())
                .ok_or_else(|| format!("`{}` has too many digits", d.inner()))?,
        ),
        LiteralValue::String(s) => Val::str(s.inner()),
        LiteralValue::Null => {
            return Err("`null` is not part of profiles; ask with `has(…)`".to_owned());
        }
        LiteralValue::Bytes(_) | LiteralValue::UInt(_) => {
            return Err("bytes and unsigned numbers are not part of profiles".to_owned());
        }
    })
}

fn operator(name: &str) -> Option<Op> {
    Some(match name {
        "_==_" => Op::Eq,
        "_!=_" => Op::Ne,
        "_<_" => Op::Lt,
        "_<=_" => Op::Le,
        "_>_" => Op::Gt,
        "_>=_" => Op::Ge,
        "_+_" => Op::Add,
        "_-_" => Op::Sub,
        "_*_" => Op::Mul,
        "_/_" => Op::Div,
        "_%_" => Op::Rem,
        "@in" | "_in_" => Op::In,
        _ => return None,
    })
}

fn each(name: &str) -> Option<Each> {
    Some(match name {
        "all" => Each::All,
        "exists" => Each::Exists,
        "exists_one" | "existsOne" => Each::ExistsOne,
        "filter" => Each::Filter,
        "map" => Each::Map,
        _ => return None,
    })
}

impl Node {
    /// The parts of a node, in order.
    pub(crate) fn children(&self) -> Vec<&Node> {
        match self {
            Node::Lit(_) | Node::Var(_) => Vec::new(),
            Node::Field(a, _) | Node::Has(a, _) | Node::Not(a) | Node::Neg(a) => vec![a],
            Node::Index(a, b) | Node::And(a, b) | Node::Or(a, b) | Node::Binary(_, a, b) => {
                vec![a, b]
            }
            Node::Cond(a, b, c) => vec![a, b, c],
            Node::List(items) | Node::Call(_, items) => items.iter().collect(),
            Node::Map(entries) => entries.iter().flat_map(|(k, v)| [k, v]).collect(),
            Node::Method(target, _, args) => {
                let mut all: Vec<&Node> = vec![target];
                all.extend(args);
                all
            }
            Node::Each { list, body, .. } => vec![list, body],
        }
    }

    /// How deep comprehensions stand in each other.
    pub(crate) fn nesting(&self) -> usize {
        match self {
            // The list of a comprehension is walked once, its body for each item.
            Node::Each { list, body, .. } => list.nesting().max(1 + body.nesting()),
            other => other
                .children()
                .into_iter()
                .map(Node::nesting)
                .max()
                .unwrap_or(0),
        }
    }

    pub(crate) fn names(&self, bound: &mut Vec<String>, into: &mut BTreeSet<String>) {
        match self {
            Node::Var(name) => {
                if !bound.contains(name) {
                    into.insert(name.clone());
                }
            }
            Node::Each {
                list, var, body, ..
            } => {
                list.names(bound, into);
                bound.push(var.clone());
                body.names(bound, into);
                bound.pop();
            }
            other => {
                for child in other.children() {
                    child.names(bound, into);
                }
            }
        }
    }

    pub(crate) fn dotted(&self, bound: &mut Vec<String>, into: &mut BTreeSet<String>) {
        if let Some(name) = self.dotted_name() {
            let root = name.split('.').next().unwrap_or_default();
            if !bound.iter().any(|b| b == root) {
                into.insert(name);
            }
            return;
        }
        if let Node::Each {
            list, var, body, ..
        } = self
        {
            list.dotted(bound, into);
            bound.push(var.clone());
            body.dotted(bound, into);
            bound.pop();
            return;
        }
        for child in self.children() {
            child.dotted(bound, into);
        }
    }

    fn dotted_name(&self) -> Option<String> {
        match self {
            Node::Var(name) => Some(name.clone()),
            Node::Field(of, field) | Node::Has(of, field) => {
                Some(format!("{}.{field}", of.dotted_name()?))
            }
            _ => None,
        }
    }

    pub(crate) fn calls(&self, into: &mut Vec<(String, Vec<Option<Vec<String>>>)>) {
        match self {
            Node::Call(name, args) | Node::Method(_, name, args) => {
                into.push((name.clone(), args.iter().map(Node::literal_texts).collect()));
            }
            _ => {}
        }
        for child in self.children() {
            child.calls(into);
        }
    }

    /// The texts a node can come to, where it is made of literals: `'a'`, `['a', 'b']`, `x ? ['a'] : ['b']`.
    pub(crate) fn literal_texts(&self) -> Option<Vec<String>> {
        match self {
            Node::Lit(Val::Str(s) | Val::Path(s)) => Some(vec![s.to_string()]),
            Node::List(items) => {
                let texts: Option<Vec<Vec<String>>> =
                    items.iter().map(Node::literal_texts).collect();
                Some(texts?.concat())
            }
            Node::Cond(_, a, b) => {
                let mut texts = a.literal_texts()?;
                texts.extend(b.literal_texts()?);
                Some(texts)
            }
            _ => None,
        }
    }
}
