/**
 * How well the cost model orders schedules: the rank correlation (Spearman) of predicted and measured times of the schedules of one kernel at one size, over recorded measurements
 * with the steps of at least 4 schedules.
 *
 *     npx tsx -C @qernel/source bench/cost-model.ts [--json bench/results/cost-model.json]
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stdout } from 'node:process'
import { parseArgs } from 'node:util'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { storageTypes } from '@qernel/dsl'
import { findKernel } from '@qernel/kernels'
import { parseSteps, printSteps, type Step } from '@qernel/schedule'
import { type CostParts, costOfParts, costParts } from '@qernel/tune/internal'
import * as v from 'valibot'

const folder = join(import.meta.dirname, 'results')
const fewest = 4
const {
  values: { json },
} = parseArgs({ options: { json: { type: 'string' } } })

const recorded = v.looseObject({
  subjects: v.array(
    v.looseObject({
      device: v.picklist(['cuda', 'webgpu']),
      kernel: v.string(),
      element: v.string(),
      sizes: v.record(v.string(), v.number()),
      schedules: v.array(
        v.looseObject({
          steps: v.optional(v.array(v.looseObject({ transform: v.string() }))),
          time: v.optional(v.looseObject({ medianMs: v.number() })),
        }),
      ),
    }),
  ),
})
type Subject = v.InferOutput<typeof recorded>['subjects'][number]

/** Ranks from 0; equal values share the mean of theirs. */
const ranks = (values: readonly number[]): number[] =>
  values.map(one => values.filter(each => each < one).length + (values.filter(each => each === one).length - 1) / 2)
const mean = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0) / values.length

function correlation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)]
  const middle = (a.length - 1) / 2
  const products = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, each, i) => sum + (each - middle) * ((q[i] as number) - middle), 0)
  const spread = Math.sqrt(products(x, x) * products(y, y))
  return spread === 0 ? 0 : products(x, y) / spread
}

/** The two correlations of one subject; undefined where too few of its schedules still apply. */
function compared({ device, kernel: name, element, sizes: given, schedules }: Subject) {
  const kernel = findKernel(name)?.define(storageTypes.get(element))
  if (kernel === undefined) return undefined
  const sizes = new Map(Object.entries(given))
  const { portableTarget: target } = device === 'cuda' ? cuda : wgsl
  const setting = { kernel, target, fixed: new Map([...sizes].filter(([size]) => size !== 'T')) }
  const rows = schedules.flatMap(({ steps, time }) => {
    if (steps === undefined || time === undefined) return []
    const parts = costParts(setting, sizes, parseSteps(printSteps(steps as unknown as readonly Step[])))
    if (parts === undefined) return []
    const sum = (of: (part: CostParts) => number) => parts.reduce((all, part) => all + of(part), 0)
    return [{ time: time.medianMs, traffic: sum(part => part.traffic), all: sum(costOfParts) }]
  })
  if (rows.length < fewest) return undefined
  const times = rows.map(({ time }) => time)
  return {
    ...{ device, kernel: name, element, sizes: given, schedules: rows.length },
    traffic: correlation(
      rows.map(({ traffic }) => traffic),
      times,
    ),
    all: correlation(
      rows.map(({ all }) => all),
      times,
    ),
  }
}

const found = readdirSync(folder)
  .filter(name => /^h[12]00-.*\.json$/.test(name))
  .sort()
  .flatMap(name => v.parse(recorded, JSON.parse(readFileSync(join(folder, name), 'utf8'))).subjects)
  .flatMap(subject => compared(subject) ?? [])
const summary = (of: typeof found) => ({
  subjects: of.length,
  schedules: of.reduce((sum, each) => sum + each.schedules, 0),
  bytesAndSectors: Number(mean(of.map(({ traffic }) => traffic)).toFixed(3)),
  withOccupancyAndInstructions: Number(mean(of.map(({ all }) => all)).toFixed(3)),
})
const kernels = [...new Set(found.map(({ kernel }) => kernel))].sort()
const result = {
  madeBy: 'npx tsx -C @qernel/source bench/cost-model.ts --json bench/results/cost-model.json',
  all: summary(found),
  kernels: Object.fromEntries(kernels.map(name => [name, summary(found.filter(({ kernel }) => kernel === name))])),
}
const text = `${JSON.stringify(result, undefined, 2)}\n`
stdout.write(text)
if (json !== undefined) writeFileSync(json, text)
