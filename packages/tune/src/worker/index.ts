/** The worker process of `tune`, for programs that are themselves its worker: bundles, and programs that load plug-ins in their own way. */
export { dieWithParent, runWorker, type WorkerOptions } from './run-worker.ts'
export { isWorkerProcess } from './worker-program.ts'
