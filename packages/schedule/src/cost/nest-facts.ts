/** The facts about a scheduled nest at given sizes that people are shown. */
import { affine, type Nest } from '@qernel/dsl'
import { dispatchesOf } from '../nest/dispatches.ts'
import { accessesOf, type NestAccess } from '../nest/nest-accesses.ts'
import { type AccessCost, costOf, type NestCost } from './cost.ts'
import type { CostTarget } from './cost-access.ts'
import {
  bankConflicts,
  type PartOfMap,
  type ThreadMap,
  threadMap,
  type WarpTransactions,
  warpTransactions,
} from './thread-map.ts'

/** One access to global memory. */
export interface AccessFacts extends AccessCost {
  /** What the first access of the first warp of the first workgroup moves; absent if the position is computed. */
  readonly transactions?: WarpTransactions
}

/** One buffer in shared memory. */
export interface SharedFacts {
  readonly name: string
  readonly dispatch: number
  /** `f32 [16, 16]` */
  readonly type: string
  readonly bytes: number
  /** How many times longer the slowest access of the first warp takes than without conflicts; 1 means none. */
  readonly bankConflicts: number
}

export interface NestFacts {
  readonly cost: NestCost
  readonly accesses: readonly AccessFacts[]
  readonly shared: readonly SharedFacts[]
}

/** The elements that the first workgroup touches through one access, for pictures. */
export interface PicturedAccess {
  readonly access: NestAccess
  readonly facts: AccessFacts
  readonly map: ThreadMap | undefined
}

export function nestFacts(nest: Nest, sizes: ReadonlyMap<string, number>, target: CostTarget): NestFacts {
  const cost = costOf(nest, sizes, target)
  return { cost, accesses: pictured(nest, cost, sizes).map(({ facts }) => facts), shared: sharedFacts(nest, sizes) }
}

/**
 * The accesses of a cost, in the same order, with the threads that perform them.
 *
 * @param part the part of each map that is made, which is enough for transactions if it has the first warp and its first access
 */
export function pictured(
  nest: Nest,
  cost: NestCost,
  sizes: ReadonlyMap<string, number>,
  part?: PartOfMap,
): PicturedAccess[] {
  return accessesOf(nest, 'global').map((access, position) => {
    const map = threadMap(nest, access, sizes, part)
    const counted = cost.accesses[position] as AccessCost
    const isEmpty = map === undefined || map.touches.length === 0
    return {
      access,
      map,
      facts: isEmpty ? counted : { ...counted, transactions: warpTransactions(map, access.buffer, counted.laneBytes) },
    }
  })
}

function sharedFacts(nest: Nest, sizes: ReadonlyMap<string, number>): SharedFacts[] {
  const accesses = accessesOf(nest, 'shared')
  return dispatchesOf(nest).flatMap(({ shared, meetingBytes }, dispatch) => [
    ...shared.map(({ buffer, bytes }) => ({
      name: buffer.name,
      dispatch,
      type: `${buffer.type.name} [${buffer.dims.map(affine.printExtent).join(', ')}]`,
      bytes,
      bankConflicts: Math.max(
        1,
        ...accesses
          .filter(access => access.buffer === buffer)
          .map(access => threadMap(nest, access, sizes))
          .map(map => (map === undefined ? 1 : bankConflicts(map))),
      ),
    })),
    ...(meetingBytes > 0
      ? [{ name: 'lanes that meet', dispatch, type: '4 bytes per thread', bytes: meetingBytes, bankConflicts: 1 }]
      : []),
  ])
}
