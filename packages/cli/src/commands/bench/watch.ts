/**
 * Runs `qernel bench` in a process of its own and watches it. One that reaches a deadline, or ends by its own doing, is replaced by another, which goes on from
 * the rows; the schedule that is to blame has a row that says so.
 */
import { fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { compilerVersion } from '@qernel/codegen'
import { StoreFile } from '@qernel/tune'
import type { Beat, Message } from './pulse.ts'
import type { DiedRow } from './row-lines.ts'
import { watchedRows } from './watched-rows.ts'

/** Ends in a row during which no schedule was tried: there is nothing to go on with. */
const mostIdleEnds = 2

/** Signals that other processes send. */
const fromOutside = new Set<NodeJS.Signals>(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'])

/**
 * @param program the module of this program
 * @param argv the words after the program's name, `bench` first
 * @returns the exit code
 */
export async function watchBench(program: string, argv: readonly string[]): Promise<number> {
  const given = optionIn(argv, '--rows')
  const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'qernel-bench-')) : undefined
  const rows = given ?? join(folder as string, 'rows.jsonl')
  // Every process reads it anew.
  const input = optionIn(argv, '--steps-file') === '-' ? readFileSync(0) : undefined
  let isStopping = false
  let idleEnds = 0
  try {
    for (;;) {
      const run = { program, argv, rows, input, onStop: () => (isStopping = true) }
      const { code, signal, isOver, beat, isLate } = await runOnce(run)
      const isOrderly = signal === null && (isOver || beat === undefined || code === 2 || code === 70)
      if (isOrderly || isStopping || beat === undefined) return signal === null ? (code ?? 1) : signalCode(signal)
      const isIdle = beat.late === undefined && beat.preparing === undefined && beat.compiling === undefined
      idleEnds = isIdle ? idleEnds + 1 : 0
      const died = diedRow(beat, code, signal, isLate)
      process.stderr.write(
        `qernel bench: ${died.problem}${idleEnds < mostIdleEnds ? '; going on in another process' : ''}\n`,
      )
      if (idleEnds >= mostIdleEnds) return signal === null ? 1 : signalCode(signal)
      const store = StoreFile.open(rows)
      store.append(died)
      store.close()
    }
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
}

const signalCode = (signal: NodeJS.Signals): number => 128 + constants.signals[signal]

interface Run {
  readonly program: string
  readonly argv: readonly string[]
  readonly rows: string
  readonly input: Uint8Array | undefined
  onStop(): void
}

interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Whether it had said that all results were there. */
  readonly isOver: boolean
  /** The last one; undefined if nothing had begun. */
  readonly beat: Beat | undefined
  /** Whether it was ended at a deadline. */
  readonly isLate: boolean
}

function runOnce({ program, argv, rows, input, onStop }: Run): Promise<Ending> {
  const child = fork(program, argv, {
    env: { ...process.env, [watchedRows]: rows },
    stdio: [input === undefined ? 'inherit' : 'pipe', 'inherit', 'inherit', 'ipc'],
  })
  child.stdin?.on('error', () => undefined).end(input)
  let isOver = false
  let isLate = false
  let beat: Beat | undefined
  let timer: NodeJS.Timeout | undefined
  child.on('message', (message: Message) => {
    clearTimeout(timer)
    if (message === 'over') {
      isOver = true
      return
    }
    beat = message
    timer = setTimeout(() => {
      isLate = true
      child.kill('SIGKILL')
    }, 1000 * message.seconds)
  })
  // The terminal sends its signals to both; one that was sent to this process alone is passed on.
  const pass = (signal: NodeJS.Signals) => {
    onStop()
    child.kill(signal)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, pass)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      for (const each of ['SIGINT', 'SIGTERM'] as const) process.off(each, pass)
      resolve({ code, signal, isOver, beat, isLate })
    })
  })
}

function diedRow(beat: Beat, code: number | null, signal: NodeJS.Signals | null, isLate: boolean): DiedRow {
  const { run, late, preparing, seconds } = beat
  const about = { version: compilerVersion, run, date: new Date().toISOString() }
  const head = { kind: 'died', ...about, ...(preparing && { preparing }) } as const
  if (isLate) {
    const doing = preparing === undefined && late === undefined ? 'compiling' : preparing ? 'being applied' : 'running'
    const problem = `still ${doing} after ${seconds.toFixed(0)} s, its deadline`
    return { ...head, cause: 'deadline', problem, ...(late && { late }) }
  }
  const how = signal === null ? `exit code ${code}` : signal
  const cause = signal !== null && fromOutside.has(signal) ? 'outside' : 'own'
  return { ...head, cause, problem: `the process ended with ${how} while this schedule was measured` }
}

/** The value of an option in words that have not been parsed yet. */
function optionIn(argv: readonly string[], name: string): string | undefined {
  const at = argv.findLastIndex(word => word === name || word.startsWith(`${name}=`))
  const word = argv[at]
  return word === name ? argv[at + 1] : word?.slice(name.length + 1)
}
