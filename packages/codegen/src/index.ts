export type { ScheduledKernel } from '@qernel/schedule'
export { type BackEnd, type CompileOptions, LoweringError } from './compile/back-end.ts'
export { compileFor } from './compile/compile-for.ts'
export { type PreparedKernel, prepare } from './compile/prepare.ts'
export { isTargetName, type Numerics, type Target, type TargetName, targetNames } from './compile/target.ts'
export { compilerVersion } from './compile/version.ts'
export type {
  ArrayParameter,
  CompiledKernel,
  Launch,
  LaunchExtent,
  LaunchSplit,
  LoopLines,
  RowSplit,
  SizeParameter,
  SizeRequirement,
  TracedKernel,
} from './launch/compiled-kernel.ts'
export { LaunchError, type LaunchErrorCode } from './launch/launch-error.ts'
export {
  type LaunchPlan,
  type PlannedArray,
  type PlannedDispatch,
  planLaunch,
  type Sizes,
} from './launch/launch-plan.ts'
export type { Part } from './launch/split-dispatches.ts'
export type { FinishedKernel, Pass, Pipeline } from './passes/pipeline.ts'
export type { DeviceProgram } from './program/device-program.ts'
export {
  type Finding,
  type FindingKind,
  renderFinding,
  type Simulation,
  type SimulationOptions,
  simulate,
  type ThreadAccess,
} from './simulate/index.ts'
export { InvalidProgramError } from './verify/invalid-program-error.ts'
