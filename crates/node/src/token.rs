//! Parties' keys in a token that speaks PKCS#11: a hardware security module, a smart card, SoftHSM. The secret never leaves it; signatures
//! are asked for by the key's label.
//!
//! A few threads hold a session each and take turns from one bounded queue. Who asks waits for some seconds at most: a token that is away
//! or slow is told (`signer-away`), and costs neither memory nor the threads of the server.

use std::collections::HashMap;
use std::fmt;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use garita_credential::keys::{ElsewhereKey, KeyType, NotSigned, SigningKey, VerificationKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::config::TokenFile;

/// Signatures that wait: some seconds' work of a slow token. Beyond it one is refused at once.
const WAITING_MAX: usize = 64;
/// A signature takes milliseconds; who waits longer than this has no token.
const PATIENCE: Duration = Duration::from_secs(5);
/// A module that answers nothing is begun anew at most so often.
const RENEWED_EVERY: Duration = Duration::from_secs(2);
/// Sessions at most: tokens have some dozen.
const SESSIONS_MAX: u8 = 16;

const PIN_WRONG: &str = "the PIN is wrong";

/// DER of the curves' names, as `CKA_EC_PARAMS` (PKCS#11 v3.0 §2.3.3, §2.3.5): OIDs, and for Ed25519 the name, which older modules take alone.
const P256_OID: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const ED25519_OID: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];
const ED25519_NAME: &[u8] = b"\x13\x0cedwards25519";

/// Why a token cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The module, or the token behind it.
    #[error("token `{token}`: {why}")]
    Away {
        /// Its label.
        token: String,
        /// Why.
        why: String,
    },
    /// The PIN.
    #[error("token `{token}`: the PIN is wrong; a token locks itself after some wrong ones")]
    Pin {
        /// Its label.
        token: String,
    },
    /// Not there, there twice, or of another kind.
    #[error("key `{label}` in token `{token}`: {why}")]
    Key {
        /// The token's label.
        token: String,
        /// The key's label.
        label: String,
        /// Why.
        why: String,
    },
}

impl TokenError {
    /// Whether it was the PIN.
    pub fn is_pin(&self) -> bool {
        matches!(self, Self::Pin { .. })
    }
}

/// An opened token; cheap to clone.
#[derive(Clone)]
pub struct Token(Arc<Shared>);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({})", self.0.label)
    }
}

struct Shared {
    label: String,
    jobs: SyncSender<Job>,
}

/// One thing to be done in a session.
struct Job {
    task: Task,
    answer: SyncSender<Result<Done, String>>,
}

#[derive(Clone)]
enum Task {
    Sign {
        label: String,
        kind: KeyType,
        message: Vec<u8>,
    },
    Public {
        label: String,
        kind: KeyType,
    },
    Generate {
        label: String,
        kind: KeyType,
    },
}

enum Done {
    Signature(Vec<u8>),
    Public(VerificationKey),
}

impl Token {
    /// Loads the module, finds the token by its label and signs in.
    ///
    /// # Errors
    /// When the module cannot be loaded, the token is not there, or the PIN is wrong. A wrong PIN is tried once: tokens lock themselves.
    pub fn open(file: &TokenFile, pin: Zeroizing<String>) -> Result<Self, TokenError> {
        let away = |why: String| TokenError::Away {
            token: file.token.clone(),
            why,
        };
        let module = Pkcs11::new(&file.module).map_err(|e| {
            away(format!(
                "the module `{}` cannot be loaded: {e}",
                file.module.display()
            ))
        })?;
        let module = Arc::new(Module {
            token: file.token.clone(),
            pin: AuthPin::from(pin.as_str()),
            state: RwLock::new(State {
                module,
                generation: 0,
                renewed: Instant::now(),
            }),
        });
        // Never unloaded: the last thread to let go of it would do so while the process ends, and the module's own end runs then too.
        std::mem::forget(Arc::clone(&module));
        module.begin().map_err(away)?;
        // Signed in once before there are threads, so that a wrong PIN is told and costs one try.
        module.session().map_err(|why| {
            if why == PIN_WRONG {
                TokenError::Pin {
                    token: file.token.clone(),
                }
            } else {
                away(why)
            }
        })?;
        let (jobs, queue) = sync_channel(WAITING_MAX);
        let queue = Arc::new(Mutex::new(queue));
        for n in 0..file.sessions.clamp(1, SESSIONS_MAX) {
            let (module, queue) = (Arc::clone(&module), Arc::clone(&queue));
            thread::Builder::new()
                .name(format!("token-{n}"))
                .spawn(move || work(&module, &queue))
                .map_err(|e| away(e.to_string()))?;
        }
        Ok(Self(Arc::new(Shared {
            label: file.token.clone(),
            jobs,
        })))
    }

    /// The token's label.
    pub fn label(&self) -> &str {
        &self.0.label
    }

    /// A key of the token, by its label.
    ///
    /// # Errors
    /// When it is not there, there twice, or of another kind.
    pub fn key(&self, label: &str, kind: KeyType) -> Result<SigningKey, TokenError> {
        let task = Task::Public {
            label: label.to_owned(),
            kind,
        };
        self.keyed(label, kind, task)
    }

    /// A new key, made in the token.
    ///
    /// # Errors
    /// When the label is taken, or the token makes no key of this kind.
    pub fn generate(&self, label: &str, kind: KeyType) -> Result<SigningKey, TokenError> {
        let task = Task::Generate {
            label: label.to_owned(),
            kind,
        };
        self.keyed(label, kind, task)
    }

    fn keyed(&self, label: &str, kind: KeyType, task: Task) -> Result<SigningKey, TokenError> {
        let fault = |why: String| TokenError::Key {
            token: self.0.label.clone(),
            label: label.to_owned(),
            why,
        };
        match self.ask(task).map_err(fault)? {
            Done::Public(public) => Ok(SigningKey::elsewhere(
                public,
                Arc::new(TokenKey {
                    token: self.clone(),
                    label: label.to_owned(),
                    kind,
                }),
            )),
            Done::Signature(_) => Err(fault("a signature where a key was asked for".to_owned())),
        }
    }

    fn ask(&self, task: Task) -> Result<Done, String> {
        let (answer, answered) = sync_channel(1);
        self.0
            .jobs
            .try_send(Job { task, answer })
            .map_err(|error| match error {
                TrySendError::Full(_) => "too many signatures wait for it".to_owned(),
                TrySendError::Disconnected(_) => "its threads have ended".to_owned(),
            })?;
        answered
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| Err(format!("no answer in {} s", PATIENCE.as_secs())))
    }
}

/// A key in the token.
#[derive(Debug)]
struct TokenKey {
    token: Token,
    label: String,
    kind: KeyType,
}

impl ElsewhereKey for TokenKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, NotSigned> {
        let task = Task::Sign {
            label: self.label.clone(),
            kind: self.kind,
            message: message.to_vec(),
        };
        let told = |why: String| {
            tracing::error!(
                token = self.token.label(),
                key = self.label,
                why,
                "a key in a token did not sign"
            );
            NotSigned::new(format!("token `{}`: {why}", self.token.label()))
        };
        match self.token.ask(task).map_err(told)? {
            Done::Signature(signature) => Ok(signature),
            Done::Public(_) => Err(told("a key where a signature was asked for".to_owned())),
        }
    }
}

/// The module with what opens the token.
struct Module {
    token: String,
    pin: AuthPin,
    // Who signs holds it for reading: a module is not ended under anybody's hands.
    state: RwLock<State>,
}

struct State {
    module: Pkcs11,
    /// Counts how often it was begun anew; handles of an earlier one mean nothing.
    generation: u64,
    renewed: Instant,
}

impl Module {
    fn begin(&self) -> Result<(), String> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        initialize(&state.module)
    }

    /// A session that is signed in, with the generation that it is of.
    fn session(&self) -> Result<(Session, u64), String> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let slot = slot(&state.module, &self.token)?;
        // To make keys one needs to write. Not closed on drop: after a renewal its number may be another's.
        let session = state
            .module
            .open_rw_session_no_drop(slot)
            .map_err(|e| e.to_string())?;
        match session.login(UserType::User, Some(&self.pin)) {
            // One session's login is all sessions'.
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(Error::Pkcs11(RvError::PinIncorrect, _)) => {
                return Err(PIN_WRONG.to_owned());
            }
            Err(Error::Pkcs11(RvError::PinLocked, _)) => {
                return Err(
                    "it is locked after wrong PINs; its security officer opens it".to_owned(),
                );
            }
            Err(error) => return Err(error.to_string()),
        }
        Ok((session, state.generation))
    }

    /// Ends the module and begins it anew, unless another thread has since `seen`, or it was done just now: some modules find a token that
    /// was away only so.
    fn renew(&self, seen: u64) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.generation != seen || state.renewed.elapsed() < RENEWED_EVERY {
            return;
        }
        state.renewed = Instant::now();
        state.generation += 1;
        let ended = state.module.clone().finalize();
        let begun = initialize(&state.module);
        tracing::warn!(
            token = self.token,
            ?ended,
            ?begun,
            "the token's module was begun anew"
        );
    }
}

fn initialize(module: &Pkcs11) -> Result<(), String> {
    match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

fn slot(module: &Pkcs11, token: &str) -> Result<Slot, String> {
    let slots = module.get_slots_with_token().map_err(|e| e.to_string())?;
    let mut found = slots.into_iter().filter(|slot| {
        module
            .get_token_info(*slot)
            .is_ok_and(|info| info.label() == token)
    });
    match (found.next(), found.next()) {
        (Some(slot), None) => Ok(slot),
        (None, _) => Err("the module has no token with this label".to_owned()),
        (Some(_), Some(_)) => Err("the module has two tokens with this label".to_owned()),
    }
}

/// What a thread holds: a session and what it has found in it.
struct Desk {
    session: Session,
    generation: u64,
    found: HashMap<String, ObjectHandle>,
}

fn work(module: &Module, queue: &Mutex<Receiver<Job>>) {
    let mut desk: Option<Desk> = None;
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        // Nobody can ask any more: the node has ended.
        let Ok(Job { task, answer }) = job else {
            return;
        };
        let mut done = attempt(module, &mut desk, &task);
        if done.is_err() && !matches!(task, Task::Generate { .. }) {
            // A session may have ended by itself; the module may have to be begun anew. Once, then it is told.
            let seen = put_away(module, &mut desk);
            done = attempt(module, &mut desk, &task);
            if done.is_err() {
                let seen = put_away(module, &mut desk).or(seen);
                module.renew(seen.unwrap_or_else(|| module.generation()));
                done = attempt(module, &mut desk, &task);
            }
        }
        if done.is_err() {
            put_away(module, &mut desk);
        }
        // Who asked may have given up.
        let _ = answer.try_send(done);
    }
}

/// Gives a session back; its generation.
fn put_away(module: &Module, desk: &mut Option<Desk>) -> Option<u64> {
    let desk = desk.take()?;
    let state = module.state.read().unwrap_or_else(PoisonError::into_inner);
    if state.generation == desk.generation {
        // Of a token that is away it is gone already.
        let _ = desk.session.close();
    }
    Some(desk.generation)
}

impl Module {
    fn generation(&self) -> u64 {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.generation
    }
}

fn attempt(module: &Module, desk: &mut Option<Desk>, task: &Task) -> Result<Done, String> {
    if desk
        .as_ref()
        .is_none_or(|desk| desk.generation != module.generation())
    {
        let (session, generation) = module.session()?;
        *desk = Some(Desk {
            session,
            generation,
            found: HashMap::new(),
        });
    }
    let Some(desk) = desk else {
        return Err("no session".to_owned());
    };
    let state = module.state.read().unwrap_or_else(PoisonError::into_inner);
    if state.generation != desk.generation {
        return Err("it was begun anew just now".to_owned());
    }
    match task {
        Task::Sign {
            label,
            kind,
            message,
        } => {
            let key = match desk.found.get(label) {
                Some(key) => *key,
                None => {
                    let key = one(&desk.session, ObjectClass::PRIVATE_KEY, label)?;
                    desk.found.insert(label.clone(), key);
                    key
                }
            };
            sign(&desk.session, key, *kind, message).map(Done::Signature)
        }
        Task::Public { label, kind } => {
            one(&desk.session, ObjectClass::PRIVATE_KEY, label)?;
            public(&desk.session, label, *kind).map(Done::Public)
        }
        Task::Generate { label, kind } => {
            generate(&desk.session, label, *kind)?;
            public(&desk.session, label, *kind).map(Done::Public)
        }
    }
}

fn sign(
    session: &Session,
    key: ObjectHandle,
    kind: KeyType,
    message: &[u8],
) -> Result<Vec<u8>, String> {
    let signed = match kind {
        KeyType::Ed25519 => {
            let params = EddsaParams::new(EddsaSignatureScheme::Pure);
            session.sign(&Mechanism::Eddsa(params), key, message)
        }
        // CKM_ECDSA signs a hash, and gives r and s as we write them.
        KeyType::P256 => session.sign(&Mechanism::Ecdsa, key, &Sha256::digest(message)),
        KeyType::P384 | KeyType::P521 | KeyType::Bls12381G2 => return Err(not_here(kind)),
    };
    signed.map_err(|e| e.to_string())
}

/// The one object of a class with a label.
fn one(session: &Session, class: ObjectClass, label: &str) -> Result<ObjectHandle, String> {
    let template = [
        Attribute::Class(class),
        Attribute::Label(label.as_bytes().to_vec()),
    ];
    let found = session.find_objects(&template).map_err(|e| e.to_string())?;
    match found.as_slice() {
        [object] => Ok(*object),
        [] => Err(format!("it has no key `{label}`")),
        _ => Err(format!("it has two keys `{label}`")),
    }
}

fn public(session: &Session, label: &str, kind: KeyType) -> Result<VerificationKey, String> {
    let object = one(session, ObjectClass::PUBLIC_KEY, label)?;
    let attributes = session
        .get_attributes(object, &[AttributeType::EcPoint])
        .map_err(|e| e.to_string())?;
    let point = attributes
        .into_iter()
        .find_map(|attribute| match attribute {
            Attribute::EcPoint(point) => Some(point),
            _ => None,
        });
    let point = point.ok_or("it does not tell the public key")?;
    of_point(&point, kind).ok_or_else(|| format!("`{label}` is no key of {}", kind.name()))
}

/// A public key of `CKA_EC_POINT`: an OCTET STRING in DER, or, of modules that leave that out, its content.
fn of_point(point: &[u8], kind: KeyType) -> Option<VerificationKey> {
    let raw = match point {
        [0x04, length, raw @ ..] if usize::from(*length) == raw.len() => raw,
        raw => raw,
    };
    match kind {
        KeyType::Ed25519 => VerificationKey::from_bytes(kind, raw).ok(),
        KeyType::P256 => {
            let (x, y) = match raw {
                [0x04, both @ ..] if both.len() == 64 => both.split_at(32),
                _ => return None,
            };
            // SEC 1 §2.3.3: even or odd.
            let sign = 2 + (y.last()? & 1);
            VerificationKey::from_bytes(kind, &[&[sign], x].concat()).ok()
        }
        KeyType::P384 | KeyType::P521 | KeyType::Bls12381G2 => None,
    }
}

fn generate(session: &Session, label: &str, kind: KeyType) -> Result<(), String> {
    if one(session, ObjectClass::PRIVATE_KEY, label) != Err(format!("it has no key `{label}`")) {
        return Err("there is one already, or it cannot be said".to_owned());
    }
    let (mechanism, curves): (_, &[&[u8]]) = match kind {
        KeyType::Ed25519 => (
            Mechanism::EccEdwardsKeyPairGen,
            &[ED25519_NAME, ED25519_OID],
        ),
        KeyType::P256 => (Mechanism::EccKeyPairGen, &[P256_OID]),
        KeyType::P384 | KeyType::P521 | KeyType::Bls12381G2 => return Err(not_here(kind)),
    };
    let named = [
        Attribute::Token(true),
        Attribute::Label(label.as_bytes().to_vec()),
        Attribute::Id(label.as_bytes().to_vec()),
    ];
    let mut private = named.to_vec();
    private.extend([
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
    ]);
    let mut last = String::new();
    for curve in curves {
        let mut public = named.to_vec();
        public.extend([
            Attribute::Private(false),
            Attribute::Verify(true),
            Attribute::EcParams(curve.to_vec()),
        ]);
        match session.generate_key_pair(&mechanism, &public, &private) {
            Ok(_) => return Ok(()),
            Err(error) => last = error.to_string(),
        }
    }
    Err(last)
}

fn not_here(kind: KeyType) -> String {
    format!("keys of {} are not used from tokens", kind.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_key_is_read_in_each_form_that_modules_give_it_in() {
        // What SoftHSM 2.6.1 and pkcs11-tool told of two keys that it had made.
        let ed = "853195caffc25ba7e9280bc174f7ae39c5b1e163cdc4e710e28f90d1f28274d0";
        let hex = |text: &str| -> Vec<u8> {
            (0..text.len() / 2)
                .map(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).unwrap())
                .collect()
        };
        let ed = hex(ed);
        let seed = SigningKey::from_seed([7; 32]).verification_key();
        let raw = seed.as_bytes();
        let wrapped = [&[0x04, 32], raw].concat();
        for point in [raw, &wrapped] {
            assert_eq!(of_point(point, KeyType::Ed25519).unwrap(), seed);
        }
        let point = hex(
            "04410487e6fec4bc9c968afb468a6e376f1fcc4af452b45bd30a9ac681ab75268c4281c5f4fe59013ae6a9a46ec2f91c429aa9cda890907f16049bac8f6d4d9b428fcb",
        );
        let key = of_point(&point, KeyType::P256).unwrap();
        assert_eq!(of_point(&point[2..], KeyType::P256).unwrap(), key);
        assert_eq!(key.as_bytes()[0], 3, "y is odd");
        for none in [&point[..40], &ed[..31], &[]] {
            assert!(of_point(none, KeyType::P256).is_none());
            assert!(of_point(none, KeyType::Ed25519).is_none());
        }
    }
}
