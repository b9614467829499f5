import { z } from 'zod';

const FIRST = Date.UTC(1970, 0, 1);
const LAST = Date.UTC(2200, 0, 1);

/**
 * A moment: an RFC 3339 date-time with its offset (`2026-12-01T08:00:00+01:00`, `…Z`) or a date (`2026-12-01`), which
 * means midnight UTC. Between 1970 and 2199.
 */
export function moment(what: string) {
  const sentence = `${what} has to be a date-time with an offset, like 2026-12-01T08:00:00Z, or a date, like 2026-12-01.`;
  return z
    .union([z.iso.datetime({ offset: true }), z.iso.date()], { error: sentence })
    .refine((text) => isInRange(Date.parse(text)), `${what} has to lie between the years 1970 and 2199.`);
}

function isInRange(time: number): boolean {
  return time >= FIRST && time < LAST;
}
