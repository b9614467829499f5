import { rateOf } from '../measuring/side-by-side.js';
import { joiner } from '../stage/people.js';
import type { Service } from '../stage/service.js';

/** Joiners per second, from the first request to the API until the last one's event is closed. */
export async function joiners(service: Service, prefix: string, count: number): Promise<number> {
  const events = Array.from({ length: count }, (_, number) => joiner(prefix, number));
  return await rateOf(count, async () => {
    await service.post(events);
    await service.untilIdle();
  });
}
