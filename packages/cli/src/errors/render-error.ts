import { visibleText } from '@qernel/dsl/internal'
import { styled } from '../frame/style.ts'
import type { UsageError } from './usage-error.ts'

/** How many valid choices a message lists before it only counts the rest. */
const LISTED = 12

/**
 * The message as it is printed, one part per line, details (a nest with carets) after the first:
 *
 *     qernel emit: unknown kernel 'int8_per_chanel'
 *       where:   KERNEL
 *       allowed: int8_per_channel, int8_per_channel_dequantize
 *       did you mean 'int8_per_channel'?
 */
export function renderUsageError(program: string, error: UsageError): string {
  const lines = [`${program}: ${error.what}`]
  for (const line of error.details ?? []) lines.push(`    ${line}`)
  if (error.where !== undefined) lines.push(`  where:   ${error.where}`)
  if (error.allowed !== undefined) lines.push(`  allowed: ${listed(error.allowed)}`)
  if (error.nearest !== undefined) lines.push(`  did you mean '${error.nearest}'?`)
  if (error.hint !== undefined) lines.push(`  ${error.hint}`)
  // Names may come from untrusted files, so their line breaks and escape sequences must not reach the terminal.
  return `${lines.map((line, at) => styledLine(program, visibleText(line), at)).join('\n')}\n`
}

/** The program in red, carets in green, labels dim. */
function styledLine(program: string, line: string, at: number): string {
  if (at === 0) return `${styled('red', `${program}:`)}${line.slice(program.length + 1)}`
  const [, indent = '', carets] = /^(\s*)(\^+)\s*$/.exec(line) ?? []
  if (carets !== undefined) return indent + styled('green', carets)
  return line.replace(/^ {2}(where:|allowed:|did you mean)/, (_, label: string) => `  ${styled('dim', label)}`)
}

/** The same as data, for `--json`, with every valid choice. */
export function usageErrorToJson(error: UsageError): Record<string, unknown> {
  return {
    kind: error.exitCode === 1 ? 'check' : 'usage',
    exitCode: error.exitCode,
    message: error.what,
    ...(error.details === undefined ? {} : { details: error.details }),
    ...(error.where === undefined ? {} : { where: error.where }),
    ...(error.allowed === undefined ? {} : { allowed: error.allowed }),
    ...(error.nearest === undefined ? {} : { nearest: error.nearest }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  }
}

function listed(allowed: readonly string[] | string): string {
  if (typeof allowed === 'string') return allowed
  const rest = allowed.length - LISTED
  return allowed.slice(0, LISTED).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}
