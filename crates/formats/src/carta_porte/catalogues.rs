//! Catalogues of the tax authority: small and settled ones as tables, large ones by the form of their codes.
//!
//! A caller may hand in the codes of any catalogue by its name; they then count in place of ours.

mod codes;
pub(super) mod currencies;

use std::collections::{BTreeMap, BTreeSet};

use crate::country::alpha2;

/// Codes handed in by the caller, by the catalogue's name, such as `c_ClaveProdServCP`.
pub type CodeSets = BTreeMap<String, BTreeSet<String>>;

/// How the codes of a catalogue are known.
#[derive(Clone, Copy, Debug)]
enum Codes {
    /// All of them, here.
    Listed(&'static [&'static str]),
    /// By form: that many digits.
    Digits(usize, usize),
    /// By form: that many letters and digits.
    Alphanumeric(usize, usize),
    /// By form: a prefix and that many digits.
    Prefixed(&'static str, usize),
    /// By a rule.
    Rule(fn(&str) -> bool),
}

macro_rules! catalogues {
    ($($(#[$meta:meta])* $variant:ident $name:literal $codes:expr;)*) => {
        /// A catalogue of the tax authority.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
        pub enum Catalogue {
            $($(#[$meta])* $variant,)*
        }

        impl Catalogue {
            /// All catalogues.
            pub const ALL: &'static [Catalogue] = &[$(Catalogue::$variant,)*];

            /// The name that the authority gives it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Catalogue::$variant => $name,)*
                }
            }

            fn codes(self) -> Codes {
                match self {
                    $(Catalogue::$variant => $codes,)*
                }
            }
        }
    };
}

catalogues! {
    /// Customs regimes.
    RegimenAduanero "c_RegimenAduanero" Codes::Listed(codes::REGIMEN_ADUANERO);
    /// Means of transport.
    CveTransporte "c_CveTransporte" Codes::Listed(codes::CVE_TRANSPORTE);
    /// Kinds of station.
    TipoEstacion "c_TipoEstacion" Codes::Listed(codes::TIPO_ESTACION);
    /// Stations.
    Estaciones "c_Estaciones" Codes::Alphanumeric(3, 8);
    /// Units of weight: Recommendation 20 and, behind an X, Recommendation 21.
    ClaveUnidadPeso "c_ClaveUnidadPeso" Codes::Alphanumeric(1, 3);
    /// Units: Recommendation 20 and, behind an X, Recommendation 21.
    ClaveUnidad "c_ClaveUnidad" Codes::Alphanumeric(1, 3);
    /// Goods and services of a waybill.
    ClaveProdServCp "c_ClaveProdServCP" Codes::Digits(8, 8);
    /// Goods and services of a CFDI.
    ClaveProdServ "c_ClaveProdServ" Codes::Digits(8, 8);
    /// Goods of the US rail code.
    ClaveProdStcc "c_ClaveProdSTCC" Codes::Digits(6, 7);
    /// Dangerous goods, by their UN number; some have a letter behind it.
    MaterialPeligroso "c_MaterialPeligroso" Codes::Rule(|code| {
        code.len() <= 6 && code.is_char_boundary(4) && code.bytes().take(4).filter(u8::is_ascii_digit).count() == 4
    });
    /// Packings of dangerous goods.
    TipoEmbalaje "c_TipoEmbalaje" Codes::Listed(codes::TIPO_EMBALAJE);
    /// Permits.
    TipoPermiso "c_TipoPermiso" Codes::Listed(codes::TIPO_PERMISO);
    /// Vehicle configurations.
    ConfigAutotransporte "c_ConfigAutotransporte" Codes::Listed(codes::CONFIG_AUTOTRANSPORTE);
    /// Kinds of trailer.
    SubTipoRem "c_SubTipoRem" Codes::Listed(codes::SUB_TIPO_REM);
    /// Kinds of ship.
    ConfigMaritima "c_ConfigMaritima" Codes::Listed(codes::CONFIG_MARITIMA);
    /// Kinds of sea cargo.
    ClaveTipoCarga "c_ClaveTipoCarga" Codes::Listed(codes::CLAVE_TIPO_CARGA);
    /// Sea containers.
    ContenedorMaritimo "c_ContenedorMaritimo" Codes::Listed(codes::CONTENEDOR_MARITIMO);
    /// Shipping agents.
    NumAutorizacionNaviero "c_NumAutorizacionNaviero" Codes::Rule(|code| {
        code.len() <= 20 && code.starts_with("ANC") && code.contains('/')
    });
    /// Air carriers.
    CodigoTransporteAereo "c_CodigoTransporteAereo" Codes::Prefixed("CA", 3);
    /// Rail services.
    TipoDeServicio "c_TipoDeServicio" Codes::Listed(codes::TIPO_DE_SERVICIO);
    /// Rail traffic.
    TipoDeTrafico "c_TipoDeTrafico" Codes::Listed(codes::TIPO_DE_TRAFICO);
    /// Rights of way of railways.
    DerechosDePaso "c_DerechosDePaso" Codes::Prefixed("CDP", 3);
    /// Rail cars.
    TipoCarro "c_TipoCarro" Codes::Listed(codes::TIPO_CARRO);
    /// Rail containers.
    Contenedor "c_Contenedor" Codes::Listed(codes::CONTENEDOR);
    /// Transport figures.
    FiguraTransporte "c_FiguraTransporte" Codes::Listed(codes::FIGURA_TRANSPORTE);
    /// Parts of a transport.
    ParteTransporte "c_ParteTransporte" Codes::Listed(codes::PARTE_TRANSPORTE);
    /// Customs documents.
    DocumentoAduanero "c_DocumentoAduanero" Codes::Listed(codes::DOCUMENTO_ADUANERO);
    /// States of matter.
    TipoMateria "c_TipoMateria" Codes::Listed(codes::TIPO_MATERIA);
    /// Health sectors.
    SectorCofepris "c_SectorCOFEPRIS" Codes::Listed(codes::SECTOR_COFEPRIS);
    /// Pharmaceutical forms.
    FormaFarmaceutica "c_FormaFarmaceutica" Codes::Listed(codes::FORMA_FARMACEUTICA);
    /// Conditions of carriage.
    CondicionesEspeciales "c_CondicionesEspeciales" Codes::Listed(codes::CONDICIONES_ESPECIALES);
    /// Development poles of the isthmus.
    RegistroIstmo "c_RegistroISTMO" Codes::Listed(codes::REGISTRO_ISTMO);
    /// Reasons of a transfer abroad.
    MotivoTraslado "c_MotivoTraslado" Codes::Listed(codes::MOTIVO_TRASLADO);
    /// Pedimento keys.
    ClavePedimento "c_ClavePedimento" Codes::Listed(codes::CLAVE_PEDIMENTO);
    /// Incoterms.
    Incoterm "c_INCOTERM" Codes::Listed(codes::INCOTERM);
    /// Tariff codes; their form is checked where they stand.
    FraccionArancelaria "c_FraccionArancelaria" Codes::Digits(8, 10);
    /// Customs units.
    UnidadAduana "c_UnidadAduana" Codes::Listed(codes::UNIDAD_ADUANA);
    /// Forms of payment.
    FormaPago "c_FormaPago" Codes::Listed(codes::FORMA_PAGO);
    /// Currencies.
    Moneda "c_Moneda" Codes::Rule(currencies::known);
    /// Kinds of CFDI.
    TipoDeComprobante "c_TipoDeComprobante" Codes::Listed(codes::TIPO_DE_COMPROBANTE);
    /// Whether goods are exported.
    Exportacion "c_Exportacion" Codes::Listed(codes::EXPORTACION);
    /// Methods of payment.
    MetodoPago "c_MetodoPago" Codes::Listed(codes::METODO_PAGO);
    /// Postal codes of Mexico.
    CodigoPostal "c_CodigoPostal" Codes::Digits(5, 5);
    /// Periods of a global invoice.
    Periodicidad "c_Periodicidad" Codes::Listed(codes::PERIODICIDAD);
    /// Months of a global invoice.
    Meses "c_Meses" Codes::Listed(codes::MESES);
    /// How CFDIs relate.
    TipoRelacion "c_TipoRelacion" Codes::Listed(codes::TIPO_RELACION);
    /// Tax regimes.
    RegimenFiscal "c_RegimenFiscal" Codes::Listed(codes::REGIMEN_FISCAL);
    /// Uses of a CFDI.
    UsoCfdi "c_UsoCFDI" Codes::Listed(codes::USO_CFDI);
    /// Whether a line is taxed.
    ObjetoImp "c_ObjetoImp" Codes::Listed(codes::OBJETO_IMP);
    /// Taxes.
    Impuesto "c_Impuesto" Codes::Listed(codes::IMPUESTO);
    /// Kinds of tax factor.
    TipoFactor "c_TipoFactor" Codes::Listed(codes::TIPO_FACTOR);
    /// Countries of ISO 3166-1, and `ZZZ`, undeclared.
    Pais "c_Pais" Codes::Rule(|code| code == "ZZZ" || alpha2(code).is_some());
}

impl Catalogue {
    /// The catalogue of that name.
    pub fn from_name(name: &str) -> Option<Catalogue> {
        Self::ALL.iter().copied().find(|found| found.name() == name)
    }

    /// Whether the code is one of the catalogue's, as far as is known here or from the sets handed in.
    pub fn has(self, code: &str, sets: &CodeSets) -> bool {
        if let Some(codes) = sets.get(self.name()) {
            return codes.contains(code);
        }
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        match self.codes() {
            Codes::Listed(codes) => codes.contains(&code),
            Codes::Digits(least, most) => (least..=most).contains(&code.len()) && digits(code),
            Codes::Alphanumeric(least, most) => {
                (least..=most).contains(&code.len())
                    && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
            }
            Codes::Prefixed(prefix, count) => code
                .strip_prefix(prefix)
                .is_some_and(|rest| rest.len() == count && digits(rest)),
            Codes::Rule(rule) => rule(code),
        }
    }

    /// The codes, where they are few enough to be told in a message.
    pub fn listed(self) -> Option<&'static [&'static str]> {
        match self.codes() {
            Codes::Listed(codes) => Some(codes),
            Codes::Digits(..) | Codes::Alphanumeric(..) | Codes::Prefixed(..) | Codes::Rule(_) => {
                None
            }
        }
    }
}

/// Whether the state is one of the country's; `None` where the country's states are in no catalogue.
pub(super) fn state_of(country: &str, state: &str) -> Option<bool> {
    let states = match country {
        "MEX" => codes::STATES_MEXICO,
        "USA" => codes::STATES_USA,
        "CAN" => codes::PROVINCES_CANADA,
        _ => return None,
    };
    Some(states.contains(&state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_known_by_list_form_or_set() {
        let none = CodeSets::new();
        for (catalogue, good, bad) in [
            (Catalogue::RegimenAduanero, "IMD", "imd"),
            (Catalogue::SubTipoRem, "CTR032", "CTR033"),
            (Catalogue::ClaveProdServCp, "25174200", "2517420"),
            (Catalogue::MaterialPeligroso, "1170", "117"),
            (Catalogue::DerechosDePaso, "CDP001", "CDP1"),
            (Catalogue::Moneda, "USD", "USX"),
            (Catalogue::Pais, "MEX", "MX"),
            (Catalogue::Incoterm, "FCA", "FCB"),
        ] {
            assert!(catalogue.has(good, &none), "{good}");
            assert!(!catalogue.has(bad, &none), "{bad}");
            assert_eq!(Catalogue::from_name(catalogue.name()), Some(catalogue));
        }
        let sets = CodeSets::from([(
            "c_ClaveProdServCP".to_owned(),
            BTreeSet::from(["25174200".to_owned()]),
        )]);
        assert!(Catalogue::ClaveProdServCp.has("25174200", &sets));
        assert!(!Catalogue::ClaveProdServCp.has("25174201", &sets));
    }

    #[test]
    fn states_are_known_by_country() {
        assert_eq!(state_of("MEX", "NLE"), Some(true));
        assert_eq!(state_of("USA", "NLE"), Some(false));
        assert_eq!(state_of("GTM", "x"), None);
    }

    #[test]
    fn minor_digits_of_currencies() {
        for (code, digits) in [
            ("USD", Some(2)),
            ("MXN", Some(2)),
            ("JPY", Some(0)),
            ("KWD", Some(3)),
            ("XXX", None),
        ] {
            assert_eq!(currencies::minor_digits(code), digits, "{code}");
            assert!(currencies::known(code));
        }
    }
}
