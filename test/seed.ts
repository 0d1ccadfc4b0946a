/** Every random test takes its seed from QERNEL_SEED; see vitest.config.ts. */
import fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env.QERNEL_SEED) })
