import { readFileSync } from 'node:fs';

const EVERY_MS = 250;

/**
 * Watches the memory of processes until the answer is called, which gives the largest resident set of each in MB (2^20
 * bytes). Linux only: it reads /proc.
 */
export function watchMemory(pids: Record<string, number>): () => Record<string, number> {
  const peak: Record<string, number> = {};
  const look = (): void => {
    for (const [name, pid] of Object.entries(pids)) peak[name] = Math.max(peak[name] ?? 0, residentMb(pid));
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return () => {
    clearInterval(timer);
    look();
    return peak;
  };
}

function residentMb(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
