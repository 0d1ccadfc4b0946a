/** The texts of the PyTorch extension. */

export const torchSourceTemplate = `{{#each header}}
{{this}}
{{/each}}

#include <string>
#include <tuple>

#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/library.h>

#include "{{base}}.cuh"
#include "{{reference}}"

namespace {

// Numbers go into messages as text: where two versions of the standard library meet in one process, streams of numbers crash.
void check(const at::Tensor& tensor, const char* name, at::ScalarType type, int64_t rank, const at::Tensor& first) {
  TORCH_CHECK(tensor.scalar_type() == type, "{{kernel}}: ", name, " is ", tensor.scalar_type(), "; ", type, " is expected");
  TORCH_CHECK(tensor.dim() == rank, "{{kernel}}: ", name, " has ", std::to_string(tensor.dim()), " dimensions; ",
              std::to_string(rank), " are expected");
  TORCH_CHECK(tensor.device() == first.device(), "{{kernel}}: ", name, " is on ", tensor.device(), "; ", first.device(), " is expected");
}

void check_length(const at::Tensor& tensor, const char* name, int64_t dimension, int64_t expected) {
  TORCH_CHECK(tensor.size(dimension) == expected, "{{kernel}}: dimension ", std::to_string(dimension), " of ", name,
              " is ", std::to_string(tensor.size(dimension)), "; ", std::to_string(expected), " is expected");
}

// Tensors of any strides; what is not contiguous is copied first.
{{result}} {{kernel}}_torch({{parameters}}) {
{{#each inputs}}
  check(given_{{name}}, "{{name}}", {{atType}}, {{rank}}, given_{{../first}});
{{/each}}
{{#each inferred}}
  const int64_t {{size}} = given_{{tensor}}.size({{dimension}});
{{/each}}
{{#each facts}}
  TORCH_CHECK({{condition}}, "{{../kernel}}: {{size}} is ", std::to_string({{size}}), "; {{expected}} is expected");
{{/each}}
{{#each inputs}}
{{#each checks}}
  check_length(given_{{../name}}, "{{../name}}", {{dimension}}, {{extent}});
{{/each}}
{{/each}}
{{#each inputs}}
  const at::Tensor {{name}} = given_{{name}}.contiguous();
{{/each}}
{{#each allocated}}
  const at::Tensor {{name}} = at::empty({ {{~shape~}} }, {{../first}}.options().dtype({{atType}}));
{{/each}}
  if ({{first}}.is_cuda()) {
    const c10::cuda::CUDAGuard guard({{first}}.device());
    const cudaError_t status = {{launcher}}(
        {{launchArguments}});
    TORCH_CHECK(status == cudaSuccess, "{{kernel}}: ", cudaGetErrorString(status));
  } else {
    {{loops}}(
        {{loopArguments}});
  }
  return {{returned}};
}

}  // namespace

// A fragment: other kernels add theirs.
TORCH_LIBRARY_FRAGMENT(qernel, library) {
  library.def("{{schema}}");
}
TORCH_LIBRARY_IMPL(qernel, CUDA, library) {
  library.impl("{{kernel}}", &{{kernel}}_torch);
}
// Loops, one thread: to compare with, not to be fast.
TORCH_LIBRARY_IMPL(qernel, CPU, library) {
  library.impl("{{kernel}}", &{{kernel}}_torch);
}
`

export const torchModuleTemplate = `{{#each header}}
{{this}}
{{/each}}
"""{{summary}}

Importing this module builds the extension, once, with the compilers that PyTorch finds, and registers
torch.ops.qernel.{{kernel}}, with a fake kernel for torch.compile and export.

{{#each python.lines}}
{{text}}
{{/each}}
"""

import pathlib

import torch
from torch.utils.cpp_extension import load

_here = pathlib.Path(__file__).resolve().parent
load(
    name="{{module}}",
    sources=[str(_here / "{{module}}.cpp"), str(_here / "{{base}}.cu")],
    extra_include_paths=[str(_here)],
    is_python_module=False,
)


@torch.library.register_fake("qernel::{{kernel}}")
def _fake({{python.signature}}):
{{#each python.sizes}}
    {{size}} = {{tensor}}.shape[{{dimension}}]
{{/each}}
    return {{python.fake}}


def {{kernel}}({{python.signature}}) -> {{python.result}}:
    """{{summary}}

    Tensors of any strides, on one GPU or on the CPU; raises RuntimeError for any other type or shape.
    """
    return torch.ops.qernel.{{kernel}}({{python.arguments}})
`

export const torchTestTemplate = `{{#each header}}
{{this}}
{{/each}}
"""Tests of {{module}}: pytest test_{{module}}.py, or python test_{{module}}.py"""

import torch

from {{module}} import {{kernel}}

SIZES = [
{{#each python.testSizes}}
    {{this}},
{{/each}}
]


def floats(shape, dtype):
    return torch.randn(shape, generator=torch.Generator().manual_seed({{seed}})).to(dtype)


def codes(shape, dtype):
    limits = torch.iinfo(dtype)
    generator = torch.Generator().manual_seed({{seed}})
    return torch.randint(limits.min, limits.max + 1, shape, dtype=torch.int64, generator=generator).to(dtype)


def arguments({{python.parameters}}):
{{#each python.made}}
    {{name}} = {{make}}
{{/each}}
    return [{{python.arguments}}]


def on_the_gpu(values):
    return [value.cuda() if isinstance(value, torch.Tensor) else value for value in values]


def results(values):
    result = {{kernel}}(*values)
    return [each.cpu() for each in (result if isinstance(result, tuple) else (result,))]


def assert_same(actual, expected):
    for a, b in zip(actual, expected, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0, equal_nan=True)


def test_gpu_equals_cpu():
    for sizes in SIZES:
        values = arguments(**sizes)
        assert_same(results(on_the_gpu(values)), results(values))


def test_other_strides():
    for sizes in SIZES:
        values = arguments(**sizes)
        strided = [
            value.transpose(0, -1).contiguous().transpose(0, -1) if isinstance(value, torch.Tensor) else value
            for value in on_the_gpu(values)
        ]
        assert_same(results(strided), results(values))


def test_pointers_that_are_not_aligned():
    for sizes in SIZES:
        values = arguments(**sizes)
        shifted = []
        for value in on_the_gpu(values):
            if isinstance(value, torch.Tensor):
                room = torch.empty(value.numel() + 1, dtype=value.dtype, device=value.device)
                value = room[1:].view(value.shape).copy_(value)
            shifted.append(value)
        assert_same(results(shifted), results(values))


def test_other_types_are_refused():
    values = on_the_gpu(arguments(**SIZES[0]))
    for position, value in enumerate(values):
        if not isinstance(value, torch.Tensor):
            continue
        wrong = [*values]
        wrong[position] = value.to(torch.float64)
        try:
            {{kernel}}(*wrong)
        except RuntimeError as error:
            assert "is expected" in str(error)
        else:
            raise AssertionError(f"argument {position} may be float64")


def test_other_shapes_are_refused():
    values = on_the_gpu(arguments(**SIZES[0]))
    values[0] = values[0].unsqueeze(0)
    try:
        {{kernel}}(*values)
    except RuntimeError as error:
        assert "dimensions" in str(error)
    else:
        raise AssertionError("one more dimension is taken")

{{#if python.divided}}

def test_sizes_that_do_not_divide_are_refused():
    for name in [{{python.divided}}]:
        for place in (list, on_the_gpu):
            values = place(arguments(**{**SIZES[0], name: SIZES[0][name] + 1}))
            try:
                {{kernel}}(*values)
            except RuntimeError as error:
                assert "is expected" in str(error)
            else:
                raise AssertionError(f"{name} may be anything")

{{/if}}

def test_fake_kernel():
    operator = torch.ops.qernel.{{kernel}}.default
    for sizes in SIZES:
        torch.library.opcheck(operator, on_the_gpu(arguments(**sizes)), test_utils=("test_schema", "test_faketensor"))


def test_compiles():
    values = on_the_gpu(arguments(**SIZES[1]))
    compiled = torch.compile({{kernel}}, fullgraph=True, backend="aot_eager")
    result = compiled(*values)
    assert_same([each.cpu() for each in (result if isinstance(result, tuple) else (result,))], results(values))


if __name__ == "__main__":
    for name, test in [*globals().items()]:
        if name.startswith("test_"):
            test()
            print(name, "passed")
`
