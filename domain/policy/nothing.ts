/** Empty and absent alike: what an expression gives when there is no value. */
export function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}
