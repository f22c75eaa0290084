//! What is found, signed by rule, measured and shown, compared.

use super::Side;
use super::element::Facet;
use super::element::Thing;
use super::program::{Things, exprs, pairs, typed, when};
use crate::model::Public;
use crate::model::{
    Act, Automation, Board, Column, Credential, Indicator, Link, Need, Table, Template,
    TemplateMember, Trigger,
};

pub(super) fn links(side: &Side) -> Things {
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

pub(super) fn automations(side: &Side) -> Things {
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

pub(super) fn tables(side: &Side) -> Things {
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

pub(super) fn columns(side: &Side) -> Things {
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

pub(super) fn indicators(side: &Side) -> Things {
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
                compare,
                public,
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
                Facet::one(
                    "compare",
                    "what is compared",
                    "lo que se compara",
                    compare.clone().unwrap_or_default(),
                ),
                Facet::one(
                    "public",
                    "where everybody sees it",
                    "dónde lo ve cualquiera",
                    public.map_or("", Public::word),
                )
                .face(),
            ];
            (
                id.clone(),
                side.thing(id, &format!("indicators.{id}"), facets),
            )
        })
        .collect()
}

/// `needs` of the top: put on boards of a used profile, and so in the core of this one.
pub(super) fn own_needs(side: &Side) -> Things {
    let boards = side.model().boards.values().flat_map(|b| &b.needs);
    let all = boards.chain(side.model().needs.values().flatten());
    all.filter(|n| side.owns(&format!("needs.{}", n.id)))
        .map(|n| {
            (
                n.id.clone(),
                side.thing(&n.id, &format!("needs.{}", n.id), need(n)),
            )
        })
        .collect()
}

fn need(need: &Need) -> Vec<Facet> {
    let Need {
        id: _,
        when,
        act,
        glyph,
        values,
        roles,
        holder,
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
        Facet::one(
            "holder",
            "who has it in hand",
            "quién lo tiene en sus manos",
            holder.clone().unwrap_or_default(),
        ),
    ]
}

pub(super) fn boards(side: &Side) -> Things {
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
                let places: Vec<String> = c
                    .places
                    .iter()
                    .map(|(port, names)| format!("{port} {}", names.join(" ")))
                    .collect();
                let places = if places.is_empty() {
                    String::new()
                } else {
                    format!(", {} {}", c.by, places.join("; "))
                };
                format!(
                    "{} ({}; {}{limit}{places})",
                    c.id,
                    c.states.join(", "),
                    c.show
                )
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

pub(super) fn credentials(side: &Side) -> Things {
    side.own("credentials", &side.model().credentials)
        .map(|(id, credential)| {
            let Credential {
                kind,
                from,
                when: condition,
                to,
                context,
                types,
                id: own_id,
                valid_from,
                valid_until,
                may_not_end,
                members,
                key,
                checked_by,
            } = credential;
            let mut said = Vec::new();
            template_lines("", members, &mut said);
            let facets = vec![
                Facet::one(
                    "kind",
                    "kind of case",
                    "el tipo de expediente",
                    kind.as_str(),
                )
                .lead(),
                Facet::one(
                    "from",
                    "record it repeats",
                    "el registro que repite",
                    from.as_str(),
                )
                .lead(),
                Facet::one(
                    "condition",
                    "condition",
                    "la condición",
                    when(condition.as_ref()),
                )
                .lead(),
                Facet::many(
                    "to",
                    "who may have it",
                    "quiénes pueden tenerla",
                    to.clone(),
                )
                .sees(),
                Facet::one("contexts", "contexts", "los contextos", context.join(", ")),
                Facet::one("types", "types", "los tipos", types.join(", ")),
                Facet::one("id", "its id", "su identificador", when(own_id.as_ref())),
                Facet::one(
                    "valid-from",
                    "from when it is valid",
                    "desde cuándo vale",
                    when(valid_from.as_ref()),
                ),
                Facet::one(
                    "valid-until",
                    "until when it is valid",
                    "hasta cuándo vale",
                    when(valid_until.as_ref()),
                ),
                Facet::flag(
                    "may-not-end",
                    *may_not_end,
                    [
                        "valid without end where the case names none",
                        "sin fin donde el expediente no lo dice",
                    ],
                    [
                        "made only where its end is known",
                        "se hace solo donde se conoce su fin",
                    ],
                ),
                Facet::many("members", "what it says", "lo que dice", said).sees(),
                Facet::one(
                    "key",
                    "where the case's key stands",
                    "dónde está la clave del expediente",
                    key.iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .join(", "),
                ),
                Facet::one(
                    "checked-by",
                    "act of who is shown one",
                    "el acto de quien la revisa",
                    checked_by.clone().unwrap_or_default(),
                ),
            ];
            (
                id.clone(),
                side.thing(id, &format!("credentials.{id}"), facets),
            )
        })
        .collect()
}

/// Each member of a template by its place and what it says.
fn template_lines(above: &str, members: &[TemplateMember], out: &mut Vec<String>) {
    for member in members {
        let place = format!(
            "{above}/{}{}",
            member.name,
            if member.optional { "?" } else { "" }
        );
        template_line(&place, &member.value, out);
    }
}

fn template_line(place: &str, template: &Template, out: &mut Vec<String>) {
    match template {
        Template::Literal(value) => out.push(format!("{place}: {value}")),
        Template::Is(expr) => out.push(format!("{place}: {}", expr.text())),
        Template::List(items) => {
            for (n, item) in items.iter().enumerate() {
                template_line(&format!("{place}/{n}"), item, out);
            }
        }
        Template::Members(inner) => template_lines(place, inner, out),
    }
}

pub(super) fn acts(side: &Side) -> Things {
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
            offer,
            form,
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
            Facet::many(
                "offers",
                "answers it offers",
                "las respuestas que ofrece",
                offer.iter().map(typed),
            ),
            Facet::flag(
                "form",
                *form,
                ["opens a form", "abre un formulario"],
                ["opens no form", "no abre formulario"],
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

pub(super) fn forms(side: &Side) -> Things {
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
