import { bf16, f16, f32, type Kernel, type StorageType } from '@qernel/dsl'
import type { Schedule } from '@qernel/schedule'
import { attention, attentionVarlen } from '../decode/attention.ts'
import type { CacheFormat } from '../decode/cache-format.ts'
import { asymmetricGroupsCache, f16Cache, int8PerTokenCache, symmetricGroupsCache } from '../decode/formats.ts'
import { innerqAsymmetricValues, innerqCache, innerqHybridKeys, innerqValues } from '../decode/innerq-caches.ts'
import { int8PerChannelCache } from '../decode/int8-per-channel-cache.ts'
import { kiviCache } from '../decode/kivi-cache.ts'
import { q4_0Cache, q8_0Cache } from '../decode/llama-cpp-caches.ts'
import { scores } from '../decode/scores.ts'
import { values } from '../decode/values.ts'
import { attentionSchedules, type RowLayout, scoreSchedules, valueSchedules } from '../schedules/schedules-decode.ts'
import {
  blockScoreSchedules,
  groupAttentionSchedules,
  groupScoreSchedules,
  groupValueSchedules,
} from '../schedules/schedules-decode-groups.ts'
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

/** Attention over a part of the cache that is given for each head, with a softcap. */
const varlen = (format: CacheFormat, layout: RowLayout): LibraryKernel =>
  entry(attentionVarlen(format), query, attentionSchedules(layout))

const tokenGroups = { kind: 'token groups' } as const
const kivi = { ...tokenGroups, query: 'q_scaled', hasValueGroups: true } as const

/** Decode products and attention on the codes of a cache. */
export const decodeKernels: readonly LibraryKernel[] = [
  ...kernelsOf(int8PerTokenCache, { bits: 8 }),
  ...kernelsOf(int8PerChannelCache, { bits: 8, query: 'q_scaled' }),
  ...([8, 4, 3, 2] as const).flatMap(bits => kernelsOf(symmetricGroupsCache(bits), { bits, group: 32 })),
  ...([4, 2] as const).flatMap(bits => kernelsOf(asymmetricGroupsCache(bits), { bits, group: 32, hasZeros: true })),
  ...([4, 3, 2] as const).map(bits =>
    entry(scores(innerqHybridKeys(bits)), query, scoreSchedules({ bits, group: 32, hasZeros: true })),
  ),
  ...([3, 2] as const).flatMap(bits => [
    entry(values(innerqValues(bits)), weights, groupValueSchedules(tokenGroups)),
    entry(values(innerqAsymmetricValues(bits)), weights, groupValueSchedules(tokenGroups)),
    entry(
      attention(innerqCache(bits)),
      query,
      groupAttentionSchedules({ ...tokenGroups, hasKeyGroups: true, hasValueGroups: true }),
    ),
  ]),
  ...([4, 2] as const).flatMap(bits => [
    entry(scores(kiviCache(bits)), query, groupScoreSchedules(kivi)),
    entry(attention(kiviCache(bits)), query, groupAttentionSchedules(kivi)),
  ]),
  ...(
    [
      [q8_0Cache, 'blocks'],
      [q4_0Cache, 'nibble blocks'],
    ] as const
  ).flatMap(([format, kind]) => [
    entry(scores(format), query, blockScoreSchedules),
    entry(values(format), weights, groupValueSchedules({ kind })),
    entry(attention(format), query, groupAttentionSchedules({ kind })),
  ]),
  ...kernelsOf(f16Cache, { bits: 16 }),
  varlen(int8PerTokenCache, { bits: 8 }),
  varlen(symmetricGroupsCache(4), { bits: 4, group: 32 }),
  varlen(f16Cache, { bits: 16 }),
]
