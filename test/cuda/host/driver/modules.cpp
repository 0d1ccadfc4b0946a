#include "modules.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <sstream>

extern char** environ;

namespace {

std::map<std::string, const cuda_host_module*> known;
std::mutex knowing;

bool is_word(char c) { return isalnum(static_cast<unsigned char>(c)) || c == '_'; }

/// The matching parenthesis of the one at `open`.
size_t closing(const std::string& text, size_t open) {
  int depth = 0;
  for (size_t i = open; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return i;
  }
  return std::string::npos;
}

/// The names of functions declared `extern "C"`: kernels, and what launches them.
std::vector<std::string> entries_of(const std::string& source) {
  const std::string mark = "extern \"C\" ";
  std::vector<std::string> names;
  for (size_t at = source.find(mark); at != std::string::npos; at = source.find(mark, at + 1)) {
    size_t open = at;
    for (;;) {
      open = source.find('(', open + 1);
      if (open == std::string::npos) return names;
      size_t begin = open;
      while (begin > 0 && is_word(source[begin - 1])) --begin;
      const std::string name = source.substr(begin, open - begin);
      if (name != "__launch_bounds__") {
        names.push_back(name);
        break;
      }
      open = closing(source, open);
    }
  }
  return names;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

/// `kernel<<<…>>>(…)` as a call: what nvcc makes of it.
std::string with_launches(std::string text, const std::string& module) {
  for (size_t at = text.find("<<<"); at != std::string::npos; at = text.find("<<<", at)) {
    size_t begin = at;
    while (begin > 0 && is_word(text[begin - 1])) --begin;
    const std::string kernel = text.substr(begin, at - begin);
    const size_t end = text.find(">>>", at);
    if (end == std::string::npos) return text;
    const std::string configuration = text.substr(at + 3, end - at - 3);
    const size_t open = text.find('(', end);
    const size_t close = closing(text, open);
    const std::string arguments = text.substr(open + 1, close - open - 1);
    const std::string call = "cuda_host_launch(" + module + ", " + kernel + ", " + configuration +
                             (arguments.find_first_not_of(" \n") == std::string::npos ? "" : ", " + arguments) + ")";
    text.replace(begin, close + 1 - begin, call);
    at = begin + call.size();
  }
  return text;
}

/// The namespaces of a file, whose names are those of the file from here on.
std::string opened(const std::string& text, const std::string& file) {
  std::istringstream lines(text);
  std::set<std::string> names;
  for (std::string line; std::getline(lines, line);)
    if (line.rfind("namespace ", 0) == 0) names.insert(line.substr(10, line.find(' ', 10) - 10));
  std::string uses;
  for (const std::string& name : names) uses += "namespace " + file + " { using namespace " + name + "; }\n";
  return uses;
}

/// A file as a namespace, behind the headers that it includes.
std::string unit_of(const std::vector<std::string>& sources, const std::string& name, unsigned first) {
  std::set<std::string> includes;
  std::ostringstream bodies;
  for (size_t k = 0; k < sources.size(); ++k) {
    const std::string id = std::to_string(first + k);
    std::istringstream lines(sources[k]);
    std::ostringstream body;
    for (std::string line; std::getline(lines, line);) {
      if (line.rfind("#include", 0) == 0) {
        includes.insert(line);
        line.clear();
      }
      body << line << '\n';
    }
    const std::string plain = replaced(body.str(), "extern \"C\" ", "");
    const bool meets = plain.find("__sync") != std::string::npos || plain.find("_sync(") != std::string::npos;
    bodies << "extern \"C\" const cuda_host_module cuda_host_module_" << id << ";\n"
           << "#undef __shared__\n#define __shared__ static __attribute__((section(\"shared_" << id << "\")))\n"
           << "extern \"C\" char __start_shared_" << id << "[] __attribute__((weak)), __stop_shared_" << id
           << "[] __attribute__((weak));\n"
           << "namespace file_" << id << " {\n"
           << "#line 1 \"" << name << "\"\n"
           << with_launches(plain, "cuda_host_module_" + id) << "}\n"
           << opened(plain, "file_" + id)
           << "static const cuda_host_entry entries_" << id << "[] = {\n";
    for (const std::string& entry : entries_of(sources[k]))
      bodies << "    {\"" << entry << "\", [](void** a) { return cuda_host_call(file_" << id << "::" << entry << ", a); }},\n";
    bodies << "    {nullptr, nullptr}};\n"
           << "extern \"C\" const cuda_host_module cuda_host_module_" << id << " = {entries_" << id << ", __start_shared_" << id
           << ", __stop_shared_" << id << ", " << (meets ? "true" : "false") << "};\n";
  }
  std::string head = "#include <cuda_runtime.h>\n";
  for (const std::string& line : includes) head += line + "\n";
  return head + bodies.str();
}

/// Where this library lies: generated modules are linked with it.
std::string own_path() {
  Dl_info info;
  dladdr(reinterpret_cast<void*>(&own_path), &info);
  return info.dli_fname;
}

std::string contents(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

int run(const std::vector<std::string>& command, const std::string& log) {
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t child;
  const int failed = posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed) return failed;
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// `kernel.cu:12:5: error: …` as NVRTC writes it: `kernel.cu(12): error: …`.
std::string as_nvrtc(const std::string& log) {
  std::istringstream lines(log);
  std::ostringstream text;
  for (std::string line; std::getline(lines, line);) {
    const size_t error = line.find(": error: ");
    const size_t file = line.find(':');
    if (error != std::string::npos && file < error) {
      const size_t number = line.find(':', file + 1);
      line = line.substr(0, file) + "(" + line.substr(file + 1, number - file - 1) + ")" + line.substr(error);
    }
    text << line << '\n';
  }
  return text.str();
}

std::vector<std::string> flags() {
  const char* given = getenv("CUDA_HOST_FLAGS");
  // Compiling takes longer than running: nothing is optimized. What is undefined in C++ stops the kernel.
  std::istringstream words(given ? given
                                 : "-O0 -ffp-contract=off -fsanitize=alignment,bounds,shift,signed-integer-overflow,"
                                   "integer-divide-by-zero -fsanitize-undefined-trap-on-error");
  std::vector<std::string> list;
  for (std::string word; words >> word;) list.push_back(word);
  return list;
}

}  // namespace

std::string compile(const std::vector<std::string>& sources, const std::string& name) {
  static unsigned count = 0;
  unsigned first;
  {
    const std::lock_guard<std::mutex> lock(knowing);
    first = count;
    count += unsigned(sources.size());
  }
  char folder[] = "/tmp/cuda-host-XXXXXX";
  if (mkdtemp(folder) == nullptr) return "cannot make a folder in /tmp";
  const std::string base = std::string(folder) + "/unit";
  std::ofstream(base + ".cpp") << unit_of(sources, name, first);
  const std::string own = own_path();
  const std::string include = own.substr(0, own.rfind('/')) + "/include";
  std::vector<std::string> command = {"g++", "-std=c++17", "-shared", "-fPIC", "-w", "-ftrivial-auto-var-init=pattern", "-I" + include};
  for (const std::string& flag : flags()) command.push_back(flag);
  for (const std::string& word : {base + ".cpp", own, std::string("-o"), base + ".so"}) command.push_back(word);
  const int status = run(command, base + ".log");
  std::string log;
  void* library = nullptr;
  if (status != 0) {
    log = as_nvrtc(contents(base + ".log"));
    if (log.empty()) log = "g++ cannot be run";
  } else {
    library = dlopen((base + ".so").c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) log = dlerror();
  }
  for (const char* end : {".cpp", ".log", ".so"}) unlink((base + end).c_str());
  rmdir(folder);
  if (!log.empty()) return log;
  const std::lock_guard<std::mutex> lock(knowing);
  for (size_t k = 0; k < sources.size(); ++k) {
    const void* found = dlsym(library, ("cuda_host_module_" + std::to_string(first + k)).c_str());
    known[sources[k]] = static_cast<const cuda_host_module*>(found);
  }
  return "";
}

Compiled compiled(const std::string& source, const std::string& name) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    {
      const std::lock_guard<std::mutex> lock(knowing);
      const auto found = known.find(source);
      if (found != known.end()) return {found->second, ""};
    }
    const std::string log = compile({source}, name);
    if (!log.empty()) return {nullptr, log};
  }
  return {nullptr, "no module"};
}
