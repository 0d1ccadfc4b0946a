import type { DropInContext } from './context.ts'
import type { DropInFile } from './parts.ts'

/** A library target, and the self-test as a test of CTest. */
export function cmakeFile({ base, parts, provenance }: DropInContext): DropInFile {
  const name = 'CMakeLists.txt'
  const test = [
    '',
    'enable_testing()',
    `add_executable(${base}_test ${base}_main.cu)`,
    `target_link_libraries(${base}_test PRIVATE ${base})`,
    `add_test(NAME ${base} COMMAND ${base}_test)`,
    '# It says so where there is no GPU.',
    `set_tests_properties(${base} PROPERTIES SKIP_RETURN_CODE 77)`,
  ]
  const lines = [
    ...provenance(name).map(line => `# ${line}`.trimEnd()),
    '',
    'cmake_minimum_required(VERSION 3.24)',
    'if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)',
    '  set(CMAKE_CUDA_ARCHITECTURES native)',
    'endif()',
    `project(${base} LANGUAGES CXX CUDA)`,
    '',
    `add_library(${base} STATIC ${base}.cu)`,
    `target_include_directories(${base} PUBLIC \${CMAKE_CURRENT_SOURCE_DIR})`,
    `target_compile_features(${base} PUBLIC cxx_std_17)`,
    `set_target_properties(${base} PROPERTIES POSITION_INDEPENDENT_CODE ON)`,
    ...(parts.includes('main') ? test : []),
  ]
  return { name, source: `${lines.join('\n')}\n` }
}
