/**
 * Groups of values that reveal what a format does: several kinds side by side in each group, so that a special value has neighbours whose codes are
 * not 0. Ordinary values come from a real key cache.
 */
import { readSafetensors } from '@qernel/arrays'
import { roundTo } from './arithmetic.ts'

export type ElementName = keyof typeof roundTo

export const largestOf = { f32: 2 ** 128 - 2 ** 104, f16: 65504, bf16: 2 ** 128 - 2 ** 120 } as const
const smallestOf = { f32: 2 ** -149, f16: 2 ** -24, bf16: 2 ** -133 } as const

const keys = (await readSafetensors('examples/data/kv-head.safetensors', 'key')).data
const nan = Number.NaN
const inf = Number.POSITIVE_INFINITY

export interface Row {
  readonly name: string
  readonly x: readonly number[]
}

/** Special values in places of their own; a half and a quarter of the group further on stand ordinary ones. */
const places = (n: number): readonly number[] => [0, 5, n / 2 + 9, n - 1]

/** Half steps from −last to last, and `last` steps themselves: quotients exactly between two codes. */
const ties = (last: number, step: number) => (i: number) =>
  (i === 3 ? last : ((i * 7) % last) + 0.5) * step * (i % 2 === 0 ? -1 : 1)

const known = new Map<string, readonly Row[]>()

/**
 * Numbers within two units in the last place of the boundary between two codes, from `low` to `high` in `last` steps: another rounding of a
 * difference, a quotient or a reciprocal gives other codes. `round` is the type of the scale.
 */
function edges(low: number, high: number, last: number, round: (x: number) => number) {
  const scale = round(Math.fround(Math.fround(high - low) / last))
  return (i: number): number => {
    const edge = Math.fround(low + (((i * 11) % last) + 0.5) * scale)
    const bits = new Int32Array(Float32Array.of(edge).buffer)
    return i === 0
      ? low
      : i === 1
        ? high
        : (new Float32Array(Int32Array.of((bits[0] as number) + (i % 5) - 2).buffer)[0] as number)
  }
}
/** Boundaries between codes on both sides of 0, for a scale that is computed from the largest magnitude. */
const edgesOfBothSigns = (high: number, last: number) => (i: number) =>
  edges(0, high, last, roundTo.f32)(i) * (i % 2 === 0 ? -1 : 1)

/** All rows of `n` values, rounded to the element type. Rows with values that the type cannot represent are left out. */
export function rowsOf(type: ElementName, n: number): readonly Row[] {
  const key = `${type} ${n}`
  const rows = known.get(key) ?? makeRows(type, n)
  known.set(key, rows)
  return rows
}

function makeRows(type: ElementName, n: number): readonly Row[] {
  const largest = largestOf[type]
  const smallest = smallestOf[type]
  const round = roundTo[type]
  let taken = 0
  const real = (): readonly number[] => {
    taken = (taken + 37 * 128) % (keys.length - n)
    return Array.from(keys.subarray(taken, taken + n))
  }
  const some = (f: (i: number) => number): readonly number[] => Array.from({ length: n }, (_, i) => f(i))
  /** Real values, some of them replaced by these in turn. */
  const among = (...values: readonly number[]): readonly number[] => {
    const x = [...real()]
    for (const [k, at] of places(n).entries()) x[at] = values[k % values.length] as number
    return x
  }
  /** Real values, scaled by the given factor. */
  const scaled = (factor: number): readonly number[] => real().map(value => value * factor)

  const rows: Readonly<Record<string, readonly number[]>> = {
    real: real(),
    'more of it': real(),
    'still more': real(),
    'a NaN': among(nan),
    'one NaN at the end': real().map((value, i) => (i === n - 1 ? nan : value)),
    'one NaN at the start, the rest 0.9, −1': some(i => (i === 0 ? -1 : i === 19 ? nan : 0.9)),
    '+∞': among(inf),
    '−∞': among(-inf),
    '±∞ and NaN': among(inf, nan, -inf),
    'one +∞ among 1, 2, 3': some(i => (i === 7 ? inf : 1 + (i % 3))),
    '±0': among(0, -0),
    'zeros of both signs alone': some(i => (i % 3 === 0 ? -0 : 0)),
    'all +0': some(() => 0),
    'all −0': some(() => -0),
    'zeros and a NaN': some(i => (i === 5 ? nan : 0)),
    'NaN alone': some(() => nan),
    '+∞ alone': some(() => inf),
    'a number among NaN': some(i => (i === 6 ? -1.5 : nan)),
    'denormals alone': some(i => ((i * 5) % 11) * smallest),
    'denormals of both signs': some(i => (((i * 5) % 11) - 5) * smallest),
    'denormals, a NaN': some(i => (i === 8 ? nan : ((i * 5) % 11) * smallest)),
    'denormals among others': among(smallest, -3 * smallest),
    'few tiny denormals': some(i => [0, 10, 2, 5][i % 4]! * smallest),
    'largest numbers': among(largest, -largest, largest / 2, -largest / 4),
    'largest number alone': among(largest),
    'all the largest number': some(() => largest),
    'ties of 127': some(ties(127, 0.5)),
    'ties of 7': some(ties(7, 0.25)),
    'ties of 3': some(ties(3, 2)),
    'ties of 1': some(ties(1, 0.5)),
    'ties of 8': some(i => (i === 2 ? -8 : ties(7, 1)(i)) * 0.5),
    'ties of 255 from 0': some(i => (i === 1 ? 0 : i === 2 ? 255 : ((i * 29) % 255) + 0.5)),
    'ties of 15 from −4': some(i => -4 + (i === 1 ? 0 : i === 2 ? 15 : ((i * 4) % 15) + 0.5) / 2),
    'ties of 7 from 1': some(i => 1 + (i === 1 ? 0 : i === 2 ? 7 : ((i * 3) % 7) + 0.5) / 4),
    'ties of 3 from −1': some(i => -1 + (i === 1 ? 0 : i === 2 ? 3 : ((i * 2) % 3) + 0.5) / 2),
    'edges of 255 steps': some(edges(-1.2734375, 2.9, 255, roundTo.f32)),
    'edges of 15 steps': some(edges(-1.2734375, 2.9, 15, roundTo.f32)),
    'edges of 255 f16 steps': some(edges(-1.2734375, 2.9, 255, roundTo.f16)),
    'edges of 15 f16 steps': some(edges(-1.2734375, 2.9, 15, roundTo.f16)),
    'edges of 7 f16 steps': some(edges(-1.2734375, 2.9, 7, roundTo.f16)),
    'edges of 3 f16 steps': some(edges(-1.2734375, 2.9, 3, roundTo.f16)),
    'edges of 127 steps': some(edgesOfBothSigns(2.9, 127)),
    'other edges of 127 steps': some(edgesOfBothSigns(0.77, 127)),
    'edges of 8 steps': some(edgesOfBothSigns(2.9, 8)),
    '−7e4 among others': among(-7e4),
    '7e4 among others': among(7e4),
    '1e5 among others': among(1e5, -2.5),
    '1e7 among others': among(1e7),
    '−1e30 among others': among(-1e30),
    'all 3.7': some(() => 3.7),
    'all −2.6': some(() => -2.6),
    'all −7e4': some(() => -7e4),
    'close to 1': some(i => 1 + (i % 4) * 2 ** -10),
    'close to −1e6': some(i => -1e6 + i),
    'scale about 1e-8': scaled(1e-7),
    'scale below f16': scaled(1e-9),
    'scale far below f16': scaled(1e-30),
    'close to 2^−120': scaled(2 ** -120),
    'close to 2^−126': scaled(2 ** -128),
    'below 1e-8': some(i => (1 - (i % 8) / 8) * 0.99e-8),
    '1e-8 and below': some(i => (1 - (i % 8) / 8) * 1e-8),
    '127e-6 and below': some(i => (1 - (i % 8) / 8) * 127e-6),
    'the same magnitude with both signs, + first': some(i => (i === 4 ? 2 : i === 6 ? -2 : ((i % 5) - 2) / 2)),
    'the same magnitude with both signs, − first': some(i => (i === 4 ? -2 : i === 6 ? 2 : ((i % 5) - 2) / 2)),
    'all positive': real().map(value => Math.abs(value) + 4),
    'all negative': real().map(value => -Math.abs(value) - 4),
    'magnitudes of every size': real().map((value, i) => value * 10 ** ((i * 7) % 34)),
  }
  return Object.entries(rows)
    .map(([name, x]) => ({ name, x, rounded: x.map(round) }))
    .filter(({ x, rounded }) => x.every((value, i) => Number.isFinite(value) === Number.isFinite(rounded[i])))
    .map(({ name, rounded }) => ({ name, x: rounded }))
}
