import { StoreError } from '@qernel/tune'
import { fileError } from './file-error.ts'
import { UsageError } from './usage-error.ts'

/** The error of a store as a usage error if the store, its file or its path is to blame; any other error is returned unchanged. */
export const storeError = (error: unknown, path: string): unknown =>
  error instanceof StoreError ? new UsageError(error, { cause: error }) : fileError(error, path, 'write')
