//! A table of broken inputs: one change to a right document, the code and the place it must be told at.

use crate::breaking::told;
use garita_formats::{DocumentKind, read};

const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<cfdi:Comprobante xmlns:cfdi="http://www.sat.gob.mx/cfd/4" xmlns:cartaporte31="http://www.sat.gob.mx/CartaPorte31" Version="4.0" Fecha="2026-11-24T05:00:00" SubTotal="0" Moneda="XXX" Total="0" TipoDeComprobante="T" Exportacion="01" LugarExpedicion="64000">
  <cfdi:Emisor Rfc="EKU9003173C9" Nombre="ESCUELA KEMPER URGATE" RegimenFiscal="601"/>
  <cfdi:Receptor Rfc="URE180429TM6" Nombre="UNIVERSIDAD ROBOTICA ESPAÑOLA" DomicilioFiscalReceptor="86991" RegimenFiscalReceptor="601" UsoCFDI="S01"/>
  <cfdi:Conceptos/>
  <cfdi:Complemento>
    <cartaporte31:CartaPorte Version="3.1" IdCCP="CCC1a2b3-c4d5-4e6f-8a9b-0c1d2e3f4a5b" TranspInternac="Sí" EntradaSalidaMerc="Salida" PaisOrigenDestino="USA" ViaEntradaSalida="01" TotalDistRec="230">
      <cartaporte31:RegimenesAduaneros><cartaporte31:RegimenAduaneroCCP RegimenAduanero="EXD"/></cartaporte31:RegimenesAduaneros>
      <cartaporte31:Ubicaciones>
        <cartaporte31:Ubicacion TipoUbicacion="Origen" IDUbicacion="OR000001" RFCRemitenteDestinatario="EKU9003173C9" FechaHoraSalidaLlegada="2026-11-24T06:00:00"/>
        <cartaporte31:Ubicacion TipoUbicacion="Destino" IDUbicacion="DE000002" RFCRemitenteDestinatario="XEXX010101000" NumRegIdTrib="123456789" ResidenciaFiscal="USA" FechaHoraSalidaLlegada="2026-11-24T22:00:00" DistanciaRecorrida="230"/>
      </cartaporte31:Ubicaciones>
      <cartaporte31:Mercancias PesoBrutoTotal="100.1" UnidadPeso="KGM" NumTotalMercancias="1">
        <cartaporte31:Mercancia BienesTransp="25174200" Descripcion="Partes" Cantidad="24" ClaveUnidad="XCT" PesoEnKg="100.1" FraccionArancelaria="8708809900" TipoMateria="03">
          <cartaporte31:DocumentacionAduanera TipoDocumento="01" NumPedimento="26  24  3456  6000123"/>
          <cartaporte31:CantidadTransporta Cantidad="24" IDOrigen="OR000001" IDDestino="DE000002"/>
        </cartaporte31:Mercancia>
        <cartaporte31:Autotransporte PermSCT="TPAF01" NumPermisoSCT="X-1">
          <cartaporte31:IdentificacionVehicular ConfigVehicular="C2" PesoBrutoVehicular="29.5" PlacaVM="47AK2F" AnioModeloVM="2022"/>
          <cartaporte31:Seguros AseguraRespCivil="Aseguradora" PolizaRespCivil="RC-1"/>
        </cartaporte31:Autotransporte>
      </cartaporte31:Mercancias>
      <cartaporte31:FiguraTransporte><cartaporte31:TiposFigura TipoFigura="01" RFCFigura="CACX7605101P8" NumLicencia="LIC000123" NombreFigura="X"/></cartaporte31:FiguraTransporte>
    </cartaporte31:CartaPorte>
  </cfdi:Complemento>
</cfdi:Comprobante>
"#;

const EDI: &str = "ISA*00*          *00*          *02*TOCQ           *ZZ*CBP            *261124*0810*^*00502*000000417*0*P*>~
GS*AQ*TOCQ*CBP*20261124*0810*417*X*005020~
ST*309*0417~
M10*TOCQ*J*MX****TOCQ2611240417*1*X~
VEH*1*1M8GDM9AXKP042788**********47AK2F*TAM*MX~
P4*2304*20261124***0910~
LX*1~
M11*TOCQ88402171**480*CTN*9120*K***0*QUERETARO**TOCQ~
N1*SH*Arneses Queretanos~
N4*Queretaro*QR*76120*MX~
N1*CN*Gulf Prairie Assembly~
N4*Laredo*TX*78045*US~
M12*61*680001232*5501~
VID*TL**31UB8L*7741093~
N10*480*Wire harnesses*AQ*J*8544300000**K*9120~
SE*14*0417~
GE*1*417~
IEA*1*000000417~
";

fn expect(kind: DocumentKind, bytes: &[u8], code: &str, line: u32, path: &str, name: &str) {
    let told = told(kind, bytes);
    assert!(
        told.iter()
            .any(|(found, at, place)| *found == code && *at == line && place.contains(path)),
        "{name}: expected {code} at {line} {path}, got {told:#?}"
    );
}

#[test]
fn the_right_documents_are_right() {
    let quiet = ["seal-missing", "stamp-missing", "local-time"];
    for (kind, text) in [
        (DocumentKind::CartaPorte, XML),
        (DocumentKind::X12Manifest309, EDI),
    ] {
        let loud: Vec<_> = told(kind, text.as_bytes())
            .into_iter()
            .filter(|(code, _, _)| !quiet.contains(code))
            .collect();
        assert!(loud.is_empty(), "{loud:#?}");
    }
    assert!(
        read(DocumentKind::X12Manifest309, EDI.as_bytes())
            .unwrap()
            .is_complete()
    );
}

#[test]
fn broken_carta_porte() {
    // What to find, what to put there, the code, the line, a part of the path.
    let table: &[(&str, &str, &str, u32, &str)] = &[
        (
            "Version=\"3.1\"",
            "Version=\"3.0\"",
            "version-unsupported",
            7,
            "/@Version",
        ),
        (
            "Version=\"4.0\"",
            "Version=\"3.3\"",
            "version-unsupported",
            2,
            "/@Version",
        ),
        (
            "http://www.sat.gob.mx/CartaPorte31",
            "http://www.sat.gob.mx/CartaPorte30",
            "namespace-wrong",
            7,
            "CartaPorte",
        ),
        (
            "http://www.sat.gob.mx/cfd/4",
            "http://www.sat.gob.mx/cfd/3",
            "namespace-wrong",
            2,
            "/cfdi:Comprobante",
        ),
        (
            "cartaporte31:CartaPorte ",
            "cartaporte31:Carta ",
            "xml-malformed",
            0,
            "",
        ),
        (
            " PlacaVM=\"47AK2F\"",
            "",
            "attribute-missing",
            19,
            "IdentificacionVehicular",
        ),
        (
            "PlacaVM=\"47AK2F\"",
            "PlacaVM=\"4\"",
            "plate-form",
            19,
            "/@PlacaVM",
        ),
        (
            "PlacaVM=\"47AK2F\"",
            "PlacaVM=\"\"",
            "attribute-empty",
            19,
            "/@PlacaVM",
        ),
        (
            "Rfc=\"EKU9003173C9\"",
            "Rfc=\"EKU9003173C8\"",
            "rfc-check-digit",
            3,
            "Emisor[1]/@Rfc",
        ),
        (
            "RFCFigura=\"CACX7605101P8\"",
            "RFCFigura=\"CACX7613101P8\"",
            "rfc-form",
            23,
            "/@RFCFigura",
        ),
        (
            "26  24  3456  6000123",
            "26 24 3456 6000123",
            "pedimento-form",
            15,
            "/@NumPedimento",
        ),
        (
            "26  24  3456  6000123",
            "26  24  3456  4000123",
            "pedimento-form",
            15,
            "/@NumPedimento",
        ),
        ("CCC1a2b3", "CCX1a2b3", "idccp-form", 7, "/@IdCCP"),
        (
            "PesoBrutoTotal=\"100.1\"",
            "PesoBrutoTotal=\"100.2\"",
            "weight-sum",
            13,
            "/@PesoBrutoTotal",
        ),
        (
            "PesoEnKg=\"100.1\"",
            "PesoEnKg=\"1e2\"",
            "number-form",
            14,
            "",
        ),
        (
            "NumTotalMercancias=\"1\"",
            "NumTotalMercancias=\"2\"",
            "goods-count",
            13,
            "/@NumTotalMercancias",
        ),
        (
            "TotalDistRec=\"230\"",
            "TotalDistRec=\"231\"",
            "distance-sum",
            7,
            "/@TotalDistRec",
        ),
        (
            "2026-11-24T22:00:00",
            "2026-11-24T05:00:00",
            "date-order",
            11,
            "/@FechaHoraSalidaLlegada",
        ),
        (
            "2026-11-24T22:00:00",
            "2026-02-30T22:00:00",
            "date-form",
            11,
            "/@FechaHoraSalidaLlegada",
        ),
        (
            "2026-11-24T22:00:00",
            "2026-11-24T22:00:00Z",
            "date-form",
            11,
            "/@FechaHoraSalidaLlegada",
        ),
        (
            "IDDestino=\"DE000002\"",
            "IDDestino=\"DE000009\"",
            "location-unknown",
            16,
            "/@IDDestino",
        ),
        (
            "IDUbicacion=\"DE000002\"",
            "IDUbicacion=\"OR000001\"",
            "location-repeated",
            11,
            "/@IDUbicacion",
        ),
        (
            " ResidenciaFiscal=\"USA\"",
            "",
            "foreign-party-incomplete",
            11,
            "/@RFCRemitenteDestinatario",
        ),
        (
            " FraccionArancelaria=\"8708809900\"",
            "",
            "tariff-missing",
            14,
            "",
        ),
        ("8708809900", "87088", "tariff-form", 14, ""),
        (
            "RegimenAduanero=\"EXD\"",
            "RegimenAduanero=\"EXX\"",
            "code-unknown",
            8,
            "/@RegimenAduanero",
        ),
        (
            " EntradaSalidaMerc=\"Salida\"",
            "",
            "attribute-missing",
            7,
            "CartaPorte",
        ),
        (
            "ViaEntradaSalida=\"01\"",
            "ViaEntradaSalida=\"04\"",
            "not-by-road",
            7,
            "/@ViaEntradaSalida",
        ),
        (
            "TipoFigura=\"01\"",
            "TipoFigura=\"02\"",
            "operator-missing",
            0,
            "",
        ),
        (
            " NumLicencia=\"LIC000123\"",
            "",
            "licence-missing",
            23,
            "TiposFigura",
        ),
        (
            "TipoDeComprobante=\"T\"",
            "TipoDeComprobante=\"N\"",
            "receipt-type",
            2,
            "/@TipoDeComprobante",
        ),
        (
            " Total=\"0\"",
            " Total=\"9\"",
            "total-not-zero",
            2,
            "/@Total",
        ),
        (
            "Moneda=\"XXX\"",
            "Moneda=\"XXX\" Moneda=\"MXN\"",
            "xml-attribute-repeated",
            2,
            "",
        ),
        (
            "NombreFigura=\"X\"",
            "NombreFigura=\"X\" Apodo=\"Y\"",
            "attribute-not-read",
            23,
            "/@Apodo",
        ),
        (
            "<cfdi:Conceptos/>",
            "<cfdi:Conceptos/><cfdi:Addenda/>",
            "element-not-read",
            5,
            "Addenda",
        ),
        (
            "Nombre=\"ESCUELA KEMPER URGATE\"",
            "Nombre=\"&empresa;\"",
            "xml-entity",
            3,
            "",
        ),
        ("<cfdi:Emisor", "<otra:Emisor", "xml-namespace", 3, ""),
        ("</cfdi:Comprobante>", "", "xml-truncated", 0, ""),
        (
            "encoding=\"UTF-8\"",
            "encoding=\"Shift_JIS\"",
            "encoding-unknown",
            0,
            "",
        ),
    ];
    let mut wrong = Vec::new();
    assert!(table.len() >= 30);
    for (find, put, code, line, path) in table {
        assert!(XML.contains(find), "{find}");
        let text = XML.replacen(find, put, 1);
        let told = told(DocumentKind::CartaPorte, text.as_bytes());
        let fits = |(found, at, place): &(&str, u32, String)| {
            found == code && (*line == 0 || at == line) && place.contains(path)
        };
        if !told.iter().any(fits) {
            wrong.push(format!(
                "{put:?}: expected {code} at {line} {path}, got {told:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn broken_manifest() {
    let table: &[(&str, &str, &str, u32, &str)] = &[
        ("SE*14*", "SE*15*", "x12-segment-count", 16, "SE01"),
        ("GE*1*417", "GE*2*417", "x12-set-count", 17, "GE01"),
        ("IEA*1*", "IEA*2*", "x12-group-count", 18, "IEA01"),
        ("SE*14*0417", "SE*14*0418", "x12-control-number", 16, "SE02"),
        ("GE*1*417", "GE*1*418", "x12-control-number", 17, "GE02"),
        (
            "IEA*1*000000417",
            "IEA*1*000000418",
            "x12-control-number",
            18,
            "IEA02",
        ),
        ("SE*14*0417~\n", "", "x12-trailer-missing", 0, ""),
        ("GE*1*417~\n", "", "x12-trailer-missing", 0, ""),
        ("IEA*1*000000417~\n", "", "x12-trailer-missing", 0, ""),
        (
            "IEA*1*000000417~\n",
            "IEA*1*0000",
            "x12-truncated",
            18,
            "IEA",
        ),
        ("ST*309*", "ST*310*", "x12-set-not-read", 3, "ST01"),
        ("GS*AQ*", "GS*QM*", "x12-group-code", 2, "GS01"),
        ("0*P*>", "0*T*>", "x12-test", 1, "ISA15"),
        ("ISA*00*          *", "ISA*00*  *", "x12-header", 1, "ISA"),
        (
            "M10*TOCQ*J*",
            "M10*TOCQ*O*",
            "not-a-truck-manifest",
            4,
            "M1002",
        ),
        ("M10*TOCQ*J*", "M10*T0CQ*J*", "scac-form", 4, "M1001"),
        ("*1*X~\nVEH", "*2*X~\nVEH", "bill-count", 4, "M1008"),
        ("TOCQ2611240417*1", "TOCQ 2611*1", "trip-form", 4, "M1007"),
        (
            "1M8GDM9AXKP042788",
            "1M8GDM9A1KP042788",
            "vin-form",
            5,
            "VEH02",
        ),
        (
            "P4*2304*20261124",
            "P4*2304*20261324",
            "date-form",
            6,
            "P402",
        ),
        (
            "P4*2304*20261124***0910",
            "P4*2304*20261124***2510",
            "time-form",
            6,
            "P405",
        ),
        ("P4*2304*", "P4*l245*", "port-form", 6, "P401"),
        ("P4*2304*", "P4*3901*", "zone-unknown", 6, "P405"),
        ("LX*1~", "LX*7~", "line-number", 7, "LX01"),
        ("M11*TOCQ88402171*", "M11*88402171*", "scn-form", 8, "M1101"),
        ("*480*CTN*", "*481*CTN*", "quantity-sum", 8, "M1103"),
        ("*CTN*9120*K", "*CTN*9130*K", "weight-sum", 8, "M1105"),
        (
            "M12*61*680001232",
            "M12*61*680001233",
            "inbond-number",
            13,
            "M1202",
        ),
        (
            "VID*TL**31UB8L",
            "VID*4B*CSQU*3054384",
            "container-check-digit",
            14,
            "VID03",
        ),
        (
            "31UB8L*7741093",
            "31UB8L*77 41093",
            "seal-form",
            14,
            "VID04",
        ),
        ("*J*8544300000", "*J*85443", "tariff-form", 15, "N1005"),
        (
            "K*9120~\nSE*14",
            "K*9120~\nH1*34800~\nSE*15",
            "un-number-form",
            16,
            "H101",
        ),
        (
            "K*9120~\nSE*14",
            "K*9120~\nZZ*1~\nSE*15",
            "segment-not-read",
            16,
            "ZZ",
        ),
        ("M12*61", "!!*61", "x12-segment-name", 13, "!!"),
        (
            "GE*1*417~\n",
            "GE*1*417~\nN9*1*2~\n",
            "x12-segment-outside",
            18,
            "N9",
        ),
        ("Arneses Queretanos", "Arneses Quer\u{e9}tanos", "", 0, ""),
    ];
    let mut wrong = Vec::new();
    assert!(table.len() >= 30);
    for (find, put, code, line, path) in table {
        assert!(EDI.contains(find), "{find}");
        let text = EDI.replacen(find, put, 1);
        let told = told(DocumentKind::X12Manifest309, text.as_bytes());
        let fits = |(found, at, place): &(&str, u32, String)| {
            found == code && (*line == 0 || at == line) && place.contains(path)
        };
        if !code.is_empty() && !told.iter().any(fits) {
            wrong.push(format!(
                "{put:?}: expected {code} at {line} {path}, got {told:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn mixed_encodings() {
    // Latin-1 that says so, and UTF-8 with a byte order mark, are read.
    let latin1 = |text: &str| -> Vec<u8> {
        text.chars()
            .map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?'))
            .collect()
    };
    let said = XML.replace("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\"");
    let bom = [b"\xEF\xBB\xBF".as_slice(), XML.as_bytes()].concat();
    for bytes in [latin1(&said), bom] {
        let codes: Vec<_> = told(DocumentKind::CartaPorte, &bytes)
            .into_iter()
            .map(|(code, _, _)| code)
            .collect();
        assert_eq!(codes, ["seal-missing", "stamp-missing"]);
    }
    // Latin-1 that says UTF-8 is refused, at the line of the first wrong byte.
    expect(
        DocumentKind::CartaPorte,
        &latin1(XML),
        "encoding-mixed",
        4,
        "byte",
        "latin-1 as utf-8",
    );
    let utf16: Vec<u8> = XML.encode_utf16().flat_map(u16::to_le_bytes).collect();
    expect(
        DocumentKind::CartaPorte,
        &utf16,
        "encoding-unknown",
        0,
        "",
        "utf-16",
    );
    let edi = EDI.replace("Queretanos", "Quer\u{e9}tanos");
    expect(
        DocumentKind::X12Manifest309,
        &latin1(&edi),
        "encoding-mixed",
        1,
        "ISA",
        "latin-1 x12",
    );
    let draft = read(DocumentKind::X12Manifest309, &latin1(&edi)).unwrap();
    assert_eq!(
        draft.records[1].subject["shipper"]["partyName"],
        "Arneses Querétanos"
    );
}
