/**
 * A TypeScript module around a WGSL file, for any program with a `GPUDevice`: pipelines, bind groups, numbers of workgroups, and arrays
 * that no binding holds. It needs nothing but the types of WebGPU. Written through ts-morph, which is slow to load, so this is an entry
 * point of its own.
 */
import type { CompiledKernel } from '@qernel/codegen'
import { arrayText } from '@qernel/codegen/internal'
import { IndentationText, Project, QuoteKind, type SourceFile, ts, VariableDeclarationKind } from 'ts-morph'
import { type LauncherView, launcherView } from './launcher-view.ts'
import { planText } from './plan-text.ts'
import { runText, uniformText } from './run-text.ts'

/** The kernel with other ways to divide, by their names. */
export type OtherDivisions = Readonly<Partial<Record<'refined' | 'integer', CompiledKernel>>>

/**
 * Prints the module, under the header of the WGSL. The class that it exports is named after the kernel: `int8_per_token` gives
 * `Int8PerToken`.
 *
 * @param compiled of the target wgsl
 * @param summary one line about the kernel
 * @param others the same kernel with other divisions, among which `create` chooses; without them the module has the one of `compiled`
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

/** No reference to the package: beside a DOM library that has these types its declarations are there twice. */
const typesNote = `// The types of WebGPU are those of TypeScript's DOM library, or, where that has none or is not used, of the package @webgpu/types, named
// in \`types\` of tsconfig.json.`

function addTypes(file: SourceFile, view: LauncherView): void {
  file.addInterface({
    name: view.sizesType,
    isExported: true,
    docs: ['Sizes of one launch: whole numbers, 0 included.'],
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
      "The arrays, each in one buffer with the usage STORAGE, or a part of one that starts at a multiple of the device's\n`minStorageBufferOffsetAlignment`. What is only read and what is written lie in different buffers. How long they have to be,\n`byteLengths` says. Elements narrower than 32 bits lie in words of 32, the first of a row in the lowest bits of its first word.",
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

/** The WGSL once for each way to divide. */
function addSources(file: SourceFile, sources: readonly (readonly [division: string, code: string])[]): void {
  file.addTypeAlias({
    name: 'Division',
    isExported: true,
    docs: [
      "How `a / b` is made correctly rounded. `native`: the device does it by itself. `refined`: for devices with a fused multiply-add, such as\nNVIDIA's. `integer`: on the bits, right everywhere and slower. `openGpuDevice(device)` of `@qernel/runtime/webgpu` measures which is exact:\n`target.numerics.division`.",
    ],
    type: sources.map(([division]) => `'${division}'`).join(' | '),
  })
  file.addVariableStatement({
    declarationKind: VariableDeclarationKind.Const,
    isExported: true,
    docs: ['The WGSL, by the way to divide.'],
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
    docs: ['The WGSL.'],
    declarations: [{ name: 'source', initializer: template(code) }],
  })
}

function addClass(file: SourceFile, view: LauncherView, hasChoice: boolean): void {
  const { className, sizesType, buffersType } = view
  const { create, byteLengths, encode, destroy } = runText(view, hasChoice)
  file.addClass({
    name: className,
    isExported: true,
    docs: [`${view.summary}\n\nOne object for a device; it may be used for any number of launches.`],
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
        docs: ['Compiles the kernels.\n\n@throws Error where the device refuses them'],
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
          'Bytes that each array needs, padding included: at least 16.\n\n@throws RangeError for sizes that the kernel does not take',
        ],
        parameters: [{ name: 'sizes', type: sizesType }],
        returnType: `Record<keyof ${buffersType}, number>`,
        statements: byteLengths,
      },
      {
        name: 'encode',
        docs: [
          'Records every dispatch, in order; the caller submits the encoder. Arrays that no binding of the device holds are worked on in parts of\ntheir rows.\n\n@throws RangeError for sizes that the kernel does not take, buffers that are too short or shared, or more than the device can do',
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
          'Frees the uniform buffers of the last 256 sets of sizes; those before are left to the garbage collector.',
        ],
        returnType: 'void',
        statements: destroy,
      },
    ],
  })
}
