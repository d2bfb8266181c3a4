/**
 * A deterministic debug log of FlexNet: check-outs and check-ins of a dozen features by some hundred users in office hours, a
 * refusal where a feature has no seat left, the date every six hours. 10 million of them fill a year.
 */
import fs from 'node:fs';
import path from 'node:path';
import { createRandom } from './random.ts';
import { writeLines } from './write-set.ts';

const START_S = Date.UTC(2026, 0, 1) / 1000;
const DAY_S = 86_400;
const DATE_EVERY_S = 6 * 3600;
const DAEMON = 'acmelmd';
const USERS = 400;
const HOSTS = 300;
const FEATURES = 12;
/** As bench/flexnet-contract.yaml has it: seldom too few for the 122 that are wanted on the average. */
const SEATS = 140;
const FROM_HOUR = 6;
const UNTIL_HOUR = 20;
/** Of the seconds of office hours, how many in a thousand see a request. */
const REQUESTS = 272;
const LONGEST_SESSION_S = 3 * 3600;

type Session = { feature: number; holder: string };

/** Writes a log with `amount` check-outs and check-ins, unless it is there; other lines come on top. Returns its path. */
export function writeFlexnet(cache: string, amount: number): string {
  const file = path.join(cache, `flexnet-${amount}.log`);
  if (!fs.existsSync(file)) writeLines(file, flexnetLines(amount));
  return file;
}

function* flexnetLines(amount: number): Generator<string> {
  const random = createRandom(7);
  const ending = new Map<number, Session[]>();
  const inUse = new Array<number>(FEATURES).fill(0);
  let toBegin = Math.floor(amount / 2);
  yield `${clock(0)} (lmgrd) FlexNet Licensing (v11.19.0.0 build 280011 x64_lsb) started on lic1 (linux) (${date(0)})`;
  yield `${clock(0)} (lmgrd) Started ${DAEMON} (internet tcp_port 37560 pid 1085)`;
  for (let second = 1; toBegin > 0 || ending.size > 0; second++) {
    if (second % DATE_EVERY_S === 0) yield `${clock(second)} (lmgrd) TIMESTAMP ${date(second)}`;
    for (const { feature, holder } of ending.get(second) ?? []) {
      inUse[feature]!--;
      yield `${clock(second)} (${DAEMON}) IN: "solver${feature}" ${holder}  `;
    }
    ending.delete(second);
    const hour = Math.floor((second % DAY_S) / 3600);
    if (hour < FROM_HOUR || hour >= UNTIL_HOUR || toBegin === 0 || random(1000) >= REQUESTS) continue;
    const feature = random(FEATURES);
    const holder = `user${random(USERS)}@ws${random(HOSTS)}.acme.example`;
    if (inUse[feature] === SEATS) {
      yield `${clock(second)} (${DAEMON}) DENIED: "solver${feature}" ${holder}  (Licensed number of users already reached. (-4,342))`;
      continue;
    }
    inUse[feature]!++;
    toBegin--;
    yield `${clock(second)} (${DAEMON}) OUT: "solver${feature}" ${holder}  `;
    const end = second + 1 + random(LONGEST_SESSION_S);
    const others = ending.get(end);
    if (others === undefined) ending.set(end, [{ feature, holder }]);
    else others.push({ feature, holder });
  }
}

/** ` 9:05:00`, the hour padded by a blank. */
function clock(second: number): string {
  const inDay = second % DAY_S;
  const two = (value: number) => String(value % 60).padStart(2, '0');
  const hour = String(Math.floor(inDay / 3600)).padStart(2, ' ');
  return `${hour}:${two(Math.floor(inDay / 60))}:${two(inDay)}`;
}

/** `1/31/2026` */
function date(second: number): string {
  const day = new Date((START_S + second) * 1000);
  return `${day.getUTCMonth() + 1}/${day.getUTCDate()}/${day.getUTCFullYear()}`;
}
