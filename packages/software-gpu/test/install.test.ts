import { spawnSync } from 'node:child_process'
import { installSoftwareDriver, loadVulkanLoader } from '@qernel/software-gpu'
import { describe, expect, test } from 'vitest'

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('installing', () => {
  test('points the Vulkan loader at SwiftShader and loads one', async () => {
    const driver = await installSoftwareDriver()
    expect(process.env.VK_DRIVER_FILES).toBe(driver.icd)
    expect(process.env.VK_ICD_FILENAMES).toBe(driver.icd)
    const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] }
    expect(sharedObjects).toContain(driver.loader)
  })

  test('gives the same driver the second time', async () => {
    expect(await installSoftwareDriver()).toEqual(await installSoftwareDriver())
  })

  test('refuses a loader that is not a library, with the reason', () => {
    expect(() => loadVulkanLoader('/nonexistent/libvulkan.so.1')).toThrow(
      'Cannot load the Vulkan loader: /nonexistent/libvulkan.so.1: cannot open shared object file',
    )
  })
})

test('importing the package loads nothing', () => {
  const script = `
    await import('@qernel/software-gpu')
    process.stdout.write(JSON.stringify(process.report.getReport().sharedObjects.filter(path => /vulkan|swiftshader/.test(path))))
  `
  const { stdout } = spawnSync(process.execPath, ['--input-type', 'module', '--eval', script], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  })
  expect(stdout).toBe('[]')
})
