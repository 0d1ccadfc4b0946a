import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Tests that open no device, start no process, and register nothing: they share their modules. */
const pure = [
  'packages/{dsl,schedule,codegen,codegen-cuda,kernels,kernel-file,acceptance,playground}/test/**/*.test.ts',
  'packages/{arrays/test,cli/test/frame}/*.test.ts',
  'packages/runtime/test/{executables,poison}.test.ts',
  'test/{check-imports,documentation,formats/formats,schedules/bytes,schedules/library-schedules}.test.ts',
]
/** What does, beside those. */
const impure = [
  'packages/codegen-cuda/test/nvcc.test.ts',
  'packages/kernels/test/conformance.test.ts',
  'packages/kernel-file/test/{cache,call-site}.test.ts',
  'packages/playground/test/arguments.test.ts',
  'packages/playground/test/run/**/*.test.ts',
]
/** What opens the built page in browsers. */
const pages = 'packages/playground/test/page/**/*.test.ts'

const conditions = ['@qernel/source', ...defaultServerConditions]

/** The files that take longest: the last of a run would keep one core busy while the others have nothing left to do. */
const longest =
  /(kernels\/test\/(conformance|library)|codegen-cuda\/test\/nvcc|random-schedules|cuda\/on-host|library-schedules)\.test\.ts$/

/** vitest remembers how long files took; in a fresh clone it knows nothing and would begin with those that have most lines. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const projects = [...new Set(sorted.map(({ project }) => project))]
    return projects.flatMap(own => {
      const ofProject = sorted.filter(({ project }) => project === own)
      return [true, false].flatMap(first => ofProject.filter(({ moduleId }) => longest.test(moduleId) === first))
    })
  }
}

/** Random cases are the same however often and wherever a commit is tested; each commit tries others. Without git, always the same. */
function seedOfCommit(): string {
  try {
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return String(Number.parseInt(commit.slice(0, 7), 16))
  } catch {
    return '1'
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Processes, not threads: a GPU driver loaded with dlopen belongs to one process.
    pool: 'forks',
    // Compilers make much that lives briefly: with room for it, a twentieth of the time is saved.
    execArgv: ['--max-semi-space-size=64'],
    // All cores: what takes long waits for a software GPU or compiles, and hardly shares anything.
    maxWorkers: '100%',
    // A busy machine is no failure.
    testTimeout: 30_000,
    sequence: { sequencer: LongestFirst },
    env: {
      QERNEL_SEED: process.env.QERNEL_SEED ?? seedOfCommit(),
      // Not the cache of the user.
      QERNEL_CACHE: join(import.meta.dirname, 'node_modules/.cache/qernel'),
    },
    setupFiles: ['test/seed.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'devices and files',
          globalSetup: ['test/build.ts'],
          include: [
            'packages/{codegen-wgsl,runtime,software-gpu,testing,bench,tune,cli}/test/**/*.test.ts',
            'test/**/*.test.ts',
            'examples/**/*.test.ts',
            ...impure,
          ],
          exclude: [...pure.slice(1), '**/node_modules/**'],
        },
      },
      // Many small files on the same few modules, which are pure: loading them anew for each would take longer than the tests.
      {
        extends: true,
        test: { name: 'pure', include: pure, exclude: [...impure, pages, '**/node_modules/**'], isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'page',
          globalSetup: ['packages/playground/test/page/build.ts'],
          include: [pages],
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
})
