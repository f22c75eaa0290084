use super::hits::{HitRate, hit_rates};
use super::*;
use crate::promises::statement::tests::{day, interval, said, target};

fn slip_of(statements: &[Statement], rule: BaselineRule, today: &str) -> Slip<'static> {
    // Leaked: the tests look at the answer only.
    let kept: &'static [Statement] = statements.to_vec().leak();
    let seen: Vec<&Statement> = kept.iter().collect();
    slip(&seen, "opening", rule, day(today))
}

fn actual(id: &str, stated_on: &str, date: &str) -> Statement {
    said(id, stated_on, Said::Actual(interval(date)))
}

/// The bridge of section 1: four statements, the last as the first.
fn bridge() -> Vec<Statement> {
    vec![
        target("1", "2024-02-01", "2031-summer"),
        target("2", "2024-09-20", "2029-Q4"),
        target("3", "2025-07-01", "2030-summer"),
        target("4", "2026-03-12", "2031-summer"),
    ]
}

#[test]
fn the_slip_is_the_baselines_choice() {
    let first = slip_of(&bridge(), BaselineRule::FirstPromise, "2026-06-01");
    assert_eq!(first.slip_days, Some(0));
    assert_eq!(first.standing, Standing::Due);

    let mut with_gate = bridge();
    with_gate.insert(1, said("gate", "2024-09-20", Said::Award));
    let contract = slip_of(&with_gate, BaselineRule::ContractPromise, "2026-06-01");
    // "About 630": exactly 630 on the last days, and that much within a range.
    assert_eq!(contract.slip_days, Some(630));
    assert_eq!(contract.slip_range, Some((537, 721)));
    // Without a gate the contract promise is the first.
    let no_gate = slip_of(&bridge(), BaselineRule::ContractPromise, "2026-06-01");
    assert_eq!(no_gate.slip_days, Some(0));
    // A gate after the last promise binds no promise yet.
    let mut late_gate = bridge();
    late_gate.push(said("gate", "2026-04-01", Said::Award));
    let late = slip_of(&late_gate, BaselineRule::ContractPromise, "2026-06-01");
    assert_eq!(late.slip_days, Some(0));
}

#[test]
fn every_statement_is_a_step() {
    let s = slip_of(&bridge(), BaselineRule::FirstPromise, "2026-06-01");
    let moved: Vec<Option<i64>> = s.steps.iter().map(|s| s.moved_days).collect();
    assert_eq!(moved, [None, Some(-630), Some(265), Some(365)]);
    assert_eq!(s.changes, 3);
    assert_eq!(s.days_between_changes, [232, 284, 254]);
    assert_eq!(s.rate, Some(365.0 / 254.0));
    assert_eq!(s.trend, Some(Trend::MovesAway));
}

#[test]
fn a_date_said_again_is_a_step_and_no_change() {
    let s = slip_of(
        &[
            target("1", "2025-05-31", "2028"),
            target("2", "2026-03-10", "2028"),
        ],
        BaselineRule::FirstPromise,
        "2026-06-01",
    );
    assert_eq!((s.changes, s.rate), (0, Some(0.0)));
    // A date that does not move is its own trend.
    assert_eq!(s.trend, Some(Trend::Meets(day("2028-12-31"))));
    assert!(s.days_between_changes.is_empty());
}

#[test]
fn the_trend_is_where_the_line_meets_the_calendar() {
    let s = slip_of(
        &[
            target("1", "2024-01-01", "2025-01-01"),
            target("2", "2024-07-19", "2025-04-11"),
        ],
        BaselineRule::FirstPromise,
        "2024-08-01",
    );
    assert_eq!(s.rate, Some(0.5));
    // By the formula as written, on a day scale from 2024-01-01: C1 = 366, r = 0.5, t1 = 0: t* = 366 / 0.5 = 732.
    assert_eq!(s.trend, Some(Trend::Meets(day("2026-01-02"))));
    // Just under one day a day: so far off that no calendar has it.
    let far = slip_of(
        &[
            target("1", "1900-01-01", "2100-01-01"),
            target("2", "2099-12-31", "2199-12-31"),
            target("3", "2199-12-30", "2200-12-31"),
        ],
        BaselineRule::FirstPromise,
        "2199-12-31",
    );
    assert!(far.rate.unwrap() < 1.0);
    assert_eq!(
        trend(0.999_999, &far.steps[2].stated),
        Trend::BeyondCalendar
    );
}

#[test]
fn what_is_overdue_is_reckoned_with_today() {
    let s = slip_of(
        &[target("1", "2020-01-01", "2023")],
        BaselineRule::FirstPromise,
        "2024-01-10",
    );
    assert_eq!(s.standing, Standing::Overdue);
    assert_eq!((s.overdue_days, s.slip_days), (10, Some(10)));
    assert_eq!(s.effective, Some(Interval::day(day("2024-01-10"))));
    // On its last day it is not overdue.
    let on_it = slip_of(
        &[target("1", "2020-01-01", "2023")],
        BaselineRule::FirstPromise,
        "2023-12-31",
    );
    assert_eq!((on_it.standing, on_it.overdue_days), (Standing::Due, 0));
}

#[test]
fn no_current_date_is_a_state() {
    let mut all = vec![target("1", "2023-12-03", "2024-10")];
    all.push(said("2", "2025-09-22", Said::NoDate));
    let s = slip_of(&all, BaselineRule::FirstPromise, "2026-01-01");
    assert_eq!(s.standing, Standing::NoCurrentDate);
    assert_eq!((s.current, s.slip_days, s.overdue_days), (None, None, 0));
    assert!(s.baseline.is_some());
    all.push(target("3", "2026-01-01", "2027"));
    let again = slip_of(&all, BaselineRule::FirstPromise, "2026-01-01");
    assert_eq!(again.standing, Standing::Due);
    let nothing = slip_of(&[], BaselineRule::FirstPromise, "2026-01-01");
    assert_eq!(nothing.standing, Standing::NothingStated);
}

#[test]
fn the_numbers_of_the_method() {
    // Section 9, "Test numbers": baseline, the day it was stated, what came of it; days, and the ratio (relative slip + 1).
    for (baseline, stated_on, now, met, days, ratio) in [
        ("2018-12", "2015-07-03", "2026", false, 2922, 3.29),
        ("2023", "2019-07-30", "2028", false, 1827, 2.13),
        ("2023", "2021-12-01", "2026-spring", false, 902, 2.19),
        ("2026-05", "2022-05-07", "2028", false, 945, 1.64),
        ("2019-02", "2016-12-23", "2019-09-05", true, 189, 1.24),
        ("2031", "2024-08-22", "2027", false, -1461, 0.46),
    ] {
        let then = if met {
            actual("2", "2026-03-01", now)
        } else {
            target("2", "2026-03-01", now)
        };
        let s = slip_of(
            &[target("1", stated_on, baseline), then],
            BaselineRule::FirstPromise,
            "2026-04-01",
        );
        assert_eq!(s.slip_days, Some(days), "{baseline}");
        let r = s.relative.unwrap() + 1.0;
        assert_eq!(format!("{r:.2}"), format!("{ratio:.2}"), "{baseline}");
    }
    // Two whose statement day is not given there; it is in the history file.
    for (baseline, stated_on, met, days) in [
        ("2023-spring", "2020-05-28", "2023-10", 133),
        ("2023-spring", "2020-06-11", "2024-spring", 366),
    ] {
        let s = slip_of(
            &[
                target("1", stated_on, baseline),
                actual("2", "2024-07-01", met),
            ],
            BaselineRule::FirstPromise,
            "2026-04-01",
        );
        assert_eq!(s.slip_days, Some(days));
        assert_eq!(s.standing, Standing::Met);
    }
}

#[test]
fn two_sources_of_a_day_are_settled() {
    let of_rank = |id: &str, date: &str, rank: u8| Statement {
        rank,
        ..target(id, "2024-01-01", date)
    };
    let current = |all: &[Statement]| {
        let c = slip_of(all, BaselineRule::FirstPromise, "2024-02-01")
            .current
            .unwrap();
        (c.statement.id.clone(), c.conflict)
    };
    // They can both be true: the better source's.
    let both = [of_rank("press", "2028", 4), of_rank("owner", "2028-Q1", 1)];
    assert_eq!(current(&both), ("owner".to_owned(), false));
    // They cannot: the later date, whoever says it.
    let apart = [of_rank("press", "2029", 4), of_rank("owner", "2028", 1)];
    assert_eq!(current(&apart), ("press".to_owned(), true));
}

#[test]
fn a_change_of_scope_numbers_a_baseline_and_keeps_the_old() {
    let all = [
        target("1", "2020-01-01", "2023"),
        Statement {
            scope_change: Some("addendum 4".to_owned()),
            ..target("2", "2022-01-01", "2026")
        },
        target("3", "2024-01-01", "2027"),
    ];
    let days = |rule| slip_of(&all, rule, "2024-06-01").slip_days;
    assert_eq!(days(BaselineRule::FirstPromise), Some(1461));
    assert_eq!(days(BaselineRule::ScopeChange(1)), Some(365));
    assert_eq!(days(BaselineRule::ScopeChange(0)), None);
    assert_eq!(days(BaselineRule::ScopeChange(2)), None);
}

#[test]
fn a_baseline_due_when_stated_has_no_relative_slip() {
    let s = slip_of(
        &[
            target("1", "2024-01-01", "2023"),
            target("2", "2024-03-01", "2025"),
        ],
        BaselineRule::FirstPromise,
        "2024-04-01",
    );
    assert_eq!((s.slip_days, s.relative), (Some(731), None));
}

#[test]
fn hits_are_counted_with_their_n() {
    let rule = BaselineRule::FirstPromise;
    let today = "2026-01-01";
    let slips = [
        // In time by both.
        slip_of(
            &[
                target("1", "2020-01-01", "2023"),
                actual("2", "2023-06-01", "2023-05"),
            ],
            rule,
            today,
        ),
        // Late by the baseline, in time by the target that stood ninety days before its day.
        slip_of(
            &[
                target("1", "2020-01-01", "2022"),
                target("2", "2022-06-01", "2023"),
                actual("3", "2023-12-01", "2023-11"),
            ],
            rule,
            today,
        ),
        // Moved five weeks before its day: that does not count as a target of ninety days.
        slip_of(
            &[
                target("1", "2020-01-01", "2023-06-30"),
                target("2", "2023-05-25", "2023-09-30"),
                actual("3", "2023-09-15", "2023-09-12"),
            ],
            rule,
            today,
        ),
        // Never met.
        slip_of(&[target("1", "2020-01-01", "2024")], rule, today),
        // Not due yet.
        slip_of(&[target("1", "2020-01-01", "2026")], rule, today),
    ];
    let rates = hit_rates(&slips, day("2022-01-01"), day("2026-12-31"), day(today));
    assert_eq!(rates.by_baseline, HitRate { n: 4, met: 1 });
    assert_eq!(rates.by_late_target, HitRate { n: 4, met: 3 });
    assert_eq!(rates.by_baseline.share(), Some(0.25));
    let none = hit_rates(&[], day("2022-01-01"), day("2026-12-31"), day(today));
    assert_eq!(none.by_baseline.share(), None);
}
