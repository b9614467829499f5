import { randomBytes } from 'node:crypto';
import type { Account, AccountDraft } from '../contract/account.js';
import type { AnyConnector, Capabilities, Op } from '../contract/connector.js';
import { ConnectorError, type ConnectorErrorCategory } from '../contract/connector-error.js';
import type { ConnectorHarness, SamplePerson, StartedDirectory } from './harness.js';

/** What the suite's chapters share: the started directory, its connector, and ways to ask them. */
export class Stage {
  #directory: StartedDirectory | undefined;
  #connector: AnyConnector | undefined;
  #people = 0;
  readonly #run = randomBytes(3).toString('hex');

  constructor(readonly harness: ConnectorHarness) {}

  get directory(): StartedDirectory {
    if (!this.#directory) throw new Error('The directory is not started yet.');
    return this.#directory;
  }

  get connector(): AnyConnector {
    if (!this.#connector) throw new Error('The directory is not started yet.');
    return this.#connector;
  }

  async start(): Promise<void> {
    this.#directory = await this.harness.start();
    this.#connector = this.harness.kind.connect(this.#directory.configuration);
  }

  async stop(): Promise<void> {
    await this.#connector?.close();
    await this.#directory?.stop();
  }

  /** The connector with the members of a capability; fails where it lacks one of them. */
  opted<Members extends keyof AnyConnector>(
    ...members: Members[]
  ): Required<Pick<AnyConnector, Members>> & AnyConnector {
    for (const member of members) {
      if (typeof this.connector[member] !== 'function') throw new Error(`The connector has no ${member}().`);
    }
    return this.connector as Required<Pick<AnyConnector, Members>> & AnyConnector;
  }

  /** Somebody new. */
  person(over: Partial<SamplePerson> = {}): SamplePerson {
    const number = ++this.#people;
    return {
      // Of one length, so that no key begins another.
      key: `${this.#run}-${String(number).padStart(4, '0')}`,
      login: `p${this.#run}.${number}`,
      displayName: `Person ${this.#run} ${number}`,
      enabled: true,
      ...over,
    };
  }

  draft(over: Partial<SamplePerson> = {}): AccountDraft {
    return this.directory.draft(this.person(over));
  }

  /** An account of somebody new. */
  async account(over: Partial<SamplePerson> = {}): Promise<{ draft: AccountDraft; account: Account }> {
    const draft = this.draft(over);
    const { outcome, account } = await this.connector.create(op(), draft);
    expect(outcome).toBe('created');
    return { draft, account };
  }

  /** Asks until the answer passes, for as long as the directory may take to show what was written. */
  async eventually<T>(ask: () => Promise<T>, check: (answer: T) => void): Promise<void> {
    const until = Date.now() + (this.harness.settlesWithinMs ?? 0);
    for (;;) {
      try {
        check(await ask());
        return;
      } catch (error) {
        if (Date.now() >= until) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** Expects that the directory holds that many live accounts of the draft's person. */
  async expectAccounts(draft: AccountDraft, count: 0 | 1): Promise<void> {
    await this.eventually(
      () => this.connector.find(op(), draft.correlation),
      (found) => expect(found === undefined ? 0 : 1).toBe(count),
    );
    const { probe } = this.directory;
    if (probe.count) expect(await probe.count(draft.correlation.value)).toBe(count);
  }
}

let operations = 0;

/** The circumstances of a call that nobody calls off. */
export function op(signal: AbortSignal = new AbortController().signal): Op {
  return { id: `conformance-${++operations}`, signal, log: { debug: () => undefined, warn: () => undefined } };
}

/** Expects a refusal of one of those categories, and gives it. */
export async function refusal(
  call: Promise<unknown>,
  ...categories: ConnectorErrorCategory[]
): Promise<ConnectorError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConnectorError)) {
    throw new Error(`Expected a ConnectorError (${categories.join(' or ')}), got ${String(error)}`, { cause: error });
  }
  if (!categories.includes(error.category)) {
    throw new Error(`Expected ${categories.join(' or ')}, got ${error.category}: ${error.message}`, { cause: error });
  }
  expect(error.message.length).toBeGreaterThan(0);
  return error;
}

/** A chapter of the suite; it registers its tests. */
export type Chapter = (stage: Stage, capabilities: Capabilities) => void;
