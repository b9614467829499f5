import { NEW_ACCOUNT } from '../directory/account-control.js';
import { adError } from '../directory/ad-error.js';
import { parseDn } from '../directory/distinguished-name.js';
import type { Domain } from '../directory/domain.js';
import { type Entry, EntryDraft } from '../directory/entry.js';
import { categoryDn } from '../directory/schema.js';
import type { WireChange } from '../wire/ldap-request.js';
import { checkPrincipal, completeNewPrincipal } from './account-rules.js';
import { checkPlace, setName } from './add.js';
import { applyChange } from './write-attributes.js';

/** The two changes that make a modify an undelete ([MS-ADTS] 3.1.1.5.3.7). */
export function isUndelete(changes: readonly WireChange[]): boolean {
  return changes.some(isRevival) && changes.some(isNewName);
}

/**
 * Turns a tombstone into a living entry under its old objectGUID and objectSid. What the tombstone lost stays lost:
 * most attributes, the memberships and the password; a user comes back disabled.
 */
export function undelete(domain: Domain, tombstone: Entry, changes: readonly WireChange[]): void {
  const { store } = domain;
  const [rdn, ...parentDn] = parseDn(changes.find(isNewName)?.values[0]?.toString('utf8') ?? '');
  if (!rdn || !store.holds(parentDn)) throw adError.foreignDn();
  const { entry: parent, deepest } = store.resolve(parentDn);
  if (!parent) throw adError.noSuchObject(store.dnOf(deepest));
  if (store.resolve([rdn, ...parentDn]).entry) throw adError.entryExists();
  checkPlace(tombstone.kind, rdn, parent);

  const draft = EntryDraft.of(tombstone);
  draft.deleted = false;
  draft.rdn = { type: tombstone.kind.rdnType, value: rdn.value };
  draft.parent = parent;
  draft.set('isDeleted');
  draft.set('isRecycled');
  setName(draft);
  draft.set('objectCategory', categoryDn(tombstone.kind.category, domain.baseDn));
  if (tombstone.kind.principal === 'user') draft.set('userAccountControl', String(NEW_ACCOUNT));
  completeNewPrincipal(domain, draft);
  for (const change of changes) {
    if (!isRevival(change) && !isNewName(change)) applyChange(domain, draft, change, false);
  }
  checkPrincipal(domain, draft);
  store.commit(draft);
}

function isRevival({ kind, name }: WireChange): boolean {
  return kind === 'delete' && name.toLowerCase() === 'isdeleted';
}

function isNewName({ kind, name, values }: WireChange): boolean {
  return kind === 'replace' && name.toLowerCase() === 'distinguishedname' && values.length === 1;
}
