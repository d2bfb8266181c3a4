/**
 * The report: what was read, what was found, what could not be decided. Every format renders this one value. Over 250 lines,
 * for it is described in one place: its parts are types that no one reads without the whole.
 */
import type { SourceActivity } from './activity.ts';
import type { ControlResult, PackSummary } from './control.ts';
import type { Finding, Severity } from './finding.ts';
import type { RunSummary } from './history.ts';
import type { LicenseFigures } from './license-figures.ts';
import type { Place } from './place.ts';
import type { FailOn } from './verdict.ts';

export const REPORT_SCHEMA = 'audit-check/report/v1';

/** `complete`: read to its end. `partial`: some bytes could not be read. `skipped`: not read at all, see the reason. */
export type InputStatus = 'complete' | 'partial' | 'unreadable' | 'empty' | 'skipped';

export type InputSummary = {
  file: string;
  /** Bytes of the file as stored, and after decompression. */
  bytes: number;
  decodedBytes: number;
  /** Of the stored bytes; null when the file was not read to its end. */
  sha256: string | null;
  compression: 'none' | 'gzip' | 'zstd';
  /** The source that was detected; null when none fits. */
  source: string | null;
  records: RecordCounts;
  /** The kind of seals that the file holds instead of records: it vouches for other files. */
  seals?: string;
  /** Decoded bytes in records, in malformed stretches, in white space and punctuation between records, and in seals. */
  accounted: { records: number; malformed: number; framing: number; seals?: number };
  status: InputStatus;
  reason?: string;
  /** Read by a guess at what its fields mean, which nobody has confirmed. */
  unconfirmed?: true;
  /** The member by which it says that more pages follow, where no file of its source is the last page. */
  morePages?: string;
};

/** Conservation: read = audited + malformed + duplicate + skipped. */
export type RecordCounts = {
  read: number;
  audited: number;
  malformed: number;
  duplicate: number;
  /** Outside `--since`/`--until`. */
  skipped: number;
};

/** How far a range of a chained stream can be trusted, and on what ground. */
export type Assurance = (typeof ASSURANCES)[number];

/** The worst first: a stream is worth what the worst of its ranges is. */
export const ASSURANCES = ['broken', 'unverifiable', 'unprotected', 'erased', 'chained', 'anchored'] as const;

/** The worst that the ranges say; `unverifiable` when there are none, for then nothing was shown. */
export function weakestOf(ranges: readonly StreamRange[]): Assurance {
  return ASSURANCES.find((word) => ranges.some(({ assurance }) => assurance === word)) ?? 'unverifiable';
}

/** What an archive's log vouches for is a stream beside those of the chains in its segments. */
export const ARCHIVE_PROFILE = 'archive';

/** The same for a log that was sealed where it lies; the name of the sealed log follows. */
export const SEALED_PROFILE = 'sealed: ';

/**
 * Records by assurance, each once: conservation. Of a record that a chain holds and an archive or a sealed log vouches for,
 * the outer word counts, unless the chain broke: then it was broken before it was sealed. Where the outer one says no more
 * than that nothing vouches for them, the chain still does.
 */
export function countAssurance(streams: readonly StreamSummary[]): Partial<Record<Assurance, number>> {
  const isCounted = countedRanges(streams);
  const counts: Partial<Record<Assurance, number>> = {};
  let brokenWithin = 0;
  const chainedWithin = new Set<string>();
  for (const stream of streams) {
    for (const range of stream.ranges) {
      const { assurance, records } = range;
      if (isCounted(stream, range)) continue;
      if (assurance === 'broken') brokenWithin += records;
      if (assurance === 'chained') chainedWithin.add(extentOf(range));
    }
  }
  for (const stream of streams) {
    for (const range of stream.ranges) {
      if (!isCounted(stream, range)) continue;
      const isChained = range.assurance === 'unprotected' && chainedWithin.has(extentOf(range));
      const assurance = isChained ? 'chained' : range.assurance;
      counts[assurance] = (counts[assurance] ?? 0) + range.records;
    }
  }
  for (const word of ['anchored', 'unverifiable', 'erased', 'unprotected'] as const) {
    const moved = Math.min(brokenWithin, counts[word] ?? 0);
    if (moved === 0) continue;
    counts.broken = (counts.broken ?? 0) + moved;
    counts[word]! -= moved;
    if (counts[word] === 0) delete counts[word];
    brokenWithin -= moved;
  }
  return counts;
}

/** Two ranges of one extent hold the same records. */
function extentOf({ from, until, records }: StreamRange): string {
  return JSON.stringify([from.file, from.offset, until.file, until.offset, records]);
}

/** Records of all streams, those in two of them once: what `countAssurance` has to add up to. */
export function countedRecords(streams: readonly StreamSummary[]): number {
  const isCounted = countedRanges(streams);
  return streams.reduce((sum, stream) => {
    const twice = stream.ranges.filter((range) => !isCounted(stream, range));
    return sum + stream.records - twice.reduce((records, range) => records + range.records, 0);
  }, 0);
}

/** Whether no archive and no sealed log speaks of the range's records as well. */
export function countedRanges(
  streams: readonly StreamSummary[],
): (stream: StreamSummary, range: StreamRange) => boolean {
  const isOuter = ({ profile }: StreamSummary) =>
    profile === ARCHIVE_PROFILE || profile?.startsWith(SEALED_PROFILE) === true;
  const places = new Set(
    streams
      .filter(isOuter)
      .flatMap(({ profile, ranges }) =>
        ranges.flatMap(({ from, until }) =>
          profile === ARCHIVE_PROFILE ? [folderOf(from.file)] : [from.file, until.file],
        ),
      ),
  );
  const isVouched = (file: string) => places.has(file) || places.has(folderOf(file));
  return (stream, { from, until }) => isOuter(stream) || !isVouched(from.file) || !isVouched(until.file);
}

function folderOf(file: string): string {
  return `${file.slice(0, Math.max(0, file.lastIndexOf('/')))}/`;
}

/** What vouches for a range from outside of the log. */
export type RangeAnchor = {
  /** Who: the name of the key that signed, the subject of a certificate; several are joined by `, `. */
  by: string;
  /** When, RFC 3339, where the anchor says so. */
  at?: string;
  /** What was signed, as its holder would look for it: `log.example/app 1200`, the name of a digest file. */
  checkpoint: string;
};

export type StreamRange = {
  assurance: Assurance;
  records: number;
  /** Of seals over whole files: how many of them. */
  files?: number;
  /** Of seals over a time: which, RFC 3339. */
  period?: { from: string; until: string };
  from: Place;
  until: Place;
  /** For everything but `chained` and `anchored`: what is the matter. */
  reason?: string;
  /** For `anchored`, and only for it. */
  anchor?: RangeAnchor;
};

export type StreamSummary = {
  /** The stream's key, or the files it lies in when the profile names no key. */
  stream: string;
  /** The chain profile; null for a log without a chain. */
  profile: string | null;
  records: number;
  status: Assurance;
  ranges: StreamRange[];
  /** The last own hash: what an anchor would have to sign. */
  head?: string;
  /** What this kind of chain cannot show here (a cut tail), in words. */
  limits: string[];
};

export type RuleStatus = 'ran' | 'inert' | 'error' | 'not-applicable';

export type RuleSummary = {
  id: string;
  title: string;
  level: Severity;
  file: string;
  /** The user's: whoever wrote a rule wants to hear that it could say nothing. */
  own?: true;
  /** Other rules refer to it, and only they speak for it. */
  silent?: true;
  status: RuleStatus;
  matches: number;
  /** Why it is inert or in error. */
  reason?: string;
  /**
   * Events of its kind, whether or not they matched, and such as show that there could have been some: what it had to judge. Of a
   * correlation the fewest that its first steps had. Only where a pack asks.
   */
  judged?: number;
  /** Events it is for and could not judge, of all it stands on, and why. What it learns from is not among them. */
  unjudged?: { events: number; reason: string };
  author?: string;
  description?: string;
  fix?: string;
  controls: string[];
  references: string[];
  tags: string[];
};

/** What was used against what was bought, for one license and period. */
export type Usage = {
  license: string;
  measure: string;
  /** Period the figure is for, `2025-01` or `2025-01-01/2026-01-01`. */
  period: string;
  used: number;
  /** Null: unlimited or unknown, see the verdict. */
  limit: number | null;
  /** In use, or reserved for a team and not in use: the most at any instant. Only where seats are reserved. */
  committed?: number;
  /** Instant of the peak or where its bucket begins, RFC 3339; null for sums and other figures of a whole period. */
  at: string | null;
  /** Who held it at the peak, at most 50, sorted. */
  holders: string[];
  /** Of these holders, how many are of each team, the most first; null: of none. Absent where the contract has no teams. */
  teams?: TeamHolders[];
  /** Why the verdict is undetermined, where it is. */
  reason?: string;
  /** How often the license server's own figures are known in the period, and ours are the same. */
  selfCheck?: SelfCheck;
  /** What would turn the verdict if it were assumed otherwise: `would be exceeded if …: 6 of 5`. */
  flips?: string[];
};

export type TeamHolders = { team: string | null; holders: number };

/** points = agree + open + disagree. `open`: what the log leaves open makes up for the difference. */
export type SelfCheck = {
  points: number;
  agree: number;
  open: number;
  disagree: number;
  /** Seats that the server showed to have by refusing, from its first refusal at the figure to the last, RFC 3339. */
  capacities?: { feature: string; amount: number; from: string; until: string }[];
};

/** `overage`: beyond the quantity, within what the contract tolerates. */
export type LicenseVerdict = 'within' | 'overage' | 'exceeded' | 'undetermined';

export type LicenseSummary = Usage & { verdict: LicenseVerdict; places: Place[] };

/** The code of the notice that says why nothing was verified where it was asked for. */
export const NOTHING_VERIFIED = 'nothing-verified';

/** The code of a notice that a file seems to be missing, by the names of the others. */
export const MISSING_IN_SERIES = 'missing-in-series';

/** The code of a notice that no file of a source has an event for over a day. */
export const SILENT_STRETCH = 'silent-stretch';

export type Notice = { code: string; message: string; place?: Place };

/** A finding of the baseline that is not there anymore. */
export type AbsentFinding = {
  rule: string;
  code: string;
  fingerprint: string;
  message: string;
  file: string;
};

/** What a waivers file did: entries = used + unused + expired + outgrown + void. */
export type WaiverSummary = {
  file: string;
  /** The day as of which it was judged, `2025-03-01`. */
  asOf: string;
  entries: number;
  /** Those that cover a finding, and those that cover none. */
  used: number;
  unused: number;
  expired: number;
  /** For more records than they were to cover: they cover none. */
  outgrown: number;
  /** Not well made, or against the policy of the file. */
  void: number;
};

/** What a baseline told of a run. */
export type BaselineSummary = {
  file: string;
  entries: number;
  /** findings = new + unchanged. */
  new: number;
  unchanged: number;
  /** Entries that were not found, and of them those in files that this run did not read whole. */
  gone: number;
  unread: number;
  /** Of the unchanged those that would count for the verdict, did the baseline not know them. */
  carried: Partial<Record<Severity, number>>;
};

/** How long the organization keeps events, as its configuration says: ages as written, such as `12 months`. */
export type KeptAges = { minimum?: string; maximum?: string };

export type ToldOption = string | number | boolean | string[];

/**
 * What a run was told beside its logs, for whoever makes the report again: nothing secret, and nothing of the machine. Files
 * are named as the configuration or the command line named them; of an absolute place the last part alone is told.
 */
export type ToldRequest = {
  /** The words of the command, for the folder that it was given in. */
  command: string[];
  /** Files of its own by what they are for; what is shipped goes with the version. Null: no file to be read twice, or one with a key in it. */
  files: { role: ToldRole; file: string; sha256: string | null }[];
  /** Settings by name; those that stand elsewhere in the report (threshold, packs, ages) are not said again. */
  options: Record<string, ToldOption>;
};

export type ToldRole =
  | 'configuration'
  | 'licenses'
  | 'waivers'
  | 'baseline'
  | 'pack'
  | 'chain'
  | 'schema'
  | 'public keys'
  | 'source'
  | 'rules'
  | 'checkpoint'
  | 'policy'
  | 'verifier key';

export const VERDICTS = ['clean', 'findings', 'incomplete'] as const;
export type ReportVerdict = (typeof VERDICTS)[number];

export type Report = {
  schema: typeof REPORT_SCHEMA;
  /** `informationUri`: where a reader of the report learns about the tool; package.json's homepage. */
  tool: { name: string; version: string; informationUri?: string };
  /** RFC 3339, only when `--now` or SOURCE_DATE_EPOCH gives one. */
  generated?: string;
  inputs: InputSummary[];
  /** With what made the verdict. */
  summary: {
    files: number;
    bytes: number;
    records: RecordCounts;
    /** First and last event time, RFC 3339. */
    period: { from: string; until: string } | null;
    findings: {
      total: number;
      /** Of them, those that a waiver covers: they do not count for the verdict. Absent where there are none. */
      waived?: number;
      /** Of them, those that the baseline does not know. Absent where no baseline was given. */
      new?: number;
      bySeverity: Partial<Record<Severity, number>>;
      byCode: Record<string, number>;
    };
    /** Records of the streams by assurance; absent where no check looked at streams. */
    assurance?: Partial<Record<Assurance, number>>;
    verdict: ReportVerdict;
    /** How many licenses the log leaves open, whatever the verdict; absent where there are none. */
    undeterminedLicenses?: number;
  } & FailOn;
  /** When each source spoke, by name of the source. */
  activity?: SourceActivity[];
  /** Where the configuration says it. */
  keep?: KeptAges;
  streams: StreamSummary[];
  rules: RuleSummary[];
  licenses: LicenseSummary[];
  /** Where a command made the report. */
  request?: ToldRequest;
  /** The packs that were asked for, and what the logs show of their controls. */
  packs?: PackSummary[];
  controls?: ControlResult[];
  /** Where a waivers file was there. */
  waivers?: WaiverSummary;
  /** Where a baseline was given. */
  baseline?: BaselineSummary;
  /** Runs before this one, and this one last, where a history is kept: at most 400. */
  history?: RunSummary[];
  /** What the baseline that was given knows and this run did not find. */
  absent?: AbsentFinding[];
  /** What a statement tells beside, where one was asked for: no format of a report renders it. */
  figures?: LicenseFigures[];
  findings: Finding[];
  /** The words of every code that occurs: title, why, fix. */
  codes: Record<string, { title: string; why: string; fix: string; controls: string[] }>;
  notices: Notice[];
};

/** A member of `src/report/`: a pure rendering. */
export type ReportFormat = {
  name: string;
  title: string;
  render(report: Report, options: RenderOptions): string;
};

export type RenderOptions = {
  /** Whether the text may carry ANSI colors; the command line decides per stream. */
  colors: boolean;
  /** Columns of the terminal. */
  width: number;
  /** Who is going to read a SARIF log; `full` unless one is named. */
  sarifProfile?: SarifProfile;
  /** The run of Azure Pipelines that a SARIF log belongs to. */
  azurePipeline?: AzurePipeline;
  /** Told to the user beside the report: what a format had to leave out. */
  say?(text: string): void;
};

/** `full`: everything, by the standard. The others: what each of them takes and shows rightly. */
export const SARIF_PROFILES = ['full', 'github', 'gitlab', 'ado'] as const;
export type SarifProfile = (typeof SARIF_PROFILES)[number];

export type AzurePipeline = {
  definitionId: string;
  definitionName: string;
  phaseId: string;
  phaseName: string;
};
