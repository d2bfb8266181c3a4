/**
 * Lines of a FlexNet debug log that look like a message about a license and are none that is known: `OVT: "feature" ann@pc1`,
 * a message without its word. No daemon chats in this form, so such a line is a damaged message, or one of an unknown kind.
 */

/** A word or none, a feature in quotes, perhaps what the license demands of the client, and whoever is told by a sign. */
const FORM =
  '[\\w-]{0,20}[:;.,]? {0,2}"[^"]{1,200}" {0,4}(?:\\([^()]{0,100}\\) {0,4})?[^@"()[\\]]{0,100}@\\S';
const MESSAGE = new RegExp(FORM, 'y');
const BEHIND_DAEMON = new RegExp(`\\) {0,2}${FORM}`);
/** Daemons and their features have short names: what lies behind is no beginning of a message. */
const REACH = 300;

/** Whether the message that begins at `at` is one. */
export function looksLikeMessage(line: string, at: number): boolean {
  MESSAGE.lastIndex = at;
  return MESSAGE.test(line);
}

/** Whether a line without a readable time and daemon holds one. */
export function holdsMessage(line: string): boolean {
  return BEHIND_DAEMON.test(line.slice(0, REACH));
}
