import type { AccountDelta, UniqueName } from '../contract/account.js';
import type { Change } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import { MAX_UNIQUE_NAME_CANDIDATES } from '../contract/unique-names.js';
import type { AccountEntry } from './accounts.js';
import { writeTo } from './anchored-writes.js';
import { childDn, namingParts, parentOf, readableDn, sameDn } from './distinguished-names.js';
import { isCollision } from './errors.js';
import { commonNameBase, commonNameCandidate, folded, given, isCommonNameOf } from './names.js';
import { requireContainer } from './places.js';
import { findReferences } from './references.js';
import type { Session } from './session.js';
import { survey } from './survey.js';

/** So many candidates are looked up with one question. */
const AT_ONCE = 20;

/** Whether an attribute's value names the entry in its container, so that it changes by renaming only. */
export function isNaming({ dn }: AccountEntry, attribute: string): boolean {
  return namingParts(dn).some(({ type }) => type.toLowerCase() === attribute.toLowerCase());
}

/** Where the account is to stand; throws `misconfigured` where that is no container. */
export async function wantedContainer(session: Session, entry: AccountEntry, wanted: string | undefined) {
  const current = parentOf(entry.dn);
  if (wanted === undefined || sameDn(wanted, current)) return current;
  await requireContainer(session, wanted);
  return wanted;
}

/** The name that the delta asks for, of an attribute that is not among the unique ones. */
interface WantedName {
  attribute: string;
  value: string;
  /** Whether a counter may go behind it: a CN identifies nobody. */
  counts: boolean;
}

/** What the delta says of the attribute that names the entry; `undefined` if nothing, or if a unique name says it. */
export function nameWanted(
  entry: AccountEntry,
  { attributes = {} }: AccountDelta,
  unique: readonly UniqueName[],
): WantedName | undefined {
  for (const { type } of namingParts(entry.dn)) {
    if (unique.some(({ attribute }) => attribute.toLowerCase() === type.toLowerCase())) continue;
    const own = given(attributes, type);
    if (type.toLowerCase() === 'cn') {
      const base = commonNameBase(own || given(attributes, 'displayName'), '');
      if (base === '') continue;
      return { attribute: type, value: base, counts: true };
    }
    if (typeof own === 'string' && own.trim() !== '') return { attribute: type, value: own, counts: false };
  }
  return undefined;
}

/**
 * Brings the entry to its container and its name. It comes after the other changes, and is decided by the name as it is,
 * so that a second attempt does it if the first one ended between the two.
 */
export async function place(
  session: Session,
  entry: AccountEntry,
  container: string,
  wanted: WantedName | undefined,
  change: Change,
): Promise<void> {
  if (!wanted || stands(entry, wanted)) return await rename(session, entry, { container }, change);
  const { attribute, value, counts } = wanted;
  if (!counts) return await rename(session, entry, { container, attribute, value }, change);
  let counter = 1;
  while (counter <= MAX_UNIQUE_NAME_CANDIDATES) {
    try {
      const candidate = commonNameCandidate(value, counter);
      return await rename(session, entry, { container, attribute, value: candidate }, change);
    } catch (error) {
      if (!(error instanceof ConnectorError && isCollision(error.details.cause))) throw error;
    }
    const asked = { base: value, container };
    const from = { names: 1, commonName: counter + 1 };
    const seen = await survey(session, { unique: [], place: asked, from, candidates: AT_ONCE, except: entry.id });
    counter = seen.commonName;
  }
  throw new ConnectorError('conflict', `${container} has no free name left after "${value}" and its counters.`);
}

function stands({ dn }: AccountEntry, { attribute, value, counts }: WantedName): boolean {
  const current = namingParts(dn).find(({ type }) => type.toLowerCase() === attribute.toLowerCase())?.value ?? '';
  return folded(current) === folded(value) || (counts && isCommonNameOf(folded(value), folded(current)));
}

/** Where an entry goes; what is missing stays as it is. */
interface Destination {
  container: string;
  attribute?: string;
  value?: string;
}

/**
 * Renames and moves an entry in one step, and then corrects the references to it. Nothing is done where it stands so.
 * @throws ConnectorError whose cause is a collision where the name is taken there
 */
export async function rename(
  session: Session,
  entry: AccountEntry,
  { container, attribute, value }: Destination,
  change: Change,
): Promise<void> {
  const place = parentOf(entry.dn);
  const parts = namingParts(entry.dn);
  const at = parts.findIndex(({ type }) => type.toLowerCase() === attribute?.toLowerCase());
  const was = parts[at]?.value;
  const moves = !sameDn(place, container);
  // To the directory two names that differ in case only are one, which it takes for a collision.
  const renames = was !== undefined && value !== undefined && folded(was) !== folded(value);
  if (!moves && !renames) return;
  const renamed = renames ? parts.map((part, index) => (index === at ? { ...part, value } : part)) : parts;
  const references = await findReferences(session, entry);
  const to = childDn(renamed, moves ? container : place);
  try {
    await writeTo(session, entry, (target) => session.rename(target, to));
  } catch (error) {
    throw session.error(error, `place ${entry.dn} as ${readableDn(to)}`);
  }
  entry.dn = to;
  if (moves) {
    change.before.container = readableDn(place);
    change.after.container = container;
  }
  if (attribute !== undefined && renames) {
    change.before[attribute] ??= was;
    change.after[attribute] = value;
    const others = (entry.values.get(attribute.toLowerCase()) ?? []).filter((each) => each !== was);
    entry.values = new Map(entry.values).set(attribute.toLowerCase(), [value, ...others]);
  }
  await references.follow(entry);
}
