import { GraphClientError, GraphError } from '@microsoft/microsoft-graph-client';
import { ConnectorError, type ConnectorErrorCategory } from '../contract/connector-error.js';
import { TransportError } from './transport.js';

/** A refusal by Graph, as far as decisions follow from it (https://learn.microsoft.com/graph/errors). */
export interface Refusal {
  status: number;
  code: string;
  message: string;
  details: { code?: string; target?: string; message?: string }[];
  retryAfter?: string;
}

/** What was being done, for the sentences. */
export interface Doing {
  /** A phrase such as `create the account`. */
  what: string;
  /** The application permission that it needs. */
  permission: string;
  /** What else may be behind a refusal for lack of rights; an administrator's account, unless said otherwise. */
  otherwise?: string;
}

/** The refusal that a ConnectorError was made of; undefined when Graph did not answer or it is another error. */
export function refusalOf(error: unknown): Refusal | undefined {
  const cause = error instanceof ConnectorError ? error.details.cause : undefined;
  return cause instanceof GraphRefusal ? cause.refusal : undefined;
}

/** True for a `not-found`. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ConnectorError && error.category === 'not-found';
}

/** The cause that a ConnectorError keeps of Graph's answer: no header, no request, so no token. */
class GraphRefusal extends Error {
  override readonly name = 'GraphRefusal';

  constructor(readonly refusal: Refusal) {
    super(`${refusal.status} ${refusal.code}: ${refusal.message}`);
  }
}

/** Turns whatever the Graph client throws into the closed set. */
export function toConnectorError(error: unknown, doing: Doing): ConnectorError {
  if (error instanceof ConnectorError) return error;
  if (error instanceof GraphClientError && error.customError instanceof TransportError) {
    return transportFailure(error.customError, doing.what);
  }
  if (error instanceof GraphError && error.statusCode > 0) return refused(readRefusal(error), doing);
  const message = error instanceof Error ? error.message : String(error);
  return new ConnectorError('transient', `Could not ${doing.what}: ${message}`, { cause: error });
}

/** A request that got no answer. It may have been carried out, so trying again has to look first. */
export function transportFailure(error: TransportError, what: string): ConnectorError {
  const details = { code: error.code, cause: error };
  if (error.kind === 'aborted') return new ConnectorError('transient', `Stopped before it could ${what}.`, details);
  if (error.kind === 'certificate') {
    const cure = 'Correct the address in the settings, or put the certificate of its authority into the setting ca.';
    return new ConnectorError('misconfigured', `Could not ${what}: no trust in ${error.message}. ${cure}`, details);
  }
  return new ConnectorError('transient', `Could not ${what}: ${error.message}`, details);
}

/** One answer of a `$batch`, as the error it stands for. */
export function batchFailure(status: number, body: unknown, retryAfter: string | undefined, doing: Doing) {
  const error = (body as { error?: Partial<Refusal> } | undefined)?.error;
  return refused(
    {
      status,
      code: error?.code ?? '',
      message: error?.message ?? '',
      details: Array.isArray(error?.details) ? error.details : [],
      retryAfter,
    },
    doing,
  );
}

/**
 * Milliseconds that a Retry-After header asks for: seconds, or an HTTP date (RFC 9110, 10.2.3). Undefined when there is
 * none or it is neither.
 */
export function retryAfterMs(header: string | null | undefined, now = Date.now()): number | undefined {
  if (!header) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function readRefusal(error: GraphError): Refusal {
  // The client keeps the error object of the body as text, and the answer's headers.
  let details: unknown;
  try {
    details = JSON.parse(error.body)?.details;
  } catch {
    details = undefined;
  }
  return {
    status: error.statusCode,
    code: error.code ?? '',
    message: error.message ?? '',
    details: Array.isArray(details) ? details : [],
    retryAfter: error.headers?.get('retry-after') ?? undefined,
  };
}

function refused(refusal: Refusal, doing: Doing): ConnectorError {
  const { category, cure } = judge(refusal, doing);
  const said = refusal.message || `HTTP ${refusal.status}`;
  const text = `Could not ${doing.what}: ${said.replace(/\.?$/, '.')}${cure ? ` ${cure}` : ''}`;
  return new ConnectorError(category, text, {
    code: refusal.code || String(refusal.status),
    retryAfterMs: category === 'throttled' ? retryAfterMs(refusal.retryAfter) : undefined,
    cause: new GraphRefusal(refusal),
  });
}

interface Judgement {
  category: ConnectorErrorCategory;
  cure?: string;
}

function judge(refusal: Refusal, doing: Doing): Judgement {
  const { status, code, message } = refusal;
  if (status === 429) return { category: 'throttled', cure: 'Entra ID limits the requests of this tenant.' };
  if (status === 503 && refusal.retryAfter) return { category: 'throttled' };
  if (status >= 500 || status === 408) return { category: 'transient' };
  if (status < 400) return { category: 'transient', cure: 'The answer was cut short.' };
  const known = status === 404 ? undefined : KNOWN.find((row) => row.matches.test(`${code}: ${message}`));
  if (known) return known;
  if (status === 401) {
    return {
      category: 'unauthorized',
      cure: 'Entra ID does not accept the token; check tenantId, clientId and graphUrl.',
    };
  }
  if (status === 403) {
    const grant = `Grant the app the application permission ${doing.permission} with admin consent.`;
    return { category: 'forbidden', cure: `${grant} ${doing.otherwise ?? ADMINISTRATOR}` };
  }
  if (status === 404) return { category: 'not-found' };
  if (status === 409) return { category: 'conflict' };
  if (status === 412 || status === 423) return { category: 'transient' };
  return { category: 'invalid' };
}

const ADMINISTRATOR =
  'Or the account holds an administrator role: then the app itself needs a role that may administer it (Privileged Authentication Administrator).';

/** Refusals that the status alone does not explain, by what Graph says (`code: message`). The first match counts. */
const KNOWN: (Judgement & { matches: RegExp })[] = [
  {
    matches: /ConcurrencyViolation|ConcurrencyConflict|ExpiredPageToken/i,
    category: 'transient',
  },
  { matches: /TooManyRequests|activityLimitReached|ApplicationThrottled/i, category: 'throttled' },
  {
    matches: /QuotaExceeded/,
    category: 'forbidden',
    cure: 'The tenant holds as many objects as it may; remove some or have its quota raised.',
  },
  {
    matches: /on-premises mastered/i,
    category: 'invalid',
    cure: 'Active Directory owns this object: make the change there, and Entra Connect brings it to the cloud.',
  },
  {
    matches: /password complexity|does not comply with password|PasswordBanned|passwordProfile/i,
    category: 'invalid',
    cure: 'Choose a password of 8 to 256 characters with three of upper case, lower case, digits and symbols, and no common word.',
  },
  {
    matches: /already exist|conflicting object|MultipleObjectsWithSameKeyValue/i,
    category: 'conflict',
  },
  {
    matches: /domain portion of the userPrincipalName|verified domain/i,
    category: 'invalid',
    cure: 'Use a verified domain of the tenant in the mapping of userPrincipalName.',
  },
  {
    matches: /mail-enabled security groups?|distribution list/i,
    category: 'invalid',
    cure: 'Exchange manages the members of this group; name a security or Microsoft 365 group in the policy.',
  },
  {
    matches: /dynamic (membership )?group|DynamicMembership|membershipRule/i,
    category: 'invalid',
    cure: 'A rule decides who is in this group; name a group with assigned members in the policy.',
  },
  {
    matches: /Authorization_IdentityNotFound/,
    category: 'unauthorized',
    cure: 'The app has no service principal in this tenant: have an administrator give it consent.',
  },
];

/** What the sign-in service answered, when it did (https://learn.microsoft.com/entra/identity-platform/reference-error-codes). */
export interface SignInAnswer {
  status: number;
  retryAfter?: string;
  /** Says AADSTS… */
  description?: string;
}

/** Why no token was had. */
export function signInFailure(cause: unknown, answer: SignInAnswer | undefined): ConnectorError {
  const unsaid = answer ? `The service answered with HTTP ${answer.status}` : String((cause as Error).message ?? cause);
  const description = answer?.description ?? unsaid;
  const code = /AADSTS\d+/.exec(description)?.[0];
  const known = code ? SIGN_IN[code] : undefined;
  const what = 'sign in to Entra ID';
  // The description goes on with trace ids and a timestamp.
  const said = description
    .split(/\s*Trace ID:/)[0]
    ?.trim()
    .replace(/\.?$/, '.');
  if (known) {
    return new ConnectorError(known.category, `Could not ${what}: ${known.cure} (${said})`, { code, cause });
  }
  if (answer?.status === 429 || (answer?.status === 503 && answer.retryAfter)) {
    const details = { code, retryAfterMs: retryAfterMs(answer.retryAfter), cause };
    return new ConnectorError('throttled', `Could not ${what}: it limits the requests for tokens.`, details);
  }
  const refusedFor = answer && answer.status >= 400 && answer.status < 500 && answer.status !== 408;
  return new ConnectorError(refusedFor ? 'unauthorized' : 'transient', `Could not ${what}: ${said}`, { code, cause });
}

const SIGN_IN: Record<string, Required<Judgement>> = {
  AADSTS7000215: {
    category: 'unauthorized',
    cure: "the client secret is wrong. Copy the secret's value, not its id, from the app registration into clientSecret.",
  },
  AADSTS7000222: {
    category: 'unauthorized',
    cure: 'the client secret has expired. Make a new one in the app registration and put it into clientSecret.',
  },
  AADSTS700016: {
    category: 'misconfigured',
    cure: 'the tenant has no such app. Correct clientId or tenantId, or give the app consent in this tenant.',
  },
  AADSTS90002: {
    category: 'misconfigured',
    cure: 'there is no such tenant in this cloud. Correct tenantId, or authorityUrl if it is in a national cloud.',
  },
  AADSTS900023: { category: 'misconfigured', cure: 'tenantId is neither a tenant id nor a domain. Correct it.' },
  AADSTS900021: { category: 'misconfigured', cure: 'tenantId is no tenant that apps can sign in to. Correct it.' },
  AADSTS90013: { category: 'misconfigured', cure: 'the request is malformed. Correct tenantId and clientId.' },
  AADSTS700027: {
    category: 'unauthorized',
    cure: 'the certificate is not one of the app, or has expired. Upload it in the app registration, or put the right one into certificate and privateKey.',
  },
  AADSTS700024: {
    category: 'unauthorized',
    cure: "this machine's clock is wrong by minutes. Set it, by NTP for example.",
  },
  AADSTS7000216: { category: 'misconfigured', cure: 'neither a secret nor a certificate was sent. Configure one.' },
  AADSTS7000218: { category: 'misconfigured', cure: 'neither a secret nor a certificate was sent. Configure one.' },
  AADSTS7000112: { category: 'forbidden', cure: 'the app is disabled. Enable it in the Entra admin centre.' },
  AADSTS500014: {
    category: 'forbidden',
    cure: 'Microsoft Graph is disabled in this tenant. Enable its service principal.',
  },
  AADSTS500011: {
    category: 'misconfigured',
    cure: 'the tenant does not know the Graph address. Correct graphUrl, or scope, for the cloud of the tenant.',
  },
  AADSTS65001: { category: 'forbidden', cure: 'the app has no consent. Have an administrator grant it.' },
  AADSTS53003: {
    category: 'forbidden',
    cure: 'a Conditional Access policy blocks the app. Exclude it, or allow the address of this machine.',
  },
  AADSTS90033: { category: 'transient', cure: 'the sign-in service is unavailable for the moment.' },
  AADSTS50196: { category: 'throttled', cure: 'too many requests for tokens came from this app.' },
};
