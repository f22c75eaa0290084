// RFC 9421 signatures with Ed25519, and RFC 9530 digests, with node:crypto alone.

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";

/** Seconds for which a signature is good: the node takes none that is older than two minutes. */
const VALID_S = 60;
const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/** Multicodec of an Ed25519 public key. */
const ED25519_PUB = Uint8Array.of(0xed, 0x01);

/** An Ed25519 key whose public half the node's operator registered with `garita key add`. */
export interface RequestSigner {
  key: KeyObject;
  /** The public key in multibase: what the node knows it by. */
  keyId: string;
}

/** A signer from a private key in PEM (`openssl genpkey -algorithm ed25519`). */
export function signerFromPem(pem: string): RequestSigner {
  return signerOf(createPrivateKey(pem));
}

/** A new key. Keep `pem` secret; give `signer.keyId` to the node's operator. */
export function newSigner(): { signer: RequestSigner; pem: string } {
  const { privateKey } = generateKeyPairSync("ed25519");
  return { signer: signerOf(privateKey), pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

function signerOf(key: KeyObject): RequestSigner {
  if (key.asymmetricKeyType !== "ed25519") throw new Error("not an Ed25519 key");
  const raw = createPublicKey(key).export({ type: "spki", format: "der" }).subarray(-32);
  return { key, keyId: `z${base58(Uint8Array.of(...ED25519_PUB, ...raw))}` };
}

/** The fields that sign a request: what is covered is the method, the whole target, and the body's digest. */
export function signedFields(
  signer: RequestSigner,
  method: string,
  url: string,
  body: Uint8Array | undefined,
  nowMs: number = Date.now(),
  nonce: string = randomBytes(16).toString("base64url"),
): Record<string, string> {
  const fields: Record<string, string> = {};
  const covered: [string, string][] = [
    ["@method", method],
    ["@target-uri", url],
  ];
  if (body !== undefined) {
    fields["content-digest"] = `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
    covered.push(["content-digest", fields["content-digest"]]);
  }
  const created = Math.floor(nowMs / 1000);
  const names = covered.map(([name]) => `"${name}"`).join(" ");
  const parameters =
    `(${names});created=${created};expires=${created + VALID_S};keyid="${signer.keyId}";alg="ed25519";nonce="${nonce}"`;
  const lines = covered.map(([name, value]) => `"${name}": ${value}`);
  const base = [...lines, `"@signature-params": ${parameters}`].join("\n");
  fields["signature-input"] = `sig=${parameters}`;
  fields["signature"] = `sig=:${sign(null, Buffer.from(base), signer.key).toString("base64")}:`;
  return fields;
}

function base58(bytes: Uint8Array): string {
  let number = BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
  let text = "";
  while (number > 0n) {
    text = BASE58.charAt(Number(number % 58n)) + text;
    number /= 58n;
  }
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return "1".repeat(Math.max(zeros, 0)) + text;
}
