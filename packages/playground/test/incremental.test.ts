/**
 * The engine remembers nests, lines and facts between key strokes. Whatever it was asked before, its answer must be that of a compiler that remembers nothing:
 * each answer of a random walk through schedules is compared with one for a definition made anew. `QERNEL_CASES=1000` walks longer.
 */
import { type BackEnd, LoweringError, type TargetName, targetNames } from '@qernel/codegen'
import { randomNumbers } from '@qernel/dsl/internal'
import { findKernel, kernelLibrary } from '@qernel/kernels'
import { applySchedule, parseSteps, printNest, ScheduleRefusal, type Step } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { backEnds } from '../src/engine/back-ends.ts'
import { answer } from '../src/engine/engine.ts'
import type { Compiled, StepText, Subject } from '../src/protocol.ts'

const walks = Math.ceil(Number(process.env.QERNEL_CASES ?? 40) / 10)
const random = randomNumbers(Number(process.env.QERNEL_SEED ?? 1))
const below = (count: number): number => Math.floor(random() * count)
const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T

function compiled(name: string, steps: readonly StepText[], target: TargetName): Compiled {
  const subject: Subject = { kernel: { kind: 'library', name }, schedule: { kind: 'steps', steps }, fixed: {}, at: {} }
  const response = answer({ kind: 'compile', id: 1, subject, target })
  if (response.kind !== 'compile') throw new Error(JSON.stringify(response))
  return response.result
}

/** Another number, another order, a step less, one twice, or one switched on or off. */
function edited(steps: readonly StepText[]): readonly StepText[] {
  const at = below(steps.length)
  const step = steps[at]
  if (step === undefined) return [{ text: 'tile(t=16,d=16)', isOn: true }]
  const number = step.text.replace(/\d+/, () => String(pick([1, 2, 4, 8, 16, 32, 64])))
  return pick([
    () => steps.with(at, { ...step, text: number }),
    () => steps.with(at, { ...step, text: number }),
    () => steps.with(at, { ...step, isOn: !step.isOn }),
    () => steps.toSpliced(at, 1),
    () => steps.toSpliced(at, 1).toSpliced(below(steps.length), 0, step),
    () => steps.toSpliced(at, 0, step),
  ])()
}

const make = (name: string) => {
  const found = findKernel(name)?.define()
  if (found === undefined) throw new Error(`no kernel ${name}`)
  // A copy, for which nothing can be remembered.
  return { ...found }
}

function freshSource(name: string, steps: readonly Step[], backEnd: BackEnd): string | undefined {
  try {
    return backEnd.compile(make(name), steps).source
  } catch (error) {
    if (error instanceof ScheduleRefusal || error instanceof LoweringError) return undefined
    throw error
  }
}

test(`answers as a compiler that remembers nothing, in ${walks} walks`, () => {
  let sources = 0
  for (let walk = 0; walk < walks; walk++) {
    const names = [0, 1].map(() => pick(kernelLibrary.filter(one => !one.name.startsWith('attention'))).name)
    const schedules = names.map(name => {
      const all = compiled(name, [], 'wgsl').kernel?.schedules ?? []
      return pick(all).steps.map((text): StepText => ({ text, isOn: true }))
    })
    const answers: { name: string; steps: readonly StepText[]; target: TargetName; found: Compiled }[] = []
    for (let turn = 0; turn < 10; turn++) {
      const at = below(2)
      const name = names[at] as string
      const steps = edited(schedules[at] as readonly StepText[])
      schedules[at] = [...steps]
      const target = pick(targetNames)
      answers.push({ name, steps, target, found: compiled(name, steps, target) })
    }
    // Only now: what a fresh definition leaves behind would push out what the engine remembers.
    for (const { name, steps, target, found } of answers) {
      const applied = found.steps.flatMap(({ text, outcome }) => (outcome.kind === 'applied' ? parseSteps(text) : []))
      for (const backEnd of Object.values(backEnds)) {
        const source = found.sources?.[backEnd.name]
        const fresh = freshSource(name, applied, backEnd)
        expect([name, steps, source?.kind === 'source' ? source.text : undefined]).toEqual([name, steps, fresh])
        sources += Number(fresh !== undefined)
      }
      const options = { hasSubgroups: backEnds[target].portableTarget.subgroup !== undefined }
      const isRepaired = found.stages.some(stage => stage.isRepair)
      const kept = found.stages.at(-1)?.lines.filter(({ change }) => change !== 'removed')
      if (isRepaired) continue
      const { nest } = applySchedule(make(name), applied, options)
      expect(kept?.map(({ text, loop }) => ({ text, loop }))).toEqual(printNest(nest))
    }
  }
  expect(sources).toBeGreaterThan(walks)
}, 1_800_000)
