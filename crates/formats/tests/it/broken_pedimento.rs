//! Tables of broken pedimentos, as JSON and as CSV: one change to a right document, the code and the place.

use crate::breaking;
use garita_formats::{DocumentKind, Severity, pedimento, read, recognise};

const JSON: &str = r#"{
 "numeroPedimento": "26  24  3456  6000123",
 "tipoOperacion": "IMP",
 "clavePedimento": "A1",
 "regimen": "IMD",
 "destinoOrigen": "9",
 "tipoCambio": 18.3,
 "pesoBruto": "9120.5",
 "aduanaEntradaSalida": "240",
 "aduanaDespacho": "240",
 "medioTransporteEntradaSalida": "7",
 "valorDolares": "48120",
 "valorAduana": "880600",
 "precioPagado": "880600",
 "rfcImportadorExportador": "URE180429TM6",
 "curpImportadorExportador": "BOXW310820HNERXN09",
 "nombreImportadorExportador": "UNIVERSIDAD ROBOTICA ESPAÑOLA",
 "acuseElectronicoValidacion": "K7P2M4QX",
 "totalBultos": "480",
 "fechaPago": "24/11/2026",
 "lineaCaptura": "03260024345660001237",
 "importePagado": "141246",
 "transportes": [{"placas": "47AK2F", "paisTransporte": "MEX"}],
 "candados": [{"numeroCandado": "7741093"}, {"numeroCandado": "7741094"}],
 "contenedores": [{"numeroContenedor": "CSQU3054383"}],
 "guias": [{"numeroGuia": "TOCQ88402171", "tipoGuia": "M"}],
 "facturas": [{"numeroFactura": "AQ-20417", "fechaFactura": "2026-11-22", "incoterm": "FCA", "monedaFactura": "USD",
  "valorMonedaFactura": "48120", "valorDolaresFactura": "48120", "acuseValor": "COVE26A4F7K21", "paisProveedor": "USA"}],
 "contribuciones": [{"claveContribucion": "3", "formaPago": "0", "importe": "140896"},
  {"claveContribucion": "15", "formaPago": "0", "importe": "350"}],
 "identificadores": [{"claveIdentificador": "CR"}],
 "partidas": [
  {"secuenciaPartida": "1", "fraccion": "85443000", "nico": "00", "vinculacion": "0", "metodoValoracion": "1", "umc": "6",
   "cantidadUmc": "400", "umt": "6", "cantidadUmt": "400", "paisOrigenDestino": "USA", "descripcion": "Arneses",
   "valorAduanaPartida": "800600", "precioPagadoPartida": "800600", "pesoBrutoPartida": "9000", "bultosPartida": "400",
   "contribucionesPartida": [{"claveContribucionPartida": "3", "formaPagoPartida": "0", "importePartida": "128096"}],
   "permisosPartida": [{"clavePermiso": "NM"}]},
  {"secuenciaPartida": "2", "fraccion": "87088099", "nico": "01", "umc": "6", "cantidadUmc": "80", "descripcion": "Partes",
   "valorAduanaPartida": "80000", "precioPagadoPartida": "80000", "pesoBrutoPartida": "120.5", "bultosPartida": "80",
   "contribucionesPartida": [{"claveContribucionPartida": "3", "formaPagoPartida": "0", "importePartida": "12800"}]}
 ]
}
"#;

fn told(bytes: &[u8]) -> Vec<(&'static str, u32, String)> {
    breaking::told(DocumentKind::Pedimento, bytes)
}

/// The right document as CSV, with the line of each row.
fn csv() -> String {
    let documents = pedimento::read_documents(JSON.as_bytes()).map(|(documents, _)| documents);
    pedimento::write_csv(&documents.unwrap_or_default(), ';')
}

#[test]
fn the_right_document_is_right_in_both_forms() {
    for text in [JSON.to_owned(), csv()] {
        assert_eq!(recognise(text.as_bytes()), Some(DocumentKind::Pedimento));
        let draft = read(DocumentKind::Pedimento, text.as_bytes()).unwrap();
        let loud: Vec<_> = draft
            .faults
            .iter()
            .filter(|fault| fault.severity > Severity::Note)
            .collect();
        assert!(loud.is_empty() && draft.is_complete(), "{loud:#?}");
    }
}

#[test]
fn broken_json() {
    // What to find, what to put there, the code, the JSON pointer of its place.
    let table: &[(&str, &str, &str, &str)] = &[
        (
            "26  24  3456  6000123",
            "26 24 3456 600012",
            "pedimento-form",
            "/numeroPedimento",
        ),
        (
            "26  24  3456  6000123",
            "262434564000123",
            "pedimento-year-digit",
            "/numeroPedimento",
        ),
        (
            "26  24  3456  6000123",
            "262434566000000",
            "pedimento-running-number",
            "/numeroPedimento",
        ),
        (
            "26  24  3456  6000123",
            "262434565000123",
            "pedimento-year-before",
            "/numeroPedimento",
        ),
        (
            "26  24  3456  6000123",
            "269934566000123",
            "aduana-unknown",
            "/numeroPedimento",
        ),
        (
            "26  24  3456  6000123",
            "264034566000123",
            "aduana-differs",
            "/aduanaDespacho",
        ),
        (
            "26  24  3456  6000123",
            "272434567000123",
            "payment-year",
            "/fechaPago",
        ),
        (
            "\"numeroPedimento\": \"26  24  3456  6000123\",",
            "",
            "field-missing",
            "",
        ),
        (
            "\"IMP\"",
            "\"IMPORT\"",
            "operation-unknown",
            "/tipoOperacion",
        ),
        ("\"IMP\"", "\"EXP\"", "operation-regime", "/tipoOperacion"),
        ("\"A1\"", "\"1A\"", "clave-form", "/clavePedimento"),
        ("\"A1\"", "\"Z9\"", "clave-unknown", "/clavePedimento"),
        ("\"A1\"", "\"IN\"", "clave-regime", "/regimen"),
        ("\"A1\"", "\"T3\"", "transit-destination-missing", ""),
        ("\"A1\"", "\"R1\"", "rectification-original-missing", ""),
        ("\"IMD\"", "\"XXX\"", "regime-unknown", "/regimen"),
        (
            "\"destinoOrigen\": \"9\"",
            "\"destinoOrigen\": \"12\"",
            "zone-unknown",
            "/destinoOrigen",
        ),
        ("18.3,", "0,", "number-form", "/tipoCambio"),
        ("18.3,", "1.83e1,", "number-form", "/tipoCambio"),
        ("18.3,", "-18.3,", "number-form", "/tipoCambio"),
        ("18.3,", "true,", "member-type", "/tipoCambio"),
        ("9120.5", "9,120.5", "number-form", "/pesoBruto"),
        ("9120.5", "9120.6", "weight-sum", "/pesoBruto"),
        ("9120.5", "200000.5", "beyond-record", "/pesoBruto"),
        (
            "\"aduanaEntradaSalida\": \"240\"",
            "\"aduanaEntradaSalida\": \"24\"",
            "aduana-form",
            "/aduanaEntradaSalida",
        ),
        (
            "\"medioTransporteEntradaSalida\": \"7\"",
            "\"medioTransporteEntradaSalida\": \"9\"",
            "transport-unknown",
            "/medioTransporteEntradaSalida",
        ),
        (
            "\"valorDolares\": \"48120\"",
            "\"valorDolares\": \"48125\"",
            "usd-value-sum",
            "/valorDolares",
        ),
        (
            "\"valorAduana\": \"880600\"",
            "\"valorAduana\": \"880700\"",
            "customs-value-sum",
            "/valorAduana",
        ),
        (
            "\"precioPagado\": \"880600\"",
            "\"precioPagado\": \"870600\"",
            "price-paid-sum",
            "/precioPagado",
        ),
        (
            "URE180429TM6",
            "URE180429TM7",
            "rfc-check-digit",
            "/rfcImportadorExportador",
        ),
        (
            "URE180429TM6",
            "URE181429TM6",
            "rfc-form",
            "/rfcImportadorExportador",
        ),
        (
            "BOXW310820HNERXN09",
            "BOXW310820HNERXN08",
            "curp-check-digit",
            "/curpImportadorExportador",
        ),
        (
            "BOXW310820HNERXN09",
            "BOXW310820",
            "curp-form",
            "/curpImportadorExportador",
        ),
        (
            "K7P2M4QX",
            "K7P2M4Q",
            "acknowledgment-form",
            "/acuseElectronicoValidacion",
        ),
        (
            "\"totalBultos\": \"480\"",
            "\"totalBultos\": \"481\"",
            "packages-sum",
            "/totalBultos",
        ),
        (
            "\"totalBultos\": \"480\"",
            "\"totalBultos\": \"4.5\"",
            "number-form",
            "/totalBultos",
        ),
        ("24/11/2026", "31/02/2026", "date-form", "/fechaPago"),
        ("24/11/2026", "11-24-2026", "date-form", "/fechaPago"),
        (
            "24/11/2026",
            "21/11/2026",
            "date-order",
            "/facturas/0/fechaFactura",
        ),
        (
            "03260024345660001237",
            "0326002434566000123",
            "capture-line-form",
            "/lineaCaptura",
        ),
        ("141246", "141250", "payment-sum", "/importePagado"),
        ("47AK2F", "4", "plate-form", "/transportes/0/placas"),
        (
            "\"placas\": \"47AK2F\", ",
            "",
            "transport-unnamed",
            "/transportes/0",
        ),
        (
            "\"placas\": \"47AK2F\"",
            "\"caat\": \"3A7\"",
            "caat-form",
            "/transportes/0/caat",
        ),
        (
            "\"7741093\"",
            "\"-7\"",
            "seal-form",
            "/candados/0/numeroCandado",
        ),
        (
            "\"7741093\"",
            "\"7741094\"",
            "seal-repeated",
            "/candados/1/numeroCandado",
        ),
        (
            "CSQU3054383",
            "CSQU3054384",
            "container-check-digit",
            "/contenedores/0/numeroContenedor",
        ),
        (
            "\"tipoGuia\": \"M\"",
            "\"tipoGuia\": \"X\"",
            "waybill-kind",
            "/guias/0/tipoGuia",
        ),
        (
            "COVE26A4F7K21",
            "COVE26A4F7K2",
            "cove-form",
            "/facturas/0/acuseValor",
        ),
        (
            "\"acuseValor\": \"COVE26A4F7K21\", ",
            "",
            "cove-missing",
            "/facturas/0",
        ),
        (
            "\"USD\"",
            "\"usd\"",
            "currency-form",
            "/facturas/0/monedaFactura",
        ),
        (
            "\"monedaFactura\": \"USD\",",
            "",
            "currency-missing",
            "/facturas/0",
        ),
        (
            "\"valorMonedaFactura\": \"48120\"",
            "\"valorMonedaFactura\": \"48000\"",
            "currency-value",
            "/facturas/0/valorDolaresFactura",
        ),
        (
            "\"claveContribucion\": \"15\"",
            "\"claveContribucion\": \"99\"",
            "charge-unknown",
            "/contribuciones/1/claveContribucion",
        ),
        (
            "\"claveContribucion\": \"15\"",
            "\"claveContribucion\": \"PRV\"",
            "charge-form",
            "/contribuciones/1/claveContribucion",
        ),
        (
            "\"claveContribucion\": \"15\"",
            "\"claveContribucion\": \"3\"",
            "charge-repeated",
            "/contribuciones/1/claveContribucion",
        ),
        (
            "\"formaPago\": \"0\"",
            "\"formaPago\": \"1\"",
            "payment-form-unknown",
            "/contribuciones/0/formaPago",
        ),
        (
            "\"140896\"",
            "\"140796\"",
            "charge-sum",
            "/contribuciones/0/importe",
        ),
        (
            "\"CR\"",
            "\"CRX\"",
            "identifier-code-form",
            "/identificadores/0/claveIdentificador",
        ),
        (
            "\"secuenciaPartida\": \"2\"",
            "\"secuenciaPartida\": \"3\"",
            "line-sequence",
            "/partidas/1/secuenciaPartida",
        ),
        (
            "\"85443000\"",
            "\"854430\"",
            "fraccion-form",
            "/partidas/0/fraccion",
        ),
        (
            "\"nico\": \"00\"",
            "\"nico\": \"0\"",
            "nico-form",
            "/partidas/0/nico",
        ),
        (
            "\"vinculacion\": \"0\"",
            "\"vinculacion\": \"3\"",
            "linked-unknown",
            "/partidas/0/vinculacion",
        ),
        (
            "\"metodoValoracion\": \"1\"",
            "\"metodoValoracion\": \"7\"",
            "valuation-unknown",
            "/partidas/0/metodoValoracion",
        ),
        (
            "\"umc\": \"6\"",
            "\"umc\": \"99\"",
            "unit-unknown",
            "/partidas/0/umc",
        ),
        (
            "\"cantidadUmc\": \"400\"",
            "\"cantidadUmc\": \"0\"",
            "number-form",
            "/partidas/0/cantidadUmc",
        ),
        (
            "\"cantidadUmt\": \"400\"",
            "\"cantidadUmt\": \"401\"",
            "unit-quantity",
            "/partidas/0/cantidadUmt",
        ),
        (
            "\"umt\": \"6\", ",
            "",
            "unit-quantity",
            "/partidas/0/cantidadUmt",
        ),
        (
            "\"paisOrigenDestino\": \"USA\"",
            "\"paisOrigenDestino\": \"EUA1\"",
            "country-form",
            "/partidas/0/paisOrigenDestino",
        ),
        (
            "\"descripcion\": \"Arneses\",",
            "",
            "field-missing",
            "/partidas/0",
        ),
        (
            "\"clavePermiso\": \"NM\"",
            "\"clavePermiso\": \"nm\"",
            "identifier-code-form",
            "/partidas/0/permisosPartida/0/clavePermiso",
        ),
        ("\"partidas\"", "\"lineas\"", "line-missing", ""),
        ("\"partidas\"", "\"lineas\"", "member-not-read", "/lineas"),
        (
            "\"guias\": [",
            "\"guias\": \"x\", \"otras\": [",
            "member-type",
            "/guias",
        ),
        (
            "\"candados\": [{\"numeroCandado\": \"7741093\"}",
            "\"candados\": [\"7741093\"",
            "member-type",
            "/candados/0",
        ),
        (
            "\"regimen\": \"IMD\",",
            "\"regimen\": \"IMD\", \"regimen\": \"EXD\",",
            "json-key-repeated",
            "",
        ),
        (
            "\"regimen\": \"IMD\",",
            "\"regimen\": \"IMD\"",
            "json-malformed",
            "",
        ),
        (" ]\n}\n", "", "json-truncated", "/partidas"),
        ("{\n \"numero", "[\n \"numero", "json-malformed", ""),
    ];
    let mut wrong = Vec::new();
    assert!(table.len() >= 30);
    for (find, put, code, path) in table {
        assert!(JSON.contains(find), "{find}");
        let found = told(JSON.replacen(find, put, 1).as_bytes());
        if !found
            .iter()
            .any(|(at, _, place)| at == code && place == path)
        {
            wrong.push(format!(
                "{put:?}: expected {code} at {path}, got {found:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn broken_csv() {
    let right = csv();
    let header: Vec<&str> = right.lines().next().unwrap().split(';').collect();
    let rows: Vec<String> = right
        .lines()
        .map(|line| line.split(';').next().unwrap().to_owned())
        .collect();
    // The row's block and which of them, the column, what to put, the code.
    let table: &[(&str, usize, &str, &str, &str)] = &[
        ("pedimento", 0, "numeroPedimento", "26 24", "pedimento-form"),
        ("pedimento", 0, "regimen", "XXX", "regime-unknown"),
        ("pedimento", 0, "regimen", "", "field-missing"),
        ("pedimento", 0, "tipoCambio", "18,3", "number-form"),
        ("pedimento", 0, "pesoBruto", "9120.6", "weight-sum"),
        (
            "pedimento",
            0,
            "rfcImportadorExportador",
            "URE180429TM7",
            "rfc-check-digit",
        ),
        ("pedimento", 0, "fechaPago", "2026/11/24", "date-form"),
        ("pedimento", 0, "lineaCaptura", "1", "capture-line-form"),
        ("pedimento", 0, "fraccion", "85443000", "cell-not-read"),
        ("transporte", 0, "placas", "4", "plate-form"),
        ("candado", 1, "numeroCandado", "7741093", "seal-repeated"),
        (
            "contenedor",
            0,
            "numeroContenedor",
            "CSQU3054384",
            "container-check-digit",
        ),
        ("guia", 0, "tipoGuia", "X", "waybill-kind"),
        ("factura", 0, "acuseValor", "COVE", "cove-form"),
        ("factura", 0, "acuseValor", "", "cove-missing"),
        (
            "factura",
            0,
            "numeroPedimento",
            "262434566000999",
            "pedimento-unknown",
        ),
        ("contribucion", 0, "formaPago", "99", "payment-form-unknown"),
        (
            "contribucion",
            1,
            "claveContribucion",
            "3",
            "charge-repeated",
        ),
        (
            "identificador",
            0,
            "claveIdentificador",
            "c",
            "identifier-code-form",
        ),
        ("partida", 0, "fraccion", "854430", "fraccion-form"),
        ("partida", 1, "nico", "1", "nico-form"),
        ("partida", 1, "secuenciaPartida", "7", "line-sequence"),
        ("partida", 0, "cantidadUmc", "-1", "number-form"),
        ("partida", 0, "registro", "linea", "block-unknown"),
        ("partida", 0, "registro", "", "block-unknown"),
        (
            "contribucionPartida",
            0,
            "secuenciaPartida",
            "9",
            "partida-unknown",
        ),
        (
            "contribucionPartida",
            0,
            "importePartida",
            "1",
            "charge-sum",
        ),
        ("permisoPartida", 0, "clavePermiso", "", "field-missing"),
        ("registro", 0, "fraccion", "fracion", "column-not-read"),
        ("registro", 0, "fraccion", "nico", "column-repeated"),
        ("registro", 0, "numeroPedimento", "numero", "column-missing"),
    ];
    let mut wrong = Vec::new();
    assert!(table.len() >= 30);
    for (block, which, column, put, code) in table {
        let row = rows
            .iter()
            .enumerate()
            .filter(|(_, name)| name == block)
            .nth(*which)
            .map(|(row, _)| row)
            .unwrap_or_else(|| panic!("no {block}"));
        let at = header
            .iter()
            .position(|name| name == column)
            .unwrap_or_else(|| panic!("no {column}"));
        let lines: Vec<String> = right
            .lines()
            .enumerate()
            .map(|(index, line)| {
                let mut cells: Vec<&str> = line.split(';').collect();
                if index == row {
                    cells[at] = put;
                }
                cells.join(";")
            })
            .collect();
        let found = told(lines.join("\r\n").as_bytes());
        // Sums stand at the total, which is another row.
        let elsewhere = matches!(*code, "charge-sum" | "column-missing");
        let line = u32::try_from(row + 1).unwrap();
        if !found
            .iter()
            .any(|(told, at, _)| told == code && (*at == line || elsewhere))
        {
            wrong.push(format!(
                "{block} {column} {put:?}: expected {code} at {line}, got {found:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let more = format!("{right};;;;;\r\n{}x\r\n", ";".repeat(header.len()));
    assert!(
        told(more.as_bytes())
            .iter()
            .any(|(code, ..)| *code == "csv-row-length")
    );
    assert_eq!(
        told(format!("{right}partida;\"x").as_bytes())[0].0,
        "csv-truncated"
    );
}

#[test]
fn mixed_encodings() {
    let latin1 = |text: &str| -> Vec<u8> {
        text.chars()
            .map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?'))
            .collect()
    };
    let bom = |text: &str| [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat();
    let loud = |bytes: &[u8]| -> Vec<&'static str> {
        let quiet = ["waybill-as-scn", "reported"];
        told(bytes)
            .into_iter()
            .map(|(code, ..)| code)
            .filter(|code| !quiet.contains(code))
            .collect()
    };
    assert_eq!(loud(&bom(JSON)), [""; 0]);
    assert_eq!(loud(&bom(&csv())), [""; 0]);
    assert_eq!(loud(&latin1(&csv())), ["encoding-latin1"]);
    let (code, line, path) = told(&latin1(JSON)).remove(0);
    assert_eq!((code, line), ("encoding-mixed", 17));
    assert!(path.starts_with("byte "), "{path}");
    let mixed = [latin1(&csv()), "pedimento;España".as_bytes().to_vec()].concat();
    assert!(loud(&mixed).contains(&"encoding-mixed"));
    let utf16: Vec<u8> = JSON.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(
        told(&[b"\xFF\xFE".to_vec(), utf16].concat())[0].0,
        "encoding-unknown"
    );
}
