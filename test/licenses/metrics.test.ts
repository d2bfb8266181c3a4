/** The metrics of vendors, each on a small log with its arithmetic written out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ONE, parseAmount } from '../../src/licenses/contract/amount.ts';
import { contractWith, instant, runFold, type Used } from './run-measure.ts';

type Metric = {
  name: string;
  measure: string;
  used: readonly Used[];
  /** Of the period; lower and upper where they differ. */
  figure: string | readonly [string, string];
  span?: readonly [string, string];
  /** Which of the periods: the first unless told. */
  period?: number;
  license?: string;
  head?: string;
  zone?: string;
};

/** `03 10:00` in March 2025, UTC. */
const at = (time: string) => instant(`2025-03-${time.replace(' ', 'T')}:00Z`);
const session = (person: string, from: string, until: string, more: Partial<Used> = {}): Used[] => [
  { kind: 'open', at: at(from), person, ...more },
  { kind: 'close', at: at(until), person, ...more },
];
const use = (time: string, more: Partial<Used>): Used => ({ kind: 'use', at: at(time), ...more });
const assign = (time: string, person: string, counted = person): Used => ({
  kind: 'open',
  at: at(time),
  person,
  counted,
});
const revoke = (time: string, person: string, counted = person): Used => ({
  kind: 'close',
  at: at(time),
  person,
  counted,
});
const hours = (from: number, until: number, each: (time: string) => Used): Used[] =>
  Array.from({ length: until - from }, (_, index) => {
    const hour = from + index;
    return each(
      `${String(1 + Math.floor(hour / 24)).padStart(2, '0')} ${String(hour % 24).padStart(2, '0')}:30`,
    );
  });

const byTime = (a: Used, b: Used) => (a.at! < b.at! ? -1 : a.at! > b.at! ? 1 : 0);

const MARCH = ['2025-03-01T00:00:00Z', '2025-03-31T23:59:59Z'] as const;
const TERM = 'term: {from: 2025-03-01, until: 2025-06-01}';

const METRICS: Metric[] = [
  {
    // ann 10-12, bob 11-13, cid 12-14: at 11:00 two, at 12:00 ann is gone when cid comes. Highest: 2.
    name: 'FlexNet floating: sessions are half-open',
    measure: 'flexnet-floating',
    used: [
      ...session('ann', '03 10:00', '03 12:00'),
      ...session('bob', '03 11:00', '03 13:00'),
      ...session('cid', '03 12:00', '03 14:00'),
    ],
    figure: '2',
  },
  {
    // Tokens: 13 of nastran and 10 of adams at once = 23.
    name: 'token suites: seats weighted by quantity',
    measure: 'count seats each instant take max over month',
    used: [
      ...session('ann', '03 10:00', '03 12:00', { seats: 13 }),
      ...session('bob', '03 11:00', '03 13:00', { seats: 10 }),
    ],
    figure: '23',
  },
  {
    // ann returns at 11:00 and lingers until 11:30, bob comes at 11:20: 2 at once.
    name: 'LINGER: the end is the check-in and so long',
    measure: 'flexnet-floating',
    license: 'linger: PT30M',
    used: [...session('ann', '03 10:00', '03 11:00'), ...session('bob', '03 11:20', '03 12:00')],
    figure: '2',
  },
  {
    // DUP_GROUP=U: ann's sessions of 2 and 3 count once with the larger, 3; with bob's 1 it is 4.
    name: 'DUP_GROUP: sessions of one share count once, with the largest quantity',
    measure: 'flexnet-floating',
    license: 'share: [person]',
    used: [
      ...session('ann', '03 10:00', '03 12:00', { seats: 2, session: 's1' }),
      ...session('ann', '03 10:30', '03 12:00', { seats: 3, session: 's2' }),
      ...session('bob', '03 11:00', '03 13:00', { seats: 1, session: 's3' }),
    ],
    figure: '4',
  },
  {
    // DUP_GROUP=H: on pc1 ann's 2 and bob's 1 count once with the larger, 2; with the 1 on pc2 it is 3.
    name: 'DUP_GROUP=H: sessions on one host share, whoever sits there',
    measure: 'flexnet-floating',
    license: 'share: [host]',
    used: [
      ...session('ann', '03 10:00', '03 12:00', { seats: 2, session: 's1', host: 'pc1' }),
      ...session('bob', '03 10:30', '03 12:00', { seats: 1, session: 's2', host: 'pc1' }),
      ...session('cid', '03 11:00', '03 13:00', { seats: 1, session: 's3', host: 'pc2' }),
    ],
    figure: '3',
  },
  {
    // Two servers of one redundant pool: ann on one from 10 to 12, bob on the other from 12 to 14. 1 + 1 would be the sum of
    // their peaks; at once there was never more than 1.
    name: 'redundant servers: the peak is that of all, not the sum of peaks',
    measure: 'rlm-floating',
    used: [
      ...session('ann', '03 10:00', '03 12:00', { host: 'server-1' }),
      ...session('bob', '03 12:00', '03 14:00', { host: 'server-2' }),
    ],
    figure: '1',
  },
  {
    // A check-out takes 10 off the meter and every further hour 5: 10 + 5 + 5 = 20.
    name: 'RLM metered: the decrements of the meter add up',
    measure: 'count sum(decrement) over month',
    used: [
      use('03 10:00', { amount: '10' }),
      use('03 11:00', { amount: '5' }),
      use('03 12:00', { amount: '5' }),
    ],
    figure: '20',
  },
  {
    // 3 people are authorized, and the minimum of 8 processors × 25 is 200: max(3, 200) = 200.
    name: 'Oracle Named User Plus: the minimum of the processors',
    measure: 'oracle-nup at least 200',
    head: TERM,
    used: [assign('01 08:00', 'ann'), assign('01 08:00', 'bob'), assign('01 08:00', 'cid')],
    figure: '200',
  },
  {
    // Three hosts of 3, 5 and 3 cores: (3 + 5 + 3) × 0.5 = 5.5, up to 6; each host by itself were 2 + 3 + 2 = 7.
    name: 'Oracle Processor: factor, then up, for each kind of core and not for each host',
    measure: 'oracle-processor times 0.5 for xeon*, 1 for power*',
    head: TERM,
    used: [
      use('01 00:00', { host: 'db1', amount: '3', group: 'Xeon-6' }),
      use('01 00:00', { host: 'db2', amount: '5', group: 'Xeon-6' }),
      use('01 00:00', { host: 'db3', amount: '3', group: 'Xeon-6' }),
    ],
    figure: '6',
  },
  {
    // Xeon: 11 × 0.5 = 5.5, up to 6. SPARC: 5 × 0.25 = 1.25, up to 2. Together 8; of the sum, 6.75, it were 7.
    name: 'Oracle Processor: groups are rounded before they add up',
    measure: 'oracle-processor times 0.5 for xeon, 0.25 for sparc',
    head: TERM,
    used: [
      use('01 00:00', { host: 'db1', amount: '11', group: 'xeon' }),
      use('01 00:00', { host: 'db2', amount: '5', group: 'sparc' }),
    ],
    figure: '8',
  },
  {
    // No factor for the Itanium of db2, so its cores may be any number: 11 × 0.5, up, is 6 at least.
    name: 'Oracle Processor: a kind of core without a factor leaves the figure open',
    measure: 'oracle-processor times 0.5 for xeon',
    head: TERM,
    used: [
      use('01 00:00', { host: 'db1', amount: '11', group: 'xeon' }),
      use('01 00:00', { host: 'db2', amount: '5', group: 'itanium' }),
    ],
    figure: ['6', '?'],
  },
  {
    // ann (20 January), bob (1 March), cid (29 March). 90 days to 29 March begin on 30 December: all three.
    name: 'Microsoft user CAL: people of 90 days, for so long a license stays with its user',
    measure: 'ms-cal-user',
    head: 'term: {from: 2025-01-01, until: 2026-01-01}',
    span: ['2025-03-01T00:00:00Z', '2025-03-31T23:59:59Z'],
    used: [
      { kind: 'use', at: at('01 09:00'), person: 'bob' },
      { kind: 'use', at: at('20 09:00'), person: 'ann' },
      { kind: 'use', at: at('29 09:00'), person: 'cid' },
    ],
    // The log begins in March, and the contract in January: what was before may be more.
    figure: ['3', '?'],
  },
  {
    // Two devices, three people.
    name: 'Microsoft device CAL: devices, whoever sits at them',
    measure: 'ms-cal-device',
    head: TERM,
    used: [
      use('03 09:00', { host: 'pc1', person: 'ann' }),
      use('03 10:00', { host: 'pc1', person: 'bob' }),
      use('03 11:00', { host: 'pc2', person: 'cid' }),
    ],
    figure: '2',
  },
  {
    // One person is named, and two are the fewest that are sold: max(1, 2) = 2.
    name: 'MathWorks named users: no fewer than two',
    measure: 'count assigned person each instant take max over term at least 2',
    head: TERM,
    used: [assign('01 08:00', 'ann')],
    figure: '2',
  },
  {
    // 70 × 4 = 280 on vm1 and 100 × 2 = 200 on vm2; vm1 moves to 8 cores (560) when vm2 is off (0): max(480, 560) = 560.
    name: 'IBM PVU: the high-water mark of the sum over hosts',
    measure: 'ibm-pvu',
    span: ['2025-01-01T00:00:00Z', '2025-03-31T23:59:59Z'],
    used: [
      { kind: 'use', at: instant('2025-01-01T00:10:00Z'), host: 'vm1', amount: '280' },
      { kind: 'use', at: instant('2025-01-01T00:10:00Z'), host: 'vm2', amount: '200' },
      { kind: 'use', at: instant('2025-02-01T00:00:00Z'), host: 'vm2', amount: '0' },
      { kind: 'use', at: instant('2025-02-01T00:00:00Z'), host: 'vm1', amount: '560' },
    ],
    figure: '560',
  },
  {
    // 10:00-10:15 ann and bob, 10:15-10:30 bob and cid: two in each quarter of an hour, three in the hour.
    name: 'IBM SLMT users: distinct in each quarter of an hour',
    measure: 'count distinct person each 15min take max over month',
    used: [
      use('03 10:01', { person: 'ann' }),
      use('03 10:05', { person: 'bob' }),
      use('03 10:20', { person: 'bob' }),
      use('03 10:25', { person: 'cid' }),
    ],
    figure: '2',
  },
  {
    // 50 sales, 100 material and 25 financial documents: 50 + 100 × 0.2 + 25 × 0.2 = 75.
    name: 'SAP digital access: material and financial documents at a fifth',
    measure: 'sap-digital-access',
    head: TERM,
    used: [
      use('03 10:00', { amount: '50', group: 'sales' }),
      use('03 11:00', { amount: '100', group: 'material' }),
      use('03 12:00', { amount: '25', group: 'financial' }),
    ],
    figure: '75',
  },
  {
    // Two members from the 1st on, a third for the 2nd to the 9th. dan comes and goes on the 5th, and no count at 23:50 saw him: 3.
    name: 'GitLab: the most billable users of all daily counts of the term',
    measure: 'gitlab-billable',
    head: TERM,
    used: [
      assign('01 08:00', 'ann'),
      assign('02 08:00', 'bob'),
      assign('02 08:00', 'cid'),
      assign('05 08:00', 'dan'),
      revoke('05 18:00', 'dan'),
      revoke('09 08:00', 'cid'),
    ],
    figure: '3',
  },
  {
    // mia is one person in two organizations: 2 people, not 3.
    name: 'GitHub: distinct over the enterprise, not the sum of its organizations',
    measure: 'github-seats',
    head: TERM,
    used: [
      assign('01 08:00', 'mia'),
      { ...assign('01 09:00', 'mia'), host: 'org-2' },
      assign('01 10:00', 'ann'),
    ],
    figure: '2',
  },
  {
    // ann from the 7th to the 15th counts from the 7th to the 31st: 25 days. So it is told in GitHub's own example of January.
    name: 'GitHub user-days: who was added once counts until the month ends',
    measure: 'github-user-days',
    head: TERM,
    used: [assign('07 08:00', 'ann'), revoke('15 08:00', 'ann')],
    figure: '25',
  },
  {
    // From the 1st to the 7th and from the 15th on: every day from the 1st, 31, and not 7 + 17.
    name: 'GitHub user-days: who comes back counts no day twice',
    measure: 'github-user-days',
    head: TERM,
    used: [assign('01 08:00', 'ann'), revoke('07 08:00', 'ann'), assign('15 08:00', 'ann')],
    figure: '31',
  },
  {
    // ann 25 days of March, and in April, where she is no more, none; bob from the 30th: 2 days, and all 30 of April.
    name: 'GitHub user-days: the next month begins with who is there',
    measure: 'github-user-days',
    head: TERM,
    span: ['2025-03-01T00:00:00Z', '2025-04-30T23:59:59Z'],
    period: 1,
    used: [assign('07 08:00', 'ann'), revoke('15 08:00', 'ann'), assign('30 08:00', 'bob')],
    figure: '30',
  },
  {
    // cid is revoked on the 10th and was never assigned, so perhaps since before the contract: proven from the 10th on, 22 days;
    // and the log lacks an assignment, perhaps not that one alone.
    name: 'GitHub user-days: a revocation without an assignment shows that the log lacks some',
    measure: 'github-user-days',
    head: TERM,
    used: [revoke('10 08:00', 'cid')],
    figure: ['22', '?'],
  },
  {
    // The same of use: ann's only action is on the 20th, 12 days; bob's session from the 30th to the 31st is 2 days: 14.
    name: 'user-days of those who were active once',
    measure: 'count distinct person so far each day take sum over month',
    used: [
      use('20 09:00', { person: 'ann' }),
      ...session('bob', '30 09:00', '31 09:00'),
      use('31 10:00', { person: 'ann' }),
    ],
    figure: '14',
  },
  {
    // mia is limited in one system and professional in another, ann limited: the professional license covers mia alone.
    name: 'SAP named users: the highest type counts',
    measure: 'sap-named times 1 for professional, 0 for limited',
    head: TERM,
    used: [
      { ...assign('01 08:00', 'mia'), group: 'limited', seat: 'ERP' },
      { ...assign('01 09:00', 'mia'), group: 'professional', seat: 'BW' },
      { ...assign('01 10:00', 'ann'), group: 'Limited', seat: 'ERP' },
    ],
    figure: '1',
  },
  {
    // Of the same people the limited license covers ann, and mia until 9:00, when she became professional: at most 1 at once.
    name: 'SAP named users: of a lower type those who hold no higher one',
    measure: 'sap-named times 0 for professional, 1 for limited',
    head: TERM,
    used: [
      { ...assign('01 08:00', 'mia'), group: 'limited', seat: 'ERP' },
      { ...assign('01 09:00', 'mia'), group: 'professional', seat: 'BW' },
      { ...assign('01 10:00', 'ann'), group: 'limited', seat: 'ERP' },
    ],
    figure: '1',
  },
  {
    // mia loses the professional type in BW on the 5th, and is limited in ERP again: with ann 2.
    name: 'SAP named users: who loses the higher type counts as the lower one again',
    measure: 'sap-named times 0 for professional, 1 for limited',
    head: TERM,
    used: [
      { ...assign('01 08:00', 'mia'), group: 'limited', seat: 'ERP' },
      { ...assign('01 09:00', 'mia'), group: 'professional', seat: 'BW' },
      { ...assign('01 10:00', 'ann'), group: 'limited', seat: 'ERP' },
      { ...revoke('05 10:00', 'mia'), group: 'professional', seat: 'BW' },
    ],
    figure: '2',
  },
  {
    // bob is professional in two systems and keeps it when one of them takes it away: with cid, from the 6th on, 2.
    name: 'SAP named users: a type in two systems is lost with the second',
    measure: 'sap-named times 1 for professional, 0 for limited',
    head: TERM,
    used: [
      { ...assign('01 08:00', 'bob'), group: 'professional', seat: 'ERP' },
      { ...assign('01 09:00', 'bob'), group: 'professional', seat: 'BW' },
      { ...revoke('05 10:00', 'bob'), group: 'professional', seat: 'ERP' },
      { ...assign('06 10:00', 'cid'), group: 'professional', seat: 'ERP' },
    ],
    figure: '2',
  },
  {
    // A type that has no factor may be above limited: ann counts for certain, dan perhaps, and nothing bounds what a developer is.
    name: 'SAP named users: a type that the measure does not name leaves the figure open',
    measure: 'sap-named times 0 for professional, 1 for limited',
    head: TERM,
    used: [
      { ...assign('01 08:00', 'ann'), group: 'limited' },
      { ...assign('01 09:00', 'dan'), group: 'limited' },
      { ...assign('01 09:00', 'dan'), group: 'developer' },
    ],
    figure: ['1', '?'],
  },
  {
    // The revocation of a professional type that was never given: eve may have been professional from before the contract until
    // the 5th, and then she was no limited user. Proven is 1
    // since then; possible are 2, for the log does not say whether anybody else was limited until then.
    name: 'SAP named users: a higher type that was revoked and never given weighs on what came before',
    measure: 'sap-named times 0 for professional, 1 for limited',
    head: TERM,
    used: [
      { ...assign('01 08:00', 'eve'), group: 'limited' },
      { ...revoke('05 08:00', 'eve'), group: 'professional' },
    ],
    figure: ['1', '2'],
  },
  {
    // 5 and 3 are credits of cloud services, 40 and 40 those of warehouses: 5 - 10 % of 40 = 1, and 3 - 4 is nothing: 1.
    // Of the sums it were 8 - 8 = 0.
    name: 'Snowflake cloud services: day by day, beyond a tenth of the compute',
    measure: 'snowflake-cloud-services',
    used: [
      use('03 08:00', { amount: '2', whole: '10' }),
      use('03 20:00', { amount: '3', whole: '30' }),
      use('04 08:00', { amount: '3', whole: '40' }),
    ],
    figure: '1',
  },
  {
    // The compute of the 3rd is not readable: of the 5 credits all may be billed or none. On the 4th 6 - 4 = 2.
    name: 'Snowflake cloud services: a day whose compute is not known is open',
    measure: 'snowflake-cloud-services',
    used: [use('03 08:00', { amount: '5' }), use('04 08:00', { amount: '6', whole: '40' })],
    figure: ['2', '7'],
  },
  {
    // Three devices, two people: 3 / 2 = 1.5 devices for each of them.
    name: 'Microsoft CAL: devices for each user',
    measure: 'ms-cal-ratio',
    head: TERM,
    used: [
      use('03 09:00', { host: 'pc1', person: 'ann' }),
      use('03 10:00', { host: 'pc2', person: 'ann' }),
      use('03 11:00', { host: 'pc3', person: 'bob' }),
    ],
    figure: '1.5',
  },
  {
    // The second event names no device: pc1 or another one, so 1 or 2 devices of two people.
    name: 'Microsoft CAL: a device that is not named leaves the ratio open',
    measure: 'count distinct host per person each day take max over month',
    head: TERM,
    used: [
      use('03 09:00', { host: 'pc1', person: 'ann' }),
      use('03 10:00', { person: 'ann' }),
      use('03 11:00', { host: 'pc1', person: 'bob' }),
    ],
    figure: ['0.5', '1'],
  },
  {
    // ann acts on 1 March, bob on 28 March, cid on 29 March. The 28 days to the 28th hold ann and bob; to the 29th, bob and cid.
    name: 'Slack: active within 28 days',
    measure: 'slack-active',
    head: TERM,
    used: [
      use('01 09:00', { person: 'ann' }),
      use('28 09:00', { person: 'bob' }),
      use('29 09:00', { person: 'cid' }),
    ],
    figure: '2',
  },
  {
    // One action that names nobody, in a month of which the log does not know the windows: none for certain, and one is billed.
    name: 'Slack: no fewer than one',
    measure: 'count distinct person each 28d take max over month at least 1',
    head: TERM,
    span: ['2025-05-01T00:00:00Z', '2025-05-31T23:59:59Z'],
    used: [{ kind: 'close', at: instant('2025-05-01T00:00:00Z'), person: undefined as unknown as string }],
    figure: ['1', '?'],
  },
  {
    // 4 at first, 6 from the 10th, 5 at the end: billed 6, for removals credit nothing in the period.
    name: 'Atlassian monthly since 2025: the highest number of the period',
    measure: 'count assigned person each instant take max over month',
    head: TERM,
    used: ['ann', 'bob', 'cid', 'dan']
      .map((who) => assign('01 00:00', who))
      .concat(assign('10 00:00', 'eve'), assign('10 00:00', 'flo'), revoke('20 00:00', 'ann')),
    figure: '6',
  },
  {
    // The same log by the definition before July 2025: 5 at the end of the period.
    name: 'Atlassian monthly before: the number at the end of the period',
    measure: 'atlassian-monthly',
    head: TERM,
    used: ['ann', 'bob', 'cid', 'dan']
      .map((who) => assign('01 00:00', who))
      .concat(assign('10 00:00', 'eve'), assign('10 00:00', 'flo'), revoke('20 00:00', 'ann')),
    figure: '5',
  },
  {
    // 744 hours, floor(7.44) = 7 dropped. h2 runs for 8 hours beside h1: the eighth highest hour still has 2.
    name: 'Datadog: the top 1 % of the hours of the month is left out (8 hours stay)',
    measure: 'datadog-hosts',
    used: [
      ...hours(0, 744, (time) => use(time, { host: 'h1' })),
      ...hours(100, 108, (time) => use(time, { host: 'h2' })),
    ],
    figure: '2',
  },
  {
    // The same with 7 hours: all of them are dropped.
    name: 'Datadog: the top 1 % of the hours of the month is left out (7 hours go)',
    measure: 'datadog-hosts',
    used: [
      ...hours(0, 744, (time) => use(time, { host: 'h1' })),
      ...hours(100, 107, (time) => use(time, { host: 'h2' })),
    ],
    figure: '1',
  },
  {
    // Host-hours above a commitment: 744 of h1 and 8 of h2 = 752.
    name: 'Datadog hybrid: the sum of host-hours',
    measure: 'count distinct host each hour take sum over month',
    used: [
      ...hours(0, 744, (time) => use(time, { host: 'h1' })),
      ...hours(100, 108, (time) => use(time, { host: 'h2' })),
    ],
    figure: '752',
  },
  {
    // 744 hours: nearest rank ceil(0.99 × 744) = 737, so the 7 above it are left out and the eighth highest stands: 2.
    name: 'Datadog Top99P: nearest rank of the hours',
    measure: 'count distinct host each hour take p99 over month',
    used: [
      ...hours(0, 744, (time) => use(time, { host: 'h1' })),
      ...hours(100, 108, (time) => use(time, { host: 'h2' })),
    ],
    figure: '2',
  },
  {
    // Custom metrics: 1,488 in half of the 744 hours, none in the others: 744 on the average hour.
    name: 'Datadog Avg: the mean of the hours',
    measure: 'count level(metrics) each hour take mean over month',
    used: [use('01 00:00', { host: 's', amount: '1488' }), use('16 12:00', { host: 's', amount: '0' })],
    figure: '744',
  },
  {
    // Runs of 10, 60 and 90 s on X-Small, of 30 s on Medium: (60 + 60 + 90) × 1 + 60 × 4 = 450.
    name: 'Snowflake compute: 60 s at least for each run, times the size',
    measure: 'snowflake-compute',
    used: [
      use('03 10:00', { amount: '10', group: 'X-Small' }),
      use('03 10:05', { amount: '60', group: 'X-Small' }),
      use('03 10:10', { amount: '90', group: 'X-Small' }),
      use('03 10:15', { amount: '30', group: 'Medium' }),
    ],
    figure: '450',
  },
  {
    // 310 bytes for 10 of 31 days, nothing after: 310 × 10 / 31 = 100.
    name: 'Snowflake storage: the mean of the month',
    measure: 'snowflake-storage',
    used: [use('01 00:00', { host: 's', amount: '310' }), use('11 00:00', { host: 's', amount: '0' })],
    figure: '100',
  },
  {
    // 0.1 + 0.2 + 0.3, without drift: 0.6.
    name: 'Stripe meters, sum: decimals add up exactly',
    measure: 'count sum(value) over month',
    used: [
      use('03 10:00', { amount: '0.1' }),
      use('03 10:05', { amount: '0.2' }),
      use('03 10:10', { amount: '0.3' }),
    ],
    figure: '0.6',
  },
  {
    // The last reading, 7, whatever was before.
    name: 'Stripe and Lago, last: the level at the end',
    measure: 'count level(value) each instant take last over month',
    used: [use('01 00:00', { host: 's', amount: '9' }), use('20 10:00', { host: 's', amount: '7' })],
    figure: '7',
  },
  {
    // Weighted by seconds: 4 seats for 15.5 of 31 days = 2.
    name: 'Lago weighted sum: each level for as long as it held',
    measure: 'count level(seats) each instant take mean over month',
    used: [use('01 00:00', { host: 's', amount: '4' }), use('16 12:00', { host: 's', amount: '0' })],
    figure: '2',
  },
  {
    // Values a, b, a of the field that is told apart: 2.
    name: 'Lago unique count: values of any field',
    measure: 'count distinct card_id over month',
    used: [
      use('03 10:00', { counted: 'a' }),
      use('03 11:00', { counted: 'b' }),
      use('03 12:00', { counted: 'a' }),
    ],
    figure: '2',
  },
  {
    // Three events, two of them by one person.
    name: 'Lago count: each event',
    measure: 'count events over month',
    used: [
      use('03 10:00', { person: 'ann' }),
      use('03 11:00', { person: 'ann' }),
      use('03 12:00', { person: 'bob' }),
    ],
    figure: '3',
  },
  {
    // recurring: 7 and then 4 seats in February, nothing in March: 4 hold.
    name: 'Lago recurring: the level goes on into the next period',
    measure: 'count level(seats) each instant take max over month',
    span: ['2025-02-01T00:00:00Z', '2025-03-31T23:59:59Z'],
    period: 1,
    used: [
      { kind: 'use', at: instant('2025-02-01T00:00:00Z'), host: 's', amount: '7' },
      { kind: 'use', at: instant('2025-02-20T00:00:00Z'), host: 's', amount: '4' },
    ],
    figure: '4',
  },
  {
    // Readings 3, 8, 5: 8.
    name: 'Lago max: the highest reading',
    measure: 'count level(value) each instant take max over month',
    used: [
      use('01 00:00', { host: 's', amount: '3' }),
      use('04 00:00', { host: 's', amount: '8' }),
      use('05 00:00', { host: 's', amount: '5' }),
    ],
    figure: '8',
  },
  {
    // 0.4 + 0.3 + 0.55 = 1.25: up 2, down 1, half 1; 1.25 × 2 = 2.5, half 3.
    name: 'Lago rounding: up',
    measure: 'count sum(value) over month round up',
    used: [
      use('03 10:00', { amount: '0.4' }),
      use('03 10:05', { amount: '0.3' }),
      use('03 10:10', { amount: '0.55' }),
    ],
    figure: '2',
  },
  {
    name: 'Lago rounding: half, after the factor',
    measure: 'count sum(value) over month times 2 round half',
    used: [
      use('03 10:00', { amount: '0.4' }),
      use('03 10:05', { amount: '0.3' }),
      use('03 10:10', { amount: '0.55' }),
    ],
    figure: '3',
  },
  {
    // m1 and m2 activated, m1 deactivated, m3 activated: never more than 2.
    name: 'Keygen machines: activated and not deactivated',
    measure: 'keygen-machines',
    head: TERM,
    used: [
      assign('03 10:00', 'ann', 'm1'),
      assign('03 11:00', 'ann', 'm2'),
      revoke('04 10:00', 'ann', 'm1'),
      assign('05 10:00', 'ann', 'm3'),
    ],
    figure: '2',
  },
  {
    // 20 buckets (hours 0 to 19 of a day, the other 724 at 0). Nearest rank of 744: ceil(0.95 × 744) = 707. The 37 above it
    // are left out, so 20 hours of 5 are gone: 0. Of a day's 24 hours it would be rank 23, and 5.
    name: 'p95 burst: nearest rank',
    measure: 'count level(mbps) each hour take p95 over month',
    used: [use('01 00:00', { host: 's', amount: '5' }), use('01 20:00', { host: 's', amount: '0' })],
    figure: '0',
  },
  {
    // 5 for 38 of 744 hours: ranks 707 to 744 are 5.
    name: 'p95 burst: one bucket more than are left out',
    measure: 'count level(mbps) each hour take p95 over month',
    used: [use('01 00:00', { host: 's', amount: '5' }), use('02 14:00', { host: 's', amount: '0' })],
    figure: '5',
  },
  {
    // One host in every hour of Berlin's March, which lacks one: 31 × 24 - 1 = 743.
    name: 'host-hours of a month in which clocks go forward',
    measure: 'count distinct host each hour take sum over month',
    zone: 'Europe/Berlin',
    span: ['2025-02-28T23:00:00Z', '2025-03-31T21:59:59Z'],
    used: [
      { kind: 'open', at: instant('2025-02-28T23:00:00Z'), host: 'h1', person: 'x' },
      { kind: 'close', at: instant('2025-03-31T22:00:00Z'), host: 'h1', person: 'x' },
    ],
    figure: '743',
  },
];

for (const { name, measure, used, figure, span = MARCH, period = 0, license, head, zone } of METRICS) {
  test(name, () => {
    const yaml = contractWith(`"${measure}"`, {
      ...(license && { license }),
      ...(head && { head }),
      ...(zone && { zone }),
    });
    const [from, until] = span.map(instant);
    const { [period]: first } = runFold(yaml, used.toSorted(byTime), { from: from!, until: until! });
    const [lower, upper] = typeof figure === 'string' ? [figure, figure] : figure;
    assert.deepEqual(
      [first!.lower.amount, first!.upper.amount],
      [parseAmount(lower), upper === '?' ? undefined : parseAmount(upper)],
      `${Number(first!.lower.amount) / Number(ONE)} to ${Number(first!.upper.amount) / Number(ONE)}: ${first!.doubts.join('; ')}`,
    );
  });
}
