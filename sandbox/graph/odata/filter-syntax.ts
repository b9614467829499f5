import { malformed } from '../http/graph-error.js';

/** A literal in a filter; dates and GUIDs, which stand without quotes, are strings here. */
export type Literal = string | number | boolean | null;

/** A parsed `$filter`. `path` is a property and, for complex values, its member; a lambda's variable is the path `[]`. */
export type Filter =
  | { op: 'and' | 'or'; left: Filter; right: Filter }
  | { op: 'not'; operand: Filter }
  | { op: 'eq' | 'ne' | 'ge' | 'le' | 'gt' | 'lt'; path: string[]; value: Literal }
  | { op: 'in'; path: string[]; values: Literal[] }
  | { op: 'startsWith' | 'endsWith' | 'contains'; path: string[]; value: string }
  | { op: 'any'; path: string[]; operand: Filter };

const TOKEN = /\s*(?:('(?:[^']|'')*')|([A-Za-z_@][\w.@]*)|([\d][\w.:+-]*|-\d[\w.]*)|([(),/:]))/y;
const COMPARISONS = new Set(['eq', 'ne', 'ge', 'le', 'gt', 'lt']);
const FUNCTIONS: Record<string, 'startsWith' | 'endsWith' | 'contains'> = {
  startswith: 'startsWith',
  endswith: 'endsWith',
  contains: 'contains',
};
const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;
const MAX_DEPTH = 50;

/**
 * Parses the part of OData's filter language that Graph's directory objects answer to (OData 4.01 part 2, section
 * 5.1.1). Throws Graph's `Invalid filter clause` for anything else.
 */
export function parseFilter(text: string): Filter {
  return new FilterParser(text).parse();
}

class FilterParser {
  readonly #tokens: { text: string; at: number }[] = [];
  #next = 0;
  #depth = 0;
  #variable: string | undefined;

  constructor(private readonly source: string) {
    TOKEN.lastIndex = 0;
    while (source.slice(TOKEN.lastIndex).trim() !== '') {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(source);
      if (!match) {
        const rest = source.slice(at).trimStart();
        const position = source.length - rest.length;
        throw rest.startsWith("'")
          ? invalid(`There is an unterminated string literal at position ${position} in '${source}'.`)
          : invalid(`Syntax error: character '${rest.charAt(0)}' is not valid at position ${position} in '${source}'.`);
      }
      this.#tokens.push({ text: match[0].trimStart(), at: match.index });
    }
  }

  parse(): Filter {
    const filter = this.#or();
    if (this.#next < this.#tokens.length) throw this.#syntaxError();
    return filter;
  }

  #or(): Filter {
    let left = this.#and();
    while (this.#takeWord('or')) left = { op: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Filter {
    let left = this.#unary();
    while (this.#takeWord('and')) left = { op: 'and', left, right: this.#unary() };
    return left;
  }

  #unary(): Filter {
    if (++this.#depth > MAX_DEPTH) throw invalid('The recursion limit for the filter has been reached.');
    try {
      if (this.#takeWord('not')) return { op: 'not', operand: this.#unary() };
      if (this.#take('(')) {
        const inner = this.#or();
        this.#expect(')');
        return inner;
      }
      return this.#condition();
    } finally {
      this.#depth--;
    }
  }

  #condition(): Filter {
    const word = this.#identifier();
    const call = FUNCTIONS[word.toLowerCase()];
    if (call && this.#take('(')) {
      const path = this.#path(this.#identifier());
      this.#expect(',');
      const value = this.#literal();
      this.#expect(')');
      if (typeof value !== 'string') throw this.#syntaxError();
      return { op: call, path, value };
    }
    const path = this.#path(word);
    if (path.at(-1) === 'any') return this.#lambda(path.slice(0, -1));
    const operator = this.#identifier().toLowerCase();
    if (operator === 'in') return { op: 'in', path, values: this.#list() };
    if (!COMPARISONS.has(operator)) throw this.#syntaxError(this.#next - 1);
    return { op: operator as 'eq', path, value: this.#literal() };
  }

  #lambda(path: string[]): Filter {
    this.#expect('(');
    const outer = this.#variable;
    this.#variable = this.#identifier();
    this.#expect(':');
    const operand = this.#or();
    this.#variable = outer;
    this.#expect(')');
    return { op: 'any', path, operand };
  }

  #path(first: string): string[] {
    const path = [first];
    while (this.#take('/')) path.push(this.#identifier());
    return first === this.#variable ? path.slice(1) : path;
  }

  #list(): Literal[] {
    this.#expect('(');
    const values = [this.#literal()];
    while (this.#take(',')) values.push(this.#literal());
    this.#expect(')');
    return values;
  }

  #literal(): Literal {
    const text = this.#tokens[this.#next]?.text;
    if (text === undefined) throw this.#syntaxError();
    this.#next++;
    if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
    if (text === 'true' || text === 'false') return text === 'true';
    if (text === 'null') return null;
    if (GUID.test(text) || DATE.test(text)) return text;
    const number = Number(text);
    if (Number.isNaN(number)) throw this.#syntaxError(this.#next - 1);
    return number;
  }

  #identifier(): string {
    const text = this.#tokens[this.#next]?.text;
    if (text === undefined || !/^[A-Za-z_@]/.test(text)) throw this.#syntaxError();
    this.#next++;
    return text;
  }

  #take(symbol: string): boolean {
    if (this.#tokens[this.#next]?.text !== symbol) return false;
    this.#next++;
    return true;
  }

  #takeWord(word: string): boolean {
    if (this.#tokens[this.#next]?.text.toLowerCase() !== word) return false;
    this.#next++;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#take(symbol)) throw this.#syntaxError();
  }

  #syntaxError(token = this.#next): Error {
    const position = this.#tokens[token]?.at ?? this.source.length;
    return invalid(`Syntax error at position ${position} in '${this.source}'.`);
  }
}

function invalid(message: string): Error {
  return malformed(`Invalid filter clause: ${message}`);
}
