export { cuda } from './back-end.ts'
export { portableTarget } from './portable-target.ts'
