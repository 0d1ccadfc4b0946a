/**
 * Checks that a device program is valid: every name is declared once, before its use and in scope; operands have the right types; arrays
 * are known and accessed with the right elements; all threads of a workgroup reach each barrier.
 */
import type { DeviceFunction, DeviceProgram, DeviceStatement } from '../program/device-program.ts'
import { boolType, u32Type } from '../program/device-type.ts'
import { statementText } from '../simulate/findings/statement-text.ts'
import { areEqual, checkExpression, type FunctionNames, isIndex } from './check-expression.ts'
import { checkStore } from './check-store.ts'
import { InvalidProgramError } from './invalid-program-error.ts'
import { Names } from './scope.ts'
import { UniformNames } from './uniform-names.ts'

/** Rules that depend on the language of the target. */
export interface LanguageRules {
  readonly castsPointers: boolean
}

/**
 * @param pass the name of the pass that made the program, for the message
 * @throws InvalidProgramError at the first fault
 */
export function verifyProgram(program: DeviceProgram, language: LanguageRules, pass: string): void {
  const entries = new Set<string>()
  for (const one of program.functions) {
    if (entries.has(one.entry))
      throw new InvalidProgramError(pass, one.entry, undefined, 'another function has its name')
    entries.add(one.entry)
    new FunctionVerifier(program, one, language, pass).verify()
  }
}

class FunctionVerifier {
  readonly #one: DeviceFunction
  readonly #pass: string
  readonly #uniform: UniformNames
  readonly #names: FunctionNames

  constructor(program: DeviceProgram, one: DeviceFunction, { castsPointers }: LanguageRules, pass: string) {
    this.#one = one
    this.#pass = pass
    this.#uniform = new UniformNames(program, one)
    const globals = new Map(program.arrays.map(array => [array.name, array]))
    const shared = new Map(one.shared.map(array => [array.name, array]))
    this.#names = {
      locals: new Names([...globals.keys(), ...shared.keys()]),
      // Arrays that are not listed for the function count as unknown.
      globals: new Map(one.arrays.flatMap(name => [...globals].filter(([known]) => known === name))),
      shared,
      sizes: new Set([...program.sizes, ...(program.usesZero ? ['zero'] : [])]),
      castsPointers,
    }
    for (const name of one.arrays)
      if (!globals.has(name)) this.#fail(undefined, `it accesses ${name}, which is not an array`)
    for (const { name, length } of one.shared) {
      if (globals.has(name)) this.#fail(undefined, `the shared array ${name} has the name of another array`)
      if (!isCount(length)) this.#fail(undefined, `the shared array ${name} has ${length} elements`)
    }
  }

  verify(): void {
    this.#block(this.#one.body, true)
  }

  #block(body: readonly DeviceStatement[], isUniformHere: boolean): void {
    for (const statement of body) this.#statement(statement, isUniformHere)
  }

  #statement(s: DeviceStatement, isUniformHere: boolean): void {
    this.#expressions(s, isUniformHere)
    const { locals } = this.#names
    switch (s.kind) {
      case 'let':
        this.#declare(s, () => locals.declare(s.name, { kind: 'constant', type: s.value.type }))
        break
      case 'var':
        if (s.value !== undefined && !areEqual(s.value.type, s.type)) this.#fail(s, 'its first value has another type')
        this.#declare(s, () => locals.declare(s.name, { kind: 'variable', type: s.type }))
        break
      case 'array':
        if (!isCount(s.length)) this.#fail(s, `an array of ${s.length} elements`)
        this.#declare(s, () => locals.declare(s.name, { kind: 'array', type: s.type }))
        break
      case 'assign':
      case 'store':
      case 'atomicMax':
        this.#report(s, checkStore(s, this.#names))
        break
      case 'if': {
        if (!areEqual(s.condition.type, boolType)) this.#fail(s, 'its condition is not a single bool')
        const isUniform = isUniformHere && this.#uniform.isUniform(s.condition)
        locals.inBlock(() => this.#block(s.body, isUniform))
        break
      }
      case 'for': {
        if (!isIndex(s.extent.type)) this.#fail(s, 'its number of iterations is not an index')
        const isUniform = isUniformHere && this.#uniform.isUniform(s.extent)
        locals.inBlock(() => {
          this.#declare(s, () => locals.declare(s.name, { kind: 'constant', type: u32Type }))
          this.#block(s.body, isUniform)
        })
        break
      }
      case 'barrier':
        if (!isUniformHere)
          this.#fail(s, 'some threads of a workgroup may not get here, and the others would wait for them')
        break
      case 'comment':
        break
    }
  }

  #expressions(s: DeviceStatement, isUniformHere: boolean): void {
    if ('index' in s && s.index !== undefined) this.#report(s, checkExpression(s.index, this.#names, isUniformHere))
    if ('value' in s && s.value !== undefined) this.#report(s, checkExpression(s.value, this.#names, isUniformHere))
    if (s.kind === 'if') this.#report(s, checkExpression(s.condition, this.#names, isUniformHere))
    if (s.kind === 'for') this.#report(s, checkExpression(s.extent, this.#names, isUniformHere))
  }

  #declare(s: DeviceStatement & { readonly name: string }, declare: () => boolean): void {
    if (!declare()) this.#fail(s, `${s.name} is declared a second time, or is the name of an array`)
  }

  #report(s: DeviceStatement, problem: string | undefined): void {
    if (problem !== undefined) this.#fail(s, problem)
  }

  #fail(s: DeviceStatement | undefined, problem: string): never {
    throw new InvalidProgramError(this.#pass, this.#one.entry, s === undefined ? undefined : statementText(s), problem)
  }
}

const isCount = (length: number): boolean => Number.isInteger(length) && length > 0
