/** What the log covers in time: as a whole, and for each step of a relation by the sources that its detection runs on. */
import { type Instant, NANOS_PER_MS } from '../base/instant.ts';
import { appliesTo } from '../match/logsource.ts';
import type { Coverage, Stretch } from '../model/relation.ts';
import type { Correlation, Detection } from '../model/rule.ts';
import { UNKNOWN_SOURCE } from '../sources/mapping.ts';
import type { Seen, Spans, TimeSpan } from './file-scan.ts';
import type { Plan } from './plan.ts';

/** What a scan knows of its sources. */
export type CoveredSources = { spans: Spans; seen: Seen };

export class LogCoverage {
  readonly whole: Stretch | undefined;
  /** What it was made of: plain data, for other threads. */
  readonly sources: CoveredSources;
  private readonly plan: Plan;
  private readonly bySource: ReadonlyMap<string, Stretch>;
  private readonly byRule = new Map<string, Stretch | undefined>();
  private readonly byRelation = new Map<number, Coverage>();
  private readonly detections: ReadonlyMap<string, Detection>;
  private readonly correlations: ReadonlyMap<string, Correlation>;

  constructor(plan: Plan, { spans, seen }: CoveredSources) {
    this.plan = plan;
    this.sources = { spans, seen };
    this.bySource = new Map(Object.entries(spans).map(([source, span]) => [source, toStretch(span)]));
    this.whole = hull([...this.bySource.values()]);
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
      const { inputs } = this.plan.relations[relation]!.relation;
      coverage = { ...whole, steps: inputs.map(({ detection }) => this.ofRule(detection)) };
      this.byRelation.set(relation, coverage);
    }
    return coverage;
  }

  private ofRule(id: string): Stretch | undefined {
    if (!this.byRule.has(id)) {
      // A circle is refused when rules are linked; should one slip through, it covers nothing.
      this.byRule.set(id, undefined);
      const detection = this.detections.get(id);
      const chained = this.correlations.get(id);
      if (detection !== undefined) this.byRule.set(id, hull(this.stretchesFor(detection)));
      else if (chained !== undefined)
        this.byRule.set(id, beyondBegin(common(chained.rules.map((rule) => this.ofRule(rule))), chained));
    }
    return this.byRule.get(id);
  }

  /**
   * The sources that such events come from, as far as the log shows: an approval that stands in one log is missing where
   * that log ends, however far the others go on. Where none ever came, all that they could come from.
   */
  private stretchesFor(detection: Detection): Stretch[] {
    const sources = [...this.bySource.keys()].filter((source) => {
      const mapping = this.plan.mappings.find(({ name }) => name === source) ?? UNKNOWN_SOURCE;
      return appliesTo(detection, mapping.logsource);
    });
    const index = this.plan.detections.indexOf(detection);
    const spoke = sources.filter((source) => this.sources.seen[source]?.[index] === 1);
    return (spoke.length > 0 ? spoke : sources).map((source) => this.bySource.get(source)!);
  }
}

/** What a correlation finds takes up to its timespan: in the first of the log it may have begun before. */
function beyondBegin(stretch: Stretch | undefined, { timespan = 0n }: Correlation): Stretch | undefined {
  if (stretch === undefined) return undefined;
  const from = stretch.from + timespan;
  return from <= stretch.until ? { from, until: stretch.until } : undefined;
}

function toStretch({ fromMs, fromNanos, untilMs, untilNanos }: TimeSpan): Stretch {
  const toInstant = (ms: number, nanos: number): Instant => BigInt(ms) * NANOS_PER_MS + BigInt(nanos);
  return { from: toInstant(fromMs, fromNanos), until: toInstant(untilMs, untilNanos) };
}

function hull(stretches: readonly Stretch[]): Stretch | undefined {
  return stretches.reduce<Stretch | undefined>(
    (all, { from, until }) =>
      all === undefined
        ? { from, until }
        : { from: from < all.from ? from : all.from, until: until > all.until ? until : all.until },
    undefined,
  );
}

/** Where all of them cover; undefined where one of them covers nothing. */
function common(stretches: readonly (Stretch | undefined)[]): Stretch | undefined {
  const [first, ...others] = stretches;
  const all = others.reduce<Stretch | undefined>((shared, stretch) => {
    if (shared === undefined || stretch === undefined) return undefined;
    return {
      from: stretch.from > shared.from ? stretch.from : shared.from,
      until: stretch.until < shared.until ? stretch.until : shared.until,
    };
  }, first);
  return all !== undefined && all.from <= all.until ? all : undefined;
}
