use super::*;

const ISA: &str = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261124*0910*^*00502*000000001*0*P*>~";

fn read_all(text: &str) -> (usize, Vec<&'static str>) {
    let text = Text::decode(text.as_bytes()).unwrap();
    let mut reader = text.interchanges();
    let mut count = 0;
    while reader.interchange().unwrap().is_some() {
        count += 1;
    }
    (
        count,
        reader
            .take_problems()
            .iter()
            .map(|problem| problem.code)
            .collect(),
    )
}

#[test]
fn delimiters_come_from_the_header() {
    let other = format!(
        "{ISA}GS*AQ*A*B*20261124*0910*1*X*005020~ST*309*1~M10*ABCD~SE*3*1~GE*1*1~IEA*1*000000001~"
    )
    .replace('*', "|")
    .replace('~', "'")
    .replace('>', ":");
    let text = Text::decode(other.as_bytes()).unwrap();
    let mut reader = text.interchanges();
    let interchange = reader.interchange().unwrap().unwrap();
    assert_eq!(interchange.delimiters.element, '|');
    assert_eq!(interchange.delimiters.component, ':');
    assert_eq!(interchange.delimiters.repetition, Some('^'));
    assert_eq!(
        interchange.groups[0].sets[0].segments[0].element(1),
        Some("ABCD")
    );
    assert!(reader.take_problems().is_empty());
}

#[test]
fn many_interchanges_in_one_file() {
    let one = format!(
        "{ISA}\nGS*AQ*A*B*20261124*0910*1*X*005020~\nST*309*1~\nSE*2*1~\nGE*1*1~\nIEA*1*000000001~\n"
    );
    let two = one.replace("000000001", "000000002");
    assert_eq!(read_all(&format!("{one}{two}")), (2, vec![]));
    assert_eq!(
        read_all(&format!("{one}{one}")),
        (2, vec!["x12-control-repeated"])
    );
}

#[test]
fn a_release_character_makes_the_next_one_plain() {
    assert_eq!(split("a?+b+c??", '+', Some('?')), ["a+b", "c?"]);
    assert_eq!(split("a?+b", '+', None), ["a?", "b"]);
    let delimiters = Delimiters {
        element: '+',
        component: ':',
        repetition: None,
        segment: '\'',
        release: Some('?'),
    };
    assert_eq!(cut("a?'b'c", delimiters), ("a?'b", "c", true));
}
