export { wgsl } from './back-end.ts'
export { integerDivision, refinedDivision } from './exact-division.ts'
export { float16Packing } from './exact-float16.ts'
export { portableWgsl } from './portable-target.ts'
