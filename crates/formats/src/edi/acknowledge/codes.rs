//! The error codes of acknowledgements: from what reading found, and what they mean.

use crate::edi::map::Finding;

/// A code, and what it means in English and Spanish.
pub(super) type Meaning = (&'static str, &'static str, &'static str);

/// X12 element 720, segment error, AK304 and IK304.
pub(super) const SEGMENT: &[Meaning] = &[
    (
        "1",
        "segment name not known",
        "nombre de segmento desconocido",
    ),
    ("2", "segment not expected", "segmento inesperado"),
    (
        "3",
        "a required segment is missing",
        "falta un segmento obligatorio",
    ),
    (
        "4",
        "the loop stands too often",
        "el ciclo aparece demasiadas veces",
    ),
    (
        "5",
        "the segment stands too often",
        "el segmento aparece demasiadas veces",
    ),
    (
        "6",
        "the segment is not of this set",
        "el segmento no es de este conjunto",
    ),
    (
        "7",
        "the segment is out of order",
        "el segmento está fuera de orden",
    ),
    (
        "8",
        "elements of the segment are wrong",
        "hay elementos erróneos en el segmento",
    ),
];

/// X12 element 723, element error, AK403 and IK403.
pub(super) const ELEMENT: &[Meaning] = &[
    (
        "1",
        "a required element is missing",
        "falta un elemento obligatorio",
    ),
    (
        "2",
        "an element is missing that others require",
        "falta un elemento que otros exigen",
    ),
    ("3", "too many elements", "demasiados elementos"),
    (
        "4",
        "the element is too short",
        "el elemento es demasiado corto",
    ),
    (
        "5",
        "the element is too long",
        "el elemento es demasiado largo",
    ),
    (
        "6",
        "a character that is not allowed",
        "un carácter no permitido",
    ),
    (
        "7",
        "a code or value that is not allowed",
        "un código o valor no permitido",
    ),
    ("8", "a date that is none", "una fecha que no lo es"),
    ("9", "a time that is none", "una hora que no lo es"),
    (
        "10",
        "elements that exclude each other",
        "elementos que se excluyen",
    ),
];

/// X12 element 718, set error, AK502 and IK502.
pub(super) const SET: &[Meaning] = &[
    ("1", "the set is not supported", "el conjunto no se admite"),
    ("2", "the trailer is missing", "falta el cierre"),
    (
        "3",
        "the control numbers differ",
        "los números de control difieren",
    ),
    (
        "4",
        "the segment count is wrong",
        "la cuenta de segmentos es errónea",
    ),
    ("5", "segments are in error", "hay segmentos con errores"),
    (
        "6",
        "the set identifier is missing or wrong",
        "el identificador del conjunto falta o es erróneo",
    ),
    (
        "7",
        "the control number is missing or wrong",
        "el número de control falta o es erróneo",
    ),
];

/// X12 element 716, group error, AK905.
pub(super) const GROUP: &[Meaning] = &[
    ("1", "the group is not supported", "el grupo no se admite"),
    (
        "2",
        "the version is not supported",
        "la versión no se admite",
    ),
    ("3", "the trailer is missing", "falta el cierre"),
    (
        "4",
        "the control numbers differ",
        "los números de control difieren",
    ),
    (
        "5",
        "the set count is wrong",
        "la cuenta de conjuntos es errónea",
    ),
    (
        "6",
        "the control number is wrong",
        "el número de control es erróneo",
    ),
];

/// X12 element I18, interchange note, TA105.
pub(super) const INTERCHANGE: &[Meaning] = &[
    ("000", "no error", "sin errores"),
    (
        "001",
        "the control numbers differ",
        "los números de control difieren",
    ),
    (
        "021",
        "the group count is wrong",
        "la cuenta de grupos es errónea",
    ),
    (
        "023",
        "the file ends too early",
        "el archivo termina antes de tiempo",
    ),
    (
        "024",
        "something stands where nothing may",
        "hay algo donde nada debe haber",
    ),
    ("025", "received twice", "recibido dos veces"),
];

/// EDIFACT data element 0085, syntax error.
pub(super) const EDIFACT: &[Meaning] = &[
    (
        "2",
        "the syntax version is not supported",
        "la versión de sintaxis no se admite",
    ),
    ("12", "a value that is not allowed", "un valor no permitido"),
    ("13", "missing", "falta"),
    (
        "14",
        "the value is not supported here",
        "el valor no se admite aquí",
    ),
    (
        "15",
        "not supported at this place",
        "no se admite en este lugar",
    ),
    ("16", "too many parts", "demasiadas partes"),
    ("18", "an error without a name", "un error sin nombre"),
    (
        "21",
        "characters that are not allowed",
        "caracteres no permitidos",
    ),
    ("26", "received twice", "recibido dos veces"),
    ("28", "the references differ", "las referencias difieren"),
    ("29", "the count is wrong", "la cuenta es errónea"),
    ("32", "nothing inside", "nada dentro"),
    ("33", "outside of its envelope", "fuera de su sobre"),
    (
        "35",
        "the segment stands too often",
        "el segmento aparece demasiadas veces",
    ),
    (
        "36",
        "the group stands too often",
        "el grupo aparece demasiadas veces",
    ),
    (
        "37",
        "characters of a wrong kind",
        "caracteres de clase errónea",
    ),
    ("39", "too long", "demasiado largo"),
    ("40", "too short", "demasiado corto"),
];

/// What a code means.
pub(super) fn meaning(list: &[Meaning], code: &str) -> (String, String) {
    let found = list.iter().find(|(known, _, _)| *known == code);
    match found {
        Some((_, en, es)) => ((*en).to_owned(), (*es).to_owned()),
        None => (format!("code `{code}`"), format!("código `{code}`")),
    }
}

/// AK304 of a finding about a segment.
pub(super) fn segment_code(finding: &Finding) -> &'static str {
    match finding.code {
        "segment-missing" => "3",
        "loop-too-many" => "4",
        "x12-m10-many" | "x12-port-many" => "5",
        _ => "8",
    }
}

/// AK403 of a finding about an element.
pub(super) fn element_code(finding: &Finding) -> &'static str {
    match finding.code {
        "element-missing" => "1",
        "element-too-long" => "5",
        "number-form" => "6",
        "date-form" => "8",
        "time-form" => "9",
        _ => "7",
    }
}

/// AK502 of a problem of a set.
pub(super) fn set_code(problem: &str) -> &'static str {
    match problem {
        "trailer-missing" | "truncated" => "2",
        "control-number" => "3",
        "segment-count" => "4",
        _ => "5",
    }
}

/// AK905 of a problem of a group.
pub(super) fn group_code(problem: &str) -> &'static str {
    match problem {
        "control-number" => "4",
        "set-count" => "5",
        _ => "3",
    }
}

/// TA105 of a problem of an interchange.
pub(super) fn interchange_code(problem: &str) -> &'static str {
    match problem {
        "control-number" => "001",
        "group-count" => "021",
        "control-repeated" => "025",
        "trailer-missing" | "truncated" => "023",
        // Something stands where nothing may.
        _ => "024",
    }
}

/// 0085 of a problem of an envelope.
pub(super) fn edifact_problem(problem: &str) -> &'static str {
    match problem {
        "trailer-missing" | "truncated" => "13",
        "control-number" => "28",
        "segment-count" | "set-count" | "group-count" => "29",
        "control-repeated" => "26",
        "segment-outside" => "33",
        "syntax-version" => "2",
        "charset-not-read" => "21",
        _ => "18",
    }
}

/// 0085 of a finding.
pub(super) fn edifact_code(finding: &Finding) -> &'static str {
    match finding.code {
        "segment-missing" | "element-missing" => "13",
        "loop-too-many" => "36",
        "element-too-long" => "39",
        "number-form" => "37",
        _ => "12",
    }
}
