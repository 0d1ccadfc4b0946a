/**
 * Collects what `qernel bench KERNEL --json` measured for the named schedules of many kernels, one file per kernel, into one small file:
 *
 *     npx tsx -C @qernel/source bench/named-schedules.ts FOLDER... >bench/results/named-h200.json
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stdout } from 'node:process'
import * as v from 'valibot'

const run = v.looseObject({
  devices: v.array(v.looseObject({ name: v.string() })),
  subjects: v.array(
    v.looseObject({
      device: v.picklist(['cuda', 'webgpu']),
      kernel: v.string(),
      element: v.string(),
      sizes: v.record(v.string(), v.number()),
      schedules: v.array(
        v.looseObject({ schedule: v.string(), time: v.optional(v.looseObject({ medianMs: v.number() })) }),
      ),
    }),
  ),
})

const runs = process.argv
  .slice(2)
  .flatMap(folder => readdirSync(folder).map(file => join(folder, file)))
  .filter(file => file.endsWith('.json'))
  .sort()
  .map(file => v.parse(run, JSON.parse(readFileSync(file, 'utf8'))))

const named = new Set(['best', 'naive', 'tiled', 'coarsened', 'vectorized'])
const results = runs.flatMap(({ subjects }) =>
  subjects.flatMap(({ device, kernel, element, sizes, schedules }) => {
    const times = schedules.flatMap(({ schedule, time }) =>
      time !== undefined && named.has(schedule) ? [[schedule, Number(time.medianMs.toPrecision(5))] as const] : [],
    )
    return times.some(([schedule]) => schedule === 'best') && times.length > 1
      ? [{ device, kernel, element, sizes, ms: Object.fromEntries(times) }]
      : []
  }),
)
const gpus = [...new Set(runs.flatMap(({ devices }) => devices.map(({ name }) => name)))]
stdout.write(
  `{ "gpus": ${JSON.stringify(gpus)}, "results": [\n${results.map(each => JSON.stringify(each)).join(',\n')}\n] }\n`,
)
