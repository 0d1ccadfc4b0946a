/** The page's side of running: one request at a time, and a worker that does not answer is replaced. */
import type { Outcome, RunEvent, RunRequest } from './messages.ts'

/** A `Worker`, or what stands for one. */
export interface RunWorker {
  onmessage: ((event: MessageEvent) => void) | null
  onerror: ((event: ErrorEvent) => void) | null
  postMessage(request: RunRequest): void
  terminate(): void
}

/** A request without its number. */
export type RunQuestion = RunRequest extends infer Request
  ? Request extends RunRequest
    ? Omit<Request, 'id'>
    : never
  : never

export interface Runner {
  /**
   * Runs something. A request that is still worked on is cancelled.
   *
   * @param tell gets every event but the end
   * @returns the end; never rejects
   */
  run(question: RunQuestion, tell: (event: RunEvent) => void): Promise<Outcome>
  /** Ends what is worked on, and the worker with it. */
  cancel(): void
}

/** How long a worker may be silent, in milliseconds: drivers end a kernel that hangs within ten seconds. */
const usualDeadline = 30_000

/**
 * @param start makes a worker; called anew after one was ended
 * @param deadline milliseconds without an event after which a worker is ended
 */
export function createRunner(start: () => RunWorker, deadline = usualDeadline): Runner {
  let worker: RunWorker | undefined
  let end: ((outcome: Outcome) => void) | undefined
  let last = 0
  const stop = (reason: 'timed-out' | 'cancelled' | 'failed', message: string): void => {
    worker?.terminate()
    worker = undefined
    end?.({ kind: 'stopped', reason, message })
  }
  return {
    run: (question, tell) => {
      if (end !== undefined) stop('cancelled', 'Another run was started.')
      const id = ++last
      worker ??= start()
      const own = worker
      return new Promise(resolve => {
        let timer: ReturnType<typeof setTimeout>
        const wait = (): void => {
          clearTimeout(timer)
          const seconds = Math.round(deadline / 1000)
          const message = `The GPU did not answer within ${seconds} seconds; the next run starts afresh.`
          timer = setTimeout(() => stop('timed-out', message), deadline)
        }
        end = outcome => {
          clearTimeout(timer)
          end = undefined
          resolve(outcome)
        }
        own.onmessage = ({ data }: MessageEvent<RunEvent>) => {
          if (data.id !== id) return
          wait()
          if (data.kind === 'end') end?.(data.outcome)
          else tell(data)
        }
        own.onerror = event => stop('failed', event.message || 'The worker that runs kernels could not start.')
        wait()
        own.postMessage({ ...question, id } as RunRequest)
      })
    },
    cancel: () => stop('cancelled', 'The run was stopped.'),
  }
}
