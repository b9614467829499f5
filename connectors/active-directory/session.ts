import { type Attribute, type Change, type Control, type Entry, EqualityFilter, type Filter } from 'ldapts';
import type { Op } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import type { Connection, ConnectionPool } from './connection-pool.js';
import { resultCode, toConnectorError } from './errors.js';
import type { ActiveDirectorySettings } from './settings.js';

/** Attributes whose values are bytes, whatever the bytes are. */
const BINARY = ['objectGUID', 'objectSid', 'tokenGroups', 'nTSecurityDescriptor'];

/** What a search asks for. */
interface Query {
  scope: 'base' | 'one' | 'sub';
  filter?: Filter;
  attributes: string[];
  /** At most so many entries are wanted; with more there is an answer all the same. */
  atMost?: number;
  controls?: Control[];
}

/**
 * One call of the connector on one connection, and so on one domain controller: what it wrote it reads back. Nothing is
 * sent once the call is called off. Failures leave as ConnectorErrors, but `attempt` gives a refusal as it came.
 */
export class Session {
  #connection: Connection | undefined;
  #wrote = false;

  private constructor(
    readonly settings: ActiveDirectorySettings,
    readonly op: Op,
    readonly pool: ConnectionPool,
  ) {}

  /** Does the work on a connection of its own, and gives it back. */
  static async run<T>(pool: ConnectionPool, op: Op, work: (session: Session) => Promise<T>): Promise<T> {
    const session = new Session(pool.settings, op, pool);
    try {
      return await work(session);
    } finally {
      if (session.#connection) pool.release(session.#connection);
    }
  }

  /** The entries found. An answer that was cut short by time or size is a failure. */
  async search(base: string, query: Query): Promise<Entry[]> {
    const call = (connection: Connection) =>
      connection.client.search(
        base,
        {
          scope: query.scope,
          attributes: query.attributes,
          explicitBufferAttributes: BINARY,
          // The client's own time-out ends a search; a server that ends it may answer with less than there is.
          timeLimit: 0,
          ...(query.filter && { filter: query.filter }),
          ...(query.atMost && { sizeLimit: query.atMost }),
        },
        query.controls,
      );
    const doing = `search ${base || 'its root'}`;
    try {
      return (await this.#read(call)).searchEntries;
    } catch (error) {
      throw this.error(error, doing);
    }
  }

  /** One entry by name or anchor; `undefined` if it is not there or the filter does not fit. */
  async entry(dn: string, attributes: string[], filter?: Filter, controls?: Control[]): Promise<Entry | undefined> {
    try {
      return (await this.search(dn, { scope: 'base', attributes, filter, controls }))[0];
    } catch (error) {
      if (error instanceof ConnectorError && error.category === 'not-found') return undefined;
      throw error;
    }
  }

  add(dn: string, attributes: Attribute[]): Promise<void> {
    return this.#write('add', dn, ({ client }) => client.add(dn, attributes));
  }

  modify(dn: string, changes: Change[], controls?: Control[]): Promise<void> {
    return this.#write('modify', dn, ({ client }) => client.modify(dn, changes, controls));
  }

  /** Renames or moves. The new name must be escaped as `escapeDnValue` does it: the client splits it at commas. */
  rename(dn: string, to: string): Promise<void> {
    return this.#write('rename', dn, ({ client }) => client.modifyDN(dn, to));
  }

  delete(dn: string): Promise<void> {
    return this.#write('delete', dn, ({ client }) => client.del(dn));
  }

  /** A failure of this session, told as one of the contract's. */
  error(error: unknown, doing: string, attributes?: string[]): ConnectorError {
    return toConnectorError(error, { directory: this.settings.directory, doing, attributes });
  }

  /** Throws if the call was called off. */
  #proceed(): void {
    if (this.op.signal.aborted) throw this.#calledOff();
  }

  #calledOff(): ConnectorError {
    return new ConnectorError('transient', `The call to directory "${this.settings.directory}" was called off.`, {
      cause: this.op.signal.reason,
    });
  }

  async #connected(): Promise<Connection> {
    this.#connection ??= await this.pool.acquire(this.op.signal);
    this.#proceed();
    return this.#connection;
  }

  /** Gives up a connection whose state nobody knows. */
  #drop(): void {
    if (this.#connection) this.pool.discard(this.#connection);
    this.#connection = undefined;
  }

  async #read<T>(call: (connection: Connection) => Promise<T>): Promise<T> {
    this.#proceed();
    const fresh = this.#connection === undefined;
    const connection = await this.#connected();
    try {
      return await this.#abortable(signedIn(connection, call));
    } catch (error) {
      if (resultCode(error) !== undefined) throw error;
      this.#drop();
      // An idle connection that the other side had dropped shows only now; a read may be sent again.
      if (!fresh || this.#wrote || this.op.signal.aborted || /timed out/i.test(String(error))) throw error;
      return await this.#abortable(signedIn(await this.#connected(), call));
    }
  }

  async #write<T>(request: string, dn: string, call: (connection: Connection) => Promise<T>): Promise<T> {
    this.#proceed();
    const connection = await this.#connected();
    this.#wrote = true;
    this.op.log.debug({ operation: this.op.id, directory: this.settings.directory, dn }, `LDAP ${request}`);
    try {
      return await signedIn(connection, call);
    } catch (error) {
      if (resultCode(error) === undefined) this.#drop();
      throw error;
    }
  }

  /** Does not wait for an answer that nobody wants any more. */
  async #abortable<T>(answer: Promise<T>): Promise<T> {
    const { signal } = this.op;
    let leave: () => void = () => undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(this.#calledOff());
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([answer, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      answer.catch(() => undefined);
    }
  }
}

/** The client would connect anew by itself without signing in, and nobody's answers hold less than there is. */
async function signedIn<T>(connection: Connection, call: (connection: Connection) => Promise<T>): Promise<T> {
  if (!connection.client.isBound) throw new Error('The connection was lost');
  return call(connection);
}

/** An equality filter that takes the value as it is, byte for byte. */
export function equals(attribute: string, value: string | Buffer): EqualityFilter {
  return new EqualityFilter({ attribute, value: Buffer.from(value as string) });
}
