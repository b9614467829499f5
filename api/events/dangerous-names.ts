/**
 * The names in an object of JSON that mean something to JavaScript itself (`__proto__`, `constructor`, `toString`, …),
 * with their paths. Whoever copies such an object carelessly changes every other object. Looks two levels down, which is
 * as deep as an event may be.
 */
export function dangerousNames(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || path.length > 2) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const here = [...path, name];
    return name in Object.prototype || name === 'prototype' ? [here] : dangerousNames(member, here);
  });
}
