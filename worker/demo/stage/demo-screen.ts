import { type PartState, StatusScreen } from '../../service/status-screen.js';
import type { StageOutput } from './stage-output.js';

/** The screen of parts, which makes way for the play: from then on a part is mentioned only when something happens to it. */
export class DemoScreen extends StatusScreen {
  private playing = false;

  constructor(private readonly output: StageOutput) {
    super();
  }

  makeWay(): void {
    this.playing = true;
  }

  override update(part: string, state: PartState, detail?: string): void {
    if (!this.playing) super.update(part, state, detail);
    else if (state === 'restarting') this.output.line(`   ${part}: ${detail ?? 'ended'}, is started again`);
    else if (state === 'running') this.output.line(`   ${part}: is back`);
  }
}
