/** Now, in whole seconds, as the directory keeps time: `2026-01-31T08:00:00Z`. */
export function directoryTime(): string {
  return new Date().toISOString().replace(/\.\d+/, '');
}
