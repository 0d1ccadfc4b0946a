import { pathProblem } from '@qernel/arrays/internal'
import { UsageError } from './usage-error.ts'

/** The error of a file operation as a usage error if the path is to blame; any other error is returned unchanged. */
export function fileError(error: unknown, path: string, doing: 'read' | 'write'): unknown {
  const problem = pathProblem(error, path, doing)
  return problem === undefined ? error : new UsageError(problem, { cause: error })
}
