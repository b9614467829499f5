import { ACCOUNT, isExpired, isLocked, passwordExpiry } from '../directory/account-control.js';
import { type AdError, adError } from '../directory/ad-error.js';
import { comparisonKey } from '../directory/comparison.js';
import { type Domain, findTarget } from '../directory/domain.js';
import { bigintOf, type Entry, EntryDraft, numberOf, textOf } from '../directory/entry.js';
import { isPassword } from '../directory/password-policy.js';
import type { Session } from '../directory/session.js';
import { fileTime } from '../directory/windows-time.js';
import type { BindRequest } from '../wire/ldap-request.js';

/**
 * Simple bind ([MS-ADTS] 5.1.1.1.1). A name with an empty password succeeds and is anonymous, as on AD: products must
 * refuse empty passwords themselves.
 * @throws AdError invalidCredentials with AD's `data` code
 */
export function bind(domain: Domain, session: Session, request: BindRequest): void {
  session.userId = undefined;
  session.pages.clear();
  if (request.password === undefined) throw adError.saslUnsupported();
  if (request.password === '') return;
  const account = findAccount(domain, request.name);
  if (!account) throw adError.bind('525');
  const refusal = signIn(domain, account, request.password);
  if (refusal) throw refusal;
  session.userId = account.id;
}

/** By DN, user principal name, DOMAIN\account, or account@dns.domain. */
function findAccount(domain: Domain, name: string): Entry | undefined {
  const { store } = domain;
  const only = (entries: Iterable<Entry> | undefined): Entry | undefined => {
    const found = [...(entries ?? [])].filter((entry) => !entry.deleted);
    return found.length === 1 ? found[0] : undefined;
  };
  const [netbios, account] = name.split(/\\(.*)/s);
  if (account !== undefined && comparisonKey(netbios as string) === comparisonKey(domain.netbiosName)) {
    return only(store.find('sAMAccountName', comparisonKey(account)));
  }
  if (/^<|=/.test(name)) {
    try {
      return findTarget(domain, name, false);
    } catch {
      return undefined;
    }
  }
  const byPrincipalName = only(store.find('userPrincipalName', comparisonKey(name)));
  if (byPrincipalName) return byPrincipalName;
  const at = name.lastIndexOf('@');
  if (at < 0 || comparisonKey(name.slice(at + 1)) !== comparisonKey(domain.dnsName)) return undefined;
  return only(store.find('sAMAccountName', comparisonKey(name.slice(0, at))));
}

/** Checks in AD's order: only a locked account shows before the password was right. */
function signIn(domain: Domain, account: Entry, password: string): AdError | undefined {
  const { root } = domain.store;
  if (isLocked(root, account)) return adError.bind('775');
  if (!isPassword(account, password)) {
    countFailure(domain, account);
    return adError.bind('52e');
  }
  const control = numberOf(account, 'userAccountControl');
  if ((control & ACCOUNT.disabled) !== 0) return adError.bind('533');
  if (isExpired(account)) return adError.bind('701');
  const expiry = passwordExpiry(root, account);
  if (expiry === 0n) return adError.bind('773');
  if (expiry <= fileTime()) return adError.bind('532');
  if (textOf(account, 'userWorkstations') !== undefined) return adError.bind('531');
  if (!withinLogonHours(account)) return adError.bind('530');
  countSuccess(domain, account);
  return undefined;
}

function countFailure({ store }: Domain, account: Entry): void {
  const now = fileTime();
  const window = -bigintOf(store.root, 'lockOutObservationWindow');
  const counted = bigintOf(account, 'badPasswordTime') + window > now ? numberOf(account, 'badPwdCount') : 0;
  const threshold = numberOf(store.root, 'lockoutThreshold');
  const draft = EntryDraft.of(account);
  draft.set('badPwdCount', String(counted + 1));
  draft.set('badPasswordTime', String(now));
  const locks = threshold > 0 && counted + 1 >= threshold;
  if (locks) draft.set('lockoutTime', String(now));
  store.commit(draft, locks);
}

function countSuccess({ store }: Domain, account: Entry): void {
  const draft = EntryDraft.of(account);
  draft.set('badPwdCount', '0');
  draft.set('lastLogon', String(fileTime()));
  draft.set('logonCount', String(numberOf(account, 'logonCount') + 1));
  if (bigintOf(account, 'lockoutTime') !== 0n) draft.set('lockoutTime', '0');
  store.commit(draft, false);
}

/** logonHours has a bit for each hour of the week, from Sunday 00:00 UTC ([MS-SAMR] 2.2.6.5). */
function withinLogonHours(account: Entry): boolean {
  const hours = account.attributes.get('logonhours')?.[0];
  if (!Buffer.isBuffer(hours) || hours.length !== 21) return true;
  const now = new Date();
  const hour = now.getUTCDay() * 24 + now.getUTCHours();
  return ((hours[Math.floor(hour / 8)] as number) & (1 << (hour % 8))) !== 0;
}
