"""Changed copies. Each differs from what it was made of in what it says, by how it is made: none is dropped because it was taken."""

import copy
import json
import string

BASE64 = string.ascii_letters + string.digits + "+/-_="
LETTERS = BASE64 + " :;.%é\n"


def other(rng, choices, than):
    """One of the choices that is not `than`."""
    return rng.choice([choice for choice in choices if choice != than])


def octet(rng, than=None):
    return (than + rng.randrange(1, 256)) % 256 if than is not None else rng.randrange(256)


def text(rng, old):
    """Another text."""
    if not old:
        return rng.choice(LETTERS)
    at = rng.randrange(len(old))
    uneven = [n for n in range(len(old) - 1) if old[n] != old[n + 1]]
    letters = [n for n, c in enumerate(old) if c in string.ascii_letters]
    kinds = ["letter", "letter", "letter", "less", "more", "short", "none", "end"] + ["turned"] * bool(uneven) + ["case"] * bool(letters)
    match rng.choice(kinds):
        case "letter":
            return old[:at] + other(rng, BASE64 if old[at] in BASE64 else LETTERS, old[at]) + old[at + 1 :]
        case "less":
            return old[:at] + old[at + 1 :]
        case "more":
            return old[:at] + rng.choice(LETTERS) + old[at:]
        case "short":
            return old[:at]
        case "none":
            return ""
        case "end":
            return old + rng.choice(LETTERS)
        case "turned":
            n = rng.choice(uneven)
            return old[:n] + old[n + 1] + old[n] + old[n + 2 :]
        case "case":
            n = rng.choice(letters)
            return old[:n] + old[n].swapcase() + old[n + 1 :]


def respelt(rng, old):
    """Another text for the same bytes in base64 or base64url, whose last letter has bits to spare."""
    letters = string.ascii_letters[26:] + string.ascii_letters[:26] + string.digits + ("+/" if old.endswith("=") else "-_")
    bare = old.rstrip("=")
    spare = {2: 4, 3: 2}[len(bare) % 4]
    last = letters.index(bare[-1])
    return bare[:-1] + letters[last ^ rng.randrange(1, 1 << spare)] + old[len(bare) :]


def number(rng, old):
    """Another whole number."""
    step = rng.choice([1, 2, 256, 1000, 1 << rng.randrange(53), 1 << 64])
    return rng.choice([old + step, old - step, old ^ 1 << rng.randrange(53), -old - 1])


def octets(rng, old):
    """Other bytes."""
    at = rng.randrange(len(old))
    uneven = [n for n in range(len(old) - 1) if old[n] != old[n + 1]]
    match rng.choice(["bit", "bit", "octet", "less", "more", "short"] + ["turned"] * bool(uneven)):
        case "bit":
            return old[:at] + bytes([old[at] ^ 1 << rng.randrange(8)]) + old[at + 1 :]
        case "octet":
            return old[:at] + bytes([octet(rng, old[at])]) + old[at + 1 :]
        case "less":
            return old[:at] + old[at + 1 :]
        case "more":
            return old[:at] + bytes([octet(rng)]) + old[at:]
        case "short":
            return old[:at]
        case "turned":
            n = rng.choice(uneven)
            return old[:n] + bytes([old[n + 1], old[n]]) + old[n + 2 :]


def proof(rng, old, strange):
    """Another list of hashes; `strange` are hashes of elsewhere."""
    at = rng.randrange(len(old))
    pairs = [(a, b) for a in range(len(old)) for b in range(a) if old[a] != old[b]]
    match rng.choice(["hash", "hash", "less", "more", "twice", "strange"] + ["turned"] * bool(pairs)):
        case "hash":
            return [*old[:at], octets(rng, old[at]), *old[at + 1 :]]
        case "less":
            return old[:at] + old[at + 1 :]
        case "more":
            at = rng.randrange(len(old) + 1)
            return [*old[:at], rng.choice(strange), *old[at:]]
        case "twice":
            return [*old[:at], old[at], *old[at:]]
        case "strange":
            return [*old[:at], other(rng, strange, old[at]), *old[at + 1 :]]
        case "turned":
            a, b = rng.choice(pairs)
            new = list(old)
            new[a], new[b] = old[b], old[a]
            return new


def note(rng, old, strange):
    """Another note; `strange` are other notes of the same log. Lines are moved, taken from elsewhere and doubled, bytes changed."""
    lines = old.split(b"\n")
    theirs = other(rng, strange, old).split(b"\n")
    at = rng.randrange(len(lines) - 1)
    match rng.choice(["octets", "octets", "octets", "less", "twice", "turned", "strange", "number"]):
        case "octets":
            return octets(rng, old)
        case "less":
            del lines[at]
        case "twice":
            lines.insert(at, lines[at])
        case "turned":
            a, b = rng.choice([(a, b) for a in range(len(lines)) for b in range(a) if lines[a] != lines[b]])
            lines[a], lines[b] = lines[b], lines[a]
        case "strange":
            at = rng.choice([n for n in (1, 2, 4) if lines[n] != theirs[n]])
            lines[at] = theirs[at]
        case "number":
            lines[1] = str(number(rng, int(lines[1]))).encode()
    return b"\n".join(lines)


def cosignature(rng, old):
    """Another note in its last line, that of the witness."""
    at = old.rindex(b"\n", 0, -1) + 1
    return old[:at] + octets(rng, old[at:])


def tile(rng, old, item, strange):
    """Other bytes of a tile (or bundle) whose items have `item` bytes; `strange` are other tiles of that kind."""
    items = [old[at : at + item] for at in range(0, len(old), item)]
    pairs = [(a, a - 1) for a in range(1, len(items)) if items[a] != items[a - 1]]
    theirs = [t for t in strange if t != old]
    match rng.choice(["octets", "octets", "octets", "less", "twice"] + ["turned"] * bool(pairs) + ["strange"] * bool(theirs)):
        case "octets":
            return octets(rng, old)
        case "less":
            del items[rng.randrange(len(items))]
        case "twice":
            items.insert(0, rng.choice(items))
        case "turned":
            a, b = rng.choice(pairs)
            items[a], items[b] = items[b], items[a]
        case "strange":
            return rng.choice(theirs)
    return b"".join(items)


# Receipts: JSON, changed as values.


def pointers(value, at=()):
    """All members and items, as paths."""
    if isinstance(value, (dict, list)):
        for name, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*at, name)
            yield from pointers(member, (*at, name))


def resolve(value, path):
    for name in path:
        value = value[name]
    return value


def replaced(value, path, new):
    value = copy.deepcopy(value)
    resolve(value, path[:-1])[path[-1]] = new
    return value


STRANGERS = [None, True, 7, -7, 0.5, "7", "", [], {}, ["7"], {"7": 7}]


def receipt(rng, old, strange):
    """How, where (a path, or none), and the text of another receipt; `strange` are other receipts."""
    paths = list(pointers(old))
    path = rng.choice(paths)
    was = resolve(old, path)
    how = rng.choice(["changed"] * 8 + ["dropped", "retyped", "repeated", "respelt", "added"] + ["spliced"] * 3 + ["proof"] * 2)
    if how == "proof":
        path, was = ("proof",), old["proof"]
    elif how == "changed" and isinstance(was, (dict, list)):
        how = "spliced"
    if how == "spliced":
        theirs = other(rng, strange, old)
        # What the two have alike is no change.
        path = rng.choice([p for p in paths if has(theirs, p) and not alike(p, resolve(theirs, p), resolve(old, p))])
        return how, path, json.dumps(replaced(old, path, resolve(theirs, path)))
    match how:
        case "changed":
            return how, path, json.dumps(replaced(old, path, text(rng, was) if isinstance(was, str) else number(rng, was)))
        case "dropped":
            new = copy.deepcopy(old)
            del resolve(new, path[:-1])[path[-1]]
            return how, path, json.dumps(new)
        case "retyped":
            return how, path, json.dumps(replaced(old, path, rng.choice([s for s in STRANGERS if type(s) is not type(was)])))
        case "repeated":
            path = rng.choice([p for p in paths if isinstance(p[-1], str)])
            was = resolve(old, path)
            # The mark stands where the other member of the name goes: before all or after all.
            parent = resolve(old, path[:-1])
            both = {"\0": 0, **parent} if rng.random() < 0.5 else {**parent, "\0": 0}
            marked = json.dumps(replaced(old, path[:-1], both) if path[:-1] else both)
            new = text(rng, was) if isinstance(was, str) else number(rng, was) if isinstance(was, int) else other(rng, STRANGERS, was)
            again = json.dumps({path[-1]: new})[1:-1]
            return how, path, marked.replace(json.dumps({"\0": 0})[1:-1], again)
        case "respelt":
            path = rng.choice([("salt",), ("stamp", "signature"), *(p for p in paths if p[0] == "proof" and len(p) == 2)])
            return how, path, json.dumps(replaced(old, path, respelt(rng, resolve(old, path))))
        case "added":
            path = rng.choice([(), ("leaf",), ("stamp",)])
            name = rng.choice([n for n in ["witnessed", "Salt", "index ", "x", "", "proofs"] if n not in resolve(old, path)])
            return how, (*path, name), json.dumps(replaced(old, (*path, name), rng.choice([was, *STRANGERS])))
        case "proof":
            steps = list(was)
            at = rng.randrange(len(steps))
            match rng.choice(["less", "twice", "more", "turned"]):
                case "less":
                    del steps[at]
                case "twice":
                    steps.insert(at, steps[at])
                case "more":
                    steps.insert(at, rng.choice(rng.choice(strange)["proof"]))
                case "turned":
                    a, b = rng.choice([(a, b) for a in range(len(steps)) for b in range(a) if steps[a] != steps[b]])
                    steps[a], steps[b] = steps[b], steps[a]
            return how, path, json.dumps(replaced(old, path, steps))


def alike(path, a, b):
    """Whether two members say the same. A checkpoint is the same whoever cosigned it: without a list, strangers' lines are passed over."""
    if path == ("checkpoint",):
        a, b = a.split("\n")[:5], b.split("\n")[:5]
    return a == b


def has(value, path):
    try:
        resolve(value, path)
    except (KeyError, IndexError):
        return False
    return True
