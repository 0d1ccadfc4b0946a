/** Prints expressions of the kernel language as plain C++ on intervals: what a device may give instead of one value. */

import { type Expr, type Extent, integerRange, isAffine, type StorageType } from '@qernel/dsl'
import { codecOf } from '@qernel/dsl/internal'
import { hostConversions, hostElement } from '../host-array.ts'
import { functions, isInfix, type Operation, operators, type Place, scalars, ValuePrinter } from '../print-value.ts'
import { onIntervals } from './definitions.ts'

const interval = (type: Expr['type']): string => `Interval<${scalars[type]}>`

/** Arrays of computed elements hold intervals in row-major order; inputs are as in `ValuePrinter`. */
export class IntervalPrinter extends ValuePrinter {
  protected override readonly computesAllArms = true

  override elementName(type: StorageType): string {
    return interval(type.compute)
  }

  override elementCount({ dims }: Pick<Place, 'dims'>): string {
    return `static_cast<size_t>(${dims.map(dim => `(${this.extent(dim)})`).join(' * ')})`
  }

  override clear(): readonly string[] {
    return []
  }

  override declaration(type: StorageType, { name, openSum }: Place): string {
    if (openSum === undefined) return `${interval(type.compute)} ${name};`
    return `${this.#own('OpenSum')} ${name}(${openSum === 'fused'});`
  }

  protected override typeName(type: Expr['type']): string {
    return interval(type)
  }

  protected override printNode(e: Expr, of: (operand: Expr) => string, isGuarded: (buffer: string) => boolean): string {
    if (e.kind === 'op') return this.operation(e, e.args.map(of))
    if (e.kind !== 'load') return this.#known(e.type, super.printNode(e, of, isGuarded))
    const place = this.place(e.buffer)
    const gathered = e.index.flatMap((s, dimension) => (isAffine(s) ? [] : [{ text: of(s), dimension }]))
    const index = e.index.map((s, dimension) => (isAffine(s) ? this.affine(s) : `place_${dimension}`))
    const tests = e.index.flatMap((s, i) => {
      if (!isAffine(s) || !isGuarded(e.buffer)) return []
      return [`0 <= ${index[i]}`, `${index[i]} < ${this.#extentOf(place, i)}`]
    })
    const element = this.load(place, index)
    const value =
      tests.length === 0 ? element : `(${tests.join(' && ')} ? ${element} : ${this.#own('anything', e.type)}())`
    // Outside, in an arm that is not taken, an element may be anything.
    return gathered.reduceRight((inner, { text, dimension }) => {
      const extent = this.#extentOf(place, dimension)
      return `${this.#own('at_any', e.type)}(${text}, ${extent}, [&](int64_t place_${dimension}) { return ${inner}; })`
    }, value)
  }

  #extentOf(place: Place, dimension: number): string {
    return this.factor(place.dims[dimension] as Extent)
  }

  /** A function of intervals that has no counterpart for numbers, for a type of elements. */
  #own(name: string, type?: Expr['type']): string {
    this.used.add(name)
    return type === undefined ? name : `${name}<${scalars[type]}>`
  }

  #known(type: Expr['type'], text: string): string {
    return `${this.#own('known', type)}(${text})`
  }

  override load(place: Place, index: readonly string[]): string {
    if (place.isInput) return this.#known(place.type.compute, super.load(place, index))
    if (place.openSum !== undefined) return `${place.name}.total()`
    return place.isLocal ? place.name : `${place.name}[${this.position(place, index)}]`
  }

  override store(place: Place, index: readonly string[], value: string): string {
    if (place.openSum !== undefined) return `${place.name}.start();`
    if (place.isLocal) return `${place.name} = ${value};`
    const stored = hostConversions(place.type) === undefined ? value : this.#narrow(place.type, value)
    return `${place.name}[${this.position(place, index)}] = ${stored};`
  }

  protected override call(name: string, ...args: readonly string[]): string {
    // Conversions of the bits of inputs, which are certain.
    if (/_value$|^load_code$|^wrap_signed$|^half_split_slot$/.test(name)) return super.call(name, ...args)
    this.used.add(onIntervals(name.replace(/<.*/, '')))
    return `${name}(${args.join(', ')})`
  }

  #scalar(name: string): string {
    this.used.add(name)
    return name
  }

  #narrow(type: StorageType, value: string): string {
    const convert = hostConversions(type)
    if (convert === undefined) return value
    const text = `${this.#scalar(convert.value)}(${this.#scalar(convert.bits)}(x))`
    return `${this.call('narrowed', value, largestNarrowed(type), `[](float x) { return ${text}; }`)}`
  }

  protected override operation(e: Operation, args: readonly string[]): string {
    const [a = '', b = '', c = ''] = args
    const type = (e.args[0] as Expr).type
    const to = e.to as StorageType
    switch (e.op) {
      case 'saturate': {
        const { low, high } = integerRange(to)
        return this.call(`saturate<${scalars[e.type]}>`, a, `${low}.0`, `${high}.0`)
      }
      case 'wrap': {
        const { low, high } = integerRange(to)
        const wrap = this.#scalar(to.kind === 'signed' ? 'wrap_signed' : 'wrap_unsigned')
        const code = `[](uint32_t x) { return ${wrap}(x, ${to.bits}); }`
        return this.call(`wrapped<${scalars[e.type]}>`, a, `${low}.0`, `${high}.0`, code)
      }
      case 'narrow':
        return this.#narrow(to, a)
      case 'floatBits': {
        const bits = this.#scalar(hostConversions(to)?.bits as string)
        return this.call('bits_in_order', a, `[](float x) { return ${bits}(x); }`)
      }
      case 'bitsFloat': {
        const value = this.#scalar(hostConversions(to)?.value as string)
        const code = `[](uint32_t x) { return ${value}(${hostElement(to)}(x)); }`
        return this.call('floats_in_order', a, `${largestOrdered(to)}.0`, code)
      }
      case 'select':
        return this.call('select_of', a, b, c)
      case 'not':
        return this.call('not_of', a)
      case 'toF32':
        return this.call('to_float', a)
      case 'bitcastF32':
        return this.call('float_of', type === 'u32' ? a : this.call('as_integer<uint32_t>', a))
      case 'bitcastI32':
      case 'bitcastU32': {
        const integer = type === 'f32' ? this.call('bits_of', a) : a
        return `${this.call(`as_integer<${scalars[e.type]}>`, integer)}`
      }
      default:
        if (isInfix(e.op)) {
          this.used.add(onIntervals(operators[e.op]))
          return `(${a} ${operators[e.op]} ${b})`
        }
        return this.call(functions[e.op], ...args)
    }
  }
}

/** The last bits up to which floats from +0 up are ordered: those of infinity, or of the largest number. */
function largestOrdered(type: StorageType): number {
  const overflow = codecOf(type).encode(Number.POSITIVE_INFINITY)
  return type.float?.hasInfinity ? overflow : overflow - 1
}

/** The magnitude up to which a value stays a number of the type. Half a step beyond the largest number lies a tie, which goes to the even neighbour. */
function largestNarrowed(type: StorageType): string {
  if (type.float?.hasInfinity) return 'INFINITY'
  const { decode, encode } = codecOf(type)
  const last = largestOrdered(type)
  const largest = decode(last)
  const tie = largest + (largest - decode(last - 1)) / 2
  return `${Number.isNaN(decode(encode(tie))) ? largest : tie}.0`
}
