/** The output streams of a command, such as `process`; tests pass their own. */
export interface CommandStreams {
  readonly stdout: { write(text: string): unknown; readonly columns?: number; readonly hasColours?: boolean }
  /** A terminal shows the state of long work in a line that is overwritten. */
  readonly stderr: {
    write(text: string): unknown
    readonly isTTY?: boolean
    readonly columns?: number
    readonly hasColours?: boolean
  }
}

/** An argument without dashes, in the order of the command line. */
export interface PositionalSpec {
  /** As shown in help: KERNEL. */
  readonly name: string
  readonly description: string
  readonly optional?: boolean
  /** The valid values, where they are few and fixed. */
  readonly choices?: readonly string[]
  /** The end of the names of files that are values as well. */
  readonly files?: string
}

/** An option, `--name`. Its values are kept as typed: `-o 007` is the file 007. */
export type OptionSpec = FlagSpec | ValueSpec

interface FlagSpec {
  readonly type: 'boolean'
  readonly short?: string
  readonly description: string
}

interface ValueSpec {
  readonly type: 'string'
  /** The placeholder for the value in help: FILE. */
  readonly value: string
  readonly short?: string
  /** Whether '' is a value. */
  readonly mayBeEmpty?: boolean
  /** May be given several times. */
  readonly multiple?: boolean
  /** The valid values, where they are few and fixed. */
  readonly choices?: readonly string[]
  readonly description: string
  /** Called with the given values before the command runs. */
  before?(values: readonly string[]): Promise<void>
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>

/** The values of a command's options: flags are true or false, others are undefined if not given. */
export type OptionValues<Options extends OptionSpecs> = {
  readonly [Name in keyof Options]: Options[Name] extends { readonly type: 'boolean' }
    ? boolean
    : Options[Name] extends { readonly multiple: true }
      ? readonly string[]
      : string | undefined
}

/** The arguments of a command. */
export interface Invocation<Options extends OptionSpecs = OptionSpecs> {
  readonly positionals: readonly string[]
  readonly options: OptionValues<Options>
  /** Whether the result will be printed as JSON. */
  readonly json: boolean
  /** Prints a line on standard error for a waiting user; silent with `--json`. */
  progress(line: string): void
  /** Shows progress: as the last line of a terminal, elsewhere as a line every few seconds at most. */
  step(line: string): void
  /** Prints an object as a line of JSON on standard error, for programs, unless that is a terminal. */
  record(value: object): void
  /** Shows the current activity if standard error is a terminal: as the last line, until the next one or the result. */
  status(line: string): void
}

/** The result of a command. The frame prints it: commands never write to standard output themselves. */
export interface CommandResult {
  /**
   * 0 done, 1 a check failed; 130 and 143 stopped by SIGINT (Ctrl-C) and SIGTERM, with the results complete by then. A search also ends with 3, its
   * device is gone for good, and 4, its budget is used up.
   */
  readonly exitCode: 0 | 1 | 3 | 4 | 130 | 143
  /** For people, with a trailing newline. */
  readonly text: string
  /** For programs: the output of `--json`. */
  readonly json: unknown
  /** A remark for standard error, if the text is a file for standard output. */
  readonly remark?: string
}

export type RunCommand<Options extends OptionSpecs = OptionSpecs> = (
  invocation: Invocation<Options>,
) => CommandResult | Promise<CommandResult>

/** A command as data, from which help, argument checks and errors are derived. */
export interface Command<Options extends OptionSpecs = OptionSpecs> {
  readonly name: string
  /** One line. */
  readonly summary: string
  readonly positionals: readonly PositionalSpec[]
  readonly options: Options
  /** Complete command lines, each with its effect. */
  readonly examples: readonly { readonly line: string; readonly does: string }[]
  /** Imports the implementation only when the command runs, to keep startup cheap. */
  load(): Promise<RunCommand<Options>>
}

/** The commands of a program. */
export interface Program {
  readonly name: string
  readonly version: string
  readonly summary: string
  readonly commands: readonly AnyCommand[]
}

/** A command without its option types, for lists of commands. */
export interface AnyCommand extends Omit<Command, 'load'> {
  load(): Promise<(invocation: Invocation<never>) => CommandResult | Promise<CommandResult>>
}

/** Gives a command's options their types: `defineCommand({ name: 'emit', options: { … }, … })`. */
export function defineCommand<const Options extends OptionSpecs>(command: Command<Options>): Command<Options> {
  return command
}
