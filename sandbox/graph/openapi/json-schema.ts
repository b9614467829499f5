import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import type { OpenAPIV3 } from 'openapi-types';
import type { GraphDescription } from './graph-description.js';

type Described = OpenAPIV3.SchemaObject | OpenAPIV3.ReferenceObject;
type JsonSchema = Record<string, unknown> | boolean;

/** `@odata.type`, `members@odata.bind`, `members@delta`, `@removed`: OData's annotations, which no schema lists. */
const ANNOTATION = '@';
const DIRECTORY_OBJECT = 'microsoft.graph.directoryObject';
/** Types that stand where the description says `directoryObject`, by what `@odata.type` says. */
const DERIVED = ['microsoft.graph.user', 'microsoft.graph.group'];

/**
 * Turns schemas of the description into validators. Where the description is not what Graph does, this is what is done
 * about it:
 * - It is laxer: its objects are open, so a misspelt property would pass. Here they are closed, but for annotations.
 * - It is laxer: relationships (`manager`, `drive`, …) are properties like others. Here they are not, except the one
 *   that an answer expands: `manager`.
 * - It is laxer: it says of hardly any property that it is required, so a create that lacks one passes.
 * - It is stricter: every object must have `@odata.type`. Graph sends it only where the type is not clear.
 * - `anyOf: [X, { type: object, nullable: true }]` means "X or null", and would let any object pass.
 */
export class SchemaCompiler {
  readonly #ajv = new Ajv({ strict: false, allErrors: true });
  readonly #validators = new Map<Described, ValidateFunction>();
  readonly #known = new Set<string>();

  constructor(private readonly description: GraphDescription) {}

  /** What is wrong with a value, in sentences; empty when nothing is. */
  check(schema: Described, value: unknown): string[] {
    let validate = this.#validators.get(schema);
    if (!validate) {
      validate = this.#ajv.compile(this.#convert(schema));
      this.#validators.set(schema, validate);
    }
    return validate(value) ? [] : (validate.errors ?? []).filter(isTelling).map(sentence);
  }

  #convert(schema: Described): JsonSchema {
    if ('$ref' in schema) return this.#reference(schema.$ref.split('/').at(-1) ?? '');
    const options = schema.anyOf ?? schema.oneOf;
    if (options) return this.#alternatives(options);
    if (schema.type === 'array') return nullable(schema, { type: 'array', items: this.#convert(schema.items) });
    if (schema.allOf || schema.properties) return nullable(schema, this.#object(schema));
    const { type, enum: values, pattern, minimum, maximum } = schema;
    const plain = { type, enum: values, pattern, minimum, maximum };
    return nullable(schema, Object.fromEntries(Object.entries(plain).filter(([, rule]) => rule !== undefined)));
  }

  #reference(name: string): JsonSchema {
    if (!this.#known.has(name)) {
      this.#known.add(name);
      const schema = this.description.resolve<OpenAPIV3.SchemaObject>({ $ref: `#/components/schemas/${name}` });
      this.#ajv.addSchema(
        name === DIRECTORY_OBJECT ? this.#directoryObject(schema) : (this.#convert(schema) as object),
        name,
      );
    }
    return { $ref: name };
  }

  /** Whichever type the object says it is. */
  #directoryObject(schema: OpenAPIV3.SchemaObject): Record<string, unknown> {
    return DERIVED.reduceRight<Record<string, unknown>>(
      (otherwise, name) => ({
        if: { required: ['@odata.type'], properties: { '@odata.type': { const: `#${name}` } } },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
        then: this.#reference(name),
        else: otherwise,
      }),
      this.#object(schema),
    );
  }

  #object(schema: OpenAPIV3.SchemaObject): Record<string, unknown> {
    const properties: Record<string, JsonSchema> = {};
    for (const [name, described] of Object.entries(this.#properties(schema))) {
      if (!('x-ms-navigationProperty' in described)) properties[name] = this.#convert(described);
      else if (name === 'manager') properties[name] = this.#reference(DIRECTORY_OBJECT);
    }
    const required = this.#required(schema).filter((name) => !name.startsWith(ANNOTATION));
    const closed = { patternProperties: { [ANNOTATION]: true }, additionalProperties: false };
    return { type: 'object', properties, required, ...closed };
  }

  #required(schema: OpenAPIV3.SchemaObject): string[] {
    const inherited = (schema.allOf ?? []).flatMap((part) => this.#required(this.description.resolve(part)));
    return [...inherited, ...(schema.required ?? [])];
  }

  /** The properties of a schema and of everything it extends. */
  #properties(schema: OpenAPIV3.SchemaObject): Record<string, Described> {
    const inherited = (schema.allOf ?? []).map((part) => this.#properties(this.description.resolve(part)));
    return Object.assign({}, ...inherited, schema.properties);
  }

  #alternatives(options: Described[]): JsonSchema {
    const orNull = (option: Described) => !('$ref' in option) && option.nullable === true && !option.properties;
    const converted = options.map((option) => (orNull(option) ? { type: 'null' } : this.#convert(option)));
    return converted.length === 1 && converted[0] !== undefined ? converted[0] : { anyOf: converted };
  }
}

function nullable(schema: OpenAPIV3.SchemaObject, converted: Record<string, unknown>): JsonSchema {
  return schema.nullable ? { anyOf: [converted, { type: 'null' }] } : converted;
}

/** Errors that only say that one of the alternatives did not hold add nothing to those that say why. */
function isTelling(error: ErrorObject): boolean {
  return (
    error.keyword !== 'anyOf' && error.keyword !== 'if' && !(error.keyword === 'type' && error.params.type === 'null')
  );
}

function sentence(error: ErrorObject): string {
  const where = error.instancePath || 'the body';
  const what = error.keyword === 'additionalProperties' ? `: ${String(error.params.additionalProperty)}` : '';
  return `${where} ${error.message ?? error.keyword}${what}`;
}
