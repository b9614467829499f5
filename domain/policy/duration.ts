const DAY_MS = 86_400_000;

/**
 * Milliseconds of an ISO 8601 duration of weeks, days, hours, minutes and seconds (`P30D`, `P2W`, `PT12H`, `P1DT12H`),
 * or `undefined` when the text is none. Years and months are none: they have no fixed length.
 */
export function durationMs(text: string): number | undefined {
  const parts = /^P(?!$)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(text);
  if (!parts) return undefined;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  const total = (weeks * 7 + days) * DAY_MS + ((hours * 60 + minutes) * 60 + seconds) * 1_000;
  return Number.isSafeInteger(total) ? total : undefined;
}
