/// <reference types="vite/client" />

/** The library as kernel files, by name: what a text may import, and what a visitor begins with. */
export const libraryFiles: ReadonlyMap<string, string> = new Map(
  Object.entries(
    import.meta.glob<string>('../../../kernels/library/*.ts', { query: '?raw', import: 'default', eager: true }),
  ).map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1), text]),
)
