//! The fields of the QR: rows of the page.

use super::DodaField;
use crate::elements::ElementRow;

/// All fields that are read.
pub fn elements() -> Vec<ElementRow> {
    const DODA: &str = "DodaIssued";
    let row = |field: DodaField,
               en: &'static str,
               es: &'static str,
               required,
               goes: &[(&'static str, &'static str)]| {
        ElementRow::new(format!("QR/{}", field.name()), en, es, required, goes)
    };
    vec![
        row(
            DodaField::Aduana,
            "aduana and section",
            "aduana y sección",
            true,
            &[(DODA, "/aduana")],
        ),
        row(
            DodaField::Operation,
            "type of operation",
            "tipo de operación",
            true,
            &[(DODA, "/operation")],
        ),
        row(
            DodaField::Patente,
            "broker's licence",
            "patente",
            true,
            &[(DODA, "/patente")],
        ),
        row(
            DodaField::Pedimentos,
            "pedimento numbers",
            "números de pedimento",
            true,
            &[(DODA, "/pedimentos/*")],
        ),
        row(
            DodaField::Coves,
            "value receipts of remittances",
            "acuses de valor de remesas",
            false,
            &[(DODA, "/coves/*")],
        ),
        row(
            DodaField::Plate,
            "plate",
            "placa",
            false,
            &[(DODA, "/plate")],
        ),
        row(
            DodaField::Caat,
            "carrier's code",
            "CAAT",
            false,
            &[(DODA, "/caat")],
        ),
        row(
            DodaField::Equipment,
            "containers and trailers",
            "contenedores y remolques",
            false,
            &[
                (DODA, "/equipment/*/equipmentNumber"),
                (DODA, "/equipment/*/containerNumber"),
            ],
        ),
        row(
            DodaField::Seals,
            "seals",
            "candados",
            false,
            &[(DODA, "/seals/*")],
        ),
        row(
            DodaField::UsEntry,
            "US entry or in-bond",
            "entrada o in-bond de EE. UU.",
            false,
            &[(DODA, "/usEntry")],
        ),
        row(
            DodaField::IntegrationNumber,
            "integration number",
            "número de integración",
            true,
            &[(DODA, "/integrationNumber")],
        ),
        row(
            DodaField::Date,
            "day of issue",
            "fecha de emisión",
            false,
            &[],
        ),
        row(
            DodaField::Kind,
            "DODA or PITA, where it is told",
            "DODA o PITA, si se indica",
            false,
            &[(DODA, "/dodaKind")],
        ),
    ]
}
