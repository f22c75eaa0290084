//! What other nodes acknowledged: by their word, or proven from their own logs.

use garita_tlog::{Hash, LeafIndex, leaf_hash, verify_inclusion};

use super::super::{Bundle, BundleRecord, HolderAnswer, HolderEntry, HolderLine};
use super::Judge;
use super::record::salt;
use crate::encode;

/// Judges what is said of a record's holders.
pub(super) fn all(judge: &mut Judge, bundle: &Bundle, record: &BundleRecord, at: &str) {
    for (n, holder) in record.holders.iter().enumerate() {
        let place = format!("{at}/holders/{n}");
        if one(judge, bundle, holder, &place) {
            answer(judge, record, holder, &place);
        }
    }
}

/// Whether the line names a node of the list, and parties that live there.
fn one(judge: &mut Judge, bundle: &Bundle, holder: &HolderLine, at: &str) -> bool {
    let known = judge.network.nodes.contains_key(&holder.node) && holder.node != bundle.node;
    if !known {
        judge.fails(
            "holder-unknown",
            at,
            format!("no other node of the network's list: {}", holder.node),
            format!("no es otro nodo de la lista de la red: {}", holder.node),
        );
        return false;
    }
    let strangers: Vec<&String> = holder
        .to
        .iter()
        .filter(|party| {
            let homes = judge.homes.get(*party);
            !homes.is_some_and(|homes| homes.contains(&holder.node))
        })
        .collect();
    if let Some(party) = strangers.first() {
        let node = judge.name(&holder.node);
        judge.fails(
            "holder-recipient",
            at,
            format!("{party} never lived at node \"{node}\""),
            format!("{party} nunca estuvo en el nodo «{node}»"),
        );
        return false;
    }
    true
}

fn answer(judge: &mut Judge, record: &BundleRecord, holder: &HolderLine, at: &str) {
    let node = judge.name(&holder.node);
    let to: Vec<String> = holder.to.iter().map(|did| judge.name(did)).collect();
    let to = to.join(", ");
    let entry = match (holder.answer, &holder.entry) {
        (HolderAnswer::Recorded, Some(entry)) => entry,
        (HolderAnswer::Waiting, None) => {
            return judge.said(
                "holder-waiting",
                at,
                format!(
                    "that \"{node}\" ({to}) has it: by its answer it waited there for something"
                ),
                format!("que «{node}» ({to}) lo tenga: según su respuesta ahí esperaba algo"),
            );
        }
        (HolderAnswer::Refused, None) => {
            return judge.said(
                "holder-refused",
                at,
                format!("that \"{node}\" ({to}) has it: by its answer it refused it"),
                format!("que «{node}» ({to}) lo tenga: según su respuesta lo rechazó"),
            );
        }
        (HolderAnswer::None, None) => {
            return judge.said(
                "holder-silent",
                at,
                format!("that \"{node}\" ({to}) has it: it had not answered yet"),
                format!("que «{node}» ({to}) lo tenga: aún no había respondido"),
            );
        }
        (HolderAnswer::Recorded, None)
        | (HolderAnswer::Waiting | HolderAnswer::Refused | HolderAnswer::None, Some(_)) => {
            return judge.fails(
                "holder-malformed",
                at,
                "an answer and the entry that belongs to it contradict each other",
                "una respuesta y la entrada que le corresponde se contradicen",
            );
        }
    };
    recorded(judge, record, holder, entry, (&node, &to), at);
}

fn recorded(
    judge: &mut Judge,
    record: &BundleRecord,
    holder: &HolderLine,
    entry: &HolderEntry,
    (node, to): (&str, &str),
    at: &str,
) {
    let Some(salt) = salt(&entry.salt) else {
        return judge.fails(
            "holder-malformed",
            at,
            "the salt is not 32 bytes",
            "la sal no es de 32 bytes",
        );
    };
    let when = encode::instant_text(entry.logged);
    let Some(texts) = &entry.proof else {
        return judge.said(
            "holder-by-word",
            at,
            format!("that the log of \"{node}\" holds it for {to}: it acknowledged it as its entry {} of {when}, and its log could not be read when the file was written", entry.index),
            format!("que la bitácora de «{node}» lo tenga para {to}: lo confirmó como su entrada {} del {when}, y su bitácora no se pudo leer al escribir el archivo", entry.index),
        );
    };
    let Some(head) = judge.heads.get(&holder.node).cloned() else {
        return judge.fails(
            "holder-checkpoint",
            at,
            format!("there is a path into the log of \"{node}\" and no checkpoint of it that holds"),
            format!("hay una ruta en la bitácora de «{node}» y ningún punto de control suyo que se sostenga"),
        );
    };
    let hash = leaf_hash(&holder.leaf(&record.id, entry).commit(&salt));
    let path = texts.iter().map(|h| Hash::from_base64(h).ok());
    let proven = path.collect::<Option<Vec<_>>>().is_some_and(|path| {
        let index = LeafIndex::new(entry.index);
        verify_inclusion(&hash, index, head.size, &head.root, &path).is_ok()
    });
    let (index, size) = (entry.index, head.size);
    if proven {
        judge.proven(
            "holder-proven",
            at,
            format!("the log of \"{node}\" holds, at entry {index} of {size}, that it received this (`{}`) for {to} at {when}", holder.view),
            format!("la bitácora de «{node}» tiene, en la entrada {index} de {size}, que lo recibió (`{}`) para {to} el {when}", holder.view),
        );
    } else {
        judge.fails(
            "holder-not-in-log",
            at,
            format!("the log of \"{node}\" does not hold this at entry {index}: what it is said to have received, for whom, when, or the path was changed"),
            format!("la bitácora de «{node}» no tiene esto en la entrada {index}: cambió lo que se dice que recibió, para quién, cuándo, o la ruta"),
        );
    }
}
