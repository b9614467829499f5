import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The repository. */
export const REPOSITORY = join(__dirname, '..', '..');

/** A page of the manual. */
export interface ManualPage {
  /** Its path within the repository. */
  path: string;
  text: string;
  /** The places that a link may point to: of each heading, as GitHub names it. */
  anchors: string[];
}

/** Every page: those at the top, and all below docs. */
export function manualPages(): ManualPage[] {
  const top = readdirSync(REPOSITORY).filter((name) => name.endsWith('.md'));
  const below = readdirSync(join(REPOSITORY, 'docs'), { recursive: true, encoding: 'utf8' });
  const docs = below.filter((name) => name.endsWith('.md')).map((name) => join('docs', name));
  return [...top, ...docs].map((path) => {
    const text = readFileSync(join(REPOSITORY, path), 'utf8');
    return { path, text, anchors: headings(text).map(anchorOf) };
  });
}

/** The product's sources: path within the repository and text. */
export function sources(...rooms: string[]): { path: string; text: string }[] {
  return rooms.flatMap((room) =>
    readdirSync(join(REPOSITORY, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/\.(spec|harness)\.ts$/.test(name))
      .map((name) => join(REPOSITORY, room, name))
      .map((path) => ({ path: relative(REPOSITORY, path), text: readFileSync(path, 'utf8') })),
  );
}

function headings(text: string): string[] {
  const prose = text.replace(/```.*?```/gs, '');
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
