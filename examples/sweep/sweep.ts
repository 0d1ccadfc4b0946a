/**
 * Searches for the fastest schedule of a kernel on a device, for as long as it may take: each candidate runs in a process of its own, is compared with the definition, and is kept at once. Ctrl-C stops it, and
 * the same command goes on. A starting point:
 *
 *     npx tsx -C @qernel/source examples/sweep/sweep.ts --sizes 131072x1024 --minutes 30 --store sweep.jsonl > candidates.jsonl
 */
import { parseArgs } from 'node:util'
import { int8PerChannelQuantize } from '@qernel/kernels'
import { legality, predictedCost, scheduleSpace, type TuneOptions, type TuneResult, tune } from '@qernel/tune'

/** Put your own kernel, and the schedules that are worth trying, here. `{…}` are alternatives, `64..1024` doubles, and `?` makes a step optional. */
const kernel = int8PerChannelQuantize()
const templates = ['tile(t={1..32},d={64..1024}) vectorize(d={4,8}) coarsen(t={2,4})?']

/**
 * @param sizes every size of the kernel; the first one is given at launch, the others become constants
 * @param print receives a line of JSON per candidate, and a last one with the fastest
 */
export async function sweep(
  sizes: { readonly T: number; readonly D: number },
  print: (line: string) => void,
  options: Pick<TuneOptions, 'device' | 'budget' | 'store' | 'signal' | 'worker'>,
): Promise<TuneResult> {
  const result = await tune(kernel, {
    ...options,
    sizes,
    space: target => {
      const setting = { kernel, target, fixed: new Map([['D', sizes.D]]) }
      const estimate = predictedCost(setting, new Map(Object.entries(sizes)))
      return scheduleSpace({ templates, isLegal: legality(setting), estimate })
    },
    onProgress: ({ last, done, best }) => {
      if (last !== undefined) {
        const { class: outcome, timing, problem } = last.result
        print(
          JSON.stringify({ done, schedule: last.candidate.id, outcome, us: timing?.median, problem, best: best?.id }),
        )
      }
    },
    onNote: text => process.stderr.write(`${text}\n`),
  })
  const [first] = result.ranked
  const { end, conditions } = result
  const ties = result.ranked.filter(({ isTie }) => isTie).map(({ candidate }) => candidate.id)
  print(
    JSON.stringify({
      ...{ end, device: conditions.device, fastest: first?.candidate.id, us: first?.timing.median },
      ...{ ofCeiling: first?.ofCeiling, ties },
    }),
  )
  return result
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: '4096x1024' },
      device: { type: 'string', default: 'webgpu' },
      minutes: { type: 'string', default: '5' },
      store: { type: 'string', default: 'sweep.jsonl' },
    },
  })
  const [T = 0, D = 0] = values.sizes.split('x').map(Number)
  const abort = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort())
  await sweep({ T, D }, line => process.stdout.write(`${line}\n`), {
    device: { kind: values.device === 'cuda' ? 'cuda' : 'webgpu' },
    budget: { seconds: 60 * Number(values.minutes) },
    store: values.store,
    signal: abort.signal,
  })
}
