import { template } from '@qernel/codegen/internal'
import { wgslModule } from './templates.js'

/** The printed parts of a WGSL file. */
export interface SourceFile {
  readonly header: readonly string[]
  /** Language extensions. */
  readonly enables: readonly string[]
  readonly uniform:
    | {
        readonly members: readonly string[]
        /** Whether a member `zero` follows, whose value compilers must not know. */
        readonly hasZero: boolean
        readonly binding: number
      }
    | undefined
  readonly arrays: readonly {
    readonly name: string
    readonly binding: number
    readonly access: string
    readonly element: string
    /** Role, type and shape. */
    readonly note: string
  }[]
  readonly functions: readonly {
    /** Comments for callers that launch without a launcher: the number of workgroups, and the requirements on sizes. */
    readonly notes: readonly string[]
    readonly entry: string
    readonly workgroup: string
    readonly shared: readonly { readonly name: string; readonly type: string }[]
    readonly builtins: string
    readonly body: string
  }[]
  readonly helpers: readonly string[]
}

/** The text of a WGSL file. */
export const renderSourceFile = template<SourceFile>(wgslModule)
