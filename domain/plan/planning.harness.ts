import type { EventType } from '../event/lifecycle-event.js';
import { followNames, uniqueCandidate } from '../mapping/unique-name.js';
import type { Attributes } from '../person/attributes.js';
import type { Person } from '../person/person.js';
import { type CompiledPolicy, compilePolicy } from '../policy/compiled-policy.js';
import { parsePolicy } from '../policy/parse-policy.js';
import { knownAfter, type SeenAccount } from './known-after.js';
import type { Operation, UniqueName } from './operation.js';
import type { KnownAccount, Lane, Plan, PlannedDirectory, PlanningState } from './plan.js';
import { plan } from './planning.js';

/** For specs: directories that do what a plan says, and a person who lives through events. */

const EVERYTHING = { passwords: true, sessions: true, groups: true, managers: true, restore: true };

export const AD: PlannedDirectory = {
  name: 'corp-ad',
  kind: 'active-directory',
  can: { ...EVERYTHING, sessions: false },
};
export const ENTRA: PlannedDirectory = { name: 'entra', kind: 'entra-id', can: EVERYTHING };

export const JANE: Attributes = {
  givenName: 'Jané',
  familyName: 'Doe',
  department: 'Sales',
  title: 'Account Manager',
  manager: '1000',
  personalMail: 'jane@home.example',
};

/** Compiles a policy; throws with its problems. */
export function policyOf(text: string): CompiledPolicy {
  const read = parsePolicy(text);
  if ('policy' in read) return compilePolicy(read.policy);
  throw new Error(read.problems.map(({ line, message }) => `line ${line}: ${message}`).join('\n'));
}

/** A person, the accounts known of them, and directories that never fail. */
export class Life {
  person: Person;
  accounts: KnownAccount[] = [];
  directories = [AD, ENTRA];
  now = '2026-11-23T12:00:00.000Z';
  private events = 0;

  constructor(
    private readonly policy: CompiledPolicy,
    attributes: Attributes = {},
  ) {
    this.person = { id: 'b7e6a0a0-0000-4000-8000-000000000001', personId: '4711', state: 'expected', attributes };
  }

  /** What would be planned, with nothing done. */
  plan(type: EventType, attributes: Attributes = {}, more: Partial<PlanningState> = {}): Plan {
    const event = { id: `event-${this.events}`, type, attributes };
    const { person, accounts, directories, now } = this;
    return plan({ person, accounts, directories, now, event, ...more }, this.policy);
  }

  /** Plans, does what the plan says, wave by wave, and remembers it; returns all lanes as they were planned. */
  live(type: EventType, attributes: Attributes = {}): Plan {
    const first = this.plan(type, attributes);
    this.apply(first);
    const all = { ...first, lanes: [...first.lanes], failed: [...first.failed], warnings: [...first.warnings] };
    for (let wave = first; wave.deferred.length > 0; ) {
      wave = this.plan(type, attributes, { only: wave.deferred });
      this.apply(wave);
      all.lanes.push(...wave.lanes);
      all.failed.push(...wave.failed);
      all.warnings.push(...wave.warnings);
    }
    this.person = { ...this.person, ...first.person };
    this.events++;
    return all;
  }

  /** Does the deletions that a plan has for later. */
  letGracePass({ later }: Plan): void {
    for (const { lane } of later) this.work(lane);
  }

  account(directory: string): KnownAccount | undefined {
    return this.accounts.find((account) => account.directory === directory);
  }

  private apply({ lanes }: Plan): void {
    for (const lane of lanes) this.work(lane);
  }

  private work(lane: Lane): void {
    for (const operation of lane.operations) {
      const known = this.account(lane.directory);
      const after = knownAfter(known, operation, this.now, seen(operation, known));
      this.accounts = this.accounts.filter(({ directory }) => directory !== lane.directory);
      if (after) this.accounts.push(after);
    }
  }
}

/** What a directory gives back after an operation. All names are taken once, so they get a counter. */
function seen(operation: Operation, known: KnownAccount | undefined): SeenAccount | undefined {
  if (operation.kind === 'create-account' || (operation.kind === 'restore-account' && !known)) {
    const { attributes, unique, correlation, container } = operation.draft;
    const id = `anchor-of-${operation.id}`;
    const all = { ...withNames(attributes, unique), [correlation.attribute]: correlation.value };
    return { id, name: `name-of-${id}`, attributes: all, container };
  }
  if (!known) return undefined;
  if (operation.kind !== 'update-account') return known;
  const { attributes = {}, unique = [], container = known.container } = operation.delta;
  return { ...known, attributes: { ...known.attributes, ...withNames(attributes, unique) }, container };
}

function withNames(attributes: Attributes, unique: UniqueName[]): Attributes {
  const addresses = unique.filter(({ base }) => base.includes('@'));
  const got = new Map(addresses.map((name) => [name.base.toLowerCase(), uniqueCandidate(name, 2)]));
  const followed = Object.entries(attributes).map(([name, value]) => [name, followNames(value, got)]);
  const names = unique.map((name) => [name.attribute, uniqueCandidate(name, 2)]);
  return { ...Object.fromEntries(followed), ...Object.fromEntries(names) };
}

/** Kinds of the operations of a directory, with the groups of memberships. */
export function kinds({ lanes }: Pick<Plan, 'lanes'>, directory: string): string[] {
  return lanes
    .filter((lane) => lane.directory === directory)
    .flatMap((lane) => lane.operations.map((each) => ('group' in each ? `${each.kind} ${each.group}` : each.kind)));
}
