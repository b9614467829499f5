/** One measured value, with the aim it has and whether it was reached. */
export function row(name: string, value: string, aim?: { text: string; reached: boolean }): void {
  const verdict = aim ? `  ${aim.text}  ${aim.reached ? 'reached' : 'MISSED'}` : '';
  say(`  ${name.padEnd(60)} ${value.padStart(12)}${verdict}`);
}

export function say(line = ''): void {
  console.log(line);
}
