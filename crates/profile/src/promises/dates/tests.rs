use super::*;

fn days(text: &str, winter: WinterRule) -> String {
    let i = Interval::parse_with(text, winter).unwrap();
    format!("{}..{}", i.lo, i.hi)
}

#[test]
fn every_form_is_its_days() {
    for (text, wanted) in [
        ("2028", "2028-01-01..2028-12-31"),
        ("2028-02", "2028-02-01..2028-02-29"),
        ("2027-02", "2027-02-01..2027-02-28"),
        ("2028-06-20", "2028-06-20..2028-06-20"),
        ("2028-Q1", "2028-01-01..2028-03-31"),
        ("2028-Q4", "2028-10-01..2028-12-31"),
        ("2028-early", "2028-01-01..2028-04-30"),
        ("2028-mid", "2028-05-01..2028-08-31"),
        ("2028-late", "2028-09-01..2028-12-31"),
        ("2028-spring", "2028-03-21..2028-06-20"),
        ("2028-summer", "2028-06-21..2028-09-22"),
        ("2028-fall", "2028-09-23..2028-12-20"),
        ("2028-autumn", "2028-09-23..2028-12-20"),
        ("2028-winter", "2027-12-21..2028-03-20"),
        ("1900-winter", "1899-12-21..1900-03-20"),
    ] {
        assert_eq!(days(text, WinterRule::Ending), wanted, "{text}");
    }
}

#[test]
fn winter_is_read_by_the_chosen_rule() {
    assert_eq!(
        days("2028-winter", WinterRule::Either),
        "2027-12-21..2029-03-20"
    );
    // "the numbers below used 31 Dec": what a slip against winter 2028 was computed on.
    assert_eq!(
        days("2028-winter", WinterRule::YearEnd),
        "2028-12-21..2028-12-31"
    );
}

#[test]
fn refuses_what_is_no_date() {
    for (text, code) in [
        ("", "date-form"),
        ("soon", "date-form"),
        ("28", "date-form"),
        ("2028-", "date-form"),
        ("2028-6", "date-form"),
        ("2028-06-1", "date-form"),
        ("2028-06-01-01", "date-form"),
        ("2028-06-01T00:00", "date-form"),
        (" 2028", "date-form"),
        ("+028", "date-form"),
        ("2028-q1", "date-form"),
        ("2028-Q", "date-form"),
        ("2028-Q11", "date-form"),
        ("2028-Spring", "date-form"),
        ("2028-quarter", "date-form"),
        ("２０２８", "date-form"),
        ("1899", "date-year"),
        ("2201", "date-year"),
        ("0000", "date-year"),
        ("2028-00", "date-month"),
        ("2028-13", "date-month"),
        ("2027-02-29", "date-day"),
        ("2028-06-00", "date-day"),
        ("2028-06-31", "date-day"),
        ("2028-Q0", "date-quarter"),
        ("2028-Q5", "date-quarter"),
    ] {
        let fault = Interval::parse(text).unwrap_err();
        assert_eq!(fault.code(), code, "{text}");
        assert!(!fault.en().is_empty() && !fault.es().is_empty());
    }
}

#[test]
fn differences_are_on_the_last_day_and_carry_their_range() {
    let (a, b) = (
        Interval::parse("2028").unwrap(),
        Interval::parse("2029-Q1").unwrap(),
    );
    assert_eq!(b.days_after(&a), 90);
    assert_eq!(b.range_after(&a), (1, 455));
    assert_eq!(a.days_after(&b), -90);
    assert_eq!(a.range_after(&b), (-455, -1));
    assert!(!a.overlaps(&b));
}

#[test]
fn what_is_written_is_read_again() {
    let tails = [
        "", "-01", "-12", "-02-28", "-12-31", "-Q1", "-Q2", "-Q3", "-Q4", "-early", "-mid",
        "-late", "-spring", "-summer", "-fall", "-winter",
    ];
    for winter in [WinterRule::Ending, WinterRule::Either, WinterRule::YearEnd] {
        for year in YEAR_MIN..=YEAR_MAX {
            for tail in tails {
                let text = format!("{year:04}{tail}");
                let read = Interval::parse_with(&text, winter).unwrap();
                assert!(read.lo <= read.hi);
                assert_eq!(read.to_string(), text);
            }
        }
    }
}

#[test]
fn a_day_beyond_the_calendar_is_none() {
    let day = Interval::parse("2028-06-20").unwrap().lo;
    assert_eq!(days_later(day, -20).unwrap().to_string(), "2028-05-31");
    assert_eq!(days_later(day, i64::MAX), None);
    assert_eq!(days_later_f64(day, f64::INFINITY), None);
    assert_eq!(days_later_f64(day, 1.0e300), None);
    assert_eq!(days_later_f64(day, f64::NAN), None);
}
