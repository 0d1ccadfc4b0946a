import { kernelLibrary } from '@qernel/kernels'
import { listTransforms, namedSchedules } from '@qernel/schedule'
import { expect, it, vi } from 'vitest'
import { inThisProcess, qernel } from '../command-line.ts'

// Processes start slowly on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const names = (all: readonly { name: string }[]) => all.map(({ name }) => name)

it('list shows everything, for people and for programs', async () => {
  const { exitCode, stdout, stderr } = await qernel(['list', '--json'])
  expect([exitCode, stderr]).toEqual([0, ''])
  const { kernels, schedules, transforms, targets } = JSON.parse(stdout)
  expect(names(kernels)).toEqual(names(kernelLibrary))
  expect(names(schedules)).toEqual(names(namedSchedules))
  expect(names(transforms)).toEqual(names(listTransforms()))
  expect(names(targets)).toEqual(['wgsl', 'cuda'])
  const { stdout: text } = await inThisProcess(['list'])
  for (const name of names([...kernels, ...schedules, ...transforms, ...targets])) expect(text).toContain(`\n  ${name}`)
})

it('list of one section shows nothing else', async () => {
  const { stdout } = await inThisProcess(['list', 'targets'])
  expect(stdout).toMatchInlineSnapshot(`
    "Targets
      wgsl  WGSL for WebGPU: Node through Dawn, and browsers
      cuda  CUDA C++ for NVIDIA GPUs
    "
  `)
})

it.each(listTransforms().map(({ name }) => name))(
  'list transforms %s shows its arguments and its example',
  async name => {
    const { exitCode, stdout } = await inThisProcess(['list', 'transforms', name])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^ {2}argument +value/m)
    expect(stdout).toContain(`  before ${name}(`)
    expect(stdout).toMatch(/^ {2}After it:\n\n {4}\S/m)
  },
)

it('list schedules KERNEL shows the steps that emit uses, and those for devices with subgroups', async () => {
  const { stdout } = await inThisProcess(['list', 'schedules', 'int8_per_token'])
  for (const target of ['wgsl', 'cuda']) {
    const emitted = await inThisProcess(['emit', 'int8_per_token', '--target', target, '--schedule', 'best'])
    const steps = /^\/\/ schedule {2}best: (.*)$/m.exec(emitted.stdout)?.[1]
    expect(stdout).toContain(`\n              ${target}: ${steps}\n`)
  }
  expect(stdout).toMatch(/^ +wgsl, with subgroups: .*combine=subgroup/m)
})

it('list of an unknown section names the valid ones', async () => {
  const { exitCode, stderr } = await inThisProcess(['list', 'kernel'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain("did you mean 'kernels'?")
})

it('list kernels KERNEL shows the definition, the types, and the schedules for the given sizes', async () => {
  const { exitCode, stdout } = await inThisProcess(['list', 'kernels', 'int8_per_token', '--set', 'D=128'])
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^ {2}x may be f32, f16, bf16$/m)
  expect(stdout).toMatch(/^ {4}q\[t, d\] = saturate_i8\(|^ {6}q\[t, d\] = saturate_i8\(/m)
  expect(stdout).toMatch(/^ {2}schedules for D = 128$/m)
  expect(stdout).toMatch(/cuda: .*cache\(buffer=x,memory=register,at=t_in\)$/m)
  const open = await inThisProcess(['list', 'kernels', 'int8_per_token'])
  expect(open.stdout).not.toContain('memory=register')
  const json = JSON.parse(
    (await inThisProcess(['list', 'kernels', 'int8_per_token', '--set', 'D=128', '--json'])).stdout,
  )
  expect(json.kernels).toMatchObject([
    { name: 'int8_per_token', fixed: { D: 128 }, typeOf: { x: ['f32', 'f16', 'bf16'] } },
  ])
  expect(await inThisProcess(['list', 'kernels', '--set', 'D=1'])).toMatchObject({ exitCode: 2 })
})

it('list kernels lists all kernels whose names begin with the given text', async () => {
  const { exitCode, stdout } = await inThisProcess(['list', 'kernels', 'kivi_value'])
  expect(exitCode).toBe(0)
  const names = [...stdout.matchAll(/^ {2}(\w+)$/gm)].map(([, name]) => name)
  expect(names).toEqual(['kivi_value_u4', 'kivi_value_u4_dequantize', 'kivi_value_u2', 'kivi_value_u2_dequantize'])
})

it('doctor shows the device, why it is used, its limits and its numerics', async () => {
  const [{ exitCode, stdout }, json] = await Promise.all([
    qernel(['doctor', '--adapter', 'software']),
    inThisProcess(['doctor', '--adapter', 'software', '--json']),
  ])
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^Used: .*, since a software adapter was requested$/m)
  expect(stdout).toMatch(/^ {2}threads per workgroup +\d+/m)
  expect(stdout).toMatch(/^ {2}a \/ b +/m)
  const { adapters, device } = JSON.parse(json.stdout)
  expect(names(adapters)).toContain(device.name)
  expect(device).toMatchObject({ kind: 'webgpu', isSoftware: true, target: { name: 'wgsl' } })
})

it('doctor without a device says in one sentence what to install', async () => {
  const nothing = { VK_DRIVER_FILES: '/nonexistent', VK_ICD_FILENAMES: '/nonexistent' }
  const { exitCode, stdout, stderr } = await qernel(['doctor'], nothing)
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(
    /^qernel doctor: No WebGPU device: .* install your GPU's Vulkan driver, or @qernel\/software-gpu .*$/m,
  )
  expect(await qernel(['doctor', '--adapter', 'nvidia'], nothing)).toMatchObject({ exitCode: 2, stdout: '' })
})

it('a named schedule that would be the same as naive is not offered, and says what is', async () => {
  const { stdout } = await inThisProcess(['list', 'schedules', 'int8_per_token'])
  expect(stdout).not.toMatch(/^ +tiled/m)
  const { exitCode, stderr } = await inThisProcess([
    'emit',
    'int8_per_token',
    '--target',
    'cuda',
    '--schedule',
    'tiled',
  ])
  expect(exitCode).toBe(2)
  expect(stderr).toMatchInlineSnapshot(`
    "qernel emit: the schedule tiled is not offered for int8_per_token
      where:   --schedule tiled
      allowed: naive, vectorized, best
      its steps would be those of naive, because no stage of this kernel has tiles that it could change
    "
  `)
})
