//! Clocks: due is a function of records, calendars and zones; overdue and met are computed, never recorded (design §5).

use jiff::Timestamp;

use crate::calendar;
use crate::case::{CaseState, ClockState, Directory, ReplaceKind};
use crate::fold::{Fold, Now};
use crate::fold_show::zone_name;
use crate::fold_state::Folded;
use crate::in_force::Entry;
use crate::model::{Clock, Model, Until};
use crate::order::duration_ms;
use crate::seats::first_value;

/// The state of a clock that is not met and soon runs out (`warn`).
pub const SOON: &str = "soon";
/// Where an extension says the new due time.
const EXTENDED_UNTIL: &str = "/credentialSubject/until";

/// Since when each clock's `until` expression is true, watched along the walk; and which clocks are not of this case.
pub(crate) struct Stops {
    watched: Vec<(String, Option<i64>)>,
    absent: Vec<String>,
}

impl Stops {
    pub(crate) fn new(fold: &Fold<'_>) -> Stops {
        Stops {
            watched: fold
                .model
                .clocks
                .iter()
                .filter(|(_, c)| c.kind == fold.case.kind && matches!(c.until, Until::When(_)))
                .map(|(name, _)| (name.clone(), None))
                .collect(),
            absent: Vec::new(),
        }
    }

    /// Asks at the end of the walk which clocks the case has: a clock's `when` that is not true, or cannot be told, leaves it out.
    pub(crate) fn end<'a>(
        &mut self,
        fold: &Fold<'a>,
        folded: &Folded<'a>,
        list: &[usize],
        now: &Now,
    ) {
        self.absent = fold
            .model
            .clocks
            .iter()
            .filter(|(_, c)| c.kind == fold.case.kind)
            .filter(|(_, c)| {
                c.when
                    .as_ref()
                    .is_some_and(|when| !fold.ask(when, folded, list, now).is_true())
            })
            .map(|(name, _)| name.clone())
            .collect();
    }

    pub(crate) fn look<'a>(
        &mut self,
        fold: &Fold<'a>,
        folded: &Folded<'a>,
        list: &[usize],
        now: &Now,
    ) {
        for (name, since) in &mut self.watched {
            let Some(Until::When(expr)) = fold.model.clocks.get(name).map(|c| &c.until) else {
                continue;
            };
            if fold.ask(expr, folded, list, now).is_true() {
                since.get_or_insert(now.at_ms);
            } else {
                *since = None;
            }
        }
    }

    fn since(&self, name: &str) -> Option<i64> {
        self.watched
            .iter()
            .find(|(n, _)| n == name)
            .and_then(|(_, s)| *s)
    }
}

/// The clocks of the case that have started, as of the fold's instant.
pub(crate) fn states(fold: &Fold<'_>, list: &[usize], stops: &Stops) -> Vec<ClockState> {
    fold.model
        .clocks
        .iter()
        .filter(|(name, c)| c.kind == fold.case.kind && !stops.absent.contains(name))
        .filter_map(|(name, clock)| state_of(fold, name, clock, list, stops))
        .collect()
}

fn state_of(
    fold: &Fold<'_>,
    name: &str,
    clock: &Clock,
    list: &[usize],
    stops: &Stops,
) -> Option<ClockState> {
    let of_type = |ty: &str| {
        let ty = ty.to_owned();
        list.iter()
            .filter_map(|&i| fold.entries.get(i))
            .filter(move |e| {
                e.record.record_type == ty && e.replace_kind() != Some(ReplaceKind::Withdraws)
            })
    };
    let from_ms = if clock.from.path.is_empty() {
        // The obligation that begins first is due first: later arrivals of a part do not put it off.
        of_type(&clock.from.record_type)
            .map(|e| e.position.at_ms)
            .min()?
    } else {
        of_type(&clock.from.record_type)
            .filter_map(|e| instant_at(e, &clock.from))
            .next_back()?
    };
    let zone = clock.zone.as_deref().map_or_else(
        || "UTC".to_owned(),
        |z| zone_name(fold.model, fold, list, z),
    );
    let count = if clock.before {
        clock.last.checked_neg()?
    } else {
        clock.last
    };
    let mut due_ms = calendar::add(
        fold.model,
        from_ms,
        count,
        &clock.count,
        clock.calendar.as_deref(),
        &calendar::zone(&zone),
    )?;
    if let Some(extend) = &clock.extend
        && let Some(until) = of_type(extend)
            .filter_map(|e| {
                e.record
                    .document
                    .pointer(EXTENDED_UNTIL)
                    .and_then(|v| v.as_str())
                    .and_then(instant)
            })
            .next_back()
    {
        due_ms = until;
    }
    let met_ms = match &clock.until {
        Until::Records(types) => types
            .iter()
            .flat_map(|t| of_type(t))
            .map(|e| e.position.at_ms)
            .min(),
        Until::When(_) => stops
            .since(name)
            .map(|at| if clock.before { at } else { at.max(from_ms) }),
    };
    Some(ClockState {
        name: name.to_owned(),
        from_ms,
        due_ms,
        owner: clock.owner.clone(),
        state: state_at(clock, due_ms, met_ms, fold.as_of_ms).to_owned(),
        met_ms,
    })
}

/// A clock's state at an instant.
fn state_at(clock: &Clock, due_ms: i64, met_ms: Option<i64>, at_ms: i64) -> &'static str {
    match met_ms {
        Some(met) if met <= due_ms => "met",
        Some(_) => "met-late",
        None if at_ms > due_ms => "overdue",
        None => {
            let warn_ms = clock.warn.as_deref().and_then(duration_ms);
            match warn_ms {
                Some(warn) if at_ms >= due_ms.saturating_sub(warn) => SOON,
                _ => "running",
            }
        }
    }
}

/// Tells clocks that were folded earlier as of now: between two records of a case only their states change.
pub fn retime(model: &Model, clocks: &mut [ClockState], at_ms: i64) {
    for held in clocks {
        if let Some(clock) = model.clocks.get(&held.name) {
            let state = state_at(clock, held.due_ms, held.met_ms, at_ms);
            if held.state != state {
                state.clone_into(&mut held.state);
            }
        }
    }
}

fn instant_at(entry: &Entry<'_>, typed: &crate::model::TypedPath) -> Option<i64> {
    first_value(&typed.path, &entry.record.document)
        .and_then(|v| v.as_str())
        .and_then(instant)
}

/// An RFC 3339 date-time in milliseconds since 1970.
pub fn instant(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(|t| t.as_millisecond())
}

/// Milliseconds since 1970 as an RFC 3339 date-time in UTC with milliseconds; none out of range.
pub fn date_time(at_ms: i64) -> Option<String> {
    Timestamp::from_millisecond(at_ms)
        .ok()
        .map(|t| format!("{t:.3}"))
}

/// Records that `did` may sign because a clock of the case has run out: (clock, record type).
pub fn signable(
    model: &Model,
    state: &CaseState,
    directory: &Directory,
    did: &str,
    at_ms: i64,
) -> Vec<(String, String)> {
    state
        .clocks
        .iter()
        .filter(|c| c.state == "overdue")
        .filter_map(|c| Some((c, model.clocks.get(&c.name)?)))
        .flat_map(|(c, clock)| {
            clock.sign.iter().filter_map(move |(who, ty)| {
                let may = match who.strip_prefix("post.") {
                    Some(post) => state
                        .posts
                        .get(post)
                        .is_some_and(|dids| dids.iter().any(|d| d == did)),
                    None => match who.strip_prefix("seat.") {
                        Some(seat) => state
                            .seats
                            .get(seat)
                            .is_some_and(|dids| dids.iter().any(|d| d == did)),
                        None => directory.has_role(did, who, at_ms),
                    },
                };
                may.then(|| (c.name.clone(), ty.clone()))
            })
        })
        .collect()
}
