//! The members of the standard that become members of records.

use crate::elements::{ElementRow, Goes};

type Row = (
    &'static str,
    &'static str,
    &'static str,
    bool,
    &'static [(&'static str, &'static str)],
);

/// What every record has of a project, and of the package around it.
const EACH: &[&str] = &[
    "ProjectDocument",
    "ProjectStated",
    "DateStated",
    "CostStated",
    "ProgressStated",
    "PartyNamed",
    "MilestonePlanned",
];

const ROWS: &[Row] = &[
    (
        "title",
        "title, taken for both languages",
        "título, que se toma para ambos idiomas",
        false,
        &[("ProjectStated", "/nameEn"), ("ProjectStated", "/nameEs")],
    ),
    (
        "status",
        "phase",
        "fase",
        false,
        &[("ProjectStated", "/phase")],
    ),
    (
        "sector",
        "sectors, which may say the class",
        "sectores, que pueden decir la clase",
        false,
        &[("ProjectStated", "/projectClass")],
    ),
    (
        "type",
        "what is done",
        "qué se hace",
        false,
        &[("ProjectStated", "/projectType")],
    ),
    (
        "budget/amount/amount",
        "allocated budget",
        "presupuesto asignado",
        false,
        &[
            ("ProjectStated", "/budgetAmount"),
            ("CostStated", "/amount"),
            ("CostStated", "/costKind"),
        ],
    ),
    (
        "budget/amount/currency",
        "its currency",
        "su moneda",
        false,
        &[
            ("ProjectStated", "/budgetCurrency"),
            ("CostStated", "/currency"),
        ],
    ),
    (
        "budget/approvalDate",
        "when it was approved",
        "cuándo se aprobó",
        false,
        &[("ProjectStated", "/budgetYear")],
    ),
    (
        "period/endDate",
        "planned end of the project",
        "fin previsto del proyecto",
        false,
        &[
            ("ProjectStated", "/currentTarget"),
            ("DateStated", "/date"),
            ("DateStated", "/dateKind"),
        ],
    ),
    (
        "completion/endDate",
        "when it was completed",
        "cuándo se terminó",
        false,
        &[
            ("ProjectStated", "/actualCompletion"),
            ("DateStated", "/date"),
            ("DateStated", "/dateKind"),
        ],
    ),
    (
        "completion/endDateDetails",
        "why that is not the planned date",
        "por qué no es la fecha prevista",
        false,
        &[("DateStated", "/reasonText")],
    ),
    (
        "completion/finalValue/amount",
        "final cost",
        "costo final",
        false,
        &[("CostStated", "/amount"), ("CostStated", "/costKind")],
    ),
    (
        "completion/finalValue/currency",
        "its currency",
        "su moneda",
        false,
        &[("CostStated", "/currency")],
    ),
    (
        "publicAuthority/name",
        "public authority",
        "autoridad pública",
        false,
        &[("ProjectStated", "/sponsors/*")],
    ),
    (
        "parties/name",
        "party",
        "participante",
        false,
        &[
            ("ProjectStated", "/sponsors/*"),
            ("PartyNamed", "/partyName"),
        ],
    ),
    (
        "parties/roles",
        "its roles",
        "sus papeles",
        false,
        &[("PartyNamed", "/partyRole")],
    ),
    (
        "parties/address/countryName",
        "its country",
        "su país",
        false,
        &[("PartyNamed", "/partySide")],
    ),
    (
        "locations/address/countryName",
        "country of a place",
        "país de un lugar",
        false,
        &[("ProjectStated", "/side")],
    ),
    (
        "locations/description",
        "first place",
        "primer lugar",
        false,
        &[("ProjectStated", "/port")],
    ),
    (
        "milestones/id",
        "milestone",
        "hito",
        false,
        &[
            ("MilestonePlanned", "/milestone"),
            ("DateStated", "/milestone"),
        ],
    ),
    (
        "milestones/title",
        "its title, taken for both languages",
        "su título, que se toma para ambos idiomas",
        false,
        &[
            ("MilestonePlanned", "/nameEn"),
            ("MilestonePlanned", "/nameEs"),
        ],
    ),
    (
        "milestones/code",
        "its code, which may say the kind",
        "su código, que puede decir el tipo",
        false,
        &[("MilestonePlanned", "/milestoneKind")],
    ),
    (
        "milestones/type",
        "its type, which may say the kind",
        "su tipo, que puede decir el tipo de hito",
        false,
        &[("MilestonePlanned", "/milestoneKind")],
    ),
    (
        "milestones/dueDate",
        "when it is due",
        "cuándo vence",
        false,
        &[("DateStated", "/date"), ("DateStated", "/dateKind")],
    ),
    (
        "milestones/dateMet",
        "when it was met",
        "cuándo se cumplió",
        false,
        &[("DateStated", "/date"), ("DateStated", "/dateKind")],
    ),
    (
        "metrics/id",
        "what is measured",
        "qué se mide",
        false,
        &[("ProgressStated", "/progressMeasure")],
    ),
    (
        "metrics/observations/measure",
        "measured progress, percent",
        "avance medido, por ciento",
        false,
        &[("ProgressStated", "/percent")],
    ),
    (
        "metrics/observations/period/endDate",
        "day of the measurement",
        "día de la medición",
        false,
        &[
            ("ProgressStated", "/statedOn"),
            ("ProgressStated", "occurred"),
        ],
    ),
    (
        "forecasts/id",
        "what is foreseen",
        "qué se prevé",
        false,
        &[("ProgressStated", "/progressMeasure")],
    ),
    (
        "forecasts/observations/measure",
        "foreseen progress, percent",
        "avance previsto, por ciento",
        false,
        &[
            ("ProgressStated", "/percent"),
            ("ProgressStated", "/planned"),
        ],
    ),
    (
        "forecasts/observations/period/endDate",
        "day of that forecast",
        "día de esa previsión",
        false,
        &[
            ("ProgressStated", "/statedOn"),
            ("ProgressStated", "occurred"),
        ],
    ),
];

/// All members that become one of a record. What has no row stays in the project's whole document.
pub fn elements() -> Vec<ElementRow> {
    let each =
        |place: &'static str, en: &'static str, es: &'static str, members: &[&'static str]| {
            let mut row = ElementRow::new(place, en, es, true, &[]);
            row.goes = EACH
                .iter()
                .flat_map(|record| members.iter().map(move |member| (*record, *member)))
                .map(|(record, member)| Goes {
                    record_type: record.into(),
                    member: member.into(),
                })
                .collect();
            row
        };
    let mut rows = vec![
        ElementRow::new(
            "projects",
            "the projects, each kept whole",
            "los proyectos, cada uno conservado completo",
            true,
            &[
                ("ProjectDocument", "/documentText"),
                ("ProjectDocument", "/documentForm"),
            ],
        ),
        each(
            "publishedDate",
            "when the package was published",
            "cuándo se publicó el paquete",
            &["/statedOn", "occurred"],
        ),
        each(
            "updated",
            "when the project was updated, where it stands alone",
            "cuándo se actualizó el proyecto, si viene solo",
            &["/statedOn", "occurred"],
        ),
        each(
            "uri",
            "the package's address",
            "dirección del paquete",
            &["/sources/*"],
        ),
        each(
            "id",
            "id of the project; the whole of it is kept as its document",
            "id del proyecto; todo él se conserva como su documento",
            &["/project", "/documentText", "/documentForm"],
        ),
    ];
    rows.extend(
        ROWS.iter().map(|(place, en, es, required, goes)| {
            ElementRow::new(*place, *en, *es, *required, goes)
        }),
    );
    rows
}
