import { join } from 'node:path'
import { defaultClientConditions, type InlineConfig } from 'vite'
import { pagePlugin } from './page-plugin.ts'

export const root = join(import.meta.dirname, '..')

/** How the page is bundled. Paths are relative, so the folder works below any address. */
export const viteOptions = (outDir: string): InlineConfig => ({
  configFile: false,
  root,
  base: './',
  logLevel: 'warn',
  resolve: { conditions: ['@qernel/source', ...defaultClientConditions] },
  worker: { format: 'es' },
  plugins: [pagePlugin()],
  build: { outDir, emptyOutDir: true, target: 'es2023', modulePreload: { polyfill: false } },
})
