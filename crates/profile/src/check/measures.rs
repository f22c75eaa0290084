//! Tables' days and zones, and the measures declared over them.

use super::Checker;

impl Checker<'_> {
    pub(super) fn measures(&mut self) {
        let model = self.model;
        for (name, table) in &model.tables {
            let place = format!("tables.{name}");
            if let Some(post) = table.zone.as_ref().and_then(|z| z.strip_prefix("post.")) {
                self.role(&place, &format!("post.{post}"));
            }
        }
    }
}
