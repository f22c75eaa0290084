use super::*;
use crate::edifact::tags::tests::all_are_of_the_directory;

#[test]
fn the_table_is_of_the_directory() {
    all_are_of_the_directory(&table::CUSREP.root);
    assert!(elements().iter().any(|row| !row.goes.is_empty()));
}
