//! Values of expressions: JSON without `null`, exact decimals for fractions, and *unknown*.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde_json::Value;

/// A value of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Val {
    /// True or false.
    Bool(bool),
    /// A whole number; instants are milliseconds since 1970.
    Int(i64),
    /// A fraction, exact.
    Dec(Decimal),
    /// A text.
    Str(Arc<str>),
    /// A list, perhaps with members of its own (`parts.shipments.complete`), perhaps not all in hand.
    List(Arc<Items>),
    /// An object.
    Map(Arc<BTreeMap<String, Val>>),
    /// An object of which only some members are disclosed: any other is unknown even to `has`.
    View(Arc<Partial>),
    /// A path written in the expression itself. Never made from data: a document that holds `/a/b` holds a text, or it could point a
    /// rule elsewhere.
    Path(Arc<str>),
    /// Cannot be told, and why.
    Unknown(Arc<str>),
}

/// A list's content.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Items {
    /// The items in hand.
    pub items: Vec<Val>,
    /// Members of the list itself: `complete`.
    pub fields: BTreeMap<String, Val>,
    /// There may be more that are not in hand: `all` is never true, `exists` never false, the size is unknown.
    pub open: bool,
}

/// The content of an object of which only some members are disclosed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Partial {
    /// Members in hand.
    pub members: BTreeMap<String, Val>,
    /// Names that are disclosed and that the record has not: absent, not unknown.
    pub absent: BTreeSet<String>,
}

/// What a view discloses of a value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shape {
    /// All of it.
    pub whole: bool,
    /// Of its members.
    pub members: BTreeMap<String, Shape>,
    /// Of each entry of a list.
    pub each: Option<Box<Shape>>,
}

impl Shape {
    /// Adds what a path from here discloses; `None` is each entry of a list.
    pub fn disclose<'p>(&mut self, mut steps: impl Iterator<Item = Option<&'p str>>) {
        match steps.next() {
            None => self.whole = true,
            Some(None) => self.each.get_or_insert_default().disclose(steps),
            Some(Some(name)) => self
                .members
                .entry(name.to_owned())
                .or_default()
                .disclose(steps),
        }
    }
}

impl Val {
    /// A text.
    pub fn str(text: impl AsRef<str>) -> Val {
        Val::Str(Arc::from(text.as_ref()))
    }
    /// Unknown, with the reason in words.
    pub fn unknown(why: impl AsRef<str>) -> Val {
        Val::Unknown(Arc::from(why.as_ref()))
    }
    /// A list that is all in hand.
    pub fn list(items: Vec<Val>) -> Val {
        Val::List(Arc::new(Items {
            items,
            ..Items::default()
        }))
    }
    /// A list with members of its own; `open` where more items may exist than are in hand.
    pub fn list_with(
        items: Vec<Val>,
        fields: impl IntoIterator<Item = (String, Val)>,
        open: bool,
    ) -> Val {
        Val::List(Arc::new(Items {
            items,
            fields: fields.into_iter().collect(),
            open,
        }))
    }
    /// An object.
    pub fn map(members: impl IntoIterator<Item = (String, Val)>) -> Val {
        Val::Map(Arc::new(members.into_iter().collect()))
    }
    /// An object of which only some members are disclosed.
    pub fn view(members: impl IntoIterator<Item = (String, Val)>) -> Val {
        Val::View(Arc::new(Partial {
            members: members.into_iter().collect(),
            absent: BTreeSet::new(),
        }))
    }
    /// A JSON value; `null` members are left out, a `null` itself is unknown.
    pub fn from_json(value: &Value) -> Val {
        convert(value, None)
    }
    /// A JSON value of a reduced record: what is absent is unknown, not absent.
    pub fn from_view(value: &Value) -> Val {
        convert(value, Some(&Shape::default()))
    }
    /// A JSON value of a reduced record of which `shape` says what it discloses: what is disclosed and not there is absent.
    pub fn reduced(value: &Value, shape: &Shape) -> Val {
        convert(value, Some(shape))
    }
    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Val::Bool(b) => Some(*b),
            _ => None,
        }
    }
    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Val::Str(s) => Some(s),
            _ => None,
        }
    }
    /// The whole number, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Val::Int(i) => Some(*i),
            _ => None,
        }
    }
    /// The items, if it is a list.
    pub fn as_items(&self) -> Option<&[Val]> {
        match self {
            Val::List(l) => Some(&l.items),
            _ => None,
        }
    }
    /// Whether it cannot be told.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Val::Unknown(_))
    }
    /// A number or a decimal text (`"12.50"`) as an exact decimal.
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Val::Int(i) => Some(Decimal::from(*i)),
            Val::Dec(d) => Some(*d),
            Val::Str(s) => Decimal::parse(s),
            _ => None,
        }
    }
    /// What kind of value it is, in the author's words.
    pub fn kind(&self) -> &'static str {
        match self {
            Val::Bool(_) => "true or false",
            Val::Int(_) => "a whole number",
            Val::Dec(_) => "a decimal",
            Val::Str(_) => "a text",
            Val::List(_) => "a list",
            Val::Map(_) | Val::View(_) => "an object",
            Val::Path(_) => "a path",
            Val::Unknown(_) => "unknown",
        }
    }
    /// The JSON form; none where it is unknown (in an object or list, the unknown is left out).
    pub fn to_json(&self) -> Option<Value> {
        Some(match self {
            Val::Bool(b) => Value::Bool(*b),
            Val::Int(i) => Value::from(*i),
            Val::Dec(d) => Value::String(d.to_string()),
            Val::Str(s) => Value::String(s.to_string()),
            Val::List(l) => Value::Array(l.items.iter().filter_map(Val::to_json).collect()),
            Val::Map(m) => object(m),
            Val::View(v) => object(&v.members),
            Val::Path(_) | Val::Unknown(_) => return None,
        })
    }
    /// Whether two values are the same; none where it cannot be told. Numbers compare by value, other kinds never equal.
    pub fn same_as(&self, other: &Val) -> Option<bool> {
        match (self, other) {
            (Val::Unknown(_), _) | (_, Val::Unknown(_)) => None,
            (Val::List(a), Val::List(b)) => {
                if a.open || b.open {
                    return None;
                }
                if a.items.len() != b.items.len() {
                    return Some(false);
                }
                all_same(a.items.iter().zip(&b.items).map(|(x, y)| x.same_as(y)))
            }
            (Val::Map(a), Val::Map(b)) => {
                if a.len() != b.len() || !a.keys().eq(b.keys()) {
                    return Some(false);
                }
                all_same(a.values().zip(b.values()).map(|(x, y)| x.same_as(y)))
            }
            (Val::View(_), Val::Map(_) | Val::View(_)) | (Val::Map(_), Val::View(_)) => None,
            (Val::Int(_) | Val::Dec(_), Val::Int(_) | Val::Dec(_)) => {
                Some(self.compare(other) == Some(Ordering::Equal))
            }
            (a, b) => Some(a == b),
        }
    }
    /// Order of two numbers or two texts; none for other kinds.
    pub fn compare(&self, other: &Val) -> Option<Ordering> {
        match (self, other) {
            (Val::Str(a), Val::Str(b)) => Some(a.cmp(b)),
            (Val::Int(a), Val::Int(b)) => Some(a.cmp(b)),
            (Val::Int(_) | Val::Dec(_), Val::Int(_) | Val::Dec(_)) => {
                Some(self.as_decimal()?.cmp(&other.as_decimal()?))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Val {
    /// As it stands in a message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Val::Bool(b) => write!(f, "{b}"),
            Val::Int(i) => write!(f, "{i}"),
            Val::Dec(d) => write!(f, "{d}"),
            Val::Str(s) | Val::Path(s) => f.write_str(s),
            Val::List(l) => {
                for (i, item) in l.items.iter().enumerate() {
                    if i > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{item}")?;
                }
                Ok(())
            }
            Val::Map(_) | Val::View(_) => f.write_str("{…}"),
            Val::Unknown(_) => f.write_str("?"),
        }
    }
}

fn all_same(each: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut unknown = false;
    for one in each {
        match one {
            Some(false) => return Some(false),
            Some(true) => {}
            None => unknown = true,
        }
    }
    if unknown { None } else { Some(true) }
}

fn object(members: &BTreeMap<String, Val>) -> Value {
    let told = members
        .iter()
        .filter_map(|(k, v)| Some((k.clone(), v.to_json()?)));
    Value::Object(told.collect())
}

/// `shape` is none where all is disclosed.
fn convert(value: &Value, shape: Option<&Shape>) -> Val {
    let shape = shape.filter(|s| !s.whole);
    match value {
        Value::Null => Val::unknown("null"),
        Value::Bool(b) => Val::Bool(*b),
        Value::Number(n) => match n.as_i64() {
            Some(i) => Val::Int(i),
            None => match Decimal::parse_scientific(&n.to_string()) {
                Some(d) => Val::Dec(d),
                None => Val::unknown("a number beyond what is counted exactly"),
            },
        },
        Value::String(s) => Val::str(s),
        Value::Array(items) => {
            let none = Shape::default();
            let each = shape.map(|s| s.each.as_deref().unwrap_or(&none));
            Val::list(items.iter().map(|v| convert(v, each)).collect())
        }
        Value::Object(members) => {
            let there = members.iter().filter(|(_, v)| !v.is_null());
            let Some(shape) = shape else {
                let members = there.map(|(k, v)| (k.clone(), convert(v, None)));
                return Val::Map(Arc::new(members.collect()));
            };
            let none = Shape::default();
            let members: BTreeMap<String, Val> = there
                .map(|(k, v)| {
                    let inside = shape.members.get(k).unwrap_or(&none);
                    (k.clone(), convert(v, Some(inside)))
                })
                .collect();
            // Of a member that is disclosed in part only, nobody can tell whether the rest was there.
            let absent = shape
                .members
                .iter()
                .filter(|(name, inside)| inside.whole && !members.contains_key(*name))
                .map(|(name, _)| name.clone())
                .collect();
            Val::View(Arc::new(Partial { members, absent }))
        }
    }
}

/// An exact decimal: `mantissa` divided by ten to the `scale`. At most 30 digits, of which at most 12 after the point.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    mantissa: i128,
    scale: u32,
}

/// Most digits after the point: money has two, weights three, exchange rates six.
pub(crate) const DECIMAL_SCALE_MAX: u32 = 12;
const DECIMAL_LIMIT: i128 = 1_000_000_000_000_000_000_000_000_000_000;

impl Decimal {
    /// Reads `12.50`, `-3`, `+0.001`; no exponent, no thousands separator.
    pub fn parse(text: &str) -> Option<Decimal> {
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !plain(whole)
            || !plain(fraction)
            || (digits.contains('.') && fraction.is_empty())
        {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let scale = u32::try_from(fraction.len()).ok()?;
        if scale > DECIMAL_SCALE_MAX || whole.len() > 30 {
            return None;
        }
        let mantissa: i128 = format!("{whole}{fraction}").parse().ok()?;
        Decimal::bounded(if negative { -mantissa } else { mantissa }, scale)
    }

    /// Reads what a JSON number prints, exponent included.
    pub fn parse_scientific(text: &str) -> Option<Decimal> {
        let lower = text.to_ascii_lowercase();
        let Some((base, exponent)) = lower.split_once('e') else {
            return Decimal::parse(text);
        };
        let exponent: i32 = exponent.parse().ok()?;
        if exponent.abs() > 30 {
            return None;
        }
        let base = Decimal::parse(base)?;
        let scale = i32::try_from(base.scale).ok()? - exponent;
        if scale >= 0 {
            let scale = u32::try_from(scale).ok()?;
            (scale <= DECIMAL_SCALE_MAX).then(|| Decimal::bounded(base.mantissa, scale))?
        } else {
            let factor = 10i128.checked_pow(scale.unsigned_abs())?;
            Decimal::bounded(base.mantissa.checked_mul(factor)?, 0)
        }
    }

    /// Sum; none beyond the limit.
    pub fn plus(self, other: Decimal) -> Option<Decimal> {
        let (a, b, scale) = self.aligned(other)?;
        Decimal::bounded(a.checked_add(b)?, scale)
    }
    /// Difference; none beyond the limit.
    pub fn minus(self, other: Decimal) -> Option<Decimal> {
        self.plus(other.negated())
    }
    /// Product; none beyond the limit or with more than 12 digits after the point.
    pub fn times(self, other: Decimal) -> Option<Decimal> {
        let product = Decimal {
            mantissa: self.mantissa.checked_mul(other.mantissa)?,
            scale: self.scale + other.scale,
        }
        .trimmed();
        (product.scale <= DECIMAL_SCALE_MAX)
            .then(|| Decimal::bounded(product.mantissa, product.scale))?
    }
    /// The same number with the other sign.
    pub fn negated(self) -> Decimal {
        Decimal {
            mantissa: -self.mantissa,
            scale: self.scale,
        }
    }
    /// Without sign.
    pub fn abs(self) -> Decimal {
        Decimal {
            mantissa: self.mantissa.abs(),
            scale: self.scale,
        }
    }
    /// The whole number it is; none where it has a fraction or is too large.
    pub fn whole(self) -> Option<i64> {
        let d = self.trimmed();
        (d.scale == 0).then(|| i64::try_from(d.mantissa).ok())?
    }

    fn bounded(mantissa: i128, scale: u32) -> Option<Decimal> {
        // INVARIANT (decimal bound): |mantissa| < 10^30 and scale <= 12, so two of them align and add within i128... a product may not, and is checked.
        (mantissa.abs() < DECIMAL_LIMIT).then_some(Decimal { mantissa, scale })
    }
    fn trimmed(self) -> Decimal {
        let mut d = self;
        while d.scale > 0 && d.mantissa % 10 == 0 {
            d.mantissa /= 10;
            d.scale -= 1;
        }
        d
    }
    fn aligned(self, other: Decimal) -> Option<(i128, i128, u32)> {
        let scale = self.scale.max(other.scale);
        let lift = |d: Decimal| d.mantissa.checked_mul(10i128.checked_pow(scale - d.scale)?);
        Some((lift(self)?, lift(other)?, scale))
    }
}

impl From<i64> for Decimal {
    fn from(whole: i64) -> Decimal {
        Decimal {
            mantissa: i128::from(whole),
            scale: 0,
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Decimal) -> Ordering {
        match self.aligned(*other) {
            Some((a, b, _)) => a.cmp(&b),
            // Aligning overflows only where the signs or magnitudes are far apart.
            None => {
                let (a, b) = (self.mantissa.signum(), other.mantissa.signum());
                a.cmp(&b).then_with(|| {
                    let by_size = (self.mantissa.abs() / 10i128.pow(self.scale))
                        .cmp(&(other.mantissa.abs() / 10i128.pow(other.scale)));
                    if a < 0 { by_size.reverse() } else { by_size }
                })
            }
        }
    }
}
impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Decimal) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Decimal {
    fn eq(&self, other: &Decimal) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Decimal {}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let d = self.trimmed();
        let sign = if d.mantissa < 0 { "-" } else { "" };
        let digits = d.mantissa.unsigned_abs().to_string();
        let scale = usize::try_from(d.scale).unwrap_or(0);
        if scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        write!(f, "{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let d = |s: &str| Decimal::parse(s).unwrap();
        assert_eq!(d("0.1").plus(d("0.2")), Some(d("0.3")));
        assert_eq!(d("12.50"), d("12.5"));
        assert_eq!(d("-0.05").to_string(), "-0.05");
        assert_eq!(d("1.10").times(d("3")).unwrap().to_string(), "3.3");
        assert!(d("-2") < d("-1.99"));
        assert_eq!(
            Decimal::parse_scientific("1.5e3").unwrap().to_string(),
            "1500"
        );
        for bad in [
            "",
            "1.",
            ".5",
            "1e3",
            "1,000",
            "--1",
            "0.1234567890123",
            "９",
        ] {
            assert_eq!(Decimal::parse(bad), None, "{bad}");
        }
        let big = Decimal::parse("999999999999999999999999999999").unwrap();
        assert_eq!(big.times(big), None);
        assert!(big > Decimal::parse("0.000000000001").unwrap());
    }

    #[test]
    fn equality_is_three_valued() {
        let u = Val::unknown("later");
        assert_eq!(
            Val::list(vec![Val::Int(1), u.clone()])
                .same_as(&Val::list(vec![Val::Int(2), u.clone()])),
            Some(false)
        );
        assert_eq!(
            Val::list(vec![Val::Int(1), u.clone()]).same_as(&Val::list(vec![Val::Int(1), u])),
            None
        );
        assert_eq!(
            Val::Int(2).same_as(&Val::Dec(Decimal::parse("2.0").unwrap())),
            Some(true)
        );
        assert_eq!(Val::Int(2).same_as(&Val::str("2")), Some(false));
    }
}
