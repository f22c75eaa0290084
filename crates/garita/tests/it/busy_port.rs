//! A busy port's board over a store of a hundred thousand records: that it answers, and with what. Times are printed, never asserted;
//! `cargo bench-all board` does the same at a million, in release, with the slope between the two.

use serde_json::Value;

use crate::world::garita;

#[test]
fn the_board_answers_at_a_hundred_thousand_records() {
    // The bench itself refuses a board that shows fewer than thirty trucks, and any answer that is not a success.
    let ran = garita(&["bench", "board", "--records", "100000", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let figures: Value = serde_json::from_str(&ran.out).unwrap();
    let figures = figures["board"].as_object().unwrap();
    let of = |name: &str| {
        figures[&format!("{name}, 100000 records, ms")]
            .as_f64()
            .unwrap()
    };
    for name in [
        "the board's cases by key (limit)",
        "board page",
        "search by the last four",
        "newest 100 trips",
        "trucks by hour (count)",
        "minutes to release (median)",
    ] {
        assert!(of(name) > 0.0, "{figures:?}");
        println!("{name}: {:.1} ms at 100 k records, debug build", of(name));
    }
}
