//! Trial B: in-bond, closed by both ends. The scenarios are in `tests/trials/b/scenarios`.

use crate::trials;

#[test]
fn every_scenario_is_as_expected() {
    let report = trials::run("b", 60);
    assert!(report.scenarios >= 8, "{report:?}");
    assert_eq!(report.unreached, Vec::<String>::new());
    println!(
        "trial B: {} scenarios, {} checks, {} orders",
        report.scenarios, report.checks, report.orders
    );
}
