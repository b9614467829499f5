import { AndFilter, type Entry } from 'ldapts';
import type { Account, AccountId, CorrelationKey } from '../contract/account.js';
import { ConnectorError } from '../contract/connector-error.js';
import { isEnabled, stateAttribute } from './account-state.js';
import { checkText, decodeValues, readAttributes } from './attributes.js';
import { parentOf, readableDn } from './distinguished-names.js';
import { equals } from './filters.js';
import type { Session } from './session.js';
import type { LdapSettings } from './settings.js';

/** An account as the wire gave it. */
export interface AccountEntry {
  id: AccountId;
  dn: string;
  /** The values on the wire, by lower-case attribute name. */
  values: Map<string, string[]>;
}

/** What tells people's accounts from other entries. */
export const accountFilter = ({ objectClasses }: LdapSettings) => equals('objectClass', objectClasses[0] as string);

/** The attributes to ask for, with those that this call needs besides. */
export function requested({ settings }: Session, extra: string[] = []): string[] {
  const system = ['entryUUID', 'createTimestamp', stateAttribute(settings)];
  return [...new Set([...system, ...readAttributes(settings), ...extra])];
}

/** The account with that anchor (entryUUID, RFC 4530); `undefined` if there is none, or if it is no account. */
export async function readAccount(
  session: Session,
  id: AccountId,
  extra?: string[],
): Promise<AccountEntry | undefined> {
  const filter = new AndFilter({ filters: [anchored(id), accountFilter(session.settings)] });
  const attributes = requested(session, extra);
  const [entry] = await session.search(session.settings.baseDn, { scope: 'sub', filter, attributes });
  return entry && toAccountEntry(session.settings, entry);
}

/** The account with that anchor; `not-found` if there is none. */
export async function requireAccount(session: Session, id: AccountId, extra?: string[]): Promise<AccountEntry> {
  const account = await readAccount(session, id, extra);
  if (account) return account;
  throw new ConnectorError('not-found', `Directory "${session.settings.directory}" has no account ${id} any more.`);
}

/** The account with that correlation value; two of them are a `conflict`. */
export async function findAccount(session: Session, key: CorrelationKey): Promise<AccountEntry | undefined> {
  const { settings } = session;
  const filter = new AndFilter({ filters: [accountFilter(settings), correlates(key)] });
  const entries = await session.search(settings.baseDn, { scope: 'sub', filter, attributes: requested(session) });
  const [entry, another] = entries;
  if (another) {
    const names = entries.map(({ dn }) => dn).join(' and ');
    throw new ConnectorError(
      'conflict',
      `Directory "${settings.directory}" has more than one account with ${key.attribute} "${key.value}": ${names}. Leave it to one of them.`,
    );
  }
  return entry && toAccountEntry(settings, entry);
}

/** The filter of a correlation value, which must be one. */
export function correlates({ attribute, value }: CorrelationKey) {
  if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(attribute)) {
    throw new ConnectorError('invalid', `"${attribute}" is no name of an attribute to correlate by.`);
  }
  if (value.trim() === '') {
    throw new ConnectorError('invalid', `The person has no value for "${attribute}" to correlate by.`);
  }
  checkText(attribute, value);
  return equals(attribute, value);
}

/** Whether the text is an anchor: an entryUUID. */
export function isAnchor(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

/** The filter of an anchor; throws `invalid` if it is none. */
export function anchored(id: string) {
  if (!isAnchor(id)) throw new ConnectorError('invalid', `"${id}" is no entryUUID.`);
  return equals('entryUUID', id);
}

/** An entry's anchor; throws `misconfigured` where the directory gives none, because nothing could be found again. */
export function anchorOf({ directory }: LdapSettings, entry: Entry): string {
  const id = entry.entryUUID;
  if (typeof id === 'string' && isAnchor(id)) return id.toLowerCase();
  throw new ConnectorError(
    'misconfigured',
    `Directory "${directory}" shows no entryUUID of ${entry.dn}: let the service account read operational attributes.`,
  );
}

/** An entry as it was read. */
export function toAccountEntry(settings: LdapSettings, entry: Entry): AccountEntry {
  const values = new Map<string, string[]>();
  for (const [name, value] of Object.entries(entry)) {
    if (name === 'dn') continue;
    const texts = [value].flat().map(String);
    if (texts.length > 0) values.set(name.toLowerCase(), texts);
  }
  return { id: anchorOf(settings, entry), dn: entry.dn, values };
}

/** Whether the account is enabled, by the way in which this directory disables. */
export function isAccountEnabled(settings: LdapSettings, { values }: AccountEntry): boolean {
  return isEnabled(settings, values.get(stateAttribute(settings).toLowerCase()) ?? []);
}

/** The account as the contract gives it. */
export function toAccount(settings: LdapSettings, entry: AccountEntry): Account {
  const { id, dn, values } = entry;
  const attributes: Account['attributes'] = {};
  for (const name of readAttributes(settings)) {
    const value = decodeValues(name, values.get(name.toLowerCase()) ?? [], settings);
    if (value !== undefined) attributes[name] = value;
  }
  const created = values.get('createtimestamp')?.[0];
  const name = readableDn(dn);
  return {
    id,
    name,
    enabled: isAccountEnabled(settings, entry),
    attributes,
    container: parentOf(name),
    ...(created && { createdAt: fromGeneralizedTime(created) }),
  };
}

/** `20261123165907Z` as ISO 8601 (RFC 4517 section 3.3.13, as servers write it). */
function fromGeneralizedTime(text: string): string {
  return text.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/, '$1-$2-$3T$4:$5:$6Z');
}
