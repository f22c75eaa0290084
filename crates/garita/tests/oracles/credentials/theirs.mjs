// Keys, proofs and verdicts by Digital Bazaar's libraries; nothing of ours signs or judges here.

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(process.env.ORACLE_NODE_MODULES + "/");
const load = name => import(pathToFileURL(require.resolve(name)).href);

const vc = await load("@digitalbazaar/vc");
const { DataIntegrityProof } = await load("@digitalbazaar/data-integrity");
const Ed25519 = await load("@digitalbazaar/ed25519-multikey");
const Ecdsa = await load("@digitalbazaar/ecdsa-multikey");
const Bls = await load("@digitalbazaar/bls12-381-multikey");
const whole = {
  "eddsa-rdfc-2022": (await load("@digitalbazaar/eddsa-rdfc-2022-cryptosuite")).cryptosuite,
  "ecdsa-rdfc-2019": (await load("@digitalbazaar/ecdsa-rdfc-2019-cryptosuite")).cryptosuite,
};
const parted = {
  "eddsa-jcs-2022": await load("@digitalbazaar/eddsa-jcs-2022-cryptosuite"),
  "ecdsa-jcs-2019": await load("@digitalbazaar/ecdsa-jcs-2019-cryptosuite"),
  "ecdsa-sd-2023": await load("@digitalbazaar/ecdsa-sd-2023-cryptosuite"),
  "bbs-2023": await load("@digitalbazaar/bbs-2023-cryptosuite"),
};

/** The kinds of keys that a suite takes. */
export const SUITES = {
  "eddsa-rdfc-2022": ["ed25519"],
  "eddsa-jcs-2022": ["ed25519"],
  "ecdsa-rdfc-2019": ["p256", "p384"],
  "ecdsa-jcs-2019": ["p256", "p384"],
  "ecdsa-sd-2023": ["p256"],
  "bbs-2023": ["bls12381g2"],
};
export const SELECTIVE = ["ecdsa-sd-2023", "bbs-2023"];

const ALGORITHM = Bls.ALGORITHMS.BBS_BLS12381_SHA256;

/** A new key that is its own controller, as did:key. */
export async function newKey(kind) {
  const made = {
    ed25519: () => Ed25519.generate({}),
    p256: () => Ecdsa.generate({ curve: "P-256" }),
    p384: () => Ecdsa.generate({ curve: "P-384" }),
    bls12381g2: () => Bls.generateBbsKeyPair({ algorithm: ALGORITHM }),
  };
  const key = await made[kind]();
  const { publicKeyMultibase } = await key.export({ publicKey: true });
  key.controller = `did:key:${publicKeyMultibase}`;
  key.id = `${key.controller}#${publicKeyMultibase}`;
  return key;
}

const VOCAB = { "@context": { "@vocab": "https://www.w3.org/ns/credentials/examples#" } };

/** did:key read as its method says, and the contexts that the documents name; nothing is fetched. */
async function documentLoader(url) {
  const found = document => ({ contextUrl: null, documentUrl: url, document });
  if (url === "https://www.w3.org/ns/credentials/examples/v2") return found(VOCAB);
  if (!url.startsWith("did:key:")) return vc.defaultDocumentLoader(url);
  const [did, fragment] = url.split("#");
  const publicKeyMultibase = did.slice("did:key:".length);
  const method = { id: `${did}#${publicKeyMultibase}`, type: "Multikey", controller: did, publicKeyMultibase };
  if (fragment === undefined) {
    return found({ "@context": ["https://www.w3.org/ns/did/v1"], id: did, assertionMethod: [method] });
  }
  if (fragment !== publicKeyMultibase) throw new Error(`${url} is no key of its controller`);
  return found({ "@context": "https://w3id.org/security/multikey/v1", ...method });
}

/** As text would carry it: nothing is one object twice. */
const copied = value => JSON.parse(JSON.stringify(value));

/** A proof is added to those that the credential has. */
export async function sign(credential, suite, key, mandatoryPointers = []) {
  const cryptosuite = whole[suite] ?? parted[suite].createSignCryptosuite({ mandatoryPointers });
  const signing = new DataIntegrityProof({ signer: key.signer(), cryptosuite });
  return vc.issue({ credential: copied(credential), suite: signing, documentLoader });
}

/** What a holder shows of a credential that was signed statement by statement. */
export async function derive(credential, selectivePointers) {
  const cryptosuite = parted[credential.proof.cryptosuite].createDiscloseCryptosuite({ selectivePointers });
  const suite = new DataIntegrityProof({ cryptosuite });
  return vc.derive({ verifiableCredential: copied(credential), suite, documentLoader });
}

/** Their verdict on what the text says, and how many of the proofs held: of a set they ask for one. */
export async function verify(text, read = parsed) {
  const credential = read(text);
  const suite = Object.keys(SUITES).map(name => {
    const cryptosuite = whole[name] ?? parted[name].createVerifyCryptosuite();
    return new DataIntegrityProof({ cryptosuite });
  });
  try {
    const said = await vc.verifyCredential({ credential, suite, documentLoader });
    const results = said.results ?? [];
    return { verified: said.verified, held: results.filter(r => r.verified).length, why: reason(said.error) };
  } catch (error) {
    return { verified: false, held: 0, why: reason(error) };
  }
}

/**
 * A credential as text says it, but that the context of a proof is the document's own where they are equal: their JCS suites ask whether
 * inline contexts are the same object, which two that were read from a text never are (`known.mjs` shows it).
 */
function parsed(text) {
  const credential = JSON.parse(text);
  const own = new Map([credential["@context"]].flat().map(context => [JSON.stringify(context), context]));
  for (const proof of [credential.proof].flat()) {
    if (Array.isArray(proof["@context"])) proof["@context"] = proof["@context"].map(context => own.get(JSON.stringify(context)) ?? context);
  }
  return credential;
}

function reason(error) {
  const inner = error?.errors?.[0] ?? error;
  return inner === undefined ? undefined : String(inner?.message ?? inner).slice(0, 300);
}
