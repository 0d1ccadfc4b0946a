/** The worker that compiles: `new Worker(new URL('./engine/worker.ts', import.meta.url), { type: 'module' })`. */
import { type Channel, serve } from './inbox.ts'

serve(globalThis as unknown as Channel)
