import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

const conditions = ['@qernel/source', ...defaultServerConditions]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Processes, not threads: a GPU driver loaded with dlopen belongs to one process.
    pool: 'forks',
    // All cores: what takes long waits for a software GPU or compiles, and hardly shares anything.
    maxWorkers: '100%',
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
  },
})
