import { adError } from '../directory/ad-error.js';
import { type Domain, findTarget } from '../directory/domain.js';
import { EntryDraft } from '../directory/entry.js';
import { isPassword, readPassword, setPassword } from '../directory/password-policy.js';
import { requireAdministrator, requireUser, type Session } from '../directory/session.js';
import type { Value } from '../directory/values.js';
import type { RequestControls } from '../wire/controls.js';
import type { ModifyRequest, WireChange } from '../wire/ldap-request.js';
import { checkPrincipal, setPasswordAge } from './account-rules.js';
import { isUndelete, undelete } from './undelete.js';
import { applyChange } from './write-attributes.js';

/**
 * Changes an entry ([MS-ADTS] 3.1.1.5.3): all changes of the request or none. With the changes that mark an undelete
 * it brings a tombstone back.
 */
export function modify(domain: Domain, session: Session, request: ModifyRequest, controls: RequestControls): void {
  requireUser(domain, session);
  const entry = findTarget(domain, request.dn, controls.showDeleted);
  // Whoever knows the old password may change it; everything else takes an administrator.
  if (!isPasswordChange(request.changes)) requireAdministrator(domain, session);
  if (entry.deleted) {
    if (!isUndelete(request.changes)) throw adError.illegalChange();
    undelete(domain, entry, request.changes);
    return;
  }
  const draft = EntryDraft.of(entry);
  applyChanges(domain, draft, request.changes, controls);
  if (hasChanged(draft)) domain.store.commit(draft);
}

/** Applies the changes to the draft and checks the outcome. */
function applyChanges(domain: Domain, draft: EntryDraft, changes: WireChange[], controls: RequestControls): void {
  const permissive = controls.has('permissiveModify');
  const named = (name: string): WireChange[] => changes.filter((change) => change.name.toLowerCase() === name);
  for (const change of changes) {
    if (!isNamed(change, 'unicodepwd') && !isNamed(change, 'pwdlastset')) {
      applyChange(domain, draft, change, permissive);
    }
  }
  applyPassword(domain, draft, named('unicodepwd'), controls.enforceHistoryOnReset);
  for (const { kind, values } of named('pwdlastset')) {
    if (draft.kind.principal !== 'user') throw adError.notInClass();
    if (kind === 'delete') continue;
    setPasswordAge(draft, values[0]?.toString('utf8') ?? '');
  }
  checkPrincipal(domain, draft);
}

/**
 * unicodePwd is written in two ways only: replaced by an administrator (reset), or the old value deleted and the new
 * one added in one request (change) ([MS-ADTS] 3.1.1.3.1.5.1).
 */
function applyPassword(domain: Domain, draft: EntryDraft, changes: WireChange[], enforceHistory: boolean): void {
  if (changes.length === 0) return;
  if (draft.kind.principal !== 'user') throw adError.notInClass();
  const passwords = changes.map(({ values }) => {
    if (values.length !== 1) throw adError.unwilling();
    return readPassword(values[0] as Buffer);
  });
  const kinds = changes.map(({ kind }) => kind).join();
  const { root } = domain.store;
  if (kinds === 'replace') {
    setPassword(root, draft, passwords[0] as string, { change: false, enforceHistory });
  } else if (kinds === 'delete,add') {
    if (!isPassword(draft, passwords[0] as string)) throw adError.wrongOldPassword();
    setPassword(root, draft, passwords[1] as string, { change: true, enforceHistory });
  } else {
    throw adError.unwilling();
  }
}

function isPasswordChange(changes: WireChange[]): boolean {
  return (
    changes.length === 2 &&
    changes.every((change) => isNamed(change, 'unicodepwd')) &&
    changes.some(({ kind, values }) => kind === 'delete' && values.length === 1)
  );
}

function isNamed(change: WireChange, name: string): boolean {
  return change.name.toLowerCase() === name;
}

/** Writing what is there already changes nothing, so uSNChanged stays. */
function hasChanged(draft: EntryDraft): boolean {
  const { current } = draft;
  if (!current || draft.password !== current.password) return true;
  if ([...draft.linkChanges.values()].some(({ added, removed }) => added.size + removed.size > 0)) return true;
  if (draft.attributes.size !== current.attributes.size) return true;
  return [...draft.attributes].some(([name, values]) => !sameValues(values, current.attributes.get(name)));
}

function sameValues(a: Value[], b: Value[] | undefined): boolean {
  if (a === b) return true;
  return a.length === b?.length && a.every((value, index) => Buffer.from(value).equals(Buffer.from(b[index] ?? '')));
}
