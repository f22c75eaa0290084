//! What the time is worth: hours saved by those who take part, at a price of an hour that the reader may set in the address.

use garita_profile::indicator::Role;
use garita_profile::model::{Measure, Public};

use super::Counted;
use crate::console::Lang;
use crate::console::grouped;
use crate::console::public::{HourPrice, Rate, RateTable};
use crate::pages::ask::Ask;
use crate::pages::public::priorities::{HOUR_MINOR, HOUR_SOURCE};

/// The member of the address.
const MEMBER: &str = "hour";
/// An hour of a truck is worth no more, in whole US dollars.
const PRICE_MAX: u32 = 10_000;

/// Hours that one measure says were saved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Saved {
    /// Hours; below zero where those who take part took longer.
    pub(super) hours: f64,
    /// Ends of their 95 % interval.
    pub(super) sure: Option<(f64, f64)>,
    /// Of how many.
    pub(super) rows: f64,
}

/// What an hour is worth, in cents, as the address has it; the usual price, and that it was no price, otherwise.
pub(super) fn price(ask: &Ask) -> (i64, bool) {
    let usual = i64::try_from(HOUR_MINOR).unwrap_or(0);
    match ask.here.value(MEMBER) {
        "" => (usual, true),
        text => cents(text).map_or((usual, false), |cents| (cents, true)),
    }
}

/// `90.89` as cents; none where it is no price between nothing and [`PRICE_MAX`] with at most two decimals.
fn cents(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(whole, 5) || !digits(part, 2) {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let part: u32 = format!("{part:0<2}").parse().ok()?;
    (whole <= PRICE_MAX).then(|| i64::from(whole) * 100 + i64::from(part))
}

/// Hours of one measure; none where it measures no time, or nothing can be said yet.
pub(super) fn saved(counted: &Counted) -> Option<Saved> {
    let indicator = counted.declared.indicator()?;
    let hour = match indicator.unit.as_str() {
        "h" | "hours" => 1.0,
        "min" | "minutes" => 60.0,
        _ => return None,
    };
    if counted.public != Public::Time {
        return None;
    }
    if indicator.compare.is_some() {
        let c = counted.numbers.comparison?;
        // Less time is time saved, so the ends change places.
        let hours = |difference: f64| -difference * c.rows_with / hour;
        return Some(Saved {
            hours: hours(c.difference),
            sure: Some((hours(c.high), hours(c.low))),
            rows: c.rows_with,
        });
    }
    if indicator.measure != Measure::Sum {
        return None;
    }
    let shown = || {
        let rows = counted.numbers.rows.iter();
        rows.filter(|row| !counted.numbers.withheld(row))
    };
    let total = |role| {
        let values = shown().filter_map(|row| counted.numbers.number(row, role));
        values.sum::<f64>()
    };
    let rows = total(Role::Rows);
    (rows > 0.0).then(|| Saved {
        hours: total(Role::Value) / hour,
        sure: None,
        rows,
    })
}

/// The table, and where the price is set.
pub(super) fn table(ask: &Ask, all: &[Counted]) -> (RateTable, HourPrice) {
    let (price, is_price) = price(ask);
    let told = usd(price as f64);
    let rows: Vec<Rate> = all
        .iter()
        .filter_map(|counted| {
            let saved = saved(counted)?;
            let worth = |hours: f64| hours * price as f64;
            Some(Rate {
                label: counted.declared.title(ask.lang.code()).to_owned(),
                text: format!("{} USD", usd_whole(worth(saved.hours))),
                value: worth(saved.hours),
                sure: saved.sure.map_or_else(String::new, |(low, high)| {
                    format!(
                        "{} {} {}",
                        usd_whole(worth(low)),
                        ask.w("to", "a"),
                        usd_whole(worth(high))
                    )
                }),
                interval: saved.sure.map(|(low, high)| (worth(low), worth(high))),
                count: format!("n = {}", grouped(saved.rows as u64)),
            })
        })
        .collect();
    let definition = match ask.lang {
        Lang::Es => format!(
            "Horas ahorradas por quienes participan, a {told} USD por hora de camión: la diferencia por camión multiplicada por los camiones de los estratos comparados, o los minutos registrados como ahorrados. Bajo cero: tardaron más. El precio usual es el costo de operación de transportistas de EE. UU. en 2024 ({HOUR_SOURCE}); es dudoso para un cruce corto y no cuenta la carga. Las cifras no se suman: un mismo camión puede estar en varias."
        ),
        Lang::En => format!(
            "Hours saved by those who take part, at {told} USD an hour of a truck: the difference a truck times the trucks of the strata compared, or the minutes recorded as saved. Below zero: they took longer. The usual price is the operating cost of US carriers in 2024 ({HOUR_SOURCE}); it is unsure for a short haul over a bridge and does not count the cargo. Figures are not added up: one truck may be in several."
        ),
    };
    let withheld = match rows.is_empty() {
        true => ask
            .w(
                "No hours can be said to be saved yet: there are no groups of both sides that are large enough.",
                "Aún no puede decirse que se ahorraran horas: no hay grupos de ambos lados bastante grandes.",
            )
            .to_owned(),
        false => String::new(),
    };
    let table = RateTable {
        what: ask
            .w(
                "What the time saved is worth",
                "Lo que vale el tiempo ahorrado",
            )
            .to_owned(),
        definition,
        finding: String::new(),
        rows,
        withheld,
    };
    let fault = match is_price {
        true => String::new(),
        false => format!(
            "{} {PRICE_MAX}.",
            ask.w(
                "A price is a number with at most two decimals, from 0 to",
                "Un precio es un número con dos decimales a lo más, de 0 a"
            )
        ),
    };
    let price = HourPrice {
        name: MEMBER.to_owned(),
        value: format!("{}.{:02}", price / 100, price % 100),
        most: PRICE_MAX,
        hidden: ask
            .here
            .query
            .iter()
            .filter(|(name, _)| name != MEMBER)
            .cloned()
            .collect(),
        fault,
    };
    (table, price)
}

/// Cents as dollars with cents.
fn usd(cents: f64) -> String {
    format!("{:.2}", cents / 100.0)
}

/// Cents as whole dollars, with separators and a sign below zero.
fn usd_whole(cents: f64) -> String {
    let dollars = (cents / 100.0).round();
    let sign = if dollars < 0.0 { "−" } else { "" };
    format!("{sign}{}", grouped(dollars.abs() as u64))
}

#[cfg(test)]
mod tests {
    use super::{cents, usd_whole};

    #[test]
    fn a_price_is_plain() {
        for (text, wanted) in [
            ("90.89", Some(9_089)),
            ("90", Some(9_000)),
            ("90.5", Some(9_050)),
            ("0", Some(0)),
            ("10000", Some(1_000_000)),
            ("10001", None),
            ("-1", None),
            ("1e3", None),
            ("1.", None),
            (".5", None),
            ("1.234", None),
            ("999999999999999999999", None),
            ("٣", None),
        ] {
            assert_eq!(cents(text), wanted, "{text}");
        }
    }

    #[test]
    fn dollars_are_whole_and_signed() {
        assert_eq!(usd_whole(123_456_789.0), "1,234,568");
        assert_eq!(usd_whole(-9_089.0), "−91");
        assert_eq!(usd_whole(-20.0), "0");
    }
}
