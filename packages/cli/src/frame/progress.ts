import { visibleJson, visibleLines, visibleText } from '@qernel/dsl/internal'
import type { CommandStreams, Invocation } from './command.ts'

const clearLine = '\r\u001b[K'

/** The shortest time between writes to a terminal, in milliseconds. */
const interval = 100
/** The time between progress lines in a pipe or a file. */
const stepInterval = 5000

/**
 * The output of a command while it works: lines, silent with `--json`, and on a terminal a state below them, which is
 * never redirected. An empty state removes it.
 */
export function progressOn(
  stderr: CommandStreams['stderr'],
  json: boolean,
): Pick<Invocation, 'progress' | 'step' | 'status' | 'record'> {
  let shown = ''
  let last = Number.NEGATIVE_INFINITY
  const show = (state: string) => {
    const line = visibleText(state)
    if (line === shown) return
    // A wrapped line could not be overwritten.
    stderr.write(clearLine + [...line].slice(0, (stderr.columns ?? 80) - 1).join(''))
    shown = line
    last = performance.now()
  }
  const progress = (line: string): void => {
    if (json) return
    const state = shown
    show('')
    stderr.write(`${visibleLines(line)}\n`)
    show(state)
  }
  const status = (line: string): void => {
    if (stderr.isTTY !== true || (line !== '' && performance.now() - last < interval)) return
    show(line)
  }
  let stepped = performance.now()
  const step = (line: string): void => {
    if (stderr.isTTY === true) status(line)
    if (stderr.isTTY === true || performance.now() - stepped < stepInterval) return
    stepped = performance.now()
    progress(line)
  }
  const record = (value: object): void => {
    if (stderr.isTTY !== true) stderr.write(`${visibleJson(JSON.stringify(value))}\n`)
  }
  return { progress, step, status, record }
}
