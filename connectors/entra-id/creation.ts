import type { Attributes } from '../../domain/person/attributes.js';
import type { Account, AccountDraft, CorrelationKey } from '../contract/account.js';
import type { Op } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import { MAX_UNIQUE_NAME_CANDIDATES, uniqueNameCandidates } from '../contract/unique-names.js';
import { type Accounts, accountOf, bears, findCall, matching, READ, readCall } from './accounts.js';
import { attributesOf, bodyOf, type GraphUser, normalised, selectFor } from './attributes.js';
import { isNotFound, refusalOf } from './errors.js';
import { type BatchOutcome, type Graph, segment } from './graph.js';
import { randomPassword } from './random-password.js';
import type { EntraIdSettings } from './settings.js';

const WRITE = 'User.ReadWrite.All';

type Created = { outcome: 'created' | 'existed'; account: Account };

/** Makes accounts that the cloud owns. */
export class Creation {
  constructor(
    private readonly graph: Graph,
    private readonly accounts: Accounts,
    private readonly settings: EntraIdSettings,
  ) {}

  /**
   * Looks first, by the correlation value and by the user principal name: an earlier try may have made the account
   * without our learning of it, and the index that finds by correlation value lags behind.
   */
  async create(op: Op, draft: AccountDraft): Promise<Created> {
    const { ours, firstIsTaken } = await this.lookFirst(op, draft);
    if (ours) return existed(ours);
    for (let n = firstIsTaken ? 2 : 1; n <= MAX_UNIQUE_NAME_CANDIDATES; n++) {
      const attributes = this.complete(draft, n);
      try {
        return await this.post(op, draft, attributes);
      } catch (error) {
        const property = collidingProperty(error);
        if (property === undefined) throw error;
        const holder = await this.holderOf(op, error as ConnectorError, attributes, draft.correlation);
        if (bears(holder, draft.correlation)) {
          this.accounts.noteAge(holder, draft.correlation);
          return existed(holder);
        }
        if (!movesOn(draft, property)) throw error;
      }
    }
    const names = draft.unique.map((name) => name.base).join(', ');
    throw new ConnectorError('conflict', `Every name tried from ${names} on belongs to somebody else.`);
  }

  private async lookFirst(op: Op, draft: AccountDraft): Promise<{ ours?: GraphUser; firstIsTaken: boolean }> {
    const key = draft.correlation;
    const select = selectFor(draft.attributes, { [key.attribute]: key.value });
    const upn = String(this.complete(draft, 1).userPrincipalName);
    const [byKey, byName] = await this.graph.batch(op, [findCall(key, select), readCall(upn, select)]);
    // Not to know who has the name does no harm: it is unique, so Graph refuses it below if somebody has.
    const namesake = byName?.ok ? (byName.body as GraphUser) : undefined;
    const ours = [this.foundIn(byKey, key), namesake].find((user) => user && bears(user, key));
    if (ours) this.accounts.noteAge(ours, key);
    return {
      ours: ours ?? (await this.accounts.recentlyMade(op, key, select)),
      firstIsTaken: namesake !== undefined && movesOn(draft),
    };
  }

  private foundIn(outcome: BatchOutcome | undefined, key: CorrelationKey): GraphUser | undefined {
    if (!outcome?.ok) throw outcome?.error;
    return matching((outcome.body as { value: GraphUser[] }).value, key);
  }

  private async post(op: Op, draft: AccountDraft, attributes: Attributes): Promise<Created> {
    const user = await this.graph.call<GraphUser>(op, {
      method: 'POST',
      path: '/users',
      body: {
        ...bodyOf(attributes),
        accountEnabled: draft.enabled,
        passwordProfile: { password: randomPassword(), forceChangePasswordNextSignIn: false },
      },
      what: `create the account ${attributes.userPrincipalName}`,
      permission: WRITE,
    });
    this.accounts.recent.note(user.id, draft.correlation);
    // The answer has few properties, and a read would not find the account yet. Graph makes everybody a member who is
    // not said to be a guest.
    const held = { userType: 'Member', ...attributesOf(user), ...attributes };
    return { outcome: 'created', account: accountOf({ ...user, accountEnabled: draft.enabled }, held) };
  }

  /** What is sent for the `n`th candidate: the draft, its unique names, and what Entra ID insists on. */
  private complete(draft: AccountDraft, n: number): Attributes {
    const names = uniqueNameCandidates(
      draft.unique.map((name) => ({ ...name, base: this.withDomain(name.attribute, name.base) })),
      n,
    );
    const { attribute, value } = draft.correlation;
    const all: Attributes = normalised({ ...draft.attributes, [attribute]: value, ...names });
    const wanted = Object.fromEntries(Object.entries(all).filter(([, one]) => one !== null));
    if (typeof wanted.userPrincipalName !== 'string') throw missing('userPrincipalName');
    if (wanted.displayName === undefined) throw missing('displayName');
    wanted.userPrincipalName = this.withDomain('userPrincipalName', wanted.userPrincipalName);
    wanted.mailNickname ??= nicknameOf(wanted.userPrincipalName);
    return wanted;
  }

  private withDomain(attribute: string, value: string): string {
    if (attribute !== 'userPrincipalName' || value.includes('@')) return value;
    if (this.settings.domain === undefined) {
      throw new ConnectorError(
        'misconfigured',
        `The user principal name ${value} has no domain. Add one in the attribute mapping, or set domain in the directory's settings.`,
      );
    }
    return `${value}@${this.settings.domain}`;
  }

  /**
   * Who has the value that Graph says is taken, live or deleted.
   * @throws ConnectorError `transient` when Graph shows nobody (yet): it may be the account of an earlier try of ours;
   *   `conflict` when it is the person's own account in the recycle bin
   */
  private async holderOf(op: Op, error: ConnectorError, attributes: Attributes, key: CorrelationKey) {
    const id = holderIdOf(error);
    const select = selectFor({ [key.attribute]: key.value });
    const live = await this.ifThere(op, readCall(id ?? String(attributes.userPrincipalName), select));
    if (live) return live;
    const deleted = id === undefined ? undefined : await this.ifThere(op, deletedCall(id, select));
    if (deleted && bears(deleted, key)) {
      const cure = "It is the person's own, in the recycle bin: restore it instead of creating another.";
      throw new ConnectorError('conflict', `${error.message} ${cure}`, error.details);
    }
    if (deleted) return deleted;
    throw new ConnectorError('transient', `${error.message} Entra ID does not show yet whose it is.`, error.details);
  }

  private async ifThere(op: Op, call: Parameters<Graph['call']>[1]): Promise<GraphUser | undefined> {
    try {
      return await this.graph.call<GraphUser>(op, call);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

function existed(user: GraphUser): Created {
  return { outcome: 'existed', account: accountOf(user) };
}

/** The property whose value somebody else has already; undefined when the error is no such collision. */
function collidingProperty(error: unknown): string | undefined {
  const refusal = refusalOf(error);
  if (!refusal || !(error instanceof ConnectorError) || error.category !== 'conflict') return undefined;
  const named = refusal.details.find((detail) => detail.code === 'ObjectConflict')?.target;
  return named ?? /for property (\w+)/.exec(refusal.message)?.[1] ?? 'userPrincipalName';
}

/** Whether the next candidate can be free of a collision in that property. */
function movesOn(draft: AccountDraft, property = 'userPrincipalName'): boolean {
  const unique = draft.unique.map((name) => name.attribute);
  // The user principal name and the mail address become proxy addresses.
  if (property !== 'proxyAddresses') return unique.includes(property);
  return unique.includes('userPrincipalName') && (unique.includes('mail') || !draft.attributes.mail);
}

/** Graph names the other object in the details of a collision. */
function holderIdOf(error: ConnectorError): string | undefined {
  const target = refusalOf(error)?.details.find((detail) => detail.code === 'ConflictingObjects')?.target;
  return target !== undefined && /^[0-9a-f-]{36}$/i.test(target) ? target : undefined;
}

function deletedCall(id: string, select: readonly string[]) {
  const path = `/directory/deletedItems/${segment(id)}/microsoft.graph.user`;
  return { method: 'GET', path, select, what: `read the deleted account ${id}`, permission: READ } as const;
}

/** The mail alias that Entra ID insists on: the local part, without what an alias may not have, at most 64 characters. */
function nicknameOf(userPrincipalName: string): string {
  const local = userPrincipalName.slice(0, userPrincipalName.lastIndexOf('@'));
  return local.replace(/[@()\\[\]";:<>,\s]/g, '').slice(0, 64);
}

function missing(attribute: string): ConnectorError {
  return new ConnectorError(
    'invalid',
    `An Entra ID account needs a ${attribute}, and the attribute mapping gave none for this person.`,
  );
}
