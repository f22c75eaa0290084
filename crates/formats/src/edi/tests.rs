use super::*;

const ISA: &str = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *261124*0910*^*00502*000000001*0*P*>~";
const UNB: &str = "UNB+UNOC:3+SENDER+RECEIVER+261124:0910+1'";

fn read_all(text: &str) -> (usize, Vec<&'static str>) {
    let text = Text::decode(text.as_bytes(), Syntax::X12).unwrap();
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
    let text = Text::decode(other.as_bytes(), Syntax::X12).unwrap();
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
    let three = format!("{UNB}UNH+1+CUSCAR:D:95B:UN'BGM+85'UNT+3+1'UNZ+1+1'");
    assert_eq!(read_all(&format!("{one}{three}")), (2, vec![]));
}

#[test]
fn an_edifact_message_without_and_with_group() {
    let bare = format!("{UNB}\nUNH+1+CUSCAR:D:95B:UN'\nRFF+ABO:a?+b?:c??:d*e'\nUNT+3+1'\nUNZ+1+1'");
    let text = Text::decode(bare.as_bytes(), Syntax::Edifact).unwrap();
    let mut reader = text.interchanges();
    let interchange = reader.interchange().unwrap().unwrap();
    assert!(reader.take_problems().is_empty());
    let group = &interchange.groups[0];
    assert!(group.header.is_none());
    let set = &group.sets[0];
    assert_eq!((set.id, set.control_number), ("CUSCAR", "1"));
    let rff = set.segments[0];
    assert_eq!((rff.id, rff.position, rff.line), ("RFF", 2, 3));
    assert_eq!(rff.component(1, 2).as_deref(), Some("a+b:c?"));
    assert_eq!(rff.component(1, 3).as_deref(), Some("d*e"));
    assert_eq!(rff.component(2, 1), None);
    assert_eq!(rff.place_of(&set.name(), 1, 2).path, "CUSCAR #1/2 RFF01.2");

    let grouped = format!(
        "{UNB}UNG+CUSCAR+A+B+261124:0910+7+UN+D:95B'UNH+1+CUSCAR:D:95B:UN'UNT+2+1'UNH+2+CUSCAR:D:95B:UN'UNT+2+2'UNE+2+7'UNZ+1+1'"
    );
    let text = Text::decode(grouped.as_bytes(), Syntax::Edifact).unwrap();
    let mut reader = text.interchanges();
    let interchange = reader.interchange().unwrap().unwrap();
    assert!(reader.take_problems().is_empty());
    assert_eq!(interchange.groups.len(), 1);
    assert_eq!(interchange.groups[0].sets.len(), 2);
}

#[test]
fn una_says_the_delimiters_and_version_four_repeats() {
    let said = "UNA|^,!*~\r\nUNB^UNOC|4^A^B^20261124|0910^1~UNH^1^CUSRES|D|99B|UN~ERP^1|a!|b*2|c~UNT^3^1~UNZ^1^1~";
    let text = Text::decode(said.as_bytes(), Syntax::Edifact).unwrap();
    let mut reader = text.interchanges();
    let interchange = reader.interchange().unwrap().unwrap();
    assert!(reader.take_problems().is_empty());
    assert_eq!(interchange.delimiters.decimal, ',');
    let erp = interchange.groups[0].sets[0].segments[0];
    let found: Vec<_> = erp
        .repetitions(1)
        .map(|repetition| {
            (
                repetition.component(1).unwrap(),
                repetition.component(2).unwrap(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [("1".into(), "a|b".into()), ("2".into(), "c".into())]
    );

    let level_b = "UNB\u{1D}UNOB\u{1F}1\u{1D}A\u{1D}B\u{1D}261124\u{1F}0910\u{1D}1\u{1C}UNH\u{1D}1\u{1D}CUSRES\u{1F}S\u{1F}93A\u{1F}UN\u{1C}UNT\u{1D}2\u{1D}1\u{1C}UNZ\u{1D}1\u{1D}1\u{1C}";
    assert_eq!(read_all(level_b), (1, vec![]));
}

#[test]
fn edifact_envelopes_are_checked() {
    let whole = format!("{UNB}UNH+1+CUSCAR:D:95B:UN'BGM+85'UNT+3+1'UNZ+1+1'");
    for (find, put, code) in [
        ("UNT+3+", "UNT+4+", "edifact-segment-count"),
        ("UNT+3+1", "UNT+3+2", "edifact-control-number"),
        ("UNZ+1+1", "UNZ+2+1", "edifact-group-count"),
        ("UNZ+1+1", "UNZ+1+9", "edifact-control-number"),
        ("UNT+3+1'", "", "edifact-trailer-missing"),
        ("UNZ+1+1'", "", "edifact-trailer-missing"),
        ("UNZ+1+1'", "UNZ+1+1", "edifact-truncated"),
        ("UNOC:3", "UNOC:5", "edifact-syntax-version"),
        ("BGM+85'", "BGM+85'B+1'", "edifact-segment-name"),
        ("UNH+1", "BGM+85'UNH+1", "edifact-segment-outside"),
        ("BGM+85'", "UNE+1+1'", "edifact-segment-outside"),
    ] {
        let broken = whole.replacen(find, put, 1);
        let (_, codes) = read_all(&broken);
        assert!(codes.contains(&code), "{broken}: {codes:?}");
    }
    for (find, put) in [
        ("UNOC:3+", "UNOC:3:"),
        ("UNB+", "UNB*"),
        ("UNB", "UNA:+.+ 'UNB"),
    ] {
        let broken = whole.replacen(find, put, 1);
        let text = Text::decode(broken.as_bytes(), Syntax::Edifact).unwrap();
        let code = text
            .interchanges()
            .interchange()
            .map_err(|error| error.code());
        assert_eq!(code, Err("edifact-header"), "{broken}");
    }
}

#[test]
fn character_sets_are_compared_with_the_bytes() {
    let one = |said: &str, bytes: &[u8]| {
        let mut all =
            format!("UNB+{said}:3+A+B+261124:0910+1'UNH+1+CUSCAR:D:95B:UN'FTX+").into_bytes();
        all.extend_from_slice(bytes);
        all.extend_from_slice(b"'UNT+3+1'UNZ+1+1'");
        let text = Text::decode(&all, Syntax::Edifact).unwrap();
        let mut reader = text.interchanges();
        let interchange = reader.interchange().unwrap().unwrap();
        let read = interchange.groups[0].sets[0].segments[0]
            .element(1)
            .unwrap()
            .to_owned();
        let codes: Vec<_> = reader
            .take_problems()
            .iter()
            .map(|problem| problem.code)
            .collect();
        (read, codes)
    };
    let right = "Querétaro".to_owned();
    assert_eq!(one("UNOC", b"Quer\xE9taro"), (right.clone(), vec![]));
    assert_eq!(one("UNOY", right.as_bytes()), (right.clone(), vec![]));
    assert_eq!(one("UNOW", right.as_bytes()), (right.clone(), vec![]));
    for (said, bytes) in [
        ("UNOC", right.as_bytes()),
        ("UNOA", right.as_bytes()),
        ("UNOB", b"Quer\xE9taro".as_slice()),
        ("UNOY", b"Quer\xE9taro"),
    ] {
        assert_eq!(
            one(said, bytes),
            (right.clone(), vec!["edifact-charset"]),
            "{said}"
        );
    }
    assert_eq!(one("UNOE", b"\xE9").1, ["edifact-charset-not-read"]);
    assert_eq!(one("UNOE", b"plain").1, Vec::<&str>::new());
}

#[test]
fn a_writer_releases_or_replaces_delimiters() {
    let value = "a+b:c'd?e*f~g>h\u{7}i";
    let mut out = SegmentWriter::edifact();
    out.composite(
        "RFF",
        &[vec!["ABO".into(), value.into(), String::new()], vec![]],
    );
    let replaced: Vec<char> = out.replaced().iter().map(|found| found.letter).collect();
    assert_eq!(replaced, ['\u{7}']);
    assert_eq!(out.finish(), "RFF+ABO:a?+b?:c?'d??e*f~g>h i'\n");
    let mut out = SegmentWriter::new();
    out.segment("N9", &["BM", value, ""]);
    assert_eq!(out.replaced().len(), 4);
    assert_eq!(out.finish(), "N9*BM*a+b:c'd?e f g h i~\n");
}

#[test]
fn a_splitter_cuts_any_chunks_alike() {
    let one = format!(
        "{ISA}\nGS*AQ*A*B*20261124*0910*1*X*005020~\nST*309*1~\nSE*2*1~\nGE*1*1~\nIEA*1*000000001~\n"
    );
    let two =
        format!("UNA:+.? '\n{UNB}\nUNH+1+CUSCAR:D:95B:UN'\nFTX+a?'UNZ+b??'\nUNT+3+1'\nUNZ+1+1'");
    let cut_short = format!("{UNB}UNH+2+CUSCAR:D:95B:UN'");
    let wide = one.replace('~', "§");
    let all = format!("\u{FEFF}{one}{two} \r\n{cut_short}{wide}{two}\n{cut_short}");
    let expected = [&*one, &two, &cut_short, &wide, &two, &cut_short].map(str::trim);
    for size in [1, 2, 3, 7, 64, 100_000] {
        let mut splitter = Splitter::new();
        let mut found = Vec::new();
        for chunk in all.as_bytes().chunks(size) {
            splitter.push(chunk);
            while let Some(piece) = splitter.take().unwrap() {
                found.push(piece);
            }
        }
        while let Some(piece) = splitter.finish().unwrap() {
            found.push(piece);
        }
        let texts: Vec<&str> = found
            .iter()
            .map(|piece| std::str::from_utf8(&piece.bytes).unwrap())
            .collect();
        assert_eq!(texts, expected, "chunks of {size}");
        for piece in &found {
            let at = usize::try_from(piece.offset).unwrap();
            assert!(all.as_bytes()[at..].starts_with(&piece.bytes));
            let line = 1 + all[..at].matches('\n').count();
            assert_eq!(piece.line as usize, line);
        }
    }
}

#[test]
fn a_splitter_holds_one_interchange() {
    let one = format!(
        "{UNB}UNH+1+CUSCAR:D:95B:UN'{}UNT+3+1'UNZ+1+1'",
        "FTX+AAI'".repeat(100)
    );
    let mut splitter = Splitter::new();
    let mut count = 0;
    for _ in 0..2_000 {
        splitter.push(one.as_bytes());
        while splitter.take().unwrap().is_some() {
            count += 1;
        }
        assert!(splitter.held() <= one.len());
    }
    assert_eq!(count, 2_000);

    let mut splitter = Splitter::new();
    splitter.push(UNB.as_bytes());
    let mut code = None;
    for _ in 0..40 {
        splitter.push(&b"FTX+AAI'".repeat(100_000));
        if let Err(error) = splitter.take() {
            code = Some(error.code());
            break;
        }
    }
    assert_eq!(code, Some("document-too-large"));
    assert!(splitter.held() <= crate::DOCUMENT_BYTES_MAX + 800_000);

    for (begin, code) in [
        (ISA, "x12-segment-too-long"),
        ("ISA*", "x12-segment-too-long"),
        (UNB, "edifact-segment-too-long"),
    ] {
        let mut splitter = Splitter::new();
        splitter.push(begin.as_bytes());
        splitter.push(&b"FTX AAI ".repeat(10_000));
        assert_eq!(splitter.take().unwrap_err().code(), code);
    }

    let mut splitter = Splitter::new();
    splitter.push(format!("{one}\nHELLO").as_bytes());
    assert!(splitter.take().unwrap().is_some());
    assert_eq!(splitter.take().unwrap_err().code(), "x12-header");
    assert!(splitter.take().unwrap().is_none());
}

/// Each prefix and each single wrong byte: an answer, and whatever the splitter hands out is of the input.
#[test]
fn every_cut_and_every_flip_of_edifact_is_answered() {
    let right = format!(
        "UNA:+.? '{UNB}UNG+CUSCAR+A+B+261124:0910+7+UN+D:95B'UNH+1+CUSCAR:D:95B:UN'RFF+BM:a?'b??'UNT+3+1'UNE+1+7'UNZ+1+1'\n"
    );
    let all = |bytes: &[u8]| {
        if let Ok(text) = Text::decode(bytes, Syntax::Edifact) {
            let mut reader = text.interchanges();
            while let Ok(Some(interchange)) = reader.interchange() {
                for set in interchange.groups.iter().flat_map(|group| &group.sets) {
                    for segment in &set.segments {
                        let _ = segment.place_of(&set.name(), 1, 2);
                        let _ = segment.repetitions(1).count();
                    }
                }
            }
        }
        let mut splitter = Splitter::new();
        let mut length = 0;
        for chunk in bytes.chunks(5) {
            splitter.push(chunk);
            while let Ok(Some(piece)) = splitter.take() {
                length += piece.bytes.len();
            }
        }
        while let Ok(Some(piece)) = splitter.finish() {
            length += piece.bytes.len();
        }
        assert!(length <= bytes.len());
    };
    for cut in 0..right.len() {
        all(&right.as_bytes()[..cut]);
    }
    for at in 0..right.len() {
        for wrong in [0, b'+', b'\'', b'?', b':', b' ', 0xC3, 0x1D] {
            let mut bytes = right.clone().into_bytes();
            bytes[at] = wrong;
            all(&bytes);
        }
    }
}
