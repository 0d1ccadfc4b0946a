/** Nests that no device can run, whatever steps led to them. They are detected at the end of a schedule and reported with the names of their loops. */
import { affine, isBlock, type Loop, type Nest } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import { type Dispatch, dispatchesOf } from '../nest/dispatches.ts'
import { constantExtent } from '../nest/guards.ts'
import { leavesOf } from '../nest/statements.ts'
import { privateDims } from './private-buffers.ts'
import { type Refusal, refuse } from './refusal.ts'

/** The limits of a device for one workgroup. */
export interface DeviceLimits {
  readonly workgroupThreads: number
  readonly workgroupSize: readonly [x: number, y: number, z: number]
  /** Bytes of shared memory. */
  readonly sharedBytes: number
  /** Arrays that one dispatch may bind. */
  readonly storageBuffers: number
}

const dimensions = ['x', 'y', 'z'] as const

/** Why a nest cannot run: lanes that no threads run, or needs beyond the limits of the device. */
export function findUnrunnable(nest: Nest, limits: DeviceLimits): Refusal | undefined {
  const perThread = tooManyCopies(nest) ?? tooManyElements(nest)
  if (perThread !== undefined) return perThread
  for (const dispatch of dispatchesOf(nest)) {
    const problem =
      tooManyArrays(dispatch, limits) ??
      differentGrids(dispatch) ??
      unmetLanes(nest, dispatch) ??
      tooManyThreads(dispatch, limits) ??
      tooMuchShared(dispatch, limits)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** Each dispatch binds its own arrays. */
function tooManyArrays({ stage, arrays }: Dispatch, limits: DeviceLimits): Refusal | undefined {
  if (arrays.length <= limits.storageBuffers) return undefined
  return refuse(
    'device-limit',
    `the dispatch of ${stage} would bind ${arrays.length} arrays (${arrays.join(', ')}); the target allows ${limits.storageBuffers}`,
  )
}

/** The most copies of one statement in a thread: nested unrolled loops multiply. */
const mostCopies = 4096

function tooManyCopies(nest: Nest): Refusal | undefined {
  for (const { around } of leavesOf(nest.body)) {
    const unrolled = around.filter(loop => loop.mode === 'unroll')
    const copies = unrolled.reduce((product, loop) => product * (constantExtent(nest, loop.extent) ?? 1), 1)
    if (copies > mostCopies)
      return refuse(
        'over-limit',
        `${unrolled.map(({ name }) => name).join(', ')} are unrolled inside each other, which makes ${copies} copies of a statement; the limit is ${mostCopies}`,
        unrolled.map(({ id }) => id),
      )
  }
  return undefined
}

/** Elements of one buffer that a thread may hold: 256 KiB, half of the local memory of a CUDA thread. */
const mostElements = 65536

function tooManyElements(nest: Nest): Refusal | undefined {
  for (const buffer of nest.buffers.values()) {
    if (buffer.memory !== 'register') continue
    const elements = privateDims(nest, buffer).reduce((product, count) => product * count, 1)
    if (elements > mostElements)
      return refuse(
        'over-limit',
        `a thread would hold ${elements} elements of ${buffer.name}; the limit is ${mostElements}`,
      )
  }
  return undefined
}

/** Sibling loops on one dimension of the grid run on the same workgroups. */
function differentGrids({ loops }: Dispatch): Refusal | undefined {
  for (const dimension of dimensions) {
    const along = loops.filter(loop => loop.mode === `grid.${dimension}`)
    const [first] = along
    const other = along.find(loop => first !== undefined && !affine.sameExtent(loop.extent, first.extent))
    if (first !== undefined && other !== undefined)
      return refuse(
        'grids-differ',
        `${first.name} and ${other.name} are both grid.${dimension} of one dispatch, but run over ${affine.printExtent(first.extent)} and ${affine.printExtent(other.extent)} workgroups`,
        [first.id, other.id],
        [...evened(other, first), ...evened(first, other)],
      )
  }
  return undefined
}

/** A split that gives a loop as many iterations as another loop over the same size. */
function evened({ name, extent }: Loop, { extent: wanted }: Loop): string[] {
  if (typeof extent === 'number' || typeof wanted === 'number' || extent.size !== wanted.size) return []
  const by = wanted.dividedBy / extent.dividedBy
  return Number.isInteger(by) && by > 1 ? [`split(loop=${name},by=${by})`] : []
}

/** Lanes that combine must be all the threads along a dimension; with subgroups, a power of two of threads apart, 1 along x. */
function unmetLanes(nest: Nest, { loops, workgroup }: Dispatch): Refusal | undefined {
  for (const loop of loops) {
    if (loop.combine === undefined) continue
    const lanes = constantExtent(nest, loop.extent)
    if (!isBlock(loop.mode))
      return refuse(
        'not-bound',
        `${loop.name} combines ${lanes} lanes, but no threads run them`,
        [loop.id],
        [`bind(${loop.name}=block.x)`],
      )
    const position = dimensions.findIndex(dimension => loop.mode === `block.${dimension}`)
    const inner = workgroup.slice(0, position).reduce((product, count) => product * count, 1)
    if (loop.combine === 'subgroup' && !Number.isInteger(Math.log2(inner)))
      return refuse(
        'lanes-differ',
        `${loop.name} combines lanes of subgroups on ${loop.mode}, where they are ${inner} threads apart; a power of two is expected`,
        [loop.id],
        [`bind(${loop.name}=block.x)`],
      )
    const threads = workgroup[position]
    if (lanes !== threads)
      return refuse(
        'lanes-differ',
        `${loop.name} combines ${lanes} lanes on ${loop.mode}; it must combine all ${threads} threads along that dimension`,
        [loop.id, ...loops.filter(l => l.mode === loop.mode && l !== loop).map(l => l.id)],
      )
  }
  return undefined
}

function tooManyThreads({ loops, workgroup: along, threads }: Dispatch, limits: DeviceLimits): Refusal | undefined {
  const block = loops.filter(loop => isBlock(loop.mode))
  if (threads > limits.workgroupThreads)
    return refuse(
      'device-limit',
      `${along.filter(count => count > 1).join(' × ')}${along.filter(count => count > 1).length > 1 ? ` = ${threads}` : ''} threads per workgroup; the target allows ${limits.workgroupThreads}: take a smaller tile, or more elements per thread (coarsen, vectorize)`,
      block.map(loop => loop.id),
    )
  const position = along.findIndex((count, i) => count > (limits.workgroupSize[i] as number))
  const dimension = dimensions[position]
  if (dimension !== undefined)
    return refuse(
      'device-limit',
      `${along[position]} threads along ${dimension}; the target allows ${limits.workgroupSize[position]}`,
      block.filter(loop => loop.mode === `block.${dimension}`).map(loop => loop.id),
    )
  return undefined
}

function tooMuchShared({ shared, meetingBytes }: Dispatch, limits: DeviceLimits): Refusal | undefined {
  const total = shared.reduce((sum, { bytes }) => sum + bytes, meetingBytes)
  if (total <= limits.sharedBytes) return undefined
  const parts = [
    ...shared.map(({ buffer, bytes }) => `${buffer.name} ${bytes}`),
    ...(meetingBytes > 0 ? [`lanes that meet ${meetingBytes}`] : []),
  ]
  return refuse(
    'device-limit',
    `${total} bytes of shared memory per workgroup (${parts.join(', ')}); the target allows ${limits.sharedBytes}: copy a smaller tile`,
    flatMap(shared, ({ buffer: { scope } }) => (scope === undefined ? [] : [scope])),
  )
}
