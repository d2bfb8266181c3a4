/**
 * Deterministic events of the Microsoft 365 unified audit log, about 1 kB each, as its Management Activity API gives them:
 * https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema
 */
import path from 'node:path';
import { createRandom, pick, type Random, token, uuid } from './random.ts';
import { writeLines } from './write-set.ts';

/** Of the first event; one follows every three seconds on average. The schema tells whole seconds, without a zone. */
const START_MS = Date.UTC(2026, 0, 1);
const MAX_STEP_MS = 6000;
const TENANT = '0b2e5c5e-9d2c-4f9c-8a58-7e0c7dbf4a11';
const USERS = 400;
/** Below which draw of a hundred an event is of what kind: sign-ins and read mails are most of any tenant's log. */
const KINDS: readonly [below: number, make: (base: Json, random: Random) => Json][] = [
  [45, toSignIn],
  [70, toMailRead],
  [93, toFileRead],
  [100, toCmdlet],
];

type Json = Record<string, unknown>;

/** Writes the events one a line, unless the file is there. Returns its path. */
export function writeM365(cache: string, amount: number): string {
  const file = path.join(cache, `m365-${amount}.ndjson`);
  writeLines(file, m365Events(amount));
  return file;
}

/** The same as other exports have them, each as text in a record: of `Search-UnifiedAuditLog`, and in the portal's table. */
export function writeM365Texts(cache: string, amount: number): { records: string; table: string } {
  const records = path.join(cache, `m365-${amount}-texts.ndjson`);
  const table = path.join(cache, `m365-${amount}.csv`);
  writeLines(records, m365Records(amount));
  writeLines(table, m365Rows(amount));
  return { records, table };
}

function* m365Records(amount: number): Generator<string> {
  for (const AuditData of m365Events(amount)) {
    const { Id, CreationTime, RecordType, Operation, UserId } = JSON.parse(AuditData) as Record<
      string,
      unknown
    >;
    const named = { CreationDate: CreationTime, RecordType, Operations: Operation, UserIds: UserId };
    yield JSON.stringify({ ...named, AuditData, Identity: Id, IsValid: true });
  }
}

function* m365Rows(amount: number): Generator<string> {
  yield 'RecordId,CreationDate,RecordType,Operation,UserId,AuditData';
  for (const event of m365Events(amount)) {
    const { Id, CreationTime, RecordType, Operation, UserId } = JSON.parse(event) as Record<string, unknown>;
    yield [Id, CreationTime, RecordType, Operation, UserId, `"${event.replaceAll('"', '""')}"`].join(',');
  }
}

function* m365Events(amount: number): Generator<string> {
  const random = createRandom(5);
  let time = START_MS;
  for (let index = 0; index < amount; index++) {
    time += random(MAX_STEP_MS);
    const draw = random(100);
    const [, make] = KINDS.find(([below]) => draw < below)!;
    yield JSON.stringify(make(toBase(time, random), random));
  }
}

function toBase(time: number, random: Random): Json {
  const user = `user${random(USERS)}@contoso.example`;
  return {
    CreationTime: new Date(time).toISOString().slice(0, 19),
    Id: uuid(random),
    OrganizationId: TENANT,
    ResultStatus: 'Success',
    UserKey: user,
    UserType: 0,
    Version: 1,
    ClientIP: `203.0.113.${random(250)}`,
    UserId: user,
  };
}

function toSignIn(base: Json, random: Random): Json {
  return {
    ...base,
    Operation: 'UserLoggedIn',
    RecordType: 15,
    Workload: 'AzureActiveDirectory',
    ObjectId: 'Unknown',
    AzureActiveDirectoryEventType: 1,
    ExtendedProperties: named({
      ResultStatusDetail: 'Success',
      UserAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/${90 + random(30)}.0.0.0 Safari/537.36`,
      RequestType: 'OAuth2:Authorize',
    }),
    ModifiedProperties: [],
    Actor: [
      { ID: uuid(random), Type: 0 },
      { ID: base.UserId, Type: 5 },
    ],
    ActorContextId: TENANT,
    InterSystemsId: uuid(random),
    IntraSystemId: uuid(random),
    Target: [{ ID: '00000003-0000-0000-c000-000000000000', Type: 0 }],
    TargetContextId: TENANT,
    ApplicationId: uuid(random),
    DeviceProperties: named({ OS: 'Windows10', BrowserType: 'Chrome', SessionId: uuid(random) }),
    ErrorNumber: '0',
  };
}

function toMailRead(base: Json, random: Random): Json {
  return {
    ...base,
    Operation: 'MailItemsAccessed',
    RecordType: 50,
    Workload: 'Exchange',
    ClientInfoString: 'Client=REST;;',
    LogonType: 0,
    MailboxGuid: uuid(random),
    MailboxOwnerUPN: base.UserId,
    OperationProperties: named({ MailAccessType: 'Bind', IsThrottled: 'False' }),
    OrganizationName: 'contoso.example',
    OriginatingServer: 'AM0PR01MB1234 (15.20.4200.000)',
    Folders: [
      {
        FolderItems: [{ InternetMessageId: `<${token(random, 20)}@contoso.example>` }],
        Id: token(random, 40),
        Path: '\\Inbox',
      },
    ],
    OperationCount: 1,
  };
}

function toFileRead(base: Json, random: Random): Json {
  const site = `https://contoso.example/sites/site${random(60)}`;
  const name = `report-${random(10_000)}.docx`;
  return {
    ...base,
    Operation: 'FileAccessed',
    RecordType: 6,
    Workload: 'SharePoint',
    ObjectId: `${site}/Shared Documents/${name}`,
    CorrelationId: uuid(random),
    EventSource: 'SharePoint',
    ItemType: 'File',
    ListId: uuid(random),
    UserAgent: 'MSWAC',
    SourceFileExtension: 'docx',
    SiteUrl: site,
    SourceFileName: name,
    SourceRelativeUrl: 'Shared Documents',
  };
}

function toCmdlet(base: Json, random: Random): Json {
  return {
    ...base,
    Operation: pick(random, ['Set-Mailbox', 'Set-CASMailbox', 'Set-MailboxPlan']),
    RecordType: 1,
    Workload: 'Exchange',
    ExternalAccess: false,
    OriginatingServer: 'AM0PR01MB1234 (15.20.4200.000)',
    Parameters: named({ Identity: String(base.UserId), AuditEnabled: 'True', RetainDeletedItemsFor: '30' }),
  };
}

function named(values: Record<string, string>): Json[] {
  return Object.entries(values).map(([Name, Value]) => ({ Name, Value }));
}
