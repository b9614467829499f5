/**
 * Whether something failed because the database cannot be reached or is too busy: PostgreSQL's classes 08 (connection),
 * 53 (resources) and 57P (shutting down), and what sockets say.
 */
export function isDatabaseAway(error: unknown): boolean {
  const { code, message, driverError } = error as { code?: unknown; message?: unknown; driverError?: unknown };
  if (driverError && driverError !== error && isDatabaseAway(driverError)) return true;
  if (typeof code === 'string' && /^(08|53|57P|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code)) return true;
  return (
    typeof message === 'string' && /^(Connection terminated|timeout exceeded when trying to connect)/.test(message)
  );
}
