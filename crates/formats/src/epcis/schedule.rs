//! When a standing query is due, EPCIS 2.0 §8.2.5.3: seconds, minutes, hours, days and months, as a table of times has them.
//!
//! Members that are left out stand for every value, but what is finer than the finest one given stands for its first: `hour: "1"` is one
//! o'clock sharp, not each second of that hour. All times are UTC.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Map, Value};

/// Looked ahead for the next time: 29 February comes every eight years at worst.
const DAYS_MAX: usize = 366 * 8 + 2;
/// Longest text of a member.
const TEXT_BYTES_MAX: usize = 200;

/// Members, least, most, as the standard names them.
const MEMBERS: &[(&str, u8, u8)] = &[
    ("second", 0, 59),
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("dayOfMonth", 1, 31),
    ("month", 1, 12),
    ("dayOfWeek", 1, 7),
];

/// Times at which a query is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    seconds: BTreeSet<u8>,
    minutes: BTreeSet<u8>,
    hours: BTreeSet<u8>,
    days: BTreeSet<u8>,
    months: BTreeSet<u8>,
    weekdays: BTreeSet<u8>,
}

/// A schedule that cannot be kept: the standard's `SubscriptionControlsException`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// Stable code.
    pub code: &'static str,
    /// The member.
    pub member: String,
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
}

impl Schedule {
    /// Reads a schedule: texts of numbers and ranges parted by commas (`0,[15-20]`), or steps (`0/30`).
    ///
    /// # Errors
    /// All slips at once; one that never comes is one.
    pub fn read(value: &Value) -> Result<Schedule, Vec<Slip>> {
        let Value::Object(members) = value else {
            return Err(vec![slip(
                "schedule-malformed",
                "schedule",
                "a schedule is an object",
                "un horario es un objeto",
            )]);
        };
        let mut slips: Vec<Slip> = members
            .keys()
            .filter(|name| !MEMBERS.iter().any(|(known, _, _)| known == name))
            .map(|name| {
                slip(
                    "schedule-member-unknown",
                    name,
                    "a schedule has second, minute, hour, dayOfMonth, month, dayOfWeek",
                    "un horario tiene second, minute, hour, dayOfMonth, month, dayOfWeek",
                )
            })
            .collect();
        if members.is_empty() {
            slips.push(slip(
                "schedule-empty",
                "schedule",
                "a schedule names at least one time",
                "un horario dice al menos una hora",
            ));
        }
        let mut sets = MEMBERS.iter().enumerate().map(|(at, (name, least, most))| {
            match set(members, name, *least, *most) {
                Ok(Some(found)) => found,
                Ok(None) => {
                    // Hours, minutes and seconds that are finer than anything given stand for their first.
                    let coarser_only = at < 3
                        && MEMBERS
                            .iter()
                            .take(at)
                            .all(|(finer, _, _)| !members.contains_key(*finer));
                    if coarser_only {
                        BTreeSet::from([*least])
                    } else {
                        (*least..=*most).collect()
                    }
                }
                Err(found) => {
                    slips.push(found);
                    BTreeSet::from([*least])
                }
            }
        });
        let mut next = || sets.next().unwrap_or_default();
        let schedule = Schedule {
            seconds: next(),
            minutes: next(),
            hours: next(),
            days: next(),
            months: next(),
            weekdays: next(),
        };
        drop(sets);
        if slips.is_empty() && schedule.next_after(0).is_none() {
            slips.push(slip(
                "schedule-never",
                "schedule",
                "such a day never comes",
                "ese día no llega nunca",
            ));
        }
        if slips.is_empty() {
            Ok(schedule)
        } else {
            Err(slips)
        }
    }

    /// The first time after an instant, both in ms since 1970 UTC.
    pub fn next_after(&self, after_ms: i64) -> Option<i64> {
        let mut date = Offset::UTC
            .to_datetime(Timestamp::from_millisecond(after_ms).ok()?)
            .date();
        for day in 0..DAYS_MAX {
            if self.is_due_on(date) {
                let found = self.times().find_map(|time| {
                    let at = Offset::UTC
                        .to_timestamp(date.to_datetime(time))
                        .ok()?
                        .as_millisecond();
                    (day > 0 || at > after_ms).then_some(at)
                });
                if found.is_some() {
                    return found;
                }
            }
            date = date.checked_add(1.day()).ok()?;
        }
        None
    }

    fn is_due_on(&self, date: Date) -> bool {
        let number = |value: i8| u8::try_from(value).unwrap_or(0);
        self.months.contains(&number(date.month()))
            && self.days.contains(&number(date.day()))
            && self.weekdays.contains(&weekday(date.weekday()))
    }

    fn times(&self) -> impl Iterator<Item = Time> + '_ {
        let signed = |value: &u8| i8::try_from(*value).unwrap_or(0);
        self.hours.iter().flat_map(move |hour| {
            self.minutes.iter().flat_map(move |minute| {
                self.seconds.iter().filter_map(move |second| {
                    Time::new(signed(hour), signed(minute), signed(second), 0).ok()
                })
            })
        })
    }
}

fn weekday(day: Weekday) -> u8 {
    u8::try_from(day.to_monday_one_offset()).unwrap_or(0)
}

fn set(
    members: &Map<String, Value>,
    name: &str,
    least: u8,
    most: u8,
) -> Result<Option<BTreeSet<u8>>, Slip> {
    let Some(value) = members.get(name) else {
        return Ok(None);
    };
    let wrong = || {
        slip(
            "schedule-malformed",
            name,
            format!(
                "`{name}` is a text of numbers {least} to {most} and ranges, as in `0,[15-20]`"
            ),
            format!(
                "`{name}` es un texto de números de {least} a {most} e intervalos, como `0,[15-20]`"
            ),
        )
    };
    let text = value
        .as_str()
        .filter(|text| text.len() <= TEXT_BYTES_MAX)
        .ok_or_else(wrong)?;
    let number = |text: &str| -> Option<u8> {
        (!text.is_empty() && text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse().ok())
            .flatten()
            .filter(|found| (least..=most).contains(found))
    };
    let mut found = BTreeSet::new();
    for element in text.split(',') {
        if let Some(range) = element
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            let (low, high) = range.split_once('-').ok_or_else(wrong)?;
            let (low, high) = (
                number(low).ok_or_else(wrong)?,
                number(high).ok_or_else(wrong)?,
            );
            if low > high {
                return Err(wrong());
            }
            found.extend(low..=high);
        } else if let Some((start, step)) = element.split_once('/') {
            let start = if start == "*" {
                least
            } else {
                number(start).ok_or_else(wrong)?
            };
            let step: u8 = step
                .parse()
                .ok()
                .filter(|step| *step > 0)
                .ok_or_else(wrong)?;
            found.extend((start..=most).step_by(usize::from(step)));
        } else {
            found.insert(number(element).ok_or_else(wrong)?);
        }
    }
    Ok(Some(found))
}

fn slip(code: &'static str, member: &str, en: impl Into<String>, es: impl Into<String>) -> Slip {
    Slip {
        code,
        member: super::check::cut(member),
        en: en.into(),
        es: es.into(),
    }
}
