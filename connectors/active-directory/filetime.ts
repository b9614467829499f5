/** Between 1601-01-01 and 1970-01-01, in milliseconds. */
const EPOCH_OFFSET_MS = 11_644_473_600_000n;
const TICKS_PER_MS = 10_000n;
const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * An expiry as a FILETIME, 100 ns since 1601 in UTC (MS-DTYP 2.3.3). A date alone means that the day is the last one,
 * so the account expires when it ends in UTC, as Windows' "end of" does. `undefined` if the text is neither a date nor
 * an instant with its zone.
 */
export function encodeFiletime(text: string): string | undefined {
  if (!DATE.test(text) && !INSTANT.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) return undefined;
  // Date.parse lets the 30th of February roll over.
  if (DATE.test(text) && new Date(milliseconds).toISOString().slice(0, 10) !== text) return undefined;
  const at = BigInt(milliseconds + (DATE.test(text) ? DAY_MS : 0)) + EPOCH_OFFSET_MS;
  return at > 0n ? String(at * TICKS_PER_MS) : undefined;
}

/** The date or instant of an expiry; `undefined` for "never", which is 0 or the greatest value (MS-ADA1 2.2). */
export function decodeFiletime(value: string): string | undefined {
  const ticks = BigInt(value);
  if (ticks <= 0n || ticks >= 0x7fffffffffffffffn) return undefined;
  const milliseconds = Number(ticks / TICKS_PER_MS - EPOCH_OFFSET_MS);
  if (milliseconds % DAY_MS === 0) return new Date(milliseconds - DAY_MS).toISOString().slice(0, 10);
  return new Date(milliseconds).toISOString();
}
