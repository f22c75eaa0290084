//! Which field goes where: the rows of the page, from the tables that reading uses.

use super::document::*;
use super::fields::FieldRule;
use crate::elements::ElementRow;

/// All fields that are read.
pub fn elements() -> Vec<ElementRow> {
    let tables: &[&[FieldRule]] = &[
        Encabezado::FIELDS,
        Transporte::FIELDS,
        Candado::FIELDS,
        Contenedor::FIELDS,
        Guia::FIELDS,
        Factura::FIELDS,
        Contribucion::FIELDS,
        Identificador::FIELDS,
        DatosPartida::FIELDS,
        ContribucionPartida::FIELDS,
        IdentificadorPartida::FIELDS,
        PermisoPartida::FIELDS,
    ];
    tables
        .iter()
        .flat_map(|rules| rules.iter())
        .map(|rule| {
            let anexo = match rule.anexo {
                "ours" => String::new(),
                number => format!(" (Anexo 22: {number})"),
            };
            ElementRow::new(
                rule.name,
                format!("{}{anexo}", rule.en),
                format!("{}{anexo}", rule.es),
                rule.required,
                &goes(rule.name),
            )
        })
        .collect()
}

const PEDIMENTO: &str = "Pedimento";
const TRANSIT: &str = "TransitPedimento";
const INVOICE: &str = "InvoiceSummary";

/// The members that a field fills.
fn goes(name: &str) -> Vec<(&'static str, &'static str)> {
    let both = |member: &'static str| vec![(PEDIMENTO, member), (TRANSIT, member)];
    let either =
        |seller: &'static str, buyer: &'static str| vec![(INVOICE, seller), (INVOICE, buyer)];
    match name {
        "numeroPedimento" => {
            let mut all = Vec::new();
            for record_type in [PEDIMENTO, TRANSIT, "TransitValidated", "TransitPaid"] {
                for member in ["/year", "/customsOffice", "/patente", "/number"] {
                    all.push((record_type, member));
                }
            }
            for record_type in ["PedimentoValidated", "PedimentoPaid", "Rectified"] {
                all.push((record_type, "/pedimentos/*"));
            }
            all
        }
        "tipoOperacion" => both("/operation"),
        "clavePedimento" => [both("/clave"), vec![("Rectified", "/clave")]].concat(),
        "regimen" => both("/regime"),
        "pesoBruto" => both("/grossWeightKg"),
        "totalBultos" => [both("/packages"), both("/goods/*/packages")].concat(),
        "aduanaEntradaSalida" => vec![(PEDIMENTO, "/aduana"), (TRANSIT, "/originAduana")],
        "aduanaDestinoTransito" => vec![(TRANSIT, "/destinationAduana")],
        "valorDolares" => vec![(PEDIMENTO, "/valueUsdCents")],
        "valorAduana" => both("/customsValueMxnCents"),
        "rfcImportadorExportador" => [
            both("/rfc"),
            either("/seller/taxNumber", "/buyer/taxNumber"),
            either("/seller/country", "/buyer/country"),
        ]
        .concat(),
        "nombreImportadorExportador" => either("/seller/partyName", "/buyer/partyName"),
        "domicilioImportadorExportador" => either("/seller/streetAddress", "/buyer/streetAddress"),
        "acuseElectronicoValidacion" => {
            vec![
                ("PedimentoValidated", "/acknowledgment"),
                ("TransitValidated", "/acknowledgment"),
            ]
        }
        "lineaCaptura" => vec![
            ("PedimentoPaid", "/captureLine"),
            ("TransitPaid", "/captureLine"),
        ],
        "importePagado" => vec![
            ("PedimentoPaid", "/paidMxnCents"),
            ("TransitPaid", "/paidMxnCents"),
        ],
        "pedimentoOriginal" => vec![("Rectified", "/rectifies")],
        "motivoRectificacion" => vec![("Rectified", "/cause")],
        "placas" => vec![(TRANSIT, "/plate")],
        "caat" => vec![(TRANSIT, "/caat")],
        "rfcTransportista" => vec![(TRANSIT, "/carrierRfc")],
        "numeroContenedor" => vec![(TRANSIT, "/containerNumber")],
        "numeroGuia" => [both("/scns/*"), vec![(INVOICE, "/scns/*")]].concat(),
        "acuseValor" => both("/coves/*"),
        "numeroFactura" => vec![(INVOICE, "/invoiceNumber")],
        "fechaFactura" => vec![(INVOICE, "/invoiceDate")],
        "incoterm" => vec![(INVOICE, "/incoterm")],
        "monedaFactura" => vec![(INVOICE, "/currency")],
        "valorMonedaFactura" => vec![(INVOICE, "/totalMinor")],
        "proveedorComprador" => either("/seller/partyName", "/buyer/partyName"),
        "idFiscalProveedor" => either("/seller/taxNumber", "/buyer/taxNumber"),
        "domicilioProveedor" => either("/seller/streetAddress", "/buyer/streetAddress"),
        "paisProveedor" => either("/seller/country", "/buyer/country"),
        "fraccion" | "nico" => both("/goods/*/commodityCode"),
        "paisOrigenDestino" => both("/goods/*/originCountry"),
        "descripcion" => both("/goods/*/goodsText"),
        "pesoBrutoPartida" => both("/goods/*/grossWeightKg"),
        "bultosPartida" => both("/goods/*/packages"),
        _ => Vec::new(),
    }
}
