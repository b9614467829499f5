import { EqualityFilter } from 'ldapts';

/** An equality filter that takes the value as it is, byte for byte. */
export function equals(attribute: string, value: string): EqualityFilter {
  return new EqualityFilter({ attribute, value: Buffer.from(value) });
}
