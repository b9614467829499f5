import type { Entry } from 'ldapts';

/**
 * All values of an attribute of which the directory gives so many at a time (`member;range=0-1499`; MS-ADTS
 * 3.1.1.3.1.3.3). `read` asks for the attribute under the name it is given. An object that goes meanwhile has none.
 */
export async function allValues(
  attribute: string,
  read: (attribute: string) => Promise<Entry | undefined>,
): Promise<string[]> {
  const values: string[] = [];
  for (;;) {
    const entry = await read(`${attribute};range=${values.length}-*`);
    const part = entry && rangeOf(entry, attribute);
    if (!part) return values;
    values.push(...part.values);
    if (part.last || part.values.length === 0) return values;
  }
}

/** The values under the attribute's name or under `name;range=0-1499`; the last part ends with `*`. */
function rangeOf(entry: Entry, attribute: string): { values: string[]; last: boolean } | undefined {
  for (const [name, value] of Object.entries(entry)) {
    const values = [value].flat().map(String);
    const [type, option] = name.toLowerCase().split(';');
    if (type !== attribute.toLowerCase() || values.length === 0) continue;
    const end = /^range=\d+-(\d+|\*)$/.exec(option ?? '')?.[1];
    return { values, last: end === undefined || end === '*' };
  }
  return undefined;
}
