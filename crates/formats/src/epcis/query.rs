//! The query language, EPCIS 2.0 §8.2.7.1: parameters to tests, all slips at once, and whether an event is taken.

use serde_json::{Map, Value};

use super::context::Namespaces;

mod evaluate;
mod parameter;
mod url;

pub use evaluate::{Seen, SortKey};
use parameter::{Takes, Test};
pub use url::from_pairs;

/// Most parameters of one query: the standard has some sixty with fixed names.
pub const PARAMETERS_MAX: usize = 200;
/// Most values of one parameter: a query by a list of objects that stood on one truck.
pub const VALUES_MAX: usize = 2_000;

/// A query, ready to judge events.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    tests: Vec<Test>,
    order: Option<OrderBy>,
    descending: bool,
    /// At most this many are answered, the first by the order.
    pub count_limit: Option<usize>,
    /// More than this many is a refusal.
    pub count_max: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum OrderBy {
    EventTime,
    RecordTime,
    Field(String),
}

/// A parameter that cannot be used: the standard's `QueryParameterException`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// Stable code.
    pub code: &'static str,
    /// The parameter.
    pub parameter: String,
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
}

impl Slip {
    fn new(
        code: &'static str,
        parameter: &str,
        en: impl Into<String>,
        es: impl Into<String>,
    ) -> Slip {
        Slip {
            code,
            parameter: super::check::cut(parameter),
            en: en.into(),
            es: es.into(),
        }
    }
}

impl Query {
    /// Reads the value of `query` as the standard's schema has it. `known` are prefixes that hold beside the query's own context.
    ///
    /// # Errors
    /// All slips at once.
    pub fn read(value: &Value, known: &Namespaces) -> Result<Query, Vec<Slip>> {
        let Value::Object(members) = value else {
            return Err(vec![Slip::new(
                "query-malformed",
                "query",
                "a query is an object of parameters",
                "una consulta es un objeto de parámetros",
            )]);
        };
        let mut namespaces = known.clone();
        if let Some(context) = members.get("@context") {
            for (prefix, address) in Namespaces::of([context]).pairs() {
                namespaces.insert(prefix, address);
            }
        }
        Query::of(members, &namespaces)
    }

    fn of(members: &Map<String, Value>, namespaces: &Namespaces) -> Result<Query, Vec<Slip>> {
        let mut slips = Vec::new();
        let mut query = Query {
            tests: Vec::new(),
            order: None,
            descending: true,
            count_limit: None,
            count_max: None,
        };
        if members.len() > PARAMETERS_MAX {
            return Err(vec![Slip::new(
                "query-too-complex",
                "query",
                format!("at most {PARAMETERS_MAX} parameters"),
                format!("a lo más {PARAMETERS_MAX} parámetros"),
            )]);
        }
        for (name, value) in members {
            if name == "@context" {
                continue;
            }
            if !query.control(name, value, namespaces, &mut slips) {
                match parameter::read(name, value, namespaces) {
                    Ok(Some(test)) => query.tests.push(test),
                    Ok(None) => {}
                    Err(slip) => slips.push(slip),
                }
            }
        }
        if query.count_limit.is_some() && query.count_max.is_some() {
            slips.push(Slip::new(
                "parameters-exclude-each-other",
                "maxEventCount",
                "`eventCountLimit` and `maxEventCount` exclude each other",
                "`eventCountLimit` y `maxEventCount` se excluyen",
            ));
        }
        if query.count_limit.is_some() && query.order.is_none() && !members.contains_key("orderBy")
        {
            slips.push(Slip::new(
                "parameter-needs-another",
                "eventCountLimit",
                "`eventCountLimit` needs `orderBy`",
                "`eventCountLimit` requiere `orderBy`",
            ));
        }
        if slips.is_empty() {
            Ok(query)
        } else {
            Err(slips)
        }
    }

    /// Takes a parameter that chooses nothing but orders or counts; tells whether it was one.
    fn control(
        &mut self,
        name: &str,
        value: &Value,
        namespaces: &Namespaces,
        slips: &mut Vec<Slip>,
    ) -> bool {
        match name {
            "orderBy" => match value.as_str() {
                Some("eventTime") => self.order = Some(OrderBy::EventTime),
                Some("recordTime") => self.order = Some(OrderBy::RecordTime),
                Some(field) if field.contains(':') => {
                    self.order = Some(OrderBy::Field(namespaces.expand(field)));
                }
                _ => slips.push(Slip::new(
                    "parameter-value",
                    name,
                    "`orderBy` is `eventTime`, `recordTime` or a field with a prefix",
                    "`orderBy` es `eventTime`, `recordTime` o un campo con prefijo",
                )),
            },
            "orderDirection" => match value.as_str() {
                Some("ASC") => self.descending = false,
                Some("DESC") => self.descending = true,
                _ => slips.push(Slip::new(
                    "parameter-value",
                    name,
                    "`orderDirection` is `ASC` or `DESC`",
                    "`orderDirection` es `ASC` o `DESC`",
                )),
            },
            "eventCountLimit" | "maxEventCount" => {
                let count = value.as_u64().and_then(|count| usize::try_from(count).ok());
                match count {
                    Some(count) if count > 0 || name == "maxEventCount" => {
                        if name == "eventCountLimit" {
                            self.count_limit = Some(count);
                        } else {
                            self.count_max = Some(count);
                        }
                    }
                    _ => slips.push(Slip::new(
                        "parameter-value",
                        name,
                        format!("`{name}` is a whole number above zero"),
                        format!("`{name}` es un número entero mayor que cero"),
                    )),
                }
            }
            _ => return false,
        }
        true
    }

    /// Whether an order is asked for.
    pub fn is_ordered(&self) -> bool {
        self.order.is_some()
    }

    /// Whether larger values come first.
    pub fn is_descending(&self) -> bool {
        self.descending
    }

    /// Whether events of this type can be taken, as far as the type says.
    pub fn takes_type(&self, event_type: &str) -> bool {
        self.tests.iter().all(|test| match test {
            Test::EventType(types) => types.iter().any(|wanted| wanted == event_type),
            _ => true,
        })
    }

    /// Whether an event is taken.
    pub fn takes(&self, seen: &Seen<'_>) -> bool {
        self.tests.iter().all(|test| evaluate::takes(test, seen))
    }

    /// What an event is ordered by; equal for all where no order is asked for.
    pub fn sort_key(&self, seen: &Seen<'_>) -> SortKey {
        match &self.order {
            None => SortKey::None,
            Some(OrderBy::EventTime) => evaluate::time_key(seen.event.get("eventTime")),
            Some(OrderBy::RecordTime) => SortKey::Time(i128::from(seen.recorded_ms) * 1_000_000),
            Some(OrderBy::Field(name)) => evaluate::field_key(seen, name),
        }
    }
}

/// What a parameter of that name takes, for whoever reads it from an address; none where there is no such parameter.
fn takes_of(name: &str) -> Option<Takes> {
    match name {
        "orderBy" | "orderDirection" => Some(Takes::Text),
        "eventCountLimit" | "maxEventCount" => Some(Takes::Number),
        _ => parameter::takes(name),
    }
}
