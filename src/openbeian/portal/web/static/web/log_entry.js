// Checks the proof of one log entry in the reader's own browser: every hash with SHA-256, the checkpoint's
// signature with Ed25519, both from WebCrypto. It believes nothing on the page but compares all of it.
// C2SP tlog-proof, tlog-checkpoint, signed-note; RFC 6962 section 2.1. Fetches the public keys, nothing else.

const ED25519_KIND = 1;
const KEY_HASH_BYTES = 4;
const proof = document.getElementById("proof");
const encoder = new TextEncoder();

// Why nothing could be checked at all; every other error means that something does not hold.
class CannotCheck extends Error {}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sha256(...pieces) {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

function show(holder, name) {
  holder.replaceChildren(document.getElementById(name).content.cloneNode(true));
}

// Says of one step whether it fits, in the list and in the picture; the first that doesn't ends the walk.
function judge(step, fits) {
  const item = proof.querySelector(`[data-step="${step}"]`);
  show(item.querySelector("[data-state]"), fits ? "state-ok" : "state-bad");
  proof.querySelector(`[data-node="${step}"]`)?.classList.add(fits ? "fits" : "differs");
  if (!fits) throw new Error(`${step} does not fit`);
}

function judgeHash(step, bytes) {
  judge(step, proof.querySelector(`[data-step="${step}"] [data-hash]`).textContent === hexOf(bytes));
}

function readProof(text) {
  const blank = text.indexOf("\n\n");
  const [header, extra, index, ...path] = text.slice(0, blank).split("\n");
  const isOne = blank > 0 && header === "c2sp.org/tlog-proof@v1" && extra.startsWith("extra ");
  if (!isOne || !/^index (0|[1-9]\d{0,15})$/.test(index)) throw new Error("no log proof");
  return {
    leaf: bytesOf(extra.slice("extra ".length)),
    index: Number(index.slice("index ".length)),
    path: path.map(bytesOf),
    checkpoint: text.slice(blank + 2),
  };
}

function readCheckpoint(note) {
  const end = note.lastIndexOf("\n\n");
  const text = note.slice(0, end + 1);
  const [origin, size, root] = text.split("\n");
  const signatures = note.slice(end + 2).split("\n").filter(Boolean).map((line) => {
    const [dash, name, value] = line.split(" ");
    if (dash !== "\u2014") throw new Error("no signature line");
    return { name, value: bytesOf(value) };
  });
  return { text, origin, size: Number(size), root: bytesOf(root), signatures };
}

// Walks from the leaf to the root; sizes are beyond 32 bits in no log we know of, but nothing here assumes it.
async function walk(leafHash, { index, path }, size) {
  let hash = leafHash;
  let [place, last, step] = [index, size - 1, 0];
  for (const sibling of path) {
    if (last === 0) throw new Error("the path is too long");
    const isLeft = place % 2 === 1 || place === last;
    hash = await (isLeft ? sha256([1], sibling, hash) : sha256([1], hash, sibling));
    step += 1;
    judgeHash(String(step), hash);
    while (isLeft && place && place % 2 === 0) [place, last] = [place / 2, Math.floor(last / 2)];
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  if (last !== 0) throw new Error("the path is too short");
  return hash;
}

async function trustedKeys() {
  const answer = await fetch(proof.dataset.keys, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) throw new CannotCheck("no keys");
  const { keys } = await answer.json();
  const ours = keys.filter((key) => key.algorithm === "Ed25519" && key.uses.includes("log"));
  return ours.map((key) => bytesOf(key.public_key));
}

async function signedBy(raw, key, { origin, text, signatures }) {
  const named = (await sha256(encoder.encode(`${origin}\n`), [ED25519_KIND], raw)).slice(0, KEY_HASH_BYTES);
  const ours = signatures.filter(
    ({ name, value }) => name === origin && hexOf(value.slice(0, KEY_HASH_BYTES)) === hexOf(named),
  );
  const message = encoder.encode(text);
  const checks = ours.map(({ value }) =>
    crypto.subtle.verify({ name: "Ed25519" }, key, value.slice(KEY_HASH_BYTES), message),
  );
  return checks.length > 0 && (await Promise.all(checks)).every(Boolean);
}

// Without Ed25519 a browser can't even make a key: said as such, and not as a failure.
async function knowsEd25519() {
  return crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]).then(
    () => true,
    () => false,
  );
}

async function judgeSignature(checkpoint, keys) {
  if (!(await knowsEd25519())) {
    show(proof.querySelector('[data-step="signature"] [data-state]'), "state-not");
    return "verdict-part";
  }
  const found = keys.map(async (raw) => {
    const key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
    return signedBy(raw, key, checkpoint);
  });
  judge("signature", (await Promise.all(found)).some(Boolean));
  return "verdict-ok";
}

async function check() {
  if (!globalThis.crypto?.subtle) throw new CannotCheck("no WebCrypto on this page");
  const keys = await trustedKeys();
  const given = readProof(document.getElementById("proof-file").textContent);
  const words = encoder.encode(document.getElementById("leaf").textContent);
  judge("leaf", hexOf(words) === hexOf(given.leaf) && given.index === Number(proof.dataset.index));
  const leafHash = await sha256([0], given.leaf);
  judgeHash("leaf", leafHash);
  const checkpoint = readCheckpoint(given.checkpoint);
  const root = await walk(leafHash, given, checkpoint.size);
  judgeHash("root", root);
  judge("root", hexOf(root) === hexOf(checkpoint.root) && checkpoint.origin === proof.dataset.origin);
  return judgeSignature(checkpoint, keys);
}

// Marks the first step without a state where what was wrong could not even be read.
function markBroken() {
  if (proof.querySelector("[data-state] .state--stop")) return;
  const open = [...proof.querySelectorAll("[data-state]")].find((slot) => !slot.firstElementChild);
  if (open) show(open, "state-bad");
}

const verdict = document.getElementById("verdict");
show(verdict, "verdict-busy");
check().then(
  (name) => show(verdict, name),
  (error) => {
    const cannot = error instanceof CannotCheck;
    if (!cannot) markBroken();
    show(verdict, cannot ? "verdict-none" : "verdict-bad");
  },
);
