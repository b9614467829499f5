import type { CheckItem, Op } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import { accountFilter } from './accounts.js';
import { checkByTrial } from './check-by-trial.js';
import type { ConnectionPool } from './connection-pool.js';
import { Session } from './session.js';

/**
 * *Verify Credentials*: every condition that the connector needs, in the order in which they build on one another. LDAP
 * has no way to ask for one's rights, so the writing ones are tried on an entry that is made for it and removed again.
 */
export async function checkDirectory(pool: ConnectionPool, op: Op): Promise<CheckItem[]> {
  const reached = await checkConnection(pool, op);
  if (reached.some((item) => !item.ok)) return reached;
  return Session.run(pool, op, async (session) => {
    const items = [...reached, ...(await checkPlaces(session)), ...(await checkSchema(session))];
    if (items.some((item) => !item.ok && !item.optional)) return items;
    return [...items, ...(await checkByTrial(session))];
  });
}

async function checkConnection(pool: ConnectionPool, op: Op): Promise<CheckItem[]> {
  const { urls, bindDn } = pool.settings;
  const steps: CheckItem[] = [
    { name: 'connect', ok: true, message: `A server of ${urls.join(', ')} answers.` },
    { name: 'certificate', ok: true, message: 'Its certificate is trusted.' },
    { name: 'sign in', ok: true, message: `${bindDn} signs in.` },
  ];
  try {
    await Session.run(pool, op, (session) => session.entry('', ['1.1']));
    return steps;
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    // A number is the directory's own answer, to the sign-in; the client's codes are names.
    const isAnswered = /^\d+$/.test(error.details.code ?? '');
    const at = isAnswered ? 2 : error.category === 'misconfigured' ? 1 : 0;
    return [...steps.slice(0, at), { name: steps[at]?.name ?? 'connect', ok: false, message: error.message }];
  }
}

async function checkPlaces(session: Session): Promise<CheckItem[]> {
  const { baseDn, container, groupBaseDn, passwordPolicy } = session.settings;
  const items: CheckItem[] = [];
  const places = {
    'base DN': baseDn,
    container,
    ...(groupBaseDn && { 'group base DN': groupBaseDn }),
    ...(passwordPolicy && { 'password policy': passwordPolicy }),
  };
  for (const [name, dn] of Object.entries(places)) {
    const entry = await session.entry(dn, ['entryUUID']);
    const message = !entry
      ? `${dn} is not there, or the service account may not see it: create it, correct the setting, or give it "read".`
      : entry.entryUUID
        ? `${dn} is there.`
        : `${dn} shows no entryUUID: let the service account read operational attributes; accounts are known by it.`;
    items.push({ name, ok: message === `${dn} is there.`, message });
  }
  if (items.some((item) => !item.ok)) return items;
  const filter = accountFilter(session.settings);
  await session.search(baseDn, { scope: 'sub', filter, attributes: ['1.1'], atMost: 1 });
  return [...items, { name: 'read accounts', ok: true, message: `Accounts below ${baseDn} can be read.` }];
}

/** A name that the schema lacks is no error in a filter: it finds nobody (RFC 4511 section 4.5.1.7), who would be made anew. */
async function checkSchema(session: Session): Promise<CheckItem[]> {
  const { objectClasses, groups, correlationAttribute, rdnAttribute } = session.settings;
  const root = await session.entry('', ['subschemaSubentry']);
  const [dn] = [root?.subschemaSubentry ?? []].flat().map(String);
  const schema = dn === undefined ? undefined : await session.entry(dn, ['attributeTypes', 'objectClasses']);
  if (!schema) {
    return [
      { name: 'schema', ok: false, optional: true, message: 'The schema cannot be read, so it was not checked.' },
    ];
  }
  const known = (definitions: unknown) => namesIn([definitions ?? []].flat().map(String));
  const [attributes, classes] = [known(schema.attributeTypes), known(schema.objectClasses)];
  const missing = [
    ...[...objectClasses, groups.objectClass].filter((name) => !classes.has(name.toLowerCase())),
    ...[correlationAttribute, rdnAttribute, groups.memberAttribute].filter(
      (name) => !attributes.has(name.toLowerCase()),
    ),
  ];
  const ok = missing.length === 0;
  const message = ok
    ? 'The schema knows the classes and attributes of the settings.'
    : `The schema does not know ${missing.join(', ')}: load the schema that defines it, or correct the setting.`;
  return [{ name: 'schema', ok, message }];
}

/** The names in schema definitions: `NAME 'uid'` or `NAME ( 'cn' 'commonName' )` (RFC 4512 section 4.1). */
function namesIn(definitions: string[]): Set<string> {
  const names = definitions.flatMap((text) => /\bNAME\s+(?:\(([^)]*)\)|('[^']*'))/.exec(text)?.slice(1) ?? []);
  return new Set(names.flatMap((list) => list?.toLowerCase().match(/[^'\s]+/g) ?? []));
}
