/** Adapters and the choice between them, as plain data without WebGPU types. */

/** One adapter that a device can be opened on. */
export interface AdapterDescription {
  /** The driver's name for the device, which `openDevice` accepts as `adapter`. */
  readonly name: string
  /** The name and version that the driver reports. */
  readonly driver: string
  readonly vendor: string
  readonly isSoftware: boolean
  /** The set of drivers that listed it. */
  readonly from: 'system' | 'software package' | 'CUDA driver'
}

/** 'hardware', 'software', or a part of an adapter's name, case-insensitive. */
export type AdapterChoice = 'hardware' | 'software' | (string & {})

/** Limits below those of the device, multiples of 4, to test behaviour at the limits. */
export interface SmallerLimits {
  /** The most bytes of an array that one dispatch may see. */
  readonly bindingBytes?: number
  /** The most bytes that one buffer may have. */
  readonly bufferBytes?: number
}
