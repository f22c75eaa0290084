use super::*;
use crate::edifact::tags::tests::all_are_of_the_directory;

#[test]
fn the_table_is_of_the_directory() {
    all_are_of_the_directory(&table::CUSCAR.root);
    let rows = elements();
    let places: Vec<&str> = rows.iter().map(|row| row.place.as_ref()).collect();
    for place in [
        "RFF-01.2[RFF+AAM/CN C506/1154]",
        "NAD-04.1[NAD+OS/CZ C080/3036]",
        "TDT-08.4[TDT C222/8212]",
        "CST-02.1[CST C246/1131=122 C246/7361]",
    ] {
        assert!(places.contains(&place), "{place} {places:#?}");
    }
}
