import {
  atom,
  call,
  type DeviceExpr,
  type DeviceType,
  type ElementType,
  infix,
  isWord,
  member,
  operand,
  Positions,
  type Printed,
  prefix,
  subscript,
} from '@qernel/codegen/internal'
import type { Identifiers } from '../identifiers.ts'
import { type DeviceFunctionName, isDeviceFunction } from './device-functions.ts'
import { printLiteral, printMask } from './literals.ts'
import { type Operation, spellings } from './spellings.ts'
import { constructorName, elementName, type Storage, storageOf } from './types.ts'

const lanes = ['x', 'y', 'z', 'w'] as const
export const laneName = (lane: number): string => lanes[lane] as string

/** `head`, the separated items, and `tail`. The printer may put each item on a separate line. */
export interface Spelled {
  readonly head: string
  readonly items: readonly string[]
  readonly tail: string
  /** Follows every item except the last. Default: a comma. */
  readonly separator?: string
}
const whole = ({ text }: Printed): Spelled => ({ head: text, items: [], tail: '' })
const listed = (name: string, items: readonly Printed[], open = '(', close = ')'): Spelled => ({
  head: `${name}${open}`,
  items: items.map(({ text }) => text),
  tail: close,
})

/** The operands of a left-associated chain of `|`: `a`, `b` and `c` of `a | b | c`. */
function chainOfOr(e: DeviceExpr): DeviceExpr[] {
  if (e.kind !== 'op' || e.op !== 'or') return [e]
  const [left, right] = e.args as readonly [DeviceExpr, DeviceExpr]
  return [...chainOfOr(left), right]
}

/** Whether a position is printed with a 64-bit factor, that is, whether the first operand of its sums is a product. */
const isWidened = (e: DeviceExpr): boolean =>
  e.kind === 'op' && (e.op === 'mul' || ((e.op === 'add' || e.op === 'sub') && isWidened(e.args[0] as DeviceExpr)))

/** The memory of an array and the type of its elements. */
export interface Memory {
  readonly memory: 'global' | 'shared' | 'private'
  readonly element: ElementType
  readonly hint?: 'streaming' | 'readonly' | undefined
  /** Whether a position may need more than 32 bits. */
  readonly isLarge: boolean
}

/** The functions that a file must define and the headers that it must include, collected while it is printed. */
export interface Needs {
  readonly functions: Set<DeviceFunctionName>
  readonly headers: Set<string>
}

/** Prints the expressions of one function. */
export class ExpressionPrinter {
  /** Pointers to wide elements, by name: `const float4* x4` points into `x`. */
  readonly views = new Map<string, { readonly array: string; readonly access: ElementType }>()
  /** The positions that the statement mentions which is printed now. */
  readonly mentioned = new Positions()
  /** Variables that hold narrow elements in their memory format. */
  readonly #narrow = new Map<string, ElementType['storage']>()
  readonly #memories: ReadonlyMap<string, Memory>
  readonly #identifiers: Identifiers
  readonly #needs: Needs

  constructor(memories: ReadonlyMap<string, Memory>, identifiers: Identifiers, needs: Needs) {
    this.#memories = memories
    this.#identifiers = identifiers
    this.#needs = needs
  }

  name(name: string): string {
    return this.#identifiers.of(name)
  }

  print(e: DeviceExpr): Printed {
    switch (e.kind) {
      case 'literal':
        return printLiteral(e)
      case 'variable':
        return this.#variable(e.name, e.type)
      case 'size':
        return atom(this.name(e.size))
      case 'thread':
        this.mentioned.add(e)
        return member(atom(e.of === 'group' ? 'blockIdx' : 'threadIdx'), e.dimension)
      case 'op':
        return this.#operation(e)
      case 'component':
        return this.#component(e.of, e.lane)
      case 'dynamicComponent':
        throw new Error('vectors are taken apart before printing')
      case 'construct':
        return call(constructorName(e.type), ...e.args.map(arg => this.print(arg)))
      case 'load': {
        const { widen } = this.#storage(e.access.storage)
        if (e.access.lanes > 1 && !isWord(e.access.storage)) throw new Error('a wide load that converts needs a name')
        const element = this.#loaded(e)
        return widen === undefined ? element : this.#call(widen, element)
      }
    }
  }

  /** A load whose variable keeps the memory format. @returns the C++ type and the value */
  narrowLoad(name: string, e: DeviceExpr & { kind: 'load' }): { readonly type: string; readonly value: Spelled } {
    this.#narrow.set(name, e.access.storage)
    this.#define(e.access)
    return { type: elementName(e.access), value: whole(this.#loaded(e)) }
  }

  /** Reads an element in its memory format, with the load function that the hint of the array selects. */
  #loaded({ array, index, access }: DeviceExpr & { kind: 'load' }): Printed {
    const element = this.element(array, index, access)
    const hint = this.#memories.get(array)?.hint
    return hint === undefined ? element : call(hint === 'streaming' ? '__ldcs' : '__ldg', prefix('&', element))
  }

  /** The store function that the hint of an array selects; undefined for a plain store. */
  storing(array: string): string | undefined {
    return this.#memories.get(array)?.hint === 'streaming' ? '__stcs' : undefined
  }

  /** `access.lanes` neighboring elements as an lvalue; `index` counts such runs. */
  element(array: string, index: DeviceExpr, access: ElementType): Printed {
    const memory = this.#memories.get(array)
    if (memory === undefined) throw new Error(`no array ${array}`)
    const position = memory.isLarge ? this.#position(index) : this.position(index)
    const isWords = memory.element.storage !== access.storage && access.storage === 'u32' && memory.memory === 'global'
    const isWhole = (memory.element.lanes === access.lanes && !isWords) || memory.memory === 'private'
    return subscript(atom(isWhole ? this.name(array) : this.#view(array, access, isWords)), position)
  }

  /** A subscript, in which numbers need no suffix. */
  position(index: DeviceExpr): Printed {
    return index.kind === 'literal' ? atom(String(index.value)) : this.print(index)
  }

  /** The value of a whole statement, with the lanes of a vector as items. */
  value(e: DeviceExpr): Spelled {
    if (e.kind === 'op' && e.op === 'or' && e.type.lanes === 1 && e.type.scalar !== 'bool') {
      const items = chainOfOr(e).map(part => operand(this.print(part), 'unary'))
      return { head: '', items, tail: '', separator: ' |' }
    }
    if (e.kind !== 'construct') return whole(this.print(e))
    return listed(
      constructorName(e.type),
      e.args.map(arg => this.print(arg)),
    )
  }

  /** A value in memory format, narrowed lane by lane. */
  stored(e: DeviceExpr, access: ElementType): Spelled {
    this.#define(access)
    const { narrow, make, names } = storageOf(access.storage)
    if (e.kind === 'variable' && this.#narrow.get(e.name) === access.storage) return whole(atom(this.name(e.name)))
    if (access.lanes === 1) return narrow === undefined ? this.value(e) : whole(this.#call(narrow, this.print(e)))
    if (isWord(access.storage)) return this.value(e)
    const parts = this.lanesOf(e).map(part => (narrow === undefined ? part : this.#call(narrow, part)))
    const maker = make[access.lanes]
    return maker === undefined ? listed(names[access.lanes], parts, '{', '}') : listed(maker, parts)
  }

  lanesOf(value: DeviceExpr): Printed[] {
    if (value.kind === 'construct') return value.args.map(arg => this.print(arg))
    return Array.from({ length: value.type.lanes }, (_, lane) => this.#component(value, lane))
  }

  #variable(name: string, type: DeviceType): Printed {
    const storage = this.#narrow.get(name)
    if (storage === undefined) return atom(this.name(name))
    return call(constructorName(type), ...this.lanesOf({ kind: 'variable', name, type }))
  }

  #component(of: DeviceExpr, lane: number): Printed {
    if (of.kind !== 'variable') return member(this.print(of), laneName(lane))
    const part = member(atom(this.name(of.name)), laneName(lane))
    const storage = this.#narrow.get(of.name)
    const widen = storage === undefined ? undefined : storageOf(storage).widen
    return widen === undefined ? part : this.#call(widen, part)
  }

  #operation(node: Operation): Printed {
    const constant = node.op === 'bitcastF32' ? knownBits(node.args[0] as DeviceExpr) : undefined
    if (constant !== undefined) return printLiteral({ kind: 'literal', type: node.type, value: floatOf(constant) })
    const hidden = hiddenBits(node)
    if (hidden !== undefined) return this.#call('in_register', printMask(hidden))
    const spelling = spellings[node.op]
    if (spelling === undefined) throw new Error(`CUDA has no spelling for ${node.op}`)
    return spelling({
      node,
      args: node.args.map(arg => this.print(arg)),
      print: e => this.print(e),
      storage: name => this.#storage(name),
      define: (name, ...args) => this.#call(name, ...args),
    })
  }

  /** `row * pitch + column` with a 64-bit product: a row may start beyond 2^32 elements, but a column is always smaller. */
  #position(index: DeviceExpr): Printed {
    if (index.kind === 'op' && (index.op === 'add' || index.op === 'sub')) {
      const [start, offset] = index.args as readonly [DeviceExpr, DeviceExpr]
      return infix(index.op === 'add' ? '+' : '-', this.#position(start), this.print(offset))
    }
    if (index.kind !== 'op' || index.op !== 'mul') return this.position(index)
    const [row, pitch] = index.args as readonly [DeviceExpr, DeviceExpr]
    const start = row.kind === 'op' && (row.op === 'add' || row.op === 'mul') ? this.#position(row) : this.print(row)
    return infix('*', isWidened(row) ? start : call('size_t', start), this.print(pitch))
  }

  #view(array: string, access: ElementType, isWords: boolean): string {
    this.#define(access)
    const name = this.#identifiers.view(array, access.lanes, isWords)
    this.views.set(name, { array, access })
    return name
  }

  #define({ storage, lanes: count }: ElementType): void {
    const { ownVector } = this.#storage(storage)
    if (count === 4 && ownVector !== undefined) this.#needs.functions.add(ownVector)
  }

  /** Calls a function, which the file defines if CUDA does not. */
  #call(name: string, ...args: readonly Printed[]): Printed {
    if (isDeviceFunction(name)) this.#needs.functions.add(name)
    return call(name, ...args)
  }

  #storage(name: ElementType['storage']): Storage {
    const storage = storageOf(name)
    if (storage.header !== undefined) this.#needs.headers.add(storage.header)
    return storage
  }
}

/** The bits of a constant, even if lowering has hidden them behind the `zero` that the launch passes. */
const knownBits = (e: DeviceExpr): number | undefined => (e.kind === 'literal' ? e.value : hiddenBits(e))

/** The constant that a sum hides behind the `zero` that the launch passes. */
function hiddenBits(e: DeviceExpr): number | undefined {
  const [bits, zero] = e.kind === 'op' && e.op === 'add' ? e.args : []
  return bits?.kind === 'literal' && zero?.kind === 'size' && zero.size === 'zero' ? bits.value : undefined
}

function floatOf(bits: number): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, bits)
  return view.getFloat32(0)
}
