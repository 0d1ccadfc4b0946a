export { type Finding, type FindingKind, renderFinding, type ThreadAccess } from './findings/finding.ts'
export { type Simulation, type SimulationOptions, simulate } from './simulate.ts'
