//! What moves: parse, verify, admit, sequence, publish; deliver and reconcile.
