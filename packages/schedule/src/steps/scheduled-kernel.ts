import type { Kernel, Nest } from '@qernel/dsl'
import type { Step } from './transform.ts'

/** A scheduled nest and the steps that led to it. */
export interface ScheduledKernel {
  readonly kernel: Kernel
  /** The author's steps. */
  readonly steps: readonly Step[]
  /** Steps put in front so that each packed word has one owner. */
  readonly repairs: readonly Step[]
  /** Steps appended so that elements of words that no thread computes whole are collected first. */
  readonly repairsBehind: readonly Step[]
  /** The nest before the first step and after each step, including the repairs before and after the author's steps. */
  readonly history: readonly Nest[]
  readonly nest: Nest
}
