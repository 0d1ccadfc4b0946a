/**
 * Operations of the device on one lane. What the kernel language has too means what it means there; the rest is defined
 * here. Operations that mix lanes (packing, shuffles) are not here.
 */
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value, type OperationName, operations } from '@qernel/dsl'
import type { DeviceOperation, Scalar } from '../device-program.ts'

/** A value of one lane, in the thread whose frame begins at `at`. Booleans are 0 and 1. */
export type Evaluate = (at: number) => number

const fround = Math.fround

/** @param of the type of the operands, @param to the type of the result */
export function compileOperation(op: DeviceOperation, of: Scalar, to: Scalar, args: readonly Evaluate[]): Evaluate {
  const [a, b, c] = args as [Evaluate, Evaluate, Evaluate]
  switch (op) {
    case 'all':
      return args.length === 2 ? at => (a(at) ? b(at) : 0) : at => (args.every(arg => arg(at)) ? 1 : 0)
    case 'select':
      return at => {
        // Both arms are computed, as on the device.
        const yes = b(at)
        const no = c(at)
        return a(at) ? yes : no
      }
    case 'quotient':
      return at => Math.floor(a(at) / b(at))
    case 'remainder':
      return at => a(at) % b(at)
    case 'isolatedMul':
      return at => fround(a(at) * b(at))
    case 'toI32':
      return at => a(at) | 0
    case 'toU32':
      return at => a(at) >>> 0
    case 'packBf16':
      return at => bfloat16Bits(a(at))
    case 'bitsOfF16':
      return at => float16Bits(a(at))
    case 'f16FromBits':
      return at => float16Value(a(at) & 0xffff)
    case 'narrowF16':
      return at => float16Value(float16Bits(a(at)))
    case 'narrowBf16':
      return at => bfloat16Value(bfloat16Bits(a(at)))
    case 'saturateFloat':
      return at => saturate(a(at), b(at), c(at))
    case 'saturateFloat32':
      return to === 'i32' ? at => saturate(a(at), -2147483648, 2147483647) : at => saturate(a(at), 0, 4294967295)
    default:
      return (of === 'u32' ? frequentWords(op, a, b) : undefined) ?? shared(op, of, a, b, c)
  }
}

/** Index arithmetic is most of what runs. */
function frequentWords(op: DeviceOperation, a: Evaluate, b: Evaluate): Evaluate | undefined {
  switch (op) {
    case 'add':
      return at => (a(at) + b(at)) >>> 0
    case 'sub':
      return at => (a(at) - b(at)) >>> 0
    case 'mul':
      return at => Math.imul(a(at), b(at)) >>> 0
    case 'lt':
      return at => (a(at) < b(at) ? 1 : 0)
    case 'eq':
      return at => (a(at) === b(at) ? 1 : 0)
    default:
      return undefined
  }
}

function shared(op: DeviceOperation, of: Scalar, a: Evaluate, b: Evaluate, c: Evaluate): Evaluate {
  if (!(op in operations)) throw new Error(`the simulator has no meaning for ${op}`)
  const { evaluate, arity } = operations[op as OperationName]
  if (arity === 1) return at => evaluate(of, a(at), 0, 0)
  if (arity === 2) return at => evaluate(of, a(at), b(at), 0)
  return at => evaluate(of, a(at), b(at), c(at))
}

/** NaN gives 0; the integer 0 has no sign. */
const saturate = (x: number, low: number, high: number): number =>
  Number.isNaN(x) ? 0 : x < low ? low : x > high ? high : Math.trunc(x) + 0

/** One lane out of a word. */
export function compileUnpack(op: 'unpackI8' | 'unpackU8' | 'unpackF16', word: Evaluate, lane: number): Evaluate {
  const shift = 8 * lane
  if (op === 'unpackI8') return at => (word(at) << (24 - shift)) >> 24
  if (op === 'unpackU8') return at => (word(at) >>> shift) & 0xff
  return at => float16Value((word(at) >>> (16 * lane)) & 0xffff)
}

/** A word out of its lanes. */
export function compilePack(op: 'packI8' | 'packU8' | 'packF16', lanes: readonly Evaluate[]): Evaluate {
  const [x, y, z, w] = lanes as [Evaluate, Evaluate, Evaluate, Evaluate]
  if (op === 'packF16') return at => (float16Bits(x(at)) | (float16Bits(y(at)) << 16)) >>> 0
  return at => ((x(at) & 0xff) | ((y(at) & 0xff) << 8) | ((z(at) & 0xff) << 16) | (w(at) << 24)) >>> 0
}
