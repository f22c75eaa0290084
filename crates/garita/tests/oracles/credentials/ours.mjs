// The command line of Garita: keys, credentials, parts of them, verdicts.

import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const GARITA = process.env.GARITA;
/** Files a call: a call takes its time to start, and a list of arguments has an end. */
const FILES_A_CALL = 500;

function call(args) {
  return new Promise((resolve, reject) => {
    execFile(GARITA, args, { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      // 1 is a refusal, and told on stdout as well; anything beyond it is a failure of the test.
      if (error && error.code !== 1 && error.code !== 2) return reject(error);
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

/** The verdict on each file: `verified`, and the codes of what was found. */
export async function verify(files, checks = "all") {
  const verdicts = new Map();
  for (let at = 0; at < files.length; at += FILES_A_CALL) {
    const some = files.slice(at, at + FILES_A_CALL);
    const { stdout } = await call(["credential", "verify", "--checks", checks, "--json", ...some]);
    for (const line of stdout.split("\n").filter(Boolean)) {
      const { file, verified, problems } = JSON.parse(line);
      verdicts.set(file, { verified, codes: problems.map(p => p.code), why: problems.map(p => `${p.code} ${p.pointer}: ${p.message}`).join("; ") });
    }
  }
  const missing = files.filter(file => !verdicts.has(file));
  if (missing.length > 0) throw new Error(`no verdict on ${missing.length} files, such as ${missing[0]}`);
  return verdicts;
}

/** A key's file and its DID. */
export async function createKey(kind, folder, name) {
  const file = join(folder, `${name}.key`);
  const { stdout, stderr, code } = await call(["did", "create", "--type", kind, "--out", file]);
  if (code !== 0) throw new Error(`did create: ${stderr}`);
  return { file, did: stdout.trim() };
}

/** A credential signed by us; `reveal` names what is shown of one that was signed statement by statement. */
export async function issue(document, suite, key, folder, name, { mandatory = [], reveal } = {}) {
  const file = join(folder, `${name}.unsigned.json`);
  writeFileSync(file, JSON.stringify(document));
  const named = mandatory.flatMap(pointer => ["--mandatory", pointer]);
  const issued = await call(["credential", "issue", "--suite", suite, "--key", key.file, ...named, file]);
  if (issued.code !== 0) return { refused: issued.stderr.trim() };
  if (!reveal) return { signed: JSON.parse(issued.stdout) };
  const base = join(folder, `${name}.base.json`);
  writeFileSync(base, issued.stdout);
  const derived = await call(["credential", "derive", ...reveal.flatMap(pointer => ["--reveal", pointer]), base]);
  if (derived.code !== 0) return { refused: derived.stderr.trim() };
  return { signed: JSON.parse(derived.stdout) };
}
