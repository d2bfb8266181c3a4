/** A saved report, `--format json` or `ndjson`, read back, held to its schema and to itself: what is wrong is told with its place. */

import fs from 'node:fs';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { JsonArray, JsonObject, type JsonValue, parseJson } from '../base/json.ts';
import { JsonSyntaxError } from '../base/lexical.ts';
import { packageFile } from '../base/package-file.ts';
import { isPlainObject } from '../base/plain-value.ts';
import { isSystemError } from '../base/system-error.ts';
import { quote } from '../base/text-safety.ts';
import { createAjv } from '../checks/linear-ajv.ts';
import { type Contradiction, contradictionsIn } from '../model/contradictions.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { REPORT_SCHEMA, type Report } from '../model/report.ts';
import { AGE_WORDS, parseAge } from '../retention/calendar-age.ts';

/** Schema errors that are printed: a report by another tool breaks it everywhere. */
const MAX_PROBLEMS = 10;

/** @throws {ProblemsError} where it cannot be read, is no JSON, is no report of ours, or contradicts itself */
export function readReport(file: string): Report {
  return parseReport(file, readBytes(file));
}

/** `file`: the name that problems are told with. @throws {ProblemsError} as `readReport` */
export function parseReport(file: string, bytes: Buffer): Report {
  const lines = toLines(bytes);
  return lines === undefined ? readWhole(file, bytes) : readStream(file, bytes, lines);
}

function readBytes(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw wrong(file, `cannot be read: ${error.code}`);
  }
}

type Line = { start: number; end: number };

/** The lines of an NDJSON report, known by the `type` that its first line begins with; undefined for a whole report. */
function toLines(bytes: Buffer): Line[] | undefined {
  if (!/^\s*\{\s*"type"\s*:/.test(bytes.toString('latin1', 0, 100))) return undefined;
  const lines: Line[] = [];
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    if (bytes.toString('latin1', start, Math.min(end, start + 20)).trim() !== '') lines.push({ start, end });
    start = end + 1;
  }
  return lines;
}

function readWhole(file: string, bytes: Buffer): Report {
  const value = parse(file, bytes, { start: 0, end: bytes.length });
  if (!isPlainObject(value) || value.schema !== REPORT_SCHEMA) throw noReport(file, value);
  const isReport = compileSchema();
  const line = { start: 0, end: bytes.length };
  const locate: Locate = (path) => ({ path, line });
  if (isReport(value)) return heldToItself(value as Report, file, bytes, locate);
  throw toProblems(file, bytes, isReport.errors!, locate);
}

/** Findings, one a line, then the summary: the rest of the report. */
function readStream(file: string, bytes: Buffer, lines: readonly Line[]): Report {
  const values = lines.map((line) => parse(file, bytes, line));
  const last = values.pop();
  if (!isPlainObject(last) || last.type !== 'summary')
    throw wrong(file, 'the last line is no summary: expected a whole NDJSON report, which ends in one');
  const { type: _, ...rest } = last;
  if (rest.schema !== REPORT_SCHEMA) throw noReport(file, rest);
  const findings = values.map((value, index) => {
    if (isPlainObject(value) && value.type === 'finding') {
      const { type: _, ...finding } = value;
      return finding;
    }
    const { line, column } = positionOf(bytes, lines[index]!.start);
    throw wrong(file, 'expected a finding, an object with the type "finding"', line, column);
  });
  const isReport = compileSchema();
  const report = { ...rest, findings };
  const locate: Locate = (path) => {
    const [first, index, ...inFinding] = path;
    if (first !== 'findings' || index === undefined) return { path, line: lines.at(-1)! };
    return { path: inFinding, line: lines[Number(index)]! };
  };
  if (isReport(report)) return heldToItself(report as unknown as Report, file, bytes, locate);
  throw toProblems(file, bytes, isReport.errors!, locate);
}

/** An edited verdict must not be carried on: what follows from the rest of the report is made again. */
function heldToItself(report: Report, file: string, bytes: Buffer, locate: Locate): Report {
  const found = [...contradictionsIn(report), ...strangeAges(report)];
  if (found.length === 0) return report;
  throw new ProblemsError(
    found.slice(0, MAX_PROBLEMS).map(({ path, message }): Problem => {
      const place = locate(path);
      return { file, ...positionOf(bytes, offsetOf(bytes, place.line, place.path)), message };
    }),
  );
}

/** Deadlines follow from these texts: one that is no age would be no deadline, and say nothing. */
function strangeAges({ keep = {} }: Report): Contradiction[] {
  return Object.entries(keep).flatMap(([key, text]) =>
    parseAge(text) === undefined
      ? [{ path: ['keep', key], message: `keep.${key}: expected ${AGE_WORDS}, found ${quote(text)}` }]
      : [],
  );
}

function parse(file: string, bytes: Buffer, { start, end }: Line): unknown {
  try {
    // What every renderer gets are plain values: `JSON.parse` makes them ten times faster than the lossless tree.
    return JSON.parse(bytes.toString('utf8', start, end));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw wrong(file, 'is too large to be read at once');
    throw syntaxProblem(file, bytes, { start, end }, error);
  }
}

/** `JSON.parse` does not say where in words that hold from one version of Node to the next; the lossless parser does. */
function syntaxProblem(file: string, bytes: Buffer, { start, end }: Line, error: SyntaxError): ProblemsError {
  try {
    parseJson(bytes.subarray(start, end));
  } catch (found) {
    if (!(found instanceof JsonSyntaxError)) throw found;
    const { line, column } = positionOf(bytes, start + found.at);
    return wrong(file, `is no JSON: ${found.message}`, line, column);
  }
  return wrong(file, `is no JSON: ${error.message}`);
}

function noReport(file: string, value: unknown): ProblemsError {
  const found =
    isPlainObject(value) && typeof value.schema === 'string' ? `the schema ${quote(value.schema)}` : 'none';
  return wrong(
    file,
    `is no report of audit-check: expected "schema": "${REPORT_SCHEMA}", found ${found}; "verify --format json=FILE" writes one`,
  );
}

let compiled: ValidateFunction | undefined;

/** Once: it takes a tenth of a second (measured), and whoever compares reports reads two. */
function compileSchema(): ValidateFunction {
  compiled ??= compileReportSchema();
  return compiled;
}

function compileReportSchema(): ValidateFunction {
  const text = fs.readFileSync(packageFile('rules/report-v1.schema.json'), 'utf8');
  return createAjv({ allErrors: false }).compile(JSON.parse(text));
}

/** Where the value of an error lies: the line of the file that holds it, and the path within that line's value. */
type Locate = (path: string[]) => { path: string[]; line: Line };

function toProblems(
  file: string,
  bytes: Buffer,
  errors: readonly ErrorObject[],
  locate: Locate,
): ProblemsError {
  // Of an alternative, what failed deepest is what was meant.
  const deepest = Math.max(...errors.map(({ instancePath }) => depthOf(instancePath)));
  const told = errors.filter(({ instancePath }) => depthOf(instancePath) === deepest);
  return new ProblemsError(
    told.slice(0, MAX_PROBLEMS).map((error): Problem => {
      const path = error.instancePath.split('/').slice(1).map(decodePointer);
      const place = locate(path);
      const { line, column } = positionOf(bytes, offsetOf(bytes, place.line, place.path));
      return { file, line, column, message: `${nameOf(error.instancePath)}: ${describe(error)}` };
    }),
  );
}

function depthOf(pointer: string): number {
  return pointer.split('/').length;
}

function nameOf(pointer: string): string {
  return pointer === '' ? 'the report' : pointer;
}

function describe({ keyword, params, message, data }: ErrorObject): string {
  switch (keyword) {
    case 'additionalProperties':
      return `unknown key ${quote(String(params.additionalProperty))}`;
    case 'required':
      return `the key ${quote(String(params.missingProperty))} is missing`;
    case 'enum':
      return `expected one of ${params.allowedValues.join(', ')}, found ${show(data)}`;
    case 'type':
      return `expected ${[params.type].flat().join(' or ')}, found ${show(data)}`;
    default:
      return `${message ?? keyword}, found ${show(data)}`;
  }
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? quote(value) : String(value);
}

/** The byte at which the value of a path begins; of an array's scalar, that of the array. */
function offsetOf(bytes: Buffer, { start, end }: Line, path: readonly string[]): number {
  let value: JsonValue;
  try {
    value = parseJson(bytes.subarray(start, end));
  } catch {
    return start;
  }
  let offset = 0;
  for (const name of path) {
    if (value instanceof JsonObject) {
      const member = value.member(name);
      if (member === undefined) break;
      offset = member.valueStart;
      value = member.value;
    } else if (value instanceof JsonArray) {
      const element: JsonValue | undefined = value.elements[Number(name)];
      if (element === undefined) break;
      if (element instanceof JsonObject) offset = element.members[0]?.keyStart ?? offset;
      value = element;
    }
  }
  return start + offset;
}

/** Line and column, from 1, the column in bytes. */
function positionOf(bytes: Buffer, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0 && at < offset; at = bytes.indexOf(0x0a, at + 1)) {
    line++;
    lineStart = at + 1;
  }
  return { line, column: offset - lineStart + 1 };
}

function decodePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function wrong(file: string, message: string, line = 0, column = 0): ProblemsError {
  return new ProblemsError([{ file, line, column, message }]);
}
