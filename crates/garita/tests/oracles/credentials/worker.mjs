// A thread with their libraries: makes credentials and changed copies of them, or judges ours.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parentPort } from "node:worker_threads";

import { credential, Random } from "./documents.mjs";
import { mandatories, reveals } from "./pointers.mjs";
import { changedCopy, KINDS } from "./tamper.mjs";
import { derive, newKey, SELECTIVE, sign, SUITES, verify } from "./theirs.mjs";

parentPort.on("message", async job => {
  try {
    parentPort.postMessage({ done: await (job.files ? judged(job) : made(job)) });
  } catch (error) {
    parentPort.postMessage({ failed: String(error?.stack ?? error) });
  }
});

/** Verdicts on documents that are at hand. */
async function judged({ files }) {
  const verdicts = [];
  for (const { name, text } of files) verdicts.push({ name, ...(await verify(text)) });
  return { verdicts };
}

/** So many credentials of a suite, each with changed copies, all judged by them. */
async function made({ name, suite, kind, count, copies, seed, folder, without, set }) {
  const random = new Random(seed);
  const key = await newKey(kind);
  const otherKey = (await newKey(kind)).id.split("#")[1];
  const selective = SELECTIVE.includes(suite);
  const out = { good: [], bad: [], refused: {} };
  const signed = [];
  for (let tries = 0; signed.length < count; tries++) {
    if (tries > 3 * count + 20) throw new Error(`${name}: they sign too few: ${JSON.stringify(out.refused)}`);
    const unsigned = credential(random, key.controller, without);
    try {
      const mandatory = selective ? mandatories(unsigned, random) : [];
      let made = await sign(unsigned, suite, key, mandatory);
      if (set) made = await sign(made, set, key);
      if (selective) made = await derive(made, reveals(unsigned, random));
      signed.push(made);
    } catch (error) {
      // What their libraries do not sign is none of their credentials; the run tells how many there were and why.
      const why = String(error.message).replace(/\d+/g, "N");
      out.refused[why] = (out.refused[why] ?? 0) + 1;
    }
  }
  for (const [n, made] of signed.entries()) {
    const file = join(folder, "good", `${name}-${n}.json`);
    const text = JSON.stringify(made);
    writeFileSync(file, text);
    out.good.push({ file, ...(await verify(text)) });
    const other = { proof: signed[(n + 1) % signed.length].proof, otherKey };
    for (let copy = 0; copy < copies; copy++) {
      const { change, changed } = changedCopy(KINDS[(n * copies + copy) % KINDS.length], made, other, random);
      const file = join(folder, "bad", `${name}-${n}-${copy}-${change}.json`);
      const text = JSON.stringify(changed);
      writeFileSync(file, text);
      out.bad.push({ file, change, ...(await verify(text)) });
    }
  }
  return out;
}
