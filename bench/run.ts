import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { Command } from 'commander';
import { leavers } from './leavers/leavers.js';
import { row, say } from './measuring/table.js';
import { Corporation } from './stage/corporation.js';
import { Service } from './stage/service.js';
import { startUp } from './start-up/start-up.js';
import { throughput } from './throughput/throughput.js';

/* `npm run bench`: everything in one run, with ratios within it (docs/benchmarks.md). */

const PARTS = ['start', 'throughput', 'leavers'];
/** `npm start` is to take events by then. */
const START_AIM_SECONDS = 10;

const program = new Command('npm run bench --')
  .description('Measures Tenure on this machine: Linux, root rights and an installed Samba are needed.')
  .option('--parts <names>', `which parts, separated by commas, of ${PARTS.join(', ')}`, PARTS.join(','))
  .option('--rounds <n>', 'rounds of the throughput', Number, 5)
  .option('--joiners <n>', 'joiners, no-op runs and raw writes in each round', Number, 300)
  .option('--queued <n>', 'joiners in the queue while leavers are cut', Number, 2_000)
  .option('--leavers <n>', 'leavers, idle and busy each', Number, 30)
  .option('--workers <n>', 'worker processes of the service (TENURE_WORKERS)', Number, 1)
  .option('--no-build', 'take dist as it is')
  .parse();
const options = program.opts<{
  parts: string;
  rounds: number;
  joiners: number;
  queued: number;
  leavers: number;
  workers: number;
  build: boolean;
}>();
const parts = options.parts.split(',');
const unknown = parts.find((part) => !PARTS.includes(part));
if (unknown) program.error(`There is no part “${unknown}”.`);

async function start(): Promise<void> {
  say('\n`npm start` until it takes events, in seconds');
  for (const [name, seconds] of Object.entries(await startUp())) {
    const aim = { text: `< ${START_AIM_SECONDS}`, reached: seconds < START_AIM_SECONDS };
    row(name === 'fresh' ? 'with a new state folder' : 'again, with its state', seconds.toFixed(1), aim);
  }
}

async function onTheService(): Promise<void> {
  const corporation = await Corporation.start();
  try {
    const service = await Service.start(corporation, options.workers);
    try {
      const { rounds, joiners, queued } = options;
      if (parts.includes('throughput')) await throughput(corporation, service, { rounds, count: joiners });
      if (parts.includes('leavers')) await leavers(corporation, service, { count: options.leavers, queued });
      for (const failure of await service.failures()) say(`Not as planned: ${failure}`);
    } finally {
      await service.stop();
    }
  } finally {
    await corporation.stop();
  }
}

/** The average number of processes that run or want to, over the last minute. */
function load(): string {
  return loadavg()[0]?.toFixed(1) ?? '';
}

async function main(): Promise<void> {
  if (options.build) execFileSync('node', ['worker/build-if-changed.mjs'], { stdio: 'inherit' });
  const [{ model } = { model: 'unknown' }] = cpus();
  say(`${cpus().length} × ${model}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, Node ${process.version}`);
  say(`Worker processes: ${options.workers}`);
  say(`Load average before: ${load()} (0 is a machine that does nothing else)`);
  if (parts.includes('start')) await start();
  if (parts.some((part) => part !== 'start')) await onTheService();
  say(`\nLoad average at the end: ${load()} (ours included)`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
