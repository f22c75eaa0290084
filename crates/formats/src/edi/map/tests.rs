use super::*;
use crate::draft::Severity;
use serde_json::{Value, json};

#[derive(Default)]
struct Guide {
    plate: usize,
}

static STATUS: SetMap<Guide> = SetMap {
    set: "350",
    syntax: Syntax::X12,
    groups: &["AU"],
    root: Loop {
        needs: &["M10", "P4"],
        passing: &["K1"],
        rows: &[
            Row::new("M10", 1, "scac", "Carrier", "Transportista")
                .form(Form::Identifier("scac", "scac-form"))
                .goes(&[("Held", "/scac"), ("Freed", "/scac")])
                .required(),
            Row::new("M10", 2, "mode", "Mode", "Modo").fixed("J"),
            Row::new("VEH", 12, "plate", "Plate", "Placa")
                .at(|guide: &Guide| guide.plate)
                .goes(&[("Freed", "/plate")]),
        ],
        loops: &[Loop {
            rows: &[Row::new("P4", 1, "port", "Port", "Puerto")
                .form(Form::Identifier("schedule-d", "port-form"))
                .goes(&[("Held", "/port"), ("Freed", "/port")])],
            loops: &[Loop {
                rows: &[
                    Row::new("X4", 1, "scn", "Shipment", "Embarque")
                        .form(Form::Identifier("scn", "scn-form"))
                        .goes(&[("Held", "/scn"), ("Freed", "/scns/*")]),
                    Row::new("X4", 7, "code", "Disposition", "Resultado")
                        .form(Form::Codes(&[("1H", "hold"), ("1C", "release")]))
                        .goes(&[("Held", "/kind"), ("Freed", "/decision")])
                        .required(),
                    Row::new("N9", 2, "bond", "In-bond", "In-bond")
                        .when(1, 0, &["IB", "IT"])
                        .goes(&[("Freed", "/inBondNumber")]),
                    Row::new("N9", 2, "entry", "Entry", "Entrada")
                        .when(1, 0, &["EN"])
                        .goes(&[("Freed", "/entryNumber")]),
                    Row::new("M7", 1, "seal1", "Seal", "Sello").goes(&[("Freed", "/seals/*")]),
                    Row::new("M7", 2, "seal2", "Seal", "Sello").goes(&[("Freed", "/seals/*")]),
                ],
                opens: Opens::By(&["Held", "Freed"], |pass, _| match pass.text("code") {
                    Some("1H") => vec!["Held"],
                    Some("1C") => vec!["Freed"],
                    _ => vec![],
                }),
                ..Loop::new("X4", "X4")
            }],
            ..Loop::new("P4", "P4")
        }],
        ..Loop::root()
    },
    records: &[
        Record {
            needs: &[("/endsWith", "what it ends with", "con qué termina")],
            derive: Some(|one| {
                if one.pass.text("bond").is_some() {
                    one.set("/cause", "in bond", "bond");
                }
            }),
            ..Record::new("Held")
        },
        Record {
            constants: &[("/standing", "report")],
            ..Record::new("Freed")
        },
    ],
};

const ISA: &str = "ISA*00*          *00*          *ZZ*CBP            *ZZ*TOCQ           *261124*0910*^*00406*000000001*0*P*>~\n";

fn x12(body: &str) -> String {
    let count = body.matches('~').count() + 2;
    format!(
        "{ISA}GS*AU*CBP*TOCQ*20261124*0910*1*X*004060~\nST*350*0001~\n{body}SE*{count}*0001~\nGE*1*1~\nIEA*1*000000001~\n"
    )
}

const BODY: &str = "M10*TOCQ*J~\nVEH*1********47AK2F~\nP4*2304~\nX4*TOCQ1*****0910*1C~\nN9*EN*M7K-1~\nN9*IB*680001232~\nM7*A1*A2~\nM7*A3~\nX4*TOCQ2*****0910*1H~\nN9*IT*680001232~\nP4*2305~\nX4*TOCQ3******1C~\n";

fn guide() -> Guide {
    Guide { plate: 9 }
}

fn read(text: &str) -> Draft {
    STATUS
        .read(DocumentKind::X12Manifest309, text.as_bytes(), &guide())
        .unwrap()
}

#[test]
fn loops_open_records_and_heads_reach_them() {
    let draft = read(&x12(BODY));
    let loud: Vec<_> = draft
        .faults
        .iter()
        .filter(|fault| fault.severity > Severity::Note)
        .collect();
    assert!(loud.is_empty(), "{loud:#?}");
    let subjects: Vec<(&str, &Value)> = draft
        .records
        .iter()
        .map(|record| (record.record_type.as_str(), &record.subject))
        .collect();
    let (first, second, third) = (
        json!({"scac": "TOCQ", "plate": "47AK2F", "port": "2304", "scns": ["TOCQ1"], "decision": "release",
            "entryNumber": "M7K-1", "inBondNumber": "680001232", "seals": ["A1", "A2", "A3"], "standing": "report"}),
        json!({"scac": "TOCQ", "port": "2304", "scn": "TOCQ2", "kind": "hold", "cause": "in bond"}),
        json!({"scac": "TOCQ", "plate": "47AK2F", "port": "2305", "scns": ["TOCQ3"], "decision": "release", "standing": "report"}),
    );
    assert_eq!(
        subjects,
        [("Freed", &first), ("Held", &second), ("Freed", &third)]
    );
    assert_eq!(draft.records[1].missing[0].pointer, "/endsWith");
    assert_eq!(
        draft.records[0].sources.get("/seals/2").unwrap().path,
        "350 #0001/9 M701"
    );
    assert_eq!(
        draft.records[2].sources.get("/plate").unwrap().path,
        "350 #0001/3 VEH09"
    );
    assert_eq!(
        draft.faults.len(),
        3,
        "what no row reads is told: {:?}",
        draft.faults
    );
}

#[test]
fn what_is_written_or_filled_is_read_again() {
    let found = documents(&STATUS, x12(BODY).as_bytes(), &guide()).unwrap();
    let (again, replaced) = write(&STATUS, &found.documents[0], &guide());
    assert!(replaced.is_empty());
    let second = documents(&STATUS, again.as_bytes(), &guide()).unwrap();
    assert_eq!(second.documents, found.documents);
    assert!(second.faults().is_empty(), "{again}{:?}", second.faults());

    let draft = read(&x12(BODY));
    let records: Vec<(&str, &Value)> = draft
        .records
        .iter()
        .map(|record| (record.record_type.as_str(), &record.subject))
        .collect();
    let document = Document {
        root: fill(&STATUS, &records, &guide()),
        ..found.documents[0].clone()
    };
    let (written, _) = write(&STATUS, &document, &guide());
    let other = read(&written);
    for (one, two) in draft.records.iter().zip(&other.records) {
        let mut expected = one.subject.clone();
        // The in-bond number of the hold reached the record as its cause only.
        if let Some(members) = expected.as_object_mut() {
            members.remove("cause");
        }
        assert_eq!(two.subject, expected, "{written}");
    }
    assert_eq!(draft.records.len(), other.records.len());
}

#[test]
fn what_is_wrong_has_a_place_that_an_acknowledgement_can_name() {
    let body = BODY
        .replace("M10*TOCQ*J", "M10**J")
        .replace("P4*2305~\n", "")
        .replace("*1H~", "*ZZ~")
        .replace("M7*A3~", "M7*A3~\nZZ9*1~");
    let found = documents(&STATUS, x12(&body).as_bytes(), &guide()).unwrap();
    let told: Vec<_> = found.findings[0]
        .iter()
        .filter(|finding| finding.code != "element-not-read")
        .map(|finding| {
            (
                finding.code,
                finding.segment.as_str(),
                finding.position,
                finding.element,
                finding.loop_id,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("element-missing", "M10", 2, 1, ""),
            ("segment-not-read", "ZZ9", 10, 0, "X4"),
            ("code-unknown", "X4", 11, 7, "X4"),
        ]
    );
}

static CARGO: SetMap<()> = SetMap {
    set: "CUSCAR",
    syntax: Syntax::Edifact,
    groups: &[],
    root: Loop {
        needs: &["BGM"],
        rows: &[
            Row::new("BGM", 2, "trip", "Trip", "Viaje")
                .component(1)
                .goes(&[("Manifest", "/trip")])
                .required(),
            Row::new("RFF", 1, "head", "Reference", "Referencia")
                .component(2)
                .when(1, 1, &["ABO"]),
            Row::new("CNT", 1, "count", "Count", "Cuenta")
                .component(2)
                .when(1, 1, &["8"])
                .form(Form::Whole)
                .goes(&[("Manifest", "/packages")])
                .last(),
        ],
        opens: Opens::Each("Manifest"),
        loops: &[
            Loop {
                when: Some(When {
                    element: 1,
                    component: 0,
                    codes: &["CA"],
                }),
                rows: &[Row::new("NAD", 2, "scac", "Carrier", "Transportista")
                    .component(1)
                    .goes(&[("Manifest", "/scac")])],
                ..Loop::new("SG1", "NAD")
            },
            Loop {
                rows: &[
                    Row::new("CNI", 1, "line", "Line", "Renglón"),
                    Row::new("FTX", 4, "goods", "Goods", "Mercancía")
                        .component(1)
                        .goes(&[("Manifest", "/shipments/*/goodsText")]),
                ],
                loops: &[Loop {
                    rows: &[Row::new("RFF", 1, "scn", "Shipment", "Embarque")
                        .component(2)
                        .when(1, 1, &["BM"])
                        .goes(&[("Manifest", "/shipments/*/scn")])],
                    ..Loop::new("SG3", "RFF")
                }],
                items: &["/shipments"],
                ..Loop::new("SG2", "CNI")
            },
        ],
        ..Loop::root()
    },
    records: &[Record::new("Manifest")],
};

#[test]
fn a_message_of_edifact_by_the_same_language() {
    let text = "UNB+UNOC:3+TOCQ+USCBP+261124:0910+1'UNH+1+CUSCAR:D:95B:UN'BGM+85+TRIP?+1+9'RFF+ABO:X'NAD+CA+TOCQ'CNI+1'FTX+AAA+++Harnesses'RFF+BM:TOCQ1'CNI+2'RFF+BM:TOCQ2'CNT+8:12'UNT+10+1'UNZ+1+1'";
    let draft = CARGO
        .read(DocumentKind::X12Manifest309, text.as_bytes(), &())
        .unwrap();
    assert_eq!(
        draft.records[0].subject,
        json!({"trip": "TRIP+1", "scac": "TOCQ", "packages": 12, "shipments": [{"goodsText": "Harnesses", "scn": "TOCQ1"}, {"scn": "TOCQ2"}]})
    );
    assert_eq!(
        draft.records[0]
            .sources
            .get("/shipments/1/scn")
            .unwrap()
            .path,
        "CUSCAR #1/9 RFF01.2"
    );
    let found = documents(&CARGO, text.as_bytes(), &()).unwrap();
    let (written, _) = write(&CARGO, &found.documents[0], &());
    assert!(
        written.contains("NAD+CA+TOCQ'\nCNI+1'\nFTX++++Harnesses'\nRFF+BM:TOCQ1'\n"),
        "{written}"
    );
    let again = documents(&CARGO, written.as_bytes(), &()).unwrap();
    assert_eq!(again.documents, found.documents, "{written}");
    assert!(again.faults().is_empty(), "{:?}", again.faults());
    let filled = Document {
        root: fill(&CARGO, &[("Manifest", &draft.records[0].subject)], &()),
        ..found.documents[0].clone()
    };
    let (written, _) = write(&CARGO, &filled, &());
    let again = CARGO
        .read(DocumentKind::X12Manifest309, written.as_bytes(), &())
        .unwrap();
    assert_eq!(
        again.records[0].subject, draft.records[0].subject,
        "{written}"
    );
}
