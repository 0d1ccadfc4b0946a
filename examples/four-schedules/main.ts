/**
 * The main job, end to end: one definition of an INT8 key-cache quantizer, four schedules, two targets. A real key cache is
 * quantized and dequantized on a device under each schedule, every result is compared with the reference bit for bit, and
 * the generated WGSL and CUDA files are written to `out/`.
 */
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readSafetensors } from '@qernel/arrays'
import { writeAllWhole } from '@qernel/cli'
import { int8PerChannel, int8PerChannelDequantize } from '@qernel/kernels'
import { type Device, NoDeviceError, openDevice } from '@qernel/runtime'
import { namedSchedules } from '@qernel/schedule'
import { generatedFiles } from './generated-files.ts'
import { isRight, referenceOf, roundTrip } from './round-trip.ts'
import { table } from './table.ts'

const data = fileURLToPath(new URL('../data/kv-head.safetensors', import.meta.url))
const out = fileURLToPath(new URL('../../out', import.meta.url))
const print = (text: string) => void process.stdout.write(text)

/** Exit code 0 if every code, scale and value equals the reference and every error is within its bound. */
async function main(device: Device): Promise<0 | 1> {
  const key = await readSafetensors(data, 'key')
  const query = await readSafetensors(data, 'query_last')
  const kernels = { quantize: int8PerChannel(key.type), dequantize: int8PerChannelDequantize() }
  const reference = referenceOf(kernels, key)

  const results = []
  for (const schedule of namedSchedules) {
    results.push(await roundTrip(device, kernels, schedule, { key, query, reference }))
  }

  print(
    `Key cache of one head, ${key.shape.join(' × ')} ${key.type.name}: to INT8 with one scale per channel, and back.\n\n`,
  )
  print(`${table(device, results)}\n`)
  const right = results.every(isRight)
  print(
    right
      ? 'Every code, scale and restored value equals the reference bit for bit; every error is within its bound.\n'
      : 'FAILED: see the table.\n',
  )
  if (device.isSoftware) print('The adapter is software: its results count, its times mean nothing.\n')

  const files = generatedFiles(Object.values(kernels), device.target, out)
  writeAllWhole(files)
  print(`${files.length} generated files, WGSL and CUDA for each schedule: ${relative(process.cwd(), out) || '.'}/\n`)
  print(
    `\nSee the code of the last:  less ${relative(process.cwd(), out) || '.'}/${relative(out, files.at(-1)?.path ?? out)}\n`,
  )
  print(
    'See what there is:         npm run -s qernel -- list   (and for your own arrays: npm run -s qernel -- run --help)\n',
  )
  return right ? 0 : 1
}

try {
  const device = await openDevice()
  process.exitCode = await main(device).finally(() => device.close())
} catch (error) {
  if (!(error instanceof NoDeviceError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
