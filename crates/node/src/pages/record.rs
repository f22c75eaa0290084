//! A record with every check made now: id, proof, issuer's right, stamp, place in the log.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use garita_credential::keys::VerificationKey;
use garita_exchange::problem::{Fault, Refusal};
use garita_exchange::stamp::{Receipt as LogReceipt, Stamp, WHOLE};
use garita_exchange::{attachments, encode, parse, read, submit, verify};
use garita_profile::builtin::ERASED;
use garita_profile::case::CaseRef;
use garita_store::{HeldRecord, LinkKind, PeerAnswer};
use garita_tlog::{Hash, LeafIndex, leaf_hash, verify_inclusion};
use serde_json::Value;

use super::ask::{Ask, absent, checkpoint_of, held, signed};
use super::words::Say;
use super::{board, case, case_papers, file, peers, posted, undo};
use crate::api::records::{digest_of, id_of};
use crate::console::{
    AttachedFile, Badge, Check, Fact, Holder, Link, Place, Receipt, RecordPage, Rich, Span, Step,
    paths, render_record, time,
};
use crate::server::App;

/// What a browser draws without running anything.
const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/webp", "image/gif"];
/// Members of a record shown one by one; the whole document stands below.
const FACTS_MAX: usize = 40;
/// Other records that a record's page names.
const LINKS_MAX: usize = 20;

/// `GET /console/records/{id}`.
pub(super) async fn page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Path(id): Path<String>,
) -> Response {
    signed(app, headers, uri, move |ask| {
        let id = id_of(&id);
        let core = ask.app.core();
        let found = held(core.reader.record(ask.party(), &id))?.ok_or_else(absent)?;
        let sequenced = read::sequenced(core, ask.party(), &id)?;
        // What was erased has no salt any more, by which a receipt would be checked.
        let receipt = match sequenced.filter(|_| found.erased_ms.is_none()) {
            Some(sequenced) => submit::receipt_now(core, sequenced).ok(),
            None => None,
        };
        let page = make(ask, &found, receipt)?;
        Ok(ask.html(render_record(&ask.frame(Place::Cases), &page)))
    })
    .await
}

fn make(ask: &Ask, found: &HeldRecord, receipt: Option<LogReceipt>) -> Result<RecordPage, Refusal> {
    let core = ask.app.core();
    let row = &found.record;
    let document: Value = serde_json::from_slice(&row.document).unwrap_or_default();
    let profile = core
        .programs
        .for_core(&row.profile)
        .or_else(|| core.programs.for_record_type(&row.record_type));
    let say = profile.as_ref().map(|p| ask.say(p));
    let digest = digest_of(&row.id).to_owned();
    let about = garita_profile::keys::envelope_about(&document).unwrap_or_default();
    let issuer = ask.network.name_of(&row.issuer).to_owned();
    let erased = match found.erased_ms {
        Some(at_ms) => Some(erased(ask, row, at_ms)?),
        None => None,
    };
    let mut checks = match &erased {
        Some(check) => vec![check.clone()],
        None => proof_checks(ask, row),
    };
    checks.extend(right(ask, say.as_ref(), row));
    checks.push(version(ask, say.as_ref(), row));
    checks.push(stamp(ask, row));
    checks.extend(log_check(ask, receipt.as_ref()));
    let failed = checks.iter().any(|c| c.tone == crate::console::Tone::Stop);
    let (in_force, why) = fate(ask, row, &about)?;
    let badge = if erased.is_some() {
        Badge::Erased
    } else if failed {
        Badge::Failed
    } else {
        case_papers::badge(in_force, &why, row.view != WHOLE)
    };
    let sentence = if failed && erased.is_none() {
        Rich::text(ask.w(
            "A check fails. It moves nothing; see which one below.",
            "Una revisión no pasa. No mueve nada; vea cuál abajo.",
        ))
    } else {
        case_papers::sentence(ask, badge, &issuer, &why)
    };
    let sentence = if erased.is_none() && erased_at_home(ask, row)? {
        sentence.and(Span::Text(format!(" {}", case_papers::at_home(ask))))
    } else {
        sentence
    };
    let mut path = Vec::new();
    for case in about.iter().take(3) {
        let kind = say
            .as_ref()
            .map_or_else(|| case.kind.clone(), |s| s.kind(&case.kind));
        path.push(Link::new(
            format!("{kind} {}", case::name_of(ask, case)?),
            paths::case(&case.kind, &case.key),
        ));
    }
    let segment = crate::console::segment(&digest);
    Ok(RecordPage {
        path,
        title: say
            .as_ref()
            .map_or_else(|| row.record_type.clone(), |s| s.record(&row.record_type)),
        badge,
        sentence,
        id: row.id.clone(),
        view: if row.view == WHOLE {
            String::new()
        } else {
            row.view.clone()
        },
        issuer,
        facts: facts(say.as_ref(), &row.record_type, &document),
        occurred_ms: Some(row.occurred_ms),
        logged_ms: Some(row.logged_ms),
        seen_ms: held(core.reader.log_entry(row.local_index))?.map(|e| e.logged_ms),
        checks,
        receipt: receipt.as_ref().map(|receipt| shown(ask, receipt)),
        related: related(ask, say.as_ref(), row, &document)?,
        files: files(&document),
        json: serde_json::to_string_pretty(&document).unwrap_or_default(),
        downloads: if erased.is_some() {
            Vec::new()
        } else {
            vec![
                Link::new(
                    ask.w("The signed document", "El documento firmado"),
                    format!("/v1/records/{segment}"),
                ),
                Link::new(
                    ask.w("The receipt", "El acuse"),
                    format!("/v1/records/{segment}/receipt"),
                ),
            ]
        },
        another: another(ask, row).filter(|_| erased.is_none()),
        command: format!(
            "curl -s -H \"Authorization: Bearer $TOKEN\" {}/v1/records/{segment}/receipt > receipt.json && garita log verify-receipt receipt.json",
            core.identity.url
        ),
        holders: holders(ask, row)?,
        undo: if erased.is_some() {
            None
        } else {
            undo_link(ask, found)?
        },
    })
}

/// In the place of the checks of a signed document: when it was erased here, and why.
fn erased(ask: &Ask, row: &garita_store::RecordRow, at_ms: i64) -> Result<Check, Refusal> {
    let told = held(ask.app.core().reader.node_erased(&row.id, &row.view))?;
    let at = time::told(at_ms, ask.now_ms, &ask.zone(), ask.lang);
    Ok(Check::unknown(
        ask.w("Content", "Contenido"),
        Rich::text(
            ask.w(
                "erased here {at}: {why}. What is left is shown below: it bears no signature, and nobody can check it",
                "borrado aquí {at}: {why}. Lo que queda se muestra abajo: no lleva firma y nadie puede comprobarlo",
            )
            .replace("{at}", &at)
            .replace("{why}", &told.map(|t| t.reason).unwrap_or_default()),
        ),
    ))
}

/// Whether the record's issuer says, in a notice that the reader may read, that its home erased it.
fn erased_at_home(ask: &Ask, row: &garita_store::RecordRow) -> Result<bool, Refusal> {
    let reader = &ask.app.core().reader;
    for link in held(reader.node_touching(&row.id))? {
        if link.kind == LinkKind::Follows
            && let Some(notice) = held(reader.record(ask.party(), &link.id))?
            && notice.record.record_type == ERASED
            && notice.record.issuer == row.issuer
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What takes the record back, for the office that signed it.
fn undo_link(ask: &Ask, found: &HeldRecord) -> Result<Option<Link>, Refusal> {
    let row = &found.record;
    if !undo::may(ask, found) || undo::replaced_by(ask, &row.id)?.is_some() {
        return Ok(None);
    }
    let label = if undo::in_time(ask, row.logged_ms) {
        ask.w("Undo", "Deshacer")
    } else {
        ask.w("Withdraw this record", "Retirar este registro")
    };
    Ok(Some(Link::new(label, undo::href(&row.id))))
}

/// The form of the record's type filled in from it: of the party's own whole records that it may file still.
fn another(ask: &Ask, row: &garita_store::RecordRow) -> Option<Link> {
    let profile = ask.app.core().programs.for_record_type(&row.record_type)?;
    let own = row.issuer == ask.party()
        && row.view == WHOLE
        && !garita_profile::builtin::BUILT_IN.contains(&row.record_type.as_str())
        && file::may(&profile, &row.record_type, &ask.roles());
    own.then(|| {
        Link::new(
            ask.w(
                "File another from this one",
                "Presentar otro a partir de este",
            ),
            file::another_href(&row.record_type, digest_of(&row.id)),
        )
    })
}

/// What became of the record in the first of its cases that the party sees.
fn fate(
    ask: &Ask,
    row: &garita_store::RecordRow,
    about: &[CaseRef],
) -> Result<(bool, String), Refusal> {
    if let Some(code) = &row.disputed {
        return Ok((false, format!("disputed: {code}")));
    }
    for case in about.iter().take(3) {
        if let Some(read) = read::case(ask.app.core(), ask.party(), case)?
            && let Some(state) = read.state.records.iter().find(|r| r.id == row.id)
        {
            return Ok((state.in_force, state.why.clone().unwrap_or_default()));
        }
    }
    Ok((true, String::new()))
}

fn proof_checks(ask: &Ask, row: &garita_store::RecordRow) -> Vec<Check> {
    let core = ask.app.core();
    let what_id = ask.w("Id", "Identificador");
    let what_proof = ask.w("Signature", "Firma");
    let told = |faults: &[Fault]| {
        faults
            .iter()
            .map(|f| format!("{}: {}", f.code, ask.w(&f.en, &f.es)))
            .collect::<Vec<_>>()
            .join("; ")
    };
    let parsed = match parse::parse(&row.document, &row.view) {
        Ok(parsed) => parsed,
        Err(refusal) => {
            return vec![Check::failed(what_id, Rich::text(told(&refusal.faults)))];
        }
    };
    let id = if row.view == WHOLE {
        Check::good(
            what_id,
            Rich::text(ask.w(
                "computed from the content just now; it is the same",
                "calculado del contenido ahora mismo; es el mismo",
            )),
        )
    } else {
        Check::unknown(
            what_id,
            Rich::text(ask.w(
                "a part of the record with this id: its issuer's signature covers the id, which only the whole gives",
                "parte del registro con este identificador: la firma del emisor lo cubre, y solo el registro completo lo da",
            )),
        )
    };
    let method = parsed
        .document
        .pointer("/proof/verificationMethod")
        .or_else(|| parsed.document.pointer("/proof/0/verificationMethod"))
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let suite = parsed
        .document
        .pointer("/proof/cryptosuite")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let proof = match verify::verify(parsed, &ask.network, &core.canonicalizer, row.logged_ms) {
        Ok(_) => Check::good(
            what_proof,
            Rich::text(format!(
                "{}, {suite}, ",
                ask.w("verified just now", "verificada ahora mismo")
            ))
            .and(Span::Long(method)),
        ),
        Err(problems) => {
            let faults: Vec<Fault> = problems.iter().map(verify::fault).collect();
            Check::failed(what_proof, Rich::text(told(&faults)))
        }
    };
    vec![id, proof]
}

/// Which version of which program the record was made under, and who signed that.
fn version(ask: &Ask, say: Option<&Say>, row: &garita_store::RecordRow) -> Check {
    let what = ask.w("Protocol", "Protocolo");
    let Some(adoption) = ask.network.profiles.get(&row.profile) else {
        return Check::unknown(
            what,
            Rich::text(ask.w(
                "a version that this network has not adopted",
                "una versión que esta red no ha adoptado",
            )),
        );
    };
    let title = say.map_or_else(
        || adoption.profile.clone(),
        |s| s.word(&format!("profiles.{}.title", adoption.profile)),
    );
    let text = Rich::text(format!("{title} {}. ", adoption.version));
    Check::good(what, case::signed_by(ask, text, adoption))
}

fn right(ask: &Ask, say: Option<&Say>, row: &garita_store::RecordRow) -> Option<Check> {
    let say = say?;
    let ty = say.profile.model().records.get(&row.record_type)?;
    let what = ask.w("Issuer may state this", "El emisor puede declararlo");
    let plain = ty
        .issued_by
        .iter()
        .find(|role| ask.directory().has_role(&row.issuer, role, row.logged_ms));
    Some(match plain {
        Some(role) => Check::good(
            what,
            Rich::text(
                ask.w(
                    "as {role}, by the trust list at the time it was logged",
                    "como {role}, según la lista de confianza cuando se asentó",
                )
                .replace("{role}", &say.role(role)),
            ),
        ),
        None => Check::unknown(
            what,
            Rich::text(ask.w(
                "by a seat or post of the case, which the case page shows",
                "por un lugar en el expediente, que muestra su página",
            )),
        ),
    })
}

fn stamp(ask: &Ask, row: &garita_store::RecordRow) -> Check {
    let what = ask.w("Stamp of its home", "Sello de su nodo");
    let home = ask.network.name_of(&row.home).to_owned();
    let key = ask
        .network
        .nodes
        .get(&row.home)
        .and_then(|n| VerificationKey::from_multibase(&n.key).ok());
    let stamp: Option<Stamp> = serde_json::from_slice(&row.stamp).ok();
    match (stamp, key) {
        (Some(stamp), Some(key)) if stamp.id == row.id && stamp.verify(&key) => Check::good(
            what,
            Rich::text(
                ask.w(
                    "{home} signed that it logged it as entry {n} of ",
                    "{home} firmó que lo asentó como el {n} de ",
                )
                .replace("{home}", &home)
                .replace("{n}", &stamp.index.to_string()),
            )
            .and(Span::Long(stamp.log)),
        ),
        (Some(_), Some(_)) => Check::failed(
            what,
            Rich::text(ask.w("its signature does not hold", "su firma no se sostiene")),
        ),
        (_, _) => Check::unknown(
            what,
            Rich::text(ask.w(
                "the key of its home is not known here",
                "aquí no se conoce la llave de su nodo",
            )),
        ),
    }
}

fn log_check(ask: &Ask, receipt: Option<&LogReceipt>) -> Option<Check> {
    let receipt = receipt?;
    let what = ask.w("In this node's log", "En la bitácora de este nodo");
    let checkpoint = checkpoint_of(&receipt.checkpoint)?;
    let salt: Option<[u8; 32]> =
        encode::from_base64url(&receipt.salt).and_then(|b| b.try_into().ok());
    let proof: Option<Vec<Hash>> = receipt
        .proof
        .iter()
        .map(|h| Hash::from_base64(h).ok())
        .collect();
    let (Some(salt), Some(proof)) = (salt, proof) else {
        return Some(Check::unknown(
            what,
            Rich::text(ask.w(
                "the leaf's salt is not held any more",
                "ya no se tiene la sal de la hoja",
            )),
        ));
    };
    let leaf = leaf_hash(&receipt.leaf.commit(&salt));
    let holds = verify_inclusion(
        &leaf,
        LeafIndex::new(receipt.index),
        checkpoint.size,
        &checkpoint.root,
        &proof,
    );
    Some(match holds {
        Ok(()) => Check::good(
            what,
            Rich::text(
                ask.w(
                    "entry {n}, proven by {h} hashes up to the root of {size}",
                    "asiento {n}, probado con {h} resúmenes hasta la raíz de {size}",
                )
                .replace("{n}", &receipt.index.to_string())
                .replace("{h}", &proof.len().to_string())
                .replace("{size}", &checkpoint.size.get().to_string()),
            ),
        ),
        Err(error) => Check::failed(what, Rich::text(error.to_string())),
    })
}

fn shown(ask: &Ask, receipt: &LogReceipt) -> Receipt {
    let checkpoint = checkpoint_of(&receipt.checkpoint);
    let witnessed = receipt.witnessed.as_ref();
    let witness = |key: &String| {
        let nodes = ask.network.nodes.values();
        nodes
            .filter(|node| node.witness_key.as_ref() == Some(key))
            .map(|node| node.name.clone())
            .next()
            .unwrap_or_else(|| key.clone())
    };
    Receipt {
        leaf: receipt.index,
        size: checkpoint.as_ref().map_or(0, |c| c.size.get()),
        root: checkpoint
            .as_ref()
            .map(|c| c.root.to_base64())
            .unwrap_or_default(),
        origin: checkpoint.map(|c| c.origin).unwrap_or_default(),
        checkpoint_ms: None,
        witnessed_ms: witnessed.map(|w| w.at),
        witnesses: witnessed
            .into_iter()
            .flat_map(|w| w.by.iter().map(witness))
            .collect(),
    }
}

fn facts(say: Option<&Say>, record_type: &str, document: &Value) -> Vec<Fact> {
    let mut facts = Vec::new();
    let members = document.get("credentialSubject").and_then(Value::as_object);
    for (member, value) in members.into_iter().flatten().take(FACTS_MAX) {
        let (label, rich) = match say {
            Some(say) => (
                say.label(record_type, member),
                say.value(record_type, member, value),
            ),
            None => (member.clone(), Rich::text(value.to_string())),
        };
        if !rich.is_empty() {
            facts.push(Fact {
                label,
                value: rich,
                ..Fact::default()
            });
        }
    }
    facts
}

/// Files that the record names by digest; addresses elsewhere are not ours to show.
fn files(document: &Value) -> Vec<AttachedFile> {
    let named = document.get("relatedResource").and_then(Value::as_array);
    named
        .into_iter()
        .flatten()
        .filter_map(|resource| {
            let digest = attachments::digests(std::slice::from_ref(resource))
                .into_iter()
                .next()?;
            let media_type = attachments::media_type(
                resource
                    .get("mediaType")
                    .and_then(Value::as_str)
                    .unwrap_or_default(),
            );
            Some(AttachedFile {
                href: format!("/v1/attachments/{}", encode::base64url(&digest)),
                picture: PICTURES.contains(&media_type.as_str()),
                media_type,
                digest: posted::hex(&digest),
            })
        })
        .collect()
}

fn related(
    ask: &Ask,
    say: Option<&Say>,
    row: &garita_store::RecordRow,
    document: &Value,
) -> Result<Vec<(String, Link)>, Refusal> {
    let mut named: Vec<(String, String)> = Vec::new();
    let strings = |name: &str| -> Vec<String> {
        match document.get(name) {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(many)) => many
                .iter()
                .filter_map(|v| v.as_str().map(str::to_owned))
                .collect(),
            _ => Vec::new(),
        }
    };
    if let Some(id) = document.pointer("/replaces/id").and_then(Value::as_str) {
        named.push((
            ask.w("It replaces", "Sustituye a").to_owned(),
            id.to_owned(),
        ));
    }
    for id in strings("follows") {
        named.push((ask.w("It answers", "Responde a").to_owned(), id));
    }
    for link in held(ask.app.core().reader.node_touching(&row.id))? {
        let how = match link.kind {
            LinkKind::Replaces => ask.w("Replaced by", "Sustituido por"),
            LinkKind::Follows => ask.w("Answered by", "Respondido por"),
            LinkKind::Affirms => ask.w("Affirmed by", "Confirmado por"),
            LinkKind::Saw => continue,
        };
        named.push((how.to_owned(), link.id));
    }
    let mut out = Vec::new();
    for (how, id) in named {
        if out.len() >= LINKS_MAX {
            break;
        }
        // Only what the reader may read is named, and only that is counted.
        if let Some(other) = held(ask.app.core().reader.record(ask.party(), &id))? {
            let title = say.map_or_else(
                || other.record.record_type.clone(),
                |s| s.record(&other.record.record_type),
            );
            out.push((
                how,
                Link::new(
                    format!("{title}, {}", ask.network.name_of(&other.record.issuer)),
                    paths::record(digest_of(&id)),
                ),
            ));
        }
    }
    Ok(out)
}

fn holders(ask: &Ask, row: &garita_store::RecordRow) -> Result<Vec<Holder>, Refusal> {
    let core = ask.app.core();
    let mut list = vec![Holder {
        name: ask.network.name_of(ask.party()).to_owned(),
        what: ask.w("here", "aquí").to_owned(),
        peer: None,
        lacks: String::new(),
    }];
    if row.home != core.identity.did {
        list.push(Holder {
            name: ask.network.name_of(&row.issuer).to_owned(),
            what: ask.w("its author", "su autor").to_owned(),
            peer: peers::step_of(ask, &row.home),
            lacks: String::new(),
        });
    }
    for holder in read::holders(core, ask.party(), &row.id)? {
        let parties: Vec<String> = serde_json::from_str(&holder.recipients).unwrap_or_default();
        let names: Vec<&str> = parties.iter().map(|p| ask.network.name_of(p)).collect();
        let view = if holder.view == WHOLE {
            ask.w("whole", "completo").to_owned()
        } else {
            ask.w("the view {v}", "la vista {v}")
                .replace("{v}", &holder.view)
        };
        let answer = match (&holder.answer, holder.acked_ms) {
            (Some(PeerAnswer::Logged { index, .. }), _) => ask
                .w("entry {n} of its log", "asiento {n} de su bitácora")
                .replace("{n}", &index.get().to_string()),
            (Some(PeerAnswer::Refused { .. }), _) => ask.w("refused", "rechazado").to_owned(),
            (Some(PeerAnswer::Waiting { lacking }), _) => {
                format!("{} {lacking}", ask.w("waits there for", "allá espera"))
            }
            (None, Some(_)) => ask.w("acknowledged", "con acuse").to_owned(),
            (None, None) => ask.w("on its way", "en camino").to_owned(),
        };
        let step = match holder.acked_ms {
            Some(at_ms) => Some(Step::InStep {
                age_ms: at_ms.saturating_sub(holder.queued_ms).max(0),
            }),
            None => match peers::step_of(ask, &holder.peer) {
                Some(away @ Step::Away { .. }) => Some(away),
                _ => Some(Step::Behind {
                    records: 1,
                    age_ms: ask.now_ms.saturating_sub(holder.queued_ms).max(0),
                }),
            },
        };
        list.push(Holder {
            name: if names.is_empty() {
                ask.network.name_of(&holder.peer).to_owned()
            } else {
                board::names(&names)
            },
            what: format!("{view}, {answer}"),
            peer: step,
            lacks: String::new(),
        });
    }
    Ok(list)
}
