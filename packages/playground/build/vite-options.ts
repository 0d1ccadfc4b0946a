import { join } from 'node:path'
import { type BuildEnvironmentOptions, defaultClientConditions, type InlineConfig } from 'vite'
import { pagePlugin } from './page-plugin.ts'

export const root = join(import.meta.dirname, '..')

/** Nobody who builds the page can act on how long plugins take, or on modules of Node that TypeScript asks for only there. */
const rolldownOptions: BuildEnvironmentOptions['rolldownOptions'] = {
  checks: { bundlerTimings: false },
  onLog: (level, log, report) => {
    if (!log.message.includes('has been externalized for browser compatibility')) report(level, log)
  },
}

/** How the page is bundled. Paths are relative, so the folder works below any address. */
export const viteOptions = (outDir: string): InlineConfig => ({
  configFile: false,
  root,
  base: './',
  logLevel: 'warn',
  resolve: { conditions: ['@qernel/source', ...defaultClientConditions] },
  worker: { format: 'es', rolldownOptions },
  plugins: [pagePlugin()],
  build: { outDir, emptyOutDir: true, target: 'es2023', modulePreload: { polyfill: false }, rolldownOptions },
})
