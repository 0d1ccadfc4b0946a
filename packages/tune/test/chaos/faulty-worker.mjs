/**
 * A worker whose device fails as a plan says, for candidates by the text of their steps, and for whole devices. Times are a function of the source, so that
 * the same candidate wins every time. What happens is appended to a log, with the time of the wall clock.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  DeviceLostError,
  DeviceOperationError,
  KernelCompileError,
  NoDeviceError,
  openDevice,
  poisons,
  redZoneBytes,
} from '@qernel/runtime'
import { runWorker } from '../../dist/worker/index.js'

const { folder, schedules, faults, goneAfter = {} } = JSON.parse(readFileSync(process.env.QERNEL_TEST_PLAN, 'utf8'))
const candidates = new Set(schedules)
const log = (what, own) =>
  appendFileSync(join(folder, 'log.jsonl'), `${JSON.stringify({ at: Date.now(), pid: process.pid, what, ...own })}\n`)

const never = new Promise(() => setInterval(() => undefined, 1000))
const hang = () => {
  for (;;);
}

const scheduleOf = ({ source }) => /^.*schedule {2}(.*)$/m.exec(source)?.[1]
const faultOf = compiled => faults[scheduleOf(compiled)]

const marker = what => join(folder, `once ${what.replaceAll(/\W+/g, ' ')}`)

/** Once per plan, whatever ends meanwhile. */
function once(what, task) {
  try {
    writeFileSync(marker(what), '', { flag: 'wx' })
  } catch {
    return undefined
  }
  return task()
}

const outputs = plan => plan.arrays.filter(({ parameter }) => parameter.role === 'output')

/** What goes wrong while a candidate compiles. */
const inCompile = {
  'hang in compile': hang,
  'wait in compile': () => never,
  'exit in compile': () => process.exit(3),
  'segfault in compile': () => process.kill(process.pid, 'SIGSEGV'),
  'compile error': ({ source }) => {
    throw new KernelCompileError('a line of mine', source)
  },
}

/** What goes wrong before a launch; `true` if nothing is launched. */
const before = {
  'hang in run': hang,
  'wait in run': () => never,
  segfault: () => process.kill(process.pid, 'SIGSEGV'),
  // As a system does that has no memory left.
  'out of memory': async () => {
    process.kill(process.pid, 'SIGKILL')
    await never
  },
  'launch error': () => {
    throw new DeviceOperationError('validation', 'a launch of mine')
  },
  'device lost': () => {
    throw new DeviceLostError('lost', 'the GPU has fallen off the bus')
  },
  'skipped launch': () => true,
  // The worker goes on until it sees that it is alone.
  'supervisor killed': compiled =>
    once(scheduleOf(compiled), () => {
      process.kill(process.ppid, 'SIGKILL')
      hang()
    }),
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

function faulty(device, choice) {
  const seen = new Set()
  const announce = compiled => {
    const id = scheduleOf(compiled)
    // Other kernels fill arrays and measure the ceiling.
    if (!candidates.has(id) || seen.has(id)) return
    seen.add(id)
    log('launch', { id, device: choice.adapter })
  }
  const fail = (table, fault, compiled, ...own) => {
    const run = table[fault.kind]
    if (run === undefined) return undefined
    log('fault', { id: scheduleOf(compiled), kind: fault.kind })
    return run(...own)
  }
  const load = async compiled => {
    const fault = faultOf(compiled)
    if (fault !== undefined) await fail(inCompile, fault, compiled, compiled)
    return device.load(compiled)
  }
  const launch = async (executable, plan, buffers, options) => {
    const { compiled } = executable
    announce(compiled)
    if (seen.size > (goneAfter[choice.adapter] ?? Number.POSITIVE_INFINITY)) {
      once(`gone ${choice.adapter}`, () => log('gone', { device: choice.adapter }))
      throw new DeviceLostError('lost', `${choice.adapter} has fallen off the bus`)
    }
    const found = faultOf(compiled)
    const fault = found?.when === 'timed' && options?.timed !== true ? undefined : found
    if (fault !== undefined && (await fail(before, fault, compiled, compiled)))
      return options?.timed ? { samples: [1], medianMs: 1, p20: 1, p80: 1 } : undefined
    const time =
      fault?.kind === 'stale output'
        ? await launchStale(device, executable, plan, buffers, options)
        : await device.launch(executable, plan, buffers, options)
    if (fault !== undefined)
      for (const array of outputs(plan))
        await after[fault.kind]?.({ device, array, buffer: buffers.get(array.parameter.name) })
    return time && { ...time, samples: time.samples.map((_, i) => timeOf(compiled.source) * (1 + i / 1000)) }
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

runWorker({
  loadPlugins: async () => undefined,
  openDevice: async choice => {
    if (existsSync(marker(`gone ${choice.adapter}`))) throw new NoDeviceError(`there is no ${choice.adapter}`)
    return faulty(await openDevice({ ...choice, adapter: 'swiftshader' }), choice)
  },
})
