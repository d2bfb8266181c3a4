/** URIs that hold for hostile file names (RFC 3986). */

/** How audit-check names standard input. */
export const STDIN = '-';

/** Relative stays relative, for GitHub maps it to the checkout; absolute becomes `file:`; every odd character is encoded. */
export function toUri(file: string): string {
  // encodeURIComponent throws on lone surrogates. A file without a name would make GitHub refuse the log: an empty uri.
  const segments = (file.toWellFormed() || STDIN).split('/');
  const drive = /^[A-Za-z]:$/.test(segments[0]!) && segments.length > 1;
  const path = segments
    .map((segment, index) => (drive && index === 0 ? segment : encodeURIComponent(segment)))
    .join('/');
  if (drive) return `file:///${path}`;
  if (path.startsWith('/')) return `file:///${path.replace(/^\/+/, '')}`;
  return path.replace(/^(?:\.\/+)+(?=.)/, '');
}

/**
 * As a file of a repository, which GitHub, GitLab and Azure want: no scheme, no way out of it. Logs seldom lie in one, and
 * then the alert says that there is no such file, with the right line.
 */
export function toRepositoryUri(file: string): string {
  const path = toUri(file)
    .replace(/^file:\/\/\/(?:[A-Za-z]:\/)?/, '')
    .replace(/^(?:\.{1,2}\/+)+/, '');
  return /^\.{0,2}$/.test(path) ? STDIN : path;
}
