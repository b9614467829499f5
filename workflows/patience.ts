/** After so many tries the report says that an operation waits. */
export const QUICK_ATTEMPTS = 3;

/** A first try, with the patience for a hiccup; what fails longer is reported as waiting and goes on patiently. */
export const QUICK = { initialInterval: '300ms', backoffCoefficient: 3, maximumAttempts: QUICK_ATTEMPTS } as const;

/** Hours and days of outage: a minute at most until a directory that is back is noticed. */
export const PATIENT = { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '60s' } as const;
