import { Liquid } from 'liquidjs';
import { HTML_LAYOUT, MAIL_TEXTS, type MailKind, type MailTexts, TEXT_LAYOUT } from './mail-templates.js';

/** What a mail is made of. Names come from HR and from directories, and may hold anything. */
export interface MailVariables {
  /** What to call the person; empty when nobody said. */
  name: string;
  organisation: string;
  link: string;
  expiresAt: Date;
  /** The names that the person signs in with. */
  accounts: { directory: string; name: string }[];
}

/** A mail without its recipient. */
export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

/** Mails are short: what needs more than this is a mistake in a template. Milliseconds, and units of liquidjs. */
const LIMITS = { parseLimit: 100_000, renderLimit: 1_000, memoryLimit: 1_000_000 };
const STRICT = { ...LIMITS, strictVariables: true, strictFilters: true, ownPropertyOnly: true };

const plain = new Liquid(STRICT);
const html = new Liquid({ ...STRICT, outputEscape: 'escape' });

/** Parsed once: a mail costs only its rendering. */
const TEXT = plain.parse(TEXT_LAYOUT);
const HTML = html.parse(HTML_LAYOUT);
const TEXTS = new Map(
  Object.entries(MAIL_TEXTS).map(([kind, texts]) => [
    kind,
    Object.entries(texts).map(([name, template]) => [name, plain.parse(template)] as const),
  ]),
);

const VALUE_LENGTH = 200;

/** Renders a mail as text and as HTML. */
export function renderMail(kind: MailKind, variables: MailVariables): RenderedMail {
  const { accounts, expiresAt } = variables;
  const scope = {
    name: oneLine(variables.name),
    organisation: oneLine(variables.organisation),
    link: variables.link,
    expires: inWords(expiresAt),
    accounts: accounts.map(({ directory, name }) => ({ directory: oneLine(directory), name: oneLine(name) })),
  };
  const texts = Object.fromEntries(
    (TEXTS.get(kind) ?? []).map(([name, template]) => [name, plain.renderSync(template, scope)]),
  ) as unknown as MailTexts;
  return {
    subject: texts.subject,
    text: plain.renderSync(TEXT, { ...scope, texts }),
    html: html.renderSync(HTML, { ...scope, texts }),
  };
}

/**
 * A value as one line of harmless characters: a name with line breaks would otherwise write paragraphs of the mail or
 * headers, and one with direction marks would turn the text after it around.
 */
function oneLine(value: string): string {
  const line = value
    .replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .trim();
  // By characters, so that none is cut in two.
  return [...line].slice(0, VALUE_LENGTH).join('');
}

const IN_WORDS = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' });

function inWords(date: Date): string {
  return `${IN_WORDS.format(date)} UTC`;
}
