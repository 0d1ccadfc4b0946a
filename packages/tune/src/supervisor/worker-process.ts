/** One worker process, the leader of a process group of its own, so that nothing that it started outlives it. */
import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import type { FromWorker, ToWorker } from '../worker/protocol.ts'
import { workerEnvironment } from '../worker/worker-program.ts'

/** How a process ended. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The last line that it wrote to standard error. */
  readonly lastWords: string
}

export interface ProcessListener {
  message(message: FromWorker): void
  ended(ending: Ending): void
}

export class WorkerProcess {
  readonly #child: ChildProcess

  /** @param program the module that it runs */
  constructor(program: string, { message, ended }: ProcessListener) {
    const child = fork(program, [], {
      detached: true,
      env: workerEnvironment(),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child = child
    let words = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-lastBytes)
    })
    child.on('message', value => message(value as FromWorker))
    // A message to a process that has just ended.
    child.on('error', () => undefined)
    // Its last messages may arrive after its end.
    const isSilent = new Promise(resolve => child.once('disconnect', resolve))
    child.on('exit', (code, signal) => {
      void Promise.race([isSilent, setTimeout(1000, undefined, { ref: false })]).then(() =>
        ended({ code, signal, lastWords: lastWords(words) }),
      )
    })
  }

  send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }

  /** Ends it and all that it started, at once. */
  kill(): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // It has ended in the meantime.
      this.#child.kill('SIGKILL')
    }
  }

  /** Ends it, and does not wait for its end: a process that is inside a driver may take long to go. */
  abandon(): void {
    this.kill()
    if (this.#child.connected) this.#child.disconnect()
    this.#child.stderr?.destroy()
    this.#child.unref()
  }
}

const lastBytes = 2000

/** The line that names an error, or else the last one. */
function lastWords(text: string): string {
  const lines = text.trimEnd().split('\n')
  return (lines.findLast(line => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '').trim()
}
