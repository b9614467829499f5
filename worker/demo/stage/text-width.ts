/** Characters that take two columns of a terminal, as far as the demo writes them. */
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/** Columns that a text takes in a terminal. */
export function widthOf(text: string): number {
  return [...text].reduce((width, character) => width + (WIDE.test(character) ? 2 : 1), 0);
}

/** The text, filled up with spaces. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** The text, cut to so many columns. */
export function fitted(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let fits = '';
  for (const character of text) {
    if (widthOf(fits + character) > width - 1) break;
    fits += character;
  }
  return `${fits}…`;
}

/** Rows as aligned columns, two spaces between them. */
export function columns(rows: string[][]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
    });
  return rows.map((row) =>
    row
      .map((cell, i) => padded(cell, widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
