/** A page with the engine and the runner, and nothing else. */
import { connect } from '../../src/engine/client.ts'
import type { Subject } from '../../src/protocol.ts'
import type { RunEvent } from '../../src/run/messages.ts'
import { createRunner, type RunQuestion, type RunWorker } from '../../src/run/runner.ts'

type Channel = Parameters<typeof connect>[0]
// Tests are compiled without the types of browsers.
const { Worker } = globalThis as unknown as {
  Worker: new (url: URL, options: { type: 'module'; name?: string }) => RunWorker & Channel
}

const engine = connect(new Worker(new URL('../../src/worker.ts', import.meta.url), { type: 'module' }))
const start = () => new Worker(new URL('../../src/worker.ts', import.meta.url), { type: 'module', name: 'run' })
const runner = createRunner(start)
/** Gives up before a worker can have started. */
const impatient = createRunner(start, 1)

const exported = {
  compile: (subject: Subject) => engine.compile({ subject, target: 'wgsl' }),
  run: async (question: RunQuestion) => {
    const events: RunEvent[] = []
    const outcome = await runner.run(question, event => events.push(event))
    return { outcome, events }
  },
  giveUp: () => impatient.run({ kind: 'device' }, () => undefined),
}
export type Exported = typeof exported
Object.assign(globalThis, { exported })
