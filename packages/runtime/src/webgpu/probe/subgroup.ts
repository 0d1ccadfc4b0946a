import type { NumericsProfile } from '../../numerics-profile.ts'
import { evaluate } from './evaluate.ts'

/** Probes the subgroup size of a plain kernel, and whether lanes are numbered like invocations, which WGSL does not promise. */
export async function probeSubgroup(device: GPUDevice, info: GPUAdapterInfo): Promise<NumericsProfile['subgroup']> {
  const { subgroupMinSize: min, subgroupMaxSize: max } = info
  if (!device.features.has('subgroups') || min === undefined || max === undefined) return undefined
  const count = 4096
  const found = await evaluate(device, {
    name: 'subgroups',
    inputs: [],
    count,
    outputs: 2 * count,
    directives: 'enable subgroups;',
    builtins: [
      '@builtin(subgroup_size) size: u32',
      '@builtin(subgroup_invocation_id) lane: u32',
      '@builtin(local_invocation_index) local: u32',
    ].join(', '),
    uniform: 'let first = subgroupBroadcastFirst(local);',
    body: 'out[2u * i] = size; out[2u * i + 1u] = u32(lane == local % size && first == local - lane);',
  })
  const observed = found[0] as number
  const isLinear = found.every((word, index) => (index % 2 === 0 ? word === observed : word === 1))
  return { min, max, observed, isLinear }
}
