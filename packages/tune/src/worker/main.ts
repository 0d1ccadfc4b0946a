/** The worker process of programs that have none of their own. */
import { pathToFileURL } from 'node:url'
import { findTransform, registerTransform, type Transform } from '@qernel/schedule'
import { runWorker } from './run-worker.ts'

/** Exports count, not only what a module defined while loading: it may have imported its own copy of qernel. */
async function loadPlugins(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const exported: Record<string, unknown> = await import(pathToFileURL(file).href)
    for (const value of Object.values(exported).flat()) {
      const transform = transformOf(value)
      if (transform !== undefined && findTransform(transform.name) !== transform) registerTransform(transform)
    }
  }
}

/** `defineTransform` returns a function that makes steps, with the transform as a property. */
const transformOf = (value: unknown): Transform | undefined =>
  typeof value === 'function' && 'transform' in value ? (value.transform as Transform) : undefined

runWorker({ loadPlugins })
