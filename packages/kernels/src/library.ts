import { bf16, f16, f32, type Kernel, type StorageType } from '@qernel/dsl'
import { int8PerChannel, int8PerChannelDequantize, int8PerChannelQuantize } from './int8-per-channel.ts'

/** A kernel of the library with what a program has to know to offer it by name. */
export interface LibraryKernel {
  readonly name: string
  /** One line: what it computes. */
  readonly summary: string
  /** The float tensor whose storage type can be chosen, by its name, and the types; the first is the default. */
  readonly element: { readonly tensor: string; readonly types: readonly StorageType[] }
  define(element?: StorageType): Kernel
  /** Quantizers: how the element tensor comes back from the results, and how far off it may be. */
  readonly roundTrip?: RoundTrip
}

/** From quantized arrays back to floats. */
export interface RoundTrip {
  /** The kernel of the library that does it: it takes codes and scales by the names that they have here. */
  readonly dequantize: string
  readonly codes: string
  /** One scale a channel, the last axis; an element of a finite channel is at most half its scale off. */
  readonly channelScales: string
}

const floats = [f32, f16, bf16] as const

/** Every kernel of this package, in the order in which lists show them. */
export const kernelLibrary: readonly LibraryKernel[] = [
  entry(int8PerChannel, { dequantize: 'int8_per_channel_dequantize', codes: 'q', channelScales: 'scale' }),
  entry(int8PerChannelQuantize, { dequantize: 'int8_per_channel_dequantize', codes: 'q', channelScales: 'scale' }),
  entry(int8PerChannelDequantize),
]

export const findKernel = (name: string): LibraryKernel | undefined => kernelLibrary.find(each => each.name === name)

function entry(define: (element?: StorageType) => Kernel, roundTrip?: RoundTrip): LibraryKernel {
  const { name, summary } = define()
  return { name, summary, element: { tensor: 'x', types: floats }, define, ...(roundTrip && { roundTrip }) }
}
