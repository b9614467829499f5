import type { Attribute, Change, Control, Entry, Filter } from 'ldapts';
import type { Op } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import type { Connection } from './connection.js';
import type { ConnectionPool } from './connection-pool.js';
import { onlyOn } from './controls.js';
import { resultCode, toConnectorError } from './errors.js';
import { PASSWORD_MODIFY, passwordModifyValue } from './password-modify.js';
import type { LdapSettings } from './settings.js';

/** What a search asks for. */
interface Query {
  scope: 'base' | 'one' | 'sub';
  filter?: Filter;
  attributes: string[];
  /** At most so many entries are wanted; with more there is an answer all the same. */
  atMost?: number;
}

/** An entry to be written to. With its anchor the write reaches it or nobody, where the directory can promise that. */
export interface Target {
  dn: string;
  id?: string;
}

/**
 * One call of the connector on one connection, and so on one server: what it wrote it reads back. Nothing is sent once
 * the call is called off, or on a connection that is not signed in any more. Searches fail with ConnectorErrors, writes
 * with the directory's refusal as it came.
 */
export class Session {
  #connection: Connection | undefined;
  #wrote = false;

  private constructor(
    readonly settings: LdapSettings,
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

  /** The entries found. An answer that was cut short by time or size, or that another server would complete, is a failure. */
  async search(base: string, query: Query): Promise<Entry[]> {
    const call = ({ client }: Connection) =>
      client.search(base, {
        scope: query.scope,
        attributes: query.attributes,
        // The client's own time-out ends a search; a server that ends it may answer with less than there is.
        timeLimit: 0,
        ...(query.filter && { filter: query.filter }),
        ...(query.atMost && { sizeLimit: query.atMost }),
      });
    try {
      const { searchEntries, searchReferences } = await this.#read(call);
      if (searchReferences.length === 0) return searchEntries;
    } catch (error) {
      throw this.error(error, `search ${base || 'its root'}`);
    }
    throw new ConnectorError(
      'misconfigured',
      `Directory "${this.settings.directory}" holds only a part of ${base} and refers to other servers for the rest: name a server that holds all of it in "urls".`,
    );
  }

  /** One entry by its name; `undefined` if it is not there or the filter does not fit. */
  async entry(dn: string, attributes: string[], filter?: Filter): Promise<Entry | undefined> {
    try {
      return (await this.search(dn, { scope: 'base', attributes, filter }))[0];
    } catch (error) {
      const isNone = error instanceof ConnectorError && (error.category === 'not-found' || error.details.code === '34');
      if (isNone) return undefined;
      throw error;
    }
  }

  add(dn: string, attributes: Attribute[]): Promise<void> {
    return this.#write('add', { dn }, ({ client }) => client.add(dn, attributes));
  }

  modify(target: Target, changes: Change[]): Promise<void> {
    return this.#write('modify', target, ({ client }, controls) => client.modify(target.dn, changes, controls));
  }

  /** Renames or moves. The new name must be escaped as `escapeDnValue` does it: the client splits it at commas. */
  rename(target: Target, to: string): Promise<void> {
    return this.#write('rename', target, ({ client }, controls) => client.modifyDN(target.dn, to, controls));
  }

  delete(target: Target): Promise<void> {
    return this.#write('delete', target, ({ client }, controls) => client.del(target.dn, controls));
  }

  /** Sets a password by the extended operation (RFC 3062), which takes no assertion. */
  async passwordModify(dn: string, password: string): Promise<void> {
    await this.#write('password modify', { dn }, ({ client }) =>
      client.exop(PASSWORD_MODIFY, passwordModifyValue(dn, password)),
    );
  }

  /** A failure of this session, told as one of the contract's. */
  error(error: unknown, doing: string, attributes?: string[]): ConnectorError {
    return toConnectorError(error, { directory: this.settings.directory, doing, attributes });
  }

  /** Throws if the call was called off. */
  #proceed(): void {
    if (!this.op.signal.aborted) return;
    throw new ConnectorError('transient', `The call to directory "${this.settings.directory}" was called off.`, {
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

  async #write<T>(
    request: string,
    { dn, id }: Target,
    call: (connection: Connection, controls: Control[]) => Promise<T>,
  ): Promise<T> {
    this.#proceed();
    const connection = await this.#connected();
    this.#wrote = true;
    this.op.log.debug({ operation: this.op.id, directory: this.settings.directory, dn }, `LDAP ${request}`);
    const controls = id && connection.asserts ? [onlyOn(id)] : [];
    try {
      return await signedIn(connection, () => call(connection, controls));
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
      leave = () => reject(new Error('The search was called off.'));
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

/**
 * The client would connect anew by itself, without TLS where StartTLS had been, and without signing in: nobody's answers
 * hold less than there is.
 */
async function signedIn<T>(connection: Connection, call: (connection: Connection) => Promise<T>): Promise<T> {
  if (!connection.client.isBound) throw new Error('The connection was lost');
  return call(connection);
}
