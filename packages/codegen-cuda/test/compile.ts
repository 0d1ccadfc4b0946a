import type { CompiledKernel, CompileOptions } from '@qernel/codegen'
import type { Kernel } from '@qernel/dsl'
import { findSchedule, parseSteps } from '@qernel/schedule'
import { cuda } from '../src/index.ts'

/** Compiles a kernel under a named schedule. */
export function compileNamed(kernel: Kernel, scheduleName: string, options: CompileOptions = {}): CompiledKernel {
  const schedule = findSchedule(scheduleName)
  if (schedule === undefined) throw new Error(`no schedule ${scheduleName}`)
  return cuda.compile(kernel, schedule.steps({ kernel }), { scheduleName, ...options })
}

/** Compiles a kernel under steps written as on the command line. */
export const compileSteps = (kernel: Kernel, steps: string, options: CompileOptions = {}): CompiledKernel =>
  cuda.compile(kernel, parseSteps(steps), options)

/** The device part of a file: from the first definition or kernel to the launcher. */
export function kernelText({ source }: CompiledKernel): string {
  const start = source.indexOf('#endif\n\n') + '#endif\n\n'.length
  return source.slice(start, source.indexOf('\n\n#ifndef', start))
}

/** The host function of a file. */
export const launcherText = ({ source }: Pick<CompiledKernel, 'source'>): string =>
  source.slice(source.lastIndexOf('extern "C" cudaError_t'))
