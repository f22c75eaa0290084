//! Making a manufacturer identification code from name and address.

/// Why no manufacturer identification code can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MidError {
    /// The country is not two letters.
    #[error("the country is two capitals; for Canada the code of its province")]
    Country,
    /// The name has no letter or digit.
    #[error("the name has no letter or digit")]
    Name,
    /// The city has no letter.
    #[error("the city has no letter")]
    City,
}

impl MidError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            MidError::Country => "mid-country",
            MidError::Name => "mid-name",
            MidError::City => "mid-city",
        }
    }

    /// The message in Spanish.
    pub fn es(self) -> &'static str {
        match self {
            MidError::Country => {
                "el país son dos mayúsculas; para Canadá, la clave de su provincia"
            }
            MidError::Name => "el nombre no tiene letras ni dígitos",
            MidError::City => "la ciudad no tiene letras",
        }
    }
}

/// The code of a manufacturer: country, two words of the name, number of the address line, city.
///
/// Of the name the first three letters of the first two words; of the address line up to four leading digits of its
/// largest number; of the city the first three letters. Accents are left off. The country of a Canadian
/// manufacturer is the code of its province. CBP Form 7501 instructions, appendix 2 (details unsure: words such as
/// articles, and initials, may be treated otherwise there).
///
/// # Errors
/// When country, name or city give nothing to make a code of.
pub fn manufacturer_id(
    country: &str,
    name: &str,
    address: &str,
    city: &str,
) -> Result<String, MidError> {
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(MidError::Country);
    }
    let words: Vec<String> = name
        .split_whitespace()
        .map(plain)
        .filter(|word| !word.is_empty())
        .collect();
    let mut out = country.to_owned();
    for word in words.iter().take(2) {
        out.extend(word.chars().take(3));
    }
    if out.len() == 2 {
        return Err(MidError::Name);
    }
    out.extend(largest_number(address).chars().take(4));
    let city: String = plain(city)
        .chars()
        .filter(char::is_ascii_alphabetic)
        .take(3)
        .collect();
    if city.is_empty() {
        return Err(MidError::City);
    }
    out.push_str(&city);
    Ok(out)
}

/// The largest number in the text, as written; empty where there is none.
fn largest_number(text: &str) -> &str {
    let numbers = text
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|digits| !digits.is_empty());
    // Of numbers without leading zeros the longer is the larger, and of one length the later in text order.
    numbers
        .max_by_key(|digits| {
            let bare = digits.trim_start_matches('0');
            (bare.len(), bare)
        })
        .unwrap_or("")
}

/// Capitals and digits, accents left off.
fn plain(text: &str) -> String {
    text.to_uppercase()
        .chars()
        .filter_map(|letter| match letter {
            'A'..='Z' | '0'..='9' => Some(letter),
            'Á' | 'À' | 'Â' | 'Ä' | 'Ã' => Some('A'),
            'É' | 'È' | 'Ê' | 'Ë' => Some('E'),
            'Í' | 'Ì' | 'Î' | 'Ï' => Some('I'),
            'Ó' | 'Ò' | 'Ô' | 'Ö' | 'Õ' => Some('O'),
            'Ú' | 'Ù' | 'Û' | 'Ü' => Some('U'),
            'Ñ' => Some('N'),
            'Ç' => Some('C'),
            _ => None,
        })
        .collect()
}
