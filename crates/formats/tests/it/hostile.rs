//! Inputs made to hurt: each ends in a coded error or a bounded draft.

use garita_formats::{DOCUMENT_BYTES_MAX, DocumentKind, draft::FAULTS_MAX, read, recognise};

fn code(kind: DocumentKind, bytes: &[u8]) -> &'static str {
    read(kind, bytes).map_or_else(|error| error.code(), |_| "read")
}

fn xml(text: &str) -> &'static str {
    code(DocumentKind::CartaPorte, text.as_bytes())
}

const ISA: &str = "ISA*00*          *00*          *02*TOCQ           *ZZ*CBP            *261124*0810*^*00502*000000417*0*P*>~";

#[test]
fn billion_laughs_and_external_entities() {
    let laughs = r#"<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;">]><CartaPorte>&lol2;</CartaPorte>"#;
    let external = r#"<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><CartaPorte a="&e;"/>"#;
    let dtd = r#"<!DOCTYPE CartaPorte SYSTEM "http://127.0.0.1/x.dtd"><CartaPorte/>"#;
    for text in [laughs, external, dtd] {
        assert_eq!(xml(text), "xml-dtd");
    }
    assert_eq!(xml("<CartaPorte>&lol;</CartaPorte>"), "xml-entity");
    assert_eq!(xml("<CartaPorte a='&lol;'/>"), "xml-entity");
}

#[test]
fn limits_of_xml() {
    assert_eq!(
        xml(&format!(
            "{}{}",
            "<a>".repeat(100_000),
            "</a>".repeat(100_000)
        )),
        "xml-too-deep"
    );
    assert_eq!(
        xml(&format!("<a>{}</a>", "<b/>".repeat(100_000))),
        "xml-too-many-elements"
    );
    let attributes: String = (0..200).map(|index| format!(" a{index}=''")).collect();
    assert_eq!(xml(&format!("<a{attributes}/>")), "xml-too-many-attributes");
    assert_eq!(
        xml(&format!("<a b='{}'/>", "x".repeat(100_000))),
        "xml-value-too-long"
    );
    assert_eq!(
        xml(&format!("<a>{}</a>", "x".repeat(100_000))),
        "xml-value-too-long"
    );
    assert_eq!(
        xml(&format!("<{}/>", "x".repeat(100_000))),
        "xml-value-too-long"
    );
}

#[test]
fn forty_megabytes() {
    let large = vec![b' '; 40 * 1024 * 1024];
    assert!(large.len() > DOCUMENT_BYTES_MAX);
    for kind in [DocumentKind::CartaPorte, DocumentKind::X12Manifest309] {
        assert_eq!(code(kind, &large), "document-too-large");
        assert_eq!(code(kind, b""), "document-empty");
        assert_eq!(code(kind, b"  \n "), "document-empty");
    }
}

#[test]
fn a_million_segments() {
    let head = format!("{ISA}GS*AQ*A*B*20261124*0810*417*X*005020~ST*309*1~");
    let many = format!("{head}{}", "N9*A*B~".repeat(1_000_000));
    assert_eq!(
        code(DocumentKind::X12Manifest309, many.as_bytes()),
        "x12-too-many-segments"
    );
    let long = format!("{head}N9*{}~", "x".repeat(1_000_000));
    assert_eq!(
        code(DocumentKind::X12Manifest309, long.as_bytes()),
        "x12-segment-too-long"
    );
    let wide = format!("{head}N9{}~", "*a".repeat(100));
    assert_eq!(
        code(DocumentKind::X12Manifest309, wide.as_bytes()),
        "x12-too-many-elements"
    );
}

#[test]
fn many_faults_are_bounded() {
    let line = "<cartaporte31:Mercancia BienesTransp=''/>".repeat(20_000);
    let text = format!(
        "<cartaporte31:CartaPorte xmlns:cartaporte31='http://www.sat.gob.mx/CartaPorte31'>\
         <cartaporte31:Mercancias>{line}</cartaporte31:Mercancias></cartaporte31:CartaPorte>"
    );
    let draft = read(DocumentKind::CartaPorte, text.as_bytes()).unwrap();
    assert_eq!(draft.faults.len(), FAULTS_MAX);
    assert!(draft.faults_untold > 50_000 && !draft.is_complete());
}

#[test]
fn other_things_are_not_recognised() {
    for bytes in [
        b"".as_slice(),
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"{\"CartaPorte\": 1}",
        b"ISA",
        b"<html></html>",
        &[0xFF; 300],
    ] {
        assert_eq!(recognise(bytes), None);
        for kind in [DocumentKind::CartaPorte, DocumentKind::X12Manifest309] {
            assert_ne!(code(kind, bytes), "read");
        }
    }
    let other = format!(
        "{ISA}GS*IM*A*B*20261124*0810*417*X*004010~ST*210*1~SE*2*1~GE*1*417~IEA*1*000000417~"
    );
    assert_eq!(recognise(other.as_bytes()), None);
    let this = other.replace("ST*210", "ST*309");
    assert_eq!(
        recognise(this.as_bytes()),
        Some(DocumentKind::X12Manifest309)
    );
}

/// Each prefix and each single wrong byte of small documents: an answer, never a panic.
#[test]
fn every_cut_and_every_flip_is_answered() {
    let edi = format!(
        "{ISA}GS*AQ*A*B*20261124*0810*417*X*005020~ST*309*1~M10*TOCQ*J*MX****T1*1*X~VEH*1*V**********P~M7*1~P4*2304*261124***0910~\
         LX*1~M13*A~M11*TOCQ1**1*CTN*1*L~N9*A*B~N1*SH*X~N3*A*B~N4*C*D*E*MX~M12*61*1~VID*TL**1*2~M7*3~N10*1*A*B*J*854430**L*1~H1*1~N10**C~\
         SE*20*1~GE*1*417~IEA*1*000000417~"
    );
    let xml = "<cartaporte31:CartaPorte xmlns:cartaporte31='http://www.sat.gob.mx/CartaPorte31' TranspInternac='S\u{ed}' \
               Version='3.1'><cartaporte31:Mercancias PesoBrutoTotal='1' UnidadPeso='KGM'><cartaporte31:Mercancia Cantidad='1' \
               PesoEnKg='1' ClaveUnidad='X\u{f1}\u{f1}'/></cartaporte31:Mercancias></cartaporte31:CartaPorte>";
    for (kind, text) in [
        (DocumentKind::X12Manifest309, edi.as_bytes()),
        (DocumentKind::CartaPorte, xml.as_bytes()),
    ] {
        for cut in 0..text.len() {
            let _ = code(kind, &text[..cut]);
        }
        for at in 0..text.len() {
            for wrong in [0, b'*', b'~', b'<', b'"', b'&', 0xC3, 0xFF] {
                let mut bytes = text.to_vec();
                bytes[at] = wrong;
                let _ = code(kind, &bytes);
                let _ = recognise(&bytes);
            }
        }
    }
}
