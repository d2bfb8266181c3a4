/** What is wrong with the input itself, in words: the findings of reading, for one file at a time. */
import { count, quote } from '../base/text-safety.ts';
import { type Finding, type FindingKind, toFingerprint } from '../model/finding.ts';
import { MAX_RELATED } from '../model/relation.ts';
import type { Malformed } from './records.ts';

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
    code: 'unreadable-input',
    severity: 'high',
    title: 'input could not be read',
    why: 'A file that was not read was not audited.',
    fix: 'Give the auditing user read access, or name the files to leave out.',
  },
  {
    code: 'unsupported-input',
    severity: 'medium',
    title: 'input in a form that is not read',
    why: 'The file may hold records, and none of them was audited.',
    fix: 'Unpack or export it as NDJSON, or leave it out with --exclude.',
  },
  {
    code: 'empty-input',
    severity: 'medium',
    title: 'empty input',
    why: 'An empty log proves nothing: a writer that stopped looks the same as a quiet day.',
    fix: 'Find out whether the source was silent or its log was lost; leave the file out with --exclude.',
  },
  {
    code: 'unread-member',
    severity: 'medium',
    title: 'data beside the records of an export',
    why: 'What stands beside the array of records is no record and was not audited; events can be hidden there.',
    fix: 'Look at the member that is named; if it holds events, export them as records.',
  },
  {
    code: 'unknown-source',
    severity: 'medium',
    title: 'source not recognized',
    why: 'Without a mapping nobody knows which field is the actor or the time, so completeness and policy stay unjudged.',
    fix: 'Name the source with --source, or write a mapping for it (docs/adding.md); "audit-check sources test FILE" shows what was tried.',
  },
] as const satisfies readonly FindingKind[];

export type InputCode = (typeof INPUT_FINDINGS)[number]['code'];

/** A finding about a whole file. `verdict` is undetermined throughout: what was not read may be fine. */
export function inputFinding(code: InputCode, file: string, message: string): Finding {
  const { severity } = INPUT_FINDINGS.find((kind) => kind.code === code)!;
  const verdict = code === 'malformed-record' ? 'violation' : 'undetermined';
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

/** The malformed stretches of one file: neighbours become one episode, and a file of nonsense does not become a flood. */
export class MalformedEpisodes {
  private readonly file: string;
  private readonly episodes: { first: Malformed; lines: number; related: Malformed[]; nextLine: number }[] =
    [];
  private beyond: { first: Malformed; stretches: number } | undefined;
  /** Stretches in all. */
  count = 0;

  constructor(file: string) {
    this.file = file;
  }

  add(stretch: Malformed): void {
    this.count++;
    const last = this.episodes.at(-1);
    if (this.beyond === undefined && last !== undefined && stretch.line <= last.nextLine) {
      last.lines++;
      last.nextLine = stretch.line + 1;
      if (last.related.length < MAX_RELATED) last.related.push(stretch);
    } else if (this.episodes.length < MAX_EPISODES) {
      this.episodes.push({ first: stretch, lines: 1, related: [], nextLine: stretch.line + 1 });
    } else {
      this.beyond ??= { first: stretch, stretches: 0 };
      this.beyond.stretches++;
    }
  }

  findings(): Finding[] {
    const findings = this.episodes.map(({ first, lines, related }) => {
      const code: InputCode = first.truncated ? 'truncated-input' : 'malformed-record';
      const more = lines > 1 ? `, and ${count(lines - 1, 'more malformed record')} behind it` : '';
      const finding = this.finding(
        code,
        first,
        `expected ${first.expected}, found ${first.found}${more}`,
        lines,
      );
      return related.length === 0
        ? finding
        : { ...finding, related: related.map((each) => this.place(each)) };
    });
    if (this.beyond !== undefined) {
      const { first, stretches } = this.beyond;
      const message = `${count(stretches, 'more malformed record')} in ${quote(this.file)}, from here on`;
      findings.push(this.finding('malformed-record', first, message, stretches));
    }
    return findings;
  }

  private place(stretch: Malformed) {
    return { file: this.file, line: stretch.line, offset: stretch.offset, length: stretch.length };
  }

  private finding(code: InputCode, stretch: Malformed, message: string, records: number): Finding {
    return {
      ...inputFinding(code, this.file, message),
      place: this.place(stretch),
      ...(records > 1 && { count: records }),
      ...(stretch.excerpt && { excerpt: stretch.excerpt }),
      fingerprint: toFingerprint(code, this.file, message, stretch.excerpt?.text ?? ''),
    };
  }
}
