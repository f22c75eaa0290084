//! Expressions of a profile: the Common Expression Language, parsed by the `cel` crate, evaluated by us.
//!
//! Why not `cel`'s own evaluator: a profile's expressions are three-valued (what is not in hand is *unknown*, and unknown is
//! never true), numbers are exact, and work is bounded by steps; none of this can be had from outside that evaluator. Macros
//! (`all`, `exists`, …) are not expanded by the parser but evaluated as they stand, so that an open list (one of which not all
//! items are in hand) answers rightly.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

pub use crate::expr_value::{Decimal, Items, Partial, Shape, Val};

use crate::expr_eval::Evaluator;
use crate::expr_parse::{Node, lower};

/// Longest expression in bytes: longer ones want a rule of their own.
pub const EXPRESSION_BYTES_MAX: usize = 2_000;
/// Steps that one expression may take where the caller has no reason for another limit: 5,000 consignments, four steps each, with room.
pub const STEPS_MAX: u64 = 200_000;
/// How deep `all`, `exists`, `filter`, `map` may stand in each other.
pub const NESTING_MAX: usize = 2;

/// One parsed expression. Cheap to clone.
#[derive(Clone)]
pub struct Expr {
    text: Arc<str>,
    pub(crate) root: Arc<Node>,
}

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExprError {
    /// Not CEL.
    #[error("`{text}` is not an expression: {why}")]
    Syntax {
        /// The text.
        text: String,
        /// What the parser says.
        why: String,
    },
    /// CEL that profiles do not have.
    #[error("`{text}`: {why}")]
    Unsupported {
        /// The text.
        text: String,
        /// Which part.
        why: String,
    },
    /// Too long.
    #[error("an expression has at most {EXPRESSION_BYTES_MAX} bytes, this one has {0}")]
    TooLong(usize),
    /// Comprehensions too deep in each other.
    #[error(
        "`{0}`: `all`, `exists`, `filter` and `map` may stand at most {NESTING_MAX} deep in each other"
    )]
    TooNested(String),
}

/// What an expression came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Tri {
    /// A value.
    Known(Val),
    /// Cannot be told yet, and why.
    Unknown(String),
    /// The expression does not fit what it met; the profile is at fault.
    Error(EvalError),
}

/// Why an evaluation failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// More steps than allowed.
    #[error("the expression took more than its allowed steps")]
    Budget,
    /// A name nobody knows.
    #[error("`{0}` is not known here")]
    Name(String),
    /// Kinds of values that do not go together.
    #[error("{0}")]
    Type(String),
    /// A number left its range.
    #[error("a number grew beyond what is counted exactly")]
    Range,
}

/// A member of a document that an expression names.
#[derive(Debug, Clone, Copy)]
pub struct Reach<'v> {
    /// The member.
    pub value: &'v Value,
    /// Whether it is of a reduced record, in which what is absent is unknown.
    pub view: bool,
}

/// Where an expression's names come from.
pub trait Scope {
    /// The value of a name; none where the name is not known at all (an error), [`Val::Unknown`] where it cannot be told.
    fn var(&self, name: &str) -> Option<Val>;
    /// JSON that stands behind dotted names (`["subject"]`, `["records", "Manifest", "subject"]`), so that a condition over one member
    /// of a manifest makes no copy of the manifest. None: [`Scope::var`] answers. What it gives must be what `var` would have given.
    fn reach(&self, names: &[&str]) -> Option<Reach<'_>> {
        let _ = names;
        None
    }
    /// One member of what [`Scope::var`] would give, where it is cheaper to make alone: `["count", "NiiScan"]`. None: the long way.
    fn member(&self, names: &[&str]) -> Option<Val> {
        let _ = names;
        None
    }
    /// The result of a function that is not built in; none where there is no such function.
    fn call(&self, name: &str, args: &[Val]) -> Option<Result<Val, EvalError>> {
        let _ = (name, args);
        None
    }
}

impl Expr {
    /// Parses an expression.
    ///
    /// # Errors
    /// When it is no CEL, uses parts of CEL that profiles do not have (bytes, structs, unsigned numbers), or is too long or nested.
    pub fn parse(text: &str) -> Result<Expr, ExprError> {
        if text.len() > EXPRESSION_BYTES_MAX {
            return Err(ExprError::TooLong(text.len()));
        }
        let root = lower(text)?;
        if root.nesting() > NESTING_MAX {
            return Err(ExprError::TooNested(text.to_owned()));
        }
        Ok(Expr {
            text: Arc::from(text),
            root: Arc::new(root),
        })
    }

    /// The expression as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Evaluates with at most `budget` steps ([`STEPS_MAX`] where there is no reason for another).
    pub fn eval(&self, scope: &dyn Scope, budget: u64) -> Tri {
        let left = Cell::new(budget);
        match Evaluator::new(scope, &left).eval(&self.root) {
            Ok(Val::Unknown(why)) => Tri::Unknown(why.to_string()),
            Ok(value) => Tri::Known(value),
            Err(error) => Tri::Error(error),
        }
    }

    /// Free names: variables that the scope must give, without those that macros bind.
    pub fn names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.root.names(&mut Vec::new(), &mut names);
        names
    }

    /// Dotted names as written, longest form: `parts.shipments.complete`, `subject.empty`.
    pub fn dotted(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.root.dotted(&mut Vec::new(), &mut names);
        names
    }

    /// Every name, member and part of a literal text or path that stands in it: whatever it can reach in a document, it reaches by these.
    pub(crate) fn words(&self, into: &mut BTreeSet<String>) {
        let mut nodes = vec![self.root.as_ref()];
        while let Some(node) = nodes.pop() {
            match node {
                Node::Var(name) | Node::Field(_, name) | Node::Has(_, name) => {
                    into.insert(name.clone());
                }
                Node::Lit(Val::Str(text) | Val::Path(text)) => {
                    into.extend(text.split(['/', '#', '.']).map(str::to_owned));
                }
                _ => {}
            }
            nodes.extend(node.children());
        }
    }

    /// Calls of functions and methods: name and the arguments that are literal texts (others are `None`); lists of texts are given flat.
    pub fn calls(&self) -> Vec<(String, Vec<Option<Vec<String>>>)> {
        let mut calls = Vec::new();
        self.root.calls(&mut calls);
        calls
    }
}

impl Tri {
    /// Known and true. Unknown is never true.
    pub fn is_true(&self) -> bool {
        matches!(self, Tri::Known(Val::Bool(true)))
    }
    /// Known and false.
    pub fn is_false(&self) -> bool {
        matches!(self, Tri::Known(Val::Bool(false)))
    }
    /// Cannot be told.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Tri::Unknown(_))
    }
    /// The value, where it is known.
    pub fn known(&self) -> Option<&Val> {
        match self {
            Tri::Known(v) => Some(v),
            Tri::Unknown(_) | Tri::Error(_) => None,
        }
    }
    /// True, false, or none where it is unknown, an error or no truth value.
    pub fn truth(&self) -> Option<bool> {
        self.known().and_then(Val::as_bool)
    }
}

impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expr({:?})", self.text)
    }
}

impl PartialEq for Expr {
    fn eq(&self, other: &Expr) -> bool {
        self.text == other.text
    }
}
impl Eq for Expr {}

#[cfg(test)]
mod tests;
