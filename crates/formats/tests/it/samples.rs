//! Other people's files of `../shared/samples/border`, asserted by content.

use garita_formats::{DocumentKind, Draft, Severity, carta_porte, read, recognise, x12_309};
use serde_json::json;
use std::path::PathBuf;

/// The bytes of a sample, or `None` with a word that the test is skipped.
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
pub(crate) fn sample(name: &str) -> Option<Vec<u8>> {
    // Beside the repository, or beside the folder that its worktrees are in.
    let beside = ["../../../shared", "../../../../shared"].map(|shared| {
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join(shared)
            .join("samples/border")
            .join(name)
    });
    let path = beside
        .iter()
        .find(|path| path.exists())
        .unwrap_or(&beside[0]);
    match std::fs::read(path) {
        Ok(bytes) => Some(bytes),
        Err(_) => {
            println!("skipped: {} is not there", path.display());
            None
        }
    }
}

fn loud(draft: &Draft) -> Vec<(&'static str, Severity)> {
    let faults = draft
        .faults
        .iter()
        .filter(|fault| fault.severity > Severity::Note);
    faults.map(|fault| (fault.code, fault.severity)).collect()
}

#[test]
fn synthetic_northbound_carta_porte() {
    let Some(bytes) = sample("synthetic-carta-porte31-northbound.xml") else {
        return;
    };
    assert_eq!(recognise(&bytes), Some(DocumentKind::CartaPorte));
    let draft = read(DocumentKind::CartaPorte, &bytes).unwrap();
    assert_eq!(loud(&draft), []);
    let record = draft.record("CartaPorte").unwrap();
    assert_eq!(
        record.subject,
        json!({
            "idCcp": "CCC1a2b3-c4d5-4e6f-8a9b-0c1d2e3f4a5b",
            "direction": "northbound",
            "pedimentos": ["26:24:3456:6000123"],
            "plate": "12AB3C",
            "equipment": [{"equipmentNumber": "45CD6E", "equipmentKind": "trailer", "plate": "45CD6E"}],
            "vehicleConfig": "T3S2",
            "permitSict": "TPAF01",
            "origin": "76246 QUE, MEX",
            "destination": "78045 TX, USA",
            "distanceKm": 945.5,
            "grossWeightKg": 12450,
            "goods": [{
                "goodsText": "Partes para suspension de vehiculos",
                "commodityCode": "8708809900",
                "grossWeightKg": 12450,
            }],
            "driver": {"driverName": "XOCHILT CASAS CHAVEZ", "licence": "LIC000123"},
        })
    );
    let missing: Vec<&str> = record
        .missing
        .iter()
        .map(|gap| gap.pointer.as_str())
        .collect();
    assert_eq!(missing, ["/scac", "/trip", "/goods/0/packages"]);
    let place = record.sources.get("/pedimentos/0").unwrap();
    assert_eq!(
        (place.line, place.text.as_str()),
        (17, "26  24  3456  6000123")
    );
    assert_eq!(
        place.path,
        "/cartaporte31:CartaPorte/cartaporte31:Mercancias[1]/cartaporte31:Mercancia[1]\
         /cartaporte31:DocumentacionAduanera[1]/@NumPedimento"
    );
    let shipment = draft.record("Shipment").unwrap();
    assert!(shipment.optional);
    assert_eq!(
        shipment.subject["consignee"],
        json!({
            "partyName": "Example Imports LLC", "streetAddress": "Mines Rd 11111", "region": "TX",
            "postalCode": "78045", "country": "US", "taxNumber": "123456789",
        })
    );
}

#[test]
fn domestic_cfdi_with_carta_porte() {
    let Some(bytes) = sample("cfdi40-carta-porte31-domestic.xml") else {
        return;
    };
    assert_eq!(recognise(&bytes), Some(DocumentKind::CartaPorte));
    let draft = read(DocumentKind::CartaPorte, &bytes).unwrap();
    assert_eq!(
        loud(&draft),
        [
            ("stamp-missing", Severity::Warning),
            ("carta-porte-domestic", Severity::Warning),
            ("weight-unit", Severity::Warning),
            ("health-sector-missing", Severity::Warning),
        ]
    );
    assert_eq!(
        draft.records.len(),
        1,
        "a domestic carriage is no shipment across the border"
    );
    assert_eq!(
        draft.records[0].subject,
        json!({
            "idCcp": "CCCbcd94-870a-4332-a52a-a52aa52aa52a",
            "cfdiKind": "I",
            "rfc": "EKU9003173C9",
            "plate": "PLAC892",
            "equipment": [{"equipmentNumber": "VL45K98", "equipmentKind": "trailer", "plate": "VL45K98"}],
            "vehicleConfig": "VL",
            "permitSict": "TPAF01",
            "origin": "13250 CMX, MEX",
            "destination": "25350 COA, MEX",
            "distanceKm": 1,
            "packages": 1,
            "goods": [{
                "goodsText": "Accesorios de equipo de telefonía",
                "commodityCode": "6309000100",
                "packages": 1,
                "packageUnit": "BX",
                "grossWeightKg": 1,
            }],
            "driver": {"driverName": "NombreFigura1", "licence": "NUMLICENCIA1"},
        })
    );
    let (document, _) = carta_porte::read_document(&bytes).unwrap();
    let cfdi = document.cfdi.as_ref().unwrap();
    assert_eq!(cfdi.receptor.nombre, "UNIVERSIDAD ROBOTICA ESPAÑOLA");
    assert_eq!(
        (cfdi.serie.as_deref(), cfdi.total.as_str()),
        (Some("SerieCCP31"), "100.00")
    );
    let node = document.carta_porte.as_ref().unwrap();
    assert_eq!(node.registro_istmo.as_deref(), Some("Sí"));
    let goods = &node.mercancias.mercancia[0];
    assert_eq!(goods.lote_medicamento.as_deref(), Some("LoteMedic1"));
    assert_eq!(goods.cantidades[0].id_destino, "DE202020");
    let (again, _) = carta_porte::read_document(carta_porte::write(&document).as_bytes()).unwrap();
    assert_eq!(again, document);
}

#[test]
fn ocean_manifest() {
    let Some(bytes) = sample("x12-309-ocean-004010.edi") else {
        return;
    };
    assert_eq!(recognise(&bytes), Some(DocumentKind::X12Manifest309));
    let draft = read(DocumentKind::X12Manifest309, &bytes).unwrap();
    let codes = loud(&draft);
    let count = |code: &str| codes.iter().filter(|(found, _)| *found == code).count();
    assert_eq!(count("not-a-truck-manifest"), 1, "{codes:?}");
    assert_eq!(
        count("scn-form"),
        10,
        "ocean bill numbers are no shipment control numbers"
    );
    assert_eq!(count("bill-count"), 1, "M1008 says 21");
    assert_eq!(
        count("x12-segment-count"),
        1,
        "SE says 622, the sample was cut"
    );
    assert_eq!(count("container-check-digit"), 1, "a masked container");
    assert_eq!(count("tariff-form"), 2, "masked codes");
    assert!(!draft.is_complete());
    assert_eq!(draft.records.len(), 11);
    assert_eq!(
        garita_formats::elements::untold(&draft),
        Vec::<String>::new()
    );
    let manifest = &draft.records[0].subject;
    assert_eq!(manifest["scac"], "XXXX");
    assert_eq!(manifest["trip"], "0185320N");
    assert_eq!(manifest["port"], "1803");
    assert_eq!(manifest["packages"], 3233);
    assert_eq!(manifest["loadedAt"], "SANTOS");
    assert_eq!(manifest["equipment"].as_array().unwrap().len(), 18);
    assert_eq!(
        manifest["equipment"][0],
        json!({"equipmentNumber": "HASU5044950", "containerNumber": "HASU5044950", "equipmentKind": "container-40"})
    );
    assert_eq!(manifest["seals"][1], "128105");
    assert!(
        draft.records[0]
            .missing
            .iter()
            .any(|gap| gap.pointer == "/estimatedArrival")
    );
    let third = &draft.records[3];
    assert_eq!(third.subject["scn"], "99XXZ020301X");
    assert_eq!(third.subject["grossWeightKg"], 100_700);
    assert_eq!(third.subject["goods"].as_array().unwrap().len(), 5);
    assert_eq!(third.subject["goods"][0]["unNumber"], "UN2319");
    assert_eq!(third.subject["goods"][0]["commodityCode"], "330112");
    assert_eq!(third.subject["consignee"]["locality"], "LAKELAND");
    let place = third.sources.get("/packages").unwrap();
    assert_eq!(
        (place.path.as_str(), place.text.as_str(), place.line),
        ("309 #3899/58 M1103", "5", 60)
    );
    let reading = x12_309::Reading::default();
    let (documents, _) = x12_309::read_documents(&bytes, &reading).unwrap();
    let written = x12_309::write(&documents[0], &reading);
    let (again, _) = x12_309::read_documents(written.as_bytes(), &reading).unwrap();
    assert_eq!(again, documents);
}
