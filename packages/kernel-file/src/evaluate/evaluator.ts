import type { Block, Expression, FunctionExpression, Pattern, Span, Statement } from '../syntax.ts'
import { CallAt, spansOf, textIn } from './call.ts'
import { describe } from './describe.ts'
import { globals } from './globals.ts'
import { type Call, type Closure, isThing, type Known, poison, type Scope } from './known.ts'
import { elementOf, loadOf, memberOf } from './members.ts'
import { named } from './named.ts'
import { binary, unary } from './operators.ts'
import { Poisoned, Reports } from './reports.ts'
import { select } from './select.ts'
import { unknownFunction, unknownName } from './unknown-names.ts'

type Of<Kind extends Expression['kind']> = Expression & { readonly kind: Kind }

/** Steps of reading: far more than a kernel needs, and few enough to end within a second. */
const mostSteps = 100_000
/** Levels of expressions and calls. */
const deepest = 500

/** What the statements of a function give; undefined while none has returned. */
type Outcome = { readonly value: Known; readonly span: Span } | undefined

/**
 * Reads expressions: what is known becomes a number, everything else the value of the kernel that the builder makes of it. It runs none of the file's
 * code as JavaScript, has no loops and no recursion, and so always ends.
 */
export class Evaluator {
  readonly reports = new Reports()
  readonly #active = new Set<FunctionExpression>()
  #steps = 0
  #depth = 0

  evaluate(e: Expression, scope: Scope): Known {
    if (++this.#steps > mostSteps) return this.#stop('too-large', 'this definition is too large to be read', e, scope)
    if (this.#depth >= deepest) return this.#stop('too-deep', 'this is nested too deeply', e, scope)
    return this.#deeper(() => this.#evaluate(e, scope))
  }

  #deeper<Result>(compute: () => Result): Result {
    this.#depth++
    try {
      return compute()
    } finally {
      this.#depth--
    }
  }

  #stop(code: string, message: string, { span }: { readonly span: Span }, scope: Scope): never {
    this.reports.add(code, message, { source: scope.source, span }, 'fewer and smaller functions')
    throw new Poisoned()
  }

  #evaluate(e: Expression, scope: Scope): Known {
    switch (e.kind) {
      case 'constant':
        return e.value
      case 'name':
        return this.#name(e, scope)
      case 'template':
        return this.#template(e, scope)
      case 'list':
        return { kind: 'list', items: e.items.map(item => this.evaluate(item, scope)) }
      case 'object':
        return {
          kind: 'object',
          entries: new Map(e.entries.map(({ name, value }) => [name, this.evaluate(value, scope)])),
        }
      case 'function':
        return { kind: 'closure', expression: e, scope }
      case 'call':
        return this.#call(e, scope)
      case 'member':
        return memberOf(this.evaluate(e.of, scope), e.name, this.#callOn(e.span, [e.of], scope, []))
      case 'element':
        return elementOf(this.#callOn(e.span, [e.of, e.key], scope))
      case 'unary':
        return unary(e.operator, this.#callOn(e.span, [e.operand], scope))
      case 'binary':
        return this.#binary(e, scope)
      case 'conditional':
        return this.#conditional(e, scope)
      case 'unsupported':
        return this.reports.add(e.code, e.what, { source: scope.source, span: e.span }, e.instead)
    }
  }

  /** Something that is done to expressions, as a call whose arguments they are. */
  #callOn(span: Span, operands: readonly Expression[], scope: Scope, known?: readonly Known[]): Call {
    const args = known ?? operands.map(operand => this.evaluate(operand, scope))
    return new CallAt(this, { source: scope.source, span }, args, spansOf(operands))
  }

  /** A chain such as a + b + c + … is as deep as it is long, so its left operands are not read by recursion. */
  #binary(e: Of<'binary'>, scope: Scope): Known {
    const chain: Of<'binary'>[] = []
    let first: Expression = e
    while (first.kind === 'binary') {
      chain.push(first)
      first = first.left
    }
    let left = this.evaluate(first, scope)
    for (const one of chain.reverse()) {
      this.#steps++
      // As in TypeScript, the right side does not count where the left one decides.
      if (one.operator === '&&' && left === false) continue
      if (one.operator === '||' && left === true) continue
      const right = this.evaluate(one.right, scope)
      const decided = typeof left === 'boolean' && (one.operator === '&&' || one.operator === '||')
      left = decided ? right : binary(one.operator, this.#callOn(one.span, [one.left, one.right], scope, [left, right]))
    }
    return left
  }

  #name({ name, span }: Of<'name'>, scope: Scope): Known {
    const place = { source: scope.source, span }
    const found = scope.find(name)
    if (found !== undefined) return found.kind === 'value' ? found.value : found.get()
    if (globals.has(name)) return globals.get(name)
    return unknownName(this.reports, name, place, scope)
  }

  #template(e: Of<'template'>, scope: Scope): Known {
    const parts = e.parts.map(part => this.evaluate(part, scope))
    if (parts.some(part => isThing(part, 'poison'))) return poison
    const wrong = parts.findIndex(part => typeof part === 'object')
    if (wrong < 0) return parts.map(String).join('')
    const { span } = e.parts[wrong] as Expression
    const message = `${textIn(scope.source, span)} is ${describe(parts[wrong])}, of which no text can be made`
    return this.reports.add('text', message, { source: scope.source, span }, 'numbers and texts that are known')
  }

  #conditional(e: Of<'conditional'>, scope: Scope): Known {
    const condition = this.evaluate(e.condition, scope)
    if (typeof condition === 'boolean') return this.evaluate(condition ? e.whenTrue : e.whenFalse, scope)
    const branches = [e.whenTrue, e.whenFalse]
    return select(condition, this.#callOn(e.span, branches, scope), e.condition.span)
  }

  #call(e: Of<'call'>, scope: Scope): Known {
    const callee = this.#callee(e.callee, scope)
    const call = this.#callOn(e.span, e.args, scope)
    if (isThing(callee, 'poison')) return poison
    if (isThing(callee, 'builtin')) return callee.call(call)
    if (isThing(callee, 'closure')) return call.isPoisoned ? poison : this.invoke(callee, call.args, call)
    if (isThing(callee, 'tensor')) return loadOf(callee, call)
    return call.report(
      'not-a-function',
      `${textIn(scope.source, e.callee.span)} is ${describe(callee)} and cannot be called`,
    )
  }

  /** An unknown name that is called is an unknown function. */
  #callee(e: Expression, scope: Scope): Known {
    const isUnknown = (one: Expression): boolean =>
      one.kind === 'name' && scope.find(one.name) === undefined && !globals.has(one.name)
    const place = { source: scope.source, span: e.span }
    if (e.kind === 'name' && isUnknown(e)) return unknownFunction(this.reports, e.name, place, scope)
    if (e.kind === 'member' && isUnknown(e.of))
      return unknownFunction(this.reports, textIn(scope.source, e.span), place, scope)
    return this.evaluate(e, scope)
  }

  /** Calls a function of the file. Its parameters that are not given take their defaults. */
  invoke(closure: Closure, args: readonly Known[], call: Call): Known {
    const { expression, scope: outer } = closure
    if (this.#active.has(expression))
      return call.report('recursion', 'a function of a kernel may not call itself', 'a reduction: sum(D, d => …)')
    const scope = outer.inner()
    if (expression.name !== undefined) scope.bind(expression.name, { kind: 'value', value: closure })
    this.#active.add(expression)
    try {
      for (const [position, { pattern, initial, span }] of expression.parameters.entries()) {
        const given = args[position]
        if (given !== undefined) this.bind(pattern, given, scope)
        else if (initial !== undefined) this.bind(pattern, this.evaluate(initial, scope), scope)
        else {
          const name = textIn(outer.source, span)
          call.report('arguments', `nothing is given for the parameter ${name}`, `${name} = …, or one more argument`)
          this.bind(pattern, poison, scope)
        }
      }
      return this.evaluateBody(expression.body, scope)
    } finally {
      this.#active.delete(expression)
    }
  }

  evaluateBody(body: Expression | Block, scope: Scope): Known {
    return body.kind === 'block' ? this.run(body.statements, scope)?.value : this.evaluate(body, scope)
  }

  /** Runs statements in order; each reports its own errors, and the next ones go on. */
  run(statements: readonly Statement[], scope: Scope): Outcome {
    let wrong: Span | undefined
    for (const [position, one] of statements.entries()) {
      const rest = () => statements.slice(position + 1)
      const outcome = this.#statement(one, scope, rest)
      if (outcome !== undefined) return outcome
      if (one.kind === 'unsupported') wrong ??= one.span
    }
    // It may be what would have returned.
    return wrong && { value: poison, span: wrong }
  }

  #statement(one: Statement, scope: Scope, rest: () => readonly Statement[]): Outcome {
    switch (one.kind) {
      case 'const':
        this.bind(one.pattern, named(this.evaluate(one.value, scope), one), scope)
        return undefined
      case 'expression':
        this.evaluate(one.value, scope)
        return undefined
      case 'return':
        return { value: one.value && this.evaluate(one.value, scope), span: one.span }
      case 'if':
        return this.#if(one, scope, rest)
      case 'unsupported': {
        const { code, what, instead, span, names } = one
        this.reports.add(code, what, { source: scope.source, span }, instead)
        for (const name of names) scope.bind(name, { kind: 'value', value: poison })
        return undefined
      }
    }
  }

  /** A condition that is known chooses the statements; one that is a value selects between what both sides return. */
  #if(one: Statement & { kind: 'if' }, scope: Scope, rest: () => readonly Statement[]): Outcome {
    const { whenTrue, whenFalse = [], span } = one
    const condition = this.evaluate(one.condition, scope)
    if (typeof condition === 'boolean') return this.run(condition ? whenTrue : whenFalse, scope.inner())
    // What follows belongs to the other side, so that a chain of such statements is as deep as it is long.
    if (this.#depth >= deepest) this.#stop('too-deep', 'this is nested too deeply', one, scope)
    const [first, second] = this.#deeper(() => [
      this.run(whenTrue, scope.inner()),
      this.run([...whenFalse, ...rest()], scope.inner()),
    ])
    if (first === undefined || second === undefined) {
      if (!isThing(condition, 'poison')) {
        const message = 'an if whose condition is a value of the kernel must return on both sides'
        this.reports.add(
          'if',
          message,
          { source: scope.source, span },
          'if (…) return a; return b, or condition ? a : b',
        )
      }
      return { value: poison, span }
    }
    const call = new CallAt(
      this,
      { source: scope.source, span },
      [first.value, second.value],
      [first.span, second.span],
    )
    return { value: select(condition, call, span), span }
  }

  /** Gives the names of a pattern their values. */
  bind(pattern: Pattern, value: Known, scope: Scope): void {
    const place = { source: scope.source, span: pattern.span }
    switch (pattern.kind) {
      case 'name':
        scope.bind(pattern.name, { kind: 'value', value })
        return
      case 'unsupported':
        this.reports.add(pattern.code, pattern.what, place, pattern.instead)
        return
      case 'list': {
        const items = isThing(value, 'list') ? value.items : undefined
        if (items === undefined && !isThing(value, 'poison'))
          this.reports.add('destructuring', `${describe(value)} has no items`, place, 'a list: [a, b]')
        for (const [position, one] of pattern.items.entries())
          if (one !== undefined) this.bind(one, items === undefined ? poison : items[position], scope)
        return
      }
      case 'object':
        for (const { name, pattern: one, initial } of pattern.entries) {
          const call = new CallAt(this, { source: scope.source, span: one.span }, [], [])
          const found =
            isThing(value, 'object') && !value.entries.has(name) && initial ? undefined : memberOf(value, name, call)
          this.bind(one, found === undefined && initial ? this.evaluate(initial, scope) : found, scope)
        }
    }
  }
}
