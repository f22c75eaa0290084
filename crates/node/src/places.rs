//! Time zones of the border's places: Schedule D ports and Mexican customs offices (aduanas), by code.

use std::collections::BTreeMap;

const PLACES: &str = include_str!("../data/places.csv");

/// Place code -> IANA zone.
pub fn zones() -> BTreeMap<String, String> {
    PLACES
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(',');
            Some((cells.next()?.to_owned(), cells.next()?.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_sides_of_laredo_are_known() {
        let zones = super::zones();
        assert_eq!(
            zones.get("2304").map(String::as_str),
            Some("America/Chicago")
        );
        assert_eq!(
            zones.get("240").map(String::as_str),
            Some("America/Matamoros")
        );
    }
}
