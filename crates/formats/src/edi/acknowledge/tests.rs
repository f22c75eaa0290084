use super::*;

fn stamp() -> Stamp {
    Stamp {
        date: "20261124".into(),
        time: "1600".into(),
        control_number: 77,
    }
}

const CONSIST: &str = "ISA*00*          *00*          *02*TOCQ           *ZZ*CBP            *261124*0810*^*00404*000000358*0*P*>~
GS*BD*TOCQ*CBP*20261124*0810*358*X*004040~
ST*358*0001~
M10*TOCQ*J*MX****TOCQ2611240417*1~
P4*2304*20261124***0910~
VID*TL**31UB8L~
MBL*TOCQ*TOCQ88402171~
SE*6*0001~
ST*358*0002~
M10**J*MX****TOCQ2611240418*1~
P4*23Z4*20261324***0910~
VID*TL**31UB8L~
MBL*TOCQ*TOCQ88402172~
SE*6*0002~
GE*2*358~
IEA*1*000000358~
";

fn text(bytes: &str, kind: Acknowledgement) -> String {
    let answer = acknowledge(bytes.as_bytes(), kind, &stamp(), &Readings::default()).unwrap();
    String::from_utf8(answer).unwrap()
}

#[test]
fn a_997_names_set_segment_and_element() {
    let answer = text(CONSIST, Acknowledgement::Functional997);
    let expected = "ISA*00*          *00*          *ZZ*CBP            *02*TOCQ           *261124*1600*^*00404*000000077*0*P*>~
GS*FA*CBP*TOCQ*20261124*1600*77*X*004040~
ST*997*0001~
AK1*BD*358*004040~
AK2*358*0001~
AK5*A~
AK2*358*0002~
AK3*M10*2**8~
AK4*1**1~
AK3*P4*3*P4*8~
AK4*1**7*23Z4~
AK4*2**8*20261324~
AK5*R*5~
AK9*P*2*2*1~
SE*13*0001~
GE*1*77~
IEA*1*000000077~
";
    assert_eq!(answer, expected);
    let read = answers(answer.as_bytes()).unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!(
        (read[0].control_number.as_str(), read[0].verdict),
        ("358", Verdict::PartlyAccepted)
    );
    assert_eq!(read[0].sets[0].verdict, Verdict::Accepted);
    let refused: Vec<_> = read[0].sets[1]
        .refused
        .iter()
        .map(|one| {
            (
                one.segment.as_str(),
                one.position,
                one.element,
                one.code.as_str(),
                one.value.as_str(),
            )
        })
        .collect();
    assert_eq!(
        refused,
        [
            ("M10", 2, 1, "1", ""),
            ("P4", 3, 1, "7", "23Z4"),
            ("P4", 3, 2, "8", "20261324")
        ]
    );
    assert!(
        read[0].sets[1]
            .refused
            .iter()
            .all(|one| one.en != one.es && !one.es.is_empty())
    );
}

#[test]
fn a_999_says_the_same_by_its_own_segments() {
    let answer = text(CONSIST, Acknowledgement::Implementation999);
    assert!(answer.contains("ST*999*0001*005010X231A1~"), "{answer}");
    assert!(
        answer.contains("IK3*P4*3*P4*8~\nIK4*1**7*23Z4~"),
        "{answer}"
    );
    assert!(answer.contains("IK5*R*5~"), "{answer}");
    let (one, two) = (
        answers(answer.as_bytes()).unwrap(),
        answers(text(CONSIST, Acknowledgement::Functional997).as_bytes()).unwrap(),
    );
    assert_eq!(one[0].sets, two[0].sets);
}

#[test]
fn envelopes_are_answered() {
    for (find, put, expected) in [
        ("SE*6*0001", "SE*7*0001", "AK5*R*4~"),
        ("SE*6*0001", "SE*6*0009", "AK5*R*3~"),
        ("SE*6*0001~\n", "", "AK5*R*2~"),
        ("ST*358*0001", "ST*304*0001", "AK5*R*1~"),
        ("GE*2*358", "GE*3*358", "AK9*R*2*2*1*5~"),
        ("GE*2*358", "GE*2*359", "AK9*R*2*2*1*4~"),
        ("GE*2*358~\n", "", "AK9*R*2*2*1*3~"),
        (
            "IEA*1*000000358",
            "IEA*2*000000358",
            "TA1*000000358*261124*0810*R*021~",
        ),
        (
            "IEA*1*000000358",
            "IEA*1*000000359",
            "TA1*000000358*261124*0810*R*001~",
        ),
        (
            "*00404*000000358*0*",
            "*00404*000000358*1*",
            "TA1*000000358*261124*0810*A*000~",
        ),
        ("P4*2304*20261124***0910~\n", "", "AK3*P4*4**3~"),
    ] {
        let broken = CONSIST.replacen(find, put, 1);
        let answer = text(&broken, Acknowledgement::Functional997);
        assert!(
            answer.contains(expected),
            "{put}: {expected} not in {answer}"
        );
        let read = answers(answer.as_bytes()).unwrap();
        if let Some(told) = read.iter().find(|told| told.standard == "TA1") {
            assert_eq!(told.control_number, "000000358");
            assert_eq!(told.verdict == Verdict::Accepted, told.refused.is_empty());
        }
        assert_eq!(expected.starts_with("TA1"), read[0].standard == "TA1");
    }
}

#[test]
fn a_manifest_without_a_table_is_answered_too() {
    let manifest = CONSIST
        .replace("GS*BD", "GS*AQ")
        .replace("ST*358", "ST*309")
        .replace("VID*TL**31UB8L~\n", "LX*1~\n")
        .replace("MBL*TOCQ*TOCQ88402171", "M11*88402171**1*CTN*1*K");
    let answer = text(&manifest, Acknowledgement::Functional997);
    assert!(
        answer.contains("AK3*M11*5**8~\nAK4*1**7*88402171~\nAK5*E*5~"),
        "{answer}"
    );
}

#[test]
fn answers_are_not_answered() {
    let answer = text(CONSIST, Acknowledgement::Functional997);
    let again = text(&answer, Acknowledgement::Functional997);
    assert!(!again.contains("ST*997"), "{again}");
    let both = format!("{CONSIST}{}", CONSIST.replace("000000358", "000000359"));
    let answer = text(&both, Acknowledgement::Functional997);
    assert!(answer.contains("000000077") && answer.contains("000000078"));
    assert_eq!(answers(answer.as_bytes()).unwrap().len(), 2);
}

#[test]
fn a_contrl_names_message_segment_and_element() {
    let cargo = "UNB+UNOC:3+TOCQ:ZZ+USCBP+261124:0910+41'UNH+1+APERAK:D:95B:UN'BGM+85'UNT+3+1'UNH+2+APERAK:D:95B:UN'BGM+85'UNT+4+2'UNZ+2+41'";
    let answer = text(cargo, Acknowledgement::Contrl);
    let expected = "UNB+UNOC:3+USCBP+TOCQ:ZZ+261124:1600+77'
UNH+1+CONTRL:D:3:UN'
UCI+41+TOCQ:ZZ+USCBP+7'
UCM+1+APERAK:D:95B:UN+4+14'
UCM+2+APERAK:D:95B:UN+4+29'
UNT+5+1'
UNZ+1+77'
";
    assert_eq!(answer, expected);
    let read = answers(answer.as_bytes()).unwrap();
    assert_eq!(
        (read[0].control_number.as_str(), read[0].verdict),
        ("41", Verdict::Accepted)
    );
    assert_eq!(read[0].sets[1].verdict, Verdict::Rejected);
    assert_eq!(read[0].sets[1].refused[0].code, "29");

    let grouped = "UNB+UNOA:4+A+B+20261124:0910+5'UNG+CUSCAR+A+B+261124:0910+7+UN+D:95B'UNH+1+APERAK:D:95B:UN'UNT+2+1'UNE+2+7'UNZ+1+6'";
    let answer = text(grouped, Acknowledgement::Contrl);
    assert!(
        answer.contains("UNB+UNOA:4+B+A+20261124:1600+77'"),
        "{answer}"
    );
    assert!(
        answer.contains(
            "UNH+1+CONTRL:4:1:UN'\nUCI+5+A+B+4+28'\nUCF+7+A+B+4+29'\nUCM+1+APERAK:D:95B:UN+4+14'"
        ),
        "{answer}"
    );

    let read = "UNB+UNOC:3+A+B+261124:0910+9'UNH+1+CONTRL:D:3:UN'UCI+41+A+B+7'UCM+1+CUSCAR:D:95B:UN+7'UCS+5'UCD+12+2:1'UCS+9+13'UNT+7+1'UNZ+1+9'";
    let read = answers(read.as_bytes()).unwrap();
    let refused: Vec<_> = read[0].sets[0]
        .refused
        .iter()
        .map(|one| (one.position, one.element, one.component, one.code.as_str()))
        .collect();
    assert_eq!(refused, [(5, 1, 1, "12"), (9, 0, 0, "13")]);
    assert_eq!(read[0].sets[0].verdict, Verdict::AcceptedWithErrors);
}

#[test]
fn not_one_of_a_thousand_wrong_sets_is_accepted() {
    let (head, rest) = CONSIST.split_once("ST*358*0001").unwrap();
    let body = rest.split_once("SE*6*0001").unwrap().0;
    let sets: String = (0..1_000)
        .map(|number| format!("ST*358*{number}{body}SE*7*{number}~\n"))
        .collect();
    let all = format!("{head}{sets}GE*1000*358~\nIEA*1*000000358~\n");
    let answer = text(&all, Acknowledgement::Functional997);
    assert_eq!(answer.matches("AK5*R*4~").count(), 1_000);
    assert!(answer.contains("AK9*R*1000*1000*0~"));
}
