//! The `InvoiceSummary` record, of a CFDI with the foreign-trade complement.

use super::carta_porte::cut;
use super::goods::{LINES_MAX, gross_weight};
use super::party::{self, Address};
use super::{Scn, normal, set_code, set_text};
use crate::carta_porte::catalogues::currencies::minor_digits;
use crate::carta_porte::document::*;
use crate::decimal;
use crate::draft::{Builder, Severity};
use std::collections::HashMap;

/// Incoterms of the edition of 2020.
const INCOTERMS: &[&str] = &[
    "EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP",
];
const SCNS_MAX: usize = 200;
/// What a record's amount may be.
const MINOR_MAX: i64 = 100_000_000_000_000;

/// The invoice. With a Carta Porte beside it, it is a by-product.
pub(super) fn record(
    cfdi: &Comprobante,
    foreign: &ComercioExterior,
    node: Option<&CartaPorte>,
    scns: &[Scn],
    out: &mut Builder,
) {
    let record = match node {
        Some(_) => out.optional_record("InvoiceSummary"),
        None => out.record("InvoiceSummary"),
    };
    for (index, (scn, origin)) in scns.iter().take(SCNS_MAX).enumerate() {
        out.set(record, &format!("/scns/{index}"), scn.as_str(), origin);
    }
    if scns.is_empty() {
        out.missing(
            record,
            "/scns",
            "the shipment control numbers: an invoice has none",
            "los números de control de embarque: la factura no los tiene",
        );
    }
    number_and_date(cfdi, record, out);
    seller(cfdi, foreign, record, out);
    buyer(cfdi, foreign, record, out);
    amounts(cfdi, foreign, record, out);
    match foreign.incoterm.as_deref() {
        Some(term) if INCOTERMS.contains(&term) => {
            out.set(
                record,
                "/incoterm",
                term,
                "/cfdi/comercio_exterior/incoterm",
            );
        }
        _ => {}
    }
    if let Some(node) = node {
        // A unit other than kilograms is told once, with the Carta Porte.
        if node.mercancias.unidad_peso == "KGM" {
            gross_weight(&node.mercancias, record, false, out);
        }
    }
}

/// Serie and Folio are the number; without them the folio of the stamp is.
fn number_and_date(cfdi: &Comprobante, record: usize, out: &mut Builder) {
    let number = [cfdi.serie.as_deref(), cfdi.folio.as_deref()]
        .into_iter()
        .flatten()
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    let origin = match cfdi.folio {
        Some(_) => "/cfdi/folio",
        None => "/cfdi/serie",
    };
    let stamped = cfdi.timbre.as_ref().map(|stamp| stamp.uuid.to_lowercase());
    let found = match stamped {
        _ if fits_number(&number) => Some((number, origin)),
        Some(uuid) if fits_number(&uuid) => Some((uuid, "/cfdi/timbre/uuid")),
        _ => None,
    };
    match found {
        Some((number, origin)) => out.set(record, "/invoiceNumber", number, origin),
        None => out.missing(
            record,
            "/invoiceNumber",
            "the invoice's number: neither Serie and Folio nor a stamp tell one",
            "el número de factura: no lo dan Serie y Folio ni un timbre",
        ),
    }
    let date = cfdi
        .fecha
        .get(..10)
        .filter(|date| date.parse::<jiff::civil::Date>().is_ok());
    if !out.set_some(record, "/invoiceDate", date, "/cfdi/fecha") {
        out.missing(
            record,
            "/invoiceDate",
            "the invoice's date",
            "la fecha de la factura",
        );
    }
}

fn fits_number(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte))
}

fn seller(cfdi: &Comprobante, foreign: &ComercioExterior, record: usize, out: &mut Builder) {
    party::name(
        out,
        record,
        "/seller",
        &cfdi.emisor.nombre,
        "/cfdi/emisor/nombre",
    );
    let at = "/cfdi/comercio_exterior/emisor/domicilio";
    let address = foreign
        .emisor
        .as_ref()
        .and_then(|issuer| issuer.domicilio.as_ref())
        .map(|address| Address::abroad(address, at.to_owned()));
    party::address(out, record, "/seller", address.as_ref());
    let rfc = Some(cfdi.emisor.rfc.as_str());
    normal(
        out,
        record,
        "/seller/taxNumber",
        "rfc",
        rfc,
        "/cfdi/emisor/rfc",
    );
}

fn buyer(cfdi: &Comprobante, foreign: &ComercioExterior, record: usize, out: &mut Builder) {
    let to = "/buyer";
    party::name(
        out,
        record,
        to,
        &cfdi.receptor.nombre,
        "/cfdi/receptor/nombre",
    );
    let receiver = foreign.receptor.as_ref();
    let at = "/cfdi/comercio_exterior/receptor";
    let address = receiver
        .and_then(|receiver| receiver.domicilio.as_ref())
        .map(|address| Address::abroad(address, format!("{at}/domicilio")));
    party::address(out, record, to, address.as_ref());
    if cfdi.receptor.rfc != "XEXX010101000" {
        let rfc = Some(cfdi.receptor.rfc.as_str());
        normal(
            out,
            record,
            "/buyer/taxNumber",
            "rfc",
            rfc,
            "/cfdi/receptor/rfc",
        );
        return;
    }
    // The complement's number is told only where the envelope has none.
    match cfdi.receptor.num_reg_id_trib.as_deref() {
        Some(number) => party::foreign_number(
            out,
            record,
            to,
            Some(number),
            "/cfdi/receptor/num_reg_id_trib",
        ),
        None => party::foreign_number(
            out,
            record,
            to,
            receiver.and_then(|receiver| receiver.num_reg_id_trib.as_deref()),
            &format!("{at}/num_reg_id_trib"),
        ),
    }
}

/// The total and the lines: in the invoice's currency, or, where goods are moved and not sold, in dollars.
fn amounts(cfdi: &Comprobante, foreign: &ComercioExterior, record: usize, out: &mut Builder) {
    let sold = minor_digits(&cfdi.moneda).is_some();
    let (total, origin, currency) = if sold {
        (&cfdi.total, "/cfdi/total", cfdi.moneda.as_str())
    } else {
        let origin = "/cfdi/comercio_exterior/total_usd";
        out.fault(
            Severity::Note,
            "invoice-in-dollars",
            origin,
            "the CFDI has no currency, so the invoice's total and lines are those in dollars".to_owned(),
            "el CFDI no tiene moneda: el total y las partidas de la factura son los valores en dólares".to_owned(),
        );
        (&foreign.total_usd, origin, "USD")
    };
    let currency_origin = if sold { "/cfdi/moneda" } else { origin };
    out.set(record, "/currency", currency, currency_origin);
    let digits = minor_digits(currency).unwrap_or(2);
    match minor(total, digits, origin, out) {
        Some(total) => out.set(record, "/totalMinor", total, origin),
        None => out.missing(record, "/totalMinor", "the total", "el total"),
    }
    lines(cfdi, foreign, record, sold.then_some(digits), out);
}

/// The lines of the invoice, with what the complement tells of each.
fn lines(
    cfdi: &Comprobante,
    foreign: &ComercioExterior,
    record: usize,
    digits: Option<u32>,
    out: &mut Builder,
) {
    let mut told: HashMap<&str, usize> = HashMap::new();
    for (index, goods) in foreign.mercancias.iter().enumerate() {
        told.entry(goods.no_identificacion.as_str())
            .or_insert(index);
    }
    for (index, line) in cfdi.conceptos.iter().enumerate().take(LINES_MAX) {
        let at = format!("/cfdi/conceptos/{index}");
        let to = format!("/invoiceLines/{index}");
        let goods = line
            .no_identificacion
            .as_deref()
            .and_then(|number| told.get(number))
            .and_then(|found| foreign.mercancias.get(*found).map(|goods| (*found, goods)));
        let pointer = format!("{to}/goodsText");
        let origin = format!("{at}/descripcion");
        if !set_text(out, record, &pointer, &line.descripcion, &origin, (3, 300)) {
            out.missing(
                record,
                &pointer,
                "what the goods are",
                "qué son las mercancías",
            );
        }
        if let Some((number, goods)) = goods {
            let origin =
                format!("/cfdi/comercio_exterior/mercancias/{number}/fraccion_arancelaria");
            let code = goods.fraccion_arancelaria.as_deref();
            normal(
                out,
                record,
                &format!("{to}/commodityCode"),
                "hts",
                code,
                &origin,
            );
        }
        if let Some(quantity) = decimal::parse(&line.cantidad)
            && quantity <= 1_000_000_000_000 * decimal::ONE
        {
            let origin = format!("{at}/cantidad");
            out.set(
                record,
                &format!("{to}/quantity"),
                decimal::json(quantity),
                &origin,
            );
        }
        let unit = Some(line.clave_unidad.as_str());
        let origin = format!("{at}/clave_unidad");
        set_code(
            out,
            record,
            &format!("{to}/unit"),
            unit,
            &origin,
            (1, 4, ""),
        );
        let pointer = format!("{to}/lineMinor");
        let amount = match (digits, goods) {
            (Some(digits), _) => {
                let origin = format!("{at}/importe");
                minor(&line.importe, digits, &origin, out).map(|amount| (amount, origin))
            }
            (None, Some((number, goods))) => {
                let origin = format!("/cfdi/comercio_exterior/mercancias/{number}/valor_dolares");
                minor(&goods.valor_dolares, 2, &origin, out).map(|amount| (amount, origin))
            }
            (None, None) => None,
        };
        match amount {
            Some((amount, origin)) => out.set(record, &pointer, amount, &origin),
            None => out.missing(
                record,
                &pointer,
                "the line's amount",
                "el importe de la partida",
            ),
        }
    }
    let count = cfdi.conceptos.len();
    cut(
        out,
        "lines-many",
        "/cfdi",
        count,
        LINES_MAX,
        ("lines", "partidas"),
    );
}

/// An amount in minor units, rounded half up with a note where it has more decimals than the currency.
fn minor(text: &str, digits: u32, origin: &str, out: &mut Builder) -> Option<i64> {
    let amount = decimal::parse(text)?;
    let unit = decimal::ONE / 10_i128.checked_pow(digits)?;
    let whole = (amount + unit / 2) / unit;
    if amount % unit != 0 {
        out.fault(
            Severity::Note,
            "amount-rounded",
            origin,
            format!("the amount has more than {digits} decimals and is rounded"),
            format!("el importe tiene más de {digits} decimales y se redondea"),
        );
    }
    i64::try_from(whole)
        .ok()
        .filter(|minor| *minor <= MINOR_MAX)
}
