//! Filling a record from any pass, for functions that look at more than the pass they stand at. A place in a pass is a
//! row by its name and the segment of it, counted from 0.

use super::Deriving;
use crate::draft::Severity;
use crate::edi::map::Pass;
use crate::identifiers;
use serde_json::Value;

impl<R> Deriving<'_, '_, R> {
    /// Sets a member to a value that a row says.
    pub fn put_at(
        &mut self,
        pass: &Pass<'_, R>,
        at: (&str, usize),
        pointer: &str,
        value: impl Into<Value>,
    ) {
        let origin = pass.origin_in(at);
        self.out.set(self.record, pointer, value, origin);
    }

    /// Sets a member to the normal form of an identifier; what does not fit is set as it stands and told, where a
    /// code is given.
    pub fn identify_at(
        &mut self,
        pass: &Pass<'_, R>,
        at: (&str, usize),
        pointer: &str,
        (identifier, text): (&str, &str),
        code: Option<&'static str>,
    ) {
        match identifiers::normalise(identifier, text) {
            Ok(normal) => self.put_at(pass, at, pointer, normal),
            Err(wrong) => {
                self.put_at(pass, at, pointer, text);
                let (en, es) = (
                    format!("`{text}`: {wrong}"),
                    format!("`{text}`: {}", wrong.es()),
                );
                if let Some(code) = code {
                    self.tell_at(pass, at, (Severity::Error, code), en, es);
                }
            }
        }
    }

    /// Gives a member that is set another value at the same place: a sum, said by what is summed up.
    pub fn replace(&mut self, pointer: &str, value: impl Into<Value>) {
        self.out.replace(self.record, pointer, value);
    }

    /// Tells something about the text of a row.
    pub fn tell_at(
        &mut self,
        pass: &Pass<'_, R>,
        at: (&str, usize),
        (severity, code): (Severity, &'static str),
        en: String,
        es: String,
    ) {
        let origin = pass.origin_in(at);
        self.out.fault(severity, code, origin, en, es);
    }
}
