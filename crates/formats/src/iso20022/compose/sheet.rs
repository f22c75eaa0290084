//! A message in the making: each element lands where its table has it.

use crate::iso20022::document::{IsoDocument, Node, Part};
use crate::iso20022::structure::{DataType, Rule};
use crate::iso20022::tables;

/// A message in the making.
pub(super) struct Sheet {
    definition: &'static str,
    data_type: Option<&'static DataType>,
    root: Node,
}

impl Sheet {
    /// An empty message of that version.
    pub(super) fn new(definition: &'static str) -> Sheet {
        let found = tables::definition(definition);
        Sheet {
            definition,
            data_type: found.map(|found| found.data_type),
            root: Node::parent(found.map_or("", |found| found.element), Vec::new()),
        }
    }

    /// Puts a text at a path such as `PmtInf[0]/Dbtr/Nm`: positions count from 0 among elements of one name.
    pub(super) fn put(&mut self, path: &str, text: &str) {
        if let Some(node) = self.reach(path) {
            text.clone_into(&mut node.text);
        }
    }

    /// Puts a text where there is one.
    pub(super) fn put_some(&mut self, path: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.put(path, text);
        }
    }

    /// Puts an amount.
    pub(super) fn put_amount(&mut self, path: &str, amount: &str, currency: &str) {
        if let Some(node) = self.reach(path) {
            amount.clone_into(&mut node.text);
            node.attributes = vec![("Ccy".to_owned(), currency.to_owned())];
        }
    }

    /// The message alone.
    pub(super) fn finish(self) -> IsoDocument {
        IsoDocument {
            envelope: Vec::new(),
            header: None,
            message: Some(Part {
                definition: self.definition.to_owned(),
                root: self.root,
            }),
        }
    }

    /// The element at a path, made with its parents where it is not there yet; `None` where the table has none.
    fn reach(&mut self, path: &str) -> Option<&mut Node> {
        let mut data_type = self.data_type?;
        let mut at = &mut self.root;
        for step in path.split('/') {
            let (name, position) = match step.split_once('[') {
                Some((name, rest)) => (name, rest.trim_end_matches(']').parse().ok()?),
                None => (step, 0),
            };
            let rules = data_type.rules();
            let Some(index) = rules.iter().position(|rule| rule.name == name) else {
                debug_assert!(false, "{} has no {name}", data_type.name);
                return None;
            };
            at = child(at, rules, index, position)?;
            data_type = rules.get(index)?.data_type;
        }
        Some(at)
    }
}

/// The child of that rule and position among its name; made in the order of the rules.
fn child<'a>(
    parent: &'a mut Node,
    rules: &'static [Rule],
    index: usize,
    position: usize,
) -> Option<&'a mut Node> {
    let name = rules.get(index)?.name;
    let of_name = parent.children.iter().enumerate();
    let mut of_name = of_name.filter(|(_, child)| child.name == name);
    let at = match of_name.nth(position) {
        Some((at, _)) => at,
        None => {
            let order = |child: &Node| rules.iter().position(|rule| rule.name == child.name);
            let after = parent
                .children
                .iter()
                .rposition(|child| order(child).is_some_and(|found| found <= index));
            let at = after.map_or(0, |after| after + 1);
            parent.children.insert(at, Node::parent(name, Vec::new()));
            at
        }
    };
    parent.children.get_mut(at)
}
