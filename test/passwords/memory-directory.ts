import { randomBytes } from 'node:crypto';
import type { AnyConnector, Capabilities } from '../../connectors/contract/connector.js';
import { ConnectorError } from '../../connectors/contract/connector-error.js';
import type { ConnectorKind } from '../../connectors/contract/connector-factory.js';
import type { PasswordRules } from '../../domain/password/password-rules.js';

const CAPABILITIES: Capabilities = {
  groups: false,
  passwords: true,
  sessions: false,
  managers: false,
  recycleBin: false,
};

/** A directory in memory, for what is about passwords and not about directories. */
export class MemoryDirectory {
  /** Passwords by anchor. One that was scrambled begins so. */
  readonly passwords = new Map<string, string>();
  /** What happened to passwords, in order. */
  readonly calls: ('set' | 'scramble')[] = [];
  rules: PasswordRules = { minLength: 10, complex: true, history: 3 };
  /** Every call fails with this until it is taken away. */
  failure: ConnectorError | undefined;
  /** Runs when a password arrives, before it is set, and after. */
  beforeSet: () => Promise<void> = async () => {};
  afterSet: () => Promise<void> = async () => {};

  constructor(readonly name: string) {}

  /** A stop of the whole directory. */
  goAway(): void {
    this.failure = new ConnectorError('transient', `${this.name} does not answer.`);
  }

  comeBack(): void {
    this.failure = undefined;
  }

  connector(): AnyConnector {
    const nothing = async (): Promise<never> => {
      throw new ConnectorError('invalid', 'This directory only knows passwords.');
    };
    return {
      capabilities: () => CAPABILITIES,
      check: async () => [],
      find: async () => undefined,
      read: async () => undefined,
      create: nothing,
      apply: nothing,
      remove: nothing,
      close: async () => {},
      passwordRules: async () => {
        if (this.failure) throw this.failure;
        return this.rules;
      },
      setPassword: async (_op, id, password) => {
        await this.beforeSet();
        if (this.failure) throw this.failure;
        this.calls.push('set');
        this.passwords.set(id, password);
        await this.afterSet();
      },
      scramblePassword: async (_op, id) => {
        if (this.failure) throw this.failure;
        this.calls.push('scramble');
        this.passwords.set(id, `scrambled ${randomBytes(16).toString('hex')}`);
      },
    };
  }
}

/** The kind of directory that these are, for the worker's registry. */
export function memoryKind(directories: MemoryDirectory[]): ConnectorKind {
  return {
    kind: 'memory',
    capabilities: CAPABILITIES,
    connect: ({ name }) => {
      const directory = directories.find((one) => one.name === name);
      if (!directory) throw new ConnectorError('misconfigured', `There is no ${name}.`);
      return directory.connector();
    },
  };
}
