//! Record types that every profile has: what the engine itself reads.

use serde_json::{Value, json};

use crate::model::{Audience, Model, RecordType};

/// Names of the record types here.
pub const BUILT_IN: &[&str] = &["Affirmation", "StateNotice", "Grant", "Mandate", ERASED];

/// By which a party lets another act for it.
pub const MANDATE: &str = "Mandate";

/// By which a party says that its home erased records of its own.
pub const ERASED: &str = "Erased";

/// The word for "any party of the trust list" in `issued-by`.
pub const ANY: &str = "any";

/// What people call a built-in record type, English and Spanish.
pub fn title(name: &str) -> Option<(&'static str, &'static str)> {
    match name {
        "Affirmation" => Some(("Affirmation", "Ratificación")),
        "StateNotice" => Some(("Notice of a state", "Aviso de estado")),
        "Grant" => Some((
            "Access granted to a case",
            "Acceso otorgado a un expediente",
        )),
        "Mandate" => Some(("Mandate to act for another", "Encargo para actuar por otro")),
        ERASED => Some(("Erased at its home", "Borrado en su nodo")),
        _ => None,
    }
}

/// Adds the built-in record types and their schemas; a profile's own of the same name stand, as far as they say something.
pub(crate) fn add(model: &mut Model) {
    let mut offices: Vec<String> = model.affirmed_by.values().flatten().cloned().collect();
    offices.extend(model.charter.signatories.iter().cloned());
    let mut keepers: Vec<String> = model
        .life_cycle
        .values()
        .flat_map(|l| l.tracks.values())
        .filter_map(|t| t.keeper.clone())
        .collect();
    for list in [&mut offices, &mut keepers] {
        list.sort();
        list.dedup();
    }
    if keepers.is_empty() {
        keepers.clone_from(&offices);
    }
    let everyone_seated = || {
        vec![
            Audience {
                to: model.charter.signatories.clone(),
                view: Vec::new(),
                view_name: String::new(),
            },
            Audience {
                to: vec!["seats".to_owned()],
                view: Vec::new(),
                view_name: String::new(),
            },
        ]
    };
    let any = vec![ANY.to_owned()];
    let made = [
        ("Affirmation", offices, "decision"),
        ("StateNotice", keepers, "event"),
        ("Grant", any.clone(), "document"),
        ("Mandate", any.clone(), "document"),
        (ERASED, any, "event"),
    ]
    .map(|(name, issued_by, face)| {
        (
            name,
            RecordType {
                issued_by,
                audience: everyone_seated(),
                face: face.to_owned(),
                ..RecordType::default()
            },
        )
    });
    for (name, record) in made {
        model.records.entry(name.to_owned()).or_insert(record);
    }
    schemas(model);
}

/// The schemas of the built-in record types, where the model has none of that name.
pub(crate) fn schemas(model: &mut Model) {
    for name in BUILT_IN {
        model
            .schemas
            .entry((*name).to_owned())
            .or_insert_with(|| schema(name));
    }
}

fn schema(name: &str) -> Value {
    let text = |en: &str, es: &str| json!({"type": "string", "minLength": 1, "maxLength": 400, "title": en, "x-title-es": es});
    let party = |en: &str, es: &str| json!({"type": "string", "minLength": 1, "maxLength": 400, "title": en, "x-title-es": es, "x-party": ANY});
    let instant = |en: &str, es: &str| json!({"type": "string", "format": "date-time", "title": en, "x-title-es": es});
    let (required, properties) = match name {
        "Affirmation" => (
            json!(["affirms"]),
            json!({"affirms": text("Record", "Registro"), "value": text("What is affirmed", "Lo que se afirma")}),
        ),
        "StateNotice" => (
            json!(["kind", "key", "state", "asOf"]),
            json!({
                "kind": text("Kind", "Tipo"), "key": text("Number", "Número"), "state": text("State", "Estado"),
                "since": instant("Since", "Desde"), "asOf": instant("As of", "Al"), "title": text("Name", "Nombre")
            }),
        ),
        "Grant" => (
            json!(["to", "from"]),
            json!({
                "records": {"type": "array", "items": text("Record", "Registro"), "maxItems": 5000, "title": "Records", "x-title-es": "Registros"},
                "case": {
                    "type": "object", "title": "Case", "x-title-es": "Expediente", "required": ["kind", "key"], "additionalProperties": false,
                    "properties": {"kind": text("Kind", "Tipo"), "key": text("Number", "Número")}
                },
                "to": text("To", "Para"),
                "from": {"type": "string", "enum": ["start", "now"], "title": "From", "x-title-es": "Desde"}
            }),
        ),
        ERASED => (
            json!(["records", "ground"]),
            json!({
                "records": {"type": "array", "items": text("Record", "Registro"), "minItems": 1, "maxItems": 5000, "title": "Records", "x-title-es": "Registros"},
                "ground": text("Why", "Por qué")
            }),
        ),
        _ => (
            json!(["grantor", "agent"]),
            json!({
                "grantor": party("Grantor", "Poderdante"), "agent": party("Agent", "Apoderado"),
                "scope": {"type": "array", "items": text("Record type", "Tipo de registro"), "maxItems": 200, "title": "Scope", "x-title-es": "Alcance"},
                "until": instant("Until", "Hasta")
            }),
        ),
    };
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object", "required": required, "properties": properties, "additionalProperties": false
    })
}
