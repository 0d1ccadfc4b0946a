/** Where a command's words go. `process` is one; tests pass their own. */
export interface CommandStreams {
  readonly stdout: { write(text: string): unknown; readonly columns?: number; readonly hasColours?: boolean }
  /** A terminal is told the state of what takes long, in a line that is written over and over. */
  readonly stderr: {
    write(text: string): unknown
    readonly isTTY?: boolean
    readonly columns?: number
    readonly hasColours?: boolean
  }
}

/** An argument without dashes, in the order of the command line. */
export interface PositionalSpec {
  /** As help shows it: KERNEL. */
  readonly name: string
  readonly description: string
  readonly optional?: boolean
  /** The valid values, where they are few and fixed. */
  readonly choices?: readonly string[]
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
  /** What stands for the value in help: FILE. */
  readonly value: string
  readonly short?: string
  /** Whether '' is a value. */
  readonly mayBeEmpty?: boolean
  /** May be given several times. */
  readonly multiple?: boolean
  /** The valid values, where they are few and fixed. */
  readonly choices?: readonly string[]
  readonly description: string
  /** Runs with the values that were given, before the command does. */
  before?(values: readonly string[]): Promise<void>
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>

/** The values of a command's options: flags are true or false, others undefined where they are not given. */
export type OptionValues<Options extends OptionSpecs> = {
  readonly [Name in keyof Options]: Options[Name] extends { readonly type: 'boolean' }
    ? boolean
    : Options[Name] extends { readonly multiple: true }
      ? readonly string[]
      : string | undefined
}

/** What a command is called with. */
export interface Invocation<Options extends OptionSpecs = OptionSpecs> {
  readonly positionals: readonly string[]
  readonly options: OptionValues<Options>
  /** The result will be printed as JSON. */
  readonly json: boolean
  /** A line for whoever waits, on standard error; silent with `--json`. */
  progress(line: string): void
  /** How far the work is: the last line of a terminal, elsewhere a line every few seconds at most. */
  step(line: string): void
  /** What happens at the moment, where standard error is a terminal: the last line of the screen, until the next or the result. */
  status(line: string): void
}

/** What a command came to. The frame prints it: commands never write to standard output themselves. */
export interface CommandResult {
  /** 0 done, 1 a check failed; 130 and 143 stopped by SIGINT (Ctrl-C) and SIGTERM, with what was complete by then. */
  readonly exitCode: 0 | 1 | 130 | 143
  /** For people, with the newline at its end. */
  readonly text: string
  /** For programs: what `--json` prints. */
  readonly json: unknown
  /** What goes to standard error beside a text that is a file for standard output. */
  readonly remark?: string
}

export type RunCommand<Options extends OptionSpecs = OptionSpecs> = (
  invocation: Invocation<Options>,
) => CommandResult | Promise<CommandResult>

/** A command as data: help, the check of the arguments and the errors all come from here. */
export interface Command<Options extends OptionSpecs = OptionSpecs> {
  readonly name: string
  /** One line. */
  readonly summary: string
  readonly positionals: readonly PositionalSpec[]
  readonly options: Options
  /** Whole command lines, each with what it does. */
  readonly examples: readonly { readonly line: string; readonly does: string }[]
  /** Imports the implementation, when the command is run and not before: starting must stay cheap. */
  load(): Promise<RunCommand<Options>>
}

/** The commands of a program. */
export interface Program {
  readonly name: string
  readonly version: string
  readonly summary: string
  readonly commands: readonly AnyCommand[]
}

/** A command whose option types are forgotten, as a list of several has to. */
export interface AnyCommand extends Omit<Command, 'load'> {
  load(): Promise<(invocation: Invocation<never>) => CommandResult | Promise<CommandResult>>
}

/** Gives a command's options their types: `defineCommand({ name: 'emit', options: { … }, … })`. */
export function defineCommand<const Options extends OptionSpecs>(command: Command<Options>): Command<Options> {
  return command
}
