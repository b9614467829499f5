import { AndFilter, type Entry, NotFilter } from 'ldapts';
import type { CheckItem } from '../contract/connector.js';
import { ACCOUNT_FILTERS } from './accounts.js';
import { rightsOnly } from './controls.js';
import { sidFromBytes } from './identifiers.js';
import {
  isAllowed,
  parseRights,
  RESET_PASSWORD,
  RIGHT_CONTROL_ACCESS,
  RIGHT_DELETE,
  RIGHT_DELETE_CHILD,
  USER_CLASS,
} from './security-descriptor.js';
import { equals, type Session } from './session.js';

/** What an update, an enable and a manager write; the service account must be allowed each (MS-ADTS 3.1.1.4.5.22). */
const WRITTEN = ['displayName', 'givenName', 'sn', 'department', 'userAccountControl', 'manager', 'employeeID'];
/** The right to change rights, in sDRightsEffective (MS-ADTS 3.1.1.4.5.4); whoever has it may take all others. */
const MAY_CHANGE_RIGHTS = 0x4;

/** What the service account may do to accounts of the default container, read from the directory's own tables. */
export async function checkRights(session: Session): Promise<CheckItem[]> {
  const { container, bindDn } = session.settings;
  const attributes = ['allowedChildClassesEffective', 'sDRightsEffective', 'nTSecurityDescriptor'];
  const entry = await session.entry(container, attributes, undefined, [rightsOnly()]);
  const rights = entry && (await rightsIn(session, entry));
  const item = (name: string, ok: boolean | undefined, what: string): CheckItem => ({
    name,
    ok: ok ?? false,
    message: ok
      ? `${bindDn} may ${what} in ${container}.`
      : `${bindDn} may not ${what} in ${container}: delegate that right to it on this container, for objects below it too.`,
  });
  return [
    item('create accounts', rights?.create, 'create user objects'),
    await modifyItem(session, item),
    item('remove accounts', rights?.remove, 'delete user objects'),
    item('reset passwords', rights?.reset, 'reset passwords'),
  ];
}

async function rightsIn(session: Session, entry: Entry): Promise<{ create: boolean; remove: boolean; reset: boolean }> {
  const classes = texts(entry.allowedChildClassesEffective);
  const create = classes.some((name) => name.toLowerCase() === 'user');
  const [descriptor] = [entry.nTSecurityDescriptor ?? []].flat();
  const root = await session.entry('', ['tokenGroups']);
  const sids = new Set([root?.tokenGroups ?? []].flat().map((sid) => sidFromBytes(Buffer.from(sid as Buffer))));
  if (!Buffer.isBuffer(descriptor) || sids.size === 0) {
    const all = (Number(entry.sDRightsEffective) & MAY_CHANGE_RIGHTS) !== 0;
    return { create, remove: all, reset: all };
  }
  const aces = parseRights(descriptor);
  // Whoever administers the domain has full control of each user by the class's default rights (MS-ADSC 2.262).
  const administers = [...sids].some((sid) => sid === 'S-1-5-32-548' || /^S-1-5-21-.*-512$/.test(sid));
  const removesChildren = { mask: RIGHT_DELETE_CHILD, objectType: USER_CLASS };
  const removesItself = { mask: RIGHT_DELETE, objectType: USER_CLASS };
  const resets = { mask: RIGHT_CONTROL_ACCESS, objectType: RESET_PASSWORD };
  return {
    create,
    remove:
      administers ||
      isAllowed(aces, sids, removesChildren, 'itself') ||
      isAllowed(aces, sids, removesItself, 'users below'),
    reset: administers || isAllowed(aces, sids, resets, 'users below'),
  };
}

/** Told by an account that is there, not the service account's own; a container without any cannot tell. */
async function modifyItem(
  session: Session,
  item: (name: string, ok: boolean, what: string) => CheckItem,
): Promise<CheckItem> {
  const { container, bindDn } = session.settings;
  const name = 'change accounts';
  const itself = bindDn.includes('@') ? equals('userPrincipalName', bindDn) : equals('distinguishedName', bindDn);
  const [sample] = await session.search(container, {
    scope: 'sub',
    filter: new AndFilter({ filters: [...ACCOUNT_FILTERS(), new NotFilter({ filter: itself })] }),
    attributes: ['allowedAttributesEffective'],
    atMost: 1,
  });
  if (!sample) {
    return {
      name,
      ok: true,
      optional: true,
      message: `No account stands in ${container} yet to tell whether it may be changed.`,
    };
  }
  const allowed = new Set(texts(sample.allowedAttributesEffective).map((attribute) => attribute.toLowerCase()));
  const lacking = WRITTEN.filter((attribute) => !allowed.has(attribute.toLowerCase()));
  return item(name, lacking.length === 0, `write ${lacking.length ? lacking.join(', ') : 'the attributes of users'}`);
}

function texts(value: Entry[string] | undefined): string[] {
  return [value ?? []].flat().map(String);
}
