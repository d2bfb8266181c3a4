/**
 * The usage log of the Sentinel RMS License Manager (SentinelLM), one entry a line:
 * https://docs.sentinel.thalesgroup.com/softwareandservices/rms/RMSDocumentation/SysAdmin/Content/lsusage_Log.htm
 */
import type { TextFormat, TextOutcome, TextReader } from '../model/text-format.ts';
import { toNumber, toRecord } from './record-text.ts';
import { momentOf } from './sentinel-time.ts';
import { transactionOf } from './sentinel-transactions.ts';

const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const DATE = `${DAY} +${MONTH} +\\d{1,2} +\\d{1,2}:\\d{2}:\\d{2} +\\d{4}`;

/** Two levels of encryption, since some version a field for the manager's own use, the date, the same in seconds, the rest. */
const ENTRY = new RegExp(`^(\\d) (\\d) (?:(\\S+) )?(${DATE}) +(\\d{1,12}) +(.*)$`);
/** `# Startup Sentinel RMS Development Kit v7.00 Fri Aug 13 17:33:31 1999  934590811 licsrv …` */
const COMMENT = new RegExp(`^# ?(Startup|Shutdown) (.*?) ?(${DATE}) +(\\d{1,12})(?: +(\\S+))?`);

/** Levels from which the manager encrypts the numbers of licenses. */
const ENCRYPTS_NUMBERS = 3;

/** `7.00`, `9.5.0`: what stands behind user and host; it shows that no field was shifted. */
const SERVER_VERSION = /^\d{1,3}(?:\.\d{1,5}){1,3}$/;

const NAMES = [
  ...['feature', 'version', 'transaction', 'in_use', 'seconds', 'user', 'host', 'server_version'],
  ...['quantity', 'comment'],
] as const;

/** Behind the comment stand a counter and check sums; without them equal transactions of one second would be one. */
const MAX_WORDS = 100;

export const sentinel: TextFormat = {
  name: 'sentinel',
  isOfOneServer: true,
  recognizes(head) {
    const lines = head.map((line) => line.trim()).filter((line) => line !== '');
    const known = lines.filter((line) => ENTRY.test(line) || COMMENT.test(line));
    return known.length > 0 && known.length * 2 >= lines.length;
  },
  start: () => new SentinelReader(),
};

class SentinelReader implements TextReader {
  line(text: string): TextOutcome {
    const line = text.trim();
    if (line === '') return 'framing';
    if (line.startsWith('#')) return readComment(line);
    const match = ENTRY.exec(line);
    if (match === null) return UNFIT;
    const [, serverLevel, licenseLevel, , date, stamp, rest] = match;
    const words = rest!.split(/ +/, MAX_WORDS);
    const [feature, version, transaction, inUse, seconds, user, host, serverVersion, quantity, comment] =
      words;
    const isWhole = quantity !== undefined && SERVER_VERSION.test(serverVersion!);
    if (!isWhole || !/^\d{1,3}$/.test(transaction!) || !/^\d{1,12}$/.test(seconds!)) return UNFIT;
    const moment = momentOf(date!, stamp!);
    if (moment === undefined) return DISAGREEING;
    const level = Number(licenseLevel) || Number(serverLevel);
    const isEncrypted = level >= ENCRYPTS_NUMBERS;
    if (!isEncrypted && !(/^\d{1,10}$/.test(inUse!) && /^\d{1,10}$/.test(quantity))) return UNFIT;
    return toRecord({
      log: 'sentinel',
      time: moment,
      ...transactionOf(transaction!),
      feature,
      version,
      user,
      host,
      // A number that is encrypted is one that nobody knows, and must not be taken for one license.
      quantity: isEncrypted ? quantity : toNumber(quantity),
      in_use: isEncrypted ? undefined : toNumber(inUse!),
      seconds: toNumber(seconds!),
      encryption: isEncrypted ? level : undefined,
      server_version: serverVersion,
      comment: comment === '-' ? undefined : comment,
      trailer: words.slice(NAMES.length).join(' ') || undefined,
    });
  }

  finish(): TextOutcome {
    return 'framing';
  }
}

/** Other comments say nothing of use. */
function readComment(line: string): TextOutcome {
  const match = COMMENT.exec(line);
  if (match === null) return 'framing';
  const [, event, software, date, stamp, word] = match;
  const time = momentOf(date!, stamp!);
  if (time === undefined) return DISAGREEING;
  return toRecord({ log: 'sentinel', time, event, software, server: word });
}

const UNFIT: TextOutcome = {
  malformed: `an entry of a Sentinel RMS usage log: levels, date, time stamp, ${NAMES.join(', ')}`,
};

const DISAGREEING: TextOutcome = { malformed: 'a date and a time stamp of one moment' };
