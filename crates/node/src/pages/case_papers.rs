//! Documents of a case and its parts: what checking each gave, problems first.

use garita_exchange::read;
use garita_profile::builtin::{BUILT_IN, ERASED};
use garita_profile::case::{CaseRecord, CaseRef, CaseState, ClockState, RecordState};
use garita_profile::model::Until;
use garita_store::HeldRecord;

use super::ask::Ask;
use super::case::Opened;
use crate::api::records::digest_of;
use crate::console::{Badge, Check, Document, Link, Rich, Span, paths, time};

/// Documents shown.
const SHOWN: usize = 200;

/// The documents, problems first, then newest first.
pub(super) fn documents(ask: &Ask, opened: &Opened) -> Vec<Document> {
    let mut list: Vec<(bool, i64, Document)> = Vec::new();
    for (part, state) in opened.fates() {
        let paper = opened
            .profile()
            .model()
            .records
            .get(&state.record_type)
            .is_some_and(|t| t.face == "document");
        // The exchange's own records, of whom it is shared with and who stands for whom, are no papers of the truck.
        if !paper || BUILT_IN.contains(&state.record_type.as_str()) {
            continue;
        }
        if let Some(document) = document(ask, opened, part, state) {
            list.push((!document.badge.needs_a_look(), -document.since_ms, document));
        }
    }
    list.extend(
        owed(ask, opened)
            .into_iter()
            .map(|document| (false, -document.since_ms, document)),
    );
    list.sort_by_key(|(fine, newest, _)| (*fine, *newest));
    list.into_iter().map(|(_, _, d)| d).take(SHOWN).collect()
}

/// Documents that somebody owes by a running clock: who, by when, since when.
fn owed(ask: &Ask, opened: &Opened) -> Vec<Document> {
    let read = &opened.read;
    let own = std::iter::once((None, &read.state));
    let of_parts = read
        .parts
        .iter()
        .filter(|(case, _)| opened.parts.contains_key(case))
        .map(|(case, state)| (Some(case), state));
    own.chain(of_parts)
        .flat_map(|(part, state)| {
            state
                .clocks
                .iter()
                .filter(|clock| clock.met_ms.is_none())
                .filter_map(move |clock| missing(ask, opened, part, state, clock))
        })
        .collect()
}

/// The row of a document that a clock waits for; none where it waits for no document.
fn missing(
    ask: &Ask,
    opened: &Opened,
    part: Option<&CaseRef>,
    state: &CaseState,
    clock: &ClockState,
) -> Option<Document> {
    let say = &opened.say;
    let model = opened.profile().model();
    let declared = model.clocks.get(&clock.name)?;
    let Until::Records(types) = &declared.until else {
        return None;
    };
    let awaited = types
        .iter()
        .find(|t| model.records.get(*t).is_some_and(|t| t.face == "document"))?;
    // The record that started the clock says which document, where it names one by a code.
    let asked = state
        .records
        .iter()
        .filter(|r| r.in_force && r.record_type == declared.from.record_type)
        .min_by_key(|r| r.effective_ms.abs_diff(clock.from_ms));
    let named = asked.and_then(|r| {
        let record = read::case_record_of(opened.held(&r.id)?)?;
        say.first_code(&r.record_type, &record.document)
    });
    let roles = |did: &str| ask.directory().has_role(did, &clock.owner, ask.now_ms);
    let mut owing: Vec<&str> = state
        .seats
        .values()
        .flatten()
        .filter(|did| roles(did))
        .map(|did| ask.network.name_of(did))
        .collect();
    owing.sort_unstable();
    owing.dedup();
    let who = if owing.is_empty() {
        say.role(&clock.owner)
    } else {
        owing.join(", ")
    };
    let due = time::told(clock.due_ms, ask.now_ms, &ask.zone(), ask.lang);
    let asker = asked.map(|r| ask.network.name_of(&r.issuer).to_owned());
    Some(Document {
        key: String::new(),
        badge: Badge::Missing,
        title: named.unwrap_or_else(|| say.record(awaited)),
        sub: Rich::text(
            ask.w("owed by {who}", "lo debe {who}")
                .replace("{who}", &who),
        ),
        issuer: ask.w("not received", "no recibido").to_owned(),
        scope: part.map_or_else(|| say.kind(&opened.case.kind), |p| p.key.clone()),
        since_ms: clock.from_ms,
        open: false,
        sentence: Rich::text(
            match asker {
                Some(_) => ask.w(
                    "{asker} asked for it. {who} owes it by {due}.",
                    "Lo pidió {asker}. {who} lo debe a más tardar el {due}.",
                ),
                None => ask.w(
                    "{who} owes it by {due}.",
                    "{who} lo debe a más tardar el {due}.",
                ),
            }
            .replace("{asker}", asker.as_deref().unwrap_or_default())
            .replace("{who}", &who)
            .replace("{due}", &due),
        ),
        checks: Vec::new(),
        links: asked
            .map(|r| {
                Link::new(
                    ask.w("Read the request", "Leer la solicitud"),
                    paths::record(digest_of(&r.id)),
                )
            })
            .into_iter()
            .collect(),
    })
}

/// The badge of what became of a record.
pub(super) fn badge(in_force: bool, why: &str, view: bool) -> Badge {
    match why {
        _ if in_force => Badge::Verified,
        "replaced" | "withdrawn" => Badge::Replaced,
        "key-revoked" | "disputed: key-revoked" => Badge::Revoked,
        "waiting-for-opening" | "not-affirmed" => Badge::Unknown,
        "" if view => Badge::Verified,
        "" => Badge::Unknown,
        _ => Badge::Disputed,
    }
}

fn document(
    ask: &Ask,
    opened: &Opened,
    part: Option<&CaseRef>,
    state: &RecordState,
) -> Option<Document> {
    let held = opened.held(&state.id)?;
    let record = read::case_record_of(held)?;
    let say = &opened.say;
    let why = state.why.as_deref().unwrap_or_default();
    let elsewhere = opened.elsewhere.get(&state.id);
    let badge = if held.erased_ms.is_some() {
        Badge::Erased
    } else {
        badge(
            state.in_force || elsewhere.is_some(),
            why,
            record.view.is_some(),
        )
    };
    let issuer = ask.network.name_of(&state.issuer).to_owned();
    let known: Vec<String> = part
        .map(|p| p.key.clone())
        .into_iter()
        .chain(opened.case.key.split(':').map(str::to_owned))
        .collect();
    let sub = opened
        .profile()
        .model()
        .records
        .get(&state.record_type)
        .and_then(|t| say.names(t, &record.document, &known))
        .map(|span| Rich(vec![span]))
        .unwrap_or_default();
    let digest = digest_of(&state.id).to_owned();
    Some(Document {
        key: state.id.clone(),
        badge,
        title: say.record(&state.record_type),
        sub,
        scope: match (elsewhere, part) {
            (Some(case), _) => format!("{} {}", say.kind(&case.kind), case.key),
            (None, Some(part)) => part.key.clone(),
            (None, None) => say.kind(&opened.case.kind),
        },
        since_ms: state.effective_ms,
        open: badge.needs_a_look(),
        sentence: if erased_at_home(&opened.read.case_records, &record) && badge != Badge::Erased {
            sentence(ask, badge, &issuer, why).and(Span::Text(format!(" {}", at_home(ask))))
        } else {
            sentence(ask, badge, &issuer, why)
        },
        checks: if badge == Badge::Erased {
            Vec::new()
        } else {
            checks(ask, opened, held, state, badge)
        },
        links: links(ask, &digest, badge),
        issuer,
    })
}

fn links(ask: &Ask, digest: &str, badge: Badge) -> Vec<Link> {
    let read = Link::new(
        ask.w("Read the record", "Leer el registro"),
        paths::record(digest),
    );
    if badge == Badge::Erased {
        return vec![read];
    }
    vec![
        read,
        Link::new(
            ask.w("Download it signed", "Descargar firmado"),
            format!("/v1/records/{}", crate::console::segment(digest)),
        ),
        Link::new(
            ask.w("Its receipt", "Su acuse"),
            format!("/v1/records/{}/receipt", crate::console::segment(digest)),
        ),
    ]
}

/// Whether the issuer of a record says that its home erased it.
fn erased_at_home(records: &[CaseRecord], record: &CaseRecord) -> bool {
    records.iter().any(|notice| {
        notice.record_type == ERASED
            && notice.issuer == record.issuer
            && notice.follows.contains(&record.id)
    })
}

/// What a reader of a copy is told of a record that its home erased.
pub(super) fn at_home(ask: &Ask) -> &'static str {
    ask.w(
        "Its issuer's home has erased it; this node keeps its copy by its own law.",
        "El nodo de su emisor lo borró; este nodo conserva su copia según su propia ley.",
    )
}

/// One sentence on what a badge means here.
pub(super) fn sentence(ask: &Ask, badge: Badge, issuer: &str, why: &str) -> Rich {
    let text = match badge {
        Badge::Verified => ask.w(
            "Signed by {who}, unchanged since, and in force.",
            "Firmado por {who}, sin cambios desde entonces, y en vigor.",
        ),
        Badge::Replaced if why == "withdrawn" => ask.w(
            "Signed by {who}, and taken back by a later record. It moves nothing any more.",
            "Firmado por {who} y retirado por un registro posterior. Ya no mueve nada.",
        ),
        Badge::Replaced => ask.w(
            "Signed by {who}. A later record took its place.",
            "Firmado por {who}. Un registro posterior ocupa su lugar.",
        ),
        Badge::Erased => ask.w(
            "Signed by {who}. Its content was erased on this node; its place in the log stays, and what it moved stays moved.",
            "Firmado por {who}. Su contenido se borró en este nodo; queda su lugar en la bitácora, y lo que movió queda movido.",
        ),
        Badge::Revoked => ask.w(
            "Signed by {who} with a key that was revoked before it was logged. It moves nothing.",
            "Firmado por {who} con una llave revocada antes de asentarse. No mueve nada.",
        ),
        Badge::Disputed => ask.w(
            "It verifies, but contradicts another record or a rule: {why}. Both are kept, none is hidden.",
            "Pasa la verificación, pero contradice otro registro o una regla: {why}. Ambos se conservan.",
        ),
        _ => ask.w(
            "What a check needs is not here yet. It is kept and counts when it comes.",
            "Aún falta lo que una revisión necesita. Se conserva y cuenta cuando llegue.",
        ),
    };
    Rich::text(
        text.replace("{who}", issuer)
            .replace("{why}", why.strip_prefix("disputed: ").unwrap_or(why)),
    )
}

fn checks(
    ask: &Ask,
    opened: &Opened,
    held: &HeldRecord,
    state: &RecordState,
    badge: Badge,
) -> Vec<Check> {
    let say = &opened.say;
    let row = &held.record;
    let issuer = ask.network.name_of(&state.issuer);
    let mut checks = Vec::new();
    let signature = ask.w("Signature", "Firma");
    checks.push(if badge == Badge::Revoked {
        Check::failed(
            signature,
            Rich::text(ask.w("the key was revoked", "la llave fue revocada")),
        )
    } else {
        Check::good(
            signature,
            Rich::text(
                ask.w(
                    "of {who}; checked before it was taken in",
                    "de {who}; revisada antes de admitirlo",
                )
                .replace("{who}", issuer),
            ),
        )
    });
    checks.push(may_state(ask, opened, state, row.logged_ms));
    let rules = ask.w("Content and rules", "Contenido y reglas");
    let (program, version) = say.program_of_type(&row.record_type, &opened.case.kind);
    checks.push(match row.disputed.as_deref() {
        Some(code) => Check::differs(rules, Rich::text(code)),
        None if badge == Badge::Disputed => {
            Check::differs(rules, Rich::text(state.why.clone().unwrap_or_default()))
        }
        None => Check::good(
            rules,
            Rich::text(
                ask.w("by {program} {version}", "según {program} {version}")
                    .replace("{program}", &program)
                    .replace("{version}", &version),
            ),
        ),
    });
    checks.push(Check::good(
        ask.w("In the log", "En la bitácora"),
        Rich::text(
            ask.w(
                "entry {n} here; its home {home} stamped it",
                "asiento {n} aquí; lo selló su nodo {home}",
            )
            .replace("{n}", &row.local_index.get().to_string())
            .replace("{home}", ask.network.name_of(&row.home)),
        ),
    ));
    checks.push(Check::good(
        ask.w("Digest", "Resumen"),
        Rich(vec![Span::Long(digest_of(&row.id).to_owned())]),
    ));
    checks
}

/// Whether the issuer had, when it was logged, a role, post or seat by which it may state this.
fn may_state(ask: &Ask, opened: &Opened, state: &RecordState, logged_ms: i64) -> Check {
    let what = ask.w("Issuer may state this", "El emisor puede declararlo");
    let ty = opened.profile().model().records.get(&state.record_type);
    let role = ty.into_iter().flat_map(|t| &t.issued_by).find(|role| {
        role.strip_prefix("seat.").map_or_else(
            || {
                role.strip_prefix("post.").map_or_else(
                    || ask.directory().has_role(&state.issuer, role, logged_ms),
                    |post| {
                        opened
                            .read
                            .state
                            .posts
                            .get(post)
                            .is_some_and(|p| p.contains(&state.issuer))
                    },
                )
            },
            |seat| {
                opened
                    .read
                    .state
                    .seats
                    .get(seat)
                    .is_some_and(|s| s.contains(&state.issuer))
            },
        )
    });
    match role {
        Some(role) => Check::good(
            what,
            Rich::text(
                ask.w(
                    "as {role}, by the trust list",
                    "como {role}, según la lista de confianza",
                )
                .replace("{role}", &opened.say.role(role)),
            ),
        ),
        None => Check::unknown(
            what,
            Rich::text(ask.w(
                "its role is not in this node's list",
                "su función no está en la lista de este nodo",
            )),
        ),
    }
}
