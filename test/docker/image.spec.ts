import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { instructionsOf, lastOf, REPOSITORY, readDockerfile } from './dockerfile.js';

const stages = readDockerfile();
const targets = ['api', 'worker', 'all'];
const read = (file: string) => readFileSync(join(REPOSITORY, file), 'utf8');

describe('docker/Dockerfile', () => {
  it('copies only what is in the repository and what .dockerignore lets through', () => {
    const letThrough = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'));
    const sources = stages
      .flatMap(({ instructions }) => instructions)
      .filter(({ name, value }) => name === 'COPY' && !value.startsWith('--from'))
      .flatMap(({ value }) => value.split(/\s+/).slice(0, -1));
    expect(sources.length).toBeGreaterThan(10);
    for (const source of sources) {
      expect([source, existsSync(join(REPOSITORY, source))]).toEqual([source, true]);
      expect(letThrough).toContain(`!${source}`);
    }
  });

  it('copies from stages and images that are named', () => {
    const froms = stages.flatMap(({ instructions }) =>
      instructions.flatMap(({ value }) => /^--from=(\S+)/.exec(value)?.[1] ?? []),
    );
    for (const from of froms) expect(stages.some(({ name }) => name === from) || /:\d/.test(from)).toBe(true);
  });

  it.each(targets)('makes %s run as somebody without rights, with a health check', (target) => {
    const instructions = instructionsOf(stages, target);
    expect(Number(lastOf(instructions, 'USER'))).toBeGreaterThan(0);
    expect(lastOf(instructions, 'HEALTHCHECK')).toMatch(/CMD \["node"/);
  });

  it.each(targets)('gives %s no package that only development needs', (target) => {
    const instructions = instructionsOf(stages, target);
    const modules = instructions.filter(({ value }) => value.includes('node_modules'));
    expect(modules.map(({ value }) => value)).toEqual(['--from=packages /tenure/node_modules node_modules']);
    expect(instructionsOf(stages, 'packages').some(({ value }) => value.startsWith('npm ci --omit=dev'))).toBe(true);
  });

  it.each(targets)('starts programs in %s that find all they need', (target) => {
    const own = instructionsOf(stages, target).map(({ value }) => value);
    const programs = own.flatMap((value) => value.match(/dist\/[\w/-]+\.js/g) ?? []);
    expect(programs.length).toBeGreaterThan(0);
    const removed = (/rm -rf (.*)$/.exec(lastOf(instructionsOf(stages, 'build'), 'RUN') ?? '')?.[1] ?? '').split(' ');
    const { files, packages } = reachedFrom([...programs, 'dist/worker/prepare/main.js']);
    expect(files.filter((file) => removed.some((folder) => file.startsWith(`${folder}/`)))).toEqual([]);
    const { dependencies } = JSON.parse(read('package.json'));
    expect(packages).toContain('zod');
    expect(packages.filter((name) => !(name in dependencies))).toEqual([]);
  });
});

describe('package-lock.json', () => {
  // Where a registry does not have them all yet, npm leaves some out, and then "npm ci" refuses the file everywhere.
  it('names the packages of every system, so that npm ci accepts it', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const optional = Object.values(packages).flatMap((one) => Object.keys(one.optionalDependencies ?? {}));
    const missing = optional.filter(
      (name) => !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)),
    );
    expect(missing).toEqual([]);
  });
});

/** What built programs load, as far as it stands in the text: files of ours, and names of packages. */
function reachedFrom(programs: string[]): { files: string[]; packages: string[] } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const follow = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const [, name = ''] of read(file).matchAll(/\brequire(?:\.resolve)?\("([^"]+)"\)/g)) {
      if (name.startsWith('node:')) continue;
      if (!name.startsWith('.'))
        packages.add(
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        );
      else follow(relative(REPOSITORY, require.resolve(join(REPOSITORY, dirname(file), name))));
    }
  };
  programs.forEach(follow);
  return { files: [...files], packages: [...packages] };
}
