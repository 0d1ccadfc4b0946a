/** What the names that other files of a program see begin or end with, so that no two files meet. */
import { type Kernel, kernelHash } from '@qernel/dsl'

/** Of the definition, its name included: two files have the same one only if they are made from one kernel under one name. */
export const shortHash = (kernel: Kernel): string => kernelHash(kernel).slice(0, 8)

/** `int8_per_channel_56df6c28`: what a namespace of its own begins with. */
export const ownPrefix = (kernel: Kernel): string => `${kernel.name}_${shortHash(kernel)}`
