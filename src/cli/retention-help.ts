/** What `audit-check retention … --help` says after its options. */

const POLICY_HELP = `
The policy, in YAML:
  tiers: {hot: 90 days, warm: 12 months, cold: rest}   # by the age of a segment's newest event; these are the default
  rules:                                               # the first that fits a segment decides; none fits: it is kept
    - {class: [debug, trace], maximum: 30 days}
    - {source: okta, class: security, minimum: 1 year, maximum: 7 years, tiers: {live: 6 months, vault: rest}}
    - {minimum: 90 days, maximum: 400 days}            # without source and class: all others
  holds:                                               # what they fit is not deleted, however old
    - {id: LH-7, reason: payment incident, source: okta, events: {from: 2026-01-01, until: 2026-03-31},
       since: 2026-04-02, until: 2027-06-30}
Ages are days, weeks, months, years or ISO 8601 (P1Y6M), by the calendar in UTC. An age is passed when the anniversary of
the newest event's day is over. Holds may name source, class, tenant, file (a pattern of the collected file's name) and
events; dates are whole days, the last included. Manifests name no tenants, so a hold for a tenant holds whatever its other
conditions fit.`;

export const PLAN_HELP = `${POLICY_HELP}

Examples:
  audit-check retention plan /srv/archive --policy retention.yaml --verifier-key archive.pub
  audit-check retention plan /srv/archive --policy retention.yaml --verifier-key archive.pub --now 2027-01-01 -f json

Exit codes:
  0  everything is as old as the policy wants it
  1  kept too long, deleted too early or under a hold, or a segment is gone that nobody declared deleted
  2  wrong arguments, policy or keys
  3  incomplete: the archive does not verify or no key was given, or the age of a segment is not known
  70 internal error`;

export const APPLY_HELP = `
Whole segments that are past their maximum age and under no hold are deleted; a segment whose age is not known is kept. A
record of what, why, when, by whom and by which policy is signed first, with a new checkpoint, and then the files go: an
interrupted run leaves an archive that verifies, and the next one finishes it. Manifests, digests and leaf hashes stay.
Without --yes it says what it would do, and does nothing.
${POLICY_HELP}

Examples:
  audit-check retention apply /srv/archive --policy retention.yaml --key archive.key
  audit-check retention apply /srv/archive --policy retention.yaml --key archive.key --yes --journal deletions.ndjson

Exit codes:
  0  what is due is deleted, or would be
  1  something due was not deleted because its file is not what was collected, or a segment is missing
  2  wrong arguments, policy or key, or the archive does not verify with the key: nothing was deleted
  3  deleted and signed, but the journal could not be written
  70 internal error`;
