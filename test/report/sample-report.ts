/**
 * Reports made by hand: one with something in every section, one with hostile text wherever a log or a rule can put text.
 * Long, for it is data: every key of the report stands here once.
 */
import type { Finding } from '../../src/model/finding.ts';
import { countFindings } from '../../src/model/finding-counts.ts';
import type { Place } from '../../src/model/place.ts';
import type { InputSummary, Report, RuleSummary } from '../../src/model/report.ts';

export function place(file: string, line: number, offset = (line - 1) * 200, length = 199): Place {
  return { file, line, offset, length };
}

const NOTHING = { read: 0, audited: 0, malformed: 0, duplicate: 0, skipped: 0 };

function input(file: string, changes: Partial<InputSummary> = {}): InputSummary {
  return {
    file,
    bytes: 0,
    decodedBytes: 0,
    sha256: null,
    compression: 'none',
    source: null,
    records: NOTHING,
    accounted: { records: 0, malformed: 0, framing: 0 },
    status: 'complete',
    ...changes,
  };
}

function rule(id: string, title: string, changes: Partial<RuleSummary> = {}): RuleSummary {
  return {
    id,
    title,
    level: 'medium',
    file: 'rules/policies/access.yaml',
    status: 'ran',
    matches: 0,
    controls: [],
    references: [],
    tags: [],
    ...changes,
  };
}

export function emptyReport(): Report {
  return {
    schema: 'audit-check/report/v1',
    tool: { name: 'audit-check', version: '0.1.0' },
    inputs: [],
    summary: {
      files: 0,
      bytes: 0,
      records: NOTHING,
      period: null,
      findings: { total: 0, bySeverity: {}, byCode: {} },
      verdict: 'incomplete',
      failOn: 'low',
    },
    streams: [],
    rules: [],
    licenses: [],
    findings: [],
    codes: {},
    notices: [],
  };
}

export function cleanReport(): Report {
  const records = { ...NOTHING, read: 1200, audited: 1200 };
  return {
    ...emptyReport(),
    generated: '2025-04-01T06:00:00Z',
    inputs: [
      input('logs/app.ndjson', {
        bytes: 241_200,
        decodedBytes: 241_200,
        sha256: 'a'.repeat(64),
        source: 'audit',
        records,
        accounted: { records: 240_000, malformed: 0, framing: 1200 },
      }),
    ],
    summary: {
      files: 1,
      bytes: 241_200,
      records,
      period: { from: '2025-03-01T00:00:00Z', until: '2025-03-31T23:59:59.125Z' },
      findings: { total: 0, bySeverity: {}, byCode: {} },
      assurance: { chained: 1200 },
      verdict: 'clean',
      failOn: 'low',
    },
    streams: [
      {
        stream: 'logs/app.ndjson',
        profile: 'jcs-sha256',
        records: 1200,
        status: 'chained',
        ranges: [
          {
            assurance: 'chained',
            records: 1200,
            from: place('logs/app.ndjson', 1),
            until: place('logs/app.ndjson', 1200),
          },
        ],
        head: 'b'.repeat(64),
        limits: ['a tail that was cut off leaves no trace in a chain without an anchor'],
      },
    ],
    rules: [rule('root-use', 'root account used', { level: 'high' })],
  };
}

const APP = 'logs/app.ndjson';
const ARCHIVE = 'logs/2025-02 export #2.json.gz';

function finding(
  number: number,
  changes: Partial<Finding> & Pick<Finding, 'rule' | 'code' | 'message'>,
): Finding {
  return {
    severity: 'high',
    verdict: 'violation',
    place: place(APP, number),
    fingerprint: number.toString(16).padStart(32, '0'),
    ...changes,
  };
}

const MISSING_TEXT = '{"time":"2025-03-04T10:00:00Z","actor":"","action":"user.delete","outcome":"success"}';

/** Every section and every key of the report, in the words of real findings. */
export function richReport(): Report {
  const findings: Finding[] = [
    finding(1, {
      rule: 'malformed-record',
      code: 'malformed-record',
      severity: 'critical',
      message: 'expected "," or "}", found "x"',
      place: place(ARCHIVE, 7, 9_100, 41),
      excerpt: { text: '{"time":"2025-02-04T10:00:00Z"x"actor":"ann"}', start: 30, end: 31 },
    }),
    finding(17, {
      rule: 'required-fields',
      code: 'missing-field',
      message: '"actor" is empty: expected who acted, found ""',
      excerpt: { text: MISSING_TEXT, start: MISSING_TEXT.indexOf('""'), end: MISSING_TEXT.indexOf('""') + 2 },
    }),
    finding(18, {
      rule: 'required-fields',
      code: 'missing-field',
      message: '"outcome" is missing: expected one of "success", "failure" and "unknown", found nothing',
      excerpt: { text: '{"time":"2025-03-04T10:00:01Z","actor":"bob","action":"login"}', start: 0, end: 1 },
      waiver: {
        id: 'w-1',
        title: 'Old client without an outcome',
        owner: 'bob',
        reason: 'the client is replaced in spring',
        ticket: 'OPS-17',
        approvedBy: 'cid',
        expires: '2025-07-01T00:00:00Z',
      },
    }),
    finding(40, {
      rule: 'hash-chain',
      code: 'altered-record',
      severity: 'critical',
      message: `the record does not have its own hash: expected "${'3f'.repeat(32)}", found "${'c1'.repeat(32)}"`,
      related: [place(APP, 39)],
      subject: 'stream payments',
    }),
    finding(61, {
      rule: 'seats-editor',
      code: 'seats-exceeded',
      message: '26 seats of "editor" in use at 2025-03-04T10:12:00Z: expected at most 25',
      time: { from: '2025-03-04T10:05:00Z', until: '2025-03-04T10:12:00Z' },
      related: [place(APP, 12), place(APP, 13), place(ARCHIVE, 4)],
      subject: 'editor',
      count: 26,
    }),
    finding(70, {
      rule: 'self-approval',
      code: 'policy-violation',
      severity: 'medium',
      message: 'access "prod-db" approved by "ann", who had asked for it',
      also: ['access "staging-db" approved by "ann", who had asked for it'],
      moreSaid: true,
      time: { from: '2025-03-04T11:00:00Z', until: '2025-03-04T11:00:00Z' },
      subject: 'ann',
      baseline: 'unchanged',
    }),
    finding(80, {
      rule: 'timestamps',
      code: 'disorder',
      severity: 'low',
      message: '12 records are older than the record before them, by 4 s at the most',
      count: 12,
      lapsed: { id: 'w-2', reason: 'expired on 2025-03-01' },
      baseline: 'new',
      newBecause: 'it grew from 7 to 12',
    }),
    finding(90, {
      rule: 'hash-chain',
      code: 'unprotected',
      severity: 'informational',
      verdict: 'undetermined',
      message: 'no field of the record names a hash: nothing shows whether it was changed',
    }),
  ];
  return {
    ...emptyReport(),
    tool: { name: 'audit-check', version: '0.1.0', informationUri: 'https://audit-check.example/' },
    generated: '2025-04-01T08:00:00+02:00',
    inputs: [
      input(ARCHIVE, {
        bytes: 4_000,
        decodedBytes: 20_000,
        sha256: '1'.repeat(64),
        compression: 'gzip',
        source: 'cloudtrail',
        records: { ...NOTHING, read: 100, audited: 99, malformed: 1 },
        accounted: { records: 19_000, malformed: 41, framing: 959 },
      }),
      input(APP, {
        bytes: 240_000,
        decodedBytes: 240_000,
        sha256: '2'.repeat(64),
        source: 'audit',
        records: { read: 1_200, audited: 1_150, malformed: 0, duplicate: 30, skipped: 20 },
        accounted: { records: 238_800, malformed: 0, framing: 1_200 },
      }),
      input('logs/broken.json.gz', {
        bytes: 700,
        decodedBytes: 512,
        compression: 'gzip',
        status: 'partial',
        reason: 'the gzip stream ends early',
        unconfirmed: true,
        morePages: 'metadata.continue',
        accounted: { records: 0, malformed: 512, framing: 0 },
      }),
      input('logs/digest.json', {
        bytes: 600,
        decodedBytes: 600,
        sha256: '3'.repeat(64),
        seals: 'cloudtrail-digests',
        accounted: { records: 0, malformed: 0, framing: 0, seals: 600 },
      }),
      input('logs/secret.ndjson', { status: 'unreadable', reason: 'permission denied' }),
      ...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) =>
        input(`logs/img/${name}.png`, { status: 'skipped', reason: 'no JSON' }),
      ),
    ],
    summary: {
      files: 12,
      bytes: 245_300,
      records: { read: 1_300, audited: 1_249, malformed: 1, duplicate: 30, skipped: 20 },
      period: { from: '2025-02-01T00:00:00Z', until: '2025-03-31T23:59:59.125Z' },
      findings: {
        total: 8,
        waived: 1,
        new: 7,
        bySeverity: { low: 1, medium: 1, informational: 1, critical: 2, high: 3 },
        byCode: {
          unprotected: 1,
          'seats-exceeded': 1,
          'policy-violation': 1,
          'missing-field': 2,
          'malformed-record': 1,
          disorder: 1,
          'altered-record': 1,
        },
      },
      assurance: { broken: 1, unprotected: 50, chained: 1_138, anchored: 60 },
      verdict: 'incomplete',
      failOn: 'medium',
      failOnKnown: 'critical',
      undeterminedLicenses: 1,
      failOnControls: ['soc2:CC7.*'],
      failOnNotices: ['silent-*'],
    },
    activity: [
      {
        source: 'audit',
        from: '2025-03-01T00:00:00Z',
        until: '2025-03-31T23:59:59.125Z',
        untimed: 2,
        bucket: 'hour',
        buckets: [
          { at: '2025-03-01T00:00:00Z', events: 700, bytes: 140_000 },
          { at: '2025-03-31T23:00:00Z', events: 448, bytes: 89_600 },
        ],
        silences: [{ from: '2025-03-01T00:59:58Z', until: '2025-03-31T23:00:01Z' }],
      },
      {
        source: null,
        from: '2025-02-01T00:00:00Z',
        until: '2025-02-03T00:00:00Z',
        untimed: 0,
        earlier: 3,
        bucket: 'day',
        buckets: [{ at: '2025-02-01T00:00:00Z', events: 99, bytes: 19_000 }],
        silences: [],
      },
    ],
    request: {
      command: ['audit-check', 'verify', 'logs', '--config', 'audit-check.yaml', '--fail-on', 'new:low'],
      files: [
        { role: 'configuration', file: 'audit-check.yaml', sha256: null },
        { role: 'licenses', file: 'licenses.yaml', sha256: '9'.repeat(64) },
      ],
      options: {
        'built-in rules': true,
        'checks left out': ['timestamps'],
        'limits.recordBytes': 100_000,
        zone: 'Europe/Berlin',
      },
    },
    keep: { minimum: '12 months', maximum: 'P1M' },
    streams: [
      {
        stream: 'logins',
        profile: 'raw-line-sha256',
        records: 99,
        status: 'chained',
        ranges: [
          {
            assurance: 'anchored',
            records: 60,
            from: place(ARCHIVE, 1),
            until: place(ARCHIVE, 60),
            anchor: {
              by: 'log.example/logins, witness.example/w1',
              at: '2025-03-01T00:00:00Z',
              checkpoint: 'log.example/logins 60',
            },
          },
          { assurance: 'chained', records: 39, from: place(ARCHIVE, 61), until: place(APP, 3) },
        ],
        head: 'd'.repeat(64),
        limits: ['a tail that was cut off leaves no trace in a chain without an anchor'],
      },
      {
        stream: 'payments',
        profile: 'jcs-sha256',
        records: 1_100,
        status: 'broken',
        ranges: [
          { assurance: 'chained', records: 39, from: place(APP, 1), until: place(APP, 39) },
          {
            assurance: 'broken',
            records: 1,
            from: place(APP, 40),
            until: place(APP, 40),
            reason: 'altered record',
          },
          { assurance: 'chained', records: 1_060, from: place(APP, 41), until: place(APP, 1_100) },
        ],
        limits: ['a tail that was cut off leaves no trace in a chain without an anchor'],
      },
      {
        stream: '111122223333 eu-west-1 main',
        profile: 'cloudtrail-digests',
        records: 99,
        status: 'anchored',
        ranges: [
          {
            assurance: 'anchored',
            records: 99,
            files: 1,
            period: { from: '2025-02-01T00:00:00Z', until: '2025-02-01T01:00:00Z' },
            from: place('logs/digest.json', 1, 0, 0),
            until: place('logs/digest.json', 1, 0, 0),
            reason: 'signed by AWS with the key 7f3f401420072e50a65a141430817ab3',
          },
        ],
        limits: [],
      },
      {
        stream: 'logs/other.ndjson',
        profile: null,
        records: 50,
        status: 'unprotected',
        ranges: [
          {
            assurance: 'unprotected',
            records: 50,
            from: place('logs/other.ndjson', 1),
            until: place('logs/other.ndjson', 50),
            reason: 'no chain fields',
          },
        ],
        limits: [],
      },
    ],
    rules: [
      rule('self-approval', 'approved by the one who asked', {
        matches: 1,
        author: 'audit-check',
        description: 'a request and its approval by one person leave nobody who looked',
        fix: 'have another person review the grant, and require two people in the approval tool',
        controls: ['soc2:CC6.1', 'iso-27001-2022:A.5.3'],
        references: ['not a link', 'https://example.org/four eyes'],
        tags: ['attack.privilege_escalation'],
      }),
      rule('seats-editor', 'seats of editor', { level: 'high', file: 'licenses.yaml', matches: 200 }),
      rule('root-use', 'root account used', {
        level: 'critical',
        judged: 7,
        unjudged: { events: 3, reason: 'without a field to group by' },
      }),
      rule('kube-exec', 'shell in a container', {
        status: 'not-applicable',
        reason: 'no source has the product "kubernets"',
      }),
      rule('0b1f2c52-7a67-4b5e-9d6d-0f4c2a2a7f11', 'session token reused', {
        status: 'inert',
        reason: 'no event has the field "sessionToken"',
      }),
      rule('bad-regex', 'odd user agents', {
        file: 'rules/own.yaml',
        own: true,
        silent: true,
        status: 'error',
        reason: 'unknown modifier "regexp", did you mean "re"?',
      }),
    ],
    licenses: [
      {
        license: 'viewer',
        measure: 'distinct',
        period: '2025-03',
        used: 12.5,
        limit: 1_000,
        at: null,
        holders: [],
        verdict: 'within',
        places: [],
      },
      {
        license: 'editor',
        measure: 'floating',
        period: '2025-03',
        used: 26,
        limit: 25,
        committed: 27,
        at: '2025-03-04T10:12:00Z',
        holders: ['ann', 'bob', 'cid'],
        teams: [
          { team: 'cae', holders: 2 },
          { team: null, holders: 1 },
        ],
        selfCheck: {
          points: 1_234,
          agree: 1_230,
          open: 3,
          disagree: 1,
          capacities: [
            { feature: 'editor', amount: 26, from: '2025-03-04T10:12:00Z', until: '2025-03-20T09:00:00Z' },
          ],
        },
        flips: ['would be within if seats did not linger after their check-in: 24 of 25'],
        verdict: 'exceeded',
        places: [place(APP, 12), place(APP, 13)],
      },
      {
        license: 'solver',
        measure: 'sum',
        period: '2025-03-01/2025-04-01',
        used: 1_234_567,
        limit: null,
        at: null,
        holders: [],
        reason: 'the contract names no quantity',
        verdict: 'undetermined',
        places: [],
      },
    ],
    packs: [
      {
        name: 'soc2',
        title: 'SOC 2, Trust Services Criteria',
        version: '1',
        effective: '2022-09-30',
        superseded: '2030-01-01',
        url: 'https://www.aicpa-cima.com/resources/landing/system-and-organization-controls-soc-suite-of-services',
        file: 'rules/packs/soc2.yaml',
      },
    ],
    controls: [
      {
        pack: 'soc2',
        control: 'CC7.2',
        title: 'what happens is watched',
        strength: 'strong',
        status: 'failed',
        checks: [
          {
            asks: 'every event names its actor',
            status: 'failed',
            population: { of: 'events', count: 1_249 },
            findings: ['00000000000000000000000000000011'],
            against: 1,
          },
          {
            asks: 'no source is silent for a day',
            status: 'undetermined',
            population: { of: 'sources', count: 2 },
            findings: [],
            against: 0,
            reason: 'a file could not be read',
          },
        ],
      },
      {
        pack: 'soc2',
        control: 'CC6.3',
        title: 'access is restricted',
        strength: 'partial',
        status: 'excepted',
        checks: [
          {
            asks: 'every event says how it ended',
            status: 'excepted',
            population: { of: 'events', count: 1_249 },
            findings: ['00000000000000000000000000000012'],
            against: 1,
            reason: '1 finding stands, waived by w-1',
          },
        ],
      },
      {
        pack: 'soc2',
        control: 'CC1.1',
        title: 'people are held to values',
        strength: 'none',
        status: 'not-assessable',
        checks: [],
        reason: 'no log shows it',
      },
    ],
    waivers: {
      file: 'audit-check.waivers.yaml',
      asOf: '2025-04-01',
      entries: 5,
      used: 1,
      unused: 1,
      expired: 1,
      outgrown: 1,
      void: 1,
    },
    baseline: {
      file: 'baseline.json',
      entries: 2,
      new: 7,
      unchanged: 1,
      gone: 1,
      unread: 1,
      carried: { critical: 1, high: 2, medium: 1, low: 1, informational: 1 },
    },
    history: [
      {
        at: '2025-03-31T06:00:00Z',
        verdict: 'findings',
        records: 1_000,
        bytes: 200_000,
        findings: { critical: 1, low: 3 },
        waived: 0,
        licenses: [{ license: 'editor', used: 20, limit: 25 }],
        of: { paths: ['logs'], since: '2025-03-01', until: '2025-03-31' },
      },
      {
        at: '2025-04-01T06:00:00Z',
        verdict: 'incomplete',
        records: 1_249,
        bytes: 245_300,
        findings: { critical: 2, high: 2 },
        waived: 1,
        licenses: [{ license: 'editor', used: 26, limit: null }],
      },
    ],
    absent: [
      {
        rule: 'required-fields',
        code: 'missing-field',
        fingerprint: 'f'.repeat(32),
        message: '"actor" is missing in 1 of 9 records',
        file: 'logs/old.ndjson',
      },
    ],
    findings,
    codes: {
      'seats-exceeded': {
        title: 'more seats used than bought',
        why: 'use above the contract is owed, and an audit by the vendor finds it',
        fix: 'buy seats or release idle ones; see who held them at the peak',
        controls: ['nist-800-53r5:CM-10'],
      },
      'missing-field': {
        title: 'required field missing',
        why: 'without it nobody can tell who did what',
        fix: 'have the application write the field, or declare in the mapping that the source has none',
        controls: ['soc2:CC7.2', 'pci-dss-4:10.2.2'],
      },
      'altered-record': {
        title: 'altered record',
        why: 'somebody changed the record after it was written',
        fix: 'keep the file as evidence and compare it with a backup',
        controls: ['soc2:CC7.2'],
      },
      'malformed-record': {
        title: 'malformed record',
        why: 'what cannot be read cannot be audited',
        fix: 'repair the export',
        controls: [],
      },
      'policy-violation': {
        title: 'policy violation',
        why: 'a rule matched',
        fix: 'look into it',
        controls: [],
      },
      disorder: {
        title: 'records out of order',
        why: 'order is evidence',
        fix: 'sort at export',
        controls: [],
      },
      unprotected: {
        title: 'log without a chain',
        why: 'changes leave no trace',
        fix: 'seal the log',
        controls: [],
      },
    },
    notices: [
      {
        code: 'zone-assumed',
        message: '3 timestamps have no zone and were not judged',
        place: place(APP, 5),
      },
      { code: 'coverage', message: 'the log starts after the contract does' },
    ],
  };
}

/** Terminal escape, bidirectional override, line break, markup, link, template, emoji, half a character. */
export const HOSTILE =
  'a\u001b[31m\u202egnp.exe\n</script>[x](http://evil.example) {0} %41 "q" 👩‍💻 \ud800 \u009b2J\u2028\ufeff';

/** The rich report with `text` in every place that a log, a rule or a file name can fill. */
export function hostileReport(text: string = HOSTILE): Report {
  const report = structuredClone(richReport());
  for (const each of report.findings) {
    Object.assign(each, {
      message: text,
      subject: text,
      excerpt: { text: text + text, start: text.length >> 1, end: text.length },
    });
    each.place.file = text;
    each.related = [place(text, 3), place(APP, 3)];
  }
  report.findings.push({ ...report.findings[0]!, code: text, rule: text, fingerprint: text });
  Object.assign(report.summary.findings, countFindings(report.findings));
  for (const each of report.inputs) Object.assign(each, { reason: text, source: text, seals: text });
  report.inputs[0]!.file = text;
  for (const each of report.activity ?? []) each.source = text;
  const { request } = report;
  request!.command.push(text);
  request!.options[text] = [text, text];
  for (const each of request!.files) each.file = text;
  for (const each of report.streams) {
    Object.assign(each, { stream: text, profile: text, head: text, limits: [text] });
    for (const range of each.ranges)
      Object.assign(range, {
        reason: text,
        from: place(text, 1),
        anchor: { by: text, at: '2025-03-01T00:00:00Z', checkpoint: text },
      });
  }
  for (const each of report.rules) {
    const words = { title: text, reason: text, author: text, description: text, fix: text, file: text };
    Object.assign(each, words, {
      controls: [text, `soc2:${text}`],
      references: [`https://${text}`, text],
      tags: [text],
    });
  }
  for (const each of report.licenses) {
    Object.assign(each, {
      license: text,
      measure: text,
      period: text,
      at: text,
      holders: [text, 'ann'],
      teams: [{ team: text, holders: 2 }],
      reason: text,
    });
  }
  for (const words of Object.values(report.codes))
    Object.assign(words, { title: text, why: text, fix: text, controls: [text] });
  report.notices.push({ code: text, message: text, place: place(text, 1) });
  return report;
}
