/** Works through numbered items with at most `width` under way at once, as a pool of connections does. */
export async function sideBySide(
  count: number,
  width: number,
  work: (index: number, lane: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (number: number): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index, number);
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, (_, number) => lane(number)));
}

/** Items per second. */
export async function rateOf(count: number, work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return count / ((performance.now() - started) / 1000);
}
