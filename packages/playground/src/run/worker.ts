/** The worker that runs kernels: `new Worker(new URL('./run/worker.ts', import.meta.url), { type: 'module' })`. A kernel that hangs stops only this worker. */
import type { RunEvent, RunRequest } from './messages.ts'
import { run } from './run.ts'

const page = globalThis as unknown as {
  onmessage: ((event: MessageEvent<RunRequest>) => void) | null
  postMessage(event: RunEvent): void
}

page.onmessage = async ({ data: request }) => {
  const { id } = request
  const outcome = await run(request, event => page.postMessage({ ...event, id } as RunEvent))
  page.postMessage({ kind: 'end', id, outcome })
}
