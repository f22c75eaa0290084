//! The plain document: the texts of the QR.

use super::DodaField;
use serde::{Deserialize, Serialize};

/// The content of a DODA's QR; empty texts and lists are what it does not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DodaDocument {
    /// Integration number.
    pub integration_number: String,
    /// `DODA` or `PITA`.
    pub kind: String,
    /// Aduana and section.
    pub aduana: String,
    /// Type of operation.
    pub operation: String,
    /// Licence of the broker.
    pub patente: String,
    /// Pedimentos.
    pub pedimentos: Vec<String>,
    /// Value receipts.
    pub coves: Vec<String>,
    /// Plate of the tractor.
    pub plate: String,
    /// CAAT of the carrier.
    pub caat: String,
    /// Containers and trailers.
    pub equipment: Vec<String>,
    /// Seals.
    pub seals: Vec<String>,
    /// US entry or in-bond number.
    pub us_entry: String,
    /// Day of issue.
    pub date: String,
}

impl DodaDocument {
    /// The values of a field: one, many or none.
    pub(super) fn values(&self, field: DodaField) -> Vec<&str> {
        match field {
            DodaField::IntegrationNumber => text_or_none(&self.integration_number),
            DodaField::Kind => text_or_none(&self.kind),
            DodaField::Aduana => text_or_none(&self.aduana),
            DodaField::Operation => text_or_none(&self.operation),
            DodaField::Patente => text_or_none(&self.patente),
            DodaField::Pedimentos => many(&self.pedimentos),
            DodaField::Coves => many(&self.coves),
            DodaField::Plate => text_or_none(&self.plate),
            DodaField::Caat => text_or_none(&self.caat),
            DodaField::Equipment => many(&self.equipment),
            DodaField::Seals => many(&self.seals),
            DodaField::UsEntry => text_or_none(&self.us_entry),
            DodaField::Date => text_or_none(&self.date),
            DodaField::Unread => Vec::new(),
        }
    }

    /// Adds a value to a field; a second value of a field that has one takes its place.
    pub(super) fn add(&mut self, field: DodaField, value: &str) {
        let value = value.to_owned();
        match field {
            DodaField::IntegrationNumber => self.integration_number = value,
            DodaField::Kind => self.kind = value,
            DodaField::Aduana => self.aduana = value,
            DodaField::Operation => self.operation = value,
            DodaField::Patente => self.patente = value,
            DodaField::Pedimentos => self.pedimentos.push(value),
            DodaField::Coves => self.coves.push(value),
            DodaField::Plate => self.plate = value,
            DodaField::Caat => self.caat = value,
            DodaField::Equipment => self.equipment.push(value),
            DodaField::Seals => self.seals.push(value),
            DodaField::UsEntry => self.us_entry = value,
            DodaField::Date => self.date = value,
            DodaField::Unread => {}
        }
    }
}

fn text_or_none(text: &str) -> Vec<&str> {
    match text.is_empty() {
        true => Vec::new(),
        false => vec![text],
    }
}

fn many(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

impl DodaField {
    /// The field's name in places and on the page.
    pub fn name(self) -> &'static str {
        match self {
            DodaField::IntegrationNumber => "integrationNumber",
            DodaField::Kind => "kind",
            DodaField::Aduana => "aduana",
            DodaField::Operation => "operation",
            DodaField::Patente => "patente",
            DodaField::Pedimentos => "pedimentos",
            DodaField::Coves => "coves",
            DodaField::Plate => "plate",
            DodaField::Caat => "caat",
            DodaField::Equipment => "equipment",
            DodaField::Seals => "seals",
            DodaField::UsEntry => "usEntry",
            DodaField::Date => "date",
            DodaField::Unread => "unread",
        }
    }

    /// Whether the field has many values.
    pub fn is_list(self) -> bool {
        matches!(
            self,
            DodaField::Pedimentos | DodaField::Coves | DodaField::Equipment | DodaField::Seals
        )
    }
}
