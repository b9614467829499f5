import { ResultCodeError } from 'ldapts';
import { startTestSamba } from '../../test/servers/samba.js';
import { startActiveDirectory } from './active-directory.js';
import { ANSWER_TABLE } from './answer-table.js';
import { Playground, type TestedDirectory } from './test-client.js';

/** The table holds for both, so that what the stand-in answers is what a domain controller answers. */
const DIRECTORIES: [string, () => Promise<TestedDirectory & { stop(): Promise<void> }>][] = [
  ['the stand-in', () => startActiveDirectory()],
  ['Samba', () => startTestSamba('DEMO.TENURE.EXAMPLE')],
];

describe.each(DIRECTORIES)('%s answers', (name, start) => {
  let directory: TestedDirectory & { stop(): Promise<void> };
  let play: Playground;

  beforeAll(async () => {
    directory = await start();
    play = await Playground.create(directory, 'answers');
  }, 60_000);

  afterAll(async () => {
    await play?.client.unbind();
    await directory?.stop();
  });

  it.each(ANSWER_TABLE.map((each) => [each.name, each] as const))('%s', async (_, { ask, code, samba }) => {
    const expected = name === 'Samba' && samba ? samba.code : code;
    expect(await resultCode(ask(play))).toBe(expected);
  });
});

async function resultCode(asked: Promise<unknown>): Promise<number> {
  try {
    await asked;
    return 0;
  } catch (error) {
    if (error instanceof ResultCodeError) return error.code;
    throw error;
  }
}
