//! Verdicts are those of the library, but for what it should refuse and doesn't.

use zkryptium::schemes::algorithms::BBSplus;
use zkryptium::schemes::generics::PoKSignature;

use super::*;
use crate::bbs::{SecretKey, prove};

const HEADER: &[u8] = b"header";
const PRESENTATION: &[u8] = b"presentation";

/// A proof and what is shown with it.
#[derive(Clone)]
struct Case {
    key: VerificationKey,
    proof: Vec<u8>,
    header: Vec<u8>,
    presentation: Vec<u8>,
    messages: Vec<Vec<u8>>,
    shown: Vec<usize>,
}

impl Case {
    fn new(messages: usize, shown: &[usize]) -> Self {
        let key = SecretKey::from_bytes([7; 32]).unwrap();
        let all: Vec<Vec<u8>> = (0..messages)
            .map(|n| format!("message {n}").into())
            .collect();
        let signature = key.sign(HEADER, &all).unwrap();
        let key = key.verification_key();
        Self {
            proof: prove(&key, &signature, HEADER, PRESENTATION, &all, shown).unwrap(),
            key,
            header: HEADER.into(),
            presentation: PRESENTATION.into(),
            messages: shown.iter().map(|at| all[*at].clone()).collect(),
            shown: shown.into(),
        }
    }

    fn holds(&self) -> bool {
        proof_holds(
            &self.key,
            &self.proof,
            &self.header,
            &self.presentation,
            &self.messages,
            &self.shown,
        )
    }

    fn holds_for_the_library(&self) -> bool {
        let public = public_key(self.key.as_bytes().try_into().unwrap()).unwrap();
        PoKSignature::<BBSplus<Bls12381Sha256>>::from_bytes(&self.proof).is_ok_and(|proof| {
            let (messages, shown) = (Some(&*self.messages), Some(&*self.shown));
            let (header, presentation) = (Some(&*self.header), Some(&*self.presentation));
            proof
                .proof_verify(&public, messages, shown, header, presentation)
                .is_ok()
        })
    }

    fn touched(&self, touch: impl FnOnce(&mut Self)) -> Self {
        let mut touched = self.clone();
        touch(&mut touched);
        touched
    }
}

#[test]
fn what_the_library_proves_is_taken() {
    let all: Vec<usize> = (0..5).collect();
    for (messages, shown) in [
        (0, &[][..]),
        (1, &[]),
        (5, &all),
        (5, &[]),
        (5, &[4]),
        (12, &[1, 7, 11]),
    ] {
        let case = Case::new(messages, shown);
        assert!(case.holds() && case.holds_for_the_library(), "{messages}");
    }
}

#[test]
fn what_is_touched_is_refused_by_both() {
    let case = Case::new(3, &[0, 2]);
    assert!(case.holds() && case.holds_for_the_library());
    // Abar, Bbar, D, each of the scalars, the challenge: the lowest bit makes another number, or no point.
    let ends = (0..3).map(|n| 48 * n + 47);
    let ends = ends.chain((175..case.proof.len()).step_by(32));
    let mut wrong: Vec<Case> = ends
        .map(|at| case.touched(|case| case.proof[at] ^= 1))
        .collect();
    // The other of two points with the same abscissa.
    wrong.extend([0, 48, 96].map(|at| case.touched(|case| case.proof[at] ^= 0x20)));
    wrong.push(case.touched(|case| case.proof.copy_within(0..48, 96)));
    wrong.push(case.touched(|case| case.header.push(0)));
    wrong.push(case.touched(|case| case.presentation.push(0)));
    wrong.push(case.touched(|case| {
        let other = SecretKey::from_bytes([8; 32]).unwrap();
        case.key = other.verification_key();
    }));
    wrong.push(case.touched(|case| case.messages[0].push(b'!')));
    for (n, wrong) in wrong.iter().enumerate() {
        assert!(!wrong.holds(), "{n}");
        assert!(!wrong.holds_for_the_library(), "{n}");
    }
}

/// The library would read beyond what is there, sort what is not in order, or take what is too long.
#[test]
fn what_is_of_no_proof_is_refused_before_it_is_computed_with() {
    let case = Case::new(9, &[0, 3, 4]);
    let check = |what: &str, touch: fn(&mut Case)| {
        assert!(!case.touched(touch).holds(), "{what}");
    };
    check("empty", |case| case.proof.clear());
    check("no scalars", |case| case.proof.truncate(144));
    check("three scalars", |case| case.proof.truncate(144 + 96));
    check("half a scalar more", |case| case.proof.extend([1; 16]));
    check("a scalar more", |case| case.proof.extend([1; 32]));
    check("a scalar less", |case| {
        case.proof.truncate(case.proof.len() - 32);
    });
    check("very many scalars", |case| {
        case.proof.extend([1; 32 * (MESSAGES_MAX + 1)]);
    });
    check("a message more", |case| case.messages.push(vec![1]));
    check("an index more", |case| case.shown.push(8));
    check("an index beyond", |case| case.shown[2] = 9);
    check("an index twice", |case| case.shown[2] = 3);
    check("other order", |case| {
        case.shown.swap(0, 1);
        case.messages.swap(0, 1);
    });
    check("a scalar of zero", |case| case.proof[144..176].fill(0));
    check("a scalar beyond the order", |case| {
        case.proof[144..176].fill(0xff);
    });
    check("a point that is none", |case| case.proof[..48].fill(0xff));
}

#[test]
fn generators_are_those_of_the_library_in_whatever_order_they_are_asked_for() {
    for count in [3, 1, 30, 12] {
        let made = Generators::at_least(count);
        let anew = Generators::make(count);
        assert!(made.points.len() >= count);
        assert_eq!(made.points[..count], anew.points[..]);
        assert_eq!(made.octets[..count], anew.octets[..]);
    }
}

/// A proof by nobody's signature that messages were signed by `key`: with the identity for Abar and Bbar the pairing says nothing, and D
/// may be Bv, so that r3^ can answer any challenge.
pub(crate) fn forged(
    key: &VerificationKey,
    header: &[u8],
    presentation_header: &[u8],
    messages: &[Vec<u8>],
    shown: &[usize],
    hidden: usize,
) -> Vec<u8> {
    let public = public_key(key.as_bytes().try_into().unwrap()).unwrap();
    let generators = Generators::at_least(messages.len() + hidden + 1);
    let all = messages.len() + hidden;
    let domain = generators.domain(&public, header, all).unwrap();
    let scalars =
        BBSplusMessage::messages_to_scalar::<Bls12381Sha256>(messages, Bls12381Sha256::API_ID);
    let shown: Vec<(usize, Scalar)> = shown
        .iter()
        .copied()
        .zip(scalars.unwrap().iter().map(|m| m.value))
        .collect();
    let mut bv = generators.p1 + generators.points[0] * domain;
    for (index, message) in &shown {
        bv += generators.points[1 + index] * message;
    }
    let any = Scalar::from(26_u64);
    let mut proof = Proof {
        a_bar: G1Affine::identity(),
        b_bar: G1Affine::identity(),
        d: bv.into(),
        blinded: [any, any, any],
        hidden: vec![any; hidden],
        challenge: Scalar::ZERO,
    };
    // T1 = D r1^ and T2 = Bv c + D r3^ + H_j m^_j = Bv (c + r3^) + H_j m^_j: the same for each c, where r3^ makes up for it.
    let challenge = proof
        .challenge_for(&public, header, presentation_header, shown)
        .unwrap();
    proof.challenge = challenge;
    proof.blinded[2] = any - challenge;
    let points = [proof.a_bar, proof.b_bar, proof.d];
    let scalars = [&proof.blinded[..], &proof.hidden, &[proof.challenge]].concat();
    let points = points.iter().flat_map(G1Affine::to_compressed);
    points
        .chain(scalars.iter().flat_map(|scalar| scalar.to_be_bytes()))
        .collect()
}

#[test]
fn nobody_proves_a_signature_that_there_is_not() {
    let victim = SecretKey::from_bytes([9; 32]).unwrap().verification_key();
    let case = |messages: &[&str], shown: &[usize], hidden: usize| {
        let messages: Vec<Vec<u8>> = messages.iter().map(|m| m.as_bytes().to_vec()).collect();
        Case {
            proof: forged(&victim, HEADER, PRESENTATION, &messages, shown, hidden),
            key: victim.clone(),
            header: HEADER.into(),
            presentation: PRESENTATION.into(),
            messages,
            shown: shown.into(),
        }
    };
    for forged in [
        case(&[], &[], 0),
        case(&["released"], &[0], 0),
        case(&["released", "inspected"], &[1, 4], 3),
    ] {
        // The forgery is a good one: the library, which reads the identity, takes it.
        assert!(forged.holds_for_the_library());
        assert!(!forged.holds());
    }
}
