/**
 * A value as PostgreSQL's jsonb takes it: what a directory or an error says may hold a NUL or half a surrogate pair, and
 * a report that cannot be written would hold up the person for ever.
 */
export function storable<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (_name, member) => (typeof member === 'string' ? text(member) : member)));
}

function text(value: string): string {
  return value.replace(/[\0\p{Surrogate}]/gu, '\ufffd');
}
