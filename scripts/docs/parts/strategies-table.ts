/** The search strategies with their scores on recorded spaces, from the committed results. */
import { readFileSync } from 'node:fs'
import { listStrategies } from '@qernel/tune'
import * as v from 'valibot'

const scored = v.object({ score: v.number(), error: v.number() })
const results = v.object({
  seeds: v.number(),
  rows: v.array(v.object({ strategy: v.string(), aggregate: scored, scores: v.record(v.string(), scored) })),
})

const cell = ({ score, error }: v.InferOutput<typeof scored>): string =>
  `${score.toFixed(2)} ± ${(1.96 * error).toFixed(2)}`.replace('-', '−')

/** One row per strategy. */
export function strategiesTable(): string {
  const json: unknown = JSON.parse(readFileSync('bench/results/strategies.json', 'utf8'))
  const { rows } = v.parse(results, json)
  const spaces = Object.keys(rows[0]?.scores ?? {})
  const lines = listStrategies().map(({ name, summary }) => {
    const row = rows.find(each => each.strategy === name)
    const scores =
      row === undefined ? ['', ...spaces.map(() => '')] : [row.aggregate, ...Object.values(row.scores)].map(cell)
    return `| \`${name}\` | ${summary} | ${scores.join(' | ')} |`
  })
  return [
    `| strategy | what it does | score | ${spaces.join(' | ')} |`,
    `| --- | --- | ${['', ...spaces].map(() => '---').join(' | ')} |`,
    ...lines,
  ].join('\n')
}
