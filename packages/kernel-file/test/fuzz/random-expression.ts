/** Random expressions of a kernel, each as the text that an author writes, as calls of the builder, and as the interval of its result. */
import * as k from '@qernel/dsl'
import { applyOperation } from '@qernel/dsl/internal'
import * as i from './interval.ts'
import { binaries, comparisons, constants, extremes, nearestEven, reductions, unaries } from './operations.ts'

/** One element: its indices by the names in the text, the values there, and the tensors of the builder. */
export interface Point {
  readonly index: Readonly<Record<string, number>>
  readonly x: (t: number, d: number) => number
  readonly q: (t: number, d: number) => number
}
/** The builder's indices by the names in the text, and its tensors. */
export interface Building {
  readonly index: Readonly<Record<string, k.Index>>
  readonly x: k.TensorHandle
  readonly q: k.TensorHandle
  readonly D: k.SizeHandle
}

/** An expression of type f32 or i32, or a comparison. */
export interface Written<Result> {
  readonly text: string
  /** How strongly its outermost operator binds; 20 for what needs no brackets. */
  readonly strength: number
  /** A plain number where it is a constant. */
  readonly build: (at: Building) => k.Value | number
  readonly result: (at: Point, length: number) => Result
}
type Number_ = Written<i.Interval>
type Truth = Written<i.Possible>

const bracketed = ({ text, strength }: Written<unknown>, least: number): string =>
  strength < least ? `(${text})` : text

/** Makes expressions from random numbers in [0, 1). */
export class RandomExpressions {
  readonly #random: () => number
  #names = 0
  constructor(random: () => number) {
    this.#random = random
  }

  #pick<One>(choices: readonly One[]): One {
    return choices[Math.floor(this.#random() * choices.length)] as One
  }

  /** An f32 expression over the indices that are in scope. */
  float(depth: number, scope: readonly string[]): Number_ {
    const kinds = [
      'binary',
      'binary',
      'unary',
      'negative',
      'select',
      'remainder',
      'power',
      'exp2',
      'clamp',
      'minmax',
      'fma',
      'reduce',
      'integer',
      'saturate',
    ] as const
    if (depth <= 0) return this.#load(scope)
    const next = () => this.float(depth - 1 - Math.floor(this.#random() * 2), scope)
    switch (this.#pick(kinds)) {
      case 'binary': {
        const one = this.#pick(binaries)
        return this.#binary(next(), next(), one)
      }
      case 'unary': {
        const { name, op, result } = this.#pick(unaries)
        const a = next()
        return call(
          name,
          [a],
          at => applyOperation(op, a.build(at)),
          (at, length) => result(a.result(at, length)),
        )
      }
      case 'negative': {
        const a = next()
        return {
          text: `-${a.text.startsWith('-') ? `(${a.text})` : bracketed(a, 15)}`,
          strength: 14,
          build: at => applyOperation('neg', a.build(at)),
          result: (at, length) => i.neg(a.result(at, length)),
        }
      }
      case 'select': {
        const [condition, a, b] = [this.#truth(depth - 1, scope), next(), next()]
        return {
          text: `${bracketed(condition, 4)} ? ${a.text} : ${b.text}`,
          strength: 3,
          build: at => (condition.build(at) as k.Value).select(a.build(at), b.build(at)),
          result: (at, length) => i.select(condition.result(at, length), a.result(at, length), b.result(at, length)),
        }
      }
      case 'remainder': {
        const [a, b] = [next(), this.#constant()]
        return {
          text: `${bracketed(a, 13)} % ${b.text}`,
          strength: 13,
          build: at => {
            const [x, y] = [a.build(at) as k.Value, b.build(at)]
            return x.sub(x.div(y).trunc().mul(y))
          },
          result: (at, length) => i.remainder(a.result(at, length), b.result(at, length)),
        }
      }
      case 'power': {
        const [a, n] = [next(), this.#pick([2, 3])]
        return {
          text: `(${a.text}) ** ${n}`,
          strength: 14,
          build: at => {
            const x = a.build(at) as k.Value
            return n === 2 ? x.mul(x) : x.mul(x).mul(x)
          },
          result: (at, length) => {
            const x = a.result(at, length)
            return n === 2 ? i.mul(x, x) : i.mul(i.mul(x, x), x)
          },
        }
      }
      case 'exp2': {
        const a = next()
        return {
          text: `2 ** ${bracketed(a, 20)}`,
          strength: 14,
          build: at => applyOperation('exp2', a.build(at)),
          result: (at, length) => i.nearly(x => 2 ** x)(a.result(at, length)),
        }
      }
      case 'clamp': {
        const [a, limit] = [next(), this.#pick([1, 4, 127])]
        const within = i.exactly(x => Math.min(limit, Math.max(-limit, x)))
        return call(
          'k.clamp',
          [a, number(-limit), number(limit)],
          at => applyOperation('clamp', a.build(at), -limit, limit),
          (at, length) => within(a.result(at, length)),
        )
      }
      case 'minmax': {
        const [name, a, b] = [
          this.#pick(['min', 'max'] as const),
          next(),
          this.#random() < 0.3 ? this.#constant() : next(),
        ]
        return call(
          `k.${name}`,
          [a, b],
          at => applyOperation(name, a.build(at), b.build(at)),
          (at, length) => extremes[name](a.result(at, length), b.result(at, length)),
        )
      }
      case 'fma': {
        const [a, b, c] = [next(), next(), next()]
        return call(
          'k.fma',
          [a, b, c],
          at => applyOperation('fma', a.build(at), b.build(at), c.build(at)),
          (at, length) => i.fma(a.result(at, length), b.result(at, length), c.result(at, length)),
        )
      }
      case 'reduce':
        return this.#reduction(depth, scope)
      case 'integer': {
        const a = this.#integer(depth - 1, scope)
        return call(
          'k.toF32',
          [a],
          at => (a.build(at) as k.Value).toF32(),
          (at, length) => a.result(at, length),
        )
      }
      case 'saturate': {
        const a = next()
        const stored = i.exactly(x => Math.min(127, Math.max(-128, nearestEven(x))))
        return {
          text: `k.toF32(k.saturate(k.round(${a.text}), k.i8))`,
          strength: 20,
          build: at => applyOperation('round', a.build(at)).saturate(k.i8).toF32(),
          result: (at, length) => stored(a.result(at, length)),
        }
      }
    }
  }

  #binary(a: Number_, right: Number_, { sign, strength, op, result }: (typeof binaries)[number]): Number_ {
    const one = this.#random()
    const [left, b] = one < 0.2 ? [this.#constant(), right] : [a, one < 0.5 ? this.#constant() : right]
    return {
      text: `${bracketed(left, strength)} ${sign} ${bracketed(b, strength + 1)}`,
      strength,
      build: at => applyOperation(op, left.build(at), b.build(at)),
      result: (at, length) => result(left.result(at, length), b.result(at, length)),
    }
  }

  #truth(depth: number, scope: readonly string[]): Truth {
    const kind = depth <= 0 ? 'compare' : this.#pick(['compare', 'compare', 'and', 'or', 'not'] as const)
    if (kind === 'compare') {
      const { sign, op, result } = this.#pick(comparisons)
      const [a, b] = [
        this.float(depth - 1, scope),
        this.#random() < 0.5 ? this.#constant() : this.float(depth - 1, scope),
      ]
      return {
        text: `${bracketed(a, 11)} ${sign} ${bracketed(b, 12)}`,
        strength: sign.includes('==') ? 9 : 10,
        build: at => applyOperation(op, a.build(at), b.build(at)),
        result: (at, length) => result(a.result(at, length), b.result(at, length)),
      }
    }
    const a = this.#truth(depth - 1, scope)
    if (kind === 'not')
      return {
        text: `!(${a.text})`,
        strength: 14,
        build: at => applyOperation('not', a.build(at)),
        result: (at, length) => i.not(a.result(at, length)),
      }
    const b = this.#truth(depth - 1, scope)
    const [sign, strength] = kind === 'and' ? (['&&', 5] as const) : (['||', 4] as const)
    return {
      text: `${bracketed(a, strength)} ${sign} ${bracketed(b, strength + 1)}`,
      strength,
      build: at => applyOperation(kind, a.build(at), b.build(at)),
      result: (at, length) => {
        const [x, y] = [a.result(at, length), b.result(at, length)]
        return kind === 'and' ? i.and(x, y) : i.not(i.and(i.not(x), i.not(y)))
      },
    }
  }

  /** i32 of at most a few thousand, so that no operation wraps. */
  #integer(depth: number, scope: readonly string[]): Number_ {
    const load: Number_ = this.#of('q', scope)
    if (depth <= 0) return load
    const integers = { '+': 'add', '-': 'sub', '&': 'and', '|': 'or', '^': 'xor' } as const
    const sign = this.#pick(Object.keys(integers) as (keyof typeof integers)[])
    const compute = {
      '+': (a: number, b: number) => a + b,
      '-': (a: number, b: number) => a - b,
      '&': (a: number, b: number) => a & b,
      '|': (a: number, b: number) => a | b,
      '^': (a: number, b: number) => a ^ b,
    }[sign]
    const [a, b] = [load, this.#random() < 0.5 ? number(this.#pick([1, 7, 15, 96])) : this.#integer(depth - 1, scope)]
    return {
      text: `(${a.text} ${sign} ${bracketed(b, 20)})`,
      strength: 20,
      build: at => applyOperation(integers[sign], a.build(at), b.build(at)),
      result: (at, length) => {
        const [x, y] = [a.result(at, length), b.result(at, length)]
        return x && y && i.point(compute(x.low, y.low))
      },
    }
  }

  #reduction(depth: number, scope: readonly string[]): Number_ {
    const name = this.#pick(['sum', 'max', 'min'] as const)
    const axis = `e${this.#names++}`
    const body = this.float(Math.min(1, depth - 1), [...scope, axis])
    const fold = name === 'sum' ? i.add : extremes[name]
    return {
      text: `k.${name}(D, ${axis} => ${body.text})`,
      strength: 20,
      build: at => {
        const named = Object.assign((e: k.Index) => body.build({ ...at, index: { ...at.index, [axis]: e } }), {
          toString: () => `${axis} =>`,
        })
        return reductions[name](at.D, named)
      },
      result: (at, length) => {
        let total: i.Interval = name === 'sum' ? i.point(0) : undefined
        for (let e = 0; e < length; e++) {
          const one = body.result({ ...at, index: { ...at.index, [axis]: e } }, length)
          total = e === 0 && name !== 'sum' ? one : fold(total, one)
        }
        return total
      },
    }
  }

  #load(scope: readonly string[]): Number_ {
    return this.#of('x', scope)
  }

  /** An element of a tensor. */
  #of(tensor: 'x' | 'q', scope: readonly string[]): Number_ {
    const column = this.#pick(scope.filter(name => name !== 't'))
    return {
      text: `${tensor}(t, ${column})`,
      strength: 20,
      build: at => at[tensor](at.index.t as k.Index, at.index[column] as k.Index),
      result: at => i.point(at[tensor](at.index.t as number, at.index[column] as number)),
    }
  }

  #constant(): Number_ {
    return number(this.#pick(constants))
  }
}

/** A constant: known in float64, rounded to binary32 where it meets a value. */
const number = (value: number): Number_ => ({
  text: String(value),
  strength: value < 0 ? 14 : 20,
  build: () => value,
  result: () => i.hull(i.point(value), i.point(Math.fround(value))),
})

const call = (name: string, args: readonly Number_[], build: Number_['build'], result: Number_['result']): Number_ => ({
  text: `${name}(${args.map(({ text }) => text).join(', ')})`,
  strength: 20,
  build,
  result,
})
