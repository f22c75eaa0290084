//! Decisive acts: not undone by what their office could not know (design §5).
//!
//! Unseen is what stands before the act in order and outside the closure of its `saw` (through `saw`, `follows`, `replaces`). An act
//! whose `saw` is empty says nothing of what it knew; for it only what was logged later is unseen, so that leaving `saw` out
//! never lets a decision pass over a hold that lay there.

use std::collections::HashSet;

use crate::case::{Blind, Directory};
use crate::fold::{Fold, Now};
use crate::fold_state::Folded;
use crate::in_force::{Entry, Verdict};
use crate::knowledge::Knowledge;

impl<'a> Fold<'a> {
    /// Sets aside what would undo a decisive act unseen: (act, record). True where something was added.
    pub(crate) fn find_aside(
        &mut self,
        aside: &mut Vec<(usize, usize)>,
        folded: &Folded<'a>,
        now: &Now,
    ) -> bool {
        // Offices speak by their newest act: an older one of the same type gives nothing any more.
        let mut acts: Vec<usize> = Vec::new();
        for &i in now.list.iter().filter(|&&i| self.is_decisive(i)) {
            acts.retain(|&older| !self.supersedes(i, older));
            acts.push(i);
        }
        let mut added = false;
        for act in acts {
            let unseen: Vec<usize> = self
                .unseen_by(act, now)
                .into_iter()
                .filter(|u| now.list.contains(u) && !aside.contains(&(act, *u)))
                .filter(|&u| self.can_take_away(u, folded))
                .collect();
            if unseen.is_empty() {
                continue;
            }
            let kept = self.without_aside(&now.list, aside);
            if self.gives(act, &kept, &[], now) {
                continue;
            }
            let holds: Vec<usize> = unseen
                .iter()
                .copied()
                .filter(|&u| self.opens_hold(u))
                .collect();
            let mut tries: Vec<Vec<usize>> = vec![holds];
            tries.extend(unseen.iter().map(|&u| vec![u]));
            tries.push(unseen.clone());
            if let Some(set) = tries
                .into_iter()
                .filter(|t| !t.is_empty())
                .find(|t| self.gives(act, &kept, t, now))
            {
                aside.extend(set.into_iter().map(|u| (act, u)));
                added = true;
            }
        }
        added
    }

    /// Whether the act makes a difference to the shown state, with `without` left out.
    fn gives(&self, act: usize, list: &[usize], without: &[usize], now: &Now) -> bool {
        let with: Vec<usize> = list
            .iter()
            .copied()
            .filter(|i| !without.contains(i))
            .collect();
        let state = self.show(&self.refold(&with, now), &with, now);
        let before: Vec<usize> = with.iter().copied().filter(|&i| i != act).collect();
        state.is_some() && state != self.show(&self.refold(&before, now), &before, now)
    }

    /// Decisive acts in force with what they did not know and their office has not answered since.
    pub(crate) fn blind(&mut self, now: &Now, folded: &Folded<'a>) -> Vec<Blind> {
        let acts: Vec<usize> = now
            .list
            .iter()
            .copied()
            .filter(|&i| self.is_decisive(i))
            .collect();
        let mut out = Vec::new();
        for act in acts {
            let unseen: Vec<usize> = self
                .unseen_by(act, now)
                .into_iter()
                .filter(|u| now.list.contains(u))
                .filter(|&u| !self.opens_hold(u) || folded.holds.contains(&u))
                .filter(|&u| !self.relays_hold(u))
                .collect();
            let Some(entry) = self.entries.get(act) else {
                continue;
            };
            let office = entry.actor;
            let unseen: Vec<String> = unseen
                .into_iter()
                .filter(|&u| {
                    !now.list.iter().any(|&later| {
                        later > act
                            && self.entries.get(later).is_some_and(|e| e.actor == office)
                            && self.knows(later).contains(&u)
                    })
                })
                .filter_map(|u| self.entries.get(u))
                .map(|e| e.record.id.clone())
                .collect();
            if !unseen.is_empty() {
                out.push(Blind {
                    act: entry.record.id.clone(),
                    office: office.to_owned(),
                    unseen,
                });
            }
        }
        out
    }

    fn supersedes(&self, newer: usize, older: usize) -> bool {
        self.entries
            .get(newer)
            .zip(self.entries.get(older))
            .is_some_and(|(n, o)| {
                n.actor == o.actor && n.record.record_type == o.record.record_type
            })
    }

    /// An open hold, or what moves a track or a balance; a closed hold and what closes one take nothing away.
    fn can_take_away(&self, i: usize, folded: &Folded<'a>) -> bool {
        if self.relays_hold(i) {
            return false;
        }
        if self.opens_hold(i) {
            return folded.holds.contains(&i);
        }
        let Some((life, entry)) = self.life.zip(self.entries.get(i)) else {
            return false;
        };
        let closes = life
            .holds
            .as_ref()
            .is_some_and(|h| h.closes.contains(&entry.record.record_type));
        !closes
    }

    fn is_decisive(&self, i: usize) -> bool {
        self.entries.get(i).is_some_and(|e| {
            e.ty.is_some_and(|t| t.decisive)
                && e.record
                    .replaces
                    .as_ref()
                    .is_none_or(|r| r.kind != crate::case::ReplaceKind::Withdraws)
        })
    }

    fn opens_hold(&self, i: usize) -> bool {
        self.entries.get(i).is_some_and(|e| {
            let is_act = e.record.standing == crate::case::Standing::Act;
            self.life
                .filter(|_| is_act)
                .and_then(|l| l.holds.as_ref())
                .is_some_and(|h| h.opens.contains(&e.record.record_type))
        })
    }

    /// Whether it only says that an office placed or removed a hold, which that office knew.
    fn relays_hold(&self, i: usize) -> bool {
        self.entries.get(i).is_some_and(|e| {
            let ty = &e.record.record_type;
            e.record.standing != crate::case::Standing::Act
                && self
                    .life
                    .and_then(|l| l.holds.as_ref())
                    .is_some_and(|h| h.opens.contains(ty) || h.closes.contains(ty))
        })
    }

    /// Whether records of this type can move the shown state.
    fn has_effect(&self, entry: &Entry<'_>) -> bool {
        let ty = &entry.record.record_type;
        self.life.is_some_and(|l| {
            l.tracks
                .values()
                .any(|t| t.moves.iter().any(|m| m.on == *ty))
                || l.holds
                    .as_ref()
                    .is_some_and(|h| h.opens.contains(ty) || h.closes.contains(ty))
                || l.balances
                    .values()
                    .any(|b| b.inn.iter().chain(&b.out).any(|t| t.record_type == *ty))
        })
    }

    fn unseen_by(&mut self, act: usize, now: &Now) -> Vec<usize> {
        if let Some(known) = self.unseen.get(&act) {
            return known.clone();
        }
        let out = self.find_unseen(act, now);
        self.unseen.insert(act, out.clone());
        out
    }

    fn find_unseen(&self, act: usize, now: &Now) -> Vec<usize> {
        let Some(entry) = self.entries.get(act) else {
            return Vec::new();
        };
        let seen = (!entry.record.saw.is_empty()).then(|| self.knows(act));
        let seats = self.seats_of(now, entry.actor);
        let seats: Vec<&str> = seats.iter().map(String::as_str).collect();
        let reader = reader_of(self.directory, entry);
        self.entries
            .iter()
            .enumerate()
            .take(act)
            .filter(|(i, e)| {
                // What its own home had logged before, the office knew, whatever it wrote in `saw`.
                let own = e.actor == entry.actor && e.record.logged_ms <= entry.record.logged_ms;
                let unseen = match &seen {
                    Some(seen) => !seen.contains(i),
                    None => e.record.logged_ms > entry.record.logged_ms,
                };
                unseen
                    && !own
                    && !matches!(e.verdict, Verdict::Rejected(_) | Verdict::Disputed(_))
                    && self.has_effect(e)
                    // What it does not get it could not see, and need not.
                    && reader.gets_named(self.model, &e.record.record_type, &seats).some()
            })
            .map(|(i, _)| i)
            .collect()
    }

    /// What a record's author shows to have known: all that is reached through `saw`, `follows` and `replaces`.
    fn knows(&self, from: usize) -> HashSet<usize> {
        let mut out = HashSet::new();
        let mut next = vec![from];
        while let Some(i) = next.pop() {
            let Some(record) = self.entries.get(i).map(|e| e.record) else {
                continue;
            };
            let links = record
                .saw
                .iter()
                .chain(&record.follows)
                .chain(record.replaces.iter().map(|r| &r.id));
            for j in links.filter_map(|id| self.ids.get(id.as_str()).copied()) {
                if out.insert(j) {
                    next.push(j);
                }
            }
        }
        out
    }
}

fn reader_of(directory: &Directory, entry: &Entry<'_>) -> Knowledge {
    Knowledge::of(directory, entry.actor, entry.record.logged_ms)
}
