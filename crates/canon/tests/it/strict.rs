//! What strict mode refuses: each a way to add, change or hide a claim under a valid signature.
