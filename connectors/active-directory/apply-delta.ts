import { Attribute, Change as LdapChange } from 'ldapts';
import type { Account, AccountDelta, AccountId } from '../contract/account.js';
import type { Change } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import { MAX_UNIQUE_NAME_CANDIDATES } from '../contract/unique-names.js';
import { ACCOUNT_DISABLED, type AccountEntry, checkedGuidDn, requireAccount, toAccount } from './accounts.js';
import { checkAttributeName, decodeValues, encodeValue } from './attributes.js';
import { childDn, nameOf, parentOf, sameDn } from './distinguished-names.js';
import { isCollision } from './errors.js';
import { acceptableName, commonNameBase, commonNameCandidate, isCommonNameOf } from './names.js';
import { requireContainer } from './places.js';
import type { Session } from './session.js';
import { survey } from './survey.js';

/** Names that are adapted to what AD takes, at creation and in changes alike. */
const SIGN_IN_NAMES = ['samaccountname', 'userprincipalname'];

/**
 * Brings an account to what the delta says: one read, at most one modify, and a rename or move where its place or its
 * display name asks for one. What stands as intended is not written.
 */
export async function applyDelta(
  session: Session,
  id: AccountId,
  delta: AccountDelta,
): Promise<{ account: Account; change: Change }> {
  const wanted = wantedValues(session, delta);
  const entry = await requireAccount(session, id, [...wanted.keys()]);
  const before = toAccount(session, entry);
  const container = await wantedContainer(session, entry, delta);
  const change: Change = { before: {}, after: {} };

  const modifications = attributeChanges(entry, wanted, change);
  if (delta.enabled !== undefined && delta.enabled !== before.enabled) {
    // The account's other bits stay as they are.
    entry.userAccountControl = delta.enabled
      ? entry.userAccountControl & ~ACCOUNT_DISABLED
      : entry.userAccountControl | ACCOUNT_DISABLED;
    modifications.push(new Attribute({ type: 'userAccountControl', values: [String(entry.userAccountControl)] }));
    change.before.enabled = before.enabled;
    change.after.enabled = delta.enabled;
  }
  if (modifications.length > 0) await modify(session, entry, modifications);
  await place(session, entry, container, commonNameOf(delta, entry), change);
  return { account: toAccount(session, entry), change };
}

/** The delta's attributes on the wire, by the names it gives them. */
function wantedValues({ settings }: Session, { attributes = {} }: AccountDelta): Map<string, string[]> {
  const wanted = new Map<string, string[]>();
  for (const [name, value] of Object.entries(attributes)) {
    checkAttributeName(name);
    const isName = typeof value === 'string' && SIGN_IN_NAMES.includes(name.toLowerCase());
    wanted.set(name, encodeValue(name, isName ? acceptableName(name, value, settings) : value));
  }
  return wanted;
}

async function wantedContainer(session: Session, entry: AccountEntry, delta: AccountDelta): Promise<string> {
  const current = parentOf(entry.dn);
  if (delta.container === undefined || sameDn(delta.container, current)) return current;
  await requireContainer(session, delta.container);
  return delta.container;
}

/** What has to be written; the entry and the change get the new values. */
function attributeChanges(entry: AccountEntry, wanted: Map<string, string[]>, change: Change): Attribute[] {
  const modifications: Attribute[] = [];
  for (const [name, values] of wanted) {
    const key = name.toLowerCase();
    if (key === 'cn') continue;
    const current = entry.values.get(key) ?? [];
    const [was, will] = [decodeValues(name, current) ?? null, decodeValues(name, values) ?? null];
    if (sameValues(current, values) || (was === null && will === null)) continue;
    change.before[name] = was;
    change.after[name] = will;
    entry.values.set(key, values);
    modifications.push(new Attribute({ type: name, values }));
  }
  return modifications;
}

function sameValues(a: string[], b: string[]): boolean {
  return a.length === b.length && [...a].sort().join('\0') === [...b].sort().join('\0');
}

async function modify(session: Session, entry: AccountEntry, modifications: Attribute[]): Promise<void> {
  const changes = modifications.map((modification) => new LdapChange({ operation: 'replace', modification }));
  try {
    await session.modify(checkedGuidDn(entry.id), changes);
  } catch (error) {
    const names = modifications.map(({ type }) => type);
    throw session.error(error, `change ${entry.dn}`, names);
  }
}

/** The base of the CN that the delta asks for; `undefined` if it says nothing about it. */
function commonNameOf({ attributes = {} }: AccountDelta, entry: AccountEntry): string | undefined {
  const given = new Map(Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), value]));
  if (!given.has('cn') && !given.has('displayname')) return undefined;
  return commonNameBase(
    given.get('cn') || given.get('displayname'),
    entry.values.get('samaccountname')?.[0] ?? entry.id,
  );
}

/**
 * Renames and moves in one step. It comes after the other changes, and is decided by the CN as it is, so that a second
 * attempt does it if the first one ended between the two.
 */
async function place(
  session: Session,
  entry: AccountEntry,
  container: string,
  base: string | undefined,
  change: Change,
): Promise<void> {
  const [commonName, current] = [nameOf(entry.dn), parentOf(entry.dn)];
  const moves = !sameDn(container, current);
  const renames = base !== undefined && !isCommonNameOf(base, commonName);
  if (!moves && !renames) return;
  const placed = await rename(session, entry, container, renames ? base : commonName);
  if (moves) {
    change.before.container = current;
    change.after.container = container;
  }
  if (placed !== commonName) {
    change.before.cn = commonName;
    change.after.cn = placed;
  }
  entry.dn = childDn(placed, container);
  entry.values.set('cn', [placed]);
}

async function rename(session: Session, entry: AccountEntry, container: string, base: string): Promise<string> {
  let counter = 1;
  while (counter <= MAX_UNIQUE_NAME_CANDIDATES) {
    const commonName = commonNameCandidate(base, counter);
    try {
      await session.rename(checkedGuidDn(entry.id), childDn(commonName, container));
      return commonName;
    } catch (error) {
      if (!isCollision(error)) throw session.error(error, `place ${entry.dn} as ${childDn(commonName, container)}`);
    }
    const seen = await survey(session, undefined, [], { base, container }, { names: 1, commonName: counter });
    counter = Math.max(seen.commonName, counter + 1);
  }
  throw new ConnectorError('conflict', `${container} has no free name left after "${base}" and its counters.`);
}
