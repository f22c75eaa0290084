//! Conformance and attack tests through the public border.
