import { clearLine, cursorTo } from 'node:readline';
import { styleText } from 'node:util';
import { fitted } from './text-width.js';

type Style = Parameters<typeof styleText>[0];

/** Below this, a time is not worth telling. Milliseconds. */
const AT_ONCE_MS = 400;

/** Writes the play: in a terminal what is waited for is shown live, elsewhere only what has come about. */
export class StageOutput {
  private live = '';

  constructor(private readonly out: NodeJS.WriteStream = process.stdout) {}

  title(text: string): void {
    this.line(`\n${this.styled('bold', text)}`);
  }

  line(text: string): void {
    this.erase();
    this.out.write(`${text}\n`);
  }

  held(sentence: string, detail: string | undefined, tookMs: number): void {
    const told = [detail, tookMs > AT_ONCE_MS && `${(tookMs / 1000).toFixed(1)} s`].filter(Boolean).join(', ');
    this.line(` ${this.styled('green', '✓')} ${sentence}${told && this.styled('dim', `  ${told}`)}`);
  }

  failed(sentence: string, reason: string): void {
    this.line(` ${this.styled('red', '✗')} ${sentence}\n   ${reason}`);
  }

  waiting(sentence: string, standing: string): void {
    if (!this.out.isTTY) return;
    const text = fitted(` … ${sentence}  ${standing.replace(/\s+/g, ' ')}`, this.out.columns - 1);
    if (text === this.live) return;
    this.erase();
    this.live = text;
    this.out.write(text);
  }

  private erase(): void {
    if (this.live === '') return;
    cursorTo(this.out, 0);
    clearLine(this.out, 0);
    this.live = '';
  }

  private styled(style: Style, text: string): string {
    return this.out.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text;
  }
}
