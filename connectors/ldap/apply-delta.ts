import { Attribute, Change as LdapChange } from 'ldapts';
import { uniqueCandidate } from '../../domain/mapping/unique-name.js';
import type { Account, AccountDelta, AccountId, UniqueName } from '../contract/account.js';
import type { Change } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import { MAX_UNIQUE_NAME_CANDIDATES, withUniqueNames } from '../contract/unique-names.js';
import { stateAttribute, stateChange } from './account-state.js';
import { type AccountEntry, isAccountEnabled, requireAccount, toAccount } from './accounts.js';
import { writeTo } from './anchored-writes.js';
import { checkAttributeName, decodeValues, encodeValue } from './attributes.js';
import { parentOf } from './distinguished-names.js';
import { isCollision } from './errors.js';
import { folded, given, uniqueNames } from './names.js';
import { isNaming, nameWanted, place, rename, wantedContainer } from './placement.js';
import type { Session } from './session.js';
import { survey } from './survey.js';

/** So many candidates are looked up with one question. */
const AT_ONCE = 20;

/**
 * Brings an account to what the delta says: one read, at most one modify, and a rename or move where its place or what
 * names it asks for one. What stands as intended is not written.
 */
export async function applyDelta(
  session: Session,
  id: AccountId,
  delta: AccountDelta,
): Promise<{ account: Account; change: Change }> {
  const { settings } = session;
  const unique = uniqueNames(delta.unique ?? []);
  const named = [...Object.keys(delta.attributes ?? {}), ...unique.map(({ attribute }) => attribute)];
  for (const name of named) checkAttributeName(name, settings);
  wireValues(delta, unique, 1);
  const entry = await requireAccount(session, id, named);
  const container = await wantedContainer(session, entry, delta.container);
  const change: Change = { before: {}, after: {} };
  const dn = entry.dn;

  if (unique.length === 0) await write(session, entry, delta, wireValues(delta, unique, 1), change);
  else await writeUnique(session, entry, delta, unique, change);
  await place(session, entry, container, nameWanted(entry, delta, unique), change);

  // A name as the directory writes it is known only from itself.
  const after = entry.dn === dn ? entry : await requireAccount(session, id, named);
  return { account: toAccount(settings, after), change };
}

/** Names change together, by one counter; a collision moves all of them on. Those of the entry itself stand already. */
async function writeUnique(
  session: Session,
  entry: AccountEntry,
  delta: AccountDelta,
  unique: UniqueName[],
  change: Change,
): Promise<void> {
  const next = async (names: number) => {
    const from = { names, commonName: 1 };
    return (await survey(session, { unique, from, candidates: AT_ONCE, except: entry.id })).names;
  };
  const here = parentOf(entry.dn);
  let n = standing(entry, unique) ?? (await next(1));
  while (n <= MAX_UNIQUE_NAME_CANDIDATES) {
    try {
      for (const name of unique.filter(({ attribute }) => isNaming(entry, attribute))) {
        const { attribute } = name;
        await rename(session, entry, { container: here, attribute, value: uniqueCandidate(name, n) }, change);
      }
      return await write(session, entry, delta, wireValues(delta, unique, n), change);
    } catch (error) {
      if (!(error instanceof ConnectorError && isCollision(error.details.cause))) throw error;
    }
    n = await next(n + 1);
  }
  throw new ConnectorError(
    'conflict',
    `Directory "${session.settings.directory}" has no free name left after "${unique[0]?.base}" and its counters.`,
  );
}

/** The counter by which the account bears all those names already. */
function standing(entry: AccountEntry, unique: readonly UniqueName[]): number | undefined {
  for (let n = 1; n <= MAX_UNIQUE_NAME_CANDIDATES; n++) {
    const isBorne = unique.every((name) => {
      const values = entry.values.get(name.attribute.toLowerCase()) ?? [];
      return values.some((value) => folded(value) === folded(uniqueCandidate(name, n)));
    });
    if (isBorne) return n;
  }
  return undefined;
}

/** The delta's attributes on the wire, with the `n`th candidates of its names. */
function wireValues({ attributes = {} }: AccountDelta, unique: readonly UniqueName[], n: number) {
  const wanted = Object.entries(withUniqueNames(attributes, unique, n));
  return new Map(wanted.map(([name, value]) => [name, encodeValue(name, value)]));
}

/** One modify with all that differs, but what names the entry; that is changed by renaming. */
async function write(
  session: Session,
  entry: AccountEntry,
  delta: AccountDelta,
  wanted: Map<string, string[]>,
  change: Change,
): Promise<void> {
  const { settings } = session;
  const values = new Map(entry.values);
  const modifications: LdapChange[] = [];
  const written: string[] = [];
  const attempt: Change = { before: {}, after: {} };
  for (const [name, will] of withCommonName(entry, delta, wanted)) {
    const key = name.toLowerCase();
    const was = entry.values.get(key) ?? [];
    if (isNaming(entry, name) || sameValues(was, will)) continue;
    attempt.before[name] = decodeValues(name, was, settings) ?? null;
    attempt.after[name] = decodeValues(name, will, settings) ?? null;
    values.set(key, will);
    written.push(name);
    modifications.push(
      new LdapChange({ operation: 'replace', modification: new Attribute({ type: name, values: will }) }),
    );
  }
  const enabled = isAccountEnabled(settings, entry);
  if (delta.enabled !== undefined && delta.enabled !== enabled) {
    const change = stateChange(settings, delta.enabled);
    modifications.push(change);
    values.set(stateAttribute(settings).toLowerCase(), change.modification.values.map(String));
    attempt.before.enabled = enabled;
    attempt.after.enabled = delta.enabled;
  }
  if (modifications.length === 0) return;
  try {
    await writeTo(session, entry, (target) => session.modify(target, modifications));
  } catch (error) {
    throw session.error(error, `change ${entry.dn}`, written);
  }
  entry.values = values;
  Object.assign(change.before, attempt.before);
  Object.assign(change.after, attempt.after);
}

/** A CN that was made of the display name stays alike to it; the schema demands that there is one. */
function withCommonName(entry: AccountEntry, { attributes = {} }: AccountDelta, wanted: Map<string, string[]>) {
  const isGiven = [...wanted.keys()].some((name) => name.toLowerCase() === 'cn');
  const displayName = given(attributes, 'displayName');
  const was = entry.values.get('displayname')?.[0];
  const follows = was !== undefined && entry.values.get('cn')?.join('\0') === was;
  if (isGiven || !follows || typeof displayName !== 'string' || displayName.trim() === '') return wanted;
  return new Map([...wanted, ['cn', encodeValue('cn', displayName)]]);
}

function sameValues(a: string[], b: string[]): boolean {
  return a.length === b.length && [...a].sort().join('\0') === [...b].sort().join('\0');
}
