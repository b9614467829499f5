import type { Attributes } from '../person/attributes.js';
import type { Circumstances } from '../policy/expression.js';
import { isNothing } from '../policy/nothing.js';

/** An account of a directory that comes before: what mappings may read of it. */
export interface ReadableAccount {
  directory: string;
  attributes: Attributes;
}

/** What the expressions of a policy are asked about, for one person. `person.personId` is HR's id, always. */
export function circumstancesOf(
  personId: string,
  attributes: Attributes,
  accounts: readonly ReadableAccount[] = [],
): Circumstances {
  const person = valuesOf({ ...attributes, personId });
  return {
    person,
    personWithNulls: new Map(person),
    accounts: new Map(accounts.map((account) => [account.directory, valuesOf(account.attributes)])),
  };
}

/** Whole numbers are CEL's int, which has its own type here. What is empty is left out. */
function valuesOf(attributes: Attributes): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [name, value] of Object.entries(attributes)) {
    if (!isNothing(value)) values.set(name, Number.isSafeInteger(value) ? BigInt(value as number) : value);
  }
  return values;
}
