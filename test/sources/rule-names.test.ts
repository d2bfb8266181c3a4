/** Names that rules use for fields, through each shipped mapping on the forms that a source is exported in. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { findValues } from '../../src/base/field-path.ts';
import { toScalarText } from '../../src/base/json.ts';
import { toRawPaths } from '../../src/sources/mapping.ts';
import { withNamedMembers } from '../../src/sources/named-members.ts';
import { runAudit } from '../support/audit-run.ts';
import { shipped, toJson } from './shipped-mappings.ts';

type Names = { source: string; title: string; record: object; names: Record<string, string> };

const SYSMON = { channel: 'Microsoft-Windows-Sysmon/Operational', provider_name: 'Microsoft-Windows-Sysmon' };

const NAMES: readonly Names[] = [
  {
    source: 'windows',
    title: 'a process by the Sysmon module of Elastic',
    record: {
      event: { code: '1' },
      process: {
        command_line: 'c',
        executable: 'i',
        working_directory: 'd',
        parent: { command_line: 'pc', executable: 'pi' },
        pe: { original_file_name: 'o' },
      },
      winlog: { ...SYSMON, event_id: '1', event_data: { IntegrityLevel: 'Medium' } },
    },
    names: {
      Image: 'i',
      CommandLine: 'c',
      CurrentDirectory: 'd',
      OriginalFileName: 'o',
      ParentImage: 'pi',
      ParentCommandLine: 'pc',
      IntegrityLevel: 'Medium',
      EventID: '1',
    },
  },
  {
    source: 'windows',
    title: 'files, the registry, pipes and the network by the same',
    record: {
      file: { path: 'f', name: 'p' },
      registry: { path: 'r' },
      dns: { question: { name: 'q' } },
      source: { ip: '192.0.2.1', port: 1 },
      destination: { ip: '192.0.2.2', port: 2, domain: 'h' },
      winlog: { ...SYSMON, event_id: '13' },
    },
    names: {
      TargetFilename: 'f',
      ImageLoaded: 'f',
      PipeName: 'p',
      TargetObject: 'r',
      QueryName: 'q',
      SourceIp: '192.0.2.1',
      DestinationIp: '192.0.2.2',
      DestinationPort: '2',
      DestinationHostname: 'h',
    },
  },
  {
    source: 'windows',
    title: 'a script by the PowerShell module of Elastic',
    record: { powershell: { file: { script_block_text: 's' } }, winlog: { event_id: '4104' } },
    names: { ScriptBlockText: 's' },
  },
  {
    source: 'windows',
    title: 'data as a list',
    record: {
      Event: {
        System: { EventID: { '#text': '4624' }, Provider: { '@Name': 'P' }, Channel: 'Security' },
        EventData: { Data: [{ '@Name': 'LogonType', '#text': '3' }, { '@Name': 'WorkstationName' }] },
      },
    },
    names: { EventID: '4624', LogonType: '3', Provider_Name: 'P', Channel: 'Security' },
  },
  {
    source: 'windows',
    title: 'one datum alone',
    record: { Event: { EventData: { Data: { '@Name': 'ServiceName', '#text': 's' } } } },
    names: { ServiceName: 's' },
  },
  {
    source: 'windows',
    title: 'no outer Event',
    record: {
      System: { EventID: { Value: 4624 }, Provider: { Name: 'P' }, Channel: 'Security', Computer: 'dc1' },
      EventData: { LogonType: 3 },
    },
    names: { EventID: '4624', LogonType: '3', Provider_Name: 'P', Channel: 'Security', Computer: 'dc1' },
  },
  {
    source: 'windows',
    title: 'objects of PowerShell',
    record: { Id: 4624, LogName: 'Security', ProviderName: 'P', MachineName: 'dc1' },
    names: { EventID: '4624', Channel: 'Security', Provider_Name: 'P', Computer: 'dc1' },
  },
  {
    source: 'windows',
    title: 'the log cleared',
    record: { winlog: { user_data: { SubjectUserName: 'ann' } } },
    names: { SubjectUserName: 'ann' },
  },
  {
    source: 'ecs',
    title: 'a call to AWS',
    record: {
      aws: {
        cloudtrail: {
          error_code: 'AccessDenied',
          flattened: {
            additional_eventdata: { MFAUsed: 'No' },
            response_elements: { ConsoleLogin: 'Failure' },
          },
          user_identity: { arn: 'a', type: 'Root', invoked_by: 'x' },
        },
      },
      cloud: { region: 'eu-west-1' },
      event: { action: 'ConsoleLogin', provider: 'signin.amazonaws.com' },
      source: { address: '192.0.2.3' },
      user: { id: 'AIDA', name: 'ann' },
    },
    names: {
      eventName: 'ConsoleLogin',
      eventSource: 'signin.amazonaws.com',
      errorCode: 'AccessDenied',
      awsRegion: 'eu-west-1',
      sourceIPAddress: '192.0.2.3',
      'userIdentity.type': 'Root',
      'userIdentity.arn': 'a',
      'userIdentity.invokedBy': 'x',
      'userIdentity.userName': 'ann',
      'responseElements.ConsoleLogin': 'Failure',
      'additionalEventData.MFAUsed': 'No',
    },
  },
  {
    source: 'ecs',
    title: 'an event of Okta',
    record: {
      event: { action: 'user.session.start' },
      okta: {
        event_type: 'user.session.start',
        outcome: { result: 'SUCCESS' },
        actor: { alternate_id: 'a' },
      },
    },
    names: { eventType: 'user.session.start', 'outcome.result': 'SUCCESS', 'actor.alternateId': 'a' },
  },
  {
    source: 'ecs',
    title: 'an event of Microsoft 365',
    record: { event: { action: 'New-InboxRule', provider: 'Exchange' }, o365: { audit: { ObjectId: 'x' } } },
    names: { Operation: 'New-InboxRule', Workload: 'Exchange', ObjectId: 'x' },
  },
  {
    source: 'ecs',
    title: 'a call to Google Cloud',
    record: { event: { action: 'm' }, service: { name: 's' }, client: { user: { email: 'e' } } },
    names: {
      'protoPayload.methodName': 'm',
      'gcp.audit.method_name': 'm',
      'protoPayload.serviceName': 's',
      'protoPayload.authenticationInfo.principalEmail': 'e',
    },
  },
  {
    source: 'kubernetes',
    title: 'as the integration of Elastic stores it',
    record: {
      kubernetes: { audit: { verb: 'get', objectRef: { resource: 'secrets' }, user: { username: 'a' } } },
    },
    names: { verb: 'get', 'objectRef.resource': 'secrets', 'user.username': 'a' },
  },
];

describe('a rule finds the field under its own name', () => {
  for (const { source, title, record, names } of NAMES)
    test(`${source}: ${title}`, () => {
      const mapping = shipped(source);
      const seen = withNamedMembers(toJson(record), mapping.named);
      const found = Object.keys(names).map((name) => {
        const [value] = findValues(seen, ...toRawPaths(mapping, name));
        return [name, toScalarText(value)];
      });
      assert.deepEqual(Object.fromEntries(found), names);
    });
});

const folder = mkdtempSync(join(tmpdir(), 'rule-names-'));
after(() => rmSync(folder, { recursive: true }));

test('rules of a product meet what the agent of Elastic stores of it, which names the data set and no module', async () => {
  const rules = join(folder, 'rules.yml');
  const rule = (title: string, logsource: string, item: string) =>
    `title: ${title}\nlogsource: ${logsource}\ndetection:\n  s:\n    ${item}\n  condition: s\n`;
  writeFileSync(
    rules,
    [
      rule('aws', '{product: aws, service: cloudtrail}', 'eventName: StopLogging'),
      rule('okta', '{product: okta, service: okta}', 'eventType: user.session.start'),
    ].join('---\n'),
  );
  const log = join(folder, 'log.ndjson');
  const event = (dataset: string, action: string, own: object) =>
    `${JSON.stringify({
      '@timestamp': '2026-03-02T08:00:00Z',
      ecs: { version: '8.11.0' },
      event: { action, category: ['iam'], dataset, kind: 'event', outcome: 'success' },
      ...own,
    })}\n`;
  writeFileSync(
    log,
    event('aws.cloudtrail', 'StopLogging', {}) +
      event('okta.system', 'user.session.start', { okta: { event_type: 'user.session.start' } }),
  );
  const report = await runAudit([log], { rules: [rules], builtinRules: false });
  assert.deepEqual(
    report.rules.map(({ title, status, matches }) => [title, status, matches]),
    [
      ['aws', 'ran', 1],
      ['okta', 'ran', 1],
    ],
  );
});
