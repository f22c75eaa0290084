//! The words of `profile.yaml` and `rules.yaml`, compared.

use std::collections::{BTreeMap, BTreeSet};

use super::element::{Element, Facet, Thing};
use super::sight;
use super::{Change, Side, Sight};
use crate::expr::Expr;
use crate::model::{
    Act, Automation, Balance, Board, CharterWords, Clock, Column, Holds, Indicator, Kind, Link,
    Member, Model, Move, Part, Post, RecordType, Rule, Severity, Table, Track, Trigger, TypedPath,
    Until,
};
use crate::pointer::Path;

type Things = BTreeMap<String, Thing>;

const CORE: Element = Element {
    code: "",
    at: "",
    en: "",
    es: "",
    core: true,
    sees: None,
};
const FACE: Element = Element {
    core: false,
    ..CORE
};

/// Everything but schemas, lists and texts.
pub(super) fn compare(old: &Side, new: &Side, out: &mut Vec<Change>) {
    all_words(new.model());
    let tell = |element: Element, of: &dyn Fn(&Side) -> Things, out: &mut Vec<Change>| {
        element.compare(&of(old), &of(new), out);
    };
    tell(
        Element {
            code: "profile",
            at: "profile",
            en: "profile",
            es: "el programa",
            ..CORE
        },
        &heading,
        out,
    );
    tell(
        Element {
            code: "kind",
            at: "kinds",
            en: "kind of case",
            es: "el tipo de expediente",
            ..CORE
        },
        &kinds,
        out,
    );
    tell(
        Element {
            code: "part",
            at: "kinds",
            en: "part",
            es: "la parte",
            ..CORE
        },
        &parts,
        out,
    );
    tell(
        Element {
            code: "seat",
            at: "kinds",
            en: "seat",
            es: "el asiento",
            sees: Some(Sight::Wider),
            ..CORE
        },
        &seats,
        out,
    );
    tell(
        Element {
            code: "post",
            at: "posts",
            en: "post",
            es: "el puesto",
            ..CORE
        },
        &posts,
        out,
    );
    tell(
        Element {
            code: "record",
            at: "records",
            en: "record type",
            es: "el tipo de registro",
            sees: Some(Sight::Wider),
            ..CORE
        },
        &records,
        out,
    );
    sight::compare(old, new, out);
    tell(
        Element {
            code: "track",
            at: "life-cycle",
            en: "track",
            es: "la vía",
            ..CORE
        },
        &tracks,
        out,
    );
    tell(
        Element {
            code: "move",
            at: "life-cycle",
            en: "move",
            es: "el paso",
            ..CORE
        },
        &moves,
        out,
    );
    tell(
        Element {
            code: "holds",
            at: "life-cycle",
            en: "set of holds",
            es: "el conjunto de retenciones",
            ..CORE
        },
        &holds,
        out,
    );
    tell(
        Element {
            code: "balance",
            at: "life-cycle",
            en: "balance",
            es: "el saldo",
            ..CORE
        },
        &balances,
        out,
    );
    tell(
        Element {
            code: "show",
            at: "life-cycle",
            en: "line of show",
            es: "la línea de estado",
            ..CORE
        },
        &show,
        out,
    );
    order(old, new, out);
    tell(
        Element {
            code: "state",
            at: "states",
            en: "look of state",
            es: "el aspecto del estado",
            ..FACE
        },
        &states,
        out,
    );
    tell(
        Element {
            code: "clock",
            at: "clocks",
            en: "clock",
            es: "el plazo",
            ..CORE
        },
        &clocks,
        out,
    );
    tell(
        Element {
            code: "rule",
            at: "rules",
            en: "rule",
            es: "la regla",
            ..CORE
        },
        &rules,
        out,
    );
    tell(
        Element {
            code: "link",
            at: "links",
            en: "link",
            es: "el vínculo",
            ..CORE
        },
        &links,
        out,
    );
    tell(
        Element {
            code: "automation",
            at: "automations",
            en: "automation",
            es: "la automatización",
            ..CORE
        },
        &automations,
        out,
    );
    tell(
        Element {
            code: "table",
            at: "tables",
            en: "table",
            es: "la tabla",
            ..CORE
        },
        &tables,
        out,
    );
    tell(
        Element {
            code: "column",
            at: "tables",
            en: "column",
            es: "la columna",
            ..CORE
        },
        &columns,
        out,
    );
    tell(
        Element {
            code: "indicator",
            at: "indicators",
            en: "indicator",
            es: "el indicador",
            ..CORE
        },
        &indicators,
        out,
    );
    tell(
        Element {
            code: "need",
            at: "needs",
            en: "need",
            es: "la necesidad",
            ..CORE
        },
        &own_needs,
        out,
    );
    tell(
        Element {
            code: "board",
            at: "boards",
            en: "board",
            es: "el tablero",
            ..FACE
        },
        &boards,
        out,
    );
    tell(
        Element {
            code: "act",
            at: "acts",
            en: "act",
            es: "el acto",
            ..FACE
        },
        &acts,
        out,
    );
    tell(
        Element {
            code: "forms",
            at: "forms",
            en: "form",
            es: "el formulario",
            ..FACE
        },
        &forms,
        out,
    );
}

/// A word that is added to the model breaks this, so that it is not forgotten here.
fn all_words(model: &Model) {
    let Model {
        id: _,
        version: _,
        charter: _,
        members: _,
        kind_of: _,
        type_of: _,
        calendars: _,
        posts: _,
        kinds: _,
        records: _,
        life_cycle: _,
        clocks: _,
        rules: _,
        affirmed_by: _,
        tables: _,
        boards: _,
        acts: _,
        states: _,
        links: _,
        automations: _,
        indicators: _,
        reserved: _,
        codelists: _,
        texts: _,
        schemas: _,
        context: _,
        places: _,
        facts: _,
    } = model;
}

fn when(expr: Option<&Expr>) -> String {
    expr.map_or_else(String::new, |e| e.text().to_owned())
}

fn paths(paths: &[Path]) -> Vec<String> {
    paths.iter().map(Path::to_string).collect()
}

pub(super) fn typed(path: &TypedPath) -> String {
    format!("{}#{}", path.record_type, path.path)
}

fn typed_all(all: &[TypedPath]) -> String {
    let all: Vec<String> = all.iter().map(typed).collect();
    all.join(", ")
}

fn pairs<'a, V: ToString + 'a>(map: impl IntoIterator<Item = (&'a String, V)>) -> Vec<String> {
    map.into_iter()
        .map(|(k, v)| format!("{k}: {}", v.to_string()))
        .collect()
}

fn exprs(map: &BTreeMap<String, Expr>) -> Vec<String> {
    pairs(map.iter().map(|(k, v)| (k, v.text())))
}

impl Side {
    fn thing(&self, id: &str, key: &str, facets: Vec<Facet>) -> Thing {
        Thing::of(facets).named(id, self.title("en", key, id), self.title("es", key, id))
    }

    fn own<'a, V>(
        &'a self,
        what: &'a str,
        map: &'a BTreeMap<String, V>,
    ) -> impl Iterator<Item = (&'a String, &'a V)> {
        map.iter()
            .filter(move |(name, _)| self.owns(&format!("{what}.{name}")))
    }

    fn lives(&self) -> impl Iterator<Item = (&String, &crate::model::LifeCycle)> {
        self.own("life-cycle", &self.model().life_cycle)
    }
}

fn heading(side: &Side) -> Things {
    let model = side.model();
    let Some(member) = model.members.iter().find(|m| m.id == model.id) else {
        return Things::new();
    };
    let Member {
        id,
        version,
        charter,
        uses,
        roles,
        accepts,
    } = member;
    let CharterWords {
        signatories,
        notice,
    } = charter;
    let accepted = accepts
        .iter()
        .flat_map(|(profile, types)| types.iter().map(move |t| format!("{profile}: {t}")));
    let facets = vec![
        Facet::one("version", "version", "la versión", version.as_str()),
        // Who signs is by default who gets every record.
        Facet::many(
            "signatories",
            "the charter's signatories",
            "los firmantes de la carta",
            signatories.clone(),
        )
        .sees(),
        Facet::one(
            "notice",
            "notice between signing and force",
            "el aviso entre firma y vigencia",
            notice.clone().unwrap_or_default(),
        ),
        Facet::many(
            "uses",
            "profiles it stands on",
            "los programas en que se apoya",
            pairs(uses),
        ),
        Facet::many(
            "accepts",
            "types it accepts from other profiles",
            "los tipos que acepta de otros programas",
            accepted,
        ),
        Facet::many("roles", "roles", "los papeles", roles.clone()),
    ];
    Things::from([(id.clone(), side.thing(id, "profile.title", facets))])
}

fn kinds(side: &Side) -> Things {
    side.own("kinds", &side.model().kinds)
        .map(|(id, kind)| {
            let Kind {
                key,
                owner,
                reuse_after,
                parts: _,
                seats: _,
                told,
                title,
            } = kind;
            let facets = vec![
                Facet::one("key", "key", "la clave", paths(key).join(", ")).lead(),
                Facet::many(
                    "owners",
                    "roles that open it",
                    "los papeles que lo abren",
                    owner.roles.iter().cloned(),
                )
                .lead(),
                Facet::one(
                    "namespace",
                    "number that must be held",
                    "el número que se debe tener",
                    owner.holds.clone().unwrap_or_default(),
                ),
                Facet::one(
                    "reuse",
                    "time until its key may be used anew",
                    "el tiempo hasta reusar la clave",
                    reuse_after.clone().unwrap_or_default(),
                ),
                Facet::many(
                    "told",
                    "roles told its state",
                    "los papeles a los que se dice su estado",
                    told.clone(),
                )
                .sees(),
                Facet::one(
                    "title",
                    "name people give a case",
                    "el nombre que se da a un expediente",
                    typed_all(title),
                )
                .face(),
            ];
            (id.clone(), side.thing(id, &format!("kinds.{id}"), facets))
        })
        .collect()
}

fn parts(side: &Side) -> Things {
    let mut out = Things::new();
    for (kind, k) in side.own("kinds", &side.model().kinds) {
        for (name, part) in &k.parts {
            let Part {
                kind: of,
                from,
                at,
                none_if,
            } = part;
            let facets = vec![
                Facet::one("kind", "kind", "el tipo de expediente", of.as_str()).lead(),
                Facet::one(
                    "list",
                    "list it is read from",
                    "la lista de donde se lee",
                    format!("{from}#{at}"),
                )
                .lead(),
                Facet::one(
                    "none-if",
                    "condition for an empty list",
                    "la condición de lista vacía",
                    when(none_if.as_ref()),
                ),
            ];
            out.insert(format!("{kind}.parts.{name}"), Thing::of(facets));
        }
    }
    out
}

fn seats(side: &Side) -> Things {
    let mut out = Things::new();
    for (kind, k) in side.own("kinds", &side.model().kinds) {
        for (name, from) in &k.seats {
            let facets = vec![
                Facet::many(
                    "from",
                    "where its holder is read",
                    "los lugares donde se lee quién lo ocupa",
                    from.iter().map(typed),
                )
                .sees()
                .lead(),
            ];
            out.insert(format!("{kind}.seats.{name}"), Thing::of(facets));
        }
    }
    out
}

fn posts(side: &Side) -> Things {
    side.own("posts", &side.model().posts)
        .map(|(id, post)| {
            let Post { roles, at } = post;
            let facets = vec![
                Facet::many(
                    "roles",
                    "roles that may hold it",
                    "los papeles que lo ocupan",
                    roles.clone(),
                )
                .sees()
                .lead(),
                Facet::one(
                    "place",
                    "where its place is read",
                    "la fuente de su lugar",
                    typed_all(at),
                ),
            ];
            (id.clone(), Thing::of(facets))
        })
        .collect()
}

fn records(side: &Side) -> Things {
    let model = side.model();
    side.own("records", &model.records)
        .map(|(id, ty)| {
            let RecordType {
                issued_by,
                about,
                follows,
                audience: _,
                decisive,
                accepts,
                secret_office,
                late,
                replaceable_by,
                search,
                face,
                side: lane,
                brief,
            } = ty;
            let affirmed = model.affirmed_by.get(id).cloned().unwrap_or_default();
            let search = search
                .iter()
                .flat_map(|(name, all)| all.iter().map(move |p| format!("{name}: {p}")));
            let facets = vec![
                Facet::many(
                    "issuers",
                    "who may issue it",
                    "quienes pueden emitirlo",
                    issued_by.clone(),
                )
                .lead(),
                Facet::many(
                    "about",
                    "cases it is about",
                    "los expedientes de que trata",
                    pairs(about),
                ),
                Facet::many(
                    "follows",
                    "types it follows",
                    "los tipos que sigue",
                    follows.clone(),
                )
                .lead(),
                Facet::many(
                    "affirmers",
                    "offices that must affirm it",
                    "las autoridades que deben afirmarlo",
                    affirmed,
                ),
                Facet::flag(
                    "decisive",
                    *decisive,
                    [
                        "decisive: no earlier-dated record undoes it unseen",
                        "decisivo: ningún registro de fecha anterior lo deshace sin verse",
                    ],
                    ["decisive no longer", "ya no es decisivo"],
                ),
                Facet::many(
                    "standings",
                    "standings taken beside the office's own act",
                    "las calidades admitidas además del acto propio",
                    accepts.clone(),
                ),
                // Secret is what nobody else sees: no longer so, somebody sees more.
                Facet::flag(
                    "open",
                    !*secret_office,
                    [
                        "no longer secret to its office",
                        "ya no es secreto de su autoridad",
                    ],
                    ["secret to its office", "secreto de su autoridad"],
                )
                .sees(),
                Facet::one(
                    "late",
                    "delay with which it may be logged",
                    "el retraso con que se puede asentar",
                    late.clone().unwrap_or_default(),
                ),
                Facet::many(
                    "replacers",
                    "who else may correct or withdraw it",
                    "quienes además pueden corregirlo o retirarlo",
                    replaceable_by.clone(),
                ),
                Facet::many(
                    "search",
                    "names it is found by",
                    "los nombres por los que se encuentra",
                    search,
                ),
                Facet::one(
                    "face",
                    "face on the page",
                    "el aspecto en la página",
                    face.as_str(),
                )
                .face(),
                Facet::one(
                    "side",
                    "side on the page",
                    "el lado en la página",
                    lane.as_str(),
                )
                .face(),
                Facet::one(
                    "brief",
                    "members shown first",
                    "los campos que se muestran primero",
                    paths(brief).join(", "),
                )
                .face(),
            ];
            let titles = |lang: &str, member: &str| {
                side.title(lang, &format!("records.{id}"), id).or_else(|| {
                    let schema = side.own.schemas.get(id)?;
                    schema
                        .get(member)?
                        .as_str()
                        .filter(|t| t != id)
                        .map(str::to_owned)
                })
            };
            let thing =
                Thing::of(facets).named(id, titles("en", "title"), titles("es", "x-title-es"));
            (id.clone(), thing)
        })
        .collect()
}

fn tracks(side: &Side) -> Things {
    let mut out = Things::new();
    for (kind, life) in side.lives() {
        for (name, track) in &life.tracks {
            let Track {
                first,
                keeper,
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
            ];
            out.insert(format!("{kind}.tracks.{name}"), Thing::of(facets));
        }
    }
    out
}

/// Called by what moves and whither; of several such the later ones by number.
fn moves(side: &Side) -> Things {
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

fn holds(side: &Side) -> Things {
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

fn balances(side: &Side) -> Things {
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

fn show(side: &Side) -> Things {
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
fn order(old: &Side, new: &Side, out: &mut Vec<Change>) {
    let before: BTreeMap<&String, _> = old.lives().collect();
    for (kind, life) in new.lives() {
        let Some(was) = before.get(kind) else {
            continue;
        };
        let states = |l: &crate::model::LifeCycle| {
            l.show.iter().map(|s| s.state.clone()).collect::<Vec<_>>()
        };
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
    (a != b).then(|| [super::element::listed(&a), super::element::listed(&b)])
}

fn states(side: &Side) -> Things {
    side.own("states", &side.model().states)
        .map(|(id, face)| {
            let facets = vec![Facet::one("look", "look", "el aspecto", face.look.as_str()).lead()];
            (id.clone(), side.thing(id, &format!("states.{id}"), facets))
        })
        .collect()
}

fn clocks(side: &Side) -> Things {
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

fn rules(side: &Side) -> Things {
    let own = side
        .model()
        .rules
        .iter()
        .filter(|r| side.owns(&format!("rules.{}", r.code)));
    own.map(|rule| {
        let Rule {
            code,
            on,
            when: condition,
            must,
            severity,
            pointer,
            message,
            values,
        } = rule;
        let severity = match severity {
            Severity::Refuse => ["refusal".to_owned(), "rechazo".to_owned()],
            Severity::Dispute => ["dispute".to_owned(), "disputa".to_owned()],
            Severity::Warn => ["warning".to_owned(), "aviso".to_owned()],
        };
        let facets = vec![
            Facet::many(
                "types",
                "types it judges",
                "los tipos que juzga",
                on.clone(),
            )
            .lead(),
            Facet::said("severity", "severity", "la severidad", severity).lead(),
            Facet::one(
                "condition",
                "what must be true",
                "lo que debe cumplirse",
                must.text(),
            )
            .lead(),
            Facet::one(
                "when",
                "when it applies",
                "la condición para que se aplique",
                when(condition.as_ref()),
            ),
            Facet::one(
                "pointer",
                "what it points at",
                "lo que señala",
                pointer.as_str(),
            ),
            Facet::one(
                "message",
                "text key of its message",
                "la clave de su mensaje",
                message.as_str(),
            ),
            Facet::many(
                "values",
                "values in its message",
                "los valores de su mensaje",
                exprs(values),
            ),
        ];
        (code.clone(), side.thing(code, message, facets))
    })
    .collect()
}

fn links(side: &Side) -> Things {
    side.own("links", &side.model().links)
        .map(|(id, link)| {
            let Link {
                kind,
                by,
                key,
                filter,
                at,
                fresh_within,
            } = link;
            let at = at.iter().map(|p| match &p.record_type {
                Some(ty) => format!("{ty}#{}", p.path),
                None => p.path.to_string(),
            });
            let facets = vec![
                Facet::one(
                    "kind",
                    "kind of the cases found",
                    "el tipo de los expedientes hallados",
                    kind.as_str(),
                )
                .lead(),
                Facet::one("by", "search name", "el nombre de búsqueda", by.as_str()),
                Facet::one("key", "key", "la clave", key.clone().unwrap_or_default()),
                Facet::one(
                    "filter",
                    "which of them count",
                    "la condición para que cuenten",
                    when(filter.as_ref()),
                ),
                Facet::many(
                    "at",
                    "where the values stand",
                    "los lugares donde están los valores",
                    at,
                ),
                Facet::one(
                    "fresh",
                    "greatest age",
                    "la antigüedad máxima",
                    fresh_within.clone().unwrap_or_default(),
                ),
            ];
            (id.clone(), Thing::of(facets))
        })
        .collect()
}

fn automations(side: &Side) -> Things {
    let own = side
        .model()
        .automations
        .iter()
        .filter(|a| side.owns(&format!("automations.{}", a.id)));
    own.map(|automation| {
        let Automation {
            id,
            office,
            on,
            when: condition,
            issue,
            with,
            take,
            follows_trigger,
        } = automation;
        let on = match on {
            Trigger::Records(types) => types.join(", "),
            Trigger::State { kind, state } => format!("{kind}: {state}"),
        };
        let facets = vec![
            Facet::one(
                "office",
                "office that signs",
                "la autoridad que firma",
                office.as_str(),
            )
            .lead(),
            Facet::one("trigger", "what it answers to", "lo que la provoca", on).lead(),
            Facet::one(
                "condition",
                "condition",
                "la condición",
                when(condition.as_ref()),
            )
            .lead(),
            Facet::one("issues", "what it issues", "lo que emite", issue.as_str()).lead(),
            Facet::many(
                "sets",
                "members it sets",
                "los campos que fija",
                pairs(with),
            ),
            Facet::many(
                "takes",
                "members it takes",
                "los campos que toma",
                exprs(take),
            ),
            Facet::flag(
                "follows",
                *follows_trigger,
                [
                    "its record follows the trigger",
                    "su registro sigue al que lo provoca",
                ],
                [
                    "its record follows nothing",
                    "su registro no sigue a ninguno",
                ],
            ),
        ];
        (
            id.clone(),
            side.thing(id, &format!("automations.{id}"), facets),
        )
    })
    .collect()
}

fn tables(side: &Side) -> Things {
    side.own("tables", &side.model().tables)
        .map(|(id, table)| {
            let Table {
                row_per,
                zone,
                dated,
                columns: _,
            } = table;
            let facets = vec![
                Facet::one("rows", "row unit", "la unidad de la fila", row_per.as_str()).lead(),
                Facet::one(
                    "zone",
                    "zone",
                    "la zona horaria",
                    zone.clone().unwrap_or_default(),
                ),
                Facet::one(
                    "dated",
                    "instant that dates a row",
                    "el instante que fecha la fila",
                    dated.clone().unwrap_or_default(),
                ),
            ];
            (id.clone(), Thing::of(facets))
        })
        .collect()
}

fn columns(side: &Side) -> Things {
    let mut out = Things::new();
    for (table, t) in side.own("tables", &side.model().tables) {
        for (name, column) in &t.columns {
            let from = match column {
                Column::At(path) => typed(path),
                Column::Entered {
                    track: Some(track),
                    state,
                } => format!("{track}.{state}"),
                Column::Entered { track: None, state } => state.clone(),
                Column::Is(expr) => expr.text().to_owned(),
            };
            let facets = vec![Facet::one("source", "source", "la fuente", from).lead()];
            out.insert(format!("{table}.columns.{name}"), Thing::of(facets));
        }
    }
    out
}

fn indicators(side: &Side) -> Things {
    side.own("indicators", &side.model().indicators)
        .map(|(id, indicator)| {
            let Indicator {
                over,
                measure,
                of,
                filter,
                numerator,
                denominator,
                unit,
                by,
                least,
                chart,
            } = indicator;
            let facets = vec![
                Facet::one("over", "table", "la tabla", over.as_str()).lead(),
                Facet::one(
                    "measure",
                    "measure",
                    "la medida",
                    format!("{measure:?}").to_lowercase(),
                )
                .lead(),
                Facet::one(
                    "of",
                    "what is measured",
                    "lo que se mide",
                    when(of.as_ref()),
                )
                .lead(),
                Facet::one(
                    "where",
                    "rows that count",
                    "las filas que cuentan",
                    when(filter.as_ref()),
                ),
                Facet::one(
                    "numerator",
                    "numerator",
                    "el numerador",
                    when(numerator.as_ref()),
                ),
                Facet::one(
                    "denominator",
                    "denominator",
                    "el denominador",
                    when(denominator.as_ref()),
                ),
                Facet::one("unit", "unit", "la unidad", unit.as_str()),
                Facet::many("by", "dimensions", "las dimensiones", by.clone()),
                Facet::one(
                    "least",
                    "smallest group shown",
                    "el grupo más pequeño que se muestra",
                    least.to_string(),
                ),
                Facet::one(
                    "chart",
                    "chart",
                    "la gráfica",
                    format!("{chart:?}").to_lowercase(),
                ),
            ];
            (
                id.clone(),
                side.thing(id, &format!("indicators.{id}"), facets),
            )
        })
        .collect()
}

/// `needs` of the top: put on boards of a used profile, and so in the core of this one.
fn own_needs(side: &Side) -> Things {
    let all = side.model().boards.values().flat_map(|b| &b.needs);
    all.filter(|n| side.owns(&format!("needs.{}", n.id)))
        .map(|n| {
            (
                n.id.clone(),
                side.thing(&n.id, &format!("needs.{}", n.id), need(n)),
            )
        })
        .collect()
}

fn need(need: &crate::model::Need) -> Vec<Facet> {
    let crate::model::Need {
        id: _,
        when,
        act,
        glyph,
        values,
        roles,
    } = need;
    vec![
        Facet::one("condition", "condition", "la condición", when.text()).lead(),
        Facet::one(
            "act",
            "act offered",
            "el acto ofrecido",
            act.clone().unwrap_or_default(),
        ),
        Facet::one("glyph", "sign", "el signo", glyph.as_str()),
        Facet::many(
            "values",
            "values in its text",
            "los valores de su texto",
            exprs(values),
        ),
        Facet::many(
            "roles",
            "roles it concerns",
            "los papeles a los que toca",
            roles.clone(),
        ),
    ]
}

fn boards(side: &Side) -> Things {
    side.own("boards", &side.model().boards)
        .map(|(id, board)| {
            let Board {
                rows,
                columns,
                needs,
                fields,
                when: condition,
            } = board;
            let columns = columns.iter().map(|c| {
                let limit = c
                    .limit_min
                    .map_or_else(String::new, |m| format!(", {m} min"));
                format!("{} ({}; {}{limit})", c.id, c.states.join(", "), c.show)
            });
            let columns: Vec<String> = columns.collect();
            let own = needs
                .iter()
                .filter(|n| !side.owns(&format!("needs.{}", n.id)));
            let needs = own.map(|n| format!("{}: {}", n.id, n.when.text()));
            let facets = vec![
                Facet::one("rows", "rows", "las filas", rows.as_str()).lead(),
                Facet::one("columns", "columns", "las columnas", columns.join(", ")),
                Facet::many("needs", "needs", "las necesidades", needs),
                Facet::many("fields", "fields", "los campos", exprs(fields)),
                Facet::one(
                    "condition",
                    "cases on it",
                    "los expedientes que muestra",
                    when(condition.as_ref()),
                ),
            ];
            (id.clone(), Thing::of(facets))
        })
        .collect()
}

fn acts(side: &Side) -> Things {
    let own = side
        .model()
        .acts
        .iter()
        .filter(|a| side.owns(&format!("acts.{}", a.id)));
    own.map(|act| {
        let Act {
            id,
            kind,
            issue,
            with,
            take,
            ask,
            many,
            when: condition,
            grave,
        } = act;
        let facets = vec![
            Facet::one(
                "kind",
                "kind of case",
                "el tipo de expediente",
                kind.as_str(),
            )
            .lead(),
            Facet::one("issues", "what it issues", "lo que emite", issue.as_str()).lead(),
            Facet::many(
                "sets",
                "members it sets",
                "los campos que fija",
                pairs(with),
            ),
            Facet::many(
                "takes",
                "members it takes",
                "los campos que toma",
                exprs(take),
            ),
            Facet::one(
                "asks",
                "its question",
                "su pregunta",
                ask.clone().unwrap_or_default(),
            ),
            Facet::flag(
                "many",
                *many,
                ["done for many at once", "se hace para muchos a la vez"],
                ["done one by one", "se hace uno por uno"],
            ),
            Facet::one(
                "condition",
                "condition",
                "la condición",
                when(condition.as_ref()),
            ),
            Facet::flag(
                "grave",
                *grave,
                ["asks once more", "pregunta una vez más"],
                ["does not ask again", "no vuelve a preguntar"],
            ),
        ];
        (id.clone(), side.thing(id, &format!("acts.{id}"), facets))
    })
    .collect()
}

fn forms(side: &Side) -> Things {
    let reserved = &side.model().reserved;
    reserved
        .iter()
        .map(|(id, value)| {
            (
                id.clone(),
                Thing::of(vec![Facet::one(
                    "words",
                    "words",
                    "las palabras",
                    value.to_string(),
                )]),
            )
        })
        .collect()
}
