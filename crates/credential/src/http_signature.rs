//! Signed requests between nodes: HTTP Message Signatures (RFC 9421) with Ed25519, and Digest Fields (RFC 9530) with
//! SHA-256. Design §6.
//!
//! Plain structures in and out: whoever speaks HTTP fills a [`Request`] and sets two fields. A replay within its window
//! is the caller's to judge: deliveries are idempotent, other writes bear an idempotency key.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sfv::{BareItem, Dictionary, FieldType as _, InnerList, Item, Key, ListEntry, Parser};
use sha2::{Digest as _, Sha256};

use crate::data_integrity::Purpose;
use crate::keys::{KeyType, SigningKey};
use crate::problem::{Code, Problem};
use crate::resolver::Resolver;

/// The longest signature field we read; ours have about 300 bytes.
pub const FIELD_BYTES_MAX: usize = 8 * 1024;
/// The most components that a signature may cover; ours cover three or four.
pub const COMPONENTS_MAX: usize = 32;
/// The label under which our signatures go.
pub const LABEL: &str = "garita";
/// The name of the one algorithm (RFC 9421 §6.2.2).
pub const ALGORITHM: &str = "ed25519";

/// A request as it goes on the wire, as far as signatures can cover it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// `https`, or `http` on loopback.
    pub scheme: &'a str,
    /// Host and port as in the `Host` field or `:authority`.
    pub authority: &'a str,
    /// The path as sent, still encoded; empty counts as `/`.
    pub path: &'a str,
    /// The query as sent, without its question mark; `None` where the target has no question mark.
    pub query: Option<&'a str>,
    /// Name and value of each field line, in order. Names in any case.
    pub fields: &'a [(&'a str, &'a str)],
}

/// A part of a request that a signature covers. RFC 9421 §2.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Component {
    /// `@method`
    Method,
    /// `@target-uri`
    TargetUri,
    /// `@authority`
    Authority,
    /// `@scheme`
    Scheme,
    /// `@request-target`
    RequestTarget,
    /// `@path`
    Path,
    /// `@query`
    Query,
    /// A field, by its name in lower case.
    Field(String),
}

impl Component {
    /// The component's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Method => "@method",
            Self::TargetUri => "@target-uri",
            Self::Authority => "@authority",
            Self::Scheme => "@scheme",
            Self::RequestTarget => "@request-target",
            Self::Path => "@path",
            Self::Query => "@query",
            Self::Field(name) => name,
        }
    }

    /// The component of that name, where we support it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "@method" => Self::Method,
            "@target-uri" => Self::TargetUri,
            "@authority" => Self::Authority,
            "@scheme" => Self::Scheme,
            "@request-target" => Self::RequestTarget,
            "@path" => Self::Path,
            "@query" => Self::Query,
            _ if is_field_name(name) => Self::Field(name.to_owned()),
            _ => return None,
        })
    }

    /// What every request between nodes covers: method, target and, with a body, the body's digest.
    #[must_use]
    pub fn between_nodes(has_body: bool) -> Vec<Self> {
        let mut components = vec![Self::Method, Self::TargetUri];
        if has_body {
            components.push(Self::Field("content-digest".to_owned()));
        }
        components
    }
}

/// What a signature says of itself. RFC 9421 §2.3. Times are whole seconds, as there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// When it was made, in seconds since 1970.
    pub created_s: Option<i64>,
    /// From when it no longer counts, in seconds since 1970.
    pub expires_s: Option<i64>,
    /// The key that signed: a verification method.
    pub keyid: Option<String>,
    /// Whether the algorithm is named. It decides nothing: the key's kind does.
    pub alg: bool,
    /// A value that is used once.
    pub nonce: Option<String>,
    /// The application.
    pub tag: Option<String>,
}

impl Parameters {
    /// For a request made at a time and good for a while. Times finer than a second are cut off.
    #[must_use]
    pub fn between_nodes(keyid: impl Into<String>, now_ms: i64, valid_for_ms: i64) -> Self {
        let created_s = now_ms.div_euclid(1000);
        Self {
            created_s: Some(created_s),
            expires_s: Some(created_s.saturating_add(valid_for_ms.div_euclid(1000))),
            keyid: Some(keyid.into()),
            alg: true,
            nonce: None,
            tag: None,
        }
    }
}

/// The two fields that sign a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureFields {
    /// Value of `Signature-Input`.
    pub signature_input: String,
    /// Value of `Signature`.
    pub signature: String,
}

/// What a verifier of requests expects.
#[derive(Clone, Copy)]
pub struct VerifyOptions<'a> {
    /// Knows the keys; asked for the key as of now.
    pub resolver: &'a dyn Resolver,
    /// Now.
    pub now_ms: i64,
    /// How far clocks may be apart.
    pub skew_ms: i64,
    /// How old a signature may be, whatever its own expiry.
    pub age_ms_max: i64,
    /// The label; `None` where there must be just one signature.
    pub label: Option<&'a str>,
    /// What must be covered besides what is always needed.
    pub required: &'a [Component],
}

impl<'a> VerifyOptions<'a> {
    /// How far clocks may be apart between nodes: NTP holds seconds; a truck stop's machine less.
    pub const SKEW_MS: i64 = 60_000;
    /// How old a request between nodes may be.
    pub const AGE_MS_MAX: i64 = 300_000;

    /// As between nodes: our label, method and target covered.
    #[must_use]
    pub fn between_nodes(resolver: &'a dyn Resolver, now_ms: i64) -> Self {
        const REQUIRED: &[Component] = &[Component::Method, Component::TargetUri];
        Self {
            resolver,
            now_ms,
            skew_ms: Self::SKEW_MS,
            age_ms_max: Self::AGE_MS_MAX,
            label: Some(LABEL),
            required: REQUIRED,
        }
    }
}

/// A request whose signature holds. Only [`verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedRequest {
    keyid: String,
    controller: String,
    components: Vec<Component>,
    parameters: Parameters,
}

impl VerifiedRequest {
    /// The verification method that signed.
    #[must_use]
    pub fn keyid(&self) -> &str {
        &self.keyid
    }

    /// The DID that controls it.
    #[must_use]
    pub fn controller(&self) -> &str {
        &self.controller
    }

    /// What the signature covers.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.components
    }

    /// What the signature says of itself.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }
}

/// Value of `Content-Digest` for a body. RFC 9530 §2.
#[must_use]
pub fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", BASE64.encode(Sha256::digest(body)))
}

/// Checks a body against a `Content-Digest`. Only SHA-256 and SHA-512 count; each that is there must match.
///
/// # Errors
/// When the field can't be read, has neither digest, or one doesn't match.
pub fn check_content_digest(field: &str, body: &[u8]) -> Result<(), Problem> {
    let mut expected = ContentDigest::parse(field)?;
    expected.update(body);
    expected.check()
}

/// What a `Content-Digest` says of a body that comes piece by piece. RFC 9530 §2.
#[derive(Debug, Clone)]
pub struct ContentDigest {
    sha256: Option<(Sha256, Vec<u8>)>,
    sha512: Option<(sha2::Sha512, Vec<u8>)>,
}

impl ContentDigest {
    /// Reads the field. Only SHA-256 and SHA-512 count.
    ///
    /// # Errors
    /// When it can't be read or has neither.
    pub fn parse(field: &str) -> Result<Self, Problem> {
        let malformed = |message: &str| Problem::new(Code::ContentDigestMalformed, "", message);
        let digests = parse_dictionary(field)
            .ok_or_else(|| malformed("`content-digest` is no dictionary of digests"))?;
        let mut read = Self {
            sha256: None,
            sha512: None,
        };
        for (name, entry) in &digests {
            if !["sha-256", "sha-512"].contains(&name.as_str()) {
                continue;
            }
            let ListEntry::Item(Item {
                bare_item: BareItem::ByteSequence(found),
                ..
            }) = entry
            else {
                return Err(malformed("a digest is a byte sequence"));
            };
            if name.as_str() == "sha-256" {
                read.sha256 = Some((Sha256::new(), found.clone()));
            } else {
                read.sha512 = Some((sha2::Sha512::new(), found.clone()));
            }
        }
        if read.sha256.is_none() && read.sha512.is_none() {
            return Err(malformed("`content-digest` has no sha-256"));
        }
        Ok(read)
    }

    /// The next piece of the body.
    pub fn update(&mut self, piece: &[u8]) {
        if let Some((hash, _)) = &mut self.sha256 {
            hash.update(piece);
        }
        if let Some((hash, _)) = &mut self.sha512 {
            hash.update(piece);
        }
    }

    /// Whether the body, all of whose pieces came, is what was said.
    ///
    /// # Errors
    /// When one of the digests doesn't match.
    pub fn check(self) -> Result<(), Problem> {
        let mismatch = |name: &str| {
            Problem::new(
                Code::ContentDigestMismatch,
                "",
                format!("the body is not what its {name} digest says"),
            )
        };
        if let Some((hash, expected)) = self.sha256
            && hash.finalize().to_vec() != expected
        {
            return Err(mismatch("sha-256"));
        }
        if let Some((hash, expected)) = self.sha512
            && hash.finalize().to_vec() != expected
        {
            return Err(mismatch("sha-512"));
        }
        Ok(())
    }
}

/// The signature base: what is signed. RFC 9421 §2.5.
///
/// # Errors
/// When a component isn't there, occurs twice or can't be written.
pub fn signature_base(
    request: &Request<'_>,
    components: &[Component],
    parameters: &Parameters,
) -> Result<String, Problem> {
    let inner = inner_list(components, parameters)?;
    base_with(request, components, &serialize_inner(inner)?)
}

/// Signs a request. The body's `content-digest` must already be among the fields where it is to be covered.
///
/// # Errors
/// When a component isn't there, occurs twice or can't be written, or the label is no key of structured fields; when the key did not sign.
pub fn sign(
    request: &Request<'_>,
    label: &str,
    components: &[Component],
    parameters: &Parameters,
    key: &SigningKey,
) -> Result<SignatureFields, Problem> {
    let inner = inner_list(components, parameters)?;
    let written = serialize_inner(inner)?;
    let base = base_with(request, components, &written)?;
    if Key::from_string(label.to_owned()).is_err() {
        return Err(malformed("the label is not a key of structured fields"));
    }
    let signature = BASE64.encode(key.sign(base.as_bytes())?);
    Ok(SignatureFields {
        signature_input: format!("{label}={written}"),
        signature: format!("{label}=:{signature}:"),
    })
}

/// Verifies a request: its signature, what it covers, its time window, and the body where one is handed in. A body that
/// isn't empty must be covered by its digest.
///
/// # Errors
/// With the first fault: a stranger's request deserves no list.
pub fn verify(
    request: &Request<'_>,
    body: Option<&[u8]>,
    options: &VerifyOptions<'_>,
) -> Result<VerifiedRequest, Problem> {
    let (Some(input_field), Some(signature_field)) = (
        field_value(request, "signature-input")?,
        field_value(request, "signature")?,
    ) else {
        return Err(Problem::new(
            Code::RequestUnsigned,
            "",
            "the request has no `signature-input` and `signature`",
        ));
    };
    let inputs = parse_dictionary(&input_field)
        .ok_or_else(|| malformed("`signature-input` cannot be read"))?;
    let signatures = parse_dictionary(&signature_field)
        .ok_or_else(|| malformed("`signature` cannot be read"))?;
    let (label, entry) = match options.label {
        Some(label) => inputs
            .iter()
            .find(|(name, _)| name.as_str() == label)
            .ok_or_else(|| {
                Problem::new(
                    Code::RequestUnsigned,
                    "",
                    format!("the request has no signature labelled `{label}`"),
                )
            })?,
        None => match (inputs.iter().next(), inputs.len()) {
            (Some(only), 1) => only,
            _ => return Err(malformed("just one signature is expected")),
        },
    };
    let ListEntry::InnerList(inner) = entry else {
        return Err(malformed("`signature-input` is not a list of components"));
    };
    let signature: [u8; 64] = match signatures.get(label) {
        Some(ListEntry::Item(Item {
            bare_item: BareItem::ByteSequence(bytes),
            ..
        })) => bytes
            .as_slice()
            .try_into()
            .map_err(|_| malformed("the signature does not have 64 bytes"))?,
        _ => {
            return Err(malformed(
                "the signature is missing, or not a byte sequence",
            ));
        }
    };
    let components = read_components(inner)?;
    let parameters = read_parameters(inner)?;
    check_coverage(&components, body, options.required)?;
    check_window(&parameters, options)?;
    let keyid = parameters
        .keyid
        .clone()
        .ok_or_else(|| malformed("`keyid` is missing"))?;
    // What is signed is the list as it came, in its one serialised form.
    let base = base_with(request, &components, &serialize_inner(inner.clone())?)?;
    let resolved = options
        .resolver
        .key(&keyid, Some(options.now_ms))
        .map_err(|error| Problem::new(error.kind(), "", error.to_string()))?;
    if !resolved.purposes.allow(Purpose::Authentication) {
        return Err(Problem::new(
            Code::PurposeMismatch,
            "",
            "the key's controller does not use it for authentication",
        ));
    }
    match resolved.key.key_type() {
        KeyType::Ed25519 => {}
        other @ (KeyType::P256 | KeyType::P384 | KeyType::P521 | KeyType::Bls12381G2) => {
            return Err(Problem::new(
                Code::RequestAlgorithmUnsupported,
                "",
                format!(
                    "requests are signed with Ed25519, not with {}",
                    other.name()
                ),
            ));
        }
    }
    if resolved.key.verify(base.as_bytes(), &signature).is_err() {
        return Err(Problem::new(
            Code::RequestSignatureInvalid,
            "",
            "the signature does not match the request and the key",
        ));
    }
    if let Some(body) = body
        && components.contains(&Component::Field("content-digest".to_owned()))
    {
        let field = field_value(request, "content-digest")?.unwrap_or_default();
        check_content_digest(&field, body)?;
    }
    Ok(VerifiedRequest {
        keyid,
        controller: resolved.controller,
        components,
        parameters,
    })
}

fn check_coverage(
    components: &[Component],
    body: Option<&[u8]>,
    required: &[Component],
) -> Result<(), Problem> {
    let whole_target = [
        Component::Scheme,
        Component::Authority,
        Component::Path,
        Component::Query,
    ];
    for component in required {
        // The target in its parts is as good as in one piece.
        let in_parts = *component == Component::TargetUri
            && whole_target.iter().all(|part| components.contains(part));
        if !components.contains(component) && !in_parts {
            return Err(Problem::new(
                Code::RequestComponentMissing,
                "",
                format!("the signature does not cover `{}`", component.name()),
            ));
        }
    }
    let digested = components.contains(&Component::Field("content-digest".to_owned()));
    if body.is_some_and(|body| !body.is_empty()) && !digested {
        return Err(Problem::new(
            Code::ContentDigestMissing,
            "",
            "the signature does not cover a `content-digest` of the body",
        ));
    }
    Ok(())
}

fn check_window(parameters: &Parameters, options: &VerifyOptions<'_>) -> Result<(), Problem> {
    let created_s = parameters
        .created_s
        .ok_or_else(|| malformed("`created` is missing"))?;
    let created_ms = created_s.saturating_mul(1000);
    let earliest_ms = options.now_ms.saturating_add(options.skew_ms);
    if created_ms > earliest_ms {
        return Err(Problem::new(
            Code::RequestNotYetValid,
            "",
            "the signature was made in the future",
        ));
    }
    let latest_ms = options.now_ms.saturating_sub(options.skew_ms);
    let too_old = created_ms.saturating_add(options.age_ms_max) < latest_ms;
    let expired = parameters
        .expires_s
        .is_some_and(|expires_s| expires_s.saturating_mul(1000) <= latest_ms);
    if too_old || expired {
        return Err(Problem::new(
            Code::RequestExpired,
            "",
            "the signature is no longer valid",
        ));
    }
    Ok(())
}

/// The base, given the serialised `@signature-params`.
fn base_with(
    request: &Request<'_>,
    components: &[Component],
    written: &str,
) -> Result<String, Problem> {
    let mut base = String::with_capacity(256);
    let mut seen = std::collections::HashSet::new();
    for component in components {
        let name = component.name();
        if !seen.insert(name) {
            return Err(malformed("a component is covered twice"));
        }
        let value = component_value(request, component)?;
        // A line feed inside a value would let it pose as another line of the base.
        if !value
            .bytes()
            .all(|b| (b' '..=b'~').contains(&b) || b == b'\t')
        {
            return Err(Problem::new(
                Code::RequestComponentUnsupported,
                "",
                format!("the value of `{name}` is not plain ASCII"),
            ));
        }
        // Writing to a string cannot fail.
        let _ = writeln!(base, "\"{name}\": {value}");
    }
    let _ = write!(base, "\"@signature-params\": {written}");
    Ok(base)
}

/// RFC 9421 §2.1, §2.2.
fn component_value(request: &Request<'_>, component: &Component) -> Result<String, Problem> {
    let path = if request.path.is_empty() {
        "/"
    } else {
        request.path
    };
    Ok(match component {
        Component::Method => request.method.to_owned(),
        Component::TargetUri => {
            let query = request
                .query
                .map(|query| format!("?{query}"))
                .unwrap_or_default();
            format!(
                "{}://{}{path}{query}",
                request.scheme.to_ascii_lowercase(),
                authority(request)
            )
        }
        Component::Authority => authority(request),
        Component::Scheme => request.scheme.to_ascii_lowercase(),
        Component::RequestTarget => match request.query {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        },
        Component::Path => path.to_owned(),
        Component::Query => format!("?{}", request.query.unwrap_or_default()),
        Component::Field(name) => field_value(request, name)?.ok_or_else(|| {
            Problem::new(
                Code::RequestComponentUnsupported,
                "",
                format!("the request has no field `{name}`"),
            )
        })?,
    })
}

/// In lower case, without the scheme's usual port (RFC 9421 §2.2.3).
fn authority(request: &Request<'_>) -> String {
    let authority = request.authority.to_ascii_lowercase();
    let usual = match request.scheme.to_ascii_lowercase().as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return authority,
    };
    authority
        .strip_suffix(usual)
        .map_or_else(|| authority.clone(), str::to_owned)
}

/// All lines of a field, trimmed and joined (RFC 9421 §2.1). `None` where there is none.
fn field_value(request: &Request<'_>, name: &str) -> Result<Option<String>, Problem> {
    let mut joined: Option<String> = None;
    for (_, value) in request
        .fields
        .iter()
        .filter(|(found, _)| found.eq_ignore_ascii_case(name))
    {
        let value = value.trim_matches([' ', '\t']);
        match &mut joined {
            None => joined = Some(value.to_owned()),
            Some(joined) => {
                joined.push_str(", ");
                joined.push_str(value);
            }
        }
        if joined
            .as_ref()
            .is_some_and(|joined| joined.len() > FIELD_BYTES_MAX)
        {
            return Err(malformed("a signed field is longer than allowed"));
        }
    }
    Ok(joined)
}

fn parse_dictionary(field: &str) -> Option<Dictionary> {
    if field.len() > FIELD_BYTES_MAX {
        return None;
    }
    Parser::new(field).parse::<Dictionary>().ok()
}

fn inner_list(components: &[Component], parameters: &Parameters) -> Result<InnerList, Problem> {
    let text = |text: &str| {
        sfv::String::from_string(text.to_owned())
            .map_err(|_| malformed("a parameter is not plain ASCII"))
    };
    let mut inner = InnerList::new(Vec::with_capacity(components.len()));
    for component in components {
        inner.items.push(Item::new(text(component.name())?));
    }
    let mut put = |name: &str, value: BareItem| -> Result<(), Problem> {
        let name = Key::from_string(name.to_owned())
            .map_err(|_| malformed("a parameter's name cannot be written"))?;
        inner.params.insert(name, value);
        Ok(())
    };
    let integer =
        |n: i64| sfv::Integer::try_from(n).map_err(|_| malformed("a time is out of range"));
    if let Some(created_s) = parameters.created_s {
        put("created", integer(created_s)?.into())?;
    }
    if let Some(expires_s) = parameters.expires_s {
        put("expires", integer(expires_s)?.into())?;
    }
    if let Some(keyid) = &parameters.keyid {
        put("keyid", text(keyid)?.into())?;
    }
    if parameters.alg {
        put("alg", text(ALGORITHM)?.into())?;
    }
    if let Some(nonce) = &parameters.nonce {
        put("nonce", text(nonce)?.into())?;
    }
    if let Some(tag) = &parameters.tag {
        put("tag", text(tag)?.into())?;
    }
    Ok(inner)
}

/// The one serialised form of a list (RFC 9651 §4.1.1.1).
fn serialize_inner(inner: InnerList) -> Result<String, Problem> {
    vec![ListEntry::InnerList(inner)]
        .serialize()
        .ok_or_else(|| malformed("the list of components is empty"))
}

fn read_components(inner: &InnerList) -> Result<Vec<Component>, Problem> {
    if inner.items.len() > COMPONENTS_MAX {
        return Err(malformed("too many components are covered"));
    }
    let unsupported = |name: &str| {
        Problem::new(
            Code::RequestComponentUnsupported,
            "",
            format!("component `{}` is not supported", crate::did::shorten(name)),
        )
    };
    inner
        .items
        .iter()
        .map(|item| {
            let name = item
                .bare_item
                .as_string()
                .ok_or_else(|| malformed("a component's name is a string"))?
                .as_str();
            // Parameters (`;sf`, `;key`, `;bs`, `;req`, `;tr`) change what is covered; we use none.
            if !item.params.is_empty() {
                return Err(unsupported(name));
            }
            Component::from_name(name).ok_or_else(|| unsupported(name))
        })
        .collect()
}

fn read_parameters(inner: &InnerList) -> Result<Parameters, Problem> {
    let mut parameters = Parameters {
        created_s: None,
        expires_s: None,
        keyid: None,
        alg: false,
        nonce: None,
        tag: None,
    };
    for (name, value) in &inner.params {
        let text = || {
            let text = value.as_string().map(|text| text.as_str().to_owned());
            text.ok_or_else(|| malformed("a parameter is not a string"))
        };
        let seconds = || {
            value
                .as_integer()
                .map(i64::from)
                .ok_or_else(|| malformed("a time is not an integer"))
        };
        match name.as_str() {
            "created" => parameters.created_s = Some(seconds()?),
            "expires" => parameters.expires_s = Some(seconds()?),
            "keyid" => parameters.keyid = Some(text()?),
            "nonce" => parameters.nonce = Some(text()?),
            "tag" => parameters.tag = Some(text()?),
            "alg" => {
                if text()? != ALGORITHM {
                    return Err(Problem::new(
                        Code::RequestAlgorithmUnsupported,
                        "",
                        "the algorithm is not ed25519",
                    ));
                }
                parameters.alg = true;
            }
            // Others are signed with the list, and mean nothing to us.
            _ => {}
        }
    }
    Ok(parameters)
}

/// A field name in lower case (RFC 9110 §5.1), not a derived component.
fn is_field_name(name: &str) -> bool {
    let token =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&b);
    !name.is_empty() && name.bytes().all(token)
}

fn malformed(message: &str) -> Problem {
    Problem::new(Code::RequestSignatureMalformed, "", message)
}

#[cfg(test)]
mod tests;
