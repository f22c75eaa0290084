//! One cell as a value of its column, and back.

use super::cell::Cell;
use super::codes::{self, Found};
use super::columns::{Kind, Shape};
use super::{SheetReading, dates, numbers};
use crate::draft::Severity;
use serde_json::{Number, Value};

/// A spreadsheet keeps fifteen digits of a number.
const DIGITS_KEPT: usize = 15;
/// Codes that are named in a fault; a long list is in the template.
const CODES_TOLD: usize = 12;

/// What is wrong with a cell. The texts go on after the cell's text.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    pub(super) code: &'static str,
    pub(super) severity: Severity,
    pub(super) en: String,
    pub(super) es: String,
}

impl Trouble {
    pub(super) fn new(code: &'static str, en: impl Into<String>, es: impl Into<String>) -> Trouble {
        Trouble {
            code,
            severity: Severity::Error,
            en: en.into(),
            es: es.into(),
        }
    }

    fn told_as(mut self, severity: Severity) -> Trouble {
        self.severity = severity;
        self
    }
}

/// The value of a cell, and all that is to be told of it; no value where one of these is an error.
pub(super) fn read(
    shape: &Shape,
    cell: &Cell,
    reading: &SheetReading,
) -> (Option<Value>, Vec<Trouble>) {
    match cell {
        Cell::Formula(_) => {
            return (
                None,
                vec![Trouble::new(
                    "cell-formula",
                    "is a formula, of which only its author knows the value; put the value there",
                    "es una fórmula, cuyo valor solo conoce su autor; ponga ahí el valor",
                )],
            );
        }
        Cell::Error(_) => {
            return (
                None,
                vec![Trouble::new(
                    "cell-error",
                    "is an error of the spreadsheet",
                    "es un error de la hoja de cálculo",
                )],
            );
        }
        Cell::Text(_) | Cell::Number(_) | Cell::Bool(_) | Cell::Day { .. } => {}
    }
    let mut one = One {
        shape,
        reading,
        troubles: Vec::new(),
    };
    let value = if shape.many {
        one.many(cell)
    } else {
        one.value(cell)
    };
    let wrong = one
        .troubles
        .iter()
        .any(|trouble| trouble.severity == Severity::Error);
    (value.filter(|_| !wrong), one.troubles)
}

/// A value as one writes it in a cell.
pub(super) fn text_of(shape: &Shape, value: &Value) -> String {
    match value {
        Value::Array(items) if shape.many => {
            if items.is_empty() {
                return "[]".to_owned();
            }
            let items: Vec<String> = items
                .iter()
                .map(|item| match item {
                    Value::String(text) => escaped(text),
                    other => other.to_string(),
                })
                .collect();
            items.join("; ")
        }
        Value::String(text) if shape.kind != Kind::Json => text.clone(),
        other => other.to_string(),
    }
}

/// A value as a cell.
pub(super) fn cell_of(shape: &Shape, value: &Value) -> Cell {
    match (shape.kind, value) {
        (Kind::Integer | Kind::Number, Value::Number(number)) if !shape.many => {
            Cell::Number(number.to_string())
        }
        (Kind::Boolean, Value::Bool(yes)) if !shape.many => Cell::Bool(*yes),
        _ => Cell::Text(text_of(shape, value)),
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace(';', "\\;");
    let text = text.replace('\n', "\\n");
    // An empty list is written so; a list of this one text is not empty.
    if text == "[]" {
        "\\[]".to_owned()
    } else {
        text
    }
}

/// The values of a list: between semicolons or in lines of their own.
fn split(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = match letter {
            ';' | '\n' | '\r' => {
                out.push(String::new());
                continue;
            }
            '\\' => match letters.next_if(|next| matches!(next, '\\' | ';' | 'n' | '[')) {
                Some('n') => '\n',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        };
        if let Some(last) = out.last_mut() {
            last.push(next);
        }
    }
    out.iter()
        .map(|item| item.trim().to_owned())
        .filter(|item| !item.is_empty())
        .collect()
}

struct One<'a> {
    shape: &'a Shape,
    reading: &'a SheetReading,
    troubles: Vec<Trouble>,
}

impl One<'_> {
    fn tell(&mut self, trouble: Trouble) {
        self.troubles.push(trouble);
    }

    fn wrong(&mut self, code: &'static str, en: impl Into<String>, es: impl Into<String>) {
        self.tell(Trouble::new(code, en, es));
    }

    fn many(&mut self, cell: &Cell) -> Option<Value> {
        let Cell::Text(text) = cell else {
            return self.value(cell).map(|value| self.counted(vec![value]));
        };
        if text.trim() == "[]" {
            if !self.shape.empty_list {
                self.wrong(
                    "items-too-few",
                    "is an empty list; leave the cell empty instead",
                    "es una lista vacía; deje la celda en blanco",
                );
            }
            return Some(Value::Array(Vec::new()));
        }
        let mut items = Vec::new();
        for item in split(text) {
            if let Some(value) = self.value(&Cell::Text(item)) {
                items.push(value);
            }
        }
        Some(self.counted(items))
    }

    fn counted(&mut self, items: Vec<Value>) -> Value {
        let (least, most) = (self.shape.items_least, self.shape.items_most);
        if items.len() < least {
            self.wrong(
                "items-too-few",
                format!("has {} values, {least} are the least", items.len()),
                format!("tiene {} valores; el mínimo es {least}", items.len()),
            );
        }
        if items.len() > most {
            self.wrong(
                "items-too-many",
                format!("has {} values, {most} are the most", items.len()),
                format!("tiene {} valores; el máximo es {most}", items.len()),
            );
        }
        let twice = items
            .iter()
            .enumerate()
            .find(|(at, item)| items.get(..*at).is_some_and(|before| before.contains(item)));
        if let (true, Some((_, item))) = (self.shape.unique, twice) {
            let item = item.clone();
            self.wrong(
                "items-repeated",
                format!("says {item} twice"),
                format!("dice {item} dos veces"),
            );
        }
        Value::Array(items)
    }

    fn value(&mut self, cell: &Cell) -> Option<Value> {
        match self.shape.kind {
            Kind::Text | Kind::Uri | Kind::Email => self.text(cell).map(Value::String),
            Kind::Date | Kind::DateTime => self.day(cell).map(Value::String),
            Kind::Integer | Kind::Number => self.number(cell),
            Kind::Boolean => self.boolean(cell),
            Kind::Json => match serde_json::from_str(&cell.shown()) {
                Ok(value) => Some(value),
                Err(_) => {
                    self.wrong(
                        "json-malformed",
                        "is no JSON, which this column holds",
                        "no es JSON, que es lo que lleva esta columna",
                    );
                    None
                }
            },
        }
    }

    fn text(&mut self, cell: &Cell) -> Option<String> {
        let (text, by_number) = match cell {
            Cell::Day { .. } => {
                self.wrong(
                    "date-made-by-spreadsheet",
                    "was made a date by the spreadsheet; format the column as text and type it again",
                    "fue convertido en fecha por la hoja de cálculo; dé formato de texto a la columna y escríbalo de nuevo",
                );
                return None;
            }
            Cell::Number(number) => (digits_of(number), true),
            Cell::Bool(yes) => (yes.to_string(), false),
            Cell::Text(text) => (text.clone(), false),
            Cell::Formula(_) | Cell::Error(_) => return None,
        };
        let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
        let exponent = text.contains("E+") && mantissa.parse::<f64>().is_ok();
        if exponent || (by_number && digits > DIGITS_KEPT) {
            self.wrong(
                "digits-lost",
                format!("has lost digits: a spreadsheet keeps {DIGITS_KEPT} of a number; format the column as text and type it again"),
                format!("perdió dígitos: una hoja de cálculo conserva {DIGITS_KEPT} de un número; dé formato de texto a la columna y escríbalo de nuevo"),
            );
            return None;
        }
        let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // The value with zeros in front that a spreadsheet would have taken away.
        let padded = |text: &str| {
            (1..=DIGITS_KEPT)
                .map(|zeros| format!("{}{text}", "0".repeat(zeros)))
                .find(|longer| self.fits(longer))
        };
        let longer = is_digits.then(|| padded(&text)).flatten();
        if !self.shape.codes.is_empty() {
            return self.coded(&text, longer);
        }
        if let (Some(longer), false) = (&longer, self.fits(&text)) {
            self.zeros_lost(longer);
            return None;
        }
        if let (Some(longer), true) = (&longer, by_number) {
            self.zeros_possible(longer);
        }
        self.form(&text);
        Some(text)
    }

    fn zeros_lost(&mut self, longer: &str) {
        self.wrong(
            "leading-zeros-lost",
            format!("has too few digits; if the spreadsheet took zeros away it was perhaps {longer}: format the column as text and type it again"),
            format!("tiene menos dígitos de los debidos; si la hoja quitó ceros quizá era {longer}: dé formato de texto a la columna y escríbalo de nuevo"),
        );
    }

    fn zeros_possible(&mut self, longer: &str) {
        self.tell(
            Trouble::new(
                "leading-zeros-possible",
                format!("is held as a number, of which zeros in front would be lost; {longer} would be right as well"),
                format!("está guardado como número, que pierde los ceros a la izquierda; también {longer} sería válido"),
            )
            .told_as(Severity::Warning),
        );
    }

    fn coded(&mut self, text: &str, longer: Option<String>) -> Option<String> {
        match codes::find(&self.shape.codes, text) {
            Found::One(code) => Some(code.to_owned()),
            Found::Several(codes) => {
                let codes = codes.join(", ");
                self.wrong(
                    "code-ambiguous",
                    format!("is the label of several codes; write the code: {codes}"),
                    format!("es el nombre de varias claves; escriba la clave: {codes}"),
                );
                None
            }
            Found::None => {
                if let Some(longer) = longer {
                    self.zeros_lost(&longer);
                    return None;
                }
                let mut known: Vec<&str> = Vec::new();
                for code in self.shape.codes.iter().take(CODES_TOLD) {
                    known.push(&code.code);
                }
                let more = if self.shape.codes.len() > CODES_TOLD {
                    ", …"
                } else {
                    ""
                };
                let known = format!("{}{more}", known.join(", "));
                self.wrong(
                    "code-unknown",
                    format!("is no code of this column: {known}"),
                    format!("no es una clave de esta columna: {known}"),
                );
                None
            }
        }
    }

    /// Whether a text has the form of the column.
    fn fits(&self, text: &str) -> bool {
        let shape = self.shape;
        if !shape.codes.is_empty() {
            return shape.codes.iter().any(|code| code.code == text);
        }
        let length = text.chars().count();
        // Without a form of its own any text fits, and zeros are no part of what one would miss.
        let formed = shape.pattern.is_some() || shape.length_most < 40;
        formed
            && (shape.length_least..=shape.length_most).contains(&length)
            && shape
                .pattern
                .as_ref()
                .is_none_or(|pattern| pattern.is_match(text))
    }

    fn form(&mut self, text: &str) {
        let length = text.chars().count();
        let (least, most) = (self.shape.length_least, self.shape.length_most);
        if length < least {
            self.wrong(
                "text-too-short",
                format!("has {length} characters, {least} are the least"),
                format!("tiene {length} caracteres; el mínimo es {least}"),
            );
        } else if length > most {
            self.wrong(
                "text-too-long",
                format!("has {length} characters, {most} are the most"),
                format!("tiene {length} caracteres; el máximo es {most}"),
            );
        } else if self
            .shape
            .pattern
            .as_ref()
            .is_some_and(|pattern| !pattern.is_match(text))
        {
            self.wrong(
                "form-wrong",
                "is not in the form that this number has; the help sheet has an example",
                "no tiene la forma que lleva este número; la hoja de ayuda tiene un ejemplo",
            );
        }
        if self.shape.kind == Kind::Uri && !is_uri(text) {
            self.wrong(
                "uri-malformed",
                "is no address with its scheme, such as https://example.org/a",
                "no es una dirección con su esquema, como https://example.org/a",
            );
        }
        if self.shape.kind == Kind::Email && !is_email(text) {
            self.wrong(
                "email-malformed",
                "is no e-mail address",
                "no es un correo electrónico",
            );
        }
    }

    fn day(&mut self, cell: &Cell) -> Option<String> {
        let timed = self.shape.kind == Kind::DateTime;
        // A pattern that wants `Z` takes no offset.
        let pattern = self.shape.pattern.as_ref();
        let utc = pattern.is_some_and(|pattern| !pattern.is_match("2026-11-24T09:10:00-06:00"));
        let malformed = || {
            Trouble::new(
                "date-malformed",
                "is no date that can be read; write it as 2026-11-24",
                "no es una fecha que se pueda leer; escríbala como 2026-11-24",
            )
        };
        let read = match cell {
            Cell::Day { serial, from_1904 } => {
                let text = if timed {
                    dates::of_serial(*serial, *from_1904)
                        .ok_or_else(malformed)
                        .and_then(|at| dates::zoned(at, utc, self.reading))
                } else {
                    dates::day_of_serial(*serial, *from_1904)
                        .map(|day| day.to_string())
                        .ok_or_else(malformed)
                };
                text.map(|text| dates::Read {
                    text,
                    by_serial: false,
                })
            }
            other if timed => dates::instant(&other.shown(), utc, self.reading),
            other => dates::day(&other.shown(), self.reading),
        };
        match read {
            Ok(read) => {
                if read.by_serial {
                    let text = read.text.clone();
                    self.tell(
                        Trouble::new(
                            "date-by-number",
                            format!("is read as a spreadsheet's number of a day: {text}"),
                            format!("se lee como número de día de una hoja de cálculo: {text}"),
                        )
                        .told_as(Severity::Note),
                    );
                }
                self.form(&read.text);
                Some(read.text)
            }
            Err(trouble) => {
                self.tell(trouble);
                None
            }
        }
    }

    fn number(&mut self, cell: &Cell) -> Option<Value> {
        let whole = self.shape.kind == Kind::Integer;
        if let Cell::Day { .. } = cell {
            self.wrong(
                "date-made-by-spreadsheet",
                "was made a date by the spreadsheet; format the column as a number and type it again",
                "fue convertido en fecha por la hoja de cálculo; dé formato de número a la columna y escríbalo de nuevo",
            );
            return None;
        }
        // What a workbook holds as a number has no separators to be read two ways.
        let plain = match cell {
            Cell::Number(number) => Ok((number.clone(), false)),
            other => numbers::plain(&other.shown(), whole, self.reading.decimal),
        };
        let (plain, separated) = match plain {
            Ok(plain) => plain,
            Err(trouble) => {
                self.tell(trouble);
                return None;
            }
        };
        let value = match plain.parse::<i64>() {
            Ok(value) => Value::from(value),
            Err(_) => {
                let number = plain
                    .parse::<f64>()
                    .ok()
                    .filter(|number| number.is_finite());
                let Some(number) = number else {
                    self.wrong(
                        "number-malformed",
                        "is no number; write digits only, without unit or currency",
                        "no es un número; escriba solo dígitos, sin unidad ni moneda",
                    );
                    return None;
                };
                // A double holds whole numbers exactly up to here.
                if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
                    Value::from(number as i64)
                } else if whole {
                    self.wrong(
                        "number-not-whole",
                        "is no whole number",
                        "no es un número entero",
                    );
                    return None;
                } else {
                    Number::from_f64(number).map_or(Value::Null, Value::Number)
                }
            }
        };
        if separated {
            let value = value.clone();
            self.tell(
                Trouble::new(
                    "number-separated",
                    format!("is read as {value}"),
                    format!("se lee como {value}"),
                )
                .told_as(Severity::Note),
            );
        }
        let number = value.as_f64().unwrap_or_default();
        if let Some(minimum) = self.shape.minimum.filter(|minimum| number < *minimum) {
            self.wrong(
                "number-too-small",
                format!("is less than {minimum}, the least"),
                format!("es menor que {minimum}, el mínimo"),
            );
        }
        if let Some(maximum) = self.shape.maximum.filter(|maximum| number > *maximum) {
            self.wrong(
                "number-too-large",
                format!("is more than {maximum}, the most"),
                format!("es mayor que {maximum}, el máximo"),
            );
        }
        Some(value)
    }

    fn boolean(&mut self, cell: &Cell) -> Option<Value> {
        let text = codes::folded(&cell.shown());
        match text.as_str() {
            "true" | "yes" | "y" | "sí" | "si" | "s" | "verdadero" | "1" => {
                Some(Value::Bool(true))
            }
            "false" | "no" | "n" | "falso" | "0" => Some(Value::Bool(false)),
            _ => {
                self.wrong(
                    "boolean-malformed",
                    "is neither yes nor no",
                    "no es ni sí ni no",
                );
                None
            }
        }
    }
}

/// A workbook's number as one types it: `2304`, `0.1`, not `2.304E3`.
fn digits_of(number: &str) -> String {
    if number.bytes().all(|byte| byte.is_ascii_digit()) {
        return number.to_owned();
    }
    match number.parse::<f64>() {
        Ok(value) if value.is_finite() => value.to_string(),
        _ => number.to_owned(),
    }
}

fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.'))
        && !rest.is_empty()
        && !rest.contains(char::is_whitespace)
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(before, after)| {
        !before.is_empty()
            && after.split('.').all(|part| !part.is_empty())
            && !text.contains(char::is_whitespace)
    })
}
