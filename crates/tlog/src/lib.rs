//! What cannot be rewritten: Merkle tree, tiles, checkpoints, proofs.
