//! What places are compared by, and how much each counts: ready made, or as the address says.

use garita_profile::promises::ranking::Direction;

use crate::console::{Address, Lang};

/// Something that is measured of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measure {
    /// Its code.
    pub(super) code: &'static str,
    /// Which way is more pressing.
    pub(super) direction: Direction,
    /// A figure older than this many days is old.
    pub(super) limit_days: i64,
}

const fn more(code: &'static str, limit_days: i64) -> Measure {
    Measure {
        code,
        direction: Direction::More,
        limit_days,
    }
}

const fn less(code: &'static str, limit_days: i64) -> Measure {
    Measure {
        code,
        direction: Direction::Less,
        limit_days,
    }
}

/// All of them. Counts of a year are old after eighteen months, waits after three, what is built after five years.
pub(super) const MEASURES: [Measure; 11] = [
    more("trucks-a-year", 550),
    more("trucks-growth", 550),
    more("trains-a-year", 550),
    more("value-of-trade", 550),
    more("wait-minutes-median", 92),
    more("wait-minutes-p90", 92),
    less("truck-crossings", 1_826),
    less("booths", 1_826),
    less("hours-open-a-week", 1_826),
    more("immex-jobs", 550),
    less("projects-planned", 550),
];

/// A weight for each measure, in their order.
pub(super) type Weights = [u32; MEASURES.len()];

/// The most that one weight may be.
const MOST: u32 = 100;

/// Weights ready made, by name: what plants of a kind ask of a port.
///
/// Power and water themselves are measured of zones and aquifers, not of ports: those two presets hold what such plants move.
///
/// None weighs how many crossings take trucks. A place with one crossing and few trucks would be pressed more than one whose four bridges are
/// full: it is the load that presses, and that is in the trucks and the waits. Who wants it sets its weight himself.
pub(super) const PRESETS: [(&str, &str, &str, Weights); 5] = [
    (
        "equal",
        "Equal",
        "Iguales",
        [10, 10, 10, 10, 10, 10, 0, 10, 10, 10, 10],
    ),
    (
        "power-hungry",
        "Power-hungry plants",
        "Plantas de alto consumo eléctrico",
        [20, 15, 30, 25, 0, 0, 0, 0, 0, 0, 10],
    ),
    (
        "water-hungry",
        "Water-hungry plants",
        "Plantas de alto consumo de agua",
        [45, 0, 15, 0, 0, 20, 0, 0, 20, 0, 0],
    ),
    (
        "just-in-time",
        "Just in time",
        "Justo a tiempo",
        [25, 10, 0, 0, 20, 30, 0, 5, 10, 0, 0],
    ),
    (
        "engineering-heavy",
        "Engineering-heavy plants",
        "Plantas con mucha ingeniería",
        [15, 0, 0, 25, 15, 0, 0, 0, 0, 35, 10],
    ),
];

/// Weights, and the preset that they are, if they are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) weights: Weights,
}

impl Default for Chosen {
    fn default() -> Chosen {
        Chosen {
            weights: PRESETS[0].3,
        }
    }
}

impl Chosen {
    /// The preset that these weights are.
    pub(super) fn preset(&self) -> Option<&'static str> {
        let same = PRESETS.iter().find(|(.., w)| *w == self.weights);
        same.map(|(name, ..)| *name)
    }

    /// By the address: a preset, and over it what `w-NAME` says.
    ///
    /// # Errors
    /// In words of both languages, what is wrong with the first that is.
    pub(super) fn of(here: &Address) -> Result<Chosen, [String; 2]> {
        let name = here.value("preset");
        let mut weights = match PRESETS.iter().find(|(known, ..)| *known == name) {
            Some((.., weights)) => *weights,
            None if name.is_empty() => PRESETS[0].3,
            None => {
                return Err([
                    format!("There is no preset `{}`.", short(name)),
                    format!("No hay ponderaciones con el nombre `{}`.", short(name)),
                ]);
            }
        };
        for (member, value) in &here.query {
            let Some(code) = member.strip_prefix("w-") else {
                continue;
            };
            let at = MEASURES.iter().position(|m| m.code == code);
            let Some(weight) = at.and_then(|at| weights.get_mut(at)) else {
                return Err([
                    format!("`{}` is the weight of no indicator.", short(member)),
                    format!(
                        "`{}` no es la ponderación de ningún indicador.",
                        short(member)
                    ),
                ]);
            };
            let plain = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
            match value.parse::<u32>() {
                Ok(given) if plain && given <= MOST => *weight = given,
                _ => {
                    return Err([
                        format!(
                            "`{member}` should be a whole number from 0 to {MOST}, not `{}`.",
                            short(value)
                        ),
                        format!(
                            "`{member}` debería ser un número entero de 0 a {MOST}, no `{}`.",
                            short(value)
                        ),
                    ]);
                }
            }
        }
        if weights.iter().all(|w| *w == 0) {
            return Err([
                "All weights are 0: nothing would count.".to_owned(),
                "Todas las ponderaciones son 0: nada contaría.".to_owned(),
            ]);
        }
        Ok(Chosen { weights })
    }
}

/// A preset's name in words.
pub(super) fn preset_name(name: &str, lang: Lang) -> &'static str {
    let found = PRESETS.iter().find(|(known, ..)| *known == name);
    found.map_or("", |(_, en, es, _)| match lang {
        Lang::En => en,
        Lang::Es => es,
    })
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}
