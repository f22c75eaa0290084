//! Names and paths of elements, kept small: a document has many elements, and few of their paths are ever asked for.

use std::borrow::Borrow;
use std::cell::OnceCell;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;

/// The name of an element; elements of one name share it.
#[derive(Clone, Debug)]
pub struct Name {
    text: Rc<str>,
    /// Where the part after the prefix begins.
    local: usize,
}

impl Name {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name without its prefix.
    pub fn local(&self) -> &str {
        self.text.get(self.local..).unwrap_or(&self.text)
    }

    /// Whether both are the same shared name of one document.
    pub(super) fn is(&self, other: &Name) -> bool {
        Rc::ptr_eq(&self.text, &other.text)
    }
}

impl From<&str> for Name {
    fn from(name: &str) -> Name {
        Name {
            text: Rc::from(name),
            local: name.rfind(':').map_or(0, |colon| colon + 1),
        }
    }
}

impl From<Name> for String {
    fn from(name: Name) -> String {
        name.text.as_ref().to_owned()
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        self.text == other.text
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // As a text hashes: a name is looked up by its text.
        self.text.hash(state);
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The XPath of an element: `/CartaPorte/Mercancias[1]/Mercancia[2]`. Written out when it is first asked for.
#[derive(Clone)]
pub struct XPath {
    step: Rc<Step>,
    written: OnceCell<String>,
}

struct Step {
    above: Option<Rc<Step>>,
    name: Name,
    position: u32,
}

impl XPath {
    /// The path of the root element.
    pub(super) fn root(name: Name) -> XPath {
        XPath::of(Step {
            above: None,
            name,
            position: 0,
        })
    }

    /// The path of a child: its position counts children of its name, from 1.
    pub(super) fn child(&self, name: Name, position: u32) -> XPath {
        XPath::of(Step {
            above: Some(Rc::clone(&self.step)),
            name,
            position,
        })
    }

    fn of(step: Step) -> XPath {
        XPath {
            step: Rc::new(step),
            written: OnceCell::new(),
        }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        self.written.get_or_init(|| {
            let mut out = String::new();
            self.step.write(&mut out);
            out
        })
    }
}

impl Step {
    /// Depth is bounded by the parser, so this recursion is.
    fn write(&self, out: &mut String) {
        use fmt::Write;
        if let Some(above) = &self.above {
            above.write(out);
        }
        out.push('/');
        out.push_str(&self.name);
        if self.position > 0 {
            // Writing to a string does not fail.
            let _ = write!(out, "[{}]", self.position);
        }
    }
}

impl Deref for XPath {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl From<XPath> for String {
    fn from(path: XPath) -> String {
        path.as_str().to_owned()
    }
}

impl PartialEq for XPath {
    fn eq(&self, other: &XPath) -> bool {
        Rc::ptr_eq(&self.step, &other.step) || self.as_str() == other.as_str()
    }
}

impl Eq for XPath {}

impl fmt::Debug for XPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for XPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
