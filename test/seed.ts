/** Every random test draws from one seed, QERNEL_SEED; see vitest.config.ts. */
import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env.QERNEL_SEED) })
