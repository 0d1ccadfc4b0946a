/**
 * A worker whose device fails as the file that QERNEL_TEST_FAULTS names says: `{ "tile(t=8,d=16)": "segfault", … }`. Times are a function of the
 * source, so that the same candidate wins every time.
 */
import { readFileSync } from 'node:fs'
import {
  DeviceLostError,
  DeviceOperationError,
  KernelCompileError,
  openDevice,
  poisons,
  redZoneBytes,
} from '@qernel/runtime'
import { runWorker } from '../../dist/worker/index.js'

const faults = JSON.parse(readFileSync(process.env.QERNEL_TEST_FAULTS, 'utf8'))
const never = new Promise(() => setInterval(() => undefined, 1000))
const hang = () => {
  for (;;);
}

const faultOf = ({ source }) => {
  const schedule = /^.*schedule {2}(.*)$/m.exec(source)?.[1]
  return faults[schedule]
}

const outputs = plan => plan.arrays.filter(({ parameter }) => parameter.role === 'output')

/** What goes wrong before a launch; `true` if nothing is launched. */
const before = {
  'hang in run': hang,
  'wait in run': () => never,
  segfault: () => process.kill(process.pid, 'SIGSEGV'),
  'launch error': () => {
    throw new DeviceOperationError('validation', 'a launch of mine')
  },
  'device lost': () => {
    throw new DeviceLostError('lost', 'the GPU has fallen off the bus')
  },
  'skipped launch': () => true,
}

/** What goes wrong after one. */
const after = {
  'wrong result': ({ device, array, buffer }) => change(device, buffer, array.byteLength - 4, word => word ^ 1),
  NaN: ({ device, buffer }) => change(device, buffer, 0, () => 0x7fc00000),
  'partial write': ({ device, array, buffer }) => change(device, buffer, array.byteLength - 4, () => poisons[0]),
  'write outside': ({ device, array, buffer }) =>
    change(device, buffer, Math.ceil(array.byteLength / 4) * 4 + redZoneBytes - 4, () => 1),
}

async function change(device, buffer, offset, to) {
  const bytes = await device.download(buffer, offset, 4)
  const words = new Uint32Array(bytes.slice().buffer)
  words[0] = to(words[0])
  await device.upload(buffer, new Uint8Array(words.buffer), offset)
}

/** Results of earlier launches, by output: what is left there where a launch writes nothing. */
async function launchStale(device, executable, plan, buffers, options) {
  const own = new Map()
  for (const { parameter } of outputs(plan)) own.set(parameter.name, await device.download(buffers.get(parameter.name)))
  const time = await device.launch(executable, plan, buffers, options)
  if (options?.timed) for (const [name, bytes] of own) await device.upload(buffers.get(name), bytes)
  return time
}

function faulty(device) {
  const load = async compiled => {
    const fault = faultOf(compiled)
    if (fault === 'hang in compile') hang()
    if (fault === 'wait in compile') await never
    if (fault === 'exit in compile') process.exit(3)
    if (fault === 'compile error') throw new KernelCompileError('a line of mine', compiled.source)
    return device.load(compiled)
  }
  const launch = async (executable, plan, buffers, options) => {
    const fault = faultOf(executable.compiled)
    if (await before[fault]?.()) return options?.timed ? { samples: [1], medianMs: 1, p20: 1, p80: 1 } : undefined
    const time =
      fault === 'stale output'
        ? await launchStale(device, executable, plan, buffers, options)
        : await device.launch(executable, plan, buffers, options)
    for (const array of outputs(plan))
      await after[fault]?.({ device, array, buffer: buffers.get(array.parameter.name) })
    return time && { ...time, samples: time.samples.map((_, i) => timeOf(executable.compiled.source) * (1 + i / 1000)) }
  }
  return new Proxy(device, {
    get(target, property) {
      if (property === 'load') return load
      if (property === 'launch') return launch
      const own = Reflect.get(target, property, target)
      return typeof own === 'function' ? own.bind(target) : own
    },
  })
}

/** FNV-1a, as milliseconds between 1 and 2. */
function timeOf(source) {
  let hash = 0x811c9dc5
  for (const character of source) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193)
  return 1 + (hash >>> 0) / 2 ** 32
}

runWorker({ loadPlugins: async () => undefined, openDevice: async choice => faulty(await openDevice(choice)) })
