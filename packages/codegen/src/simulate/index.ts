export { type Finding, type FindingKind, renderFinding, type ThreadAccess } from './finding.ts'
export { type Simulation, type SimulationOptions, simulate } from './simulate.ts'
