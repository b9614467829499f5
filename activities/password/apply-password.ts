import type { DataSource } from 'typeorm';
import type { AnyConnector, Op } from '../../connectors/contract/connector.js';
import { ConnectorError } from '../../connectors/contract/connector-error.js';
import { EnvelopeError, type EnvelopePrivateKey, openPassword } from '../../contracts/password-envelope.js';
import type { ApplyPasswordInput, PasswordResult } from '../../contracts/password-run.js';
import type { OperationOutcome } from '../../domain/plan/operation.js';
import { isWorthRetrying } from '../failures.js';
import { type PasswordState, passwordState, recordPasswordSet } from './password-state.js';

export interface ApplyDependencies {
  database: DataSource;
  connector: AnyConnector;
  keys: readonly EnvelopePrivateKey[];
  op: Op;
  /** The workflow run that asked for it. */
  runId: string;
}

/** How often an account that was just made may still be unknown to a part of a directory that spreads its changes. */
const ATTEMPTS_UNTIL_ABSENT = 3;

/**
 * Brings one password to one account. It exists in plain text only between opening the envelope and the connector's
 * answer.
 *
 * A leave that comes at the same time wins. Its first step, before any directory is touched, is to mark the person as
 * left and to delete the envelopes. So the state is read again after the password was set: who has not left by then is
 * scrambled later than this, by the leave; who has is scrambled here.
 *
 * @param attempts this one included
 * @throws ConnectorError that is worth trying again
 */
export async function applyPassword(
  { database, connector, keys, op, runId }: ApplyDependencies,
  input: ApplyPasswordInput,
  attempts: number,
): Promise<PasswordResult> {
  const startedAt = new Date().toISOString();
  const end = (outcome: OperationOutcome, reason?: string, chooseAgain = false): PasswordResult => {
    const { operationId } = input;
    return {
      result: { operationId, outcome, reason, attempts, startedAt, finishedAt: new Date().toISOString() },
      chooseAgain,
    };
  };
  const { directory } = input;

  const before = await passwordState(database, input);
  if (before.personLeft) {
    // An earlier try may have set it, and been cut off before it could look again.
    if (attempts > 1 && before.anchor) await scramble(connector, before.anchor, op);
    return end('superseded', LEFT);
  }
  if (before.final) return end(before.final.outcome, before.final.reason);
  if (!before.envelope) return end('superseded', 'A newer password took its place.');
  if (before.envelope.expiresAt.getTime() <= Date.now()) return end('failed', EXPIRED);
  if (before.earlierOnItsWay) {
    throw new ConnectorError('transient', 'An earlier password is still on its way; this one follows.');
  }
  if (!before.anchor) return withoutAccount(before, directory, end);
  if (!connector.setPassword) return end('failed', `${directory} does not take passwords from Tenure.`);

  try {
    await setFromEnvelope(connector, before, before.anchor, keys, input, op);
  } catch (error) {
    if (error instanceof EnvelopeError) return end('failed', `${error.message} Choose a password again.`, true);
    if (!(error instanceof ConnectorError) || isWorthRetrying(error)) throw error;
    if (error.category === 'not-found' && attempts < ATTEMPTS_UNTIL_ABSENT) {
      throw new ConnectorError('transient', error.message);
    }
    return end('failed', error.message, error.category === 'invalid');
  }

  const done = end('succeeded');
  const { personLeft } = await recordPasswordSet(database, input, done.result, runId);
  if (!personLeft) return done;
  await scramble(connector, before.anchor, op);
  return end('superseded', LEFT);
}

const EXPIRED = 'The sealed password had expired before it could be set. Send a reset mail.';
const LEFT = 'The person has left; no password is set any more.';

/** The plain text lives in this function alone. */
async function setFromEnvelope(
  connector: AnyConnector,
  { envelope }: PasswordState,
  anchor: string,
  keys: readonly EnvelopePrivateKey[],
  { person, directory, request }: ApplyPasswordInput,
  op: Op,
): Promise<void> {
  if (!envelope) throw new EnvelopeError('The sealed password is gone.');
  const password = openPassword(keys, envelope, { person, directory, request });
  try {
    await connector.setPassword?.(op, anchor, password);
  } catch (error) {
    // Connectors promise not to quote it. Should one break its word, it ends here.
    if (!(error instanceof ConnectorError) || !error.message.includes(password)) throw error;
    throw new ConnectorError(error.category, `${directory} refuses the password.`, {
      retryAfterMs: error.details.retryAfterMs,
      code: error.details.code,
    });
  }
}

function withoutAccount(
  { accountPlanned }: PasswordState,
  directory: string,
  end: (outcome: OperationOutcome, reason: string) => PasswordResult,
): PasswordResult {
  if (!accountPlanned) return end('failed', `There is no account in ${directory}.`);
  throw new ConnectorError('transient', `The account in ${directory} is not there yet; the password follows.`);
}

/** An account that is gone needs no scrambling. */
async function scramble(connector: AnyConnector, anchor: string, op: Op): Promise<void> {
  try {
    await connector.scramblePassword?.(op, anchor);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.category !== 'not-found') throw tryAgain(error);
  }
}

/** Access is being cut: whatever the error, it is tried again. */
function tryAgain(error: unknown): unknown {
  if (!(error instanceof ConnectorError) || isWorthRetrying(error)) return error;
  return new ConnectorError('transient', error.message, error.details);
}
