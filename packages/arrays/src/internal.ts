/** What other packages of this workspace use besides the public entry point. It may change with any version. */
export { pathProblem } from './path-problem.ts'
export { shapeText } from './selection.ts'
