//! Boards: one row per case, in the column of its state, with what needs a person.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::acts::CaseView;
use crate::board_live::LiveBoard;
use crate::case::ClockState;
use crate::case_scope::CaseScope;
use crate::expr::{EvalError, Expr, Reach, STEPS_MAX, Scope, Val};
use crate::forms::{Words, text_words};
use crate::keys;
use crate::links::{Linked, LooksFor};
use crate::load::Profile;
use crate::model::{Board, Need};
use crate::text::fill;

/// A row of a board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BoardRow {
    /// The case's key.
    pub key: String,
    /// What people call it.
    pub title: String,
    /// Column it stands in; none where its state is in no column or cannot be told.
    pub column: Option<String>,
    /// The shown state.
    pub state: Option<String>,
    /// Since, ms since 1970.
    pub since_ms: i64,
    /// Whether its time in the column is over the column's limit.
    pub over: bool,
    /// Fields; null where unknown.
    pub fields: BTreeMap<String, Value>,
    /// What needs a person, in the profile's order.
    pub needs: Vec<NeedRow>,
    /// What is asked anew whenever the row is shown; none where nothing of the board is (see [`crate::board_live`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<Live>,
}

/// Of a row that is kept: what its board's living words read, so that asking them again needs no fold.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Live {
    /// The values that each link looks for.
    pub looks_for: LooksFor,
    /// The case's clocks; told as of an instant by [`crate::clocks::retime`].
    pub clocks: Vec<ClockState>,
    /// The state of each track.
    pub tracks: BTreeMap<String, String>,
}

/// A reason for which a person must look.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NeedRow {
    /// Id.
    pub id: String,
    /// In words.
    pub text: Words,
    /// Act offered.
    pub act: Option<String>,
    /// Glyph of the console.
    pub glyph: String,
    /// Who has it in hand: a role, post or seat; empty: whoever is told.
    #[serde(default)]
    pub holder: String,
    /// What ends it, in words; empty where the program does not say.
    #[serde(default)]
    pub ends: Words,
}

/// The row of a case on a board; none where the board does not show it, or has no such name.
///
/// `roles` are the viewer's: needs of other roles are left out.
pub fn board_row(
    profile: &Profile,
    board: &str,
    case: CaseView<'_>,
    roles: &[&str],
) -> Option<BoardRow> {
    let words = profile.model().boards.get(board)?;
    let scope = NamedScope::new(profile, case);
    (words.rows == case.state.case.kind && !off_board(words, &scope))
        .then(|| row_of(profile, words, case, roles, &scope))
}

/// The row of a case as it is kept until the case moves again, with what its living words need; none where the board does not show the
/// case, whatever time and other cases bring.
pub fn kept_row(
    profile: &Profile,
    board: &str,
    case: CaseView<'_>,
    roles: &[&str],
    looks_for: &LooksFor,
) -> Option<BoardRow> {
    let words = profile.model().boards.get(board)?;
    let scope = NamedScope::new(profile, case);
    let live = LiveBoard::of(profile, board);
    let decided_later = live.as_ref().is_some_and(LiveBoard::decides_rows);
    if words.rows != case.state.case.kind || (!decided_later && off_board(words, &scope)) {
        return None;
    }
    let mut row = row_of(profile, words, case, roles, &scope);
    row.live = live.map(|_| Live {
        looks_for: looks_for.clone(),
        clocks: case.state.clocks.clone(),
        tracks: (case.state.tracks.iter())
            .map(|(name, track)| (name.clone(), track.state.clone()))
            .collect(),
    });
    Some(row)
}

fn row_of(
    profile: &Profile,
    words: &Board,
    case: CaseView<'_>,
    roles: &[&str],
    scope: &dyn Scope,
) -> BoardRow {
    let state = case.state.state.as_deref();
    let column = words
        .columns
        .iter()
        .find(|c| state.is_some_and(|s| c.states.iter().any(|x| x == s)));
    let waited_min = case.as_of_ms.saturating_sub(case.state.since_ms) / 60_000;
    BoardRow {
        key: case.state.case.key.clone(),
        title: title(profile, case),
        column: column.map(|c| c.id.clone()),
        state: state.map(str::to_owned),
        since_ms: case.state.since_ms,
        over: column
            .and_then(|c| c.limit_min)
            .is_some_and(|limit| waited_min > limit),
        fields: words
            .fields
            .iter()
            .map(|(name, e)| (name.clone(), field(e, scope)))
            .collect(),
        needs: needs(profile, &words.needs, scope, roles),
        live: None,
    }
}

/// A board shows what is there: only a condition known to be false keeps a case off it.
pub(crate) fn off_board(board: &Board, scope: &dyn Scope) -> bool {
    let when = board.when.as_ref();
    when.is_some_and(|w| w.eval(scope, STEPS_MAX).is_false())
}

/// A field's value; null where it is unknown, or where not all of a list is in hand.
pub(crate) fn field(expr: &Expr, scope: &dyn Scope) -> Value {
    let value = expr.eval(scope, STEPS_MAX);
    value.known().and_then(Val::to_json).unwrap_or(Value::Null)
}

/// What needs a person of these roles in a case of a kind that no board shows.
pub fn list_needs(profile: &Profile, case: CaseView<'_>, roles: &[&str]) -> Vec<NeedRow> {
    let Some(words) = profile.model().needs.get(&case.state.case.kind) else {
        return Vec::new();
    };
    needs(profile, words, &NamedScope::new(profile, case), roles)
}

/// What people call a case, by its kind's `title`.
pub fn title(profile: &Profile, case: CaseView<'_>) -> String {
    let in_force = case.state.records.iter().filter(|r| r.in_force);
    let documents: Vec<&Value> = in_force
        .filter_map(|s| case.records.iter().find(|r| r.id == s.id))
        .map(|r| r.document.as_ref())
        .collect();
    keys::title(profile, &case.state.case, documents.into_iter())
}

fn needs(profile: &Profile, words: &[Need], scope: &dyn Scope, roles: &[&str]) -> Vec<NeedRow> {
    let shown = words.iter().filter(|n| concerns(n, roles));
    shown.filter_map(|n| need_row(profile, n, scope)).collect()
}

/// Whether a need is the business of one of these roles.
pub(crate) fn concerns(need: &Need, roles: &[&str]) -> bool {
    need.roles.is_empty() || need.roles.iter().any(|r| roles.contains(&r.as_str()))
}

/// The line of a need, where it is true.
pub(crate) fn need_row(profile: &Profile, n: &Need, scope: &dyn Scope) -> Option<NeedRow> {
    if !n.when.eval(scope, STEPS_MAX).is_true() {
        return None;
    }
    let values: BTreeMap<String, String> = n
        .values
        .iter()
        .map(|(name, e)| {
            let value = e.eval(scope, STEPS_MAX);
            let text = value.known().map_or_else(|| "?".to_owned(), Val::to_string);
            (name.clone(), text)
        })
        .collect();
    let key = format!("needs.{}", n.id);
    let say = |lang: &str| fill(profile.text(lang, &key), &values);
    Some(NeedRow {
        id: n.id.clone(),
        text: Words {
            en: say("en"),
            es: say("es"),
        },
        act: n.act.clone(),
        glyph: n.glyph.clone(),
        holder: n.holder.clone().unwrap_or_default(),
        ends: text_words(profile, &format!("{key}.ends")),
    })
}

/// `linked` as an expression sees it.
pub(crate) fn linked_val(profile: &Profile, linked: Option<&Linked>) -> Val {
    linked.map_or_else(
        || Val::unknown("links are not looked up here"),
        |l| l.value(profile.model()),
    )
}

/// The case's names, and beside them search names (`plate`, `scn`) of its newest records in force, and `title`.
pub(crate) struct NamedScope<'a> {
    profile: &'a Profile,
    case: CaseView<'a>,
    inner: CaseScope<'a>,
}

impl<'a> NamedScope<'a> {
    pub(crate) fn new(profile: &'a Profile, case: CaseView<'a>) -> Self {
        let inner = CaseScope::new(
            profile.model(),
            case.state,
            case.records,
            case.directory,
            case.as_of_ms,
        );
        NamedScope {
            profile,
            case,
            inner,
        }
    }

    fn search_name(&self, name: &str) -> Option<Val> {
        if !self
            .profile
            .model()
            .records
            .values()
            .any(|r| r.search.contains_key(name))
        {
            return None;
        }
        let newest = self.case.state.records.iter().rev().filter(|r| r.in_force);
        for state in newest {
            let Some(record) = self.case.records.iter().find(|r| r.id == state.id) else {
                continue;
            };
            let found = keys::search_keys(self.profile, &record.document)
                .into_iter()
                .find(|(n, _)| n == name);
            if let Some((_, value)) = found {
                return Some(Val::str(value));
            }
        }
        Some(Val::unknown(format!("no `{name}` is in hand")))
    }
}

impl Scope for NamedScope<'_> {
    fn reach(&self, names: &[&str]) -> Option<Reach<'_>> {
        self.inner.reach(names)
    }
    fn member(&self, names: &[&str]) -> Option<Val> {
        self.inner.member(names)
    }
    fn var(&self, name: &str) -> Option<Val> {
        if let Some(value) = self.inner.var(name) {
            return Some(value);
        }
        match name {
            "linked" => Some(linked_val(self.profile, self.case.linked)),
            "title" => Some(Val::str(title(self.profile, self.case))),
            _ => self.search_name(name),
        }
    }
    fn call(&self, name: &str, args: &[Val]) -> Option<Result<Val, EvalError>> {
        self.inner.call(name, args)
    }
}
