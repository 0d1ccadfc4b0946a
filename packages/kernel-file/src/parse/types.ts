import { ts } from 'ts-morph'
import type { TypeSyntax } from '../syntax.ts'

const { SyntaxKind } = ts

/** As much of a type as the allowed values of a parameter need. */
export function readType(node: ts.TypeNode): TypeSyntax {
  if (ts.isParenthesizedTypeNode(node)) return readType(node.type)
  if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName)) return { kind: 'name', name: node.typeName.text }
  if (node.kind === SyntaxKind.BooleanKeyword) return { kind: 'literals', values: [false, true] }
  if (node.kind === SyntaxKind.NumberKeyword) return { kind: 'name', name: 'number' }
  if (node.kind === SyntaxKind.StringKeyword) return { kind: 'name', name: 'string' }
  if (ts.isTypeLiteralNode(node)) return readMembers(node.members)
  const values = (ts.isUnionTypeNode(node) ? node.types : [node]).map(literalOf)
  return values.every(value => value !== undefined) ? { kind: 'literals', values } : { kind: 'other' }
}

/** The members of a type of objects. */
export function readMembers(nodes: ts.NodeArray<ts.TypeElement>): TypeSyntax {
  const members = new Map<string, TypeSyntax>()
  for (const one of nodes) {
    const name = one.name && keyText(one.name)
    if (ts.isPropertySignature(one) && name !== undefined && one.type) members.set(name, readType(one.type))
  }
  return { kind: 'object', members }
}

/** The text of a key that is written out. */
export function keyText(node: ts.PropertyName | ts.BindingName): string | undefined {
  return ts.isIdentifier(node) || ts.isStringLiteralLike(node) || ts.isNumericLiteral(node) ? node.text : undefined
}

function literalOf(node: ts.TypeNode): number | string | boolean | undefined {
  if (!ts.isLiteralTypeNode(node)) return undefined
  const { literal } = node
  if (ts.isNumericLiteral(literal)) return Number(literal.text)
  if (ts.isStringLiteral(literal)) return literal.text
  if (literal.kind === SyntaxKind.TrueKeyword) return true
  if (literal.kind === SyntaxKind.FalseKeyword) return false
  return ts.isPrefixUnaryExpression(literal) && ts.isNumericLiteral(literal.operand)
    ? -Number(literal.operand.text)
    : undefined
}
