import { AndFilter, type Entry, type Filter, OrFilter } from 'ldapts';
import { uniqueCandidate } from '../../domain/mapping/unique-name.js';
import type { CorrelationKey, UniqueName } from '../contract/account.js';
import { ACCOUNT_FILTERS, type AccountEntry, correlates, requested, theOnly } from './accounts.js';
import { isWithin, parentOf, sameDn } from './distinguished-names.js';
import { commonNameCandidate, folded } from './names.js';
import { equals, type Session } from './session.js';

/** So many candidates are looked up with one question. */
const AT_ONCE = 20;

/** What stands where a draft wants to stand. */
export interface Survey {
  /** The draft's own account, made by another attempt meanwhile. */
  own?: AccountEntry;
  /** The first counter, at least the one asked from, of which no unique name is taken. */
  names: number;
  /** Likewise for the CN in its container. */
  commonName: number;
}

/** Counters to ask from. */
export interface Counters {
  names: number;
  commonName: number;
}

/**
 * Looks up the next candidates and the draft's own account with one question, so that nobody can come between the two:
 * whoever took a candidate is seen, and if it was this very person, that too.
 */
export async function survey(
  session: Session,
  key: CorrelationKey | undefined,
  unique: readonly UniqueName[],
  place: { base: string; container: string } | undefined,
  from: Counters,
): Promise<Survey> {
  const filters: Filter[] = [];
  if (key) filters.push(new AndFilter({ filters: [...ACCOUNT_FILTERS(), correlates(key)] }));
  for (let step = 0; step < AT_ONCE; step++) {
    for (const name of unique) filters.push(...bearers(name.attribute, uniqueCandidate(name, from.names + step)));
    if (place) filters.push(equals('cn', commonNameCandidate(place.base, from.commonName + step)));
  }
  const entries = await session.search(session.settings.domain, {
    scope: 'sub',
    filter: new OrFilter({ filters }),
    attributes: requested(session, [
      'objectClass',
      ...(key ? [key.attribute] : []),
      ...unique.map(({ attribute }) => attribute),
    ]),
  });
  return {
    own:
      key &&
      theOnly(
        session,
        key,
        entries.filter((entry) => isOwn(session, key, entry)),
      ),
    names: firstFree(from.names, (n) => unique.some((name) => isTaken(entries, name, n))),
    commonName: firstFree(from.commonName, (n) => place !== undefined && holds(entries, place, n)),
  };
}

/** Filters for whoever has a value; a mail address is also taken by whoever has it as a proxy address. */
function bearers(attribute: string, value: string): Filter[] {
  const filters = [equals(attribute, value)];
  if (attribute.toLowerCase() === 'mail') filters.push(equals('proxyAddresses', `smtp:${value}`));
  return filters;
}

function isOwn(session: Session, key: CorrelationKey, entry: Entry): boolean {
  const classes = texts(entry, 'objectClass');
  const isPerson = classes.length === 0 || (classes.includes('user') && !classes.includes('computer'));
  return (
    isPerson &&
    isWithin(entry.dn, session.settings.baseDn) &&
    texts(entry, key.attribute).some((value) => value.toLowerCase() === key.value.toLowerCase())
  );
}

function isTaken(entries: Entry[], name: UniqueName, n: number): boolean {
  const candidate = folded(uniqueCandidate(name, n));
  const others = name.attribute.toLowerCase() === 'mail' ? ['mail', 'proxyAddresses'] : [name.attribute];
  return entries.some((entry) =>
    others.some((attribute) =>
      texts(entry, attribute).some((value) => folded(value).replace(/^smtp:/, '') === candidate.replace(/^smtp:/, '')),
    ),
  );
}

function holds(entries: Entry[], place: { base: string; container: string }, n: number): boolean {
  const candidate = folded(commonNameCandidate(place.base, n));
  return entries.some(
    (entry) => sameDn(parentOf(entry.dn), place.container) && texts(entry, 'cn').some((cn) => folded(cn) === candidate),
  );
}

function firstFree(from: number, taken: (n: number) => boolean): number {
  let n = from;
  while (n < from + AT_ONCE && taken(n)) n++;
  return n;
}

/** An attribute's values; the directory may spell the name otherwise than it was asked for. */
function texts(entry: Entry, attribute: string): string[] {
  const key = Object.keys(entry).find((name) => name.toLowerCase() === attribute.toLowerCase());
  return key === undefined ? [] : [entry[key]].flat().map(String);
}
