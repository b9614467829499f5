import type { DesiredAccount } from '../mapping/desired-account.js';
import { referenceKey } from '../mapping/distinguished-name.js';
import { changeOf, draftOf, restoredValues } from './account-draft.js';
import type { Operation } from './operation.js';
import type { OperationMaker } from './operation-maker.js';
import type { KnownAccount, Lane, Plan, PlannedDirectory } from './plan.js';

/** A lane that brings an account to where it should be, and what of it cannot be done. */
export interface ProvisionLane {
  lane: Lane;
  failed: Plan['failed'];
}

/** Plans the difference between what is known of an account and what the policy wants of it. */
export function provisionLane(
  directory: PlannedDirectory,
  desired: DesiredAccount,
  known: KnownAccount | undefined,
  maker: OperationMaker,
): ProvisionLane {
  const about = { application: directory.name, target: nameOf(desired, known) };
  const lane: Lane = { directory: directory.name, correlation: desired.correlation, operations: [], after: [] };
  const failed: Plan['failed'] = [];
  const reason = desired.problems.join(' ');
  const isThere = known !== undefined && known.state !== 'deleted';
  const isRestored = known !== undefined && !isThere && directory.can.restore;

  if (!isThere) {
    if (reason) return { lane, failed: [{ operation: creation(directory, desired, known, maker), reason }] };
    lane.operations.push(creation(directory, desired, known, maker));
    if (isRestored) lane.operations.push(...afterRestore(known, desired, maker, about));
  } else {
    lane.accountId = known.id;
    const change = changeOf(known, desired);
    if (change) {
      const { delta, before, after } = change;
      lane.operations.push(maker.make({ kind: 'update-account', delta }, { ...about, before, after }));
    }
    if (reason) failed.push({ operation: maker.make({ kind: 'update-account', delta: {} }, about), reason });
    if (known.state === 'disabled') lane.operations.push(enable(maker, about));
  }
  const linked: Linked = {
    memberships: isThere || isRestored ? known.memberships : [],
    manager: isThere || isRestored ? known.manager : undefined,
    isCertain: !isRestored,
  };
  if (directory.can.managers) lane.operations.push(...manager(desired, linked, maker, about));
  if (directory.can.groups) lane.operations.push(...memberships(directory.name, desired, linked, maker));
  return { lane, failed };
}

/** The first operation of a lane that cannot even begin, for the report. */
export function refusedOperation(
  directory: PlannedDirectory,
  desired: DesiredAccount,
  known: KnownAccount | undefined,
  maker: OperationMaker,
): Operation {
  if (!known || known.state === 'deleted') return creation(directory, desired, known, maker);
  const about = { application: directory.name, target: known.name };
  return maker.make({ kind: 'update-account', delta: {} }, about);
}

function creation(
  directory: PlannedDirectory,
  desired: DesiredAccount,
  known: KnownAccount | undefined,
  maker: OperationMaker,
): Operation {
  const draft = draftOf(desired);
  const names = Object.fromEntries(draft.unique.map(({ attribute, base }) => [attribute, base]));
  const kind = known && directory.can.restore ? 'restore-account' : 'create-account';
  const subject = {
    application: directory.name,
    target: nameOf(desired, known),
    after: { ...draft.attributes, ...names },
  };
  return maker.make({ kind, draft }, subject);
}

/** What hangs on an account. After a restore it may be there still or not, so it is all set once more. */
interface Linked {
  memberships: string[];
  manager: string | undefined;
  isCertain: boolean;
}

type About = { application: string; target: string };

/** What came back from the recycle bin is disabled. */
function afterRestore(known: KnownAccount, desired: DesiredAccount, maker: OperationMaker, about: About): Operation[] {
  const attributes = restoredValues(known, desired);
  const { container } = desired;
  const delta = { attributes, ...(container !== undefined && { container }) };
  const after = { ...attributes, ...(container !== undefined && { container }) };
  return [maker.make({ kind: 'update-account', delta }, { ...about, after }), enable(maker, about)];
}

function enable(maker: OperationMaker, about: About): Operation {
  return maker.make({ kind: 'enable-account' }, { ...about, before: { enabled: false }, after: { enabled: true } });
}

function manager(desired: DesiredAccount, linked: Linked, maker: OperationMaker, about: About): Operation[] {
  if (!desired.managed || (linked.isCertain && linked.manager === desired.manager?.value)) return [];
  const before = { manager: linked.manager ?? null };
  const after = { manager: desired.manager?.value ?? null };
  const detail = { kind: 'set-manager' as const, ...(desired.manager && { manager: desired.manager }) };
  return [maker.make(detail, { ...about, before, after })];
}

/**
 * Takes away first: two names of one group, a DN and a short name, say, are two groups here, and the one that should be
 * must be the last word.
 */
function memberships(application: string, desired: DesiredAccount, linked: Linked, maker: OperationMaker): Operation[] {
  const wanted = new Set(desired.groups.map(referenceKey));
  const there = new Set(linked.isCertain ? linked.memberships.map(referenceKey) : []);
  const gone = linked.memberships.filter((group) => !wanted.has(referenceKey(group)));
  const fresh = desired.groups.filter((group) => !there.has(referenceKey(group)));
  return [
    ...gone.map((group) => removeMembership(application, group, maker)),
    ...fresh.map((group) => addMembership(application, group, maker)),
  ];
}

function addMembership(application: string, group: string, maker: OperationMaker): Operation {
  const subject = { application, target: group, before: { member: false }, after: { member: true } };
  return maker.make({ kind: 'add-membership', group }, subject);
}

/** Takes an account out of a group. */
export function removeMembership(application: string, group: string, maker: OperationMaker): Operation {
  const subject = { application, target: group, before: { member: true }, after: { member: false } };
  return maker.make({ kind: 'remove-membership', group }, subject);
}

/** What people call the account: its own name, and before it has one, the name that it will most likely get. */
function nameOf(desired: DesiredAccount, known: KnownAccount | undefined): string {
  if (known) return known.name;
  const bases = desired.unique.map(({ base }) => base);
  const shown = desired.attributes.find(({ name }) => /^(displayName|cn|userPrincipalName|mail)$/i.test(name))?.value;
  return bases.find((base) => base.includes('@')) ?? bases[0] ?? (shown ? String(shown) : desired.correlation.value);
}
