//! Judges an evidence bundle: no node, no network, no clock. Whatever it says follows from the file and from what the caller brings.
//!
//! Order: the chain, for without keys nothing can be judged; the signature over the whole; then each member by itself, so that a file
//! which was changed tells where, and one that its own node forged is found out by what others signed.

mod context;
mod holders;
mod record;

use std::collections::{BTreeMap, BTreeSet};

use garita_canon::{ContextSet, json};
use garita_credential::data_integrity::{self, VerifyOptions};
use garita_credential::keys::VerificationKey;
use garita_credential::resolver::DidKeyResolver;
use garita_tlog::{Checkpoint, Note};
use serde_json::Value;

use super::report::{Finding, RecordLine, Report, Standing};
use super::{BUNDLE_BYTES_MAX, Bundle, FORMAT, RECORDS_MAX};
use crate::encode;
use crate::governance::{GovernanceError, Network, NodeEntry, PartyEntry, Statement, node_method};
use crate::problem::Fault;
use crate::signing::{self, LogVerifier};
use crate::witness::Panel;
use context::Contexts;

/// Values in the file: its documents are texts, the chain has some hundreds of entries of some forty.
const VALUES_MAX: usize = 4_000_000;

/// Contexts in the file: each is one program's.
const CONTEXTS_MAX: usize = 100;
/// Findings told one by one: a file of ten thousand records has some fifty thousand.
const FINDINGS_MAX: usize = 200_000;
/// Longest name put into a sentence, in letters.
const NAME_MAX: usize = 120;

/// What the caller brings.
#[derive(Debug, Clone, Default)]
pub struct Ground<'a> {
    /// The digest of the network's genesis, where the caller knows it from elsewhere.
    pub network: Option<&'a str>,
    /// Contexts that the caller's binary has. What it lacks is taken from the file, and told.
    pub contexts: ContextSet,
}

/// A file that could be read, and what was found.
#[derive(Debug)]
pub struct Judged {
    /// The file.
    pub bundle: Bundle,
    /// What was found.
    pub report: Report,
}

/// Judges a file.
///
/// # Errors
/// Where it is no bundle at all: `document-too-large` and other faults of JSON, `evidence-malformed`, `evidence-format`.
pub fn verify(bytes: &[u8], ground: &Ground<'_>) -> Result<Judged, Fault> {
    let document = parse(bytes)?;
    let bundle = shape(&document)?;
    let mut judge = Judge::new(&bundle);
    judge.members(&document, &bundle);
    if judge.chain(&bundle) {
        judge.network_of(ground);
        judge.signature(&document, &bundle);
        judge.checkpoints(&bundle);
        judge.manifest(&bundle);
        let contexts = judge.contexts(&bundle, ground);
        record::all(&mut judge, &bundle, &contexts);
        judge.told(&bundle);
    }
    Ok(Judged {
        report: judge.report(&bundle),
        bundle,
    })
}

fn parse(bytes: &[u8]) -> Result<Value, Fault> {
    let limits = json::Limits {
        bytes_max: BUNDLE_BYTES_MAX,
        values_max: VALUES_MAX,
        ..json::Limits::default()
    };
    json::parse(bytes, &limits).map_err(|error| {
        let told = |lang| garita_credential::describe(error.code(), lang).unwrap_or_default();
        Fault::at(
            error.code(),
            error.pointer().unwrap_or_default(),
            format!("{error}"),
            format!("{} ({error})", told(garita_credential::Lang::Es)),
        )
    })
}

/// The members of a bundle; its signature is no member of what it signs.
fn shape(document: &Value) -> Result<Bundle, Fault> {
    let mut bare = document.clone();
    if let Some(members) = bare.as_object_mut() {
        members.shift_remove("proof");
    }
    match bare.get("format").and_then(Value::as_str) {
        Some(FORMAT) => {}
        Some(other) => {
            return Err(Fault::at(
                "evidence-format",
                "/format",
                format!("the file is a `{other}`; this binary reads `{FORMAT}`"),
                format!("el archivo es un `{other}`; este programa lee `{FORMAT}`"),
            ));
        }
        None => {
            return Err(Fault::at(
                "evidence-malformed",
                "/format",
                format!("the file is no evidence bundle: it has no `format` `{FORMAT}`"),
                format!("el archivo no es un archivo de evidencia: le falta `format` `{FORMAT}`"),
            ));
        }
    }
    let bundle: Bundle = serde_json::from_value(bare).map_err(|e| {
        Fault::whole(
            "evidence-malformed",
            format!("the file is no whole evidence bundle: {e}"),
            format!("el archivo no es un archivo de evidencia completo: {e}"),
        )
    })?;
    if encode::parse_instant_ms(&bundle.exported).is_none() {
        return Err(Fault::at(
            "evidence-malformed",
            "/exported",
            "`exported` is no date and time with zone",
            "`exported` no es fecha y hora con zona",
        ));
    }
    for (at, found, limit) in [
        ("/records", bundle.records.len(), RECORDS_MAX),
        ("/manifest", bundle.manifest.len(), RECORDS_MAX),
        ("/cases", bundle.cases.len(), RECORDS_MAX),
        ("/programs", bundle.programs.len(), RECORDS_MAX),
        ("/contexts", bundle.contexts.len(), CONTEXTS_MAX),
    ] {
        if found > limit {
            return Err(Fault::at(
                "evidence-too-large",
                at,
                format!("`{at}` has {found} entries, more than the {limit} allowed"),
                format!("`{at}` tiene {found} entradas, más de las {limit} permitidas"),
            ));
        }
    }
    Ok(bundle)
}

/// What was found so far, and what the chain says.
struct Judge {
    network: Network,
    /// Every node that was ever home to a party: what it logged before it moved stays its home's of then.
    homes: BTreeMap<String, BTreeSet<String>>,
    /// Every log key that a node ever had.
    logs: BTreeMap<String, Vec<LogVerifier>>,
    /// Checkpoints that hold, by node.
    heads: BTreeMap<String, Checkpoint>,
    /// Nodes of whose checkpoints more than half of the witnesses have cosigned.
    witnessed: BTreeSet<String>,
    records: Vec<RecordLine>,
    findings: Vec<Finding>,
    /// Findings beyond [`FINDINGS_MAX`]: how many, and whether one of them is a fault.
    untold: usize,
    untold_faults: bool,
}

impl Judge {
    fn new(bundle: &Bundle) -> Self {
        Self {
            network: Network::default(),
            homes: BTreeMap::new(),
            logs: BTreeMap::new(),
            heads: BTreeMap::new(),
            witnessed: BTreeSet::new(),
            records: Vec::with_capacity(bundle.records.len()),
            findings: Vec::new(),
            untold: 0,
            untold_faults: false,
        }
    }

    fn add(
        &mut self,
        standing: Standing,
        code: &'static str,
        pointer: &str,
        en: String,
        es: String,
    ) {
        if self.findings.len() >= FINDINGS_MAX {
            self.untold += 1;
            self.untold_faults |= standing == Standing::DoesNotHold;
            return;
        }
        self.findings.push(Finding {
            standing,
            code,
            pointer: pointer.to_owned(),
            en,
            es,
        });
    }

    fn fails(
        &mut self,
        code: &'static str,
        at: &str,
        en: impl Into<String>,
        es: impl Into<String>,
    ) {
        self.add(Standing::DoesNotHold, code, at, en.into(), es.into());
    }

    fn proven(
        &mut self,
        code: &'static str,
        at: &str,
        en: impl Into<String>,
        es: impl Into<String>,
    ) {
        self.add(Standing::Proven, code, at, en.into(), es.into());
    }

    fn said(&mut self, code: &'static str, at: &str, en: impl Into<String>, es: impl Into<String>) {
        self.add(Standing::NotProven, code, at, en.into(), es.into());
    }

    fn name(&self, did: &str) -> String {
        self.network.name_of(did).chars().take(NAME_MAX).collect()
    }

    /// What the reading passed over or took in another shape is not there when it is written again.
    fn members(&mut self, document: &Value, bundle: &Bundle) {
        let Ok(again) = serde_json::to_value(bundle) else {
            return;
        };
        let mut bare = document.clone();
        if let Some(members) = bare.as_object_mut() {
            members.shift_remove("proof");
        }
        if let Some(place) = difference(&bare, &again, String::new()) {
            self.fails(
                "evidence-member-unknown",
                &place,
                format!("`{place}` is no member that a bundle has, or of another shape"),
                format!(
                    "`{place}` no es un miembro de un archivo de evidencia, o tiene otra forma"
                ),
            );
        }
        if !bundle.cosignatures.is_empty() {
            self.fails(
                "evidence-cosignature-unknown",
                "/cosignatures",
                "there are cosignatures outside the checkpoints, of a kind that this binary does not know",
                "hay cofirmas fuera de los puntos de control, de una clase que este programa no conoce",
            );
        }
    }

    /// Whether the chain holds: each entry signed by the authorities and naming the one before.
    fn chain(&mut self, bundle: &Bundle) -> bool {
        for (n, entry) in bundle.governance.iter().enumerate() {
            let adopted = self.network.adopt(entry);
            let next = u64::try_from(n).ok();
            let error = match adopted {
                Ok(()) if self.network.head == next => {
                    self.note(entry);
                    continue;
                }
                Ok(()) => "an entry stands here twice".to_owned(),
                Err(error) => error_text(&error),
            };
            self.fails(
                "evidence-chain",
                &format!("/governance/{n}"),
                format!("the network's list does not hold at entry {n}: {error}; without keys nothing else can be judged"),
                format!("la lista de la red no se sostiene en la entrada {n}: {error}; sin llaves no se puede juzgar lo demás"),
            );
            return false;
        }
        if self.network.head.is_none() {
            self.fails(
                "evidence-chain",
                "/governance",
                "the file has no list of the network; without keys nothing can be judged",
                "el archivo no trae la lista de la red; sin llaves no se puede juzgar nada",
            );
            return false;
        }
        true
    }

    /// What the network's latest standing does not keep: homes and log keys of before.
    fn note(&mut self, entry: &Value) {
        let statement = entry.pointer("/credentialSubject/statement").cloned();
        match statement.and_then(|value| serde_json::from_value::<Statement>(value).ok()) {
            Some(Statement::Node(NodeEntry { did, log_key, .. })) => {
                if let Ok(key) = LogVerifier::parse(&log_key) {
                    self.logs.entry(did).or_default().push(key);
                }
            }
            Some(Statement::Party(PartyEntry { did, home, .. })) => {
                self.homes.entry(did).or_default().insert(home);
            }
            Some(
                Statement::Genesis { .. }
                | Statement::KeyRevoked { .. }
                | Statement::Profile { .. }
                | Statement::Places { .. },
            )
            | None => {}
        }
    }

    fn network_of(&mut self, ground: &Ground<'_>) {
        let (id, name) = (self.network.id.clone(), self.network.name.clone());
        let head = self.network.head.unwrap_or(0);
        self.proven(
            "chain",
            "/governance",
            format!("the list of network \"{name}\" is unbroken from its genesis {id} to entry {head}, each entry signed by its authorities"),
            format!("la lista de la red «{name}» va sin cortes desde su génesis {id} hasta la entrada {head}, cada una firmada por sus autoridades"),
        );
        match ground.network {
            Some(wanted) if wanted == id => self.proven(
                "network-pinned",
                "/governance/0",
                "it is the network whose digest you gave",
                "es la red cuya huella usted dio",
            ),
            Some(wanted) => self.fails(
                "evidence-network-other",
                "/governance/0",
                format!("the file is of another network: its genesis is {id}, not {wanted}"),
                format!("el archivo es de otra red: su génesis es {id}, no {wanted}"),
            ),
            None => self.said(
                "network-not-pinned",
                "/governance/0",
                format!("that this is the network you mean: anybody can found one with these names; compare its digest {id} with one you have from elsewhere (--network)"),
                format!("que esta sea la red que usted piensa: cualquiera puede fundar una con estos nombres; compare su huella {id} con una que tenga de otra fuente (--network)"),
            ),
        }
        self.said(
            "chain-later",
            "/governance",
            format!("what the network decided after entry {head}: a key revoked later is not told here"),
            format!("lo que la red decidió después de la entrada {head}: una llave revocada más tarde no se ve aquí"),
        );
        if self.network.simulated {
            self.said(
                "simulated",
                "/governance/0",
                "anything of the real world: by its genesis all records of this network are synthetic",
                "nada del mundo real: según su génesis todos los registros de esta red son sintéticos",
            );
        }
    }

    /// Keys of a node that were not revoked before an instant.
    fn node_keys(&self, node: &str, at_ms: i64) -> Vec<VerificationKey> {
        let keys = self.network.keys.of(&node_method(node)).iter();
        keys.filter(|key| key.revoked_from_ms.is_none_or(|from| at_ms < from))
            .map(|key| key.key.clone())
            .collect()
    }

    fn signature(&mut self, document: &Value, bundle: &Bundle) {
        let node = &bundle.node;
        if !self.network.nodes.contains_key(node) {
            self.fails(
                "evidence-node-unknown",
                "/node",
                format!("the node that wrote the file is not in the network's list: {node}"),
                format!("el nodo que escribió el archivo no está en la lista de la red: {node}"),
            );
            return;
        }
        let at_ms = encode::parse_instant_ms(&bundle.exported).unwrap_or(i64::MAX);
        let keys: BTreeSet<String> = self
            .node_keys(node, at_ms)
            .iter()
            .map(|key| format!("did:key:{}", key.to_multibase()))
            .collect();
        // One proof, as it was written: a list of one would be another file with the same words.
        let single = document.get("proof").is_some_and(Value::is_object);
        let options = VerifyOptions::assertion(&DidKeyResolver, None);
        let name = self.name(node);
        match data_integrity::verify(document, &options, signing::jcs_canonicalizer()) {
            Ok(verified) if single => {
                if keys.iter().any(|key| verified.is_controlled_by(key)) {
                    self.proven(
                        "signature",
                        "/proof",
                        format!("the file is as node \"{name}\" wrote and signed it"),
                        format!("el archivo está tal como el nodo «{name}» lo escribió y firmó"),
                    );
                } else {
                    self.fails(
                        "evidence-signature-other",
                        "/proof",
                        format!("the file is signed with a key that is not of node \"{name}\", which it names"),
                        format!("el archivo está firmado con una llave que no es del nodo «{name}» que nombra"),
                    );
                }
            }
            Ok(_) | Err(_) => self.fails(
                "evidence-signature",
                "/proof",
                format!("the file was changed after node \"{name}\" signed it, or was never signed"),
                format!("el archivo fue cambiado después de que lo firmó el nodo «{name}», o nunca se firmó"),
            ),
        }
    }

    fn checkpoints(&mut self, bundle: &Bundle) {
        for (node, note) in &bundle.checkpoints {
            let mut at = "/checkpoints".to_owned();
            json::push_pointer(&mut at, node);
            let keys = self.logs.get(node).map_or(&[][..], Vec::as_slice);
            let opened = keys
                .iter()
                .find_map(|key| Checkpoint::open(note.as_bytes(), key.origin(), key).ok());
            let name = self.name(node);
            match opened {
                Some(checkpoint) => {
                    let (size, origin) = (checkpoint.size.get(), checkpoint.origin.clone());
                    self.proven(
                        "checkpoint",
                        &at,
                        format!("node \"{name}\" signed that its log `{origin}` has {size} entries with this root"),
                        format!("el nodo «{name}» firmó que su bitácora `{origin}` tiene {size} entradas con esta raíz"),
                    );
                    self.heads.insert(node.clone(), checkpoint);
                    self.cosigned(node, note, &at);
                }
                None => self.fails(
                    "evidence-checkpoint",
                    &at,
                    format!("the checkpoint is not signed by the log of node \"{name}\""),
                    format!(
                        "el punto de control no está firmado por la bitácora del nodo «{name}»"
                    ),
                ),
            }
        }
        if !bundle.checkpoints.contains_key(&bundle.node) {
            self.fails(
                "evidence-checkpoint",
                "/checkpoints",
                "the checkpoint of the node that wrote the file is missing",
                "falta el punto de control del nodo que escribió el archivo",
            );
        }
    }

    /// Who of the log's witnesses, as the chain names them last, cosigned its checkpoint.
    fn cosigned(&mut self, node: &str, note: &str, at: &str) {
        let panel = Panel::of(&self.network, node);
        let name = self.name(node);
        let read = Note::parse(note.as_bytes()).and_then(|note| panel.cosigners(&note));
        let by = match read {
            Ok(by) => by,
            Err(error) => {
                let code = error.code();
                return self.fails(
                    "evidence-cosignature",
                    at,
                    format!("a witness is said to have cosigned the checkpoint of node \"{name}\", and did not ({code})"),
                    format!("se dice que un testigo cofirmó el punto de control del nodo «{name}», y no es así ({code})"),
                );
            }
        };
        let (have, of) = (by.len(), panel.named);
        if !panel.suffices(have) {
            return;
        }
        self.witnessed.insert(node.to_owned());
        let names: Vec<String> = by
            .iter()
            .map(|by| by.name.chars().take(NAME_MAX).collect())
            .collect();
        let names = names.join(", ");
        let last = encode::instant_text(by.iter().map(|by| by.time_ms).max().unwrap_or(0));
        self.proven(
            "witnessed",
            at,
            format!("witnessed by {have} of {of}: {names} cosigned this checkpoint of node \"{name}\" as the continuation of all that they had seen of its log, the last at {last}"),
            format!("atestiguado por {have} de {of}: {names} cofirmaron este punto de control del nodo «{name}» como continuación de todo lo que habían visto de su bitácora, el último a las {last}"),
        );
    }

    /// What the manifest lists and what is there.
    fn manifest(&mut self, bundle: &Bundle) {
        let key = |id: &str, view: &str| (id.to_owned(), view.to_owned());
        let mut listed = BTreeMap::new();
        for (n, line) in bundle.manifest.iter().enumerate() {
            if listed.insert(key(&line.id, &line.view), line).is_some() {
                self.fails(
                    "evidence-manifest",
                    &format!("/manifest/{n}"),
                    format!(
                        "the list of contents names {} ({}) twice",
                        line.id, line.view
                    ),
                    format!(
                        "la lista del contenido nombra dos veces {} ({})",
                        line.id, line.view
                    ),
                );
            }
        }
        let mut there = BTreeSet::new();
        for (n, record) in bundle.records.iter().enumerate() {
            let at = format!("/records/{n}");
            let (id, view) = (&record.id, &record.view);
            if !there.insert(key(id, view)) {
                self.fails(
                    "record-repeated",
                    &at,
                    format!("{id} ({view}) stands in the file twice"),
                    format!("{id} ({view}) está dos veces en el archivo"),
                );
            }
            match listed.get(&key(id, view)) {
                None => self.fails(
                    "record-added",
                    &at,
                    format!("{id} ({view}) is not in the list of contents: it was added, or its name changed"),
                    format!("{id} ({view}) no está en la lista del contenido: se agregó, o cambió su nombre"),
                ),
                Some(line) if record.line().ok().as_ref() != Some(*line) => self.fails(
                    "record-changed",
                    &at,
                    format!("{id} ({view}) is not as the list of contents has it: it, its receipt or its holders were changed"),
                    format!("{id} ({view}) no está como en la lista del contenido: cambió él, su acuse o sus tenedores"),
                ),
                Some(_) => {}
            }
        }
        for (n, line) in bundle.manifest.iter().enumerate() {
            if !there.contains(&key(&line.id, &line.view)) {
                self.fails(
                    "record-removed",
                    &format!("/manifest/{n}"),
                    format!(
                        "{} ({}) is in the list of contents and was taken out of the file",
                        line.id, line.view
                    ),
                    format!(
                        "{} ({}) está en la lista del contenido y se quitó del archivo",
                        line.id, line.view
                    ),
                );
            }
        }
        let sorted = bundle.records.is_sorted_by(|a, b| a.order() <= b.order());
        let same = bundle.records.len() == bundle.manifest.len()
            && bundle
                .records
                .iter()
                .zip(&bundle.manifest)
                .all(|(r, l)| r.id == l.id && r.view == l.view);
        if !sorted || (!same && there.len() == listed.len()) {
            self.fails(
                "evidence-order",
                "/records",
                "records were moved: they do not stand in order of time, id and view",
                "se movieron registros: no están por orden de tiempo, identificador y vista",
            );
        }
    }

    /// Contexts to read by, and what is to be said of them.
    fn contexts(&mut self, bundle: &Bundle, ground: &Ground<'_>) -> Contexts {
        let (contexts, notes) = Contexts::of(bundle, ground);
        for note in notes {
            self.findings.push(note);
        }
        contexts
    }

    /// What no file can prove.
    fn told(&mut self, bundle: &Bundle) {
        let node = self.name(&bundle.node);
        let party = self.name(&bundle.party);
        let unwitnessed: Vec<String> = bundle
            .checkpoints
            .keys()
            .filter(|node| !self.witnessed.contains(*node))
            .map(|node| self.name(node))
            .collect();
        if self.witnessed.is_empty() {
            self.said(
                "not-witnessed",
                "/checkpoints",
                "that each log shows everybody the same: no witness has cosigned a checkpoint, or too few; where two nodes' logs hold a record, they had to agree on it",
                "que cada bitácora muestre lo mismo a todos: ningún testigo cofirmó un punto de control, o muy pocos; donde las bitácoras de dos nodos tienen un registro, ambas tuvieron que coincidir",
            );
        } else if !unwitnessed.is_empty() {
            let names = unwitnessed.join(", ");
            self.said(
                "not-witnessed",
                "/checkpoints",
                format!("that these logs show everybody the same, whose checkpoints in the file not more than half of the witnesses cosigned: {names}"),
                format!("que muestren lo mismo a todos estas bitácoras, cuyos puntos de control en el archivo no cofirmó más de la mitad de los testigos: {names}"),
            );
        }
        self.said(
            "state-told",
            "/state",
            format!("how the case stands: that is what node \"{node}\" computed from these records when it wrote the file"),
            format!("cómo está el expediente: es lo que el nodo «{node}» calculó de estos registros al escribir el archivo"),
        );
        self.said(
            "not-all",
            "/records",
            format!("that there is nothing else: these are the records that node \"{node}\" gave as those of \"{party}\"; others may exist that it may not read, or that were left out"),
            format!("que no haya nada más: son los registros que el nodo «{node}» dio como los de «{party}»; puede haber otros que no le tocan, o que se omitieron"),
        );
        self.said(
            "content-true",
            "/records",
            "that what a record states is true: it is proven who stated it, not that it happened; times are by the clocks of the nodes",
            "que lo que dice un registro sea cierto: queda probado quién lo dijo, no que sucedió; las horas son de los relojes de los nodos",
        );
        match self.homes.get(&bundle.party) {
            None => self.fails(
                "evidence-party-unknown",
                "/party",
                format!("the party is not in the network's list: {}", bundle.party),
                format!("la parte no está en la lista de la red: {}", bundle.party),
            ),
            Some(homes) if !homes.contains(&bundle.node) => self.fails(
                "evidence-party-elsewhere",
                "/party",
                format!("\"{party}\" never lived at node \"{node}\", which wrote the file as its"),
                format!(
                    "«{party}» nunca estuvo en el nodo «{node}», que escribió el archivo como suyo"
                ),
            ),
            Some(_) => {}
        }
    }

    fn report(mut self, bundle: &Bundle) -> Report {
        if self.untold > 0 {
            let standing = if self.untold_faults {
                Standing::DoesNotHold
            } else {
                Standing::NotProven
            };
            let untold = self.untold;
            self.findings.push(Finding {
                standing,
                code: "findings-untold",
                pointer: String::new(),
                en: format!("{untold} more findings are not told one by one"),
                es: format!("otros {untold} hallazgos no se dicen uno por uno"),
            });
        }
        Report {
            node_name: self.name(&bundle.node),
            party_name: self.name(&bundle.party),
            network: self.network.id,
            network_name: self.network.name,
            simulated: self.network.simulated,
            governance_head: self.network.head,
            node: bundle.node.clone(),
            party: bundle.party.clone(),
            cases: bundle.cases.clone(),
            exported: bundle.exported.clone(),
            records: self.records,
            findings: self.findings,
        }
    }
}

fn error_text(error: &GovernanceError) -> String {
    format!("{}: {error}", error.code())
}

/// The first place where two values differ, as a pointer into the first; none where they are equal.
fn difference(a: &Value, b: &Value, at: String) -> Option<String> {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            for (name, value) in a {
                let mut at = at.clone();
                json::push_pointer(&mut at, name);
                match b.get(name) {
                    None => return Some(at),
                    Some(other) => {
                        if let Some(found) = difference(value, other, at) {
                            return Some(found);
                        }
                    }
                }
            }
            (a.len() != b.len()).then_some(at)
        }
        (Value::Array(a), Value::Array(b)) => {
            for (n, (one, other)) in a.iter().zip(b).enumerate() {
                if let Some(found) = difference(one, other, format!("{at}/{n}")) {
                    return Some(found);
                }
            }
            (a.len() != b.len()).then_some(at)
        }
        (a, b) => (a != b).then_some(at),
    }
}
