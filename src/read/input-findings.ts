/** What is wrong with the input itself, in words: the findings of reading, for one file at a time. */
import { count, quote } from '../base/text-safety.ts';
import { type Finding, type FindingKind, toFingerprint } from '../model/finding.ts';
import { MAX_RELATED } from '../model/relation.ts';
import type { Malformed } from './record-sink.ts';
import { addUnknown, mergeUnknown, type UnknownLines, unknownWords } from './unknown-lines.ts';

/** The name under which reading speaks, beside the checks. */
export const INPUT = 'input';

export const INPUT_FINDINGS = [
  {
    code: 'malformed-record',
    severity: 'high',
    title: 'malformed record',
    why: 'A record that cannot be read cannot be audited: it may have been cut, mixed with another, or altered.',
    fix: 'Export the log again, or repair the writer; the record stays unaudited until then.',
    controls: ['pci-dss-4:10.3.2', 'nist-800-53r5:AU-10'],
  },
  {
    code: 'unknown-lines',
    severity: 'informational',
    title: 'lines that were not understood',
    why: 'Most of what a server writes is no record. What it says in words that nobody knows may be one, or what is left of one.',
    fix: 'Look at the lines that are named: they may stay as they are, unless they tell of use.',
  },
  {
    code: 'truncated-input',
    severity: 'high',
    title: 'input ends too early',
    why: 'What lies behind the cut was not audited, and a cut is what a careless deletion leaves behind.',
    fix: 'Fetch the file again from its origin and compare sizes.',
  },
  {
    code: 'trailing-garbage',
    severity: 'high',
    title: 'data after the end of the compressed stream',
    why: 'Bytes that a decompressor ignores can hide records from one reader and show them to another.',
    fix: 'Fetch the file again from its origin; do not append to compressed files.',
  },
  {
    code: 'corrupt-input',
    severity: 'high',
    title: 'damaged compressed data',
    why: 'What lies behind the damage was not audited.',
    fix: 'Fetch the file again from its origin.',
  },
  {
    code: 'decompression-limit',
    severity: 'high',
    title: 'decompression stopped at its limit',
    why: 'A small file that decodes to a huge one is an attack on the reader more often than a log.',
    fix: 'If the file is genuine, raise "limits.inflation" or "limits.decodedBytes" in audit-check.yaml.',
  },
  {
    code: 'changed-input',
    severity: 'high',
    title: 'input changed while it was read',
    why: 'What was audited is neither the file as it was nor as it is now, and its digest vouches for something else.',
    fix: 'Audit a copy that nobody writes to, or wait until the writer is done.',
    controls: ['pci-dss-4:10.3.2', 'nist-800-53r5:AU-9'],
  },
  {
    code: 'unreadable-input',
    severity: 'high',
    title: 'input could not be read',
    why: 'A file that was not read was not audited.',
    fix: 'Permission denied: run the audit as a user who may read it, or give this user read access. A link that leads nowhere: bring back what it names. A disk or share that fails: fetch the file from its origin.',
  },
  {
    code: 'unsupported-input',
    severity: 'medium',
    title: 'input in a form that is not read',
    why: 'The file may hold records, and none of them was audited.',
    fix: 'Unpack it, or export it as NDJSON. Leave it out with --exclude only where it is known to hold no records.',
  },
  {
    code: 'encrypted-input',
    severity: 'medium',
    title: 'encrypted input',
    why: 'What cannot be read was not audited; of an encrypted segment only its stored bytes were compared with their digest.',
    fix: 'Name the file of an age identity that may read it with --identity, or have somebody audit it who has one.',
  },
  {
    code: 'empty-input',
    severity: 'medium',
    title: 'empty input',
    why: 'An empty log proves nothing: a writer that stopped looks the same as a quiet day.',
    fix: 'Find out whether the source was silent or its log was lost; leave the file out with --exclude.',
  },
  {
    code: 'crowded-record',
    severity: 'medium',
    title: 'record that tells of too many things',
    why: 'Rules are asked of each thing that a record tells of, by the elements of its lists. Of this one there are more than can be: what it tells may be hidden among them.',
    fix: 'Look at the record; have its writer make a record of each thing.',
  },
  {
    code: 'unread-member',
    severity: 'medium',
    title: 'data beside the records of an export',
    why: 'What stands beside the array of records is no record and was not audited; events can be hidden there.',
    fix: 'Look at the member that is named; if it holds events, export them as records.',
  },
  {
    code: 'repeated-member',
    severity: 'medium',
    title: 'records of an export in two members of one name',
    why: 'Most readers know only the last member of a name: they see other records than were audited, and an export is not written like that.',
    fix: 'Fetch the file again from its origin; find out who joined or changed it.',
    controls: ['pci-dss-4:10.3.2', 'nist-800-53r5:AU-10'],
  },
  {
    code: 'unknown-source',
    severity: 'medium',
    title: 'source not recognized',
    why: 'Without a mapping nobody knows which field is the actor or the time, so completeness and policy stay unjudged.',
    fix: 'Name the source with --source, or write a mapping for it: "audit-check sources suggest FILE" begins one, "audit-check sources test FILE" shows what was tried.',
  },
  {
    code: 'unconfirmed-mapping',
    severity: 'medium',
    title: 'mapping that nobody has confirmed',
    why: 'Which field is the actor, the action, the outcome was guessed from names and values. A wrong guess makes rules look at the wrong field, and find nothing.',
    fix: 'Read the mapping beside "audit-check sources test FILE", correct it, then take "suggested: true" out of it.',
  },
] as const satisfies readonly FindingKind[];

export type InputCode = (typeof INPUT_FINDINGS)[number]['code'];

/** Of what was read; what was not read may be fine. */
const PROVEN: readonly InputCode[] = ['malformed-record', 'repeated-member'];

/** A finding about a whole file. */
export function inputFinding(code: InputCode, file: string, message: string): Finding {
  const { severity } = INPUT_FINDINGS.find((kind) => kind.code === code)!;
  const verdict = PROVEN.includes(code) ? 'violation' : 'undetermined';
  const place = { file, line: 1, offset: 0, length: 0 };
  return {
    rule: INPUT,
    code,
    severity,
    verdict,
    place,
    message,
    fingerprint: toFingerprint(code, file, message),
  };
}

/** Episodes kept for one file; beyond, they are counted in one more finding. */
const MAX_EPISODES = 20;

type Episode = { first: Malformed; lines: number; related: Malformed[]; nextLine: number };

/**
 * The malformed stretches of one file: neighbours become one episode, and a file of nonsense does not become a flood.
 * A mergeable fold, plain data; `count`: stretches in all.
 */
export type MalformedEpisodes = {
  count: number;
  episodes: Episode[];
  beyond: { first: Malformed; stretches: number } | null;
  /** Not among them, and not counted with them: lines that were not understood. */
  unknown?: UnknownLines;
};

export function startEpisodes(): MalformedEpisodes {
  return { count: 0, episodes: [], beyond: null };
}

export function addMalformed(state: MalformedEpisodes, stretch: Malformed): void {
  if (stretch.unknownForm !== undefined) {
    state.unknown = addUnknown(state.unknown, stretch.unknownForm, stretch);
    return;
  }
  state.count++;
  addEpisode(state, { first: stretch, lines: 1, related: [], nextLine: stretch.line + 1 });
}

/** `right` began where `left` ended; changes and returns `left`. */
export function mergeEpisodes(left: MalformedEpisodes, right: MalformedEpisodes): MalformedEpisodes {
  left.count += right.count;
  for (const episode of right.episodes) addEpisode(left, episode);
  if (right.beyond !== null) addBeyond(left, right.beyond.first, right.beyond.stretches);
  const unknown = mergeUnknown(left.unknown, right.unknown);
  if (unknown !== undefined) left.unknown = unknown;
  return left;
}

function addEpisode(state: MalformedEpisodes, episode: Episode): void {
  const last = state.episodes.at(-1);
  if (state.beyond === null && last !== undefined && episode.first.line <= last.nextLine) {
    last.lines += episode.lines;
    last.nextLine = episode.nextLine;
    const room = MAX_RELATED - last.related.length;
    last.related.push(...[episode.first, ...episode.related].slice(0, room));
  } else if (state.beyond === null && state.episodes.length < MAX_EPISODES) state.episodes.push(episode);
  else addBeyond(state, episode.first, episode.lines);
}

function addBeyond(state: MalformedEpisodes, first: Malformed, stretches: number): void {
  state.beyond ??= { first, stretches: 0 };
  state.beyond.stretches += stretches;
}

export function malformedFindings(file: string, { episodes, beyond, unknown }: MalformedEpisodes): Finding[] {
  const findings: Finding[] = episodes.map(({ first, lines, related }) => {
    const code: InputCode = first.truncated ? 'truncated-input' : 'malformed-record';
    const more = lines > 1 ? `, and ${count(lines - 1, 'more malformed record')} behind it` : '';
    const message = `expected ${first.expected}, found ${first.found}${more}`;
    const finding = malformedFinding(code, file, first, message, lines);
    return related.length === 0
      ? finding
      : { ...finding, related: related.map((each) => placeOf(file, each)) };
  });
  if (beyond !== null) {
    const { first, stretches } = beyond;
    const message = `${count(stretches, 'more malformed record')} in ${quote(file)}, from here on`;
    findings.push(malformedFinding('malformed-record', file, first, message, stretches));
  }
  if (unknown !== undefined) findings.push(unknownFinding(file, unknown));
  return findings;
}

function unknownFinding(file: string, unknown: UnknownLines): Finding {
  const { message, places } = unknownWords(unknown);
  const [place, ...related] = places.slice(0, 1 + MAX_RELATED).map((each) => ({ file, ...each }));
  return {
    ...inputFinding('unknown-lines', file, message),
    place: place!,
    ...(related.length > 0 && { related }),
    ...(unknown.lines > 1 && { count: unknown.lines }),
  };
}

function placeOf(file: string, { line, offset, length }: Malformed) {
  return { file, line, offset, length };
}

function malformedFinding(
  code: InputCode,
  file: string,
  stretch: Malformed,
  message: string,
  records: number,
): Finding {
  return {
    ...inputFinding(code, file, message),
    place: placeOf(file, stretch),
    ...(records > 1 && { count: records }),
    ...(stretch.excerpt && { excerpt: stretch.excerpt }),
    fingerprint: toFingerprint(code, file, message, stretch.excerpt?.text ?? ''),
  };
}
