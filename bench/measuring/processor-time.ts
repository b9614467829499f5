import { readdirSync, readFileSync } from 'node:fs';

/** Ticks a second in /proc/<pid>/stat; 100 on every Linux that Node runs on (sysconf(_SC_CLK_TCK)). */
const TICKS = 100;

/** Seconds of processor time that processes have used so far, each with its children that live. Linux only. */
export function processorTimes(pids: Record<string, number>): Record<string, number> {
  const all = readProcesses();
  const family = (pid: number): number =>
    (all.get(pid)?.seconds ?? 0) +
    [...all].filter(([, one]) => one.parent === pid).reduce((sum, [child]) => sum + family(child), 0);
  const entries = Object.entries(pids).map(([name, pid]) => [name, family(pid)]);
  return Object.fromEntries(entries);
}

function readProcesses(): Map<number, { parent: number; seconds: number }> {
  const found = new Map<number, { parent: number; seconds: number }>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // proc(5): the name in brackets may hold blanks; after it state, ppid, …, utime (14th), stime (15th), cutime, cstime.
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const [, parent = 0, , , , , , , , , , utime = 0, stime = 0, cutime = 0, cstime = 0] = fields;
      found.set(Number(name), { parent, seconds: (utime + stime + cutime + cstime) / TICKS });
    } catch {
      // It ended between the two looks.
    }
  }
  return found;
}
