import type { RunEvent, RunRequest } from './messages.ts'
import { run } from './run.ts'

/** The worker's side of a channel to the page. */
export interface RunChannel {
  onmessage: ((event: MessageEvent) => void) | null
  postMessage(event: RunEvent): void
}

/** Runs what is asked for on a channel. */
export function serveRuns(channel: RunChannel): void {
  channel.onmessage = async ({ data: request }: MessageEvent<RunRequest>) => {
    const { id } = request
    const outcome = await run(request, event => channel.postMessage({ ...event, id } as RunEvent))
    channel.postMessage({ kind: 'end', id, outcome })
  }
}
