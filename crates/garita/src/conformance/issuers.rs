//! One issuer for each suite and kind of key, and the status list of one of them.

use std::collections::BTreeMap;

use garita_canon::Canonicalizer;
use garita_credential::data_integrity;
use garita_credential::status::{ENTRIES_MIN, ListOptions, Register, StatusPurpose, choose_index};
use garita_credential::vc_api::{Fresh, Issuer, Way};
use garita_credential::{KeyFile, KeyType, ProofOptions, Suite};
use garita_exchange::clock::real_now_ms;
use garita_exchange::encode;
use serde_json::{Map, Value};

use crate::credential::issue::{new_bbs_key, new_key};

/// The issuer that keeps a status list.
pub(super) const STATUS: &str = "status";

/// Issuers by the name in their address.
pub(super) struct Issuers(BTreeMap<&'static str, Issuer>);

impl Issuers {
    pub(super) fn new() -> Result<Self, String> {
        let key = |kind| new_key(kind).map(KeyFile::did_key);
        let plain = |suite, kind| key(kind).map(|file| Way::Plain(suite, file));
        let ways = [
            ("eddsa-rdfc", plain(Suite::EddsaRdfc2022, KeyType::Ed25519)?),
            ("eddsa-jcs", plain(Suite::EddsaJcs2022, KeyType::Ed25519)?),
            (
                "ecdsa-rdfc-p256",
                plain(Suite::EcdsaRdfc2019, KeyType::P256)?,
            ),
            (
                "ecdsa-rdfc-p384",
                plain(Suite::EcdsaRdfc2019, KeyType::P384)?,
            ),
            ("ecdsa-jcs-p256", plain(Suite::EcdsaJcs2019, KeyType::P256)?),
            ("ecdsa-jcs-p384", plain(Suite::EcdsaJcs2019, KeyType::P384)?),
            ("ecdsa-sd-p256", Way::EcdsaSd(key(KeyType::P256)?)),
            ("bbs", Way::Bbs(KeyFile::did_key(new_bbs_key()?))),
            (STATUS, plain(Suite::EddsaRdfc2022, KeyType::Ed25519)?),
            ("jwt", Way::Jwt(key(KeyType::Ed25519)?)),
        ];
        let issuers = ways.map(|(name, way)| (name, Issuer { way }));
        Ok(Self(issuers.into_iter().collect()))
    }

    pub(super) fn get(&self, name: &str) -> Option<&Issuer> {
        self.0.get(name)
    }

    /// The DID of an issuer; empty where there is none of that name.
    pub(super) fn controller(&self, name: &str) -> &str {
        self.get(name).map_or("", Issuer::controller)
    }

    /// Name to DID.
    pub(super) fn ids(&self) -> Value {
        let ids = self.0.iter();
        ids.map(|(name, issuer)| ((*name).to_owned(), issuer.controller().into()))
            .collect::<Map<_, _>>()
            .into()
    }

    /// The list with the proof of its issuer.
    pub(super) fn sign_list(
        &self,
        list: &Value,
        canonicalizer: &Canonicalizer,
    ) -> Result<Value, String> {
        let Some(Way::Plain(suite, file)) = self.get(STATUS).map(|issuer| &issuer.way) else {
            return Err("the status issuer is missing".to_owned());
        };
        let options = ProofOptions::assertion(&file.id, real_now_ms());
        data_integrity::create(list, *suite, &file.key, &options, canonicalizer)
            .map_err(|e| e.to_string())
    }
}

/// What is given out, and what became of it.
pub(super) struct StatusDesk {
    register: Register,
    taken: std::collections::HashSet<u64>,
    url: String,
    since_ms: i64,
}

impl StatusDesk {
    pub(super) fn new(url: &str) -> Result<Self, String> {
        Ok(Self {
            register: Register::new(&[StatusPurpose::Revocation], ENTRIES_MIN, 1)
                .map_err(|e| e.to_string())?,
            taken: std::collections::HashSet::new(),
            url: url.to_owned(),
            since_ms: real_now_ms(),
        })
    }

    /// A place that nobody has, by chance.
    pub(super) fn next_entry(&mut self) -> Result<Value, String> {
        let random = (0..64).map_while(|_| encode::random::<8>().ok().map(u64::from_le_bytes));
        let index = choose_index(ENTRIES_MIN, random, |index| self.taken.contains(&index))
            .ok_or("no place is left on the status list")?;
        self.taken.insert(index);
        Ok(super::entry(&self.url, index))
    }

    pub(super) fn set(&mut self, index: u64, revoked: bool) -> Result<(), String> {
        let set = self.register.set(index, revoked.into());
        set.map(|_| ()).map_err(|e| e.to_string())
    }

    /// The list as it is now, unsigned.
    pub(super) fn list(&self, issuer: &str) -> Result<Value, String> {
        let options = ListOptions::new(format!("{}/status/1", self.url), issuer, self.since_ms);
        self.register
            .credential(&options)
            .map_err(|e| e.to_string())
    }
}

/// Random bytes for one request.
pub(super) fn fresh() -> Result<Fresh, String> {
    Fresh::from_random(|| encode::random().ok()).ok_or_else(|| "no randomness".to_owned())
}
