//! Documents people already have, to and from drafts; the field's identifiers.
