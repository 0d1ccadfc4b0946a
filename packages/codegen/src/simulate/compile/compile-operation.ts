/** Compiles device operations to closures, one per lane. */
import { float16Bits, float16Value } from '@qernel/dsl/internal'
import { type DeviceOperation, deviceOperations } from '../../operations/device-operations.ts'
import type { Scalar } from '../../program/device-type.ts'

/** Computes the value of one lane for the thread whose frame begins at `at`. Booleans are 0 and 1. */
export type Evaluate = (at: number) => number

/** @param of the type of the operands, @param to the type of the result */
export function compileOperation(op: DeviceOperation, of: Scalar, to: Scalar, args: readonly Evaluate[]): Evaluate {
  const [a, b, c] = args as [Evaluate, Evaluate, Evaluate]
  // `all` takes any number of operands.
  if (op === 'all') return args.length === 2 ? at => (a(at) ? b(at) : 0) : at => (args.every(arg => arg(at)) ? 1 : 0)
  const { meaning } = deviceOperations[op]
  if (meaning === 'across') throw new Error(`${op} does not work lane by lane`)
  const frequent = of === 'u32' ? frequentWords(op, a, b) : undefined
  if (frequent !== undefined) return frequent
  // Both arms of a selection are computed, as on the device.
  const apply = meaning(of, to)
  if (args.length === 1) return at => apply(a(at), 0, 0)
  if (args.length === 2) return at => apply(a(at), b(at), 0)
  return at => apply(a(at), b(at), c(at))
}

/** Direct closures for index arithmetic, on which simulation spends most of its time. */
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

/** Unpacks one lane of a word. */
export function compileUnpack(op: 'unpackI8' | 'unpackU8' | 'unpackF16', word: Evaluate, lane: number): Evaluate {
  const shift = 8 * lane
  if (op === 'unpackI8') return at => (word(at) << (24 - shift)) >> 24
  if (op === 'unpackU8') return at => (word(at) >>> shift) & 0xff
  return at => float16Value((word(at) >>> (16 * lane)) & 0xffff)
}

/** Packs lanes into a word. */
export function compilePack(op: 'packI8' | 'packU8' | 'packF16', lanes: readonly Evaluate[]): Evaluate {
  const [x, y, z, w] = lanes as [Evaluate, Evaluate, Evaluate, Evaluate]
  if (op === 'packF16') return at => (float16Bits(x(at)) | (float16Bits(y(at)) << 16)) >>> 0
  return at => ((x(at) & 0xff) | ((y(at) & 0xff) << 8) | ((z(at) & 0xff) << 16) | (w(at) << 24)) >>> 0
}
