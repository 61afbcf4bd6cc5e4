// Checks a .tlog-proof file with the log checks of npm's @sigstore/verify, which nobody here wrote.
//
// Usage: node check_proof.cjs PUBLIC-KEY.pem KEY-HASH-IN-HEX PROOF-FILE
"use strict";
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const within = path.join(path.dirname(require.resolve("@sigstore/verify")), "tlog");
const { verifyCheckpoint } = require(path.join(within, "checkpoint.js"));
const { verifyMerkleInclusion } = require(path.join(within, "merkle.js"));

const [pem, keyHash, file] = process.argv.slice(2);
const [head, ...rest] = fs.readFileSync(file, "utf8").split("\n\n");
const [, extra, index, ...hashes] = head.split("\n");
const log = {
  logID: Buffer.from(keyHash, "hex"),
  baseURL: rest[0].split("\n")[0],
  publicKey: crypto.createPublicKey(fs.readFileSync(pem)),
};
const entry = {
  canonicalizedBody: Buffer.from(extra.slice("extra ".length), "base64"),
  inclusionProof: {
    checkpoint: { envelope: rest.join("\n\n") },
    logIndex: index.slice("index ".length),
    hashes: hashes.map((hash) => Buffer.from(hash, "base64")),
  },
};
try {
  verifyMerkleInclusion(entry, verifyCheckpoint(entry, [log]));
  console.log(`entry ${entry.inclusionProof.logIndex}`);
} catch (error) {
  console.log(`refused: ${error.message}`);
}
