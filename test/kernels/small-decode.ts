/** The decode kernels of the library, with chunks of four tokens: small sizes then have several chunks, the last of them short. */
import type { Kernel } from '@qernel/dsl'
import {
  asymmetricGroupsCache,
  attention,
  type CacheFormat,
  f16Cache,
  int8PerTokenCache,
  scores,
  symmetricGroupsCache,
  values,
} from '@qernel/kernels'

const tokensOfChunk = 4

const formats: readonly CacheFormat[] = [
  f16Cache,
  int8PerTokenCache,
  ...([8, 4, 3, 2] as const).map(symmetricGroupsCache),
  ...([4, 2] as const).map(asymmetricGroupsCache),
]

export const smallDecode: readonly Kernel[] = formats.flatMap(format => [
  scores(format)(),
  values(format)(),
  attention(format, tokensOfChunk)(),
])
