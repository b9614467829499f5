import type { Rdn } from './directory/distinguished-name.js';
import type { Domain } from './directory/domain.js';
import { type Entry, EntryDraft } from './directory/entry.js';
import { createGuid, sidFromText } from './directory/identifiers.js';
import { categoryDn, classDefinition } from './directory/schema.js';
import { createEntry, setName } from './operations/add.js';

/** What the directory starts with besides AD's own objects: names right below the root. */
export interface Seed {
  /** `People` becomes OU=People,<base>. */
  organizationalUnits: readonly string[];
  /** Global security groups, in OU=Groups when there is one and else in CN=Users. */
  groups: readonly string[];
}

/** An ordinary company: people, groups, and a place for leavers. */
export const DEFAULT_SEED: Seed = {
  organizationalUnits: ['People', 'Groups', 'Leavers'],
  groups: ['All Staff', 'Engineering', 'Sales', 'Finance', 'Human Resources', 'Managers'],
};

/** AD's default domain policy ([MS-ADA1], [MS-ADA3]); ages are negative counts of 100 nanoseconds. */
const DOMAIN_POLICY = {
  minPwdLength: '7',
  pwdProperties: '1',
  pwdHistoryLength: '24',
  minPwdAge: '-864000000000',
  maxPwdAge: '-36288000000000',
  lockoutThreshold: '0',
  lockoutDuration: '-18000000000',
  lockOutObservationWindow: '-18000000000',
};

const ENABLED_FOR_EVER = 0x10200;

type Attributes = Record<string, string | Buffer>;

/** Creates the root of the domain, AD's own containers and accounts. For an empty store only. */
export function createDomain(domain: Domain, adminPassword: string): void {
  createRoot(domain);
  const users = rdn('CN', 'Users');
  for (const name of [users, rdn('CN', 'Computers'), rdn('CN', 'Builtin')]) {
    protect(domain, create(domain, [name], { objectClass: 'container' }));
  }
  protect(domain, create(domain, [rdn('OU', 'Domain Controllers')], { objectClass: 'organizationalUnit' }));
  const deleted = EntryDraft.of(create(domain, [rdn('CN', 'Deleted Objects')], { objectClass: 'container' }));
  deleted.set('isDeleted', 'TRUE');
  deleted.deleted = true;
  protect(domain, domain.store.commit(deleted));

  const group = (name: string, id: number): Entry =>
    create(domain, [rdn('CN', name), users], { objectClass: 'group', sAMAccountName: name }, id);
  const administrator = create(
    domain,
    [rdn('CN', 'Administrator'), users],
    {
      objectClass: 'user',
      sAMAccountName: 'Administrator',
      userPrincipalName: `administrator@${domain.dnsName}`,
      userAccountControl: String(ENABLED_FOR_EVER),
      unicodePwd: Buffer.from(`"${adminPassword}"`, 'utf16le'),
    },
    500,
  );
  protect(domain, administrator);
  protect(domain, group('Domain Users', 513));
  const admins = EntryDraft.of(group('Domain Admins', 512));
  admins.link('member', administrator.id, true);
  protect(domain, domain.store.commit(admins));
}

/** Creates what the seed names and is not there yet. */
export function plant(domain: Domain, seed: Seed): void {
  for (const name of seed.organizationalUnits) {
    createIfMissing(domain, [rdn('OU', name)], { objectClass: 'organizationalUnit' });
  }
  for (const name of seed.groups) {
    createIfMissing(domain, [rdn('CN', name), groupsHome(seed)], { objectClass: 'group', sAMAccountName: name });
  }
}

/** The container of the seed's groups. */
export function groupsHome(seed: Seed): Rdn {
  return seed.organizationalUnits.includes('Groups') ? rdn('OU', 'Groups') : rdn('CN', 'Users');
}

function createRoot(domain: Domain): void {
  const name = domain.store.base[0];
  const kind = classDefinition('domainDNS');
  if (!name || !kind) throw new Error(`"${domain.baseDn}" is no domain. Give a base DN such as DC=demo,DC=example.`);
  const root = EntryDraft.create(createGuid(), kind, name);
  setName(root);
  root.set('objectClass', ...kind.chain);
  root.set('objectGUID', root.guid);
  root.set('objectSid', sidFromText(domain.sid));
  root.set('objectCategory', categoryDn(kind.category, domain.baseDn));
  root.set('instanceType', '5');
  root.set('isCriticalSystemObject', 'TRUE');
  for (const [policy, value] of Object.entries(DOMAIN_POLICY)) root.set(policy, value);
  domain.store.commit(root);
}

/** Marks an entry as one that can be neither deleted nor moved. */
function protect(domain: Domain, entry: Entry): void {
  const draft = EntryDraft.of(entry);
  draft.set('isCriticalSystemObject', 'TRUE');
  domain.store.commit(draft);
}

function createIfMissing(domain: Domain, path: Rdn[], attributes: Attributes): void {
  if (!domain.store.resolve([...path, ...domain.store.base]).entry) create(domain, path, attributes);
}

function create(domain: Domain, path: Rdn[], attributes: Attributes, relativeId?: number): Entry {
  const wire = Object.entries(attributes).map(([name, value]) => ({ name, values: [Buffer.from(value)] }));
  return createEntry(domain, [...path, ...domain.store.base], wire, relativeId);
}

function rdn(type: string, value: string): Rdn {
  return { type, value };
}
