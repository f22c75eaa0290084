//! A party with its address.

use super::{city, set_code, set_text};
use crate::carta_porte::document::{Domicilio, DomicilioExterior};
use crate::country::alpha2;
use crate::draft::Builder;

/// The parts of an address, of either complement.
pub(super) struct Address<'a> {
    /// Pointer of the address in the document.
    pub(super) at: String,
    calle: Option<&'a str>,
    numbers: [Option<&'a str>; 2],
    city: Option<(&'a str, &'static str)>,
    estado: &'a str,
    codigo_postal: &'a str,
    pais: &'a str,
}

macro_rules! address {
    ($address:expr, $at:expr, $calle:expr) => {
        Address {
            at: $at,
            calle: $calle,
            numbers: [
                $address.numero_exterior.as_deref(),
                $address.numero_interior.as_deref(),
            ],
            city: city(&$address.localidad, &None)
                .map(|name| (name, "localidad"))
                .or_else(|| city(&None, &$address.municipio).map(|name| (name, "municipio"))),
            estado: &$address.estado,
            codigo_postal: &$address.codigo_postal,
            pais: &$address.pais,
        }
    };
}

impl<'a> Address<'a> {
    /// An address of a Carta Porte.
    pub(super) fn of(address: &'a Domicilio, at: String) -> Address<'a> {
        address!(address, at, address.calle.as_deref())
    }

    /// An address of the foreign-trade complement.
    pub(super) fn abroad(address: &'a DomicilioExterior, at: String) -> Address<'a> {
        address!(address, at, Some(&address.calle))
    }
}

/// Sets the party's name, or tells that it is missing.
pub(super) fn name(out: &mut Builder, record: usize, to: &str, name: &str, origin: &str) {
    let pointer = format!("{to}/partyName");
    if !set_text(out, record, &pointer, name, origin, (2, 200)) {
        out.missing(
            record,
            &pointer,
            "the party's name",
            "el nombre de la parte",
        );
    }
}

/// Sets street, city, state, postal code and country; a country that is not told is missing.
pub(super) fn address(out: &mut Builder, record: usize, to: &str, address: Option<&Address<'_>>) {
    let country = format!("{to}/country");
    let Some(address) = address else {
        out.missing(
            record,
            &country,
            "the country, two letters",
            "el país, dos letras",
        );
        return;
    };
    let at = &address.at;
    if let Some(calle) = address.calle {
        let street: Vec<&str> = std::iter::once(calle)
            .chain(address.numbers.into_iter().flatten())
            .collect();
        let pointer = format!("{to}/streetAddress");
        set_text(
            out,
            record,
            &pointer,
            &street.join(" "),
            &format!("{at}/calle"),
            (1, 200),
        );
    }
    if let Some((city, field)) = address.city {
        let pointer = format!("{to}/locality");
        set_text(
            out,
            record,
            &pointer,
            city,
            &format!("{at}/{field}"),
            (1, 100),
        );
    }
    let pointer = format!("{to}/region");
    set_text(
        out,
        record,
        &pointer,
        address.estado,
        &format!("{at}/estado"),
        (1, 50),
    );
    let postal = Some(address.codigo_postal);
    let origin = format!("{at}/codigo_postal");
    set_code(
        out,
        record,
        &format!("{to}/postalCode"),
        postal,
        &origin,
        (3, 10, " -"),
    );
    match alpha2(address.pais) {
        Some(code) => out.set(record, &country, code, &format!("{at}/pais")),
        None => out.missing(
            record,
            &country,
            "the country, two letters",
            "el país, dos letras",
        ),
    }
}

/// Sets a tax number of another country.
pub(super) fn foreign_number(
    out: &mut Builder,
    record: usize,
    to: &str,
    number: Option<&str>,
    origin: &str,
) {
    let pointer = format!("{to}/taxNumber");
    set_code(out, record, &pointer, number, origin, (5, 20, "-&Ñ"));
}
