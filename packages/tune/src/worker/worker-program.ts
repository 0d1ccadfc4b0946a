/** Which program a worker process runs. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Set in worker processes, and only there. */
const role = 'QERNEL_TUNE_WORKER'
/** Names the program of workers where the module beside this one is not there, as in a bundle. */
const program = 'QERNEL_TUNE_PROGRAM'

/** Whether this process was started as a worker; its program then calls `runWorker` and does nothing else. */
export const isWorkerProcess = (): boolean => process.env[role] === '1'

/** The environment of a worker. */
export const workerEnvironment = (): Record<string, string | undefined> => ({ ...process.env, [role]: '1' })

/** @throws Error if this is a bundle that does not say which program to start */
export function workerProgram(): string {
  const named = process.env[program]
  if (named !== undefined) return named
  for (const name of ['./main.js', './main.ts']) {
    const path = fileURLToPath(new URL(name, import.meta.url))
    if (existsSync(path)) return path
  }
  throw new Error(`There is no program for worker processes; name one by the option worker, or by ${program}`)
}
