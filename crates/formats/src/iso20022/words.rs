//! stub
pub(super) fn of(name: &str) -> (String, String) {
    (name.to_owned(), name.to_owned())
}
