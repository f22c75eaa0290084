//! The form of the messages: which element holds what, in which order, how often.
//!
//! `tables/` is written in this form, with the names of the ISO 20022 dictionary. Reading, checking, writing and the
//! page of elements all walk it; there is no second description of a message anywhere.

/// What an element may hold.
#[derive(Debug)]
pub struct DataType {
    /// The name in the ISO 20022 dictionary.
    pub name: &'static str,
    /// What it is made of.
    pub form: Form,
}

/// What a data type is made of.
#[derive(Debug)]
pub enum Form {
    /// Elements in this order.
    Sequence(&'static [Rule]),
    /// One of these elements.
    Choice(&'static [Rule]),
    /// One element of another standard, well-formed: supplementary data, signatures.
    Any {
        /// Its namespace, where the standard names one; empty where it may be any.
        namespace: &'static str,
    },
    /// An amount, its currency in the attribute `Ccy`.
    Amount {
        /// Digits behind the point, at most; the currency may have fewer.
        fraction: u32,
    },
    /// A text of a form.
    Value(Value),
}

/// One element of a sequence or choice.
#[derive(Debug)]
pub struct Rule {
    /// The element's name.
    pub name: &'static str,
    /// How often at least.
    pub least: u32,
    /// How often at most; `u32::MAX` where the standard has no bound.
    pub most: u32,
    /// What it holds.
    pub data_type: &'static DataType,
}

/// The form of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Characters.
    Text {
        /// At least.
        least: usize,
        /// At most.
        most: usize,
    },
    /// Decimal digits.
    Digits {
        /// At least.
        least: usize,
        /// At most.
        most: usize,
    },
    /// Digits, a plus before them allowed.
    PlusDigits {
        /// At most.
        most: usize,
    },
    /// Letters and digits.
    Alphanumeric {
        /// So many.
        count: usize,
    },
    /// One of a closed list; lists that the standard keeps outside its schemas are texts.
    Codes(&'static [&'static str]),
    /// A decimal number.
    Decimal {
        /// Digits in all, at most.
        total: u32,
        /// Digits behind the point, at most.
        fraction: u32,
        /// Whether it may be below zero.
        signed: bool,
    },
    /// `true`, `false`, `1` or `0`.
    Boolean,
    /// `2026-11-24`, an offset allowed.
    Date,
    /// `2026-11-24T13:00:00`, a fraction and an offset allowed.
    DateTime,
    /// `13:00:00`, a fraction and an offset allowed.
    Time,
    /// `2026`.
    Year,
    /// `2026-11`.
    YearMonth,
    /// Base64.
    Binary {
        /// Bytes, at most.
        most: usize,
    },
    /// A currency of ISO 4217, three capitals.
    Currency,
    /// A country of ISO 3166, two capitals.
    Country,
    /// A language of ISO 639, two small letters.
    Language,
    /// An identifier of [`crate::identifiers::ALL`], by its name there.
    Identifier(&'static str),
    /// `+52-8671234567`.
    Phone,
    /// A security of ISO 6166.
    Isin,
}

impl DataType {
    /// The rules of its elements; empty where it has none.
    pub fn rules(&self) -> &'static [Rule] {
        match self.form {
            Form::Sequence(rules) | Form::Choice(rules) => rules,
            Form::Any { .. } | Form::Amount { .. } | Form::Value(_) => &[],
        }
    }

    /// The rule of an element by its name.
    pub fn rule(&self, name: &str) -> Option<&'static Rule> {
        self.rules().iter().find(|rule| rule.name == name)
    }
}

/// How often, as the tables write it: `!` once, `?` at most once, `+` and `*` without bound, `[least most]`.
macro_rules! times {
    (!) => {
        (1, 1)
    };
    (?) => {
        (0, 1)
    };
    (+) => {
        (1, u32::MAX)
    };
    (*) => {
        (0, u32::MAX)
    };
    ([$least:literal $most:literal]) => {
        ($least, $most)
    };
}

/// The form of a data type made of elements.
macro_rules! form {
    (sequence, $rules:expr) => {
        $crate::iso20022::structure::Form::Sequence($rules)
    };
    (choice, $rules:expr) => {
        $crate::iso20022::structure::Form::Choice($rules)
    };
    (any, $rules:expr) => {
        $crate::iso20022::structure::Form::Any { namespace: "" }
    };
    (signature, $rules:expr) => {
        $crate::iso20022::structure::Form::Any {
            namespace: "http://www.w3.org/2000/09/xmldsig#",
        }
    };
}

/// Data types made of elements: `sequence Name { Element times Type, … }`.
macro_rules! types {
    ($($kind:ident $name:ident { $($element:ident $times:tt $of:ident),* $(,)? })*) => {
        $(
            pub(in crate::iso20022) static $name: $crate::iso20022::structure::DataType =
                $crate::iso20022::structure::DataType {
                    name: stringify!($name),
                    form: $crate::iso20022::structure::form!($kind, &[
                        $($crate::iso20022::structure::Rule {
                            name: stringify!($element),
                            least: $crate::iso20022::structure::times!($times).0,
                            most: $crate::iso20022::structure::times!($times).1,
                            data_type: &$of,
                        }),*
                    ]),
                };
        )*
    };
}

/// Data types of leaves: `Name = form;`.
macro_rules! values {
    ($($name:ident = $form:expr;)*) => {
        $(
            pub(in crate::iso20022) static $name: $crate::iso20022::structure::DataType =
                $crate::iso20022::structure::DataType { name: stringify!($name), form: $form };
        )*
    };
}

pub(in crate::iso20022) use {form, times, types, values};
