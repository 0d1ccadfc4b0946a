/** `kernel(…)` and `schedule(…)` of a kernel file. Neither does anything before somebody asks for the kernel. */
import { kernel as defineKernel, type Kernel } from '@qernel/dsl'
import { parseSteps, type Step, StepSyntaxError } from '@qernel/schedule'
import { builderObject } from './declarations.ts'
import { describe } from './describe.ts'
import { type Builtin, isThing, type KernelDefinition, poison } from './known.ts'
import { Poisoned } from './reports.ts'

export const kernelFunction: Builtin = {
  kind: 'builtin',
  name: 'kernel',
  call: call => {
    if (call.isPoisoned) return poison
    const [name, define, summary = ''] = call.args
    if (typeof name !== 'string')
      return call.report('arguments', `the name of a kernel is ${describe(name)}`, "a text: kernel('mine', …)", 0)
    if (!isThing(define, 'closure'))
      return call.report(
        'arguments',
        `a kernel needs a function, but there is ${describe(define)}`,
        `kernel('${name}', ({ size, input, output }) => { … })`,
        1,
      )
    if (typeof summary !== 'string') return call.report('arguments', `the summary is ${describe(summary)}`, 'a text', 2)
    return { kind: 'kernel', name, define, summary, call }
  },
}

/** The kernel of a definition; undefined after a report. */
export function lowerKernel({ name, define, summary, call }: KernelDefinition): Kernel | undefined {
  let lowered: Kernel | undefined
  call.attempt(() => {
    lowered = defineKernel(
      name,
      builder => {
        call.invoke(define, [builderObject(builder)])
        if (call.hasErrors) throw new Poisoned()
      },
      summary,
    )
    return undefined
  }, 0)
  return lowered
}

export const scheduleFunction: Builtin = {
  kind: 'builtin',
  name: 'schedule',
  call: call => {
    if (call.isPoisoned) return poison
    const [of, ...given] = call.args
    if (!isThing(of, 'kernel') && !isThing(of, 'closure'))
      return call.report(
        'arguments',
        `a schedule is of a kernel, but ${call.textOf(0)} is ${describe(of)}`,
        "schedule(mine, 'tile(t=16)')",
        0,
      )
    const steps: Step[] = []
    for (const [position, one] of given.entries()) {
      if (isThing(one, 'step')) steps.push(one.step)
      else if (typeof one === 'string') {
        try {
          steps.push(...parseSteps(one))
        } catch (error) {
          if (!(error instanceof StepSyntaxError)) throw error
          return call.report(
            'steps',
            error.message.split('\n').at(-1)?.trim().replace(/^\^ /, '') ?? '',
            undefined,
            position + 1,
          )
        }
      } else
        return call.report('arguments', `a step is ${describe(one)}`, "tile({ t: 16 }) or 'tile(t=16)'", position + 1)
    }
    return { kind: 'schedule', of, steps }
  },
}
