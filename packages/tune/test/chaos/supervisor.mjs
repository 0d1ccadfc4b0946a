/** A search in a process of its own, so that it can be killed. It prints its result as JSON; what it notes goes into the log of its plan. */
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseKernel } from '@qernel/dsl'
import { parseSteps } from '@qernel/schedule'
import { findStrategy, tune } from '../../dist/index.js'
import { dieWithParent } from '../../dist/worker/index.js'

dieWithParent()
const { folder, kernel, sizes, schedules, devices, deadlines, finalists } = JSON.parse(
  readFileSync(process.env.QERNEL_TEST_PLAN, 'utf8'),
)
const all = schedules.map(id => ({ id, steps: parseSteps(id) }))
const result = await tune(parseKernel(kernel), {
  device: devices.map(adapter => ({ kind: 'webgpu', adapter })),
  sizes,
  strategy: findStrategy('exhaustive'),
  space: { size: all.length, candidates: () => all, sample: () => all[0], neighbours: () => [] },
  store: join(folder, 'store.jsonl'),
  worker: fileURLToPath(new URL('./faulty-worker.mjs', import.meta.url)),
  deadlines,
  finalists,
  onNote: note =>
    appendFileSync(
      join(folder, 'log.jsonl'),
      `${JSON.stringify({ at: Date.now(), pid: process.pid, what: 'note', note })}\n`,
    ),
})
const { end, ranked, counts, known, seconds } = result
process.stdout.write(
  JSON.stringify({
    end,
    counts,
    known,
    seconds,
    ranked: ranked.map(({ candidate: { id }, timing }) => ({ id, us: timing.median })),
  }),
)
