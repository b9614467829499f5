import type { Entry } from 'ldapts';
import { allValues } from './ranged-values.js';

/** A directory that gives so many values at a time, as MS-ADTS 3.1.1.3.1.3.3 says. */
function ranging(values: string[], at: number) {
  const asked: string[] = [];
  const read = async (attribute: string): Promise<Entry> => {
    asked.push(attribute);
    const from = Number(/range=(\d+)-\*/.exec(attribute)?.[1]);
    if (from > values.length) throw new Error('The range starts behind the end.');
    const part = values.slice(from, from + at);
    const end = from + part.length >= values.length ? '*' : from + part.length - 1;
    return { dn: 'CN=x', member: [], [`member;range=${from}-${end}`]: part.length === 1 ? (part[0] as string) : part };
  };
  return { read, asked };
}

const members = (count: number) => Array.from({ length: count }, (_, i) => `CN=${i}`);

describe('values in ranges', () => {
  it.each([0, 1, 1499, 1500, 1501, 3000, 4501])('gives all %i of them, each once', async (count) => {
    const { read, asked } = ranging(members(count), 1500);
    expect(await allValues('member', read)).toEqual(members(count));
    expect(asked.length).toBe(Math.max(1, Math.ceil(count / 1500)));
  });

  it('takes values that come without a range', async () => {
    expect(await allValues('member', async () => ({ dn: 'CN=x', member: members(3) }))).toEqual(members(3));
    expect(await allValues('member', async () => undefined)).toEqual([]);
  });

  it('fails where a part cannot be had, instead of giving what it has', async () => {
    const { read } = ranging(members(4000), 1500);
    const failing = (attribute: string) =>
      attribute.includes('=3000-') ? Promise.reject(new Error('timed out')) : read(attribute);
    await expect(allValues('member', failing)).rejects.toThrow('timed out');
  });
});
