import { Attribute, Change } from 'ldapts';
import type { LdapSettings } from './settings.js';

/** "Locked until an administrator unlocks it" (draft-behera-ldap-password-policy section 5.3.3). */
export const LOCKED_FOR_GOOD = '000001010000Z';
/** A day in the past; 0 is ambiguous (shadow(5)). */
const EXPIRED = '1';
const DAY_MS = 86_400_000;

/** The attribute that says whether an account is disabled. */
export function stateAttribute({ disable }: LdapSettings): string {
  switch (disable.by) {
    case 'ppolicy':
      return 'pwdAccountLockedTime';
    case 'attribute':
      return disable.attribute;
    case 'shadowExpire':
      return 'shadowExpire';
  }
}

/**
 * Whether an account with those values of the state attribute is enabled. A lock that wrong passwords brought on is not
 * Tenure's and does not count.
 */
export function isEnabled({ disable }: LdapSettings, values: readonly string[]): boolean {
  switch (disable.by) {
    case 'ppolicy':
      return !values.includes(LOCKED_FOR_GOOD);
    case 'attribute': {
      const disabled = disable.disabled.toLowerCase();
      return !values.some((value) => value.toLowerCase() === disabled);
    }
    case 'shadowExpire':
      return !values.some((value) => Number(value) > 0 && Number(value) <= Date.now() / DAY_MS);
  }
}

/** The values of the state attribute that make an account enabled or disabled; none for "no value". */
export function stateValues({ disable }: LdapSettings, enabled: boolean): string[] {
  if (enabled) return disable.by === 'attribute' && disable.enabled !== undefined ? [disable.enabled] : [];
  switch (disable.by) {
    case 'ppolicy':
      return [LOCKED_FOR_GOOD];
    case 'attribute':
      return [disable.disabled];
    case 'shadowExpire':
      return [EXPIRED];
  }
}

/** The change that makes an account enabled or disabled. */
export function stateChange(settings: LdapSettings, enabled: boolean): Change {
  const modification = new Attribute({ type: stateAttribute(settings), values: stateValues(settings, enabled) });
  return new Change({ operation: 'replace', modification });
}
