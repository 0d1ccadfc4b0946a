/** `qernel tune KERNEL`: a new search, or one that goes on in the same store. */
import { listAdapters } from '@qernel/runtime'
import { type DeviceChoice, findStrategy, listStrategies, tune, WorkerGone } from '@qernel/tune'
import { budgetOption, seedOption, shardOption, timeOption } from '../../arguments/amounts.ts'
import { kernelArgument } from '../../arguments/kernel.ts'
import { workerError } from '../../errors/device-error.ts'
import { storeError } from '../../errors/store-error.ts'
import { UsageError, unknownName } from '../../errors/usage-error.ts'
import type { CommandResult, Invocation, OptionValues, RunCommand } from '../../frame/command.ts'
import { awaitInterruption } from '../../frame/interruption.ts'
import { sizesOption, subjectsOf } from '../bench/subjects.ts'
import { writtenSchedules } from '../bench/written-schedules.ts'
import { checkDatabase, keepWinner } from './keep-winner.ts'
import type { tuneOptions } from './options.ts'
import { SearchProgress } from './progress.ts'
import { searchJson, searchText } from './report.ts'
import { bestOf, spaceOf, spaceOptions } from './space.ts'

type Values = OptionValues<typeof tuneOptions>

/** What a store keeps of a search, so that it can go on. */
export interface Request {
  readonly kernel: string
  readonly options: Omit<Values, 'store' | 'budget' | 'from'>
  readonly budget?: string
}

export const search: RunCommand<typeof tuneOptions> = invocation => {
  const [kernel = ''] = invocation.positionals
  const { store: _, budget, from, ...options } = invocation.options
  if (from.length > 0)
    throw new UsageError({
      what: '--from belongs to merge',
      where: '--from',
      allowed: 'merge in the place of the kernel',
    })
  return runSearch({ kernel, options, ...(budget !== undefined && { budget }) }, invocation)
}

/** @throws UsageError */
export async function runSearch(request: Request, invocation: Invocation<typeof tuneOptions>): Promise<CommandResult> {
  const { store } = invocation.options
  const { library, options } = await kernelArgument(request.kernel, request.options)
  const { schedules: written } = writtenSchedules(options.steps, options['steps-file'])
  const described = spaceOptions(options.space, options.t1)
  const types = options.type === undefined ? [] : [options.type]
  const sizes = sizesOption(options.sizes) ?? [options.adapter === 'software' ? smallSize : largeSize]
  if (sizes.length > 1)
    throw new UsageError({ what: 'a search is for one size', where: '--sizes', allowed: 'TxD, such as 131072x1024' })
  const [subject] = subjectsOf([library], { set: options.set, type: types, schedule: [] }, [], sizes)
  if (subject === undefined) throw new Error('a kernel at one size is a subject')
  const { kernel, wide, open } = subject
  const shard = shardOption(options.shard)
  const compileSeconds = timeOption('--compile-deadline', options['compile-deadline'])
  const runSeconds = timeOption('--run-deadline', options['run-deadline'])
  const strategy = findStrategy(options.strategy ?? 'auto')
  if (strategy === undefined)
    throw unknownName(
      'strategy',
      options.strategy ?? '',
      listStrategies().map(({ name }) => name),
      { where: '--strategy' },
    )
  checkDatabase(invocation.options.database)
  const choices = await devicesOf(options)
  const limits = budgetOption(request.budget)
  const seed = seedOption(options.seed)

  const abort = new AbortController()
  const interruption = awaitInterruption(signal => {
    invocation.progress(`${signal}: stopping; what is recorded stays`)
    abort.abort()
  })
  const progress = new SearchProgress(invocation, limits)
  try {
    const result = await tune(kernel, {
      device: choices,
      sizes: Object.fromEntries(subject.sizes),
      ...{ open, wide, strategy, seed, budget: limits, request },
      space: spaceOf(subject, described, written),
      baseline: bestOf(subject),
      signal: abort.signal,
      plugins: options.plugin,
      deadlines: { ...(compileSeconds && { compileSeconds }), ...(runSeconds && { runSeconds }) },
      ...(shard && { shard }),
      ...(store !== undefined && { store }),
      onNote: text => invocation.progress(text),
      onProgress: each => progress.show(each),
    })
    const stop = interruption.signal()
    const database = keepWinner(result, invocation.options.database)
    const about = { result, store, ...(stop && { stoppedBy: stop.name }), ...(database !== undefined && { database }) }
    return { exitCode: exitCodeOf(result, stop?.exitCode), text: searchText(about), json: searchJson(about) }
  } catch (error) {
    if (interruption.signal() !== undefined && error instanceof WorkerGone) {
      const { exitCode = 130 } = interruption.signal() ?? {}
      const text = 'Stopped before a device was open, with nothing tried. The same command begins again.\n'
      return { exitCode, text, json: { end: 'interrupted' } }
    }
    if (error instanceof WorkerGone) throw workerError(error.reason, error.message)
    if (error instanceof RangeError) throw new UsageError({ what: error.message }, { cause: error })
    throw store === undefined || error instanceof UsageError ? error : storeError(error, store)
  } finally {
    interruption.release()
  }
}

const smallSize = [512, 1024] as const
const largeSize = [131072, 1024] as const

function exitCodeOf(
  { end, ranked }: Awaited<ReturnType<typeof tune>>,
  stopped: CommandResult['exitCode'] | undefined,
): CommandResult['exitCode'] {
  if (end === 'interrupted') return stopped ?? 130
  if (end === 'device gone') return 3
  if (ranked.length === 0) return 1
  return end === 'budget' ? 4 : 0
}

/** @throws UsageError */
async function devicesOf({ device, adapter, devices }: Request['options']): Promise<DeviceChoice[]> {
  const kind = device === 'cuda' ? 'cuda' : 'webgpu'
  if (devices === undefined) return [{ kind, ...(adapter === undefined ? {} : { adapter }) }]
  if (kind !== 'cuda')
    throw new UsageError({
      what: 'WebGPU chooses adapters by name, and cannot tell GPUs of the same name apart',
      where: '--devices all',
      allowed: ['--device cuda --devices all', '--device webgpu with one adapter, by default the first'],
    })
  if (adapter !== undefined)
    throw new UsageError({
      what: '--devices all and --adapter are both given',
      where: '--devices all',
      allowed: ['--device cuda --devices all', '--device cuda --adapter ADAPTER'],
    })
  const found = await listAdapters('cuda')
  if (found.length === 0) throw new UsageError({ what: 'there is no CUDA GPU', where: '--devices all' })
  return found.map((_, ordinal) => ({ kind, adapter: String(ordinal) }))
}
