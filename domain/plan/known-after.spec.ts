import { knownAfter, type SeenAccount } from './known-after.js';
import type { Operation, OperationDetail } from './operation.js';
import type { KnownAccount } from './plan.js';

const AT = '2026-11-23T12:00:00.000Z';
const seen: SeenAccount = { id: 'anchor', name: 'CN=Jane', attributes: { title: 'Boss' }, container: 'OU=a' };
const known: KnownAccount = { ...seen, directory: 'ad', state: 'active', memberships: ['Staff'], manager: '1000' };

function operation(detail: OperationDetail): Operation {
  return { ...detail, id: 'x', application: 'ad', target: 'Jane' };
}

describe('what is known after an operation', () => {
  it('is the account that a cut found, disabled since then', () => {
    expect(knownAfter(undefined, operation({ kind: 'disable-account' }), AT, seen)).toEqual({
      ...seen,
      directory: 'ad',
      state: 'disabled',
      memberships: [],
      cutAt: AT,
    });
  });

  it('is nothing when there was no account to cut', () => {
    expect(knownAfter(undefined, operation({ kind: 'disable-account' }), AT)).toBeUndefined();
  });

  it('keeps the time of the first cut when access is cut again', () => {
    const cut = { ...known, state: 'disabled' as const, cutAt: '2026-01-01T00:00:00.000Z' };
    expect(knownAfter(cut, operation({ kind: 'disable-account' }), AT)?.cutAt).toBe(cut.cutAt);
  });

  it('remembers a withdrawn group only while access is cut', () => {
    const remove = operation({ kind: 'remove-membership', group: 'staff' });
    expect(knownAfter(known, remove, AT)).toMatchObject({ memberships: [] });
    expect(knownAfter(known, remove, AT)?.withdrawn).toBeUndefined();
    expect(knownAfter({ ...known, cutAt: AT }, remove, AT)).toMatchObject({ memberships: [], withdrawn: ['staff'] });
  });

  it('has each group once, however it is spelt', () => {
    const add = operation({ kind: 'add-membership', group: 'STAFF' });
    expect(knownAfter(known, add, AT)?.memberships).toEqual(['STAFF']);
  });

  it('is another account with nothing hanging on it after a creation', () => {
    const draft = { correlation: { attribute: 'a', value: 'b' }, attributes: {}, unique: [], enabled: true };
    const created = knownAfter({ ...known, state: 'deleted' }, operation({ kind: 'create-account', draft }), AT, {
      ...seen,
      id: 'new',
    });
    expect(created).toMatchObject({ id: 'new', state: 'active', memberships: [] });
    expect(created?.manager).toBeUndefined();
  });

  it('has the manager that was set, or nobody', () => {
    expect(
      knownAfter(known, operation({ kind: 'set-manager', manager: { attribute: 'a', value: '2' } }), AT)?.manager,
    ).toBe('2');
    expect(knownAfter(known, operation({ kind: 'set-manager' }), AT)?.manager).toBeUndefined();
  });
});
