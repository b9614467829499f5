import { ConnectorError, type ConnectorErrorCategory } from '../contract/connector-error.js';

/** What was being done when it failed, for the message. */
export interface Attempt {
  /** The directory's name. */
  directory: string;
  /** `create CN=Jane Doe,OU=Staff,DC=example,DC=org`. */
  doing: string;
  /** The attributes that were written, for answers that do not name the one they mean. */
  attributes?: string[];
}

/** What an answer of the directory holds besides its result code. */
interface Answer {
  code: number;
  text: string;
  /** The Win32 error in eight hex digits at the start of the text (MS-ADTS 3.1.1.1.16, "LDAP Error Codes"). */
  win32?: string;
  /** The sub-code of a refused sign-in: `data 52e`. */
  data?: string;
}

type Verdict = [category: ConnectorErrorCategory, sentence: string];

/** Why a sign-in was refused: the `data` part of result 49, a Win32 error in hex. */
const SIGN_IN: Record<string, string> = {
  '525': 'there is no such user: check bindDn',
  '52e': 'user name or password is wrong: check bindDn and the secret "password"',
  '52f': 'the account is restricted, for example protected or refused for an empty password',
  '530': 'the account may not sign in at this hour: widen its logon hours',
  '531': 'the account may not sign in from this computer: widen its logon workstations',
  '532': 'the password has expired: set a new one, and let the password of a service account never expire',
  '533': 'the account is disabled: enable it',
  '568': 'the account is in too many groups',
  '701': 'the account has expired: take its expiry away',
  '773': 'the password must be changed before the first sign-in: set a new one without that flag',
  '775': 'the account is locked out: unlock it, and look for what tries wrong passwords',
};

/** Answers that are known by their Win32 error, whatever their result code. */
const WIN32: Record<string, Verdict> = {
  '00000005': ['forbidden', 'the service account lacks the right'],
  '0000051B': ['invalid', 'the owner cannot be set'],
  '00000524': ['conflict', 'another account has that sAMAccountName'],
  '0000052D': ['invalid', 'the password breaks the domain’s rules (length, complexity, history or minimum age)'],
  '000004DC': ['transient', 'the connection had lost its sign-in'],
  '00002098': ['forbidden', 'the service account lacks the right'],
  '00002089': ['misconfigured', 'the container does not exist'],
  '00002095': ['misconfigured', 'the container does not exist'],
  '000021C7': ['conflict', 'another account has that service principal name'],
  '000021C8': ['conflict', 'another account has that userPrincipalName'],
  '0000202B': ['misconfigured', 'another domain is responsible for that place: check baseDn and the container'],
};

/** Answers by LDAP result code (RFC 4511 appendix A); what is not listed is `invalid`. */
const RESULT: Record<number, Verdict> = {
  1: ['transient', 'the directory reports an internal failure'],
  2: ['invalid', 'the directory does not understand the request'],
  3: ['transient', 'the directory’s time limit was over before the answer was whole'],
  4: ['misconfigured', 'the directory’s size limit cuts the answer short'],
  7: ['misconfigured', 'the directory does not allow this way of signing in'],
  8: ['misconfigured', 'the directory demands an encrypted connection: use an ldaps:// address'],
  10: ['misconfigured', 'another domain is responsible for that place: check baseDn and the container'],
  11: ['transient', 'the directory’s administrative limit was reached'],
  12: ['misconfigured', 'the directory lacks a feature that this needs'],
  13: ['misconfigured', 'the directory demands an encrypted connection: use an ldaps:// address'],
  16: ['invalid', 'the directory does not know the attribute, or it has no such value'],
  17: ['invalid', 'the directory does not know the attribute'],
  18: ['invalid', 'the attribute cannot be compared like that'],
  19: ['invalid', 'the directory refuses the value'],
  20: ['conflict', 'the value is there already'],
  21: ['invalid', 'the value is too long or of the wrong form'],
  32: ['not-found', 'it is not there'],
  34: ['invalid', 'the distinguished name is malformed'],
  48: ['unauthorized', 'the directory does not allow this way of signing in'],
  49: ['unauthorized', SIGN_IN['52e'] as string],
  50: ['forbidden', 'the service account lacks the right: delegate it on that container'],
  51: ['transient', 'the directory is busy'],
  52: ['transient', 'the directory is not available'],
  53: ['invalid', 'the directory is unwilling'],
  54: ['misconfigured', 'the directory found a loop'],
  64: ['invalid', 'the object may not bear that name in that place'],
  65: ['invalid', 'accounts do not have that attribute'],
  66: ['conflict', 'there are objects below it: remove them first'],
  67: ['invalid', 'the name is changed by renaming only'],
  68: ['conflict', 'something of that name is there already'],
  69: ['invalid', 'the object’s classes cannot be changed'],
  71: ['misconfigured', 'the place belongs to another domain'],
};

/** Certificate problems by Node's code, with what to do. */
const CERTIFICATE: Record<string, string> = {
  CERT_HAS_EXPIRED: 'its certificate has expired: renew it on the domain controller',
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
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on that port: LDAPS is on 636 as a rule',
};

/** Whether the directory itself answered; without an answer nobody knows whether the work was done. */
export function resultCode(error: unknown): number | undefined {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'number' ? code : undefined;
}

/** The sentence for a certificate that cannot be trusted, if that is what the error is. */
export function certificateProblem(error: unknown): string | undefined {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? CERTIFICATE[code] : undefined;
}

/** Whether the answer says that a name is taken: of the object itself, or of an attribute that must be unique. */
export function isCollision(error: unknown): boolean {
  const code = resultCode(error);
  return code === 68 || (code === 19 && /^000021C[78]|already in use/i.test((error as Error).message));
}

/** Any failure of the LDAP client as one of the contract's. */
export function toConnectorError(error: unknown, attempt: Attempt): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const code = resultCode(error);
  if (error instanceof TypeError || error instanceof RangeError) {
    // The client could not even write the request down: trying again would not help.
    const what = `Directory "${attempt.directory}" could not ${attempt.doing}: ${error.message}.`;
    return new ConnectorError('invalid', what, { cause: error });
  }
  if (code === undefined) return unanswered(error, attempt);
  const answer = read(code, (error as Error).message);
  const [category, sentence] = judge(answer, attempt);
  return new ConnectorError(
    category,
    `Directory "${attempt.directory}" could not ${attempt.doing}: ${sentence} (${sign(answer)}).`,
    {
      code: String(code),
      cause: error,
    },
  );
}

/** The connection failed: nobody knows whether a write was done, so the next attempt has to look. */
function unanswered(error: unknown, { directory, doing }: Attempt): ConnectorError {
  const text = error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error);
  const reason = /timed out/i.test(text) ? 'it did not answer in time' : `the connection failed (${text})`;
  return new ConnectorError('transient', `Directory "${directory}" could not ${doing}: ${reason}.`, { cause: error });
}

function read(code: number, message: string): Answer {
  const text = message
    .replace(/ *Code: 0x[0-9a-f]+ *$/i, '')
    .replace(/\s+/g, ' ')
    .trim();
  return {
    code,
    text,
    win32: /^([0-9A-F]{8}):/i.exec(text)?.[1]?.toUpperCase(),
    data: /\bdata ([0-9a-f]{3,4}),/i.exec(text)?.[1]?.toLowerCase(),
  };
}

function judge(answer: Answer, attempt: Attempt): Verdict {
  if (answer.code === 49) return ['unauthorized', SIGN_IN[answer.data ?? ''] ?? (SIGN_IN['52e'] as string)];
  if (/already in use/i.test(answer.text))
    return ['conflict', `another object has that ${attributeOf(answer) ?? 'name'}`];
  const [category, sentence] = (answer.win32 && WIN32[answer.win32]) ||
    RESULT[answer.code] || ['invalid' as const, 'the directory refuses'];
  return [category, category === 'invalid' ? `${sentence}${about(answer, attempt)}` : sentence];
}

/** Names the attribute that an answer means; the candidates where it does not say. */
function about(answer: Answer, attempt: Attempt): string {
  const detail = /check_password_restrictions: (.*)$/.exec(answer.text)?.[1];
  if (detail) return `: ${detail.replace(/[!.]+$/, '')}`;
  const named = attributeOf(answer);
  if (named) return `: ${named}`;
  return attempt.attributes?.length ? `; it is about one of ${attempt.attributes.join(', ')}` : '';
}

/** Windows writes `Att 9008d (department)`, Samba `attribute 'department'`, `Element department` and the like. */
function attributeOf({ text }: Answer): string | undefined {
  return (
    /\bAtt [0-9a-f]+ \(([^)]+)\)/i.exec(text)?.[1] ??
    /\battribute '([^']+)'/i.exec(text)?.[1] ??
    /\b(?:Element|SINGLE-VALUE attribute|samldb:) ([A-Za-z][A-Za-z0-9-]*)\b/i.exec(text)?.[1]
  );
}

/** The directory's own codes; of its text only what carries no value. */
function sign({ code, win32, data }: Answer): string {
  return [`LDAP ${code}`, win32, data && `data ${data}`].filter(Boolean).join(', ');
}
