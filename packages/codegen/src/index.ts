export type { ScheduledKernel } from '@qernel/schedule'
export { type BackEnd, type CompileOptions, LoweringError } from './back-end.ts'
export { compileFor } from './compile-for.ts'
export type {
  ArrayParameter,
  CompiledKernel,
  Launch,
  LaunchExtent,
  LaunchSplit,
  RowSplit,
  SizeParameter,
  SizeRequirement,
} from './compiled-kernel.ts'
export type { DeviceProgram } from './device-program.ts'
export { LaunchError, type LaunchErrorCode } from './launch-error.ts'
export { type LaunchPlan, type PlannedArray, type PlannedDispatch, planLaunch, type Sizes } from './launch-plan.ts'
export type { FinishedKernel, Pass, Pipeline } from './pipeline.ts'
export { type PreparedKernel, prepare } from './prepare.ts'
export {
  type Finding,
  type FindingKind,
  renderFinding,
  type Simulation,
  type SimulationOptions,
  simulate,
  type ThreadAccess,
} from './simulate/index.ts'
export type { Part } from './split-dispatches.ts'
export { isTargetName, type Numerics, type Target, type TargetName, targetNames } from './target.ts'
export { InvalidProgramError } from './verify/invalid-program-error.ts'
export { compilerVersion } from './version.ts'
