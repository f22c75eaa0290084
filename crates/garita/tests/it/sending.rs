//! A case goes out as a document: from its page, with what no record has added by the sender; both languages, desk and phone.

use serde_json::{Value, json};

use crate::chromium::{self, Browser};
use crate::world::{Api, World, manifest, shipment, trip_key, until};

const TRIP: &str = "TOCQ2611240417";
const SCN: &str = "TOCQ88402171";

/// What the carrier's own files say of the truck: in no record.
const ADDED: &[(&str, &str)] = &[
    ("RegimenAduanero", "EXD"),
    (
        "Ubicaciones.0.FechaHoraSalidaLlegada",
        "2026-11-24T02:00:00",
    ),
    (
        "Ubicaciones.1.FechaHoraSalidaLlegada",
        "2026-11-24T12:30:00",
    ),
    ("Mercancias.0.BienesTransp", "25174200"),
    ("Autotransporte.NumPermisoSCT", "X-1"),
    ("IdentificacionVehicular.PesoBrutoVehicular", "29.5"),
    ("IdentificacionVehicular.AnioModeloVM", "2022"),
    ("Seguros.AseguraRespCivil", "Aseguradora del Norte"),
    ("Seguros.PolizaRespCivil", "RC-1"),
    ("Remolques.0.SubTipoRem", "CTR003"),
    ("TiposFigura.RFCFigura", "CACX7605101P8"),
];

/// A truck with its manifest, its shipment and its Carta Porte.
async fn truck(world: &World) {
    let carrier = world.api("ocotillo");
    let trailer = json!([{ "equipmentNumber": "5301", "equipmentKind": "trailer-53", "plate": "31UB8L", "plateState": "MX-TAM" }]);
    let mut listed = manifest(TRIP, "47AK2F", SCN);
    listed["equipment"] = trailer.clone();
    carrier.file("Manifest", listed).await;
    let mut bill = shipment(SCN, &world.did("mines"), &world.did("gulf"));
    bill["shipper"] = json!({ "partyName": "Arneses Queretanos", "streetAddress": "Av. Industria 1250", "locality": "Querétaro", "region": "QUE",
        "postalCode": "76120", "country": "MX", "taxNumber": "URE180429TM6" });
    bill["consignee"] = json!({ "partyName": "Gulf Prairie Assembly", "streetAddress": "11111 Mines Rd", "locality": "Laredo", "region": "TX",
        "postalCode": "78045", "country": "US", "taxNumber": "74-1234567" });
    let id = carrier.file("Shipment", bill).await;
    carrier
        .file(
            "CartaPorte",
            json!({
                "scac": "TOCQ", "trip": TRIP, "idCcp": "CCC1a2b3-c4d5-4e6f-8a9b-0c1d2e3f4a5b", "direction": "northbound", "scns": [SCN],
                "pedimentos": ["26:24:3456:6000123"], "plate": "47AK2F", "equipment": trailer, "vehicleConfig": "T3S2", "permitSict": "TPAF01",
                "distanceKm": 898.4, "grossWeightKg": 1000, "driver": { "driverName": "Xóchitl Casas Chávez", "licence": "LFD0123456" },
                "goods": [{ "goodsText": "Arneses eléctricos para vehículos", "commodityCode": "8544300000", "packages": 10, "packageUnit": "CT", "grossWeightKg": 1000 }],
            }),
        )
        .await;
    until("the trip has its shipment", || async {
        let trip = carrier.case("trip", &trip_key(TRIP)).await.body;
        trip["parts"]["shipments"]["complete"] == true
            && world.api("ocotillo").holds(&id).await.status == 200
    })
    .await;
}

fn path(document: &str) -> String {
    format!("/v1/cases/trip/{}/documents/{document}", trip_key(TRIP))
}

fn added() -> String {
    let pairs: Vec<String> = ADDED
        .iter()
        .map(|(name, value)| format!("{name}={}", value.replace(' ', "+")))
        .collect();
    pairs.join("&")
}

async fn names(api: &Api) -> Vec<String> {
    let listed = api.get(path("").trim_end_matches('/')).await;
    let items = listed.body["items"].as_array().cloned().unwrap_or_default();
    items
        .iter()
        .map(|item| item["document"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trip_goes_out_as_cover_sheet_and_carta_porte() {
    let world = World::running("sending", 2).await;
    truck(&world).await;
    let carrier = world.api("ocotillo");
    let listed = names(&carrier).await;
    for name in ["x12-309", "ace-cover-sheet", "carta-porte"] {
        assert!(listed.iter().any(|known| known == name), "{listed:?}");
    }
    assert!(
        !listed
            .iter()
            .any(|known| known == "doda" || known == "pedimento")
    );

    let sheet = carrier.get(&path("ace-cover-sheet")).await;
    assert_eq!(
        (sheet.status, sheet.text.as_str()),
        (
            200,
            "001|TOCQ2611240417           |20261124|MXTAM47AK2F |MXTAM31UB8L "
        )
    );

    // What no record has is named, all at once, in both languages, and nothing is made up.
    let lacking = carrier.get(&path("carta-porte")).await;
    assert_eq!(lacking.status, 422, "{}", lacking.text);
    let faults = lacking.body["errors"].as_array().unwrap().clone();
    let told: Vec<&str> = faults
        .iter()
        .map(|fault| fault["pointer"].as_str().unwrap().trim_start_matches('/'))
        .collect();
    let mut wanted: Vec<&str> = ADDED.iter().map(|(name, _)| *name).collect();
    let mut sorted = told.clone();
    wanted.sort_unstable();
    sorted.sort_unstable();
    assert_eq!(sorted, wanted, "{}", lacking.text);
    assert!(
        faults
            .iter()
            .all(|f| f["code"] == "document-element-missing")
    );

    let made = carrier
        .get(&format!("{}?{}", path("carta-porte"), added()))
        .await;
    assert_eq!(made.status, 200, "{}", made.text);
    assert!(!made.text.contains("Sello") && made.text.contains("cartaporte31:CartaPorte"));
    let kind = garita_formats::recognise(made.text.as_bytes()).unwrap();
    let draft = garita_formats::read(kind, made.text.as_bytes()).unwrap();
    let read = &draft.record("CartaPorte").unwrap().subject;
    assert_eq!(read["distanceKm"], json!(898.4));
    assert_eq!(read["driver"]["driverName"], "Xóchitl Casas Chávez");
    assert_eq!(read["pedimentos"], json!(["26:24:3456:6000123"]));

    let faulty = carrier
        .get(&format!(
            "{}?{}",
            path("carta-porte"),
            added().replace("25174200", "251")
        ))
        .await;
    assert_eq!(faulty.status, 422, "{}", faulty.text);
    assert_eq!(faulty.body["errors"][0]["code"], "document-faulty");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_is_made_on_the_case_s_page() {
    let Some(binary) = chromium::binary() else {
        return;
    };
    let world = World::running("sending-browser", 2).await;
    truck(&world).await;
    let node = world.node("trade");
    let (sign_in, base) = (node.parties["ocotillo"].sign_in.clone(), node.url.clone());
    tokio::task::spawn_blocking(move || visit(binary, &base, &sign_in))
        .await
        .unwrap();
}

fn visit(binary: &str, base: &str, sign_in: &str) {
    let mut browser = Browser::start(binary);
    browser.size(1440, 900);
    browser.open(sign_in);
    browser.wait("signed in", "location.pathname === '/console'");
    let case = format!("{base}/console/cases/trip/{}", trip_key(TRIP));
    for (lang, said, sheet, lacks) in [
        ("en", "Send as", "truck manifest's cover sheet", "lacks"),
        ("es", "Enviar como", "carátula del manifiesto", "falta"),
    ] {
        for (width, height) in [(1440, 900), (390, 844)] {
            browser.size(width, height);
            browser.open(&format!("{case}?lang={lang}"));
            let section = browser.ask("document.getElementById('sends').parentElement.innerText");
            let section = section.as_str().unwrap();
            assert!(
                section.contains(said) && section.contains(sheet),
                "{section}"
            );
            assert!(section.contains(lacks), "{section}");
            look(&mut browser, &format!("case-{lang}-{width}"));
            browser.open(&format!("{case}/documents/ace-cover-sheet?lang={lang}"));
            assert_eq!(
                browser.ask("!!document.querySelector('svg.qr')"),
                json!(true)
            );
            look(&mut browser, &format!("sheet-{lang}-{width}"));
            browser.open(&format!("{case}/documents/carta-porte?lang={lang}"));
            let fields = browser.ask("document.querySelectorAll('form.ask input').length");
            assert_eq!(fields, json!(ADDED.len()));
            look(&mut browser, &format!("lacking-{lang}-{width}"));
        }
    }
    // A person fills in what is asked for, and has the document.
    browser.size(1440, 900);
    browser.open(&format!("{case}/documents/carta-porte?lang=en"));
    for (name, value) in ADDED {
        browser.ask(&format!(
            "document.querySelector('form.ask input[name=\"{name}\"]').value = '{value}'"
        ));
    }
    browser.ask("document.querySelector('form.ask button').click()");
    browser.wait(
        "the document can be had",
        "!!document.querySelector('a[download][href*=\"/documents/carta-porte?\"]')",
    );
    look(&mut browser, "made-en-1440");
    browser.ask(
        "window.got = ''; fetch(document.querySelector('a[download][href*=\"carta-porte?\"]').href).then(r => r.text()).then(t => { window.got = t })",
    );
    browser.wait("it is fetched", "window.got.includes('CartaPorte')");
    // A value that can't be is told, and stays to be corrected.
    browser.ask("document.querySelector('form.ask input[name=\"Mercancias.0.BienesTransp\"]').value = 'abc'");
    browser.ask("document.querySelector('form.ask button').click()");
    browser.wait("it is told", "!!document.querySelector('.notice.stop')");
    assert_eq!(
        browser.ask(
            "document.querySelector('form.ask input[name=\"Mercancias.0.BienesTransp\"]').value"
        ),
        json!("abc")
    );
    look(&mut browser, "faulty-en-1440");
    let complaints = browser.complaints();
    assert!(complaints.is_empty(), "{complaints:?}");
}

fn look(browser: &mut Browser, what: &str) {
    if let Some(folder) = std::env::var_os("GARITA_TEST_PICTURES") {
        browser.picture(&std::path::PathBuf::from(folder).join(format!("send-{what}.png")));
    }
    let wide = browser.ask("document.documentElement.scrollWidth - window.innerWidth");
    assert!(
        Value::as_i64(&wide).is_some_and(|by| by <= 0),
        "{what} overflows sideways by {wide}"
    );
}
