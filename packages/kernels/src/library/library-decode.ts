import { bf16, f16, f32, type Kernel, type StorageType } from '@qernel/dsl'
import type { Schedule } from '@qernel/schedule'
import { attention } from '../decode/attention.ts'
import type { CacheFormat } from '../decode/cache-format.ts'
import { asymmetricGroupsCache, f16Cache, int8PerTokenCache, symmetricGroupsCache } from '../decode/formats.ts'
import { scores } from '../decode/scores.ts'
import { values } from '../decode/values.ts'
import { attentionSchedules, type RowLayout, scoreSchedules, valueSchedules } from '../schedules/schedules-decode.ts'
import type { LibraryKernel } from './library-kernel.ts'

/** An entry whose query or weights may have any float type. */
function entry(
  define: (element?: StorageType) => Kernel,
  element: LibraryKernel['element'],
  schedules: readonly Schedule[],
): LibraryKernel {
  const { name, summary } = define()
  return { name, summary, element, define, schedules }
}

const query = { tensor: 'q', types: [f16, bf16, f32] } as const
const weights = { tensor: 'p', types: [f32, f16, bf16] } as const

const kernelsOf = (format: CacheFormat, layout: RowLayout): readonly LibraryKernel[] => [
  entry(scores(format), query, scoreSchedules(layout)),
  entry(values(format), weights, valueSchedules(layout)),
  entry(attention(format), query, attentionSchedules(layout)),
]

/** Decode products and attention on the codes of a cache. */
export const decodeKernels: readonly LibraryKernel[] = [
  ...kernelsOf(int8PerTokenCache, { bits: 8 }),
  ...([8, 4, 3, 2] as const).flatMap(bits => kernelsOf(symmetricGroupsCache(bits), { bits, group: 32 })),
  ...([4, 2] as const).flatMap(bits => kernelsOf(asymmetricGroupsCache(bits), { bits, group: 32, hasZeros: true })),
  ...kernelsOf(f16Cache, { bits: 16 }),
]
