//! What the XML schema can't say: sums, dates, references, and what a carriage of each kind needs.
//!
//! From SAT's validation matrix as practice knows it (`documents.md` §6); a rule that rests on practice alone is a
//! warning.

mod comprobante;
mod foreign_trade;
mod goods;
mod health;
mod places;
mod transport;

use super::catalogues::{Catalogue, CodeSets};
use super::document::*;
use super::node::Source;
use crate::decimal;
use crate::draft::{Places, Severity};

/// RFC of whoever has none in Mexico.
const FOREIGN: &str = "XEXX010101000";

/// Checks the whole document, adding faults.
pub(super) fn check(document: &CartaPorteDocument, source: &mut Source<'_>) {
    let mut check = Check {
        places: &mut source.places,
        sets: &source.reading.catalogues,
    };
    check.sets_are_known();
    if let Some(cfdi) = &document.cfdi {
        check.cfdi(cfdi, document.carta_porte.is_some());
        if let Some(foreign) = &cfdi.comercio_exterior {
            check.foreign_trade(cfdi, foreign);
        }
    }
    if let Some(node) = &document.carta_porte {
        check.carta_porte(node);
    }
}

struct Check<'a> {
    places: &'a mut Places,
    sets: &'a CodeSets,
}

impl Check<'_> {
    fn error(&mut self, code: &'static str, origin: &str, en: String, es: String) {
        self.places.fault(Severity::Error, code, origin, en, es);
    }

    fn warning(&mut self, code: &'static str, origin: &str, en: String, es: String) {
        self.places.fault(Severity::Warning, code, origin, en, es);
    }

    fn needs(&mut self, present: bool, code: &'static str, origin: &str, en: &str, es: &str) {
        if !present {
            self.error(code, origin, en.to_owned(), es.to_owned());
        }
    }

    /// As [`Check::needs`], where the rule is known from practice only.
    fn wants(&mut self, present: bool, code: &'static str, origin: &str, en: &str, es: &str) {
        if !present {
            self.warning(code, origin, en.to_owned(), es.to_owned());
        }
    }

    fn sum(&mut self, code: &'static str, origin: &str, name: &str, said: i128, counted: i128) {
        if said != counted {
            let (said, counted) = (decimal::text(said), decimal::text(counted));
            self.error(
                code,
                origin,
                format!("{name} says {said}, the parts sum up to {counted}"),
                format!("{name} dice {said}, las partes suman {counted}"),
            );
        }
    }

    fn version(&mut self, said: &str, right: &str, what: &str, origin: &str) {
        if !said.is_empty() && said != right {
            self.error(
                "version-unsupported",
                origin,
                format!("{what} {said} is not read as such; {right} is in force"),
                format!("no se lee {what} {said} como tal; la versión vigente es {right}"),
            );
        }
    }

    fn sets_are_known(&mut self) {
        for name in self.sets.keys() {
            if Catalogue::from_name(name).is_none() {
                let name: String = name.chars().take(60).collect();
                self.places.fault(
                    Severity::Warning,
                    "catalogue-unknown",
                    "",
                    format!("codes are configured for `{name}`, which no attribute uses"),
                    format!("hay claves configuradas para `{name}`, que ningún atributo usa"),
                );
            }
        }
    }

    fn carta_porte(&mut self, node: &CartaPorte) {
        self.version(&node.version, "3.1", "Carta Porte", "/carta_porte/version");
        self.locations(node);
        self.goods(node);
        self.transport(node);
        self.figures(node);
        self.isthmus(node);
        match node.transp_internac.as_str() {
            "Sí" => self.international(node),
            "No" => self.warning(
                "carta-porte-domestic",
                "/carta_porte/transp_internac",
                "TranspInternac is No: this carriage does not cross the border".to_owned(),
                "TranspInternac es No: este traslado no cruza la frontera".to_owned(),
            ),
            _ => {}
        }
    }

    /// Poles of the isthmus are told with the register, and only with it.
    fn isthmus(&mut self, node: &CartaPorte) {
        for (pole, field, name) in [
            (
                &node.ubicacion_polo_origen,
                "ubicacion_polo_origen",
                "UbicacionPoloOrigen",
            ),
            (
                &node.ubicacion_polo_destino,
                "ubicacion_polo_destino",
                "UbicacionPoloDestino",
            ),
        ] {
            match (node.registro_istmo.is_some(), pole.is_some()) {
                (true, false) => self.warning(
                    "isthmus-pole-missing",
                    "/carta_porte/registro_istmo",
                    format!("RegistroISTMO needs {name}"),
                    format!("RegistroISTMO necesita {name}"),
                ),
                (false, true) => self.warning(
                    "isthmus-register-missing",
                    &format!("/carta_porte/{field}"),
                    format!("{name} is told without RegistroISTMO"),
                    format!("se indica {name} sin RegistroISTMO"),
                ),
                _ => {}
            }
        }
    }

    /// A foreign party is known by its tax number and country.
    fn foreign_party(&mut self, rfc: Option<&str>, known: bool, origin: &str, names: (&str, &str)) {
        if rfc == Some(FOREIGN) && !known {
            let (number, country) = names;
            self.error(
                "foreign-party-incomplete",
                origin,
                format!("a foreign party ({FOREIGN}) needs {number} and {country}"),
                format!("una parte extranjera ({FOREIGN}) necesita {number} y {country}"),
            );
        }
    }

    /// State and postal code of an address in a country whose codes are known.
    fn address(&mut self, country: &str, state: &str, postal: &str, at: &str) {
        if super::catalogues::state_of(country, state) == Some(false) && !state.is_empty() {
            let state: String = state.chars().take(30).collect();
            self.warning(
                "state-unknown",
                &format!("{at}/estado"),
                format!("`{state}` is no state of {country} in c_Estado"),
                format!("`{state}` no es un estado de {country} en c_Estado"),
            );
        }
        if country == "MEX" && !postal.is_empty() && !Catalogue::CodigoPostal.has(postal, self.sets)
        {
            self.warning(
                "postal-code-unknown",
                &format!("{at}/codigo_postal"),
                "is no postal code of Mexico".to_owned(),
                "no es un código postal de México".to_owned(),
            );
        }
    }
}

/// Whether the amounts differ by more than rounding each to its last decimal can explain.
fn far_apart(said: i128, counted: i128, tolerance: i128) -> bool {
    (said - counted).abs() > tolerance
}

/// The product of two decimals, in millionths; `None` beyond what an amount can be.
fn product(one: i128, other: i128) -> Option<i128> {
    one.checked_mul(other).map(|product| product / decimal::ONE)
}

/// Half a unit of the last decimal that the text writes, in millionths, at least one millionth.
fn half_unit(text: &str) -> i128 {
    let places = text.split_once('.').map_or(0, |(_, part)| part.len());
    let mut unit = decimal::ONE;
    for _ in 0..places {
        unit /= 10;
    }
    (unit / 2).max(1)
}
