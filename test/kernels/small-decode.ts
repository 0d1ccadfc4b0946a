/** The decode kernels of the library, with chunks of four tokens: small sizes then have several chunks, the last of them short. */
import type { Kernel } from '@qernel/dsl'
import {
  asymmetricGroupsCache,
  attention,
  type CacheFormat,
  f16Cache,
  innerqCache,
  int8PerChannelCache,
  int8PerTokenCache,
  kiviCache,
  q4_0Cache,
  q8_0Cache,
  scores,
  symmetricGroupsCache,
  values,
} from '@qernel/kernels'

const tokensOfChunk = 4
/** For formats with groups of 32 tokens, which no chunk may divide. */
const tokensOfGroup = 32

const formats: readonly CacheFormat[] = [
  f16Cache,
  int8PerTokenCache,
  int8PerChannelCache,
  q8_0Cache,
  q4_0Cache,
  ...([8, 4, 3, 2] as const).map(symmetricGroupsCache),
  ...([4, 2] as const).map(asymmetricGroupsCache),
]

export const smallDecode: readonly Kernel[] = [
  ...formats.flatMap(format => [scores(format)(), values(format)(), attention(format, tokensOfChunk)()]),
  ...[kiviCache(2), innerqCache(3)].map(format => attention(format, tokensOfGroup)()),
]
