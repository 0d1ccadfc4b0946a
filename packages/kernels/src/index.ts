export { int8PerChannel, int8PerChannelDequantize, int8PerChannelQuantize } from './int8-per-channel.ts'
export { findKernel, kernelLibrary, type LibraryKernel, type RoundTrip } from './library.ts'
