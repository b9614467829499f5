import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { manualPages, REPOSITORY, sources } from './manual-page.js';

const ROOMS = ['domain', 'contracts', 'connectors', 'workflows', 'activities', 'persistence', 'api', 'worker'];

/** The variables that are ours, or that we read by name. */
const VARIABLE = /\b(?:TENURE_[A-Z_]*[A-Z]|DATABASE_URL|SMTP_URL|TEMPORAL_UI_URL)\b/g;

const pages = manualPages();
const page = (path: string) => pages.find((one) => one.path === path);
const named = (text: string, pattern: RegExp) => new Set(text.match(pattern) ?? []);

describe('the manual', () => {
  it('has no link that leads nowhere', () => {
    const broken = pages.flatMap(({ path, text }) =>
      [...text.replace(/```.*?```/gs, '').matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, link = '']) => link)
        .filter((link) => !/^[a-z]+:/.test(link))
        .filter((link) => {
          const [file = '', anchor] = link.split('#');
          const target = file === '' ? path : normalize(join(dirname(path), file));
          if (!existsSync(join(REPOSITORY, target))) return true;
          return anchor !== undefined && !page(target)?.anchors.includes(anchor);
        })
        .map((link) => `${path}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  it('names only commands that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
    const unknown = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)]
        .map(([, script, short]) => script ?? short ?? '')
        .filter((script) => !(script in scripts))
        .map((script) => `${path}: npm run ${script}`),
    );
    expect(unknown).toEqual([]);
  });

  it('names only programs that there are', () => {
    const unknown = pages.flatMap(({ path, text }) =>
      (text.match(/\bdist\/[\w/-]+\.js\b/g) ?? [])
        .filter((program) => !existsSync(join(REPOSITORY, program.replace(/^dist\/(.*)\.js$/, '$1.ts'))))
        .map((program) => `${path}: ${program}`),
    );
    expect(unknown).toEqual([]);
  });

  it('tells every environment variable, and none that nothing reads', () => {
    const read = named([...sources(...ROOMS, 'test/servers')].map(({ text }) => text).join('\n'), VARIABLE);
    const told = named(page(join('docs', 'operations.md'))?.text ?? '', VARIABLE);
    expect([...read].filter((name) => !told.has(name))).toEqual([]);
    const anywhere = named(pages.map(({ text }) => text).join('\n'), VARIABLE);
    expect([...anywhere].filter((name) => !read.has(name))).toEqual([]);
  });

  it('tells the meters that the API has', () => {
    const meters = /\btenure_[a-z_]+[a-z]/g;
    const text = page(join('docs', 'operations.md'))?.text ?? '';
    const there = named(
      sources('api')
        .map((source) => source.text)
        .join('\n'),
      meters,
    );
    const told = [...named(text, meters)].map((name) => name.replace(/_(count|sum|bucket)$/, ''));
    expect(told.filter((name) => !there.has(name))).toEqual([]);
  });

  it('lists every decision', () => {
    const files = readdirSync(join(REPOSITORY, 'docs', 'adr')).filter((name) => /^\d{4}-/.test(name));
    const index = page(join('docs', 'adr', 'README.md'))?.text ?? '';
    const listed = [...index.matchAll(/\]\((\d{4}-[^)]+)\)/g)].map(([, name]) => name);
    expect(listed).toEqual(files.sort());
    const titles = files.map((name) => page(join('docs', 'adr', name))?.text.match(/^# (\d+)\. /)?.[1]);
    expect(titles).toEqual(files.map((name) => String(Number(name.slice(0, 4)))));
  });
});
