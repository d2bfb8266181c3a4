/** Base64 (RFC 4648 §4) in its one canonical form: decoders that skip strange bytes let two texts mean one signature. */

const ALPHABET = /^[A-Za-z0-9+/]*={0,2}$/;

export function isBase64(text: string): boolean {
  if (text.length % 4 !== 0 || !ALPHABET.test(text)) return false;
  return Buffer.from(text, 'base64').toString('base64') === text;
}
