//! Judging a proof: `ProofVerify` of the draft over the arithmetic of the library's curve.
//!
//! The library's own makes all points of the suite anew for each proof, and multiplies them one by one: nine tenths of its time. Here
//! those points are kept, and each equation is one sum of products. Nothing in it is secret, so that it may take time as it likes; the
//! tests hold it to the library's verdicts.

use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use bls12_381_plus::{
    G1Affine, G1Projective, G2Affine, G2Prepared, G2Projective, Gt, Scalar, multi_miller_loop,
};
use zkryptium::bbsplus::ciphersuites::{BbsCiphersuite as _, Bls12381Sha256};
use zkryptium::bbsplus::generators;
use zkryptium::bbsplus::keys::BBSplusPublicKey;
use zkryptium::utils::message::bbsplus_message::BBSplusMessage;
use zkryptium::utils::util::bbsplus_utils::hash_to_scalar;

use super::signature::{MESSAGES_MAX, public_key};
use crate::keys::VerificationKey;

const POINT_BYTES: usize = 48;
const SCALAR_BYTES: usize = 32;
/// Scalars of a proof that shows all messages; each that is not shown adds one.
const SCALARS_MIN: usize = 4;

/// Whether a proof holds for a header and these messages at these indexes, in rising order.
pub(crate) fn proof_holds(
    key: &VerificationKey,
    proof: &[u8],
    header: &[u8],
    presentation_header: &[u8],
    messages: &[Vec<u8>],
    shown: &[usize],
) -> bool {
    let Some(proof) = Proof::read(proof) else {
        return false;
    };
    let all = proof.hidden.len().saturating_add(messages.len());
    if all > MESSAGES_MAX
        || messages.len() != shown.len()
        || !shown.is_sorted_by(|a, b| a < b)
        || shown.last().is_some_and(|last| *last >= all)
    {
        return false;
    }
    let Some(public) = key.as_bytes().try_into().ok().and_then(public_key) else {
        return false;
    };
    let Ok(messages) =
        BBSplusMessage::messages_to_scalar::<Bls12381Sha256>(messages, Bls12381Sha256::API_ID)
    else {
        return false;
    };
    let shown = shown.iter().copied().zip(messages.iter().map(|m| m.value));
    proof
        .challenge_for(&public, header, presentation_header, shown.collect())
        .is_some_and(|challenge| challenge == proof.challenge)
        && proof.is_of_a_signature_by(&public)
}

/// What a proof holds, by the draft's names.
struct Proof {
    a_bar: G1Affine,
    b_bar: G1Affine,
    d: G1Affine,
    /// e^, r1^, r3^.
    blinded: [Scalar; 3],
    /// m^, one for each message that is not shown.
    hidden: Vec<Scalar>,
    challenge: Scalar,
}

impl Proof {
    /// `octets_to_proof`.
    fn read(bytes: &[u8]) -> Option<Self> {
        let (points, scalars) = bytes.split_at_checked(3 * POINT_BYTES)?;
        let mut points = points.as_chunks().0.iter().map(point);
        let (scalars, rest) = scalars.as_chunks();
        if !rest.is_empty() || scalars.len() > SCALARS_MIN + MESSAGES_MAX {
            return None;
        }
        let scalars = scalars.iter().map(scalar).collect::<Option<Vec<_>>>()?;
        let ([e, r1, r3], [hidden @ .., challenge]) = scalars.split_first_chunk()? else {
            return None;
        };
        Some(Self {
            a_bar: points.next()??,
            b_bar: points.next()??,
            d: points.next()??,
            blinded: [*e, *r1, *r3],
            hidden: hidden.to_vec(),
            challenge: *challenge,
        })
    }

    /// `ProofVerifyInit` and `ProofChallengeCalculate`: what the challenge must be for these messages. None where there
    /// are not as many points as the proof has scalars.
    fn challenge_for(
        &self,
        public: &BBSplusPublicKey,
        header: &[u8],
        presentation_header: &[u8],
        shown: Vec<(usize, Scalar)>,
    ) -> Option<Scalar> {
        let all = self.hidden.len() + shown.len();
        let generators = Generators::at_least(all + 1);
        let domain = generators.domain(public, header, all)?;
        let [e, r1, r3] = self.blinded;
        let [a_bar, b_bar, d] = [self.a_bar, self.b_bar, self.d].map(G1Projective::from);
        let t1 = G1Projective::sum_of_products(&[b_bar, a_bar, d], &[self.challenge, e, r1]);
        // T2 = Bv c + D r3^ + H_j m^_j of those not shown, where Bv = P1 + Q1 domain + H_i m_i of those shown.
        let (q1, h) = generators.points.split_first()?;
        let mut points = vec![generators.p1, *q1, d];
        let mut factors = vec![self.challenge, domain * self.challenge, r3];
        points.extend(h.get(..all)?);
        let (mut known, mut hidden) = (shown.iter().peekable(), self.hidden.iter());
        for index in 0..all {
            factors.push(match known.next_if(|(at, _)| *at == index) {
                Some((_, message)) => message * self.challenge,
                None => *hidden.next()?,
            });
        }
        let t2 = G1Projective::sum_of_products(&points, &factors);

        let mut bytes = octets(shown.len()).to_vec();
        for (index, message) in &shown {
            bytes.extend(octets(*index));
            bytes.extend(message.to_be_bytes());
        }
        for point in [self.a_bar, self.b_bar, self.d, t1.into(), t2.into()] {
            bytes.extend(point.to_compressed());
        }
        bytes.extend(domain.to_be_bytes());
        bytes.extend(octets(presentation_header.len()));
        bytes.extend(presentation_header);
        hashed(&bytes)
    }

    /// Whether e(Abar, W) e(Bbar, -BP2) is one.
    fn is_of_a_signature_by(&self, public: &BBSplusPublicKey) -> bool {
        static MINUS_BP2: LazyLock<G2Prepared> =
            LazyLock::new(|| G2Prepared::from(G2Affine::from(-G2Projective::GENERATOR)));
        let key = G2Prepared::from(G2Affine::from(public.0));
        let product = multi_miller_loop(&[(&self.a_bar, &key), (&self.b_bar, &MINUS_BP2)]);
        product.final_exponentiation() == Gt::IDENTITY
    }
}

/// A point of the group, and not its identity: with that for Abar and Bbar the pairing is one for any key, so that anybody could prove
/// anything.
fn point(bytes: &[u8; POINT_BYTES]) -> Option<G1Affine> {
    let point: Option<G1Affine> = G1Affine::from_compressed(bytes).into();
    point.filter(|point| !bool::from(point.is_identity()))
}

/// A number below the group's order that is not zero.
fn scalar(bytes: &[u8; SCALAR_BYTES]) -> Option<Scalar> {
    let scalar: Option<Scalar> = Scalar::from_be_bytes(bytes).into();
    scalar.filter(|scalar| *scalar != Scalar::ZERO)
}

/// The points of the suite: constants, which take a third of a millisecond each to be made.
struct Generators {
    p1: G1Projective,
    /// Q1, then H_1 and those after it.
    points: Vec<G1Projective>,
    /// The same as they are hashed.
    octets: Vec<[u8; POINT_BYTES]>,
}

impl Generators {
    /// So many or more. They come one from the other, so that a longer list starts with the shorter, and the longest that was asked for is
    /// kept: of [`MESSAGES_MAX`] and one at most, 200 KB.
    fn at_least(count: usize) -> Arc<Self> {
        static LONGEST: RwLock<Option<Arc<Generators>>> = RwLock::new(None);
        let long_enough = |made: &&Arc<Self>| made.points.len() >= count;
        let longest = LONGEST.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = longest.as_ref().filter(long_enough) {
            return Arc::clone(made);
        }
        drop(longest);
        // Made without the lock: whoever needs fewer needn't wait.
        let made = Arc::new(Self::make(count));
        let mut longest = LONGEST.write().unwrap_or_else(PoisonError::into_inner);
        if longest.as_ref().filter(long_enough).is_none() {
            *longest = Some(Arc::clone(&made));
        }
        made
    }

    fn make(count: usize) -> Self {
        let api_id = Some(Bls12381Sha256::API_ID);
        let made = generators::Generators::create::<Bls12381Sha256>(count, api_id);
        let compressed = |point: &G1Projective| G1Affine::from(point).to_compressed();
        Self {
            p1: made.g1_base_point,
            octets: made.values.iter().map(compressed).collect(),
            points: made.values,
        }
    }

    /// `calculate_domain`, of so many messages.
    fn domain(&self, public: &BBSplusPublicKey, header: &[u8], messages: usize) -> Option<Scalar> {
        let mut bytes = public.to_bytes().to_vec();
        bytes.extend(octets(messages));
        bytes.extend(self.octets.get(..=messages)?.as_flattened());
        bytes.extend(Bls12381Sha256::API_ID);
        bytes.extend(octets(header.len()));
        bytes.extend(header);
        hashed(&bytes)
    }
}

fn hashed(bytes: &[u8]) -> Option<Scalar> {
    let tag = [Bls12381Sha256::API_ID, Bls12381Sha256::H2S].concat();
    hash_to_scalar::<Bls12381Sha256>(bytes, &tag).ok()
}

/// A number in eight bytes.
fn octets(number: usize) -> [u8; 8] {
    (number as u64).to_be_bytes()
}

#[cfg(test)]
pub(crate) mod tests;
