//! The value document of an invoice, as a broker sends it to VUCEM for its receipt.

use serde_json::Value;

use super::{CaseRecord, Reads, Sending};
use crate::country::alpha3;
use crate::cove::{Cove, Domicilio, Mercancia, Persona, write_xml};
use crate::currency::minor_unit;
use crate::decimal;
use crate::draft::Missing;
use crate::identifiers;
use crate::kinds::Readings;

/// One value document for each `InvoiceSummary`, without a receipt number: that is the answer.
pub(super) fn receipts(
    records: &[CaseRecord<'_>],
    sending: &Sending,
    _: &Readings,
) -> Result<Vec<u8>, Vec<Missing>> {
    let mut coves = Vec::new();
    let mut missing: Vec<Missing> = Vec::new();
    for invoice in records
        .iter()
        .filter(|record| record.record_type == "InvoiceSummary")
    {
        let mut reads = Reads::of(invoice.subject);
        coves.push(cove(&mut reads, records, sending));
        for gap in reads.missing() {
            if !missing.contains(&gap) {
                missing.push(gap);
            }
        }
    }
    if coves.is_empty() {
        missing.push(Missing {
            pointer: String::new(),
            en: "an invoice".to_owned(),
            es: "una factura".to_owned(),
        });
    }
    match missing.is_empty() {
        true => Ok(write_xml(&coves).into_bytes()),
        false => Err(missing),
    }
}

fn cove(reads: &mut Reads<'_>, records: &[CaseRecord<'_>], sending: &Sending) -> Cove {
    let operation = reads.known_or_supplied(
        operation(records).map(|code| format!("TOCE.{code}")),
        sending,
        "tipoOperacion",
        "the type of operation, TOCE.IMP or TOCE.EXP",
        "el tipo de operación, TOCE.IMP o TOCE.EXP",
    );
    Cove {
        tipo_operacion: operation,
        numero_factura: reads.required(
            "/invoiceNumber",
            "the invoice number",
            "el número de la factura",
        ),
        fecha_expedicion: reads.required(
            "/invoiceDate",
            "the invoice date",
            "la fecha de la factura",
        ),
        emisor: party(reads, "/seller", ("the seller", "el vendedor")),
        destinatario: party(reads, "/buyer", ("the buyer", "el comprador")),
        mercancias: lines(reads),
        ..Cove::default()
    }
}

/// Import or export, where the pedimentos of the case agree, or else the way that its goods go.
fn operation(records: &[CaseRecord<'_>]) -> Option<&'static str> {
    let of = |record: &CaseRecord<'_>| match record.record_type {
        "Pedimento" => match record.subject.get("operation")?.as_str()? {
            "IMP" => Some("IMP"),
            "EXP" => Some("EXP"),
            _ => None,
        },
        "Manifest" | "Shipment" => match record.subject.get("direction")?.as_str()? {
            "southbound" => Some("IMP"),
            "northbound" => Some("EXP"),
            _ => None,
        },
        _ => None,
    };
    let mut told = records.iter().filter_map(of);
    let first = told.next()?;
    told.all(|other| other == first).then_some(first)
}

fn party(reads: &mut Reads<'_>, at: &str, (en, es): (&str, &str)) -> Persona {
    let member = |name: &str| format!("{at}/{name}");
    let tax_number = reads.text(&member("taxNumber"));
    let country = reads.text(&member("country"));
    let kind = match (tax_number.is_empty(), country.as_str()) {
        (true, _) => "3",
        (false, "MX") if identifiers::check("rfc", &tax_number) == Some(true) => "1",
        (false, "MX") if identifiers::check("curp", &tax_number) == Some(true) => "2",
        (false, _) => "0",
    };
    let three = alpha3(&country).unwrap_or_default().to_owned();
    if three.is_empty() {
        reads.lacks(
            &member("country"),
            &format!("the country of {en}"),
            &format!("el país: {es}"),
        );
    }
    Persona {
        tipo_identificador: kind.to_owned(),
        identificacion: tax_number,
        nombre: reads.required(
            &member("partyName"),
            &format!("the name of {en}"),
            &format!("el nombre: {es}"),
        ),
        domicilio: Domicilio {
            // A record has street and number in one.
            calle: reads.text(&member("streetAddress")),
            localidad: reads.text(&member("locality")),
            entidad_federativa: reads.text(&member("region")),
            codigo_postal: reads.text(&member("postalCode")),
            pais: three,
            ..Domicilio::default()
        },
    }
}

fn lines(reads: &mut Reads<'_>) -> Vec<Mercancia> {
    let currency = reads.required("/currency", "the currency", "la moneda");
    let Some(Some(digits)) = minor_unit(&currency) else {
        reads.lacks(
            "/currency",
            "a currency that has a minor unit",
            "una moneda con unidad menor",
        );
        return Vec::new();
    };
    let count = reads.items("/invoiceLines").len();
    if count == 0 {
        reads.lacks(
            "/invoiceLines",
            "the lines of the invoice",
            "las partidas de la factura",
        );
    }
    (0..count)
        .map(|index| line(reads, &format!("/invoiceLines/{index}"), &currency, digits))
        .collect()
}

fn line(reads: &mut Reads<'_>, at: &str, currency: &str, digits: u32) -> Mercancia {
    let member = |name: &str| format!("{at}/{name}");
    let quantity = reads.required(&member("quantity"), "the quantity", "la cantidad");
    let minor = reads
        .subject
        .pointer(&member("lineMinor"))
        .and_then(Value::as_i64)
        .map(|minor| i128::from(minor) * decimal::ONE / 10_i128.pow(digits));
    if minor.is_none() {
        reads.lacks(
            &member("lineMinor"),
            "the value of the line",
            "el valor de la partida",
        );
    }
    let count = decimal::parse(&quantity).filter(|count| *count > 0);
    if count.is_none() && !quantity.is_empty() {
        reads.lacks(
            &member("quantity"),
            "a quantity above zero of at most six decimals",
            "una cantidad mayor que cero de hasta seis decimales",
        );
    }
    let total = minor.unwrap_or(0);
    let unit_value = count.map_or(0, |count| rounded(total * decimal::ONE, count));
    Mercancia {
        descripcion: reads.required(
            &member("goodsText"),
            "what the goods are",
            "qué es la mercancía",
        ),
        unidad: reads.required(
            &member("unit"),
            "the unit of measure",
            "la unidad de medida",
        ),
        moneda: currency.to_owned(),
        cantidad: quantity,
        valor_unitario: decimal::text(unit_value),
        valor_total: decimal::text(total),
        valor_dolares: match currency {
            "USD" => decimal::text(total),
            _ => String::new(),
        },
    }
}

/// Half up; neither is negative.
fn rounded(of: i128, by: i128) -> i128 {
    (of + by / 2) / by
}
