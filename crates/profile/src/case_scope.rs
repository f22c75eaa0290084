//! What an expression of a folded case sees: for boards, acts, needs, rules and tables.
//!
//! Names: each track by its name, `tracks`, `state` (unknown where it cannot be told), `since`, `kind`, `key`, `owner`, `opened`,
//! `holds.open`, `balance.NAME`, `parts.NAME` (with `.complete`), `seats.NAME` and `posts.NAME` (lists of DIDs), `clocks.NAME`
//! (`state`, `due`, `from`, `owner`), `records.TYPE` (newest in force: `id`, `issuer`, `at`, `subject`), `count.TYPE`, `blind`
//! (list of `act`, `office`, `unseen`), `told`, `byNotice`, `asOf`; and the function `agreed(type, value, offices)`.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::case::{CaseRecord, CaseState, ClockState, Directory, Standing};
use crate::expr::{EvalError, Reach, Scope, Val};
use crate::fold_show::{complete_val, decision_of, hold_val, part_val};
use crate::fold_state::reach_subject;
use crate::model::Model;

/// Names that a folded state answers by itself.
const OF_STATE: [&str; 18] = [
    "state", "since", "kind", "key", "owner", "opened", "byNotice", "asOf", "holds", "tracks",
    "balance", "parts", "seats", "posts", "post", "count", "blind", "told",
];

/// The scope of one folded case.
pub struct CaseScope<'a> {
    model: &'a Model,
    state: &'a CaseState,
    records: &'a [CaseRecord],
    directory: &'a Directory,
    as_of_ms: i64,
    /// Values made once: a board asks for the same few names in each of its fields.
    made: RefCell<HashMap<String, Val>>,
}

impl<'a> CaseScope<'a> {
    /// The scope of `state`, folded from `records` as of `as_of_ms`.
    pub fn new(
        model: &'a Model,
        state: &'a CaseState,
        records: &'a [CaseRecord],
        directory: &'a Directory,
        as_of_ms: i64,
    ) -> CaseScope<'a> {
        CaseScope {
            model,
            state,
            records,
            directory,
            as_of_ms,
            made: RefCell::new(HashMap::new()),
        }
    }

    /// The newest record in force of a type, where it is in hand.
    pub fn newest(&self, record_type: &str) -> Option<&'a CaseRecord> {
        let id = self
            .state
            .records
            .iter()
            .rev()
            .find(|r| r.in_force && r.record_type == record_type)
            .map(|r| r.id.as_str())?;
        self.record(id)
    }

    /// Whether a name is a word of the language that a folded state answers alone, without the records' documents. Any other name is
    /// that of a track first.
    pub(crate) fn of_state(name: &str) -> bool {
        OF_STATE.contains(&name)
    }

    fn record(&self, id: &str) -> Option<&'a CaseRecord> {
        let all = self.records.iter().filter(|r| r.id == id);
        all.min_by_key(|r| r.view.is_some())
    }

    fn count(&self, record_type: &str) -> Val {
        let all = self.state.records.iter();
        let n = all
            .filter(|r| r.in_force && r.record_type == record_type)
            .count();
        Val::Int(i64::try_from(n).unwrap_or(i64::MAX))
    }

    fn make(&self, name: &str) -> Option<Val> {
        let s = self.state;
        let dids = |map: &std::collections::BTreeMap<String, Vec<String>>| {
            Val::map(
                map.iter()
                    .map(|(n, d)| (n.clone(), Val::list(d.iter().map(Val::str).collect()))),
            )
        };
        Some(match name {
            "state" => text_or_unknown(s.state.as_deref(), "the state cannot be told"),
            "since" => Val::Int(s.since_ms),
            "kind" => Val::str(&s.case.kind),
            "key" => Val::str(&s.case.key),
            "owner" => Val::str(s.owner.as_deref().unwrap_or_default()),
            "opened" => Val::Bool(s.opening.is_some()),
            "byNotice" => Val::Bool(s.by_notice),
            "asOf" => Val::Int(self.as_of_ms),
            "holds" => Val::map([(
                "open".to_owned(),
                Val::list(s.holds.iter().map(hold_val).collect()),
            )]),
            "tracks" => Val::map(
                s.tracks
                    .iter()
                    .map(|(n, t)| (n.clone(), Val::str(&t.state))),
            ),
            "balance" => Val::map(s.balances.iter().map(|(n, b)| {
                (
                    n.clone(),
                    b.map_or_else(|| Val::unknown("not all terms are in hand"), Val::Int),
                )
            })),
            "parts" => Val::map(s.parts.iter().map(|(n, p)| {
                let items = p
                    .cases
                    .iter()
                    .map(|(case, state)| {
                        let absent = if p.complete == Some(false) {
                            Some("")
                        } else {
                            None
                        };
                        part_val(case, state.as_deref().or(absent))
                    })
                    .collect();
                let fields = [("complete".to_owned(), complete_val(p.complete))];
                (
                    n.clone(),
                    Val::list_with(items, fields, p.complete.is_none()),
                )
            })),
            "seats" => dids(&s.seats),
            "posts" | "post" => dids(&s.posts),
            "clocks" => clocks_val(&s.clocks),
            "records" => Val::map(self.model.records.keys().filter_map(|ty| {
                let record = self.newest(ty)?;
                Some((ty.clone(), record_val(record)))
            })),
            // A type that is accepted and not installed simply never came.
            "count" => Val::map(
                self.model
                    .records
                    .keys()
                    .chain(self.model.accepted_only())
                    .map(|ty| (ty.clone(), self.count(ty))),
            ),
            "blind" => Val::list(
                s.blind
                    .iter()
                    .map(|b| {
                        Val::map([
                            ("act".to_owned(), Val::str(&b.act)),
                            ("office".to_owned(), Val::str(&b.office)),
                            (
                                "unseen".to_owned(),
                                Val::list(b.unseen.iter().map(Val::str).collect()),
                            ),
                        ])
                    })
                    .collect(),
            ),
            "told" => Val::list(
                s.told
                    .iter()
                    .map(|t| {
                        Val::map([
                            ("office".to_owned(), Val::str(&t.office)),
                            ("state".to_owned(), Val::str(&t.state)),
                            ("asOf".to_owned(), Val::Int(t.as_of_ms)),
                        ])
                    })
                    .collect(),
            ),
            _ => Val::str(&s.tracks.get(name)?.state),
        })
    }

    fn agreed(&self, args: &[Val]) -> Val {
        let (Some(ty), Some(value), Some(offices)) =
            (args.first().and_then(Val::as_str), args.get(1), args.get(2))
        else {
            return Val::unknown("agreed takes a type, a value and offices");
        };
        let list: &[Val] = match offices {
            Val::List(items) => &items.items,
            one => std::slice::from_ref(one),
        };
        if list.is_empty() {
            return Val::unknown("agreed: no offices are named");
        }
        let mut all = Some(true);
        for office in list {
            match office.as_str().and_then(|o| self.says(ty, value, o)) {
                Some(true) => {}
                Some(false) => return Val::Bool(false),
                None => all = None,
            }
        }
        all.map_or_else(
            || Val::unknown("what the offices say is not in hand"),
            Val::Bool,
        )
    }

    fn says(&self, ty: &str, value: &Val, office: &str) -> Option<bool> {
        let newest = self
            .state
            .records
            .iter()
            .rev()
            .filter(|r| r.in_force && r.record_type == ty)
            .filter_map(|r| self.record(&r.id))
            .find(|r| {
                r.standing == Standing::Act
                    && match office.strip_prefix("post.") {
                        None => self.directory.has_role(&r.issuer, office, r.logged_ms),
                        Some(post) => self
                            .state
                            .posts
                            .get(post)
                            .is_some_and(|dids| dids.contains(&r.issuer)),
                    }
            });
        match newest {
            None if self.state.by_notice => None,
            None => Some(false),
            Some(record) => match decision_of(&record.document) {
                Some(found) => Val::from_json(found).same_as(value),
                None => record.view.is_none().then_some(false),
            },
        }
    }
}

impl Scope for CaseScope<'_> {
    fn reach(&self, names: &[&str]) -> Option<Reach<'_>> {
        match names {
            ["records", ty, "subject"] if self.model.records.contains_key(*ty) => {
                reach_subject(self.newest(ty)?)
            }
            _ => None,
        }
    }

    fn member(&self, names: &[&str]) -> Option<Val> {
        match names {
            ["count", ty] if self.model.records.contains_key(*ty) => Some(self.count(ty)),
            ["records", ty, member] if self.model.records.contains_key(*ty) => {
                let record = self.newest(ty)?;
                match *member {
                    "id" => Some(Val::str(&record.id)),
                    "issuer" => Some(Val::str(&record.issuer)),
                    "at" => Some(Val::Int(record.occurred_ms)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn var(&self, name: &str) -> Option<Val> {
        if let Some(made) = self.made.borrow().get(name) {
            return Some(made.clone());
        }
        let value = self.make(name)?;
        self.made
            .borrow_mut()
            .insert(name.to_owned(), value.clone());
        Some(value)
    }

    fn call(&self, name: &str, args: &[Val]) -> Option<Result<Val, EvalError>> {
        (name == "agreed").then(|| Ok(self.agreed(args)))
    }
}

/// `clocks` as an expression sees it.
pub(crate) fn clocks_val(clocks: &[ClockState]) -> Val {
    Val::map(clocks.iter().map(|c| {
        let clock = Val::map([
            ("state".to_owned(), Val::str(&c.state)),
            ("due".to_owned(), Val::Int(c.due_ms)),
            ("from".to_owned(), Val::Int(c.from_ms)),
            ("owner".to_owned(), Val::str(&c.owner)),
        ]);
        (c.name.clone(), clock)
    }))
}

fn record_val(record: &CaseRecord) -> Val {
    let view = record.view.is_some();
    let subject = record.document.get("credentialSubject").map_or_else(
        || Val::unknown("the subject is not in hand"),
        |s| {
            if view {
                Val::from_view(s)
            } else {
                Val::from_json(s)
            }
        },
    );
    Val::map([
        ("id".to_owned(), Val::str(&record.id)),
        ("issuer".to_owned(), Val::str(&record.issuer)),
        ("at".to_owned(), Val::Int(record.occurred_ms)),
        ("subject".to_owned(), subject),
    ])
}

fn text_or_unknown(text: Option<&str>, why: &str) -> Val {
    text.map_or_else(|| Val::unknown(why), Val::str)
}
