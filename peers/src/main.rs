//! How long `ssi` takes for what `garita bench credential` measures, on the same document: `peers DOCUMENT.json POINTER…`, where
//! the pointers name what a holder shows.
//!
//! One JSON object on stdout, medians in µs of one thread. Reading of the text is not measured, here or there.

use std::collections::HashMap;
use std::error::Error;
use std::time::Instant;

use serde_json::{Value, json};
use ssi::claims::data_integrity::{
    AnyDataIntegrity, AnyInputSuiteOptions, AnySelectionOptions, AnySignatureOptions, AnySuite,
    CryptographicSuite as _, DataIntegrityDocument, ProofOptions,
};
use ssi::claims::{SignatureEnvironment, VerificationParameters};
use ssi::dids::DIDKey;
use ssi::json_ld::{ContextLoader, Expandable as _};
use ssi::rdf::{AnyLdEnvironment as _, LdEnvironment, urdna2015};
use ssi::verification_methods::{AnyMethod, ProofPurpose, SingleSecretSigner};
use ssi::{JWK, JsonPointerBuf};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Rounds of a step of some milliseconds: the median of fewer moves with what else the machine does.
const ROUNDS: usize = 100;
/// What the issuer shows with every part, as in `garita bench credential`.
const MANDATORY: &str = "/issuer";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("peers DOCUMENT.json POINTER…")?;
    let revealed: Vec<String> = arguments.collect();
    let document: Value = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
    let mut figures = serde_json::Map::new();
    canonical(&document, &mut figures).await?;
    whole(&document, &mut figures).await?;
    selective(&document, &revealed, &mut figures).await?;
    let told = json!({ "peer": "ssi 0.16", "unit": "us", "rounds": ROUNDS, "document bytes": document.to_string().len(), "figures": figures });
    println!("{told}");
    Ok(())
}

/// A key, its did:key, and what resolves it: a map, so that no work of a resolver is measured.
struct Issuer {
    key: JWK,
    method: String,
    resolver: HashMap<ssi::json_ld::IriBuf, AnyMethod>,
}

impl Issuer {
    fn of(key: JWK) -> Outcome<Self> {
        let did = DIDKey::generate(&key)?.to_string();
        let multibase = did.trim_start_matches("did:key:").to_owned();
        let method = format!("{did}#{multibase}");
        let known: AnyMethod = serde_json::from_value(
            json!({ "type": "Multikey", "id": method, "controller": did, "publicKeyMultibase": multibase }),
        )?;
        let resolver = HashMap::from([(method.parse()?, known)]);
        Ok(Self {
            key,
            method,
            resolver,
        })
    }

    /// The document with this issuer.
    fn issues(&self, document: &Value) -> Outcome<DataIntegrityDocument> {
        let mut document = document.clone();
        document["issuer"] = json!(self.method.split('#').next());
        Ok(serde_json::from_value(document)?)
    }

    async fn sign(
        &self,
        suite: &AnySuite,
        document: &DataIntegrityDocument,
        mandatory: &[JsonPointerBuf],
    ) -> Outcome<AnyDataIntegrity> {
        let method: ssi::json_ld::IriBuf = self.method.parse()?;
        let mut options =
            ProofOptions::<AnyMethod, AnyInputSuiteOptions>::from_method(method.into());
        options.proof_purpose = ProofPurpose::Assertion;
        let mut signature = AnySignatureOptions::default();
        signature.mandatory_pointers = mandatory.to_vec();
        let signer = SingleSecretSigner::new(self.key.clone()).into_local();
        Ok(suite
            .sign_with(
                SignatureEnvironment::default(),
                document.clone(),
                &self.resolver,
                signer,
                options,
                signature,
            )
            .await?)
    }

    async fn verify(&self, signed: &AnyDataIntegrity) -> Outcome<()> {
        let verdict = signed
            .verify(VerificationParameters::from_resolver(&self.resolver))
            .await?;
        verdict.map_err(|e| format!("{}: {e}", self.method))?;
        Ok(())
    }
}

/// JSON-LD to canonical N-Quads, and RDFC-1.0 alone over the quads of it.
async fn canonical(document: &Value, figures: &mut serde_json::Map<String, Value>) -> Outcome<()> {
    let document: DataIntegrityDocument = serde_json::from_value(document.clone())?;
    let loader = ContextLoader::default();
    let mut times = Times::default();
    while times.want() {
        let start = Instant::now();
        let mut ld = LdEnvironment::default();
        let expanded = document.expand_with(&mut ld, &loader).await?;
        let lines = ld.canonical_form_of(&expanded)?;
        times.add(start, !lines.is_empty())?;
    }
    figures.insert(
        "JSON-LD to canonical N-Quads".to_owned(),
        json!(times.median()),
    );
    let mut ld = LdEnvironment::default();
    let expanded = document.expand_with(&mut ld, &loader).await?;
    let quads = ld.quads_of(&expanded)?;
    let mut times = Times::default();
    while times.want() {
        let start = Instant::now();
        let lines = urdna2015::normalize(quads.iter().map(|quad| quad.as_lexical_quad_ref()))
            .into_nquads_lines();
        times.add(start, !lines.is_empty())?;
    }
    figures.insert("RDFC-1.0".to_owned(), json!(times.median()));
    figures.insert("quads".to_owned(), json!(quads.len()));
    Ok(())
}

async fn whole(document: &Value, figures: &mut serde_json::Map<String, Value>) -> Outcome<()> {
    let issuer = Issuer::of(JWK::generate_ed25519()?)?;
    let suite = AnySuite::EdDsaRdfc2022;
    let document = issuer.issues(document)?;
    let signed = issuer.sign(&suite, &document, &[]).await?;
    let (mut sign, mut verify) = (Times::default(), Times::default());
    while sign.want() {
        let start = Instant::now();
        let made = issuer.sign(&suite, &document, &[]).await;
        sign.add(start, made.is_ok())?;
    }
    while verify.want() {
        let start = Instant::now();
        issuer.verify(&signed).await?;
        verify.add(start, true)?;
    }
    figures.insert("eddsa-rdfc-2022 sign".to_owned(), json!(sign.median()));
    figures.insert("eddsa-rdfc-2022 verify".to_owned(), json!(verify.median()));
    Ok(())
}

async fn selective(
    document: &Value,
    revealed: &[String],
    figures: &mut serde_json::Map<String, Value>,
) -> Outcome<()> {
    let issuer = Issuer::of(JWK::generate_p256())?;
    let suite = AnySuite::EcdsaSd2023;
    // Where nodes have names, ssi 0.16 counts the mandatory statements of a part in another order than it signed them, and then refuses
    // what it derived; so it gets the same document without names.
    let mut document = document.clone();
    nameless(&mut document);
    let there = revealed
        .iter()
        .filter(|p| document.pointer(p).is_some())
        .cloned();
    let (mandatory, revealed) = (
        vec![pointer(MANDATORY.to_owned())?],
        there.map(pointer).collect::<Outcome<Vec<_>>>()?,
    );
    let document = issuer.issues(&document)?;
    let base = issuer.sign(&suite, &document, &mandatory).await?;
    let derive = async || -> Outcome<AnyDataIntegrity> {
        let mut options = AnySelectionOptions::default();
        options.selective_pointers.clone_from(&revealed);
        let shown = base
            .select(
                VerificationParameters::from_resolver(&issuer.resolver),
                options,
            )
            .await?;
        Ok(serde_json::from_value(serde_json::to_value(&shown)?)?)
    };
    let shown = derive().await?;
    let [mut create, mut part, mut verify] = [Times::default(), Times::default(), Times::default()];
    while create.want() {
        let start = Instant::now();
        let made = issuer.sign(&suite, &document, &mandatory).await;
        create.add(start, made.is_ok())?;
    }
    while part.want() {
        let start = Instant::now();
        let made = derive().await;
        part.add(start, made.is_ok())?;
    }
    while verify.want() {
        let start = Instant::now();
        issuer.verify(&shown).await?;
        verify.add(start, true)?;
    }
    figures.insert("ecdsa-sd-2023 create".to_owned(), json!(create.median()));
    figures.insert("ecdsa-sd-2023 derive".to_owned(), json!(part.median()));
    figures.insert("ecdsa-sd-2023 verify".to_owned(), json!(verify.median()));
    Ok(())
}

fn nameless(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("id");
            members
                .iter_mut()
                .filter(|(name, _)| *name != "@context")
                .for_each(|(_, inner)| nameless(inner));
        }
        Value::Array(items) => items.iter_mut().for_each(nameless),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn pointer(text: String) -> Outcome<JsonPointerBuf> {
    JsonPointerBuf::new(text).map_err(|e| format!("{e:?}").into())
}

/// Durations of the rounds of a step.
#[derive(Default)]
struct Times(Vec<f64>);

impl Times {
    fn want(&self) -> bool {
        self.0.len() < ROUNDS
    }

    /// A round that began then; one that failed ends the run.
    fn add(&mut self, start: Instant, good: bool) -> Outcome<()> {
        let took = start.elapsed().as_secs_f64() * 1e6;
        if !good {
            return Err("a measured step failed".into());
        }
        self.0.push(took);
        Ok(())
    }

    fn median(mut self) -> f64 {
        self.0.sort_by(f64::total_cmp);
        self.0
            .get(self.0.len() / 2)
            .map_or(0.0, |us| (us * 10.0).round() / 10.0)
    }
}
