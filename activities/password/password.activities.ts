import { CancelledFailure, Context } from '@temporalio/activity';
import type { DataSource } from 'typeorm';
import type { AnyConnector, ConnectorLog, Op } from '../../connectors/contract/connector.js';
import { ConnectorError } from '../../connectors/contract/connector-error.js';
import type { Keyring } from '../../contracts/keyring.js';
import type { ApplyPasswordInput, PasswordResult, RecordPasswordOutcomesInput } from '../../contracts/password-run.js';
import { asConnectorError, toTemporalFailure } from '../failures.js';
import { applyPassword } from './apply-password.js';
import { recordPasswordOutcomes } from './password-outcomes.js';
import { readPasswordRules } from './password-rules.js';

/** Often enough for a cancellation to arrive in time. */
const HEARTBEAT_EVERY_MS = 1_000;

export interface PasswordDependencies {
  database: DataSource;
  connector(directory: string): AnyConnector;
  keyring: Pick<Keyring, 'envelopes'>;
  log: ConnectorLog;
}

/** Run on the queue of the directory. */
export interface PasswordDirectoryActivities {
  /**
   * Sets a chosen password in one directory, unless the person has left or chose another one meanwhile. Setting it
   * again does no harm. What passes by itself fails the activity, and Temporal tries it again; what does not is a
   * result that says why.
   */
  applyPassword(input: ApplyPasswordInput): Promise<PasswordResult>;
  /** Asks the directory what it demands of passwords, and keeps the answer for the activation page. */
  readPasswordRules(directory: string): Promise<void>;
}

/** Run on the core queue. */
export interface PasswordCoreActivities {
  /**
   * Writes what became of a chosen password into the report and destroys the envelopes of what is final. When a
   * directory refused the password by its rules, the person's link works once more. Recording again changes nothing.
   */
  recordPasswordOutcomes(input: RecordPasswordOutcomesInput): Promise<void>;
}

export function createPasswordActivities({ database, connector, keyring, log }: PasswordDependencies): {
  onDirectory: PasswordDirectoryActivities;
  core: PasswordCoreActivities;
} {
  /** Runs a piece of work on a directory under a heartbeat; its errors become Temporal's. */
  async function working<T>(operationId: string, directory: string, work: (op: Op) => Promise<T>): Promise<T> {
    const { cancellationSignal: signal } = Context.current();
    const heartbeat = setInterval(() => Context.current().heartbeat(), HEARTBEAT_EVERY_MS);
    try {
      return await work({ id: operationId, signal, log });
    } catch (thrown) {
      if (signal.aborted) throw new CancelledFailure('stopped to make way for a newer password');
      // An error of another kind is a bug, and nobody knows what it quotes: only its name is told.
      if (!(thrown instanceof ConnectorError)) {
        log.warn({ directory, operationId, error: (thrown as Error)?.name }, 'a password could not be set');
      }
      throw toTemporalFailure(asConnectorError(thrown, directory));
    } finally {
      clearInterval(heartbeat);
    }
  }

  return {
    onDirectory: {
      applyPassword(input) {
        const { attempt, workflowExecution } = Context.current().info;
        const { directory, operationId, attemptsBefore } = input;
        const keys = keyring.envelopes;
        const runId = workflowExecution?.runId ?? '';
        return working(operationId, directory, (op) =>
          applyPassword(
            { database, connector: connector(directory), keys, op, runId },
            input,
            attemptsBefore + attempt,
          ),
        );
      },
      readPasswordRules: (directory) =>
        working(`password-rules/${directory}`, directory, (op) =>
          readPasswordRules(database, connector(directory), directory, op),
        ),
    },
    core: {
      recordPasswordOutcomes: (input) => recordPasswordOutcomes(database, input),
    },
  };
}
