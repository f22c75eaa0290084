//! A board's living words: what changes on a row without a record of its case, because another case moved or time passed.
//!
//! Rows are kept as they were when the case last moved. A field, need or condition that names `linked`, `clocks` or `asOf` is asked
//! anew whenever the board is shown, from the kept row where that is enough; the case's state and documents are opened only for the
//! rows whose answer needs them.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::acts::CaseView;
use crate::board::{BoardRow, Live, NamedScope, concerns, field, linked_val, need_row, off_board};
use crate::case::{CaseRecord, CaseState, Directory};
use crate::case_scope::{CaseScope, clocks_val};
use crate::clocks::retime;
use crate::expr::{EvalError, Expr, Reach, Scope, Val};
use crate::links::{self, Linked};
use crate::load::Profile;
use crate::model::{Board, Need};

/// Names whose values change without a record of the case.
const LIVING: [&str; 3] = ["linked", "clocks", "asOf"];

/// A case of which a row is kept, opened as far as it is asked for.
pub trait InHand {
    /// Its state; none where it cannot be had.
    fn state(&self) -> Option<&CaseState>;
    /// Its records.
    fn records(&self) -> &[CaseRecord];
}

/// What of a board is asked anew whenever it is shown.
pub struct LiveBoard<'p> {
    profile: &'p Profile,
    board: &'p Board,
    living: &'p Living,
}

/// Which of a board's words are living; found once for each model.
#[derive(Debug, Default)]
pub(crate) struct Living {
    fields: Vec<String>,
    /// In the order of the board's needs.
    needs: Vec<bool>,
    when: bool,
    /// Links that any of its words ask for.
    links: BTreeSet<String>,
}

impl Living {
    pub(crate) fn of(board: &Board) -> Self {
        let fields = board.fields.iter().filter(|(_, e)| living(e));
        let of_needs = board.needs.iter().flat_map(need_expressions);
        let all = board.fields.values().chain(&board.when).chain(of_needs);
        Self {
            fields: fields.map(|(name, _)| name.clone()).collect(),
            needs: (board.needs.iter())
                .map(|n| need_expressions(n).any(living))
                .collect(),
            when: board.when.as_ref().is_some_and(living),
            links: links::names(all),
        }
    }

    fn any(&self) -> bool {
        self.when || !self.fields.is_empty() || self.needs.contains(&true)
    }
}

/// When, by whom and with what in hand a board is looked at.
#[derive(Clone, Copy)]
pub struct Looking<'a> {
    /// The trust list.
    pub directory: &'a Directory,
    /// The instant, ms since 1970.
    pub as_of_ms: i64,
    /// The viewer's roles.
    pub roles: &'a [&'a str],
}

/// Links that the boards' and acts' expressions over cases of a kind ask for.
pub fn links_of_kind(profile: &Profile, kind: &str) -> BTreeSet<String> {
    let acts = profile.model().acts.iter().filter(|a| a.kind == kind);
    let mut out = links::names(acts.flat_map(|a| a.take.values().chain(&a.when)));
    out.extend(links_of_boards(profile, kind));
    out
}

/// Links that the boards of a kind ask for.
pub fn links_of_boards(profile: &Profile, kind: &str) -> BTreeSet<String> {
    let model = profile.model();
    let boards = model.boards.iter().filter(|(_, b)| b.rows == kind);
    boards
        .filter_map(|(name, _)| model.living(name))
        .flat_map(|living| living.links.iter().cloned())
        .collect()
}

impl<'p> LiveBoard<'p> {
    /// The living words of a board; none where it has none.
    pub fn of(profile: &'p Profile, name: &str) -> Option<LiveBoard<'p>> {
        let model = profile.model();
        let living = model.living(name)?;
        living.any().then_some(LiveBoard {
            profile,
            board: model.boards.get(name)?,
            living,
        })
    }

    /// Whether the board decides anew which rows are on it.
    pub fn decides_rows(&self) -> bool {
        self.living.when
    }

    /// Asks the living words of a row anew; whether the row is on the board.
    pub fn ask(
        &self,
        row: &mut BoardRow,
        case: &dyn InHand,
        linked: Option<&Linked>,
        looking: Looking<'_>,
    ) -> bool {
        let mut live = row.live.take().unwrap_or_default();
        retime(self.profile.model(), &mut live.clocks, looking.as_of_ms);
        let scope = LiveScope {
            profile: self.profile,
            live: &live,
            case,
            linked,
            looking,
            state: OnceCell::new(),
            whole: OnceCell::new(),
        };
        if self.living.when && off_board(self.board, &scope) {
            return false;
        }
        for name in &self.living.fields {
            if let Some(expr) = self.board.fields.get(name) {
                row.fields.insert(name.clone(), field(expr, &scope));
            }
        }
        let mut kept = std::mem::take(&mut row.needs).into_iter().peekable();
        for (need, living) in self.board.needs.iter().zip(&self.living.needs) {
            let held = kept.next_if(|k| k.id == need.id);
            if !living {
                row.needs.extend(held);
            } else if concerns(need, looking.roles) {
                row.needs.extend(need_row(self.profile, need, &scope));
            }
        }
        true
    }
}

fn need_expressions(need: &Need) -> impl Iterator<Item = &Expr> {
    need.values.values().chain([&need.when])
}

fn living(expr: &Expr) -> bool {
    let names = expr.names();
    LIVING.iter().any(|l| names.contains(*l))
}

/// The names of a kept row: each answered from what is cheapest.
struct LiveScope<'a> {
    profile: &'a Profile,
    live: &'a Live,
    case: &'a dyn InHand,
    linked: Option<&'a Linked>,
    looking: Looking<'a>,
    state: OnceCell<Option<CaseScope<'a>>>,
    whole: OnceCell<Option<NamedScope<'a>>>,
}

impl<'a> LiveScope<'a> {
    fn state(&self) -> Option<&CaseScope<'a>> {
        let make = || {
            Some(CaseScope::new(
                self.profile.model(),
                self.case.state()?,
                &[],
                self.looking.directory,
                self.looking.as_of_ms,
            ))
        };
        self.state.get_or_init(make).as_ref()
    }

    fn whole(&self) -> Option<&NamedScope<'a>> {
        let make = || {
            let case = CaseView {
                state: self.case.state()?,
                records: self.case.records(),
                directory: self.looking.directory,
                as_of_ms: self.looking.as_of_ms,
                linked: None,
            };
            Some(NamedScope::new(self.profile, case))
        };
        self.whole.get_or_init(make).as_ref()
    }
}

fn not_in_hand() -> Val {
    Val::unknown("the case cannot be opened")
}

impl Scope for LiveScope<'_> {
    fn reach(&self, names: &[&str]) -> Option<Reach<'_>> {
        match names {
            ["records", ..] => self.whole()?.reach(names),
            _ => None,
        }
    }
    fn member(&self, names: &[&str]) -> Option<Val> {
        match names {
            ["records", ..] => self.whole()?.member(names),
            ["count", ..] => self.state()?.member(names),
            _ => None,
        }
    }
    fn var(&self, name: &str) -> Option<Val> {
        match name {
            "linked" => return Some(linked_val(self.profile, self.linked)),
            "clocks" => return Some(clocks_val(&self.live.clocks)),
            "asOf" => return Some(Val::Int(self.looking.as_of_ms)),
            _ => {}
        }
        if CaseScope::of_state(name) {
            return self
                .state()
                .map_or_else(|| Some(not_in_hand()), |s| s.var(name));
        }
        match self.live.tracks.get(name) {
            Some(track) => Some(Val::str(track)),
            None => self
                .whole()
                .map_or_else(|| Some(not_in_hand()), |w| w.var(name)),
        }
    }
    fn call(&self, name: &str, args: &[Val]) -> Option<Result<Val, EvalError>> {
        if name != "agreed" {
            return None;
        }
        match self.whole() {
            Some(whole) => whole.call(name, args),
            None => Some(Ok(not_in_hand())),
        }
    }
}
