//! Trial A: one truck, many shipments, holds, joint release. The scenarios are in `tests/trials/a/scenarios`.

use crate::trials;

#[test]
fn every_scenario_is_as_expected() {
    let report = trials::run("a", 60);
    assert!(report.scenarios >= 12, "{report:?}");
    assert_eq!(report.unreached, Vec::<String>::new());
    println!(
        "trial A: {} scenarios, {} checks, {} orders",
        report.scenarios, report.checks, report.orders
    );
}
