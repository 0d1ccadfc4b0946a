import type { CompiledKernel } from '../launch/compiled-kernel.ts'
import type { DeviceProgram } from './device-program.ts'

/** A device program with everything that a launch needs. */
export type LoweredKernel = Omit<CompiledKernel, 'source' | 'target' | 'kernel'> & { readonly program: DeviceProgram }
