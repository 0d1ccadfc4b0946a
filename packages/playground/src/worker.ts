/**
 * The script of both workers, so that browsers load the compiler once: one that is named `run` runs kernels, and a kernel that hangs stops only that one; the other
 * compiles. `new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'run' })`.
 */
import { type Channel, serve } from './engine/inbox.ts'
import { type RunChannel, serveRuns } from './run/serve-runs.ts'

const scope = globalThis as unknown as Channel & RunChannel & { readonly name: string }

if (scope.name === 'run') serveRuns(scope)
else serve(scope)
