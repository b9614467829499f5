import { adError } from '../directory/ad-error.js';
import { parseDn, parseRdn } from '../directory/distinguished-name.js';
import { type Domain, findTarget } from '../directory/domain.js';
import { type Entry, EntryDraft, textOf } from '../directory/entry.js';
import { requireAdministrator, type Session } from '../directory/session.js';
import type { ModifyDnRequest } from '../wire/ldap-request.js';
import { checkPlace, setName } from './add.js';

/**
 * Renames an entry, moves it, or both ([MS-ADTS] 3.1.1.5.4). Links follow by themselves. A missing new parent is
 * answered with `other` (80), as Samba and Windows do; an add under one with noSuchObject.
 */
export function move(domain: Domain, session: Session, request: ModifyDnRequest): void {
  requireAdministrator(domain, session);
  const { store } = domain;
  const entry = findTarget(domain, request.dn, false);
  if (!entry.parent || textOf(entry, 'isCriticalSystemObject') === 'TRUE') throw adError.unwilling();
  const rdn = parseRdn(request.newRdn);
  const parent = request.newSuperior === undefined ? entry.parent : findNewParent(domain, request.newSuperior);
  if (!request.deleteOldRdn || rdn.type.toUpperCase() !== entry.kind.rdnType) throw adError.unwilling();
  if (store.isWithin(parent, entry)) throw adError.unwilling();
  checkPlace(entry.kind, rdn, parent);
  const occupant = store.resolve([rdn, ...parseDn(store.dnOf(parent))]).entry;
  if (occupant && occupant !== entry) throw adError.entryExists();

  const draft = EntryDraft.of(entry);
  draft.rdn = { type: entry.kind.rdnType, value: rdn.value };
  draft.parent = parent;
  setName(draft);
  store.commit(draft);
}

function findNewParent(domain: Domain, name: string): Entry {
  if (name.startsWith('<')) return findTarget(domain, name, false);
  const dn = parseDn(name);
  const { entry } = domain.store.holds(dn) ? domain.store.resolve(dn) : {};
  if (!entry) throw adError.noParentToMoveTo();
  return entry;
}
