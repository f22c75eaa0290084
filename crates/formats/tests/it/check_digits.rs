//! Every single wrong digit of a right number: refused, but where the scheme itself can't tell.

use garita_formats::identifiers::{self, ALL};

/// Whether the scheme of that identifier can't tell the digit at a position (from 0, in characters) from another.
fn blind(name: &str, value: &str, at: usize, from: u32, to: u32) -> bool {
    let letters: Vec<char> = value.chars().collect();
    match name {
        // The serial modulo 7: two digits of one remainder look alike, in any place but the last.
        "inbond-number" => at < 8 && from % 7 == to % 7,
        // Remainders 10 and 0 share the check digit 0.
        "container" => {
            let sum = |digit: u32| -> u32 {
                let mut sum = 0;
                for (index, letter) in letters.iter().take(10).enumerate() {
                    let value = match letter.to_digit(10) {
                        _ if index == at => digit,
                        Some(digit) => digit,
                        None => {
                            let plain = u32::from(*letter) - u32::from('A') + 10;
                            if plain > 10 {
                                plain + 1 + (plain - 11) / 10
                            } else {
                                plain
                            }
                        }
                    };
                    sum += value << index;
                }
                sum % 11
            };
            at < 10 && sum(from) % 10 == sum(to) % 10
        }
        // Weights 18 to 2 modulo 10: even ones, 5, 10 and 15 lose something.
        "curp" => at < 17 && (from.abs_diff(to) as usize * (18 - at)).is_multiple_of(10),
        _ => false,
    }
}

/// The identifiers whose digits are guarded by a check digit, with the positions that it guards.
fn guarded(name: &str) -> bool {
    matches!(
        name,
        "entry-number"
            | "inbond-number"
            | "container"
            | "rfc"
            | "vin"
            | "curp"
            | "clabe"
            | "iban"
            | "routing-number"
            | "lei"
    )
}

#[test]
fn every_single_wrong_digit_is_refused() {
    let mut tried = 0;
    for row in ALL.iter().filter(|row| guarded(row.name)) {
        for good in row.examples {
            // The generic numbers that stand for nobody are exempt from the check digit.
            if matches!(*good, "XAXX010101000" | "XEXX010101000") {
                continue;
            }
            for (at, letter) in good.chars().enumerate() {
                let Some(from) = letter.to_digit(10) else {
                    continue;
                };
                for to in (0..10).filter(|to| *to != from) {
                    let wrong: String = good
                        .chars()
                        .enumerate()
                        .map(|(index, letter)| match index == at {
                            true => char::from_digit(to, 10).unwrap(),
                            false => letter,
                        })
                        .collect();
                    tried += 1;
                    let passes = row.check(&wrong).is_ok();
                    // A part that is not possible (month 13) is refused also where the digit can't tell.
                    let blind = blind(row.name, good, at, from, to);
                    assert!(!passes || blind, "{} {good}: {wrong} passes", row.name);
                    if blind && !matches!(row.name, "curp") {
                        assert!(passes, "{} {good}: {wrong} is told", row.name);
                    }
                }
            }
        }
    }
    assert!(tried > 2_500, "{tried}");
}

#[test]
fn whoever_has_a_check_digit_is_in_this_test() {
    for row in ALL {
        let told = row.check_digit.contains("modulo") || row.check_digit.contains("Luhn");
        assert_eq!(told, guarded(row.name), "{}: {}", row.name, row.check_digit);
    }
}

#[test]
fn swapped_neighbours_are_told_where_the_scheme_can() {
    // 3-7-1 misses neighbours that differ by 5; 97 misses none.
    for (name, good, wrong, told) in [
        ("clabe", "032180000118359719", "302180000118359719", true),
        ("routing-number", "021150706", "021105706", false),
        (
            "iban",
            "DE89370400440532013000",
            "DE89730400440532013000",
            true,
        ),
        ("lei", "5493001KJTIIGC8Y1R12", "4593001KJTIIGC8Y1R12", true),
    ] {
        assert_eq!(identifiers::check(name, good), Some(true), "{good}");
        assert_eq!(identifiers::check(name, wrong), Some(!told), "{wrong}");
    }
}
