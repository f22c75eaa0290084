//! What is signed: keys, DIDs, Data Integrity proofs, signed requests.
