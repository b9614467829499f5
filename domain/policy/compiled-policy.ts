import { durationMs } from './duration.js';
import { compileExpression, type Expression, type ExpressionUse } from './expression.js';
import { ExpressionError } from './expression-error.js';
import type { AttributeMapping, Policy } from './policy.js';

/** A policy that is ready to be asked. Made once by `compilePolicy` and kept; it holds nothing of a person. */
export interface CompiledPolicy {
  readonly rules: readonly CompiledRule[];
  readonly directories: ReadonlyMap<string, CompiledDirectory>;
  readonly activation: { to: Expression; when: Expression };
}

/** Who gets what. */
export interface CompiledRule {
  name: string;
  when: Expression;
  grants: { directory: string; container?: Expression; groups: string[] }[];
}

/** How accounts of one directory look. */
export interface CompiledDirectory {
  name: string;
  correlation: { attribute: string; value: Expression };
  container?: Expression;
  attributes: CompiledAttribute[];
  manager: boolean;
  after: string[];
  /** Attributes of other directories' accounts that its expressions read, the grants' among them. */
  reads: { directory: string; attribute: string }[];
  /** `graceMs` absent: the account is never deleted. */
  leaver: { graceMs?: number; keepGroups: boolean };
}

/** How one attribute is made. */
export interface CompiledAttribute {
  name: string;
  value: Expression;
  unique: boolean;
  maxLength?: number;
  once: boolean;
  required: boolean;
}

/** Hears what is wrong: where (`['rules', 0, 'when']`), what, and how far into the text at that place. */
export type ProblemListener = (path: PropertyKey[], message: string, offset?: number) => void;

/** Compiles a policy that `parsePolicy` accepted. Throws an error with the first problem otherwise. */
export function compilePolicy(policy: Policy): CompiledPolicy {
  const compiled = compile(policy, (path, message) => {
    throw new Error(`The policy is wrong at ${path.map(String).join('.')}: ${message}`);
  });
  return compiled;
}

/** Compiles as much as can be compiled and tells the listener of the rest; the result is good when it heard nothing. */
export function compile(policy: Policy, listener: ProblemListener): CompiledPolicy {
  return new Compiler(policy, listener).compile();
}

class Compiler {
  private readonly reads = new Map<string, { directory: string; attribute: string }[]>();

  constructor(
    private readonly policy: Policy,
    private readonly tell: ProblemListener,
  ) {}

  compile(): CompiledPolicy {
    const { mail, rules, directories } = this.policy;
    const compiledRules = rules.map((rule, index) => this.rule(rule, index));
    const compiledDirectories = Object.entries(directories).map(([name, directory]) => this.directory(name, directory));
    this.checkOrder();
    const path = ['mail', 'activation'];
    return {
      rules: compiledRules,
      directories: new Map(compiledDirectories.map((directory) => [directory.name, directory])),
      activation: {
        to: this.expression([...path, 'to'], mail.activation.to, 'text'),
        when: this.expression([...path, 'when'], mail.activation.when, 'condition'),
      },
    };
  }

  private rule(rule: Policy['rules'][number], index: number): CompiledRule {
    const path = ['rules', index];
    return {
      name: rule.name,
      when: this.expression([...path, 'when'], rule.when, 'condition'),
      grants: rule.grants.map(({ directory, container, groups }, number) => {
        const grantPath = [...path, 'grants', number];
        if (!Object.hasOwn(this.policy.directories, directory)) {
          this.tell([...grantPath, 'directory'], `${this.unknown(directory)}.`);
        }
        groups.forEach((group, position) => {
          if (/\p{Cc}/u.test(group))
            this.tell([...grantPath, 'groups', position], 'A group’s name has no line breaks.');
        });
        const expression = container && this.mapping(directory, [...grantPath, 'container'], container, 'text');
        return { directory, groups, ...(expression && { container: expression }) };
      }),
    };
  }

  private directory(name: string, directory: Policy['directories'][string]): CompiledDirectory {
    const path = ['directories', name];
    const { after, correlate, leaver, manager } = directory;
    after.forEach((other, index) => {
      if (!Object.hasOwn(this.policy.directories, other))
        this.tell([...path, 'after', index], `${this.unknown(other)}.`);
    });
    const container = directory.container && this.mapping(name, [...path, 'container'], directory.container, 'text');
    const attributes = Object.entries(directory.attributes).map(([attribute, mapping]) =>
      this.attribute(name, attribute, mapping, correlate.attribute),
    );
    const graceMs = durationMs(leaver.grace);
    return {
      name,
      correlation: { attribute: correlate.attribute, value: this.correlation(path, correlate.value) },
      ...(container && { container }),
      attributes,
      manager,
      after,
      reads: this.readsOf(name),
      leaver: { keepGroups: leaver.keepGroups, ...(graceMs !== undefined && { graceMs }) },
    };
  }

  private attribute(
    directory: string,
    name: string,
    mapping: AttributeMapping,
    correlation: string,
  ): CompiledAttribute {
    const path = ['directories', directory, 'attributes', name];
    if (name.toLowerCase() === correlation.toLowerCase()) {
      this.tell(path, `${name} is what accounts are correlated by, so it is set already; take this line out.`);
    }
    const unique = mapping.unique !== undefined;
    const text = mapping.unique ?? mapping.value ?? '';
    const value = this.mapping(directory, [...path, unique ? 'unique' : 'value'], text, unique ? 'text' : 'value');
    const { maxLength, once = unique, required } = mapping;
    return { name, value, unique, once, required, ...(maxLength !== undefined && { maxLength }) };
  }

  /** The manager of a person is known by HR's id alone, so nothing else may go into a correlation value. */
  private correlation(path: PropertyKey[], text: string): Expression {
    const expression = this.expression([...path, 'correlate', 'value'], text, 'text');
    const { person, asked, whole } = expression.reads;
    if (whole || asked.size > 0 || [...person].some((name) => name !== 'personId')) {
      this.tell(
        [...path, 'correlate', 'value'],
        'Accounts are correlated by person.personId, and by nothing else of a person.',
      );
    }
    return expression;
  }

  /** An expression that may read accounts of the directories that come before its own. */
  private mapping(directory: string, path: PropertyKey[], text: string, use: ExpressionUse): Expression {
    const expression = this.expression(path, text, use, true);
    const after = this.policy.directories[directory]?.after ?? [];
    for (const read of expression.reads.accounts) {
      if (!after.includes(read.directory)) {
        this.tell(
          path,
          `It reads an account of ${read.directory}; write ${read.directory} into "after" of ${directory}.`,
        );
      }
      this.readsOf(directory).push(read);
    }
    return expression;
  }

  private expression(path: PropertyKey[], text: string, use: ExpressionUse, withAccounts = false): Expression {
    try {
      return compileExpression(text, use, withAccounts);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.tell(path, `This expression does not work: ${error.message}.`, error.offset);
      return compileExpression('null == null', 'condition');
    }
  }

  private readsOf(directory: string): { directory: string; attribute: string }[] {
    const reads = this.reads.get(directory) ?? [];
    this.reads.set(directory, reads);
    return reads;
  }

  /** Directories that wait for one another would wait for ever. */
  private checkOrder(): void {
    const { directories } = this.policy;
    const settled = new Set<string>();
    const visit = (name: string, way: string[]): void => {
      if (way.includes(name)) {
        this.tell(['directories', name, 'after'], `These wait for one another: ${[...way, name].join(' after ')}.`);
      } else if (!settled.has(name)) {
        for (const before of directories[name]?.after ?? []) visit(before, [...way, name]);
      }
      settled.add(name);
    };
    for (const name of Object.keys(directories)) visit(name, []);
  }

  private unknown(name: string): string {
    const known = Object.keys(this.policy.directories).join(', ');
    return `There is no directory ${name} under "directories"${known && `; there are ${known}`}`;
  }
}
