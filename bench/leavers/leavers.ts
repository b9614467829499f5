import { eventually } from '../../test/eventually.js';
import { watchMemory } from '../measuring/memory.js';
import { percentile } from '../measuring/statistics.js';
import { row, say } from '../measuring/table.js';
import type { Corporation } from '../stage/corporation.js';
import { joiner } from '../stage/people.js';
import type { Service } from '../stage/service.js';
import { type Cut, LeaverWatch } from './leaver-watch.js';

const WARM_UP = 5;
/** A leave has to be through by then, whatever else is going on. */
const AIM_MS = 2_000;
const WORKER_AIM_MB = 400;

/** How long leavers keep their access, while nothing else happens and while joiners queue; and the memory that takes. */
export async function leavers(
  corporation: Corporation,
  service: Service,
  { count, queued }: { count: number; queued: number },
): Promise<void> {
  say(`\nLeavers: from the request until the directories show the account disabled, ${count} each, in milliseconds`);
  const people = Array.from({ length: 2 * count + WARM_UP }, (_, number) => joiner('l', number));
  await service.post(people);
  await service.untilIdle();
  const watch = await LeaverWatch.start(corporation);
  const accounts = await Promise.all(people.map(({ person }) => watch.accountsOf(person.personId)));
  const cut = async (leaving: number): Promise<Cut[]> => {
    const cuts: Cut[] = [];
    for (const one of accounts.splice(0, leaving)) cuts.push(await watch.cut(service, one));
    return cuts;
  };
  await cut(WARM_UP);
  await service.untilIdle();
  show('idle', await cut(count));
  await service.untilIdle();

  const memory = watchMemory(service.pids());
  await service.post(Array.from({ length: queued }, (_, number) => joiner('q', number)));
  // The queue has to be worked on, not only to be there.
  const begun = queued - Math.min(50, queued / 10);
  await eventually(async () => (await service.open()) <= begun, { withinMs: 120_000, what: 'the first joiners done' });
  const before = await service.open();
  show('busy', await cut(count), AIM_MS);
  row('joiners not done yet, at the first and after the last leaver', `${before} / ${await service.open()}`);
  await service.untilIdle();
  await watch.stop();
  showMemory(memory());
}

function show(title: string, cuts: Cut[], aim?: number): void {
  const line = (where: string, values: number[]) =>
    row(
      `${title}, ${where}: p50 / p99`,
      `${percentile(values, 0.5).toFixed(0)} / ${percentile(values, 0.99).toFixed(0)}`,
    );
  const last = cuts.map(({ ad, entra }) => Math.max(ad, entra));
  line('the last account', last);
  line(
    'in AD',
    cuts.map(({ ad }) => ad),
  );
  line(
    'in Entra ID',
    cuts.map(({ entra }) => entra),
  );
  const p99 = percentile(last, 0.99);
  if (aim) row(`${title}, the last account: p99`, p99.toFixed(0), { text: `< ${aim}`, reached: p99 < aim });
}

function showMemory(peaks: Record<string, number>): void {
  say('\nMemory (largest resident set) meanwhile, in MB');
  for (const [name, mb] of Object.entries(peaks)) {
    const aim = name.startsWith('Worker') ? { text: `< ${WORKER_AIM_MB}`, reached: mb < WORKER_AIM_MB } : undefined;
    if (aim || name === 'API') row(name, mb.toFixed(0), aim);
  }
}
