//! ISO 20022: a table of broken inputs, and inputs made to hurt.

use crate::breaking;
use garita_formats::{DocumentKind, iso20022, read, recognise};

const RIGHT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Envelope>
<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02">
<Fr><OrgId><Nm>Arneses</Nm></OrgId></Fr>
<To><FIId><FinInstnId><BICFI>BNMXMXMM</BICFI></FinInstnId></FIId></To>
<BizMsgIdr>M-1</BizMsgIdr>
<MsgDefIdr>pain.001.001.09</MsgDefIdr>
<CreDt>2026-11-24T07:00:00-06:00</CreDt>
</AppHdr>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
<CstmrCdtTrfInitn>
<GrpHdr>
<MsgId>M-1</MsgId>
<CreDtTm>2026-11-24T07:00:00-06:00</CreDtTm>
<NbOfTxs>2</NbOfTxs>
<CtrlSum>25.75</CtrlSum>
<InitgPty><Nm>Arneses Querétaro</Nm></InitgPty>
</GrpHdr>
<PmtInf>
<PmtInfId>P-1</PmtInfId>
<PmtMtd>TRF</PmtMtd>
<ReqdExctnDt><Dt>2026-11-24</Dt></ReqdExctnDt>
<Dbtr><Nm>Arneses</Nm></Dbtr>
<DbtrAcct><Id><Othr><Id>032180000118359719</Id><SchmeNm><Prtry>CLABE</Prtry></SchmeNm></Othr></Id></DbtrAcct>
<DbtrAgt><FinInstnId><BICFI>BNMXMXMM</BICFI></FinInstnId></DbtrAgt>
<CdtTrfTxInf>
<PmtId><EndToEndId>E-1</EndToEndId><UETR>eb6305c9-1f7f-49de-aed0-16487c27b42d</UETR></PmtId>
<Amt><InstdAmt Ccy="MXN">15.25</InstdAmt></Amt>
<ChrgBr>SLEV</ChrgBr>
<Cdtr><Nm>Tesorería</Nm></Cdtr>
<CdtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></CdtrAcct>
<RmtInf><Strd><TaxRmt><RefNb>03260024345660001237</RefNb></TaxRmt></Strd></RmtInf>
</CdtTrfTxInf>
<CdtTrfTxInf>
<PmtId><EndToEndId>E-2</EndToEndId><UETR>8a562c67-ca16-48ba-b074-65581be6f011</UETR></PmtId>
<Amt><InstdAmt Ccy="MXN">10.50</InstdAmt></Amt>
<CdtrAgt><FinInstnId><ClrSysMmbId><ClrSysId><Cd>USABA</Cd></ClrSysId><MmbId>021150706</MmbId></ClrSysMmbId></FinInstnId></CdtrAgt>
</CdtTrfTxInf>
</PmtInf>
</CstmrCdtTrfInitn>
</Document>
</Envelope>
"#;

fn told(bytes: &[u8]) -> Vec<(&'static str, u32, String)> {
    breaking::told(DocumentKind::Iso20022, bytes)
}

fn code(bytes: &[u8]) -> &'static str {
    read(DocumentKind::Iso20022, bytes).map_or_else(|error| error.code(), |_| "read")
}

#[test]
fn the_right_document_has_nothing_but_notes() {
    let draft = read(DocumentKind::Iso20022, RIGHT.as_bytes()).unwrap();
    let notes: Vec<_> = draft.faults.iter().map(|fault| fault.code).collect();
    assert!(
        notes.iter().all(|code| *code == "date-without-time"),
        "{notes:?}"
    );
    assert_eq!(draft.records.len(), 2);
    assert_eq!(
        draft.records[0].subject["remittanceReference"],
        "03260024345660001237"
    );
    assert_eq!(
        draft.records[0].subject["debtorAccount"]["accountScheme"],
        "clabe"
    );
}

/// Each line: what is changed into what, the code, the line, the end of the path.
const BROKEN: &[(&str, &str, &str, u32, &str)] = &[
    (
        "<MsgId>M-1</MsgId>",
        "<MsgId></MsgId>",
        "value-form",
        13,
        "/GrpHdr[1]/MsgId[1]",
    ),
    (
        "<MsgId>M-1</MsgId>\n",
        "\n",
        "element-missing",
        12,
        "/GrpHdr[1]",
    ),
    (
        "<MsgId>M-1</MsgId>",
        "<MsgId>M-1</MsgId><MsgId>M-1</MsgId>",
        "element-repeated",
        13,
        "/GrpHdr[1]/MsgId[2]",
    ),
    (
        "<MsgId>M-1</MsgId>",
        "<MsgId>M-2</MsgId>",
        "header-message-id",
        6,
        "/AppHdr[1]/BizMsgIdr[1]",
    ),
    (
        "<MsgId>M-1</MsgId>",
        "<MsgId>M-1<x/></MsgId>",
        "element-unknown",
        13,
        "/MsgId[1]/x[1]",
    ),
    (
        "<NbOfTxs>2</NbOfTxs>",
        "<NbOfTxs>3</NbOfTxs>",
        "count-mismatch",
        15,
        "/GrpHdr[1]/NbOfTxs[1]",
    ),
    (
        "<NbOfTxs>2</NbOfTxs>",
        "<NbOfTxs>two</NbOfTxs>",
        "value-form",
        15,
        "/GrpHdr[1]/NbOfTxs[1]",
    ),
    (
        "<CtrlSum>25.75</CtrlSum>",
        "<CtrlSum>25.74</CtrlSum>",
        "sum-mismatch",
        16,
        "/GrpHdr[1]/CtrlSum[1]",
    ),
    (
        "<CtrlSum>25.75</CtrlSum>",
        "<CtrlSum>25,75</CtrlSum>",
        "value-form",
        16,
        "/GrpHdr[1]/CtrlSum[1]",
    ),
    (
        "<CreDtTm>2026-11-24T07:00:00-06:00</CreDtTm>",
        "<CreDtTm>24/11/2026</CreDtTm>",
        "value-form",
        14,
        "/CreDtTm[1]",
    ),
    (
        "<CreDtTm>2026-11-24T07:00:00-06:00</CreDtTm>",
        "<CreDtTm>2026-02-30T07:00:00Z</CreDtTm>",
        "value-form",
        14,
        "/CreDtTm[1]",
    ),
    (
        "<PmtInfId>P-1</PmtInfId>\n<PmtMtd>TRF</PmtMtd>",
        "<PmtMtd>TRF</PmtMtd>\n<PmtInfId>P-1</PmtInfId>",
        "element-misplaced",
        21,
        "/PmtInf[1]/PmtInfId[1]",
    ),
    (
        "<PmtMtd>TRF</PmtMtd>",
        "<PmtMtd>XXX</PmtMtd>",
        "value-code",
        21,
        "/PmtMtd[1]",
    ),
    (
        "<Dt>2026-11-24</Dt>",
        "<Dt>2026-13-24</Dt>",
        "value-form",
        22,
        "/ReqdExctnDt[1]/Dt[1]",
    ),
    (
        "<Dt>2026-11-24</Dt>",
        "<Dt>2026-11-24</Dt><DtTm>2026-11-24T07:00:00Z</DtTm>",
        "choice-many",
        22,
        "/ReqdExctnDt[1]/DtTm[1]",
    ),
    (
        "<Dt>2026-11-24</Dt>",
        "",
        "choice-missing",
        22,
        "/ReqdExctnDt[1]",
    ),
    (
        "<Dbtr><Nm>",
        "<Dbtr>text<Nm>",
        "text-misplaced",
        23,
        "/PmtInf[1]/Dbtr[1]",
    ),
    (
        "<Id>032180000118359719</Id>",
        "<Id>032180000118359710</Id>",
        "identifier-check-digit",
        24,
        "/Othr[1]/Id[1]",
    ),
    (
        "<Id>032180000118359719</Id>",
        "<Id>03218000011835971</Id>",
        "identifier-form",
        24,
        "/Othr[1]/Id[1]",
    ),
    (
        "<FinInstnId><BICFI>BNMXMXMM</BICFI></FinInstnId></DbtrAgt>",
        "<FinInstnId><BICFI>BNMX12MM</BICFI></FinInstnId></DbtrAgt>",
        "identifier-form",
        25,
        "/BICFI[1]",
    ),
    (
        "<UETR>eb6305c9-1f7f-49de",
        "<UETR>eb6305c9-1f7f-19de",
        "identifier-form",
        27,
        "/PmtId[1]/UETR[1]",
    ),
    (
        "<UETR>8a562c67-ca16-48ba-b074-65581be6f011",
        "<UETR>eb6305c9-1f7f-49de-aed0-16487c27b42d",
        "uetr-repeated",
        35,
        "/CdtTrfTxInf[2]/PmtId[1]/UETR[1]",
    ),
    (
        "<InstdAmt Ccy=\"MXN\">15.25",
        "<InstdAmt>15.25",
        "attribute-missing",
        28,
        "/InstdAmt[1]",
    ),
    (
        "<InstdAmt Ccy=\"MXN\">15.25",
        "<InstdAmt Ccy=\"MXN\" x=\"1\">15.25",
        "attribute-unknown",
        28,
        "/InstdAmt[1]/@x",
    ),
    (
        "<InstdAmt Ccy=\"MXN\">15.25",
        "<InstdAmt Ccy=\"MXN\">15.250001",
        "value-form",
        28,
        "/InstdAmt[1]",
    ),
    (
        "<InstdAmt Ccy=\"MXN\">15.25",
        "<InstdAmt Ccy=\"MXN\">15.251",
        "amount-minor-unit",
        28,
        "/InstdAmt[1]",
    ),
    (
        "<InstdAmt Ccy=\"MXN\">15.25",
        "<InstdAmt Ccy=\"JPY\">15.25",
        "amount-minor-unit",
        28,
        "/InstdAmt[1]",
    ),
    (
        "<InstdAmt Ccy=\"MXN\">15.25",
        "<InstdAmt Ccy=\"MXN\">-15.25",
        "value-form",
        28,
        "/InstdAmt[1]",
    ),
    (
        "<InstdAmt Ccy=\"MXN\">15.25",
        "<InstdAmt Ccy=\"MXN\">1.5e1",
        "value-form",
        28,
        "/InstdAmt[1]",
    ),
    (
        "<InstdAmt Ccy=\"MXN\">15.25",
        "<InstdAmt Ccy=\"pesos\">15.25",
        "currency-unknown",
        28,
        "/InstdAmt[1]",
    ),
    (
        "<InstdAmt Ccy=\"MXN\">15.25",
        "<InstdAmt Ccy=\"MXP\">15.25",
        "currency-unknown",
        28,
        "/InstdAmt[1]",
    ),
    (
        "<ChrgBr>SLEV</ChrgBr>",
        "<ChrgBr>slev</ChrgBr>",
        "value-code",
        29,
        "/ChrgBr[1]",
    ),
    (
        "<IBAN>DE89370400440532013000",
        "<IBAN>DE88370400440532013000",
        "identifier-check-digit",
        31,
        "/IBAN[1]",
    ),
    (
        "<IBAN>DE89370400440532013000",
        "<IBAN>DE8937040044053201300",
        "identifier-part",
        31,
        "/IBAN[1]",
    ),
    (
        "<IBAN>DE89370400440532013000",
        "<IBAN>MX89370400440532013000",
        "identifier-part",
        31,
        "/IBAN[1]",
    ),
    (
        "<MmbId>021150706",
        "<MmbId>021150707",
        "identifier-check-digit",
        37,
        "/ClrSysMmbId[1]/MmbId[1]",
    ),
    (
        "<RefNb>03260024345660001237",
        "<RefNb>0326 0024",
        "reference-form",
        32,
        "/TaxRmt[1]/RefNb[1]",
    ),
    (
        "<EndToEndId>E-1",
        "<EndToEndId>ñ",
        "end-to-end-form",
        27,
        "/PmtId[1]/EndToEndId[1]",
    ),
    (
        "<Strd><TaxRmt>",
        "<Strd><taxRmt/><TaxRmt>",
        "element-unknown",
        32,
        "/Strd[1]/taxRmt[1]",
    ),
    (
        "<Cdtr><Nm>",
        "<Cdtr xmlns=\"urn:other\"><Nm>",
        "namespace-wrong",
        30,
        "/Cdtr[1]",
    ),
    (
        "<MsgDefIdr>pain.001.001.09",
        "<MsgDefIdr>pain.001.001.11",
        "header-message",
        7,
        "/AppHdr[1]/MsgDefIdr[1]",
    ),
    (
        "head.001.001.02",
        "head.001.001.01",
        "header-version",
        3,
        "/AppHdr[1]",
    ),
    (
        "</AppHdr>",
        "</AppHdr><AppHdr xmlns=\"urn:iso:std:iso:20022:tech:xsd:head.001.001.02\"/>",
        "message-many",
        9,
        "/AppHdr[2]",
    ),
    (
        "xsd:pain.001.001.09\"",
        "xsd:pain.001.001.03\"",
        "iso20022-version",
        10,
        "/Document[1]",
    ),
    (
        "xsd:pain.001.001.09\"",
        "xsd:camt.053.001.08\"",
        "iso20022-message",
        10,
        "/Document[1]",
    ),
    (
        "<CstmrCdtTrfInitn>\n<GrpHdr>",
        "<X/><CstmrCdtTrfInitn>\n<GrpHdr>",
        "element-unknown",
        11,
        "/Document[1]/X[1]",
    ),
    ("</Envelope>", "", "xml-truncated", 0, ""),
    ("</GrpHdr>", "</GrpHd>", "xml-malformed", 0, ""),
    (
        "<Envelope>",
        "<!DOCTYPE Envelope [<!ENTITY x \"y\">]><Envelope>",
        "xml-dtd",
        2,
        "",
    ),
    (
        "<Nm>Arneses</Nm></Dbtr>",
        "<Nm>&lol;</Nm></Dbtr>",
        "xml-entity",
        23,
        "",
    ),
    (
        "encoding=\"UTF-8\"",
        "encoding=\"UTF-16\"",
        "encoding-unknown",
        0,
        "",
    ),
];

#[test]
fn one_change_one_fault() {
    assert!(BROKEN.len() >= 30);
    assert!(BROKEN.len() >= 30);
    for (from, to, code, line, path) in BROKEN {
        assert!(RIGHT.contains(from), "{from}");
        let told = told(RIGHT.replacen(from, to, 1).as_bytes());
        assert!(
            told.iter().any(|(found, at, place)| found == code
                && (*line == 0 || at == line)
                && place.ends_with(path)),
            "{from} -> {to}: {code} at line {line} {path} is not in {told:#?}"
        );
    }
}

#[test]
fn encodings() {
    let latin: Vec<u8> = RIGHT
        .replace("UTF-8", "ISO-8859-1")
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    let name = |bytes: &[u8]| {
        let (document, _) = iso20022::read_document(bytes).unwrap();
        let root = document.message.unwrap().root;
        root.text_at("GrpHdr/InitgPty/Nm").unwrap().to_owned()
    };
    assert_eq!(name(&latin), "Arneses Querétaro");
    let marked = [b"\xEF\xBB\xBF".as_slice(), RIGHT.as_bytes()].concat();
    assert_eq!(recognise(&marked), Some(DocumentKind::Iso20022));
    assert_eq!(name(&marked), "Arneses Querétaro");
    let mixed = [RIGHT.as_bytes(), b"<!-- \xE9 -->"].concat();
    assert_eq!(code(&mixed), "encoding-mixed");
}

#[test]
fn hazards() {
    let laughs = r#"<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">&lol2;</Document>"#;
    let external =
        r#"<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><Document>&e;</Document>"#;
    assert_eq!(
        (code(laughs.as_bytes()), code(external.as_bytes())),
        ("xml-dtd", "xml-dtd")
    );
    let open = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">";
    assert_eq!(
        code(format!("{open}{}", "<a>".repeat(100_000)).as_bytes()),
        "xml-too-deep"
    );
    assert_eq!(
        code(format!("{open}{}</Document>", "<a/>".repeat(1_000_000)).as_bytes()),
        "xml-too-many-elements"
    );
    assert_eq!(
        code(format!("{open}{}</Document>", "x".repeat(1_000_000)).as_bytes()),
        "xml-value-too-long"
    );
    let large = vec![b' '; 200 * 1024 * 1024];
    assert_eq!(code(&large), "document-too-large");
    assert_eq!(code(b""), "document-empty");
    for other in ["<html/>", "<Document/>", "<Document xmlns='urn:x'/>"] {
        assert_eq!(code(other.as_bytes()), "iso20022-missing");
        assert_eq!(recognise(other.as_bytes()), None);
    }
    // Faults are bounded, those beyond are counted.
    let unknown = format!(
        "{open}<CstmrCdtTrfInitn>{}</CstmrCdtTrfInitn></Document>",
        "<a/>".repeat(50_000)
    );
    let draft = read(DocumentKind::Iso20022, unknown.as_bytes()).unwrap();
    assert_eq!(draft.faults.len(), garita_formats::draft::FAULTS_MAX);
    assert!(draft.faults_untold > 40_000);
}

#[test]
fn every_cut_and_every_flip_is_answered() {
    let text = RIGHT.as_bytes();
    for cut in 0..text.len() {
        let _ = code(&text[..cut]);
    }
    for at in 0..text.len() {
        for wrong in [0, b'<', b'"', b'&', b'9', 0xC3, 0xFF] {
            let mut bytes = text.to_vec();
            bytes[at] = wrong;
            let _ = code(&bytes);
        }
    }
}
