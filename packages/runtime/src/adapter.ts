/** Which device to open: plain data, without a type of WebGPU. */

/** One adapter that a device can be opened on. */
export interface AdapterDescription {
  /** As the driver calls the device; what to pass as `adapter` to `openDevice`. */
  readonly name: string
  /** Driver name and version, as the driver says it. */
  readonly driver: string
  readonly vendor: string
  readonly isSoftware: boolean
  /** Which drivers it came from. */
  readonly from: 'system' | 'software package' | 'CUDA driver'
}

/** 'hardware', 'software', or a part of an adapter's name in upper or lower case. */
export type AdapterChoice = 'hardware' | 'software' | (string & {})

/** Limits below those of the device, multiples of 4: to try out what happens at them. */
export interface SmallerLimits {
  /** The most bytes of an array that one dispatch may see. */
  readonly bindingBytes?: number
  /** The most bytes that one buffer may have. */
  readonly bufferBytes?: number
}
