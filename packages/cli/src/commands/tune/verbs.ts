/** What `qernel tune` does with a store that is there. */
import type { RunCommand } from '../../frame/command.ts'
import type { tuneOptions } from './options.ts'

export interface Verb {
  readonly name: string
  readonly summary: string
  load(): Promise<RunCommand<typeof tuneOptions>>
}

export const verbs: readonly Verb[] = [
  {
    name: 'resume',
    summary: 'go on with its last search',
    load: async () => (await import('./resume.ts')).resume,
  },
  {
    name: 'status',
    summary: 'print what it holds',
    load: async () => (await import('./status.ts')).status,
  },
  {
    name: 'merge',
    summary: 'join others into it',
    load: async () => (await import('./merge.ts')).merge,
  },
  {
    name: 'export',
    summary: 'write it as T4, CSV or tuned schedules',
    load: async () => (await import('./export.ts')).exportStore,
  },
  {
    name: 'report',
    summary: 'show it as a page',
    load: async () => (await import('./html-report.ts')).htmlReport,
  },
]
