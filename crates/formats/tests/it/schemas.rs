//! What a draft of these kinds could be filed as is what the programs' schemas ask for.

use garita_formats::{DocumentKind, Draft, read};
use serde_json::{Value, json};
use std::path::PathBuf;

/// The schema of a record type, from the programs of this repository.
#[expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a schema that is not there or broken fails the test"
)]
fn schema(record_type: &str) -> jsonschema::Validator {
    let profiles = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../profiles"));
    let path = ["crossing", "interior"]
        .iter()
        .map(|profile| {
            profiles
                .join(profile)
                .join("schemas")
                .join(format!("{record_type}.json"))
        })
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("no schema of {record_type}"));
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// Supplies what the document can't tell, then holds each record to its schema.
#[expect(clippy::panic, reason = "a gap that nobody expects fails the test")]
fn check(mut draft: Draft, expected: &[&str]) {
    let types: Vec<&str> = draft
        .records
        .iter()
        .map(|record| record.record_type.as_str())
        .collect();
    assert_eq!(types, expected);
    for record in &mut draft.records {
        for gap in record.missing.clone() {
            let value = match gap.pointer.as_str() {
                "/scns" => json!(["TOCQ88402171"]),
                "/scac" => json!("TOCQ"),
                "/direction" => json!("northbound"),
                "/port" => json!("2304"),
                "/estimatedArrival" => json!("2026-11-24T14:10:00Z"),
                "/empty" => json!(false),
                other => panic!("{} lacks {other}", record.record_type),
            };
            assert!(record.supply(&gap.pointer, value));
        }
        let errors: Vec<String> = schema(&record.record_type)
            .iter_errors(&record.subject)
            .map(|error| format!("{} {error}", error.instance_path()))
            .collect();
        assert!(
            errors.is_empty(),
            "{}: {errors:?}\n{:#}",
            record.record_type,
            record.subject
        );
    }
}

fn pedimento(changes: &[(&str, &str)]) -> String {
    let mut header = json!({
        "numeroPedimento": "262434566000188", "tipoOperacion": "IMP", "clavePedimento": "A1", "regimen": "IMD",
        "tipoCambio": "18.3", "pesoBruto": "9120.5", "aduanaEntradaSalida": "240", "medioTransporteEntradaSalida": "7",
        "valorDolares": "48120", "valorAduana": "880600", "rfcImportadorExportador": "URE180429TM6",
        "nombreImportadorExportador": "UNIVERSIDAD ROBOTICA", "totalBultos": "480", "fechaPago": "24/11/2026",
        "acuseElectronicoValidacion": "K7P2M4QX", "lineaCaptura": "03260024345660001237", "importePagado": "350",
        "transportes": [{"placas": "47AK2F", "caat": "3A7K", "rfcTransportista": "EKU9003173C9"}],
        "contenedores": [{"numeroContenedor": "CSQU3054383"}],
        "guias": [{"numeroGuia": "TOCQ88402171"}],
        "facturas": [{"numeroFactura": "AQ-20417", "fechaFactura": "22/11/2026", "monedaFactura": "USD",
            "valorMonedaFactura": "48120", "valorDolaresFactura": "48120", "acuseValor": "COVE26A4F7K21",
            "proveedorComprador": "Gulf Prairie", "paisProveedor": "USA", "incoterm": "FCA",
            "idFiscalProveedor": "74-1234567", "domicilioProveedor": "Main St 12"}],
        "partidas": [{"secuenciaPartida": "1", "fraccion": "85443000", "nico": "00", "umc": "6", "cantidadUmc": "1",
            "descripcion": "Arneses", "paisOrigenDestino": "USA", "valorAduanaPartida": "880600", "pesoBrutoPartida": "9120.5"}],
    });
    for (name, value) in changes {
        if let Some(members) = header.as_object_mut() {
            members.insert((*name).to_owned(), json!(value));
        }
    }
    header.to_string()
}

#[test]
fn pedimentos_fit_their_schemas() {
    let draft = |text: String| read(DocumentKind::Pedimento, text.as_bytes()).unwrap();
    check(
        draft(pedimento(&[])),
        &[
            "Pedimento",
            "PedimentoValidated",
            "PedimentoPaid",
            "InvoiceSummary",
        ],
    );
    check(
        draft(pedimento(&[
            ("clavePedimento", "R1"),
            ("pedimentoOriginal", "262434566000123"),
            ("motivoRectificacion", "Falta la declaración de embalaje"),
        ])),
        &[
            "Pedimento",
            "Rectified",
            "PedimentoValidated",
            "PedimentoPaid",
            "InvoiceSummary",
        ],
    );
    check(
        draft(pedimento(&[
            ("clavePedimento", "T3"),
            ("regimen", "TRA"),
            ("tipoOperacion", "TRA"),
            ("aduanaDestinoTransito", "640"),
        ])),
        &[
            "TransitPedimento",
            "TransitValidated",
            "TransitPaid",
            "InvoiceSummary",
        ],
    );
}

#[test]
fn qrs_and_receipts_fit_their_schemas() {
    let qr = "240|EXP|3456|262434566000123|COVE26A4F7K21|47AK2F|3A7K|31UB8L,CSQU3054383|7741093|ABC-1234567-6|418204417|2026-11-24|DODA";
    check(
        read(DocumentKind::Doda, qr.as_bytes()).unwrap(),
        &["DodaIssued"],
    );
    let qr = "001|TOCQ2611240417           |20261124|MXTAM47AK2F |MXTAM31UB8L ";
    check(
        read(DocumentKind::AceCoverSheet, qr.as_bytes()).unwrap(),
        &["Manifest"],
    );
    let cove = json!({
        "eDocument": "COVE26A4F7K21", "tipoOperacion": "TOCE.IMP", "numeroFacturaRelacionFacturas": "AQ-20417",
        "fechaExpedicion": "2026-11-22",
        "emisor": {"nombre": "Gulf Prairie", "identificacion": "74-1234567",
            "domicilio": {"calle": "Main St", "municipio": "Laredo", "codigoPostal": "78045", "pais": "USA"}},
        "destinatario": {"nombre": "UNIVERSIDAD ROBOTICA", "domicilio": {"pais": "MEX"}},
        "mercancias": [{"descripcionGenerica": "Arneses", "claveUnidadMedida": "C62", "tipoMoneda": "USD",
            "cantidad": "480", "valorUnitario": "100.25", "valorTotal": "48120"}],
    });
    check(
        read(DocumentKind::Cove, cove.to_string().as_bytes()).unwrap(),
        &["InvoiceSummary", "SupportingDocument"],
    );
}

#[test]
fn credentials_fit_their_schemas() {
    let entry = json!({
        "type": ["VerifiableCredential", "CBP3461EntryCredential"],
        "credentialSubject": {
            "portOfEntry": {"usPortCode": "2304"}, "importer": {"name": "X"}, "importerOfRecord": {"number": "74-1234567XX"},
            "entryNumber": "ABC12345676", "entryType": "Free and Dutiable 01", "transportMode": "Truck", "entryValue": 1,
            "arrivalDate": "2026-11-24", "quantity": {"value": "480"},
            "lineItems": [{"commodity": {"commodityCode": "8544.30.0000"}, "productDescription": "Arneses",
                "countryOfOrigin": "MX", "value": "1.50",
                "itemParty": {"role": "Buyer", "organization": {"name": "Gulf Prairie", "taxId": "74-1234567",
                    "location": {"address": {"streetAddress": "Main St", "addressCountry": "US"}}}}}],
        },
    });
    check(
        read(DocumentKind::TradeCredential, entry.to_string().as_bytes()).unwrap(),
        &["EntryFiled"],
    );
    let origin = json!({
        "type": ["VerifiableCredential", "USMCACertificationOfOrigin"],
        "validFrom": "2026-01-01T00:00:00Z", "validUntil": "2026-12-31T00:00:00Z",
        "issuer": {"name": "Arneses Queretanos", "employee": {"firstName": "Laura", "lastName": "Peña"},
            "location": {"address": {"addressCountry": "MX"}}},
        "credentialSubject": {
            "invoiceNumber": "AQ-20417", "exporterDetails": {"name": "Arneses Queretanos"},
            "producerDetails": {"name": "Cobre", "location": {"address": {"addressCountry": "MX"}}},
            "goods": [{"description": "Wire harnesses", "commodityCode": "854430", "originCriterion": "B", "countryOfOrigin": "MX"}],
        },
        "proof": {"created": "2026-01-02T10:00:00Z"},
    });
    check(
        read(DocumentKind::TradeCredential, origin.to_string().as_bytes()).unwrap(),
        &["UsmcaCertification"],
    );
}
