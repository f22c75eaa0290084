//! Life cycles: lines never reached, rings, who cannot tell a state.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::Expr;
use crate::load_model::about_of;
use crate::model::LifeCycle;

use super::Checker;

impl Checker<'_> {
    /// Lines of `show` that can never be reached, and moves from states that a track never has.
    pub(super) fn life_cycles(&mut self) {
        let model = self.model;
        for (kind, life) in &model.life_cycle {
            let at = format!("life-cycle.{kind}");
            let mut always = None;
            let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
            for (i, line) in life.show.iter().enumerate() {
                let place = format!("{at}.show.{i}");
                if let Some(before) = always {
                    self.error(
                        &place,
                        "show-unreachable",
                        format!("the line `{}` is never reached: line {} above it is always true", line.state, before + 1),
                        "the first line that is true is the state; put the line without `when` last",
                    );
                    continue;
                }
                match line.when.as_ref().map(Expr::text) {
                    None | Some("true") => always = Some(i),
                    Some("false") => self.error(
                        &place,
                        "show-unreachable",
                        format!("the line `{}` is never true", line.state),
                        "take it out",
                    ),
                    Some(text) => {
                        if let Some(before) = seen.insert(text.trim(), i) {
                            self.error(
                                &place,
                                "show-unreachable",
                                format!(
                                    "the line `{}` has the condition of line {}, which comes first",
                                    line.state,
                                    before + 1
                                ),
                                "change one of the two, or take it out",
                            );
                        }
                    }
                }
            }
            if life.show.is_empty() {
                self.error(
                    &at,
                    "show-missing",
                    format!("kind {kind} shows no state"),
                    "add `show:` with at least one line",
                );
            } else if always.is_none() {
                self.warn(
                    &at,
                    "show-no-default",
                    format!("kind {kind} has no state where no line is true"),
                    "end `show` with a line without `when`",
                );
            }
            for (name, track) in &life.tracks {
                let states = track_states(life, name);
                let mut reachable = BTreeSet::from([track.first.as_str()]);
                for _ in &track.moves {
                    for m in &track.moves {
                        if m.from.is_empty()
                            || m.from.iter().any(|f| reachable.contains(f.as_str()))
                        {
                            reachable.insert(&m.to);
                        }
                    }
                }
                for (i, m) in track.moves.iter().enumerate() {
                    let place = format!("{at}.tracks.{name}.moves.{i}");
                    for from in m.from.iter().filter(|f| !states.contains(f)) {
                        self.error(
                            &place,
                            "unknown-state",
                            format!("track {name} has no state `{from}`"),
                            format!("its states are {}", states.join(", ")),
                        );
                    }
                    if !m.from.is_empty() && !m.from.iter().any(|f| reachable.contains(f.as_str()))
                    {
                        self.error(
                            &place,
                            "move-unreachable",
                            format!("track {name} never is in {}", m.from.join(", ")),
                            "a move leaves a state that another leads to",
                        );
                    }
                }
                if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                    self.error(
                        &format!("{at}.tracks.{name}"),
                        "bad-name",
                        format!("`{name}` cannot be used in expressions"),
                        "letters, digits and _ only",
                    );
                }
            }
        }
    }

    /// Rings of parts and of `follows`, parts deeper than the fold goes.
    pub(super) fn cycles(&mut self) {
        let model = self.model;
        let parts: BTreeMap<&str, Vec<&str>> = model
            .kinds
            .iter()
            .map(|(k, kind)| {
                (
                    k.as_str(),
                    kind.parts.values().map(|p| p.kind.as_str()).collect(),
                )
            })
            .collect();
        for kind in model.kinds.keys() {
            if let Some(ring) = ring(&parts, kind) {
                self.error(
                    &format!("kinds.{kind}"),
                    "parts-cycle",
                    format!("parts go in a ring: {}", ring.join(" → ")),
                    "a part cannot have its whole as a part",
                );
            } else if depth(&parts, kind) > crate::fold::PART_DEPTH_MAX {
                self.error(
                    &format!("kinds.{kind}"),
                    "parts-too-deep",
                    format!(
                        "parts of {kind} stand more than {} deep",
                        crate::fold::PART_DEPTH_MAX
                    ),
                    "make the deepest a record of its whole",
                );
            }
        }
        let follows: BTreeMap<&str, Vec<&str>> = model
            .records
            .iter()
            .map(|(n, r)| (n.as_str(), r.follows.iter().map(String::as_str).collect()))
            .collect();
        for (name, r) in &model.records {
            // A type may follow itself beside others (a reply to a reply), but it must start somewhere.
            if r.about.is_empty() && !r.follows.is_empty() && about_of(model, name).is_empty() {
                let why = ring(&follows, name)
                    .map(|r| r.join(" → "))
                    .unwrap_or_default();
                self.error(
                    &format!("records.{name}"),
                    "follows-cycle",
                    format!("{name} is about nothing: {why}"),
                    "give it `about`, or let it follow a type that has it",
                );
            }
        }
    }

    /// Roles that cannot fold a kind, where nobody keeps its word for them.
    pub(super) fn folding(&mut self) {
        let model = self.model;
        for kind in model
            .kinds
            .keys()
            .filter(|k| model.life_cycle.contains_key(*k))
        {
            let told = crate::knowledge::roles_to_tell(model, kind);
            if !told.is_empty() && crate::notice::keeper_role(model, kind).is_none() {
                self.error(
                    &format!("life-cycle.{kind}"),
                    "no-keeper",
                    format!("{} cannot tell the state of a {kind} from what they get, and nobody tells them", told.join(", ")),
                    "name a `keeper` for its tracks, or widen the audience of what they read",
                );
            }
        }
    }
}

/// A track's states: the first, and those that moves lead to.
pub(super) fn track_states(life: &LifeCycle, track: &str) -> Vec<String> {
    let mut states = BTreeSet::new();
    if let Some(t) = life.tracks.get(track) {
        states.insert(t.first.clone());
        states.extend(t.moves.iter().map(|m| m.to.clone()));
    }
    states.into_iter().collect()
}

fn ring<'a>(edges: &BTreeMap<&'a str, Vec<&'a str>>, from: &'a str) -> Option<Vec<&'a str>> {
    let mut open = vec![vec![from]];
    let mut seen = BTreeSet::new();
    while let Some(way) = open.pop() {
        let last = way.last().copied()?;
        for next in edges.get(last).into_iter().flatten() {
            let mut on = way.clone();
            on.push(next);
            if *next == from {
                return Some(on);
            }
            if seen.insert(*next) {
                open.push(on);
            }
        }
    }
    None
}

fn depth(edges: &BTreeMap<&str, Vec<&str>>, from: &str) -> usize {
    fn go(edges: &BTreeMap<&str, Vec<&str>>, at: &str, left: usize) -> usize {
        if left == 0 {
            return 0;
        }
        edges
            .get(at)
            .into_iter()
            .flatten()
            .map(|n| 1 + go(edges, n, left - 1))
            .max()
            .unwrap_or(0)
    }
    go(edges, from, 8)
}
