//! Makes right ISO 20022 documents from the tables themselves, the same from the same seed.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a helper of tests: what it takes apart, it made itself"
)]

use garita_formats::iso20022::tables::{Definition, definition};
use garita_formats::iso20022::{DataType, Exact, Form, IsoDocument, Node, Part, Value, Wrapper};

/// Elements of one document, about: beyond, only what is required.
const ELEMENTS: usize = 150;

/// A source of numbers.
pub(crate) struct Maker {
    state: u64,
    left: usize,
    currency: &'static str,
}

impl Maker {
    /// A maker for that seed.
    pub(crate) fn new(seed: u64) -> Maker {
        Maker {
            state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            left: ELEMENTS,
            currency: "USD",
        }
    }

    /// A number below a bound.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 33).unwrap() % bound.max(1)
    }

    /// One of a list.
    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// A document of that message, in a third of the cases with a header and an envelope.
    pub(crate) fn document(&mut self, identifier: &str) -> IsoDocument {
        self.left = ELEMENTS;
        self.currency = self.one(&["USD", "MXN", "JPY", "KWD"]);
        let found = definition(identifier).unwrap();
        let root = self.element(found.element, found.data_type, 0);
        let mut part = Part {
            definition: identifier.to_owned(),
            root,
        };
        if found.element == "AppHdr" {
            return IsoDocument {
                header: Some(part),
                ..IsoDocument::default()
            };
        }
        settle(found, &mut part.root);
        if self.below(3) > 0 {
            return IsoDocument {
                message: Some(part),
                ..IsoDocument::default()
            };
        }
        self.left = 30;
        let head = definition("head.001.001.02").unwrap();
        let mut header = self.element(head.element, head.data_type, 0);
        put(&mut header, "MsgDefIdr", identifier);
        if let Some(id) = part.root.text_at("GrpHdr/MsgId") {
            put(&mut header, "BizMsgIdr", id);
        }
        let wrapper = |name: &str, namespace: &str| Wrapper {
            name: name.to_owned(),
            namespace: namespace.to_owned(),
        };
        IsoDocument {
            envelope: match self.below(2) {
                0 => vec![wrapper("Envelope", "")],
                _ => vec![
                    wrapper("Outer", "urn:example:outer"),
                    wrapper("Inner", "urn:example:outer"),
                ],
            },
            header: Some(Part {
                definition: "head.001.001.02".to_owned(),
                root: header,
            }),
            message: Some(part),
        }
    }

    fn element(&mut self, name: &str, data_type: &'static DataType, depth: usize) -> Node {
        self.left = self.left.saturating_sub(1);
        let mut node = Node::parent(name, Vec::new());
        match &data_type.form {
            Form::Any { namespace } => {
                let mut inside = Node::leaf("note", self.text(1, 20));
                let any = if namespace.is_empty() {
                    "urn:example:any"
                } else {
                    namespace
                };
                inside.namespace = Some(any.to_owned());
                inside.attributes = vec![("lang".to_owned(), "es".to_owned())];
                node.children.push(inside);
            }
            Form::Sequence(rules) => {
                for rule in *rules {
                    let optional = match rule.least {
                        0 => self.below(2 + depth) == 0 && self.left > 0,
                        _ => true,
                    };
                    if !optional {
                        continue;
                    }
                    let more = rule.most.min(3) as usize;
                    let least = (rule.least as usize).max(1);
                    let times = match self.left {
                        0 => least,
                        _ => least + self.below(more.max(least) - least + 1),
                    };
                    for _ in 0..times {
                        node.children
                            .push(self.element(rule.name, rule.data_type, depth + 1));
                    }
                }
            }
            Form::Choice(rules) => {
                let chosen = &rules[self.below(rules.len())];
                node.children
                    .push(self.element(chosen.name, chosen.data_type, depth + 1));
            }
            Form::Amount { .. } => {
                node.text = self.money();
                node.attributes = vec![("Ccy".to_owned(), self.currency.to_owned())];
            }
            Form::Value(value) => node.text = self.value(*value),
        }
        node
    }

    /// An amount with the digits of the currency.
    pub(crate) fn money(&mut self) -> String {
        let whole = self.below(10_000_000);
        match self.currency {
            "JPY" => whole.to_string(),
            "KWD" => format!("{whole}.{:03}", self.below(1000)),
            _ => format!("{whole}.{:02}", self.below(100)),
        }
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b'0' + u8::try_from(self.below(10)).unwrap()))
            .collect()
    }

    fn letters(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b'A' + u8::try_from(self.below(26)).unwrap()))
            .collect()
    }

    /// A text without blanks at its ends.
    pub(crate) fn text(&mut self, least: usize, most: usize) -> String {
        let length = least.max(1) + self.below(most.min(60).saturating_sub(least.max(1)) + 1);
        let mut text: String = (0..length)
            .map(|_| {
                self.one(&[
                    'a', 'B', '7', 'ñ', 'É', '-', '&', '<', '>', '"', '\'', '/', ' ', '€',
                ])
            })
            .collect();
        if text.starts_with(' ') {
            text.replace_range(..1, "x");
        }
        if text.ends_with(' ') {
            text.pop();
            text.push('x');
        }
        text
    }

    /// A UUID of version 4.
    pub(crate) fn uetr(&mut self) -> String {
        let hex = format!(
            "{:08x}{:08x}{:08x}{:08x}",
            self.below(1 << 31),
            self.below(1 << 31),
            self.below(1 << 31),
            self.below(1 << 31)
        );
        format!(
            "{}-{}-4{}-{}{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[13..16],
            self.one(&["8", "9", "a", "b"]),
            &hex[17..20],
            &hex[20..32]
        )
    }

    /// An instant with its offset.
    pub(crate) fn instant(&mut self) -> String {
        format!(
            "{}T{:02}:{:02}:{:02}{}",
            self.day(),
            self.below(24),
            self.below(60),
            self.below(60),
            self.one(&["Z", "-06:00", "+01:00"])
        )
    }

    fn day(&mut self) -> String {
        format!(
            "20{:02}-{:02}-{:02}",
            20 + self.below(10),
            1 + self.below(12),
            1 + self.below(28)
        )
    }

    fn value(&mut self, value: Value) -> String {
        match value {
            Value::Text { least, most } => self.text(least, most),
            Value::Digits { least, most } => {
                let count = least + self.below(most - least + 1);
                self.digits(count)
            }
            Value::PlusDigits { most } => format!("+{}", self.digits(most)),
            Value::Alphanumeric { count } => self.letters(count),
            Value::Codes(codes) => self.one(codes).to_owned(),
            Value::Decimal {
                total, fraction, ..
            } => {
                let fraction = self.below(fraction.min(5) as usize + 1);
                let whole = (total as usize - fraction).clamp(1, 4);
                match fraction {
                    0 => self.digits(whole),
                    _ if total as usize == fraction => format!("0.{}", self.digits(fraction)),
                    _ => format!("{}.{}", self.digits(whole), self.digits(fraction)),
                }
            }
            Value::Boolean => self.one(&["true", "false", "1", "0"]).to_owned(),
            Value::Date => self.day(),
            Value::DateTime => self.instant(),
            Value::Time => format!(
                "{:02}:{:02}:{:02}",
                self.below(24),
                self.below(60),
                self.below(60)
            ),
            Value::Year => "2026".to_owned(),
            Value::YearMonth => "2026-11".to_owned(),
            Value::Binary { .. } => self.one(&["QUJD", "QQ==", "QUI="]).to_owned(),
            Value::Currency => self.currency.to_owned(),
            Value::Country => self.one(&["MX", "US"]).to_owned(),
            Value::Language => "es".to_owned(),
            Value::Identifier("bic") => self.one(&["BNMXMXMM", "DEUTDEFF500"]).to_owned(),
            Value::Identifier("iban") => self
                .one(&["DE89370400440532013000", "GB82WEST12345698765432"])
                .to_owned(),
            Value::Identifier("lei") => "5493001KJTIIGC8Y1R12".to_owned(),
            Value::Identifier("uetr") => self.uetr(),
            Value::Identifier(other) => panic!("no maker for {other}"),
            Value::Phone => format!("+52-{}", self.digits(10)),
            Value::Isin => format!("US{}", self.digits(10)),
        }
    }
}

/// Replaces the text of an element that is there.
fn put(root: &mut Node, path: &str, text: &str) {
    let mut at = root;
    for name in path.split('/') {
        match at.children.iter_mut().find(|child| child.name == name) {
            Some(child) => at = child,
            None => return,
        }
    }
    text.clone_into(&mut at.text);
}

/// Makes counts and sums right.
fn settle(found: &Definition, root: &mut Node) {
    let plain_sum = |amounts: Vec<String>| {
        amounts
            .iter()
            .filter_map(|amount| Exact::parse(amount))
            .try_fold(Exact::ZERO, Exact::plus)
            .map_or_else(String::new, Exact::plain)
    };
    let of = |node: &Node, name: &str, amount: &str| -> Vec<String> {
        node.all(name)
            .filter_map(|inner| inner.text_at(amount).map(str::to_owned))
            .collect()
    };
    let (name, amount) = match &found.identifier[..8] {
        "pain.001" => {
            let mut all = Vec::new();
            let mut count = 0;
            for payment in root
                .children
                .iter_mut()
                .filter(|node| node.name == "PmtInf")
            {
                let mut own = Vec::new();
                for transfer in payment.all("CdtTrfTxInf") {
                    let amount = transfer.text_at("Amt/InstdAmt");
                    own.extend(
                        amount
                            .or(transfer.text_at("Amt/EqvtAmt/Amt"))
                            .map(str::to_owned),
                    );
                }
                count += payment.all("CdtTrfTxInf").count();
                let transfers = payment.all("CdtTrfTxInf").count().to_string();
                put(payment, "NbOfTxs", &transfers);
                put(payment, "CtrlSum", &plain_sum(own.clone()));
                all.extend(own);
            }
            put(root, "GrpHdr/NbOfTxs", &count.to_string());
            put(root, "GrpHdr/CtrlSum", &plain_sum(all));
            return;
        }
        "pacs.008" => ("CdtTrfTxInf", "IntrBkSttlmAmt"),
        "pacs.004" => ("TxInf", "RtrdIntrBkSttlmAmt"),
        "camt.054" => {
            for notification in root
                .children
                .iter_mut()
                .filter(|node| node.name == "Ntfctn")
            {
                notification
                    .children
                    .retain(|child| child.name != "TxsSummry");
                for entry in notification
                    .children
                    .iter_mut()
                    .filter(|node| node.name == "Ntry")
                {
                    for block in entry
                        .children
                        .iter_mut()
                        .filter(|node| node.name == "NtryDtls")
                    {
                        block.children.retain(|child| child.name != "Btch");
                    }
                }
            }
            return;
        }
        _ => return,
    };
    let amounts = of(root, name, amount);
    put(root, "GrpHdr/NbOfTxs", &root.all(name).count().to_string());
    let complete = amounts.len() == root.all(name).count();
    let sum = plain_sum(amounts);
    if complete {
        put(root, "GrpHdr/CtrlSum", &sum);
        let total = match name {
            "TxInf" => "GrpHdr/TtlRtrdIntrBkSttlmAmt",
            _ => "GrpHdr/TtlIntrBkSttlmAmt",
        };
        put(root, total, &sum);
    }
}
