import { listTransforms } from '@qernel/schedule'
import { entries, type Section } from './section.ts'

export function transformSection(): Section {
  const all = listTransforms().map(({ name, summary, numerics, example }) => ({ name, summary, numerics, example }))
  return {
    text: entries(
      all.map(({ name, summary, numerics, example }) => ({
        name,
        lines: [`${summary}${numerics === 'exact' ? '' : ' (may change the order of sums)'}`, example],
      })),
    ),
    json: all,
  }
}
