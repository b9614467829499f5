import type { AttributeValue } from '../person/attributes.js';
import type { CorrelationKey, UniqueName } from '../plan/operation.js';
import type { CompiledAttribute, CompiledDirectory } from '../policy/compiled-policy.js';
import type { Circumstances, Expression } from '../policy/expression.js';
import { isNothing } from '../policy/nothing.js';
import { textProblem, toAttributeValue } from './attribute-value.js';
import { circumstancesOf } from './circumstances.js';
import type { Granted } from './granted-directories.js';

/** One attribute as it should be; `null` means that it has no value. */
export interface DesiredAttribute {
  name: string;
  value: AttributeValue;
  once: boolean;
}

/** How a person's account in one directory should be. */
export interface DesiredAccount {
  correlation: CorrelationKey;
  attributes: DesiredAttribute[];
  unique: (UniqueName & { once: boolean })[];
  /** `undefined`: the directory's own default. */
  container?: string;
  groups: string[];
  /** `undefined`: nobody, or the policy does not care (`managed`). */
  manager?: CorrelationKey;
  managed: boolean;
  /** Sentences: what cannot be in the directory as it is. The account is not made while there is one. */
  problems: string[];
  /** Sentences: what was left as it is, because the person lacks something. */
  warnings: string[];
}

/** Evaluates the mapping of one directory for one person. Never throws: what cannot be stands in `problems`. */
export function desiredAccount(
  directory: CompiledDirectory,
  granted: Granted,
  circumstances: Circumstances,
): DesiredAccount {
  return new Mapping(directory, circumstances).account(granted);
}

/** The key by which a person's account is found, or `undefined` when their id gives none. */
export function correlationOf(directory: CompiledDirectory, personId: string): CorrelationKey | undefined {
  const result = directory.correlation.value.evaluate(circumstancesOf(personId, {}));
  const value = 'value' in result ? result.value : undefined;
  if (typeof value !== 'string' || value === '' || textProblem(value)) return undefined;
  return { attribute: directory.correlation.attribute, value };
}

class Mapping {
  private readonly problems: string[] = [];
  private readonly warnings: string[] = [];

  constructor(
    private readonly directory: CompiledDirectory,
    private readonly circumstances: Circumstances,
  ) {}

  account(granted: Granted): DesiredAccount {
    const { attributes, manager } = this.directory;
    const personId = String(this.circumstances.person.get('personId'));
    const correlation = correlationOf(this.directory, personId);
    if (!correlation)
      this.problems.push(`${this.name(this.directory.correlation.attribute)} comes out empty or unfit.`);
    const container = this.container(granted);
    const managerKey = manager ? this.manager(personId) : undefined;
    return {
      correlation: correlation ?? { attribute: this.directory.correlation.attribute, value: personId },
      attributes: attributes.flatMap((attribute) => (attribute.unique ? [] : this.attribute(attribute))),
      unique: attributes.flatMap((attribute) => (attribute.unique ? this.unique(attribute) : [])),
      ...(container !== undefined && { container }),
      groups: granted.groups,
      ...(managerKey && { manager: managerKey }),
      managed: manager,
      problems: this.problems,
      warnings: this.warnings,
    };
  }

  private attribute({ name, value, once, required }: CompiledAttribute): DesiredAttribute[] {
    const result = value.evaluate(this.circumstances);
    if ('missing' in result) {
      const message = `${this.name(name)} cannot be made: the person has no ${result.missing.join(' and no ')}.`;
      (required ? this.problems : this.warnings).push(message);
      return [];
    }
    const made = 'problem' in result ? result : toAttributeValue(result.value);
    if ('problem' in made) {
      this.problems.push('problem' in result ? this.cannot(name, made.problem) : `${this.name(name)} ${made.problem}.`);
      return [];
    }
    if (required && made.value === null)
      this.problems.push(`${this.name(name)} is required and comes out empty${this.from(value)}.`);
    return [{ name, value: made.value, once }];
  }

  private unique({ name, value, maxLength, once }: CompiledAttribute): (UniqueName & { once: boolean })[] {
    const base = this.text(name, value);
    if (base === undefined) return [];
    const local = base.includes('@') ? base.slice(0, base.lastIndexOf('@')) : base;
    if (!/[\p{L}\p{N}]/u.test(local)) {
      this.problems.push(
        `${this.name(name)} comes out without a letter or digit${this.from(value)}; give it a fallback with coalesce().`,
      );
      return [];
    }
    return [{ attribute: name, base, once, ...(maxLength !== undefined && { maxLength }) }];
  }

  private container(granted: Granted): string | undefined {
    for (const expression of granted.containers) {
      const place = this.text('container', expression, true);
      if (place !== undefined) return place;
    }
    return this.directory.container && this.text('container', this.directory.container, true);
  }

  private manager(personId: string): CorrelationKey | undefined {
    const id = this.circumstances.person.get('manager');
    if (isNothing(id)) return undefined;
    const manager = String(id);
    if (manager === personId) {
      this.warnings.push('The person is named as their own manager; nobody is set.');
      return undefined;
    }
    const key = textProblem(manager) ? undefined : correlationOf(this.directory, manager);
    if (!key)
      this.warnings.push(`${this.name('the manager')} cannot be found by what HR sent as manager; nobody is set.`);
    return key;
  }

  /** A text that must be one line. `undefined` with a problem told, or without one where it may be empty. */
  private text(name: string, expression: Expression, mayBeEmpty = false): string | undefined {
    const result = expression.evaluate(this.circumstances);
    if ('missing' in result) {
      this.problems.push(`${this.name(name)} cannot be made: the person has no ${result.missing.join(' and no ')}.`);
      return undefined;
    }
    if ('problem' in result) {
      this.problems.push(this.cannot(name, result.problem));
      return undefined;
    }
    if (isNothing(result.value)) {
      if (!mayBeEmpty) this.problems.push(`${this.name(name)} comes out empty${this.from(expression)}.`);
      return undefined;
    }
    const problem = typeof result.value === 'string' ? textProblem(result.value) : 'is no text';
    if (typeof result.value === 'string' && !problem) return result.value;
    this.problems.push(`${this.name(name)} ${problem}.`);
    return undefined;
  }

  private name(attribute: string): string {
    return `${this.directory.name}: ${attribute}`;
  }

  private cannot(attribute: string, problem: string): string {
    return `${this.name(attribute)} cannot be made: ${problem}.`;
  }

  /** Which attributes of the person a value came from, for whoever has to find the bad record. */
  private from(expression: Expression): string {
    const names = [...expression.reads.person, ...expression.reads.asked].map((name) => `person.${name}`);
    return names.length > 0 ? ` from ${names.join(', ')}` : '';
  }
}
