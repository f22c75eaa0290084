//! Life cycles and clocks, compared.

use std::collections::{BTreeMap, BTreeSet};

use super::element::{Facet, Thing, listed};
use super::program::{Things, pairs, typed, when};
use super::{Change, Side};
use crate::model::{Balance, Clock, Holds, LifeCycle, Move, Track, Until};

pub(super) fn tracks(side: &Side) -> Things {
    let mut out = Things::new();
    for (kind, life) in side.lives() {
        for (name, track) in &life.tracks {
            let Track {
                first,
                keeper,
                said,
                moves: _,
            } = track;
            let facets = vec![
                Facet::one("first", "first state", "el primer estado", first.as_str()).lead(),
                Facet::one(
                    "keeper",
                    "keeper",
                    "quien da fe",
                    keeper.clone().unwrap_or_default(),
                )
                .lead(),
                Facet::one(
                    "said",
                    "what is said, by whomever",
                    "lo que se dice, quien sea",
                    if *said { "true" } else { "" },
                ),
            ];
            out.insert(format!("{kind}.tracks.{name}"), Thing::of(facets));
        }
    }
    out
}

/// Called by what moves and whither; of several such the later ones by number.
pub(super) fn moves(side: &Side) -> Things {
    let mut out = Things::new();
    for (kind, life) in side.lives() {
        for (name, track) in &life.tracks {
            for step in &track.moves {
                let Move {
                    on,
                    to,
                    from,
                    when: condition,
                } = step;
                let facets = vec![
                    Facet::many(
                        "from",
                        "states it leaves",
                        "los estados de que sale",
                        from.clone(),
                    )
                    .lead(),
                    Facet::one(
                        "condition",
                        "condition",
                        "la condición",
                        when(condition.as_ref()),
                    )
                    .lead(),
                ];
                let id = format!("{kind}.tracks.{name}: {on} -> {to}");
                out.insert(free(&out, id), Thing::of(facets));
            }
        }
    }
    out
}

fn free(taken: &Things, id: String) -> String {
    let mut name = id.clone();
    let mut n = 2;
    while taken.contains_key(&name) {
        name = format!("{id} ({n})");
        n += 1;
    }
    name
}

pub(super) fn holds(side: &Side) -> Things {
    side.lives()
        .filter_map(|(kind, life)| {
            let Holds {
                opens,
                closes,
                by_same_office,
            } = life.holds.as_ref()?;
            let facets = vec![
                Facet::many(
                    "openers",
                    "types that open one",
                    "los tipos que abren una",
                    opens.clone(),
                )
                .lead(),
                Facet::many(
                    "closers",
                    "types that close one",
                    "los tipos que cierran una",
                    closes.clone(),
                )
                .lead(),
                Facet::flag(
                    "same-office",
                    *by_same_office,
                    [
                        "closed only by the office that opened it",
                        "la cierra solo la autoridad que la abrió",
                    ],
                    ["closed by any office", "la cierra cualquier autoridad"],
                ),
            ];
            Some((format!("{kind}.holds"), Thing::of(facets)))
        })
        .collect()
}

pub(super) fn balances(side: &Side) -> Things {
    let mut out = Things::new();
    for (kind, life) in side.lives() {
        for (name, balance) in &life.balances {
            let Balance { inn, out: outgoing } = balance;
            let facets = vec![
                Facet::many("in", "what comes in", "lo que entra", inn.iter().map(typed)).lead(),
                Facet::many(
                    "out",
                    "what goes out",
                    "lo que sale",
                    outgoing.iter().map(typed),
                )
                .lead(),
            ];
            out.insert(format!("{kind}.balance.{name}"), Thing::of(facets));
        }
    }
    out
}

pub(super) fn show(side: &Side) -> Things {
    let mut out = Things::new();
    for (kind, life) in side.lives() {
        for line in &life.show {
            let facets = vec![
                Facet::one(
                    "condition",
                    "condition",
                    "la condición",
                    when(line.when.as_ref()),
                )
                .lead(),
            ];
            let id = format!("{kind}.show.{}", line.state);
            let key = format!("states.{}", line.state);
            let thing = side.thing(&id, &key, facets);
            out.insert(free(&out, id), thing);
        }
    }
    out
}

/// The order of lines of `show` (the first that is true counts), and of moves (the first that fits), among those in both versions.
pub(super) fn order(old: &Side, new: &Side, out: &mut Vec<Change>) {
    let before: BTreeMap<&String, _> = old.lives().collect();
    for (kind, life) in new.lives() {
        let Some(was) = before.get(kind) else {
            continue;
        };
        let states = |l: &LifeCycle| l.show.iter().map(|s| s.state.clone()).collect::<Vec<_>>();
        if let Some([a, b]) = reordered(states(was), states(life)) {
            out.push(Change {
                code: "show-reordered".to_owned(),
                at: format!("life-cycle.{kind}.show"),
                core: true,
                sees: None,
                en: format!("Kind of case `{kind}`: the lines of show stood {a} and stand {b}; the first that is true counts."),
                es: format!("Tipo de expediente `{kind}`: las líneas de estado estaban {a} y están {b}; cuenta la primera que se cumple."),
            });
        }
        for (name, track) in &life.tracks {
            let Some(was) = was.tracks.get(name) else {
                continue;
            };
            let steps = |t: &Track| {
                t.moves
                    .iter()
                    .map(|m| format!("{} -> {}", m.on, m.to))
                    .collect::<Vec<_>>()
            };
            if let Some([a, b]) = reordered(steps(was), steps(track)) {
                out.push(Change {
                    code: "move-reordered".to_owned(),
                    at: format!("life-cycle.{kind}.tracks.{name}"),
                    core: true,
                    sees: None,
                    en: format!("Track `{kind}.tracks.{name}`: the moves stood {a} and stand {b}; the first that fits counts."),
                    es: format!("Vía `{kind}.tracks.{name}`: los pasos estaban {a} y están {b}; cuenta el primero que corresponde."),
                });
            }
        }
    }
}

/// Both orders of what is in both lists, where they differ.
fn reordered(old: Vec<String>, new: Vec<String>) -> Option<[String; 2]> {
    let both: BTreeSet<String> = old.iter().filter(|x| new.contains(x)).cloned().collect();
    let kept = |list: Vec<String>| {
        list.into_iter()
            .filter(|x| both.contains(x))
            .collect::<Vec<_>>()
    };
    let (a, b) = (kept(old), kept(new));
    (a != b).then(|| [listed(&a), listed(&b)])
}

pub(super) fn states(side: &Side) -> Things {
    side.own("states", &side.model().states)
        .map(|(id, face)| {
            let facets = vec![Facet::one("look", "look", "el aspecto", face.look.as_str()).lead()];
            (id.clone(), side.thing(id, &format!("states.{id}"), facets))
        })
        .collect()
}

pub(super) fn clocks(side: &Side) -> Things {
    side.own("clocks", &side.model().clocks)
        .map(|(id, clock)| {
            let Clock {
                kind,
                from,
                last,
                count,
                calendar,
                zone,
                until,
                extend,
                owner,
                sign,
                before,
                when: condition,
                warn,
            } = clock;
            let until = match until {
                Until::Records(types) => types.join(", "),
                Until::When(expr) => expr.text().to_owned(),
            };
            let (unit_en, unit_es) = match count.as_str() {
                "minutes" => ("minutes", "minutos"),
                "hours" => ("hours", "horas"),
                "days" => ("days", "días naturales"),
                "business-days" => ("business days", "días hábiles"),
                other => (other, other),
            };
            let (way_en, way_es) = if *before {
                (" before it", " antes")
            } else {
                ("", "")
            };
            let facets = vec![
                Facet::one(
                    "kind",
                    "kind of case",
                    "el tipo de expediente",
                    kind.as_str(),
                ),
                Facet::said(
                    "length",
                    "length",
                    "la duración",
                    [
                        format!("{last} {unit_en}{way_en}"),
                        format!("{last} {unit_es}{way_es}"),
                    ],
                )
                .lead(),
                Facet::one("start", "start", "el inicio", typed(from)).lead(),
                Facet::one("end", "end", "el fin", until).lead(),
                Facet::one(
                    "condition",
                    "cases in which it runs",
                    "los casos en que corre",
                    when(condition.as_ref()),
                ),
                Facet::one(
                    "warning",
                    "warning before it is due",
                    "el aviso previo al vencimiento",
                    warn.clone().unwrap_or_default(),
                ),
                Facet::one(
                    "calendar",
                    "calendar",
                    "el calendario",
                    calendar.clone().unwrap_or_default(),
                ),
                Facet::one(
                    "zone",
                    "zone",
                    "la zona horaria",
                    zone.clone().unwrap_or_default(),
                ),
                Facet::one(
                    "extension",
                    "type that extends it",
                    "el tipo que lo prorroga",
                    extend.clone().unwrap_or_default(),
                ),
                Facet::one("owner", "who owes", "el obligado", owner.as_str()).lead(),
                Facet::many(
                    "signers",
                    "what may be signed when it has run out",
                    "lo que se puede firmar al vencer",
                    pairs(sign),
                ),
            ];
            (id.clone(), side.thing(id, &format!("clocks.{id}"), facets))
        })
        .collect()
}
