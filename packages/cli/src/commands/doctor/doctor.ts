import {
  type AdapterDescription,
  type Device,
  limitLines,
  listAdapters,
  numericsLines,
  type OpenOptions,
  openDevice,
} from '@qernel/runtime'
import { deviceError } from '../../errors/device-error.ts'
import type { RunCommand } from '../../frame/command.ts'
import { textTable } from '../../report/text-table.ts'
import type { doctorOptions } from './options.ts'

export const doctor: RunCommand<typeof doctorOptions> = async ({ options: { device: kind, adapter } }) => {
  const options = openOptions(kind as Device['kind'] | undefined, adapter)
  const adapters = await listAdapters(options.kind)
  try {
    const device = await openDevice(options)
    try {
      return { exitCode: 0, text: reportText(adapters, device), json: reportJson(adapters, device) }
    } finally {
      await device.close()
    }
  } catch (error) {
    throw deviceError(error, {})
  }
}

const openOptions = (kind: Device['kind'] | undefined, adapter: string | undefined): OpenOptions => ({
  ...(kind === undefined ? {} : { kind }),
  ...(adapter === undefined ? {} : { adapter }),
})

function reportText(adapters: readonly AdapterDescription[], device: Device): string {
  const found = textTable(
    [{ title: 'adapter' }, { title: 'driver' }, { title: 'kind' }, { title: 'from' }],
    adapters.map(({ name, driver, isSoftware, from }) => [name, driver, isSoftware ? 'software' : 'hardware', from]),
  )
  return [
    found,
    `Used: ${device.name}, since ${device.chosenBecause}\n`,
    section('Limits', limitLines(device.target)),
    section('Numerics', numericsLines(device)),
  ].join('\n')
}

function section(title: string, rows: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  return `${title}\n${rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}\n`).join('')}`
}

function reportJson(adapters: readonly AdapterDescription[], device: Device): unknown {
  const { kind, name, driver, isSoftware, chosenBecause, target, profile } = device
  const plainTarget = { ...target, nativeTypes: [...target.nativeTypes] }
  return { adapters, device: { kind, name, driver, isSoftware, chosenBecause, target: plainTarget, profile } }
}
