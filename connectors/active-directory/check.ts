import type { CheckItem, Op } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import type { ConnectionPool } from './connection-pool.js';
import { Session } from './session.js';

/** *Verify Credentials*: every condition that the connector needs, in the order in which they build on one another. */
export async function checkDirectory(pool: ConnectionPool, op: Op): Promise<CheckItem[]> {
  const { settings } = pool;
  const items: CheckItem[] = [];
  try {
    await Session.run(pool, op, async (session) => {
      await session.entry('', ['dnsHostName']);
      items.push({ name: 'sign in', ok: true, message: `${settings.bindDn} signs in over LDAPS.` });
    });
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    items.push({ name: 'sign in', ok: false, message: error.message });
  }
  return items;
}
