import type { Buffer, Kernel, Loop, Nest } from '@qernel/dsl'
import { flatMap, UniqueNames } from '@qernel/dsl/internal'
import { applySchedule, type Leaf, leavesOf, loopsOf, type ScheduledKernel, type Step } from '@qernel/schedule'
import { constantExtent, outOfBoundsLoads } from '@qernel/schedule/internal'
import { type CompileOptions, LoweringError } from '../compile/back-end.ts'
import type { Target } from '../compile/target.ts'
import type { ArrayParameter, Launch, LaunchExtent, SizeRequirement } from '../launch/compiled-kernel.ts'
import type { DeviceProgram, GlobalArray } from '../program/device-program.ts'
import type { LoweredKernel } from '../program/lowered-kernel.ts'
import type { ProgramLayout } from './function-context.ts'
import { launchSplits } from './launch-splits.ts'
import { type LeafShape, leafShapes } from './leaf-shape.ts'
import { lowerFunction } from './lower-function.ts'
import { accessesOf, declaredLanes, isPacked, rowAlignment } from './memory/memory-layout.ts'

/** Applies a schedule within the limits of a target. */
export const scheduleFor = (
  kernel: Kernel,
  steps: readonly Step[],
  target: Target,
  { fixed, alternatives = true }: Pick<CompileOptions, 'fixed' | 'alternatives'>,
): ScheduledKernel =>
  applySchedule(kernel, steps, {
    nativeTypes: target.nativeTypes,
    hasSubgroups: target.subgroup !== undefined,
    limits: target.limits,
    alternatives,
    ...(fixed === undefined ? {} : { fixed }),
  })

/**
 * Lowers a scheduled nest for a target, with one entry point per top-level statement.
 *
 * @throws LoweringError if the nest exceeds a limit of the target
 */
export function lower(
  scheduled: ScheduledKernel,
  target: Target,
  { folds = false }: Pick<CompileOptions, 'folds'> = {},
): LoweredKernel {
  const { nest } = scheduled
  const shapes = nest.body.map(statement => leafShapes(nest, statement))
  const accesses = accessesOf(nest, shapes)
  const lanes = new Map(
    [...nest.buffers.values()].map(buffer => [buffer.name, declaredLanes(nest, buffer, accesses, target)]),
  )
  const leaving = outOfBoundsLoads(nest)

  const globals = [...nest.buffers.values()].filter(buffer => buffer.memory === 'global')
  const written = new Set(accesses.filter(a => a.kind === 'store').map(a => a.buffer.name))
  const atomics = new Set(accesses.filter(a => a.atomic).map(a => a.buffer.name))
  const entries = entryNames(nest)
  const sharedNames = new UniqueNames([...nest.buffers.keys(), ...entries])
  const layout: ProgramLayout = { nest, target, lanes, leaving, folds, sharedNames }
  const lowered = nest.body.map((statement, i) =>
    lowerFunction(statement, entries[i] as string, layout, shapes[i] as ReadonlyMap<Leaf, LeafShape>),
  )
  const sizes = nest.kernel.sizes.map(size => size.name).filter(name => !nest.fixed.has(name))
  const program: DeviceProgram = {
    arrays: globals.map(
      (buffer): GlobalArray => ({
        name: buffer.name,
        element: isPacked(buffer, target)
          ? { storage: 'u32', lanes: lanes.get(buffer.name) as 1 | 2 | 4 }
          : { storage: buffer.type.element, lanes: lanes.get(buffer.name) as 1 | 2 | 4 },
        ...(buffer.hint === undefined ? {} : { hint: buffer.hint }),
        access: atomics.has(buffer.name) ? 'atomic' : written.has(buffer.name) ? 'read_write' : 'read',
      }),
    ),
    sizes,
    usesZero: lowered.some(f => f.usesZero),
    functions: lowered.map(f => f.function),
  }
  const arrays = globals.map(
    (buffer, binding): ArrayParameter => ({
      name: buffer.name,
      role: buffer.role as ArrayParameter['role'],
      type: buffer.type,
      shape: buffer.dims.map(dim => launchExtent(nest, dim)),
      rowAlignment: rowAlignment(buffer, target),
      binding,
      access: written.has(buffer.name) ? 'read_write' : 'read',
      sizeAlignment: Math.max(4, (lanes.get(buffer.name) as number) * 4),
    }),
  )
  const crowded = program.functions.find(one => one.arrays.length > target.limits.storageBuffers)
  if (crowded !== undefined)
    throw new LoweringError(
      `${crowded.entry} binds ${crowded.arrays.length} arrays; this ${target.name} target allows ${target.limits.storageBuffers} (storage buffers per stage)`,
    )
  return {
    program,
    arrays,
    sizes: sizes.map(name => ({ name })),
    requires: requirements(nest),
    launches: nest.body.map((s, i) =>
      launchOf(nest, s as Loop, lowered[i] as ReturnType<typeof lowerFunction>, target),
    ),
  }
}

/** The names of the entry points: the kernel's name, followed by the stage if there are several dispatches; equal names are made unique. */
function entryNames(nest: Nest): string[] {
  // Entry points and arrays share one scope.
  const namer = new UniqueNames(nest.buffers.keys())
  if (nest.body.length === 1) return [namer.fresh(nest.kernel.name)]
  const stages = nest.body.map(s => leavesOf([s]).at(-1)?.leaf.stage ?? 'stage')
  return stages.map(stage => namer.fresh(`${nest.kernel.name}_${stage}`))
}

const launchExtent = (nest: Nest, extent: Buffer['dims'][number]): LaunchExtent =>
  constantExtent(nest, extent) ?? (extent as LaunchExtent)

function requirements(nest: Nest): SizeRequirement[] {
  const declared = flatMap(nest.kernel.sizes, ({ name, facts }): SizeRequirement[] => [
    ...(facts.multipleOf === undefined
      ? []
      : [{ size: name, multipleOf: facts.multipleOf, because: `declared by kernel ${nest.kernel.name}` }]),
    ...(facts.atMost === undefined
      ? []
      : [{ size: name, atMost: facts.atMost, because: `declared by kernel ${nest.kernel.name}` }]),
  ])
  const fixed = [...nest.fixed].map(
    ([size, equals]): SizeRequirement => ({ size, equals, because: 'fixed at compile time' }),
  )
  return [
    ...fixed,
    ...declared,
    ...nest.assumptions.map(({ size, multipleOf, because }) => ({
      size,
      multipleOf,
      isAssumed: true as const,
      because: `assumed by ${because}`,
    })),
  ]
}

function launchOf(
  nest: Nest,
  statement: Loop,
  { function: lowered, gridWidth }: ReturnType<typeof lowerFunction>,
  target: Target,
): Launch {
  const loops = [statement, ...loopsOf(statement.body).map(({ loop }) => loop)]
  const along = (dimension: 'x' | 'y' | 'z'): LaunchExtent => {
    const grid = loops.filter(l => l.mode === `grid.${dimension}`)
    return grid[0] === undefined ? 1 : launchExtent(nest, grid[0].extent)
  }
  const sharedBytes = lowered.shared.reduce((bytes, a) => bytes + a.length * a.type.lanes * 4, 0)
  const threads = lowered.workgroup.reduce((a, b) => a * b, 1)
  const { limits } = target
  if (threads > limits.workgroupThreads)
    throw new LoweringError(
      `${lowered.entry} has ${lowered.workgroup.join(' × ')} = ${threads} threads per workgroup; this ${target.name} target allows ${limits.workgroupThreads}; take smaller tiles, or more elements per thread (coarsen, vectorize)`,
    )
  for (const [i, dimension] of (['x', 'y', 'z'] as const).entries())
    if ((lowered.workgroup[i] as number) > (limits.workgroupSize[i] as number))
      throw new LoweringError(
        `${lowered.entry} has ${lowered.workgroup[i]} threads along ${dimension}; this ${target.name} target allows ${limits.workgroupSize[i]}`,
      )
  if (sharedBytes > limits.sharedBytes)
    throw new LoweringError(
      `${lowered.entry} needs ${sharedBytes} bytes of shared memory; this ${target.name} target allows ${limits.sharedBytes}; cache a smaller tile`,
    )
  return {
    entry: lowered.entry,
    workgroup: lowered.workgroup,
    grid: [along('x'), along('y'), along('z')],
    ...(gridWidth === undefined ? {} : { gridWidth }),
    arrays: lowered.arrays,
    sharedBytes,
    splits: launchSplits(nest, statement),
  }
}
