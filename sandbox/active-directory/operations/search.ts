import { randomBytes } from 'node:crypto';
import { adError, SIZE_LIMIT_EXCEEDED } from '../directory/ad-error.js';
import { type Domain, findTarget } from '../directory/domain.js';
import type { Entry } from '../directory/entry.js';
import { requireUser, type Session, signedIn } from '../directory/session.js';
import { CONTROLS, encodePage, type RequestControls } from '../wire/controls.js';
import type { SearchRequest } from '../wire/ldap-request.js';
import { type LdapResult, type ResponseControl, type ResultEntry, SUCCESS } from '../wire/ldap-response.js';
import { candidates } from './candidates.js';
import { compileFilter } from './filter.js';
import { readSelection, showEntry } from './result-entry.js';
import { rootDse } from './root-dse.js';

/** How many searches one connection may page through at a time (AD's MaxResultSetsPerConn). */
const MAX_PAGED_SEARCHES = 10;

/** What a search found. */
export interface SearchOutcome {
  entries: ResultEntry[];
  result: LdapResult;
  controls: ResponseControl[];
}

/**
 * Searches ([MS-ADTS] 3.1.1.3.1.3). One answer holds MaxPageSize entries at most: without paging the rest is cut off
 * with sizeLimitExceeded, and a larger page is made that small.
 */
export function search(
  domain: Domain,
  session: Session,
  request: SearchRequest,
  controls: RequestControls,
): SearchOutcome {
  const selection = readSelection(request.attributes, request.typesOnly);
  if (request.base === '' && request.scope === 'base') {
    return { entries: [rootDse(domain, selection, signedIn(domain, session))], result: SUCCESS, controls: [] };
  }
  const user = requireUser(domain, session);
  const show = (entry: Entry): ResultEntry => showEntry(domain, entry, selection, controls, user);
  const page = controls.page;
  if (!page) {
    const limit = Math.min(request.sizeLimit || domain.maxPageSize, domain.maxPageSize);
    const found = find(domain, request, controls);
    const result = found.length > limit ? SIZE_LIMIT_EXCEEDED : SUCCESS;
    return { entries: found.slice(0, limit).map(show), result, controls: [] };
  }
  const waiting =
    page.cookie.length > 0 ? resume(session, page.cookie) : find(domain, request, controls).map(({ id }) => id);
  const size = Math.min(page.size > 0 ? page.size : domain.maxPageSize, domain.maxPageSize);
  const now = page.size === 0 && page.cookie.length > 0 ? [] : waiting.splice(0, size);
  if (page.size === 0 && page.cookie.length > 0) waiting.length = 0;
  const entries = now.flatMap((id) => {
    const entry = domain.store.get(id);
    return entry && (!entry.deleted || controls.showDeleted) ? [show(entry)] : [];
  });
  const cookie = waiting.length > 0 ? remember(session, waiting) : Buffer.alloc(0);
  return { entries, result: SUCCESS, controls: [{ oid: CONTROLS.pagedResults, value: encodePage(cookie) }] };
}

function find(domain: Domain, request: SearchRequest, controls: RequestControls): Entry[] {
  const base = findTarget(domain, request.base, controls.showDeleted);
  const matcher = compileFilter(domain, request.filter);
  const found: Entry[] = [];
  for (const entry of inScope(domain, base, request)) {
    if ((!entry.deleted || controls.showDeleted) && matcher(entry) === true) found.push(entry);
  }
  return found;
}

function inScope(domain: Domain, base: Entry, { scope, filter }: SearchRequest): Iterable<Entry> {
  if (scope === 'base') return [base];
  const likely = candidates(domain, filter);
  if (scope === 'one') return likely ? [...likely].filter(({ parent }) => parent === base) : base.children.values();
  if (likely) return [...likely].filter((entry) => domain.store.isWithin(entry, base));
  return below(base);
}

function* below(entry: Entry): Iterable<Entry> {
  yield entry;
  for (const child of entry.children.values()) yield* below(child);
}

/** Cookies are good on the connection that got them, once. */
function resume(session: Session, cookie: Buffer): string[] {
  const key = cookie.toString('hex');
  const waiting = session.pages.get(key);
  if (!waiting) throw adError.badCookie();
  session.pages.delete(key);
  return waiting;
}

function remember(session: Session, waiting: string[]): Buffer {
  const oldest = session.pages.keys().next();
  if (session.pages.size >= MAX_PAGED_SEARCHES && !oldest.done) session.pages.delete(oldest.value);
  const cookie = randomBytes(8);
  session.pages.set(cookie.toString('hex'), waiting);
  return cookie;
}
