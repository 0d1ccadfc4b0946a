import { describe, expect, it } from 'vitest'
import { FailedCheck, UsageError } from '../../src/errors/usage-error.ts'
import { type AnyCommand, defineCommand, type Program } from '../../src/frame/command.ts'
import { runProgram } from '../../src/frame/run-program.ts'

const emit = defineCommand({
  name: 'emit',
  summary: 'Print the generated source of a kernel.',
  positionals: [{ name: 'KERNEL', description: 'the kernel to compile' }],
  options: {
    target: { type: 'string', value: 'TARGET', choices: ['wgsl', 'cuda'], description: 'the language' },
    set: { type: 'string', value: 'SIZE=N', multiple: true, description: 'fix a size' },
    output: { type: 'string', short: 'o', value: 'FILE', description: 'write to a file' },
    quiet: { type: 'boolean', description: 'say nothing' },
  },
  examples: [{ line: 'qernel emit int8_per_channel --target wgsl', does: 'show the WGSL' }],
  load: async () => invocation => ({ exitCode: 0, text: 'done\n', json: invocation }),
})

const command = (name: string, run: () => never | { exitCode: 0 | 1; text: string; json: unknown }): AnyCommand => ({
  name,
  summary: `Is ${name}.`,
  positionals: [],
  options: {},
  examples: [],
  load: async () => run,
})

const program: Program = {
  name: 'qernel',
  version: '1.2.3',
  summary: 'Compiles.',
  commands: [
    emit,
    command('check', () => ({ exitCode: 1, text: '1 of 2 equal\n', json: { equal: 1, error: Number.NaN } })),
    command('refuse', () => {
      throw new UsageError({
        what: 'no such\u001b[31m thing',
        where: 'x.npy',
        allowed: ['a', 'b'],
        nearest: 'a',
        hint: 'try a',
      })
    }),
    command('fail', () => {
      throw new FailedCheck({ what: 'the kernel did not run', details: ['line 1', '^^^^'] })
    }),
    defineCommand({
      ...command('name', () => ({ exitCode: 0, text: '', json: {} })),
      load: async () => invocation => {
        invocation.progress('a\r\u001b[2Kb')
        return { exitCode: 0, text: 'a\u001b[8mb\u0085\u202e\n', json: { name: 'a\u001b[8mb\u0085\u202e' } }
      },
    }),
    command('crash', () => {
      throw new TypeError('undefined is not a function')
    }),
  ],
}

async function run(...argv: string[]) {
  const written = { stdout: '', stderr: '' }
  const exitCode = await runProgram(program, argv, {
    stdout: { write: text => (written.stdout += text) },
    stderr: { write: text => (written.stderr += text) },
  })
  return { exitCode, ...written }
}

describe('exit codes', () => {
  it('0 means success, 1 a failed check', async () => {
    expect(await run('emit', 'k')).toEqual({ exitCode: 0, stdout: 'done\n', stderr: '' })
    expect(await run('check')).toEqual({ exitCode: 1, stdout: '1 of 2 equal\n', stderr: '' })
  })

  it('2 means bad input: one message with all its parts and without control characters', async () => {
    const { exitCode, stdout, stderr } = await run('refuse')
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toMatchInlineSnapshot(`
      "qernel refuse: no such\\x1b[31m thing
        where:   x.npy
        allowed: a, b
        did you mean 'a'?
        try a
      "
    `)
  })

  it('control characters are escaped in results, progress and JSON', async () => {
    const { stdout, stderr } = await run('name')
    expect([stdout, stderr]).toEqual(['a\\x1b[8mb\\x85\\u{202e}\n', 'a\\x0d\\x1b[2Kb\n'])
    const { stdout: json } = await run('name', '--json')
    expect(json).toContain('"a\\u001b[8mb\\u0085\\u202e"')
    expect(JSON.parse(json)).toEqual({ name: 'a\u001b[8mb\u0085\u202e' })
  })

  it('1 with details means a check that failed before there was a result', async () => {
    const stderr = 'qernel fail: the kernel did not run\n    line 1\n    ^^^^\n'
    expect(await run('fail')).toEqual({ exitCode: 1, stdout: '', stderr })
    expect(JSON.parse((await run('fail', '--json')).stdout).error).toMatchObject({ kind: 'check', exitCode: 1 })
  })

  it('70 means a bug in qernel: the stack, and a request to report it', async () => {
    const { exitCode, stdout, stderr } = await run('crash')
    expect([exitCode, stdout]).toEqual([70, ''])
    expect(stderr).toMatch(
      /^qernel crash: this is a bug in qernel 1\.2\.3; please report it .*\ncrash\nTypeError: undefined is not a function\n +at /,
    )
  })
})

describe('--json', () => {
  it('prints the result as data, with NaN by name', async () => {
    expect(JSON.parse((await run('check', '--json')).stdout)).toEqual({ equal: 1, error: 'NaN' })
    expect(JSON.parse((await run('--json', 'check')).stdout)).toEqual({ equal: 1, error: 'NaN' })
  })

  it('prints errors as data, including those of the command line', async () => {
    expect(JSON.parse((await run('refuse', '--json')).stdout).error).toMatchObject({
      kind: 'usage',
      exitCode: 2,
      where: 'x.npy',
      allowed: ['a', 'b'],
    })
    expect(JSON.parse((await run('crash', '--json')).stdout).error).toMatchObject({ kind: 'bug', exitCode: 70 })
    expect(JSON.parse((await run('emti', '--json')).stdout)).toEqual({
      error: {
        kind: 'usage',
        exitCode: 2,
        message: "unknown command 'emti'",
        allowed: ['emit', 'fail', 'name', 'check', 'refuse', 'crash'],
        nearest: 'emit',
        hint: 'see qernel --help',
      },
    })
  })
})

describe('arguments', () => {
  it('reach the command as typed', async () => {
    const { stdout } = await run('emit', 'k', '--set', 'D=1', '-o007', '--set=T=2', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      positionals: ['k'],
      options: { set: ['D=1', 'T=2'], output: '007', quiet: false },
    })
  })

  it.each([
    [['emit', 'k', '--tagret', 'wgsl'], "unknown option '--tagret'", "did you mean '--target'?"],
    [['emit', 'k', '--target', 'wgls'], "unknown value for --target 'wgls'", "did you mean 'wgsl'?"],
    [['emit', 'k', '--target'], "option '--target' needs a value", 'allowed: --target TARGET'],
    [
      ['emit', 'k', '--output', '--json'],
      "option '--output' needs a value, and '--json' looks like an option",
      'write --output=--json',
    ],
    [['emit', 'k', '--quiet=no'], "option '--quiet' takes no value, not even 'no'", 'see qernel emit --help'],
    [['emit', 'k', '-o', 'a', '-o', 'b'], "option '-o' is given twice, as 'a' and 'b'", 'see qernel emit --help'],
    [['emit', 'k', '--constructor'], "unknown option '--constructor'", 'allowed: '],
    [['emit'], 'KERNEL is missing: the kernel to compile', 'allowed: emit KERNEL [options]'],
    [['emit', 'k', 'l'], "one argument too many, 'l'", 'allowed: emit KERNEL [options]'],
    [['--verison'], "unknown option '--verison'", "did you mean '--version'?"],
    [['help', 'emmit'], "unknown command 'emmit'", "did you mean 'emit'?"],
  ])('are refused: %j', async (argv, what, more) => {
    const { exitCode, stderr } = await run(...argv)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(what)
    expect(stderr).toContain(more)
  })
})

describe('help', () => {
  it('of a command shows usage, options and examples, with any of three ways to ask for it', async () => {
    const { exitCode, stdout } = await run('emit', '--help')
    expect(exitCode).toBe(0)
    expect(stdout).toMatchInlineSnapshot(`
      "qernel emit
      Print the generated source of a kernel.

      Usage
        qernel emit KERNEL [options]

      Arguments
        KERNEL  the kernel to compile

      Options
        --target TARGET    the language (wgsl, cuda)
        --set SIZE=N       fix a size; may be repeated
        -o, --output FILE  write to a file
        --quiet            say nothing
        --json             print the result or the error as JSON
        -h, --help         show this help

      Examples
        # show the WGSL
        qernel emit int8_per_channel --target wgsl
      "
    `)
    expect((await run('help', 'emit')).stdout).toBe(stdout)
    expect((await run('emit', '-h')).stdout).toBe(stdout)
  })

  it('of the program is also printed without a command, with exit code 2', async () => {
    const { exitCode, stdout } = await run('--help')
    expect(exitCode).toBe(0)
    expect(stdout).toContain('check   Is check.')
    expect(await run()).toEqual({ exitCode: 2, stdout: '', stderr: stdout })
  })

  it('--version', async () => {
    expect(await run('--version')).toEqual({ exitCode: 0, stdout: '1.2.3\n', stderr: '' })
    expect(JSON.parse((await run('--version', '--json')).stdout)).toEqual({ version: '1.2.3' })
  })
})
