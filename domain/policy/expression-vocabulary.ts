/** Functions that are called by name: `lower(person.mail)`. */
export const FUNCTIONS = [
  'ascii',
  'bool',
  'coalesce',
  'dn',
  'double',
  'has',
  'initials',
  'int',
  'join',
  'lower',
  'matchesRe2',
  'replace',
  'size',
  'slug',
  'string',
  'substring',
  'trim',
  'upper',
] as const;

/** Functions that walk through a list. One expression may hold one of them, so that its cost stays linear. */
export const COMPREHENSIONS = ['all', 'exists', 'exists_one', 'filter', 'map'] as const;

/** Functions that are called on a value: `person.mail.endsWith("@x")`. */
export const METHODS = ['contains', 'endsWith', 'size', 'split', 'startsWith', ...COMPREHENSIONS] as const;
