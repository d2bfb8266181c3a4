/**
 * Deterministic Windows events of about sixty fields, one JSON object a line as EVTX readers write them: `Event.System`
 * as Windows has it, `Event.EventData` as wide as process auditing with a sensor's additions, and long command lines.
 */
import fs from 'node:fs';
import path from 'node:path';
import { createRandom, pick, type Random, token, uuid } from './random.ts';
import { writeLines } from './write-set.ts';

const START_MS = Date.UTC(2026, 0, 1);
const MAX_STEP_MS = 100;
const XMLNS = 'http://schemas.microsoft.com/win/2004/08/events/event';
const AUDITING = {
  Name: 'Microsoft-Windows-Security-Auditing',
  Guid: '54849625-5478-4994-A5BA-3E3B0328C30D',
};
const SYSMON = { Name: 'Microsoft-Windows-Sysmon', Guid: '5770385F-C22A-43E0-BF4C-06F5698FFBD9' };
const DOMAIN = 'CORP';
const AUDIT_SUCCESS = '0x8020000000000000';
const AUDIT_FAILURE = '0x8010000000000000';
const IMAGES = [
  'C:\\Windows\\System32\\svchost.exe',
  'C:\\Windows\\System32\\cmd.exe',
  'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
  'C:\\Windows\\System32\\conhost.exe',
  'C:\\Windows\\System32\\wbem\\WmiPrvSE.exe',
  'C:\\Windows\\explorer.exe',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE',
  'C:\\Program Files (x86)\\Acme\\Agent\\agent.exe',
  'C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\csc.exe',
];
const TOKENS = ['%%1936', '%%1937', '%%1938'];
const LABELS = ['Low', 'Medium', 'High', 'System'];
const REASONS = ['%%2313', '%%2304', '%%2307'];

type Json = Record<string, unknown>;
type Kind = { provider: Json; id: number; channel: string; task: number; failed: boolean; data: Json };

/** Writes the events one a line, unless the file is there. Returns its path. */
export function writeWindows(cache: string, amount: number): string {
  const file = path.join(cache, `windows-${amount}.ndjson`);
  if (!fs.existsSync(file)) writeLines(file, windowsEvents(amount));
  return file;
}

function* windowsEvents(amount: number): Generator<string> {
  const random = createRandom(3);
  let time = START_MS;
  for (let index = 0; index < amount; index++) {
    time += random(MAX_STEP_MS);
    yield JSON.stringify(toEvent(index, time, random));
  }
}

function toEvent(index: number, time: number, random: Random): Json {
  const host = `WS${String(random(400)).padStart(4, '0')}`;
  const draw = random(10);
  const kind =
    draw < 5 ? toSysmonProcess(time, random) : draw < 8 ? toAuditedProcess(random) : toSignIn(random);
  // Seven digits, of which the clock of this log fills three.
  const systemTime = `${new Date(time).toISOString().slice(0, 23)}${String(random(10_000)).padStart(4, '0')}Z`;
  return {
    Event: {
      '#attributes': { xmlns: XMLNS },
      System: {
        Provider: { '#attributes': kind.provider },
        EventID: kind.id,
        Version: 2,
        Level: kind.channel === 'Security' ? 0 : 4,
        Task: kind.task,
        Opcode: 0,
        Keywords:
          kind.channel === 'Security' ? (kind.failed ? AUDIT_FAILURE : AUDIT_SUCCESS) : '0x8000000000000000',
        TimeCreated: { '#attributes': { SystemTime: systemTime } },
        EventRecordID: index + 1,
        Correlation: random(4) === 0 ? { '#attributes': { ActivityID: uuid(random).toUpperCase() } } : null,
        Execution: { '#attributes': { ProcessID: 4, ThreadID: random(20_000) } },
        Channel: kind.channel,
        Computer: `${host}.corp.example.com`,
        Security: kind.channel === 'Security' ? null : { '#attributes': { UserID: 'S-1-5-18' } },
      },
      EventData: { ...kind.data, ...toSensorData(index, host, random) },
    },
  };
}

function toSysmonProcess(time: number, random: Random): Kind {
  const image = pick(random, IMAGES);
  const parent = pick(random, IMAGES);
  const user = toUser(random);
  const data = {
    RuleName: '-',
    UtcTime: new Date(time).toISOString().slice(0, 23).replace('T', ' '),
    ProcessGuid: `{${uuid(random).toUpperCase()}}`,
    ProcessId: random(40_000),
    Image: image,
    FileVersion: `10.0.19041.${random(4000)} (WinBuild.160101.0800)`,
    Description: 'Windows Host Process',
    Product: 'Microsoft® Windows® Operating System',
    Company: 'Microsoft Corporation',
    OriginalFileName: image.slice(image.lastIndexOf('\\') + 1),
    CommandLine: toCommandLine(image, random),
    CurrentDirectory: `C:\\Users\\${user}\\`,
    User: `${DOMAIN}\\${user}`,
    LogonGuid: `{${uuid(random).toUpperCase()}}`,
    LogonId: `0x${token(random, 6)}`,
    TerminalSessionId: random(4),
    IntegrityLevel: pick(random, LABELS),
    Hashes: `SHA1=${token(random, 40).toUpperCase()},MD5=${token(random, 32).toUpperCase()},SHA256=${token(random, 64).toUpperCase()}`,
    ParentProcessGuid: `{${uuid(random).toUpperCase()}}`,
    ParentProcessId: random(40_000),
    ParentImage: parent,
    ParentCommandLine: toCommandLine(parent, random),
    ParentUser: `${DOMAIN}\\${user}`,
  };
  const channel = 'Microsoft-Windows-Sysmon/Operational';
  return { provider: SYSMON, id: 1, channel, task: 1, failed: false, data };
}

function toAuditedProcess(random: Random): Kind {
  const image = pick(random, IMAGES);
  const data = {
    ...toSubject(random),
    NewProcessId: `0x${token(random, 4)}`,
    NewProcessName: image,
    TokenElevationType: pick(random, TOKENS),
    ProcessId: `0x${token(random, 4)}`,
    CommandLine: toCommandLine(image, random),
    TargetUserSid: 'S-1-0-0',
    TargetUserName: '-',
    TargetDomainName: '-',
    TargetLogonId: '0x0',
    ParentProcessName: pick(random, IMAGES),
    MandatoryLabel: `S-1-16-${pick(random, [4096, 8192, 12288, 16384])}`,
    ProcessSha256: token(random, 64),
    ParentCommandLine: toCommandLine(pick(random, IMAGES), random),
  };
  return { provider: AUDITING, id: 4688, channel: 'Security', task: 13312, failed: false, data };
}

function toSignIn(random: Random): Kind {
  const failed = random(12) === 0;
  const data = {
    ...toSubject(random),
    TargetUserSid: `S-1-5-21-1004336348-1177238915-682003330-${1000 + random(500)}`,
    TargetUserName: toUser(random),
    TargetDomainName: DOMAIN,
    ...(failed
      ? { Status: '0xc000006d', FailureReason: pick(random, REASONS), SubStatus: '0xc000006a' }
      : { TargetLogonId: `0x${token(random, 6)}`, LogonGuid: `{${uuid(random).toUpperCase()}}` }),
    LogonType: pick(random, [2, 3, 3, 3, 5, 10]),
    LogonProcessName: 'Kerberos',
    AuthenticationPackageName: 'Kerberos',
    WorkstationName: `WS${String(random(400)).padStart(4, '0')}`,
    TransmittedServices: '-',
    LmPackageName: '-',
    KeyLength: 0,
    ProcessId: '0x0',
    ProcessName: '-',
    IpAddress: `10.${random(4)}.${random(256)}.${random(256)}`,
    IpPort: String(1024 + random(60_000)),
    ImpersonationLevel: '%%1833',
    RestrictedAdminMode: '-',
    TargetOutboundUserName: '-',
    TargetOutboundDomainName: '-',
    VirtualAccount: '%%1843',
    ElevatedToken: pick(random, ['%%1842', '%%1843']),
  };
  return { provider: AUDITING, id: failed ? 4625 : 4624, channel: 'Security', task: 12544, failed, data };
}

function toSubject(random: Random): Json {
  return {
    SubjectUserSid: `S-1-5-21-1004336348-1177238915-682003330-${1000 + random(500)}`,
    SubjectUserName: toUser(random),
    SubjectDomainName: DOMAIN,
    SubjectLogonId: `0x${token(random, 6)}`,
  };
}

/** What a sensor adds to each event: many fields that hardly ever change. */
function toSensorData(index: number, host: string, random: Random): Json {
  return {
    SensorId: token(createRandom(host.length * 7 + Number(host.slice(2))), 32),
    SensorVersion: '7.16.18605.0',
    SensorSequence: index,
    SensorPolicy: 'workstations-standard',
    SensorSite: pick(random, ['ber', 'fra', 'muc']),
    HostOsName: 'Windows 11 Enterprise',
    HostOsBuild: 22631,
    HostArchitecture: 'x64',
    HostDomainRole: 'member',
    HostAddress: `10.8.${random(256)}.${random(256)}`,
    HostMac: `00-15-5D-${token(random, 2)}-${token(random, 2)}-${token(random, 2)}`,
    HostUptimeSeconds: random(5_000_000),
    ImageSigned: random(20) !== 0,
    ImageSignatureStatus: 'Valid',
    ImageSigner: 'Microsoft Windows Production PCA 2011',
    ImageSizeBytes: random(4_000_000),
    ImageFirstSeen: null,
    ThreatScore: random(100),
    Prevalence: pick(random, ['common', 'common', 'rare']),
  };
}

function toUser(random: Random): string {
  return random(6) === 0 ? 'SYSTEM' : `user${String(random(500)).padStart(3, '0')}`;
}

/** From a hundred to seven hundred characters; quotes and backslashes, so that half of them have to be unescaped. */
function toCommandLine(image: string, random: Random): string {
  const words = Array.from({ length: 2 + random(8) }, () =>
    pick(random, [
      `--user-data-dir="C:\\Users\\${toUser(random)}\\AppData\\Local\\Temp\\${token(random, 8)}"`,
      `-k netsvcs -p -s ${token(random, 6)}`,
      `--field-trial-handle=${random(10_000)},i,${random(1_000_000)},${random(1_000_000)},262144`,
      `-EncodedCommand ${token(random, 80, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789')}`,
      `/c "type \\\\fs01\\share\\${token(random, 10)}.txt | findstr /i password"`,
      `-NoProfile -ExecutionPolicy Bypass -File "C:\\ProgramData\\scripts\\${token(random, 6)}.ps1"`,
    ]),
  );
  return `"${image}" ${words.join(' ')}`;
}
