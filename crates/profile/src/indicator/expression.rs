//! An indicator's expressions as SQL: columns, literals, arithmetic, comparisons, `has`. What is not there is NULL, and NULL goes its
//! way as unknown does: three-valued logic is SQL's own.

use std::collections::BTreeMap;

use crate::expr::{Expr, Val};
use crate::expr_parse::{Node, Op};
use crate::finding::nearest;

use super::columns::ColumnType;
use super::query::{Bind, Engine};
use super::{Fault, fault};

/// What an expression comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ty {
    Text,
    Number,
    /// An SQL condition.
    Flag,
    Instant,
    /// Milliseconds between two instants.
    Span,
}

impl Ty {
    fn words(self) -> &'static str {
        match self {
            Ty::Text => "a text",
            Ty::Number => "a number",
            Ty::Flag => "true or false",
            Ty::Instant => "an instant",
            Ty::Span => "a time between instants",
        }
    }
}

/// A piece of SQL and what it comes to.
#[derive(Debug, Clone)]
pub(super) struct Sql {
    pub(super) text: String,
    pub(super) ty: Ty,
}

/// Collects the columns that expressions read (as `c0`, `c1`, …) and the texts to bind.
pub(super) struct Writer<'w> {
    pub(super) engine: Engine,
    pub(super) types: &'w BTreeMap<String, Option<ColumnType>>,
    /// Columns read, in order of first use.
    pub(super) read: Vec<(String, ColumnType)>,
    pub(super) binds: Vec<Bind>,
}

impl Writer<'_> {
    /// A placeholder for a bound value.
    pub(super) fn bind(&mut self, value: Bind) -> String {
        let ty = match value {
            Bind::Text(_) => "TEXT",
            Bind::Int(_) => "BIGINT",
        };
        self.binds.push(value);
        let number = self.binds.len();
        match self.engine {
            Engine::Sqlite => format!("?{number}"),
            Engine::Postgres => format!("CAST(${number} AS {ty})"),
        }
    }

    /// A column by name; a flag's column is 0 or 1 there.
    pub(super) fn column(&mut self, name: &str) -> Result<(String, ColumnType), Fault> {
        let Some(ty) = self.types.get(name) else {
            let help = nearest(name, self.types.keys().map(String::as_str)).map_or_else(
                || {
                    let known: Vec<&str> = self.types.keys().map(String::as_str).collect();
                    format!("its columns: {}", known.join(", "))
                },
                |k| format!("did you mean `{k}`?"),
            );
            let message = format!("the table has no column `{name}`");
            return Err(fault("unknown-column", message, help));
        };
        let Some(ty) = *ty else {
            return Err(fault(
                "column-type",
                format!("what column `{name}` holds cannot be told"),
                "let its schema say so, or make it a number with `decimal(…)`, a flag with a comparison",
            ));
        };
        let number = match self.read.iter().position(|(n, _)| n == name) {
            Some(i) => i,
            None => {
                self.read.push((name.to_owned(), ty));
                self.read.len() - 1
            }
        };
        Ok((format!("c{number}"), ty))
    }

    /// An expression.
    pub(super) fn expr(&mut self, e: &Expr) -> Result<Sql, Fault> {
        self.node(&e.root).map_err(|mut f| {
            f.message = format!("`{}`: {}", e.text(), f.message);
            f
        })
    }

    /// An expression as a number: a flag counts 1 or 0.
    pub(super) fn number(&mut self, e: &Expr) -> Result<Sql, Fault> {
        let sql = self.expr(e)?;
        Ok(match sql.ty {
            Ty::Flag => Sql {
                text: format!("CASE WHEN {0} THEN 1 WHEN NOT {0} THEN 0 END", sql.text),
                ty: Ty::Number,
            },
            Ty::Text | Ty::Number | Ty::Instant | Ty::Span => sql,
        })
    }

    fn node(&mut self, node: &Node) -> Result<Sql, Fault> {
        let is = |text: String, ty: Ty| Ok(Sql { text, ty });
        match node {
            Node::Lit(Val::Bool(b)) => is(format!("(1 = {})", i32::from(*b)), Ty::Flag),
            Node::Lit(Val::Int(i)) => is(format!("({i})"), Ty::Number),
            Node::Lit(Val::Dec(d)) => is(format!("({d})"), Ty::Number),
            Node::Lit(Val::Str(s)) => {
                let placeholder = self.bind(Bind::Text(s.to_string()));
                is(placeholder, Ty::Text)
            }
            Node::Var(name) => self.read(name),
            Node::Field(of, part) => match &**of {
                Node::Var(name) => self.read(&format!("{name}.{part}")),
                _ => Err(unknown_words()),
            },
            Node::Call(name, args) if name == "has" => match args.as_slice() {
                [Node::Var(column)] => {
                    let (column, _) = self.column(column)?;
                    is(format!("({column} IS NOT NULL)"), Ty::Flag)
                }
                _ => Err(unknown_words()),
            },
            Node::Call(name, args) if name == "abs" => match args.as_slice() {
                [a] => {
                    let a = self.node(a)?;
                    match a.ty {
                        Ty::Number | Ty::Span => is(format!("ABS({})", a.text), a.ty),
                        Ty::Text | Ty::Flag | Ty::Instant => Err(does_not_go("abs", &[a.ty])),
                    }
                }
                _ => Err(unknown_words()),
            },
            Node::Call(name, args) if name == "minutes_between" => match args.as_slice() {
                [a, b] => {
                    let (a, b) = (self.node(a)?, self.node(b)?);
                    if (a.ty, b.ty) != (Ty::Instant, Ty::Instant) {
                        return Err(does_not_go(name, &[a.ty, b.ty]));
                    }
                    // Rounded down also where it is negative; both engines divide whole numbers toward zero.
                    let ms = format!("({} - {})", b.text, a.text);
                    let minutes = format!("(({ms} - ((({ms} % 60000) + 60000) % 60000)) / 60000)");
                    is(minutes, Ty::Number)
                }
                _ => Err(unknown_words()),
            },
            Node::Not(a) => {
                let a = self.flag(a, "!")?;
                is(format!("(NOT {a})"), Ty::Flag)
            }
            Node::Neg(a) => {
                let a = self.node(a)?;
                match a.ty {
                    Ty::Number | Ty::Span => is(format!("(- {})", a.text), a.ty),
                    Ty::Text | Ty::Flag | Ty::Instant => Err(does_not_go("-", &[a.ty])),
                }
            }
            Node::And(a, b) => {
                let (a, b) = (self.flag(a, "&&")?, self.flag(b, "&&")?);
                is(format!("({a} AND {b})"), Ty::Flag)
            }
            Node::Or(a, b) => {
                let (a, b) = (self.flag(a, "||")?, self.flag(b, "||")?);
                is(format!("({a} OR {b})"), Ty::Flag)
            }
            Node::Cond(when, a, b) => {
                let when = self.flag(when, "? :")?;
                let (a, b) = (self.node(a)?, self.node(b)?);
                if a.ty != b.ty {
                    return Err(does_not_go("? :", &[a.ty, b.ty]));
                }
                if a.ty == Ty::Flag {
                    return is(
                        format!("(({when} AND {}) OR (NOT {when} AND {}))", a.text, b.text),
                        Ty::Flag,
                    );
                }
                is(
                    format!(
                        "(CASE WHEN {when} THEN {} WHEN NOT {when} THEN {} END)",
                        a.text, b.text
                    ),
                    a.ty,
                )
            }
            Node::Binary(Op::In, a, b) => self.within(a, b),
            Node::Binary(op, a, b) => {
                let (a, b) = (self.node(a)?, self.node(b)?);
                binary(*op, &a, &b)
            }
            Node::Lit(_)
            | Node::Has(..)
            | Node::Index(..)
            | Node::List(_)
            | Node::Map(_)
            | Node::Call(..)
            | Node::Method(..)
            | Node::Each { .. } => Err(unknown_words()),
        }
    }

    fn read(&mut self, name: &str) -> Result<Sql, Fault> {
        let (column, ty) = self.column(name)?;
        Ok(match ty {
            ColumnType::Text => Sql {
                text: column,
                ty: Ty::Text,
            },
            ColumnType::Number => Sql {
                text: column,
                ty: Ty::Number,
            },
            ColumnType::Instant => Sql {
                text: column,
                ty: Ty::Instant,
            },
            ColumnType::Flag => Sql {
                text: format!("({column} = 1)"),
                ty: Ty::Flag,
            },
        })
    }

    fn flag(&mut self, node: &Node, whose: &str) -> Result<String, Fault> {
        let sql = self.node(node)?;
        if sql.ty == Ty::Flag {
            Ok(sql.text)
        } else {
            Err(does_not_go(whose, &[sql.ty]))
        }
    }

    fn within(&mut self, a: &Node, list: &Node) -> Result<Sql, Fault> {
        let a = self.node(a)?;
        let Node::List(items) = list else {
            return Err(unknown_words());
        };
        let mut texts = Vec::new();
        for item in items {
            let item = self.node(item)?;
            if item.ty != a.ty || !matches!(a.ty, Ty::Text | Ty::Number) {
                return Err(does_not_go("in", &[a.ty, item.ty]));
            }
            texts.push(item.text);
        }
        let text = if texts.is_empty() {
            "(1 = 0)".to_owned()
        } else {
            format!("({} IN ({}))", a.text, texts.join(", "))
        };
        Ok(Sql { text, ty: Ty::Flag })
    }
}

fn binary(op: Op, a: &Sql, b: &Sql) -> Result<Sql, Fault> {
    let sign = match op {
        Op::Eq => "=",
        Op::Ne => "<>",
        Op::Lt => "<",
        Op::Le => "<=",
        Op::Gt => ">",
        Op::Ge => ">=",
        Op::Add => "+",
        Op::Sub => "-",
        Op::Mul => "*",
        Op::Div | Op::Rem | Op::In => return Err(unknown_words()),
    };
    let ty = match (op, a.ty, b.ty) {
        (Op::Eq | Op::Ne, Ty::Flag, Ty::Flag) => {
            let same = format!("(({0} AND {1}) OR (NOT {0} AND NOT {1}))", a.text, b.text);
            let text = if op == Op::Eq {
                same
            } else {
                format!("(NOT {same})")
            };
            return Ok(Sql { text, ty: Ty::Flag });
        }
        (Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge, x, y) if x == y && x != Ty::Flag => {
            Ty::Flag
        }
        (Op::Add | Op::Sub | Op::Mul, Ty::Number, Ty::Number) => Ty::Number,
        (Op::Add | Op::Sub, Ty::Span, Ty::Span) | (Op::Sub, Ty::Instant, Ty::Instant) => Ty::Span,
        (Op::Mul, Ty::Span, Ty::Number) | (Op::Mul, Ty::Number, Ty::Span) => Ty::Span,
        (Op::Add | Op::Sub, Ty::Instant, Ty::Span) => Ty::Instant,
        _ => return Err(does_not_go(sign, &[a.ty, b.ty])),
    };
    Ok(Sql {
        text: format!("({} {sign} {})", a.text, b.text),
        ty,
    })
}

fn does_not_go(what: &str, with: &[Ty]) -> Fault {
    let words: Vec<&str> = with.iter().map(|t| t.words()).collect();
    fault(
        "measure-type",
        format!("`{what}` does not go with {}", words.join(" and ")),
        "numbers with numbers; two instants subtract; compare times with `minutes_between(a, b)`",
    )
}

fn unknown_words() -> Fault {
    fault(
        "measure-words",
        "this is more than a measure may say",
        "columns, literals, + - *, comparisons, && || !, ? :, in [..], has(column), abs, minutes_between; put the rest into a column",
    )
}
