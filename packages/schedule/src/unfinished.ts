/** What no device can run, whatever steps led to it: known at the end of a schedule, told in the names of its loops. */
import { affine, type Buffer, type Loop, type LoopMode, loadsOf, type Nest, type Statement } from '@qernel/dsl'
import { constantExtent } from './guards.ts'
import { type Refusal, refuse } from './refusal.ts'
import { leavesOf, loopsOf } from './statements.ts'

/** What a device has for one workgroup. */
export interface DeviceLimits {
  readonly workgroupThreads: number
  readonly workgroupSize: readonly [x: number, y: number, z: number]
  /** Bytes of shared memory. */
  readonly sharedBytes: number
  /** Arrays that a kernel may bind. */
  readonly storageBuffers: number
}

const dimensions = ['x', 'y', 'z'] as const

/** Why a nest cannot be run as it is: lanes that no threads run, or more than the device has. */
export function findUnfinished(nest: Nest, limits: DeviceLimits): Refusal | undefined {
  const arrays = [...nest.buffers.values()].filter(buffer => buffer.memory === 'global').length
  if (arrays > limits.storageBuffers)
    return refuse(
      'device-limit',
      `${nest.kernel.name} would bind ${arrays} arrays; the target allows ${limits.storageBuffers}`,
    )
  for (const statement of nest.body) {
    const problem = findIn(nest, statement, limits)
    if (problem !== undefined) return problem
  }
  return undefined
}

function findIn(nest: Nest, statement: Statement, limits: DeviceLimits): Refusal | undefined {
  const loops = loopsOf([statement]).map(({ loop }) => loop)
  return (
    differentGrids(loops) ??
    unmetLanes(nest, loops) ??
    tooManyThreads(nest, loops, limits) ??
    tooMuchShared(nest, statement, loops, limits)
  )
}

/** Sibling loops on one dimension of the grid are the same workgroups. */
function differentGrids(loops: readonly Loop[]): Refusal | undefined {
  for (const dimension of dimensions) {
    const along = loops.filter(loop => loop.mode === `grid.${dimension}`)
    const [first] = along
    const other = along.find(loop => first !== undefined && !affine.sameExtent(loop.extent, first.extent))
    if (first !== undefined && other !== undefined)
      return refuse(
        'grids-differ',
        `${first.name} and ${other.name} are both grid.${dimension} of one dispatch, and walk ${affine.printExtent(first.extent)} and ${affine.printExtent(other.extent)} workgroups`,
        [first.id, other.id],
        [...evened(other, first), ...evened(first, other)],
      )
  }
  return undefined
}

/** A split that gives a loop as many iterations as another of the same size. */
function evened({ name, extent }: Loop, { extent: wanted }: Loop): string[] {
  if (typeof extent === 'number' || typeof wanted === 'number' || extent.size !== wanted.size) return []
  const by = wanted.dividedBy / extent.dividedBy
  return Number.isInteger(by) && by > 1 ? [`split(loop=${name},by=${by})`] : []
}

/** Lanes that fold their parts together are all the threads along x. */
function unmetLanes(nest: Nest, loops: readonly Loop[]): Refusal | undefined {
  for (const loop of loops) {
    if (loop.combine === undefined) continue
    const lanes = constantExtent(nest, loop.extent)
    if (!loop.mode.startsWith('block'))
      return refuse(
        'not-bound',
        `${loop.name} combines ${lanes} lanes, and no threads run them`,
        [loop.id],
        [`bind(${loop.name}=block.x)`],
      )
    const threads = threadsAlong(nest, loops, 'block.x')
    if (loop.mode !== 'block.x' || lanes !== threads)
      return refuse(
        'lanes-differ',
        `${loop.name} combines ${lanes} lanes on ${loop.mode}; lanes that meet are all the threads along block.x, of which there are ${threads}`,
        [loop.id, ...loops.filter(l => l.mode === 'block.x' && l !== loop).map(l => l.id)],
        loop.mode === 'block.x' ? [] : [`bind(${loop.name}=block.x)`],
      )
  }
  return undefined
}

const threadsAlong = (nest: Nest, loops: readonly Loop[], mode: LoopMode): number =>
  Math.max(1, ...loops.filter(loop => loop.mode === mode).map(loop => constantExtent(nest, loop.extent) ?? 1))

function tooManyThreads(nest: Nest, loops: readonly Loop[], limits: DeviceLimits): Refusal | undefined {
  const block = loops.filter(loop => loop.mode.startsWith('block'))
  const along = dimensions.map(dimension => threadsAlong(nest, loops, `block.${dimension}`))
  const threads = along.reduce((product, count) => product * count, 1)
  if (threads > limits.workgroupThreads)
    return refuse(
      'device-limit',
      `${along.filter(count => count > 1).join(' × ')}${along.filter(count => count > 1).length > 1 ? ` = ${threads}` : ''} threads a workgroup; the target allows ${limits.workgroupThreads}: take a smaller tile, or more elements a thread (coarsen, vectorize)`,
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

/** Every element takes 4 bytes; lanes that meet through shared memory take one element a thread. */
function tooMuchShared(
  nest: Nest,
  statement: Statement,
  loops: readonly Loop[],
  limits: DeviceLimits,
): Refusal | undefined {
  const touched = new Set(
    leavesOf([statement]).flatMap(({ leaf }) => [leaf.buffer, ...loadsOf(leaf.value).map(load => load.buffer)]),
  )
  const shared = [...touched].flatMap(name => {
    const buffer = nest.buffers.get(name)
    return buffer?.memory === 'shared' ? [buffer] : []
  })
  const threads = dimensions.reduce((n, dimension) => n * threadsAlong(nest, loops, `block.${dimension}`), 1)
  const meeting = loops.some(loop => loop.combine === 'shared') ? 4 * threads : 0
  const bytes = shared.reduce((sum, buffer) => sum + bytesOf(nest, buffer), meeting)
  if (bytes <= limits.sharedBytes) return undefined
  const parts = [
    ...shared.map(buffer => `${buffer.name} ${bytesOf(nest, buffer)}`),
    ...(meeting > 0 ? [`lanes that meet ${meeting}`] : []),
  ]
  return refuse(
    'device-limit',
    `${bytes} bytes of shared memory a workgroup (${parts.join(', ')}); the target allows ${limits.sharedBytes}: copy a smaller tile`,
    shared.flatMap(({ scope }) => (scope === undefined ? [] : [scope])),
  )
}

const bytesOf = (nest: Nest, { dims }: Buffer): number =>
  4 * dims.reduce<number>((product, dim) => product * (constantExtent(nest, dim) ?? 1), 1)
