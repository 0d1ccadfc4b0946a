/**
 * What a device may return where the reference interpreter says `expected`: the one place that states how far results of
 * exact operations may differ.
 */
import type { Tensor } from '@qernel/dsl'
import type { NumericsProfile } from '@qernel/runtime'

/** The smallest positive normal binary32. */
const smallestNormal = 2 ** -126

/** Whether `x` is a denormal binary32: neither 0 nor normal. */
export const isDenormal = (x: number): boolean => x !== 0 && Math.abs(x) < smallestNormal

/**
 * Whether `found` is a right answer.
 *
 * Any NaN is as good as any other; +0 and −0 differ; all else is equal bit for bit. A device that flushes denormals, as WGSL
 * lets it, may also return a zero of either sign where the exact result is denormal; and, where an operand was denormal,
 * what a zero in its place gives, or where that is a zero any value that flushes to one: pass that reference as `flushed`
 * (see `flushDenormals`).
 *
 * Codes need no such allowance. A quantizer whose scales are at least 1e-8/127 ≥ 2^-34 divides a denormal, |x| < 2^-126, to
 * less than 2^-92, which rounds to code 0 just as a flushed x does; a flushed quotient is 0 already. A maximum of denormals
 * is below 1e-8 whether it is flushed or not, so computed scales agree as well.
 */
export function acceptResult(
  expected: number,
  found: number,
  { keepsDenormals }: Pick<NumericsProfile, 'keepsDenormals'>,
  flushed?: number,
): boolean {
  if (Object.is(expected, found)) return true
  if (keepsDenormals) return false
  if (isDenormal(expected) && found === 0) return true
  if (flushed === undefined) return false
  // A device that flushes when it computes may still move a denormal operand as it is.
  return Object.is(flushed, found) || ((flushed === 0 || isDenormal(flushed)) && (found === 0 || isDenormal(found)))
}

/** The tensors as a device that flushes denormals sees them: those of its floats replaced by zeros of their sign. */
export function flushDenormals(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map(
    [...tensors].map(([name, tensor]) => [
      name,
      tensor.data instanceof Float32Array
        ? { ...tensor, data: tensor.data.map(x => (isDenormal(x) ? (x < 0 ? -0 : 0) : x)) }
        : tensor,
    ]),
  )
}

/** One element that came out wrong. */
export interface Disagreement {
  /** Where, as a reader counts: "q[3, 5]". */
  readonly at: string
  readonly expected: number
  readonly found: number
}

/**
 * Every element of the outputs of a device that the reference does not allow.
 * @param flushed the reference on `flushDenormals(inputs)`, where inputs hold denormals
 */
export function disagreements(
  expected: ReadonlyMap<string, Tensor>,
  found: ReadonlyMap<string, Tensor>,
  profile: Pick<NumericsProfile, 'keepsDenormals'>,
  flushed?: ReadonlyMap<string, Tensor>,
): Disagreement[] {
  const wrong: Disagreement[] = []
  for (const [name, { shape, data }] of found) {
    const reference = expected.get(name)?.data
    const alternative = flushed?.get(name)?.data
    if (reference?.length !== data.length)
      throw new RangeError(`${name} has ${data.length} elements; the reference has ${reference?.length ?? 'none'}`)
    for (let i = 0; i < data.length; i++) {
      const [want, have] = [reference[i] as number, data[i] as number]
      if (acceptResult(want, have, profile, alternative?.[i])) continue
      wrong.push({ at: `${name}[${position(i, shape).join(', ')}]`, expected: want, found: have })
    }
  }
  return wrong
}

function position(flat: number, shape: readonly number[]): number[] {
  const result: number[] = []
  let rest = flat
  for (const extent of [...shape].reverse()) {
    result.unshift(rest % extent)
    rest = Math.floor(rest / extent)
  }
  return result
}
