/**
 * What the daemons of FlexNet write beside messages about licenses: banners, statistics, lists of features, their own troubles.
 * License Administration Guide, "Informational Messages", "Configuration Problem Messages", "Daemon Software Error Messages"
 * (docs.revenera.com), and what servers of several vendors wrote. A line of another form is not understood, and told.
 */

/** How such messages begin, `|` between them. */
const BEGINNINGS = [
  // lmgrd's banner, in the words of several versions.
  "Server's System Date and Time|FlexNet |FLEXnet |FLEXlm |Copyright|World Wide Web|Please Note|This log is intended",
  'In order to capture|usage data into|please enable report|software license administration|into license usage',
  'insightful reports|license availability|can be fully automated|schedule and can|servers and usage',
  'network of servers|and UNIX.|www.|obtain an evaluation|for your enterprise|lmdown/lmreread|lmgrd tcp-port',
  'License file|License search path|Starting vendor daemon|Started |REStarted |Restarted ',
  // What a vendor daemon says of itself, and of its options file.
  'SLOG: |TIMESTAMP |Server started|[NEW]|EXTERNAL FILTERS|Using options file|Vendor daemon|Serving features',
  'TCP_NODELAY|RESERVE |RESERVING |INCLUDE|EXCLUDE|MAX |GROUP |HOST_GROUP|LINGER |TIMEOUT|NOLOG|REPORTLOG|DEBUGLOG',
  'BORROW_LOWWATER|All FEATURE|Listening |Loaded |Reading |EXPIRED|REMOVING|Removing |ACTIVATED LICENSE|Internal',
  'NOTE:|WARNING|Warning|INFO|EXITING|SHUTDOWN|Shutting down|daemon shutdown|Server exiting|SIGTERM|Finished ',
  // Redundant servers, and trouble with the net.
  'Lost connection|Lost quorum|lost all connections|lost lock|MASTER SERVER|MULTIPLE |Selected |Trying connection',
  "Connected to|CONNECTED|Connection to|Retrying |Unknown host|license daemon:|lm_server:|ls_|Can't |CAN'T|Couldn't",
  'Error |ERROR|Failed |Cannot |CANNOT |CANT |BAD |Bad |Illegal |Invalid |Wrong |No |NO |Not |UNSUPPORTED FEATURE',
  'ATTEMPT TO START|KILL of|read:|select:|recycle_control|return_reserved|SHELLO|Unsolicited msg',
].join('|');
/** `ansyslmd using TCP-port 37560`, `ABAQUSLM exited with status 0` */
const OF_DAEMONS = '\\S{1,40} (?:using TCP-port|exited with)';
const KNOWN = new RegExp(` *(?:${BEGINNINGS.replace(/[.[\]]/g, '\\$&')}|${OF_DAEMONS})`, 'y');
/** Rules of dashes, and names of features one after another, or alone: lists go over many lines. */
const LIST = /^[-=*\s]*$|\t|^\S+$|^(?=[^_]*_)[\w.+-]+(?: +[\w.+-]+)*$/;
const REREAD_OR_END = /re-?read|shut/i;
/** Features have short names, and a line of a list has few. */
const LONGEST_LIST = 300;
const SHOWN = 48;

/** Whether the message, which tells of no license, is of a form that is known. */
export function isChatter(line: string, at: number): boolean {
  if (line.startsWith('(@', at)) return true;
  KNOWN.lastIndex = at;
  if (KNOWN.test(line)) return true;
  const message = line.slice(at, at + LONGEST_LIST).trim();
  return LIST.test(message) || REREAD_OR_END.test(message);
}

/** What lines of one form have in common: who writes and the first words, without numbers and names. */
export function formOf(daemon: string, line: string, at: number): string {
  const words = line
    .slice(at, at + 4 * SHOWN)
    .replace(/"[^"]*"/g, '"…"')
    .replace(/\S+@\S+/g, '…@…')
    .replace(/\d+/g, '#')
    .trim();
  return `(${daemon.slice(0, SHOWN)}) ${words.length > SHOWN ? `${words.slice(0, SHOWN)}…` : words}`;
}
