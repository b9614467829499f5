import type { Account, AccountDelta, AccountDraft } from '../../connectors/contract/account.js';
import type { AnyConnector, Op } from '../../connectors/contract/connector.js';
import { ConnectorError } from '../../connectors/contract/connector-error.js';
import { MAX_UNIQUE_NAME_CANDIDATES, withUniqueNames } from '../../connectors/contract/unique-names.js';
import { followNames } from '../../domain/mapping/unique-name.js';
import type { Attributes } from '../../domain/person/attributes.js';
import type { CorrelationKey, Operation } from '../../domain/plan/operation.js';
import type { GroupIds } from './group-ids.js';

/** What an operation came to. */
export interface Execution {
  outcome: 'succeeded' | 'unchanged' | 'skipped';
  reason?: string;
  before?: Attributes;
  after?: Attributes;
}

/** The account that a lane works on, as far as it is known. */
export interface LaneAccount {
  directory: string;
  correlation: CorrelationKey;
  id?: string;
  /** As last read; what the report and the next plan are told. */
  account?: Account;
  removed?: boolean;
  /** The lane brings the account back into use: one that was removed meanwhile is restored. */
  comesBack?: boolean;
}

const DONE: Execution = { outcome: 'succeeded' };

/**
 * Does one operation of a lane. Doing it twice leaves what doing it once leaves.
 * @throws ConnectorError when the directory refuses or does not answer
 */
export async function executeOperation(
  connector: AnyConnector,
  operation: Operation,
  lane: LaneAccount,
  groups: GroupIds,
  op: Op,
): Promise<Execution> {
  switch (operation.kind) {
    case 'create-account':
      return create(connector, operation, lane, op);
    case 'restore-account':
      return restore(connector, operation, lane, op);
    case 'update-account':
      return change(connector, operation.delta, lane, op);
    case 'enable-account':
      return change(connector, { enabled: true }, lane, op);
    case 'disable-account':
      return onAccount(connector, lane, op, () => change(connector, { enabled: false }, lane, op));
    case 'revoke-sessions':
      return onAccount(connector, lane, op, async (id) => {
        await claimed(connector.revokeSessions, 'sessions').call(connector, op, id);
        return DONE;
      });
    case 'scramble-password':
      return onAccount(connector, lane, op, async (id) => {
        await claimed(connector.scramblePassword, 'passwords').call(connector, op, id);
        return DONE;
      });
    case 'set-manager':
      return setManager(connector, operation.manager, lane, op);
    case 'add-membership':
      return membership(connector, operation, lane, groups, op);
    case 'remove-membership':
      return onAccount(connector, lane, op, () => membership(connector, operation, lane, groups, op));
    case 'delete-account':
      return onAccount(connector, lane, op, async (id) => {
        const removed = await connector.remove(op, id);
        lane.removed = true;
        return { outcome: removed === 'removed' ? 'succeeded' : 'unchanged' };
      });
    case 'set-password':
    case 'send-activation-mail':
    case 'send-reset-mail':
      throw new ConnectorError('invalid', `${operation.kind} is not done in a lane of a directory.`);
  }
}

async function create(
  connector: AnyConnector,
  operation: Extract<Operation, { kind: 'create-account' | 'restore-account' }>,
  lane: LaneAccount,
  op: Op,
): Promise<Execution> {
  const { draft } = operation;
  const { outcome, account } = await connector.create(op, draft);
  see(lane, account);
  if (outcome === 'created') return { ...DONE, after: account.attributes };
  const adopted = await connector.apply(op, account.id, {
    attributes: withNamesOf(account, draft),
    container: draft.container,
    enabled: draft.enabled,
  });
  see(lane, adopted.account);
  const key = `${draft.correlation.attribute} ${draft.correlation.value}`;
  return { ...DONE, ...adopted.change, reason: `An account with ${key} was there already and is used.` };
}

/** The draft's attributes, in which addresses follow the names that the account has, whatever the draft hoped for. */
function withNamesOf(account: Account, { attributes, unique }: AccountDraft): Attributes {
  const names = unique.flatMap(({ attribute, base }): [string, string][] => {
    const has = account.attributes[attribute];
    return typeof has === 'string' ? [[base.toLowerCase(), has]] : [];
  });
  const got = new Map(names);
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, followNames(value, got)]));
}

async function restore(
  connector: AnyConnector,
  operation: Extract<Operation, { kind: 'restore-account' }>,
  lane: LaneAccount,
  op: Op,
): Promise<Execution> {
  const present = (lane.id && (await connector.read(op, lane.id))) || (await connector.find(op, lane.correlation));
  if (present) {
    see(lane, present);
    return { outcome: 'unchanged', reason: 'The account was still there.' };
  }
  const removed = await connector.findRemoved?.(op, lane.correlation);
  if (removed && connector.restore) {
    see(lane, await connector.restore(op, removed));
    return DONE;
  }
  const made = await create(connector, operation, lane, op);
  return { ...made, reason: 'The directory no longer kept the removed account, so a new one was made.' };
}

async function change(connector: AnyConnector, delta: AccountDelta, lane: LaneAccount, op: Op): Promise<Execution> {
  const id = await locate(connector, lane, op);
  if (!id) {
    const { attribute, value } = lane.correlation;
    throw new ConnectorError('not-found', `${lane.directory} has no account with ${attribute} ${value} any more.`);
  }
  const { account, change: changed } = await applyToWhatIsThere(connector, op, lane, id, delta);
  see(lane, account);
  const names = Object.keys(changed.after).length + Object.keys(changed.before).length;
  return names === 0 ? { outcome: 'unchanged' } : { ...DONE, ...changed };
}

/**
 * Applies a delta to the account that is known, to the one that was made by hand in its place, or to the one that comes
 * back from the recycle bin. When there is none the lane says so, and the next plan makes one.
 */
async function applyToWhatIsThere(
  connector: AnyConnector,
  op: Op,
  lane: LaneAccount,
  id: string,
  delta: AccountDelta,
): ReturnType<AnyConnector['apply']> {
  try {
    return await applyWithNames(connector, op, id, delta);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.category !== 'not-found') throw error;
    if (await connector.read(op, id)) throw error;
    const other = (await connector.find(op, lane.correlation)) ?? (await broughtBack(connector, lane, op));
    lane.removed = !other;
    if (!other) throw error;
    see(lane, other);
    return applyWithNames(connector, op, other.id, delta);
  }
}

async function broughtBack(connector: AnyConnector, lane: LaneAccount, op: Op): Promise<Account | undefined> {
  const removed = lane.comesBack ? await connector.findRemoved?.(op, lane.correlation) : undefined;
  return removed === undefined ? undefined : connector.restore?.(op, removed);
}

/** Applies a delta; a new name that somebody else bears moves on to its next candidate, as it does at creation. */
async function applyWithNames(
  connector: AnyConnector,
  op: Op,
  id: string,
  { unique = [], ...delta }: AccountDelta,
): ReturnType<AnyConnector['apply']> {
  if (unique.length === 0) return connector.apply(op, id, delta);
  for (let n = 1; ; n++) {
    try {
      return await connector.apply(op, id, {
        ...delta,
        // For directories that do not keep values unique by themselves: their connectors look before they write.
        unique,
        attributes: withUniqueNames(delta.attributes ?? {}, unique, n),
      });
    } catch (error) {
      const collides = error instanceof ConnectorError && error.category === 'conflict';
      if (!collides || n >= MAX_UNIQUE_NAME_CANDIDATES) throw error;
    }
  }
}

async function setManager(
  connector: AnyConnector,
  manager: CorrelationKey | undefined,
  lane: LaneAccount,
  op: Op,
): Promise<Execution> {
  const id = await locate(connector, lane, op);
  if (!id) return { outcome: 'skipped', reason: `There is no account in ${lane.directory} to set the manager of.` };
  const managerAccount = manager && (await connector.find(op, manager));
  if (manager && !managerAccount) {
    const reason = `The manager (${manager.value}) has no account in ${lane.directory} yet; the link is made when it has.`;
    return { outcome: 'skipped', reason };
  }
  const set = await claimed(connector.setManager, 'managers').call(connector, op, id, managerAccount?.id);
  return { outcome: set === 'changed' ? 'succeeded' : 'unchanged' };
}

async function membership(
  connector: AnyConnector,
  operation: Extract<Operation, { kind: 'add-membership' | 'remove-membership' }>,
  lane: LaneAccount,
  groups: GroupIds,
  op: Op,
): Promise<Execution> {
  const adds = operation.kind === 'add-membership';
  const id = await locate(connector, lane, op);
  if (!id) throw new ConnectorError('not-found', `There is no account in ${lane.directory} to put into groups.`);
  claimed(connector.findGroup, 'groups');
  const withGroups = connector as Parameters<GroupIds['find']>[0];
  const group = await groups.find(withGroups, lane.directory, operation.group, op);
  if (!group && !adds) return { outcome: 'unchanged', reason: `${lane.directory} has no group “${operation.group}”.` };
  if (!group) {
    const cure = 'Create the group or correct the policy, then retry.';
    throw new ConnectorError('misconfigured', `${lane.directory} has no group “${operation.group}”. ${cure}`);
  }
  try {
    const answer = adds ? await withGroups.addMember(op, group, id) : await withGroups.removeMember(op, group, id);
    return { outcome: answer === 'added' || answer === 'removed' ? 'succeeded' : 'unchanged' };
  } catch (error) {
    if (error instanceof ConnectorError && error.category === 'not-found') {
      groups.forget(lane.directory, operation.group);
    }
    throw error;
  }
}

/** For what takes access away: without an account there is nothing to take. */
async function onAccount(
  connector: AnyConnector,
  lane: LaneAccount,
  op: Op,
  act: (id: string) => Promise<Execution>,
): Promise<Execution> {
  const absent: Execution = { outcome: 'unchanged', reason: `There is no account in ${lane.directory}.` };
  const id = await locate(connector, lane, op);
  if (!id) return absent;
  try {
    return await act(id);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.category !== 'not-found') throw error;
    // The account that we knew is gone. One that was made by hand in its place is the person's all the same.
    const other = await connector.find(op, lane.correlation);
    if (!other || other.id === id) return absent;
    see(lane, other);
    return act(other.id);
  }
}

/** The anchor that is known, or that of the account with the person's correlation value. */
async function locate(connector: AnyConnector, lane: LaneAccount, op: Op): Promise<string | undefined> {
  if (lane.id) return lane.id;
  const found = await connector.find(op, lane.correlation);
  if (found) see(lane, found);
  return found?.id;
}

function see(lane: LaneAccount, account: Account): void {
  lane.id = account.id;
  lane.account = account;
  lane.removed = false;
}

/** Plans hold no operation that the directory's kind did not claim; a claim without its method is a bug. */
function claimed<Method>(method: Method | undefined, capability: string): Method {
  if (!method) throw new ConnectorError('misconfigured', `This kind of directory has no ${capability}.`);
  return method;
}
