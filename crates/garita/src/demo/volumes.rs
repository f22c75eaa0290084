//! How many trucks cross at Laredo, and how they spread over a day: facts with their sources, assumptions said as such.
//!
//! The demo takes one truck in [`Volumes::one_in`] northbound, and half as many southbound; its summary says so.

/// One northbound truck in so many is shown: as many as four nodes on two cores pass on within a tenth of a second.
pub(crate) const ONE_IN: u32 = 6;

/// A number of the field with where it comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fact {
    /// What it counts.
    pub(crate) name: &'static str,
    /// The number.
    pub(crate) value: f64,
    /// Who published it, or `assumption` and why.
    pub(crate) source: &'static str,
}

/// Trucks that entered at Laredo (Schedule D 2304) in 2024, both truck bridges together.
pub(crate) const NORTHBOUND_2024: Fact = Fact {
    name: "trucks northbound, Laredo, 2024",
    value: 3_026_632.0,
    source: "BTS Border Crossing Entry Data, measure Trucks, port 2304, sum of the monthly rows of 2024",
};

/// Trucks that left for Mexico in the same year.
pub(crate) const SOUTHBOUND_2024: Fact = Fact {
    name: "trucks southbound, Laredo, 2024",
    value: 3_026_632.0,
    source: "assumption: as many as northbound; neither CBP nor BTS counts them. City figures of 15,000 to 18,000 trucks a day in both directions agree",
};

/// Days over which the year is spread.
pub(crate) const DAYS: Fact = Fact {
    name: "days of the year",
    value: 366.0,
    source: "calendar of 2024; an average day, though weekdays carry more (assumption)",
};

/// Share of northbound trucks in the FAST lane.
pub(crate) const FAST_SHARE: Fact = Fact {
    name: "share of FAST trucks",
    value: 0.14,
    source: "assumption: no public count by lane for Laredo; FAST lanes exist at the World Trade Bridge (CBP wait-times feed)",
};

/// Share of northbound trucks without cargo.
pub(crate) const EMPTY_SHARE: Fact = Fact {
    name: "share of trucks without cargo",
    value: 0.26,
    source: "assumption: BTS counts of empty containers at Laredo before late 2023 lie near a quarter; later rows are not usable",
};

/// Share sent to secondary inspection at the US booth.
pub(crate) const REFERRED_SHARE: Fact = Fact {
    name: "share referred at primary",
    value: 0.08,
    source: "assumption: no public figure",
};

/// Share that gets the red light of Mexican customs.
pub(crate) const RED_SHARE: Fact = Fact {
    name: "share of red lights",
    value: 0.06,
    source: "assumption: no public figure for Nuevo Laredo",
};

/// Opening hours of the World Trade Bridge, Monday to Friday, local.
pub(crate) const OPEN_HOURS: std::ops::Range<u8> = 7..24;

/// Hundredths of a day's trucks in each local hour; an assumption that follows the opening hours 7:00-24:00.
///
/// The curve rises until early afternoon and falls after eight in the evening, as the City's bridge describes its days.
const HOURLY: [f64; 24] = [
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 4.5, 6.0, 6.5, 7.0, 7.2, 7.2, 7.2, 7.2, 7.0, 7.0, 6.8, 6.5,
    6.0, 5.0, 4.0, 3.0, 1.9,
];

/// The volumes as sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Volumes {
    /// One northbound truck in so many is shown; southbound one in twice as many.
    pub(crate) one_in: u32,
}

impl Default for Volumes {
    fn default() -> Volumes {
        Volumes { one_in: ONE_IN }
    }
}

impl Volumes {
    /// Sampled northbound trucks in an hour that begins at a local hour of the day.
    pub(crate) fn northbound_an_hour(self, hour: u8) -> f64 {
        self.an_hour(NORTHBOUND_2024, hour)
    }

    /// Sampled southbound trucks in an hour that begins at a local hour of the day.
    pub(crate) fn southbound_an_hour(self, hour: u8) -> f64 {
        self.an_hour(SOUTHBOUND_2024, hour) / 2.0
    }

    fn an_hour(self, year: Fact, hour: u8) -> f64 {
        if !OPEN_HOURS.contains(&hour) {
            return 0.0;
        }
        let share = HOURLY.get(usize::from(hour)).copied().unwrap_or(0.0) / 100.0;
        year.value / DAYS.value * share / f64::from(self.one_in.max(1))
    }

    /// What the summary says of the sampling, in English and Spanish.
    pub(crate) fn note(self) -> (String, String) {
        let one_in = self.one_in.max(1);
        let half = one_in * 2;
        (
            format!(
                "Laredo had {:.0} trucks northbound in 2024 (BTS); shown: one in {one_in} northbound, one in {half} southbound. \
                 Southbound volume, hours and shares are assumptions.",
                NORTHBOUND_2024.value
            ),
            format!(
                "Laredo tuvo {:.0} camiones hacia el norte en 2024 (BTS); se muestran uno de cada {one_in} hacia el norte y uno de cada {half} \
                 hacia el sur. El volumen hacia el sur, las horas y las proporciones son supuestos.",
                NORTHBOUND_2024.value
            ),
        )
    }
}

/// All facts, for the account.
pub(crate) const FACTS: [Fact; 7] = [
    NORTHBOUND_2024,
    SOUTHBOUND_2024,
    DAYS,
    FAST_SHARE,
    EMPTY_SHARE,
    REFERRED_SHARE,
    RED_SHARE,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hours_of_a_day_make_the_day() {
        let sum: f64 = HOURLY.iter().sum();
        assert!((sum - 100.0).abs() < 0.001, "{sum}");
        let volumes = Volumes { one_in: 1 };
        let day: f64 = (0..24).map(|hour| volumes.northbound_an_hour(hour)).sum();
        assert!((day - 3_026_632.0 / 366.0).abs() < 1.0, "{day}");
        assert!(volumes.northbound_an_hour(3).abs() < f64::EPSILON);
    }
}
