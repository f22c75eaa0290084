//! The words of `profile.yaml` and `rules.yaml`, compared.

use std::collections::BTreeMap;

use super::element::{Element, Facet, Thing};
use super::{Change, Side, Sight};
use super::{deeds, life, sight};
use crate::expr::Expr;
use crate::model::{
    CharterWords, Kind, LifeCycle, Member, Model, Part, Pass, PassLine, Post, RecordType, Rule,
    Severity, TypedPath,
};
use crate::pointer::Path;

pub(super) type Things = BTreeMap<String, Thing>;

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
        &life::tracks,
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
        &life::moves,
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
        &life::holds,
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
        &life::balances,
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
        &life::show,
        out,
    );
    life::order(old, new, out);
    tell(
        Element {
            code: "state",
            at: "states",
            en: "look of state",
            es: "el aspecto del estado",
            ..FACE
        },
        &life::states,
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
        &life::clocks,
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
        &deeds::links,
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
        &deeds::automations,
        out,
    );
    tell(
        Element {
            code: "credential",
            at: "credentials",
            en: "credential for outsiders",
            es: "la credencial para terceros",
            ..CORE
        },
        &deeds::credentials,
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
        &deeds::tables,
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
        &deeds::columns,
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
        &deeds::indicators,
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
        &deeds::own_needs,
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
        &deeds::boards,
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
        &deeds::acts,
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
        &deeds::forms,
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
        needs: _,
        acts: _,
        states: _,
        links: _,
        automations: _,
        credentials: _,
        indicators: _,
        epcis: _,
        promises: _,
        reserved: _,
        codelists: _,
        texts: _,
        schemas: _,
        context: _,
        places: _,
        facts: _,
    } = model;
}

pub(super) fn when(expr: Option<&Expr>) -> String {
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

pub(super) fn pairs<'a, V: ToString + 'a>(
    map: impl IntoIterator<Item = (&'a String, V)>,
) -> Vec<String> {
    map.into_iter()
        .map(|(k, v)| format!("{k}: {}", v.to_string()))
        .collect()
}

pub(super) fn exprs(map: &BTreeMap<String, Expr>) -> Vec<String> {
    pairs(map.iter().map(|(k, v)| (k, v.text())))
}

impl Side {
    pub(super) fn thing(&self, id: &str, key: &str, facets: Vec<Facet>) -> Thing {
        Thing::of(facets).named(id, self.title("en", key, id), self.title("es", key, id))
    }

    pub(super) fn own<'a, V>(
        &'a self,
        what: &'a str,
        map: &'a BTreeMap<String, V>,
    ) -> impl Iterator<Item = (&'a String, &'a V)> {
        map.iter()
            .filter(move |(name, _)| self.owns(&format!("{what}.{name}")))
    }

    pub(super) fn lives(&self) -> impl Iterator<Item = (&String, &LifeCycle)> {
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
    let title = format!("profiles.{id}.title");
    Things::from([(id.clone(), side.thing(id, &title, facets))])
}

/// All that a pass says, as words that are compared one by one.
fn pass_words(pass: &Pass) -> Vec<String> {
    let Pass {
        by,
        lasts,
        after_end,
        number,
        ready,
        steps,
        lacks,
        sides,
        fields,
    } = pass;
    let line = |of: &str, l: &PassLine| {
        let values: Vec<String> = l
            .values
            .iter()
            .map(|(name, e)| format!("{name} = {}", e.text()))
            .collect();
        format!(
            "{of} {} {} {}",
            l.id,
            when(l.when.as_ref()),
            values.join(", ")
        )
    };
    let mut out: Vec<String> = by.iter().map(|b| format!("by {b}")).collect();
    out.extend(lasts.iter().map(|l| format!("lasts {l}")));
    out.extend(after_end.iter().map(|l| format!("after-end {l}")));
    out.extend(number.iter().map(|e| format!("number {}", e.text())));
    out.extend(ready.iter().map(|e| format!("ready {}", e.text())));
    out.extend(steps.iter().map(|l| line("step", l)));
    out.extend(lacks.iter().map(|l| line("lack", l)));
    for (side, lines) in sides {
        out.extend(lines.iter().map(|l| line(side, l)));
    }
    out.extend(
        fields
            .iter()
            .map(|(name, e)| format!("{name} = {}", e.text())),
    );
    out
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
                reference,
                client,
                pass,
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
                Facet::one(
                    "reference",
                    "number a party gives it for itself",
                    "el número que cada parte le da para sí",
                    typed_all(reference),
                )
                .face(),
                Facet::one(
                    "client",
                    "name of the client",
                    "el nombre del cliente",
                    typed_all(client),
                )
                .face(),
                Facet::many(
                    "pass",
                    "words of its pass, seen by whoever has the link",
                    "las palabras de su pase, que ve quien tiene el enlace",
                    pass.iter().flat_map(pass_words),
                )
                .sees(),
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
                // Follows from who sees what, which is told.
                inside: _,
                page,
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
                Facet::one(
                    "page",
                    "page that shows it",
                    "la página que lo muestra",
                    page.as_str(),
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
