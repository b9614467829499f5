import { randomUUID } from 'node:crypto';
import type { DirectoryObject, GroupObject, UserObject } from './directory-object.js';
import { directoryTime } from './directory-time.js';
import type { Journal } from './journal.js';
import { ObjectCollection } from './object-collection.js';

/** What remains of an object that was deleted for good: delta queries still tell of it. */
export interface Tombstone {
  id: string;
  kind: DirectoryObject['kind'];
  sequence: number;
  version: number;
}

const USER_INDEXES = ['userPrincipalName', 'employeeId', 'mail', 'onPremisesImmutableId', 'proxyAddresses'];
const GROUP_INDEXES = ['displayName', 'mailNickname', 'mail', 'proxyAddresses'];

/**
 * The tenant's users and groups, the recycle bin, and enough of the past for delta queries. It knows nothing of HTTP
 * and refuses nothing: what Graph refuses is decided where a request is handled.
 */
export class Directory {
  readonly users = new ObjectCollection<UserObject>(USER_INDEXES);
  readonly groups = new ObjectCollection<GroupObject>(GROUP_INDEXES);
  readonly recycleBin = new Map<string, DirectoryObject>();
  readonly tombstones: Tombstone[] = [];
  readonly #groupsOf = new Map<string, Set<string>>();
  readonly #reportsOf = new Map<string, Set<string>>();
  #version = 0;
  #sequence = 0;

  /** @param journal where every change is written down; it has been replayed into this directory by then */
  constructor(private journal?: Journal) {
    journal?.replay(this);
  }

  /** Counts every change; delta tokens are made of it. */
  get version(): number {
    return this.#version;
  }

  /** A user or group that is not deleted. */
  find(id: string): DirectoryObject | undefined {
    return this.users.get(id) ?? this.groups.get(id);
  }

  createUser(properties: Record<string, unknown>, rest: Pick<UserObject, 'password'> = {}): UserObject {
    const user: UserObject = { kind: 'user', ...this.#newObject(properties), ...rest };
    this.users.add(user);
    this.#put(user);
    return user;
  }

  createGroup(properties: Record<string, unknown>): GroupObject {
    const group: GroupObject = {
      kind: 'group',
      ...this.#newObject(properties),
      members: new Map(),
      formerMembers: new Map(),
    };
    this.groups.add(group);
    this.#put(group);
    return group;
  }

  /** Sets property values; only those that differ count as changed. */
  update(object: DirectoryObject, values: Record<string, unknown>, rest: Partial<UserObject> = {}): void {
    const version = ++this.#version;
    const change = () => {
      for (const [name, value] of Object.entries(values)) {
        if (JSON.stringify(object.properties[name]) === JSON.stringify(value)) continue;
        object.properties[name] = value;
        object.versions[name] = version;
      }
      Object.assign(object, rest);
    };
    if (object.kind === 'user') this.users.change(object, change);
    else this.groups.change(object, change);
    this.#put(object);
  }

  setManager(user: UserObject, managerId: string | undefined): void {
    if (user.managerId !== undefined) this.#reportsOf.get(user.managerId)?.delete(user.id);
    user.formerManagerId = user.managerId;
    user.managerId = managerId;
    user.versions.manager = ++this.#version;
    if (managerId !== undefined) addTo(this.#reportsOf, managerId, user.id);
    this.#put(user);
  }

  /** Users whose manager this is. */
  reports(managerId: string): UserObject[] {
    return [...(this.#reportsOf.get(managerId) ?? [])].flatMap((id) => this.users.get(id) ?? []);
  }

  addMember(group: GroupObject, memberId: string): void {
    this.setMembership(group, memberId, ++this.#version, true);
  }

  removeMember(group: GroupObject, memberId: string): void {
    this.setMembership(group, memberId, ++this.#version, false);
  }

  /** Groups with this object as a direct member. */
  groupsOf(memberId: string): GroupObject[] {
    return [...(this.#groupsOf.get(memberId) ?? [])].flatMap((id) => this.groups.get(id) ?? []);
  }

  /** Moves an object to the recycle bin. Its memberships stay behind it and come back with it. */
  softDelete(object: DirectoryObject): void {
    this.#collectionRemove(object);
    object.deletedIn = ++this.#version;
    object.properties.deletedDateTime = directoryTime();
    this.recycleBin.set(object.id, object);
    this.#put(object);
  }

  restore(object: DirectoryObject, values: Record<string, unknown> = {}): void {
    this.recycleBin.delete(object.id);
    Object.assign(object.properties, values, { deletedDateTime: null });
    object.createdIn = ++this.#version;
    delete object.deletedIn;
    this.#collectionAdd(object);
    this.#put(object);
  }

  /** Deletes for good, from the recycle bin or past it. */
  purge(object: DirectoryObject): void {
    const tombstone = { id: object.id, kind: object.kind, sequence: object.sequence, version: ++this.#version };
    this.bury(tombstone);
    this.journal?.append({ bury: tombstone });
  }

  /** Takes an object as the journal has it. */
  load(object: DirectoryObject): void {
    const before = this.find(object.id) ?? this.recycleBin.get(object.id);
    if (before) {
      if (before.deletedIn === undefined) this.#collectionRemove(before);
      else this.recycleBin.delete(before.id);
      if (before.kind === 'user' && before.managerId) this.#reportsOf.get(before.managerId)?.delete(before.id);
      if (before.kind === 'group' && object.kind === 'group') {
        object.members = before.members;
        object.formerMembers = before.formerMembers;
      }
    }
    if (object.deletedIn === undefined) this.#collectionAdd(object);
    else this.recycleBin.set(object.id, object);
    if (object.kind === 'user' && object.managerId) addTo(this.#reportsOf, object.managerId, object.id);
    this.#sequence = Math.max(this.#sequence, object.sequence);
    this.#version = Math.max(this.#version, object.createdIn, object.deletedIn ?? 0, ...Object.values(object.versions));
  }

  /** Records a membership that began or ended in a version, from a change or from the journal. */
  setMembership(group: GroupObject, memberId: string, version: number, present: boolean): void {
    this.#version = Math.max(this.#version, version);
    const [into, from] = present ? [group.members, group.formerMembers] : [group.formerMembers, group.members];
    from.delete(memberId);
    into.set(memberId, version);
    if (present) addTo(this.#groupsOf, memberId, group.id);
    else this.#groupsOf.get(memberId)?.delete(group.id);
    this.journal?.append({ member: { group: group.id, id: memberId, version, present } });
  }

  /** Removes every trace of an object but its tombstone. */
  bury(tombstone: Tombstone): void {
    const object = this.find(tombstone.id) ?? this.recycleBin.get(tombstone.id);
    if (object?.deletedIn === undefined && object) this.#collectionRemove(object);
    this.recycleBin.delete(tombstone.id);
    for (const group of this.groupsOf(tombstone.id)) this.setMembership(group, tombstone.id, tombstone.version, false);
    for (const report of this.reports(tombstone.id)) {
      report.formerManagerId = report.managerId;
      delete report.managerId;
      report.versions.manager = tombstone.version;
    }
    this.#groupsOf.delete(tombstone.id);
    this.#reportsOf.delete(tombstone.id);
    this.tombstones.push(tombstone);
    this.#version = Math.max(this.#version, tombstone.version);
    this.#sequence = Math.max(this.#sequence, tombstone.sequence);
  }

  #newObject(properties: Record<string, unknown>) {
    const version = ++this.#version;
    const versions = Object.fromEntries(Object.keys(properties).map((name) => [name, version]));
    const id = randomUUID();
    return { id, sequence: ++this.#sequence, properties: { id, ...properties }, versions, createdIn: version };
  }

  #collectionAdd(object: DirectoryObject): void {
    if (object.kind === 'user') this.users.add(object);
    else this.groups.add(object);
  }

  #collectionRemove(object: DirectoryObject): void {
    if (object.kind === 'user') this.users.remove(object);
    else this.groups.remove(object);
  }

  #put(object: DirectoryObject): void {
    this.journal?.append({ put: object });
  }
}

function addTo(index: Map<string, Set<string>>, key: string, value: string): void {
  const entry = index.get(key);
  if (entry) entry.add(value);
  else index.set(key, new Set([value]));
}
