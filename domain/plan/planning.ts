import { stateAfter } from '../event/refusal.js';
import { circumstancesOf } from '../mapping/circumstances.js';
import { correlationOf, desiredAccount } from '../mapping/desired-account.js';
import { type Granted, grantedDirectories } from '../mapping/granted-directories.js';
import { mergeAttributes } from '../person/merge-attributes.js';
import type { CompiledDirectory, CompiledPolicy } from '../policy/compiled-policy.js';
import type { Circumstances } from '../policy/expression.js';
import { activationMail } from './activation.js';
import { cutLane, laterDeletion } from './cut-lane.js';
import { OperationMaker } from './operation-maker.js';
import type { KnownAccount, Lane, Plan, PlannedDirectory, PlanningState } from './plan.js';
import { provisionLane, refusedOperation } from './provision-lane.js';

/**
 * What has to be done because of an event: the same plan for the same state, whoever asks. Ask `refusal` first.
 * Throws a `PlanningError` when a condition of the policy cannot be decided for this person; nothing is planned then.
 * A leave never throws.
 */
export function plan(state: PlanningState, policy: CompiledPolicy): Plan {
  return new Planner(state, policy).plan();
}

/** After an activity that is lost has surely ended, and after the longest lag of a directory's replicas. */
const SECOND_LOOKS_MS = [10_000, 15 * 60_000];

class Planner {
  private readonly result: Plan;
  private readonly maker: OperationMaker;
  private readonly known: Map<string, KnownAccount>;

  constructor(
    private readonly state: PlanningState,
    private readonly policy: CompiledPolicy,
  ) {
    const { person, event, accounts } = state;
    const after = { state: stateAfter(person.state, event.type), attributes: mergeAttributes(person, event) };
    this.result = { lanes: [], deferred: [], mail: [], failed: [], later: [], warnings: [], person: after };
    this.maker = new OperationMaker(event.id);
    this.known = new Map(accounts.map((account) => [account.directory, account]));
  }

  plan(): Plan {
    if (this.result.person.state === 'left') this.leave();
    else if (this.result.person.state === 'active') this.stay();
    return this.result;
  }

  /** Everywhere at once, whether an account is known there or not. */
  private leave(): void {
    for (const directory of this.directories()) {
      const known = this.living(directory.name);
      const rules = this.policy.directories.get(directory.name);
      const correlation = rules && correlationOf(rules, this.state.person.personId);
      if (!known && !correlation) {
        const why = rules ? 'HR’s id of the person gives no correlation value' : 'the policy does not mention it';
        this.result.warnings.push(`${directory.name}: nobody is looked for, because ${why}.`);
      } else {
        this.cut(directory, rules, known);
        if (!known && this.state.unsure?.includes(directory.name)) this.lookAgain(directory, rules);
      }
    }
    for (const known of this.state.accounts) this.reportUnreachable(known);
  }

  /**
   * An account that was being made when the leave came may show only later: its answer was lost, or the directory's
   * replicas do not agree yet. So it is looked for again, until no such lag is left.
   */
  private lookAgain(directory: PlannedDirectory, rules: CompiledDirectory | undefined): void {
    const { personId } = this.state.person;
    const correlation = rules && correlationOf(rules, personId);
    if (!correlation) return;
    for (const afterMs of SECOND_LOOKS_MS) {
      this.result.later.push({ afterMs, lane: cutLane(directory, { correlation, personId }, true, this.maker) });
    }
  }

  /** An account that is known in a directory that nobody can reach any more: somebody has to see that it may be open. */
  private reportUnreachable({ directory, name, state }: KnownAccount): void {
    const { directories, only } = this.state;
    if (state !== 'active' || directories.some((each) => each.name === directory)) return;
    if (only && !only.includes(directory)) return;
    const about = { application: directory, target: name, before: { enabled: true }, after: { enabled: false } };
    const operation = this.maker.make({ kind: 'disable-account' }, about);
    const reason = `No directory ${directory} is set up any more, so this account may still be open. Set the directory up again and retry, or disable the account by hand.`;
    this.result.failed.push({ operation, reason });
  }

  private cut(
    directory: PlannedDirectory,
    rules: CompiledDirectory | undefined,
    known: KnownAccount | undefined,
  ): void {
    const { personId } = this.state.person;
    const key = (rules && correlationOf(rules, personId)) ?? { attribute: 'employeeID', value: personId };
    const keepGroups = rules?.leaver.keepGroups ?? false;
    this.result.lanes.push(cutLane(directory, { correlation: key, known, personId }, keepGroups, this.maker));
    if (known && rules) this.result.later.push(...laterDeletion(known, key, rules.leaver, this.state, this.maker));
  }

  private stay(): void {
    const { personId } = this.state.person;
    const circumstances = circumstancesOf(personId, this.result.person.attributes, this.readable());
    const granted = grantedDirectories(this.policy, circumstances);
    for (const name of this.inOrder(granted)) this.provision(name, granted, circumstances);
    for (const directory of this.directories()) {
      if (!granted.has(directory.name)) this.withdraw(directory);
    }
    this.mail(granted, circumstances);
  }

  private provision(name: string, granted: Map<string, Granted>, circumstances: Circumstances): void {
    const rules = this.policy.directories.get(name);
    const grant = granted.get(name);
    if (!rules || !grant || (this.state.only && !this.state.only.includes(name))) return;
    const needs = this.needed(rules, granted);
    if (needs.some((other) => this.isPlanned(other))) {
      this.result.deferred.push(name);
      return;
    }
    const desired = desiredAccount(rules, grant, circumstances);
    const directory = this.state.directories.find((each) => each.name === name);
    if (!directory || needs.length > 0) {
      const reason = directory
        ? `${name}: the mapping reads the account in ${needs.join(' and in ')}, and there is none.`
        : `The policy grants ${name}, but no directory of that name is set up.`;
      const operation = refusedOperation(directory ?? absent(name), desired, this.known.get(name), this.maker);
      this.result.failed.push({ operation, reason });
      return;
    }
    const { lane, failed } = provisionLane(directory, desired, this.known.get(name), this.maker);
    this.result.failed.push(...failed);
    this.result.warnings.push(...desired.warnings);
    lane.after = rules.after.filter((other) => this.result.lanes.some((each) => each.directory === other));
    if (lane.operations.length > 0) this.result.lanes.push(lane);
  }

  /** Takes back a directory that the rules no longer give. What was taken back before only waits for its deletion. */
  private withdraw(directory: PlannedDirectory): void {
    const known = this.living(directory.name);
    if (!known) return;
    const rules = this.policy.directories.get(directory.name);
    const holdsGroups = known.memberships.length > 0 && directory.can.groups && !rules?.leaver.keepGroups;
    if (known.state === 'active' || holdsGroups) {
      this.cut(directory, rules, known);
    } else if (rules) {
      const key = correlationOf(rules, this.state.person.personId);
      if (key) this.result.later.push(...laterDeletion(known, key, rules.leaver, this.state, this.maker));
    }
  }

  /** The directories whose accounts the mapping reads, and which another lane is still to make or change, or never will. */
  private needed(rules: CompiledDirectory, granted: Map<string, Granted>): string[] {
    const needs = rules.reads.filter(({ directory, attribute }) => {
      if (!granted.has(directory)) return false;
      if (this.result.deferred.includes(directory) || !this.living(directory)) return true;
      const lane = this.result.lanes.find((each) => each.directory === directory);
      return lane !== undefined && changes(lane, attribute);
    });
    return [...new Set(needs.map(({ directory }) => directory))];
  }

  private isPlanned(name: string): boolean {
    return this.result.deferred.includes(name) || this.result.lanes.some(({ directory }) => directory === name);
  }

  private mail(granted: Map<string, Granted>, circumstances: Circumstances): void {
    if (this.state.only) return;
    const takers = this.state.directories.filter(({ name, can }) => {
      return can.passwords && granted.has(name) && (this.isPlanned(name) || this.living(name) !== undefined);
    });
    if (takers.length === 0) return;
    const opens = takers.some(({ name }) =>
      this.result.lanes.some((lane) => lane.directory === name && opensAccount(lane)),
    );
    activationMail({ state: this.state, opens, policy: this.policy, circumstances, maker: this.maker }, this.result);
  }

  private directories(): PlannedDirectory[] {
    const { directories, only } = this.state;
    return only ? directories.filter(({ name }) => only.includes(name)) : directories;
  }

  private living(name: string): KnownAccount | undefined {
    const known = this.known.get(name);
    return known?.state === 'deleted' ? undefined : known;
  }

  private readable(): KnownAccount[] {
    return this.state.accounts.filter(({ state }) => state !== 'deleted');
  }

  /** The granted directories, each behind those that come before it. */
  private inOrder(granted: Map<string, Granted>): string[] {
    const ordered = new Set<string>();
    const visit = (name: string): void => {
      for (const before of this.policy.directories.get(name)?.after ?? []) if (!ordered.has(before)) visit(before);
      if (granted.has(name)) ordered.add(name);
    };
    for (const name of [...granted.keys()].sort()) visit(name);
    return [...ordered];
  }
}

/** A directory that the policy names and nobody has set up. */
function absent(name: string): PlannedDirectory {
  const can = { passwords: false, sessions: false, groups: false, managers: false, restore: false };
  return { name, kind: 'none', can };
}

/** Whether an operation of the lane may change what others read of the account. */
function changes(lane: Lane, attribute: string): boolean {
  return lane.operations.some((operation) => {
    if (operation.kind === 'create-account' || operation.kind === 'restore-account') return true;
    return operation.kind === 'update-account' && Object.hasOwn(operation.after ?? {}, attribute);
  });
}

/** Whether the lane ends with an account that can be used and whose password nobody knows. */
function opensAccount(lane: Lane): boolean {
  return lane.operations.some(
    ({ kind }) => kind === 'create-account' || kind === 'restore-account' || kind === 'enable-account',
  );
}
