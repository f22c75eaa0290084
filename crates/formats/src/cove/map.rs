//! From plain documents to draft records.

use super::document::*;
use super::reader::day;
use crate::country;
use crate::decimal;
use crate::draft::{Builder, Draft, Places, Severity};
use crate::identifiers;
use crate::kinds::DocumentKind;
use crate::money;

/// The record types hold at most this many lines.
const LINES_MAX: usize = 999;

pub(super) fn draft(documents: &[Cove], places: Places) -> Draft {
    let mut out = Builder::new(DocumentKind::Cove, places);
    for (index, document) in documents.iter().enumerate() {
        invoice(document, &format!("/{index}"), &mut out);
        receipt(document, &format!("/{index}"), &mut out);
    }
    out.finish()
}

fn scns(record: usize, out: &mut Builder) {
    out.missing(
        record,
        "/scns",
        "the shipment control number: a COVE has none",
        "el número de control del embarque: un COVE no lo tiene",
    );
}

fn invoice(document: &Cove, at: &str, out: &mut Builder) {
    let record = out.record("InvoiceSummary");
    scns(record, out);
    let number = document.numero_factura.as_str();
    match money::invoice_number(number) {
        true => out.set(
            record,
            "/invoiceNumber",
            number,
            &format!("{at}/numero_factura"),
        ),
        false => out.missing(
            record,
            "/invoiceNumber",
            "an invoice number of at most 40 letters, digits and `/._-`",
            "un número de factura de hasta 40 letras, dígitos y `/._-`",
        ),
    }
    match day(&document.fecha_expedicion) {
        Some(day) => out.set(
            record,
            "/invoiceDate",
            day.to_string(),
            &format!("{at}/fecha_expedicion"),
        ),
        None => out.missing(
            record,
            "/invoiceDate",
            "the invoice date",
            "la fecha de la factura",
        ),
    }
    party(
        record,
        "/seller",
        &document.emisor,
        &format!("{at}/emisor"),
        out,
    );
    party(
        record,
        "/buyer",
        &document.destinatario,
        &format!("{at}/destinatario"),
        out,
    );
    let first = document
        .mercancias
        .first()
        .map_or("", |line| line.moneda.as_str());
    let right = first.len() == 3 && first.bytes().all(|byte| byte.is_ascii_uppercase());
    let currency =
        (right && document.mercancias.iter().all(|line| line.moneda == first)).then_some(first);
    let Some(currency) = currency else {
        out.missing(record, "/currency", "one currency", "una sola moneda");
        out.missing(record, "/totalMinor", "the total", "el total");
        return;
    };
    out.set(
        record,
        "/currency",
        currency,
        &format!("{at}/mercancias/0/moneda"),
    );
    let total: Option<i128> = document
        .mercancias
        .iter()
        .map(|line| decimal::parse(&line.valor_total))
        .sum();
    match total.and_then(|total| money::minor(&decimal::text(total), currency)) {
        Some(minor) => out.set(
            record,
            "/totalMinor",
            minor,
            &format!("{at}/mercancias/0/valor_total"),
        ),
        None => out.missing(
            record,
            "/totalMinor",
            "the total in whole minor units of the currency",
            "el total en unidades menores enteras de la moneda",
        ),
    }
    lines(document, at, record, currency, out);
}

/// The lines, where all of them fit: half a list would be another invoice.
fn lines(document: &Cove, at: &str, record: usize, currency: &str, out: &mut Builder) {
    let fits = |line: &Mercancia| {
        line.descripcion.chars().count() >= 3 && money::minor(&line.valor_total, currency).is_some()
    };
    if !document.mercancias.iter().all(fits) || document.mercancias.len() > LINES_MAX {
        out.fault(
            Severity::Note,
            "lines-not-taken",
            &format!("{at}/mercancias/0"),
            "the lines are read and checked, but not all fit a record, so none is taken over".to_owned(),
            "las líneas se leen y revisan, pero no todas caben en un registro, así que no se toma ninguna".to_owned(),
        );
        return;
    }
    for (index, line) in document.mercancias.iter().enumerate() {
        let from = format!("{at}/mercancias/{index}");
        let to = format!("/invoiceLines/{index}");
        let text: String = line.descripcion.chars().take(300).collect();
        out.set(
            record,
            &format!("{to}/goodsText"),
            text,
            &format!("{from}/descripcion"),
        );
        if let Some(quantity) = decimal::parse(&line.cantidad)
            .filter(|count| *count <= 1_000_000_000_000 * decimal::ONE)
        {
            out.set(
                record,
                &format!("{to}/quantity"),
                decimal::json(quantity),
                &format!("{from}/cantidad"),
            );
        }
        let unit = line.unidad.as_str();
        let short = (1..=4).contains(&unit.len())
            && unit
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if short {
            out.set(
                record,
                &format!("{to}/unit"),
                unit,
                &format!("{from}/unidad"),
            );
        }
        if let Some(minor) = money::minor(&line.valor_total, currency) {
            out.set(
                record,
                &format!("{to}/lineMinor"),
                minor,
                &format!("{from}/valor_total"),
            );
        }
    }
}

fn party(record: usize, to: &str, party: &Persona, at: &str, out: &mut Builder) {
    match (2..=200).contains(&party.nombre.chars().count()) {
        true => out.set(
            record,
            &format!("{to}/partyName"),
            party.nombre.as_str(),
            &format!("{at}/nombre"),
        ),
        false => out.missing(
            record,
            &format!("{to}/partyName"),
            "the party's name",
            "el nombre de la parte",
        ),
    }
    let address = &party.domicilio;
    let street = match address.numero_exterior.is_empty() {
        true => address.calle.clone(),
        false => format!("{} {}", address.calle, address.numero_exterior)
            .trim()
            .to_owned(),
    };
    let locality = match address.localidad.is_empty() {
        true => (&address.municipio, "municipio"),
        false => (&address.localidad, "localidad"),
    };
    for (member, text, field, most) in [
        ("streetAddress", &street, "calle", 200),
        ("locality", locality.0, locality.1, 100),
        (
            "region",
            &address.entidad_federativa,
            "entidad_federativa",
            50,
        ),
    ] {
        if (1..=most).contains(&text.chars().count()) {
            out.set(
                record,
                &format!("{to}/{member}"),
                text.as_str(),
                &format!("{at}/domicilio/{field}"),
            );
        }
    }
    let postal = address.codigo_postal.as_str();
    let fits = (3..=10).contains(&postal.len())
        && postal.bytes().all(|byte| {
            byte.is_ascii_uppercase() || byte.is_ascii_digit() || b" -".contains(&byte)
        });
    if fits {
        out.set(
            record,
            &format!("{to}/postalCode"),
            postal,
            &format!("{at}/domicilio/codigo_postal"),
        );
    }
    match country::two_letters(&address.pais).or_else(|| country::by_name(&address.pais)) {
        Some(country) => out.set(
            record,
            &format!("{to}/country"),
            country,
            &format!("{at}/domicilio/pais"),
        ),
        None => out.missing(
            record,
            &format!("{to}/country"),
            "the party's country",
            "el país de la parte",
        ),
    }
    if money::tax_number(&party.identificacion) {
        out.set(
            record,
            &format!("{to}/taxNumber"),
            party.identificacion.as_str(),
            &format!("{at}/identificacion"),
        );
    }
}

/// The receipt itself, as a paper of the shipment.
fn receipt(document: &Cove, at: &str, out: &mut Builder) {
    let Ok(number) = identifiers::normalise("cove", &document.e_document) else {
        return;
    };
    let record = out.optional_record("SupportingDocument");
    scns(record, out);
    // The list of document kinds has no value receipt; what it stands for is the invoice.
    out.set(
        record,
        "/documentKind",
        "invoice",
        &format!("{at}/e_document"),
    );
    out.set(
        record,
        "/documentNumber",
        number,
        &format!("{at}/e_document"),
    );
    if let Some(day) = day(&document.fecha_expedicion) {
        out.set(
            record,
            "/signedOn",
            day.to_string(),
            &format!("{at}/fecha_expedicion"),
        );
    }
}
