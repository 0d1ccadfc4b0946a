/** Searches by the real supervisor, worker process and store, on a software device that fails as a plan says. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serializeKernel } from '@qernel/dsl'
import { openDevice } from '@qernel/runtime'
import {
  type DeadlineOptions,
  legality,
  type OutcomeClass,
  type OutcomeRecord,
  readStore,
  scheduleSpace,
  type TuneEnd,
  type TuneOptions,
  tuningRecords,
} from '../../src/index.ts'
import { idsOf } from '../space/ids-of.ts'
import { quantize } from '../tune/searches.ts'

/** Each fault, and the class that its candidate must get. */
export const classes = {
  'compile error': 'compile error',
  'launch error': 'launch error',
  segfault: 'crashed',
  'segfault in compile': 'crashed',
  'exit in compile': 'crashed',
  'out of memory': 'crashed',
  'device lost': 'device lost',
  'wrong result': 'wrong result',
  NaN: 'wrong result',
  'partial write': 'wrong result',
  'write outside': 'wrong result',
  'stale output': 'wrong result',
  'skipped launch': 'launch error',
  'hang in compile': 'timeout',
  'wait in compile': 'timeout',
  'hang in run': 'timeout',
  'wait in run': 'timeout',
  // Its candidate is innocent.
  'supervisor killed': 'correct',
} as const satisfies Readonly<Record<string, OutcomeClass>>

export type FaultKind = keyof typeof classes

/** What goes wrong with a candidate, and whether only where it is timed. */
export interface Fault {
  readonly kind: FaultKind
  readonly when?: 'timed'
}

export interface Plan {
  /** The texts of steps. */
  readonly schedules: readonly string[]
  readonly faults: Readonly<Record<string, Fault>>
  readonly devices: readonly string[]
  /** The number of candidates after which a device is lost for good. */
  readonly goneAfter?: Readonly<Record<string, number>>
  readonly deadlines: DeadlineOptions
  readonly finalists?: TuneOptions['finalists']
}

/** A line of the log. */
export type Event = { readonly at: number; readonly pid: number } & (
  | { readonly what: 'note'; readonly note: string }
  | { readonly what: 'launch'; readonly id: string; readonly device: string }
  | { readonly what: 'fault'; readonly id: string; readonly kind: FaultKind }
  | { readonly what: 'gone'; readonly device: string }
)

export interface Searched {
  readonly end: TuneEnd
  readonly ranked: readonly { readonly id: string; readonly us: number }[]
  /** How often the supervisor was killed. */
  readonly kills: number
  readonly outcomes: readonly OutcomeRecord[]
  readonly events: readonly Event[]
  /** Lines of the store that are damaged. */
  readonly damaged: number
}

export const sizes = { T: 48, D: 64 }

/** Legal schedules of `quantize`, in the order of the space. */
export async function legalSchedules(templates: readonly string[]): Promise<string[]> {
  const device = await openDevice({ adapter: 'swiftshader' })
  try {
    const setting = { kernel: quantize, target: device.target, fixed: new Map([['D', sizes.D]]) }
    return await idsOf(scheduleSpace({ templates, isLegal: legality(setting) }))
  } finally {
    await device.close()
  }
}

/**
 * Runs a search to its end: a supervisor that is killed is started again, by the same command. What is in the folder from an earlier call goes on.
 * @throws Error if the supervisor ends in any other way
 */
export async function search(folder: string, plan: Plan): Promise<Searched> {
  const path = join(folder, 'plan.json')
  writeFileSync(path, JSON.stringify({ ...plan, folder, sizes, kernel: serializeKernel(quantize) }))
  const log = join(folder, 'log.jsonl')
  const store = join(folder, 'store.jsonl')
  for (let kills = 0; ; kills++) {
    const { signal, code, text, problem } = await supervise(path)
    if (signal === 'SIGKILL') continue
    if (code !== 0) throw new Error(`the supervisor ended with ${signal ?? code}: ${problem}`)
    const { records, unused, cutBytes } = readStore(store)
    return {
      ...(JSON.parse(text) as Pick<Searched, 'end' | 'ranked'>),
      kills,
      outcomes: tuningRecords(records, store).flatMap(one => (one.kind === 'outcome' ? [one] : [])),
      events: !existsSync(log)
        ? []
        : readFileSync(log, 'utf8')
            .trimEnd()
            .split('\n')
            .map(line => JSON.parse(line) as Event),
      damaged: unused.length + cutBytes,
    }
  }
}

const program = fileURLToPath(new URL('./supervisor.mjs', import.meta.url))

async function supervise(plan: string) {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, QERNEL_TEST_PLAN: plan },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [text, problem] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    problem += part
  })
  return new Promise<{ signal: NodeJS.Signals | null; code: number | null; text: string; problem: string }>(
    (resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => resolve({ signal, code, text, problem }))
    },
  )
}
