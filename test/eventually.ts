/**
 * Waits until a condition holds. Tests wait for what they expect, never for a time.
 * @throws Error when it does not hold within the given milliseconds
 */
export async function eventually(
  condition: () => boolean | undefined | Promise<boolean | undefined>,
  { withinMs = 20_000, what = condition.toString() } = {},
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Not so within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
