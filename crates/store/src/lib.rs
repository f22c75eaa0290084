//! What is kept: one contract, SQLite, blobs as files.
