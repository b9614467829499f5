import { clearScreenDown, moveCursor } from 'node:readline';

export type PartState = 'starting' | 'running' | 'restarting' | 'stopping' | 'stopped' | 'failed';

const MARKS: Record<PartState, string> = {
  starting: '…',
  running: '✓',
  restarting: '↻',
  stopping: '…',
  stopped: '·',
  failed: '✗',
};

/** One line a part: in a terminal the lines stay in place and change; elsewhere every change is a line. */
export class StatusScreen {
  private readonly lines = new Map<string, { state: PartState; detail?: string }>();
  private drawn = 0;

  constructor(private readonly out: NodeJS.WriteStream = process.stdout) {}

  update(part: string, state: PartState, detail?: string): void {
    const before = this.lines.get(part);
    if (before?.state === state && before.detail === detail) return;
    this.lines.set(part, { state, detail: detail ?? (state === before?.state ? before?.detail : undefined) });
    if (this.out.isTTY) this.draw();
    else this.out.write(`${this.line(part)}\n`);
  }

  /** Writes text below the parts; they stay above it and are not drawn over it any more. */
  say(text: string): void {
    this.out.write(`${text}\n`);
    this.drawn = 0;
  }

  private draw(): void {
    if (this.drawn > 0) {
      moveCursor(this.out, 0, -this.drawn);
      clearScreenDown(this.out);
    }
    for (const part of this.lines.keys()) this.out.write(`${this.line(part)}\n`);
    this.drawn = this.lines.size;
  }

  private line(part: string): string {
    const { state, detail } = this.lines.get(part) ?? { state: 'stopped' };
    const text = `  ${MARKS[state]} ${part.padEnd(18)} ${state.padEnd(10)} ${detail ?? ''}`.trimEnd();
    return text.slice(0, this.out.isTTY ? this.out.columns : undefined);
  }
}
