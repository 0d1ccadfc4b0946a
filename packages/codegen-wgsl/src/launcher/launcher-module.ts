/**
 * Prints a TypeScript module around a WGSL file, for any program with a `GPUDevice`. The module handles pipelines, bind groups, numbers
 * of workgroups, and arrays that are too large for one binding; it depends only on the types of WebGPU. This is a separate entry point,
 * because ts-morph, which writes the module, is slow to load.
 */
import type { CompiledKernel } from '@qernel/codegen'
import { arrayText } from '@qernel/codegen/internal'
import { IndentationText, Project, QuoteKind, type SourceFile, ts, VariableDeclarationKind } from 'ts-morph'
import { type LauncherView, launcherView } from './launcher-view.ts'
import { planText } from './plan-text.ts'
import { runText, uniformText } from './run-text.ts'

/** The kernel compiled with other divisions, by their names. */
export type OtherDivisions = Readonly<Partial<Record<'refined' | 'integer', CompiledKernel>>>

/**
 * Prints the module after the header of the WGSL. The exported class is named after the kernel: `int8_per_token` becomes
 * `Int8PerToken`.
 *
 * @param compiled a kernel for the target wgsl
 * @param summary one line about the kernel
 * @param others the same kernel with other divisions, from which callers of `create` choose; without them the module uses the division of `compiled`
 */
export function launcherModule(compiled: CompiledKernel, summary: string, others: OtherDivisions = {}): string {
  const view = launcherView(compiled, summary)
  const choice = Object.entries(others)
  const project = new Project({
    useInMemoryFileSystem: true,
    manipulationSettings: { indentationText: IndentationText.TwoSpaces, quoteKind: QuoteKind.Single },
  })
  const file = project.createSourceFile(`${compiled.kernel}.ts`, '')
  addTypes(file, view)
  const [header, code] = headerAndCode(compiled)
  if (choice.length === 0) addSource(file, code)
  else addSources(file, [['native', code], ...choice.map(([name, other]) => [name, headerAndCode(other)[1]] as const)])
  addClass(file, view, choice.length > 0)
  file.addStatements(planText(view))
  file.formatText({ indentSize: 2, semicolons: ts.SemicolonPreference.Remove })
  return `${header}\n${typesNote}\n\n${file.getFullText().trim()}\n`
}

/** The module does not reference @webgpu/types, because its declarations would be duplicates if the DOM library has these types too. */
const typesNote = `// The WebGPU types come from TypeScript's DOM library. If that is not used or lacks them, add the package @webgpu/types to \`types\` in
// tsconfig.json.`

function addTypes(file: SourceFile, view: LauncherView): void {
  file.addInterface({
    name: view.sizesType,
    isExported: true,
    docs: ['The sizes of one launch, whole numbers from 0 on.'],
    properties: view.sizes.map(({ name, facts }) => ({
      name,
      type: 'number',
      isReadonly: true,
      ...(facts === '' ? {} : { docs: [facts] }),
    })),
  })
  file.addInterface({
    name: view.buffersType,
    isExported: true,
    docs: [
      "The arrays. Each is a buffer with the usage STORAGE, or a part of one that starts at a multiple of the device's\n`minStorageBufferOffsetAlignment`. An array that is only read must not share a buffer with one that is written. `byteLengths` returns the\nrequired lengths. Elements narrower than 32 bits are packed into 32-bit words; the first of a row is in the lowest bits of its first word.",
    ],
    properties: view.arrays.map(array => ({
      name: array.name,
      type: 'GPUBuffer | GPUBufferBinding',
      isReadonly: true,
      docs: [arrayText(array)],
    })),
  })
}

function headerAndCode({ source }: CompiledKernel): readonly [header: string, code: string] {
  const [header] = /^(?:\/\/[^\n]*\n)*/.exec(source) as RegExpExecArray
  return [header, source.slice(header.length).trimStart()]
}

const template = (code: string): string => `\`${code.replace(/[`\\]|\$\{/g, found => `\\${found}`)}\``

/** Adds one WGSL source per division. */
function addSources(file: SourceFile, sources: readonly (readonly [division: string, code: string])[]): void {
  file.addTypeAlias({
    name: 'Division',
    isExported: true,
    docs: [
      "How `a / b` is rounded correctly. `native`: by the device itself. `refined`: with a fused multiply-add, for devices that have one, such as\nNVIDIA's. `integer`: on the bits, which is correct everywhere, but slower. `openGpuDevice(device)` of `@qernel/runtime/webgpu` measures\nwhich one is exact; see its `target.numerics.division`.",
    ],
    type: sources.map(([division]) => `'${division}'`).join(' | '),
  })
  file.addVariableStatement({
    declarationKind: VariableDeclarationKind.Const,
    isExported: true,
    docs: ['The WGSL sources, by division.'],
    declarations: [
      {
        name: 'sources',
        type: 'Readonly<Record<Division, string>>',
        initializer: `{\n${sources.map(([division, code]) => `  ${division}: ${template(code)},`).join('\n')}\n}`,
      },
    ],
  })
}

function addSource(file: SourceFile, code: string): void {
  file.addVariableStatement({
    declarationKind: VariableDeclarationKind.Const,
    isExported: true,
    docs: ['The WGSL source.'],
    declarations: [{ name: 'source', initializer: template(code) }],
  })
}

function addClass(file: SourceFile, view: LauncherView, hasChoice: boolean): void {
  const { className, sizesType, buffersType } = view
  const { create, byteLengths, encode, destroy } = runText(view, hasChoice)
  file.addClass({
    name: className,
    isExported: true,
    docs: [`${view.summary}\n\nCreate one object per device; it can be used for any number of launches.`],
    properties: [
      { name: 'device', type: 'GPUDevice', isReadonly: true },
      { name: '#pipelines', type: 'readonly GPUComputePipeline[]', isReadonly: true },
      { name: '#uniforms', isReadonly: true, initializer: 'new Map<string, GPUBuffer>()' },
    ],
    ctors: [
      {
        docs: ['Use `create`.'],
        parameters: [
          { name: 'device', type: 'GPUDevice' },
          { name: 'pipelines', type: 'readonly GPUComputePipeline[]' },
        ],
        statements: ['this.device = device', 'this.#pipelines = pipelines'],
      },
    ],
    methods: [
      {
        name: 'create',
        isStatic: true,
        isAsync: true,
        docs: ['Compiles the kernels.\n\n@throws Error if the device rejects them'],
        parameters: [
          { name: 'device', type: 'GPUDevice' },
          ...(hasChoice
            ? [{ name: "{ division = 'native' }", type: '{ readonly division?: Division }', initializer: '{}' }]
            : []),
        ],
        returnType: `Promise<${className}>`,
        statements: create,
      },
      {
        name: 'byteLengths',
        isStatic: true,
        docs: [
          'The bytes that each array needs, including padding; at least 16.\n\n@throws RangeError for sizes that the kernel does not accept',
        ],
        parameters: [{ name: 'sizes', type: sizesType }],
        returnType: `Record<keyof ${buffersType}, number>`,
        statements: byteLengths,
      },
      {
        name: 'encode',
        docs: [
          'Records every dispatch in order; the caller submits the encoder. Arrays that are too large for one binding are processed in parts of\ntheir rows.\n\n@throws RangeError for sizes that the kernel does not accept, for buffers that are too short or shared, and if a limit of the device is exceeded',
        ],
        parameters: [
          { name: 'encoder', type: 'GPUCommandEncoder' },
          { name: 'buffers', type: buffersType },
          { name: 'sizes', type: sizesType },
        ],
        returnType: 'void',
        statements: encode,
      },
      {
        name: '#uniform',
        parameters: [{ name: view.sizes.length > 0 ? 'sizes' : '_sizes', type: sizesType }],
        returnType: 'GPUBuffer',
        statements: uniformText(view),
      },
      {
        name: 'destroy',
        docs: [
          'Frees the uniform buffers of the last 256 sets of sizes. Older ones are left to the garbage collector.',
        ],
        returnType: 'void',
        statements: destroy,
      },
    ],
  })
}
