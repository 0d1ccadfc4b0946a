import { findKernel } from '@qernel/kernels'
import {
  applySchedule,
  type Domain,
  findTransform,
  listTransforms,
  nestText,
  parameterDomains,
  parseSteps,
  printStep,
  ScheduleRefusal,
  type Transform,
} from '@qernel/schedule'
import { UsageError, unknownName } from '../../errors/usage-error.ts'
import { printedCommand } from '../../report/printed-command.ts'
import { textTable } from '../../report/text-table.ts'
import type { Section } from './section.ts'

/** One transform, described from its own value: arguments, effect on results, its example before and after. */
export function transformPage(name: string): Section {
  const transform = findTransform(name)
  if (transform === undefined)
    throw unknownName(
      'transform',
      name,
      listTransforms().map(each => each.name),
      { hint: `see ${printedCommand('list', 'transforms')}; --plugin FILE adds transforms of your own` },
    )
  const { summary, numerics, example } = transform
  const { named, axes } = parameterDomains(transform)
  const rows = [
    ...(axes === undefined ? [] : [['AXIS=', axes.meaning, worthTrying(axes.domain), 'one or more']]),
    ...named.map(({ name: argument, meaning, domain, optional }) => [
      `${argument}=`,
      meaning,
      worthTrying(domain),
      optional ? 'optional' : 'required',
    ]),
    ['stage=', 'the name of a stage', '', 'optional'],
  ]
  const shown = exampleOf(transform)
  return {
    text: [
      `  ${summary}\n  results: ${results[numerics]}\n`,
      indented(textTable([{ title: 'argument' }, { title: 'value' }, { title: 'worth trying' }, { title: '' }], rows)),
      `  example: ${example} on ${shown.kernel}\n`,
      `  before ${shown.step}:\n\n${indented(shown.before, 4)}`,
      `  After it:\n\n${indented(shown.after, 4)}`,
    ].join('\n'),
    json: [{ name, summary, numerics, example, parameters: { named, axes }, shown }],
  }
}

const results: Readonly<Record<Transform['numerics'], string>> = {
  exact: 'the same bits',
  reassociates: 'the same bits; float sums only with reassociate=true, and then in another order',
}

const worthTrying = (domain: Domain): string => (domain.kind === 'factor' ? domain.candidates.join(', ') : '')

const indented = (text: string, by = 2): string =>
  text
    .trimEnd()
    .split('\n')
    .map(line => `${' '.repeat(by)}${line}\n`)
    .join('')

/** @throws UsageError if the example is invalid, which is a fault of the transform */
function exampleOf({ name, example, exampleKernel = 'int8_per_channel_quantize' }: Transform) {
  const kernel = findKernel(exampleKernel)?.define()
  const steps = parseSteps(example)
  const position = steps.findLastIndex(step => step.transform === name)
  const step = steps[position]
  if (kernel === undefined || step === undefined)
    throw new UsageError({
      what:
        kernel === undefined
          ? `the example of ${name} is about ${exampleKernel}, which is no kernel`
          : `the example of ${name} has no step of it`,
      where: example,
    })
  try {
    const { history } = applySchedule(kernel, steps)
    const text = (at: number) => nestText(history[at] as (typeof history)[number])
    return { kernel: kernel.name, step: printStep(step), before: text(position), after: text(position + 1) }
  } catch (error) {
    if (!(error instanceof ScheduleRefusal)) throw error
    throw new UsageError({ what: `the example of ${name} is refused: ${error.refusal.message}`, where: example })
  }
}
