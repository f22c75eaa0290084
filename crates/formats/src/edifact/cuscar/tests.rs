use super::*;
use crate::edifact::tags::tests::all_are_of_the_directory;
use crate::elements::untold;
use crate::{Draft, Severity};

const HEAD: &str = "UNB+UNOC:3+TOCQ:02+CBP-ACE:ZZ+261124:0810+417'\n\
UNG+CUSCAR+TOCQ:ZZ+CBP-ACE:ZZ+261124:0810+417+UN+D:03B'\n\
UNH+0417+CUSCAR:D:03B:UN'\n";

fn whole(body: &str) -> String {
    let count = body.lines().count() + 2;
    format!("{HEAD}{body}UNT+{count}+0417'\nUNE+1+417'\nUNZ+1+417'\n")
}

const BODY: &str = "BGM+85:::STANDARD+TOCQ2611240417+22'
DTM+132:202611240910:203'
LOC+60+2304:77'
RFF+ABO:MAN417'
RFF+SN:7741093'
NAD+CA+TOCQ:172'
NAD+VW+14133:109++CASAS:XOCHITL:CHAVEZ'
TDT+11++03+:::TR++I++:146::1M8GDM9AXKP042788'
TDT+11++03+:::TR++I++:215::47AK2F:MX'
LOC+89+TAM:163'
EQD+TL+31UB8L'
SEL+7741094'
RFF+ABZ:31UB8L'
LOC+89+TX:163'
LOC+89+US:162'
CNI+1+:23'
RFF+AAM:TOCQ88402171'
LOC+9+12345:78'
LOC+88+:::QUERETARO'
GEI+7+135'
NAD+OS+++Arneses Queretanos+Av. Industria 1250:Nave 2+Queretaro+QR:163+76120+MX'
CTA+IC'
COM+31264846516:TE'
NAD+CN+++Gulf Prairie Assembly++Laredo+TX:163+78045+US'
GID+1'
PAC+480++CTN'
FTX+AAA+++Wire harnesses for vehicles:with batteries'
MEA+AAI++K:9120'
SGP+31UB8L'
DGS+++3480'
CST++8544300000:122'
LOC+27+MX:162'
CNI+2+:23'
DOC+950:::61+680001232'
RFF+AAM:TOCQ88402172'
LOC+88+:::QUERETARO'
LOC+45+5501:77'
NAD+CZ+++O?'Brien ?+ Sons+++++MX'
NAD+CN+++Gulf Prairie Assembly+++++US'
GID+1'
PAC+10++PLT'
FTX+AAA+++Cable'
MEA+AAI++L:100'
";

fn draft(body: &str) -> Draft {
    let draft = read(whole(body).as_bytes(), &TripReading::default()).unwrap();
    assert_eq!(untold(&draft), Vec::<String>::new());
    draft
}

#[test]
fn the_table_is_of_the_directory() {
    all_are_of_the_directory(&table::CUSCAR.root);
}

#[test]
fn a_whole_manifest_is_complete() {
    let draft = draft(BODY);
    let loud: Vec<_> = draft
        .faults
        .iter()
        .filter(|fault| fault.severity > Severity::Note)
        .collect();
    assert!(loud.is_empty(), "{loud:#?}");
    let told: Vec<_> = draft.faults.iter().map(|f| (f.code, &f.place.as_ref().unwrap().path, &f.en)).collect();
    println!("{told:#?}");
    for r in &draft.records { println!("{} {:#}", r.record_type, r.subject); println!("{:?}", r.missing) }
    assert!(draft.is_complete());
}
