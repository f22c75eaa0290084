//! What came of a check, in big words, for the page and the command line alike.

use garita_exchange::booth::Verdict;

/// The result in English and Spanish. Where the case stands otherwise than it should, its state says it in the program's own word.
pub fn result(verdict: &Verdict) -> (String, String) {
    let (en, es) = match verdict.result {
        "valid" => ("VALID", "VÁLIDO"),
        "not-good" => {
            let words = verdict.status.as_ref().map(|s| &s.words);
            return match words.filter(|w| !w.en.is_empty()) {
                Some(words) => (words.en.to_uppercase(), words.es.to_uppercase()),
                None => ("NOT IN FORCE".to_owned(), "NO VIGENTE".to_owned()),
            };
        }
        "superseded" => ("REPLACED BY A NEWER ONE", "SUSTITUIDO POR UNO MÁS NUEVO"),
        "expired" => ("EXPIRED", "VENCIDO"),
        "not-yet-valid" => ("NOT YET VALID", "AÚN NO VIGENTE"),
        "not-known" => ("NOTHING IS KNOWN OF IT HERE", "AQUÍ NO SE SABE DE ÉL"),
        _ if verdict.issuer_name.is_none() => ("UNKNOWN ISSUER", "EMISOR DESCONOCIDO"),
        _ => ("NOT SIGNED BY THAT OFFICE", "NO FIRMADO POR ESA AUTORIDAD"),
    };
    (en.to_owned(), es.to_owned())
}
