/** 100-nanosecond intervals between 1601-01-01 and 1970-01-01 UTC ([MS-DTYP] 2.3.3, FILETIME). */
const EPOCH = 116_444_736_000_000_000n;

/** "Never", in accountExpires and in the ages of the password policy. */
export const NEVER = 9_223_372_036_854_775_807n;

/** A moment as FILETIME, the unit of pwdLastSet, accountExpires and lockoutTime. */
export function fileTime(milliseconds = Date.now()): bigint {
  return BigInt(milliseconds) * 10_000n + EPOCH;
}

/** A moment as LDAP generalized time in AD's form, e.g. 20261123164500.0Z. */
export function generalizedTime(milliseconds = Date.now()): string {
  return `${new Date(milliseconds).toISOString().replace(/[-:T]/g, '').slice(0, 14)}.0Z`;
}
