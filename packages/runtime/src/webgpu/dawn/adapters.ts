import type { AdapterChoice, AdapterDescription } from '../../adapter.ts'
import { NoDeviceError } from '../../errors.ts'
import { type DriverSet, hasChosenDrivers, mayHaveHardware, softwarePackage, systemDrivers } from './driver-set.ts'

export interface FoundAdapter {
  readonly adapter: GPUAdapter
  readonly description: AdapterDescription
}

export interface ChosenAdapter extends FoundAdapter {
  /** The reason for the choice, worded so that it can follow "chosen because". */
  readonly because: string
}

/** The adapters seen and the problems met during a search, for the message of a `NoDeviceError`. */
interface Search {
  readonly seen: AdapterDescription[]
  readonly problems: string[]
}

/**
 * Finds an adapter. Without a choice, it is a hardware adapter if there is one, otherwise a software adapter. If the user named drivers
 * in `VK_DRIVER_FILES`, a search without a name tries no others.
 * @throws NoDeviceError if no adapter fits; the message says what to install.
 */
export async function chooseAdapter(choice?: AdapterChoice): Promise<ChosenAdapter> {
  const search: Search = { seen: [], problems: [] }
  for (const { drivers, accepts, because } of preferences(choice)) {
    const match = (await adaptersOf(drivers, search)).find(({ description }) => accepts(description))
    if (match !== undefined) return { ...match, because }
  }
  throw new NoDeviceError(noDeviceMessage(choice, search))
}

/** Every WebGPU adapter of the system and of the software package. */
export async function listWebgpuAdapters(): Promise<AdapterDescription[]> {
  const search: Search = { seen: [], problems: [] }
  if (mayHaveHardware() || hasChosenDrivers()) await adaptersOf(systemDrivers, search)
  await adaptersOf(softwarePackage, search)
  return search.seen
}

interface Preference {
  readonly drivers: DriverSet
  readonly accepts: (adapter: AdapterDescription) => boolean
  readonly because: string
}

/** The driver sets to search and the adapters to accept from each, best first. */
function preferences(choice: AdapterChoice | undefined): Preference[] {
  const isAny = () => true
  const isHardware = (adapter: AdapterDescription) => !adapter.isSoftware
  const isSoftware = (adapter: AdapterDescription) => adapter.isSoftware
  const chosenDrivers = hasChosenDrivers()
  const system = (accepts: Preference['accepts'], because: string): Preference => ({
    drivers: systemDrivers,
    accepts,
    because,
  })
  const packaged = (accepts: Preference['accepts'], because: string): Preference[] =>
    chosenDrivers ? [] : [{ drivers: softwarePackage, accepts, because }]

  if (choice === 'hardware') return [system(isHardware, 'a hardware adapter was requested')]
  if (choice === 'software') {
    const because = 'a software adapter was requested'
    return [...packaged(isSoftware, because), system(isSoftware, because)]
  }
  if (choice !== undefined) {
    const hasName = (adapter: AdapterDescription) => adapter.name.toLowerCase().includes(choice.toLowerCase())
    const because = `its name contains "${choice}"`
    const fromPackage: Preference = { drivers: softwarePackage, accepts: hasName, because }
    // A user who chose the drivers most likely means one of those. Otherwise the faster search comes first.
    return chosenDrivers ? [system(hasName, because), fromPackage] : [fromPackage, system(hasName, because)]
  }
  if (chosenDrivers) return [system(isAny, 'VK_DRIVER_FILES or VK_ICD_FILENAMES names its driver')]
  return [
    ...(mayHaveHardware() ? [system(isHardware, 'it is a hardware adapter')] : []),
    ...packaged(isAny, 'there is no hardware adapter; this is the software GPU from npm'),
    system(isAny, "there is no hardware adapter; this is the system's software driver"),
  ]
}

async function adaptersOf(drivers: DriverSet, search: Search): Promise<FoundAdapter[]> {
  try {
    const found = (await drivers.adapters()).map(({ name, adapter }): FoundAdapter => {
      const { description: driver, vendor, isFallbackAdapter } = adapter.info
      return { adapter, description: { name, driver, vendor, isSoftware: isFallbackAdapter, from: drivers.name } }
    })
    search.seen.push(...found.map(({ description }) => description))
    return found
  } catch (error) {
    search.problems.push(`${drivers.name}: ${error instanceof Error ? error.message : String(error)}`)
    return []
  }
}

function noDeviceMessage(choice: AdapterChoice | undefined, search: Search): string {
  const names = [...new Set(search.seen.map(({ name }) => name))]
  const found = names.length === 0 ? 'no adapter was found' : `found only ${names.join(', ')}`
  const problems = search.problems.length === 0 ? '' : ` (${[...new Set(search.problems)].join('; ')})`
  const advice = "install your GPU's Vulkan driver, or @qernel/software-gpu to run on the CPU"
  if (choice === undefined) return `No WebGPU device: ${found}${problems}; ${advice}`
  if (choice === 'hardware') return `No hardware WebGPU adapter: ${found}${problems}; install your GPU's Vulkan driver`
  if (choice === 'software') return `No software WebGPU adapter: ${found}${problems}; install @qernel/software-gpu`
  return `No WebGPU adapter has a name that contains "${choice}": ${found}${problems}`
}
