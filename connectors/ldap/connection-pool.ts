import { ConnectorError } from '../contract/connector-error.js';
import { type Connection, connectTo } from './connection.js';
import { resultCode, toConnectorError, trustProblem } from './errors.js';
import type { LdapSettings } from './settings.js';

/** A refused sign-in is not repeated for so long, so that retries do not lock the service account out. */
const REFUSAL_HOLDS_MS = 15_000;

/**
 * Bound connections to one directory. Each serves one caller at a time, because a request that times out takes its
 * connection with it. All of them go to one server, the first that answers; when it fails, the next one's turn has come.
 */
export class ConnectionPool {
  readonly #idle: Connection[] = [];
  readonly #waiting: (() => void)[] = [];
  #open = 0;
  #preferred = 0;
  #closed = false;
  /** Set while nobody has signed in yet and somebody tries; the others wait, so that one wrong password is tried once. */
  #proving: Promise<unknown> | undefined;
  #proved = false;
  #refusal: { until: number; error: ConnectorError } | undefined;

  constructor(readonly settings: LdapSettings) {}

  /** The address of the server that all work goes to. */
  get server(): string {
    return this.settings.urls[this.#preferred] as string;
  }

  /** Lends a bound connection; a new one where none is idle. Give it back with `release` or `discard`. */
  async acquire(signal: AbortSignal): Promise<Connection> {
    while (!this.#closed && this.#open >= this.settings.poolSize && this.#idle.length === 0) {
      if (signal.aborted) throw this.#gone('The call was called off while it waited for a connection');
      await this.#turn(signal);
    }
    if (this.#closed) throw this.#gone('The connections are being closed');
    if (signal.aborted) {
      this.#waiting.shift()?.();
      throw this.#gone('The call was called off while it waited for a connection');
    }
    const idle = this.#takeIdle();
    if (idle) return idle;
    this.#open++;
    try {
      return await this.#proven();
    } catch (error) {
      this.#left();
      throw error;
    }
  }

  /** Takes a connection back for the next caller. */
  release(connection: Connection): void {
    if (this.#closed || !this.#isUsable(connection)) {
      this.discard(connection);
      return;
    }
    connection.idleTimer = setTimeout(() => {
      this.#idle.splice(this.#idle.indexOf(connection), 1);
      this.discard(connection);
    }, this.settings.idleTimeoutMs).unref();
    this.#idle.push(connection);
    this.#waiting.shift()?.();
  }

  /** Ends a connection that is broken, or whose answer nobody waits for any more. */
  discard({ client }: Connection): void {
    // The farewell may fail on a connection that is broken; it is closed in either case.
    client.unbind().catch(() => undefined);
    this.#left();
  }

  /** Ends the idle connections, and the others when they come back. */
  async close(): Promise<void> {
    this.#closed = true;
    for (let idle = this.#takeIdle(); idle; idle = this.#takeIdle()) this.discard(idle);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #gone(what: string): ConnectorError {
    return new ConnectorError('transient', `${what} (directory "${this.settings.directory}").`);
  }

  #takeIdle(): Connection | undefined {
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      clearTimeout(connection.idleTimer);
      if (this.#isUsable(connection)) return connection;
      this.discard(connection);
    }
    return undefined;
  }

  /** Alive, and to the server that all work goes to. */
  #isUsable({ client, url }: Connection): boolean {
    return client.isBound && url === this.server;
  }

  /** Turns to a server, and leaves the one before. */
  #prefer(index: number): void {
    if (index === this.#preferred) return;
    this.#preferred = index;
    for (const connection of this.#idle.splice(0)) {
      clearTimeout(connection.idleTimer);
      this.discard(connection);
    }
  }

  #left(): void {
    this.#open--;
    this.#waiting.shift()?.();
  }

  /** Waits until a connection comes free, or the caller goes. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(wake), 1);
        resolve();
      };
      if (signal.aborted) resolve();
      else {
        signal.addEventListener('abort', leave, { once: true });
        this.#waiting.push(wake);
      }
    });
  }

  async #proven(): Promise<Connection> {
    while (!this.#proved && this.#proving) await this.#proving;
    if (this.#proved) return this.#connect();
    const connecting = this.#connect();
    this.#proving = connecting.then(
      () => {
        this.#proved = true;
      },
      () => {
        this.#proving = undefined;
      },
    );
    return connecting;
  }

  async #connect(): Promise<Connection> {
    if (this.#refusal && Date.now() < this.#refusal.until) throw this.#refusal.error;
    const { urls, directory } = this.settings;
    const failures: string[] = [];
    let untrusted: unknown;
    const first = this.#preferred;
    for (let step = 0; step < urls.length; step++) {
      const index = (first + step) % urls.length;
      const url = urls[index] as string;
      try {
        const connection = await this.#bind(url);
        this.#prefer(index);
        this.#refusal = undefined;
        return connection;
      } catch (error) {
        if (error instanceof ConnectorError) throw error;
        const problem = trustProblem(error);
        if (problem) untrusted = error;
        failures.push(`${url}: ${problem ?? (error as NodeJS.ErrnoException).code ?? (error as Error).message}`);
      }
    }
    const [category, what] = untrusted
      ? (['misconfigured', 'cannot be trusted'] as const)
      : (['transient', 'does not answer'] as const);
    throw new ConnectorError(category, `Directory "${directory}" ${what}: ${failures.join('; ')}.`, {
      code: (untrusted as { code?: string } | undefined)?.code,
      cause: untrusted,
    });
  }

  /** Throws a ConnectorError where another server would say the same, and the bare error where not. */
  async #bind(url: string): Promise<Connection> {
    const { settings } = this;
    try {
      return await connectTo(url, settings);
    } catch (error) {
      if (resultCode(error) === undefined) throw error;
      const refused = toConnectorError(error, {
        directory: settings.directory,
        doing: `let ${settings.bindDn} sign in`,
      });
      if (refused.category === 'transient') throw error;
      this.#proved = false;
      this.#proving = undefined;
      this.#refusal = { until: Date.now() + REFUSAL_HOLDS_MS, error: refused };
      throw refused;
    }
  }
}
