import { sameValue } from '../mapping/attribute-value.js';
import type { DesiredAccount } from '../mapping/desired-account.js';
import { referenceKey } from '../mapping/distinguished-name.js';
import { followNames, isCandidate } from '../mapping/unique-name.js';
import type { Attributes, AttributeValue } from '../person/attributes.js';
import type { AccountDelta, AccountDraft, UniqueName } from './operation.js';
import type { KnownAccount } from './plan.js';

/** The account as it is created: attributes without a value are left out. */
export function draftOf(desired: DesiredAccount): AccountDraft {
  const attributes = desired.attributes.filter(({ value }) => value !== null);
  return {
    correlation: desired.correlation,
    attributes: Object.fromEntries(attributes.map(({ name, value }) => [name, value])),
    unique: desired.unique.map(uniqueName),
    ...(desired.container !== undefined && { container: desired.container }),
    enabled: true,
  };
}

/** All values of an account that comes back from the recycle bin, where it may be as old as it was deleted. */
export function restoredValues(known: KnownAccount, desired: DesiredAccount): Attributes {
  const got = namesOf(known, desired);
  const kept = desired.attributes.filter(({ once }) => !once);
  return Object.fromEntries(kept.map(({ name, value }) => [name, followNames(value, got)]));
}

/** A change for `update-account`, with what the report shows of it. */
export interface AccountChange {
  delta: AccountDelta;
  before: Attributes;
  after: Attributes;
}

/** What differs between an account as it is known and as it should be; `undefined` when nothing does. */
export function changeOf(known: KnownAccount, desired: DesiredAccount): AccountChange | undefined {
  const attributes: Attributes = {};
  const unique: UniqueName[] = [];
  const before: Attributes = {};
  const after: Attributes = {};
  const note = (name: string, value: AttributeValue) => {
    before[name] = current(known, name) ?? null;
    after[name] = value;
  };
  const got = namesOf(known, desired);
  for (const { name, value: mapped, once } of desired.attributes) {
    const value = followNames(mapped, got);
    if (once || sameValue(current(known, name), value)) continue;
    attributes[name] = value;
    note(name, value);
  }
  for (const wanted of desired.unique) {
    const value = current(known, wanted.attribute);
    if (wanted.once || (typeof value === 'string' && isCandidate(wanted, value))) continue;
    unique.push(uniqueName(wanted));
    note(wanted.attribute, wanted.base);
  }
  const moves = desired.container !== undefined && !samePlace(known.container, desired.container);
  if (moves) {
    before.container = known.container ?? null;
    after.container = desired.container ?? null;
  }
  if (Object.keys(after).length === 0) return undefined;
  const delta: AccountDelta = {
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(unique.length > 0 && { unique }),
    ...(moves && { container: desired.container }),
  };
  return { delta, before, after };
}

/** Directories spell the names of attributes in their own case, policies perhaps in another. */
function current({ attributes }: KnownAccount, name: string): AttributeValue | undefined {
  if (Object.hasOwn(attributes, name)) return attributes[name];
  const key = Object.keys(attributes).find((each) => each.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : attributes[key];
}

/** What the account got for those bases of unique names that are addresses. */
function namesOf(known: KnownAccount, { unique }: DesiredAccount): Map<string, string> {
  const names = new Map<string, string>();
  for (const name of unique) {
    const value = current(known, name.attribute);
    if (name.base.includes('@') && typeof value === 'string' && isCandidate(name, value)) {
      names.set(name.base.toLowerCase(), value);
    }
  }
  return names;
}

function uniqueName({ attribute, base, maxLength }: UniqueName): UniqueName {
  return { attribute, base, ...(maxLength !== undefined && { maxLength }) };
}

function samePlace(known: string | undefined, wanted: string): boolean {
  return known !== undefined && referenceKey(known) === referenceKey(wanted);
}
