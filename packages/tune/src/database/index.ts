/** Tuned schedules for devices: `@qernel/tune/database`. */
export { DatabaseError, databaseText, parseDatabase, type TunedSchedule, withSchedule } from './entry.ts'
export { type Found, nearestSchedule, type Wanted } from './nearest.ts'
export { shippedSchedules } from './shipped.ts'
export { type Measured, type StoredSearch, searchesOf, tunedSchedule, winnerOf } from './winners.ts'
