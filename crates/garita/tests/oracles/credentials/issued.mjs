// Credentials by Garita's command line, which they must take, and changed copies, which they must not.

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { credential, Random } from "./documents.mjs";
import * as ours from "./ours.mjs";
import { changedCopy, KINDS } from "./tamper.mjs";
import { mandatories, reveals } from "./pointers.mjs";

const SELECTIVE = ["labels", "lists", "single"];
const SERIES = [
  { suite: "eddsa-rdfc-2022", kind: "ed25519", count: 16, without: [] },
  { suite: "eddsa-jcs-2022", kind: "ed25519", count: 16, without: [] },
  { suite: "ecdsa-rdfc-2019", kind: "p256", count: 12, without: [] },
  { suite: "ecdsa-rdfc-2019", kind: "p384", count: 12, without: [] },
  { suite: "ecdsa-jcs-2019", kind: "p256", count: 10, without: [] },
  { suite: "ecdsa-jcs-2019", kind: "p384", count: 10, without: [] },
  { suite: "ecdsa-sd-2023", kind: "p256", count: 16, without: SELECTIVE },
  { suite: "bbs-2023", kind: "bls12381g2", count: 6, without: [...SELECTIVE, "depth"] },
];
const FILES_A_JOB = 8;
/** At least so many of ours must be taken, or they judged too little. */
const TAKEN_MIN = 80;
/** Calls at once: a call is a process that mostly starts. */
const AT_ONCE = 2;

/** What they say of nodes that only a search over all orders tells apart; their limit is as many steps as there are blank nodes. */
const TOO_DEEP = /Maximum deep iterations exceeded/;

export async function issued({ pool, folder, seed }) {
  const faults = [];
  const random = new Random(seed ^ 0x5eed);
  const good = [];
  const bad = [];
  const counts = {};
  for (const { suite, kind, count, without } of SERIES) {
    const name = `${suite}-${kind}`;
    const key = await ours.createKey(kind, folder, name);
    const otherKey = (await ours.createKey(kind, folder, `${name}-other`)).did.slice("did:key:".length);
    const plans = Array.from({ length: count }, (_, n) => {
      const document = credential(random, key.did, without);
      const options = without.includes("labels") ? { mandatory: mandatories(document, random), reveal: reveals(document, random) } : {};
      return { document, options, name: `${name}-${n}` };
    });
    const made = [];
    for (let at = 0; at < plans.length; at += AT_ONCE) {
      const some = plans.slice(at, at + AT_ONCE);
      made.push(...(await Promise.all(some.map(p => ours.issue(p.document, suite, key, folder, p.name, p.options)))));
    }
    made.forEach((one, n) => {
      if (one.refused) faults.push(`${name}-${n}: ours does not sign: ${one.refused}`);
    });
    const signed = made.filter(one => one.signed).map(one => one.signed);
    counts[name] = signed.length;
    for (const [n, document] of signed.entries()) {
      good.push({ name: `ours/${name}-${n}`, text: JSON.stringify(document) });
      const other = { proof: signed[(n + 1) % signed.length].proof, otherKey };
      const { change, changed } = changedCopy(KINDS[n % KINDS.length], document, other, random);
      const file = join(folder, `${name}-${n}-${change}.json`);
      const text = JSON.stringify(changed);
      writeFileSync(file, text);
      writeFileSync(join(folder, `${name}-${n}.json`), JSON.stringify(document));
      bad.push({ name: file, text });
    }
  }
  const onGood = await judgedBy(pool, good);
  const onBad = await judgedBy(pool, bad);
  const oursOnBad = await ours.verify(bad.map(b => b.name), "proof");
  let tooDeep = 0;
  for (const { name, verified, why } of onGood) {
    if (!verified && TOO_DEEP.test(why)) tooDeep++;
    else if (!verified) faults.push(`${name}: they refuse ours: ${why}`);
  }
  for (const { name, verified } of onBad) {
    if (verified) faults.push(`${name}: they take a changed copy of ours`);
    if (oursOnBad.get(name).verified) faults.push(`${name}: ours takes a changed copy of ours`);
  }
  const taken = onGood.filter(v => v.verified).length;
  if (taken < TAKEN_MIN) faults.push(`only ${taken} of ours were taken`);
  console.log(`ours: ${taken} of ${good.length - tooDeep} taken by them: ${Object.entries(counts).map(([n, c]) => `${n} ${c}`).join(", ")}`);
  console.log(`ours, changed: ${bad.length}`);
  console.log(`known: they give up where line items are the same to the last letter: ${tooDeep} of ours`);
  return faults;
}

async function judgedBy(pool, files) {
  const jobs = [];
  for (let at = 0; at < files.length; at += FILES_A_JOB) jobs.push({ files: files.slice(at, at + FILES_A_JOB) });
  return (await pool.all(jobs)).flatMap(answer => answer.verdicts);
}
