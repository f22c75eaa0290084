//! The version of a program that takes effect at noon, and how it came about: proposed in August, commented on, agreed, adopted in October;
//! and the one after it, which is being discussed today.

use garita_node::setup::AdoptionPlan;
use garita_profile::Folder;
use garita_profile::package::{self, Packed};
use serde_json::{Value, json};

use super::life::merge;
use super::programs::{Telling, Title};
use super::script::MINUTE_MS;
use super::world::DAY_MS;

/// Minutes of a day.
const DAY_MIN: i64 = 24 * 60;
/// Before the day begins so long both customs signed the version of noon.
const SIGNED_MIN: i64 = -35 * DAY_MIN;
/// Minutes into the day at which it is noon.
const NOON_MIN: i64 = 90;

/// Version 1.1.0 of the interior's program, co-signed five weeks before and in force at noon: its notice becomes thirty days.
///
/// # Errors
/// When the program in the binary is not as this expects.
pub(super) fn next_version() -> Result<AdoptionPlan, String> {
    Ok(AdoptionPlan {
        package: interior("1.1.0", "P30D")?.bytes,
        signed_ms: DAY_MS + SIGNED_MIN * MINUTE_MS,
        from_ms: DAY_MS + NOON_MIN * MINUTE_MS,
    })
}

/// What was said of the version of noon, and what is being said of the next one.
///
/// # Errors
/// When the program in the binary is not as this expects.
pub(super) fn proposals(day_ms: i64) -> Result<Vec<(Title, Telling)>, String> {
    Ok(vec![
        adopted(day_ms, &interior("1.1.0", "P30D")?),
        discussed(day_ms, &interior("1.2.0", "P45D")?),
    ])
}

/// A version of the interior's program that differs from the binary's in its notice.
fn interior(version: &str, notice: &str) -> Result<Packed, String> {
    let mut packed = garita_node::programs::packed();
    let at = packed
        .iter()
        .position(|folder| garita_profile::uses::id_of(folder).as_deref() == Some("interior"))
        .ok_or("the binary has no program of the interior")?;
    let mut folder = packed.swap_remove(at);
    let text = folder.0.get("profile.yaml").cloned().unwrap_or_default();
    let before = String::from_utf8(text).map_err(|e| e.to_string())?;
    let after = before
        .replacen("version: 1.0.0", &format!("version: {version}"), 1)
        .replacen("notice: P14D", &format!("notice: {notice}"), 1);
    folder
        .0
        .insert("profile.yaml".to_owned(), after.into_bytes());
    let pool: Vec<&Folder> = packed.iter().collect();
    let made = package::pack(&folder, &pool).map_err(|e| e.to_string())?;
    if made.version != version {
        return Err(format!("the interior's program is at {}", made.version));
    }
    Ok(made)
}

/// A proposal's records, each dated as it happened and sent in the first minutes of the day, one after the other: an answer is taken only
/// where the other side's word has arrived.
struct Story<'a> {
    told: Telling,
    made: &'a Packed,
    sent: i64,
}

impl Story<'_> {
    fn of(&self, members: Value) -> Value {
        let mut subject = json!({ "program": self.made.profile, "version": self.made.version });
        merge(&mut subject, members);
        subject
    }

    fn number(&self, end: &str) -> String {
        format!("{}-{}-{end}", self.made.profile, self.made.version)
    }

    fn digests(&self, members: Value) -> Value {
        let mut subject = self.of(json!({
            "packageDigest": self.made.digest, "coreDigest": self.made.core,
        }));
        merge(&mut subject, members);
        subject
    }

    fn tell(
        &mut self,
        minute: i64,
        actor: &'static str,
        label: &str,
        record_type: &'static str,
        subject: Value,
        follows: &[&str],
    ) {
        let sent = self.sent.max(minute);
        self.told
            .answer_sent(sent, minute, actor, label, record_type, subject, follows);
        self.sent = sent + 1;
    }

    fn proposed(&mut self, minute: i64, actor: &'static str, words: Value) {
        let signatories: Vec<Value> = ["customs.us", "customs.mx"]
            .iter()
            .map(|office| json!({ "office": office, "position": self.number(office) }))
            .collect();
        let mut subject = self.digests(json!({ "signatories": signatories }));
        merge(&mut subject, words);
        self.tell(minute, actor, "proposed", "Proposal", subject, &[]);
    }

    fn commented(&mut self, minute: i64, actor: &'static str, asks: &str, text: &str) {
        let subject = self.of(json!({
            "comment": self.number(&format!("{actor}-1")), "place": "charter.notice", "asks": asks, "text": text,
        }));
        let label = format!("comment-{actor}");
        self.tell(minute, actor, &label, "ProposalComment", subject, &[]);
    }

    fn answered(&mut self, minute: i64, actor: &'static str, to: &str, answer: &str, why: &str) {
        let subject = json!({
            "comment": self.number(&format!("{to}-1")), "answer": answer, "why": why,
        });
        let (label, of) = (format!("answer-{to}"), format!("comment-{to}"));
        self.tell(minute, actor, &label, "CommentAnswered", subject, &[&of]);
    }

    fn position(&mut self, minute: i64, actor: &'static str, office: &str, words: Value) {
        let mut subject = self.of(json!({
            "position": self.number(office), "office": office, "packageDigest": self.made.digest,
        }));
        merge(&mut subject, words);
        let label = format!("position-{actor}");
        self.tell(minute, actor, &label, "PositionStated", subject, &[]);
    }
}

fn adopted(day_ms: i64, made: &Packed) -> (Title, Telling) {
    let mut story = Story {
        told: Telling::begin(day_ms),
        made,
        sent: 2,
    };
    let until = story.told.at(-70 * DAY_MIN);
    let force = story.told.at(NOON_MIN);
    story.proposed(
        -92 * DAY_MIN,
        "cbp",
        json!({
            "changes": {
                "en": "A new version of this program is signed thirty days before it is in force, instead of fourteen.",
                "es": "Una nueva versión de este programa se firma treinta días antes de entrar en vigor, en lugar de catorce.",
            },
            "reasons": {
                "en": "Bonded carriers need a month to change their systems and to tell their drivers.",
                "es": "Los transportistas afianzados necesitan un mes para cambiar sus sistemas y avisar a sus choferes.",
            },
            "noticeDays": 30, "wishedDay": "2026-11-24", "until": until,
        }),
    );
    story.commented(
        -88 * DAY_MIN,
        "tocq",
        "change",
        "Thirty days are too few where a seal reader has to be replaced. Make them sixty.",
    );
    story.commented(
        -86 * DAY_MIN,
        "lozano",
        "question",
        "¿Qué versión rige un tránsito que ya empezó?",
    );
    story.answered(
        -84 * DAY_MIN,
        "cbp",
        "tocq",
        "declined",
        "No seal reader depends on this program. Sixty days would also delay what protects carriers.",
    );
    story.answered(
        -83 * DAY_MIN,
        "cbp",
        "lozano",
        "explained",
        "La versión con la que empezó; los nuevos siguen la nueva. / The version under which it began; new ones follow the new one.",
    );
    let agrees = json!({ "stance": "agrees" });
    story.position(-80 * DAY_MIN, "cbp", "customs.us", agrees.clone());
    story.position(-75 * DAY_MIN, "anam", "customs.mx", agrees);
    let ready = story.digests(json!({ "inForceFrom": force }));
    story.tell(
        SIGNED_MIN - DAY_MIN,
        "cbp",
        "ready",
        "ReadyToSign",
        ready.clone(),
        &["proposed"],
    );
    story.tell(
        SIGNED_MIN + 60,
        "anam",
        "adopted",
        "VersionAdopted",
        ready,
        &["ready"],
    );
    let title = Title {
        id: "version-adopted",
        en: "How the version of noon came about: proposed, commented on, answered, agreed, signed",
        es: "Cómo surgió la versión del mediodía: propuesta, comentada, respondida, acordada, firmada",
        kind: "proposal",
        key: "interior:1.1.0",
        node: "us-customs",
        asked_by: "cbp",
    };
    (title, story.told)
}

fn discussed(day_ms: i64, made: &Packed) -> (Title, Telling) {
    let mut story = Story {
        told: Telling::begin(day_ms),
        made,
        sent: 3,
    };
    let until = story.told.at(21 * DAY_MIN);
    story.proposed(
        -20 * DAY_MIN,
        "anam",
        json!({
            "changes": {
                "en": "The notice of a new version becomes forty-five days.",
                "es": "El aviso de una nueva versión pasa a cuarenta y cinco días.",
            },
            "reasons": {
                "en": "The fiscal year ends in December, when carriers change nothing.",
                "es": "El ejercicio fiscal termina en diciembre, cuando los transportistas no cambian nada.",
            },
            "noticeDays": 45, "wishedDay": "2027-03-01", "until": until,
        }),
    );
    story.commented(
        -14 * DAY_MIN,
        "tocq",
        "supports",
        "Forty-five days are what a small carrier can do.",
    );
    story.position(
        -3 * DAY_MIN,
        "cbp",
        "customs.us",
        json!({ "stance": "agrees-if", "condition": "If a version that mends an error may be signed on shorter notice." }),
    );
    story.commented(
        20,
        "lozano",
        "question",
        "¿Cuentan los días inhábiles de ambos países?",
    );
    let title = Title {
        id: "version-discussed",
        en: "The version after it is being discussed: a comment waits too long, an office agrees on a condition",
        es: "La versión siguiente se discute: un comentario espera demasiado, una autoridad pone una condición",
        kind: "proposal",
        key: "interior:1.2.0",
        node: "mx-customs",
        asked_by: "anam",
    };
    (title, story.told)
}
