/** What the log covers in time: as a whole, and for each step of a relation by the sources that its events came from. */
import { type Instant, NANOS_PER_SECOND } from '../base/instant.ts';
import { appliesTo } from '../match/logsource.ts';
import { latestInstant } from '../model/audit-time.ts';
import type { Coverage, Covered, ServerLogFiles, Stretch } from '../model/relation.ts';
import type { Correlation, Detection } from '../model/rule.ts';
import { UNKNOWN_SOURCE } from '../sources/mapping.ts';
import type { FilePart } from './file-part.ts';
import type { Seen } from './file-scan.ts';
import { type GrouplessSteps, toGroupless } from './groupless-events.ts';
import type { Plan } from './plan.ts';
import { runsBackward } from './record-order.ts';
import type { ScanPart } from './scan-part.ts';
import type { SegmentStreams } from './segment-streams.ts';
import { commonStretches, joinedStretches, stretchesWithout } from './stretches.ts';
import { joinSpans, lostStretches, spanStretch, type TimeSpan } from './time-span.ts';

/**
 * What a scan knows of its sources, by name: the span of each file, and how often detections held; and the events that no group
 * owns. Plain data, for other threads.
 */
export type CoveredSources = {
  spans: Record<string, TimeSpan[]>;
  /** In order: what files lack by what they say themselves, and no other file of the source has. */
  lost: Record<string, Stretch[]>;
  seen: Seen;
  groupless: GrouplessSteps;
  /** The files, by index, whose records do not run forward in time. */
  unordered: number[];
  /** By the name of a file: which server's log it is of, where there are several (`server-logs.ts`). */
  logs?: ServerLogFiles;
};

/**
 * Nanoseconds. A source that is silent from one file to the next for longer may lack a file: exports are of hours and days.
 * Within a file it may be as silent as it likes, for that was delivered in one piece.
 */
const LONGEST_SILENCE = 86_400n * NANOS_PER_SECOND;

export function toCoveredSources(
  { files, seen, groupless }: ScanPart,
  streams: SegmentStreams,
): CoveredSources {
  const spans: Record<string, TimeSpan[]> = Object.create(null);
  const ofFiles = new Map<number, TimeSpan>();
  for (const { fileIndex, source, span } of files) {
    if (span === null) continue;
    // Segments of one file are no files: it may have been silent where one ends.
    const first = streams.firstOf(fileIndex);
    const known = ofFiles.get(first);
    if (known !== undefined) joinSpans(known, span);
    else {
      ofFiles.set(first, { ...span });
      spans[source ?? ''] ??= [];
      spans[source ?? '']!.push(ofFiles.get(first)!);
    }
  }
  const unordered = files.flatMap(({ fileIndex, order }) =>
    order !== null && runsBackward(order) ? [fileIndex] : [],
  );
  return { spans, lost: lostBySource(files), seen, groupless, unordered };
}

function lostBySource(files: readonly FilePart[]): CoveredSources['lost'] {
  const lost: CoveredSources['lost'] = Object.create(null);
  for (const source of new Set(files.map((file) => (file.tally.lost === undefined ? null : file.source)))) {
    if (source === null) continue;
    const own = files.filter((file) => file.source === source);
    const gone = own.flatMap(({ tally }) => lostStretches(tally.lost ?? []));
    const there = own.flatMap(({ span, tally }) =>
      span === null ? [] : stretchesWithout([spanStretch(span)], lostStretches(tally.lost ?? [])),
    );
    lost[source] = stretchesWithout(joinedStretches(gone), joinedStretches(there));
  }
  return lost;
}

export class LogCoverage {
  readonly whole: Stretch | undefined;
  readonly sources: CoveredSources;
  private readonly all: Covered | undefined;
  private readonly lost: readonly Stretch[];
  private readonly plan: Plan;
  /** No log covers what has not happened, whatever its records say. */
  private readonly latest: Instant | undefined;
  /** In order, apart from each other. */
  private readonly bySource: ReadonlyMap<string, readonly Stretch[]>;
  private readonly byRule = new Map<string, readonly Stretch[]>();
  private readonly byRelation = new Map<number, Coverage>();
  private readonly detections: ReadonlyMap<string, Detection>;
  private readonly correlations: ReadonlyMap<string, Correlation>;

  constructor(plan: Plan, sources: CoveredSources) {
    this.plan = plan;
    this.sources = sources;
    this.latest = latestInstant(plan.request);
    this.bySource = new Map(
      Object.entries(sources.spans).map(([source, spans]) => [
        source,
        stretchesUntil(
          stretchesWithout(
            joinedStretches(spans.map(spanStretch), LONGEST_SILENCE),
            sources.lost[source] ?? [],
          ),
          this.latest,
        ),
      ]),
    );
    this.all = toCovered(joinedStretches([...this.bySource.values()].flat()));
    this.whole = this.all && { from: this.all.from, until: this.all.until };
    this.lost = joinedStretches(Object.values(sources.lost).flat());
    this.detections = new Map(plan.detections.map((detection) => [detection.id, detection]));
    this.correlations = new Map(
      plan.request.rules.rules.flatMap((rule) => (rule.kind === 'correlation' ? [[rule.id, rule]] : [])),
    );
  }

  of(relation: number): Coverage {
    const { whole } = this;
    if (whole === undefined) return undefined;
    let coverage = this.byRelation.get(relation);
    if (coverage === undefined) {
      const { inputs, isOfItsSources } = this.plan.relations[relation]!.relation;
      const steps = this.sources.groupless[relation]!;
      const own = isOfItsSources && this.ofSpeakers(inputs.map(({ detection }) => detection));
      const lost = this.lostIn(own || this.all);
      coverage = {
        ...(own || whole),
        ...(lost.length > 0 && { lost }),
        ...(this.latest !== undefined && { latest: this.latest }),
        ...(this.sources.logs !== undefined && { logs: this.sources.logs }),
        steps: inputs.map(({ detection }, step) => {
          const covered = toCovered(this.ofRule(detection));
          const groupless = toGroupless(steps[step]!);
          return covered && groupless ? { ...covered, groupless } : covered;
        }),
      };
      this.byRelation.set(relation, coverage);
    }
    return coverage;
  }

  /**
   * By the name of a source: what it covers, and where no file of it speaks for over a day, in order; without what a log says itself
   * that it lacks.
   */
  silences(): ReadonlyMap<string, { covered: readonly Stretch[]; silences: readonly Stretch[] }> {
    return new Map(
      [...this.bySource].map(([source, covered]) => [
        source,
        {
          covered,
          silences: stretchesWithout(toCovered(covered)?.holes ?? [], this.sources.lost[source] ?? []),
        },
      ]),
    );
  }

  private lostIn(covered: Covered | undefined): Stretch[] {
    // A hole ends beside what it lies between, what is lost at it.
    const holes = covered?.holes?.map(({ from, until }) => ({ from: from - 1n, until: until + 1n })) ?? [];
    return commonStretches(holes, this.lost);
  }

  /** The sources that any of these events came from; undefined where none came. */
  private ofSpeakers(detections: readonly string[]): Covered | undefined {
    const indexes = new Set(detections.map((id) => this.plan.detections.findIndex((each) => each.id === id)));
    const speakers = [...this.bySource].filter(([source]) =>
      [...indexes].some((index) => this.hasSeen(source, index)),
    );
    return toCovered(joinedStretches(speakers.flatMap(([, stretches]) => stretches)));
  }

  private hasSeen(source: string, detection: number): boolean {
    return (this.sources.seen[source]?.[detection] ?? 0) > 0;
  }

  private ofRule(id: string): readonly Stretch[] {
    let covered = this.byRule.get(id);
    if (covered === undefined) {
      // A circle is refused when rules are linked; should one slip through, it covers nothing.
      this.byRule.set(id, []);
      const detection = this.detections.get(id);
      const chained = this.correlations.get(id);
      covered =
        detection === undefined ? chained && this.ofCorrelation(chained) : this.ofDetection(detection);
      covered ??= [];
      this.byRule.set(id, covered);
    }
    return covered;
  }

  /** What a correlation finds takes up to its timespan: where the log begins, and after each hole, it may have begun before. */
  private ofCorrelation({ rules, timespan = 0n }: Correlation): Stretch[] {
    const [first = [], ...others] = rules.map((rule) => this.ofRule(rule));
    const common = others.reduce<readonly Stretch[]>(commonStretches, first);
    return common.flatMap(({ from, until }) =>
      from + timespan <= until ? [{ from: from + timespan, until }] : [],
    );
  }

  /**
   * The sources that such events come from, as far as the log shows: an approval that stands in one log is missing where
   * that log ends, however far the others go on. Where none ever came, all that they could come from.
   */
  private ofDetection(detection: Detection): Stretch[] {
    const sources = [...this.bySource.keys()].filter((source) => {
      const mapping = this.plan.mappings.find(({ name }) => name === source) ?? UNKNOWN_SOURCE;
      return appliesTo(detection, mapping.logsource);
    });
    const index = this.plan.detections.indexOf(detection);
    const spoke = sources.filter((source) => this.hasSeen(source, index));
    const chosen = spoke.length > 0 ? spoke : sources;
    return joinedStretches(chosen.flatMap((source) => this.bySource.get(source)!));
  }
}

/** From the begin of the first to the end of the last, with what lies between them as holes. */
function toCovered(stretches: readonly Stretch[]): Covered | undefined {
  const [first] = stretches;
  if (first === undefined) return undefined;
  const holes = stretches.slice(1).map(({ from }, index) => ({
    from: stretches[index]!.until + 1n,
    until: from - 1n,
  }));
  return { from: first.from, until: stretches.at(-1)!.until, ...(holes.length > 0 && { holes }) };
}

function stretchesUntil(stretches: readonly Stretch[], latest: Instant | undefined): readonly Stretch[] {
  if (latest === undefined) return stretches;
  return stretches.flatMap(({ from, until }) =>
    from > latest ? [] : [{ from, until: until < latest ? until : latest }],
  );
}
