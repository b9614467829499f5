import { referenceKey } from '../mapping/distinguished-name.js';
import type { Attributes } from '../person/attributes.js';
import type { Operation } from './operation.js';
import type { KnownAccount } from './plan.js';

/** An account as a connector gave it back. */
export interface SeenAccount {
  id: string;
  name: string;
  attributes: Attributes;
  container?: string;
}

/**
 * What is known of an account after an operation came to a good end (`succeeded` or `unchanged`) at `at` (ISO 8601).
 * `seen`: the account as the directory now has it, where the operation gave it back. `undefined` as long as none is known.
 */
export function knownAfter(
  known: KnownAccount | undefined,
  operation: Operation,
  at: string,
  seen?: SeenAccount,
): KnownAccount | undefined {
  const account = merge(known, operation, seen);
  if (!account) return undefined;
  switch (operation.kind) {
    case 'create-account':
      return { ...open(account), memberships: [], manager: undefined };
    case 'restore-account':
      return { ...account, state: 'disabled' };
    case 'enable-account':
      return open(account);
    case 'disable-account':
      return { ...account, state: 'disabled', cutAt: account.cutAt ?? at };
    case 'delete-account':
      return { ...account, state: 'deleted' };
    case 'set-manager':
      return { ...account, manager: operation.manager?.value };
    case 'add-membership':
      return { ...account, memberships: [...without(account.memberships, operation.group), operation.group] };
    case 'remove-membership': {
      const memberships = without(account.memberships, operation.group);
      if (!account.cutAt) return { ...account, memberships };
      return {
        ...account,
        memberships,
        withdrawn: [...without(account.withdrawn ?? [], operation.group), operation.group],
      };
    }
    default:
      return account;
  }
}

function merge(
  known: KnownAccount | undefined,
  operation: Operation,
  seen: SeenAccount | undefined,
): KnownAccount | undefined {
  if (!seen) return known;
  const { id, name, attributes, container } = seen;
  const state = known?.state ?? 'active';
  const base = known ?? { directory: operation.application, memberships: [], state };
  return { ...base, id, name, attributes, ...(container !== undefined && { container }) };
}

function open(account: KnownAccount): KnownAccount {
  const { cutAt: _cutAt, withdrawn: _withdrawn, ...rest } = account;
  return { ...rest, state: 'active' };
}

function without(groups: string[], group: string): string[] {
  return groups.filter((each) => referenceKey(each) !== referenceKey(group));
}
