/** One kernel through every stage of the compiler: the worked example of docs/architecture.md. */
import { prepare } from '@qernel/codegen'
import { programLines } from '@qernel/codegen/internal'
import { wgsl } from '@qernel/codegen-wgsl'
import { int8PerChannelQuantize } from '@qernel/kernels'
import { nestText, parseSteps } from '@qernel/schedule'
import { block } from '../markers.ts'

export function workedExample(): Record<string, string> {
  const kernel = int8PerChannelQuantize()
  const steps = parseSteps('tile(t=16,d=64) vectorize(d=4)')
  const fixed = new Map([['D', 128]])
  const { scheduled, finished } = prepare(wgsl, kernel, steps, { fixed })
  const [first] = scheduled.history
  if (first === undefined) throw new Error('the worked example has no nest')
  const { source } = wgsl.compile(kernel, steps, { fixed })
  return {
    'nest-before': block('', nestText(first)),
    'nest-after': block('', nestText(scheduled.nest)),
    'device-program': block('', programLines(finished.program).join('\n')),
    'example-wgsl': block('wgsl', source.slice(source.indexOf('@compute'))),
  }
}
