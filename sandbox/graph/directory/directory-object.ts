import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A password as the sandbox keeps it. A salted digest is enough here: the passwords belong to no real person. */
export interface PasswordRecord {
  salt: string;
  digest: string;
  /** The person has to choose a new one at the next sign-in. */
  mustChange: boolean;
}

interface ObjectState {
  id: string;
  /** Order of creation; lists and deltas follow it. */
  sequence: number;
  /** Values by property name. An absent property was never set; null was set and cleared. */
  properties: Record<string, unknown>;
  /** The directory version that last changed each property, for delta queries. `manager` is tracked here too. */
  versions: Record<string, number>;
  /** When it was created, as a directory version; a restore counts as a creation. */
  createdIn: number;
  /** When it went to the recycle bin, as a directory version. */
  deletedIn?: number;
}

/** A user. */
export interface UserObject extends ObjectState {
  kind: 'user';
  managerId?: string;
  /** Whom the last change of manager took away; delta queries tell of it. */
  formerManagerId?: string;
  password?: PasswordRecord;
  /** Counts how often the user's sessions were ended. */
  sessionsEnded?: number;
}

/** A group with its direct members. */
export interface GroupObject extends ObjectState {
  kind: 'group';
  /** Ids of members, also of those in the recycle bin, with the directory version that added them. */
  members: Map<string, number>;
  /** Members that were taken away, with the directory version that did. */
  formerMembers: Map<string, number>;
}

/** Anything that lives in the directory. */
export type DirectoryObject = UserObject | GroupObject;

/** Keeps a password so that it can be checked and not read. */
export function keepPassword(password: string, mustChange: boolean): PasswordRecord {
  const salt = randomBytes(12).toString('base64url');
  return { salt, digest: digest(salt, password), mustChange };
}

/** Says whether this is the password. */
export function passwordMatches(record: PasswordRecord, password: string): boolean {
  return timingSafeEqual(Buffer.from(record.digest), Buffer.from(digest(record.salt, password)));
}

function digest(salt: string, password: string): string {
  return createHash('sha256').update(salt).update(password).digest('base64url');
}
