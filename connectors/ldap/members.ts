import { AndFilter, Attribute, Change, type Filter } from 'ldapts';
import { ConnectorError } from '../contract/connector-error.js';
import { writeTo } from './anchored-writes.js';
import { sameDn } from './distinguished-names.js';
import { resultCode } from './errors.js';
import { equals } from './filters.js';
import type { Session, Target } from './session.js';
import type { LdapSettings } from './settings.js';

/** An entry by what groups may call it. */
export interface Named {
  dn: string;
  values: ReadonlyMap<string, string[]>;
}

/** Where groups are looked for. */
export const groupBase = ({ groupBaseDn, baseDn }: LdapSettings) => groupBaseDn ?? baseDn;

/** The filter of the groups for which the other filters hold. */
export function groupFilter({ groups }: LdapSettings, ...filters: Filter[]): Filter {
  return new AndFilter({ filters: [equals('objectClass', groups.objectClass), ...filters] });
}

/** What groups list of an account; `undefined` where they list a uid and it has none. */
export function memberValue({ groups }: LdapSettings, { dn, values }: Named): string | undefined {
  return groups.memberIs === 'dn' ? dn : values.get('uid')?.[0];
}

/** The change of one value of an attribute. */
export function valueChange(operation: 'add' | 'delete', type: string, value: string): Change {
  return new Change({ operation, modification: new Attribute({ type, values: [value] }) });
}

/**
 * Takes a member out of a group. Where the group's class demands a member (RFC 4519 section 3.5) and this is the last
 * one, the placeholder of the settings takes its place.
 * @throws ConnectorError `misconfigured` where the last member would go and there is no placeholder; otherwise the
 * directory's refusal as it came: 16 if it is no member
 */
export async function takeOut(session: Session, group: Required<Target>, member: string): Promise<void> {
  const { groups, directory } = session.settings;
  const { memberAttribute, placeholderMember } = groups;
  const gone = valueChange('delete', memberAttribute, member);
  try {
    await writeTo(session, group, (target) => session.modify(target, [gone]));
  } catch (error) {
    if (resultCode(error) !== 65) throw error;
    if (placeholderMember === undefined || sameDn(placeholderMember, member)) {
      throw new ConnectorError(
        'misconfigured',
        `Directory "${directory}" lets no ${groups.objectClass} be without members, and ${member} is the last one of ${group.dn}: set "groups.placeholderMember" to a DN that may stay in it.`,
        { code: '65', cause: error },
      );
    }
    const placeholder = valueChange('add', memberAttribute, placeholderMember);
    await writeTo(session, group, (target) => session.modify(target, [placeholder, gone]));
  }
}
