import { randomUUID } from 'node:crypto';
import { type GroupObject, keepPassword, passwordMatches, type UserObject } from '../directory/directory-object.js';
import { directoryTime } from '../directory/directory-time.js';
import type { GraphState } from '../http/graph-call.js';
import type { AppRegistration } from '../tokens/app-registration.js';
import type { TokenAuthority } from '../tokens/token-authority.js';
import { checkUserUniqueness, checkUserValues, withProxyAddresses } from '../users/user-rules.js';

/** A user as a test wants to see it. */
export interface UserSnapshot {
  id: string;
  /** Every property that was ever set. */
  properties: Record<string, unknown>;
  managerId?: string;
  /** Display names of the groups it is a direct member of, sorted. */
  groups: string[];
  hasPassword: boolean;
  mustChangePassword: boolean;
  deleted: boolean;
}

/** A group as a test wants to see it. */
export interface GroupSnapshot {
  id: string;
  properties: Record<string, unknown>;
  memberIds: string[];
}

/**
 * What happens in a tenant without Graph: an administrator at the portal, Entra Connect, and a look behind the curtain.
 * Nothing here is subject to permissions, lag or faults.
 */
export class TenantAdmin {
  constructor(
    private readonly state: GraphState,
    private readonly app: AppRegistration,
    private readonly authority: TokenAuthority,
  ) {}

  /** Makes a security group, or returns the one that has the name already. Other values go on top. */
  createGroup(displayName: string, values: Record<string, unknown> = {}): GroupSnapshot {
    const { directory } = this.state;
    const [present] = directory.groups.withValue('displayName', displayName) ?? [];
    if (present) return showGroup(present);
    const now = directoryTime();
    return showGroup(
      directory.createGroup({
        createdDateTime: now,
        renewedDateTime: now,
        displayName,
        mailEnabled: false,
        mailNickname: randomUUID().slice(0, 10),
        securityEnabled: true,
        groupTypes: [],
        ...values,
      }),
    );
  }

  /** Makes a cloud user. Throws what Graph would throw for values that it refuses. */
  createUser(values: Record<string, unknown>, password?: string): UserSnapshot {
    const { directory, tenant } = this.state;
    const complete = withProxyAddresses({
      accountEnabled: true,
      userType: 'Member',
      createdDateTime: directoryTime(),
      ...values,
    });
    checkUserValues(complete, tenant);
    checkUserUniqueness(complete, directory);
    const kept = password === undefined ? {} : { password: keepPassword(password, false) };
    return this.#showUser(directory.createUser(complete, kept));
  }

  /**
   * What Entra Connect does with an account of Active Directory: the first run makes the user, further runs update it.
   * They are told apart by the anchor.
   * @param onPremisesImmutableId base64 of the account's objectGUID, or whatever the anchor is
   */
  synchronizeUser(onPremisesImmutableId: string, values: Record<string, unknown>): UserSnapshot {
    const { directory, tenant } = this.state;
    const synced = withProxyAddresses({
      ...values,
      onPremisesSyncEnabled: true,
      onPremisesLastSyncDateTime: directoryTime(),
    });
    const [present] = directory.users.withValue('onPremisesImmutableId', onPremisesImmutableId) ?? [];
    checkUserValues(synced, tenant);
    checkUserUniqueness(synced, directory, present);
    if (present) {
      directory.update(present, synced);
      return this.#showUser(present);
    }
    return this.createUser({ ...synced, onPremisesImmutableId });
  }

  /** A user that is there or in the recycle bin, by id or user principal name. */
  user(identifier: string): UserSnapshot | undefined {
    const { directory } = this.state;
    const [byName] = directory.users.withValue('userPrincipalName', identifier) ?? [];
    const object = byName ?? directory.users.get(identifier) ?? directory.recycleBin.get(identifier);
    return object?.kind === 'user' ? this.#showUser(object) : undefined;
  }

  /** Every user that is not deleted, in order of creation. */
  users(): UserSnapshot[] {
    return [...this.state.directory.users.after(0)].map((user) => this.#showUser(user));
  }

  /** Every user in the recycle bin. */
  deletedUsers(): UserSnapshot[] {
    return [...this.state.directory.recycleBin.values()].flatMap((object) =>
      object.kind === 'user' ? this.#showUser(object) : [],
    );
  }

  /** Every group that is not deleted, in order of creation. */
  groups(): GroupSnapshot[] {
    return [...this.state.directory.groups.after(0)].map(showGroup);
  }

  /** Says whether this is the user's password, whatever the state of the account. */
  hasPassword(id: string, password: string): boolean {
    const kept = this.state.directory.users.get(id)?.password;
    return kept !== undefined && passwordMatches(kept, password);
  }

  /** Sets the app's permissions; tokens issued from now on have them. */
  grant(permissions: readonly string[]): void {
    this.app.permissions = [...permissions];
  }

  /** Registers a certificate (PEM) for the app's client assertions. */
  registerCertificate(pem: string): void {
    this.app.certificates.push(pem);
  }

  /** Replaces the app's client secret. */
  replaceSecret(secret: string): void {
    this.app.secrets = [secret];
  }

  /** Makes every access token issued so far an expired one. */
  expireAccessTokens(): void {
    this.authority.expireAll();
  }

  /** Makes every delta token issued so far an expired one. */
  expireDeltaTokens(status: 400 | 410 = 410): void {
    this.state.deltaGeneration++;
    this.state.expiredDeltaStatus = status;
  }

  #showUser(user: UserObject): UserSnapshot {
    return {
      id: user.id,
      properties: structuredClone(user.properties),
      ...(user.managerId !== undefined && { managerId: user.managerId }),
      groups: this.state.directory
        .groupsOf(user.id)
        .map((group) => String(group.properties.displayName))
        .sort(),
      hasPassword: user.password !== undefined,
      mustChangePassword: user.password?.mustChange ?? false,
      deleted: user.deletedIn !== undefined,
    };
  }
}

function showGroup(group: GroupObject): GroupSnapshot {
  return { id: group.id, properties: structuredClone(group.properties), memberIds: [...group.members.keys()] };
}
