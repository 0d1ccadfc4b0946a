/** Measures a few candidates again, in turns of which each round begins with another one, beside the copy kernels that show the ceiling. */
import type { BenchSettings, Subject } from '@qernel/bench'
import { type Ceiling, ceilingOf, ceilingResult, median, type SubjectArrays, warmUp } from '@qernel/bench/internal'
import { type Device, DeviceLostError } from '@qernel/runtime'
import type { EvaluationListener, Evaluator, Loaded } from './evaluator.ts'
import { timingOf } from './evaluator.ts'
import { failureClass, problemText } from './failure-class.ts'
import type { Result, Timing } from './result.ts'

/** A candidate that was measured again. */
export interface Finalist {
  readonly id: string
  readonly timing: Timing
  /** The median of each round, microseconds: those of one round stand beside each other in time. */
  readonly rounds: readonly number[]
}

/** The result of a final. */
export interface Final {
  readonly finalists: readonly Finalist[]
  /** Candidates that failed this time. */
  readonly failed: readonly { readonly id: string; readonly result: Result }[]
  /** TB/s, and the bytes that every schedule moves: the time at the ceiling is `bytes / tbps`. */
  readonly ceiling: { readonly mix: string; readonly tbps: number }
}

/** What a final needs. */
export interface FinalRequest {
  readonly device: Device
  readonly subject: Subject
  readonly arrays: SubjectArrays
  readonly settings: BenchSettings
  readonly evaluator: Evaluator
  readonly listener: Pick<EvaluationListener, 'begin' | 'end'>
}

/** The name under which the copy kernels are announced. */
export const ceilingId = 'ceiling'

/** The ceiling of a subject, as measured alone: what progress is compared with. */
export async function measureCeiling(
  device: Device,
  subject: Subject,
  arrays: SubjectArrays,
  settings: BenchSettings,
): Promise<Final['ceiling']> {
  const ceiling = await ceilingOf(device, subject, arrays.plan, settings)
  try {
    const samples: (readonly number[])[] = []
    for (const copy of ceiling.candidates) samples.push(await copy.run(settings.repeats))
    const { mix, tbps } = ceilingResult(ceiling, samples)
    return { mix, tbps }
  } finally {
    ceiling.free()
  }
}

/** @throws DeviceLostError */
export async function measureFinal(ids: readonly string[], rounds: number, request: FinalRequest): Promise<Final> {
  const { device, subject, arrays, settings, evaluator, listener } = request
  const failed: { id: string; result: Result }[] = []
  const loaded: Loaded[] = []
  let ceiling: Ceiling | undefined
  const running = async <Value>(id: string, task: () => Promise<Value>): Promise<Value> => {
    listener.begin(id, 'run')
    try {
      return await task()
    } finally {
      listener.end(id)
    }
  }
  try {
    for (const id of ids) {
      const one = await evaluator.load(id)
      if (one !== undefined) loaded.push(one)
    }
    ceiling = await running(ceilingId, () => ceilingOf(device, subject, arrays.plan, settings))
    const { candidates } = ceiling
    const [first] = candidates
    if (first !== undefined && settings.warmup > 0) await running(ceilingId, () => warmUp(first, settings.warmup))
    const ofCopies: number[][] = candidates.map(() => [])
    const samples = new Map(loaded.map(one => [one, [] as number[][]]))
    const out = (one: Loaded, result: Omit<Result, 'costSeconds'>) => {
      samples.delete(one)
      failed.push({ id: one.id, result: { ...result, costSeconds: 0 } })
    }
    for (let round = 0; round < rounds; round++) {
      for (const [position, copy] of candidates.entries())
        ofCopies[position]?.push(...(await running(ceilingId, () => copy.run(settings.repeats))))
      const left = [...samples.keys()]
      for (let turn = 0; turn < left.length; turn++) {
        const one = left[(round + turn) % left.length] as Loaded
        try {
          samples.get(one)?.push([...(await running(one.id, () => one.runner.run(settings.repeats)))])
        } catch (error) {
          if (error instanceof DeviceLostError) throw error
          out(one, { class: failureClass('run', error), problem: problemText(error) })
        }
      }
    }
    for (const one of [...samples.keys()]) {
      const problem = await running(one.id, () => evaluator.checkAtFullSize(one))
      if (problem !== '') out(one, { class: 'wrong result', problem })
    }
    const { mix, tbps } = ceilingResult(ceiling, ofCopies)
    const finalists = [...samples].map(([{ id }, all]) => ({
      id,
      timing: timingOf(all.flat()),
      rounds: all.map(own => 1000 * median(own)),
    }))
    return { finalists, failed, ceiling: { mix, tbps } }
  } finally {
    for (const one of loaded) evaluator.free(one)
    ceiling?.free()
  }
}
