import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import type { PolicyProblem } from './policy.js';

/** The longest policy document, in characters. */
const LONGEST_DOCUMENT = 262_144;

/** The deepest that lists and maps may stand in one another; the schema needs seven. */
const DEEPEST = 20;

/** Most entries of one list or map: more of them is a mistake, and takes long to check. */
const MOST_ENTRIES = 1_000;

/** Brackets that stand open at once; the reader of YAML takes long to fail on more. */
const MOST_OPEN = 500;

/** A document in YAML (JSON is a part of it) that remembers where everything stands. */
export class PolicyDocument {
  readonly problems: PolicyProblem[] = [];
  private readonly lines = new LineCounter();
  private readonly document: Document | undefined;

  constructor(private readonly text: string) {
    if (text.length > LONGEST_DOCUMENT) {
      this.add(0, [], `A policy may have ${LONGEST_DOCUMENT} characters; this one has ${text.length}.`);
      return;
    }
    if (isTooDeep(text)) {
      this.add(0, [], 'The document is nested too deeply.');
      return;
    }
    this.document = this.parse();
    for (const error of [...(this.document?.errors ?? []), ...(this.document?.warnings ?? [])]) {
      const tooDeep = error.message.includes('call stack');
      this.add(error.pos[0], [], tooDeep ? 'This is nested too deeply.' : sentence(error.message));
      if (tooDeep) break;
    }
    if (this.document?.contents && this.problems.length === 0) this.inspect(this.document.contents, []);
  }

  /** The plain value; ask only when there are no `problems`. */
  value(): unknown {
    return this.document?.toJS();
  }

  /** A problem with what stands at a path, or with the nearest that stands there, `offset` characters into its text. */
  problem(path: PropertyKey[], message: string, offset = 0): PolicyProblem {
    for (let length = path.length; length > 0; length--) {
      const node = this.document?.getIn(path.slice(0, length), true) as Node | undefined;
      if (node?.range) return this.at(node.range[0] + this.inside(node, offset), path, message);
    }
    return this.at(this.document?.contents?.range?.[0] ?? 0, path, message);
  }

  /** A problem with a key of the map at a path. */
  keyProblem(path: PropertyKey[], key: string, message: string): PolicyProblem {
    const map = path.length > 0 ? this.document?.getIn(path, true) : this.document?.contents;
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    const node = pair?.key as Node | undefined;
    return node?.range ? this.at(node.range[0], [...path, key], message) : this.problem(path, message);
  }

  private parse(): Document | undefined {
    try {
      // Keys that come twice are found by `inspect`; the library compares each with each.
      return parseDocument(this.text, {
        lineCounter: this.lines,
        prettyErrors: false,
        uniqueKeys: false,
        merge: false,
      });
    } catch (error) {
      const why = error instanceof RangeError ? 'it is nested too deeply' : String(error);
      this.add(0, [], `The document cannot be read: ${why}.`);
      return undefined;
    }
  }

  /** Refuses what YAML can do and a policy has no use for: references, keys twice, odd keys, depth. */
  private inspect(node: unknown, path: PropertyKey[]): void {
    if (isAlias(node)) this.add(node.range?.[0] ?? 0, path, 'References (* and &) are not allowed in a policy.');
    if (!isCollection(node)) return;
    if (path.length >= DEEPEST) {
      this.add(node.range?.[0] ?? 0, path, 'This is nested too deeply.');
      return;
    }
    if (node.items.length > MOST_ENTRIES) {
      this.add(node.range?.[0] ?? 0, path, `More than ${MOST_ENTRIES} entries cannot stand here.`);
      return;
    }
    const keys = new Set<string>();
    for (const [index, item] of node.items.entries()) {
      if (!isPair(item)) {
        this.inspect(item, [...path, index]);
        continue;
      }
      const key = isScalar(item.key) ? String(item.key.value) : '';
      const position = (item.key as Node | null)?.range?.[0] ?? node.range?.[0] ?? 0;
      if (!isScalar(item.key) || key === '__proto__') this.add(position, path, 'This cannot be a key.');
      if (keys.has(key)) this.add(position, [...path, key], `${key} stands here twice.`);
      keys.add(key);
      this.inspect(item.value, [...path, key]);
    }
  }

  /** How far behind the start of a scalar in the document the character at `offset` of its value stands. */
  private inside(node: Node, offset: number): number {
    if (!isScalar(node) || !node.range || typeof node.value !== 'string') return 0;
    const source = this.text.slice(node.range[0], node.range[1]);
    const found = source.indexOf(node.value);
    if (found >= 0) return found + offset;
    if (!/^[|>]/.test(source)) return 0;
    const line = node.value.slice(0, offset).split('\n').length;
    return source.split('\n').slice(0, line).join('\n').length + 1;
  }

  private add(position: number, path: PropertyKey[], message: string): void {
    // One more would tell nobody anything.
    if (this.problems.length < 100) this.problems.push(this.at(position, path, message));
  }

  private at(position: number, path: PropertyKey[], message: string): PolicyProblem {
    const { line, col } = this.lines.linePos(position);
    return { line: Math.max(1, line), column: Math.max(1, col), path: pathText(path), message };
  }
}

/** Whether brackets stand open in one another beyond the limit, whatever they belong to. */
function isTooDeep(text: string): boolean {
  let open = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open = Math.max(0, open + (bracket === '[' || bracket === '{' ? 1 : -1));
    if (open > MOST_OPEN) return true;
  }
  return false;
}

function pathText(path: PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
