import type { Directory } from '../directory/directory.js';
import type { DirectoryObject, GroupObject, UserObject } from '../directory/directory-object.js';

/** How a round shows objects. */
export interface DeltaView {
  /** Names that are followed: properties, and `manager` of users or `members` of groups. */
  tracked: string[];
  /** Changes after this directory version. */
  from: number;
  /** `Prefer: return=minimal`: only what changed. */
  minimal: boolean;
}

/** One object of a delta answer, or undefined when nothing that is followed changed in it. */
export function deltaItem(
  object: DirectoryObject,
  view: DeltaView,
  directory: Directory,
): Record<string, unknown> | undefined {
  const isNew = object.createdIn > view.from;
  const changed = (name: string) => isNew || (object.versions[name] ?? 0) > view.from;
  const names = view.tracked.filter((name) => name !== 'manager' && name !== 'members');
  const relations = relationsOf(object, view, directory, changed);
  if (!isNew && !names.some(changed) && Object.keys(relations).length === 0) return undefined;

  const item: Record<string, unknown> = {};
  for (const name of names) {
    // What was never set does not appear; what was cleared appears as null.
    if (object.properties[name] !== undefined && (!view.minimal || changed(name))) item[name] = object.properties[name];
  }
  return { ...item, id: object.id, ...relations };
}

/** An object that is in the recycle bin (`changed`) or gone for good (`deleted`). */
export function removedItem(id: string, reason: 'changed' | 'deleted'): Record<string, unknown> {
  return { id, '@removed': { reason } };
}

function relationsOf(
  object: DirectoryObject,
  view: DeltaView,
  directory: Directory,
  changed: (name: string) => boolean,
): Record<string, unknown> {
  if (object.kind === 'user') {
    if (!view.tracked.includes('manager') || !changed('manager')) return {};
    const links = managerLinks(object, view);
    return links.length > 0 ? { 'manager@delta': links } : {};
  }
  if (!view.tracked.includes('members')) return {};
  const links = memberLinks(object, object.createdIn > view.from ? 0 : view.from, directory);
  return links.length > 0 ? { 'members@delta': links } : {};
}

function managerLinks(user: UserObject, view: DeltaView): object[] {
  if (user.managerId !== undefined) return [link(user.managerId, 'user')];
  return user.formerManagerId !== undefined && view.from > 0
    ? [{ ...link(user.formerManagerId, 'user'), '@removed': { reason: 'deleted' } }]
    : [];
}

/** Members that came or went; a member in the recycle bin has gone, and one that was restored has come. */
function memberLinks(group: GroupObject, from: number, directory: Directory): object[] {
  const links: object[] = [];
  for (const [id, version] of group.members) {
    const member = directory.find(id);
    const binned = member ? undefined : directory.recycleBin.get(id);
    if (member && Math.max(version, member.createdIn) > from) links.push(link(id, member.kind));
    if (binned && from > 0 && (binned.deletedIn ?? 0) > from) links.push(gone(id, binned.kind));
  }
  if (from > 0) {
    for (const [id, version] of group.formerMembers) {
      if (version > from) links.push(gone(id, directory.find(id)?.kind ?? 'user'));
    }
  }
  return links;
}

function link(id: string, kind: DirectoryObject['kind']): object {
  return { '@odata.type': `#microsoft.graph.${kind}`, id };
}

function gone(id: string, kind: DirectoryObject['kind']): object {
  return { ...link(id, kind), '@removed': { reason: 'deleted' } };
}
