/** A PyTorch extension: the operator in C++, the module that builds and registers it, and its tests. */
import { commentLine, template } from '@qernel/codegen/internal'
import type { Kernel } from '@qernel/dsl'
import { linesOfText, textHash, visibleText } from '@qernel/dsl/internal'
import { comment } from '../print/comment.ts'
import { extentText } from '../reference/host-array.ts'
import { torchModule, torchSource, torchTest } from '../templates.js'
import type { DropInContext } from './context.ts'
import { groupSizes } from './group-sizes.ts'
import type { DropInFile } from './parts.ts'
import { allowedCalls, referenceCall, referenceFileName } from './reference-file.ts'
import { type TorchOperator, type TorchTensor, torchOperator, torchShape } from './torch-operator.ts'
import { validSize } from './valid-size.ts'

const [renderSource, renderModule, renderTest] = [template(torchSource), template(torchModule), template(torchTest)]

/** A name that Python can import. */
const moduleName = (base: string): string => `${base.replace(/\W/g, '_').replace(/^(?=\d)/, '_')}_torch`

export function torchFiles(context: DropInContext): DropInFile[] {
  const { base, provenance } = context
  const module = moduleName(base)
  const view = viewOf(context, module)
  const rendered = (name: string, mark: (line: string) => string, render: (view: object) => string): DropInFile => ({
    name,
    source: render({ ...view, header: provenance(name).map(mark) }),
  })
  return [
    rendered(`${module}.cpp`, comment, renderSource),
    rendered(`${module}.py`, hashed, renderModule),
    rendered(`test_${module}.py`, hashed, renderTest),
  ]
}

/** The first line of a text, escaped for a Python string. */
const docstring = (text: string): string =>
  visibleText(linesOfText(text)[0] ?? '')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')

const hashed = (line: string): string => commentLine('#', line)

function viewOf(context: DropInContext, module: string): object {
  const { base, kernel, compiled, launcher, seed } = context
  const operator = torchOperator(context)
  const { inputs, outputs, workspaces, inferred, given, facts, nameOf } = operator
  const all = [...inputs, ...outputs, ...workspaces]
  const isInput = (name: string) => inputs.some(input => input.name === name)
  const pointer = (name: string, type: string) =>
    `static_cast<${type}>(${name}.${isInput(name) ? 'const_data_ptr' : 'mutable_data_ptr'}())`
  const sizes = compiled.sizes.map(({ name }) => nameOf(name))
  return {
    base,
    module,
    // PyTorch caches extensions by this name, regardless of the folder of their sources.
    extension: `qernel_${kernel.name}_${textHash(compiled.source)}`,
    kernel: operator.name,
    summary: docstring(kernel.summary) || kernel.name,
    seed,
    reference: referenceFileName(base),
    loops: referenceCall(kernel),
    launcher: launcher.name,
    result: outputs.length === 1 ? 'at::Tensor' : `std::tuple<${outputs.map(() => 'at::Tensor').join(', ')}>`,
    returned:
      outputs.length === 1 ? outputs[0]?.name : `std::make_tuple(${outputs.map(({ name }) => name).join(', ')})`,
    schema: schemaOf(operator),
    parameters: [
      ...inputs.map(({ name }) => `const at::Tensor& given_${name}`),
      ...given.map(size => `int64_t ${size}`),
    ].join(', '),
    inputs: inputs.map(tensor => ({
      ...tensor,
      checks: torchShape(tensor, operator, '/').map((extent, dimension) => ({ extent, dimension })),
    })),
    allocated: [...outputs, ...workspaces].map(tensor => ({
      ...tensor,
      shape: torchShape(tensor, operator, '/').join(', '),
    })),
    first: inputs[0]?.name,
    inferred,
    facts,
    launchArguments: [
      ...compiled.arrays.map(({ name }, position) => {
        const parameter = launcher.parameters[position] ?? ''
        return pointer(nameOf(name), parameter.slice(0, parameter.lastIndexOf('*') + 1))
      }),
      ...sizes,
      'at::cuda::getCurrentCUDAStream()',
    ].join(',\n        '),
    loopArguments: [
      ...kernel.tensors
        .filter(({ role }) => role !== 'temporary')
        .map(({ name }) => {
          const array = all.find(({ parameter }) => parameter.name === name) as TorchTensor
          return pointer(array.name, `${isInput(array.name) ? 'const ' : ''}${array.element}*`)
        }),
      ...sizes,
    ].join(',\n        '),
    python: pythonView(context, operator),
    ...(context.comparison.by === 'intervals' && { beyond: beyondView(context, operator, pointer, sizes) }),
  }
}

/** What the operator that compares results with intervals needs. */
function beyondView(
  { kernel }: DropInContext,
  operator: TorchOperator,
  pointer: (name: string, type: string) => string,
  sizes: readonly string[],
): object {
  const { inputs, outputs, given, nameOf } = operator
  const calls = allowedCalls(kernel)
  const read = ({ name, element }: TorchTensor) => `static_cast<const ${element}*>(${name}.const_data_ptr())`
  const all = [...inputs, ...outputs]
  const compared = outputs.map(tensor => {
    const { name, type, shape } = tensor.parameter
    const field = `allowed_${tensor.name}`
    return {
      interval: calls.interval(type),
      field,
      count: shape.map(extent => `(${extentText(extent, nameOf)})`).join(' * '),
      call: `${calls.beyond(name)}(${[read(tensor), `${field}.data()`, ...sizes, 'found'].join(', ')})`,
    }
  })
  const argumentOf = ({ name, role }: Kernel['tensors'][number]): string => {
    const tensor = all.find(({ parameter }) => parameter.name === name) as TorchTensor
    return role === 'output' ? `allowed_${tensor.name}.data()` : pointer(tensor.name, `const ${tensor.element}*`)
  }
  const parameters = [...all.map(({ name }) => `Tensor ${name}`), ...given.map(size => `int ${size}`)].join(', ')
  return {
    all: all.map(tensor => ({
      ...tensor,
      checks: torchShape(tensor, operator, '/').map((extent, dimension) => ({ extent, dimension })),
    })),
    outputs: compared,
    allowed: calls.allowed,
    schema: `${operator.name}_beyond(${parameters}) -> int[]`,
    parameters: [
      ...all.map(({ name }) => `const at::Tensor& given_${name}`),
      ...given.map(size => `int64_t ${size}`),
    ].join(', '),
    arguments: [...kernel.tensors.filter(({ role }) => role !== 'temporary').map(argumentOf), ...sizes].join(
      ',\n      ',
    ),
  }
}

function schemaOf({ name, inputs, outputs, given }: TorchOperator): string {
  const parameters = [...inputs.map(input => `Tensor ${input.name}`), ...given.map(size => `int ${size}`)].join(', ')
  const results = outputs.length === 1 ? 'Tensor' : `(${outputs.map(output => `Tensor ${output.name}`).join(', ')})`
  return `${name}(${parameters}) -> ${results}`
}

const pythonShape = (tensor: TorchTensor, operator: TorchOperator): string => {
  const dims = torchShape(tensor, operator, '//')
  return `(${dims.join(', ')}${dims.length === 1 ? ',' : ''})`
}

function pythonView(context: DropInContext, operator: TorchOperator): object {
  const { kernel, compiled } = context
  const { inputs, outputs, inferred, given, facts, nameOf } = operator
  const fakes = outputs.map(
    tensor => `${inputs[0]?.name}.new_empty(${pythonShape(tensor, operator)}, dtype=${tensor.torchType})`,
  )
  const sizes = compiled.sizes.map(({ name }, i) => {
    const facts = kernel.sizes.find(size => size.name === name)?.facts ?? {}
    const { multipleOf = 1 } = facts
    return {
      name: nameOf(name),
      values: [37, 64, 5].map((base, k) => validSize(multipleOf * (k === 1 ? 32 : base + i), facts)),
    }
  })
  return {
    signature: [...inputs.map(({ name }) => `${name}: torch.Tensor`), ...given.map(size => `${size}: int`)].join(', '),
    arguments: [...inputs.map(({ name }) => name), ...given].join(', '),
    result: outputs.length === 1 ? 'torch.Tensor' : `tuple[${outputs.map(() => 'torch.Tensor').join(', ')}]`,
    fake: fakes.length === 1 ? fakes[0] : `(${fakes.join(', ')})`,
    sizes: inferred,
    divided: facts.flatMap(({ size, divides }) => (divides ? [`"${size}"`] : [])).join(', '),
    testSizes: [
      ...[0, 1, 2].map(k => sizes.map(({ name, values }) => `${name}=${values[k]}`)),
      ...groupSizes(context).map(one => [...one.sizes].map(([name, value]) => `${nameOf(name)}=${value}`)),
    ].map(named => `dict(${named.join(', ')})`),
    parameters: sizes.map(({ name }) => name).join(', '),
    made: inputs.map(tensor => ({
      name: tensor.name,
      make:
        tensor.parameter.type.kind === 'float'
          ? `random_floats(${pythonShape(tensor, operator)}, ${tensor.torchType})`
          : `random_codes(${pythonShape(tensor, operator)}, ${tensor.torchType})`,
    })),
    lines: [...inputs, ...outputs].map(tensor => ({
      text: `${tensor.name}: ${tensor.parameter.role}, ${tensor.torchType} ${pythonShape(tensor, operator)}${tensor.isPacked ? `, words of ${tensor.parameter.type.name} codes` : ''}`,
    })),
    // PyTorch cannot compare 8-bit floats, so the test converts them.
    hasFloat8: outputs.some(({ torchType }) => torchType.startsWith('torch.float8')),
    first: inputs[0]?.name,
    isMany: outputs.length > 1,
  }
}
