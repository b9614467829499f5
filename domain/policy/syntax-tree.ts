import type { ASTNode } from '@marcbachmann/cel-js';

/** Whether something inside a syntax tree is a node of it. */
function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value;
}

/** The nodes directly below a node; `args` may be lists in lists (calls, maps). */
export function nodesIn(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(nodesIn);
  return isNode(args) ? [args] : [];
}

/** `x.name` and `x["name"]`. */
export function nameRead(node: ASTNode): { of: ASTNode; name: string } | undefined {
  if (node.op === '.') return { of: node.args[0], name: node.args[1] };
  if (node.op !== '[]') return undefined;
  const [of, key] = node.args;
  return key.op === 'value' && typeof key.args === 'string' ? { of, name: key.args } : undefined;
}

/** The name in `variable.name` or `variable["name"]`. */
export function attributeOf(node: ASTNode, variable: string): string | undefined {
  const named = nameRead(node);
  return named?.of.op === 'id' && named.of.args === variable ? named.name : undefined;
}

/** All attributes of the person that stand somewhere in a tree. */
export function personAttributesIn(node: ASTNode): string[] {
  const attribute = attributeOf(node, 'person');
  return attribute === undefined ? nodesIn(node.args).flatMap(personAttributesIn) : [attribute];
}
