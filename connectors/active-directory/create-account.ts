import { Attribute } from 'ldapts';
import type { Account, AccountDraft } from '../contract/account.js';
import { ConnectorError } from '../contract/connector-error.js';
import { MAX_UNIQUE_NAME_CANDIDATES, withUniqueNames } from '../contract/unique-names.js';
import {
  ACCOUNT_DISABLED,
  type AccountEntry,
  correlates,
  findAccount,
  NORMAL_ACCOUNT,
  requested,
  toAccount,
  toAccountEntry,
} from './accounts.js';
import { checkAttributeName, encodeValue } from './attributes.js';
import { childDn } from './distinguished-names.js';
import { isCollision, resultCode } from './errors.js';
import { commonNameBase, commonNameCandidate, isEnforced, uniqueNames } from './names.js';
import { checkContainer, missingContainer } from './places.js';
import { randomPassword, unicodePwd } from './random-password.js';
import type { Session } from './session.js';
import { type Counters, survey } from './survey.js';

/**
 * Creates an account: one question whether it is there, one add with everything in it, one read of what came of it.
 * Only after a collision the next names are looked up, together with the account itself.
 */
export async function createAccount(
  session: Session,
  draft: AccountDraft,
): Promise<{ outcome: 'created' | 'existed'; account: Account }> {
  const { settings } = session;
  correlates(draft.correlation);
  const unique = uniqueNames(draft, settings);
  const container = checkContainer(settings, draft.container ?? settings.container);
  const base = commonNameBase(value(draft, 'cn') ?? value(draft, 'displayName'), unique[0]?.base ?? '');
  const place = { base, container };
  // Everything that can be refused without asking is refused before anything is written.
  wireAttributes(draft, withUniqueNames(draft.attributes, unique, 1));

  const free: Counters = { names: 1, commonName: 1 };
  const unenforced = unique.filter((name) => !isEnforced(name));
  if (unenforced.length === 0) {
    const own = await findAccount(session, draft.correlation);
    if (own) return existed(session, own);
  } else {
    const seen = await survey(session, draft.correlation, unenforced, undefined, free);
    if (seen.own) return existed(session, seen.own);
    free.names = seen.names;
  }

  while (free.names <= MAX_UNIQUE_NAME_CANDIDATES && free.commonName <= MAX_UNIQUE_NAME_CANDIDATES) {
    const dn = childDn(commonNameCandidate(base, free.commonName), container);
    const taken = await add(session, dn, draft, withUniqueNames(draft.attributes, unique, free.names), container);
    if (!taken) return { outcome: 'created', account: await readBack(session, dn) };
    const seen = await survey(session, draft.correlation, unique, place, free);
    if (seen.own) return existed(session, seen.own);
    const progress = seen.names > free.names || seen.commonName > free.commonName;
    // What the directory calls taken may look free here: it compares by rules of its own, and knows the whole forest.
    free.names = progress ? seen.names : free.names + 1;
    free.commonName = progress || taken === 'unique name' ? seen.commonName : free.commonName + 1;
  }
  throw new ConnectorError(
    'conflict',
    `Directory "${settings.directory}" has no free name left after "${unique[0]?.base}" and its counters: change the mapping.`,
  );
}

function existed(session: Session, own: AccountEntry): { outcome: 'existed'; account: Account } {
  return { outcome: 'existed', account: toAccount(session, own) };
}

/** `undefined` if it was added; otherwise what of it is taken, as far as the directory says. */
async function add(
  session: Session,
  dn: string,
  draft: AccountDraft,
  attributes: AccountDraft['attributes'],
  container: string,
): Promise<'unique name' | 'any name' | undefined> {
  const control = NORMAL_ACCOUNT | (draft.enabled ? 0 : ACCOUNT_DISABLED);
  const wire = wireAttributes(draft, attributes);
  try {
    await session.add(dn, [
      new Attribute({ type: 'objectClass', values: ['top', 'person', 'organizationalPerson', 'user'] }),
      new Attribute({ type: 'userAccountControl', values: [String(control)] }),
      new Attribute({ type: 'unicodePwd', values: [unicodePwd(randomPassword())] }),
      ...wire,
    ]);
    return undefined;
  } catch (error) {
    if (isCollision(error)) return resultCode(error) === 19 ? 'unique name' : 'any name';
    if (resultCode(error) === 32) throw missingContainer(session.settings, container);
    throw session.error(
      error,
      `create ${dn}`,
      wire.map(({ type }) => type),
    );
  }
}

/** The draft's attributes on the wire; throws `invalid` for what cannot be written. */
function wireAttributes({ correlation }: AccountDraft, attributes: AccountDraft['attributes']): Attribute[] {
  // AD knows no case in names, so one name given in two ways is one attribute; the later one counts.
  const wire = new Map<string, Attribute>();
  for (const [type, given] of [...Object.entries(attributes), [correlation.attribute, correlation.value] as const]) {
    checkAttributeName(type);
    const values = given === null ? [] : encodeValue(type, given);
    if (values.length > 0) wire.set(type.toLowerCase(), new Attribute({ type, values }));
    else wire.delete(type.toLowerCase());
  }
  wire.delete('cn');
  return [...wire.values()];
}

async function readBack(session: Session, dn: string): Promise<Account> {
  const entry = await session.entry(dn, requested(session));
  if (!entry) {
    throw new ConnectorError(
      'transient',
      `Directory "${session.settings.directory}" created ${dn} and does not show it yet.`,
    );
  }
  return toAccount(session, toAccountEntry(entry));
}

function value(draft: AccountDraft, attribute: string): unknown {
  return Object.entries(draft.attributes).find(([name]) => name.toLowerCase() === attribute.toLowerCase())?.[1];
}
