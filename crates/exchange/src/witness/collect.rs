//! Has this node's log cosigned: once a second, where there is news, the newest checkpoint goes to all witnesses at once (C2SP
//! tlog-witness). Nobody waits for it: a slow or dead witness costs its own request, and the others' cosignatures are enough.
//!
//! A crash loses what was not written down yet, a second's cosignatures at most; they are asked for again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use garita_tlog::{
    AddCheckpoint, Note, NoteSignature, NoteVerifier, TLOG_SIZE_MEDIA_TYPE, TreeSize,
    parse_cosignatures, parse_tlog_size,
};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::client::{Client, ClientError};
use crate::core::Core;
use crate::problem::Refusal;
use crate::sequence::store_refusal;
use crate::submit::blocking;
use crate::witness::{META, Panel, Witness, WitnessVerifier, WitnessedCheckpoint};

/// How often there is a round.
const ROUND_MS: u64 = 1_000;
/// One witness's answer, in both questions that it may take.
const ANSWER_MS: u64 = 5_000;
/// Answers are some lines.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// A witness that fails is asked again after so many rounds at most.
const PAUSE_ROUNDS_MAX: u32 = 8;
/// Checkpoints whose cosignatures are still taken: a witness that takes the longest has answered by then.
const ROUNDS_OPEN_MAX: usize = 8;

/// Rounds until `stop` says so.
pub(crate) async fn run(core: Arc<Core>, client: Arc<Client>, mut stop: watch::Receiver<bool>) {
    let mut desk = Desk::default();
    let mut asked: JoinSet<(String, TreeSize, Result<Told, AskError>)> = JoinSet::new();
    let mut next = Instant::now();
    while !*stop.borrow() {
        tokio::select! {
            Some(done) = asked.join_next(), if !asked.is_empty() => match done {
                Ok((witness, size, told)) => desk.answered(&core, &witness, size, told),
                // Only a fault of ours ends a task so: what it was is in the log already.
                Err(error) => tracing::error!(%error, "a question to a witness broke off"),
            },
            () = tokio::time::sleep_until(next) => {
                next = Instant::now() + Duration::from_millis(ROUND_MS);
                if let Err(refusal) = desk.round(&core, &client, &mut asked).await {
                    tracing::debug!(%refusal, "no checkpoint for witnesses in this round");
                }
            }
            _ = stop.changed() => {}
        }
    }
}

/// What is known of the witnesses, and what they have cosigned lately.
#[derive(Default)]
struct Desk {
    lines: BTreeMap<String, Line>,
    /// The oldest first; sizes grow.
    open: VecDeque<Round>,
    /// Whether what was witnessed is not on disk yet.
    unwritten: bool,
}

/// A witness, as known here.
#[derive(Debug, Default)]
struct Line {
    /// Size that it cosigned last, by its own word; 0: never, or unknown.
    known: TreeSize,
    asked: bool,
    failures: u32,
    /// Rounds to let pass.
    pause: u32,
}

/// A checkpoint on its way to be witnessed.
struct Round {
    size: TreeSize,
    note: Note,
}

/// What a witness answered.
enum Told {
    Cosigned(NoteSignature),
    /// It knows a larger tree of this log than was shown to it.
    Ahead(TreeSize),
}

#[derive(Debug, thiserror::Error)]
enum AskError {
    #[error("no answer in time")]
    Late,
    #[error("it answered {status}: {text}")]
    Status { status: u16, text: String },
    #[error("its answer has no cosignature of its key that holds")]
    NotCosigned,
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Refusal(#[from] Refusal),
}

impl Desk {
    /// Begins a round: the newest checkpoint to all who have not cosigned it and are not being asked.
    async fn round(
        &mut self,
        core: &Arc<Core>,
        client: &Arc<Client>,
        asked: &mut JoinSet<(String, TreeSize, Result<Told, AskError>)>,
    ) -> Result<(), Refusal> {
        if let Err(refusal) = self.write(core).await {
            // It is served from memory meanwhile, and can be asked for again.
            tracing::debug!(%refusal, "what is witnessed could not be written down, will be tried again");
        }
        let panel = Panel::of(&core.network(), &core.identity.did);
        self.lines
            .retain(|did, line| line.asked || panel.witnesses.iter().any(|w| w.did == *did));
        let published = TreeSize::new(*core.published.borrow());
        if panel.witnesses.is_empty() || published == TreeSize::ZERO {
            return Ok(());
        }
        if self.open.back().is_none_or(|round| round.size != published) {
            self.open_newest(core).await?;
        }
        let Some(round) = self.open.back() else {
            return Ok(());
        };
        for witness in panel.witnesses {
            let line = self.lines.entry(witness.did.clone()).or_default();
            if line.asked || line.known >= round.size {
                continue;
            }
            if line.pause > 0 {
                line.pause -= 1;
                continue;
            }
            line.asked = true;
            let (core, client) = (Arc::clone(core), Arc::clone(client));
            let (known, size, note) = (line.known, round.size, round.note.clone());
            asked.spawn(async move {
                let question = ask(&core, &client, &witness, known, size, note);
                let told = timeout(Duration::from_millis(ANSWER_MS), question).await;
                (witness.did, size, told.unwrap_or(Err(AskError::Late)))
            });
        }
        Ok(())
    }

    async fn open_newest(&mut self, core: &Arc<Core>) -> Result<(), Refusal> {
        let reading = Arc::clone(core);
        let head = blocking(move || reading.reader.head().map_err(|e| store_refusal(&e))).await?;
        let size = head.frontier.size();
        let newest = head
            .checkpoint
            .and_then(|note| Note::parse(note.as_bytes()).ok());
        if let Some(note) = newest
            && self.open.back().is_none_or(|round| round.size < size)
        {
            if self.open.len() == ROUNDS_OPEN_MAX {
                self.open.pop_front();
            }
            self.open.push_back(Round { size, note });
        }
        Ok(())
    }

    fn answered(
        &mut self,
        core: &Core,
        witness: &str,
        size: TreeSize,
        told: Result<Told, AskError>,
    ) {
        let line = self.lines.entry(witness.to_owned()).or_default();
        line.asked = false;
        match told {
            Ok(Told::Cosigned(cosignature)) => {
                (line.known, line.failures, line.pause) = (size, 0, 0);
                self.take(core, size, cosignature);
            }
            Ok(Told::Ahead(known)) => {
                let have = *core.published.borrow();
                (line.failures, line.pause) = (line.failures.saturating_add(1), PAUSE_ROUNDS_MAX);
                if known.get() > have {
                    tracing::error!(
                        witness,
                        cosigned = known.get(),
                        have,
                        "a witness has cosigned more of this log than it has: it lost entries, or another one writes under its key"
                    );
                }
            }
            Err(error) => {
                line.failures = line.failures.saturating_add(1);
                line.pause = (1 << line.failures.min(8)).min(PAUSE_ROUNDS_MAX);
                // What it knows may have changed with its answer, which was lost.
                line.known = TreeSize::ZERO;
                match &error {
                    // 404: the list has not come to it yet. 429, 5xx: it will be there again.
                    AskError::Status { status, .. } if [400, 403, 422].contains(status) => {
                        tracing::warn!(witness, %error, "a witness refuses to cosign this log");
                    }
                    _ => tracing::debug!(witness, %error, "a witness did not cosign"),
                }
            }
        }
    }

    /// Puts a cosignature to its checkpoint; where more than half are there, it is the newest that is witnessed.
    fn take(&mut self, core: &Core, size: TreeSize, cosignature: NoteSignature) {
        let Some(round) = self.open.iter_mut().find(|round| round.size == size) else {
            return;
        };
        if round.note.put_signature(cosignature).is_err() {
            return;
        }
        let newest = core.witnessed.newest();
        if newest.is_some_and(|held| held.checkpoint.size > size) {
            return;
        }
        let note = round.note.to_string();
        let network = core.network();
        let read = WitnessedCheckpoint::read(&network, &core.identity.did, &note);
        if let Some(witnessed) = read {
            core.witnessed.set(witnessed);
            self.unwritten = true;
            self.open.retain(|round| round.size >= size);
        }
    }

    /// Writes down what was witnessed since the last round.
    async fn write(&mut self, core: &Core) -> Result<(), Refusal> {
        if !self.unwritten {
            return Ok(());
        }
        let Some(held) = core.witnessed.newest() else {
            return Ok(());
        };
        let value = held.note.clone().into_bytes();
        core.sequencer
            .change(move |commit| commit.meta.push((META.to_owned(), Some(value))))
            .await?;
        self.unwritten = false;
        Ok(())
    }
}

/// Asks one witness; where it has cosigned another size than was believed, once more from there.
async fn ask(
    core: &Arc<Core>,
    client: &Client,
    witness: &Witness,
    known: TreeSize,
    size: TreeSize,
    note: Note,
) -> Result<Told, AskError> {
    let first = question(core, client, witness, known, size, &note).await?;
    let Reply::OtherSize(told) = first else {
        return cosigned(first, &witness.key, &note);
    };
    if told > size {
        return Ok(Told::Ahead(told));
    }
    let second = question(core, client, witness, told, size, &note).await?;
    cosigned(second, &witness.key, &note)
}

enum Reply {
    Lines(String),
    OtherSize(TreeSize),
}

async fn question(
    core: &Arc<Core>,
    client: &Client,
    witness: &Witness,
    old: TreeSize,
    size: TreeSize,
    note: &Note,
) -> Result<Reply, AskError> {
    let reading = Arc::clone(core);
    let proof = blocking(move || {
        reading
            .reader
            .consistency_proof(old, size)
            .map_err(|e| store_refusal(&e))
    })
    .await?;
    let note = note.clone();
    let body = AddCheckpoint { old, proof, note }.to_string();
    let path = "/witness/add-checkpoint";
    let (status, media_type, answer) = client
        .post_text(&witness.url, path, body, ANSWER_BYTES_MAX)
        .await?;
    match status {
        200 => Ok(Reply::Lines(
            String::from_utf8(answer).map_err(|_| AskError::NotCosigned)?,
        )),
        409 if media_type == TLOG_SIZE_MEDIA_TYPE => parse_tlog_size(&answer)
            .map(Reply::OtherSize)
            .ok_or(AskError::NotCosigned),
        status => {
            let text = answer.get(..answer.len().min(300)).unwrap_or_default();
            let text = String::from_utf8_lossy(text).into_owned();
            Err(AskError::Status { status, text })
        }
    }
}

/// The witness's line of an answer, where it is its cosignature of this checkpoint. Lines of other keys are passed over.
fn cosigned(reply: Reply, key: &WitnessVerifier, note: &Note) -> Result<Told, AskError> {
    let lines = match reply {
        Reply::Lines(lines) => lines,
        Reply::OtherSize(_) => return Err(AskError::NotCosigned),
    };
    let lines = parse_cosignatures(&lines).map_err(|_| AskError::NotCosigned)?;
    lines
        .into_iter()
        .find(|line| key.is_of(line) && key.verify(note.text().as_bytes(), &line.signature))
        .map(Told::Cosigned)
        .ok_or(AskError::NotCosigned)
}
