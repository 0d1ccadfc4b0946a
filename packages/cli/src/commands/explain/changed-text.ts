import type { ChangedLine } from '@qernel/schedule/internal'

const signs = { same: ' ', added: '+', removed: '-' } as const

/** The lines as printed, each after the sign of its change. */
export const changedLines = (lines: readonly ChangedLine[]): string =>
  lines.map(({ change, text }) => `  ${signs[change]} ${text}\n`).join('')
