/** One value of an attribute, as HR sends it and as a directory holds it. `null` means "has no value". */
export type AttributeValue = string | number | boolean | string[] | null;

/** Attributes by name. A name that is absent was not said; a name with `null` was said to be empty. */
export type Attributes = Record<string, AttributeValue>;
