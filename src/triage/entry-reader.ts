/** One entry of a waivers file: read whole, with everything that is wrong with it. */

import { compileGlob } from '../base/glob.ts';
import { personKey } from '../base/person-key.ts';
import { count, quote } from '../base/text-safety.ts';
import { describe, ShapeReader } from '../base/yaml-shape.ts';
import type { YamlMap, YamlMistake } from '../base/yaml-tree.ts';
import { refuseOthers } from '../match/parse-governance.ts';
import { type Day, formatDay, parseDay } from './day.ts';
import type { SourceLines } from './source-lines.ts';
import { type Coverage, type Grant, MATCH_KEYS, type WaiverEntry, type WaiverPolicy } from './waiver-file.ts';

const KEYS = [
  'id',
  'rule',
  'match',
  'reason',
  'owner',
  'ticket',
  'created',
  'expires',
  'approvedBy',
  'maxCount',
];

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** As `toFingerprint` makes them. */
const FINGERPRINT = /^[0-9a-f]{32}$/;
/** Wildcards alone. */
const EVERYTHING = /^[*?]+$/;

export class EntryReader {
  private readonly reader: ShapeReader;
  private readonly mistakes: YamlMistake[] = [];
  private readonly lines: SourceLines;
  private readonly policy: WaiverPolicy;
  private readonly asOf: Day;

  constructor(file: string, map: YamlMap, lines: SourceLines, policy: WaiverPolicy, asOf: Day) {
    this.reader = new ShapeReader(file, map, this.mistakes);
    this.lines = lines;
    this.policy = policy;
    this.asOf = asOf;
  }

  /** `number`: its position in the file, from 1. */
  read(number: number): WaiverEntry {
    const { map } = this.reader;
    refuseOthers(this.reader, 'a waiver', KEYS);
    const id = this.readId() ?? `#${number}`;
    const covers = this.readCoverage();
    const grant = this.readGrant();
    const flaws = this.mistakes.map((mistake) => ({
      message: mistake.message,
      place: this.lines.placeOf(mistake),
      excerpt: this.lines.excerptOf(mistake),
    }));
    return {
      id,
      place: this.lines.placeOf(map),
      ...(covers !== undefined && { covers }),
      ...(grant !== undefined && flaws.length === 0 && { grant }),
      flaws,
    };
  }

  private readId(): string | undefined {
    const id = this.needed('id', 'a name of its own, such as W-12');
    if (id === undefined || ID.test(id)) return id;
    return this.wrong('id', `must be at most 64 letters, digits, ".", "_" and "-", found ${quote(id)}`);
  }

  private readCoverage(): Coverage | undefined {
    const rules = this.reader.texts('rule');
    if (rules.length === 0 || rules.includes('')) {
      this.missing('rule', 'the rule or code that it is for');
      return undefined;
    }
    const match = this.readMatch();
    if (match === undefined) return undefined;
    const isNarrow = match.some(({ patterns }) => !patterns.some((pattern) => EVERYTHING.test(pattern)));
    if (!isNarrow && rules.some((rule) => EVERYTHING.test(rule))) {
      this.wrong('rule', `covers everything: name a rule, or what to match by ${MATCH_KEYS.join(', ')}`);
      return undefined;
    }
    this.refuseProtected(rules);
    return { rules, match };
  }

  /** Undefined where it is not sure what was to be matched: less would cover more. */
  private readMatch(): Coverage['match'] | undefined {
    const before = this.mistakes.length;
    const node = this.reader.get('match');
    const shape = this.reader.shape('match');
    const isEmpty = node !== undefined && (shape === undefined || shape.map.entries.length === 0);
    if (isEmpty && this.mistakes.length === before)
      this.wrong('match', `is empty: name what to match by ${MATCH_KEYS.join(', ')}, or leave it out`);
    if (shape === undefined || isEmpty) return this.mistakes.length > before ? undefined : [];
    refuseOthers(shape, 'match', MATCH_KEYS);
    const match = MATCH_KEYS.flatMap((key) => {
      const node = shape.get(key);
      if (node === undefined) return [];
      const patterns = shape.texts(key);
      if (patterns.length === 0 || patterns.includes(''))
        shape.problem(node, `${quote(key)} must hold a text, found ${describe(node)}`);
      const odd = key === 'fingerprint' ? patterns.find((text) => !FINGERPRINT.test(text)) : undefined;
      if (odd !== undefined)
        shape.problem(
          node,
          `"fingerprint" must be 32 digits 0-9 and a-f, as reports show it, found ${quote(odd)}`,
        );
      return [{ key, patterns }];
    });
    return this.mistakes.length > before ? undefined : match;
  }

  private refuseProtected(rules: readonly string[]): void {
    for (const guarded of this.policy.protected) {
      const rule = rules.find((each) => compileGlob(guarded)(each));
      if (rule !== undefined) this.wrong('rule', `must name no protected rule, found ${quote(rule)}`);
    }
  }

  private readGrant(): Grant | undefined {
    const reason = this.readReason();
    const owner = this.needed('owner', 'who answers for it');
    const ticket = this.reader.text('ticket')?.trim();
    const approvedBy = this.reader.text('approvedBy')?.trim();
    if (owner !== undefined && approvedBy !== undefined && personKey(approvedBy) === personKey(owner))
      this.wrong('approvedBy', `must be another than the owner, found ${quote(approvedBy)} as both`);
    const expires = this.readExpires();
    const maxCount = this.readMaxCount();
    this.checkAge(expires);
    if (reason === undefined || owner === undefined || expires === undefined) return undefined;
    return {
      owner,
      reason,
      ...(ticket !== undefined && { ticket }),
      ...(approvedBy !== undefined && { approvedBy }),
      expires,
      ...(maxCount !== undefined && { maxCount }),
    };
  }

  private readMaxCount(): number | undefined {
    const node = this.reader.get('maxCount');
    if (node === undefined) return undefined;
    if (node.kind === 'number' && /^[1-9]\d{0,14}$/.test(node.lexeme)) return Number(node.lexeme);
    return this.wrong('maxCount', `must be a whole number from 1 on, found ${describe(node)}`);
  }

  private readReason(): string | undefined {
    const reason = this.needed('reason', 'why the finding is accepted');
    const { minReason } = this.policy;
    if (reason !== undefined && reason.length < minReason)
      this.wrong(
        'reason',
        `must say why in ${count(minReason, 'character')} or more, found ${quote(reason)}`,
      );
    if (reason !== undefined && !/\p{L}/u.test(reason))
      this.wrong('reason', `must say why in words, found ${quote(reason)}`);
    return reason;
  }

  private readExpires(): Day | undefined {
    return this.needed('expires', 'the last day on which it holds') === undefined
      ? undefined
      : this.readDay('expires');
  }

  private readDay(key: string): Day | undefined {
    const text = this.reader.text(key);
    const day = text === undefined ? undefined : parseDay(text);
    if (text !== undefined && day === undefined)
      this.wrong(key, `must be a day such as 2025-12-31, found ${quote(text)}`);
    return day;
  }

  /** A waiver that was "created" tomorrow, or without a day, could be made as long as one likes. */
  private checkAge(expires: Day | undefined): void {
    const created = this.readDay('created');
    const { maxAge } = this.policy;
    if (created === undefined) {
      if (maxAge !== undefined && this.reader.get('created') === undefined)
        this.missing('created', 'the day it was granted, for the policy limits its age');
      return;
    }
    if (created > this.asOf)
      this.wrong(
        'created',
        `lies in the future: ${formatDay(created)}, judged as of ${formatDay(this.asOf)}`,
      );
    if (expires === undefined) return;
    if (created > expires) this.wrong('created', `must not lie after "expires", found ${formatDay(created)}`);
    else if (maxAge !== undefined && expires - created > maxAge)
      this.wrong(
        'expires',
        `must lie within ${count(maxAge, 'day')} of "created", found ${count(expires - created, 'day')}`,
      );
  }

  /** The text of a key that must be there. */
  private needed(key: string, what: string): string | undefined {
    const before = this.mistakes.length;
    const text = this.reader.text(key)?.trim();
    if (text !== undefined && text !== '') return text;
    if (this.mistakes.length === before) this.missing(key, what);
    return undefined;
  }

  private missing(key: string, what: string): void {
    this.reader.problem(this.reader.map, `a waiver needs ${quote(key)}: ${what}`);
  }

  private wrong(key: string, message: string): undefined {
    const node = this.reader.get(key) ?? this.reader.map;
    this.reader.problem(node, `${quote(key)} ${message}`);
    return undefined;
  }
}
