/// <reference types="vite/client" />

/** The texts of the examples, each of which is loaded when it is chosen. */
const files = import.meta.glob<string>('../../examples/*.kernel.ts', { query: '?raw', import: 'default' })

/** @param name of the file, without its ending */
export function exampleText(name: string): Promise<string> {
  const load = files[`../../examples/${name}.kernel.ts`]
  return load?.() ?? Promise.reject(new Error(`there is no example ${name}`))
}
