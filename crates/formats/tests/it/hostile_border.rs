//! JSON, CSV and QR inputs made to hurt: each ends in a coded error or a bounded draft.

use garita_formats::{DOCUMENT_BYTES_MAX, DocumentKind, draft::FAULTS_MAX, read, recognise};

const KINDS: [DocumentKind; 11] = [
    DocumentKind::Pedimento,
    DocumentKind::BorderWaitTimes,
    DocumentKind::Cove,
    DocumentKind::Doda,
    DocumentKind::AceCoverSheet,
    DocumentKind::TradeCredential,
    DocumentKind::BtsCrossings,
    DocumentKind::ProjectList,
    DocumentKind::ProjectStatements,
    DocumentKind::PlaceIndicators,
    DocumentKind::Oc4ids,
];

fn code(kind: DocumentKind, bytes: &[u8]) -> &'static str {
    read(kind, bytes).map_or_else(|error| error.code(), |_| "read")
}

#[test]
fn two_hundred_megabytes_and_nothing() {
    let large = vec![b' '; 200 * 1024 * 1024];
    assert!(large.len() > DOCUMENT_BYTES_MAX);
    for kind in KINDS {
        assert_eq!(code(kind, &large), "document-too-large");
        assert_eq!(code(kind, b""), "document-empty");
        assert_eq!(code(kind, b"  \n "), "document-empty");
    }
}

#[test]
fn depth_values_and_rows() {
    let deep = "[".repeat(1_000_000);
    let objects = format!("{{\"a\":{}", "{\"a\":".repeat(1_000_000));
    let wide = format!("[{}1]", "1,".repeat(1_000_000));
    for kind in [
        DocumentKind::Pedimento,
        DocumentKind::BorderWaitTimes,
        DocumentKind::Cove,
        DocumentKind::TradeCredential,
        DocumentKind::Oc4ids,
    ] {
        assert_eq!(code(kind, deep.as_bytes()), "json-too-deep");
        assert_eq!(code(kind, objects.as_bytes()), "json-too-deep");
        assert_eq!(code(kind, wide.as_bytes()), "json-too-many-values");
    }
    let rows = format!("numeroPedimento,fraccion\n{}", "1,2\n".repeat(1_000_000));
    assert_eq!(
        code(DocumentKind::Pedimento, rows.as_bytes()),
        "csv-too-many-rows"
    );
    let rows = format!(
        "month,port_code,measure,value\n{}",
        "a,b,c,d\n".repeat(1_000_000)
    );
    assert_eq!(
        code(DocumentKind::BtsCrossings, rows.as_bytes()),
        "csv-too-many-rows"
    );
}

#[test]
fn many_faults_are_bounded() {
    let lines = "{},".repeat(50_000);
    let text = format!("{{\"numeroPedimento\": \"1\", \"partidas\": [{lines}{{}}]}}");
    let draft = read(DocumentKind::Pedimento, text.as_bytes()).unwrap();
    assert_eq!(draft.faults.len(), FAULTS_MAX);
    assert!(draft.faults_untold > 100_000 && !draft.is_complete());
    let rows = "x,y,z,-1\n".repeat(100_000);
    let text = format!("month,port_code,measure,value\n{rows}");
    let draft = read(DocumentKind::BtsCrossings, text.as_bytes()).unwrap();
    assert_eq!(draft.faults.len(), FAULTS_MAX);
}

#[test]
fn entities_are_refused() {
    let laughs = r#"<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><border_wait_time>&lol2;</border_wait_time>"#;
    let external = r#"<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><cove>&e;</cove>"#;
    for kind in [DocumentKind::BorderWaitTimes, DocumentKind::Cove] {
        assert_eq!(code(kind, laughs.as_bytes()), "xml-dtd");
        assert_eq!(code(kind, external.as_bytes()), "xml-dtd");
    }
}

#[test]
fn other_things_are_not_recognised() {
    for bytes in [
        b"".as_slice(),
        b"{}",
        b"[]",
        b"[1,2]",
        b"a,b\n1,2\n",
        b"<a/>",
        b"240|EXP",
        b"https://customs.example/?D3=1",
        &[b'|'; 64],
        &[0xFF; 300],
    ] {
        assert_eq!(recognise(bytes), None, "{bytes:?}");
    }
}

/// Each prefix and each single wrong byte of small documents: an answer, never a panic.
#[test]
fn every_cut_and_every_flip_is_answered() {
    let documents: [(DocumentKind, &str); 11] = [
        (
            DocumentKind::Pedimento,
            "{\"numeroPedimento\":\"262434566000123\",\"clavePedimento\":\"R1\",\"pesoBruto\":1.5,\
             \"facturas\":[{\"numeroFactura\":\"\\u00d1\",\"acuseValor\":\"COVE26A4F7K21\",\"fechaFactura\":\"24/11/2026\"}],\
             \"partidas\":[{\"secuenciaPartida\":\"1\",\"fraccion\":\"85443000\",\"contribucionesPartida\":[{\"importePartida\":1}]}]}",
        ),
        (
            DocumentKind::Pedimento,
            "registro;numeroPedimento;clavePedimento;fraccion;curpImportadorExportador;secuenciaPartida;importePartida\r\n\
             pedimento;262434566000123;A1;;BOXW310820HNERXN09;;\r\npartida;\"262434566000123\";;85443000;;1;\r\n\
             contribucionPartida;;;;;1;\u{f1}5\r\n",
        ),
        (
            DocumentKind::Pedimento,
            "numeroPedimento,clavePedimento,placas,fraccion\n262434566000123,A1,47AK2F,85443000\n,,,87088099\n",
        ),
        (
            DocumentKind::Cove,
            "<r><cove><tipoOperacion>TOCE.IMP</tipoOperacion><emisor><nombre>\u{f1}</nombre></emisor><mercancias><mercancia>\
             <cantidad>1</cantidad><valorUnitario>2</valorUnitario><valorTotal>2</valorTotal></mercancia></mercancias></cove></r>",
        ),
        (
            DocumentKind::BorderWaitTimes,
            "[{\"port_number\":\"230404\",\"date\":\"6/29/2022\",\"time\":\"13:25:16\",\"commercial_vehicle_lanes\":\
             {\"standard_lanes\":{\"update_time\":\"At 1:00 pm EDT\",\"delay_minutes\":\"5\"}}}]",
        ),
        (
            DocumentKind::TradeCredential,
            "{\"type\":[\"VerifiableCredential\",\"USMCACertificationOfOrigin\"],\"validFrom\":\"2026-01-01\",\
             \"validUntil\":\"2026-12-31\",\"credentialSubject\":{\"goods\":[{\"commodityCode\":\"854430\"}],\"entryNumber\":\"ABC\"}}",
        ),
        (
            DocumentKind::BtsCrossings,
            "month,port_code,measure,value\n2024-01,2304,Trucks,1\nJan 2024,2304,Truck Containers Loaded,\"2\"\n",
        ),
        (
            DocumentKind::ProjectList,
            "id,name_en,as_of,budget_amount,type,note\nus-tx-a,\"Ñ, b\",2024-02-29,\"1,300\",rail,as_of approximate\n",
        ),
        (
            DocumentKind::ProjectStatements,
            "project_id,stated_on,fact,value,unit,source,note\nus-tx-a,2024-02-29,cost,5.5,USD,x | y,contract; US side\n",
        ),
        (
            DocumentKind::PlaceIndicators,
            "place,name_en,indicator,value,unit,as_of,source\n2304,\"Ñ, b\",trucks-growth,-3.1,percent,2024-02-29,x | y\n",
        ),
        (
            DocumentKind::Oc4ids,
            "{\"publishedDate\":\"2026-03-12\",\"uri\":\"x\",\"projects\":[{\"id\":\"us-tx-a\",\"title\":\"\\u00d1\",\"sector\":[\"transport.rail\"],\
             \"milestones\":[{\"id\":\"1\",\"code\":\"completion\",\"dueDate\":\"2027-12-31T00:00:00Z\"}],\"budget\":{\"amount\":{\"amount\":5,\"currency\":\"USD\"}}}]}",
        ),
    ];
    for (kind, text) in documents {
        let bytes = text.as_bytes();
        for cut in 0..bytes.len() {
            let _ = recognise(&bytes[..cut]);
            let _ = read(kind, &bytes[..cut]);
        }
        for at in 0..bytes.len() {
            for flip in [0_u8, b'"', b',', b'{', b'9', b'\n', 0xC3, bytes[at] ^ 0x20] {
                let mut changed = bytes.to_vec();
                changed[at] = flip;
                let _ = read(kind, &changed);
            }
        }
    }
}
