import { adError } from '../directory/ad-error.js';
import { type Domain, deletedObjects, findTarget } from '../directory/domain.js';
import { type Entry, EntryDraft, textOf } from '../directory/entry.js';
import { guidToText } from '../directory/identifiers.js';
import { attributeDefinition } from '../directory/schema.js';
import { requireAdministrator, type Session } from '../directory/session.js';
import type { RequestControls } from '../wire/controls.js';
import type { DeleteRequest } from '../wire/ldap-request.js';

/** Deletes an entry: it becomes a tombstone under CN=Deleted Objects ([MS-ADTS] 3.1.1.5.5). */
export function remove(domain: Domain, session: Session, request: DeleteRequest, controls: RequestControls): void {
  requireAdministrator(domain, session);
  const entry = findTarget(domain, request.dn, controls.showDeleted);
  if (entry.children.size > 0 && !controls.has('treeDelete')) throw adError.nonLeaf();
  const doomed = [...withDescendants(entry)];
  if (doomed.some(isProtected)) throw adError.unwilling();
  for (const each of doomed) bury(domain, each);
}

/** Leaves first, so that nothing is ever below a tombstone. */
function* withDescendants(entry: Entry): Iterable<Entry> {
  for (const child of entry.children.values()) yield* withDescendants(child);
  yield entry;
}

function isProtected(entry: Entry): boolean {
  return entry.deleted || !entry.parent || textOf(entry, 'isCriticalSystemObject') === 'TRUE';
}

function bury(domain: Domain, entry: Entry): void {
  const { store } = domain;
  // The groups and reports of the entry do not count as changed: AD drops those links without a trace.
  for (const [name, sources] of entry.backlinks) {
    for (const id of [...sources]) {
      const source = store.get(id);
      if (!source) continue;
      const draft = EntryDraft.of(source);
      draft.link(name, entry.id, false);
      store.commit(draft, false);
    }
  }
  const draft = EntryDraft.of(entry);
  for (const name of entry.attributes.keys()) {
    if (!attributeDefinition(name)?.kept) draft.attributes.delete(name);
  }
  for (const name of entry.links.keys()) {
    for (const target of draft.linkTargets(name)) draft.link(name, target, false);
  }
  const name = `${entry.rdn.value}\nDEL:${guidToText(entry.guid)}`;
  if (entry.parent) draft.set('lastKnownParent', store.dnOf(entry.parent));
  draft.set('isDeleted', 'TRUE');
  draft.set('isRecycled', 'TRUE');
  draft.set(entry.rdn.type, name);
  draft.set('name', name);
  draft.rdn = { type: entry.rdn.type, value: name };
  draft.parent = deletedObjects(domain);
  draft.password = undefined;
  draft.deleted = true;
  store.commit(draft);
}
