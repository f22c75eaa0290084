//! One parameter: its name to what it tests, its value to what is wanted.

use serde_json::Value;

use super::super::context::Namespaces;
use super::super::{check, instant, vocabulary as words};
use super::{Slip, VALUES_MAX};

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    Equal,
    Above,
    AtLeast,
    Below,
    AtMost,
}

/// Where extension fields are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Event,
    Ilmd,
    Error,
    SensorElement,
    SensorMetadata,
    SensorReport,
    ReadPoint,
    BizLocation,
}

/// What a value must be equal or compare to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    Texts(Vec<String>),
    Number(f64),
    Time(i128),
    Flag(bool),
}

/// Members on the way to a value; lists on it are gone through.
pub(super) type Path = &'static [&'static str];

/// One condition of a query.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    EventType(Vec<String>),
    RecordTime(Compare, i128),
    Time(&'static [Path], Compare, i128),
    Words(&'static [Path], Vec<String>),
    Flag(Path, bool),
    Match(&'static [Path], Vec<String>),
    /// Lists of quantities or reports; the member compared; the unit, where one is named.
    Number(
        &'static [Path],
        &'static str,
        Compare,
        Vec<f64>,
        Option<String>,
    ),
    /// List, member, type, values.
    Typed(Path, &'static str, String, Vec<String>),
    Exists(Path),
    Field {
        scope: Scope,
        inner: bool,
        name: String,
        wanted: Option<(Compare, Wanted)>,
    },
    HasAttribute(String, Vec<String>),
    Attribute(String, String, Wanted),
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Text,
    Texts,
    TextsOrFlag,
    Time,
    Number,
    Numbers,
    TimeOrNumber,
    TextsTimeOrNumber,
    Presence,
}

const SENSOR: &[&str] = &["sensorElementList", "sensorReport"];
const QUANTITY_LISTS: &[Path] = &[
    &["quantityList"],
    &["childQuantityList"],
    &["inputQuantityList"],
    &["outputQuantityList"],
];

/// Parameters with fixed names whose values are compared as words or addresses.
const WORDS: &[(&str, &[Path])] = &[
    ("EQ_action", &[&["action"]]),
    ("EQ_bizStep", &[&["bizStep"]]),
    ("EQ_disposition", &[&["disposition"]]),
    (
        "EQ_persistentDisposition_set",
        &[&["persistentDisposition", "set"]],
    ),
    (
        "EQ_persistentDisposition_unset",
        &[&["persistentDisposition", "unset"]],
    ),
    ("EQ_readPoint", &[&["readPoint", "id"]]),
    ("WD_readPoint", &[&["readPoint", "id"]]),
    ("EQ_bizLocation", &[&["bizLocation", "id"]]),
    ("WD_bizLocation", &[&["bizLocation", "id"]]),
    ("EQ_transformationID", &[&["transformationID"]]),
    ("EQ_eventID", &[&["eventID"]]),
    ("EQ_errorReason", &[&["errorDeclaration", "reason"]]),
    (
        "EQ_correctiveEventID",
        &[&["errorDeclaration", "correctiveEventIDs"]],
    ),
    ("EQ_type", &[&["sensorElementList", "sensorReport", "type"]]),
    (
        "EQ_deviceID",
        &[
            &["sensorElementList", "sensorMetadata", "deviceID"],
            &["sensorElementList", "sensorReport", "deviceID"],
        ],
    ),
    (
        "EQ_dataProcessingMethod",
        &[
            &[
                "sensorElementList",
                "sensorMetadata",
                "dataProcessingMethod",
            ],
            &["sensorElementList", "sensorReport", "dataProcessingMethod"],
        ],
    ),
    (
        "EQ_bizRules",
        &[
            &["sensorElementList", "sensorMetadata", "bizRules"],
            &["sensorElementList", "sensorReport", "bizRules"],
        ],
    ),
    (
        "EQ_microorganism",
        &[&["sensorElementList", "sensorReport", "microorganism"]],
    ),
    (
        "EQ_chemicalSubstance",
        &[&["sensorElementList", "sensorReport", "chemicalSubstance"]],
    ),
    (
        "EQ_stringValue",
        &[&["sensorElementList", "sensorReport", "stringValue"]],
    ),
    (
        "EQ_hexBinaryValue",
        &[&["sensorElementList", "sensorReport", "hexBinaryValue"]],
    ),
    (
        "EQ_uriValue",
        &[&["sensorElementList", "sensorReport", "uriValue"]],
    ),
];

/// Parameters that match identifiers of objects.
const MATCHES: &[(&str, &[Path])] = &[
    ("MATCH_epc", &[&["epcList"], &["childEPCs"]]),
    ("MATCH_parentID", &[&["parentID"]]),
    ("MATCH_inputEPC", &[&["inputEPCList"]]),
    ("MATCH_outputEPC", &[&["outputEPCList"]]),
    (
        "MATCH_anyEPC",
        &[
            &["epcList"],
            &["childEPCs"],
            &["parentID"],
            &["inputEPCList"],
            &["outputEPCList"],
        ],
    ),
    (
        "MATCH_epcClass",
        &[
            &["quantityList", "epcClass"],
            &["childQuantityList", "epcClass"],
        ],
    ),
    ("MATCH_inputEPCClass", &[&["inputQuantityList", "epcClass"]]),
    (
        "MATCH_outputEPCClass",
        &[&["outputQuantityList", "epcClass"]],
    ),
    (
        "MATCH_anyEPCClass",
        &[
            &["quantityList", "epcClass"],
            &["childQuantityList", "epcClass"],
            &["inputQuantityList", "epcClass"],
            &["outputQuantityList", "epcClass"],
        ],
    ),
];

/// Instants with fixed names, asked with `GE_` and `LT_`.
const TIMES: &[(&str, &[Path])] = &[
    ("eventTime", &[&["eventTime"]]),
    (
        "errorDeclarationTime",
        &[&["errorDeclaration", "declarationTime"]],
    ),
    (
        "errorDeclaration_Time",
        &[&["errorDeclaration", "declarationTime"]],
    ),
    (
        "time",
        &[
            &["sensorElementList", "sensorMetadata", "time"],
            &["sensorElementList", "sensorReport", "time"],
        ],
    ),
    (
        "startTime",
        &[&["sensorElementList", "sensorMetadata", "startTime"]],
    ),
    (
        "endTime",
        &[&["sensorElementList", "sensorMetadata", "endTime"]],
    ),
];

/// Numbers of sensor reports, asked by their unit.
const MEASURES: &[&str] = &[
    "value",
    "minValue",
    "maxValue",
    "meanValue",
    "sDev",
    "percValue",
];

/// Scopes of extension fields by the word in the parameter's name; the longer first.
const SCOPES: &[(&str, Scope)] = &[
    ("ERROR_DECLARATION_", Scope::Error),
    ("SENSORELEMENT_", Scope::SensorElement),
    ("SENSORMETADATA_", Scope::SensorMetadata),
    ("SENSORREPORT_", Scope::SensorReport),
    ("ILMD_", Scope::Ilmd),
    ("readPoint_", Scope::ReadPoint),
    ("bizLocation_", Scope::BizLocation),
];

/// What a name says, before its value is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named<'a> {
    EventType,
    RecordTime(Compare),
    Time(&'static [Path], Compare),
    Words(&'static [Path]),
    Flag,
    Match(&'static [Path]),
    Number(&'static [Path], &'static str, Compare, Option<&'a str>),
    Typed(Path, &'static str, &'a str),
    Exists(Path),
    Field(Scope, bool, &'a str, Option<Compare>),
    HasAttribute(&'a str),
    Attribute(&'a str, &'a str),
}

/// What a parameter of that name takes; none where there is no such parameter.
pub(super) fn takes(name: &str) -> Option<Takes> {
    Some(match named(name)? {
        Named::EventType
        | Named::Words(_)
        | Named::Match(_)
        | Named::Typed(..)
        | Named::HasAttribute(_) => Takes::Texts,
        Named::Flag => Takes::TextsOrFlag,
        Named::RecordTime(_) | Named::Time(..) => Takes::Time,
        Named::Number(_, _, Compare::Equal, _) => Takes::Numbers,
        Named::Number(..) => Takes::Number,
        Named::Exists(_) | Named::Field(_, _, _, None) => Takes::Presence,
        Named::Field(_, _, _, Some(Compare::Equal)) | Named::Attribute(..) => {
            Takes::TextsTimeOrNumber
        }
        Named::Field(..) => Takes::TimeOrNumber,
    })
}

/// Reads a parameter; nothing where its value says that it does not choose.
pub(super) fn read(
    name: &str,
    value: &Value,
    namespaces: &Namespaces,
) -> Result<Option<Test>, Slip> {
    let Some(named) = named(name) else {
        return Err(unknown(name));
    };
    let refuse = || wrong(name, takes(name).unwrap_or(Takes::Text));
    let word = |text: &String| words::bare(&namespaces.expand(text)).into_owned();
    Ok(Some(match named {
        Named::EventType => {
            let types: Vec<String> = texts(name, value)?.iter().map(word).collect();
            if let Some(strange) = types.iter().find(|found| {
                !words::EVENT_TYPES.contains(&found.as_str()) && !check::is_uri(found)
            }) {
                return Err(value_slip(name, strange));
            }
            Test::EventType(types)
        }
        Named::RecordTime(compare) => Test::RecordTime(compare, time(value).ok_or_else(refuse)?),
        Named::Time(paths, compare) => Test::Time(paths, compare, time(value).ok_or_else(refuse)?),
        Named::Words(paths) => {
            let values = texts(name, value)?;
            if name == "EQ_action"
                && let Some(strange) = values
                    .iter()
                    .find(|found| !words::ACTIONS.contains(&found.as_str()))
            {
                return Err(value_slip(name, strange));
            }
            Test::Words(paths, values.iter().map(word).collect())
        }
        Named::Flag => Test::Flag(
            &["sensorElementList", "sensorReport", "booleanValue"],
            flag(value).ok_or_else(refuse)?,
        ),
        Named::Match(paths) => Test::Match(paths, texts(name, value)?),
        Named::Number(paths, member, compare, unit) => Test::Number(
            paths,
            member,
            compare,
            numbers(value).ok_or_else(refuse)?,
            unit.map(str::to_owned),
        ),
        Named::Typed(list, member, kind) => Test::Typed(
            list,
            member,
            words::bare(&namespaces.expand(kind)).into_owned(),
            texts(name, value)?,
        ),
        Named::Exists(path) => match presence(value).ok_or_else(refuse)? {
            true => Test::Exists(path),
            false => return Ok(None),
        },
        Named::Field(scope, inner, field, None) => match presence(value).ok_or_else(refuse)? {
            true => Test::Field {
                scope,
                inner,
                name: namespaces.expand(field),
                wanted: None,
            },
            false => return Ok(None),
        },
        Named::Field(scope, inner, field, Some(compare)) => Test::Field {
            scope,
            inner,
            name: namespaces.expand(field),
            wanted: Some((compare, wanted(name, value, compare)?)),
        },
        Named::HasAttribute(field) => Test::HasAttribute(
            namespaces.expand(field),
            texts(name, value)?
                .iter()
                .map(|attribute| namespaces.expand(attribute))
                .collect(),
        ),
        Named::Attribute(field, attribute) => Test::Attribute(
            namespaces.expand(field),
            namespaces.expand(attribute),
            wanted(name, value, Compare::Equal)?,
        ),
    }))
}

fn named(name: &str) -> Option<Named<'_>> {
    if name == "eventType" {
        return Some(Named::EventType);
    }
    if name == "EQ_booleanValue" {
        return Some(Named::Flag);
    }
    if let Some((_, paths)) = WORDS.iter().find(|(known, _)| *known == name) {
        return Some(Named::Words(paths));
    }
    if let Some((_, paths)) = MATCHES.iter().find(|(known, _)| *known == name) {
        return Some(Named::Match(paths));
    }
    let (operator, rest) = name.split_once('_')?;
    match operator {
        "EXISTS" => match rest {
            "errorDeclaration" => Some(Named::Exists(&["errorDeclaration"])),
            "sensorElementList" => Some(Named::Exists(&["sensorElementList"])),
            "ilmd" => Some(Named::Exists(&["ilmd"])),
            _ => field(rest, None),
        },
        "HASATTR" if rest.contains(':') => Some(Named::HasAttribute(rest)),
        "EQ" | "GT" | "GE" | "LT" | "LE" => {
            let compare = match operator {
                "EQ" => Compare::Equal,
                "GT" => Compare::Above,
                "GE" => Compare::AtLeast,
                "LT" => Compare::Below,
                _ => Compare::AtMost,
            };
            compared(rest, compare)
        }
        _ => None,
    }
}

fn compared(rest: &str, compare: Compare) -> Option<Named<'_>> {
    if matches!(compare, Compare::AtLeast | Compare::Below) {
        if rest == "recordTime" {
            return Some(Named::RecordTime(compare));
        }
        if let Some((_, paths)) = TIMES.iter().find(|(known, _)| *known == rest) {
            return Some(Named::Time(paths, compare));
        }
    }
    if rest == "quantity" {
        return Some(Named::Number(QUANTITY_LISTS, "quantity", compare, None));
    }
    if let Some(unit) = rest.strip_prefix("quantity_").filter(|unit| is_unit(unit)) {
        return Some(Named::Number(
            QUANTITY_LISTS,
            "quantity",
            compare,
            Some(unit),
        ));
    }
    if rest == "percRank" {
        return Some(Named::Number(&[SENSOR], "percRank", compare, None));
    }
    if let Some((member, unit)) = rest.split_once('_')
        && let Some(member) = MEASURES.iter().find(|known| **known == member)
        && is_unit(unit)
    {
        return Some(Named::Number(&[SENSOR], member, compare, Some(unit)));
    }
    if compare == Compare::Equal {
        for (beginning, list, member) in [
            (
                "bizTransaction_",
                &["bizTransactionList"] as Path,
                "bizTransaction",
            ),
            ("source_", &["sourceList"], "source"),
            ("destination_", &["destinationList"], "destination"),
        ] {
            if let Some(kind) = rest.strip_prefix(beginning).filter(|kind| !kind.is_empty()) {
                return Some(Named::Typed(list, member, kind));
            }
        }
        if let Some(rest) = rest.strip_prefix("ATTR_") {
            let (field, attribute) = rest.rsplit_once('_')?;
            return field
                .contains(':')
                .then_some(Named::Attribute(field, attribute));
        }
    }
    field(rest, Some(compare))
}

fn field(rest: &str, compare: Option<Compare>) -> Option<Named<'_>> {
    let (inner, rest) = match rest.strip_prefix("INNER_") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let (scope, name) = SCOPES
        .iter()
        .find_map(|(word, scope)| rest.strip_prefix(word).map(|name| (*scope, name)))
        .unwrap_or((Scope::Event, rest));
    let (prefix, local) = name.split_once(':')?;
    (!prefix.is_empty() && !local.is_empty()).then_some(Named::Field(scope, inner, name, compare))
}

fn is_unit(text: &str) -> bool {
    (2..=4).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn texts(name: &str, value: &Value) -> Result<Vec<String>, Slip> {
    let Value::Array(items) = value else {
        return Err(wrong(name, Takes::Texts));
    };
    if items.len() > VALUES_MAX {
        return Err(Slip::new(
            "query-too-complex",
            name,
            format!("at most {VALUES_MAX} values"),
            format!("a lo más {VALUES_MAX} valores"),
        ));
    }
    let found: Option<Vec<String>> = items
        .iter()
        .map(|item| item.as_str().map(str::to_owned))
        .collect();
    match found {
        Some(found) if !found.is_empty() => Ok(found),
        _ => Err(wrong(name, Takes::Texts)),
    }
}

fn numbers(value: &Value) -> Option<Vec<f64>> {
    match value {
        Value::Number(number) => Some(vec![number.as_f64()?]),
        Value::Array(items) if !items.is_empty() && items.len() <= VALUES_MAX => {
            items.iter().map(Value::as_f64).collect()
        }
        _ => None,
    }
}

fn time(value: &Value) -> Option<i128> {
    instant(value.as_str()?)
}

fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.parse().ok(),
        Value::Array(items) => match items.as_slice() {
            [one] => flag(one),
            _ => None,
        },
        _ => None,
    }
}

/// The standard's schema has an integer or null there, its OpenAPI a truth.
fn presence(value: &Value) -> Option<bool> {
    match value {
        Value::Null => Some(true),
        Value::Bool(flag) => Some(*flag),
        Value::Number(_) => Some(true),
        _ => None,
    }
}

fn wanted(name: &str, value: &Value, compare: Compare) -> Result<Wanted, Slip> {
    let takes = if compare == Compare::Equal {
        Takes::TextsTimeOrNumber
    } else {
        Takes::TimeOrNumber
    };
    match value {
        Value::Number(number) => number
            .as_f64()
            .map(Wanted::Number)
            .ok_or_else(|| wrong(name, takes)),
        Value::Bool(flag) if compare == Compare::Equal => Ok(Wanted::Flag(*flag)),
        Value::String(text) => match instant(text) {
            Some(at) => Ok(Wanted::Time(at)),
            None if compare == Compare::Equal => Ok(Wanted::Texts(vec![text.clone()])),
            None => Err(wrong(name, takes)),
        },
        Value::Array(_) if compare == Compare::Equal => texts(name, value).map(Wanted::Texts),
        _ => Err(wrong(name, takes)),
    }
}

/// That there is no such parameter.
pub(super) fn unknown(name: &str) -> Slip {
    Slip::new(
        "parameter-unknown",
        name,
        format!(
            "`{}` is no parameter of the query language",
            check::cut(name)
        ),
        format!(
            "`{}` no es un parámetro del lenguaje de consulta",
            check::cut(name)
        ),
    )
}

/// That the value is not what the parameter takes.
pub(super) fn wrong(name: &str, takes: Takes) -> Slip {
    let (en, es) = match takes {
        Takes::Text => ("a text", "un texto"),
        Takes::Texts => (
            "a list of texts, not empty",
            "una lista de textos, no vacía",
        ),
        Takes::TextsOrFlag => ("true or false", "true o false"),
        Takes::Time => ("a date and time with zone", "una fecha y hora con zona"),
        Takes::Number => ("a number", "un número"),
        Takes::Numbers => ("a list of numbers", "una lista de números"),
        Takes::TimeOrNumber => (
            "a number, or a date and time with zone",
            "un número, o una fecha y hora con zona",
        ),
        Takes::TextsTimeOrNumber => (
            "a list of texts, a number, or a date and time with zone",
            "una lista de textos, un número, o una fecha y hora con zona",
        ),
        Takes::Presence => ("true, an integer or null", "true, un entero o null"),
    };
    Slip::new(
        "parameter-value",
        name,
        format!("`{}` takes {en}", check::cut(name)),
        format!("`{}` admite {es}", check::cut(name)),
    )
}

fn value_slip(name: &str, found: &str) -> Slip {
    Slip::new(
        "parameter-value",
        name,
        format!(
            "`{}` does not take `{}`",
            check::cut(name),
            check::cut(found)
        ),
        format!("`{}` no admite `{}`", check::cut(name), check::cut(found)),
    )
}
