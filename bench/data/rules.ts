/**
 * Deterministic Sigma rules of the shapes that public collections have, in any number: the first 25 of 3,000 are the 25.
 * Most name actions that the generated logs lack, and hardly any matches often: what is measured is what rules cost.
 */
import fs from 'node:fs';
import path from 'node:path';
import { createRandom, pick, type Random, token, uuid } from './random.ts';
import { whole } from './write-set.ts';

/** Which log the rules are for: raw CloudTrail fields, or ours (`taxonomy: audit`). */
export type RuleKind = 'cloudtrail' | 'audit';

type Words = {
  head: string;
  action: string;
  actions: (random: Random) => string;
  /** Fields with a few values of the kind that rules ask them for. */
  fields: readonly [field: string, values: (random: Random) => string][];
};

const VERBS =
  'Create Delete Update Put Get List Attach Detach Disable Enable Stop Start Modify Associate Tag'.split(' ');
const NOUNS =
  'Trail Bucket BucketPolicy User AccessKey Role Policy Key Secret Instance Image Snapshot Volume Function Cluster Stack Queue Topic Domain Certificate Vpc Subnet RouteTable Gateway LoadBalancer Detector Pipeline Repository Table Backup Parameter Session LogGroup Alarm Dashboard Account Organization Budget Project Job'.split(
    ' ',
  );
const THINGS =
  'file user role group policy key secret token report export invoice tenant license session backup'.split(
    ' ',
  );
const DEEDS =
  'create delete update grant revoke read write rotate export import approve reject lock unlock share'.split(
    ' ',
  );

const WORDS: Record<RuleKind, Words> = {
  cloudtrail: {
    head: 'logsource: { product: aws, service: cloudtrail }',
    action: 'eventName',
    actions: (random) => `${pick(random, VERBS)}${pick(random, NOUNS)}`,
    fields: [
      ['eventSource', (random) => `${pick(random, NOUNS).toLowerCase()}.amazonaws.com`],
      ['userIdentity.arn', (random) => `:role/${token(random, 6)}`],
      ['userIdentity.type', (random) => pick(random, ['Root', 'FederatedUser', 'IdentityCenterUser'])],
      [
        'userAgent',
        (random) => `${pick(random, ['Kali', 'Pacu', 'curl', 'sqlmap'])}/${random(9)}.${random(30)}`,
      ],
      ['sourceIPAddress', (random) => `198.51.${random(100)}.`],
      ['requestParameters.bucketName', (random) => `acme-${token(random, 5)}`],
      ['requestParameters.policyArn', (random) => `:policy/${token(random, 6)}`],
      ['errorMessage', (random) => `${pick(random, NOUNS)} ${token(random, 4)}`],
    ],
  },
  audit: {
    head: 'taxonomy: audit\nlogsource: { product: audit }',
    action: 'action',
    actions: (random) => `${pick(random, THINGS)}.${pick(random, DEEDS)}`,
    fields: [
      ['service', (random) => `${pick(random, THINGS)}-daemon`],
      ['actor', (random) => `svc-${token(random, 5)}`],
      ['target', (random) => `${pick(random, THINGS)}/${token(random, 6)}`],
      [
        'user_agent',
        (random) => `${pick(random, ['Kali', 'curl', 'sqlmap', 'python'])}/${random(9)}.${random(30)}`,
      ],
      ['ip', (random) => `198.51.${random(100)}.`],
      ['endpoint', (random) => `/admin/${token(random, 5)}`],
      ['tenant', (random) => `tenant-x${random(500)}`],
      ['error', (random) => `${pick(random, DEEDS)} ${token(random, 4)}`],
    ],
  },
};

/** A rule's detection, and how often of a thousand it is drawn: nearly all of SigmaHQ's cloud rules name their actions. */
const SHAPES: readonly [share: number, shape: (words: Words, random: Random) => string][] = [
  [450, namedAction],
  [200, actionsAndText],
  [180, actionsButNot],
  [50, anyOfTwoTexts],
  [70, expression],
  [30, allOfText],
  // Nothing here that an index could look up: each event has to be asked.
  [15, onlyAbsence],
  [5, anyLength],
];

export type RuleSet = { folder: string; file: string };

/** Writes `amount` rules, once as a file each in a folder and once as one file, unless they are there. */
export function writeRules(cache: string, kind: RuleKind, amount: number): RuleSet {
  const folder = path.join(cache, `rules-${kind}-${amount}`);
  const file = path.join(cache, `rules-${kind}-${amount}.yaml`);
  if (fs.existsSync(file)) return { folder, file };
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const rules = Array.from({ length: amount }, (_, index) => toRule(kind, index));
  for (const [index, rule] of rules.entries()) {
    fs.writeFileSync(path.join(folder, `${String(index).padStart(5, '0')}.yml`), rule);
  }
  // Last, because its being there says that all are.
  whole(file, (descriptor) => fs.writeSync(descriptor, rules.join('---\n')));
  return { folder, file };
}

function toRule(kind: RuleKind, index: number): string {
  const words = WORDS[kind];
  // One seed a rule, spread out: neighbors of xorshift begin alike.
  const random = createRandom(Math.imul(index + 1, 0x9e3779b1));
  let draw = random(1000);
  const [, shape] = SHAPES.find(([share]) => {
    draw -= share;
    return draw < 0;
  })!;
  const level = pick(random, ['low', 'medium', 'high', 'critical']);
  return `title: Rule ${index}
id: ${uuid(random)}
level: ${level}
${words.head}
detection:
${shape(words, random)}
`;
}

function namedAction(words: Words, random: Random): string {
  return `  selection:
    ${words.action}: ${list(2 + random(4), () => words.actions(random))}
    ${field(words, random)}
  condition: selection`;
}

function actionsAndText(words: Words, random: Random): string {
  return `  selection:
    ${words.action}|${pick(random, ['startswith', 'endswith', 'contains'])}: ${list(2, () => words.actions(random))}
  text:
    ${field(words, random, pick(random, ['|contains', '|startswith', '|endswith']))}
  condition: selection and text`;
}

function actionsButNot(words: Words, random: Random): string {
  return `  selection:
    ${words.action}: ${list(3, () => words.actions(random))}
    ${field(words, random)}
  filter_known:
    ${field(words, random, '|startswith')}
  filter_empty:
    ${pick(random, words.fields)[0]}: null
  condition: selection and not 1 of filter_*`;
}

function anyOfTwoTexts(words: Words, random: Random): string {
  return `  selection_one:
    ${field(words, random, '|contains')}
  selection_two:
    ${field(words, random, '|endswith')}
  condition: 1 of selection_*`;
}

function expression(words: Words, random: Random): string {
  const [name, values] = pick(random, words.fields);
  const text = values(random).replaceAll(/[.$^/]/g, '\\$&');
  return `  selection:
    ${words.action}: ${words.actions(random)}
    ${name}|re: '^.*${text}[0-9a-f]{2,8}(?:-[a-z]+)?$'
  condition: selection`;
}

function allOfText(words: Words, random: Random): string {
  const [name, values] = pick(random, words.fields);
  return `  selection:
    ${name}|contains|all: ${list(2, () => values(random))}
  condition: selection`;
}

function onlyAbsence(words: Words, random: Random): string {
  const [name] = pick(random, words.fields);
  return `  filter_text:
    ${words.action}|contains: ${list(4, (index) => 'aeiou.ABCDEFG'.slice(index, index + 1))}
  filter_present:
    ${name}|re: '.'
  condition: not filter_text and not filter_present`;
}

function anyLength(words: Words, random: Random): string {
  const [name] = pick(random, words.fields);
  return `  selection:
    ${name}|re: '^[0-9a-f]{${40 + random(40)},}$'
  condition: selection`;
}

function field(words: Words, random: Random, modifier = ''): string {
  const [name, values] = pick(random, words.fields);
  return `${name}${modifier}: ${list(1 + random(4), () => values(random))}`;
}

function list(length: number, item: (index: number) => string): string {
  return `[${Array.from({ length }, (_, index) => `'${item(index)}'`).join(', ')}]`;
}
