import { cache, type Schedule, sequence, tile, vectorize } from '@qernel/schedule'
import { groupAsymmetric, groupAsymmetricDequantize, groupAsymmetricName } from '../groups/group-asymmetric.ts'
import { groupSymmetric, groupSymmetricDequantize, groupSymmetricName, largestCode } from '../groups/group-symmetric.ts'
import { type Bits, type GroupOptions, largestHalf } from '../groups/groups.ts'
import { innerqHybrid, innerqHybridDequantize } from '../groups/innerq-hybrid.ts'
import { kiviKey, kiviKeyDequantize, kiviValue, kiviValueDequantize } from '../groups/kivi.ts'
import { best, columnGroupPass, fuseAll, groupPass, perTarget, wholeVectors } from '../schedules/schedules.ts'
import { packedColumnGroupPass, packedGroupPass } from '../schedules/schedules-packed.ts'
import { type ErrorBound, entry, type LibraryKernel, roundingOfHalf } from './library-kernel.ts'

const symmetricBound = (bits: Bits): ErrorBound => ({
  formula: `scale/2 + ${largestCode(bits)}·${roundingOfHalf.formula('scale')}`,
  scale: 'scale',
  largest: scale => scale / 2 + largestCode(bits) * roundingOfHalf.largest(scale),
  saturatesAbove: largestCode(bits) * largestHalf,
})

const asymmetricError = (bits: Bits, scale: number, zero: number): number =>
  scale / 2 + (2 ** bits - 1) * roundingOfHalf.largest(scale) + roundingOfHalf.largest(zero)
const asymmetricFormula = (bits: Bits): string =>
  `scale/2 + ${2 ** bits - 1}·${roundingOfHalf.formula('scale')} + ${roundingOfHalf.formula('|zero|')}`

const asymmetricBound = (bits: Bits, clamps: boolean): ErrorBound => ({
  formula: asymmetricFormula(bits),
  scale: 'scale',
  zero: 'zero',
  largest: (scale, zero) => asymmetricError(bits, scale, zero),
  ...(clamps && { saturatesAbove: largestHalf }),
})

const schedules = (stages: readonly string[], options: GroupOptions): readonly Schedule[] => {
  const [alongRow, alongTokens] =
    options.bits < 4 ? [packedGroupPass, packedColumnGroupPass] : [groupPass, columnGroupPass]
  if (options.along === 'outer') return alongTokens(stages, options)
  if (options.bits !== 2 || options.length !== 32) return alongRow(stages, options)
  return best(
    'one dispatch: every input is read once; in CUDA codes are collected in shared memory, in WGSL a lane owns whole words, which takes 0.77 of the time',
    request => perTarget(request, { wgsl: groupPass, cuda: packedGroupPass })(stages, options)[0]?.steps(request) ?? [],
  )
}

/** As measured on an H200: 4 elements per lane, except that codes of 3 bits in CUDA come in whole bytes. */
const dequantizeSchedules = ({ bits, along, length }: GroupOptions): readonly Schedule[] =>
  best('one dispatch: neighbouring elements per lane, in the widest accesses', request => {
    const isBytes = perTarget(request, { wgsl: false, cuda: bits === 3 })
    const lanes = isBytes ? 8 : 4
    if (along === 'inner') {
      const groups = isBytes ? { t: 8, d_group: 4 } : { d_group: 16 }
      return [tile({ ...groups, d: Math.min(length, 32) }), vectorize({ d: lanes })]
    }
    const rows = isBytes ? { t: 8, d: 128 } : { t: 16, d: 64 }
    return sequence(tile(rows), vectorize({ d: lanes }), wholeVectors(request, 'd', lanes))
  })

function symmetric(options: GroupOptions): LibraryKernel[] {
  return [
    entry(groupSymmetric(options), schedules(['scale', 'q'], options), {
      dequantize: `${groupSymmetricName(options)}_dequantize`,
      stored: ['q', 'scale'],
      bound: symmetricBound(options.bits),
    }),
    entry(groupSymmetricDequantize(options), dequantizeSchedules(options)),
  ]
}

function asymmetric(
  options: GroupOptions,
  name = groupAsymmetricName(options),
  [quantize, dequantize] = [groupAsymmetric(options), groupAsymmetricDequantize(options)],
  clamps = true,
): LibraryKernel[] {
  return [
    entry(quantize, schedules(['zero', 'scale', 'q'], options), {
      dequantize: `${name}_dequantize`,
      stored: ['q', 'scale', 'zero'],
      bound: asymmetricBound(options.bits, clamps),
    }),
    entry(dequantize, dequantizeSchedules(options)),
  ]
}

function hybrid(bits: 4 | 3 | 2): LibraryKernel[] {
  const width = { 4: 8, 3: 32, 2: 16 }[bits]
  return [
    entry(
      innerqHybrid(bits),
      best(
        'one dispatch: one thread per group, because the sums that choose the mode must keep their order; lanes are exact only for maxima',
        request =>
          sequence(
            fuseAll(['scale', 'zero', 'q'], 2),
            tile({ t: 32, g: 8 }),
            perTarget(request, { wgsl: [vectorize({ g: 2 })], cuda: [] }),
            cache({ buffer: 'x', memory: 'register', at: 'g_in' }),
            vectorize({ d: width, stage: 'q' }),
          ),
      ),
      {
        dequantize: `innerq_hybrid_u${bits}_dequantize`,
        stored: ['q', 'scale', 'zero'],
        bound: {
          formula: `the larger of the two: ${asymmetricFormula(bits)}`,
          scale: 'scale',
          zero: 'zero',
          largest: (scale, zero) =>
            scale < 0 ? asymmetricError(bits, -scale, zero) : symmetricBound(bits).largest(scale, 0),
          saturatesAbove: largestHalf,
        },
      },
    ),
    entry(innerqHybridDequantize(bits), dequantizeSchedules({ bits, length: 32, along: 'inner' })),
  ]
}

function kivi(bits: 2 | 4): LibraryKernel[] {
  return [
    ...asymmetric(
      { bits, length: 32, along: 'outer' },
      `kivi_key_u${bits}`,
      [kiviKey(bits), kiviKeyDequantize(bits)],
      false,
    ),
    ...asymmetric(
      { bits, length: 32, along: 'inner' },
      `kivi_value_u${bits}`,
      [kiviValue(bits), kiviValueDequantize(bits)],
      false,
    ),
  ]
}

const combinations: readonly GroupOptions[] = (['inner', 'outer'] as const).flatMap(along =>
  ([8, 4, 3, 2] as const).flatMap(bits => [32, 64, 128].map(length => ({ bits, length, along }))),
)

/** Symmetric, asymmetric and hybrid codes with f16 scales, in groups of 32, 64 or 128. */
export const groupWiseEntries: readonly LibraryKernel[] = [
  ...combinations.flatMap(symmetric),
  ...combinations.flatMap(options => asymmetric(options)),
  ...([4, 3, 2] as const).flatMap(hybrid),
  ...([4, 2] as const).flatMap(kivi),
]
