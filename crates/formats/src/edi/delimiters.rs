//! What separates segments, elements, repetitions and components, and how an interchange says so.

/// A syntax of electronic data interchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// ANSI ASC X12.
    X12,
    /// UN/EDIFACT, ISO 9735 syntax versions 1 to 4, batch.
    Edifact,
}

/// The delimiters of an interchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiters {
    /// Between elements: the character after `ISA` or `UNB`.
    pub element: char,
    /// Between components: ISA16, or the first character of UNA.
    pub component: char,
    /// Between repetitions: ISA11 from release 4020 on, where it is no letter, digit or blank; UNA or `*` in EDIFACT
    /// from syntax version 4 on.
    pub repetition: Option<char>,
    /// After a segment: the character after ISA16, or the last of UNA.
    pub segment: char,
    /// Makes the next character a plain one. X12 has none.
    pub release: Option<char>,
    /// The decimal mark of numbers: a point, or what UNA says.
    pub decimal: char,
}

impl Delimiters {
    /// What is written in X12: `*`, `>`, `^` and `~`.
    pub const X12: Delimiters = Delimiters {
        element: '*',
        component: '>',
        repetition: Some('^'),
        segment: '~',
        release: None,
        decimal: '.',
    };

    /// The default of EDIFACT: `:+.? '`, without repetition (ISO 9735 syntax versions 1 to 3).
    pub const EDIFACT: Delimiters = Delimiters {
        element: '+',
        component: ':',
        repetition: None,
        segment: '\'',
        release: Some('?'),
        decimal: '.',
    };

    /// The default of level B (`UNOB`): the information separators of ISO 646, nothing to release.
    pub const EDIFACT_LEVEL_B: Delimiters = Delimiters {
        element: '\u{1D}',
        component: '\u{1F}',
        repetition: None,
        segment: '\u{1C}',
        release: None,
        decimal: '.',
    };

    /// The delimiters that UNA says: `UNA`, then component, element, decimal mark, release, repetition, segment.
    ///
    /// `None` where two of them are alike or one is a letter or digit. A blank means: not used.
    pub fn from_una(text: &str) -> Option<Delimiters> {
        let mut letters = text.strip_prefix("UNA")?.chars();
        let mut next = || letters.next();
        let (component, element, decimal) = (next()?, next()?, next()?);
        let (release, repetition, segment) = (next()?, next()?, next()?);
        let used = |letter: char| (letter != ' ').then_some(letter);
        let delimiters = Delimiters {
            element,
            component,
            repetition: used(repetition),
            segment,
            release: used(release),
            decimal,
        };
        delimiters.are_fit().then_some(delimiters)
    }

    /// Whether they can be told apart from each other and from the text.
    pub(super) fn are_fit(&self) -> bool {
        let all = [
            Some(self.element),
            Some(self.component),
            Some(self.segment),
            self.repetition,
            self.release,
        ];
        all.iter().enumerate().all(|(at, letter)| match letter {
            Some(letter) => {
                !letter.is_ascii_alphanumeric()
                    && *letter != ' '
                    && !all.iter().skip(at + 1).any(|other| *other == Some(*letter))
            }
            None => true,
        })
    }
}

/// Cuts at the next segment terminator that is not released; tells whether there was one.
pub(super) fn cut(text: &str, delimiters: Delimiters) -> (&str, &str, bool) {
    match find(text, delimiters.segment, delimiters.release) {
        Some(at) => {
            let (body, rest) = text.split_at_checked(at).unwrap_or((text, ""));
            let rest = rest.get(delimiters.segment.len_utf8()..).unwrap_or("");
            (body, rest, true)
        }
        None => (text, "", false),
    }
}

/// Where the next delimiter stands that is not released.
fn find(text: &str, delimiter: char, release: Option<char>) -> Option<usize> {
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        // Most delimiters are ASCII, most parts short: then bytes are looked at one by one.
        let found = match u8::try_from(delimiter) {
            Ok(byte) if byte.is_ascii() => rest.bytes().position(|found| found == byte),
            _ => rest.find(delimiter),
        };
        let at = from + found?;
        let before = text.get(..at).unwrap_or("");
        // An even run of release characters releases itself, not the delimiter.
        let released = release.is_some_and(|release| {
            let run = before.chars().rev().take_while(|letter| *letter == release);
            run.count() % 2 == 1
        });
        if !released {
            return Some(at);
        }
        from = at + delimiter.len_utf8();
    }
}

/// The parts of a text between delimiters, release characters left in place.
#[derive(Clone, Debug)]
pub(super) struct Parts<'a> {
    rest: Option<&'a str>,
    delimiter: Option<char>,
    release: Option<char>,
}

impl<'a> Parts<'a> {
    /// Without a delimiter the text is one part.
    pub(super) fn of(text: &'a str, delimiter: Option<char>, release: Option<char>) -> Parts<'a> {
        Parts {
            rest: Some(text),
            delimiter,
            release,
        }
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest?;
        let found = self
            .delimiter
            .and_then(|delimiter| Some((find(rest, delimiter, self.release)?, delimiter)));
        match found {
            Some((at, delimiter)) => {
                self.rest = rest.get(at + delimiter.len_utf8()..);
                rest.get(..at)
            }
            None => {
                self.rest = None;
                Some(rest)
            }
        }
    }
}
