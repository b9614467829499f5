import { readFileSync } from 'node:fs';
import type { Tenure } from '../../test/stack/tenure.js';

const PARTS = ['API', 'Worker'] as const;
const EVERY_MS = 250;

/** The largest resident set of a process while it was watched, in MB (2^20 bytes). */
export type PeakMemory = Record<(typeof PARTS)[number], number>;

/** Watches the memory of the API and of the worker. Linux only: it reads /proc. */
export function watchMemory(tenure: Tenure): () => PeakMemory {
  const peak: PeakMemory = { API: 0, Worker: 0 };
  const look = (): void => {
    for (const part of PARTS) peak[part] = Math.max(peak[part], residentMb(tenure.pid(part)));
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
