export { wgsl } from './back-end.ts'
export { portableWgsl } from './portable-target.ts'
export { integerDivision, refinedDivision } from './print/exact-division.ts'
export { float16Packing } from './print/exact-float16.ts'
