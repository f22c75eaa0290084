//! From plain documents to JSON and XML.

use super::document::*;
use crate::tree::{self, Out};

/// Writes COVEs as JSON under `coves`.
pub fn write_json(documents: &[Cove]) -> String {
    tree::to_json(&all(documents))
}

/// Writes COVEs as XML without namespace, root `respuesta`.
pub fn write_xml(documents: &[Cove]) -> String {
    tree::to_xml("respuesta", &all(documents))
}

fn all(documents: &[Cove]) -> Out {
    let coves = documents.iter().map(cove).collect();
    Out::Block(vec![("coves", Out::List("cove", coves))])
}

fn cove(document: &Cove) -> Out {
    let mut out = texts(document);
    let list = |texts: &[String]| texts.iter().map(|text| Out::Text(text.clone())).collect();
    if !document.patentes.is_empty() {
        out.push((
            "patentesAduanales",
            Out::List("patenteAduanal", list(&document.patentes)),
        ));
    }
    if !document.rfcs_consulta.is_empty() {
        out.push((
            "rfcsConsulta",
            Out::List("rfcConsulta", list(&document.rfcs_consulta)),
        ));
    }
    out.push(("emisor", persona(&document.emisor)));
    out.push(("destinatario", persona(&document.destinatario)));
    let lines = document
        .mercancias
        .iter()
        .map(|line| Out::Block(texts(line)))
        .collect();
    out.push(("mercancias", Out::List("mercancia", lines)));
    Out::Block(out)
}

fn persona(party: &Persona) -> Out {
    let mut out = texts(party);
    if party.domicilio != Domicilio::default() {
        out.push(("domicilio", Out::Block(texts(&party.domicilio))));
    }
    Out::Block(out)
}

/// The texts that are told; `tipoOperacion` always, by which a COVE is known.
fn texts<B: Block>(block: &B) -> Vec<(&'static str, Out)> {
    B::TEXTS
        .iter()
        .zip(block.texts())
        .filter(|(rule, text)| !text.is_empty() || rule.name == "tipoOperacion")
        .map(|(rule, text)| (rule.name, Out::Text(text.to_owned())))
        .collect()
}
