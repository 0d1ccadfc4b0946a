/** The types of values in a device program. */
import type { ElementName } from '@qernel/dsl'
import { elementTypes } from '@qernel/dsl/internal'

export type Scalar = 'f32' | 'i32' | 'u32' | 'bool'
export interface DeviceType {
  readonly scalar: Scalar
  readonly lanes: 1 | 2 | 4
}

export const f32Type: DeviceType = { scalar: 'f32', lanes: 1 }
export const i32Type: DeviceType = { scalar: 'i32', lanes: 1 }
export const u32Type: DeviceType = { scalar: 'u32', lanes: 1 }
export const boolType: DeviceType = { scalar: 'bool', lanes: 1 }
export const withLanes = (type: DeviceType, lanes: DeviceType['lanes']): DeviceType => ({ scalar: type.scalar, lanes })

/** Whether an element is stored as the 32-bit value that a read returns, without conversion. */
export const isWord = (storage: ElementName | 'bool'): storage is Exclude<Scalar, 'bool'> =>
  storage !== 'bool' && elementTypes[storage].bits === 32
