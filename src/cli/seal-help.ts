/** What the help of the commands around sealed logs says below the options. */

export const SEAL_HELP = `
Each record becomes a leaf of a tiled transparency log in DIR (c2sp.org/tlog-tiles), and a checkpoint over all of them is
signed. The next run appends what is new: files that grew, and files that are new. Rotation, renaming and compression
(gzip, zstd) change nothing: a file is known by its records. Keep DIR and the key where those who write the logs cannot
write, and publish the checkpoint where nobody can take it back: that is what later proves that nothing was cut off.

  audit-check key generate logs.example/payments --out seal.key > seal.pub
  audit-check seal logs --into sealed --key seal.key --publish git-message | git commit --allow-empty -F -
  audit-check verify logs --checkpoint sealed --verifier-key seal.pub

Give the folder of the logs, from the same place each time: a sealed file that is gone from what was given is an error. Of
files that lay elsewhere a run cannot tell: a note names those that are not there any more. Records that were rotated into a
file beside a given one are found there, and sealed further only where that file is given too.

Exit codes: 0 sealed; 1 the logs are no longer what was sealed: of a file that was altered or cut nothing more was sealed,
nor of others; where a sealed file is gone what is new was; 2 wrong arguments; 3 something could not be sealed; 70 internal
error. A kill at any instant leaves the log of the last checkpoint; the next run goes on there.`;

export const PROVE_HELP = `
  audit-check prove --record logs/app.ndjson:17 --log sealed --out record-17.tlog-proof
  audit-check verify-proof record-17.tlog-proof --record logs/app.ndjson:17 --verifier-key seal.pub

Exit codes: 0 a proof was written; 1 the record is not in the log; 2 wrong arguments, or a log that does not verify.`;

export const VERIFY_PROOF_HELP = `
The record is a file that holds nothing else, - for standard input, or FILE:LINE of a log. Its bytes are what counts:
another spelling of the same JSON is another record.

Exit codes: 0 proven; 1 not proven; 2 wrong arguments.`;
