/** Files that comments and pages name between backticks, and whether the tree has them. Pure: it sees texts by path. */

/** Names of files that are not in the tree, with the reason why they are named. */
export const namedElsewhere: Readonly<Record<string, string>> = {
  'out/': '`npm start` writes it',
  'quantize.cu': 'an example of what `emit` writes',
  'quantize.cuh': 'an example of what `emit` writes',
  'quantize_main.cu': 'an example of what `emit` writes',
  'CMakeLists.txt': '`emit --with cmake` writes it',
  'DIR/NAME.npy': 'the pattern of the names that `run --out` writes',
  'qernel-schedules.json': 'the tuned schedules of a user, which `--schedule tuned` reads',
  'packages/codegen-hip': 'what a new target would add',
}

/** A named file that does not exist. */
export interface Missing {
  readonly file: string
  readonly line: number
  readonly name: string
}

const extensions = 'c?ts|mts|m?js|cjs|jsonl?|md|cuh?|wgsl|ya?ml|html|svg|safetensors|npy|jpg|txt|hbs'
const folders = 'packages|docs|scripts|test|examples|bench'
/** The name of a file, alone or after folders; that of a folder with a slash at its end, or a path from the root. */
const named = new RegExp(
  `^(?:[\\w.@*{},-]+/)*(?:[\\w.@*{},-]+\\.(?:${extensions})|[\\w.@*{},-]+/)$|^(?:${folders})(?:/[\\w.@*{},-]+)+$`,
)

/**
 * @param files all files of the tree, slash-separated, with the texts of those that are looked through
 */
export function missingFiles(files: ReadonlyMap<string, string | undefined>): Missing[] {
  const tree = [...files.keys()].flatMap(withFolders)
  const known = new Map<string, boolean>()
  const exists = (name: string): boolean => {
    const found = known.get(name) ?? tree.some(path => pattern(name).test(path))
    known.set(name, found)
    return found
  }
  return [...files].flatMap(([file, text = '']) =>
    lookedAt(file, text).flatMap(([line, words]) =>
      words
        .filter(word => named.test(word) && !Object.hasOwn(namedElsewhere, word) && !exists(word))
        .map(name => ({ file, line, name })),
    ),
  )
}

const withFolders = (path: string): string[] => {
  const parts = path.split('/')
  return parts.map((_, i) => (i + 1 === parts.length ? path : `${parts.slice(0, i + 1).join('/')}/`))
}

/** The path itself or its end, with `*` and `{a,b}` as in a shell. */
function pattern(name: string): RegExp {
  const text = name
    .replace(/\/$/, '')
    .replace(/[.]/g, '\\.')
    .replace(/\*/g, '[^/]*')
    .replace(/\{([^}]*)\}/g, (_, list: string) => `(?:${list.replaceAll(',', '|')})`)
  return new RegExp(`(?:^|/)${text}/?$`)
}

/** The words between backticks, with line numbers: in pages outside of listings, in code inside of comments. */
function lookedAt(file: string, text: string): [line: number, words: string[]][] {
  let isListing = false
  return text.split('\n').map((line, i) => {
    if (file.endsWith('.md') && /^\s*```/.test(line)) isListing = !isListing
    const comment = file.endsWith('.md')
      ? isListing
        ? ''
        : line
      : (/(?:^\s*\/?\*|\/\/|\/\*).*$/.exec(line)?.[0] ?? '')
    return [i + 1, [...comment.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)]
  })
}
