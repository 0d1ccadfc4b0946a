/** Searches a space for the fastest schedule of a kernel on a device. */
import { type Kernel, kernelHash, serializeKernel } from '@qernel/dsl'
import type { Final } from './measure/finalists.ts'
import { rank } from './measure/rank.ts'
import { Run } from './run.ts'
import { StoreFile, storeNotes } from './store/store-file.ts'
import type { TuneOptions, TuneResult } from './tune-options.ts'
import { subjectOf } from './tune-subject.ts'
import { workerProgram } from './worker/worker-program.ts'

const mostFinalists = 5
const finalRounds = 12

/**
 * Searches for the fastest schedule. Every candidate compiles and runs in a process of its own kind, is validated before and after it is timed, and
 * is recorded before it counts; a search with a store goes on where an earlier one ended.
 *
 * @throws StoreError if the store is to blame; WorkerGone if no device could be opened; RangeError for sizes or settings that make no sense
 */
export async function tune(kernel: Kernel, options: TuneOptions): Promise<TuneResult> {
  const { wide, open, sizes } = subjectOf(kernel, options)
  const {
    device,
    plugins = [],
    settings = {},
    finalists: { count = mostFinalists, rounds = finalRounds } = {},
  } = options
  const choices = [device].flat()
  if (choices.length === 0) throw new RangeError('there is no device to tune on')
  const text = serializeKernel(kernel)
  const program = options.worker ?? workerProgram()
  const store = options.store === undefined ? undefined : StoreFile.open(options.store)
  let run: Run | undefined
  try {
    if (store !== undefined) for (const note of storeNotes(store.path, store.content)) options.onNote?.(note)
    const assignments = choices.map(choice => ({
      device: choice,
      plugins,
      kernel: text,
      wide,
      sizes,
      open,
      settings,
      measuresCeiling: true,
    }))
    const about = { kernel: kernel.name, hash: kernelHash(kernel), element: elementOf(kernel, wide), sizes, open }
    run = await Run.begin(assignments, program, options, about, store)
    const end = await run.search()
    const isOver = end === 'interrupted' || end === 'device gone'
    const final = isOver ? undefined : await run.final(count, rounds)
    return run.result(run.isInterrupted ? 'interrupted' : end, final && ranked(final))
  } finally {
    run?.close()
    store?.close()
  }
}

const ranked = (final: Final) => {
  const { ranked: finalists, ties } = rank(final.finalists)
  return { ...final, finalists, ties }
}

const elementOf = (kernel: Kernel, wide: string): string =>
  kernel.tensors.find(({ name }) => name === wide)?.type.name ?? ''
