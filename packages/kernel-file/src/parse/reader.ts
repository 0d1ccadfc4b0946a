import { ts } from 'ts-morph'
import type {
  Block,
  Expression,
  FunctionExpression,
  ObjectEntry,
  Parameter,
  Pattern,
  PatternEntry,
  Span,
  Statement,
  Unsupported,
} from '../syntax.ts'
import { keyText, readType } from './types.ts'
import {
  assignment,
  asyncFunction,
  computedKey,
  generatorFunction,
  letVariable,
  optionalChain,
  restParameter,
  tooDeep,
  unknownSyntax,
  unsupportedSyntax,
} from './unsupported.ts'

const { SyntaxKind } = ts

/** Levels of syntax: more than any person writes, and less than any stack. */
const deepest = 400

/** What changes a variable, and the few operators that do something else. */
const wrongOperator = (operator: string): Unsupported => {
  if (operator === ',') return unknownSyntax('TheComma')
  return operator.endsWith('=') ? assignment : unknownSyntax(`TheOperator ${operator}`)
}

const binaryOperators: ReadonlySet<string> = new Set([
  ...['+', '-', '*', '/', '%', '**', '<', '<=', '>', '>=', '===', '!==', '==', '!='],
  ...['&&', '||', '??', '&', '|', '^', '<<', '>>', '>>>'],
])
const unaryOperators: ReadonlySet<string> = new Set(['-', '+', '!', '~'])

/** Turns nodes of TypeScript's syntax tree into ours. */
export class Reader {
  readonly #file: ts.SourceFile
  #depth = 0
  constructor(file: ts.SourceFile) {
    this.#file = file
  }

  span(node: ts.Node): Span {
    return { start: node.getStart(this.#file), end: node.end }
  }

  statement(node: ts.Statement): Statement[] {
    const span = this.span(node)
    if (ts.isVariableStatement(node)) return this.#declarations(node.declarationList)
    if (ts.isFunctionDeclaration(node)) {
      if (node.name === undefined || node.body === undefined) return []
      const pattern: Pattern = { kind: 'name', span: this.span(node.name), name: node.name.text }
      return [{ kind: 'const', span, pattern, value: this.#function(node, node.body) }]
    }
    if (ts.isReturnStatement(node))
      return [{ kind: 'return', span, value: node.expression && this.expression(node.expression) }]
    if (ts.isExpressionStatement(node)) {
      const value = this.expression(node.expression)
      // The assignment is the error, and not what it would give.
      return [value.kind === 'unsupported' ? { ...value, names: [] } : { kind: 'expression', span, value }]
    }
    if (ts.isIfStatement(node)) {
      const { expression, thenStatement, elseStatement } = node
      const whenTrue = this.#branch(thenStatement)
      const whenFalse = elseStatement && this.#branch(elseStatement)
      return [{ kind: 'if', span: this.span(expression), condition: this.expression(expression), whenTrue, whenFalse }]
    }
    if (ts.isBlock(node))
      return this.#deeper(
        node,
        () => node.statements.flatMap(one => this.statement(one)),
        () => [],
      )
    if (ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isEmptyStatement(node)) return []
    const names = ts.isClassDeclaration(node) || ts.isEnumDeclaration(node) ? [node.name?.text ?? ''] : []
    return [{ kind: 'unsupported', span: this.#head(node), names, ...this.#unsupported(node) }]
  }

  #branch(node: ts.Statement): Statement[] {
    return this.#deeper(
      node,
      () => this.statement(node),
      () => [],
    )
  }

  #declarations(list: ts.VariableDeclarationList): Statement[] {
    return list.declarations.map((one): Statement => {
      const span = this.span(one)
      if ((list.flags & ts.NodeFlags.Const) === 0)
        return { kind: 'unsupported', span, names: boundNames(one.name), ...letVariable }
      const value: Expression =
        one.initializer === undefined ? { kind: 'constant', span, value: undefined } : this.expression(one.initializer)
      return { kind: 'const', span, pattern: this.#pattern(one.name), value }
    })
  }

  expression(node: ts.Expression): Expression {
    return this.#deeper<Expression>(
      node,
      () => this.#expression(node),
      () => ({ kind: 'unsupported', span: this.span(node), ...tooDeep }),
    )
  }

  #expression(node: ts.Expression): Expression {
    const span = this.span(node)
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
      return this.expression(node.expression)
    if (ts.isNonNullExpression(node) || ts.isTypeAssertionExpression(node)) return this.expression(node.expression)
    if (ts.isNumericLiteral(node)) return { kind: 'constant', span, value: Number(node.text) }
    if (ts.isStringLiteralLike(node)) return { kind: 'constant', span, value: node.text }
    if (node.kind === SyntaxKind.TrueKeyword) return { kind: 'constant', span, value: true }
    if (node.kind === SyntaxKind.FalseKeyword) return { kind: 'constant', span, value: false }
    if (ts.isIdentifier(node))
      return node.text === 'undefined'
        ? { kind: 'constant', span, value: undefined }
        : { kind: 'name', span, name: node.text }
    if (ts.isTemplateExpression(node)) return this.#template(node)
    if (ts.isArrayLiteralExpression(node))
      return { kind: 'list', span, items: node.elements.map(one => this.expression(one)) }
    if (ts.isObjectLiteralExpression(node)) return this.#object(node)
    if (ts.isArrowFunction(node)) return this.#function(node, node.body)
    if (ts.isFunctionExpression(node)) return this.#function(node, node.body)
    if (ts.isCallExpression(node)) {
      if (node.questionDotToken !== undefined) return { kind: 'unsupported', span, ...optionalChain }
      const args = node.arguments.map(one => this.expression(one))
      return { kind: 'call', span, callee: this.expression(node.expression), args }
    }
    if (ts.isPropertyAccessExpression(node)) {
      if (node.questionDotToken !== undefined) return { kind: 'unsupported', span, ...optionalChain }
      return { kind: 'member', span, of: this.expression(node.expression), name: node.name.text }
    }
    if (ts.isElementAccessExpression(node)) {
      if (node.questionDotToken !== undefined) return { kind: 'unsupported', span, ...optionalChain }
      return {
        kind: 'element',
        span,
        of: this.expression(node.expression),
        key: this.expression(node.argumentExpression),
      }
    }
    if (ts.isPrefixUnaryExpression(node)) {
      const operator = ts.tokenToString(node.operator) ?? ''
      if (!unaryOperators.has(operator)) return { kind: 'unsupported', span, ...assignment }
      return { kind: 'unary', span, operator, operand: this.expression(node.operand) }
    }
    if (ts.isBinaryExpression(node)) return this.#binary(node)
    if (ts.isConditionalExpression(node)) {
      const [condition, whenTrue, whenFalse] = [node.condition, node.whenTrue, node.whenFalse].map(one =>
        this.expression(one),
      ) as [Expression, Expression, Expression]
      return { kind: 'conditional', span, condition, whenTrue, whenFalse }
    }
    return { kind: 'unsupported', span, ...this.#unsupported(node) }
  }

  /** A chain such as a + b + c + … is as deep as it is long, so its left operands are not read by recursion. */
  #binary(node: ts.BinaryExpression): Expression {
    const chain: ts.BinaryExpression[] = []
    let first: ts.Expression = node
    while (ts.isBinaryExpression(first)) {
      chain.push(first)
      first = first.left
    }
    let left = this.expression(first)
    for (const one of chain.reverse()) {
      const operator = ts.tokenToString(one.operatorToken.kind) ?? ''
      const span = this.span(one)
      left = binaryOperators.has(operator)
        ? { kind: 'binary', span, operator, left, right: this.expression(one.right) }
        : { kind: 'unsupported', span, ...wrongOperator(operator) }
    }
    return left
  }

  #template(node: ts.TemplateExpression): Expression {
    const span = this.span(node)
    const text = (value: string): Expression => ({ kind: 'constant', span, value })
    const parts = node.templateSpans.flatMap(one => [this.expression(one.expression), text(one.literal.text)])
    return { kind: 'template', span, parts: [text(node.head.text), ...parts] }
  }

  #object(node: ts.ObjectLiteralExpression): Expression {
    const span = this.span(node)
    const entries: ObjectEntry[] = []
    for (const one of node.properties) {
      if (ts.isShorthandPropertyAssignment(one)) {
        const { text } = one.name
        entries.push({ name: text, value: { kind: 'name', span: this.span(one), name: text } })
      } else if (ts.isPropertyAssignment(one)) {
        const name = keyText(one.name)
        if (name === undefined) return { kind: 'unsupported', span: this.span(one.name), ...computedKey }
        entries.push({ name, value: this.expression(one.initializer) })
      } else return { kind: 'unsupported', span: this.span(one), ...this.#unsupported(one) }
    }
    return { kind: 'object', span, entries }
  }

  #function(node: ts.ArrowFunction | ts.FunctionExpression | ts.FunctionDeclaration, body: ts.ConciseBody): Expression {
    const span = this.span(node)
    if (node.modifiers?.some(({ kind }) => kind === SyntaxKind.AsyncKeyword))
      return { kind: 'unsupported', span: this.#head(node), ...asyncFunction }
    if (node.asteriskToken !== undefined) return { kind: 'unsupported', span: this.#head(node), ...generatorFunction }
    const rest = node.parameters.find(one => one.dotDotDotToken !== undefined)
    if (rest !== undefined) return { kind: 'unsupported', span: this.span(rest), ...restParameter }
    const read: FunctionExpression = {
      kind: 'function',
      span,
      ...(ts.isFunctionExpression(node) && node.name && { name: node.name.text }),
      parameters: node.parameters.map(one => this.#parameter(one)),
      body: ts.isBlock(body) ? this.#block(body) : this.expression(body),
    }
    return read
  }

  #block(node: ts.Block): Block {
    const statements = this.#deeper(
      node,
      () => node.statements.flatMap(one => this.statement(one)),
      () => [{ kind: 'unsupported' as const, span: this.#head(node), names: [], ...tooDeep }],
    )
    return { kind: 'block', span: this.span(node), statements }
  }

  #parameter(node: ts.ParameterDeclaration): Parameter {
    return {
      span: this.span(node),
      pattern: this.#pattern(node.name),
      ...(node.initializer && { initial: this.expression(node.initializer) }),
      ...(node.type && { type: readType(node.type) }),
    }
  }

  #pattern(node: ts.BindingName): Pattern {
    const span = this.span(node)
    if (ts.isIdentifier(node)) return { kind: 'name', span, name: node.text }
    const rest = node.elements.find(one => ts.isBindingElement(one) && one.dotDotDotToken !== undefined)
    if (rest !== undefined) return { kind: 'unsupported', span: this.span(rest), ...restParameter }
    if (ts.isArrayBindingPattern(node)) {
      const items = node.elements.map(one => (ts.isBindingElement(one) ? this.#pattern(one.name) : undefined))
      return { kind: 'list', span, items }
    }
    const entries: PatternEntry[] = []
    for (const one of node.elements) {
      const name = keyText(one.propertyName ?? (one.name as ts.Identifier))
      if (name === undefined) return { kind: 'unsupported', span: this.span(one), ...computedKey }
      const initial = one.initializer && this.expression(one.initializer)
      entries.push({ name, pattern: this.#pattern(one.name), ...(initial && { initial }) })
    }
    return { kind: 'object', span, entries }
  }

  #unsupported(node: ts.Node): Unsupported {
    const kind = SyntaxKind[node.kind]
    return unsupportedSyntax[kind] ?? unknownSyntax(kind)
  }

  /** The first line of something long. */
  #head(node: ts.Node): Span {
    const { start, end } = this.span(node)
    const line = this.#file.text.slice(start, end).search(/[\r\n]/)
    return { start, end: line < 0 ? end : start + line }
  }

  #deeper<Read>(node: ts.Node, read: () => Read, otherwise: (node: ts.Node) => Read): Read {
    if (this.#depth >= deepest) return otherwise(node)
    this.#depth++
    try {
      return read()
    } finally {
      this.#depth--
    }
  }
}

const boundNames = (name: ts.BindingName): string[] =>
  ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap(one => (ts.isBindingElement(one) ? boundNames(one.name) : []))
