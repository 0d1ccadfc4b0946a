import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { distanceToDefinition, judge } from '@qernel/acceptance'
import { npyBytes } from '@qernel/arrays'
import { InputError, type Kernel, type Tensor } from '@qernel/dsl'
import { bindSizes } from '@qernel/dsl/internal'
import type { InputSpec } from '../../arguments/input-spec.ts'
import { elementTypeOf, fittedInputs, inputOptions, readInputs } from '../../arguments/inputs.ts'
import { elementTypeOption, kernelArgument } from '../../arguments/kernel.ts'
import { multiplesOf } from '../../arguments/multiples.ts'
import { reshaped, reshapeOptions, shapeHint } from '../../arguments/reshape.ts'
import { scheduleOptions } from '../../arguments/schedule.ts'
import { sizeOptions } from '../../arguments/sizes.ts'
import { compileError } from '../../errors/compile-error.ts'
import { deviceError } from '../../errors/device-error.ts'
import { UsageError } from '../../errors/usage-error.ts'
import { checkWritable, writeAllWhole } from '../../files/write-whole.ts'
import type { RunCommand } from '../../frame/command.ts'
import { targetOf } from '../../targets.ts'
import { execute, type Place } from './execute.ts'
import type { runOptions } from './options.ts'
import { reportJson, reportText } from './report.ts'
import { keepsBounds, measureRoundTrip } from './round-trip.ts'

export const run: RunCommand<typeof runOptions> = async ({ positionals: [name = ''], options: given, progress }) => {
  const { library, options } = await kernelArgument(name, given)
  const asked = elementTypeOption(options.type, library)
  const specs = inputOptions(options.input, library.define())
  const shapes = reshapeOptions(options.reshape, library.define())
  const repeats = repeatsOption(options.repeats)
  const device = (options.device ?? 'webgpu') as Place['device']
  if (device === 'reference' && options.adapter !== undefined) {
    throw new UsageError({
      what: 'the reference needs no adapter',
      where: '--adapter',
      allowed: ['--device webgpu', '--device cuda'],
    })
  }

  const read = reshaped(await readInputs(specs), shapes)
  const kernel = library.define(elementTypeOf(library, read, asked))
  const inputs = fittedInputs(kernel, read)
  const { portableTarget: portable } = await targetOf(
    device === undefined || device === 'reference' ? 'webgpu' : device,
  ).load()
  const chosen = scheduleOptions(options, library, kernel, { target: portable, fixed: new Map() })
  try {
    const fixed = sizeOptions(options.set, kernel)
    const sizes = boundSizes(kernel, inputs, fixed)
    const known = { fixed, multiples: multiplesOf(sizes, fixed), launch: sizes }
    const schedule = scheduleOptions(options, library, kernel, { target: portable, ...known })
    const { out } = options
    const fileOf = (name: string) => join(out ?? '', `${name}.npy`)
    const outputTensors = kernel.tensors.filter(({ role }) => role === 'output')
    // Large arrays take minutes.
    if (out !== undefined)
      for (const { name } of outputTensors) {
        checkWritable(fileOf(name))
        refuseInput(fileOf(name), specs)
      }
    const job = { kernel, schedule, fixed, sizes, inputs, repeats }
    const result = await execute(job, device === 'reference' ? { device } : { device, adapter: options.adapter })

    if (result.remark !== undefined) progress(`note: ${result.remark}`)
    const ran = { kernel, inputs, sizes, steps: result.steps, fixed }
    const verdict = judge(ran, result.outputs, result.freedom)
    const order = distanceToDefinition(ran, result.outputs, result.freedom)
    const outputs = verdict.outputs.map(one => ({ verdict: one, tensor: result.outputs.get(one.name) as Tensor }))
    const roundTrip = measureRoundTrip(library, job, result.outputs)
    const isOrdered = order?.every(({ beyond }) => beyond === 0) ?? true
    const isRight = verdict.isRight && isOrdered && (roundTrip === undefined || keepsBounds(roundTrip))

    const files =
      out === undefined || !isRight
        ? []
        : outputs.map(({ verdict: { name }, tensor }) => ({ path: fileOf(name), content: npyBytes(tensor) }))
    writeAllWhole(files)
    const withheld = out !== undefined && !isRight
    const report = { job, result, outputs, verdict, order, roundTrip, files: files.map(({ path }) => path), withheld }
    return { exitCode: isRight ? 0 : 1, text: reportText(report), json: reportJson(report) }
  } catch (error) {
    throw deviceError(compileError(error, chosen.where))
  }
}

/** @throws UsageError if an output would replace a file that an input is read from */
function refuseInput(path: string, inputs: readonly InputSpec[]): void {
  if (!existsSync(path)) return
  const real = realpathSync(path)
  const input = inputs.find(one => realpathSync(one.path) === real)
  if (input === undefined) return
  throw new UsageError({
    what: `this would replace the file of the input ${input.name}`,
    where: path,
    hint: 'choose another folder for --out',
  })
}

/** The sizes, from the shapes of the inputs; for an array with too few axes the message says how to add them. */
function boundSizes(
  kernel: Kernel,
  inputs: ReadonlyMap<string, Tensor>,
  fixed: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  try {
    return bindSizes(kernel, inputs, fixed)
  } catch (error) {
    const allowed = shapeHint(kernel, inputs)
    if (!(error instanceof InputError) || allowed === undefined) throw error
    throw new UsageError({ what: error.message, where: '--input', allowed })
  }
}

function repeatsOption(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const repeats = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (repeats >= 1) return repeats
  throw new UsageError({
    what: `'${text}' is not a number of launches`,
    where: '--repeats',
    allowed: 'a whole number from 1 to 999999',
  })
}
