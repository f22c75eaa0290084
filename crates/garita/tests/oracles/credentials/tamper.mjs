// A changed copy of a credential for each way in which somebody would change one. Each change is one of what was signed: none may pass.

const EXTRA = "https://example.org/ns#extra";
const NOT_CLAIMS = new Set(["@context", "proof", "type", "@type", "@language", "@direction", "id"]);

/** The kinds of change; `swap` and `key` need another credential of the same kind. */
export const KINDS = ["value", "drop", "add", "undefined", "swap", "key", "flip", "created", "issuer", "type"];

/** A changed copy, and how it was changed: by a flipped character where the credential has nothing to change in the way that is asked for. */
export function changedCopy(kind, signed, other, random) {
  const changed = tampered(kind, signed, other, random);
  return changed === undefined ? { change: "flip", changed: tampered("flip", signed, other, random) } : { change: kind, changed };
}

function tampered(kind, signed, other, random) {
  const copy = structuredClone(signed);
  const subject = [copy.credentialSubject].flat()[0];
  const proof = [copy.proof].flat()[0];
  switch (kind) {
    case "value": {
      const places = leaves(copy);
      if (places.length === 0) return;
      const [holder, key] = random.of(places);
      holder[key] = another(holder[key]);
      return copy;
    }
    case "drop": {
      const places = members(copy.credentialSubject);
      if (places.length === 0) return;
      const [holder, key] = random.of(places);
      delete holder[key];
      return copy;
    }
    case "add":
      // Where the context is untouched, a claim under a term of the core context; else one of its own, which alone adds no statement.
      if (random.chance(0.5)) {
        if (subject.description !== undefined) return;
        subject.description = "added";
        return copy;
      }
      copy["@context"].push({ extra: EXTRA });
      subject.extra = "added";
      return copy;
    case "undefined":
      // A vocabulary would define it, which is the case before.
      if (JSON.stringify(copy["@context"]).includes("@vocab") || copy["@context"].some(c => String(c).includes("examples"))) return;
      subject.nobodyDefinedThis = "added";
      return copy;
    case "swap":
      copy.proof = structuredClone(other.proof);
      return copy;
    case "key":
      proof.verificationMethod = random.chance(0.5) ? method(other.otherKey) : `${proof.verificationMethod.split("#")[0]}#${other.otherKey}`;
      return copy;
    case "flip": {
      // Not the last characters: there base64 has bits that say nothing.
      const at = random.between(1, proof.proofValue.length - 4);
      const now = proof.proofValue[at];
      proof.proofValue = proof.proofValue.slice(0, at) + (now === "2" ? "3" : "2") + proof.proofValue.slice(at + 1);
      return copy;
    }
    case "created":
      proof.created = "2026-02-03T04:05:06Z";
      return copy;
    case "issuer":
      copy.issuer = typeof copy.issuer === "string" ? method(other.otherKey).split("#")[0] : { ...copy.issuer, name: "Another" };
      return copy;
    case "type":
      copy.type = copy.type.length > 1 ? ["VerifiableCredential"] : ["VerifiableCredential", "BitstringStatusListCredential"];
      return copy;
  }
}

const method = key => `did:key:${key}#${key}`;

/** A value that no document has, lest the change in one place of a set restore what another place says. */
function another(value) {
  return typeof value === "string" ? `${value}x` : 424242;
}

/** Places of values that were signed. */
function leaves(node, found = []) {
  for (const [key, value] of Object.entries(node)) {
    if (!Array.isArray(node) && NOT_CLAIMS.has(key)) continue;
    if (value !== null && typeof value === "object") leaves(value, found);
    else found.push([node, key]);
  }
  return found;
}

/** Places of members whose absence changes what is said: an empty set says nothing. */
function members(node, found = []) {
  for (const [key, value] of Object.entries(node)) {
    if (!Array.isArray(node)) {
      if (NOT_CLAIMS.has(key) || key === "@value") continue;
      if (!(Array.isArray(value) && value.length === 0)) found.push([node, key]);
    }
    if (value !== null && typeof value === "object") members(value, found);
  }
  return found;
}
