/** What `audit-check licenses --help` says after its options. */

export const LICENSES_HELP = `
Holds the use that the logs show to a contract (licenses.yaml) and states, for each license: use by month with its lower
and upper bound, the quantity in force and the verdict; the peak, the sessions that prove it and the teams that held them;
utilization by weekday and hour; denials without retries; idle holders; when use will pass the quantity; what is over and
the cheapest cure. Nothing else is judged: "verify --licenses" has the verdicts among all other findings.

Examples:
  audit-check licenses logs/ --licenses licenses.yaml
  audit-check licenses logs/ --licenses licenses.yaml -f text -f html=statement.html -f csv=statement.csv
  audit-check licenses logs/ --licenses licenses.yaml --as-of 2026-06-30

Exit codes:
  0  every license was within its quantity, or over it by no more than the contract
     tolerates, and the log proves it
  1  a license was exceeded, or used outside its term, at or above --fail-on
  2  wrong arguments, configuration or contract
  3  undetermined: the log cannot tell of some license, or input could not be read or is
     an export without its last page
  130 interrupted (Ctrl-C)`;
