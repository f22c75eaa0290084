//! Countries by two and by three letters (ISO 3166-1), as far as trade across this border names them.

/// Two letters and three.
const COUNTRIES: &[(&str, &str)] = &[
    ("AR", "ARG"),
    ("AT", "AUT"),
    ("AU", "AUS"),
    ("BD", "BGD"),
    ("BE", "BEL"),
    ("BG", "BGR"),
    ("BO", "BOL"),
    ("BR", "BRA"),
    ("CA", "CAN"),
    ("CH", "CHE"),
    ("CL", "CHL"),
    ("CN", "CHN"),
    ("CO", "COL"),
    ("CR", "CRI"),
    ("CZ", "CZE"),
    ("DE", "DEU"),
    ("DK", "DNK"),
    ("DO", "DOM"),
    ("EC", "ECU"),
    ("EG", "EGY"),
    ("ES", "ESP"),
    ("FI", "FIN"),
    ("FR", "FRA"),
    ("GB", "GBR"),
    ("GR", "GRC"),
    ("GT", "GTM"),
    ("HK", "HKG"),
    ("HN", "HND"),
    ("HU", "HUN"),
    ("ID", "IDN"),
    ("IE", "IRL"),
    ("IL", "ISR"),
    ("IN", "IND"),
    ("IT", "ITA"),
    ("JP", "JPN"),
    ("KH", "KHM"),
    ("KR", "KOR"),
    ("LU", "LUX"),
    ("MA", "MAR"),
    ("MX", "MEX"),
    ("MY", "MYS"),
    ("NI", "NIC"),
    ("NL", "NLD"),
    ("NO", "NOR"),
    ("NZ", "NZL"),
    ("PA", "PAN"),
    ("PE", "PER"),
    ("PH", "PHL"),
    ("PK", "PAK"),
    ("PL", "POL"),
    ("PT", "PRT"),
    ("PY", "PRY"),
    ("RO", "ROU"),
    ("SA", "SAU"),
    ("SE", "SWE"),
    ("SG", "SGP"),
    ("SI", "SVN"),
    ("SK", "SVK"),
    ("SV", "SLV"),
    ("TH", "THA"),
    ("TN", "TUN"),
    ("TR", "TUR"),
    ("TW", "TWN"),
    ("UA", "UKR"),
    ("US", "USA"),
    ("UY", "URY"),
    ("VE", "VEN"),
    ("VN", "VNM"),
    ("ZA", "ZAF"),
];

/// The two letters of a country given by two or three letters; any two capitals stand as they are.
pub(crate) fn two_letters(code: &str) -> Option<&str> {
    if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Some(code);
    }
    COUNTRIES
        .iter()
        .find(|(_, three)| *three == code)
        .map(|(two, _)| *two)
}

/// The country that somebody wrote out, in English or Spanish, for the three of the treaty.
pub(crate) fn by_name(name: &str) -> Option<&'static str> {
    match name.trim().to_lowercase().as_str() {
        "mexico" | "méxico" | "estados unidos mexicanos" => Some("MX"),
        "united states" | "united states of america" | "usa" | "estados unidos" => Some("US"),
        "canada" | "canadá" => Some("CA"),
        _ => None,
    }
}
