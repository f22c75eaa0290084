//! Which element goes where: rows of the page, from the tables that reading uses.

use super::document::*;
use crate::elements::ElementRow;

/// All elements that are read.
pub fn elements() -> Vec<ElementRow> {
    let mut rows = Vec::new();
    table(&mut rows, "", Cove::TEXTS);
    for party in ["emisor", "destinatario"] {
        table(&mut rows, &format!("{party}/"), Persona::TEXTS);
        table(&mut rows, &format!("{party}/domicilio/"), Domicilio::TEXTS);
    }
    table(&mut rows, "", Mercancia::TEXTS);
    rows
}

fn table(rows: &mut Vec<ElementRow>, before: &str, rules: &[TextRule]) {
    let party = match before.split('/').next() {
        Some("emisor") => "seller",
        Some("destinatario") => "buyer",
        _ => "",
    };
    for rule in rules {
        let goes = goes(party, rule.name);
        rows.push(ElementRow::new(
            format!("{before}{}", rule.name),
            rule.en,
            rule.es,
            rule.required,
            &goes,
        ));
    }
}

fn goes(party: &str, name: &str) -> Vec<(&'static str, &'static str)> {
    const INVOICE: &str = "InvoiceSummary";
    const RECEIPT: &str = "SupportingDocument";
    let member = |seller: &'static str, buyer: &'static str| match party {
        "seller" => vec![(INVOICE, seller)],
        "buyer" => vec![(INVOICE, buyer)],
        _ => Vec::new(),
    };
    match name {
        "eDocument" => vec![(RECEIPT, "/documentKind"), (RECEIPT, "/documentNumber")],
        "numeroFacturaRelacionFacturas" => vec![(INVOICE, "/invoiceNumber")],
        "fechaExpedicion" => vec![(INVOICE, "/invoiceDate"), (RECEIPT, "/signedOn")],
        "nombre" => member("/seller/partyName", "/buyer/partyName"),
        "identificacion" => member("/seller/taxNumber", "/buyer/taxNumber"),
        "calle" => member("/seller/streetAddress", "/buyer/streetAddress"),
        "localidad" | "municipio" => member("/seller/locality", "/buyer/locality"),
        "entidadFederativa" => member("/seller/region", "/buyer/region"),
        "codigoPostal" => member("/seller/postalCode", "/buyer/postalCode"),
        "pais" => member("/seller/country", "/buyer/country"),
        "tipoMoneda" => vec![(INVOICE, "/currency")],
        "descripcionGenerica" => vec![(INVOICE, "/invoiceLines/*/goodsText")],
        "claveUnidadMedida" => vec![(INVOICE, "/invoiceLines/*/unit")],
        "cantidad" => vec![(INVOICE, "/invoiceLines/*/quantity")],
        "valorTotal" => vec![
            (INVOICE, "/totalMinor"),
            (INVOICE, "/invoiceLines/*/lineMinor"),
        ],
        _ => Vec::new(),
    }
}
