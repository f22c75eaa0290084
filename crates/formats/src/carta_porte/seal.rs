//! The seal of a CFDI: whether its signature fits the original string and the certificate in the file, and whether
//! the certificate is what it says.
//!
//! A seal that fits says who signed only as far as the certificate is trusted. Where no authority's certificates are
//! configured nobody checks that, and the draft says so. That is the only word: nothing here asks a list of revoked
//! certificates or the authority's service.

mod certificate;

use super::document::{CartaPorteDocument, Comprobante, Timbre};
use super::node::Source;
use super::original;
use crate::draft::{Places, Severity};
use crate::xml::Element;
use certificate::{Certificate, decoded};
use serde::Serialize;

/// Mexico's local times are 5 to 8 hours behind UTC; a CFDI does not say which.
const ZONE_SECONDS: (i64, i64) = (5 * 3_600, 8 * 3_600);
/// A CFDI is to be stamped within 72 hours.
const STAMP_SECONDS_MAX: i64 = 72 * 3_600;

/// What is known of the seal of a CFDI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SealVerdict {
    /// There is none.
    Missing,
    /// Seal or certificate can't be read.
    Unreadable,
    /// The document holds something that the original string's table does not know.
    Unchecked,
    /// The signature does not fit.
    Broken,
    /// The signature fits; the chain is as said.
    Fits(Chain),
}

/// How far the certificate of a seal was followed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chain {
    /// No authority's certificates are configured.
    Unchecked,
    /// A configured authority signed the certificate.
    Checked,
    /// None of the configured authorities is the issuer that the certificate names.
    IssuerUnknown,
    /// The named issuer is configured and did not sign it.
    Broken,
}

/// Checks the seals of the document, adding a fault or note for what is found; `None` for a bare node.
pub(super) fn check(
    root: &Element,
    document: &CartaPorteDocument,
    source: &mut Source<'_>,
) -> Option<SealVerdict> {
    let cfdi = document.cfdi.as_ref()?;
    let authorities = authorities(source);
    let mut check = Check {
        places: &mut source.places,
        authorities,
    };
    let verdict = check.seal(root, cfdi);
    if let Some(stamp) = &cfdi.timbre {
        check.stamp(cfdi, stamp);
    }
    Some(verdict)
}

/// The configured certificates; one that can't be read is told.
fn authorities(source: &mut Source<'_>) -> Vec<Certificate> {
    let mut found = Vec::new();
    for (index, text) in source.reading.roots.iter().enumerate() {
        match Certificate::all(text) {
            Some(certificates) => found.extend(certificates),
            None => source.places.fault_at(
                Severity::Warning,
                "root-unreadable",
                "",
                None,
                format!("configured certificate {} can't be read", index + 1),
                format!("no se puede leer el certificado configurado {}", index + 1),
            ),
        }
    }
    found
}

struct Check<'a> {
    places: &'a mut Places,
    authorities: Vec<Certificate>,
}

impl Check<'_> {
    fn tell(&mut self, severity: Severity, code: &'static str, at: &str, en: &str, es: &str) {
        self.places
            .fault(severity, code, at, en.to_owned(), es.to_owned());
    }

    fn error(&mut self, code: &'static str, at: &str, en: &str, es: &str) {
        self.tell(Severity::Error, code, at, en, es);
    }

    fn seal(&mut self, root: &Element, cfdi: &Comprobante) -> SealVerdict {
        let Some(seal) = cfdi.sello.as_deref().filter(|seal| !seal.is_empty()) else {
            self.tell(
                Severity::Warning,
                "seal-missing",
                "/cfdi",
                "the CFDI has no seal: nobody has signed it",
                "el CFDI no tiene sello: nadie lo ha firmado",
            );
            return SealVerdict::Missing;
        };
        let Some(text) = cfdi.certificado.as_deref().filter(|text| !text.is_empty()) else {
            self.error(
                "certificate-missing",
                "/cfdi/sello",
                "there is a seal but no certificate to check it against",
                "hay un sello pero ningún certificado con que comprobarlo",
            );
            return SealVerdict::Unreadable;
        };
        let Some(certificate) = Certificate::from_base64(text) else {
            self.error(
                "certificate-unreadable",
                "/cfdi/certificado",
                "Certificado is no X.509 certificate in base64",
                "Certificado no es un certificado X.509 en base64",
            );
            return SealVerdict::Unreadable;
        };
        self.certificate(cfdi, &certificate);
        let Some(signature) = decoded(seal) else {
            self.error(
                "seal-form",
                "/cfdi/sello",
                "Sello is not base64",
                "Sello no es base64",
            );
            return SealVerdict::Unreadable;
        };
        let original = match original::of_cfdi(root) {
            Ok(original) => original,
            Err(stranger) => {
                self.places.fault_at(
                    Severity::Warning,
                    "seal-unchecked",
                    "/cfdi/sello",
                    Some(stranger.place()),
                    format!(
                        "the seal is not checked: what `{}` adds to the original string is not known here",
                        stranger.name
                    ),
                    format!(
                        "no se comprueba el sello: aquí no se sabe qué añade `{}` a la cadena original",
                        stranger.name
                    ),
                );
                return SealVerdict::Unchecked;
            }
        };
        if !certificate.fits(original.as_bytes(), &signature) {
            self.error(
                "seal-broken",
                "/cfdi/sello",
                "the seal does not fit: the document was changed after it was signed, or another key signed it",
                "el sello no corresponde: el documento cambió después de firmarse o lo firmó otra clave",
            );
            return SealVerdict::Broken;
        }
        SealVerdict::Fits(self.chain(cfdi, &certificate))
    }

    /// Whether the certificate is the one that the document names, its issuer's, and valid at the time.
    fn certificate(&mut self, cfdi: &Comprobante, certificate: &Certificate) {
        if !certificate.is_rsa() {
            self.error(
                "certificate-key",
                "/cfdi/certificado",
                "the certificate's key is not RSA",
                "la clave del certificado no es RSA",
            );
        }
        if cfdi.no_certificado.as_deref() != Some(certificate.number.as_str()) {
            let number: String = certificate.number.chars().take(40).collect();
            self.error(
                "certificate-number",
                "/cfdi/no_certificado",
                &format!("NoCertificado is not the number of the certificate, {number}"),
                &format!("NoCertificado no es el número del certificado, {number}"),
            );
        }
        match certificate.rfc.as_deref() {
            Some(rfc) if rfc == cfdi.emisor.rfc => {}
            Some(rfc) => {
                let rfc: String = rfc.chars().take(20).collect();
                self.error(
                    "certificate-other-rfc",
                    "/cfdi/emisor/rfc",
                    &format!("the certificate is that of {rfc}, not of the issuer"),
                    &format!("el certificado es de {rfc}, no del emisor"),
                );
            }
            None => self.error(
                "certificate-other-rfc",
                "/cfdi/emisor/rfc",
                "the certificate names no RFC, so it is not known to be the issuer's",
                "el certificado no nombra ningún RFC: no se sabe si es del emisor",
            ),
        }
        let Some(local) = local_seconds(&cfdi.fecha) else {
            return;
        };
        if local + ZONE_SECONDS.0 > certificate.not_after {
            self.error(
                "certificate-expired",
                "/cfdi/fecha",
                "the certificate had expired when the CFDI was made",
                "el certificado ya había vencido cuando se expidió el CFDI",
            );
        }
        if local + ZONE_SECONDS.1 < certificate.not_before {
            self.error(
                "certificate-not-yet-valid",
                "/cfdi/fecha",
                "the certificate was not yet valid when the CFDI was made",
                "el certificado aún no era válido cuando se expidió el CFDI",
            );
        }
    }

    fn chain(&mut self, cfdi: &Comprobante, certificate: &Certificate) -> Chain {
        let at = "/cfdi/sello";
        if self.authorities.is_empty() {
            self.tell(
                Severity::Note,
                "seal-fits-chain-unchecked",
                at,
                "signature fits, chain not checked: the authority's certificates are not configured",
                "la firma corresponde, la cadena no se comprobó: no están configurados los certificados de la autoridad",
            );
            return Chain::Unchecked;
        }
        let named: Vec<&Certificate> = self
            .authorities
            .iter()
            .filter(|authority| certificate.names_issuer(authority))
            .collect();
        if named.is_empty() {
            self.tell(
                Severity::Warning,
                "seal-fits-issuer-unknown",
                at,
                "signature fits, but none of the configured authorities issued the certificate",
                "la firma corresponde, pero ninguna de las autoridades configuradas emitió el certificado",
            );
            return Chain::IssuerUnknown;
        }
        let local = local_seconds(&cfdi.fecha);
        let signed = named.iter().any(|authority| {
            let in_time = local.is_none_or(|local| {
                local + ZONE_SECONDS.0 <= authority.not_after
                    && local + ZONE_SECONDS.1 >= authority.not_before
            });
            in_time && certificate.is_signed_by(authority)
        });
        if signed {
            self.tell(
                Severity::Note,
                "seal-fits-chain-checked",
                at,
                "signature fits, and a configured authority issued the certificate; whether it was revoked since is not asked",
                "la firma corresponde y una autoridad configurada emitió el certificado; no se consulta si fue revocado después",
            );
            Chain::Checked
        } else {
            self.error(
                "certificate-chain-broken",
                "/cfdi/certificado",
                "the authority that the certificate names did not sign it, or was not valid then",
                "la autoridad que nombra el certificado no lo firmó, o no era válida entonces",
            );
            Chain::Broken
        }
    }

    /// The stamp repeats the seal and is sealed itself, by a key whose certificate the file does not hold.
    fn stamp(&mut self, cfdi: &Comprobante, stamp: &Timbre) {
        let Some(seal) = cfdi.sello.as_deref().filter(|seal| !seal.is_empty()) else {
            return;
        };
        if stamp.sello_cfd != seal {
            self.error(
                "stamp-other-seal",
                "/cfdi/timbre/sello_cfd",
                "the stamp is that of another CFDI: its SelloCFD is not this seal",
                "el timbre es de otro CFDI: su SelloCFD no es este sello",
            );
        }
        if let (Some(made), Some(stamped)) = (
            local_seconds(&cfdi.fecha),
            local_seconds(&stamp.fecha_timbrado),
        ) && !(-ZONE_SECONDS.1..=STAMP_SECONDS_MAX + ZONE_SECONDS.1).contains(&(stamped - made))
        {
            self.tell(
                Severity::Warning,
                "stamp-date",
                "/cfdi/timbre/fecha_timbrado",
                "a CFDI is stamped within 72 hours after it is made",
                "un CFDI se timbra dentro de las 72 horas siguientes a su expedición",
            );
        }
        let at = "/cfdi/timbre/sello_sat";
        let original = original::of_stamp(stamp);
        let signer = self
            .authorities
            .iter()
            .find(|certificate| certificate.number == stamp.no_certificado_sat);
        match signer.map(|signer| {
            decoded(&stamp.sello_sat)
                .is_some_and(|signature| signer.fits(original.as_bytes(), &signature))
        }) {
            Some(true) => self.tell(
                Severity::Note,
                "stamp-fits",
                at,
                "the seal of the stamp fits the configured certificate that it names",
                "el sello del timbre corresponde al certificado configurado que nombra",
            ),
            Some(false) => self.error(
                "stamp-broken",
                at,
                "the seal of the stamp does not fit the configured certificate that it names",
                "el sello del timbre no corresponde al certificado configurado que nombra",
            ),
            None => self.tell(
                Severity::Note,
                "stamp-unchecked",
                at,
                "the seal of the stamp is not checked: the certificate that it names is not configured",
                "el sello del timbre no se comprobó: no está configurado el certificado que nombra",
            ),
        }
    }
}

/// Seconds of a local time as if it were UTC.
fn local_seconds(text: &str) -> Option<i64> {
    let time: jiff::civil::DateTime = text.parse().ok()?;
    let instant = jiff::tz::TimeZone::UTC.to_timestamp(time).ok()?;
    Some(instant.as_second())
}
