import { commentLine } from '@qernel/codegen/internal'
import type { DropInContext } from './context.ts'
import type { DropInFile } from './parts.ts'

/** Names of targets that CMake defines itself, with any of its generators. */
const reserved = new Set(
  'ALL_BUILD RUN_TESTS ZERO_CHECK INSTALL PACKAGE all clean depend edit_cache help install list_install_components package package_source preinstall rebuild_cache test'.split(
    ' ',
  ),
)

/** A library target, and the self-test as a CTest test. */
export function cmakeFile({ base, parts, provenance }: DropInContext): DropInFile {
  const name = 'CMakeLists.txt'
  const target = reserved.has(base) ? `${base}_kernel` : base
  const test = [
    '',
    `option(${target}_TEST "Build the self-test" \${PROJECT_IS_TOP_LEVEL})`,
    `if(${target}_TEST)`,
    '  enable_testing()',
    `  add_executable(${target}_test ${base}_main.cu)`,
    `  target_link_libraries(${target}_test PRIVATE ${target})`,
    `  add_test(NAME ${target} COMMAND ${target}_test)`,
    '  # The exit code when there is no GPU.',
    `  set_tests_properties(${target} PROPERTIES SKIP_RETURN_CODE 77)`,
    'endif()',
  ]
  const lines = [
    ...provenance(name).map(line => commentLine('#', line)),
    '',
    'cmake_minimum_required(VERSION 3.24)',
    '# All GPU generations that this nvcc supports. "native" builds faster, but needs a GPU in the machine.',
    'if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES AND NOT DEFINED ENV{CUDAARCHS})',
    '  set(CMAKE_CUDA_ARCHITECTURES all-major)',
    'endif()',
    `project(${target} LANGUAGES CXX CUDA)`,
    'find_package(CUDAToolkit REQUIRED)',
    '',
    `add_library(${target} STATIC ${base}.cu)`,
    `target_include_directories(${target} PUBLIC \${CMAKE_CURRENT_SOURCE_DIR})`,
    '# C++ files that include the header need the CUDA headers.',
    `target_include_directories(${target} SYSTEM PUBLIC \${CUDAToolkit_INCLUDE_DIRS})`,
    `set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)`,
    ...(parts.includes('main') ? test : []),
  ]
  return { name, source: `${lines.join('\n')}\n` }
}
