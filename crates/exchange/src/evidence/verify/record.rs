//! One record of a bundle: its document, its proof, its stamp, its leaf in the log of the node that wrote the file.

use std::collections::{BTreeMap, BTreeSet};

use garita_credential::{Code, Lang, Problem};
use garita_profile::builtin::MANDATE;
use garita_tlog::{Hash, LeafIndex, leaf_hash, verify_inclusion};
use serde_json::Value;

use super::super::report::RecordLine;
use super::super::{Bundle, BundleRecord, LeafProof, is_whole};
use super::context::Contexts;
use super::{Judge, holders};
use crate::encode;
use crate::envelope::Envelope;
use crate::parse::{self, Parsed};
use crate::problem::Refusal;
use crate::stamp::{Leaf, LeafAct};
use crate::verify;

/// Judges every record.
pub(super) fn all(judge: &mut Judge, bundle: &Bundle, contexts: &Contexts) {
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for record in &bundle.records {
        known.insert(&record.id);
    }
    let mut places: BTreeSet<u64> = BTreeSet::new();
    let mut envelopes = Vec::new();
    for (n, record) in bundle.records.iter().enumerate() {
        let at = format!("/records/{n}");
        if let Some(envelope) = document(judge, record, &at, contexts) {
            stamp(judge, record, &envelope, &at);
            leaf(judge, bundle, record, &envelope, &at, &mut places);
            envelopes.push((at.clone(), envelope));
        }
        holders::all(judge, bundle, record, &at);
    }
    orders(judge, bundle);
    about(judge, bundle, &envelopes);
    for (at, envelope) in &envelopes {
        references(judge, envelope, at, &known);
    }
    files(judge, bundle);
    programs(judge, bundle, &envelopes);
}

/// The document: read, its id, its proof. None where it cannot be read.
fn document(
    judge: &mut Judge,
    record: &BundleRecord,
    at: &str,
    contexts: &Contexts,
) -> Option<Envelope> {
    let place = format!("{at}/document");
    let parsed = match parse::parse(record.document.as_bytes(), &record.view) {
        Ok(parsed) => parsed,
        Err(refusal) => {
            unreadable(judge, &place, &refusal);
            judge.records.push(line(judge, record, None, at));
            return None;
        }
    };
    let envelope = parsed.envelope.clone();
    judge.records.push(line(judge, record, Some(&envelope), at));
    if envelope.id != record.id || envelope.view.as_deref().unwrap_or("whole") != record.view {
        judge.fails(
            "record-other",
            at,
            format!(
                "the document is another than the one named here: it is {}",
                envelope.id
            ),
            format!(
                "el documento es otro que el nombrado aquí: es {}",
                envelope.id
            ),
        );
    }
    if envelope.network != judge.network.id {
        judge.fails(
            "record-network-other",
            &place,
            format!(
                "the record was made for another network: {}",
                envelope.network
            ),
            format!("el registro se hizo para otra red: {}", envelope.network),
        );
    }
    let problems = match proof(judge, record, parsed, contexts) {
        Ok(by_file) => {
            if by_file {
                judge.said(
                    "context-used",
                    &place,
                    "what its members are called: it holds under the file's own context only",
                    "cómo se llaman sus miembros: solo se sostiene con el contexto del propio archivo",
                );
            }
            let (name, kind) = (judge.name(&envelope.issuer), &envelope.record_type);
            let part = if is_whole(&record.view) {
                (String::new(), String::new())
            } else {
                let view = &record.view;
                (
                    format!(", of which this is the part `{view}`"),
                    format!(", del que esta es la parte `{view}`"),
                )
            };
            judge.proven(
                "record-signed",
                at,
                format!("{name} signed this {kind}{}, under a key that the network's list gives it, and no word of it was changed since", part.0),
                format!("{name} firmó este {kind}{}, con una llave que le da la lista de la red, y no se cambió ninguna palabra", part.1),
            );
            return Some(envelope);
        }
        Err(problems) => problems,
    };
    for problem in &problems {
        let code = match problem.code {
            Code::KeyRevoked => "record-key-revoked",
            Code::KeyUnknown => "record-key-unknown",
            Code::KeyNotYetValid | Code::KeyRetired => "record-key-other-time",
            Code::CredentialExpired | Code::CredentialNotYetValid => "record-not-in-force",
            _ => "record-proof",
        };
        let fault = verify::fault(problem);
        judge.fails(
            code,
            &place,
            format!("{} ({})", problem.code.describe(Lang::En), inner(problem)),
            format!("{} ({})", fault.es, inner(problem)),
        );
    }
    Some(envelope)
}

/// The code of a problem and its place within the document.
fn inner(problem: &Problem) -> String {
    if problem.pointer.is_empty() {
        problem.code().to_owned()
    } else {
        format!("{} {}", problem.code(), problem.pointer)
    }
}

/// Whether the proof holds; true where only by the file's own contexts.
fn proof(
    judge: &Judge,
    record: &BundleRecord,
    parsed: Parsed,
    contexts: &Contexts,
) -> Result<bool, Vec<Problem>> {
    let logged_ms = record.stamp.logged;
    let network = &judge.network;
    let Err(problems) = verify::verify(parsed, network, &contexts.own, logged_ms) else {
        return Ok(false);
    };
    let again = contexts
        .told
        .as_ref()
        .zip(parse::parse(record.document.as_bytes(), &record.view).ok())
        .and_then(|(told, parsed)| verify::verify(parsed, network, told, logged_ms).ok());
    again.map(|_| true).ok_or(problems)
}

fn unreadable(judge: &mut Judge, place: &str, refusal: &Refusal) {
    for fault in &refusal.faults {
        let code = if fault.code == "id-mismatch" {
            "record-id"
        } else {
            "record-malformed"
        };
        judge.fails(
            code,
            place,
            format!("{} ({})", fault.en, fault.code),
            format!("{} ({})", fault.es, fault.code),
        );
    }
}

fn line(judge: &Judge, record: &BundleRecord, of: Option<&Envelope>, at: &str) -> RecordLine {
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    RecordLine {
        pointer: at.to_owned(),
        id: record.id.clone(),
        view: record.view.clone(),
        record_type: text(of.map(|e| e.record_type.as_str())),
        issuer: text(of.map(|e| e.issuer.as_str())),
        issuer_name: of.map_or_else(String::new, |e| judge.name(&e.issuer)),
        occurred: of.map_or_else(String::new, |e| encode::instant_text(e.occurred_ms)),
        logged: encode::instant_text(record.stamp.logged),
        home: judge.name(&record.stamp.node),
    }
}

/// The home's word: of this record, by the issuer's home, signed by it.
fn stamp(judge: &mut Judge, record: &BundleRecord, envelope: &Envelope, at: &str) {
    let place = format!("{at}/stamp");
    let stamp = &record.stamp;
    if stamp.id != record.id || stamp.view != record.view {
        return judge.fails(
            "stamp-other-record",
            &place,
            format!(
                "the stamp is of another record or view: {} ({})",
                stamp.id, stamp.view
            ),
            format!(
                "el sello es de otro registro o vista: {} ({})",
                stamp.id, stamp.view
            ),
        );
    }
    let home = judge
        .homes
        .get(&envelope.issuer)
        .is_some_and(|homes| homes.contains(&stamp.node));
    let (issuer, node) = (judge.name(&envelope.issuer), judge.name(&stamp.node));
    if !home {
        return judge.fails(
            "stamp-not-home",
            &place,
            format!("\"{node}\" stamped it and was never the home of {issuer}"),
            format!("lo selló «{node}», que nunca fue el nodo de {issuer}"),
        );
    }
    let keys = judge.node_keys(&stamp.node, stamp.logged);
    if !keys.iter().any(|key| stamp.verify(key)) {
        return judge.fails(
            "stamp-signature",
            &place,
            format!("node \"{node}\" did not sign this stamp: it was changed or forged"),
            format!("el nodo «{node}» no firmó este sello: fue cambiado o falsificado"),
        );
    }
    let logs = judge.logs.get(&stamp.node);
    if !logs.is_some_and(|logs| logs.iter().any(|log| log.origin() == stamp.log)) {
        return judge.fails(
            "stamp-log-other",
            &place,
            format!(
                "the stamp names a log that is not of node \"{node}\": {}",
                stamp.log
            ),
            format!(
                "el sello nombra una bitácora que no es del nodo «{node}»: {}",
                stamp.log
            ),
        );
    }
    let when = encode::instant_text(stamp.logged);
    judge.proven(
        "record-stamped",
        at,
        format!(
            "its home \"{node}\" signed that it logged it at {when} as entry {} of `{}`",
            stamp.index, stamp.log
        ),
        format!(
            "su nodo «{node}» firmó que lo asentó el {when} como entrada {} de `{}`",
            stamp.index, stamp.log
        ),
    );
}

/// The leaf in the log of the node that wrote the file.
fn leaf(
    judge: &mut Judge,
    bundle: &Bundle,
    record: &BundleRecord,
    envelope: &Envelope,
    at: &str,
    places: &mut BTreeSet<u64>,
) {
    let place = format!("{at}/receipt");
    let node = judge.name(&bundle.node);
    let Some(receipt) = &record.receipt else {
        return judge.said(
            "receipt-absent",
            &place,
            format!("that the log of \"{node}\" holds it: the file has no receipt"),
            format!("que la bitácora de «{node}» lo tenga: el archivo no trae acuse"),
        );
    };
    if !places.insert(receipt.index) {
        judge.fails(
            "receipt-index-repeated",
            &place,
            format!(
                "another record has the same entry {} of the log",
                receipt.index
            ),
            format!(
                "otro registro tiene la misma entrada {} de la bitácora",
                receipt.index
            ),
        );
    }
    let leaf = &receipt.leaf;
    if leaf.id != record.id || leaf.view != record.view {
        return judge.fails(
            "receipt-other-record",
            &place,
            format!(
                "the receipt is of another record or view: {} ({})",
                leaf.id, leaf.view
            ),
            format!(
                "el acuse es de otro registro o vista: {} ({})",
                leaf.id, leaf.view
            ),
        );
    }
    let party = match leaf.act {
        LeafAct::Issued if record.stamp.node == bundle.node => Some(&envelope.issuer),
        LeafAct::Received if record.stamp.node != bundle.node => Some(&bundle.node),
        // Stamped under an earlier log of the node, and back from a peer: see `crate::regain`.
        LeafAct::Received
            if judge
                .heads
                .get(&bundle.node)
                .is_some_and(|h| h.origin != record.stamp.log) =>
        {
            Some(&bundle.node)
        }
        LeafAct::Issued | LeafAct::Received | LeafAct::Read => None,
    };
    if party != Some(&leaf.party) {
        return judge.fails(
            "receipt-act",
            &place,
            "the receipt tells of another act or party: a home issues for its party, any other node receives",
            "el acuse habla de otro acto o parte: el nodo del emisor emite por su parte, cualquier otro recibe",
        );
    }
    if !agrees(record, leaf, receipt) {
        return judge.fails(
            "receipt-stamp-other",
            &place,
            "receipt and stamp of one log name different entries or times",
            "el acuse y el sello de una misma bitácora nombran entradas u horas distintas",
        );
    }
    let Some(head) = judge.heads.get(&bundle.node).cloned() else {
        // That the checkpoint does not hold was told.
        return;
    };
    let proof = receipt.proof.iter().map(|h| Hash::from_base64(h).ok());
    let (Some(proof), Some(salt)) = (proof.collect::<Option<Vec<_>>>(), salt(&receipt.salt)) else {
        return judge.fails(
            "receipt-malformed",
            &place,
            "the receipt's salt is not 32 bytes, or its path not of hashes",
            "la sal del acuse no es de 32 bytes, o su ruta no es de huellas",
        );
    };
    let index = LeafIndex::new(receipt.index);
    let hash = leaf_hash(&leaf.commit(&salt));
    match verify_inclusion(&hash, index, head.size, &head.root, &proof) {
        Ok(()) => {
            let when = encode::instant_text(leaf.logged);
            let (en, es) = match leaf.act {
                LeafAct::Issued => ("took it in from its issuer", "lo recibió de su emisor"),
                LeafAct::Received | LeafAct::Read => ("received it", "lo recibió de otro nodo"),
            };
            judge.proven(
                "record-logged",
                at,
                format!("the log of \"{node}\" holds, at entry {} of {}, that it {en} at {when}", receipt.index, head.size),
                format!("la bitácora de «{node}» tiene, en la entrada {} de {}, que {es} el {when}", receipt.index, head.size),
            );
        }
        Err(error) => judge.fails(
            "receipt-not-in-log",
            &place,
            format!("the log of \"{node}\" does not hold this at entry {}: what the receipt says, its salt, its entry or its path was changed ({})", receipt.index, error.code()),
            format!("la bitácora de «{node}» no tiene esto en la entrada {}: cambió lo que dice el acuse, su sal, su entrada o su ruta ({})", receipt.index, error.code()),
        ),
    }
}

/// Where one node stamped and logged, both tell the same. A view that somebody got later has a leaf of then and the stamp's time.
fn agrees(record: &BundleRecord, leaf: &Leaf, receipt: &LeafProof) -> bool {
    let stamp = &record.stamp;
    if leaf.act != LeafAct::Issued {
        return true;
    }
    let time = if is_whole(&record.view) {
        leaf.logged == stamp.logged
    } else {
        leaf.logged >= stamp.logged
    };
    time && receipt.index == stamp.index
}

/// A log gives each entry once, and its times never decrease: a home that stamped otherwise contradicts itself.
fn orders(judge: &mut Judge, bundle: &Bundle) {
    let mut stamped: BTreeMap<(&str, u64), (usize, &BundleRecord)> = BTreeMap::new();
    let mut logged: BTreeMap<u64, (usize, i64)> = BTreeMap::new();
    for (n, record) in bundle.records.iter().enumerate() {
        let stamp = &record.stamp;
        let place = (stamp.log.as_str(), stamp.index);
        let held = stamped.insert(place, (n, record));
        if held.is_some_and(|(_, other)| (&other.id, &other.view) != (&record.id, &record.view)) {
            let (index, log) = (stamp.index, &stamp.log);
            judge.fails(
                "stamp-index-repeated",
                &format!("/records/{n}/stamp"),
                format!("two records are stamped with the same entry {index} of `{log}`"),
                format!("dos registros llevan el sello de la misma entrada {index} de `{log}`"),
            );
        }
        if let Some(receipt) = &record.receipt {
            logged.insert(receipt.index, (n, receipt.leaf.logged));
        }
    }
    let mut last: Option<(&str, i64)> = None;
    for ((log, index), (n, record)) in stamped {
        // A view that somebody got later bears the record's time, and an entry of later.
        if !is_whole(&record.view) {
            continue;
        }
        let logged = record.stamp.logged;
        if last.is_some_and(|(of, before)| of == log && before > logged) {
            judge.fails(
                "stamp-order",
                &format!("/records/{n}/stamp"),
                format!("entry {index} of `{log}` is stamped with an earlier time than an entry before it"),
                format!("la entrada {index} de `{log}` lleva una hora anterior a la de una entrada previa"),
            );
        }
        last = Some((log, logged));
    }
    let mut last = i64::MIN;
    for (index, (n, at_ms)) in logged {
        if at_ms < last {
            judge.fails(
                "receipt-order",
                &format!("/records/{n}/receipt"),
                format!("entry {index} of the log bears an earlier time than an entry before it"),
                format!("la entrada {index} de la bitácora lleva una hora anterior a la de una entrada previa"),
            );
        }
        last = at_ms;
    }
}

/// A leaf's salt.
pub(super) fn salt(text: &str) -> Option<[u8; 32]> {
    encode::from_base64url(text)?.try_into().ok()
}

/// Each record is about one of the file's cases, or a mandate that one of them names.
fn about(judge: &mut Judge, bundle: &Bundle, envelopes: &[(String, Envelope)]) {
    let mandates: BTreeSet<&String> = envelopes
        .iter()
        .filter_map(|(_, envelope)| envelope.on_behalf_of.as_ref())
        .collect();
    let cases: BTreeSet<_> = bundle.cases.iter().collect();
    for (at, envelope) in envelopes {
        let own = envelope.about.iter().any(|case| cases.contains(case));
        let mandate = envelope.record_type == MANDATE && mandates.contains(&envelope.id);
        if !own && !mandate {
            judge.fails(
                "record-case-other",
                at,
                "the record is about none of the cases that the file is of",
                "el registro no trata de ninguno de los expedientes del archivo",
            );
        }
    }
}

/// What a record leans on and the file does not have.
fn references(judge: &mut Judge, envelope: &Envelope, at: &str, known: &BTreeSet<&str>) {
    let links = envelope
        .follows
        .iter()
        .map(|id| ("follows", "sigue a", id))
        .chain(
            envelope
                .replaces
                .iter()
                .map(|r| ("replaces", "reemplaza a", &r.id)),
        )
        .chain(
            envelope
                .on_behalf_of
                .iter()
                .map(|id| ("speaks by mandate", "habla con el mandato", id)),
        );
    let absent: Vec<_> = links
        .filter(|(_, _, id)| !known.contains(id.as_str()))
        .collect();
    for (en, es, id) in absent {
        judge.said(
            "reference-absent",
            at,
            format!("what it {en} {id}: that record is not in the bundle; it is not for this party, or was left out"),
            format!("lo que {es} {id}: ese registro no está en el archivo; no le toca a esta parte, o se omitió"),
        );
    }
}

/// Files that records name by digest: the bundle does not carry them.
fn files(judge: &mut Judge, bundle: &Bundle) {
    let named = bundle
        .records
        .iter()
        .filter_map(|record| serde_json::from_str::<Value>(&record.document).ok())
        .map(|document| match document.get("relatedResource") {
            Some(Value::Array(files)) => files.len(),
            Some(_) => 1,
            None => 0,
        })
        .sum::<usize>();
    if named > 0 {
        judge.said(
            "files-absent",
            "/records",
            format!("the content of {named} attached files: records name them by digest, and they are not in the bundle"),
            format!("el contenido de {named} archivos adjuntos: los registros los nombran por su huella, y no están en el archivo"),
        );
    }
}

/// Programs: adopted by the network, in force when the record was logged, and called as the chain calls them.
fn programs(judge: &mut Judge, bundle: &Bundle, envelopes: &[(String, Envelope)]) {
    for (n, line) in bundle.programs.iter().enumerate() {
        let at = format!("/programs/{n}");
        match judge.network.profiles.get(&line.core) {
            Some(held) if held.profile != line.id || held.version != line.version => {
                let (id, version) = (held.profile.clone(), held.version.clone());
                judge.fails(
                    "evidence-program",
                    &at,
                    format!(
                        "the network adopted this program as {id} {version}, not as {} {}",
                        line.id, line.version
                    ),
                    format!(
                        "la red adoptó este programa como {id} {version}, no como {} {}",
                        line.id, line.version
                    ),
                );
            }
            Some(_) => {}
            None => judge.said(
                "program-not-adopted",
                &at,
                format!(
                    "that the network adopted {} {}: its list does not name it",
                    line.id, line.version
                ),
                format!(
                    "que la red haya adoptado {} {}: su lista no lo nombra",
                    line.id, line.version
                ),
            ),
        }
    }
    for ((at, envelope), record) in envelopes.iter().filter_map(|pair| {
        let n: usize = pair.0.strip_prefix("/records/")?.parse().ok()?;
        Some((pair, bundle.records.get(n)?))
    }) {
        let adopted = judge.network.profiles.get(&envelope.profile);
        if let Some(from_ms) = adopted.map(|adoption| adoption.from_ms)
            && from_ms > record.stamp.logged
        {
            let from = encode::instant_text(from_ms);
            judge.fails(
                "record-program-later",
                at,
                format!("it was logged before its program's version was in force ({from})"),
                format!("se asentó antes de que rigiera la versión de su programa ({from})"),
            );
        }
    }
}
