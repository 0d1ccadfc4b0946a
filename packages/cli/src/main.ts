import { fileURLToPath } from 'node:url'
import { runAsProgram } from './run-as-program.ts'

// Worker processes of `qernel tune` run this program too, so that they load plug-ins as it does, wherever it was bundled.
const program = fileURLToPath(import.meta.url)
process.env.QERNEL_TUNE_PROGRAM ??= program
if (process.env.QERNEL_TUNE_WORKER === '1') {
  const [{ runWorker }, { loadPlugins }] = await Promise.all([
    import('@qernel/tune/worker'),
    import('./plugins/load-plugins.ts'),
  ])
  runWorker({ loadPlugins })
} else await runAsProgram(program)
