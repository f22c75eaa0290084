// Checks a receipt without the node: the leaf, its way up the Merkle tree, and the log's signature on the root.

import { createHash, createPublicKey, verify } from "node:crypto";

import type { Receipt } from "./generated.js";

const LEAF_PREFIX = "garita leaf v1\n";
/** Algorithm byte of Ed25519 in a C2SP signed note. */
const ED25519 = 0x01;
/** What stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** What a receipt proves. */
export interface Proven {
  /** Origin of the log. */
  log: string;
  /** Index of the entry, and size of the log that holds it. */
  index: number;
  size: number;
  /** Id of the record. */
  record: string;
}

/**
 * Proves that the log of `logKey` holds the receipt's record. Take `logKey` from the network's list (`getNetwork().nodes`), not from
 * the receipt: whose key it is, a receipt cannot say.
 *
 * @throws where anything does not hold.
 */
export function checkReceipt(receipt: Receipt, logKey: string): Proven {
  const [text, signatures] = note(receipt.checkpoint);
  const { name, keyId, key } = verifierKey(logKey);
  const [origin, size, root] = text.split("\n");
  if (origin !== name) throw new Error(`the checkpoint is of log ${origin}, not of ${name}`);
  const signed = signatures.some(
    (s) => s.name === name && s.bytes.subarray(0, 4).equals(keyId) && verify(null, Buffer.from(text), key, s.bytes.subarray(4)),
  );
  if (!signed) throw new Error("the checkpoint is not signed by this log");
  const { id, view, act, party, logged, audience } = receipt.leaf;
  // The canonical form (RFC 8785) of six members: in the order of their names, strings and one integer.
  const body = JSON.stringify({ act, audience, id, logged, party, view });
  const salt = Buffer.from(receipt.salt, "base64url");
  if (salt.length !== 32) throw new Error("the salt has not 32 bytes");
  const leaf = sha256(Buffer.from(LEAF_PREFIX), salt, Buffer.from(body));
  const proof = receipt.proof.map((hash) => Buffer.from(hash, "base64"));
  const found = rootOf(sha256(Buffer.of(0), leaf), receipt.index, Number(size), proof);
  if (!found.equals(Buffer.from(root ?? "", "base64"))) throw new Error("the proof does not lead to the checkpoint's root");
  if (receipt.stamp.id !== id || receipt.stamp.view !== view) throw new Error("the stamp is of another record");
  return { log: origin, index: receipt.index, size: Number(size), record: id };
}

/** Root that an inclusion proof leads to (RFC 9162 §2.1.3.2). */
export function rootOf(leaf: Buffer, index: number, size: number, proof: Buffer[]): Buffer {
  if (!(index >= 0 && index < size)) throw new Error("the entry lies beyond the log");
  let [node, last, hash] = [BigInt(index), BigInt(size) - 1n, leaf];
  for (const sibling of proof) {
    if (last === 0n) throw new Error("the proof is too long");
    if ((node & 1n) === 1n || node === last) {
      hash = sha256(Buffer.of(1), sibling, hash);
      while ((node & 1n) === 0n && node !== 0n) [node, last] = [node >> 1n, last >> 1n];
    } else {
      hash = sha256(Buffer.of(1), hash, sibling);
    }
    [node, last] = [node >> 1n, last >> 1n];
  }
  if (last !== 0n) throw new Error("the proof is too short");
  return hash;
}

function sha256(...parts: Buffer[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** A C2SP signed note: its text, and its signatures. */
function note(checkpoint: string): [string, { name: string; bytes: Buffer }[]] {
  const at = checkpoint.lastIndexOf("\n\n");
  if (at < 0) throw new Error("the checkpoint is no signed note");
  const lines = checkpoint.slice(at + 2).split("\n").filter((line) => line.startsWith("\u2014 "));
  const signatures = lines.map((line) => {
    const [, name = "", bytes = ""] = line.split(" ");
    return { name, bytes: Buffer.from(bytes, "base64") };
  });
  return [checkpoint.slice(0, at + 1), signatures];
}

/** `NAME+HEX+BASE64` (C2SP signed note). */
function verifierKey(text: string) {
  const [name = "", hex = "", ...rest] = text.split("+");
  const bytes = Buffer.from(rest.join("+"), "base64");
  if (bytes.length !== 33 || bytes[0] !== ED25519) throw new Error("not an Ed25519 verifier key");
  const keyId = sha256(Buffer.from(`${name}\n`), bytes).subarray(0, 4);
  if (keyId.toString("hex") !== hex) throw new Error("the verifier key's id is not that of its key");
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, bytes.subarray(1)]), format: "der", type: "spki" });
  return { name, keyId, key };
}
