//! Check digits and consistency tests, and the makers of right numbers for demonstrations and tests.

use super::IdentifierError;

pub(super) fn form(name: &'static str, form: &'static str) -> IdentifierError {
    IdentifierError::Form { name, form }
}

/// The value of a decimal digit as a character.
pub(super) fn digit(value: u32) -> char {
    char::from_digit(value % 10, 10).unwrap_or('0')
}

/// The check digit of a CBP entry number: filer code of 3, number of 7 digits (CATAIR; 19 CFR 142.3a).
///
/// # Errors
/// When filer or number don't have their form.
pub fn entry_check_digit(filer: &str, seven: &str) -> Result<char, IdentifierError> {
    let wrong = || form("entry-number", "[A-Z0-9]{3}-?[0-9]{7}");
    if filer.len() != 3 || seven.len() != 7 || !seven.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let mut sum = 0;
    for (index, letter) in filer.chars().chain(seven.chars()).enumerate() {
        let value = match letter {
            '0'..='9' => u32::from(letter) - u32::from('0'),
            'A'..='I' => u32::from(letter) - u32::from('A') + 1,
            'J'..='R' => u32::from(letter) - u32::from('J') + 1,
            'S'..='Z' => u32::from(letter) - u32::from('S') + 2,
            _ => return Err(wrong()),
        };
        sum += if index % 2 == 1 {
            let doubled = value * 2;
            if doubled > 9 { doubled - 9 } else { doubled }
        } else {
            value
        };
    }
    Ok(digit((10 - sum % 10) % 10))
}

/// A whole entry number in normal form.
///
/// # Errors
/// When filer or number don't have their form.
pub fn entry_number(filer: &str, seven: &str) -> Result<String, IdentifierError> {
    let check = entry_check_digit(filer, seven)?;
    Ok(format!("{filer}-{seven}-{check}"))
}

/// The in-bond number of an 8-digit serial: the serial and its remainder modulo 7.
///
/// # Errors
/// When the serial has more than 8 digits.
pub fn inbond_number(serial: u32) -> Result<String, IdentifierError> {
    if serial > 99_999_999 {
        return Err(form("inbond-number", "[0-9]{9}"));
    }
    Ok(format!("{serial:08}{}", serial % 7))
}

/// The check digit of a container's owner code, category letter and 6 digits (ISO 6346, annex A).
///
/// # Errors
/// When the ten characters don't have their form.
pub fn iso6346_check_digit(ten: &str) -> Result<char, IdentifierError> {
    let wrong = || form("container", "[A-Z]{3}[UJZ][0-9]{6}");
    if ten.len() != 10 {
        return Err(wrong());
    }
    let mut sum = 0;
    for (index, letter) in ten.chars().enumerate() {
        let value = match (index, letter) {
            (0..=3, 'A'..='Z') => {
                // A is 10; 11, 22 and 33 are skipped, since they are no use modulo 11.
                let index = u32::from(letter) - u32::from('A');
                index + 10 + index.div_ceil(10)
            }
            (4..=9, '0'..='9') => u32::from(letter) - u32::from('0'),
            _ => return Err(wrong()),
        };
        sum += value << index;
    }
    Ok(digit(sum % 11 % 10))
}

/// A whole container number.
///
/// # Errors
/// When prefix (4 letters) or serial (up to 6 digits) don't have their form.
pub fn iso6346_number(prefix: &str, serial: u32) -> Result<String, IdentifierError> {
    let ten = format!("{prefix}{serial:06}");
    let check = iso6346_check_digit(&ten)?;
    Ok(format!("{ten}{check}"))
}

/// The check digit of an RFC without its last character: 11 characters of a company, 12 of a person.
///
/// # Errors
/// When the length or a character does not fit.
pub fn rfc_check_digit(without_check: &str) -> Result<char, IdentifierError> {
    let wrong = || form("rfc", "[A-Z&Ñ]{3,4}[0-9]{6}[A-Z0-9]{2}");
    let letters: Vec<char> = without_check.chars().collect();
    let padded: Vec<char> = match letters.len() {
        11 => std::iter::once(' ').chain(letters).collect(),
        12 => letters,
        _ => return Err(wrong()),
    };
    let mut sum = 0;
    for (letter, weight) in padded.into_iter().zip((2..=13).rev()) {
        let value = match letter {
            '0'..='9' => u32::from(letter) - u32::from('0'),
            'A'..='N' => u32::from(letter) - u32::from('A') + 10,
            '&' => 24,
            'O'..='Z' => u32::from(letter) - u32::from('O') + 25,
            ' ' => 37,
            'Ñ' => 38,
            _ => return Err(wrong()),
        };
        sum += value * weight;
    }
    Ok(match sum % 11 {
        0 => '0',
        1 => 'A',
        rest => digit(11 - rest),
    })
}

/// The check character that belongs in the 9th place of a VIN, whatever stands there (49 CFR 565.15).
///
/// # Errors
/// When the value is not 17 characters of the VIN's alphabet.
pub fn vin_check_digit(vin: &str) -> Result<char, IdentifierError> {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let wrong = || form("vin", "[A-HJ-NPR-Z0-9]{17}");
    if vin.chars().count() != 17 {
        return Err(wrong());
    }
    let mut sum = 0;
    for (letter, weight) in vin.chars().zip(WEIGHTS) {
        let value = match letter {
            '0'..='9' => u32::from(letter) - u32::from('0'),
            'A'..='H' => u32::from(letter) - u32::from('A') + 1,
            'J'..='N' => u32::from(letter) - u32::from('J') + 1,
            'P' => 7,
            'R' => 9,
            'S'..='Z' => u32::from(letter) - u32::from('S') + 2,
            _ => return Err(wrong()),
        };
        sum += value * weight;
    }
    Ok(match sum % 11 {
        10 => 'X',
        rest => digit(rest),
    })
}

pub(super) fn compare(
    name: &'static str,
    found: Option<char>,
    expected: char,
) -> Result<(), IdentifierError> {
    if found == Some(expected) {
        Ok(())
    } else {
        Err(IdentifierError::CheckDigit { name, expected })
    }
}

pub(super) fn test_entry(value: &str) -> Result<(), IdentifierError> {
    let bare = value.replace('-', "");
    let (filer, rest) = bare.split_at_checked(3).unwrap_or((&bare, ""));
    if filer == "000" {
        return Err(IdentifierError::Part {
            name: "entry-number",
            part: "the filer code",
        });
    }
    let expected = entry_check_digit(filer, rest.get(..7).unwrap_or(""))?;
    compare("entry-number", rest.chars().nth(7), expected)
}

pub(super) fn test_inbond(value: &str) -> Result<(), IdentifierError> {
    let serial: u32 = value
        .get(..8)
        .and_then(|text| text.parse().ok())
        .unwrap_or(u32::MAX);
    compare("inbond-number", value.chars().nth(8), digit(serial % 7))
}

pub(super) fn test_container(value: &str) -> Result<(), IdentifierError> {
    let expected = iso6346_check_digit(value.get(..10).unwrap_or(""))?;
    compare("container", value.chars().nth(10), expected)
}

pub(super) fn test_rfc(value: &str) -> Result<(), IdentifierError> {
    // The generic RFCs of SAT stand for nobody in particular and don't follow the check digit.
    if matches!(value, "XAXX010101000" | "XEXX010101000") {
        return Ok(());
    }
    let letters: Vec<char> = value.chars().collect();
    let number = |from: usize| -> u32 {
        letters
            .get(from..from + 2)
            .and_then(|two| two.iter().collect::<String>().parse().ok())
            .unwrap_or(0)
    };
    let date = letters.len().saturating_sub(9);
    if !(1..=12).contains(&number(date + 2)) || !(1..=31).contains(&number(date + 4)) {
        return Err(IdentifierError::Part {
            name: "rfc",
            part: "the date",
        });
    }
    let (check, rest) = letters.split_last().unwrap_or((&' ', &[]));
    let expected = rfc_check_digit(&rest.iter().collect::<String>())?;
    compare("rfc", Some(*check), expected)
}

pub(super) fn test_pedimento(value: &str) -> Result<(), IdentifierError> {
    let bare = value.replace(' ', "");
    let at = |index: usize| {
        bare.chars()
            .nth(index)
            .and_then(|letter| letter.to_digit(10))
            .unwrap_or(99)
    };
    // Digit 9 is the last digit of the year; of the year before for consolidated ones and rectifications.
    if at(8) != at(1) && at(8) != (at(1) + 9) % 10 {
        return Err(IdentifierError::Part {
            name: "pedimento",
            part: "the year digit",
        });
    }
    if bare.get(9..15) == Some("000000") {
        return Err(IdentifierError::Part {
            name: "pedimento",
            part: "the running number",
        });
    }
    Ok(())
}

pub(super) fn test_itn(value: &str) -> Result<(), IdentifierError> {
    let number = |from: usize, to: usize| {
        value
            .get(from..to)
            .and_then(|text| text.parse::<i16>().ok())
            .unwrap_or(0)
    };
    let month = i8::try_from(number(5, 7)).unwrap_or(0);
    let day = i8::try_from(number(7, 9)).unwrap_or(0);
    if number(1, 5) < 2000 || jiff::civil::Date::new(number(1, 5), month, day).is_err() {
        return Err(IdentifierError::Part {
            name: "itn",
            part: "the date",
        });
    }
    Ok(())
}

pub(super) fn test_vin(value: &str) -> Result<(), IdentifierError> {
    let expected = vin_check_digit(value)?;
    compare("vin", value.chars().nth(8), expected)
}

pub(super) fn test_filer(value: &str) -> Result<(), IdentifierError> {
    match value {
        "000" => Err(IdentifierError::Part {
            name: "filer-code",
            part: "the number",
        }),
        _ => Ok(()),
    }
}

/// The check digit of a CURP's first 17 characters (RENAPO).
///
/// # Errors
/// When they are not 17 letters and digits.
pub fn curp_check_digit(seventeen: &str) -> Result<char, IdentifierError> {
    let wrong = || form("curp", "[A-Z0-9]{17}");
    if seventeen.chars().count() != 17 {
        return Err(wrong());
    }
    let mut sum = 0;
    for (letter, weight) in seventeen.chars().zip((2..=18).rev()) {
        // The alphabet has an Ñ between N and O.
        let value = match letter {
            '0'..='9' => u32::from(letter) - u32::from('0'),
            'A'..='N' => u32::from(letter) - u32::from('A') + 10,
            'Ñ' => 24,
            'O'..='Z' => u32::from(letter) - u32::from('O') + 25,
            _ => return Err(wrong()),
        };
        sum += value * weight;
    }
    Ok(digit((10 - sum % 10) % 10))
}

/// The states of Mexico in a CURP, and NE for those born abroad.
const CURP_STATES: &[&str] = &[
    "AS", "BC", "BS", "CC", "CL", "CM", "CS", "CH", "DF", "DG", "GT", "GR", "HG", "JC", "MC", "MN",
    "MS", "NT", "NL", "OC", "PL", "QT", "QR", "SP", "SL", "SR", "TC", "TS", "TL", "VZ", "YN", "ZS",
    "NE",
];

pub(super) fn test_curp(value: &str) -> Result<(), IdentifierError> {
    // The generic keys of foreigners stand for nobody in particular; one of them does not follow the check digit.
    if matches!(value, "XEXX010101HNEXXXA4" | "XEXX010101MNEXXXA8") {
        return Ok(());
    }
    let letters: Vec<char> = value.chars().collect();
    let part = |from: usize, to: usize| -> String {
        letters.get(from..to).unwrap_or_default().iter().collect()
    };
    let number = |from: usize| part(from, from + 2).parse::<u8>().unwrap_or(0);
    if !(1..=12).contains(&number(6)) || !(1..=31).contains(&number(8)) {
        return Err(IdentifierError::Part {
            name: "curp",
            part: "the date",
        });
    }
    if !CURP_STATES.contains(&part(11, 13).as_str()) {
        return Err(IdentifierError::Part {
            name: "curp",
            part: "the state",
        });
    }
    let expected = curp_check_digit(&part(0, 17))?;
    compare("curp", letters.get(17).copied(), expected)
}
