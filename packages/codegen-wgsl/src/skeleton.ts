import Handlebars from 'handlebars'

/** What a WGSL file is made of; every part is printed already. */
export interface Skeleton {
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
    /** How many workgroups, and at which sizes: for those who launch without a launcher. */
    readonly notes: readonly string[]
    readonly entry: string
    readonly workgroup: string
    readonly shared: readonly { readonly name: string; readonly type: string }[]
    readonly builtins: string
    readonly body: string
  }[]
  readonly helpers: readonly string[]
}

const template = `{{#each header}}
//{{#if this}} {{this}}{{/if}}
{{/each}}

{{#each enables}}
enable {{this}};

{{/each}}
{{#if uniform}}
struct Sizes {
{{#each uniform.members}}
  {{this}}: u32,
{{/each}}
{{#if uniform.hasZero}}
  zero: u32, // 0
{{/if}}
}

{{/if}}
{{#each arrays}}
@group(0) @binding({{binding}}) var<storage, {{access}}> {{name}}: array<{{element}}>; // {{note}}
{{/each}}
{{#if uniform}}
@group(0) @binding({{uniform.binding}}) var<uniform> sizes: Sizes;
{{/if}}
{{#each helpers}}

{{this}}
{{/each}}
{{#each functions}}

{{#each shared}}
var<workgroup> {{name}}: {{type}};
{{/each}}
{{#if shared}}

{{/if}}
{{#each notes}}
// {{this}}
{{/each}}
@compute @workgroup_size({{workgroup}})
fn {{entry}}({{builtins}}) {
{{body}}
}
{{/each}}
`

/** An environment of our own: a template that anyone registers elsewhere cannot reach into ours. */
const render = Handlebars.create().compile<Skeleton>(template, { strict: true, noEscape: true })

export const renderSkeleton = (skeleton: Skeleton): string => render(skeleton)
