import { z } from 'zod';
import { durationMs } from './duration.js';

/** An object in which only these keys may stand. */
function only<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = `is not known here. What may stand here: ${Object.keys(shape).join(', ')}.`;
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined) });
}

/** CEL, as `compileExpression` takes it. A bare true or false of YAML is meant as one. */
const expression = z.union([z.string(), z.boolean().transform(String)], {
  error: 'This has to be an expression in quotes.',
});

const directoryName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, 'A directory’s name has letters, digits, - and _, at most 63 of them.');

const text = z.string().min(1).max(1_000);

/** Attributes that Tenure never maps, and what to do instead, by lower-case name. */
const NOT_MAPPED: Record<string, string> = {
  ...Object.fromEntries(
    ['unicodepwd', 'userpassword', 'password', 'passwordprofile', 'dbcspwd', 'supplementalcredentials'].map((name) => [
      name,
      'Passwords are never mapped: people set their own by the activation mail.',
    ]),
  ),
  useraccountcontrol: 'Whether an account is enabled follows from the person’s state; take this line out.',
  accountenabled: 'Whether an account is enabled follows from the person’s state; take this line out.',
  manager: 'Write "manager: true" in the directory instead: then the link follows the person’s manager.',
  memberof: 'Groups come from the grants of the rules; take this line out.',
};

const attributeName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._:-]{0,127}$/, 'An attribute’s name has letters, digits and . _ : -, a letter first.')
  .refine((name) => NOT_MAPPED[name.toLowerCase()] === undefined, {
    error: (issue) => NOT_MAPPED[String(issue.input).toLowerCase()],
  });

const attributeMapping = z
  .preprocess(
    (given) => (typeof given === 'string' ? { value: given } : given),
    only({
      /** What the attribute should be. */
      value: expression.optional(),
      /** Instead of `value`: a name that nobody else in the directory may have; a counter makes it so. */
      unique: expression.optional(),
      /** For `unique`: characters of the name, or of the part before the `@`. */
      maxLength: z.int().min(1).max(1_000).optional(),
      /** Set when the account is created and never touched again. Unique names are, unless this says false. */
      once: z.boolean().optional(),
      /** For `value`: without it the account is not made, and the report says so. */
      required: z.boolean().default(false),
    }),
  )
  .refine((mapping) => (mapping.value === undefined) !== (mapping.unique === undefined), {
    error: 'An attribute is mapped by an expression, by { value: … } or by { unique: … }.',
  })
  .refine((mapping) => mapping.maxLength === undefined || mapping.unique !== undefined, {
    error: 'maxLength goes with unique only.',
  });

const grant = only({
  directory: directoryName,
  /** An expression for the place of the account; the first grant that has one decides. */
  container: expression.optional(),
  /** Names of groups as they are, not expressions. */
  groups: z.array(text).default([]),
});

const rule = only({
  name: text,
  when: expression.default('true'),
  grants: z.array(grant),
});

const directory = only({
  /** How an account is recognised as the person's: an attribute that holds HR's id of the person. */
  correlate: only({ attribute: attributeName, value: expression.default('person.personId') }),
  /** The place of an account where no grant says otherwise. */
  container: expression.optional(),
  attributes: z.record(attributeName, attributeMapping).default({}),
  /** Keep the link to the manager's account in step with `person.manager`, which is the manager's HR id. */
  manager: z.boolean().default(false),
  /** Directories whose accounts come first; mappings may then read `accounts["name"].attribute`. */
  after: z.array(directoryName).max(50).default([]),
  leaver: only({
    /** How long after the cut the account is deleted (ISO 8601), or `never`. */
    grace: z
      .string()
      .refine((value) => value === 'never' || durationMs(value) !== undefined, {
        error: 'The grace period is never, or a duration of weeks, days, hours and minutes: P30D, P2W, PT12H.',
      })
      .default('never'),
    /** Leave the memberships as they are. */
    keepGroups: z.boolean().default(false),
  }).prefault({}),
});

const activation = only({
  /** Where the activation mail goes. */
  to: expression.default('person.personalMail'),
  /** Who gets one. */
  when: expression.default('true'),
});

/** The policy document: who gets what, and how accounts look. `docs/policies.md` is its manual. */
export const policySchema = only({
  version: z.literal(1, { error: 'The version of a policy is 1.' }),
  rules: z.array(rule),
  directories: z.record(directoryName, directory),
  mail: only({ activation: activation.prefault({}) }).prefault({}),
});

/** A policy document, checked and with every default in its place. `parsePolicy` makes it. */
export type Policy = z.infer<typeof policySchema>;
export type AttributeMapping = z.infer<typeof attributeMapping>;

/** Something wrong in a policy document. Lines and columns count from 1. */
export interface PolicyProblem {
  line: number;
  column: number;
  /** Where it is in the document: `rules[0].when`. */
  path: string;
  /** A sentence. */
  message: string;
}
