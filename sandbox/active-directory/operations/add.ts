import { adError } from '../directory/ad-error.js';
import { type DistinguishedName, parseDn, type Rdn } from '../directory/distinguished-name.js';
import type { Domain } from '../directory/domain.js';
import { type Entry, EntryDraft } from '../directory/entry.js';
import { createGuid, sidFromText } from '../directory/identifiers.js';
import { readPassword, setPassword } from '../directory/password-policy.js';
import {
  attributeDefinition,
  type ClassDefinition,
  categoryDn,
  classDefinition,
  structuralClass,
} from '../directory/schema.js';
import { requireAdministrator, type Session } from '../directory/session.js';
import { readValue } from '../directory/values.js';
import type { AddRequest, WireAttribute } from '../wire/ldap-request.js';
import { checkPrincipal, completeNewPrincipal, setPasswordAge } from './account-rules.js';
import { applyChange } from './write-attributes.js';

/** Attributes that an add handles by itself. */
const HANDLED = new Set(['objectclass', 'unicodepwd', 'pwdlastset']);

/** Creates an entry ([MS-ADTS] 3.1.1.5.2). */
export function add(domain: Domain, session: Session, request: AddRequest): void {
  requireAdministrator(domain, session);
  createEntry(domain, parseDn(request.dn), request.attributes);
}

/**
 * Creates an entry without asking who wants it.
 * @param relativeId the last number of the SID, for AD's own accounts; by default the next free one
 */
export function createEntry(
  domain: Domain,
  dn: DistinguishedName,
  attributes: readonly WireAttribute[],
  relativeId?: number,
): Entry {
  const [rdn, ...parentDn] = dn;
  const { store } = domain;
  if (!rdn || !store.holds(dn)) throw adError.foreignDn();
  const kind = readClass(attributes);
  const { entry: parent, deepest } = store.resolve(parentDn);
  if (!store.holds(parentDn)) throw adError.entryExists();
  if (!parent) throw adError.noSuchObject(store.dnOf(deepest));
  if (store.resolve(dn).entry) throw adError.entryExists();
  checkPlace(kind, rdn, parent);
  const draft = EntryDraft.create(createGuid(), kind, { type: kind.rdnType, value: rdn.value }, parent);
  setName(draft);
  draft.set('objectClass', ...kind.chain);
  draft.set('objectGUID', draft.guid);
  draft.set('instanceType', '4');
  draft.set('objectCategory', categoryDn(kind.category, domain.baseDn));
  setAttributes(domain, draft, attributes);
  if (relativeId !== undefined) draft.set('objectSid', sidFromText(`${domain.sid}-${relativeId}`));
  completeNewPrincipal(domain, draft);
  setSecrets(domain, draft, attributes);
  checkPrincipal(domain, draft);
  return store.commit(draft);
}

/** Puts the RDN's value into the naming attribute and into `name`. */
export function setName(draft: EntryDraft): void {
  const { type, value } = draft.rdn;
  const naming = attributeDefinition(type);
  if (naming) readValue({ ...naming, upper: draft.deleted ? undefined : naming.upper }, Buffer.from(value));
  draft.set(type, value);
  draft.set('name', value);
}

/** Demands that entries of the class may bear such a name in such a place. */
export function checkPlace(kind: ClassDefinition, rdn: Rdn, parent: Entry): void {
  if (rdn.type.toUpperCase() !== kind.rdnType) throw adError.naming();
  if (parent.deleted) throw adError.unwilling();
  if (!parent.kind.container) throw adError.naming();
}

function readClass(attributes: readonly WireAttribute[]): ClassDefinition {
  const values = valuesOf(attributes, 'objectClass').map((value) => value.toString('utf8'));
  if (values.length === 0) throw adError.unknownClass();
  const kind = structuralClass(values);
  if (kind) return kind;
  throw values.every((value) => classDefinition(value)) ? adError.unknownClass() : adError.unknownAttribute();
}

function setAttributes(domain: Domain, draft: EntryDraft, attributes: readonly WireAttribute[]): void {
  for (const attribute of attributes) {
    const name = attribute.name.toLowerCase();
    if (HANDLED.has(name)) continue;
    if (name === draft.rdn.type.toLowerCase()) {
      if (attribute.values.some((value) => value.toString('utf8') !== draft.rdn.value)) throw adError.naming();
      continue;
    }
    applyChange(domain, draft, { kind: 'add', ...attribute }, false);
  }
}

function setSecrets(domain: Domain, draft: EntryDraft, attributes: readonly WireAttribute[]): void {
  const [password, another] = valuesOf(attributes, 'unicodePwd');
  if (another || (password && draft.kind.principal !== 'user')) throw adError.unwilling();
  if (password) {
    setPassword(domain.store.root, draft, readPassword(password), { change: false, enforceHistory: false });
  }
  const [age] = valuesOf(attributes, 'pwdLastSet');
  if (age && draft.kind.principal === 'user') setPasswordAge(draft, age.toString('utf8'));
}

function valuesOf(attributes: readonly WireAttribute[], name: string): Buffer[] {
  return attributes.filter((given) => given.name.toLowerCase() === name.toLowerCase()).flatMap(({ values }) => values);
}
