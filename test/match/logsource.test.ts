/** Which events a rule is for, through the mappings that are shipped: three shapes of Windows logs, and sources with services. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toRecordEvents } from '../../src/engine/record-events.ts';
import { compileDetection } from '../../src/match/compile-detection.ts';
import { forSource, unknownWords } from '../../src/match/logsource.ts';
import type { Detection } from '../../src/model/rule.ts';
import { SHIPPED } from '../sources/shipped-mappings.ts';
import { detectionOf } from './one-rule.ts';

/** Whether the rule holds for each record of the source; undefined where it is not for the source. */
function found(source: string, rule: Detection, records: readonly object[]): boolean[] | undefined {
  const { fields, logsource, events } = toRecordEvents(
    mappingOf(source),
    records.map((record) => JSON.stringify(record)),
  );
  const narrowed = forSource(rule, logsource);
  if (narrowed === undefined) return undefined;
  const holds = compileDetection(narrowed, fields);
  // One cursor moves over the records.
  const told: boolean[] = [];
  for (const event of events) told.push(holds(event));
  return told;
}

function mappingOf(name: string) {
  const mapping = SHIPPED.find((each) => each.name === name);
  assert.ok(mapping !== undefined);
  return mapping;
}

const rule = (logsource: string, items: string) =>
  detectionOf(`s: {${items}}\ncondition: s`, `logsource: ${logsource}`);

/** One event in the three shapes that Windows logs come in. */
function shapes(channel: string, id: number, data: Record<string, unknown>, provider = 'p'): object[] {
  return [
    {
      Event: {
        System: {
          Provider: { '#attributes': { Name: provider } },
          EventID: id,
          Channel: channel,
          Computer: 'pc1',
        },
        EventData: data,
      },
    },
    {
      Event: {
        System: {
          Provider: { '#attributes': { Name: provider } },
          EventID: { '#attributes': { Qualifiers: 0 }, '#text': id },
          Channel: channel,
          Computer: 'pc1',
        },
        EventData: data,
      },
    },
    {
      '@timestamp': '2026-01-01T00:00:00Z',
      winlog: {
        channel,
        event_id: String(id),
        provider_name: provider,
        computer_name: 'pc1',
        event_data: data,
      },
    },
    { EventID: id, Channel: channel, SourceName: provider, Hostname: 'pc1', ...data },
  ];
}

const SYSMON = 'Microsoft-Windows-Sysmon/Operational';
const NONE = [false, false, false, false];
const ALL = [true, true, true, true];

describe('Windows events are of the category that channel and id say', () => {
  const categories: [category: string, channel: string, id: number][] = [
    ['process_creation', SYSMON, 1],
    ['process_creation', 'Security', 4688],
    ['network_connection', SYSMON, 3],
    ['driver_load', SYSMON, 6],
    ['image_load', SYSMON, 7],
    ['create_remote_thread', SYSMON, 8],
    ['process_access', SYSMON, 10],
    ['file_event', SYSMON, 11],
    ['registry_event', SYSMON, 12],
    ['registry_set', SYSMON, 13],
    ['registry_rename', SYSMON, 14],
    ['create_stream_hash', SYSMON, 15],
    ['pipe_created', SYSMON, 17],
    ['pipe_created', SYSMON, 18],
    ['wmi_event', SYSMON, 20],
    ['dns_query', SYSMON, 22],
    ['file_delete', SYSMON, 23],
    ['process_tampering', SYSMON, 25],
    ['ps_module', 'Microsoft-Windows-PowerShell/Operational', 4103],
    ['ps_script', 'PowerShellCore/Operational', 4104],
    ['ps_classic_start', 'Windows PowerShell', 400],
  ];
  for (const [category, channel, id] of categories) {
    test(`${category}: ${channel} ${id}`, () => {
      const keyword = rule(`{product: windows, category: ${category}}`, 'X: y');
      assert.deepEqual(found('windows', keyword, shapes(channel, id, { X: 'Y' })), ALL);
      assert.deepEqual(found('windows', keyword, shapes(channel, 9999, { X: 'y' })), NONE);
      assert.deepEqual(found('windows', keyword, shapes('Setup', id, { X: 'y' })), NONE);
    });
  }
  test('registry_add and registry_delete share an id, and are told apart by what was done', () => {
    const added = rule('{product: windows, category: registry_add}', 'TargetObject|endswith: run');
    const deleted = rule('{product: windows, category: registry_delete}', 'TargetObject|endswith: run');
    for (const [EventType, isAdded] of [
      ['CreateKey', true],
      ['DeleteValue', false],
    ] as const) {
      const records = shapes(SYSMON, 12, { TargetObject: 'HKLM\\Run', EventType });
      assert.deepEqual(found('windows', added, records), isAdded ? ALL : NONE);
      assert.deepEqual(found('windows', deleted, records), isAdded ? NONE : ALL);
    }
  });
  test('a record without a channel is known by its provider', () => {
    const record = {
      Event: {
        System: { Provider: { Name: 'Microsoft-Windows-Sysmon' }, EventID: 1 },
        EventData: { Image: 'a' },
      },
    };
    assert.deepEqual(found('windows', rule('{category: process_creation}', 'Image: a'), [record]), [true]);
    assert.deepEqual(found('windows', rule('{product: windows, service: sysmon}', 'Image: a'), [record]), [
      true,
    ]);
  });
});

describe('Windows events are of the service that their channel says', () => {
  const services: [service: string, channel: string][] = [
    ['security', 'security'],
    ['system', 'System'],
    ['application', 'Application'],
    ['sysmon', SYSMON],
    ['powershell', 'Microsoft-Windows-PowerShell/Operational'],
    ['powershell-classic', 'Windows PowerShell'],
    ['taskscheduler', 'Microsoft-Windows-TaskScheduler/Operational'],
    ['windefend', 'Microsoft-Windows-Windows Defender/Operational'],
    ['bits-client', 'Microsoft-Windows-Bits-Client/Operational'],
    ['codeintegrity-operational', 'Microsoft-Windows-CodeIntegrity/Operational'],
  ];
  for (const [service, channel] of services) {
    test(`${service}: ${channel}`, () => {
      const named = rule(`{product: windows, service: ${service}}`, 'EventID: 7');
      assert.deepEqual(found('windows', named, shapes(channel, 7, {})), ALL);
      assert.deepEqual(found('windows', named, shapes('Other', 7, {})), NONE);
    });
  }
  test('service and category are both asked for', () => {
    const both = rule('{product: windows, service: sysmon, category: process_creation}', 'X: y');
    assert.deepEqual(found('windows', both, shapes(SYSMON, 1, { X: 'y' })), ALL);
    assert.deepEqual(found('windows', both, shapes('Security', 4688, { X: 'y' })), NONE);
  });
});

describe("Sigma's names of Windows fields", () => {
  test('are found in every shape', () => {
    const data = { CommandLine: 'a -b', Image: 'C:\\x.exe', ParentImage: 'C:\\y.exe' };
    const items =
      "EventID: 1, Channel|contains: sysmon, Provider_Name: prov, Computer: pc1, CommandLine: a -b, Image|endswith: '\\x.exe', ParentImage|endswith: '\\y.exe'";
    assert.deepEqual(
      found('windows', rule('{product: windows}', items), shapes(SYSMON, 1, data, 'prov')),
      ALL,
    );
  });
  test('stand for those of the Security log, where that writes a category', () => {
    const data = {
      CommandLine: 'a',
      NewProcessName: 'C:\\x.exe',
      ParentProcessName: 'C:\\y.exe',
      SubjectUserName: 'ann',
    };
    const items = "Image|endswith: '\\x.exe', ParentImage|endswith: '\\y.exe', User: ann";
    const process = rule('{product: windows, category: process_creation}', items);
    assert.deepEqual(found('windows', process, shapes('Security', 4688, data)), ALL);
  });
  test('have no spaces', () => {
    const data = { 'Threat Name': 'Trojan', 'Detection ID': '7' };
    const defender = rule('{product: windows, service: windefend}', 'ThreatName: trojan, DetectionID: 7');
    const channel = 'Microsoft-Windows-Windows Defender/Operational';
    assert.deepEqual(found('windows', defender, shapes(channel, 1116, data)), ALL);
  });
});

describe('sources with several services', () => {
  const cases: [source: string, logsource: string, record: object, expected: boolean][] = [
    [
      'entra',
      '{product: azure, service: signinlogs}',
      { category: 'NonInteractiveUserSignInLogs', x: 1 },
      true,
    ],
    ['entra', '{product: azure, service: signinlogs}', { category: 'AuditLogs', x: 1 }, false],
    ['entra', '{product: azure, service: auditlogs}', { category: 'AuditLogs', x: 1 }, true],
    ['entra', '{product: azure, service: auditlogs}', { activityDateTime: 't', x: 1 }, true],
    ['entra', '{product: azure, service: riskdetection}', { category: 'UserRiskEvents', x: 1 }, true],
    ['entra', '{product: azure, service: pim}', { properties: { loggedByService: 'PIM' }, x: 1 }, true],
    ['entra', '{product: azure}', { category: 'other', x: 1 }, true],
    ['m365', '{product: m365, service: audit}', { Workload: 'Exchange', x: 1 }, true],
    ['m365', '{product: m365, service: exchange}', { Workload: 'SharePoint', x: 1 }, false],
    [
      'm365',
      '{product: m365, service: threat_management}',
      { Workload: 'SecurityComplianceCenter', x: 1 },
      true,
    ],
    [
      'google-workspace',
      '{product: gcp, service: google_workspace.login}',
      { id: { applicationName: 'login' }, x: 1 },
      true,
    ],
    [
      'google-workspace',
      '{product: gcp, service: google_workspace.admin}',
      { id: { applicationName: 'login' }, x: 1 },
      false,
    ],
    ['gcp', '{product: gcp, service: gcp.audit}', { x: 1 }, true],
    [
      'gcp',
      '{product: gcp, service: google_workspace.login}',
      { protoPayload: { serviceName: 'login.googleapis.com' }, x: 1 },
      true,
    ],
    [
      'ecs',
      '{product: okta, service: okta}',
      { event: { module: 'okta', dataset: 'okta.system' }, x: 1 },
      true,
    ],
    [
      'ecs',
      '{product: aws, service: cloudtrail}',
      { event: { module: 'okta', dataset: 'okta.system' }, x: 1 },
      false,
    ],
    ['kubernetes', '{category: application, product: kubernetes, service: audit}', { x: 1 }, true],
  ];
  for (const [source, logsource, record, expected] of cases) {
    test(`${source} ${logsource} ${JSON.stringify(record)}`, () => {
      assert.deepEqual(found(source, rule(logsource, 'x: 1'), [record]), [expected]);
    });
  }
  test('names of other ecosystems fire on raw exports', () => {
    const gcp = rule('{product: gcp, service: gcp.audit}', 'gcp.audit.method_name|endswith: .delete');
    assert.deepEqual(found('gcp', gcp, [{ protoPayload: { methodName: 'v1.x.delete' } }]), [true]);
    const alert = rule(
      '{product: m365, service: threat_management}',
      'eventSource: SecurityComplianceCenter, eventName: Risky',
    );
    const record = { Workload: 'SecurityComplianceCenter', Operation: 'AlertTriggered', Name: 'Risky' };
    assert.deepEqual(found('m365', alert, [record]), [true]);
  });
});

test('forSource() leaves a rule alone that is for all events, and adds a gate where it is not', () => {
  const { logsource } = mappingOf('windows');
  const plain = rule('{product: windows}', 'a: x');
  assert.equal(forSource(plain, logsource), plain);
  assert.equal(forSource(plain, mappingOf('okta').logsource), undefined);
  assert.equal(forSource(plain, mappingOf('okta').logsource, { ignoreLogsource: true }), plain);
  const narrowed = forSource(rule('{category: dns_query}', 'QueryName|re: x'), logsource)!;
  assert.ok(narrowed.condition.kind === 'and');
  assert.match(JSON.stringify(narrowed.condition.nodes[0]), /"name":"EventID"/);
});

test('unknownWords() names what no source offers', () => {
  const offers = SHIPPED.map(({ logsource }) => logsource);
  assert.deepEqual(unknownWords({ product: 'zeek', service: 'dns' }, offers), [
    'product "zeek"',
    'service "dns"',
  ]);
  assert.deepEqual(unknownWords({ product: 'windows', category: 'process_creation' }, offers), []);
});
