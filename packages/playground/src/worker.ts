/**
 * The script of all workers, so that browsers load the compiler once: one that is named `run` runs kernels, and a kernel that hangs stops only that one; `compile`
 * compiles, and `language` helps who writes a kernel, so that no source waits for TypeScript. `new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'run' })`.
 */
import { type Channel, serve } from './engine/inbox.ts'
import { type RunChannel, serveRuns } from './run/serve-runs.ts'

const scope = globalThis as unknown as Channel & RunChannel & { readonly name: string }

if (scope.name === 'run') serveRuns(scope)
else serve(scope)
