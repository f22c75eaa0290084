//! An export invoice with its Carta Porte: what it becomes, and a table of what can be wrong with it.

use crate::samples::sample;
use garita_formats::carta_porte::{
    Chain, Reading, SealVerdict, original_string, read_as, read_document, seal, write,
};
use garita_formats::elements::untold;
use garita_formats::{DocumentKind, Severity, read, recognise};
use serde_json::json;

/// Goods sold abroad, with both complements.
const BOTH: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" xmlns:cce20="http://www.sat.gob.mx/ComercioExterior20" xmlns:cartaporte31="http://www.sat.gob.mx/CartaPorte31" Version="4.0" Serie="EX" Folio="20417" Fecha="2026-11-24T05:00:00" SubTotal="48120.00" Moneda="USD" TipoCambio="18.5" Total="48120.00" TipoDeComprobante="I" Exportacion="02" LugarExpedicion="76120">
<cfdi:Emisor Rfc="EKU9003173C9" Nombre="ARNESES QUERETANOS" RegimenFiscal="601"/>
<cfdi:Receptor Rfc="XEXX010101000" Nombre="GULF PRAIRIE ASSEMBLY" DomicilioFiscalReceptor="76120" ResidenciaFiscal="USA" NumRegIdTrib="123456789" RegimenFiscalReceptor="616" UsoCFDI="S01"/>
<cfdi:Conceptos>
<cfdi:Concepto ClaveProdServ="25174200" NoIdentificacion="P-1" Cantidad="480" ClaveUnidad="H87" Descripcion="Arneses eléctricos" ValorUnitario="100.25" Importe="48120.00" ObjetoImp="01"/>
</cfdi:Conceptos>
<cfdi:Complemento>
<cce20:ComercioExterior Version="2.0" ClaveDePedimento="A1" CertificadoOrigen="0" Incoterm="FCA" TipoCambioUSD="18.5" TotalUSD="48120.00">
<cce20:Emisor><cce20:Domicilio Calle="Av. Industria" NumeroExterior="1250" Municipio="014" Estado="QUE" Pais="MEX" CodigoPostal="76120"/></cce20:Emisor>
<cce20:Receptor><cce20:Domicilio Calle="Mines Rd" NumeroExterior="11111" Localidad="Laredo" Estado="TX" Pais="USA" CodigoPostal="78045"/></cce20:Receptor>
<cce20:Destinatario NumRegIdTrib="123456789" Nombre="Gulf Prairie Plant 2"><cce20:Domicilio Calle="Main St" Estado="TX" Pais="USA" CodigoPostal="77001"/></cce20:Destinatario>
<cce20:Mercancias>
<cce20:Mercancia NoIdentificacion="P-1" FraccionArancelaria="8544300000" CantidadAduana="480.000" UnidadAduana="06" ValorUnitarioAduana="100.25" ValorDolares="48120.00"><cce20:DescripcionesEspecificas Marca="AQ" Modelo="M1"/></cce20:Mercancia>
</cce20:Mercancias>
</cce20:ComercioExterior>
<cartaporte31:CartaPorte Version="3.1" IdCCP="CCC1a2b3-c4d5-4e6f-8a9b-0c1d2e3f4a5b" TranspInternac="Sí" EntradaSalidaMerc="Salida" PaisOrigenDestino="USA" ViaEntradaSalida="01" TotalDistRec="230">
<cartaporte31:RegimenesAduaneros><cartaporte31:RegimenAduaneroCCP RegimenAduanero="EXD"/></cartaporte31:RegimenesAduaneros>
<cartaporte31:Ubicaciones>
<cartaporte31:Ubicacion TipoUbicacion="Origen" IDUbicacion="OR000001" RFCRemitenteDestinatario="EKU9003173C9" FechaHoraSalidaLlegada="2026-11-24T06:00:00"/>
<cartaporte31:Ubicacion TipoUbicacion="Destino" IDUbicacion="DE000002" RFCRemitenteDestinatario="EKU9003173C9" FechaHoraSalidaLlegada="2026-11-24T22:00:00" DistanciaRecorrida="230"/>
</cartaporte31:Ubicaciones>
<cartaporte31:Mercancias PesoBrutoTotal="9120.5" UnidadPeso="KGM" NumTotalMercancias="1">
<cartaporte31:Mercancia BienesTransp="25174200" Descripcion="Arneses eléctricos" Cantidad="480" ClaveUnidad="XCT" PesoEnKg="9120.5" ValorMercancia="48120" Moneda="USD" FraccionArancelaria="8544300000" TipoMateria="03">
<cartaporte31:DocumentacionAduanera TipoDocumento="01" NumPedimento="26  24  3456  6000123"/>
<cartaporte31:GuiasIdentificacion NumeroGuiaIdentificacion="TOCQ88402171" DescripGuiaIdentificacion="SCN" PesoGuiaIdentificacion="9120.5"/>
<cartaporte31:CantidadTransporta Cantidad="480" IDOrigen="OR000001" IDDestino="DE000002"/>
<cartaporte31:DetalleMercancia UnidadPesoMerc="KGM" PesoBruto="9120.5" PesoNeto="9000.5" PesoTara="120"/>
</cartaporte31:Mercancia>
<cartaporte31:Autotransporte PermSCT="TPAF01" NumPermisoSCT="X-1">
<cartaporte31:IdentificacionVehicular ConfigVehicular="T3S2" PesoBrutoVehicular="29.5" PlacaVM="47AK2F" AnioModeloVM="2022"/>
<cartaporte31:Seguros AseguraRespCivil="Aseguradora" PolizaRespCivil="RC-1"/>
<cartaporte31:Remolques><cartaporte31:Remolque SubTipoRem="CTR006" Placa="31UB8L"/></cartaporte31:Remolques>
</cartaporte31:Autotransporte>
</cartaporte31:Mercancias>
<cartaporte31:FiguraTransporte>
<cartaporte31:TiposFigura TipoFigura="01" RFCFigura="CACX7605101P8" NumLicencia="LIC000123" NombreFigura="XOCHILT CASAS"/>
<cartaporte31:TiposFigura TipoFigura="02" RFCFigura="URE180429TM6" NombreFigura="Arrendadora"><cartaporte31:PartesTransporte ParteTransporte="PT02"/></cartaporte31:TiposFigura>
</cartaporte31:FiguraTransporte>
</cartaporte31:CartaPorte>
</cfdi:Complemento>
</cfdi:Comprobante>
"#;

/// Codes that the right document has as well: nobody has sealed it, and its waybill is a shipment's number.
const QUIET: &[&str] = &["seal-missing", "stamp-missing", "waybill-as-scn"];

fn codes(text: &str) -> Vec<(&'static str, u32, String)> {
    let faults = match read(DocumentKind::CartaPorte, text.as_bytes()) {
        Ok(draft) => {
            assert_eq!(untold(&draft), Vec::<String>::new());
            draft.faults
        }
        Err(error) => {
            assert!(!error.en.is_empty() && error.en != error.es, "{error:?}");
            return vec![(error.code(), 0, String::new())];
        }
    };
    let told = faults.into_iter().map(|fault| {
        assert!(!fault.es.is_empty() && fault.en != fault.es, "{fault:?}");
        let (line, path) = fault
            .place
            .map_or((0, String::new()), |place| (place.line, place.path));
        (fault.code, line, path)
    });
    told.filter(|(code, ..)| !QUIET.contains(code)).collect()
}

#[test]
fn an_export_invoice_with_its_carta_porte() {
    assert_eq!(recognise(BOTH.as_bytes()), Some(DocumentKind::CartaPorte));
    assert_eq!(codes(BOTH), []);
    let draft = read(DocumentKind::CartaPorte, BOTH.as_bytes()).unwrap();
    let types: Vec<&str> = draft
        .records
        .iter()
        .map(|record| record.record_type.as_str())
        .collect();
    assert_eq!(types, ["CartaPorte", "Shipment", "InvoiceSummary"]);
    let invoice = draft.record("InvoiceSummary").unwrap();
    assert!(
        invoice.optional && invoice.missing.is_empty(),
        "{:?}",
        invoice.missing
    );
    assert_eq!(
        invoice.subject,
        json!({
            "scns": ["TOCQ88402171"],
            "invoiceNumber": "EX-20417",
            "invoiceDate": "2026-11-24",
            "seller": {
                "partyName": "ARNESES QUERETANOS", "streetAddress": "Av. Industria 1250", "region": "QUE",
                "postalCode": "76120", "country": "MX", "taxNumber": "EKU9003173C9",
            },
            "buyer": {
                "partyName": "GULF PRAIRIE ASSEMBLY", "streetAddress": "Mines Rd 11111", "locality": "Laredo",
                "region": "TX", "postalCode": "78045", "country": "US", "taxNumber": "123456789",
            },
            "currency": "USD",
            "totalMinor": 4_812_000,
            "invoiceLines": [{
                "goodsText": "Arneses eléctricos", "commodityCode": "8544300000", "quantity": 480, "unit": "H87",
                "lineMinor": 4_812_000,
            }],
            "incoterm": "FCA",
            "grossWeightKg": 9120.5,
        })
    );
    let place = invoice
        .sources
        .get("/invoiceLines/0/commodityCode")
        .unwrap();
    assert_eq!(
        (place.line, place.path.as_str()),
        (
            14,
            "/cfdi:Comprobante/cfdi:Complemento[1]/cce20:ComercioExterior[1]/cce20:Mercancias[1]/cce20:Mercancia[1]\
             /@FraccionArancelaria"
        )
    );
    let carta = &draft.record("CartaPorte").unwrap().subject;
    assert_eq!(carta["equipment"][0]["equipmentKind"], "reefer");
    let (document, _) = read_document(BOTH.as_bytes()).unwrap();
    let written = write(&document);
    let (again, _) = read_document(written.as_bytes()).unwrap();
    assert_eq!(again, document);
    assert_eq!(
        original_string(BOTH.as_bytes()).unwrap(),
        original_string(written.as_bytes()).unwrap()
    );
}

#[test]
fn an_invoice_without_a_carta_porte_is_an_invoice() {
    let (start, end) = (
        BOTH.find("<cartaporte31:CartaPorte").unwrap(),
        BOTH.find("</cfdi:Complemento>").unwrap(),
    );
    let alone = format!("{}{}", &BOTH[..start], &BOTH[end..]);
    let draft = read(DocumentKind::CartaPorte, alone.as_bytes()).unwrap();
    assert_eq!(draft.records.len(), 1);
    let invoice = &draft.records[0];
    assert!(!invoice.optional);
    let missing: Vec<&str> = invoice
        .missing
        .iter()
        .map(|gap| gap.pointer.as_str())
        .collect();
    assert_eq!(missing, ["/scns"]);
    let (document, _) = read_document(alone.as_bytes()).unwrap();
    assert!(document.carta_porte.is_none());
    assert_eq!(
        read_document(write(&document).as_bytes()).unwrap().0,
        document
    );
    // Goods that are moved and not sold have no currency: the dollars count.
    let moved = alone
        .replace("TipoDeComprobante=\"I\"", "TipoDeComprobante=\"T\"")
        .replace(
            "SubTotal=\"48120.00\" Moneda=\"USD\" TipoCambio=\"18.5\" Total=\"48120.00\"",
            "SubTotal=\"0\" Moneda=\"XXX\" Total=\"0\"",
        )
        .replace(
            "ValorUnitario=\"100.25\" Importe=\"48120.00\"",
            "ValorUnitario=\"0\" Importe=\"0\"",
        )
        .replace("Version=\"2.0\"", "Version=\"2.0\" MotivoTraslado=\"02\"");
    let draft = read(DocumentKind::CartaPorte, moved.as_bytes()).unwrap();
    let subject = &draft.records[0].subject;
    assert_eq!(
        (&subject["currency"], &subject["totalMinor"]),
        (&json!("USD"), &json!(4_812_000))
    );
    assert_eq!(subject["invoiceLines"][0]["lineMinor"], 4_812_000);
    assert!(
        draft
            .faults
            .iter()
            .any(|fault| fault.code == "invoice-in-dollars")
    );
}

/// What to find, what to put there, the code, the line, the end of the path.
type Broken = (&'static str, &'static str, &'static str, u32, &'static str);

#[rustfmt::skip]
const TABLE: &[Broken] = &[
    ("Version=\"2.0\"", "Version=\"1.1\"", "version-unsupported", 9, "/@Version"),
    ("Exportacion=\"02\"", "Exportacion=\"01\"", "export-code", 2, "/@Exportacion"),
    ("Exportacion=\"02\"", "Exportacion=\"09\"", "code-unknown", 2, "/@Exportacion"),
    ("Incoterm=\"FCA\"", "Incoterm=\"FCX\"", "code-unknown", 9, "/@Incoterm"),
    ("Incoterm=\"FCA\"", "Incoterm=\"DAT\"", "incoterm-old", 9, "/@Incoterm"),
    ("Incoterm=\"FCA\" ", "", "incoterm-missing", 9, "cce20:ComercioExterior[1]"),
    ("TotalUSD=\"48120.00\"", "TotalUSD=\"48121.00\"", "usd-sum", 9, "/@TotalUSD"),
    ("TipoCambioUSD=\"18.5\"", "TipoCambioUSD=\"18.6\"", "exchange-rate-differs", 9, "/@TipoCambioUSD"),
    ("TipoCambioUSD=\"18.5\"", "TipoCambioUSD=\"0\"", "exchange-rate", 9, "/@TipoCambioUSD"),
    ("TipoCambio=\"18.5\" ", "", "exchange-rate-missing", 2, "/@Moneda"),
    ("ClaveDePedimento=\"A1\"", "ClaveDePedimento=\"B7\"", "code-unknown", 9, "/@ClaveDePedimento"),
    ("CertificadoOrigen=\"0\"", "CertificadoOrigen=\"0\" NumCertificadoOrigen=\"ABC1234\"", "origin-certificate", 9, "/@NumCertificadoOrigen"),
    ("CertificadoOrigen=\"0\"", "CertificadoOrigen=\"0\" MotivoTraslado=\"02\"", "transfer-reason-unexpected", 9, "/@MotivoTraslado"),
    ("CertificadoOrigen=\"0\"", "CertificadoOrigen=\"0\" MotivoTraslado=\"05\"", "owner", 9, "/@MotivoTraslado"),
    ("TipoDeComprobante=\"I\"", "TipoDeComprobante=\"T\"", "transfer-reason-missing", 9, "cce20:ComercioExterior[1]"),
    ("TipoDeComprobante=\"I\"", "TipoDeComprobante=\"T\"", "total-not-zero", 2, "/@Total"),
    ("<cce20:Receptor><cce20:Domicilio Calle=\"Mines Rd\" NumeroExterior=\"11111\" Localidad=\"Laredo\" Estado=\"TX\" Pais=\"USA\" CodigoPostal=\"78045\"/></cce20:Receptor>", "", "trade-address-missing", 9, "cce20:ComercioExterior[1]"),
    ("Estado=\"QUE\" Pais=\"MEX\"", "Estado=\"TX\" Pais=\"USA\"", "issuer-abroad", 10, "/@Pais"),
    ("Estado=\"QUE\"", "Estado=\"QRO\"", "state-unknown", 10, "/@Estado"),
    ("CodigoPostal=\"76120\"/></cce20:Emisor>", "CodigoPostal=\"7612\"/></cce20:Emisor>", "postal-code-unknown", 10, "/@CodigoPostal"),
    ("Mercancia NoIdentificacion=\"P-1\"", "Mercancia NoIdentificacion=\"P-2\"", "goods-not-in-concepts", 14, "/@NoIdentificacion"),
    ("Mercancia NoIdentificacion=\"P-1\"", "Mercancia NoIdentificacion=\"P-2\"", "concept-not-in-goods", 6, "/@NoIdentificacion"),
    (" UnidadAduana=\"06\"", "", "customs-quantity-incomplete", 14, "cce20:Mercancia[1]"),
    ("UnidadAduana=\"06\"", "UnidadAduana=\"77\"", "code-unknown", 14, "/@UnidadAduana"),
    ("FraccionArancelaria=\"8544300000\" CantidadAduana", "CantidadAduana", "tariff-missing", 14, "cce20:Mercancia[1]"),
    ("FraccionArancelaria=\"8544300000\" CantidadAduana", "FraccionArancelaria=\"854430\" CantidadAduana", "tariff-form", 14, "/@FraccionArancelaria"),
    ("ValorUnitarioAduana=\"100.25\"", "ValorUnitarioAduana=\"90.25\"", "usd-amount", 14, "/@ValorDolares"),
    ("CantidadAduana=\"480.000\"", "CantidadAduana=\"480.0000\"", "number-form", 14, "/@CantidadAduana"),
    ("Marca=\"AQ\"", "Marca=\"A|Q\"", "text-bar", 14, "/@Marca"),
    ("SubTotal=\"48120.00\"", "SubTotal=\"48000.00\"", "subtotal-sum", 2, "/@SubTotal"),
    (" Total=\"48120.00\"", " Total=\"48000.00\"", "total-sum", 2, "/@Total"),
    ("ValorUnitario=\"100.25\"", "ValorUnitario=\"90.25\"", "line-amount", 6, "/@Importe"),
    ("Importe=\"48120.00\"", "Importe=\"48120.00\" Descuento=\"50000\"", "line-discount", 6, "/@Descuento"),
    ("ObjetoImp=\"01\"/>", "ObjetoImp=\"01\"><cfdi:Impuestos><cfdi:Traslados><cfdi:Traslado Base=\"1\" Impuesto=\"009\" TipoFactor=\"Tasa\"/></cfdi:Traslados></cfdi:Impuestos></cfdi:Concepto>", "code-unknown", 6, "/@Impuesto"),
    ("</cfdi:Conceptos>", "</cfdi:Conceptos><cfdi:Impuestos TotalImpuestosTrasladados=\"5\"><cfdi:Traslados><cfdi:Traslado Base=\"1\" Impuesto=\"002\" TipoFactor=\"Tasa\" TasaOCuota=\"0.16\" Importe=\"4\"/></cfdi:Traslados></cfdi:Impuestos>", "tax-sum", 7, "/@TotalImpuestosTrasladados"),
    ("UsoCFDI=\"S01\"", "UsoCFDI=\"S99\"", "code-unknown", 4, "/@UsoCFDI"),
    (" ResidenciaFiscal=\"USA\" NumRegIdTrib=\"123456789\" Reg", " Reg", "foreign-party-incomplete", 4, "/@Rfc"),
    ("<cfdi:Emisor Rfc", "<cfdi:Emisor Rfc=\"EKU9003173C9\" Nombre=\"X\" RegimenFiscal=\"601\"/><cfdi:Emisor Rfc", "element-repeated", 3, "cfdi:Emisor[2]"),
    ("</cfdi:Complemento>", "<cce20:ComercioExterior Version=\"2.0\"/></cfdi:Complemento>", "element-repeated", 41, "cce20:ComercioExterior[2]"),
    ("</cfdi:Comprobante>", "<cfdi:Addenda/></cfdi:Comprobante>", "element-not-read", 42, "cfdi:Addenda[1]"),
    ("http://www.sat.gob.mx/ComercioExterior20", "http://www.sat.gob.mx/ComercioExterior11", "namespace-wrong", 9, "cce20:ComercioExterior[1]"),
    // Carta Porte.
    ("PesoTara=\"120\"", "PesoTara=\"121\"", "weight-detail", 28, "/@PesoBruto"),
    ("NumTotalMercancias=\"1\"", "NumTotalMercancias=\"1\" PesoNetoTotal=\"9000\"", "weight-net-sum", 23, "/@PesoNetoTotal"),
    ("DetalleMercancia UnidadPesoMerc=\"KGM\"", "DetalleMercancia UnidadPesoMerc=\"KG-M\"", "code-unknown", 28, "/@UnidadPesoMerc"),
    ("TipoMateria=\"03\"", "TipoMateria=\"05\"", "matter-text-missing", 24, "/@TipoMateria"),
    ("TipoMateria=\"03\"", "", "matter-missing", 24, "cartaporte31:Mercancia[1]"),
    (" Moneda=\"USD\" FraccionArancelaria", " FraccionArancelaria", "currency-missing", 24, "/@ValorMercancia"),
    ("TipoMateria=\"03\"", "TipoMateria=\"03\" SectorCOFEPRIS=\"04\"", "health-incomplete", 24, "/@SectorCOFEPRIS"),
    ("TipoMateria=\"03\"", "TipoMateria=\"03\" SectorCOFEPRIS=\"04\" NomQuimico=\"X\" NumCAS=\"1\" UsoAutorizado=\"X\"", "health-unexpected", 24, "/@UsoAutorizado"),
    ("TipoMateria=\"03\"", "TipoMateria=\"03\" LoteMedicamento=\"L1\"", "health-sector-missing", 24, "cartaporte31:Mercancia[1]"),
    ("TipoMateria=\"03\"", "TipoMateria=\"03\" MaterialPeligroso=\"Sí\" CveMaterialPeligroso=\"1170\" Embalaje=\"4G\"", "environment-insurance-missing", 24, "/@MaterialPeligroso"),
    ("TipoMateria=\"03\"", "TipoMateria=\"03\" CveMaterialPeligroso=\"1170\"", "dangerous-goods-unsaid", 24, "/@CveMaterialPeligroso"),
    ("TipoMateria=\"03\"", "TipoMateria=\"03\" Dimensiones=\"30x20\"", "dimensions-form", 24, "/@Dimensiones"),
    ("TipoDocumento=\"01\" NumPedimento=\"26  24  3456  6000123\"", "TipoDocumento=\"01\"", "pedimento-missing", 25, "cartaporte31:DocumentacionAduanera[1]"),
    ("TipoDocumento=\"01\"", "TipoDocumento=\"18\" IdentDocAduanero=\"A1\"", "pedimento-unexpected", 25, "/@NumPedimento"),
    ("TipoDocumento=\"01\"", "TipoDocumento=\"18\"", "customs-document-folio", 25, "cartaporte31:DocumentacionAduanera[1]"),
    ("NumeroGuiaIdentificacion=\"TOCQ88402171\"", "NumeroGuiaIdentificacion=\"TOCQ8\"", "text-length", 26, "/@NumeroGuiaIdentificacion"),
    ("IDOrigen=\"OR000001\"", "IDOrigen=\"DE000002\"", "location-id-kind", 27, "/@IDOrigen"),
    ("IDUbicacion=\"OR000001\"", "IDUbicacion=\"DE000009\"", "location-id-kind", 20, "/@IDUbicacion"),
    ("RegimenAduanero=\"EXD\"", "RegimenAduanero=\"IMD\"", "regime-other-direction", 18, "/@RegimenAduanero"),
    ("TotalDistRec=\"230\"", "TotalDistRec=\"230\" RegistroISTMO=\"Sí\"", "isthmus-pole-missing", 17, "/@RegistroISTMO"),
    ("TotalDistRec=\"230\"", "TotalDistRec=\"230\" UbicacionPoloOrigen=\"01\"", "isthmus-register-missing", 17, "/@UbicacionPoloOrigen"),
    (" TotalDistRec=\"230\"", "", "distance-total-missing", 17, "cartaporte31:CartaPorte[1]"),
    ("PermSCT=\"TPAF01\"", "PermSCT=\"TPTA01\"", "permit-other-way", 30, "/@PermSCT"),
    ("PermSCT=\"TPAF01\"", "PermSCT=\"TPAF99\"", "code-unknown", 30, "/@PermSCT"),
    ("ConfigVehicular=\"T3S2\"", "ConfigVehicular=\"T9S9\"", "code-unknown", 31, "/@ConfigVehicular"),
    ("<cartaporte31:Remolques><cartaporte31:Remolque SubTipoRem=\"CTR006\" Placa=\"31UB8L\"/></cartaporte31:Remolques>", "", "trailer-missing", 31, "/@ConfigVehicular"),
    ("PolizaRespCivil=\"RC-1\"", "PolizaRespCivil=\"RC-1\" PolizaCarga=\"C-1\"", "insurance-incomplete", 32, "cartaporte31:Seguros[1]"),
    ("AnioModeloVM=\"2022\"", "AnioModeloVM=\"1822\"", "number-form", 31, "/@AnioModeloVM"),
    ("TipoFigura=\"02\" RFC", "TipoFigura=\"02\" NumLicencia=\"LIC000123\" RFC", "licence-unexpected", 38, "/@NumLicencia"),
    ("<cartaporte31:PartesTransporte ParteTransporte=\"PT02\"/>", "", "figure-parts-missing", 38, "/@TipoFigura"),
    ("TipoFigura=\"02\"", "TipoFigura=\"04\"", "figure-parts-unexpected", 38, "/@ParteTransporte"),
    ("ParteTransporte=\"PT02\"", "ParteTransporte=\"PT99\"", "code-unknown", 38, "/@ParteTransporte"),
    ("NumLicencia=\"LIC000123\"", "NumLicencia=\"LIC 00/123\"", "licence-form", 37, "/@NumLicencia"),
    ("</cartaporte31:Autotransporte>", "</cartaporte31:Autotransporte><cartaporte31:TransporteFerroviario TipoDeServicio=\"TS01\" TipoDeTrafico=\"TT01\"/>", "transport-many", 23, "cartaporte31:Mercancias[1]"),
    ("</cartaporte31:Autotransporte>", "</cartaporte31:Autotransporte><cartaporte31:TransporteFerroviario TipoDeServicio=\"TS01\" TipoDeTrafico=\"TT01\"/>", "rail-car-missing", 34, "cartaporte31:TransporteFerroviario[1]"),
    ("</cartaporte31:Autotransporte>", "</cartaporte31:Autotransporte><cartaporte31:TransporteMaritimo TipoEmbarcacion=\"B01\" Matricula=\"1234567\" NumeroOMI=\"IMO9074728\" NacionalidadEmbarc=\"MEX\" UnidadesDeArqBruto=\"1\" TipoCarga=\"CGS\" NombreAgenteNaviero=\"X\" NumAutorizacionNaviero=\"ANC001/2022\"/>", "imo-check-digit", 34, "/@NumeroOMI"),
    ("</cartaporte31:Autotransporte>", "</cartaporte31:Autotransporte><cartaporte31:TransporteAereo PermSCT=\"TPTA01\" NumPermisoSCT=\"1\" NumeroGuia=\"123456789012\" CodigoTransportista=\"CA001\" RFCEmbarcador=\"XEXX010101000\"/>", "foreign-party-incomplete", 34, "/@RFCEmbarcador"),
];

#[test]
fn broken_export_invoices() {
    let mut wrong = Vec::new();
    for (find, put, code, line, path) in TABLE {
        assert!(BOTH.contains(find), "the table looks for {find}");
        let told = codes(&BOTH.replacen(find, put, 1));
        let fits = |(found, at, place): &(&str, u32, String)| {
            found == code && at == line && place.ends_with(path)
        };
        if !told.iter().any(fits) {
            wrong.push(format!(
                "{put:?}: expected {code} at {line} {path}, got {told:#?}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn codes_handed_in_count_in_place_of_ours() {
    let set = |name: &str, codes: &[&str]| {
        let codes = codes.iter().map(|code| (*code).to_owned()).collect();
        Reading {
            catalogues: [(name.to_owned(), codes)].into(),
            ..Reading::default()
        }
    };
    for (reading, code) in [
        (set("c_ClaveProdServCP", &["25174200"]), ""),
        (set("c_ClaveProdServCP", &["25174201"]), "code-unknown"),
        (set("c_FraccionArancelaria", &["8544300000"]), ""),
        (
            set("c_FraccionArancelaria", &["8544300001"]),
            "code-unknown",
        ),
        (set("c_CodigoPostal", &["76121"]), "code-unknown"),
        (set("c_RegimenAduanero", &["IMD"]), "code-unknown"),
        (set("c_Nothing", &[]), "catalogue-unknown"),
    ] {
        let draft = read_as(BOTH.as_bytes(), &reading).unwrap();
        let told: Vec<&str> = draft
            .faults
            .iter()
            .map(|fault| fault.code)
            .filter(|code| !QUIET.contains(code))
            .collect();
        assert_eq!(
            told.first().copied().unwrap_or(""),
            code,
            "{reading:?}: {told:?}"
        );
    }
}

#[test]
fn the_seal_of_the_domestic_sample_fits() {
    let Some(bytes) = sample("cfdi40-carta-porte31-domestic.xml") else {
        return;
    };
    let reading = Reading::default();
    assert_eq!(
        seal(&bytes, &reading).unwrap(),
        Some(SealVerdict::Fits(Chain::Unchecked))
    );
    let original = original_string(&bytes).unwrap();
    assert!(original.starts_with(
        "||4.0|SerieCCP31|CP3.1|2024-06-24T00:00:55|01|30001000000500003416|100.00|MXN|"
    ));
    assert!(original.ends_with("|Municipio1|Estado1|AFG|CodigoPosta1||"));
    let draft = read(DocumentKind::CartaPorte, &bytes).unwrap();
    assert!(
        draft
            .faults
            .iter()
            .any(|fault| fault.code == "seal-fits-chain-unchecked"
                && fault.severity == Severity::Note)
    );
    let text = String::from_utf8(bytes).unwrap();
    for (find, put) in [
        ("plac892", "plac893"),
        ("Total=\"100.00\"", "Total=\"900.00\""),
        ("ESPAÑOLA", "ESPANOLA"),
    ] {
        let changed = text.replacen(find, put, 1);
        assert_ne!(changed, text);
        assert_eq!(
            seal(changed.as_bytes(), &reading).unwrap(),
            Some(SealVerdict::Broken)
        );
    }
    let (document, _) = read_document(text.as_bytes()).unwrap();
    let written = write(&document);
    assert_eq!(
        seal(written.as_bytes(), &reading).unwrap(),
        Some(SealVerdict::Fits(Chain::Unchecked)),
        "written again it is sealed as before"
    );
}

/// Each cut and each wrong byte of an export invoice with a Carta Porte.
#[test]
fn every_cut_and_every_flip_of_an_export_invoice_is_answered() {
    let bytes = BOTH.as_bytes();
    for cut in (0..bytes.len()).step_by(3) {
        let _ = read(DocumentKind::CartaPorte, &bytes[..cut]);
    }
    for at in 0..bytes.len() {
        let mut changed = bytes.to_vec();
        changed[at] = [0, b'<', b'"', b'&', 0xC3, 0xFF, b'|', b'9'][at % 8];
        let _ = read(DocumentKind::CartaPorte, &changed);
    }
}
