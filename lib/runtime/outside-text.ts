import { redact } from './redact.ts';

const MAX_LINE = 1500;
/** Control characters, those that turn the direction or are not seen, halves of characters, and ends of lines. */
const UNSEEN = '\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}';
const UNSEEN_RUN = new RegExp(`[${UNSEEN}][${UNSEEN} ]*`, 'gu');
const UNSEEN_IN_LINES = new RegExp(`(?!\\n)[${UNSEEN}]`, 'gu');
/** With every way to write `://` and `@`. Not the digest of an image. */
const USERINFO = /((?:ssh)?(?::|%3A)(?:\\{0,8}\/|%2F){2})((?:(?!%2F|%3F|%23)[^\s/?#"<>])*)(?:@|%40)(?!sha\d{3}:)/gi;
/** A password with a slash in it, which is not a port. Bounded, because it may run over the whole text. */
const ODD_PASSWORD = /(:(?:\\{0,8}\/){2})[^\s/?#@:"<>\\]*:(?!\d{1,5}(?:[/?#]|$))[^\s@"<>]{1,256}@(?!sha\d{3}:)/g;
/** The beginning of one, where a text was cut. */
const CUT_PASSWORD = /(:(?:\\{0,8}\/){2})[^\s/?#@:"<>\\]*:(?!\d{0,5}$)[^\s/?#@"<>\\]+$/;
const SECRET_QUERY =
  /([?&;](?:[\w.-]{0,40}(?:token|passw(?:or)?d|secret|signature|credential|api[_-]?key)|sig)=)[^&;#\s"'<>]+/gi;

/**
 * One line for a person, of a text that somebody else wrote: without secrets, without credentials in URLs, without anything that
 * looks like something else than it is, and with template tags broken, which Argo Workflows would evaluate in the message of a node.
 * Everything from outside that is shown or kept goes through it.
 * @param maxLength in characters; what is longer ends in `…`
 */
export function oneLine(text: string, { maxLength = MAX_LINE }: { maxLength?: number } = {}): string {
  const line = harmless(text)
    .replace(UNSEEN_RUN, ' ')
    .replace(/\{(?=\{)/g, '{ ')
    .replace(/\}(?=\})/g, '} ')
    .trim();
  return line.length > maxLength ? `${line.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…` : line;
}

/** The same of a text that has lines and that Argo Workflows never reads, such as a page: they stay, and so do template tags. */
export const withLines = (text: string): string => harmless(text).replace(UNSEEN_IN_LINES, ' ');

/**
 * Without user and password in URLs, also where the text was cut within them, and without tokens in their query. The user of ssh
 * says which account, and is no secret without a password.
 */
export const withoutUserinfo = (text: string): string =>
  text
    .replace(USERINFO, (whole, scheme: string, userinfo: string) =>
      scheme.toLowerCase().startsWith('ssh') && !/:|%3A/i.test(userinfo) ? whole : scheme,
    )
    .replace(ODD_PASSWORD, '$1')
    .replace(CUT_PASSWORD, '$1***')
    .replace(SECRET_QUERY, '$1***');

const harmless = (text: string): string => withoutUserinfo(redact(text));
