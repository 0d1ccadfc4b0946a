/** The program of a worker process: opens a device, measures what it is told to, and says what it is doing. */
import { Worker } from 'node:worker_threads'
import type { BenchSettings, Subject } from '@qernel/bench'
import { bytesMoved, setUpArrays } from '@qernel/bench/internal'
import { parseKernel } from '@qernel/dsl'
import { type Device, DeviceLostError, openDevice } from '@qernel/runtime'
import { type EvaluationListener, Evaluator } from '../measure/evaluator.ts'
import { type FinalRequest, measureCeiling, measureFinal } from '../measure/finalists.ts'
import { generatorHash } from './generator-hash.ts'
import type { Assignment, FromWorker, Settings, ToWorker } from './protocol.ts'

/** What a program may do in its own way. */
export interface WorkerOptions {
  /** Makes the transforms of plug-ins known. */
  loadPlugins(files: readonly string[]): Promise<void>
  /** By default that of `@qernel/runtime`. */
  readonly openDevice?: (choice: Assignment['device']) => Promise<Device>
}

/** Runs until the supervisor says that it is enough, or is gone. */
export function runWorker({ loadPlugins, openDevice: open = openDevice }: WorkerOptions): void {
  dieWithParent()
  process.on('disconnect', () => process.exit(0))
  const send = (message: FromWorker) => {
    if (process.connected) process.send?.(message)
  }
  const leave = (message: FromWorker) => process.send?.(message, () => process.exit(0))
  const listener: EvaluationListener = {
    begin: (id, stage) => send({ type: 'begin', id, stage }),
    end: id => send({ type: 'end', id }),
    finished: (id, result) => send({ type: 'finished', id, result }),
    lost: ({ message }) => leave({ type: 'lost', message }),
  }
  let work: FinalRequest | undefined
  const failed = (error: unknown) => {
    if (error instanceof DeviceLostError) leave({ type: 'lost', message: error.message })
    else {
      const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) }
      leave({ type: 'refused', name, message })
    }
  }
  process.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'assignment':
        loadPlugins(message.assignment.plugins)
          .then(() => begin(message.assignment, open, listener, send))
          .then(begun => {
            work = begun.request
            send(begun.ready)
          })
          .catch(failed)
        break
      case 'evaluate':
        work?.evaluator.add(message.tasks)
        break
      case 'final':
        if (work !== undefined)
          measureFinal(message.ids, message.rounds, work)
            .then(final => send({ type: 'final', final }))
            .catch(failed)
        break
      case 'leave':
        void (work?.device.close() ?? Promise.resolve()).finally(() => process.exit(0))
    }
  })
}

async function begin(
  { device: choice, kernel: text, wide, sizes, open, settings: own, measuresCeiling }: Assignment,
  openDevice: NonNullable<WorkerOptions['openDevice']>,
  listener: EvaluationListener,
  send: (message: FromWorker) => void,
): Promise<{ readonly request: FinalRequest; readonly ready: FromWorker }> {
  const kernel = parseKernel(text)
  const device = await openDevice(choice)
  const { kind, name, driver, isSoftware, target } = device
  const opened = { kind, name, driver, isSoftware, target }
  send({ type: 'opened', device: opened })
  const settings = settingsFor(device, own)
  const subject: Subject = { kernel, wide, sizes, open, schedules: [] }
  const arrays = await setUpArrays(device, subject, { ...settings, digest: false })
  const ceiling = measuresCeiling ? await measureCeiling(device, subject, arrays, settings) : undefined
  const evaluator = new Evaluator(device, subject, arrays, settings, listener)
  const { reads, writes } = bytesMoved(kernel, sizes)
  return {
    request: { device, subject, arrays, settings, evaluator, listener },
    ready: {
      type: 'ready',
      device: opened,
      settings,
      code: arrays.code,
      generator: generatorHash(),
      bytes: reads + writes,
      ...(ceiling && { ceiling }),
    },
  }
}

/** A software device is slow and its times mean little, so it does just enough to show that everything works. */
const settingsFor = ({ isSoftware }: Device, own: Settings): BenchSettings => ({
  rounds: isSoftware ? 2 : 4,
  repeats: isSoftware ? 1 : 5,
  warmup: isSoftware ? 0 : 50,
  rotateBytes: isSoftware ? 0 : 2 ** 28,
  ...own,
})

const watchMs = 500

/** Ends this process when the one that started it is gone: in a thread of its own, since a candidate may keep this one busy for ever. */
export function dieWithParent(): void {
  const watch = `setInterval(() => {
    if (process.ppid !== ${process.ppid}) process.kill(process.pid, 'SIGKILL')
  }, ${watchMs})`
  new Worker(watch, { eval: true }).unref()
}
