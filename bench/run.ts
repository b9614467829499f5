import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { Command } from 'commander';
import { eventually } from '../test/eventually.js';
import { LeaverWatch } from './leavers/leaver-latency.js';
import { type PeakMemory, watchMemory } from './measuring/memory.js';
import { processorTimes } from './measuring/processor-time.js';
import { percentile } from './measuring/statistics.js';
import { Corporation } from './stage/corporation.js';
import { joiner } from './stage/people.js';
import { Service } from './stage/service.js';
import { startUp } from './start-up/start-up.js';
import { joiners } from './throughput/joiners.js';
import { noOpRuns } from './throughput/no-op-runs.js';
import { rawDirectoryWrites, rawGraphWrites } from './throughput/raw-writes.js';

/* `npm run bench`: everything in one run, with ratios within it (docs/benchmarks.md). */

const PARTS = ['throughput', 'leavers', 'start'] as const;
type Part = (typeof PARTS)[number];

const program = new Command('npm run bench --')
  .description('Measures Tenure on this machine. Linux, with Samba installed and root rights.')
  .option('--parts <names>', `which parts, separated by commas: ${PARTS.join(', ')}`, PARTS.join(','))
  .option('--joiners <n>', 'joiners, no-op runs and raw writes each', Number, 1_000)
  .option('--queued <n>', 'joiners in the queue while leavers are cut', Number, 2_000)
  .option('--leavers <n>', 'leavers, idle and busy each', Number, 30)
  .option('--no-build', 'take dist as it is')
  .parse();
const options = program.opts<{ parts: string; joiners: number; queued: number; leavers: number; build: boolean }>();
const parts = options.parts.split(',') as Part[];
const unknown = parts.find((part) => !PARTS.includes(part));
if (unknown) program.error(`There is no part “${unknown}”.`);

function say(line = ''): void {
  console.log(line);
}

/** One measured value with the aim it has. */
function row(name: string, value: string, aim = '', reached?: boolean): void {
  say(
    `  ${name.padEnd(58)} ${value.padStart(12)}  ${aim}${reached === undefined ? '' : reached ? '  reached' : '  MISSED'}`,
  );
}

async function throughput(corporation: Corporation, service: Service): Promise<void> {
  const { joiners: count } = options;
  say(`\nThroughput, ${count} each, per second`);
  const ad = await rawDirectoryWrites(corporation, count);
  row(`raw writes to AD (account with password, group)`, ad.toFixed(1));
  const graph = await rawGraphWrites(corporation, count);
  row('raw writes to the Graph sandbox (account, group)', graph.toFixed(1));
  const noOp = await noOpRuns(service.temporalAddress, count);
  row('no-op runs of the same shape', noOp.toFixed(1));

  await joiners(service, 'w', 100);
  const pids = { ...service.pids(), Samba: corporation.samba.pid(), Graph: corporation.graph.pid };
  const before = processorTimes(pids);
  const ours = await joiners(service, 'j', count);
  const after = processorTimes(pids);
  row('joiners into both, through the API', ours.toFixed(1));
  const ceiling = Math.min(ad, graph, noOp);
  const lowest = ceiling === noOp ? 'no-op runs' : ceiling === ad ? 'raw writes to AD' : 'raw writes to Graph';
  row(`  of the no-op runs`, (ours / noOp).toFixed(2), '≥ 0.7', ours / noOp >= 0.7);
  row(`  of the lowest ceiling, which is ${lowest}`, (ours / ceiling).toFixed(2), '≥ 0.7', ours / ceiling >= 0.7);
  say('  Processor time for each joiner, in milliseconds:');
  for (const [name, seconds] of Object.entries(after)) {
    const used = seconds - before[name as keyof typeof before];
    row(`    ${name}`, ((used * 1000) / count).toFixed(1));
  }
}

async function leavers(corporation: Corporation, service: Service): Promise<PeakMemory> {
  const { leavers: count, queued } = options;
  say(`\nLeavers: from the request until the last account is disabled, ${count} each, in milliseconds`);
  const ids = Array.from({ length: 2 * count + 5 }, (_, number) => joiner('l', number));
  await service.post(ids);
  await service.untilIdle();
  const watch = await LeaverWatch.start(corporation);
  const accounts = await Promise.all(ids.map(({ person }) => watch.accountsOf(person.personId)));
  for (const one of accounts.splice(0, 5)) await watch.cut(service, one);
  await service.untilIdle();

  const show = (title: string, cuts: { ad: number; entra: number }[]): number => {
    const last = cuts.map(({ ad, entra }) => Math.max(ad, entra));
    const p99 = percentile(last, 0.99);
    for (const [name, values] of [
      ['', last],
      [', in AD', cuts.map(({ ad }) => ad)],
      [', in Entra ID', cuts.map(({ entra }) => entra)],
    ] as const) {
      row(
        `${title}${name}: p50 / p99`,
        `${percentile(values, 0.5).toFixed(0)} / ${percentile(values, 0.99).toFixed(0)}`,
      );
    }
    return p99;
  };
  const idle = [];
  for (const one of accounts.splice(0, count)) idle.push(await watch.cut(service, one));
  show('idle', idle);
  await service.untilIdle();

  const memory = watchMemory(service.tenure);
  await service.post(Array.from({ length: queued }, (_, number) => joiner('q', number)));
  await eventually(async () => (await service.open()) <= queued - Math.min(50, queued / 10), { withinMs: 120_000 });
  const openBefore = await service.open();
  const busy = [];
  for (const one of accounts) busy.push(await watch.cut(service, one));
  const openAfter = await service.open();
  const p99 = show('busy', busy);
  row('busy, p99', p99.toFixed(0), '< 2000', p99 < 2_000);
  row('joiners still queued, before / after', `${openBefore} / ${openAfter}`);
  await service.untilIdle();
  await watch.stop();
  return memory();
}

async function main(): Promise<void> {
  if (options.build) execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  const [{ model } = { model: 'unknown' }] = cpus();
  say(`${cpus().length} × ${model}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, Node ${process.version}`);
  say(`Load average at the beginning: ${loadavg()[0]?.toFixed(2)} (of the machine, ours not yet in it)`);
  if (parts.includes('start')) {
    say('\n`npm start` until it takes events, in seconds');
    const { fresh, again } = await startUp();
    row('with a new state folder', fresh.toFixed(1), '< 10', fresh < 10);
    row('again, with its state', again.toFixed(1), '< 10', again < 10);
  }
  if (!parts.some((part) => part !== 'start')) return;
  const corporation = await Corporation.start();
  try {
    const service = await Service.start(corporation);
    try {
      if (parts.includes('throughput')) await throughput(corporation, service);
      if (parts.includes('leavers')) {
        const memory = await leavers(corporation, service);
        say('\nMemory (largest resident set) while busy, in MB');
        row('API', memory.API.toFixed(0));
        row('worker', memory.Worker.toFixed(0), '< 400', memory.Worker < 400);
      }
      for (const failure of await service.failures()) say(`Not as planned: ${failure}`);
    } finally {
      await service.stop();
    }
  } finally {
    await corporation.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
