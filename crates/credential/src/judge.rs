//! A verdict on what somebody shows: a credential, or a presentation with all that is in it. One place for the command line and the API.

use std::borrow::Cow;

use garita_canon::Canonicalizer;
use serde_json::Value;

use crate::data_integrity::{self, KeysAt, Purpose, Verified, VerifyOptions};
use crate::presentation::{self, Asked, CREDENTIALS_MAX};
use crate::problem::{Code, Problem};
use crate::resolver::Resolver;
use crate::status::{self, Given, StatusPolicy};
use crate::{envelope, vc};

/// What is looked at beside the proofs, which always must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checks {
    /// The form that the data model asks for, and that every term is defined.
    pub model: bool,
    /// That the credential is in force.
    pub dates: bool,
    /// That the issuer controls a key that signed; the holder, of a presentation.
    pub controller: bool,
    /// That each credential of a presentation speaks of its holder.
    pub holder: bool,
}

impl Checks {
    /// All of them.
    pub const ALL: Self = Self {
        model: true,
        dates: true,
        controller: true,
        holder: true,
    };
    /// The proofs alone.
    pub const PROOF: Self = Self {
        model: false,
        dates: false,
        controller: false,
        holder: false,
    };
}

/// Has status lists.
pub trait StatusLists {
    /// The list at that address.
    fn given(&self, url: &str) -> Given<'_>;
}

/// Has JSON Schemas that credentials name.
pub trait Schemas {
    /// Where a document breaks the schema of that address, and how; none where the schema is not at hand.
    fn faults(&self, url: &str, document: &Value) -> Option<Vec<(String, String)>>;
}

/// Where the lists are by which a credential can have been revoked.
#[derive(Clone, Copy)]
pub enum Lists<'a> {
    /// Status is not asked about.
    Ignored,
    /// Those that this gives by their address. A list that is not given, or is stale, is told: it is no silent pass.
    By(&'a dyn StatusLists),
}

/// By what documents are judged.
#[derive(Clone, Copy)]
pub struct Judge<'a> {
    /// Knows the keys.
    pub resolver: &'a dyn Resolver,
    /// Knows the contexts.
    pub canonicalizer: &'a Canonicalizer,
    /// The time at which keys, expiry and validity are judged.
    pub now_ms: i64,
    /// At which time keys must have been their owners'.
    pub keys_at: KeysAt,
    /// What is looked at.
    pub checks: Checks,
    /// Where to learn what became of a credential.
    pub lists: Lists<'a>,
    /// Schemas at hand; of others that a credential names nothing is said.
    pub schemas: Option<&'a dyn Schemas>,
    /// For whom the proof of what is shown must be, where that is asked.
    pub domain: Option<&'a str>,
    /// What the proof of what is shown must answer, where that is asked.
    pub challenge: Option<&'a str>,
}

impl Judge<'_> {
    /// All that is wrong with a credential, or with a presentation and the credentials in it; nothing where all holds.
    #[must_use]
    pub fn shown(&self, document: &Value) -> Vec<Problem> {
        if presentation::is_one(document) || envelope::is_presentation(document) {
            self.presentation(document)
        } else {
            self.credential(document)
        }
    }

    /// All that is wrong with a credential, whether it has a proof or is in an envelope.
    #[must_use]
    pub fn credential(&self, document: &Value) -> Vec<Problem> {
        self.opened(document).0
    }

    /// The same, and what the credential is: what an envelope holds, where that could be opened.
    fn opened<'d>(&self, document: &'d Value) -> (Vec<Problem>, Option<Cow<'d, Value>>) {
        let (mut problems, credential) = if envelope::is_one(document) {
            match envelope::open_credential(document, self.resolver, self.time()) {
                Ok(opened) => {
                    let checked = opened.check_controller().err();
                    let problems = checked.filter(|_| self.checks.controller);
                    (Vec::from_iter(problems), Cow::Owned(opened.into_document()))
                }
                // Nothing is said of what could be anybody's.
                Err(problems) => return (problems, None),
            }
        } else {
            let problems = match self.proofs(document, Purpose::AssertionMethod) {
                Ok(verified) => {
                    let checked = vc::check_controller(document, &verified).err();
                    Vec::from_iter(checked.filter(|_| self.checks.controller))
                }
                Err(found) => found,
            };
            (problems, Cow::Borrowed(document))
        };
        if self.checks.model {
            let now_ms = self.checks.dates.then_some(self.now_ms);
            problems.extend(vc::check_any(&credential, now_ms));
            problems.extend(vc::check_known_resources(&credential));
            self.terms(&credential, &mut problems);
        }
        self.status(&credential, &mut problems);
        self.schemas(&credential, &mut problems);
        (problems, Some(credential))
    }

    /// What became of the credential, by its own account of where that is told.
    fn status(&self, document: &Value, problems: &mut Vec<Problem>) {
        let Lists::By(lists) = self.lists else { return };
        match status::judge(
            document,
            |url| lists.given(url),
            &StatusPolicy::strict(self.now_ms),
        ) {
            Ok(outcomes) => problems.extend(outcomes.iter().filter_map(|o| o.problem())),
            Err(found) => problems.extend(found),
        }
    }

    /// Verifiable Credentials JSON Schema Specification §2.1: the schema is of the whole credential.
    fn schemas(&self, document: &Value, problems: &mut Vec<Problem>) {
        let Some(schemas) = self.schemas else { return };
        let named = match document.get("credentialSchema") {
            Some(Value::Array(items)) => items.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        for schema in named
            .iter()
            .filter(|s| s.get("type") == Some(&"JsonSchema".into()))
        {
            let url = schema.get("id").and_then(Value::as_str).unwrap_or_default();
            let faults = schemas.faults(url, document).unwrap_or_default();
            problems.extend(
                faults
                    .into_iter()
                    .map(|(pointer, message)| Problem::new(Code::SchemaMismatch, pointer, message)),
            );
        }
        problems.truncate(vc::PROBLEMS_MAX);
    }

    /// All that is wrong with a presentation, whether it has a proof or is in an envelope: with its own signature and form, and with each
    /// credential in it.
    #[must_use]
    pub fn presentation(&self, document: &Value) -> Vec<Problem> {
        let (mut problems, presentation) = if envelope::is_one(document) {
            let asked = Asked {
                challenge: self.challenge,
                domain: self.domain,
                age_ms_max: None,
            };
            match envelope::open_presentation(document, asked, self.resolver, self.time()) {
                Ok(opened) => {
                    let checked = opened.check_controller().err();
                    let problems = checked.filter(|_| self.checks.controller);
                    (Vec::from_iter(problems), Cow::Owned(opened.into_document()))
                }
                Err(problems) => return problems,
            }
        } else {
            let problems = match self.proofs(document, Purpose::Authentication) {
                Ok(verified) => {
                    let checked = presentation::check_controller(document, &verified).err();
                    Vec::from_iter(checked.filter(|_| self.checks.controller))
                }
                Err(found) => found,
            };
            (problems, Cow::Borrowed(document))
        };
        if self.checks.model {
            problems.extend(presentation::check_form(&presentation));
            self.terms(&presentation, &mut problems);
        }
        let credentials = presentation::credentials_of(&presentation);
        if credentials.len() > CREDENTIALS_MAX {
            // Judged, they would be work without an end; the form has said so, or is not looked at.
            problems.extend(presentation::check_form(&presentation));
            return problems;
        }
        let holder = presentation::holder_of(&presentation);
        if self.checks.holder && holder.is_none() && !credentials.is_empty() {
            let message = "a presentation must name its holder, of whom its credentials speak";
            problems.push(Problem::new(
                Code::PresentationMalformed,
                "/holder",
                message,
            ));
        }
        // A credential in it is for nobody in particular: who it is shown to is the presentation's affair.
        let inside = Self {
            domain: None,
            challenge: None,
            ..*self
        };
        for (n, credential) in credentials.iter().enumerate() {
            let place = format!("/verifiableCredential/{n}");
            let (found, opened) = inside.opened(credential);
            problems.extend(found.into_iter().map(|problem| problem.under(&place)));
            if let (true, Some(holder), Some(opened)) = (self.checks.holder, holder, opened) {
                problems.extend(presentation::speaks_of(&opened, holder, &place).err());
            }
        }
        problems.truncate(vc::PROBLEMS_MAX);
        problems
    }

    fn time(&self) -> envelope::Time {
        envelope::Time {
            at_ms: Some(self.now_ms),
            keys_at: self.keys_at,
        }
    }

    fn proofs(&self, document: &Value, purpose: Purpose) -> Result<Verified, Vec<Problem>> {
        let options = VerifyOptions {
            resolver: self.resolver,
            at_ms: Some(self.now_ms),
            keys_at: self.keys_at,
            purpose,
            domain: self.domain,
            challenge: self.challenge,
        };
        data_integrity::verify(document, &options, self.canonicalizer)
    }

    /// A suite over JSON signs terms that no context defines, and who reads the document as linked data would not see them. The suites
    /// over RDF have refused such a document already.
    fn terms(&self, document: &Value, problems: &mut Vec<Problem>) {
        let refused = |problem: &Problem| matches!(problem.code, Code::Canon(_));
        if !problems.iter().any(refused) {
            problems.extend(vc::check_terms(document, self.canonicalizer));
        }
    }
}
