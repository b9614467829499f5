import { processorTimes } from '../measuring/processor-time.js';
import { percentile } from '../measuring/statistics.js';
import { row, say } from '../measuring/table.js';
import type { Corporation } from '../stage/corporation.js';
import type { Service } from '../stage/service.js';
import { joiners } from './joiners.js';
import { NoOpRuns } from './no-op-runs.js';
import { rawDirectoryWrites, rawGraphWrites } from './raw-writes.js';

/** The share of the ceiling that is to be reached. */
const AIM = 0.7;
const WARM_UP = 100;

const MEASURED = {
  ad: 'raw writes to AD (account with password, group)',
  graph: 'raw writes to the Graph sandbox (account, group)',
  noOp: 'no-op runs of the same shape',
  together: 'these three at the same time',
  joiners: 'joiners into both directories, through the API',
} as const;
type Measured = keyof typeof MEASURED;

/**
 * Joiners per second beside their ceilings, in rounds: on a machine that others use too, what is measured one after the
 * other would not compare.
 */
export async function throughput(
  corporation: Corporation,
  service: Service,
  { rounds, count }: { rounds: number; count: number },
): Promise<void> {
  say(`\nThroughput, ${rounds} rounds of ${count}, per second: median (lowest to highest)`);
  const noOps = await NoOpRuns.start(service.temporalAddress);
  const pids = {
    ...service.pids(),
    Samba: corporation.samba.pid(),
    'Graph sandbox': corporation.graph.pid,
    'no-op worker': noOps.pid,
  };
  const spent = { joiners: new Spent(pids), noOp: new Spent(pids) };
  const rates: Record<Measured, number[]> = { ad: [], graph: [], noOp: [], together: [], joiners: [] };
  try {
    await noOps.run('warm-up-', WARM_UP);
    await joiners(service, 'w', WARM_UP);
    for (let round = 0; round < rounds; round++) {
      const raw = `r${round}x`;
      rates.ad.push(await rawDirectoryWrites(corporation, raw, count));
      rates.graph.push(await rawGraphWrites(corporation, raw, count));
      rates.noOp.push(await spent.noOp.during(() => noOps.run(raw, count)));
      rates.joiners.push(await spent.joiners.during(() => joiners(service, `j${round}x`, count)));
      const at = `t${round}x`;
      rates.together.push(
        Math.min(
          ...(await Promise.all([
            rawDirectoryWrites(corporation, at, count),
            rawGraphWrites(corporation, at, count),
            noOps.run(at, count),
          ])),
        ),
      );
    }
  } finally {
    await noOps.stop();
  }
  for (const [name, title] of Object.entries(MEASURED) as [Measured, string][]) {
    const values = rates[name];
    row(title, median(values).toFixed(1));
    say(`${' '.repeat(64)}(${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)})`);
  }
  share(rates, 'noOp');
  const [lowest = 'noOp'] = (['noOp', 'ad', 'graph'] as const).toSorted((a, b) => median(rates[a]) - median(rates[b]));
  if (lowest !== 'noOp') share(rates, lowest);
  share(rates, 'together');
  say('  Processor time each, in milliseconds: a joiner / a no-op run');
  for (const name of Object.keys(pids)) {
    const each = (spentOn: Spent) => ((spentOn.of(name) * 1000) / (rounds * count)).toFixed(1);
    row(`  ${name}`, `${each(spent.joiners)} / ${each(spent.noOp)}`);
  }
}

/** Joiners as a share of a ceiling, round by round. */
function share(rates: Record<Measured, number[]>, ceiling: Measured): void {
  const shares = rates.joiners.map((rate, round) => rate / (rates[ceiling][round] ?? Number.NaN));
  const value = median(shares);
  row(`joiners as a share of: ${MEASURED[ceiling]}`, value.toFixed(2), { text: `≥ ${AIM}`, reached: value >= AIM });
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Adds up the processor time of processes while something is done. */
class Spent {
  private readonly seconds: Record<string, number> = {};

  constructor(private readonly pids: Record<string, number>) {}

  async during<T>(work: () => Promise<T>): Promise<T> {
    const before = processorTimes(this.pids);
    const result = await work();
    const after = processorTimes(this.pids);
    for (const name of Object.keys(this.pids)) {
      this.seconds[name] = this.of(name) + (after[name] ?? 0) - (before[name] ?? 0);
    }
    return result;
  }

  /** Seconds of one process so far. */
  of(name: string): number {
    return this.seconds[name] ?? 0;
  }
}
