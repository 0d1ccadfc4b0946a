/**
 * Files that are damaged at random: each is a kernel or has errors with places; none crashes the reader or keeps it busy. QERNEL_CASES=5000 tries as many.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomNumbers } from '@qernel/dsl/internal'
import { expect, test } from 'vitest'
import { KernelFileError } from '../../src/diagnostics/diagnostic.ts'
import { UnknownKernelName } from '../../src/evaluate/lower.ts'
import { lowerText } from '../in-memory.ts'

const cases = Number(process.env.QERNEL_CASES ?? 40)
const random = randomNumbers(Number(process.env.QERNEL_SEED))
const below = (count: number): number => Math.floor(random() * count)
const pick = <One>(choices: readonly One[]): One => choices[below(choices.length)] as One

const folder = join(import.meta.dirname, '../kernels')
const files = readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8'))
const tokensOf = (text: string): string[] => text.match(/\w+|\s+|[^\w\s]/g) ?? []

const foreign = [
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  '=>',
  '...',
  '`',
  '`${',
  "'",
  '/',
  '//',
  '/*',
  '**',
  '?',
  ':',
  ';',
  'let',
  'for',
  'await',
  'class',
  'f33',
  'undefined',
  '0x',
  '1e999',
  '-1',
  '\u{202e}',
  '\0',
  '\u2028',
  '💥',
  '__proto__',
  'constructor',
  'toString',
  'kernel',
  'output',
  'x',
  'return',
  '@',
  '#',
  '<T>',
  '\\u0041',
]
const types = ['f32', 'f16', 'i8', 'i4', 'u3', 'u32', 'bf16']
const nests: readonly ((inner: string, depth: number) => string)[] = [
  (inner, depth) => '('.repeat(depth) + inner + ')'.repeat(depth),
  (inner, depth) => '- '.repeat(depth) + inner,
  (inner, depth) => '!'.repeat(depth) + inner,
  (inner, depth) => '['.repeat(depth) + inner + ']'.repeat(depth),
  (inner, depth) => '(() => '.repeat(depth) + inner + ')'.repeat(depth),
  (inner, depth) => `${inner} + `.repeat(depth) + inner,
  (inner, depth) => '1 > 0 ? '.repeat(depth) + inner + ' : 1'.repeat(depth),
  (inner, depth) => '1 > 0 ? 1 : '.repeat(depth) + inner,
  (inner, depth) => 'Math.abs('.repeat(depth) + inner + ')'.repeat(depth),
  (inner, depth) => `(${'{ a: '.repeat(depth)}${inner}${' }'.repeat(depth)})`,
  (inner, depth) => '`${'.repeat(depth) + inner + '}`'.repeat(depth),
  (inner, depth) => `(() => ${'{'.repeat(depth)} return ${inner} ${'}'.repeat(depth)})()`,
  (inner, depth) => `(${inner} as ${'Array<'.repeat(depth)}number${'>'.repeat(depth)})`,
  (inner, depth) => inner + '(1)'.repeat(depth),
  (inner, depth) => inner + '.a'.repeat(depth),
  (inner, depth) =>
    `(() => { ${Array.from({ length: depth }, (_, i) => `const f${i} = (a: number) => ${i === 0 ? 'a' : `f${i - 1}(f${i - 1}(a))`};`).join(' ')} return f${depth - 1}(${inner}) })()`,
  (inner, depth) =>
    `(() => { ${Array.from({ length: depth }, (_, i) => `const v${i} = ${i === 0 ? inner : `v${i - 1} * v${i - 1}`};`).join(' ')} return v${depth - 1} })()`,
  (inner, depth) => `(() => { ${`if (x(0, 0) > 0) return 1; `.repeat(depth)} return ${inner} })()`,
  (inner, depth) => `${'max(D, d => '.repeat(depth)}${inner}${')'.repeat(depth)}`,
]

/** Where an expression can stand in each file. */
const nested = (text: string): string => {
  const depth = pick([10, 100, 399, 1000, 5000, 50_000])
  const inner = pick(['x(t, d)', '1', 'scale', 't'])
  return text.replace('x(t, d)', () => pick(nests)(inner, depth))
}

const damages: readonly ((tokens: string[], text: string) => string)[] = [
  tokens => tokens.toSpliced(below(tokens.length), 1 + below(3)).join(''),
  tokens => tokens.with(below(tokens.length), pick(foreign)).join(''),
  tokens => tokens.toSpliced(below(tokens.length), 0, pick(foreign)).join(''),
  tokens => tokens.with(below(tokens.length), pick(tokens)).join(''),
  tokens => tokens.slice(0, below(tokens.length)).join(''),
  (_, text) => text.replaceAll(pick(types), pick(types)),
  (_, text) => nested(text),
  (_, text) => text.repeat(1 + Math.ceil(1e6 / text.length)),
  (_, text) => text.replace('x(t, d)', Array.from({ length: 20_000 }, () => pick(foreign)).join(' ')),
]

test(`${cases} damaged files`, () => {
  let slowest = { milliseconds: 0, text: '' }
  let wrong = 0
  for (let at = 0; at < cases; at++) {
    let text = pick(files)
    // Nothing is left to damage once a cut has taken everything.
    for (let i = below(3); i >= 0 && text !== ''; i--) text = pick(damages)(tokensOf(text), text)
    const start = performance.now()
    try {
      lowerText(text)
    } catch (error) {
      wrong++
      if (!(error instanceof KernelFileError || error instanceof UnknownKernelName))
        throw new Error(`${text.slice(0, 3000)}\n${error instanceof Error ? error.stack : error}`)
      if (error instanceof KernelFileError) expect(error.diagnostics.length).toBeGreaterThan(0)
    }
    const milliseconds = performance.now() - start
    if (milliseconds > slowest.milliseconds) slowest = { milliseconds, text }
  }
  expect(wrong).toBeGreaterThan(cases / 2)
  if (process.env.QERNEL_CASES !== undefined)
    process.stdout.write(`slowest: ${slowest.milliseconds.toFixed(0)} ms for ${slowest.text.slice(0, 400)}\n`)
}, 600_000)
