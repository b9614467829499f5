import { computedControl, passwordExpiry } from '../directory/account-control.js';
import type { Domain } from '../directory/domain.js';
import { type Entry, textOf } from '../directory/entry.js';
import { relativeId, sidFromText } from '../directory/identifiers.js';
import { attributesOf, BACKLINKS, CREATABLE_CLASSES } from '../directory/schema.js';
import { isAdministrator } from '../directory/session.js';
import type { Value } from '../directory/values.js';
import { DOMAIN_USERS_RID } from './account-rules.js';

/**
 * The values of any attribute but a constructed one: stored, linked, or the name.
 * @param show writes the DN of a linked entry
 */
export function valuesOf(
  domain: Domain,
  entry: Entry,
  lowerName: string,
  show: (target: Entry) => string = (target) => domain.store.dnOf(target),
): Value[] {
  if (lowerName === 'distinguishedname') return [domain.store.dnOf(entry)];
  const forward = BACKLINKS.get(lowerName);
  const linked = forward === undefined ? entry.links.get(lowerName) : entry.backlinks.get(forward);
  if (!linked) return entry.attributes.get(lowerName) ?? [];
  return [...linked].flatMap((id) => {
    const target = domain.store.get(id);
    return target && !target.deleted ? [show(target)] : [];
  });
}

/** The names of every attribute that has values and is returned without being asked for by name. */
export function presentAttributes(entry: Entry): string[] {
  const names = [...entry.attributes.keys(), 'distinguishedname', ...entry.links.keys()];
  for (const [backlink, forward] of BACKLINKS) if (entry.backlinks.get(forward)?.size) names.push(backlink);
  return names;
}

/** The values of a constructed attribute ([MS-ADTS] 3.1.1.4.5), for the account that asks. */
export function construct(domain: Domain, entry: Entry, name: string, user: Entry): Value[] {
  const { root } = domain.store;
  const isUser = entry.kind.principal === 'user';
  switch (name) {
    case 'canonicalName':
      return [canonicalName(domain, entry)];
    case 'createTimeStamp':
      return entry.attributes.get('whencreated') ?? [];
    case 'modifyTimeStamp':
      return entry.attributes.get('whenchanged') ?? [];
    case 'tokenGroups':
      return tokenGroups(domain, entry);
    case 'primaryGroupToken':
      return entry.kind.principal === 'group' ? [String(relativeId(sidOf(entry)))] : [];
    case 'msDS-User-Account-Control-Computed':
      return isUser ? [String(computedControl(root, entry))] : [];
    case 'msDS-UserPasswordExpiryTimeComputed':
      return isUser ? [String(passwordExpiry(root, entry))] : [];
    case 'msDS-PrincipalName':
      return entry.kind.principal ? [`${domain.netbiosName}\\${textOf(entry, 'sAMAccountName')}`] : [];
    default:
      return rights(domain, entry, name, user);
  }
}

/** What the account that asks may do with the entry, and what the schema would allow. */
function rights(domain: Domain, entry: Entry, name: string, user: Entry): Value[] {
  const effective = isAdministrator(domain, user);
  const attributes = (): string[] => attributesOf(entry.kind).map((attribute) => attribute.name);
  const classes = entry.kind.container ? CREATABLE_CLASSES.map((kind) => kind.name) : [];
  switch (name) {
    case 'allowedAttributes':
      return attributes();
    case 'allowedAttributesEffective':
      return effective ? attributes() : [];
    case 'allowedChildClasses':
      return classes;
    case 'allowedChildClassesEffective':
      return effective ? classes : [];
    case 'sDRightsEffective':
      return [effective ? '15' : '0'];
    default:
      return [];
  }
}

function canonicalName(domain: Domain, entry: Entry): string {
  const names: string[] = [];
  for (let at: Entry = entry; at.parent; at = at.parent) names.unshift(at.rdn.value.replace(/[\\/]/g, '\\$&'));
  return `${domain.dnsName}/${names.join('/')}`;
}

/** The SIDs of every group the account is in, through other groups too, and of its primary group. */
export function tokenGroups(domain: Domain, entry: Entry): Value[] {
  if (!entry.kind.principal) return [];
  const groups = reachable(domain, entry, (at) => at.backlinks.get('member'));
  const sids: Value[] = [...groups].map(sidOf);
  if (entry.kind.principal === 'user') sids.push(sidFromText(`${domain.sid}-${DOMAIN_USERS_RID}`));
  return sids;
}

function sidOf(entry: Entry): Buffer {
  return entry.attributes.get('objectsid')?.[0] as Buffer;
}

/** Everything that links lead to, step by step, without the start itself unless they lead back to it. */
export function reachable(domain: Domain, start: Entry, next: (entry: Entry) => Set<string> | undefined): Set<Entry> {
  const found = new Set<Entry>();
  const waiting = [start];
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    for (const id of next(at) ?? []) {
      const target = domain.store.get(id);
      if (!target || target.deleted || found.has(target)) continue;
      found.add(target);
      waiting.push(target);
    }
  }
  return found;
}
