import { AndFilter, Attribute, type Filter, OrFilter } from 'ldapts';
import { uniqueCandidate } from '../../domain/mapping/unique-name.js';
import type { Account, AccountDraft, UniqueName } from '../contract/account.js';
import { ConnectorError } from '../contract/connector-error.js';
import { MAX_UNIQUE_NAME_CANDIDATES, withUniqueNames } from '../contract/unique-names.js';
import { stateAttribute, stateValues } from './account-state.js';
import { type AccountEntry, accountFilter, correlates, requested, toAccount, toAccountEntry } from './accounts.js';
import { checkAttributeName, encodeValue } from './attributes.js';
import { childDn, sameDn } from './distinguished-names.js';
import { isCollision, resultCode } from './errors.js';
import { equals } from './filters.js';
import { commonNameBase, commonNameCandidate, given, uniqueNames } from './names.js';
import { checkContainer, missingContainer } from './places.js';
import type { Session } from './session.js';
import { type Counters, type Place, survey } from './survey.js';

/** So many candidates are looked up with one question once the first ones were taken. */
const AT_ONCE = 20;

/** A draft with what was made out of it before anything was asked. */
interface Prepared {
  draft: AccountDraft;
  unique: UniqueName[];
  /** The CN and its container; the CN names the entry only where the settings say so. */
  place: Place;
  isNamedByCn: boolean;
}

/**
 * Creates an account: one question whether it is there and whether its names are free, one add with everything in it
 * but a password, so that nobody can sign in until one is set, and one read of what came of it.
 */
export async function createAccount(
  session: Session,
  draft: AccountDraft,
): Promise<{ outcome: 'created' | 'existed'; account: Account }> {
  const { settings } = session;
  correlates(draft.correlation);
  const prepared = prepare(session, draft);
  const { unique, place, isNamedByCn } = prepared;
  // Everything that can be refused without asking is refused before anything is written.
  entryOf(session, prepared, { names: 1, commonName: 1 });

  const free: Counters = { names: 1, commonName: 1 };
  for (let candidates = 1; free.names <= MAX_UNIQUE_NAME_CANDIDATES; candidates = AT_ONCE) {
    const asked = isNamedByCn ? place : undefined;
    const seen = await survey(session, { key: draft.correlation, unique, place: asked, from: free, candidates });
    if (seen.own) return { outcome: 'existed', account: toAccount(settings, seen.own) };
    const isFree = seen.names === free.names && seen.commonName === free.commonName;
    free.names = seen.names;
    free.commonName = seen.commonName;
    // Beyond the last candidate that was asked for, nobody knows yet.
    if (!isFree && candidates === 1) continue;
    if (free.commonName > MAX_UNIQUE_NAME_CANDIDATES) break;
    const created = await add(session, prepared, free);
    if (created) return { outcome: 'created', account: toAccount(settings, created) };
    // What the directory calls taken may look free here, because it compares by rules of its own.
    const taken = await survey(session, { key: draft.correlation, unique, place: asked, from: free, candidates: 1 });
    if (taken.own) return { outcome: 'existed', account: toAccount(settings, taken.own) };
    const progress = taken.names > free.names || taken.commonName > free.commonName;
    free.names = progress ? taken.names : free.names + 1;
    free.commonName = progress || !isNamedByCn ? taken.commonName : free.commonName + 1;
  }
  throw new ConnectorError(
    'conflict',
    `Directory "${settings.directory}" has no free name left after "${unique[0]?.base ?? place.base}" and its counters: change the mapping.`,
  );
}

function prepare({ settings }: Session, draft: AccountDraft): Prepared {
  const unique = uniqueNames(draft.unique);
  const container = checkContainer(settings, draft.container ?? settings.container);
  const { attributes } = draft;
  const base = commonNameBase(given(attributes, 'cn') ?? given(attributes, 'displayName'), unique[0]?.base ?? '');
  return { draft, unique, place: { base, container }, isNamedByCn: isNamedByCn(settings.rdnAttribute, unique) };
}

/** Whether counters of its own make the CN a name in the container. */
function isNamedByCn(rdnAttribute: string, unique: readonly UniqueName[]): boolean {
  const isCn = rdnAttribute.toLowerCase() === 'cn';
  return isCn && !unique.some(({ attribute }) => attribute.toLowerCase() === 'cn');
}

/** The entry as it is sent; throws `invalid` for what cannot be written. */
function entryOf(session: Session, prepared: Prepared, free: Counters): { dn: string; attributes: Attribute[] } {
  const { settings } = session;
  const { draft, unique, place } = prepared;
  const { correlation, enabled } = draft;
  // LDAP knows no case in names, so one name given in two ways is one attribute; the later one counts.
  const wire = new Map<string, Attribute>();
  const put = (type: string, values: string[]) => {
    if (values.length > 0) wire.set(type.toLowerCase(), new Attribute({ type, values }));
    else wire.delete(type.toLowerCase());
  };
  const wanted = withUniqueNames(draft.attributes, unique, free.names);
  for (const [type, value] of [...Object.entries(wanted), [correlation.attribute, correlation.value] as const]) {
    checkAttributeName(type, settings);
    put(type, encodeValue(type, value));
  }
  if (prepared.isNamedByCn) put('cn', [commonNameCandidate(place.base, free.commonName)]);
  else if (!wire.has('cn') && place.base !== '') put('cn', encodeValue('cn', place.base));
  const [name] = wire.get(settings.rdnAttribute.toLowerCase())?.values ?? [];
  if (name === undefined) {
    throw new ConnectorError(
      'invalid',
      `The mapping gives no ${settings.rdnAttribute}, which names the accounts of directory "${settings.directory}": add it.`,
    );
  }
  put('objectClass', settings.objectClasses);
  put(stateAttribute(settings), stateValues(settings, enabled));
  const dn = childDn([{ type: settings.rdnAttribute, value: String(name) }], place.container);
  return { dn, attributes: [...wire.values()] };
}

/** What was added; `undefined` if a name of it is taken. */
async function add(session: Session, prepared: Prepared, free: Counters): Promise<AccountEntry | undefined> {
  const { dn, attributes } = entryOf(session, prepared, free);
  try {
    await session.add(dn, attributes);
  } catch (error) {
    if (isCollision(error)) return undefined;
    if (resultCode(error) === 32) throw missingContainer(session.settings, prepared.place.container);
    throw session.error(
      error,
      `create ${dn}`,
      attributes.map(({ type }) => type),
    );
  }
  return await readBack(session, prepared, dn, free.names);
}

/**
 * Reads what was added, and whether somebody took a name of it, or made this very account, at the same time: not every
 * directory keeps values unique. Then it is taken away again, and the next candidate's turn has come.
 */
async function readBack(
  session: Session,
  { draft: { correlation }, unique }: Prepared,
  dn: string,
  n: number,
): Promise<AccountEntry | undefined> {
  const { settings } = session;
  const filters: Filter[] = [new AndFilter({ filters: [accountFilter(settings), correlates(correlation)] })];
  for (const name of unique) filters.push(equals(name.attribute, uniqueCandidate(name, n)));
  const found = await session.search(settings.baseDn, {
    scope: 'sub',
    filter: new OrFilter({ filters }),
    attributes: requested(session),
  });
  const mine = found.find((entry) => sameDn(entry.dn, dn));
  if (!mine) {
    throw new ConnectorError('transient', `Directory "${settings.directory}" created ${dn} and does not show it yet.`);
  }
  const entry = toAccountEntry(settings, mine);
  if (found.length === 1) return entry;
  session.op.log.warn({ operation: session.op.id, dn }, 'Took an account back whose names were taken meanwhile');
  try {
    await session.delete({ dn: mine.dn, id: entry.id });
  } catch (error) {
    throw session.error(error, `take ${dn} back, whose names were taken meanwhile`);
  }
  return undefined;
}
