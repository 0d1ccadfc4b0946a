/**
 * Compares the strategies of `@qernel/tune` on recorded spaces: `npm run bench:strategies -- SPACE.json.gz… [--seeds 40] [--strategy NAME]… [--plugin FILE.ts] [--json FILE]`.
 * Without a space, those of `bench/spaces`. `--leave-one-out` instead chooses the settings of `forest` on all spaces but one, and scores them on that one.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import {
  aggregate,
  baselineOf,
  findStrategy,
  listStrategies,
  type RecordedSpace,
  readRecordedSpace,
  type Score,
  type Strategy,
  scoreOf,
} from '@qernel/tune'
import { leaveOneOut, type NamedSpace, settingsText } from './leave-one-out.ts'

const folder = join(import.meta.dirname, 'spaces')

function read(path: string): RecordedSpace {
  const bytes = readFileSync(path)
  return readRecordedSpace(JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')))
}

function named(name: string): Strategy {
  const found = findStrategy(name)
  if (found !== undefined) return found
  throw new Error(
    `unknown strategy '${name}'; there are ${listStrategies()
      .map(each => each.name)
      .join(', ')}`,
  )
}

const fixed = (value: number) => value.toFixed(2).replace('-', '−')
/** With its 95% interval. */
const text = ({ score, error }: Score) => `${fixed(score)} ±${fixed(1.96 * error)}`

function printTable(table: readonly (readonly string[])[]): void {
  const widths = (table[0] ?? []).map((_, i) => Math.max(...table.map(row => (row[i] as string).length)))
  for (const row of table)
    console.log(
      row
        .map((cell, i) => cell.padEnd(widths[i] as number))
        .join('  ')
        .trimEnd(),
    )
}

async function reportLeaveOneOut(
  spaces: readonly NamedSpace[],
  seeds: number,
  firstSeed: number,
  json: string | undefined,
): Promise<void> {
  if (spaces.length < 2) throw new Error('--leave-one-out: at least 2 spaces are expected')
  const found = await leaveOneOut(spaces, seeds, firstSeed, text => process.stderr.write(`${text}\n`))
  printTable([
    ['left out', 'chosen on the others', 'score there', 'score here', 'of forest here'],
    ...found.map(({ space, chosen, there, here, own }) => [
      space,
      settingsText(chosen),
      fixed(there),
      text(here),
      text(own),
    ]),
  ])
  console.log(
    `\nchosen on ${seeds} seeds from ${firstSeed}, scored on the ${seeds} after them; mean of what was left out: ${text(aggregate(found.map(({ here }) => here)))}, of forest: ${text(aggregate(found.map(({ own }) => own)))}`,
  )
  if (json === undefined) return
  const madeBy = `npm run bench:strategies -- --leave-one-out ${spaces.map(({ name }) => `${name}.json.gz`).join(' ')} --seeds ${seeds} --first-seed ${firstSeed}`
  writeFileSync(json, `${JSON.stringify({ madeBy, seeds, firstSeed, leftOut: found }, undefined, 2)}\n`)
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '40' },
      'first-seed': { type: 'string', default: '1' },
      strategy: { type: 'string', multiple: true, default: [] },
      plugin: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      'leave-one-out': { type: 'boolean', default: false },
    },
  })
  for (const path of values.plugin) await import(pathToFileURL(resolve(path)).href)
  const [seeds, firstSeed] = [Number(values.seeds), Number(values['first-seed'])]
  if (!Number.isInteger(seeds) || seeds < 2)
    throw new Error(`--seeds ${values.seeds}: a whole number of at least 2 is expected`)
  if (!Number.isInteger(firstSeed)) throw new Error(`--first-seed ${values['first-seed']}: a whole number is expected`)
  const paths =
    positionals.length > 0
      ? positionals
      : readdirSync(folder)
          .filter(name => name.endsWith('.gz'))
          .map(name => join(folder, name))
  const strategies = values.strategy.length > 0 ? values.strategy.map(named) : listStrategies()
  const spaces = paths.map(path => {
    const space = read(path)
    return { name: basename(path).replace(/\.json(\.gz)?$/, ''), space, baseline: baselineOf(space) }
  })
  if (values['leave-one-out']) {
    await reportLeaveOneOut(spaces, seeds, firstSeed, values.json)
    return
  }
  const rows = []
  for (const strategy of strategies) {
    const scores: Score[] = []
    for (const { space, baseline } of spaces) scores.push(await scoreOf(space, baseline, strategy, seeds, firstSeed))
    const all = aggregate(scores)
    process.stderr.write(`${strategy.name} ${text(all)}\n`)
    rows.push({
      strategy: strategy.name,
      aggregate: all,
      scores: Object.fromEntries(spaces.map(({ name }, i) => [name, scores[i] as Score])),
    })
  }
  const header = ['strategy', 'aggregate', ...spaces.map(({ name }) => name)]
  const table = [
    header,
    ...rows.map(row => [row.strategy, text(row.aggregate), ...Object.values(row.scores).map(text)]),
  ]
  printTable(table)
  console.log(
    `\n${seeds} seeds from ${firstSeed}; 0 is random search, 1 is to know the best from the start; ± is a 95% interval over seeds`,
  )
  if (values.json !== undefined) {
    const madeBy = `npm run bench:strategies -- ${spaces.map(({ name }) => `${name}.json.gz`).join(' ')} --seeds ${seeds} --first-seed ${firstSeed}`
    const described = spaces.map(({ name, space, baseline: { seconds, optimum, median } }) => ({
      name,
      source: space.source,
      candidates: space.size,
      secondsToCutoff: seconds,
      optimumMicroseconds: optimum,
      medianMicroseconds: median,
    }))
    writeFileSync(
      values.json,
      `${JSON.stringify({ madeBy, seeds, firstSeed, spaces: described, rows }, undefined, 2)}\n`,
    )
  }
}

await main().catch((error: unknown) => {
  process.stderr.write(`bench:strategies: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
})
