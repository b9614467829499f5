import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The repository, which is also what the images are built from. */
export const REPOSITORY = join(__dirname, '..', '..');

/** One instruction of a Dockerfile: `COPY`, and what follows it on its logical line. */
export interface Instruction {
  name: string;
  value: string;
}

/** A stage: its name, what it goes on from (another stage or an image), and its own instructions. */
export interface Stage {
  name: string;
  from: string;
  instructions: Instruction[];
}

/** Reads docker/Dockerfile; no more of the format than it uses. */
export function readDockerfile(): Stage[] {
  const text = readFileSync(join(REPOSITORY, 'docker', 'Dockerfile'), 'utf8');
  const lines = text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: Stage[] = [];
  for (const line of lines) {
    const [, name = '', value = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (name === 'FROM') {
      const [from = '', , stage = ''] = value.split(/\s+/);
      stages.push({ name: stage, from, instructions: [] });
    } else stages.at(-1)?.instructions.push({ name, value: value.trim() });
  }
  return stages;
}

/** All instructions that make a stage, those of the stages below it first. */
export function instructionsOf(stages: Stage[], name: string): Instruction[] {
  const stage = stages.find((one) => one.name === name);
  if (!stage) return [];
  return [...instructionsOf(stages, stage.from), ...stage.instructions];
}

/** The last instruction of a name counts. */
export function lastOf(instructions: Instruction[], name: string): string | undefined {
  return instructions.findLast((one) => one.name === name)?.value;
}
