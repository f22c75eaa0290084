//! What the targets of signed things share: keys that are always the same, a judge, and what is asked of every fault.

use std::sync::LazyLock;

use garita_canon::{Canonicalizer, ContextSet};
use garita_credential::bbs::SecretKey;
use garita_credential::data_integrity::KeysAt;
use garita_credential::judge::{Checks, Judge, Lists, StatusLists};
use garita_credential::status::{
    ENTRIES_MIN, Given, ListOptions, Register, StatusList, StatusPurpose,
};
use garita_credential::vc_api::{Fresh, Issuer, Way};
use garita_credential::{DidKeyResolver, KeyFile, KeyType, Lang, Problem, SigningKey, Suite};

/// The time at which all is made and judged: 24 November 2026.
pub(crate) const NOW: i64 = 1_795_532_400_000;
/// Where the list of [`LISTS`] is.
pub(crate) const LIST_URL: &str = "https://cbp.example/status/1";
/// The first entry that [`LISTS`] has as revoked.
pub(crate) const REVOKED: u64 = 94_567;

/// One for the process, as a node has it.
pub(crate) static CANONICALIZER: LazyLock<Canonicalizer> =
    LazyLock::new(|| Canonicalizer::new(ContextSet::bundled()));

/// Who issues, each in another way.
pub(crate) static ISSUERS: LazyLock<Vec<Issuer>> = LazyLock::new(|| {
    let nist = |kind| nist(kind).into_iter();
    let mut ways = vec![
        Way::Plain(Suite::EddsaRdfc2022, ed25519()),
        Way::Plain(Suite::EddsaJcs2022, ed25519()),
        Way::Jwt(ed25519()),
    ];
    ways.extend(nist(KeyType::P256).map(|file| Way::Plain(Suite::EcdsaRdfc2019, file)));
    ways.extend(nist(KeyType::P384).map(|file| Way::Plain(Suite::EcdsaRdfc2019, file)));
    ways.extend(nist(KeyType::P384).map(|file| Way::Plain(Suite::EcdsaJcs2019, file)));
    ways.extend(nist(KeyType::P256).map(Way::EcdsaSd));
    ways.extend(nist(KeyType::P256).map(Way::Jwt));
    ways.extend(SecretKey::from_bytes([5; 32]).map(|key| Way::Bbs(KeyFile::did_key(key))));
    ways.into_iter().map(|way| Issuer { way }).collect()
});

/// The key of a person or an office.
pub(crate) fn ed25519() -> KeyFile {
    KeyFile::did_key(SigningKey::from_seed([7; 32]))
}

/// A key of a NIST curve, always the same.
pub(crate) fn nist(kind: KeyType) -> Option<KeyFile> {
    let key = SigningKey::from_bytes(kind, &vec![3; kind.secret_bytes()]);
    key.ok().map(KeyFile::did_key)
}

/// What is new and random elsewhere.
pub(crate) fn fresh() -> Option<Fresh> {
    Some(Fresh {
        hmac_key: [1; 32],
        proof_key: SigningKey::from_bytes(KeyType::P256, &[4; 32]).ok()?,
        presentation_header: vec![2; 16],
    })
}

/// One status list, of the usual issuer, and nothing at all other addresses.
pub(crate) struct OneList(pub(crate) Option<StatusList>);

pub(crate) static LISTS: LazyLock<OneList> = LazyLock::new(|| {
    let made =
        Register::new(&[StatusPurpose::Revocation], ENTRIES_MIN, 1).and_then(|mut register| {
            register.set(REVOKED, 1)?;
            register.credential(&ListOptions::new(LIST_URL, ed25519().controller, NOW))
        });
    OneList(made.ok().and_then(|list| StatusList::read(&list).ok()))
});

impl StatusLists for OneList {
    fn given(&self, url: &str) -> Given<'_> {
        match &self.0 {
            Some(list) if url == LIST_URL => Given::List {
                list,
                fetched_ms: NOW,
            },
            _ => Given::Nothing,
        }
    }
}

/// A verifier that looks at what `checks` names.
pub(crate) fn judge(checks: Checks, lists: Lists<'static>) -> Judge<'static> {
    Judge {
        resolver: &DidKeyResolver,
        canonicalizer: &CANONICALIZER,
        now_ms: NOW,
        keys_at: KeysAt::Given,
        checks,
        lists,
        schemas: None,
        domain: None,
        challenge: None,
    }
}

/// Faults as people are told them: a code, words in both languages, a place that is a JSON pointer.
pub(crate) fn told(problems: &[Problem]) {
    for problem in problems {
        assert!(!problem.code().is_empty());
        crate::both(
            problem.code.describe(Lang::En),
            problem.code.describe(Lang::Es),
        );
        let place = &problem.pointer;
        assert!(place.is_empty() || place.starts_with('/'), "{problem:?}");
        assert!(problem.message.len() < 4_096, "{problem:?}");
    }
}
