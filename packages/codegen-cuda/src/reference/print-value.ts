/** Prints expressions of the kernel language as plain C++. */

import { floatDecimal } from '@qernel/codegen/internal'
import {
  type Affine,
  type Expr,
  type Extent,
  integerRange,
  isAffine,
  type LoopId,
  type OperationName,
  type StorageType,
  type Update,
} from '@qernel/dsl'
import { factorsOf, foldExpr, namedParts, nameOf } from '@qernel/dsl/internal'
import { extentText, hostConversions, hostElement, isPackedType, pitchText } from './host-array.ts'

export type Operation = Expr & { readonly kind: 'op' }

/** An array or a local variable of the C++ function. */
export interface Place {
  readonly name: string
  readonly type: StorageType
  readonly dims: readonly Extent[]
  /** Whether it is a variable, without dimensions. */
  readonly isLocal: boolean
  /** Set for an accumulator of a sum in any order: whether its products are fused. */
  readonly openSum?: 'fused' | 'rounded'
  /** Whether its elements are given, not computed. */
  readonly isInput?: boolean
}

/** A value, with the statements that must precede it. */
export interface PrintedValue {
  readonly declarations: readonly string[]
  /** The names that the statements declare. */
  readonly names: readonly string[]
  readonly value: string
}

/** C++ types of values. */
export const scalars: Readonly<Record<Expr['type'], string>> = {
  f32: 'float',
  i32: 'int32_t',
  u32: 'uint32_t',
  bool: 'bool',
}

/** Prints the values of one function, and collects the functions that they call. */
export class ValuePrinter {
  readonly used = new Set<string>()
  /** Whether both arms of a selection are computed. */
  protected readonly computesAllArms: boolean = false
  readonly #names: ReadonlyMap<LoopId, string>
  protected readonly place: (buffer: string) => Place
  readonly #size: (size: string) => string

  constructor(names: ReadonlyMap<LoopId, string>, place: (buffer: string) => Place, size: (size: string) => string) {
    this.#names = names
    this.place = place
    this.#size = size
  }

  affine({ constant, terms }: Affine): string {
    const parts = [...terms].map(([id, c]) => {
      const name = this.#names.get(id)
      if (name === undefined) throw new Error(`loop ${id} has no name here`)
      return c === 1 ? name : `${c} * ${name}`
    })
    if (constant !== 0 || parts.length === 0) parts.push(String(constant))
    return parts.join(' + ').replaceAll('+ -', '- ')
  }

  extent(extent: Extent): string {
    return extentText(extent, this.#size)
  }

  /**
   * Prints a value: statements that name its parts (`namedParts`), and an expression that uses them.
   *
   * @param mayBeOutOfBounds whether the definition may index outside an array, in arms of selections that are not taken
   * @param inFactors prints a product as its two factors, separated by a comma
   */
  print(
    e: Expr,
    fresh: (wanted: string) => string,
    mayBeOutOfBounds: (buffer: string) => boolean,
    inFactors: boolean,
  ): PrintedValue {
    const parts = new Set(namedParts(e))
    const declarations: string[] = []
    const names: string[] = []
    // A named part is computed even if the arm that uses it is not taken.
    const mayBeInVain = this.computesAllArms || parts.size > 0
    const isGuarded = (buffer: string): boolean => mayBeInVain && mayBeOutOfBounds(buffer)
    const value = foldExpr<string>(e, (node, of) => {
      const text = inFactors && node === e ? factorsOf(e).map(of).join(', ') : this.printNode(node, of, isGuarded)
      if (!parts.has(node)) return text
      const name = fresh(nameOf(node) ?? `value${names.length + 1}`)
      names.push(name)
      declarations.push(`const ${this.typeName(node.type)} ${name} = ${text};`)
      return name
    })
    return { declarations, names, value }
  }

  /** The elements of an array that is computed. */
  elementName(type: StorageType): string {
    return hostElement(type)
  }

  /** How many of those an array has. */
  elementCount({ type, dims }: Pick<Place, 'type' | 'dims'>): string {
    const counts = dims.map((dim, i) => {
      const text = this.factor(dim)
      return `(${i === dims.length - 1 ? pitchText(type, text) : this.extent(dim)})`
    })
    return `static_cast<size_t>(${counts.join(' * ')})`
  }

  /** Statements before an output is computed: the bits between and after packed elements must be zero. */
  clear({ name }: Place, tensor: Pick<Place, 'type' | 'dims'>): readonly string[] {
    return isPackedType(tensor.type) ? [`std::fill_n(${name}, ${this.elementCount(tensor)}, 0u);`] : []
  }

  /** The declaration of a local variable. */
  declaration(type: StorageType, { name }: Place): string {
    return `${scalars[type.compute]} ${name};`
  }

  /** The C++ type of a value. */
  protected typeName(type: Expr['type']): string {
    return scalars[type]
  }

  protected printNode(e: Expr, of: (operand: Expr) => string, isGuarded: (buffer: string) => boolean): string {
    switch (e.kind) {
      case 'const':
        return this.constant(e.value, e.type)
      case 'size':
        return `int32_t(${this.#size(e.size)})`
      case 'index':
        return `int32_t(${this.affine(e.index)})`
      case 'load': {
        const place = this.place(e.buffer)
        const extentAt = (dimension: number) => this.factor(place.dims[dimension] as Extent)
        const index = e.index.map((s, dimension) =>
          isAffine(s) ? this.affine(s) : this.#clamped(of(s), extentAt(dimension)),
        )
        const value = this.load(place, index)
        const tests = e.index.flatMap((s, i) => {
          if (!isAffine(s)) return /^[1-9]/.test(extentAt(i)) ? [] : [`${extentAt(i)} > 0`]
          return isGuarded(e.buffer) ? [`0 <= ${index[i]}`, `${index[i]} < ${extentAt(i)}`] : []
        })
        return tests.length === 0 ? value : `(${tests.join(' && ')} ? ${value} : ${this.constant(0, e.type)})`
      }
      case 'reduce':
        throw new Error('a nest holds no reduction expressions')
      case 'op':
        return this.operation(e, e.args.map(of))
    }
  }

  /** The value of an element. */
  load(place: Place, index: readonly string[]): string {
    if (place.isLocal) return place.name
    const { type } = place
    if (isPackedType(type)) {
      const code = this.call('load_code', place.name, this.#bit(place, index), String(type.bits))
      return type.kind === 'signed' ? this.call('wrap_signed', code, String(type.bits)) : code
    }
    const element = `${place.name}[${this.position(place, index)}]`
    const convert = hostConversions(type)
    if (convert !== undefined) return this.call(convert.value, element)
    return type.bits === 32 ? element : `${scalars[type.compute]}(${element})`
  }

  /** `element = value;`, the value rounded to the type of the array. */
  store(place: Place, index: readonly string[], value: string): string {
    if (place.isLocal) return `${place.name} = ${value};`
    const { type } = place
    if (isPackedType(type))
      return `${this.call('store_code', place.name, this.#bit(place, index), String(type.bits), `uint32_t(${value})`)};`
    const element = `${place.name}[${this.position(place, index)}]`
    const convert = hostConversions(type)
    if (convert !== undefined) return `${element} = ${this.call(convert.bits, value)};`
    return `${element} = ${type.bits < 32 ? `${hostElement(type)}(${value})` : value};`
  }

  /** Combines an accumulator with a value, or with the factors of a product. */
  fold({ op, fused }: Pick<Update, 'op' | 'fused'>, accumulator: string, value: string): string {
    if (fused) return this.call('fused', value, accumulator)
    return this.call(op === 'sum' ? 'add' : `${op}_of`, accumulator, value)
  }

  #row(dims: readonly Extent[], index: readonly string[]): string {
    return index
      .slice(0, -1)
      .reduce((row, s, i) => (i === 0 ? grouped(s) : `(${row} * ${this.factor(dims[i] as Extent)} + ${s})`), '0')
  }

  protected factor(extent: Extent): string {
    const text = this.extent(extent)
    return text.includes(' ') ? `(${text})` : text
  }

  protected position({ dims }: Place, index: readonly string[]): string {
    const last = index.at(-1) as string
    return index.length === 1 ? last : `${this.#row(dims, index)} * ${this.factor(dims.at(-1) as Extent)} + ${last}`
  }

  #bit({ dims, type }: Place, index: readonly string[]): string {
    const last = index.at(-1) as string
    const slot = type.halves === undefined ? grouped(last) : this.call('half_split_slot', last, String(type.halves))
    if (index.length === 1) return `${slot} * ${type.bits}`
    const pitch = pitchText(type, this.factor(dims.at(-1) as Extent))
    return `${this.#row(dims, index)} * (${pitch}) * 32 + ${slot} * ${type.bits}`
  }

  #clamped(subscript: string, extent: string): string {
    return this.call('clamp_to<int64_t>', subscript, '0', `${extent} - 1`)
  }

  protected constant(value: number, type: string): string {
    if (type === 'bool') return value === 0 ? 'false' : 'true'
    if (type === 'u32') return `${value}u`
    if (type === 'i32') return value === -(2 ** 31) ? 'INT32_MIN' : `int32_t(${value})`
    if (Number.isNaN(value)) return 'NAN'
    if (!Number.isFinite(value)) return value > 0 ? 'INFINITY' : '(-INFINITY)'
    return `${floatDecimal(value)}f`
  }

  protected call(name: string, ...args: readonly string[]): string {
    this.used.add(name.replace(/<.*/, ''))
    return `${name}(${args.join(', ')})`
  }

  protected operation(e: Operation, args: readonly string[]): string {
    const [a = '', b = '', c = ''] = args
    const type = (e.args[0] as Expr).type
    switch (e.op) {
      case 'saturate': {
        const { low, high } = integerRange(e.to as StorageType)
        return this.call(`saturate<${e.type === 'u32' ? 'uint32_t' : 'int32_t'}>`, a, `${low}.0`, `${high}.0`)
      }
      case 'wrap': {
        const { kind, bits } = e.to as StorageType
        return this.call(kind === 'signed' ? 'wrap_signed' : 'wrap_unsigned', `uint32_t(${a})`, String(bits))
      }
      case 'narrow': {
        const convert = hostConversions(e.to as StorageType)
        return convert === undefined ? a : this.call(convert.value, this.call(convert.bits, a))
      }
      case 'floatBits':
        return `uint32_t(${this.call(hostConversions(e.to as StorageType)?.bits as string, a)})`
      case 'bitsFloat': {
        const to = e.to as StorageType
        return this.call(hostConversions(to)?.value as string, `${hostElement(to)}(${a})`)
      }
      case 'select':
        return `(${a} ? ${b} : ${c})`
      case 'not':
        return type === 'bool' ? `!${grouped(a)}` : `~${grouped(a)}`
      case 'toF32':
        return this.call('rounded', `float(${a})`)
      case 'bitcastF32':
        return this.call('float_of', `uint32_t(${a})`)
      case 'bitcastI32':
        return `int32_t(${type === 'f32' ? this.call('bits_of', a) : a})`
      case 'bitcastU32':
        return type === 'f32' ? this.call('bits_of', a) : `uint32_t(${a})`
      default: {
        if (isInfix(e.op)) {
          const operator = operators[e.op]
          const text = `(${a} ${operator} ${b})`
          return type === 'i32' && '&|^'.includes(operator) ? `int32_t${text}` : text
        }
        return this.call(functions[e.op], ...args)
      }
    }
  }
}

export const grouped = (text: string): string => (/[ ?]/.test(text) ? `(${text})` : text)

export const operators = {
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  eq: '==',
  ne: '!=',
  and: '&',
  or: '|',
  xor: '^',
} as const satisfies Readonly<Partial<Record<OperationName, string>>>

export const isInfix = (op: OperationName): op is keyof typeof operators => Object.hasOwn(operators, op)

/** Operations that `#operation` handles individually. */
type Written =
  | 'saturate'
  | 'wrap'
  | 'narrow'
  | 'floatBits'
  | 'bitsFloat'
  | 'select'
  | 'not'
  | 'toF32'
  | 'bitcastF32'
  | 'bitcastI32'
  | 'bitcastU32'

export const functions: Readonly<Record<Exclude<OperationName, Written | keyof typeof operators>, string>> = {
  add: 'add',
  sub: 'sub',
  mul: 'mul',
  div: 'div',
  neg: 'neg',
  abs: 'abs_of',
  min: 'min_of',
  max: 'max_of',
  clamp: 'clamp_to',
  round: 'round_half_even',
  roundHalfAway: 'round_half_away',
  floor: 'floor_of',
  ceil: 'ceil_of',
  trunc: 'trunc_of',
  fma: 'fused',
  sqrt: 'sqrt_of',
  exp: 'exp_of',
  exp2: 'exp2_of',
  log2: 'log2_of',
  shiftLeft: 'shift_left',
  shiftRight: 'shift_right',
}
