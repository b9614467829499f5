import { AndFilter, type Entry, type Filter, OrFilter } from 'ldapts';
import { uniqueCandidate } from '../../domain/mapping/unique-name.js';
import type { AccountId, CorrelationKey, UniqueName } from '../contract/account.js';
import { type AccountEntry, accountFilter, correlates, findAccount } from './accounts.js';
import { namingParts, parentOf, sameDn } from './distinguished-names.js';
import { equals } from './filters.js';
import { commonNameCandidate, folded } from './names.js';
import type { Session } from './session.js';

/** A CN that is to name an entry, and where. */
export interface Place {
  base: string;
  container: string;
}

/** Counters to ask from. */
export interface Counters {
  names: number;
  commonName: number;
}

/** What stands where a draft wants to stand. */
export interface Survey extends Counters {
  /** The draft's own account, made by another attempt meanwhile. */
  own?: AccountEntry;
}

/** What is looked for. */
interface Question {
  /** Whose own account is looked up, too. */
  key?: CorrelationKey;
  unique: readonly UniqueName[];
  place?: Place;
  from: Counters;
  /** How many candidates from there. */
  candidates: number;
  /** An account whose own names are not taken by anybody else. */
  except?: AccountId;
}

/**
 * Looks up the next candidates and the draft's own account with one question; the account is read where there is
 * anything to see. Whoever took a candidate is seen so, and if it was this very person, that too. Counters are the first
 * free ones.
 */
export async function survey(session: Session, question: Question): Promise<Survey> {
  const { key, unique, place, from, candidates, except } = question;
  const filters: Filter[] = [];
  if (key) filters.push(new AndFilter({ filters: [accountFilter(session.settings), correlates(key)] }));
  for (let step = 0; step < candidates; step++) {
    for (const name of unique) filters.push(equals(name.attribute, uniqueCandidate(name, from.names + step)));
    if (place) filters.push(equals('cn', commonNameCandidate(place.base, from.commonName + step)));
  }
  if (filters.length === 0) return { ...from };
  const found = await session.search(session.settings.baseDn, {
    scope: 'sub',
    filter: new OrFilter({ filters }),
    attributes: ['entryUUID', ...unique.map(({ attribute }) => attribute)],
  });
  const others = found.filter((entry) => except === undefined || entry.entryUUID !== except);
  const first = (start: number, isTaken: (n: number) => boolean) => {
    let n = start;
    while (n < start + candidates && isTaken(n)) n++;
    return n;
  };
  return {
    // Only the directory itself knows which values are one to it; who took a candidate before is seen by now.
    own: key && found.length > 0 ? await findAccount(session, key) : undefined,
    names: first(from.names, (n) => unique.some((name) => isTaken(others, name, n))),
    commonName: first(from.commonName, (n) => place !== undefined && isNamed(others, place, n)),
  };
}

/** Whether somebody has the `n`th candidate of a unique name. */
function isTaken(entries: Entry[], name: UniqueName, n: number): boolean {
  const candidate = folded(uniqueCandidate(name, n));
  return entries.some((entry) => texts(entry, name.attribute).some((value) => folded(value) === candidate));
}

/** Whether an entry of the container bears the `n`th candidate of a CN as its name. */
function isNamed(entries: Entry[], { base, container }: Place, n: number): boolean {
  const candidate = folded(commonNameCandidate(base, n));
  return entries.some(
    ({ dn }) => sameDn(parentOf(dn), container) && namingParts(dn).some(({ value }) => folded(value) === candidate),
  );
}

/** An attribute's values; the directory may spell the name otherwise than it was asked for. */
function texts(entry: Entry, attribute: string): string[] {
  const key = Object.keys(entry).find((name) => name.toLowerCase() === attribute.toLowerCase());
  return key === undefined ? [] : [entry[key]].flat().map(String);
}
