/** Prefixes and suffixes for names with linkage, so that two generated files in one application do not collide. */
import { type Kernel, kernelHash } from '@qernel/dsl'

/** A hash of the definition and its name. Two files have the same hash only if they come from the same kernel under the same name. */
export const shortHash = (kernel: Kernel): string => kernelHash(kernel).slice(0, 8)

/** The prefix of the namespaces of a file, such as `int8_per_channel_56df6c28`. */
export const ownPrefix = (kernel: Kernel): string => `${kernel.name}_${shortHash(kernel)}`
