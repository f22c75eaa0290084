// How long Digital Bazaar's libraries take for what `garita bench credential` measures, on the same document: `node bench.mjs
// DOCUMENT.json POINTER…`, where the pointers name what a holder shows.
// One JSON object on stdout, medians in µs of one thread. Reading of the text is not measured, here or there.

import { readFileSync } from "node:fs";

import * as bbs2023 from "@digitalbazaar/bbs-2023-cryptosuite";
import * as Bls from "@digitalbazaar/bls12-381-multikey";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import * as Ecdsa from "@digitalbazaar/ecdsa-multikey";
import * as sd2023 from "@digitalbazaar/ecdsa-sd-2023-cryptosuite";
import * as Ed25519 from "@digitalbazaar/ed25519-multikey";
import { cryptosuite as eddsaRdfc } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import * as vc from "@digitalbazaar/vc";
import jsonld from "jsonld";
import * as rdfCanonize from "rdf-canonize";

const ROUNDS = 100;
/** A step of BBS takes about a second. */
const ROUNDS_BBS = 5;
/** Rounds that are not counted: the engine compiles what it has seen often. */
const ROUNDS_WARM = 20;
// As `garita bench credential` does.
const MANDATORY = ["/issuer"];

const [path, ...REVEALED] = process.argv.slice(2);
const document = JSON.parse(readFileSync(path, "utf8"));
const figures = {};

/** did:key is read here without work, as the Rust peer has its keys in a map. */
async function documentLoader(url) {
  const found = document => ({ contextUrl: null, documentUrl: url, document });
  if (!url.startsWith("did:key:")) return vc.defaultDocumentLoader(url);
  const [did, fragment] = url.split("#");
  const publicKeyMultibase = did.slice("did:key:".length);
  const method = { id: `${did}#${publicKeyMultibase}`, type: "Multikey", controller: did, publicKeyMultibase };
  if (fragment === undefined) {
    return found({ "@context": ["https://www.w3.org/ns/did/v1"], id: did, assertionMethod: [method] });
  }
  return found({ "@context": "https://w3id.org/security/multikey/v1", ...method });
}

async function median(name, work, rounds = ROUNDS, warm = ROUNDS_WARM) {
  for (let n = 0; n < warm; n++) await work();
  const times = [];
  for (let n = 0; n < rounds; n++) {
    const start = process.hrtime.bigint();
    await work();
    times.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  times.sort((a, b) => a - b);
  figures[name] = Math.round(times[rounds >> 1] * 10) / 10;
}

async function named(key) {
  const { publicKeyMultibase } = await key.export({ publicKey: true });
  key.controller = `did:key:${publicKeyMultibase}`;
  key.id = `${key.controller}#${publicKeyMultibase}`;
  return key;
}

function sign(key, cryptosuite) {
  const suite = new DataIntegrityProof({ signer: key.signer(), cryptosuite });
  return vc.issue({ credential: { ...document, issuer: key.controller }, suite, documentLoader });
}

async function verify(credential, cryptosuite) {
  const said = await vc.verifyCredential({ credential, suite: new DataIntegrityProof({ cryptosuite }), documentLoader });
  if (!said.verified) throw said.error;
}

async function whole() {
  const key = await named(await Ed25519.generate({}));
  await median("eddsa-rdfc-2022 sign", () => sign(key, eddsaRdfc));
  const signed = await sign(key, eddsaRdfc);
  await median("eddsa-rdfc-2022 verify", () => verify(signed, eddsaRdfc));
}

async function selective(name, key, suites, rounds, warm) {
  const create = () => sign(key, suites.createSignCryptosuite({ mandatoryPointers: MANDATORY }));
  const base = await create();
  const derive = () => {
    const cryptosuite = suites.createDiscloseCryptosuite({ selectivePointers: REVEALED });
    return vc.derive({ verifiableCredential: base, suite: new DataIntegrityProof({ cryptosuite }), documentLoader });
  };
  const shown = await derive();
  if (name !== "bbs-2023") {
    await median(`${name} create`, create, rounds, warm);
    await median(`${name} derive`, derive, rounds, warm);
  }
  await median(`${name} verify`, () => verify(shown, suites.createVerifyCryptosuite()), rounds, warm);
}

async function canonical() {
  const options = { documentLoader, base: null, safe: true, rdfDirection: "i18n-datatype" };
  const dataset = await jsonld.toRDF(document, options);
  const rdfc = () => rdfCanonize.canonize(dataset, { algorithm: "RDFC-1.0", format: "application/n-quads" });
  figures.quads = dataset.length;
  await median("RDFC-1.0", rdfc);
  await median("JSON-LD to canonical N-Quads", async () => {
    const quads = await jsonld.toRDF(document, options);
    await rdfCanonize.canonize(quads, { algorithm: "RDFC-1.0", format: "application/n-quads" });
  });
}

await canonical();
await whole();
await selective("ecdsa-sd-2023", await named(await Ecdsa.generate({ curve: "P-256" })), sd2023, ROUNDS, ROUNDS_WARM);
const algorithm = Bls.ALGORITHMS.BBS_BLS12381_SHA256;
await selective("bbs-2023", await named(await Bls.generateBbsKeyPair({ algorithm })), bbs2023, ROUNDS_BBS, 1);
console.log(JSON.stringify({ peer: "Digital Bazaar's JavaScript", unit: "us", rounds: ROUNDS, "document bytes": JSON.stringify(document).length, figures }));
