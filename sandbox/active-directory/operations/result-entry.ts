import { AdError } from '../directory/ad-error.js';
import type { Domain } from '../directory/domain.js';
import type { Entry } from '../directory/entry.js';
import { guidToText, sidToText } from '../directory/identifiers.js';
import { attributeDefinition } from '../directory/schema.js';
import { type Value, writeValue } from '../directory/values.js';
import type { RequestControls } from '../wire/controls.js';
import type { WireAttribute } from '../wire/ldap-request.js';
import type { ResultEntry } from '../wire/ldap-response.js';
import { construct, presentAttributes, valuesOf } from './computed-attributes.js';

/** One attribute that a search asks for. */
interface Wanted {
  lowerName: string;
  range?: { low: number; high: number };
}

/** What a search wants to see of each entry. */
export interface Selection {
  all: boolean;
  wanted: Wanted[];
  typesOnly: boolean;
}

/** Reads the attribute list of a search: nothing or `*` is everything, `1.1` is nothing (RFC 4511, 4.5.1.8). */
export function readSelection(attributes: readonly string[], typesOnly: boolean): Selection {
  const wanted = attributes.filter((name) => name !== '*' && name !== '1.1').map(readWanted);
  return { all: attributes.length === 0 || attributes.includes('*'), wanted, typesOnly };
}

function readWanted(description: string): Wanted {
  const [name = '', ...options] = description.toLowerCase().split(';');
  const range = options.map((option) => /^range=(\d+)-(\d+|\*)$/.exec(option)).find((match) => match !== null);
  if (!range) return { lowerName: name };
  const high = range[2] === '*' ? Number.POSITIVE_INFINITY : Number(range[2]);
  return { lowerName: name, range: { low: Number(range[1]), high } };
}

/** Shows an entry to the account that asked. */
export function showEntry(
  domain: Domain,
  entry: Entry,
  selection: Selection,
  controls: RequestControls,
  user: Entry,
): ResultEntry {
  const show = (target: Entry): string => showDn(domain, target, controls);
  const names = new Map(selection.wanted.map((wanted) => [wanted.lowerName, wanted]));
  if (selection.all) {
    for (const lowerName of presentAttributes(entry)) if (!names.has(lowerName)) names.set(lowerName, { lowerName });
  }
  const attributes: WireAttribute[] = [];
  for (const wanted of names.values()) {
    const definition = attributeDefinition(wanted.lowerName);
    if (!definition || definition.secret) continue;
    const values = definition.constructed
      ? construct(domain, entry, definition.name, user)
      : valuesOf(domain, entry, wanted.lowerName, show);
    attributes.push(...inRanges(domain, definition.name, values, wanted.range, controls));
  }
  if (selection.typesOnly) for (const attribute of attributes) attribute.values = [];
  return { dn: show(entry), attributes };
}

/**
 * Cuts an attribute with more values than one answer holds ([MS-ADTS] 3.1.1.3.1.3.3): as Windows does, the plain name
 * comes without values beside `member;range=0-1499`. Samba does not do this. The last part has `*` for its end.
 */
function inRanges(
  domain: Domain,
  name: string,
  values: Value[],
  range: Wanted['range'],
  controls: RequestControls,
): WireAttribute[] {
  const { maxValRange } = domain;
  if (!range && values.length <= maxValRange) return values.length > 0 ? [attribute(name, values)] : [];
  const low = range?.low ?? 0;
  if (low > 0 && low >= values.length) {
    if (controls.has('rangeRetrievalNoError')) return [];
    throw new AdError('operationsError', `00002121: SvcErr: DSID-031403B5, problem 5012 (DIR_ERROR), data 0\n`);
  }
  if (values.length === 0) return [];
  const part = values.slice(low, Math.min((range?.high ?? Number.POSITIVE_INFINITY) + 1, low + maxValRange));
  const end = low + part.length >= values.length ? '*' : String(low + part.length - 1);
  const ranged = attribute(`${name};range=${low}-${end}`, part);
  return range ? [ranged] : [attribute(name, []), ranged];
}

function attribute(name: string, values: Value[]): WireAttribute {
  return { name, values: values.map(writeValue) };
}

/** A DN, with GUID and SID before it when the extended DN control asks ([MS-ADTS] 3.1.1.3.4.1.5). */
function showDn(domain: Domain, entry: Entry, controls: RequestControls): string {
  const dn = domain.store.dnOf(entry);
  const form = controls.extendedDnForm;
  if (form === undefined) return dn;
  const sid = entry.attributes.get('objectsid')?.[0];
  const guid = form === 1 ? guidToText(entry.guid) : entry.id;
  if (!Buffer.isBuffer(sid)) return `<GUID=${guid}>;${dn}`;
  return `<GUID=${guid}>;<SID=${form === 1 ? sidToText(sid) : sid.toString('hex')}>;${dn}`;
}
