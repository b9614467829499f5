import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { REPOSITORY } from './dockerfile.js';

/** A service of docker/compose.yaml, as far as the specs look at it. */
export interface ComposeService {
  image: string;
  build?: { context: string; dockerfile: string; target: string };
  command?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { disable?: boolean };
  volumes?: string[];
  ports?: string[];
  restart?: string;
}

export interface ComposeFile {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
}

/** The text with its `${NAME:-default}` and `${NAME:?error}` filled in from the given values. */
export function readComposeFile(values: Record<string, string>): ComposeFile {
  const text = composeText().replace(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, kind: string, rest: string) => {
      const value = values[name] || (kind === '-' ? rest : '');
      if (!value && kind === '?') throw new Error(rest);
      return value ?? '';
    },
  );
  return parse(text, { merge: true });
}

export function composeText(): string {
  return readFileSync(join(REPOSITORY, 'docker', 'compose.yaml'), 'utf8');
}

/** docker/.env as somebody fills in the example. */
export function filledExample(): Record<string, string> {
  const lines = readFileSync(join(REPOSITORY, 'docker', '.env.example'), 'utf8').split('\n');
  const given = lines.flatMap((line) => /^(\w+)=(.*)$/.exec(line)?.slice(1, 3) ?? []);
  const values: Record<string, string> = {};
  for (let i = 0; i < given.length; i += 2) values[given[i] ?? ''] = given[i + 1] || 'a-secret-of-the-spec';
  return values;
}
