/** What the commands of `audit-check chain` say after their options. */

export const INFER_HELP = `
Looks at the first records of a log: which field holds the hash of the record before and which the record's own, what
stands there in the first record, which field numbers the records, which tells streams apart; then tries pre-images
until one has the hash: the record in many forms of JSON, one field of it, subsets of its members, listed fields. Every
pre-image is compiled and hashed as verify does it. Profiles that are known already are tried first.

Prints the profile as YAML, ready to be saved in a folder that "chains" in audit-check.yaml names, and how many records
it recomputes; or says what was tried and what the likely reason is. The same log and budget give the same answer.

Examples:
  audit-check chain infer audit.ndjson > chains/ours.yaml
  audit-check chain lint chains/ours.yaml
  audit-check chain infer audit.ndjson --key-file /etc/audit/hmac.key

Exit codes:
  0  a profile recomputes every hash
  1  a profile recomputes some of the hashes only
  2  wrong arguments or configuration
  3  no profile was found, or the log holds fewer than two records`;

export const LINT_HELP = `
Says what an attacker could change in a log of this format without a broken hash:
  error    two different records have one hash (both are printed; their hashes were computed), or the hash is weak
  warning  fields that are not hashed, streams that records can be moved between, a first record that nothing marks,
           a last record that nothing vouches for
  note     what belongs to the format and is answered by other means: chains without a key (anchor them, see
           audit-check seal), spellings of one value that have one hash

Examples:
  audit-check chain lint                   all shipped profiles
  audit-check chain lint jcs joined-fields
  audit-check chain lint chains/ours.yaml -f json

Exit codes:
  0  nothing, or notes alone
  1  errors or warnings
  2  wrong arguments, or a profile that cannot be used
  3  there was no profile`;

export const EXPLAIN_HELP = `
Prints the pre-image of a record, each part with its bytes, the hash it gives, the hash that the log carries for the
record, and whether the record before, which it names, is in the log. With --raw anybody can hash it again:

  audit-check chain explain audit.ndjson:7 --raw record-7.bin && sha256sum record-7.bin

Exit codes:
  0  the hash is right, and the record before is there or this is the first one
  1  the hash differs, or no record of the log has the hash that is named as the previous one
  2  wrong arguments, or no such record
  3  no hash can be computed: the key is missing, or the profile has none for this record`;
