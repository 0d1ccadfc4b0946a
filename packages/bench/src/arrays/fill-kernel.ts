import { type Index, type Kernel, kernel, max, type SizeHandle, type StorageType, u32, type Value } from '@qernel/dsl'

/**
 * A kernel that fills an array with numbers that depend only on their position, the same bits on every device: one seed per row, mixed with the
 * position in the row by integer operations (the finalizer of MurmurHash3).
 *
 * Floats of `data` are uniform in [−1, 1), in steps of 2^-23; floats of `scales` are in [2^-7, 2^-6), so that the data
 * divided by them fills the 8-bit range; integers take all values.
 */
export function fillKernel(type: StorageType, rank: number, holds: 'data' | 'scales'): Kernel {
  return kernel(`fill_${type.name}_${rank}_${holds}`.replaceAll('.', '_'), ({ size, input, output }) => {
    const dims = fillSizes.slice(0, rank).map(name => size(name))
    const seed = input('seed', u32, dims.slice(0, 1))
    const [a, b, c, e] = dims as [SizeHandle, SizeHandle, SizeHandle, SizeHandle]
    const value = (row: Index, ...columns: readonly Index[]) => shape(mixed(seed(row), columns), type, holds)
    const axes = [{ a }, { a, b }, { a, b, c }, { a, b, c, e }][rank - 1] as Readonly<Record<string, SizeHandle>>
    output('filled', type, axes, (...at) => value(...(at as [Index, ...Index[]])))
  })
}

/** The sizes of a fill kernel, outermost first. */
export const fillSizes = ['A', 'B', 'C', 'E']

const multipliers = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d]

function mixed(seed: Value, columns: readonly Index[]): Value {
  let h = columns.reduce(
    (all, column, position) =>
      all.xor(
        column
          .value()
          .bitcast('u32')
          .mul(multipliers[position] as number),
      ),
    seed,
  )
  h = h.xor(h.shiftRight(16)).mul(0x85ebca6b)
  h = h.xor(h.shiftRight(13)).mul(0xc2b2ae35)
  return h.xor(h.shiftRight(16))
}

function shape(bits: Value, type: StorageType, holds: 'data' | 'scales'): Value {
  if (type.kind === 'float') {
    const unit = bits.shiftRight(9)
    // The bits of a float from a single binade.
    return holds === 'scales'
      ? unit.or(120 << 23).bitcast('f32')
      : bits
          .shiftRight(8)
          .toF32()
          .mul(2 ** -23)
          .sub(1)
  }
  const unused = 32 - type.bits
  const top = type.compute === 'i32' ? bits.bitcast('i32').shiftRight(unused) : bits.shiftRight(unused)
  return type.bits === 32 ? (type.compute === 'i32' ? bits.bitcast('i32') : bits) : top.wrap(type)
}

/** For every row of `a` [R, W], whether it differs from `b` anywhere: 1 or 0. */
export const compareKernel = (): Kernel =>
  kernel('compare_rows', ({ size, input, output }) => {
    const [R, W] = [size('R'), size('W')]
    const a = input('a', u32, [R, W])
    const b = input('b', u32, [R, W])
    output('differs', u32, { r: R }, r => max({ w: W }, w => a(r as Index, w).xor(b(r as Index, w))))
  })
