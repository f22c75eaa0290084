//! Documents made from the tables themselves: any field that a table has is in some of them.

use crate::carta_porte::catalogues::Catalogue;
use crate::carta_porte::document::*;
use crate::carta_porte::fields::{AttributeRule, Form};
use crate::carta_porte::node::{Node, Piece};
use crate::carta_porte::*;
use crate::xml::Writer;

/// Numbers from a seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x00D1_CE00)
    }

    pub(crate) fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(most.max(1)).unwrap()).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// How much of what is optional is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fullness {
    /// By chance.
    Some,
    /// All of it, lists with two items.
    All,
}

/// A document as XML: CFDI with one or both complements, or the bare node.
pub(crate) fn xml(dice: &mut Dice, fullness: Fullness) -> String {
    let mut out = Writer::new();
    let all = fullness == Fullness::All;
    if !all && dice.below(8) == 0 {
        element(
            CartaPorte::NODE,
            "cartaporte31",
            true,
            dice,
            fullness,
            &mut out,
        );
        return out.finish();
    }
    let both = all || dice.below(3) == 0;
    let foreign = both || dice.below(2) == 0;
    let mut attributes = vec![
        ("xmlns:cfdi".to_owned(), NAMESPACE_CFDI.to_owned()),
        (
            "xmlns:cce20".to_owned(),
            NAMESPACE_COMERCIO_EXTERIOR.to_owned(),
        ),
        (
            "xmlns:cartaporte31".to_owned(),
            NAMESPACE_CARTA_PORTE.to_owned(),
        ),
    ];
    attributes.extend(values(Comprobante::NODE, dice, fullness));
    open("cfdi:Comprobante", &attributes, &mut out);
    children(Comprobante::NODE, "cfdi", dice, fullness, &mut out);
    out.open("cfdi:Complemento", &[]);
    if foreign {
        element(
            ComercioExterior::NODE,
            "cce20",
            false,
            dice,
            fullness,
            &mut out,
        );
    }
    if both || !foreign {
        element(
            CartaPorte::NODE,
            "cartaporte31",
            false,
            dice,
            fullness,
            &mut out,
        );
    }
    if all || dice.below(2) == 0 {
        element(Timbre::NODE, "tfd", true, dice, fullness, &mut out);
    }
    out.finish()
}

fn open(name: &str, attributes: &[(String, String)], out: &mut Writer) {
    let borrowed: Vec<(&str, &str)> = attributes
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    out.open(name, &borrowed);
}

fn element(
    node: &Node,
    prefix: &str,
    declared: bool,
    dice: &mut Dice,
    fullness: Fullness,
    out: &mut Writer,
) {
    let mut attributes = Vec::new();
    if declared {
        let namespace = match prefix {
            "tfd" => NAMESPACE_TIMBRE,
            _ => NAMESPACE_CARTA_PORTE,
        };
        attributes.push((format!("xmlns:{prefix}"), namespace.to_owned()));
    }
    attributes.extend(values(node, dice, fullness));
    open(&format!("{prefix}:{}", node.element), &attributes, out);
    children(node, prefix, dice, fullness, out);
    out.close();
}

fn children(node: &Node, prefix: &str, dice: &mut Dice, fullness: Fullness, out: &mut Writer) {
    let way = dice.below(4);
    for child in node.children {
        let name = child.node.element;
        let least = match name {
            "Ubicacion" => 2,
            "Emisor"
            | "Receptor"
            | "Mercancia"
            | "Mercancias"
            | "Concepto"
            | "Carro"
            | "CfdiRelacionado"
            | "Seguros"
            | "IdentificacionVehicular" => 1,
            // The foreign-trade schema wants an address of each party.
            "Domicilio" if prefix == "cce20" => 1,
            _ => 0,
        };
        let most = if child.many { 2 } else { 1 };
        let transport = [
            "Autotransporte",
            "TransporteMaritimo",
            "TransporteAereo",
            "TransporteFerroviario",
        ];
        let count = match (fullness, transport.iter().position(|known| *known == name)) {
            (Fullness::All, _) => most,
            (Fullness::Some, Some(position)) => usize::from(position == way),
            (Fullness::Some, None) => least + dice.below(most - least.min(most) + 1),
        };
        if count == 0 {
            continue;
        }
        if let Some(wrapper) = child.wrapper {
            out.open(&format!("{prefix}:{wrapper}"), &[]);
        }
        for _ in 0..count {
            element(child.node, prefix, false, dice, fullness, out);
        }
        if child.wrapper.is_some() {
            out.close();
        }
    }
}

fn values(node: &Node, dice: &mut Dice, fullness: Fullness) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for rule in node.attributes {
        let wanted = rule.required
            || fullness == Fullness::All
            || matches!(rule.attribute, "Sello" | "NoCertificado" | "Certificado")
            || dice.below(2) == 0;
        if wanted {
            found.push((rule.attribute.to_owned(), value(node, rule, dice)));
        }
    }
    found
}

fn value(node: &Node, rule: &AttributeRule, dice: &mut Dice) -> String {
    let number = |dice: &mut Dice, places: usize| {
        let whole = 1 + dice.below(9_000);
        match dice.below(2) {
            0 => whole.to_string(),
            _ => {
                let count = 1 + dice.below(places);
                format!("{whole}.{}", digits(dice, count))
            }
        }
    };
    match rule.form {
        Form::Text => match node.element {
            "Comprobante" => "4.0",
            "CartaPorte" => "3.1",
            "ComercioExterior" => "2.0",
            _ => "1.1",
        }
        .to_owned(),
        Form::Chars(least, most) => words(node, rule.attribute, dice, least, most),
        Form::Digits(least, _) => digits(dice, least),
        Form::Amount => number(
            dice,
            if rule.attribute == "ValorDolares" {
                4
            } else {
                6
            },
        ),
        Form::Quantity => number(dice, 6),
        Form::Weight => number(dice, 3),
        Form::Measure | Form::Kilometres => number(dice, 2),
        Form::Integer => (1 + dice.below(99)).to_string(),
        Form::Year => (2_019 + dice.below(8)).to_string(),
        Form::DateTime => format!(
            "2026-11-{}T{}:30:05",
            10 + dice.below(20),
            10 + dice.below(14)
        ),
        Form::Date => format!("2026-12-{}", 10 + dice.below(20)),
        Form::YesNo => dice.pick(&["Sí", "No"]).to_owned(),
        Form::Yes => "Sí".to_owned(),
        Form::ZeroOne => dice.pick(&["0", "1"]).to_owned(),
        Form::Rfc => dice
            .pick(&[
                "EKU9003173C9",
                "XIA190128J61",
                "IIA040805DZ4",
                "URE180429TM6",
            ])
            .to_owned(),
        Form::Curp => "CACX760510MNLSHC08".to_owned(),
        Form::Pedimento => format!("26  24  3456  6{}", digits(dice, 6)),
        Form::Uuid => format!(
            "{}-{}-{}-{}-{}",
            hex(dice, 8),
            hex(dice, 4),
            hex(dice, 4),
            hex(dice, 4),
            hex(dice, 12)
        ),
        Form::IdCcp => format!(
            "CCC{}-{}-{}-{}-{}",
            hex(dice, 5),
            hex(dice, 4),
            hex(dice, 4),
            hex(dice, 4),
            hex(dice, 12)
        ),
        Form::Tariff => dice.pick(&["8708809900", "6309000100"]).to_owned(),
        Form::Plate => format!("{}AK2F", digits(dice, 2)),
        Form::IdUbicacion => {
            let kind = match rule.attribute {
                "IDOrigen" => "OR",
                "IDDestino" => "DE",
                _ => dice.pick(&["OR", "DE"]),
            };
            format!("{kind}{}", digits(dice, 6))
        }
        Form::TipoUbicacion => dice.pick(&["Origen", "Destino"]).to_owned(),
        Form::EntradaSalida => dice.pick(&["Entrada", "Salida"]).to_owned(),
        Form::Navigation => dice.pick(&["Altura", "Cabotaje"]).to_owned(),
        Form::Imo => "IMO9074729".to_owned(),
        Form::Dimensions => dice.pick(&["30/40/30cm", "9/12/100plg"]).to_owned(),
        Form::Base64 => dice.pick(&["YWJjZA==", "Zm9vYmFy"]).to_owned(),
        Form::Code(catalogue) => code(catalogue, dice).to_owned(),
    }
}

fn code<'a>(catalogue: Catalogue, dice: &mut Dice) -> &'a str {
    if let Some(codes) = catalogue.listed() {
        return dice.pick(codes);
    }
    dice.pick(match catalogue {
        Catalogue::ClaveProdServCp => &["25174200", "11121900"],
        Catalogue::ClaveProdServ => &["78101800", "25174200"],
        Catalogue::MaterialPeligroso => &["1170", "1203"],
        Catalogue::ClaveUnidad => &["XCT", "H87", "KGM"],
        Catalogue::ClaveUnidadPeso => &["KGM", "XBX"],
        Catalogue::Estaciones => &["PM001", "PM002"],
        Catalogue::ClaveProdStcc => &["011320", "0113215"],
        Catalogue::NumAutorizacionNaviero => &["ANC001/2022", "ANC003/2023"],
        Catalogue::CodigoTransporteAereo => &["CA001", "CA003"],
        Catalogue::DerechosDePaso => &["CDP001", "CDP119"],
        Catalogue::Moneda => &["MXN", "USD", "EUR", "XXX"],
        Catalogue::CodigoPostal => &["64000", "88000"],
        Catalogue::Pais => &["MEX", "USA", "CAN", "AFG"],
        other => panic!("no example of {}", other.name()),
    })
}

/// Words with what XML and the original string have to mind; codes where the schema takes nothing else.
fn words(node: &Node, attribute: &str, dice: &mut Dice, least: usize, most: usize) -> String {
    let mut length = least + dice.below(most.min(least + 24) - least + 1);
    let abroad = std::ptr::eq(node, DomicilioExterior::NODE);
    match attribute {
        "Estado" => return dice.pick(&["NLE", "TAM"]).to_owned(),
        "NumeroGuiaIdentificacion" if dice.below(3) == 0 => {
            return format!("TOCQ{}", digits(dice, 8));
        }
        "NumLicencia" => return format!("LIC{}", digits(dice, 6)),
        "CodigoPostal" => return "64000".to_owned(),
        "Colonia" if abroad => return "0001".to_owned(),
        "Localidad" if abroad => return "01".to_owned(),
        "Municipio" if abroad => return "001".to_owned(),
        "MatriculaAeronave" | "Confirmacion" | "Numero" | "Leyenda" => {
            let letters = ["A", "B", "7", "0", "Z"];
            return (0..length).map(|_| dice.pick(&letters)).collect();
        }
        _ => {}
    }
    // Blanks are collapsed before the schema counts, so text begins and ends with a letter and is long enough without them.
    let mut text = String::new();
    let mut blank = true;
    while length > 0 {
        let last = length == 1;
        let part = dice.pick(&[
            "a", "Z", "ñ", "Ü", "&", "<", ">", "\"", "'", "7", "\u{a0}", "😀", "é", " ",
        ]);
        if part == " " && (last || blank || least > 1) {
            continue;
        }
        blank = part == " ";
        text.push_str(part);
        if blank && dice.below(3) == 0 {
            text.push_str(dice.pick(&[" ", "\n", "\t", "\r"]));
        }
        length -= 1;
    }
    text
}

fn digits(dice: &mut Dice, count: usize) -> String {
    (0..count)
        .map(|_| dice.pick(&["1", "2", "3", "4", "5", "6", "7", "8", "9"]))
        .collect()
}

fn hex(dice: &mut Dice, count: usize) -> String {
    (0..count)
        .map(|_| dice.pick(&["0", "1", "5", "9", "a", "c", "E", "F"]))
        .collect()
}
