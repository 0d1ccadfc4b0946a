/** Runs kernels on the visitor's GPU. */
import { batch } from '@preact/signals'
import type { RunEvent } from '../run/messages.ts'
import { createRunner, type Runner, type RunQuestion } from '../run/runner.ts'
import type { Model } from './model.ts'
import type { RunModel, RunResult } from './run-model.ts'

let runner: Runner | undefined

const usualRunner = (): Runner => {
  runner ??= createRunner(() => new Worker(new URL('../worker.ts', import.meta.url), { type: 'module', name: 'run' }))
  return runner
}

/** Checks and measures what the page shows. */
export function runShown({ state, run }: Model): void {
  const subject = state.value
  const name = subject.schedule.kind === 'named' ? subject.schedule.name : ''
  const { [name]: _, ...others } = Object.fromEntries(run.results.value)
  run.results.value = new Map(Object.entries(others))
  void follow(run, { kind: 'run', subject })
}

/** Checks and measures every schedule that goes with the kernel. */
export function runAll({ state, compiled, run }: Model): void {
  const { schedule: _, ...subject } = state.value
  run.results.value = new Map()
  void follow(run, { kind: 'sweep', subject, schedules: compiled.value.kernel?.schedules ?? [] })
}

export const stopRunning = (): void => runner?.cancel()

async function follow(run: RunModel, question: RunQuestion): Promise<void> {
  run.isRunning.value = true
  const outcome = await usualRunner().run(question, event => tell(run, event))
  batch(() => {
    run.isRunning.value = false
    run.text.value = outcome.kind === 'done' ? '' : outcome.message
  })
}

function tell({ text, device, results }: RunModel, event: RunEvent): void {
  const add = (schedule: string, result: RunResult): void => {
    results.value = new Map(results.value).set(schedule, { ...results.value.get(schedule), ...result })
  }
  switch (event.kind) {
    case 'progress':
      text.value = `${event.text} …`
      break
    case 'device':
      device.value = event.device
      break
    case 'checked':
      add(event.schedule, { check: event.check })
      break
    case 'measured':
      add(event.schedule, { measurement: event.measurement })
      break
    case 'end':
      break
  }
}
