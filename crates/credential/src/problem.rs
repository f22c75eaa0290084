//! What is wrong with a document: a stable code, the place, and words for people.

use std::fmt;

/// A language that Garita speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    En,
    /// Spanish.
    Es,
}

/// One fault of a document. Several are told at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of fault.
    pub code: Code,
    /// Where, as a JSON pointer (RFC 6901) into the document; empty for the whole.
    pub pointer: String,
    /// The details in English, lower case; [`Code::describe`] has a whole sentence in both languages.
    pub message: String,
}

impl Problem {
    /// A fault at a place.
    #[must_use]
    pub fn new(code: Code, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code,
            pointer: pointer.into(),
            message: message.into(),
        }
    }

    /// The same, of a part of the document that stands at `place`.
    #[must_use]
    pub fn under(mut self, place: &str) -> Self {
        self.pointer.insert_str(0, place);
        self
    }

    /// The stable code as text.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code.as_str()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pointer.is_empty() {
            write!(f, "{}: {}", self.code.as_str(), self.message)
        } else {
            write!(
                f,
                "{}: {} (at {})",
                self.code.as_str(),
                self.message,
                self.pointer
            )
        }
    }
}

impl std::error::Error for Problem {}

/// The sentence for a code, by its text: ours, the keys', and those of canonical forms. `None` for a code of another crate.
#[must_use]
pub fn describe(code: &str, lang: Lang) -> Option<&'static str> {
    let (_, en, es) = TEXTS
        .iter()
        .chain(CANON_TEXTS)
        .find(|(name, _, _)| *name == code)?;
    Some(match lang {
        Lang::En => en,
        Lang::Es => es,
    })
}

/// Declares [`Code`] with its text and its two sentences in one table, so that none can lack a language.
macro_rules! codes {
    ($($variant:ident $text:literal $en:literal $es:literal)+) => {
        /// What kind of fault. The text of a code never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $en] $variant,)+
            /// The document has no canonical form; the code is the canonicalizer's.
            Canon(&'static str),
        }

        impl Code {
            /// The code as text, in kebab case.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Canon(code) => code,
                }
            }

            /// A whole sentence for people: what is wrong and what to do.
            #[must_use]
            pub fn describe(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$variant, Lang::En) => $en,
                    (Self::$variant, Lang::Es) => $es,)+
                    (Self::Canon(code), lang) => describe(code, lang).unwrap_or(match lang {
                        Lang::En => "The document cannot be brought into its one canonical form; correct the place that is named.",
                        Lang::Es => "El documento no puede llevarse a su única forma canónica; corrija el lugar indicado.",
                    }),
                }
            }

            /// Every code of this crate (those of the canonicalizer are its own).
            pub const ALL: &'static [Code] = &[$(Self::$variant,)+];
        }

        const TEXTS: &[(&str, &str, &str)] = &[$(($text, $en, $es),)+];
    };
}

codes! {
    ProofMissing "proof-missing"
        "The document has no proof; it must be signed by its issuer."
        "El documento no tiene prueba; debe firmarlo su emisor."
    ProofMalformed "proof-malformed"
        "The proof does not have the form that the standard asks for; sign the document again."
        "La prueba no tiene la forma que pide el estándar; firme de nuevo el documento."
    ProofInvalid "proof-invalid"
        "The signature does not match the document: it was changed after signing, or signed with another key."
        "La firma no corresponde al documento: fue modificado después de firmarse o se firmó con otra llave."
    ProofNotDerived "proof-not-derived"
        "This is the holder's own copy, with which anything in it can be shown; derive what is to be shown, and verify that."
        "Esta es la copia propia del titular, con la que puede mostrarse todo; derive lo que se va a mostrar y verifique eso."
    ProofNotBase "proof-not-base"
        "There is no base proof to derive from; take the document as its issuer handed it to the holder."
        "No hay prueba base de la cual derivar; use el documento tal como el emisor lo entregó al titular."
    PointerMalformed "pointer-malformed"
        "What is to be shown is named by JSON pointers, such as /credentialSubject/plate."
        "Lo que se muestra se nombra con punteros JSON, como /credentialSubject/plate."
    PointerUnmatched "pointer-unmatched"
        "The document has nothing at the place that is to be shown."
        "El documento no tiene nada en el lugar que se quiere mostrar."
    SelectionPartial "selection-partial"
        "This can only be shown as a whole; name the list or object above it."
        "Esto solo puede mostrarse completo; nombre la lista u objeto que lo contiene."
    ProofExpired "proof-expired"
        "The proof was already past its own expiry; ask the issuer for a new one."
        "La prueba ya estaba vencida; pida una nueva al emisor."
    ProofContextMismatch "proof-context-mismatch"
        "The contexts that the proof names are not the ones the document begins with."
        "Los contextos que nombra la prueba no son los que encabezan el documento."
    ProofsTooMany "proofs-too-many"
        "The document carries more proofs than are accepted."
        "El documento lleva más pruebas de las que se aceptan."
    PreviousProofMissing "previous-proof-missing"
        "The proof builds on another one that the document does not carry."
        "La prueba se apoya en otra que el documento no contiene."
    SuiteUnknown "suite-unknown"
        "The proof was made with a cryptosuite that is not supported here."
        "La prueba usa un criptosistema que aquí no se admite."
    SuiteKeyMismatch "suite-key-mismatch"
        "The key is not of the kind that the proof's cryptosuite uses."
        "La llave no es del tipo que usa el criptosistema de la prueba."
    PurposeMismatch "purpose-mismatch"
        "The proof was made for another purpose, or its key may not be used for this one."
        "La prueba se hizo con otro propósito, o su llave no puede usarse para este."
    DomainMismatch "domain-mismatch"
        "The proof was made for another recipient."
        "La prueba se hizo para otro destinatario."
    ChallengeMismatch "challenge-mismatch"
        "The proof does not answer the challenge that was set."
        "La prueba no responde al reto planteado."
    ControllerMismatch "controller-mismatch"
        "The key that signed does not belong to the issuer that the document names."
        "La llave que firmó no pertenece al emisor que nombra el documento."
    KeyUnknown "key-unknown"
        "The key that the signature names is not known here."
        "Aquí no se conoce la llave que nombra la firma."
    KeyRevoked "key-revoked"
        "The key had been revoked when the document was recorded."
        "La llave ya estaba revocada cuando se registró el documento."
    KeyNotYetValid "key-not-yet-valid"
        "The key was not yet in use when the document was recorded."
        "La llave aún no estaba vigente cuando se registró el documento."
    KeyRetired "key-retired"
        "The key had been replaced by another when the document was recorded."
        "La llave ya había sido sustituida cuando se registró el documento."
    KeyMalformed "key-malformed"
        "The key cannot be read."
        "La llave no puede leerse."
    KeyLengthWrong "key-length-wrong"
        "The key has the wrong length."
        "La llave no tiene la longitud debida."
    KeyTypeUnsupported "key-type-unsupported"
        "Keys of this kind are not supported; use an Ed25519, P-256 or P-384 key."
        "No se admiten llaves de este tipo; use una llave Ed25519, P-256 o P-384."
    JwkMalformed "jwk-malformed"
        "The key is not a JSON Web Key for signatures, or contradicts itself."
        "La llave no es una JSON Web Key para firmas o se contradice."
    KeyFileMalformed "key-file-malformed"
        "The key file is not a Multikey or JsonWebKey document with a public and a secret key."
        "El archivo de llave no es un documento Multikey o JsonWebKey con llave pública y secreta."
    KeyFileMismatch "key-file-mismatch"
        "The public and the secret key in the file do not belong together."
        "La llave pública y la secreta del archivo no se corresponden."
    KeyPassphraseWrong "key-passphrase-wrong"
        "The passphrase does not open the key file, or the file is damaged."
        "La frase de paso no abre el archivo de llave, o el archivo está dañado."
    SignerAway "signer-away"
        "The key lies elsewhere and did not sign; try again when its token answers."
        "La llave está en otra parte y no firmó; intente de nuevo cuando su token responda."
    DidMalformed "did-malformed"
        "The identifier is not a well-formed DID."
        "El identificador no es un DID bien formado."
    DidMethodUnsupported "did-method-unsupported"
        "Identifiers of this DID method cannot be resolved here."
        "Aquí no pueden resolverse identificadores de este método DID."
    DidDocumentMalformed "did-document-malformed"
        "The DID document does not have the form that the standard asks for."
        "El documento DID no tiene la forma que pide el estándar."
    DidLogMalformed "did-log-malformed"
        "The history of the DID does not have the form that the method asks for."
        "El historial del DID no tiene la forma que pide el método."
    DidLogBroken "did-log-broken"
        "The history of the DID does not hold together: an entry was changed, left out or put in another place."
        "El historial del DID no es coherente: una entrada fue modificada, omitida o cambiada de lugar."
    DidLogMismatch "did-log-mismatch"
        "The history is another DID's than the one asked for."
        "El historial es de un DID distinto del solicitado."
    DidLogKeyUnauthorized "did-log-key-unauthorized"
        "An entry of the DID's history was signed with a key that may not sign it."
        "Una entrada del historial del DID se firmó con una llave que no está autorizada para ello."
    DidLogTimeWrong "did-log-time-wrong"
        "The times in the DID's history do not follow each other, or lie in the future."
        "Las fechas del historial del DID no son sucesivas o están en el futuro."
    DidLogTooLarge "did-log-too-large"
        "The history of the DID is larger than is accepted."
        "El historial del DID es más grande de lo que se acepta."
    DidWitnessMalformed "did-witness-malformed"
        "The file of the witnesses' proofs does not have the form that the method asks for."
        "El archivo de pruebas de los testigos no tiene la forma que pide el método."
    DidWitnessMissing "did-witness-missing"
        "Too few of the DID's witnesses have approved its history."
        "Muy pocos de los testigos del DID han aprobado su historial."
    DidDeactivated "did-deactivated"
        "The DID is over; its owner has ended it."
        "El DID ya no está vigente; su titular lo dio por terminado."
    DocumentMalformed "document-malformed"
        "The document must be a JSON object."
        "El documento debe ser un objeto JSON."
    ContextMalformed "context-malformed"
        "The document must list its contexts, each a known address or an object."
        "El documento debe enumerar sus contextos, cada uno una dirección conocida o un objeto."
    ContextFirstWrong "context-first-wrong"
        "The first context must be https://www.w3.org/ns/credentials/v2."
        "El primer contexto debe ser https://www.w3.org/ns/credentials/v2."
    IdMalformed "id-malformed"
        "An identifier must be a single absolute URL."
        "Un identificador debe ser una sola URL absoluta."
    TypeMissing "type-missing"
        "The document must have the type VerifiableCredential."
        "El documento debe tener el tipo VerifiableCredential."
    TypeMalformed "type-malformed"
        "A type must be a text, or a list of different texts."
        "Un tipo debe ser un texto o una lista de textos distintos."
    IssuerMissing "issuer-missing"
        "The document must name its issuer."
        "El documento debe nombrar a su emisor."
    IssuerMalformed "issuer-malformed"
        "The issuer must be an absolute URL, or an object with one as its id."
        "El emisor debe ser una URL absoluta o un objeto que la tenga como id."
    SubjectMissing "subject-missing"
        "The document must say something of at least one subject."
        "El documento debe afirmar algo de al menos un sujeto."
    SubjectMalformed "subject-malformed"
        "Each subject must be an object with at least one member."
        "Cada sujeto debe ser un objeto con al menos un miembro."
    DateMalformed "date-malformed"
        "A date must have date, time and zone, such as 2026-11-24T15:10:00Z."
        "Una fecha debe llevar día, hora y zona, como 2026-11-24T15:10:00Z."
    ValidityReversed "validity-reversed"
        "The document ends before it begins: validFrom is after validUntil."
        "El documento termina antes de empezar: validFrom es posterior a validUntil."
    CredentialExpired "credential-expired"
        "The credential's validity is over; ask its issuer for a new one."
        "La vigencia de la credencial terminó; pida una nueva a su emisor."
    CredentialNotYetValid "credential-not-yet-valid"
        "The credential is not valid yet."
        "La credencial aún no está vigente."
    LanguageValueMalformed "language-value-malformed"
        "A name or description must be a text, or a value with its language and direction and nothing else."
        "Un nombre o descripción debe ser un texto, o un valor con su idioma y dirección y nada más."
    StatusMalformed "status-malformed"
        "A credential status must be an object with a type and, if it has an id, an absolute URL."
        "El estado de la credencial debe ser un objeto con tipo y, si tiene id, una URL absoluta."
    StatusUnsupported "status-unsupported"
        "The credential has a status of a kind, purpose or size that is not understood here, so it is not known."
        "La credencial tiene un estado de un tipo, propósito o tamaño que aquí no se entiende, así que no se conoce."
    StatusListMalformed "status-list-malformed"
        "The status list does not have the form that the standard asks for; ask its issuer to publish it again."
        "La lista de estados no tiene la forma que pide el estándar; pida a su emisor que la publique de nuevo."
    StatusListNotGiven "status-list-not-given"
        "The list that tells the credential's status could not be had, so the status is not known."
        "No se pudo obtener la lista que indica el estado de la credencial, así que el estado no se conoce."
    StatusListStale "status-list-stale"
        "The list that tells the credential's status is not of now; fetch it again."
        "La lista que indica el estado de la credencial no está vigente; obténgala de nuevo."
    StatusListMismatch "status-list-mismatch"
        "The status list is not the one that the credential names, or is about something else."
        "La lista de estados no es la que nombra la credencial, o trata de otra cosa."
    StatusListIssuerUnknown "status-list-issuer-unknown"
        "The status list was made by somebody who has no say over this credential."
        "La lista de estados la hizo alguien que no decide sobre esta credencial."
    StatusListTooShort "status-list-too-short"
        "The status list has too few entries to hide one credential among many."
        "La lista de estados tiene muy pocas entradas para ocultar una credencial entre muchas."
    StatusIndexOutOfRange "status-index-out-of-range"
        "The credential names an entry that the status list does not have."
        "La credencial nombra una entrada que la lista de estados no tiene."
    StatusIrreversible "status-irreversible"
        "This status stands for good and cannot be taken back; issue a new credential."
        "Este estado es definitivo y no puede retirarse; emita una credencial nueva."
    StatusMessage "status-message"
        "The issuer says something about the status of the credential."
        "El emisor indica algo sobre el estado de la credencial."
    CredentialRevoked "credential-revoked"
        "The issuer has revoked the credential; it no longer counts."
        "El emisor revocó la credencial; ya no es válida."
    CredentialSuspended "credential-suspended"
        "The issuer has suspended the credential; it does not count for now."
        "El emisor suspendió la credencial; por ahora no es válida."
    CredentialRefreshAvailable "credential-refresh-available"
        "The credential counts, and its issuer has a newer one."
        "La credencial es válida y su emisor tiene una más reciente."
    SchemaMalformed "schema-malformed"
        "A credential schema must be an object with a type and an absolute URL as its id."
        "El esquema de la credencial debe ser un objeto con tipo y una URL absoluta como id."
    SchemaMismatch "schema-mismatch"
        "What the credential says does not follow the schema that it names."
        "Lo que dice la credencial no cumple el esquema que nombra."
    EvidenceMalformed "evidence-malformed"
        "Evidence must be an object with a type."
        "La evidencia debe ser un objeto con tipo."
    TermsOfUseMalformed "terms-of-use-malformed"
        "Terms of use must be an object with a type."
        "Los términos de uso deben ser un objeto con tipo."
    RefreshServiceMalformed "refresh-service-malformed"
        "A refresh service must be an object with a type."
        "El servicio de renovación debe ser un objeto con tipo."
    RelatedResourceMalformed "related-resource-malformed"
        "A related resource must be an object with its address and a digest."
        "Un recurso relacionado debe ser un objeto con su dirección y una huella."
    RelatedResourceRepeated "related-resource-repeated"
        "A related resource is listed twice."
        "Un recurso relacionado aparece dos veces."
    RelatedResourceDigestWrong "related-resource-digest-wrong"
        "The content of a related resource is not what its digest says."
        "El contenido de un recurso relacionado no coincide con su huella."
    CarriedMalformed "carried-malformed"
        "The text of the code is torn, changed or not one of these; scan it again, or take the file."
        "El texto del código está roto, alterado o no es de estos; escanéelo de nuevo o use el archivo."
    PresentationMalformed "presentation-malformed"
        "A presentation must have its type, a holder, and at least one credential."
        "Una presentación debe tener su tipo, un titular y al menos una credencial."
    PresentationStale "presentation-stale"
        "The presentation is not of now; ask the holder to make a new one."
        "La presentación no es de ahora; pida al titular que haga una nueva."
    HolderMismatch "holder-mismatch"
        "Who presents the credential is not the one of whom it speaks."
        "Quien presenta la credencial no es de quien ella habla."
    TokenTooLong "token-too-long"
        "The signed token is longer than allowed."
        "El token firmado es más largo de lo permitido."
    JwsMalformed "jws-malformed"
        "The text is not a signed token: three parts in base64url, a header that can be read."
        "El texto no es un token firmado: tres partes en base64url y un encabezado legible."
    JwsHeaderUnsupported "jws-header-unsupported"
        "The token's header asks for an extension that is not supported here."
        "El encabezado del token pide una extensión que aquí no se admite."
    AlgorithmUnsupported "algorithm-unsupported"
        "The signature names an algorithm that is not supported; use EdDSA, ES256, ES384 or ES512."
        "La firma nombra un algoritmo no admitido; use EdDSA, ES256, ES384 o ES512."
    AlgorithmMismatch "algorithm-mismatch"
        "The signature names another algorithm than that of its key."
        "La firma nombra un algoritmo distinto al de su llave."
    KeyUnnamed "key-unnamed"
        "The signature does not name the key that it was made with."
        "La firma no nombra la llave con la que se hizo."
    MediaTypeMismatch "media-type-mismatch"
        "The token is of another kind than the one expected here."
        "El token es de un tipo distinto al que aquí se espera."
    ClaimForbidden "claim-forbidden"
        "The token carries a claim that may not stand in it; the credential itself is the payload."
        "El token lleva una afirmación que no puede ir en él; la credencial misma es el contenido."
    ClaimMismatch "claim-mismatch"
        "A claim of the token contradicts the document in it."
        "Una afirmación del token contradice al documento que contiene."
    ClaimMalformed "claim-malformed"
        "A claim of the token does not have its form."
        "Una afirmación del token no tiene la forma debida."
    ProofNotYetValid "proof-not-yet-valid"
        "The signature says that it does not count yet."
        "La firma indica que aún no es válida."
    EnvelopeMalformed "envelope-malformed"
        "An enveloped document must be a data: URL of a supported kind, and nothing beside it."
        "Un documento envuelto debe ser una URL data: de un tipo admitido, sin nada más."
    CredentialUnsecured "credential-unsecured"
        "A credential in the presentation is not signed."
        "Una credencial de la presentación no está firmada."
    SdJwtMalformed "sd-jwt-malformed"
        "The text is not a token with disclosures: a signed token and parts with ~ after each."
        "El texto no es un token con revelaciones: un token firmado y partes seguidas de ~."
    SdAlgorithmUnsupported "sd-algorithm-unsupported"
        "The token's digests are of an algorithm that is not supported; use sha-256."
        "Las huellas del token usan un algoritmo no admitido; use sha-256."
    DisclosureMalformed "disclosure-malformed"
        "A disclosure does not have its form, or stands where another kind belongs."
        "Una revelación no tiene la forma debida o está donde va otra clase."
    DisclosureUnreferenced "disclosure-unreferenced"
        "A disclosure was added to the token that its issuer did not sign."
        "Se añadió al token una revelación que su emisor no firmó."
    DisclosureCollides "disclosure-collides"
        "A disclosure would replace something that the token says already."
        "Una revelación reemplazaría algo que el token ya dice."
    DisclosurePlaceUnknown "disclosure-place-unknown"
        "There is nothing at this place that can be concealed or disclosed."
        "En este lugar no hay nada que pueda ocultarse o revelarse."
    DigestRepeated "digest-repeated"
        "The same digest or disclosure occurs twice in the token."
        "La misma huella o revelación aparece dos veces en el token."
    ClaimReserved "claim-reserved"
        "A name that selective disclosure keeps for itself stands where it may not."
        "Un nombre reservado a la revelación selectiva está donde no puede estar."
    ClaimNotConcealable "claim-not-concealable"
        "Who speaks, to whom and how long must stay visible; conceal something else."
        "Quién habla, a quién y por cuánto tiempo debe quedar visible; oculte otra cosa."
    SaltsTooFew "salts-too-few"
        "There are fewer salts than disclosures and decoys; hand in one for each."
        "Hay menos sales que revelaciones y señuelos; entregue una para cada uno."
    KeyBindingMissing "key-binding-missing"
        "Whoever shows the token has not signed that it is theirs."
        "Quien muestra el token no ha firmado que es suyo."
    KeyBindingUnexpected "key-binding-unexpected"
        "The token carries a signature of its holder where none is due."
        "El token lleva una firma de su titular donde no corresponde."
    KeyBindingMismatch "key-binding-mismatch"
        "The holder's signature is over another showing of the token."
        "La firma del titular es sobre otra presentación del token."
    HolderKeyMissing "holder-key-missing"
        "The token does not name a usable key of its holder, or names another."
        "El token no nombra una llave utilizable de su titular, o nombra otra."
    MemberUnknown "member-unknown"
        "A member of the credential is none of the data model; what the credential says belongs to its subject."
        "Un miembro de la credencial no es del modelo de datos; lo que la credencial afirma va en su sujeto."
    VctMissing "vct-missing"
        "The token must name its type in the claim vct."
        "El token debe nombrar su tipo en la afirmación vct."
    CoseMalformed "cose-malformed"
        "The bytes are not a COSE_Sign1 in its one encoding."
        "Los bytes no son un COSE_Sign1 en su única codificación."
    CoseHeaderUnsupported "cose-header-unsupported"
        "A header of the COSE message is not supported, or stands where it is not signed."
        "Un encabezado del mensaje COSE no se admite o está donde no se firma."
    RequestUnsigned "request-unsigned"
        "The request carries no signature; sign it with a key of your node."
        "La solicitud no lleva firma; fírmela con una llave de su nodo."
    RequestSignatureMalformed "request-signature-malformed"
        "The request's signature fields cannot be read."
        "Los campos de firma de la solicitud no pueden leerse."
    RequestSignatureInvalid "request-signature-invalid"
        "The request's signature does not match: it was changed on the way, or signed with another key."
        "La firma de la solicitud no coincide: fue modificada en el camino o se firmó con otra llave."
    RequestComponentMissing "request-component-missing"
        "The signature does not cover all parts of the request that it must."
        "La firma no cubre todas las partes de la solicitud que debe cubrir."
    RequestComponentUnsupported "request-component-unsupported"
        "The signature covers a part of the request that is not supported or not there."
        "La firma cubre una parte de la solicitud que no se admite o no existe."
    RequestAlgorithmUnsupported "request-algorithm-unsupported"
        "The request is signed with an algorithm that is not supported; use ed25519."
        "La solicitud está firmada con un algoritmo no admitido; use ed25519."
    RequestExpired "request-expired"
        "The request's signature is too old; check the node's clock and sign again."
        "La firma de la solicitud es demasiado antigua; revise el reloj del nodo y firme de nuevo."
    RequestNotYetValid "request-not-yet-valid"
        "The request's signature is dated in the future; check the node's clock."
        "La firma de la solicitud tiene fecha futura; revise el reloj del nodo."
    ContentDigestMissing "content-digest-missing"
        "The request has a body but no signed digest of it."
        "La solicitud tiene cuerpo pero no una huella firmada de él."
    ContentDigestMalformed "content-digest-malformed"
        "The digest of the body cannot be read or uses no supported algorithm; use sha-256."
        "La huella del cuerpo no puede leerse o usa un algoritmo no admitido; use sha-256."
    ContentDigestMismatch "content-digest-mismatch"
        "The body is not what its digest says: it was changed or cut on the way."
        "El cuerpo no coincide con su huella: fue modificado o truncado en el camino."
}

/// Sentences for the codes of garita-canon, which knows no languages.
const CANON_TEXTS: &[(&str, &str, &str)] = &[
    (
        "json-syntax",
        "The text is not JSON; correct it where it is said, or let a JSON library write it.",
        "El texto no es JSON; corríjalo donde se indica o deje que lo escriba una biblioteca de JSON.",
    ),
    (
        "json-duplicate-key",
        "A member occurs twice in one object; leave one of them.",
        "Un miembro aparece dos veces en un mismo objeto; deje solo uno.",
    ),
    (
        "json-too-deep",
        "The document is nested deeper than allowed; no record needs that.",
        "El documento está anidado más de lo permitido; ningún registro lo necesita.",
    ),
    (
        "json-too-many-values",
        "The document holds more values than allowed.",
        "El documento contiene más valores de los permitidos.",
    ),
    (
        "json-number",
        "A number cannot be carried exactly; write it as a text.",
        "Un número no puede transmitirse con exactitud; escríbalo como texto.",
    ),
    (
        "document-too-large",
        "The document is larger than allowed.",
        "El documento es más grande de lo permitido.",
    ),
    (
        "rdfc-work-limit",
        "The document's structure takes more work to check than is allowed.",
        "La estructura del documento exige más trabajo de verificación del permitido.",
    ),
    (
        "term-undefined",
        "A member is not defined by any of the document's contexts; correct its name or remove it.",
        "Ninguno de los contextos del documento define un miembro; corrija su nombre o quítelo.",
    ),
    (
        "type-undefined",
        "A type is not defined by any of the document's contexts; correct its name or remove it.",
        "Ninguno de los contextos del documento define un tipo; corrija su nombre o quítelo.",
    ),
    (
        "iri-relative",
        "An identifier must be an absolute address.",
        "Un identificador debe ser una dirección absoluta.",
    ),
    (
        "iri-invalid",
        "An identifier has characters that no address can hold.",
        "Un identificador contiene caracteres que ninguna dirección admite.",
    ),
    (
        "value-dropped",
        "A value would be lost from what is signed; correct its form.",
        "Un valor quedaría fuera de lo firmado; corrija su forma.",
    ),
    (
        "keyword-like",
        "A name begins with @ like a keyword but is none that may stand there.",
        "Un nombre empieza con @ como una palabra reservada, pero no es ninguna que pueda ir ahí.",
    ),
    (
        "null-value",
        "A member is null; leave it out instead.",
        "Un miembro es nulo; omítalo.",
    ),
    (
        "number-inexact",
        "A number would be signed as another number; write it as a text.",
        "Un número se firmaría como otro distinto; escríbalo como texto.",
    ),
    (
        "too-many-contexts",
        "The document has more contexts than allowed.",
        "El documento tiene más contextos de los permitidos.",
    ),
    (
        "too-many-quads",
        "The document makes more statements than allowed.",
        "El documento contiene más afirmaciones de las permitidas.",
    ),
    (
        "context-unknown",
        "The document names a context that is not known here; contexts are never fetched.",
        "El documento nombra un contexto que aquí no se conoce; los contextos nunca se descargan.",
    ),
    (
        "protected-term",
        "A context gives a protected term another meaning.",
        "Un contexto da otro significado a un término protegido.",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_unique_and_has_a_sentence_in_both_languages() {
        let mut seen = HashSet::new();
        for code in Code::ALL {
            let text = code.as_str();
            assert!(seen.insert(text), "{text} twice");
            assert!(
                text.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
                "{text}"
            );
            for lang in [Lang::En, Lang::Es] {
                let sentence = code.describe(lang);
                assert!(sentence.ends_with('.') && sentence.len() > 20, "{sentence}");
                assert_eq!(describe(text, lang), Some(sentence));
            }
            assert_ne!(code.describe(Lang::En), code.describe(Lang::Es));
        }
        println!("{} codes", Code::ALL.len());
    }
}
