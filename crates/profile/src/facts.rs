//! What follows from a model alone, worked out once: the fold asks for it at every record.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::OnceLock;

use crate::board_live::Living;
use crate::indicator::{ColumnType, column_type};
use crate::knowledge::{self, TypeNeed};
use crate::model::{Model, Role, Table};
use crate::{notice, seats};

/// Facts of a whole model.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// See [`seats::office_roles`].
    pub(crate) offices: BTreeSet<Role>,
    kinds: BTreeMap<String, KindFacts>,
    /// By board: which of its words are asked anew whenever it is shown.
    boards: BTreeMap<String, Living>,
    /// By table: the columns that are instants. Types are told from schemas, which takes longer than a fold.
    instants: OnceLock<BTreeMap<String, BTreeSet<String>>>,
}

/// Facts of one kind of case.
#[derive(Debug, Default)]
pub(crate) struct KindFacts {
    /// See [`seats::addressed_roles`].
    pub(crate) addressed: BTreeSet<Role>,
    /// What the lines of `show` read.
    pub(crate) needs: Vec<TypeNeed>,
    /// Record types after which the shown state is asked anew: those that it reads, and those that posts read.
    pub(crate) read: HashSet<String>,
    /// The keeper's role, see [`notice::keeper_role`].
    pub(crate) keeper: Option<Role>,
    /// Posts whose place a record about this kind says.
    pub(crate) posts: Vec<String>,
    /// See [`knowledge::roles_to_tell`]; apart, because working it out asks for the rest.
    to_tell: OnceLock<Vec<Role>>,
}

/// A model's facts, made when first asked. A copy of a model starts without them, since whoever copies it may change it.
#[derive(Debug, Default)]
pub(crate) struct FactsCell(OnceLock<Box<Facts>>);

impl Clone for FactsCell {
    fn clone(&self) -> Self {
        Self::default()
    }
}

static NO_KIND: OnceLock<KindFacts> = OnceLock::new();

impl Model {
    /// Facts of the model; it must not be changed after the first call.
    pub(crate) fn facts(&self) -> &Facts {
        self.facts.0.get_or_init(|| {
            let kinds: BTreeSet<&String> =
                self.kinds.keys().chain(self.life_cycle.keys()).collect();
            Box::new(Facts {
                offices: seats::office_roles(self),
                kinds: kinds
                    .into_iter()
                    .map(|kind| (kind.clone(), KindFacts::of(self, kind)))
                    .collect(),
                boards: self
                    .boards
                    .iter()
                    .map(|(name, board)| (name.clone(), Living::of(board)))
                    .collect(),
                instants: OnceLock::new(),
            })
        })
    }

    /// Facts of a kind; those of nothing where there is no such kind.
    pub(crate) fn kind_facts(&self, kind: &str) -> &KindFacts {
        self.facts()
            .kinds
            .get(kind)
            .unwrap_or_else(|| NO_KIND.get_or_init(KindFacts::default))
    }

    /// Which of a board's words are living.
    pub(crate) fn living(&self, board: &str) -> Option<&Living> {
        self.facts().boards.get(board)
    }

    /// Whether a column of a declared table is an instant.
    pub(crate) fn is_instant(&self, table: &str, column: &str) -> bool {
        let instants = self.facts().instants.get_or_init(|| {
            let of = |table: &Table| {
                table
                    .columns
                    .iter()
                    .filter(|(_, c)| column_type(self, table, c) == Some(ColumnType::Instant))
                    .map(|(name, _)| name.clone())
                    .collect()
            };
            self.tables
                .iter()
                .map(|(name, table)| (name.clone(), of(table)))
                .collect()
        });
        instants.get(table).is_some_and(|i| i.contains(column))
    }

    /// See [`knowledge::roles_to_tell`].
    pub(crate) fn to_tell(&self, kind: &str) -> &[Role] {
        match self.facts().kinds.get(kind) {
            Some(facts) => facts
                .to_tell
                .get_or_init(|| knowledge::roles_to_tell(self, kind)),
            None => &[],
        }
    }
}

impl KindFacts {
    fn of(model: &Model, kind: &str) -> Self {
        let needs = knowledge::needs(model, kind);
        let types = knowledge::types_about(model, kind);
        let places = model.posts.values().flat_map(|p| &p.at);
        Self {
            addressed: seats::addressed_roles(model, kind)
                .into_iter()
                .map(str::to_owned)
                .collect(),
            read: needs
                .iter()
                .map(|n| n.record_type.clone())
                .chain(places.map(|t| t.record_type.clone()))
                .collect(),
            needs,
            keeper: notice::keeper_role(model, kind),
            posts: model
                .posts
                .iter()
                .filter(|(_, p)| p.at.iter().any(|t| types.contains(t.record_type.as_str())))
                .map(|(name, _)| name.clone())
                .collect(),
            to_tell: OnceLock::new(),
        }
    }
}
