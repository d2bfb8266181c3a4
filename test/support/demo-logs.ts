/** The logs of `fixtures/demo`, made here so that their chain holds where it should; `UPDATE=1 npm test` writes them. */
import { sha256Hex } from '../../src/base/digest.ts';

type Fields = Record<string, unknown>;

/** An application's own audit log, chained; with a record altered afterwards, one without an actor, and four editors on three seats. */
function applicationLog(): string {
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 8, minute)).toISOString();
  const act = (minute: number, actor: string, action: string, more: Fields = {}): Fields => ({
    action,
    actor,
    ip: '10.20.0.14',
    outcome: 'success',
    time: at(minute),
    ...more,
  });
  const seat = (minute: number, actor: string, move: 'checkout' | 'checkin'): Fields =>
    act(minute, actor, `license.${move}`, {
      feature: 'editor',
      session: `editor-${actor.slice(0, 3)}`,
      target: 'editor',
    });
  const events: Fields[] = [
    act(0, 'ann@example.com', 'user.login'),
    seat(2, 'ann@example.com', 'checkout'),
    act(5, 'bob@example.com', 'user.login'),
    seat(6, 'bob@example.com', 'checkout'),
    act(9, 'ann@example.com', 'payment.approve', {
      amount: 1200,
      target: 'invoice/2026-118',
      ticket: 'FIN-31',
    }),
    { action: 'config.update', ip: '10.20.0.99', outcome: 'success', target: 'retention.days', time: at(12) },
    seat(15, 'cid@example.com', 'checkout'),
    act(18, 'cid@example.com', 'report.export', { target: 'customers' }),
    seat(21, 'dee@example.com', 'checkout'),
    act(24, 'dee@example.com', 'document.update', { target: 'contract/77' }),
    act(31, 'bob@example.com', 'role.grant', { target: 'bob@example.com', role: 'admin' }),
    seat(40, 'ann@example.com', 'checkin'),
    seat(44, 'bob@example.com', 'checkin'),
    seat(52, 'cid@example.com', 'checkin'),
    seat(58, 'dee@example.com', 'checkin'),
  ];
  let previous = '0'.repeat(64);
  const lines = events.map((event, index) => {
    const body = sorted({ ...event, id: `app-${1001 + index}`, prev_hash: previous, seq: index + 1 });
    const hash = sha256Hex(JSON.stringify(body));
    previous = hash;
    return JSON.stringify(sorted({ ...body, hash }));
  });
  // Somebody raised the amount after it was approved, and left the hashes as they were.
  return `${lines.join('\n').replace('"amount":1200', '"amount":9200')}\n`;
}

/** What a web gateway wrote: no chain, and one line cut short. */
function gatewayLog(): string {
  const lines = [
    {
      time: '2026-03-02T08:01:10Z',
      id: 'gw-1',
      actor: 'ann@example.com',
      action: 'GET /invoices',
      outcome: 'success',
      ip: '10.20.0.14',
    },
    {
      time: '2026-03-02T08:14:41Z',
      id: 'gw-2',
      actor: 'cid@example.com',
      action: 'GET /customers',
      outcome: 'success',
      ip: '10.20.0.31',
    },
    {
      time: '2026-03-02T08:19:02Z',
      id: 'gw-3',
      actor: 'cid@example.com',
      action: 'POST /export',
      outcome: 'success',
      ip: '10.20.0.31',
    },
    {
      time: '2026-03-02T08:33:55Z',
      id: 'gw-4',
      actor: 'dee@example.com',
      action: 'GET /contracts/77',
      outcome: 'success',
      ip: '10.20.0.52',
    },
  ].map((event) => JSON.stringify(event));
  lines[2] = lines[2]!.slice(0, 84);
  return `${lines.join('\n')}\n`;
}

/** A CloudTrail object: the trail is stopped by root. */
function cloudTrail(): string {
  const record = (minute: number, eventName: string, identity: Fields, more: Fields = {}): Fields => ({
    eventVersion: '1.09',
    userIdentity: identity,
    eventTime: `2026-03-02T08:${minute}:00Z`,
    eventSource: 'cloudtrail.amazonaws.com',
    eventName,
    awsRegion: 'eu-central-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: 'aws-cli/2.15',
    requestParameters: { name: 'audit-trail' },
    responseElements: null,
    eventID: `7d0c2f4e-0000-4000-8000-0000000000${minute}`,
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
    ...more,
  });
  const root = {
    type: 'Root',
    principalId: '111122223333',
    arn: 'arn:aws:iam::111122223333:root',
    accountId: '111122223333',
  };
  const ann = {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLEANN',
    arn: 'arn:aws:iam::111122223333:user/ann',
    accountId: '111122223333',
    userName: 'ann',
  };
  return JSON.stringify({
    Records: [
      record(11, 'DescribeTrails', ann),
      record(35, 'StopLogging', root),
      record(47, 'StartLogging', ann),
    ],
  });
}

function sorted(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** File name within `fixtures/demo/logs` to content. */
export const DEMO_LOGS: Record<string, string> = {
  'app.ndjson': applicationLog(),
  'gateway.ndjson': gatewayLog(),
  'cloudtrail.json': cloudTrail(),
};
