import { AndFilter, type Entry } from 'ldapts';
import type { Account, AccountId, CorrelationKey } from '../contract/account.js';
import { ConnectorError } from '../contract/connector-error.js';
import { checkText, decodeValues, READ_ATTRIBUTES } from './attributes.js';
import { guidDn, parentOf, readableDn } from './distinguished-names.js';
import { guidFromBytes, isGuid } from './identifiers.js';
import { equals, type Session } from './session.js';

/** userAccountControl's bits (MS-ADTS 2.2.16). */
export const ACCOUNT_DISABLED = 0x2;
export const NORMAL_ACCOUNT = 0x200;

/** An account as the wire gave it, with what changes need besides its attributes. */
export interface AccountEntry {
  id: AccountId;
  dn: string;
  userAccountControl: number;
  /** The values on the wire, by lower-case attribute name. */
  values: Map<string, string[]>;
}

const SYSTEM_ATTRIBUTES = ['objectGUID', 'userAccountControl', 'whenCreated', 'pwdLastSet', 'lastKnownParent'];

/** People's accounts: computers are users too, but not of this category. */
export const ACCOUNT_FILTERS = () => [equals('objectCategory', 'person'), equals('objectClass', 'user')];

/** The attributes to ask for, with those that this call needs besides. */
export function requested(session: Session, extra: string[] = []): string[] {
  return [...new Set([...SYSTEM_ATTRIBUTES, ...READ_ATTRIBUTES, ...session.settings.attributes, ...extra])];
}

/** The account with that anchor; `undefined` if there is none, or if it is a group or a computer. */
export async function readAccount(
  session: Session,
  id: AccountId,
  extra?: string[],
): Promise<AccountEntry | undefined> {
  const entry = await session.entry(
    checkedGuidDn(id),
    requested(session, extra),
    new AndFilter({ filters: ACCOUNT_FILTERS() }),
  );
  return entry && toAccountEntry(entry);
}

/** The account with that anchor; `not-found` if there is none. */
export async function requireAccount(session: Session, id: AccountId, extra?: string[]): Promise<AccountEntry> {
  const account = await readAccount(session, id, extra);
  if (account) return account;
  throw new ConnectorError('not-found', `Directory "${session.settings.directory}" has no account ${id} any more.`);
}

/** The account with that correlation value; two of them are a `conflict`. */
export async function findAccount(session: Session, key: CorrelationKey): Promise<AccountEntry | undefined> {
  const filter = new AndFilter({ filters: [...ACCOUNT_FILTERS(), correlates(key)] });
  const entries = await session.search(session.settings.baseDn, {
    scope: 'sub',
    filter,
    attributes: requested(session),
    atMost: 2,
  });
  return theOnly(session, key, entries);
}

/** The one entry of a correlation value. */
export function theOnly(session: Session, key: CorrelationKey, entries: Entry[]): AccountEntry | undefined {
  const [entry, another] = entries;
  if (another) {
    const names = entries.map(({ dn }) => dn).join(' and ');
    throw new ConnectorError(
      'conflict',
      `Directory "${session.settings.directory}" has more than one account with ${key.attribute} "${key.value}": ${names}. Leave it to one of them.`,
    );
  }
  return entry && toAccountEntry(entry);
}

/** The filter of a correlation value, which must be one. */
export function correlates({ attribute, value }: CorrelationKey) {
  if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(attribute)) {
    throw new ConnectorError('invalid', `"${attribute}" is no name of an attribute to correlate by.`);
  }
  if (value.trim() === '')
    throw new ConnectorError('invalid', `The person has no value for "${attribute}" to correlate by.`);
  checkText(attribute, value);
  return equals(attribute, value);
}

/** The address of an anchor; `invalid` if it is no objectGUID. */
export function checkedGuidDn(id: AccountId): string {
  if (!isGuid(id)) throw new ConnectorError('invalid', `"${id}" is no objectGUID.`);
  return guidDn(id);
}

export function toAccountEntry(entry: Entry): AccountEntry {
  const values = new Map<string, string[]>();
  for (const [name, value] of Object.entries(entry)) {
    if (name === 'dn' || name === 'objectGUID') continue;
    const texts = [value].flat().map(String);
    if (texts.length > 0) values.set(name.toLowerCase(), texts);
  }
  return {
    id: guidFromBytes(entry.objectGUID as Buffer),
    dn: entry.dn,
    userAccountControl: Number(entry.userAccountControl),
    values,
  };
}

/** The account as the contract gives it. */
export function toAccount(session: Session, { id, dn, userAccountControl, values }: AccountEntry): Account {
  const attributes: Account['attributes'] = {};
  for (const name of [...READ_ATTRIBUTES, ...session.settings.attributes]) {
    const value = decodeValues(name, values.get(name.toLowerCase()) ?? []);
    if (value !== undefined) attributes[name] = value;
  }
  const created = values.get('whencreated')?.[0];
  return {
    id,
    name: readableDn(dn),
    enabled: (userAccountControl & ACCOUNT_DISABLED) === 0,
    attributes,
    container: parentOf(readableDn(dn)),
    ...(created && { createdAt: fromGeneralizedTime(created) }),
  };
}

/** `20261123165907.0Z` as ISO 8601 (RFC 4517 section 3.3.13, as AD writes it). */
function fromGeneralizedTime(text: string): string {
  return text.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/, '$1-$2-$3T$4:$5:$6Z');
}
