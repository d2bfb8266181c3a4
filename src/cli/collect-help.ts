/** What `collect --help` says after its options. */
export const COLLECT_HELP = `
Each record becomes a leaf of a log (c2sp.org/tlog-tiles) in the archive, and a checkpoint over all of them is signed
after each batch. What is printed as collected is on the disk and survives a crash; run the command again to go on after
one. Records that were collected before are known by their content, whatever their file is called now: collecting the
same export twice adds nothing, a file that has grown adds what is new.

Examples:
  audit-check collect logs/ --into /srv/archive --key archive.key
  kubectl logs audit | audit-check collect - --into /srv/archive --key archive.key --class security
  audit-check collect logs/ --into /srv/archive --key archive.key --recipients-file auditors.txt
  audit-check verify /srv/archive --verifier-key archive.pub

Keep the key, and a copy of the latest checkpoint (ARCHIVE/log/checkpoint), where whoever can write to the archive cannot.

Exit codes:
  0  all records are in the archive
  2  wrong arguments, configuration or keys, or another process collects into the archive
  3  something could not be read, pages of an export are missing, or there was nothing to collect
  70 internal error`;
