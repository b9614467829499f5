import { adError } from './ad-error.js';
import type { DirectoryStore } from './directory-store.js';
import { type DistinguishedName, parseDn } from './distinguished-name.js';
import type { Entry } from './entry.js';
import { guidFromText, sidFromText } from './identifiers.js';

/** GUIDs by which AD's own containers are found whatever their names are ([MS-ADTS] 6.1.1.4). */
export const WELL_KNOWN_CONTAINERS: Record<string, string> = {
  a9d1ca15768811d1aded00c04fd8d5cd: 'CN=Users',
  aa312825768811d1aded00c04fd8d5cd: 'CN=Computers',
  a361b2ffffd211d1aa4b00c04fd7d83a: 'OU=Domain Controllers',
  '18e2ea80684f11d2b9aa00c04f79f805': 'CN=Deleted Objects',
};

/** The names and limits of the domain that the directory serves. */
export interface Domain {
  readonly store: DirectoryStore;
  readonly baseDn: string;
  /** e.g. demo.tenure.example */
  readonly dnsName: string;
  /** The name before the backslash in DOMAIN\account. */
  readonly netbiosName: string;
  /** S-1-5-21-… */
  readonly sid: string;
  /** The most entries that one answer holds (AD's MaxPageSize). */
  readonly maxPageSize: number;
  /** The most values of one attribute in one answer (AD's MaxValRange). */
  readonly maxValRange: number;
}

/** The container of tombstones. */
export function deletedObjects(domain: Domain): Entry {
  return wellKnown(domain, 'CN=Deleted Objects');
}

/** An entry that every domain has, by its name below the root. */
export function wellKnown({ store, baseDn }: Domain, name: string): Entry {
  const { entry } = store.resolve(parseDn(`${name},${baseDn}`));
  if (!entry) throw new Error(`The directory lacks ${name}.`);
  return entry;
}

/**
 * Finds the entry a request names: by DN, `<GUID=…>`, `<SID=…>` or `<WKGUID=…,dn>` ([MS-ADTS] 3.1.1.3.1.2.4).
 * @throws AdError noSuchObject, invalidDNSyntax, or a referral when it lies in another domain
 */
export function findTarget(domain: Domain, name: string, showDeleted: boolean): Entry {
  const { store } = domain;
  const special = /^<(GUID|SID|WKGUID)=([^>]*)>$/i.exec(name.trim());
  if (special) {
    const entry = findSpecial(domain, (special[1] as string).toUpperCase(), special[2] as string);
    if (!entry || (entry.deleted && !showDeleted)) throw adError.noSuchObject('');
    return entry;
  }
  return findByDn(store, parseDn(name), showDeleted);
}

function findByDn(store: DirectoryStore, dn: DistinguishedName, showDeleted: boolean): Entry {
  if (!store.holds(dn)) throw adError.foreignDn();
  const { entry, deepest } = store.resolve(dn);
  if (!entry || (entry.deleted && !showDeleted)) {
    throw adError.noSuchObject(store.dnOf(deepest.deleted ? store.root : deepest));
  }
  return entry;
}

function findSpecial(domain: Domain, form: string, value: string): Entry | undefined {
  const { store } = domain;
  if (form === 'GUID') {
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value))
      return store.get(guidFromText(value).toString('hex'));
    if (/^[0-9a-f]{32}$/i.test(value)) return store.get(value.toLowerCase());
    throw adError.invalidDn();
  }
  if (form === 'SID') {
    const sid = /^S(-\d+){3,}$/i.test(value) ? sidFromText(value) : Buffer.from(value, 'hex');
    return [...(store.find('objectSid', sid.toString('latin1')) ?? [])][0];
  }
  const [guid = '', dn = ''] = value.split(/,(.*)/s);
  const container = WELL_KNOWN_CONTAINERS[guid.toLowerCase()];
  return container ? findByDn(store, parseDn(`${container},${dn}`), true) : undefined;
}
