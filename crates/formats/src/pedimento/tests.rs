use super::fields::Section;
use super::*;
use crate::draft::DraftRecord;
use crate::elements::untold;
use serde_json::json;

/// Fills the named fields of a block.
fn of<S: Section>(values: &[(&str, &str)]) -> S {
    let mut section = S::default();
    for (name, value) in values {
        let index = S::RULES
            .iter()
            .position(|rule| rule.name == *name)
            .unwrap_or_else(|| panic!("no field {name}"));
        section.fill(index, (*value).to_owned());
    }
    section
}

/// The worked example of the domain facts: 26 24 3456 6000123, Nuevo Laredo, with a value that fits the profile's.
fn whole() -> PedimentoDocument {
    PedimentoDocument {
        encabezado: of(&[
            ("numeroPedimento", "26  24  3456  6000123"),
            ("tipoOperacion", "IMP"),
            ("clavePedimento", "A1"),
            ("regimen", "IMD"),
            ("destinoOrigen", "9"),
            ("tipoCambio", "18.3001"),
            ("pesoBruto", "9120.5"),
            ("aduanaEntradaSalida", "240"),
            ("medioTransporteEntradaSalida", "7"),
            ("valorDolares", "48120.00"),
            ("valorAduana", "880601"),
            ("precioPagado", "880601"),
            ("rfcImportadorExportador", "URE180429TM6"),
            (
                "nombreImportadorExportador",
                "UNIVERSIDAD ROBOTICA ESPAÑOLA",
            ),
            ("acuseElectronicoValidacion", "K7P2M4QX"),
            ("totalBultos", "480"),
            ("fechaEntrada", "24/11/2026"),
            ("fechaPago", "24/11/2026"),
            ("lineaCaptura", "03260024345660001237"),
            ("importePagado", "141246"),
        ]),
        transportes: vec![of(&[
            ("placas", "47AK2F"),
            ("paisTransporte", "MEX"),
            ("rfcTransportista", "EKU9003173C9"),
        ])],
        candados: vec![of(&[("numeroCandado", "7741093")])],
        contenedores: vec![of(&[("numeroContenedor", "CSQU3054383")])],
        guias: vec![of(&[("numeroGuia", "TOCQ88402171"), ("tipoGuia", "M")])],
        facturas: vec![of(&[
            ("numeroFactura", "AQ-20417"),
            ("fechaFactura", "22/11/2026"),
            ("incoterm", "FCA"),
            ("monedaFactura", "USD"),
            ("valorMonedaFactura", "48120.00"),
            ("factorMoneda", "1"),
            ("valorDolaresFactura", "48120.00"),
            ("acuseValor", "COVE26A4F7K21"),
            ("proveedorComprador", "Gulf Prairie Assembly, Inc."),
            ("idFiscalProveedor", "74-1234567"),
            ("paisProveedor", "USA"),
        ])],
        contribuciones: vec![
            of(&[
                ("claveContribucion", "3"),
                ("formaPago", "0"),
                ("importe", "140896"),
            ]),
            of(&[
                ("claveContribucion", "15"),
                ("formaPago", "0"),
                ("importe", "350"),
            ]),
        ],
        identificadores: vec![of(&[("claveIdentificador", "CR"), ("complemento1", "4")])],
        partidas: vec![
            Partida {
                datos: of(&[
                    ("secuenciaPartida", "1"),
                    ("fraccion", "85443000"),
                    ("nico", "00"),
                    ("vinculacion", "0"),
                    ("metodoValoracion", "1"),
                    ("umc", "6"),
                    ("cantidadUmc", "400"),
                    ("umt", "6"),
                    ("cantidadUmt", "400.000"),
                    ("paisOrigenDestino", "USA"),
                    ("descripcion", "ARNESES ELÉCTRICOS; \"TIPO A\", <12V>"),
                    ("valorAduanaPartida", "800601"),
                    ("precioPagadoPartida", "800601"),
                    ("pesoBrutoPartida", "9000"),
                    ("bultosPartida", "400"),
                ]),
                contribuciones: vec![of(&[
                    ("claveContribucionPartida", "3"),
                    ("tasaPartida", "16"),
                    ("tipoTasaPartida", "1"),
                    ("formaPagoPartida", "0"),
                    ("importePartida", "128096"),
                ])],
                identificadores: vec![of(&[
                    ("claveIdentificadorPartida", "TL"),
                    ("complemento1Partida", "USA"),
                ])],
                permisos: vec![of(&[("clavePermiso", "NM"), ("numeroPermiso", "NOM-050")])],
            },
            Partida {
                datos: of(&[
                    ("secuenciaPartida", "2"),
                    ("fraccion", "87088099"),
                    ("nico", "01"),
                    ("umc", "6"),
                    ("cantidadUmc", "80"),
                    ("paisOrigenDestino", "CHN"),
                    ("descripcion", "PARTES DE SUSPENSIÓN"),
                    ("valorAduanaPartida", "80000"),
                    ("precioPagadoPartida", "80000"),
                    ("pesoBrutoPartida", "120.5"),
                    ("bultosPartida", "80"),
                ]),
                contribuciones: vec![of(&[
                    ("claveContribucionPartida", "3"),
                    ("formaPagoPartida", "0"),
                    ("importePartida", "12800"),
                ])],
                ..Partida::default()
            },
        ],
    }
}

fn record<'a>(draft: &'a Draft, name: &str) -> &'a DraftRecord {
    draft.record(name).unwrap_or_else(|| panic!("no {name}"))
}

fn codes(draft: &Draft) -> Vec<&'static str> {
    draft
        .faults
        .iter()
        .filter(|fault| fault.severity > Severity::Note)
        .map(|fault| fault.code)
        .collect()
}

#[test]
fn a_whole_pedimento_is_complete() {
    for text in [
        write_json(&[whole()]),
        write_csv(&[whole()], ','),
        write_csv(&[whole()], ';'),
        format!("\u{feff}{}", write_csv(&[whole()], '\t')),
    ] {
        let draft = read(text.as_bytes()).unwrap();
        assert_eq!(codes(&draft), [""; 0], "{text}\n{:#?}", draft.faults);
        assert_eq!(untold(&draft), [""; 0]);
        assert!(draft.is_complete());
        assert_eq!(
            record(&draft, "Pedimento").subject,
            json!({
                "year": "26", "customsOffice": "24", "patente": "3456", "number": "6000123",
                "operation": "IMP", "clave": "A1", "regime": "IMD", "rfc": "URE180429TM6",
                "grossWeightKg": 9120.5, "packages": 480, "scns": ["TOCQ88402171"],
                "customsValueMxnCents": 88060100, "coves": ["COVE26A4F7K21"],
                "goods": [
                    {"goodsText": "ARNESES ELÉCTRICOS; \"TIPO A\", <12V>", "commodityCode": "8544300000",
                     "originCountry": "US", "packages": 400, "grossWeightKg": 9000},
                    {"goodsText": "PARTES DE SUSPENSIÓN", "commodityCode": "8708809901",
                     "originCountry": "CN", "packages": 80, "grossWeightKg": 120.5},
                ],
                "aduana": "240", "valueUsdCents": 4812000,
            })
        );
        assert_eq!(
            record(&draft, "PedimentoValidated").subject,
            json!({"pedimentos": ["26:24:3456:6000123"], "acknowledgment": "K7P2M4QX"})
        );
        assert_eq!(
            record(&draft, "PedimentoPaid").subject,
            json!({"pedimentos": ["26:24:3456:6000123"], "captureLine": "03260024345660001237", "paidMxnCents": 14124600})
        );
        let invoice = record(&draft, "InvoiceSummary");
        assert!(
            invoice.optional && invoice.missing.is_empty(),
            "{:?}",
            invoice.missing
        );
        assert_eq!(
            invoice.subject,
            json!({
                "scns": ["TOCQ88402171"], "invoiceNumber": "AQ-20417", "invoiceDate": "2026-11-22",
                "seller": {"partyName": "Gulf Prairie Assembly, Inc.", "country": "US", "taxNumber": "74-1234567"},
                "buyer": {"partyName": "UNIVERSIDAD ROBOTICA ESPAÑOLA", "country": "MX", "taxNumber": "URE180429TM6"},
                "currency": "USD", "totalMinor": 4812000, "incoterm": "FCA",
            })
        );
    }
}

#[test]
fn places_are_json_pointers_and_cells() {
    let text = write_json(&[whole()]);
    let draft = read(text.as_bytes()).unwrap();
    let place = record(&draft, "Pedimento")
        .sources
        .get("/goods/1/commodityCode")
        .unwrap();
    assert_eq!(
        (place.path.as_str(), place.text.as_str()),
        ("/partidas/1/fraccion", "87088099")
    );
    let line = text.lines().nth(place.line as usize - 1).unwrap();
    assert!(line.contains("87088099"), "{line}");
    assert!(
        line.chars()
            .skip(place.column.unwrap() as usize - 1)
            .collect::<String>()
            .starts_with("\"87088099\"")
    );
    let text = write_csv(&[whole()], ';');
    let draft = read(text.as_bytes()).unwrap();
    let place = record(&draft, "Pedimento")
        .sources
        .get("/goods/1/commodityCode")
        .unwrap();
    let line = text.lines().nth(place.line as usize - 1).unwrap();
    assert_eq!(
        line.split(';').nth(place.column.unwrap() as usize - 1),
        Some("87088099")
    );
    assert!(place.path.ends_with("/fraccion"));
}

#[test]
fn a_rectification_names_its_original() {
    let mut document = whole();
    for (name, value) in [
        ("numeroPedimento", "262434566000188"),
        ("clavePedimento", "R1"),
        ("pedimentoOriginal", "262434566000123"),
        ("motivoRectificacion", "Wood packing statement missing"),
    ] {
        let index = Encabezado::FIELDS
            .iter()
            .position(|rule| rule.name == name)
            .unwrap();
        document.encabezado.fill(index, value.to_owned());
    }
    let draft = read(write_json(&[document.clone()]).as_bytes()).unwrap();
    assert_eq!(codes(&draft), [""; 0], "{:#?}", draft.faults);
    assert_eq!(untold(&draft), [""; 0]);
    assert_eq!(
        record(&draft, "Rectified").subject,
        json!({"pedimentos": ["26:24:3456:6000188"], "rectifies": "26:24:3456:6000123", "clave": "R1",
               "cause": "Wood packing statement missing"})
    );
    // The original's ninth digit may be of the year before; its own year not later.
    document.encabezado.pedimento_original = Some("272434567000001".into());
    let draft = read(write_json(&[document.clone()]).as_bytes()).unwrap();
    assert_eq!(codes(&draft), ["rectification-order"]);
    document.encabezado.pedimento_original = None;
    let draft = read(write_json(&[document]).as_bytes()).unwrap();
    assert_eq!(codes(&draft), ["rectification-original-missing"]);
}

#[test]
fn a_t3_is_a_transit() {
    let mut document = whole();
    document.encabezado.clave = Some("T3".into());
    document.encabezado.regimen = Some("TRA".into());
    document.encabezado.tipo_operacion = Some("TRA".into());
    document.encabezado.aduana_destino = Some("640".into());
    document.partidas.truncate(1);
    document.partidas[0].datos.bultos = None;
    document.partidas[0].datos.fraccion = Some("00000000".into());
    document.partidas[0].datos.peso_bruto = None;
    document.encabezado.valor_aduana = Some("800601".into());
    document.encabezado.precio_pagado = Some("800601".into());
    document.contribuciones.clear();
    let draft = read(write_csv(&[document], ';').as_bytes()).unwrap();
    assert_eq!(codes(&draft), [""; 0], "{:#?}", draft.faults);
    assert_eq!(untold(&draft), [""; 0]);
    assert!(draft.is_complete() && draft.record("Pedimento").is_none());
    let subject = &record(&draft, "TransitPedimento").subject;
    assert_eq!(subject["originAduana"], "240");
    assert_eq!(subject["destinationAduana"], "640");
    assert_eq!(subject["plate"], "47AK2F");
    assert_eq!(subject["carrierRfc"], "EKU9003173C9");
    assert_eq!(subject["containerNumber"], "CSQU3054383");
    assert_eq!(subject["goods"][0]["packages"], 480);
    assert_eq!(
        record(&draft, "TransitPaid").subject,
        json!({"year": "26", "customsOffice": "24", "patente": "3456", "number": "6000123",
               "captureLine": "03260024345660001237", "paidMxnCents": 14124600})
    );
}

#[test]
fn a_spreadsheet_of_lines_is_read() {
    // Excel in Mexico: semicolons, Latin-1, titles as people write them, header columns repeated or left blank.
    let text = "Número pedimento;Tipo operación;Clave pedimento;Régimen;Tipo cambio;Peso bruto;Aduana entrada salida;\
        Medio transporte entrada salida;Valor dólares;RFC importador exportador;Nombre importador exportador;Total bultos;\
        Numero factura;Acuse valor;Secuencia partida;Fracción;NICO;UMC;Cantidad UMC;Descripción\r\n\
        262434566000123;IMP;A1;IMD;18.3;100;240;7;48120;URE180429TM6;Universidad Española;10;F-1;COVE26A4F7K21;1;85443000;00;6;4;Arnés\r\n\
        ;;;;;;;;;;;;F-1;COVE26A4F7K21;2;85443000;00;6;4;Cable\r\n\
        262434566000124;EXP;A1;EXD;18.3;50;240;7;1;URE180429TM6;Universidad Española;1;F-2;COVE26A4F7K22;1;85443000;00;6;4;Arnés\r\n";
    let bytes: Vec<u8> = text
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    assert_eq!(
        crate::recognise(&bytes),
        None,
        "titles are no names: the kind has to be said"
    );
    let (documents, faults) = read_documents(&bytes).unwrap();
    let told: Vec<_> = faults.iter().map(|fault| fault.code).collect();
    assert_eq!(told, ["encoding-latin1"]);
    assert_eq!(documents.len(), 2);
    assert_eq!(documents[0].partidas.len(), 2);
    assert_eq!(documents[0].facturas.len(), 1);
    assert_eq!(
        documents[0].partidas[0].datos.descripcion.as_deref(),
        Some("Arnés")
    );
    assert_eq!(
        documents[1].encabezado.tipo_operacion.as_deref(),
        Some("EXP")
    );
    let draft = read(&bytes).unwrap();
    assert_eq!(untold(&draft), [""; 0]);
    assert!(draft.is_complete());
    assert_eq!(draft.records[0].subject["packages"], 10);
    let other = text.replace("\n;;;", "\n;EXP;;");
    let (_, faults) = read_documents(other.as_bytes()).unwrap();
    let fault = faults
        .iter()
        .find(|fault| fault.code == "header-differs")
        .unwrap();
    let place = fault.place.as_ref().unwrap();
    assert_eq!(
        (place.line, place.column, place.path.as_str()),
        (3, Some(2), "row 3/tipoOperacion")
    );
}

/// A generator from a seed: the same cases on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn text(&mut self) -> String {
        let letters: Vec<char> = "abcXYZ019 ,;\"'\t\nñÉ/\\{}[]:<>&€😀.-".chars().collect();
        let length = self.roll(12) + 1;
        let text: String = (0..length)
            .map(|_| letters[usize::try_from(self.roll(letters.len() as u64)).unwrap()])
            .collect();
        let text = text.trim().to_owned();
        if text.is_empty() {
            "x".to_owned()
        } else {
            text
        }
    }

    fn section<S: Section>(&mut self) -> S {
        let mut section = S::default();
        for index in 0..S::RULES.len() {
            if self.roll(3) > 0 {
                let text = self.text();
                section.fill(index, text);
            }
        }
        // A row without any cell is no row; the first field is always there.
        if S::RULES
            .iter()
            .enumerate()
            .all(|(index, _)| section.value(index).is_none())
        {
            section.fill(0, "x".to_owned());
        }
        section
    }

    fn list<S: Section>(&mut self) -> Vec<S> {
        (0..self.roll(3)).map(|_| self.section()).collect()
    }

    fn document(&mut self) -> PedimentoDocument {
        PedimentoDocument {
            encabezado: self.section(),
            transportes: self.list(),
            candados: self.list(),
            contenedores: self.list(),
            guias: self.list(),
            facturas: self.list(),
            contribuciones: self.list(),
            identificadores: self.list(),
            partidas: (0..self.roll(4))
                .map(|_| Partida {
                    datos: self.section(),
                    contribuciones: self.list(),
                    identificadores: self.list(),
                    permisos: self.list(),
                })
                .collect(),
        }
    }
}

#[test]
fn a_thousand_generated_files_come_back_equal() {
    for seed in 1..=1_000_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let documents: Vec<PedimentoDocument> =
            (0..=dice.roll(3)).map(|_| dice.document()).collect();
        let text = write_json(&documents);
        let (back, _) = read_documents(text.as_bytes()).unwrap();
        assert_eq!(back, documents, "json, seed {seed}");
        let delimiter = [',', ';', '\t'][usize::try_from(dice.roll(3)).unwrap()];
        let text = write_csv(&documents, delimiter);
        let (back, _) = read_documents(text.as_bytes()).unwrap();
        assert_eq!(back, documents, "csv {delimiter:?}, seed {seed}\n{text}");
        // Each pedimento has thousands of members to look up, so a few seeds do for the table.
        if seed % 25 == 0 {
            let draft = read(text.as_bytes()).unwrap();
            assert_eq!(untold(&draft), [""; 0], "seed {seed}");
        }
    }
}
