//! ISO 20022: the sample, messages field by field, round trips of made documents and of records.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use crate::iso_maker::Maker;
use crate::samples::sample;
use garita_formats::iso20022::compose::{self, Letter, Side};
use garita_formats::iso20022::{self, IsoDocument, tables};
use garita_formats::{DocumentKind, Draft, Severity, elements::untold, recognise};
use serde_json::{Value, json};

fn told(draft: &Draft, least: Severity) -> Vec<&'static str> {
    let faults = draft.faults.iter().filter(|fault| fault.severity >= least);
    faults.map(|fault| fault.code).collect()
}

fn missing(draft: &Draft, record: usize) -> Vec<&str> {
    let gaps = draft.records[record].missing.iter();
    gaps.map(|gap| gap.pointer.as_str()).collect()
}

fn draft(document: &IsoDocument) -> Draft {
    let draft = iso20022::read(iso20022::write(document).as_bytes()).unwrap();
    assert_eq!(untold(&draft), Vec::<String>::new());
    draft
}

/// `payments.md` §4: the key fields of a pacs.008, in the sample of the Federal Reserve Banks.
#[test]
fn fednow_credit_transfer() {
    let Some(bytes) = sample("fednow-pacs008-sample.xml") else {
        return;
    };
    assert_eq!(recognise(&bytes), Some(DocumentKind::Iso20022));
    let (document, faults) = iso20022::read_document(&bytes).unwrap();
    assert!(faults.iter().all(|fault| fault.severity < Severity::Error));
    let names: Vec<_> = document
        .envelope
        .iter()
        .map(|around| around.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "FedNowIncoming",
            "FedNowIncomingMessage",
            "FedNowCustomerCreditTransfer"
        ]
    );
    let header = document.header.as_ref().unwrap();
    assert_eq!(header.definition, "head.001.001.02");
    for (path, text) in [
        ("Fr/FIId/FinInstnId/ClrSysMmbId/MmbId", "111111111"),
        ("To/FIId/FinInstnId/ClrSysMmbId/MmbId", "021150706"),
        ("BizMsgIdr", "20230604111111111Sc01Step1MsgId"),
        ("MsgDefIdr", "pacs.008.001.08"),
        ("MktPrctc/Id", "frb.fednow.01"),
        ("CreDt", "2023-06-04T10:55:26-04:00"),
    ] {
        assert_eq!(header.root.text_at(path), Some(text), "{path}");
    }
    let message = document.message.as_ref().unwrap();
    assert_eq!(message.definition, "pacs.008.001.08");
    for (path, text) in [
        ("GrpHdr/MsgId", "20230604111111111Sc01Step1MsgId"),
        ("GrpHdr/CreDtTm", "2023-06-04T10:55:26-04:00"),
        ("GrpHdr/NbOfTxs", "1"),
        ("GrpHdr/SttlmInf/SttlmMtd", "CLRG"),
        ("GrpHdr/SttlmInf/ClrSys/Cd", "FDN"),
        ("CdtTrfTxInf/PmtId/InstrId", "Scenario01InstrId001"),
        ("CdtTrfTxInf/PmtId/EndToEndId", "Scenario01EtoEId001"),
        (
            "CdtTrfTxInf/PmtId/UETR",
            "8a562c67-ca16-48ba-b074-65581be6f011",
        ),
        ("CdtTrfTxInf/PmtTpInf/LclInstrm/Prtry", "FDNA"),
        ("CdtTrfTxInf/PmtTpInf/CtgyPurp/Prtry", "CONS"),
        ("CdtTrfTxInf/IntrBkSttlmAmt", "51.74"),
        ("CdtTrfTxInf/IntrBkSttlmDt", "2023-06-04"),
        ("CdtTrfTxInf/ChrgBr", "SLEV"),
        (
            "CdtTrfTxInf/InstgAgt/FinInstnId/ClrSysMmbId/ClrSysId/Cd",
            "USABA",
        ),
        (
            "CdtTrfTxInf/InstgAgt/FinInstnId/ClrSysMmbId/MmbId",
            "111111111",
        ),
        (
            "CdtTrfTxInf/InstdAgt/FinInstnId/ClrSysMmbId/MmbId",
            "333333333",
        ),
        ("CdtTrfTxInf/Dbtr/Nm", "Individual A"),
        ("CdtTrfTxInf/Dbtr/PstlAdr/StrtNm", "Dream Road"),
        ("CdtTrfTxInf/Dbtr/PstlAdr/TwnNm", "Lisle"),
        ("CdtTrfTxInf/Dbtr/PstlAdr/Ctry", "US"),
        ("CdtTrfTxInf/DbtrAcct/Id/Othr/Id", "44444444444"),
        ("CdtTrfTxInf/DbtrAgt/FinInstnId/Nm", "BankA"),
        ("CdtTrfTxInf/Cdtr/Nm", "Corporation B"),
        ("CdtTrfTxInf/Cdtr/PstlAdr/PstBx", "6001"),
        ("CdtTrfTxInf/CdtrAcct/Id/Othr/Id", "55555555555"),
        ("CdtTrfTxInf/RmtInf/Strd/RfrdDocInf/Tp/CdOrPrtry/Cd", "CINV"),
        ("CdtTrfTxInf/RmtInf/Strd/RfrdDocInf/Nb", "INV34563"),
        ("CdtTrfTxInf/RmtInf/Strd/RfrdDocInf/RltdDt", "2023-06-01"),
    ] {
        assert_eq!(message.root.text_at(path), Some(text), "{path}");
    }
    let amount = message.root.first("CdtTrfTxInf/IntrBkSttlmAmt").unwrap();
    assert_eq!(amount.attributes, [("Ccy".to_owned(), "USD".to_owned())]);
    let again = iso20022::read_document(iso20022::write(&document).as_bytes()).unwrap();
    assert_eq!(again.0, document);

    let draft = iso20022::read(&bytes).unwrap();
    assert_eq!(untold(&draft), Vec::<String>::new());
    // Its real faults: 111111111 and 333333333 are no routing numbers.
    assert_eq!(
        told(&draft, Severity::Warning),
        [
            "identifier-check-digit",
            "identifier-part",
            "identifier-check-digit",
            "identifier-part"
        ]
    );
    assert_eq!(draft.records.len(), 1);
    assert_eq!(draft.records[0].record_type, "BankStatus");
    assert_eq!(
        draft.records[0].subject,
        json!({"uetr": "8a562c67-ca16-48ba-b074-65581be6f011", "bankStatus": "ACSP"})
    );
    assert_eq!(missing(&draft, 0), ["/assessment"]);
    assert_eq!(draft.records[0].sources.get("/uetr").unwrap().line, 65);
    assert!(told(&draft, Severity::Note).contains(&"standing-report"));
    assert!(told(&draft, Severity::Note).contains(&"status-assumed"));
}

const LETTER: Letter<'static> = Letter {
    message_id: "MSG-20261124-1",
    created_at: "2026-11-24T07:00:00-06:00",
    sender: "Arneses Queretanos SA de CV",
};
const PAYER: Side<'static> = Side {
    name: "Arneses Queretanos SA de CV",
    tax_id: Some("EKU9003173C9"),
};
const PAYEE: Side<'static> = Side {
    name: "Tesorería de la Federación",
    tax_id: None,
};

fn order() -> Value {
    json!({
        "uetr": "eb6305c9-1f7f-49de-aed0-16487c27b42d",
        "assessment": "LOZA-D26-000088",
        "endToEndId": "LOZA-D26-000088",
        "amount": "15400.00",
        "currency": "MXN",
        "rail": "spei",
        "remittanceReference": "03260024345660001237",
        "debtorAccount": {"accountScheme": "clabe", "accountNumber": "032180000118359719"},
        "creditorAccount": {
            "accountScheme": "us-routing", "accountNumber": "000123456789", "routingNumber": "021150706",
        },
        "payerBank": "did:web:banco.example",
        "payeeBank": "did:web:receptor.example",
        "executeAt": "2026-11-24T13:00:00Z",
        "payNote": "Second try on another account",
    })
}

#[test]
fn an_order_goes_out_as_pain_001_and_comes_back() {
    let document = compose::payment_orders(&LETTER, &PAYER, &PAYEE, &[order()]).unwrap();
    let root = &document.message.as_ref().unwrap().root;
    let transfer = root.first("PmtInf/CdtTrfTxInf").unwrap();
    for (path, text) in [
        ("RmtInf/Strd/TaxRmt/RefNb", "03260024345660001237"),
        ("RmtInf/Strd/TaxRmt/Dbtr/TaxId", "EKU9003173C9"),
        ("RmtInf/Strd/RfrdDocInf/Nb", "LOZA-D26-000088"),
        ("Cdtr/Nm", "Tesorería de la Federación"),
        ("Amt/InstdAmt", "15400.00"),
    ] {
        assert_eq!(transfer.text_at(path), Some(text), "{path}");
    }
    assert_eq!(root.text_at("GrpHdr/CtrlSum"), Some("15400"));
    assert_eq!(root.text_at("PmtInf/PmtTpInf/CtgyPurp/Cd"), Some("TAXS"));
    let draft = draft(&document);
    assert_eq!(told(&draft, Severity::Note), [] as [&str; 0]);
    assert!(draft.is_complete(), "{draft:#?}");
    assert_eq!(draft.records[0].subject, order());
    for pointer in draft.records[0].sources.pointers() {
        assert!(draft.records[0].subject.pointer(pointer).is_some());
    }
}

#[test]
fn statuses_credits_and_returns_go_out_and_come_back() {
    let base =
        json!({"uetr": "eb6305c9-1f7f-49de-aed0-16487c27b42d", "assessment": "LOZA-D26-000088"});
    let with = |more: Value| {
        let mut all = base.clone();
        for (key, value) in more.as_object().unwrap() {
            all[key] = value.clone();
        }
        all
    };
    let status = with(json!({"bankStatus": "RJCT", "bankReason": "AM04", "payNote": "Sin fondos"}));
    let credit = with(json!({
        "amount": "15400.00", "currency": "MXN", "bookedAt": "2026-11-24T13:00:09Z", "entryReference": "NTF-20261124-77",
    }));
    let returned = with(json!({"amount": "15400.00", "currency": "MXN", "bankReason": "AC03"}));
    for (document, record_type, subject) in [
        (
            compose::bank_statuses(&LETTER, "MSG-1", std::slice::from_ref(&status)),
            "BankStatus",
            &status,
        ),
        (
            compose::credit_notices(&LETTER, "032180000118359719", std::slice::from_ref(&credit)),
            "CreditNotice",
            &credit,
        ),
        (
            compose::payments_returned(&LETTER, std::slice::from_ref(&returned)),
            "PaymentReturned",
            &returned,
        ),
    ] {
        let draft = draft(&document.unwrap());
        assert_eq!(told(&draft, Severity::Note), ["standing-report"]);
        assert!(draft.is_complete(), "{draft:#?}");
        assert_eq!(draft.records.len(), 1);
        assert_eq!(draft.records[0].record_type, record_type);
        assert_eq!(&draft.records[0].subject, subject);
    }
}

/// The payments program's own valid examples: they go out, and what comes back is what its schemas took.
#[test]
fn the_examples_of_the_program_come_back() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../profiles/payments/examples"
    );
    let mut seen = std::collections::BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if !path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("valid-")
        {
            continue;
        }
        let example: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let mut subject = example["record"]["credentialSubject"].clone();
        let record_type = example["record"]["type"][1].as_str().unwrap().to_owned();
        let subjects = std::slice::from_ref(&subject);
        let document = match record_type.as_str() {
            "PaymentOrder" => compose::payment_orders(&LETTER, &PAYER, &PAYEE, subjects),
            "BankStatus" => compose::bank_statuses(&LETTER, "MSG-1", subjects),
            "CreditNotice" => compose::credit_notices(&LETTER, "032180000118359719", subjects),
            "PaymentReturned" => compose::payments_returned(&LETTER, subjects),
            _ => continue,
        };
        let draft = draft(&document.unwrap());
        assert_eq!(told(&draft, Severity::Warning), [] as [&str; 0], "{path:?}");
        assert!(draft.is_complete(), "{path:?}");
        // The digest is of the message itself: who files it takes it.
        subject.as_object_mut().unwrap().remove("proofDigest");
        assert_eq!(draft.records[0].subject, subject, "{path:?}");
        seen.insert(record_type);
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}

#[test]
fn what_a_record_lacks_is_told() {
    let mut lacking = order();
    lacking.as_object_mut().unwrap().remove("uetr");
    let of =
        |orders: &[Value]| compose::payment_orders(&LETTER, &PAYER, &PAYEE, orders).unwrap_err();
    assert_eq!(of(&[order(), lacking]).code(), "member-missing");
    assert_eq!(of(&[]).code(), "records-missing");
    let mut wrong = order();
    wrong["amount"] = json!("15,400.00");
    let wrong = of(&[wrong]);
    assert_eq!(wrong.code(), "amount-form");
    assert!(!wrong.es().is_empty() && wrong.es() != wrong.to_string());
}

/// A thousand cases of each message that goes out: what is read back is what the records said.
#[test]
fn a_thousand_cases_of_each_message_come_back() {
    for seed in 0..1_000_u64 {
        let mut maker = Maker::new(seed);
        let count = 1 + maker.below(3);
        let mut orders = Vec::new();
        let (mut statuses, mut credits, mut returns) = (Vec::new(), Vec::new(), Vec::new());
        let currency = maker.one(&["USD", "MXN"]);
        for number in 0..count {
            let assessment = format!("LOZA-D26-{:06}", seed * 7 + number as u64);
            let case = |more: Value, uetr: &str| {
                let mut all = json!({"uetr": uetr, "assessment": assessment});
                for (key, value) in more.as_object().unwrap() {
                    all[key] = value.clone();
                }
                all
            };
            let uetr = maker.uetr();
            let mut order = case(
                json!({
                    "endToEndId": format!("ref {}/{number}?:()+.-", maker.below(1_000_000)),
                    "amount": maker.money(), "currency": currency,
                    "rail": maker.one(&["spei", "fednow", "ach-debit"]),
                    "remittanceReference": format!("0326{:016}", maker.below(1 << 30)),
                    "payerBank": "did:web:banco.example",
                }),
                &uetr,
            );
            match maker.below(4) {
                0 => {
                    order["debtorAccount"] =
                        json!({"accountScheme": "clabe", "accountNumber": "032180000118359719"})
                }
                1 => {
                    order["debtorAccount"] = json!({"accountScheme": "us-routing", "accountNumber": "44444444444", "routingNumber": "021150706"})
                }
                2 => {
                    order["debtorAccount"] =
                        json!({"accountScheme": "other", "accountNumber": "DE89370400440532013000"})
                }
                _ => {}
            }
            match maker.below(3) {
                0 => {
                    order["creditorAccount"] =
                        json!({"accountScheme": "other", "accountNumber": "032180000118359719"})
                }
                1 => order["payeeBank"] = json!("did:web:receptor.example"),
                _ => {}
            }
            if maker.below(2) == 0 {
                order["executeAt"] = json!(maker.instant());
            }
            let words = ["palabra", "ñandú", "<a>", "&", "verylongword-verylongword"];
            let note: Vec<&str> = (0..maker.below(22)).map(|_| maker.one(&words)).collect();
            let note = note.join(" ");
            if !note.is_empty() && note.chars().count() <= 300 {
                order["payNote"] = json!(note);
            }
            let mut status = case(
                json!({"bankStatus": maker.one(&["ACSP", "RJCT", "ACSC"])}),
                &uetr,
            );
            if status["bankStatus"] == "RJCT" {
                status["bankReason"] = json!(maker.one(&["AM04", "AC01"]));
            }
            if let Some(note) = order.get("payNote") {
                status["payNote"] = note.clone();
            }
            let amount = json!({"amount": maker.money(), "currency": currency});
            let mut credit = case(amount.clone(), &uetr);
            credit["bookedAt"] = json!(maker.instant());
            credit["entryReference"] = json!(format!("NTF-{}", maker.below(1 << 30)));
            let mut returned = case(amount, &uetr);
            returned["bankReason"] = json!("AC03");
            orders.push(order);
            statuses.push(status);
            credits.push(credit);
            returns.push(returned);
        }
        for (document, records) in [
            (
                compose::payment_orders(&LETTER, &PAYER, &PAYEE, &orders),
                &orders,
            ),
            (
                compose::bank_statuses(&LETTER, "MSG-1", &statuses),
                &statuses,
            ),
            (
                compose::credit_notices(&LETTER, "DE89370400440532013000", &credits),
                &credits,
            ),
            (compose::payments_returned(&LETTER, &returns), &returns),
        ] {
            let draft = iso20022::read(iso20022::write(&document.unwrap()).as_bytes()).unwrap();
            if seed % 20 == 0 {
                assert_eq!(untold(&draft), Vec::<String>::new(), "{seed}");
            }
            assert_eq!(told(&draft, Severity::Warning), [] as [&str; 0], "{seed}");
            let subjects: Vec<_> = draft
                .records
                .iter()
                .map(|record| record.subject.clone())
                .collect();
            assert_eq!(&subjects, records, "{seed}");
        }
    }
}

/// For each message a thousand documents made from its tables, its versions in turn: what is written is read again,
/// and nothing is wrong with it.
#[test]
fn a_thousand_documents_of_each_message_come_back() {
    let mut messages: Vec<&str> = tables::DEFINITIONS.iter().map(|one| one.element).collect();
    messages.dedup();
    for element in messages {
        let versions: Vec<_> = tables::DEFINITIONS
            .iter()
            .filter(|one| one.element == element)
            .collect();
        for seed in 0..1_000_u64 {
            let version = versions[usize::try_from(seed).unwrap() % versions.len()];
            let document = Maker::new(seed).document(version.identifier);
            let text = iso20022::write(&document);
            let (again, faults) = iso20022::read_document(text.as_bytes()).unwrap();
            assert_eq!(again, document, "{} {seed}", version.identifier);
            let wrong = faults
                .iter()
                .find(|fault| fault.severity == Severity::Error);
            assert!(
                wrong.is_none(),
                "{} {seed}: {wrong:#?}\n{text}",
                version.identifier
            );
            if seed % 50 == 0 {
                let draft = iso20022::read(text.as_bytes()).unwrap();
                assert_eq!(
                    untold(&draft),
                    Vec::<String>::new(),
                    "{} {seed}",
                    version.identifier
                );
            }
        }
    }
}

/// Statuses of a whole file, of a payment, and a settlement by pacs.002.
#[test]
fn statuses_at_each_level() {
    let file = r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>S1</MsgId><CreDtTm>2026-11-24T07:00:00Z</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>M1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>RJCT</GrpSts>
<StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"#;
    let of_file = iso20022::read(file.as_bytes()).unwrap();
    assert_eq!(
        of_file.records[0].subject,
        json!({"bankStatus": "RJCT", "bankReason": "FF01"})
    );
    assert_eq!(missing(&of_file, 0), ["/uetr", "/assessment"]);

    let payment = file.replace(
        "</OrgnlGrpInfAndSts>",
        "</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>P1</OrgnlPmtInfId><TxInfAndSts>\
         <OrgnlEndToEndId>LOZA-D26-000088</OrgnlEndToEndId>\
         <OrgnlUETR>eb6305c9-1f7f-49de-aed0-16487c27b42d</OrgnlUETR></TxInfAndSts></OrgnlPmtInfAndSts>",
    );
    let of_payment = iso20022::read(payment.as_bytes()).unwrap();
    assert_eq!(
        of_payment.records[0].subject,
        json!({"uetr": "eb6305c9-1f7f-49de-aed0-16487c27b42d", "assessment": "LOZA-D26-000088", "bankStatus": "RJCT"})
    );
    let notes = told(&of_payment, Severity::Note);
    assert!(
        notes.contains(&"status-of-all") && notes.contains(&"reference-as-assessment"),
        "{notes:?}"
    );

    let settled = r#"<d:Document xmlns:d="urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10"><d:FIToFIPmtStsRpt>
<d:GrpHdr><d:MsgId>S1</d:MsgId><d:CreDtTm>2026-11-24T07:00:00Z</d:CreDtTm></d:GrpHdr>
<d:TxInfAndSts><d:OrgnlEndToEndId>LOZA-D26-000088</d:OrgnlEndToEndId>
<d:OrgnlUETR>eb6305c9-1f7f-49de-aed0-16487c27b42d</d:OrgnlUETR><d:TxSts>ACSC</d:TxSts>
<d:FctvIntrBkSttlmDt><d:DtTm>2026-11-24T13:00:04Z</d:DtTm></d:FctvIntrBkSttlmDt>
<d:ClrSysRef>MBAN01002611240000123</d:ClrSysRef>
<d:OrgnlTxRef><d:IntrBkSttlmAmt Ccy="MXN">15400.5</d:IntrBkSttlmAmt></d:OrgnlTxRef></d:TxInfAndSts>
</d:FIToFIPmtStsRpt></d:Document>"#;
    let draft = iso20022::read(settled.as_bytes()).unwrap();
    assert_eq!(told(&draft, Severity::Warning), [] as [&str; 0]);
    assert_eq!(untold(&draft), Vec::<String>::new());
    assert_eq!(draft.records[0].subject["bankStatus"], "ACSC");
    let settlement = draft.record("Settlement").unwrap();
    assert!(settlement.optional);
    assert_eq!(
        settlement.subject,
        json!({
            "uetr": "eb6305c9-1f7f-49de-aed0-16487c27b42d", "assessment": "LOZA-D26-000088", "amount": "15400.50",
            "currency": "MXN", "settledAt": "2026-11-24T13:00:04Z", "clearingReference": "MBAN01002611240000123",
        })
    );
    assert_eq!(missing(&draft, 1), ["/covers"]);
    assert_eq!(
        settlement.sources.get("/settledAt").unwrap().path,
        "/Document/FIToFIPmtStsRpt[1]/TxInfAndSts[1]/FctvIntrBkSttlmDt[1]/DtTm[1]"
    );
}

/// Entries that are no credit notice, and what a day alone or two details mean.
#[test]
fn entries_of_an_account() {
    let entry = |side: &str, status: &str, booked: &str, details: &str| {
        format!(
            "<Ntry><Amt Ccy=\"USD\">2.50</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>\
             <BookgDt>{booked}</BookgDt><AcctSvcrRef>R-1</AcctSvcrRef><BkTxCd/><NtryDtls>{details}</NtryDtls></Ntry>"
        )
    };
    let detail = |amount: &str| {
        format!(
            "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy=\"USD\">{amount}</Amt></TxDtls>"
        )
    };
    let time = "<DtTm>2026-11-24T13:00:09Z</DtTm>";
    let text = format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N</MsgId>\
         <CreDtTm>2026-11-24T13:00:10Z</CreDtTm></GrpHdr><Ntfctn><Id>N</Id><Acct><Id><Othr><Id>1</Id></Othr></Id></Acct>\
         {}{}{}{}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>",
        entry("DBIT", "BOOK", time, ""),
        entry("CRDT", "PDNG", time, ""),
        entry("CRDT", "BOOK", "<Dt>2026-11-24</Dt>", ""),
        entry(
            "CRDT",
            "BOOK",
            time,
            &format!("{}{}", detail("1.00"), detail("1.5"))
        ),
    );
    let draft = iso20022::read(text.as_bytes()).unwrap();
    assert_eq!(told(&draft, Severity::Warning), [] as [&str; 0]);
    let notes = told(&draft, Severity::Note);
    for code in ["entry-debit", "entry-not-booked", "date-without-time"] {
        assert!(notes.contains(&code), "{code}");
    }
    let amounts: Vec<_> = draft
        .records
        .iter()
        .map(|record| record.subject["amount"].clone())
        .collect();
    assert_eq!(amounts, ["2.50", "1.00", "1.50"]);
    assert_eq!(missing(&draft, 0), ["/uetr", "/assessment", "/bookedAt"]);
    assert_eq!(draft.records[1].subject["entryReference"], "R-1");
    let wrong = text.replace("1.5<", "1.6<");
    let draft = iso20022::read(wrong.as_bytes()).unwrap();
    assert_eq!(told(&draft, Severity::Warning), ["entry-sum"]);
}
