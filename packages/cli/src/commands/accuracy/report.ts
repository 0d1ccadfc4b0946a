import { saturatedText } from '../../report/error-bounds.ts'
import { errorText, lostText } from '../../report/quantities.ts'
import { textTable } from '../../report/text-table.ts'
import type { DataSet } from './data-sets.ts'
import type { Accuracy } from './measure.ts'
import type { OutputAccuracy } from './outputs.ts'
import { type PublishedSize, SAMPLED_QUERIES, SAMPLED_TOKENS } from './published.ts'

/** One table per data set. */
export function accuracyText({ name, rows, query }: DataSet, all: readonly Accuracy[]): string {
  const right = (title: string) => ({ title, align: 'right' as const })
  const columns = [{ title: 'quantizer' }, right('bits'), right('max |x − x̂|'), right('bound'), right('rms')]
  const attention = ['score, mean', 'max', 'weight, max', 'moved'].map(right)
  const table = textTable(
    query === undefined ? columns : [...columns, ...attention],
    all.map(each => [
      each.kernel,
      each.bitsPerElement.toFixed(3),
      errorText(each.maximum),
      errorText(each.bound.value),
      errorText(each.rms),
      ...(each.attention === undefined
        ? []
        : [
            errorText(each.attention.scores.mean),
            errorText(each.attention.scores.maximum),
            errorText(each.attention.probabilities.maximum),
            percent(each.attention.probabilities.moved),
          ]),
    ]),
  )
  const broken = all.flatMap(({ kernel, bound, lost }) => [
    ...(bound.holds ? [] : [`${kernel}: the bound ${bound.formula} is BROKEN by ${bound.violations} elements\n`]),
    ...(bound.saturated === 0 ? [] : [`${kernel}: ${saturatedText(bound)}\n`]),
    ...(lost === 0 ? [] : [`${kernel}: ${lostText(lost)}\n`]),
  ])
  return `${name} [${rows.shape.join(', ')}]\n\n${table}${broken.join('')}`
}

/** The outputs of attention, with keys and values quantized. */
export function outputText(all: readonly OutputAccuracy[]): string {
  const right = (title: string) => ({ title, align: 'right' as const })
  const columns = ['bits', 'cosine', 'max |o − ô|', '|o − ô| / |o|', 'worst', 'keys alone', 'values alone'].map(right)
  const rows = all.map(({ formats, bitsPerElement, both, keysAlone, valuesAlone }) => [
    formats,
    bitsPerElement.toFixed(3),
    both.cosine.toFixed(6),
    errorText(both.maximum),
    percent(both.relative.mean),
    percent(both.relative.largest),
    percent(keysAlone),
    percent(valuesAlone),
  ])
  return `attention on quantized keys and values, against binary64 on the original\n\n${textTable([{ title: 'keys, values' }, ...columns], rows)}`
}

const percent = (share: number): string => `${(100 * share).toPrecision(3)}%`

export function publishedText(all: readonly PublishedSize[]): string {
  const right = (title: string) => ({ title, align: 'right' as const })
  const table = textTable(
    [
      right('T × D'),
      right('max |x − x̂|'),
      right('bound'),
      right('L2'),
      right('L2, f32 sum'),
      right('published'),
      right('attention'),
      right('published'),
    ],
    all.map(({ T, D, measured, published, l2InBinary32 }) => [
      `${T} × ${D}`,
      measured.maximum.toFixed(5),
      measured.bound.toFixed(5),
      measured.l2.toFixed(2),
      l2InBinary32.toFixed(2),
      published.l2?.toFixed(2) ?? '',
      measured.attention.toFixed(4),
      published.attention.toFixed(4),
    ]),
  )
  return (
    `INT8 per channel on uniform data in [−1, 1], at the sizes of arXiv 2601.04719\n\n${table}\n` +
    `Samples: ${SAMPLED_TOKENS} tokens of each size (all channels), ${SAMPLED_QUERIES} queries; scales follow the distribution of the largest of T values.\n` +
    `Attention: mean |Q·K − Q·K̂|, no softmax, no 1/√d. L2 is over all T × D elements; summed in f32 it would stop growing.\n`
  )
}
