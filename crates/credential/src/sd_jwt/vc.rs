//! SD-JWT VC (draft-ietf-oauth-sd-jwt-vc): claims about somebody in a `dc+sd-jwt`, without the W3C's data model, as wallets of the
//! European Union carry them.

use serde_json::{Map, Value};

use super::issue::{self, Plan, Salt};
use super::{AskedBinding, SdJwt};
use crate::did::shorten;
use crate::envelope::{Content, Time, rules};
use crate::jose::Jws;
use crate::keys::KeyFile;
use crate::problem::{Code, Problem};
use crate::resolver::Resolver;
use crate::vc::is_url;

const TYP: &str = "dc+sd-jwt";

/// §3.2.2.2: claims that, where they are, are in the open; a disclosure that brings one is refused.
const OPEN: [&str; 7] = ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"];

/// Claims whose token holds. Only [`verify`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    claims: Map<String, Value>,
    verification_method: String,
}

impl Statement {
    /// What was disclosed, and what stands in the open.
    #[must_use]
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The type, `vct`.
    #[must_use]
    pub fn vct(&self) -> &str {
        self.text("vct")
    }

    /// The issuer, who controls the key that signed.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.text("iss")
    }

    /// The key that signed.
    #[must_use]
    pub fn verification_method(&self) -> &str {
        &self.verification_method
    }

    /// Where its status stands: index and address of a Token Status List.
    #[must_use]
    pub fn status_list(&self) -> Option<(u64, &str)> {
        let list = self.claims.get("status")?.get("status_list")?;
        Some((list.get("idx")?.as_u64()?, list.get("uri")?.as_str()?))
    }

    fn text(&self, name: &str) -> &str {
        self.claims
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

/// Signs claims: `iss` becomes the key's controller, where it isn't given.
///
/// # Errors
/// When `vct` is missing, `iss` is another, a claim doesn't have its form; as [`super::secure_credential`] for plan and salts.
pub fn issue(
    claims: &Map<String, Value>,
    file: &KeyFile,
    plan: &Plan,
    salts: &[Salt],
) -> Result<String, Vec<Problem>> {
    let mut payload = Map::new();
    payload.insert("iss".into(), file.controller.clone().into());
    payload.extend(claims.clone());
    let problems = check(&payload, &file.controller, None);
    if !problems.is_empty() {
        return Err(problems);
    }
    let header = Map::from_iter([
        ("kid".to_owned(), Value::from(file.id.clone())),
        ("typ".to_owned(), Value::from(TYP)),
    ]);
    issue::issue(payload, header, plan, salts, &file.key).map_err(|problem| vec![problem])
}

/// Verifies what is shown of a `dc+sd-jwt`: the issuer's signature by a key that `iss` controls, the disclosures, the times, and,
/// with `binding`, that its holder shows it. Times and keys as in [`super::verify_credential`].
///
/// # Errors
/// With what is wrong.
pub fn verify(
    token: &str,
    binding: Option<&AskedBinding<'_>>,
    resolver: &dyn Resolver,
    at: impl Into<Time>,
) -> Result<Statement, Vec<Problem>> {
    let (one, at) = (|problem| vec![problem], at.into());
    let parts = SdJwt::parse(token).map_err(one)?;
    let jws = Jws::parse(parts.issued).map_err(one)?;
    jws.check_type(TYP, None).map_err(one)?;
    let payload = jws.claims().map_err(one)?;
    let speaker = rules::Speaker::of(Content::Credential, jws.text("kid"), &payload);
    let key = speaker
        .resolve(resolver, at.of_key(&payload))
        .map_err(one)?;
    jws.verify(&key.key).map_err(one)?;
    let open: Vec<&str> = OPEN
        .into_iter()
        .filter(|name| payload.contains_key(*name))
        .collect();
    let shown = super::shown(payload, &parts, binding, resolver, at.at_ms).map_err(one)?;
    let mut problems = check(&shown, &key.controller, at.at_ms);
    for name in OPEN {
        if shown.contains_key(name) && !open.contains(&name) {
            let message = format!("`{name}` may not be a disclosure");
            problems.push(Problem::new(
                Code::ClaimReserved,
                format!("/{name}"),
                message,
            ));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Statement {
        claims: shown,
        verification_method: speaker.method().map_err(one)?,
    })
}

fn check(claims: &Map<String, Value>, controller: &str, at_ms: Option<i64>) -> Vec<Problem> {
    let mut problems = rules::times(claims, at_ms);
    let mut wrong = |code, place: &str, message: &str| {
        problems.push(Problem::new(code, place, message));
    };
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("vct").is_none_or(str::is_empty) {
        wrong(Code::VctMissing, "/vct", "`vct` must name the type");
    }
    match text("iss").filter(|iss| is_url(iss)) {
        None => wrong(
            Code::IssuerMissing,
            "/iss",
            "`iss` must name the issuer by an absolute URL",
        ),
        Some(iss) if iss != controller => {
            let message = format!(
                "signed by `{}`, not by the issuer `{}`",
                shorten(controller),
                shorten(iss)
            );
            wrong(Code::ControllerMismatch, "/iss", &message);
        }
        Some(_) => {}
    }
    if claims
        .get("status")
        .is_some_and(|status| !is_status(status))
    {
        let message = "`status_list` has an index and an absolute URL";
        wrong(Code::StatusMalformed, "/status", message);
    }
    problems
}

/// Token Status List §6.2; other mechanisms are let be.
fn is_status(status: &Value) -> bool {
    let Some(members) = status.as_object() else {
        return false;
    };
    members.get("status_list").is_none_or(|list| {
        list.get("idx").is_some_and(Value::is_u64)
            && list.get("uri").and_then(Value::as_str).is_some_and(is_url)
    })
}
