import { ConnectorError, type ConnectorErrorCategory } from '../contract/connector-error.js';

/** What was being done when it failed, for the message. */
export interface Attempt {
  /** The directory's name. */
  directory: string;
  /** `create uid=jane,ou=people,dc=example,dc=org`. */
  doing: string;
  /** The attributes that were written, for answers that do not name the one they mean. */
  attributes?: string[];
}

type Verdict = [category: ConnectorErrorCategory, sentence: string];

/** Answers by LDAP result code (RFC 4511 appendix A, RFC 4528); what is not listed is `invalid`. */
const RESULT: Record<number, Verdict> = {
  1: ['transient', 'the directory reports an internal failure'],
  2: ['invalid', 'the directory does not understand the request'],
  3: ['transient', 'the directory’s time limit was over before the answer was whole'],
  4: ['misconfigured', 'its size limit cuts the answer short: raise it for the service account (OpenLDAP: "limits")'],
  7: ['misconfigured', 'the directory does not allow this way of signing in'],
  8: ['misconfigured', 'the directory demands another way of signing in or a stronger encryption'],
  10: ['misconfigured', 'another server is responsible for that place or takes the writes: name that one in "urls"'],
  11: ['misconfigured', 'its limit on the entries looked through was reached: index the attribute, or raise the limit'],
  12: ['misconfigured', 'the directory lacks a feature that this needs'],
  13: ['misconfigured', 'the directory demands an encrypted connection'],
  16: ['invalid', 'the entry has no such value'],
  17: ['invalid', 'the directory’s schema does not know the attribute: load the schema, or correct the mapping'],
  18: ['misconfigured', 'the directory cannot compare that attribute, so that nothing can be found by it'],
  19: ['invalid', 'the directory refuses the value'],
  20: ['conflict', 'the value is there already'],
  21: ['invalid', 'the value has the wrong form'],
  32: ['not-found', 'it is not there'],
  34: ['invalid', 'the distinguished name is malformed'],
  48: ['unauthorized', 'the directory does not let that account sign in with a password: check bindDn'],
  49: ['unauthorized', 'name or password is wrong, or the account is locked: check bindDn and the secret "password"'],
  50: ['forbidden', 'the service account lacks the right: give it "write" there (OpenLDAP: "olcAccess")'],
  51: ['transient', 'the directory is busy'],
  52: ['transient', 'the directory is not available'],
  53: ['invalid', 'the directory is unwilling'],
  54: ['misconfigured', 'the directory found a loop'],
  64: ['invalid', 'the entry may not bear that name in that place'],
  65: ['invalid', 'the directory’s schema does not allow it'],
  66: ['conflict', 'there are entries below it: remove them first'],
  67: ['invalid', 'the name is changed by renaming only'],
  68: ['conflict', 'something of that name is there already'],
  69: ['invalid', 'the entry’s object classes cannot be changed'],
  71: ['misconfigured', 'the place belongs to another server or database'],
  80: ['transient', 'the directory reports an internal failure'],
  122: ['transient', 'somebody else changed the entry meanwhile'],
};

/** Answers known by their text, whatever their code: a server that takes no writes; names that are taken. */
const BY_TEXT: [pattern: RegExp, verdict: Verdict][] = [
  [
    /shadow context|read-?only|operation restricted/i,
    ['misconfigured', 'this server takes no writes: name the one that does (the provider) in "urls"'],
  ],
];

/** Why a password is refused, by words of OpenLDAP's ppolicy overlay (slapo-ppolicy(5)) and 389 Directory Server. */
const PASSWORD: [pattern: RegExp, sentence: string][] = [
  [/history/i, 'the password was used before'],
  [/too young|minimum age/i, 'the password was changed too recently to be changed again'],
  [/too short|quality|syntax|trivial|length/i, 'the password is too short or too simple for the directory’s rules'],
];

/** Certificate problems by Node's code, with what to do. */
const CERTIFICATE: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired: renew it on the server',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: check the clocks',
  CERT_REVOKED: 'its certificate was revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed: put it, or the authority that signs, into "ca"',
  SELF_SIGNED_CERT_IN_CHAIN: 'the authority of its certificate is not known here: put it into "ca"',
  UNABLE_TO_GET_ISSUER_CERT: 'the authority of its certificate is not known here: put it into "ca"',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority of its certificate is not known here: put it into "ca"',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the authority of its certificate is not known here: put it into "ca"',
  CERT_SIGNATURE_FAILURE: 'its certificate is not signed by the authority in "ca"',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is made out to another name: use that name in "urls"',
  HOSTNAME_MISMATCH: 'its certificate is made out to another name: use that name in "urls"',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on that port: ldaps:// is on 636 as a rule, ldap:// on 389',
};

/** The server answered a StartTLS that it will not do it. */
export class NoStartTlsError extends Error {
  override readonly name = 'NoStartTlsError';
}

/** Whether the directory itself answered; without an answer nobody knows whether the work was done. */
export function resultCode(error: unknown): number | undefined {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'number' ? code : undefined;
}

/** The sentence for a connection that cannot be trusted, if that is what the error is. */
export function trustProblem(error: unknown): string | undefined {
  if (error instanceof NoStartTlsError) {
    return 'it does not offer StartTLS: set a certificate up on the server, or use its ldaps:// address';
  }
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? CERTIFICATE[code] : undefined;
}

/** Whether the answer says that a name is taken: of the entry itself, or of an attribute that must be unique. */
export function isCollision(error: unknown): boolean {
  const code = resultCode(error);
  return code === 68 || (code === 19 && /non-unique|same attribute value|already in use/i.test(textOf(error)));
}

/** Whether the directory says that the password is the one it has: what was wanted is there. */
export function isSamePassword(error: unknown): boolean {
  return resultCode(error) === 19 && /not being changed/i.test(textOf(error));
}

/** Any failure of the LDAP client as one of the contract's. Of the directory's text it takes names, never values. */
export function toConnectorError(error: unknown, attempt: Attempt): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const code = resultCode(error);
  if (code === undefined) return unanswered(error, attempt);
  const [category, sentence] = judge(code, textOf(error));
  const about = category === 'invalid' ? subject(textOf(error), attempt) : '';
  return new ConnectorError(
    category,
    `Directory "${attempt.directory}" could not ${attempt.doing}: ${sentence}${about} (LDAP ${code}).`,
    { code: String(code), cause: error },
  );
}

/** The refusal of a password; the directory's own rule is in the message as far as its answer tells. */
export function passwordRefused(error: unknown, attempt: Attempt): ConnectorError {
  if (resultCode(error) !== 19 && resultCode(error) !== 53) return toConnectorError(error, attempt);
  const known = PASSWORD.find(([pattern]) => pattern.test(textOf(error)))?.[1];
  const sentence = known ?? 'the password breaks the directory’s rules (length, quality, history or minimum age)';
  return new ConnectorError(
    'invalid',
    `Directory "${attempt.directory}" could not ${attempt.doing}: ${sentence} (LDAP ${resultCode(error)}).`,
    { code: String(resultCode(error)), cause: error },
  );
}

/** The connection failed: nobody knows whether a write was done, so the next attempt has to look. */
function unanswered(error: unknown, { directory, doing }: Attempt): ConnectorError {
  const text = error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error);
  const reason = /timed out/i.test(text) ? 'it did not answer in time' : `the connection failed (${text})`;
  return new ConnectorError('transient', `Directory "${directory}" could not ${doing}: ${reason}.`, { cause: error });
}

function textOf(error: unknown): string {
  return (error as Error).message
    .replace(/ *Code: 0x[0-9a-f]+ *$/i, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function judge(code: number, text: string): Verdict {
  if (code === 53 || code === 50) {
    const known = BY_TEXT.find(([pattern]) => pattern.test(text))?.[1];
    if (known) return known;
  }
  if (code === 19 && isCollision({ code, message: text }))
    return ['conflict', 'another entry has a value that must be unique'];
  return RESULT[code] ?? ['invalid', 'the directory refuses'];
}

/** Names the attribute that an answer means; the candidates where it does not say. */
function subject(text: string, { attributes }: Attempt): string {
  const missing = /object class '([^']+)' requires attribute '([^']+)'/i.exec(text);
  if (missing) return `: ${missing[1]} requires ${missing[2]}, so the mapping must give it`;
  const named = attributeOf(text);
  if (named) return `: ${named}`;
  return attributes?.length ? `; it is about one of ${attributes.join(', ')}` : '';
}

/** `title: value #0 invalid per syntax`, `attribute 'x' not allowed`, `modify breaks constraint on x` and the like. */
function attributeOf(text: string): string | undefined {
  return (
    /\battribute '([^']+)'/i.exec(text)?.[1] ??
    /\battribute "([^"]+)"/i.exec(text)?.[1] ??
    /\bconstraint on ([A-Za-z][A-Za-z0-9;-]*)/i.exec(text)?.[1] ??
    /^(?:modify\/\w+: )?([A-Za-z][A-Za-z0-9;-]*): (?:attribute type|value #|multiple values|no user|requires)/i.exec(
      text,
    )?.[1]
  );
}
