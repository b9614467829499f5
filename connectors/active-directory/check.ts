import { AndFilter } from 'ldapts';
import type { CheckItem, Op } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import { ACCOUNT_FILTERS } from './accounts.js';
import { checkRights } from './check-rights.js';
import type { ConnectionPool } from './connection-pool.js';
import { Session } from './session.js';

/** The bits of searchFlags: indexed, and kept on removed objects (MS-ADTS 2.2.9). */
const INDEXED = 0x1;
const KEPT_WHEN_REMOVED = 0x8;
/** msDS-EnabledFeature of the partitions holds it where the recycle bin is on (MS-ADTS 3.1.1.9). */
const RECYCLE_BIN = 'CN=Recycle Bin Feature,';

/**
 * *Verify Credentials*: every condition that the connector needs, in the order in which they build on one another. It
 * writes nothing: rights are read from the directory's own tables.
 */
export async function checkDirectory(pool: ConnectionPool, op: Op): Promise<CheckItem[]> {
  const reached = await checkConnection(pool, op);
  if (reached.some((item) => !item.ok)) return reached;
  return Session.run(pool, op, async (session) => {
    const items = [...reached, ...(await checkPlaces(session))];
    if (items.some((item) => !item.ok)) return items;
    return [...items, ...(await checkRights(session)), ...(await checkCorrelation(session))];
  });
}

async function checkConnection(pool: ConnectionPool, op: Op): Promise<CheckItem[]> {
  const { urls, bindDn } = pool.settings;
  const steps: CheckItem[] = [
    { name: 'connect', ok: true, message: `A domain controller of ${urls.join(', ')} answers.` },
    { name: 'certificate', ok: true, message: 'Its certificate is trusted.' },
    { name: 'sign in', ok: true, message: `${bindDn} signs in.` },
  ];
  try {
    await Session.run(pool, op, (session) => session.entry('', ['dnsHostName']));
    return steps;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const at = error.category === 'unauthorized' ? 2 : error.category === 'misconfigured' ? 1 : 0;
    return [...steps.slice(0, at), { name: steps[at]?.name ?? 'connect', ok: false, message: error.message }];
  }
}

async function checkPlaces(session: Session): Promise<CheckItem[]> {
  const { baseDn, container, groupBaseDn } = session.settings;
  const items: CheckItem[] = [];
  const places = { 'base DN': baseDn, container, ...(groupBaseDn && { 'group base DN': groupBaseDn }) };
  for (const [name, dn] of Object.entries(places)) {
    const ok = (await session.entry(dn, ['objectClass'])) !== undefined;
    const missing = `${dn} is not there, or the service account may not see it: create it, correct the setting, or delegate reading.`;
    items.push({ name, ok, message: ok ? `${dn} is there.` : missing });
  }
  if (items.some((item) => !item.ok)) return items;
  const filter = new AndFilter({ filters: ACCOUNT_FILTERS() });
  await session.search(baseDn, { scope: 'sub', filter, attributes: ['objectGUID'], atMost: 1 });
  return [...items, { name: 'read accounts', ok: true, message: `Accounts below ${baseDn} can be read.` }];
}

/** Conditions of finding accounts quickly, and of finding removed ones at all. */
async function checkCorrelation(session: Session): Promise<CheckItem[]> {
  // In a child domain these belong to the forest's root.
  const root = await session.entry('', ['schemaNamingContext', 'configurationNamingContext']);
  const schema = await session.entry(`CN=Employee-ID,${root?.schemaNamingContext}`, ['searchFlags']);
  if (!schema) return [];
  const flags = Number(schema.searchFlags);
  const indexed = (flags & INDEXED) !== 0;
  const partitions = await session.entry(`CN=Partitions,${root?.configurationNamingContext}`, ['msDS-EnabledFeature']);
  const features = [partitions?.['msDS-EnabledFeature'] ?? []].flat().map(String);
  const bin = features.some((feature) => feature.startsWith(RECYCLE_BIN));
  const findable = bin || (flags & KEPT_WHEN_REMOVED) !== 0;
  return [
    {
      name: 'index of employeeID',
      ok: indexed,
      optional: true,
      message: indexed
        ? 'employeeID is indexed.'
        : 'employeeID is not indexed, so that every look-up reads all accounts: set searchFlags bit 1 of CN=Employee-ID in the schema.',
    },
    {
      name: 'find removed accounts',
      ok: findable,
      optional: true,
      message: findable
        ? `Removed accounts keep their employeeID${bin ? ' in the recycle bin' : ''}.`
        : 'Removed accounts lose their employeeID, so that a rehire gets a new account: turn the AD Recycle Bin on, or set searchFlags bit 8 of CN=Employee-ID in the schema.',
    },
  ];
}
