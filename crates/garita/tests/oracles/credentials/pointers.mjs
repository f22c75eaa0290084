// What is shown of a credential that was signed statement by statement.

/** Pointers to members of the whole that are there: some of the top, some of the first subject. */
function pointers(document, random, share) {
  const single = !Array.isArray(document.credentialSubject);
  const base = single ? "/credentialSubject" : "/credentialSubject/0";
  const subject = single ? document.credentialSubject : document.credentialSubject[0];
  const escaped = name => name.replaceAll("~", "~0").replaceAll("/", "~1");
  const top = ["validFrom", "validUntil", "name"].filter(name => document[name] !== undefined).map(name => `/${name}`);
  const inside = Object.keys(subject).filter(name => !["id", "type"].includes(name)).map(name => `${base}/${escaped(name)}`);
  return [...top, ...inside].filter(() => random.chance(share));
}

/** What the issuer shows with every part. */
export const mandatories = (document, random) => ["/issuer", ...pointers(document, random, 0.25)];

/** What a holder shows beside it. */
export function reveals(document, random) {
  const chosen = pointers(document, random, 0.6);
  // A credential that says nothing of its subject is none.
  return chosen.some(pointer => pointer.startsWith("/credentialSubject")) ? chosen : [...chosen, "/credentialSubject"];
}
