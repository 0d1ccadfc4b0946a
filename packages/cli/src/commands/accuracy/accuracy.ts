import { kernelLibrary, type LibraryKernel, type RoundTrip } from '@qernel/kernels'
import { UsageError, unknownName } from '../../errors/usage-error.ts'
import type { RunCommand } from '../../frame/command.ts'
import { printedCommand } from '../../report/printed-command.ts'
import { type DataSet, dataSets } from './data-sets.ts'
import { type Accuracy, type Measured, measure } from './measure.ts'
import type { accuracyOptions } from './options.ts'
import { measureOutput, type OutputAccuracy, valueFormatOf } from './outputs.ts'
import { type PublishedSize, publishedSizes } from './published.ts'
import { accuracyText, outputText, publishedText } from './report.ts'

type Quantizer = LibraryKernel & { readonly roundTrip: RoundTrip }

/** Kernels that compute their scales from the data alone. */
const quantizers = kernelLibrary.filter((each): each is Quantizer => {
  if (each.roundTrip === undefined) return false
  return each.define().tensors.filter(({ role }) => role === 'input').length === 1
})

export const accuracy: RunCommand<typeof accuracyOptions> = async ({
  positionals: [name],
  options,
  progress,
  step,
}) => {
  const chosen = name === undefined ? quantizers : quantizers.filter(each => each.name === name)
  if (name !== undefined && chosen.length === 0) {
    const names = quantizers.map(each => each.name)
    throw unknownName('quantizer', name, names, { hint: `see ${printedCommand('list', 'kernels')}` })
  }
  const sets = await dataSets(options.cache, tokensOption(options.tokens))
  const measured = sets.map(set => {
    progress(`${set.name}: ${chosen.length} quantizers`)
    const all = chosen.map(each => measure(each, each.roundTrip, set))
    return { set, all, results: all.map(each => each.accuracy) }
  })
  const outputs = outputsOf(measured)
  const sizes: PublishedSize[] = []
  if (name === undefined) {
    for (const size of publishedSizes()) {
      step(`${size.T} × ${size.D}`)
      sizes.push(size)
    }
  }
  const [single, ...others] = chosen
  const formulas = single !== undefined && others.length === 0 ? boundText(single.roundTrip.bound) : ''
  const legend =
    'bits: per element, with scales and zero points. Scores are q·k/√d of one query before the softmax, weights are after it, and moved is\n½ Σ |p − p̂|. Outputs are Σ p·v of 8 queries: the real one, and 7 keys that are as long. Quantized and dequantized in f32 by the reference.\n'
  return {
    exitCode: measured.every(({ results }) => results.every(isWithinBound)) ? 0 : 1,
    text: [
      ...measured.map(({ set, results }) => accuracyText(set, results)),
      ...(outputs.length > 0 ? [outputText(outputs)] : []),
      formulas + legend,
      ...(sizes.length > 0 ? [publishedText(sizes)] : []),
    ].join('\n'),
    json: { quantizers: measured.flatMap(({ results }) => results), outputs, published: sizes },
  }
}

interface MeasuredSet {
  readonly set: DataSet
  readonly all: readonly Measured[]
}

/** Attention on the quantized cache, for every format of keys with its format of values. */
function outputsOf(measured: readonly MeasuredSet[]): readonly OutputAccuracy[] {
  const [keys, values] = ['key', 'value'].map(name => measured.find(({ set }) => set.name === name))
  if (keys === undefined || values === undefined) return []
  return keys.all.map(one => {
    const name = valueFormatOf(one.accuracy.kernel)
    const other = values.all.find(({ accuracy: { kernel } }) => kernel === name) ?? measureByName(name, values.set)
    return measureOutput(keys.set, values.set, one, other)
  })
}

function measureByName(name: string, set: DataSet): Measured {
  const found = quantizers.find(each => each.name === name) as Quantizer
  return measure(found, found.roundTrip, set)
}

const boundText = ({ formula, saturatesAbove }: RoundTrip['bound']): string =>
  `Bound: ${formula}${saturatesAbove === undefined ? '' : `; elements beyond ±${saturatesAbove} may saturate`}\n`

const isWithinBound = ({ bound, lost }: Accuracy): boolean => bound.holds && bound.saturated === 0 && lost === 0

function tokensOption(text: string | undefined): number {
  if (text === undefined) return 512
  const tokens = /^\d{1,7}$/.test(text) ? Number(text) : 0
  if (tokens > 0 && tokens % 128 === 0) return tokens
  throw new UsageError({
    what: `'${text}' tokens do not divide into groups`,
    where: '--tokens',
    allowed: 'a multiple of 128',
  })
}
