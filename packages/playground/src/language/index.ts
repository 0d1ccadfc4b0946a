/** What needs TypeScript: a chunk of its own, which is loaded when a text is first read. */
export { complete, diagnose, hover } from './editor.ts'
export { readText } from './read-text.ts'
export { textOfLibrary } from './text-of-library.ts'
