export { integerDivision, refinedDivision } from './exact-division.ts'
