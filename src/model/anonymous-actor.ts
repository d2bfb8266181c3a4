/** Names that say nobody: what logs write where they do not know, or do not say, who acted. */

/**
 * Compared in lower case, outer white space and brackets removed. Accounts that exist (`root`, `admin`, `system`) are
 * not here: who may use them is a policy. The last lines are the words of Kubernetes, Windows (S-1-5-7, S-1-0-0),
 * Google Cloud and of CloudTrail's failed console sign-ins.
 */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  ...[
    'unknown',
    'unknown user',
    'unknown_user',
    'unknown-user',
    'unidentified',
    'unspecified',
    'unset',
    'undefined',
  ],
  ...['anonymous', 'anonymous user', 'anonymous_user', 'anon', 'nobody', 'no one', 'someone', 'guest'],
  ...[
    'null',
    'nil',
    'none',
    'nan',
    'empty',
    'blank',
    'n/a',
    'na',
    'not available',
    'not applicable',
    'not set',
  ],
  ...['user', 'username', 'user name', 'userid', 'user id', 'actor', 'default', 'placeholder', 'tbd', 'todo'],
  ...['shared', 'generic', 'everyone', 'redacted', 'object object', '00000000-0000-0000-0000-000000000000'],
  ...['system:anonymous', 'system:unauthenticated'],
  ...['anonymous logon', 'nt authority\\anonymous logon', 's-1-5-7', 's-1-0-0'],
  ...['allusers', 'allauthenticatedusers', 'hidden_due_to_security_reasons'],
]);

/** No letter and no digit: `-`, `?`, `***`. A bare `0` is somebody: user id 0 is root. */
const EMPTY_FORM = /^[\p{P}\p{S}\p{Z}\p{C}]*$/u;

/** Whether `name` leaves open who acted. */
export function isAnonymousActor(name: string): boolean {
  // Longer names are nobody's placeholder; the bound keeps a megabyte of text from being lowered and matched.
  if (name.length > 100) return false;
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/^[([{<"'\s]+|[)\]}>"'\s]+$/g, '');
  return EMPTY_FORM.test(plain) || PLACEHOLDERS.has(plain);
}
