/** Exports of which every page says that more pages follow: the last one is not among the files of the run. */
import { groupBy } from '../base/group-by.ts';
import { compareText, count, quote } from '../base/text-safety.ts';
import type { Notice } from '../model/report.ts';
import type { MoreSign } from '../read/page-signs.ts';
import type { Page } from '../read/record-sink.ts';

/** What the documents of a file say that wrap its records, or those of a stretch of it: plain data that merges. */
export type PagesRead = {
  /** The keys to the records, joined by dots. */
  wrapper: string;
  /** Whether one of them says of nothing that it follows. */
  hasLast: boolean;
  /** The first that says so of the others. */
  more: MoreSign | null;
};

export function readPage(known: PagesRead | null, { wrapper, more }: Page): PagesRead {
  const page = { wrapper: wrapper.join('.'), hasLast: more === undefined, more: more ?? null };
  return mergePages(known, page)!;
}

/** `right` began where `left` ended, in the same file; changes and returns one of them. */
export function mergePages(left: PagesRead | null, right: PagesRead | null): PagesRead | null {
  if (left === null || right === null) return left ?? right;
  left.hasLast ||= right.hasLast;
  left.more ??= right.more;
  return left;
}

export type PagedFile = { file: string; source: string | null; records: number; pages: PagesRead | null };

/** Files of one source, by name, each of which says that more follow. */
export type OpenExport<File extends PagedFile = PagedFile> = { source: string | null; files: File[] };

/** How the pages of two exports of one source are told apart is unknown: one last page speaks for all of them. */
export function findOpenExports<File extends PagedFile>(files: readonly File[]): OpenExport<File>[] {
  const paged = files.filter(({ pages }) => pages !== null);
  const byWrapper = groupBy(paged, ({ pages }) => pages!.wrapper);
  return [...byWrapper.values()]
    .flatMap(openExportsOf)
    .sort((a, b) => compareText(a.source ?? '', b.source ?? '') || compareFiles(a.files[0]!, b.files[0]!));
}

/** A page without records does not tell its source: as the last one it is of whatever export has its form. */
function openExportsOf<File extends PagedFile>(files: File[]): OpenExport<File>[] {
  const empty = files.filter(isEmpty);
  if (empty.some(isLast)) return [];
  const told = files.filter((file) => !isEmpty(file));
  const exports = groupBy(told.length > 0 ? told : empty, ({ source }) => source);
  return [...exports].flatMap(([source, members]) =>
    members.some(isLast) ? [] : [{ source, files: members.toSorted(compareFiles) }],
  );
}

function isEmpty({ source, records }: PagedFile): boolean {
  return source === null && records === 0;
}

function isLast({ pages }: PagedFile): boolean {
  return pages!.hasLast;
}

function compareFiles(a: PagedFile, b: PagedFile): number {
  return compareText(a.file, b.file);
}

/** Files that are named; of more the number tells. */
const MAX_NAMED = 5;

/** `step`: what to do about it. */
export function describeOpenExport({ source, files }: OpenExport, step: string): string {
  const named = files.slice(0, MAX_NAMED).map(({ file }) => quote(file));
  const hidden = files.length - named.length;
  if (hidden > 0) named.push(count(hidden, 'more file'));
  const names = named.length === 1 ? named[0] : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
  const whose = source === null ? 'no last page of that form' : `no last page of the source ${quote(source)}`;
  const { member } = files[0]!.pages!.more!;
  const say = files.length === 1 ? 'says' : 'say';
  return `${names} ${say} by ${quote(member)} that more pages follow, and ${whose} is among the files: ${step}`;
}

export function morePagesNotice(open: OpenExport): Notice {
  const { file, pages } = open.files[0]!;
  const { line, offset, length } = pages!.more!;
  return {
    code: 'more-pages',
    message: describeOpenExport(open, 'fetch the pages that follow, and audit all of them together'),
    place: { file, line, offset, length },
  };
}
