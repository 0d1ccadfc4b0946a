/** The output of `qernel bench --json`, from which its table and drawing are made. */
import type { CeilingResult, SubjectResult } from '@qernel/bench'
import type { Peer } from './peers.ts'

/** A kernel at one size on one device. */
export interface MeasuredSubject extends SubjectResult {
  readonly device: 'webgpu' | 'cuda'
  /** What a drawing calls the device, if it shows several machines. */
  readonly on?: string
  /** Arithmetic operations of the definition per element of its last result. */
  readonly operationsPerElement: number
}

/** Additional ceilings, for arrays of the same size and type. */
export interface MeasuredCeiling extends CeilingResult {
  readonly device: 'webgpu' | 'cuda'
  readonly size: string
  readonly element: string
  /** When an earlier run measured it, ISO 8601. */
  readonly earlier?: string
}

/** Something that could not be measured, or not completely. */
export interface MissingPart {
  readonly device: 'webgpu' | 'cuda'
  /** A kernel with its type and size; absent if the device itself is missing. */
  readonly subject?: string
  readonly problem: string
}

/** Quantizing and dequantizing on one CPU thread. */
export interface CpuTime {
  readonly size: string
  readonly order: 'column by column' | 'row by row'
  readonly quantizeMs: number
  readonly dequantizeMs: number
  /** Codes that differ between the two orders: one rounds halves away from zero, the other to even. */
  readonly differentCodes: number
}

/** Everything that `qernel bench` measured in one run, as its JSON holds it. */
export interface BenchResults {
  readonly version: string
  readonly note: string | undefined
  readonly devices: readonly {
    readonly kind: string
    readonly name: string
    readonly driver: string
    readonly isSoftware: boolean
  }[]
  readonly options: { readonly rounds: number; readonly repeats: number; readonly warmup: number }
  readonly subjects: readonly MeasuredSubject[]
  readonly ceilings: readonly MeasuredCeiling[]
  readonly peers: readonly Peer[]
  readonly cpu: readonly CpuTime[]
  /** Why requested CPU times are missing. */
  readonly cpuNote?: string
  /** Requested results that are missing, and why. */
  readonly missing?: readonly MissingPart[]
  /** The number of schedules without results, and the signal that ended the run early, if any. */
  readonly unmeasured?: number
  readonly stoppedBy?: string
  /** With `--rows`: how many results were taken from the file, and how many were appended to it. */
  readonly rows?: { readonly file: string; readonly taken: number; readonly written: number }
}

/** `int8_per_token, f32, 131072x1024` */
export const subjectName = ({ kernel, element, sizes }: Pick<SubjectResult, 'kernel' | 'element' | 'sizes'>): string =>
  `${kernel}, ${element}, ${sizeName(sizes)}`

/** `131072x1024`, from the sizes of a kernel; other sizes follow. */
export function sizeName(sizes: Readonly<Record<string, number>>): string {
  const { T, D, ...others } = sizes
  const rest = Object.entries(others).map(([name, value]) => ` ${name}=${value}`)
  return `${[T, D].filter(value => value !== undefined).join('x')}${rest.join('')}`
}

/** Subjects whose results differ between devices. Devices that agree have the same digest. */
export function disagreeing(subjects: readonly MeasuredSubject[]): string[] {
  const first = new Map<string, MeasuredSubject>()
  const found: string[] = []
  for (const subject of subjects) {
    const name = `${subject.kernel} ${subject.element} ${sizeName(subject.sizes)}`
    if (subject.reference === undefined || subject.reference.digest === '') continue
    const other = first.get(name)
    if (other === undefined) first.set(name, subject)
    else if (other.reference?.digest !== subject.reference.digest)
      found.push(`${name}: ${other.device} and ${subject.device}`)
  }
  return found
}
