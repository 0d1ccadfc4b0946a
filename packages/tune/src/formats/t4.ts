/**
 * Writes T4 1.0.0, the format in which the auto-tuning community exchanges results (the schema of results of https://github.com/odgaard/TuningSchema, branch T4, as Kernel Tuner
 * contains it).
 */
import type { OutcomeClass } from '../outcome.ts'
import type { Tried } from './tried.ts'

type Invalidity = 'timeout' | 'compile' | 'runtime' | 'correctness' | 'constraints' | 'correct'

const invalidityOf: Readonly<Record<OutcomeClass, Invalidity>> = {
  correct: 'correct',
  refused: 'constraints',
  'compile error': 'compile',
  'launch error': 'runtime',
  'wrong result': 'correctness',
  timeout: 'timeout',
  'device lost': 'runtime',
  crashed: 'runtime',
}

/** A T4 file: plain data, ready for `JSON.stringify`. */
export interface T4 {
  readonly schema_version: '1.0.0'
  readonly metadata: { readonly timeunit: 'milliseconds' }
  readonly results: readonly T4Result[]
}

interface T4Result {
  readonly timestamp: string
  readonly configuration: Readonly<Record<string, number | string>>
  readonly objectives: readonly string[]
  /** Milliseconds. */
  readonly times: {
    readonly runtimes: readonly number[]
    /** Everything else that trying the candidate took: compilation, validation, data. A store does not tell them apart. */
    readonly framework: number
    readonly search_algorithm: number
  }
  readonly invalidity: Invalidity
  /** 1 if the results were right. */
  readonly correctness: 0 | 1
  readonly measurements: readonly { readonly name: string; readonly value: number | string; readonly unit: string }[]
}

const milliseconds = (microseconds: number): number => microseconds / 1000

/** All candidates in T4. A candidate without chosen values has its steps as the only one. */
export const toT4 = (tried: readonly Tried[]): T4 => ({
  schema_version: '1.0.0',
  metadata: { timeunit: 'milliseconds' },
  results: tried.map(({ id, date, class: own, timing, problem, costSeconds, parameters }) => {
    const runtimes = (timing?.samples ?? []).map(milliseconds)
    return {
      timestamp: date,
      configuration: parameters ?? { schedule: id },
      objectives: ['time'],
      times: {
        runtimes,
        framework: Math.max(0, costSeconds * 1000 - runtimes.reduce((sum, each) => sum + each, 0)),
        search_algorithm: 0,
      },
      invalidity: invalidityOf[own],
      correctness: own === 'correct' ? 1 : 0,
      measurements: [
        ...(timing === undefined
          ? []
          : ([
              { name: 'time', value: milliseconds(timing.median), unit: 'ms' },
              { name: 'time_p20', value: milliseconds(timing.p20), unit: 'ms' },
              { name: 'time_p80', value: milliseconds(timing.p80), unit: 'ms' },
            ] as const)),
        { name: 'schedule', value: id, unit: '' },
        { name: 'class', value: own, unit: '' },
        ...(problem === undefined ? [] : [{ name: 'problem', value: problem, unit: '' }]),
      ],
    }
  }),
})
