"""The ten thousand: changed copies of what was taken, for the verifier and for `garita log verify-receipt` and `verify-proof`."""

import base64
import collections
import json
import os
import subprocess

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import mutations as change
from verifier import COSIGNATURE, Checkpoint, Key, Refused, Tree, cosigned, open_note, sha256, verify_consistency, verify_inclusion, verify_proof, verify_receipt

CHANGED = {"receipt": 4_000, "note": 1_500, "cosigned note": 500, "tile": 1_500, "inclusion proof": 1_250, "consistency proof": 1_250, "proof as text": 1_000}
# Changed receipts that the command judges too, and good ones.
COMMAND_CHANGED = 400
COMMAND_GOOD = 60
# And some in which the stamp alone was changed.
UNJUDGED_TRIED = 30
# Proofs as text that the command judges too: changed, and good.
PROOFS_CHANGED = 100
PROOFS_GOOD = 15

# What nothing binds, or no receipt has: the command took these once and repeated them as if they were proven.
UNBOUND = {
    "a member that no receipt has": lambda r: {**r, "x": 1},
    "a member that no leaf has": lambda r: {**r, "leaf": {**r["leaf"], "x": 1}},
    "a member that no stamp has": lambda r: {**r, "stamp": {**r["stamp"], "x": 1}},
    "a state that is not proven": lambda r: {**r, "state": "recorded" if r["state"] == "witnessed" else "witnessed"},
    "a list for an object": lambda r: {**r, "leaf": list(r["leaf"].values())},
    "an object for a word": lambda r: {**r, "leaf": {**r["leaf"], "act": {r["leaf"]["act"]: None}}},
}
# What it says of what it does not judge (docs/protocol.md, Receipt): it has one key, that of the log.
UNJUDGED = "not checked: the stamp's signature"

# Hashes of no tree.
STRANGE = [sha256(bytes([n])) for n in range(8)]

faults = []


def judge(rng, logs, chain, texts, proven, folder):
    """Changes, judges and tells; what is wrong."""
    many, forged, torn = changed(rng, logs, chain, texts, proven)
    print("taken: " + told(many.taken))
    print(f"changed and refused: {sum(many.refused.values())}: {told(many.refused)}")
    command = Command(folder, logs)
    good, refused, unjudged = commanded(rng, command, forged, texts)
    print(f"verify-receipt: {good} taken; changed and refused {sum(refused.values())}: {told(refused)}")
    print(f"verify-receipt: of {UNJUDGED_TRIED} with only the stamp changed it said of {unjudged} that it does not judge it, and refused the others")
    good, refused = proofs_commanded(rng, command, proven, torn)
    print(f"verify-proof: {good} taken; changed and refused {refused}")
    unbound(command, texts, chain)
    return faults


def told(counts):
    return ", ".join(f"{what} {count}" for what, count in counts.items())


def refuses(judge, *arguments):
    try:
        judge(*arguments)
    except Refused:
        return True
    return False


def cosign(note, log):
    """A cosignature by a witness of no list. Its line is passed over where the witness is not known."""
    secret = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = secret.public_key().public_bytes_raw()
    material = bytes([COSIGNATURE]) + public
    name = "witness.example/w1"
    key = Key(name, sha256(name.encode(), b"\n", material)[:4], COSIGNATURE, public)
    assert Key.parse(str(key)) == key
    at = 1_795_532_400
    signature = at.to_bytes(8, "big") + secret.sign(cosigned(open_note(note, [log]), at))
    line = f"\u2014 {name} {base64.b64encode(key.id + signature).decode()}\n"
    return note + line.encode(), key


class Many:
    """Copies by kind: how many were taken as they are, how many refused that were changed. What is otherwise is a fault."""

    def __init__(self):
        self.taken, self.refused = collections.Counter(), collections.Counter()

    def take(self, what, judge, *arguments):
        if refuses(judge, *arguments):
            faults.append(f"{what}: one that nobody changed was refused: {arguments!r}"[:4_000])
        else:
            self.taken[what] += 1

    def judge(self, what, judge, *arguments):
        if refuses(judge, *arguments):
            self.refused[what] += 1
        else:
            faults.append(f"{what}: a changed copy was taken: {arguments!r}"[:4_000])


def changed(rng, logs, chain, texts, proven):
    """The ten thousand, judged by the verifier; the changed receipts and proofs as text, for the command to judge."""
    many, forged, torn = Many(), [], []
    for text in texts:
        many.take("receipt", verify_receipt, text, chain)
    for log in logs:
        for checkpoint, held in log.trees:
            many.take("tile", Tree, checkpoint, held)
    # One receipt has no proof to change: that of the first leaf, when it was alone.
    good = [receipt for receipt in map(json.loads, texts) if len(receipt["proof"]) > 1]
    for _ in range(CHANGED["receipt"]):
        old = rng.choice(good)
        how, path, text = change.receipt(rng, old, good)
        many.judge("receipt", verify_receipt, text, chain)
        forged.append((how, path, old, text))
    for text in proven:
        many.take("proof as text", verify_proof, text, chain)
    for _ in range(CHANGED["proof as text"]):
        old = rng.choice(proven)
        text = change.octets(rng, old)
        many.judge("proof as text", verify_proof, text, chain)
        torn.append((old, text))
    makers = {"note": notes, "cosigned note": cosigned_notes, "tile": tiles, "inclusion proof": inclusion_proofs, "consistency proof": consistency_proofs}
    for what, make in makers.items():
        for n in range(CHANGED[what]):
            make(rng, many, what, logs[n % len(logs)])
    for what, count in CHANGED.items():
        if many.refused[what] != count or not many.taken[what]:
            faults.append(f"{what}: {many.refused[what]} of {count} refused, {many.taken[what]} taken")
    return many, forged, torn


def notes(rng, many, what, log):
    note = rng.choice(log.notes)
    many.take(what, Checkpoint.open, note, log.key)
    many.judge(what, Checkpoint.open, change.note(rng, note, log.notes), log.key)


def cosigned_notes(rng, many, what, log):
    # Those of the network's nodes, either of which may stand last; and one by a witness of no list.
    lines = log.cosigned.split(b"\n")
    lines[5], lines[6] = rng.sample(lines[5:7], 2)
    theirs = b"\n".join(lines), log.panel
    note, witness = cosign(rng.choice(log.notes), log.key)
    note, witnesses = rng.choice([theirs, (note, [witness])])
    many.take(what, Checkpoint.open, note, log.key, witnesses)
    many.judge(what, Checkpoint.open, change.cosignature(rng, note), log.key, witnesses)


def tiles(rng, many, what, log):
    checkpoint, held = rng.choice(log.trees)
    at = rng.choice(list(held))
    kind = [octets for _, other in log.trees for (level, _), octets in other.items() if level == at[0]]
    new = change.tile(rng, held[at], 34 if at[0] == "entries" else 32, kind)
    many.judge(what, Tree, checkpoint, {**held, at: new})


def inclusion_proofs(rng, many, what, log):
    checkpoint = rng.choice([c for c in log.checkpoints if c.size > 1])
    index = rng.randrange(checkpoint.size)
    leaf, proof = log.tree.entries[index], log.tree.inclusion(index, checkpoint.size)
    many.take(what, verify_inclusion, leaf, index, checkpoint, proof)
    match rng.choice(["proof", "proof", "leaf", "index", "another", "checkpoint"]):
        case "proof":
            proof = change.proof(rng, proof, [*STRANGE, checkpoint.root])
        case "leaf":
            leaf = change.octets(rng, leaf)
        case "index":
            index = change.number(rng, index)
        case "another":
            leaf = change.other(rng, log.tree.entries, leaf)
        case "checkpoint":
            checkpoint = change.other(rng, log.checkpoints, checkpoint)
    many.judge(what, verify_inclusion, leaf, index, checkpoint, proof)


def consistency_proofs(rng, many, what, log):
    old, new = sorted(rng.sample(log.checkpoints, 2), key=lambda c: c.size)
    proof = log.tree.consistency(old.size, new.size)
    many.take(what, verify_consistency, old, new, proof)
    match rng.choice(["proof", "proof", "turned", "old", "new", "history", "pair"]):
        case "proof":
            proof = change.proof(rng, proof, [*STRANGE, old.root, new.root])
        case "turned":
            old, new = new, old
        case "old":
            old = change.other(rng, log.checkpoints, old)
        case "new":
            new = change.other(rng, log.checkpoints, new)
        case "history":
            # What a log would show that has two: the same size with another root.
            old = old._replace(root=change.octets(rng, old.root))
        case "pair":
            another = change.other(rng, log.checkpoints, new if rng.random() < 0.5 else old)
            sizes = sorted({another.size, rng.choice([size for size in (old.size, new.size) if size != another.size])})
            proof = change.other(rng, [log.tree.consistency(*sizes), []], proof)
    many.judge(what, verify_consistency, old, new, proof)


class Command:
    """`garita log verify-receipt`, and `verify-proof`."""

    def __init__(self, folder, logs):
        self.folder, self.count = folder, 0
        self.logs = {log.key.name: log for log in logs}

    def log(self, receipt):
        """The log that the network's list has for a good receipt."""
        return self.logs[receipt["checkpoint"].split("\n", 1)[0]]

    def expected(self, receipt):
        return ["--log-key", str(self.log(receipt).key)]

    def witnesses(self, receipt):
        """The witnesses that the network's list has for its log."""
        return [word for key in self.log(receipt).panel for word in ("--witness-key", str(key))]

    def judge(self, text, words=(), what="verify-receipt"):
        """Whether it takes the receipt, or the proof, and what it says."""
        self.count += 1
        file = self.folder / f"{self.count}.json"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        done = subprocess.run([os.environ["GARITA"], "log", what, str(file), *words], check=False, capture_output=True, text=True)
        if done.returncode not in (0, 1, 2):
            faults.append(f"{what} ended with {done.returncode} on {file}: {done.stderr}")
        return done.returncode == 0, done.stdout


def stamp_alone(how, path, old):
    """Whether what was changed only the stamp's signature would show: the command has no node's key."""
    if how not in ("changed", "respelt", "spliced") or path[0] != "stamp" or len(path) == 1:
        return False
    return path[1] in ("signature", "node") or (old["leaf"]["act"] == "received" and path[1] in ("index", "logged", "log"))


def commanded(rng, command, forged, texts):
    """The command refuses what the verifier refused, and takes what it took. Counts, those of the refused by how a receipt was changed."""
    alone = [f for f in forged if stamp_alone(*f[:3])]
    # Without the list, a witness fewer is one that nobody named.
    rest = [f for f in forged if not stamp_alone(*f[:3]) and not (f[0] == "dropped" and f[1][:2] == ("witnessed", "by") and len(f[1]) == 3)]
    refused = collections.Counter()
    for how, path, old, text in rng.sample(rest, COMMAND_CHANGED):
        # The key in the receipt is read where none is named.
        taken, _ = command.judge(text, [] if path == ("logKey",) else command.expected(old))
        if taken:
            faults.append(f"verify-receipt takes a receipt {how} at {path}: {text}")
        refused[how] += not taken
    unjudged = 0
    for _, path, old, text in rng.sample(alone, UNJUDGED_TRIED):
        taken, said = command.judge(text, command.expected(old))
        if taken and UNJUDGED not in said:
            faults.append(f"verify-receipt takes a stamp changed at {path} and does not say that it did not judge it: {text}")
        unjudged += taken
    good = 0
    for n, text in enumerate(rng.sample(texts, COMMAND_GOOD)):
        receipt = json.loads(text)
        written = [text, json.dumps(receipt, indent=2), json.dumps(receipt, ensure_ascii=False), json.dumps(dict(reversed(receipt.items())))][n % 4]
        words = command.expected(receipt) + (command.witnesses(receipt) if receipt["state"] == "witnessed" else [])
        good += command.judge(written, words if n % 2 else [])[0]
    if good != COMMAND_GOOD or sum(refused.values()) != COMMAND_CHANGED:
        faults.append(f"verify-receipt: {good} of {COMMAND_GOOD} taken, {sum(refused.values())} of {COMMAND_CHANGED} refused")
    return good, refused, unjudged


def proofs_commanded(rng, command, proven, torn):
    """The command takes good proofs under the keys of the list, and refuses those that the verifier refused."""
    good = refused = 0

    def words(proof):
        receipt = {"checkpoint": proof.partition(b"\n\n")[2].decode()}
        return command.expected(receipt) + command.witnesses(receipt)

    for text in rng.sample(proven, PROOFS_GOOD):
        good += command.judge(text, words(text), "verify-proof")[0]
    for old, text in rng.sample(torn, PROOFS_CHANGED):
        taken, _ = command.judge(text, words(old), "verify-proof")
        refused += not taken
        if taken:
            faults.append(f"verify-proof takes a changed proof: {text!r}")
    if good != PROOFS_GOOD:
        faults.append(f"verify-proof: {good} of {PROOFS_GOOD} taken")
    return good, refused


def unbound(command, texts, chain):
    """What nothing binds, and no receipt has: both refuse it."""
    receipt = json.loads(texts[-1])
    for name, make in UNBOUND.items():
        text = json.dumps(make(receipt))
        if not refuses(verify_receipt, text, chain):
            faults.append(f"{name}: the verifier takes it")
        if command.judge(text)[0]:
            faults.append(f"verify-receipt takes {name}")
    # A witness whom one does not know changes nothing, there as here.
    note, _ = cosign(receipt["checkpoint"].encode(), command.log(receipt).key)
    text = json.dumps({**receipt, "checkpoint": note.decode()})
    if refuses(verify_receipt, text, chain) or not command.judge(text)[0]:
        faults.append("a checkpoint that a stranger cosigned is refused")
