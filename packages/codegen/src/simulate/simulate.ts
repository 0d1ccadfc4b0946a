import type { Tensor } from '@qernel/dsl'
import type { Target } from '../compile/target.ts'
import { type LaunchPlan, type PlannedDispatch, planLaunch } from '../launch/launch-plan.ts'
import type { FinishedKernel } from '../passes/pipeline.ts'
import type { DeviceFunction } from '../program/device-program.ts'
import { localSlots } from './compile/compile-expression.ts'
import { compileBlock } from './compile/compile-statement.ts'
import { Scope } from './compile/scope.ts'
import type { Finding, ThreadAccess } from './findings/finding.ts'
import { FindingLog } from './findings/finding-log.ts'
import { type FunctionState, type Place, siteAt } from './findings/place.ts'
import { coordinates } from './findings/site.ts'
import { factsOf } from './function-facts.ts'
import { AccessTracker } from './memory/access-tracker.ts'
import type { ArrayMemory } from './memory/array-memory.ts'
import { checkOutputs, globalMemories, outputTensors, sharedMemories } from './memory/device-memory.ts'
import { countUp, RandomOrder } from './random-order.ts'
import { type Executable, runGroup } from './run-group.ts'

/** Options of a simulated launch. */
export interface SimulationOptions {
  /** The seed for the order in which threads and workgroups run. Default 1. */
  readonly seed?: number
  /** Threads per subgroup, which shuffle with each other. Default 4, the smallest width among the devices that we have tried. */
  readonly subgroupSize?: number
}

/** The result of a simulated launch: its outputs, and the faults found. */
export interface Simulation {
  readonly outputs: Map<string, Tensor>
  /** Empty for a correct program. */
  readonly findings: readonly Finding[]
}

/**
 * Runs a device program thread by thread, in random order between barriers, with exactly the values that the kernel language
 * defines. Reports faults that a device would not: races, accesses outside arrays, threads that wait forever for others, reads of
 * unwritten elements, and unwritten outputs.
 *
 * A program without findings produces the same outputs in every order.
 *
 * @param inputs logical tensors by name
 * @param sizes values of launch-time sizes that no input shape determines; names that the program does not have are ignored
 * @throws LaunchError for sizes that the program does not accept
 */
export function simulate(
  kernel: FinishedKernel,
  inputs: ReadonlyMap<string, Tensor>,
  sizes: ReadonlyMap<string, number> = new Map(),
  options: SimulationOptions = {},
): Simulation {
  const bound = bindLaunchSizes(kernel, inputs, sizes)
  const plan = planLaunch({ ...kernel, kernel: 'this program', target: kernel.target, source: '' }, bound, unlimited)
  const log = new FindingLog()
  const outputs = run(kernel, plan, inputs, bound, options, log)
  const wanted = new Map<number, ThreadAccess | undefined>(log.unexplained.map(number => [number, undefined]))
  // Only the number of a race's first access is kept. A second run in the same order looks up the rest.
  if (wanted.size > 0) run(kernel, plan, inputs, bound, options, new FindingLog(wanted))
  return { outputs, findings: log.findings(wanted) }
}

/** The limits of a device do not matter here. */
const unlimited: Pick<Target, 'limits'> = {
  limits: {
    workgroupThreads: Infinity,
    workgroupSize: [Infinity, Infinity, Infinity],
    workgroupsPerDimension: [Infinity, Infinity, Infinity],
    sharedBytes: Infinity,
    storageBuffers: Infinity,
    bindingBytes: Infinity,
  },
}

function bindLaunchSizes(
  { arrays, sizes: parameters }: FinishedKernel,
  inputs: ReadonlyMap<string, Tensor>,
  given: ReadonlyMap<string, number>,
): Record<string, number> {
  const bound: Record<string, number> = {}
  for (const { name } of parameters) {
    const value = given.get(name)
    if (value !== undefined) bound[name] = value
  }
  for (const { name, shape } of arrays)
    for (const [axis, extent] of shape.entries()) {
      const known = inputs.get(name)?.shape[axis]
      if (known !== undefined && typeof extent !== 'number' && extent.dividedBy === 1)
        bound[extent.size] ??= Math.floor((known - (extent.plus ?? 0)) / (extent.times ?? 1))
    }
  return bound
}

function run(
  { program }: FinishedKernel,
  plan: LaunchPlan,
  inputs: ReadonlyMap<string, Tensor>,
  sizes: Readonly<Record<string, number>>,
  { seed = 1, subgroupSize = 4 }: SimulationOptions,
  log: FindingLog,
): Map<string, Tensor> {
  const memories = globalMemories(plan, program, inputs)
  const order = new RandomOrder(seed)
  const tracker = new AccessTracker(log)
  let sites = 0
  const values = new Map([...Object.entries(sizes), ['zero', 0] as const])
  for (const dispatch of plan.dispatches) {
    const one = program.functions.find(({ entry }) => entry === dispatch.entry)
    if (one === undefined) throw new Error(`the program has no function ${dispatch.entry}`)
    const shared = sharedMemories(one)
    const all = new Map([...memories, ...shared.map(memory => [memory.name, memory] as const)])
    const { slots, waits, changed } = factsOf(one.body)
    const threads = threadCount(one)
    const frameSize = localSlots + slots
    const state: FunctionState = {
      entry: one.entry,
      workgroup: one.workgroup,
      grid: dispatch.grid,
      frame: new Float64Array(waits ? frameSize * threads : frameSize),
      memories: all,
      sizes: values,
      tracker,
      waits,
      changed,
      group: new Int32Array(3),
      nextSite: () => sites++,
    }
    const place: Place = { state, scope: new Scope(undefined, localSlots), around: [], loops: [] }
    const executable: Executable = {
      running: state,
      code: compileBlock(one.body, place, place.scope),
      frameSize: waits ? frameSize : 0,
      subgroupSize,
      tracker,
      end: siteAt(place, 'end'),
    }
    runDispatch(executable, state, dispatch, shared, threads, order)
  }
  if (!log.isLookUp) checkOutputs(plan, memories, log)
  return outputTensors(plan, memories)
}

const threadCount = ({ workgroup: [x, y, z] }: DeviceFunction): number => x * y * z

function runDispatch(
  executable: Executable,
  { group: current, tracker }: FunctionState,
  { grid }: PlannedDispatch,
  shared: readonly ArrayMemory[],
  threadsPerGroup: number,
  order: RandomOrder,
): void {
  tracker.beginDispatch()
  const threads = countUp(threadsPerGroup)
  for (const group of order.shuffle(countUp(grid[0] * grid[1] * grid[2]))) {
    current.set(coordinates(group, grid))
    tracker.beginGroup()
    for (const { written } of shared) written?.fill(0)
    runGroup(executable, group, threads, order)
  }
}
