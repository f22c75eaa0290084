use super::generate::{Dice, Fullness, xml};
use crate::carta_porte::*;
use crate::draft::Severity;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::sync::LazyLock;

const NUMBER: &str = "30001000000500009999";
const RFC: &str = "EKU9003173C9";

/// Keys made for this run only; one is enough for a taxpayer, two for authorities.
static KEYS: LazyLock<[RsaKeyPair; 3]> =
    LazyLock::new(|| std::array::from_fn(|_| RsaKeyPair::generate(KeySize::Rsa2048).unwrap()));

fn taxpayer() -> &'static RsaKeyPair {
    &KEYS[0]
}

fn authority() -> &'static RsaKeyPair {
    &KEYS[1]
}

fn sign(key: &RsaKeyPair, message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        message,
        &mut signature,
    )
    .unwrap();
    signature
}

/// What a certificate says.
#[derive(Clone)]
struct Says {
    number: &'static str,
    holder: &'static str,
    issuer: &'static str,
    from: &'static str,
    until: &'static str,
    authority: bool,
}

const HOLDER: Says = Says {
    number: NUMBER,
    holder: "EKU9003173C9 / VADA800927DJ3",
    issuer: "AC de prueba",
    from: "230518114351Z",
    until: "270518114351Z",
    authority: false,
};

const AUTHORITY: Says = Says {
    number: "30001000000500000001",
    holder: "AC de prueba",
    issuer: "AC de prueba",
    from: "200101000000Z",
    until: "300101000000Z",
    authority: true,
};

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    match content.len() {
        short @ 0..=127 => out.push(u8::try_from(short).unwrap()),
        long => {
            let bytes = long.to_be_bytes();
            let bytes: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
            out.push(0x80 | u8::try_from(bytes.len()).unwrap());
            out.extend(bytes);
        }
    }
    out.extend(content);
    out
}

fn name(text: &str) -> Vec<u8> {
    let part = |oid: &[u8]| {
        der(
            0x31,
            &[&der(
                0x30,
                &[&der(6, &[oid]), &der(0x0c, &[text.as_bytes()])],
            )],
        )
    };
    // Common name and unique identifier, each a set of its own.
    der(0x30, &[&part(&[0x55, 4, 3]), &part(&[0x55, 4, 45])])
}

fn certificate(says: &Says, key: &RsaKeyPair, signer: &RsaKeyPair) -> Vec<u8> {
    const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11];
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1];
    let null = der(5, &[]);
    let algorithm = der(0x30, &[&der(6, &[SHA256_WITH_RSA]), &null]);
    let key_info = der(
        0x30,
        &[
            &der(0x30, &[&der(6, &[RSA]), &null]),
            &der(3, &[&[0], key.public_key().as_ref()]),
        ],
    );
    let constraints = der(
        0x30,
        if says.authority {
            &[&[1, 1, 0xff]]
        } else {
            &[]
        },
    );
    let extension = der(
        0x30,
        &[&der(6, &[&[0x55, 29, 19]]), &der(4, &[&constraints])],
    );
    let tbs = der(
        0x30,
        &[
            &der(0xa0, &[&der(2, &[&[2]])]),
            &der(2, &[says.number.as_bytes()]),
            &algorithm,
            &name(says.issuer),
            &der(
                0x30,
                &[
                    &der(0x17, &[says.from.as_bytes()]),
                    &der(0x17, &[says.until.as_bytes()]),
                ],
            ),
            &name(says.holder),
            &key_info,
            &der(0xa3, &[&der(0x30, &[&extension])]),
        ],
    );
    let signature = sign(signer, &tbs);
    der(0x30, &[&tbs, &algorithm, &der(3, &[&[0], &signature])])
}

/// A document with everything in it, sealed with the taxpayer's key.
fn sealed(says: &Says) -> CartaPorteDocument {
    let made = xml(&mut Dice::new(7), Fullness::All);
    let (mut document, _) = read_document(made.as_bytes()).unwrap();
    let cfdi = document.cfdi.as_mut().unwrap();
    let der = certificate(says, taxpayer(), authority());
    cfdi.emisor.rfc = RFC.to_owned();
    cfdi.no_certificado = Some(NUMBER.to_owned());
    cfdi.certificado = Some(BASE64_STANDARD.encode(der));
    cfdi.fecha = "2026-11-24T05:00:00".to_owned();
    seal_again(&mut document);
    document
}

fn seal_again(document: &mut CartaPorteDocument) {
    let original = original_string(write(document).as_bytes()).unwrap();
    let seal = BASE64_STANDARD.encode(sign(taxpayer(), original.as_bytes()));
    let cfdi = document.cfdi.as_mut().unwrap();
    cfdi.sello = Some(seal.clone());
    let stamp = cfdi.timbre.as_mut().unwrap();
    stamp.sello_cfd = seal;
    stamp.fecha_timbrado = "2026-11-24T05:01:00".to_owned();
}

fn verdict(text: &str, reading: &Reading) -> SealVerdict {
    seal(text.as_bytes(), reading).unwrap().unwrap()
}

fn codes(text: &str, reading: &Reading) -> Vec<(&'static str, Severity)> {
    let draft = read_as(text.as_bytes(), reading).unwrap();
    let about = ["seal", "certificate", "stamp", "root"];
    draft
        .faults
        .iter()
        .filter(|fault| about.iter().any(|word| fault.code.starts_with(word)))
        .map(|fault| (fault.code, fault.severity))
        .collect()
}

fn roots(certificates: &[Vec<u8>]) -> Reading {
    Reading {
        roots: certificates
            .iter()
            .map(|der| BASE64_STANDARD.encode(der))
            .collect(),
        ..Reading::default()
    }
}

#[test]
fn a_seal_that_fits_says_that_the_chain_is_not_checked() {
    let text = write(&sealed(&HOLDER));
    let reading = Reading::default();
    assert_eq!(
        verdict(&text, &reading),
        SealVerdict::Fits(Chain::Unchecked)
    );
    assert_eq!(
        codes(&text, &reading),
        [
            ("seal-fits-chain-unchecked", Severity::Note),
            ("stamp-unchecked", Severity::Note)
        ]
    );
    let draft = read(text.as_bytes()).unwrap();
    let fault = draft
        .faults
        .iter()
        .find(|fault| fault.code == "seal-fits-chain-unchecked")
        .unwrap();
    assert!(
        fault.en.starts_with("signature fits, chain not checked"),
        "{}",
        fault.en
    );
    assert!(fault.place.as_ref().unwrap().path.ends_with("/@Sello"));
}

/// Each attribute of a document that has every field of every table: changed, and left out.
#[test]
fn every_field_of_the_tables_breaks_the_seal() {
    let text = write(&sealed(&HOLDER));
    let reading = Reading::default();
    let stamp = text.find("<tfd:").unwrap();
    let mut attributes = 0;
    let mut names = std::collections::BTreeSet::new();
    for (at, _) in text.match_indices("=\"").filter(|(at, _)| *at < stamp) {
        let start = text[..at].rfind(' ').unwrap() + 1;
        let end = at + 2 + text[at + 2..].find('"').unwrap();
        let name = &text[start..at];
        // The end of base64 looks like the start of a value.
        if !name.chars().all(char::is_alphanumeric) && !name.contains(':') {
            continue;
        }
        if name.contains(':') || ["version", "encoding", "Sello", "Certificado"].contains(&name) {
            continue;
        }
        attributes += 1;
        names.insert(name.to_owned());
        let changed = format!("{}7{}", &text[..end], &text[end..]);
        assert_eq!(
            verdict(&changed, &reading),
            SealVerdict::Broken,
            "{name} changed"
        );
        let left_out = format!("{}{}", &text[..start - 1], &text[end + 1..]);
        assert_eq!(
            verdict(&left_out, &reading),
            SealVerdict::Broken,
            "{name} left out"
        );
    }
    assert!(attributes > 500, "{attributes}");
    for row in elements() {
        let name = row.place.rsplit('@').next().unwrap().to_owned();
        let beside = ["Sello", "Certificado"].contains(&name.as_str());
        if row.place.contains('@') && !row.place.starts_with("tfd:") && !beside {
            assert!(
                names.contains(&name),
                "{} was not in the document",
                row.place
            );
        }
    }
}

#[test]
fn blanks_do_not_break_the_seal_and_order_of_attributes_does_not() {
    let text = write(&sealed(&HOLDER));
    let reading = Reading::default();
    let spaced = text.replace("Version=\"3.1\"", "Version=\"  3.1\n\t\"");
    assert_ne!(spaced, text);
    assert_eq!(
        verdict(&spaced, &reading),
        SealVerdict::Fits(Chain::Unchecked)
    );
    let swapped = text
        .replace("TipoFactor=", "Tmp=")
        .replace("Tmp=", " TipoFactor=");
    assert_eq!(
        verdict(&swapped, &reading),
        SealVerdict::Fits(Chain::Unchecked)
    );
}

#[test]
fn a_certificate_is_the_issuers_and_valid() {
    let reading = Reading::default();
    for (says, code) in [
        (
            Says {
                holder: "URE180429TM6 / X",
                ..HOLDER
            },
            "certificate-other-rfc",
        ),
        (
            Says {
                number: "30001000000500009998",
                ..HOLDER
            },
            "certificate-number",
        ),
        (
            Says {
                until: "261101000000Z",
                ..HOLDER
            },
            "certificate-expired",
        ),
        (
            Says {
                from: "261201000000Z",
                ..HOLDER
            },
            "certificate-not-yet-valid",
        ),
    ] {
        let found = codes(&write(&sealed(&says)), &reading);
        assert!(
            found.contains(&(code, Severity::Error)),
            "{code}: {found:?}"
        );
        assert!(
            found.contains(&("seal-fits-chain-unchecked", Severity::Note)),
            "{found:?}"
        );
    }
    // Mexico is 5 to 8 hours behind UTC: only what is wrong in all its zones is told.
    let edge = Says {
        until: "261124120000Z",
        ..HOLDER
    };
    assert!(
        !codes(&write(&sealed(&edge)), &reading)
            .iter()
            .any(|(code, _)| *code == "certificate-expired")
    );
}

#[test]
fn what_cannot_be_checked_is_said() {
    let reading = Reading::default();
    let with = |change: &dyn Fn(&mut Comprobante)| {
        let mut document = sealed(&HOLDER);
        change(document.cfdi.as_mut().unwrap());
        write(&document)
    };
    for (text, expected, code) in [
        (with(&|cfdi| cfdi.sello = None), SealVerdict::Missing, "seal-missing"),
        (with(&|cfdi| cfdi.certificado = None), SealVerdict::Unreadable, "certificate-missing"),
        (with(&|cfdi| cfdi.certificado = Some("YQ==".into())), SealVerdict::Unreadable, "certificate-unreadable"),
        (with(&|cfdi| cfdi.sello = Some("@".into())), SealVerdict::Unreadable, "seal-form"),
        (with(&|cfdi| cfdi.sello = Some("YQ==".into())), SealVerdict::Broken, "seal-broken"),
        (
            write(&sealed(&HOLDER)).replace(
                "<cfdi:Complemento>",
                "<cfdi:Complemento><x:leyendas xmlns:x=\"http://www.sat.gob.mx/leyendasFiscales\"/>",
            ),
            SealVerdict::Unchecked,
            "seal-unchecked",
        ),
    ] {
        assert_eq!(verdict(&text, &reading), expected, "{code}");
        let found = codes(&text, &reading);
        assert!(found.iter().any(|(found, _)| *found == code), "{code}: {found:?}");
    }
}

#[test]
fn configured_authorities_check_the_chain() {
    let text = write(&sealed(&HOLDER));
    let right = certificate(&AUTHORITY, authority(), authority());
    let other_key = certificate(&AUTHORITY, &KEYS[2], &KEYS[2]);
    let other_name = certificate(
        &Says {
            holder: "Otra AC",
            issuer: "Otra AC",
            ..AUTHORITY
        },
        &KEYS[2],
        &KEYS[2],
    );
    let no_authority = certificate(
        &Says {
            authority: false,
            ..AUTHORITY
        },
        authority(),
        authority(),
    );
    let expired = certificate(
        &Says {
            until: "250101000000Z",
            ..AUTHORITY
        },
        authority(),
        authority(),
    );
    for (given, chain, code, severity) in [
        (
            &[right.clone()][..],
            Chain::Checked,
            "seal-fits-chain-checked",
            Severity::Note,
        ),
        (
            std::slice::from_ref(&other_key),
            Chain::Broken,
            "certificate-chain-broken",
            Severity::Error,
        ),
        (
            &[other_name],
            Chain::IssuerUnknown,
            "seal-fits-issuer-unknown",
            Severity::Warning,
        ),
        (
            &[no_authority],
            Chain::Broken,
            "certificate-chain-broken",
            Severity::Error,
        ),
        (
            &[expired],
            Chain::Broken,
            "certificate-chain-broken",
            Severity::Error,
        ),
        (
            &[other_key.clone(), right.clone()],
            Chain::Checked,
            "seal-fits-chain-checked",
            Severity::Note,
        ),
    ] {
        let reading = roots(given);
        assert_eq!(verdict(&text, &reading), SealVerdict::Fits(chain));
        assert!(codes(&text, &reading).contains(&(code, severity)));
    }
    let body = BASE64_STANDARD.encode(&right);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n").repeat(2);
    let reading = Reading {
        roots: vec![pem],
        ..Reading::default()
    };
    assert_eq!(verdict(&text, &reading), SealVerdict::Fits(Chain::Checked));
    let reading = Reading {
        roots: vec!["nonsense".into()],
        ..Reading::default()
    };
    assert!(codes(&text, &reading).contains(&("root-unreadable", Severity::Warning)));
}

#[test]
fn a_stamp_repeats_the_seal_and_is_sealed_itself() {
    let signer = certificate(&AUTHORITY, authority(), authority());
    let reading = roots(&[signer]);
    let mut document = sealed(&HOLDER);
    let stamp = document.cfdi.as_mut().unwrap().timbre.as_mut().unwrap();
    stamp.no_certificado_sat = AUTHORITY.number.to_owned();
    let original = super::super::original::of_stamp(stamp);
    assert!(
        original.starts_with("||1.1|") && original.ends_with(&format!("|{}||", AUTHORITY.number))
    );
    stamp.sello_sat = BASE64_STANDARD.encode(sign(authority(), original.as_bytes()));
    assert!(codes(&write(&document), &reading).contains(&("stamp-fits", Severity::Note)));
    for (field, code) in [
        ("UUID=\"", "stamp-broken"),
        ("SelloCFD=\"", "stamp-other-seal"),
        ("FechaTimbrado=\"2026-11-24", "stamp-date"),
    ] {
        let text = write(&document);
        let stamp = text.find("<tfd:").unwrap();
        let at = stamp + text[stamp..].find(field).unwrap() + field.len();
        let changed = if code == "stamp-date" {
            text.replace(field, "FechaTimbrado=\"2026-12-24")
        } else {
            let digit = if text[at..].starts_with('a') {
                'b'
            } else {
                'a'
            };
            format!("{}{digit}{}", &text[..at], &text[at + 1..])
        };
        let found = codes(&changed, &reading);
        assert!(
            found.iter().any(|(found, _)| *found == code),
            "{code}: {found:?}"
        );
    }
}

#[test]
fn a_carta_porte_outside_the_complement_is_nobodys_word() {
    let text = write(&sealed(&HOLDER));
    let (start, end) = (
        text.find("<cartaporte31:CartaPorte").unwrap(),
        text.find("</cartaporte31:CartaPorte>").unwrap(),
    );
    let end = end + "</cartaporte31:CartaPorte>".len();
    let node = text[start..end].to_owned();
    // A second one in the Addenda is not read in place of the sealed one.
    let forged = node.replace("47", "99");
    let beside = text.replace(
        "</cfdi:Comprobante>",
        &format!("<cfdi:Addenda>{forged}</cfdi:Addenda></cfdi:Comprobante>"),
    );
    let (document, faults) = read_document(beside.as_bytes()).unwrap();
    let (whole, _) = read_document(text.as_bytes()).unwrap();
    assert_eq!(document.carta_porte, whole.carta_porte);
    assert!(faults.iter().any(|fault| fault.code == "carta-porte-many"));
    // Alone in the Addenda it is read and told.
    let moved = text.replace(&node, "").replace(
        "</cfdi:Comprobante>",
        &format!("<cfdi:Addenda>{node}</cfdi:Addenda></cfdi:Comprobante>"),
    );
    let (_, faults) = read_document(moved.as_bytes()).unwrap();
    assert!(
        faults
            .iter()
            .any(|fault| fault.code == "carta-porte-outside")
    );
}
