//! What is signed: keys, DIDs, Data Integrity proofs, W3C credentials, signed requests.
//!
//! Pure: no files, network, clock or randomness. Seeds, nonces and the time are handed in, but for two that libraries draw themselves:
//! the blinding of a BBS proof and, where one asks for it, the nonces of `ecdsa-sd-2023`'s statements. Who fetches a DID document is
//! somebody else. It knows nothing of logs, cases or programs, and of a record only that it is a credential.
//!
//! ```
//! use garita_canon::{Canonicalizer, ContextSet};
//! use garita_credential::{DidKeyResolver, KeyFile, ProofOptions, SigningKey, Suite, VerifyOptions, data_integrity, vc};
//! use serde_json::json;
//!
//! let canonicalizer = Canonicalizer::new(ContextSet::bundled());
//! let file = KeyFile::did_key(SigningKey::from_seed([7; 32]));
//! let document = json!({
//!     "@context": ["https://www.w3.org/ns/credentials/v2"],
//!     "type": ["VerifiableCredential"],
//!     "issuer": file.controller,
//!     "credentialSubject": {"id": "did:example:truck"},
//! });
//! assert!(vc::check(&document, None).is_empty());
//! let options = ProofOptions::assertion(&file.id, 1_795_532_400_000);
//! let mut signed = data_integrity::create(&document, Suite::EddsaRdfc2022, &file.key, &options, &canonicalizer)?;
//!
//! let expected = VerifyOptions::assertion(&DidKeyResolver, None);
//! let verified = data_integrity::verify(&signed, &expected, &canonicalizer).map_err(|problems| problems[0].clone())?;
//! vc::check_controller(&signed, &verified)?;
//! signed["credentialSubject"]["id"] = "did:example:another".into();
//! assert_eq!(data_integrity::verify(&signed, &expected, &canonicalizer).unwrap_err()[0].code(), "proof-invalid");
//! # Ok::<(), garita_credential::Problem>(())
//! ```
//!
//! | module | what |
//! | --- | --- |
//! | [`judge`] | a verdict on what somebody shows, for the command line and the API |
//! | [`keys`] | Ed25519, P-256, P-384, P-521 and BLS12-381 keys in their Multikey forms; the one rule of verification |
//! | [`webvh`] | `did:webvh`: DIDs with a history |
//! | [`jwk`] | the same keys as JSON Web Keys; `did:jwk` |
//! | [`did`] | `did:key`, `did:jwk`, `did:web`, DID documents |
//! | [`resolution`] | what a resolver answers for `did:key` and `did:webvh` |
//! | [`resolver`] | which key a verification method meant at a time |
//! | [`data_integrity`] | `eddsa-rdfc-2022`, `eddsa-jcs-2022`, `ecdsa-rdfc-2019`, `ecdsa-jcs-2019`: make and verify proofs, sets and chains |
//! | [`selective`] | showing a part of what was signed: `ecdsa-sd-2023` |
//! | [`vc`] | the rules of the VC Data Model 2.0 |
//! | [`jose`] | the same as JSON Web Tokens: `vc+jwt`, `vp+jwt` |
//! | [`sd_jwt`] | the same with parts that the holder can conceal: `vc+sd-jwt`, `dc+sd-jwt` |
//! | [`cose`] | the same as COSE_Sign1: `vc+cose`, `vp+cose` |
//! | [`vc_api`] | the W3C CCG VC API: from a request body to an answer |
//! | [`secured`] | these three by name, with one key at hand |
//! | [`envelope`] | what signed tokens have in common, and `data:` URLs of them |
//! | [`presentation`] | a holder shows credentials: verifiable presentations |
//! | [`carry`] | a credential as a text for a QR code |
//! | [`status`] | what became of a credential: Bitstring Status List 1.0 |
//! | [`http_signature`] | signed requests between nodes, RFC 9421 and RFC 9530 |
//! | [`problem`] | what is wrong with a document: code, place, words in English and Spanish |

pub mod bbs;
pub mod carry;
mod cbor;
pub mod cose;
pub mod data_integrity;
pub mod did;
pub mod envelope;
pub mod http_signature;
pub mod jose;
pub mod judge;
pub mod jwk;
pub mod keys;
pub mod presentation;
pub mod problem;
pub mod resolution;
pub mod resolver;
pub mod sd_jwt;
pub mod secured;
pub mod selective;
pub mod status;
pub mod time;
pub mod vc;
pub mod vc_api;
pub mod webvh;

pub use data_integrity::{ProofOptions, Purpose, Suite, Verified, VerifiedProof, VerifyOptions};
pub use keys::{ElsewhereKey, EncryptedKey, KeyFile, KeyType, SigningKey, VerificationKey};
pub use problem::{Code, Lang, Problem, describe};
pub use resolver::{DidKeyResolver, KeyHistory, ResolveError, ResolvedKey, Resolver};
