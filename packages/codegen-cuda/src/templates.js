// Written by scripts/precompile-templates.ts from templates/*.hbs; npm run templates writes it again.

export const selfTest = {"0":function(container,depth0,helpers,partials,data) {
    var stack1;

  return ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"1":function(container,depth0,helpers,partials,data) {
    return "// Compares every result with the interval that plain CPU loops derive for it: all values that the definition allows where sums have another order and\n// operations are as inexact as CUDA documents. Odd sizes, and pointers that are aligned only to their elements. Detects writes around each array, and\n// measures the time:\n";
},"2":function(container,depth0,helpers,partials,data) {
    return "// Compares every result with plain CPU loops, for odd sizes and for pointers that are aligned only to their elements. Detects writes\n// around each array, and measures the time:\n";
},"3":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return " "
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":13,"column":107},"end":{"line":13,"column":111}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":13,"column":105},"end":{"line":13,"column":113}}}) : helper))) != null ? stack1 : "")
    + "="
    + ((stack1 = (((helper = lookupProperty(helpers,"timed") || alias1(depth0, "timed", {"start":{"line":13,"column":116},"end":{"line":13,"column":121}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"timed","hash":{},"data":data,"loc":{"start":{"line":13,"column":114},"end":{"line":13,"column":123}}}) : helper))) != null ? stack1 : "");
},"4":function(container,depth0,helpers,partials,data) {
    return "#include <cuda_fp16.h>\n";
},"5":function(container,depth0,helpers,partials,data) {
    return "#include <cuda_bf16.h>\n";
},"6":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  int64_t "
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":40,"column":12},"end":{"line":40,"column":16}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":40,"column":10},"end":{"line":40,"column":18}}}) : helper))) != null ? stack1 : "")
    + " = "
    + ((stack1 = (((helper = lookupProperty(helpers,"timed") || alias1(depth0, "timed", {"start":{"line":40,"column":23},"end":{"line":40,"column":28}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"timed","hash":{},"data":data,"loc":{"start":{"line":40,"column":21},"end":{"line":40,"column":30}}}) : helper))) != null ? stack1 : "")
    + ";\n";
},"7":function(container,depth0,helpers,partials,data) {
    return "f8e4m3, f8e5m2, ";
},"8":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  arrays.push_back(Array{\""
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":64,"column":28},"end":{"line":64,"column":32}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":64,"column":26},"end":{"line":64,"column":34}}}) : helper))) != null ? stack1 : "")
    + "\", Role::"
    + ((stack1 = (((helper = lookupProperty(helpers,"role") || alias1(depth0, "role", {"start":{"line":64,"column":45},"end":{"line":64,"column":49}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"role","hash":{},"data":data,"loc":{"start":{"line":64,"column":43},"end":{"line":64,"column":51}}}) : helper))) != null ? stack1 : "")
    + ", Kind::"
    + ((stack1 = (((helper = lookupProperty(helpers,"kind") || alias1(depth0, "kind", {"start":{"line":64,"column":61},"end":{"line":64,"column":65}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"kind","hash":{},"data":data,"loc":{"start":{"line":64,"column":59},"end":{"line":64,"column":67}}}) : helper))) != null ? stack1 : "")
    + ", "
    + ((stack1 = (((helper = lookupProperty(helpers,"count") || alias1(depth0, "count", {"start":{"line":64,"column":71},"end":{"line":64,"column":76}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"count","hash":{},"data":data,"loc":{"start":{"line":64,"column":69},"end":{"line":64,"column":78}}}) : helper))) != null ? stack1 : "")
    + ", "
    + ((stack1 = (((helper = lookupProperty(helpers,"bytes") || alias1(depth0, "bytes", {"start":{"line":64,"column":82},"end":{"line":64,"column":87}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"bytes","hash":{},"data":data,"loc":{"start":{"line":64,"column":80},"end":{"line":64,"column":89}}}) : helper))) != null ? stack1 : "")
    + ", std::vector<unsigned char>()});\n";
},"9":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=depth0 != null ? depth0 : (container.nullContext || {}), alias2=container.strict, alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "struct Allowed {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"outputs"),{"name":"each","hash":{},"fn":container.program(10, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":71,"column":0},"end":{"line":73,"column":9}}})) != null ? stack1 : "")
    + "};\n\nAllowed compute_on_the_cpu(std::vector<Array>& arrays, const Sizes& s) {\n  (void)s;\n  Allowed allowed;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"outputs"),{"name":"each","hash":{},"fn":container.program(11, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":79,"column":0},"end":{"line":81,"column":9}}})) != null ? stack1 : "")
    + "  "
    + ((stack1 = (((helper = lookupProperty(helpers,"allowed") || alias2(depth0, "allowed", {"start":{"line":82,"column":4},"end":{"line":82,"column":11}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"allowed","hash":{},"data":data,"loc":{"start":{"line":82,"column":2},"end":{"line":82,"column":13}}}) : helper))) != null ? stack1 : "")
    + "(\n      "
    + ((stack1 = (((helper = lookupProperty(helpers,"allowedArguments") || alias2(depth0, "allowedArguments", {"start":{"line":83,"column":8},"end":{"line":83,"column":24}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"allowedArguments","hash":{},"data":data,"loc":{"start":{"line":83,"column":6},"end":{"line":83,"column":26}}}) : helper))) != null ? stack1 : "")
    + ");\n  return allowed;\n}\n\n// The position of the first element of an array that is not allowed, and its value; or -1.\nint64_t first_beyond(const Allowed& allowed, const Array& array, const unsigned char* got, const Sizes& s, double& found) {\n  (void)s;\n  const std::string name = array.name;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"outputs"),{"name":"each","hash":{},"fn":container.program(12, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":91,"column":0},"end":{"line":93,"column":9}}})) != null ? stack1 : "")
    + "  return -1;\n}\n\ntemplate <typename Interval>\nstd::string text_of(const std::vector<Interval>& allowed, int64_t at) {\n  const Interval& interval = allowed[size_t(at)];\n  char text[100];\n  if (interval.low > interval.high) return \"NaN\";\n  std::snprintf(text, sizeof text, \"%.9g to %.9g%s\", interval.low, interval.high, interval.nan ? \" or NaN\" : \"\");\n  return text;\n}\n\nstd::string text_of(const Allowed& allowed, const Array& array, int64_t at) {\n  const std::string name = array.name;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"outputs"),{"name":"each","hash":{},"fn":container.program(13, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":108,"column":0},"end":{"line":110,"column":9}}})) != null ? stack1 : "")
    + "  return \"\";\n}\n";
},"10":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  std::vector<"
    + ((stack1 = (((helper = lookupProperty(helpers,"interval") || alias1(depth0, "interval", {"start":{"line":72,"column":16},"end":{"line":72,"column":24}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"interval","hash":{},"data":data,"loc":{"start":{"line":72,"column":14},"end":{"line":72,"column":26}}}) : helper))) != null ? stack1 : "")
    + "> "
    + ((stack1 = (((helper = lookupProperty(helpers,"field") || alias1(depth0, "field", {"start":{"line":72,"column":30},"end":{"line":72,"column":35}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"field","hash":{},"data":data,"loc":{"start":{"line":72,"column":28},"end":{"line":72,"column":37}}}) : helper))) != null ? stack1 : "")
    + ";\n";
},"11":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  allowed."
    + ((stack1 = (((helper = lookupProperty(helpers,"field") || alias1(depth0, "field", {"start":{"line":80,"column":12},"end":{"line":80,"column":17}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"field","hash":{},"data":data,"loc":{"start":{"line":80,"column":10},"end":{"line":80,"column":19}}}) : helper))) != null ? stack1 : "")
    + ".resize(size_t("
    + ((stack1 = (((helper = lookupProperty(helpers,"count") || alias1(depth0, "count", {"start":{"line":80,"column":36},"end":{"line":80,"column":41}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"count","hash":{},"data":data,"loc":{"start":{"line":80,"column":34},"end":{"line":80,"column":43}}}) : helper))) != null ? stack1 : "")
    + "));\n";
},"12":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  if (name == \""
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":92,"column":17},"end":{"line":92,"column":21}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":92,"column":15},"end":{"line":92,"column":23}}}) : helper))) != null ? stack1 : "")
    + "\") return "
    + ((stack1 = (((helper = lookupProperty(helpers,"beyond") || alias1(depth0, "beyond", {"start":{"line":92,"column":35},"end":{"line":92,"column":41}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"beyond","hash":{},"data":data,"loc":{"start":{"line":92,"column":33},"end":{"line":92,"column":43}}}) : helper))) != null ? stack1 : "")
    + "("
    + ((stack1 = (((helper = lookupProperty(helpers,"arguments") || alias1(depth0, "arguments", {"start":{"line":92,"column":46},"end":{"line":92,"column":55}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"arguments","hash":{},"data":data,"loc":{"start":{"line":92,"column":44},"end":{"line":92,"column":57}}}) : helper))) != null ? stack1 : "")
    + ");\n";
},"13":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  if (name == \""
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":109,"column":17},"end":{"line":109,"column":21}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":109,"column":15},"end":{"line":109,"column":23}}}) : helper))) != null ? stack1 : "")
    + "\") return text_of(allowed."
    + ((stack1 = (((helper = lookupProperty(helpers,"field") || alias1(depth0, "field", {"start":{"line":109,"column":51},"end":{"line":109,"column":56}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"field","hash":{},"data":data,"loc":{"start":{"line":109,"column":49},"end":{"line":109,"column":58}}}) : helper))) != null ? stack1 : "")
    + ", at);\n";
},"14":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "void compute_on_the_cpu(std::vector<Array>& arrays, const Sizes& s) {\n  (void)s;\n  "
    + ((stack1 = (((helper = lookupProperty(helpers,"loops") || alias1(depth0, "loops", {"start":{"line":116,"column":4},"end":{"line":116,"column":9}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"loops","hash":{},"data":data,"loc":{"start":{"line":116,"column":2},"end":{"line":116,"column":11}}}) : helper))) != null ? stack1 : "")
    + "(\n      "
    + ((stack1 = (((helper = lookupProperty(helpers,"referenceArguments") || alias1(depth0, "referenceArguments", {"start":{"line":117,"column":8},"end":{"line":117,"column":26}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"referenceArguments","hash":{},"data":data,"loc":{"start":{"line":117,"column":6},"end":{"line":117,"column":28}}}) : helper))) != null ? stack1 : "")
    + ");\n}\n";
},"15":function(container,depth0,helpers,partials,data) {
    return ", float magnitude";
},"16":function(container,depth0,helpers,partials,data) {
    return " * magnitude";
},"17":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "        const __half value = __float2half_rn(random_float(state, with_special_values)"
    + ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"outputs"),{"name":"if","hash":{},"fn":container.program(16, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":166,"column":85},"end":{"line":166,"column":119}}})) != null ? stack1 : "")
    + ");\n        std::memcpy(element, &value, 2);\n";
},"18":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "        const __nv_bfloat16 value = __float2bfloat16_rn(random_float(state, with_special_values)"
    + ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"outputs"),{"name":"if","hash":{},"fn":container.program(16, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":173,"column":96},"end":{"line":173,"column":130}}})) != null ? stack1 : "")
    + ");\n        std::memcpy(element, &value, 2);\n";
},"19":function(container,depth0,helpers,partials,data) {
    return "      case Kind::f8e4m3:\n      case Kind::f8e5m2:\n";
},"20":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "bool is_nan(Kind kind, const unsigned char* element) {\n  if (kind == Kind::f32) {\n    float value;\n    std::memcpy(&value, element, 4);\n    return value != value;\n  }\n"
    + ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"usesF8"),{"name":"if","hash":{},"fn":container.program(21, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":210,"column":0},"end":{"line":213,"column":7}}})) != null ? stack1 : "")
    + "  uint16_t bits;\n  std::memcpy(&bits, element, 2);\n  return (bits & 0x7fff) > (kind == Kind::f16 ? 0x7c00 : 0x7f80);\n}\n\n// Any NaN equals any other.\nbool is_equal(Kind kind, size_t bytes, const unsigned char* a, const unsigned char* b) {\n  return std::memcmp(a, b, bytes) == 0 || (kind != Kind::bits && is_nan(kind, a) && is_nan(kind, b));\n}\n\n";
},"21":function(container,depth0,helpers,partials,data) {
    return "  if (kind == Kind::f8e4m3) return (*element & 0x7f) == 0x7f;\n  if (kind == Kind::f8e5m2) return (*element & 0x7f) > 0x7c;\n";
},"22":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  result += \""
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":229,"column":15},"end":{"line":229,"column":19}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":229,"column":13},"end":{"line":229,"column":21}}}) : helper))) != null ? stack1 : "")
    + "=\" + std::to_string(s."
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":229,"column":45},"end":{"line":229,"column":49}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":229,"column":43},"end":{"line":229,"column":51}}}) : helper))) != null ? stack1 : "")
    + ") + \" \";\n";
},"23":function(container,depth0,helpers,partials,data) {
    return "be allowed";
},"24":function(container,depth0,helpers,partials,data) {
    return "equal the CPU's";
},"25":function(container,depth0,helpers,partials,data) {
    return "const Allowed& allowed, const Sizes& s, ";
},"26":function(container,depth0,helpers,partials,data) {
    return "  if (array.role == Role::input) {\n    if (array.bytes() == 0 || std::memcmp(after.data() + start, array.host.data(), array.bytes()) == 0) return true;\n    std::printf(\"%s: %s is an input, and has changed\\n\", what.c_str(), array.name);\n    return false;\n  }\n  double found = 0.0;\n  const int64_t at = first_beyond(allowed, array, after.data() + start, s, found);\n  if (at < 0) return true;\n  std::printf(\"%s: %s[%lld] is %.9g; %s is allowed\\n\", what.c_str(), array.name, (long long)at, found,\n              text_of(allowed, array, at).c_str());\n  return false;\n";
},"27":function(container,depth0,helpers,partials,data) {
    return "  for (int64_t i = 0; i < array.count; ++i) {\n    const size_t at = size_t(i) * array.element_bytes;\n    const unsigned char* got = after.data() + start + at;\n    const unsigned char* expected = array.host.data() + at;\n    if (is_equal(array.kind, array.element_bytes, got, expected)) continue;\n    std::printf(\"%s: %s[%lld] is 0x\", what.c_str(), array.name, (long long)i);\n    for (size_t b = array.element_bytes; b-- > 0;) std::printf(\"%02x\", got[b]);\n    std::printf(\", 0x\");\n    for (size_t b = array.element_bytes; b-- > 0;) std::printf(\"%02x\", expected[b]);\n    std::printf(\" is expected\\n\");\n    return false;\n  }\n  return true;\n";
},"28":function(container,depth0,helpers,partials,data) {
    return "  // Smaller inputs spread weights, such as those of softmax, over more terms.\n  static const float magnitudes[] = {0.125f, 1.0f, 0.015625f};\n  const float magnitude = magnitudes[cases / (2 * patterns) % 3];\n";
},"29":function(container,depth0,helpers,partials,data) {
    return ", magnitude";
},"30":function(container,depth0,helpers,partials,data) {
    return "const Allowed allowed = ";
},"31":function(container,depth0,helpers,partials,data) {
    return "allowed, s, ";
},"32":function(container,depth0,helpers,partials,data) {
    return ", 1.0f";
},"33":function(container,depth0,helpers,partials,data) {
    return "int64_t valid(int64_t wanted, int64_t multiple, int64_t most) {\n  const int64_t largest = most / multiple * multiple;\n  return std::min((wanted + multiple - 1) / multiple * multiple, largest);\n}\n\n";
},"34":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"hasManySizes"),{"name":"if","hash":{},"fn":container.program(35, data, 0),"inverse":container.program(36, data, 0),"data":data,"loc":{"start":{"line":353,"column":0},"end":{"line":357,"column":7}}})) != null ? stack1 : "")
    + "  const int count = int(sizeof bases / sizeof bases[0]);\n  for (int i = 0; i < count; ++i) {\n    Sizes s;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(37, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":361,"column":0},"end":{"line":363,"column":9}}})) != null ? stack1 : "")
    + "    tried.push_back(s);\n  }\n  Sizes even;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(38, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":367,"column":0},"end":{"line":369,"column":9}}})) != null ? stack1 : "")
    + "  tried.push_back(even);\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(39, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":371,"column":0},"end":{"line":375,"column":9}}})) != null ? stack1 : "");
},"35":function(container,depth0,helpers,partials,data) {
    return "  const int64_t bases[] = {1, 2, 5, 8, 17, 33};\n";
},"36":function(container,depth0,helpers,partials,data) {
    return "  const int64_t bases[] = {1, 2, 7, 33, 64, 129, 256};\n";
},"37":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "    s."
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":362,"column":8},"end":{"line":362,"column":12}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":362,"column":6},"end":{"line":362,"column":14}}}) : helper))) != null ? stack1 : "")
    + " = valid(bases[(i + 3 * "
    + ((stack1 = (((helper = lookupProperty(helpers,"index") || alias1(data, "index", {"start":{"line":362,"column":40},"end":{"line":362,"column":46}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"index","hash":{},"data":data,"loc":{"start":{"line":362,"column":38},"end":{"line":362,"column":48}}}) : helper))) != null ? stack1 : "")
    + ") % count], "
    + ((stack1 = (((helper = lookupProperty(helpers,"multipleOf") || alias1(depth0, "multipleOf", {"start":{"line":362,"column":62},"end":{"line":362,"column":72}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"multipleOf","hash":{},"data":data,"loc":{"start":{"line":362,"column":60},"end":{"line":362,"column":74}}}) : helper))) != null ? stack1 : "")
    + ", "
    + ((stack1 = (((helper = lookupProperty(helpers,"atMost") || alias1(depth0, "atMost", {"start":{"line":362,"column":78},"end":{"line":362,"column":84}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"atMost","hash":{},"data":data,"loc":{"start":{"line":362,"column":76},"end":{"line":362,"column":86}}}) : helper))) != null ? stack1 : "")
    + ");\n";
},"38":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  even."
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":368,"column":9},"end":{"line":368,"column":13}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":368,"column":7},"end":{"line":368,"column":15}}}) : helper))) != null ? stack1 : "")
    + " = valid(32, "
    + ((stack1 = (((helper = lookupProperty(helpers,"multipleOf") || alias1(depth0, "multipleOf", {"start":{"line":368,"column":30},"end":{"line":368,"column":40}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"multipleOf","hash":{},"data":data,"loc":{"start":{"line":368,"column":28},"end":{"line":368,"column":42}}}) : helper))) != null ? stack1 : "")
    + ", "
    + ((stack1 = (((helper = lookupProperty(helpers,"atMost") || alias1(depth0, "atMost", {"start":{"line":368,"column":46},"end":{"line":368,"column":52}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"atMost","hash":{},"data":data,"loc":{"start":{"line":368,"column":44},"end":{"line":368,"column":54}}}) : helper))) != null ? stack1 : "")
    + ");\n";
},"39":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  Sizes no_"
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":372,"column":13},"end":{"line":372,"column":17}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":372,"column":11},"end":{"line":372,"column":19}}}) : helper))) != null ? stack1 : "")
    + " = even;\n  no_"
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":373,"column":7},"end":{"line":373,"column":11}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":373,"column":5},"end":{"line":373,"column":13}}}) : helper))) != null ? stack1 : "")
    + "."
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":373,"column":16},"end":{"line":373,"column":20}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":373,"column":14},"end":{"line":373,"column":22}}}) : helper))) != null ? stack1 : "")
    + " = 0;\n  tried.push_back(no_"
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":374,"column":23},"end":{"line":374,"column":27}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":374,"column":21},"end":{"line":374,"column":29}}}) : helper))) != null ? stack1 : "")
    + ");\n";
},"40":function(container,depth0,helpers,partials,data) {
    return "  tried.push_back(Sizes());\n";
},"41":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "// Sizes with more rows than the blocks of one grid cover, so that kernels are launched in parts.\nstd::vector<Sizes> sizes_in_parts() {\n  std::vector<Sizes> tried;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"inParts"),{"name":"each","hash":{},"fn":container.program(42, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":386,"column":0},"end":{"line":391,"column":9}}})) != null ? stack1 : "")
    + "  return tried;\n}\n\n";
},"42":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  tried.emplace_back();\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(43, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":388,"column":0},"end":{"line":390,"column":9}}})) != null ? stack1 : "");
},"43":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  tried.back()."
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":389,"column":17},"end":{"line":389,"column":21}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":389,"column":15},"end":{"line":389,"column":23}}}) : helper))) != null ? stack1 : "")
    + " = "
    + ((stack1 = (((helper = lookupProperty(helpers,"value") || alias1(depth0, "value", {"start":{"line":389,"column":28},"end":{"line":389,"column":33}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"value","hash":{},"data":data,"loc":{"start":{"line":389,"column":26},"end":{"line":389,"column":35}}}) : helper))) != null ? stack1 : "")
    + ";\n";
},"44":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "// Sizes of one more than a group, part or tile of the kernels.\nstd::vector<Sizes> sizes_across_groups() {\n  std::vector<Sizes> tried;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"acrossGroups"),{"name":"each","hash":{},"fn":container.program(42, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":400,"column":0},"end":{"line":405,"column":9}}})) != null ? stack1 : "")
    + "  return tried;\n}\n\n";
},"45":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  if (name == \""
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":418,"column":17},"end":{"line":418,"column":21}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":418,"column":15},"end":{"line":418,"column":23}}}) : helper))) != null ? stack1 : "")
    + "\") {\n    s."
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":419,"column":8},"end":{"line":419,"column":12}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":419,"column":6},"end":{"line":419,"column":14}}}) : helper))) != null ? stack1 : "")
    + " = value;\n    return value % "
    + ((stack1 = (((helper = lookupProperty(helpers,"multipleOf") || alias1(depth0, "multipleOf", {"start":{"line":420,"column":21},"end":{"line":420,"column":31}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"multipleOf","hash":{},"data":data,"loc":{"start":{"line":420,"column":19},"end":{"line":420,"column":33}}}) : helper))) != null ? stack1 : "")
    + " == 0 && value <= std::min<int64_t>("
    + ((stack1 = (((helper = lookupProperty(helpers,"atMost") || alias1(depth0, "atMost", {"start":{"line":420,"column":71},"end":{"line":420,"column":77}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"atMost","hash":{},"data":data,"loc":{"start":{"line":420,"column":69},"end":{"line":420,"column":79}}}) : helper))) != null ? stack1 : "")
    + ", 2147483647);\n  }\n";
},"46":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return " "
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || container.strict(depth0, "name", {"start":{"line":432,"column":82},"end":{"line":432,"column":86}} ))),(typeof helper === "function" ? helper.call(alias1,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":432,"column":80},"end":{"line":432,"column":88}}}) : helper))) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"facts"),{"name":"if","hash":{},"fn":container.program(47, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":432,"column":88},"end":{"line":432,"column":120}}})) != null ? stack1 : "");
},"47":function(container,depth0,helpers,partials,data) {
    var stack1, helper, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return " ("
    + ((stack1 = (((helper = lookupProperty(helpers,"facts") || container.strict(depth0, "facts", {"start":{"line":432,"column":105},"end":{"line":432,"column":110}} ))),(typeof helper === "function" ? helper.call(depth0 != null ? depth0 : (container.nullContext || {}),{"name":"facts","hash":{},"data":data,"loc":{"start":{"line":432,"column":103},"end":{"line":432,"column":112}}}) : helper))) != null ? stack1 : "")
    + ")";
},"48":function(container,depth0,helpers,partials,data) {
    return "  for (const Sizes& s : sizes_in_parts()) check(s, 1, true);\n";
},"49":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  for (const Sizes& s : sizes_across_groups())\n    for (int special = 0; special < "
    + ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"outputs"),{"name":"if","hash":{},"fn":container.program(50, data, 0),"inverse":container.program(51, data, 0),"data":data,"loc":{"start":{"line":447,"column":36},"end":{"line":447,"column":68}}})) != null ? stack1 : "")
    + "; ++special) check(s, 2, special % 2 != 0);\n";
},"50":function(container,depth0,helpers,partials,data) {
    return "6";
},"51":function(container,depth0,helpers,partials,data) {
    return "2";
},"52":function(container,depth0,helpers,partials,data) {
    var stack1, helper, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  std::printf(\""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || container.strict(depth0, "kernel", {"start":{"line":450,"column":17},"end":{"line":450,"column":23}} ))),(typeof helper === "function" ? helper.call(depth0 != null ? depth0 : (container.nullContext || {}),{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":450,"column":15},"end":{"line":450,"column":25}}}) : helper))) != null ? stack1 : "")
    + ": %d of %d cases within the intervals of the CPU\\n\", cases - wrong, cases);\n";
},"53":function(container,depth0,helpers,partials,data) {
    var stack1, helper, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  std::printf(\""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || container.strict(depth0, "kernel", {"start":{"line":452,"column":17},"end":{"line":452,"column":23}} ))),(typeof helper === "function" ? helper.call(depth0 != null ? depth0 : (container.nullContext || {}),{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":452,"column":15},"end":{"line":452,"column":25}}}) : helper))) != null ? stack1 : "")
    + ": %d of %d cases equal to the CPU, bit for bit\\n\", cases - wrong, cases);\n";
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=depth0 != null ? depth0 : (container.nullContext || {}), alias2=container.strict, alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"header"),{"name":"each","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":1,"column":0},"end":{"line":3,"column":9}}})) != null ? stack1 : "")
    + "\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"outputs"),{"name":"if","hash":{},"fn":container.program(1, data, 0),"inverse":container.program(2, data, 0),"data":data,"loc":{"start":{"line":5,"column":0},"end":{"line":12,"column":7}}})) != null ? stack1 : "")
    + "//   nvcc -O3 -std=c++17 "
    + ((stack1 = (((helper = lookupProperty(helpers,"base") || alias2(depth0, "base", {"start":{"line":13,"column":27},"end":{"line":13,"column":31}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"base","hash":{},"data":data,"loc":{"start":{"line":13,"column":25},"end":{"line":13,"column":33}}}) : helper))) != null ? stack1 : "")
    + ".cu "
    + ((stack1 = (((helper = lookupProperty(helpers,"base") || alias2(depth0, "base", {"start":{"line":13,"column":39},"end":{"line":13,"column":43}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"base","hash":{},"data":data,"loc":{"start":{"line":13,"column":37},"end":{"line":13,"column":45}}}) : helper))) != null ? stack1 : "")
    + "_main.cu -o "
    + ((stack1 = (((helper = lookupProperty(helpers,"base") || alias2(depth0, "base", {"start":{"line":13,"column":59},"end":{"line":13,"column":63}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"base","hash":{},"data":data,"loc":{"start":{"line":13,"column":57},"end":{"line":13,"column":65}}}) : helper))) != null ? stack1 : "")
    + "_test && ./"
    + ((stack1 = (((helper = lookupProperty(helpers,"base") || alias2(depth0, "base", {"start":{"line":13,"column":78},"end":{"line":13,"column":82}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"base","hash":{},"data":data,"loc":{"start":{"line":13,"column":76},"end":{"line":13,"column":84}}}) : helper))) != null ? stack1 : "")
    + "_test"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(3, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":13,"column":89},"end":{"line":13,"column":132}}})) != null ? stack1 : "")
    + "\n// Exit code 0: all results are right; 1: a result is wrong; 2: an argument is invalid; 77: there is no GPU.\n\n#include <algorithm>\n#include <cmath>\n#include <cstdint>\n#include <cstdio>\n#include <cstdlib>\n#include <cstring>\n#include <string>\n#include <vector>\n\n#include <cuda_runtime.h>\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"usesF16"),{"name":"if","hash":{},"fn":container.program(4, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":26,"column":0},"end":{"line":28,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"usesBf16"),{"name":"if","hash":{},"fn":container.program(5, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":29,"column":0},"end":{"line":31,"column":7}}})) != null ? stack1 : "")
    + "\n#include \""
    + ((stack1 = (((helper = lookupProperty(helpers,"base") || alias2(depth0, "base", {"start":{"line":33,"column":12},"end":{"line":33,"column":16}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"base","hash":{},"data":data,"loc":{"start":{"line":33,"column":10},"end":{"line":33,"column":18}}}) : helper))) != null ? stack1 : "")
    + ".cuh\"\n#include \""
    + ((stack1 = (((helper = lookupProperty(helpers,"reference") || alias2(depth0, "reference", {"start":{"line":34,"column":12},"end":{"line":34,"column":21}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"reference","hash":{},"data":data,"loc":{"start":{"line":34,"column":10},"end":{"line":34,"column":23}}}) : helper))) != null ? stack1 : "")
    + "\"\n\nnamespace {\n\nstruct Sizes {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(6, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":39,"column":0},"end":{"line":41,"column":9}}})) != null ? stack1 : "")
    + "};\n\nenum class Kind { f32, f16, bf16, "
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"usesF8"),{"name":"if","hash":{},"fn":container.program(7, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":44,"column":34},"end":{"line":44,"column":71}}})) != null ? stack1 : "")
    + "bits };\nenum class Role { input, output, workspace };\n\nstruct Array {\n  const char* name;\n  Role role;\n  Kind kind;\n  int64_t count;  // elements, or words of codes\n  size_t element_bytes;\n  std::vector<unsigned char> host;\n  unsigned char* allocation = nullptr;\n  unsigned char* device = nullptr;\n\n  size_t bytes() const { return size_t(count) * element_bytes; }\n};\n\nstd::vector<Array> arrays_of(const Sizes& s) {\n  (void)s;\n  std::vector<Array> arrays;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"arrays"),{"name":"each","hash":{},"fn":container.program(8, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":63,"column":0},"end":{"line":65,"column":9}}})) != null ? stack1 : "")
    + "  return arrays;\n}\n\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"outputs"),{"name":"if","hash":{},"fn":container.program(9, data, 0),"inverse":container.program(14, data, 0),"data":data,"loc":{"start":{"line":69,"column":0},"end":{"line":119,"column":7}}})) != null ? stack1 : "")
    + "\ncudaError_t launch(std::vector<Array>& arrays, const Sizes& s) {\n  (void)s;\n  return "
    + ((stack1 = (((helper = lookupProperty(helpers,"launcher") || alias2(depth0, "launcher", {"start":{"line":123,"column":11},"end":{"line":123,"column":19}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"launcher","hash":{},"data":data,"loc":{"start":{"line":123,"column":9},"end":{"line":123,"column":21}}}) : helper))) != null ? stack1 : "")
    + "(\n      "
    + ((stack1 = (((helper = lookupProperty(helpers,"launcherArguments") || alias2(depth0, "launcherArguments", {"start":{"line":124,"column":8},"end":{"line":124,"column":25}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"launcherArguments","hash":{},"data":data,"loc":{"start":{"line":124,"column":6},"end":{"line":124,"column":27}}}) : helper))) != null ? stack1 : "")
    + ");\n}\n\nconstexpr size_t guard_bytes = 256;\nconstexpr unsigned char poison = 0xa5;\n\nvoid require(cudaError_t status, const char* what) {\n  if (status == cudaSuccess) return;\n  std::fprintf(stderr, \"%s: %s\\n\", what, cudaGetErrorString(status));\n  std::exit(1);\n}\n\n// splitmix64\nuint64_t next(uint64_t& state) {\n  uint64_t z = (state += 0x9e3779b97f4a7c15ull);\n  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;\n  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;\n  return z ^ (z >> 31);\n}\n\n// Bell-shaped from -4 to 4; on request, sometimes a value that is easy to get wrong.\nfloat random_float(uint64_t& state, bool with_special_values) {\n  static const float special[] = {0.0f, -0.0f, NAN, INFINITY, -INFINITY, 1e-40f, -1e-40f, 3.4e38f, 0.5f, 1.5f, 2.5f, -0.5f};\n  const uint64_t bits = next(state);\n  if (with_special_values && bits % 64 == 0) return special[(bits >> 8) % 12];\n  float sum = 0.0f;\n  for (int i = 0; i < 4; ++i) sum += float((bits >> (16 * i)) & 0xffff) / 32768.0f - 1.0f;\n  return sum;\n}\n\nvoid fill_input(Array& array, uint64_t& state, bool with_special_values"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"outputs"),{"name":"if","hash":{},"fn":container.program(15, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":154,"column":71},"end":{"line":154,"column":110}}})) != null ? stack1 : "")
    + ") {\n  array.host.resize(array.bytes());\n  for (int64_t i = 0; i < array.count; ++i) {\n    unsigned char* element = array.host.data() + size_t(i) * array.element_bytes;\n    switch (array.kind) {\n      case Kind::f32: {\n        const float value = random_float(state, with_special_values)"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"outputs"),{"name":"if","hash":{},"fn":container.program(16, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":160,"column":68},"end":{"line":160,"column":102}}})) != null ? stack1 : "")
    + ";\n        std::memcpy(element, &value, 4);\n        break;\n      }\n      case Kind::f16: {\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"usesF16"),{"name":"if","hash":{},"fn":container.program(17, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":165,"column":0},"end":{"line":168,"column":7}}})) != null ? stack1 : "")
    + "        break;\n      }\n      case Kind::bf16: {\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"usesBf16"),{"name":"if","hash":{},"fn":container.program(18, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":172,"column":0},"end":{"line":175,"column":7}}})) != null ? stack1 : "")
    + "        break;\n      }\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"usesF8"),{"name":"if","hash":{},"fn":container.program(19, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":178,"column":0},"end":{"line":181,"column":7}}})) != null ? stack1 : "")
    + "      case Kind::bits: {\n        const uint64_t value = next(state);\n        std::memcpy(element, &value, array.element_bytes);\n        break;\n      }\n    }\n  }\n}\n\n// Whether an array starts one element after an aligned address: for pattern 0 none, for 1 all, for 2 and up a single array.\nbool is_shifted(int pattern, size_t array) { return pattern == 1 || pattern == int(array) + 2; }\n\nvoid allocate(Array& array, bool shift) {\n  const size_t total = 3 * guard_bytes + array.bytes();\n  require(cudaMalloc(&array.allocation, total), \"cudaMalloc\");\n  require(cudaMemset(array.allocation, poison, total), \"cudaMemset\");\n  array.device = array.allocation + guard_bytes + (shift ? array.element_bytes : 0);\n  if (array.role == Role::input)\n    require(cudaMemcpy(array.device, array.host.data(), array.bytes(), cudaMemcpyHostToDevice), \"cudaMemcpy\");\n}\n\n"
    + ((stack1 = lookupProperty(helpers,"unless").call(alias1,lookupProperty(depth0,"outputs"),{"name":"unless","hash":{},"fn":container.program(20, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":203,"column":0},"end":{"line":224,"column":11}}})) != null ? stack1 : "")
    + "std::string text(const Sizes& s, const std::vector<Array>& arrays, int pattern, bool with_special_values) {\n  (void)s;\n  std::string result;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(22, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":228,"column":0},"end":{"line":230,"column":9}}})) != null ? stack1 : "")
    + "  result += pattern == 0 ? \"aligned\" : pattern == 1 ? \"unaligned\" : std::string(arrays[size_t(pattern) - 2].name) + \" unaligned\";\n  return result + (with_special_values ? \", special values\" : \"\");\n}\n\n// Checks one array after the launch: it must "
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"outputs"),{"name":"if","hash":{},"fn":container.program(23, data, 0),"inverse":container.program(24, data, 0),"data":data,"loc":{"start":{"line":235,"column":46},"end":{"line":235,"column":101}}})) != null ? stack1 : "")
    + ", and the memory around it must still hold poison.\nbool check_array(const Array& array, "
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"outputs"),{"name":"if","hash":{},"fn":container.program(25, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":236,"column":37},"end":{"line":236,"column":99}}})) != null ? stack1 : "")
    + "const std::string& what) {\n  const size_t total = 3 * guard_bytes + array.bytes();\n  std::vector<unsigned char> after(total);\n  require(cudaMemcpy(after.data(), array.allocation, total, cudaMemcpyDeviceToHost), \"cudaMemcpy\");\n  const size_t start = size_t(array.device - array.allocation);\n  for (size_t i = 0; i < total; ++i) {\n    if ((i >= start && i < start + array.bytes()) || after[i] == poison) continue;\n    std::printf(\"%s: a write outside %s, at byte %lld\\n\", what.c_str(), array.name, (long long)i - (long long)start);\n    return false;\n  }\n  if (array.role == Role::workspace) return true;\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"outputs"),{"name":"if","hash":{},"fn":container.program(26, data, 0),"inverse":container.program(27, data, 0),"data":data,"loc":{"start":{"line":247,"column":0},"end":{"line":273,"column":7}}})) != null ? stack1 : "")
    + "}\n\nint cases = 0;\nint wrong = 0;\n\n// Tries the first so many patterns of aligned and unaligned arrays on the same inputs.\nvoid check(const Sizes& s, int patterns, bool with_special_values) {\n  std::vector<Array> arrays = arrays_of(s);\n  uint64_t state = "
    + ((stack1 = (((helper = lookupProperty(helpers,"seed") || alias2(depth0, "seed", {"start":{"line":282,"column":21},"end":{"line":282,"column":25}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"seed","hash":{},"data":data,"loc":{"start":{"line":282,"column":19},"end":{"line":282,"column":27}}}) : helper))) != null ? stack1 : "")
    + "ull + uint64_t(cases);\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"outputs"),{"name":"if","hash":{},"fn":container.program(28, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":283,"column":0},"end":{"line":287,"column":7}}})) != null ? stack1 : "")
    + "  for (Array& array : arrays) {\n    if (array.role == Role::input) fill_input(array, state, with_special_values"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"outputs"),{"name":"if","hash":{},"fn":container.program(29, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":289,"column":79},"end":{"line":289,"column":112}}})) != null ? stack1 : "")
    + ");\n    else array.host.assign(array.bytes(), poison);\n  }\n  "
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"outputs"),{"name":"if","hash":{},"fn":container.program(30, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":292,"column":2},"end":{"line":292,"column":48}}})) != null ? stack1 : "")
    + "compute_on_the_cpu(arrays, s);\n  for (int pattern = 0; pattern < patterns; ++pattern, ++cases) {\n    for (size_t a = 0; a < arrays.size(); ++a) allocate(arrays[a], is_shifted(pattern, a));\n    const std::string what = text(s, arrays, pattern, with_special_values);\n    // No device has this number, so this leaves an error, which the launch must not report as its own.\n    (void)cudaSetDevice(-1);\n    require(launch(arrays, s), what.c_str());\n    require(cudaDeviceSynchronize(), what.c_str());\n    bool is_right = true;\n    for (const Array& array : arrays) is_right = check_array(array, "
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"outputs"),{"name":"if","hash":{},"fn":container.program(31, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":301,"column":68},"end":{"line":301,"column":102}}})) != null ? stack1 : "")
    + "what) && is_right;\n    for (Array& array : arrays) require(cudaFree(array.allocation), \"cudaFree\");\n    if (!is_right) ++wrong;\n  }\n}\n\n// The median of 9 times 20 launches, in milliseconds per launch.\nfloat time_of(std::vector<Array>& arrays, const Sizes& s) {\n  for (int i = 0; i < 300; ++i) require(launch(arrays, s), \"launch\");\n  cudaEvent_t start, stop;\n  require(cudaEventCreate(&start), \"cudaEventCreate\");\n  require(cudaEventCreate(&stop), \"cudaEventCreate\");\n  std::vector<float> times(9);\n  for (float& time : times) {\n    require(cudaEventRecord(start), \"cudaEventRecord\");\n    for (int i = 0; i < 20; ++i) require(launch(arrays, s), \"launch\");\n    require(cudaEventRecord(stop), \"cudaEventRecord\");\n    require(cudaEventSynchronize(stop), \"cudaEventSynchronize\");\n    require(cudaEventElapsedTime(&time, start, stop), \"cudaEventElapsedTime\");\n    time /= 20;\n  }\n  require(cudaEventDestroy(start), \"cudaEventDestroy\");\n  require(cudaEventDestroy(stop), \"cudaEventDestroy\");\n  std::sort(times.begin(), times.end());\n  return times[4];\n}\n\nvoid report_time(const Sizes& s, int pattern, uint64_t seed) {\n  std::vector<Array> arrays = arrays_of(s);\n  uint64_t state = seed;\n  double moved = 0;\n  for (Array& array : arrays) {\n    if (array.role == Role::input) fill_input(array, state, false"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"outputs"),{"name":"if","hash":{},"fn":container.program(32, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":333,"column":65},"end":{"line":333,"column":93}}})) != null ? stack1 : "")
    + ");\n    if (array.role != Role::workspace) moved += double(array.bytes());\n    allocate(array, pattern == 1);\n  }\n  const float milliseconds = time_of(arrays, s);\n  std::printf(\"%s: %.4f ms, %.0f GB/s of inputs and outputs\\n\", text(s, arrays, pattern, false).c_str(), milliseconds,\n              moved / milliseconds / 1e6);\n  for (Array& array : arrays) require(cudaFree(array.allocation), \"cudaFree\");\n}\n\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"sizes"),{"name":"if","hash":{},"fn":container.program(33, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":343,"column":0},"end":{"line":349,"column":7}}})) != null ? stack1 : "")
    + "std::vector<Sizes> tried_sizes() {\n  std::vector<Sizes> tried;\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"sizes"),{"name":"if","hash":{},"fn":container.program(34, data, 0),"inverse":container.program(40, data, 0),"data":data,"loc":{"start":{"line":352,"column":0},"end":{"line":378,"column":7}}})) != null ? stack1 : "")
    + "  return tried;\n}\n\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"inParts"),{"name":"if","hash":{},"fn":container.program(41, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":382,"column":0},"end":{"line":395,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"acrossGroups"),{"name":"if","hash":{},"fn":container.program(44, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":396,"column":0},"end":{"line":409,"column":7}}})) != null ? stack1 : "")
    + "bool read_argument(const std::string& argument, Sizes& s) {\n  (void)s;\n  const size_t equals = argument.find('=');\n  const std::string name = argument.substr(0, equals);\n  char* end = nullptr;\n  const long long value = equals == std::string::npos ? -1 : std::strtoll(argument.c_str() + equals + 1, &end, 10);\n  if (value < 0 || end == nullptr || end == argument.c_str() + equals + 1 || *end != '\\0') return false;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(45, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":417,"column":0},"end":{"line":422,"column":9}}})) != null ? stack1 : "")
    + "  return false;\n}\n\n}  // namespace\n\nint main(int argc, char** argv) {\n  Sizes timed;\n  for (int i = 1; i < argc; ++i) {\n    if (read_argument(argv[i], timed)) continue;\n    std::fprintf(stderr, \"%s: sizes to time are given as NAME=N:"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(46, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":432,"column":64},"end":{"line":432,"column":129}}})) != null ? stack1 : "")
    + "\\n\", argv[i]);\n    return 2;\n  }\n  int devices = 0;\n  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {\n    std::printf(\"no GPU: nothing was tested\\n\");\n    return 77;\n  }\n  for (const Sizes& s : tried_sizes())\n    for (int special = 0; special < 2; ++special) check(s, 2 + "
    + ((stack1 = container.lambda(alias2(lookupProperty(depth0,"arrays"), "length", {"start":{"line":441,"column":65},"end":{"line":441,"column":78}} ), depth0)) != null ? stack1 : "")
    + ", special != 0);\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"inParts"),{"name":"if","hash":{},"fn":container.program(48, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":442,"column":0},"end":{"line":444,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"acrossGroups"),{"name":"if","hash":{},"fn":container.program(49, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":445,"column":0},"end":{"line":448,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"outputs"),{"name":"if","hash":{},"fn":container.program(52, data, 0),"inverse":container.program(53, data, 0),"data":data,"loc":{"start":{"line":449,"column":0},"end":{"line":453,"column":7}}})) != null ? stack1 : "")
    + "  if (wrong > 0) return 1;\n  report_time(timed, 0, "
    + ((stack1 = (((helper = lookupProperty(helpers,"seed") || alias2(depth0, "seed", {"start":{"line":455,"column":26},"end":{"line":455,"column":30}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"seed","hash":{},"data":data,"loc":{"start":{"line":455,"column":24},"end":{"line":455,"column":32}}}) : helper))) != null ? stack1 : "")
    + ");\n  report_time(timed, 1, "
    + ((stack1 = (((helper = lookupProperty(helpers,"seed") || alias2(depth0, "seed", {"start":{"line":456,"column":26},"end":{"line":456,"column":30}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"seed","hash":{},"data":data,"loc":{"start":{"line":456,"column":24},"end":{"line":456,"column":32}}}) : helper))) != null ? stack1 : "")
    + ");\n  return 0;\n}\n";
},"useData":true}

export const sourceFile = {"0":function(container,depth0,helpers,partials,data) {
    var stack1;

  return ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"1":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "#include <"
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + ">\n";
},"2":function(container,depth0,helpers,partials,data) {
    var stack1, helper, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "#include \""
    + ((stack1 = (((helper = lookupProperty(helpers,"declaredIn") || container.strict(depth0, "declaredIn", {"start":{"line":12,"column":12},"end":{"line":12,"column":22}} ))),(typeof helper === "function" ? helper.call(depth0 != null ? depth0 : (container.nullContext || {}),{"name":"declaredIn","hash":{},"data":data,"loc":{"start":{"line":12,"column":10},"end":{"line":12,"column":24}}}) : helper))) != null ? stack1 : "")
    + "\"\n";
},"3":function(container,depth0,helpers,partials,data) {
    var stack1;

  return ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n\n";
},"4":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "namespace "
    + ((stack1 = (((helper = lookupProperty(helpers,"scope") || alias1(depth0, "scope", {"start":{"line":30,"column":12},"end":{"line":30,"column":17}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"scope","hash":{},"data":data,"loc":{"start":{"line":30,"column":10},"end":{"line":30,"column":19}}}) : helper))) != null ? stack1 : "")
    + " {\n\n// The same kernels without wide accesses and assumptions about sizes, for arguments that the kernels above cannot handle.\n\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias2,lookupProperty(lookupProperty(depth0,"fallback"),"definitions"),{"name":"each","hash":{},"fn":container.program(3, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":34,"column":0},"end":{"line":37,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias2,lookupProperty(lookupProperty(depth0,"fallback"),"kernels"),{"name":"each","hash":{},"fn":container.program(3, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":38,"column":0},"end":{"line":41,"column":9}}})) != null ? stack1 : "")
    + "}  // namespace "
    + ((stack1 = (((helper = lookupProperty(helpers,"scope") || alias1(depth0, "scope", {"start":{"line":42,"column":18},"end":{"line":42,"column":23}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"scope","hash":{},"data":data,"loc":{"start":{"line":42,"column":16},"end":{"line":42,"column":25}}}) : helper))) != null ? stack1 : "")
    + "\n\n";
},"5":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "    "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(data,"last"),{"name":"if","hash":{},"fn":container.program(6, data, 0),"inverse":container.program(7, data, 0),"data":data,"loc":{"start":{"line":50,"column":12},"end":{"line":50,"column":46}}})) != null ? stack1 : "")
    + "\n";
},"6":function(container,depth0,helpers,partials,data) {
    return ") {";
},"7":function(container,depth0,helpers,partials,data) {
    return ",";
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=depth0 != null ? depth0 : (container.nullContext || {}), alias2=container.strict, alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"header"),{"name":"each","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":1,"column":0},"end":{"line":3,"column":9}}})) != null ? stack1 : "")
    + "\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"includes"),{"name":"each","hash":{},"fn":container.program(1, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":5,"column":0},"end":{"line":7,"column":9}}})) != null ? stack1 : "")
    + "#ifndef __CUDACC_RTC__\n#include <cstdint>\n#include <cuda_runtime.h>\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"declaredIn"),{"name":"if","hash":{},"fn":container.program(2, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":11,"column":0},"end":{"line":13,"column":7}}})) != null ? stack1 : "")
    + "#endif\n\nnamespace "
    + ((stack1 = (((helper = lookupProperty(helpers,"scope") || alias2(depth0, "scope", {"start":{"line":16,"column":12},"end":{"line":16,"column":17}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"scope","hash":{},"data":data,"loc":{"start":{"line":16,"column":10},"end":{"line":16,"column":19}}}) : helper))) != null ? stack1 : "")
    + " {\n\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"definitions"),{"name":"each","hash":{},"fn":container.program(3, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":18,"column":0},"end":{"line":21,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"kernels"),{"name":"each","hash":{},"fn":container.program(3, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":22,"column":0},"end":{"line":25,"column":9}}})) != null ? stack1 : "")
    + "}  // namespace "
    + ((stack1 = (((helper = lookupProperty(helpers,"scope") || alias2(depth0, "scope", {"start":{"line":26,"column":18},"end":{"line":26,"column":23}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"scope","hash":{},"data":data,"loc":{"start":{"line":26,"column":16},"end":{"line":26,"column":25}}}) : helper))) != null ? stack1 : "")
    + "\n\n#ifndef __CUDACC_RTC__\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"fallback"),{"name":"if","hash":{},"fn":container.program(4, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":29,"column":0},"end":{"line":44,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(lookupProperty(depth0,"launcher"),"comment"),{"name":"each","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":45,"column":0},"end":{"line":47,"column":9}}})) != null ? stack1 : "")
    + "extern \"C\" cudaError_t "
    + ((stack1 = container.lambda(alias2(lookupProperty(depth0,"launcher"), "name", {"start":{"line":48,"column":25},"end":{"line":48,"column":38}} ), depth0)) != null ? stack1 : "")
    + "(\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(lookupProperty(depth0,"launcher"),"parameters"),{"name":"each","hash":{},"fn":container.program(5, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":49,"column":0},"end":{"line":51,"column":9}}})) != null ? stack1 : "")
    + "  using namespace "
    + ((stack1 = (((helper = lookupProperty(helpers,"scope") || alias2(depth0, "scope", {"start":{"line":52,"column":20},"end":{"line":52,"column":25}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"scope","hash":{},"data":data,"loc":{"start":{"line":52,"column":18},"end":{"line":52,"column":27}}}) : helper))) != null ? stack1 : "")
    + ";\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(lookupProperty(depth0,"launcher"),"body"),{"name":"each","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":53,"column":0},"end":{"line":55,"column":9}}})) != null ? stack1 : "")
    + "}\n#endif\n";
},"useData":true}

export const torchModule = {"0":function(container,depth0,helpers,partials,data) {
    var stack1;

  return ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"1":function(container,depth0,helpers,partials,data) {
    var stack1, helper, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = (((helper = lookupProperty(helpers,"text") || container.strict(depth0, "text", {"start":{"line":10,"column":2},"end":{"line":10,"column":6}} ))),(typeof helper === "function" ? helper.call(depth0 != null ? depth0 : (container.nullContext || {}),{"name":"text","hash":{},"data":data,"loc":{"start":{"line":10,"column":0},"end":{"line":10,"column":8}}}) : helper))) != null ? stack1 : "")
    + "\n";
},"2":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "    "
    + ((stack1 = (((helper = lookupProperty(helpers,"size") || alias1(depth0, "size", {"start":{"line":31,"column":6},"end":{"line":31,"column":10}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"size","hash":{},"data":data,"loc":{"start":{"line":31,"column":4},"end":{"line":31,"column":12}}}) : helper))) != null ? stack1 : "")
    + " = "
    + ((stack1 = (((helper = lookupProperty(helpers,"tensor") || alias1(depth0, "tensor", {"start":{"line":31,"column":17},"end":{"line":31,"column":23}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"tensor","hash":{},"data":data,"loc":{"start":{"line":31,"column":15},"end":{"line":31,"column":25}}}) : helper))) != null ? stack1 : "")
    + ".shape["
    + ((stack1 = (((helper = lookupProperty(helpers,"dimension") || alias1(depth0, "dimension", {"start":{"line":31,"column":34},"end":{"line":31,"column":43}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"dimension","hash":{},"data":data,"loc":{"start":{"line":31,"column":32},"end":{"line":31,"column":45}}}) : helper))) != null ? stack1 : "")
    + "]"
    + ((stack1 = lookupProperty(helpers,"if").call(alias2,lookupProperty(depth0,"times"),{"name":"if","hash":{},"fn":container.program(3, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":31,"column":46},"end":{"line":31,"column":79}}})) != null ? stack1 : "")
    + "\n";
},"3":function(container,depth0,helpers,partials,data) {
    var stack1, helper, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return " // "
    + ((stack1 = (((helper = lookupProperty(helpers,"times") || container.strict(depth0, "times", {"start":{"line":31,"column":65},"end":{"line":31,"column":70}} ))),(typeof helper === "function" ? helper.call(depth0 != null ? depth0 : (container.nullContext || {}),{"name":"times","hash":{},"data":data,"loc":{"start":{"line":31,"column":63},"end":{"line":31,"column":72}}}) : helper))) != null ? stack1 : "");
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=depth0 != null ? depth0 : (container.nullContext || {}), alias2=container.strict, alias3="function", alias4=container.lambda, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"header"),{"name":"each","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":1,"column":0},"end":{"line":3,"column":9}}})) != null ? stack1 : "")
    + "\"\"\""
    + ((stack1 = (((helper = lookupProperty(helpers,"summary") || alias2(depth0, "summary", {"start":{"line":4,"column":5},"end":{"line":4,"column":12}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"summary","hash":{},"data":data,"loc":{"start":{"line":4,"column":3},"end":{"line":4,"column":14}}}) : helper))) != null ? stack1 : "")
    + "\n\nThe first import builds the extension with the compilers that PyTorch finds. Every import registers\ntorch.ops.qernel."
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":7,"column":19},"end":{"line":7,"column":25}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":7,"column":17},"end":{"line":7,"column":27}}}) : helper))) != null ? stack1 : "")
    + ", with a fake kernel for torch.compile and export.\n\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(lookupProperty(depth0,"python"),"lines"),{"name":"each","hash":{},"fn":container.program(1, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":9,"column":0},"end":{"line":11,"column":9}}})) != null ? stack1 : "")
    + "\"\"\"\n\nimport pathlib\n\nimport torch\nfrom torch.utils.cpp_extension import load\n\n_here = pathlib.Path(__file__).resolve().parent\nload(\n    name=\""
    + ((stack1 = (((helper = lookupProperty(helpers,"extension") || alias2(depth0, "extension", {"start":{"line":21,"column":12},"end":{"line":21,"column":21}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"extension","hash":{},"data":data,"loc":{"start":{"line":21,"column":10},"end":{"line":21,"column":23}}}) : helper))) != null ? stack1 : "")
    + "\",\n    sources=[str(_here / \""
    + ((stack1 = (((helper = lookupProperty(helpers,"module") || alias2(depth0, "module", {"start":{"line":22,"column":28},"end":{"line":22,"column":34}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"module","hash":{},"data":data,"loc":{"start":{"line":22,"column":26},"end":{"line":22,"column":36}}}) : helper))) != null ? stack1 : "")
    + ".cpp\"), str(_here / \""
    + ((stack1 = (((helper = lookupProperty(helpers,"base") || alias2(depth0, "base", {"start":{"line":22,"column":59},"end":{"line":22,"column":63}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"base","hash":{},"data":data,"loc":{"start":{"line":22,"column":57},"end":{"line":22,"column":65}}}) : helper))) != null ? stack1 : "")
    + ".cu\")],\n    extra_include_paths=[str(_here)],\n    is_python_module=False,\n)\n\n\n@torch.library.register_fake(\"qernel::"
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":28,"column":40},"end":{"line":28,"column":46}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":28,"column":38},"end":{"line":28,"column":48}}}) : helper))) != null ? stack1 : "")
    + "\")\ndef _fake("
    + ((stack1 = alias4(alias2(lookupProperty(depth0,"python"), "signature", {"start":{"line":29,"column":12},"end":{"line":29,"column":28}} ), depth0)) != null ? stack1 : "")
    + "):\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(lookupProperty(depth0,"python"),"sizes"),{"name":"each","hash":{},"fn":container.program(2, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":30,"column":0},"end":{"line":32,"column":9}}})) != null ? stack1 : "")
    + "    return "
    + ((stack1 = alias4(alias2(lookupProperty(depth0,"python"), "fake", {"start":{"line":33,"column":13},"end":{"line":33,"column":24}} ), depth0)) != null ? stack1 : "")
    + "\n\n\ndef "
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":36,"column":6},"end":{"line":36,"column":12}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":36,"column":4},"end":{"line":36,"column":14}}}) : helper))) != null ? stack1 : "")
    + "("
    + ((stack1 = alias4(alias2(lookupProperty(depth0,"python"), "signature", {"start":{"line":36,"column":17},"end":{"line":36,"column":33}} ), depth0)) != null ? stack1 : "")
    + ") -> "
    + ((stack1 = alias4(alias2(lookupProperty(depth0,"python"), "result", {"start":{"line":36,"column":42},"end":{"line":36,"column":55}} ), depth0)) != null ? stack1 : "")
    + ":\n    \"\"\""
    + ((stack1 = (((helper = lookupProperty(helpers,"summary") || alias2(depth0, "summary", {"start":{"line":37,"column":9},"end":{"line":37,"column":16}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"summary","hash":{},"data":data,"loc":{"start":{"line":37,"column":7},"end":{"line":37,"column":18}}}) : helper))) != null ? stack1 : "")
    + "\n\n    Tensors of any strides, on one GPU or on the CPU; raises RuntimeError for any other type or shape.\n    \"\"\"\n    return torch.ops.qernel."
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":41,"column":30},"end":{"line":41,"column":36}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":41,"column":28},"end":{"line":41,"column":38}}}) : helper))) != null ? stack1 : "")
    + "("
    + ((stack1 = alias4(alias2(lookupProperty(depth0,"python"), "arguments", {"start":{"line":41,"column":41},"end":{"line":41,"column":57}} ), depth0)) != null ? stack1 : "")
    + ")\n";
},"useData":true}

export const torchSource = {"0":function(container,depth0,helpers,partials,data) {
    var stack1;

  return ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"1":function(container,depth0,helpers,partials,data) {
    return "#include <vector>\n";
},"2":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  check(given_"
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":37,"column":16},"end":{"line":37,"column":20}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":37,"column":14},"end":{"line":37,"column":22}}}) : helper))) != null ? stack1 : "")
    + ", \""
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":37,"column":27},"end":{"line":37,"column":31}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":37,"column":25},"end":{"line":37,"column":33}}}) : helper))) != null ? stack1 : "")
    + "\", "
    + ((stack1 = (((helper = lookupProperty(helpers,"atType") || alias1(depth0, "atType", {"start":{"line":37,"column":38},"end":{"line":37,"column":44}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"atType","hash":{},"data":data,"loc":{"start":{"line":37,"column":36},"end":{"line":37,"column":46}}}) : helper))) != null ? stack1 : "")
    + ", "
    + ((stack1 = (((helper = lookupProperty(helpers,"rank") || alias1(depth0, "rank", {"start":{"line":37,"column":50},"end":{"line":37,"column":54}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"rank","hash":{},"data":data,"loc":{"start":{"line":37,"column":48},"end":{"line":37,"column":56}}}) : helper))) != null ? stack1 : "")
    + ", given_"
    + ((stack1 = container.lambda(alias1(depths[1], "first", {"start":{"line":37,"column":66},"end":{"line":37,"column":74}} ), depth0)) != null ? stack1 : "")
    + ");\n";
},"3":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  const int64_t "
    + ((stack1 = (((helper = lookupProperty(helpers,"size") || alias1(depth0, "size", {"start":{"line":40,"column":18},"end":{"line":40,"column":22}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"size","hash":{},"data":data,"loc":{"start":{"line":40,"column":16},"end":{"line":40,"column":24}}}) : helper))) != null ? stack1 : "")
    + " = given_"
    + ((stack1 = (((helper = lookupProperty(helpers,"tensor") || alias1(depth0, "tensor", {"start":{"line":40,"column":35},"end":{"line":40,"column":41}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"tensor","hash":{},"data":data,"loc":{"start":{"line":40,"column":33},"end":{"line":40,"column":43}}}) : helper))) != null ? stack1 : "")
    + ".size("
    + ((stack1 = (((helper = lookupProperty(helpers,"dimension") || alias1(depth0, "dimension", {"start":{"line":40,"column":51},"end":{"line":40,"column":60}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"dimension","hash":{},"data":data,"loc":{"start":{"line":40,"column":49},"end":{"line":40,"column":62}}}) : helper))) != null ? stack1 : "")
    + ")"
    + ((stack1 = lookupProperty(helpers,"if").call(alias2,lookupProperty(depth0,"times"),{"name":"if","hash":{},"fn":container.program(4, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":40,"column":63},"end":{"line":40,"column":95}}})) != null ? stack1 : "")
    + ";\n";
},"4":function(container,depth0,helpers,partials,data) {
    var stack1, helper, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return " / "
    + ((stack1 = (((helper = lookupProperty(helpers,"times") || container.strict(depth0, "times", {"start":{"line":40,"column":81},"end":{"line":40,"column":86}} ))),(typeof helper === "function" ? helper.call(depth0 != null ? depth0 : (container.nullContext || {}),{"name":"times","hash":{},"data":data,"loc":{"start":{"line":40,"column":79},"end":{"line":40,"column":88}}}) : helper))) != null ? stack1 : "");
},"5":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  TORCH_CHECK("
    + ((stack1 = (((helper = lookupProperty(helpers,"condition") || alias1(depth0, "condition", {"start":{"line":43,"column":16},"end":{"line":43,"column":25}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"condition","hash":{},"data":data,"loc":{"start":{"line":43,"column":14},"end":{"line":43,"column":27}}}) : helper))) != null ? stack1 : "")
    + ", \""
    + ((stack1 = container.lambda(alias1(depths[1], "kernel", {"start":{"line":43,"column":32},"end":{"line":43,"column":41}} ), depth0)) != null ? stack1 : "")
    + ": "
    + ((stack1 = (((helper = lookupProperty(helpers,"size") || alias1(depth0, "size", {"start":{"line":43,"column":47},"end":{"line":43,"column":51}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"size","hash":{},"data":data,"loc":{"start":{"line":43,"column":45},"end":{"line":43,"column":53}}}) : helper))) != null ? stack1 : "")
    + " is \", std::to_string("
    + ((stack1 = (((helper = lookupProperty(helpers,"size") || alias1(depth0, "size", {"start":{"line":43,"column":77},"end":{"line":43,"column":81}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"size","hash":{},"data":data,"loc":{"start":{"line":43,"column":75},"end":{"line":43,"column":83}}}) : helper))) != null ? stack1 : "")
    + "), \"; "
    + ((stack1 = (((helper = lookupProperty(helpers,"expected") || alias1(depth0, "expected", {"start":{"line":43,"column":91},"end":{"line":43,"column":99}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"expected","hash":{},"data":data,"loc":{"start":{"line":43,"column":89},"end":{"line":43,"column":101}}}) : helper))) != null ? stack1 : "")
    + " is expected\");\n";
},"6":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"checks"),{"name":"each","hash":{},"fn":container.program(7, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":46,"column":0},"end":{"line":48,"column":9}}})) != null ? stack1 : "");
},"7":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, helper, alias1=container.strict, alias2=container.lambda, alias3=depth0 != null ? depth0 : (container.nullContext || {}), alias4="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  check_length(given_"
    + ((stack1 = alias2(alias1(depths[1], "name", {"start":{"line":47,"column":23},"end":{"line":47,"column":30}} ), depth0)) != null ? stack1 : "")
    + ", \""
    + ((stack1 = alias2(alias1(depths[1], "name", {"start":{"line":47,"column":37},"end":{"line":47,"column":44}} ), depth0)) != null ? stack1 : "")
    + "\", "
    + ((stack1 = (((helper = lookupProperty(helpers,"dimension") || alias1(depth0, "dimension", {"start":{"line":47,"column":51},"end":{"line":47,"column":60}} ))),(typeof helper === alias4 ? helper.call(alias3,{"name":"dimension","hash":{},"data":data,"loc":{"start":{"line":47,"column":49},"end":{"line":47,"column":62}}}) : helper))) != null ? stack1 : "")
    + ", "
    + ((stack1 = (((helper = lookupProperty(helpers,"extent") || alias1(depth0, "extent", {"start":{"line":47,"column":66},"end":{"line":47,"column":72}} ))),(typeof helper === alias4 ? helper.call(alias3,{"name":"extent","hash":{},"data":data,"loc":{"start":{"line":47,"column":64},"end":{"line":47,"column":74}}}) : helper))) != null ? stack1 : "")
    + ");\n";
},"8":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  const at::Tensor "
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":51,"column":21},"end":{"line":51,"column":25}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":51,"column":19},"end":{"line":51,"column":27}}}) : helper))) != null ? stack1 : "")
    + " = given_"
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":51,"column":38},"end":{"line":51,"column":42}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":51,"column":36},"end":{"line":51,"column":44}}}) : helper))) != null ? stack1 : "")
    + ".contiguous();\n";
},"9":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  const at::Tensor "
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":54,"column":21},"end":{"line":54,"column":25}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":54,"column":19},"end":{"line":54,"column":27}}}) : helper))) != null ? stack1 : "")
    + " = at::empty({"
    + ((stack1 = (((helper = lookupProperty(helpers,"shape") || alias1(depth0, "shape", {"start":{"line":54,"column":45},"end":{"line":54,"column":50}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"shape","hash":{},"data":data,"loc":{"start":{"line":54,"column":42},"end":{"line":54,"column":53}}}) : helper))) != null ? stack1 : "")
    + "}, "
    + ((stack1 = container.lambda(alias1(depths[1], "first", {"start":{"line":54,"column":59},"end":{"line":54,"column":67}} ), depth0)) != null ? stack1 : "")
    + ".options().dtype("
    + ((stack1 = (((helper = lookupProperty(helpers,"atType") || alias1(depth0, "atType", {"start":{"line":54,"column":88},"end":{"line":54,"column":94}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"atType","hash":{},"data":data,"loc":{"start":{"line":54,"column":86},"end":{"line":54,"column":96}}}) : helper))) != null ? stack1 : "")
    + "));\n";
},"10":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3=container.lambda, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n// For each result the position of the first element that the definition does not allow for these inputs, in any order of sums, or -1. Tensors in the\n// memory of the CPU.\nstd::vector<int64_t> "
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias1(depth0, "kernel", {"start":{"line":71,"column":23},"end":{"line":71,"column":29}} ))),(typeof helper === "function" ? helper.call(alias2,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":71,"column":21},"end":{"line":71,"column":31}}}) : helper))) != null ? stack1 : "")
    + "_beyond_torch("
    + ((stack1 = alias3(alias1(lookupProperty(depth0,"beyond"), "parameters", {"start":{"line":71,"column":47},"end":{"line":71,"column":64}} ), depth0)) != null ? stack1 : "")
    + ") {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias2,lookupProperty(lookupProperty(depth0,"beyond"),"all"),{"name":"each","hash":{},"fn":container.program(2, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":72,"column":0},"end":{"line":74,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias2,lookupProperty(depth0,"inferred"),{"name":"each","hash":{},"fn":container.program(3, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":75,"column":0},"end":{"line":77,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias2,lookupProperty(depth0,"facts"),{"name":"each","hash":{},"fn":container.program(5, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":78,"column":0},"end":{"line":80,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias2,lookupProperty(lookupProperty(depth0,"beyond"),"all"),{"name":"each","hash":{},"fn":container.program(6, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":81,"column":0},"end":{"line":85,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias2,lookupProperty(lookupProperty(depth0,"beyond"),"all"),{"name":"each","hash":{},"fn":container.program(8, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":86,"column":0},"end":{"line":88,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias2,lookupProperty(lookupProperty(depth0,"beyond"),"outputs"),{"name":"each","hash":{},"fn":container.program(11, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":89,"column":0},"end":{"line":91,"column":9}}})) != null ? stack1 : "")
    + "  "
    + ((stack1 = alias3(alias1(lookupProperty(depth0,"beyond"), "allowed", {"start":{"line":92,"column":4},"end":{"line":92,"column":18}} ), depth0)) != null ? stack1 : "")
    + "(\n      "
    + ((stack1 = alias3(alias1(lookupProperty(depth0,"beyond"), "arguments", {"start":{"line":93,"column":8},"end":{"line":93,"column":24}} ), depth0)) != null ? stack1 : "")
    + ");\n  double found = 0.0;\n  return {"
    + ((stack1 = lookupProperty(helpers,"each").call(alias2,lookupProperty(lookupProperty(depth0,"beyond"),"outputs"),{"name":"each","hash":{},"fn":container.program(12, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":95,"column":11},"end":{"line":95,"column":85}}})) != null ? stack1 : "")
    + "};\n}\n";
},"11":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  std::vector<"
    + ((stack1 = (((helper = lookupProperty(helpers,"interval") || alias1(depth0, "interval", {"start":{"line":90,"column":16},"end":{"line":90,"column":24}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"interval","hash":{},"data":data,"loc":{"start":{"line":90,"column":14},"end":{"line":90,"column":26}}}) : helper))) != null ? stack1 : "")
    + "> "
    + ((stack1 = (((helper = lookupProperty(helpers,"field") || alias1(depth0, "field", {"start":{"line":90,"column":30},"end":{"line":90,"column":35}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"field","hash":{},"data":data,"loc":{"start":{"line":90,"column":28},"end":{"line":90,"column":37}}}) : helper))) != null ? stack1 : "")
    + "(static_cast<size_t>("
    + ((stack1 = (((helper = lookupProperty(helpers,"count") || alias1(depth0, "count", {"start":{"line":90,"column":60},"end":{"line":90,"column":65}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"count","hash":{},"data":data,"loc":{"start":{"line":90,"column":58},"end":{"line":90,"column":67}}}) : helper))) != null ? stack1 : "")
    + "));\n";
},"12":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"unless").call(alias1,lookupProperty(data,"first"),{"name":"unless","hash":{},"fn":container.program(13, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":95,"column":36},"end":{"line":95,"column":67}}})) != null ? stack1 : "")
    + ((stack1 = (((helper = lookupProperty(helpers,"call") || container.strict(depth0, "call", {"start":{"line":95,"column":69},"end":{"line":95,"column":73}} ))),(typeof helper === "function" ? helper.call(alias1,{"name":"call","hash":{},"data":data,"loc":{"start":{"line":95,"column":67},"end":{"line":95,"column":75}}}) : helper))) != null ? stack1 : "");
},"13":function(container,depth0,helpers,partials,data) {
    return ", ";
},"14":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  library.def(\""
    + ((stack1 = container.lambda(container.strict(lookupProperty(depth0,"beyond"), "schema", {"start":{"line":105,"column":17},"end":{"line":105,"column":30}} ), depth0)) != null ? stack1 : "")
    + "\");\n";
},"15":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  library.impl(\""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias1(depth0, "kernel", {"start":{"line":115,"column":18},"end":{"line":115,"column":24}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":115,"column":16},"end":{"line":115,"column":26}}}) : helper))) != null ? stack1 : "")
    + "_beyond\", &"
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias1(depth0, "kernel", {"start":{"line":115,"column":39},"end":{"line":115,"column":45}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":115,"column":37},"end":{"line":115,"column":47}}}) : helper))) != null ? stack1 : "")
    + "_beyond_torch);\n";
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, helper, alias1=depth0 != null ? depth0 : (container.nullContext || {}), alias2=container.strict, alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"header"),{"name":"each","hash":{},"fn":container.program(0, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":1,"column":0},"end":{"line":3,"column":9}}})) != null ? stack1 : "")
    + "\n#include <string>\n#include <tuple>\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"beyond"),{"name":"if","hash":{},"fn":container.program(1, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":7,"column":0},"end":{"line":9,"column":7}}})) != null ? stack1 : "")
    + "\n#include <ATen/ATen.h>\n#include <ATen/cuda/CUDAContext.h>\n#include <c10/cuda/CUDAGuard.h>\n#include <torch/library.h>\n\n#include \""
    + ((stack1 = (((helper = lookupProperty(helpers,"base") || alias2(depth0, "base", {"start":{"line":16,"column":12},"end":{"line":16,"column":16}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"base","hash":{},"data":data,"loc":{"start":{"line":16,"column":10},"end":{"line":16,"column":18}}}) : helper))) != null ? stack1 : "")
    + ".cuh\"\n#include \""
    + ((stack1 = (((helper = lookupProperty(helpers,"reference") || alias2(depth0, "reference", {"start":{"line":17,"column":12},"end":{"line":17,"column":21}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"reference","hash":{},"data":data,"loc":{"start":{"line":17,"column":10},"end":{"line":17,"column":23}}}) : helper))) != null ? stack1 : "")
    + "\"\n\nnamespace {\n\n// Numbers go into messages as text, because number streams crash if two versions of the standard library meet in one process.\nvoid check(const at::Tensor& tensor, const char* name, at::ScalarType type, int64_t rank, const at::Tensor& first) {\n  TORCH_CHECK(tensor.scalar_type() == type, \""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":23,"column":47},"end":{"line":23,"column":53}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":23,"column":45},"end":{"line":23,"column":55}}}) : helper))) != null ? stack1 : "")
    + ": \", name, \" is \", tensor.scalar_type(), \"; \", type, \" is expected\");\n  TORCH_CHECK(tensor.dim() == rank, \""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":24,"column":39},"end":{"line":24,"column":45}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":24,"column":37},"end":{"line":24,"column":47}}}) : helper))) != null ? stack1 : "")
    + ": \", name, \" has \", std::to_string(tensor.dim()), \" dimensions; \",\n              std::to_string(rank), \" are expected\");\n  TORCH_CHECK(tensor.device() == first.device(), \""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":26,"column":52},"end":{"line":26,"column":58}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":26,"column":50},"end":{"line":26,"column":60}}}) : helper))) != null ? stack1 : "")
    + ": \", name, \" is on \", tensor.device(), \"; \", first.device(), \" is expected\");\n}\n\nvoid check_length(const at::Tensor& tensor, const char* name, int64_t dimension, int64_t expected) {\n  TORCH_CHECK(tensor.size(dimension) == expected, \""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":30,"column":53},"end":{"line":30,"column":59}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":30,"column":51},"end":{"line":30,"column":61}}}) : helper))) != null ? stack1 : "")
    + ": dimension \", std::to_string(dimension), \" of \", name,\n              \" is \", std::to_string(tensor.size(dimension)), \"; \", std::to_string(expected), \" is expected\");\n}\n\n// Accepts tensors of any strides; tensors that are not contiguous are copied first.\n"
    + ((stack1 = (((helper = lookupProperty(helpers,"result") || alias2(depth0, "result", {"start":{"line":35,"column":2},"end":{"line":35,"column":8}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"result","hash":{},"data":data,"loc":{"start":{"line":35,"column":0},"end":{"line":35,"column":10}}}) : helper))) != null ? stack1 : "")
    + " "
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":35,"column":13},"end":{"line":35,"column":19}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":35,"column":11},"end":{"line":35,"column":21}}}) : helper))) != null ? stack1 : "")
    + "_torch("
    + ((stack1 = (((helper = lookupProperty(helpers,"parameters") || alias2(depth0, "parameters", {"start":{"line":35,"column":30},"end":{"line":35,"column":40}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"parameters","hash":{},"data":data,"loc":{"start":{"line":35,"column":28},"end":{"line":35,"column":42}}}) : helper))) != null ? stack1 : "")
    + ") {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"inputs"),{"name":"each","hash":{},"fn":container.program(2, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":36,"column":0},"end":{"line":38,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"inferred"),{"name":"each","hash":{},"fn":container.program(3, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":39,"column":0},"end":{"line":41,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"facts"),{"name":"each","hash":{},"fn":container.program(5, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":42,"column":0},"end":{"line":44,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"inputs"),{"name":"each","hash":{},"fn":container.program(6, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":45,"column":0},"end":{"line":49,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"inputs"),{"name":"each","hash":{},"fn":container.program(8, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":50,"column":0},"end":{"line":52,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"allocated"),{"name":"each","hash":{},"fn":container.program(9, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":53,"column":0},"end":{"line":55,"column":9}}})) != null ? stack1 : "")
    + "  if ("
    + ((stack1 = (((helper = lookupProperty(helpers,"first") || alias2(depth0, "first", {"start":{"line":56,"column":8},"end":{"line":56,"column":13}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"first","hash":{},"data":data,"loc":{"start":{"line":56,"column":6},"end":{"line":56,"column":15}}}) : helper))) != null ? stack1 : "")
    + ".is_cuda()) {\n    const c10::cuda::CUDAGuard guard("
    + ((stack1 = (((helper = lookupProperty(helpers,"first") || alias2(depth0, "first", {"start":{"line":57,"column":39},"end":{"line":57,"column":44}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"first","hash":{},"data":data,"loc":{"start":{"line":57,"column":37},"end":{"line":57,"column":46}}}) : helper))) != null ? stack1 : "")
    + ".device());\n    const cudaError_t status = "
    + ((stack1 = (((helper = lookupProperty(helpers,"launcher") || alias2(depth0, "launcher", {"start":{"line":58,"column":33},"end":{"line":58,"column":41}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"launcher","hash":{},"data":data,"loc":{"start":{"line":58,"column":31},"end":{"line":58,"column":43}}}) : helper))) != null ? stack1 : "")
    + "(\n        "
    + ((stack1 = (((helper = lookupProperty(helpers,"launchArguments") || alias2(depth0, "launchArguments", {"start":{"line":59,"column":10},"end":{"line":59,"column":25}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"launchArguments","hash":{},"data":data,"loc":{"start":{"line":59,"column":8},"end":{"line":59,"column":27}}}) : helper))) != null ? stack1 : "")
    + ");\n    TORCH_CHECK(status == cudaSuccess, \""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":60,"column":42},"end":{"line":60,"column":48}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":60,"column":40},"end":{"line":60,"column":50}}}) : helper))) != null ? stack1 : "")
    + ": \", cudaGetErrorString(status));\n  } else {\n    "
    + ((stack1 = (((helper = lookupProperty(helpers,"loops") || alias2(depth0, "loops", {"start":{"line":62,"column":6},"end":{"line":62,"column":11}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"loops","hash":{},"data":data,"loc":{"start":{"line":62,"column":4},"end":{"line":62,"column":13}}}) : helper))) != null ? stack1 : "")
    + "(\n        "
    + ((stack1 = (((helper = lookupProperty(helpers,"loopArguments") || alias2(depth0, "loopArguments", {"start":{"line":63,"column":10},"end":{"line":63,"column":23}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"loopArguments","hash":{},"data":data,"loc":{"start":{"line":63,"column":8},"end":{"line":63,"column":25}}}) : helper))) != null ? stack1 : "")
    + ");\n  }\n  return "
    + ((stack1 = (((helper = lookupProperty(helpers,"returned") || alias2(depth0, "returned", {"start":{"line":65,"column":11},"end":{"line":65,"column":19}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"returned","hash":{},"data":data,"loc":{"start":{"line":65,"column":9},"end":{"line":65,"column":21}}}) : helper))) != null ? stack1 : "")
    + ";\n}\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"beyond"),{"name":"if","hash":{},"fn":container.program(10, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":67,"column":0},"end":{"line":97,"column":7}}})) != null ? stack1 : "")
    + "\n}  // namespace\n\n// A fragment, because other kernels register operators in the same library.\nTORCH_LIBRARY_FRAGMENT(qernel, library) {\n  library.def(\""
    + ((stack1 = (((helper = lookupProperty(helpers,"schema") || alias2(depth0, "schema", {"start":{"line":103,"column":17},"end":{"line":103,"column":23}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"schema","hash":{},"data":data,"loc":{"start":{"line":103,"column":15},"end":{"line":103,"column":25}}}) : helper))) != null ? stack1 : "")
    + "\");\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"beyond"),{"name":"if","hash":{},"fn":container.program(14, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":104,"column":0},"end":{"line":106,"column":7}}})) != null ? stack1 : "")
    + "}\nTORCH_LIBRARY_IMPL(qernel, CUDA, library) {\n  library.impl(\""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":109,"column":18},"end":{"line":109,"column":24}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":109,"column":16},"end":{"line":109,"column":26}}}) : helper))) != null ? stack1 : "")
    + "\", &"
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":109,"column":32},"end":{"line":109,"column":38}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":109,"column":30},"end":{"line":109,"column":40}}}) : helper))) != null ? stack1 : "")
    + "_torch);\n}\n// Plain loops in one thread, for comparison, not for speed.\nTORCH_LIBRARY_IMPL(qernel, CPU, library) {\n  library.impl(\""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":113,"column":18},"end":{"line":113,"column":24}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":113,"column":16},"end":{"line":113,"column":26}}}) : helper))) != null ? stack1 : "")
    + "\", &"
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":113,"column":32},"end":{"line":113,"column":38}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":113,"column":30},"end":{"line":113,"column":40}}}) : helper))) != null ? stack1 : "")
    + "_torch);\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"beyond"),{"name":"if","hash":{},"fn":container.program(15, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":114,"column":0},"end":{"line":116,"column":7}}})) != null ? stack1 : "")
    + "}\n";
},"useData":true,"useDepths":true}

export const torchTest = {"0":function(container,depth0,helpers,partials,data) {
    var stack1;

  return ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"1":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "    "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + ",\n";
},"2":function(container,depth0,helpers,partials,data) {
    return "0.125 * ";
},"3":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "    "
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":29,"column":6},"end":{"line":29,"column":10}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":29,"column":4},"end":{"line":29,"column":12}}}) : helper))) != null ? stack1 : "")
    + " = "
    + ((stack1 = (((helper = lookupProperty(helpers,"make") || alias1(depth0, "make", {"start":{"line":29,"column":17},"end":{"line":29,"column":21}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"make","hash":{},"data":data,"loc":{"start":{"line":29,"column":15},"end":{"line":29,"column":23}}}) : helper))) != null ? stack1 : "")
    + "\n";
},"4":function(container,depth0,helpers,partials,data) {
    var stack1, helper, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "def assert_right(actual, values):\n    \"\"\"Every result lies in the interval that is derived for it.\"\"\"\n    tensors = [value for value in values if isinstance(value, torch.Tensor)]\n    sizes = [value for value in values if not isinstance(value, torch.Tensor)]\n    assert torch.ops.qernel."
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || container.strict(depth0, "kernel", {"start":{"line":48,"column":30},"end":{"line":48,"column":36}} ))),(typeof helper === "function" ? helper.call(depth0 != null ? depth0 : (container.nullContext || {}),{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":48,"column":28},"end":{"line":48,"column":38}}}) : helper))) != null ? stack1 : "")
    + "_beyond(*tensors, *actual, *sizes) == [-1] * len(actual)\n";
},"5":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "def assert_same(actual, expected):\n    for a, b in zip(actual, expected, strict=True):\n"
    + ((stack1 = lookupProperty(helpers,"if").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(lookupProperty(depth0,"python"),"hasFloat8"),{"name":"if","hash":{},"fn":container.program(6, data, 0),"inverse":container.program(7, data, 0),"data":data,"loc":{"start":{"line":52,"column":0},"end":{"line":57,"column":7}}})) != null ? stack1 : "")
    + "\n\ndef assert_right(actual, values):\n    assert_same(actual, results(values))\n";
},"6":function(container,depth0,helpers,partials,data) {
    return "        assert a.dtype == b.dtype\n        torch.testing.assert_close(a.float(), b.float(), rtol=0, atol=0, equal_nan=True)\n";
},"7":function(container,depth0,helpers,partials,data) {
    return "        torch.testing.assert_close(a, b, rtol=0, atol=0, equal_nan=True)\n";
},"8":function(container,depth0,helpers,partials,data) {
    return "results";
},"9":function(container,depth0,helpers,partials,data) {
    return "gpu_equals_cpu";
},"10":function(container,depth0,helpers,partials,data) {
    return "        assert_right(results(values), values)\n\n\ndef test_wrong_results_are_found():\n    values = arguments(**SIZES[0])\n    for position in range(len(results(values))):\n        wrong = results(values)\n        wrong[position] = torch.full_like(wrong[position], 77)\n        try:\n            assert_right(wrong, values)\n        except AssertionError:\n            continue\n        raise AssertionError(f\"a wrong result {position} is not found\")\n";
},"11":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\ndef test_sizes_that_do_not_divide_are_refused():\n    for name in ["
    + ((stack1 = container.lambda(alias1(lookupProperty(depth0,"python"), "divided", {"start":{"line":136,"column":19},"end":{"line":136,"column":33}} ), depth0)) != null ? stack1 : "")
    + "]:\n        for place in (list, on_the_gpu):\n            values = place(arguments(**{**SIZES[0], name: SIZES[0][name] + 1}))\n            try:\n                "
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias1(depth0, "kernel", {"start":{"line":140,"column":18},"end":{"line":140,"column":24}} ))),(typeof helper === "function" ? helper.call(depth0 != null ? depth0 : (container.nullContext || {}),{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":140,"column":16},"end":{"line":140,"column":26}}}) : helper))) != null ? stack1 : "")
    + "(*values)\n            except RuntimeError as error:\n                assert \"is expected\" in str(error)\n            else:\n                raise AssertionError(f\"a {name} that does not divide evenly is accepted\")\n\n";
},"12":function(container,depth0,helpers,partials,data) {
    return "[value.cpu() if isinstance(value, torch.Tensor) else value for value in values]";
},"13":function(container,depth0,helpers,partials,data) {
    return "values";
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=depth0 != null ? depth0 : (container.nullContext || {}), alias2=container.strict, alias3="function", alias4=container.lambda, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"header"),{"name":"each","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":1,"column":0},"end":{"line":3,"column":9}}})) != null ? stack1 : "")
    + "\"\"\"Tests of "
    + ((stack1 = (((helper = lookupProperty(helpers,"module") || alias2(depth0, "module", {"start":{"line":4,"column":14},"end":{"line":4,"column":20}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"module","hash":{},"data":data,"loc":{"start":{"line":4,"column":12},"end":{"line":4,"column":22}}}) : helper))) != null ? stack1 : "")
    + ": pytest test_"
    + ((stack1 = (((helper = lookupProperty(helpers,"module") || alias2(depth0, "module", {"start":{"line":4,"column":38},"end":{"line":4,"column":44}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"module","hash":{},"data":data,"loc":{"start":{"line":4,"column":36},"end":{"line":4,"column":46}}}) : helper))) != null ? stack1 : "")
    + ".py, or python test_"
    + ((stack1 = (((helper = lookupProperty(helpers,"module") || alias2(depth0, "module", {"start":{"line":4,"column":68},"end":{"line":4,"column":74}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"module","hash":{},"data":data,"loc":{"start":{"line":4,"column":66},"end":{"line":4,"column":76}}}) : helper))) != null ? stack1 : "")
    + ".py\"\"\"\n\nimport torch\n\nfrom "
    + ((stack1 = (((helper = lookupProperty(helpers,"module") || alias2(depth0, "module", {"start":{"line":8,"column":7},"end":{"line":8,"column":13}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"module","hash":{},"data":data,"loc":{"start":{"line":8,"column":5},"end":{"line":8,"column":15}}}) : helper))) != null ? stack1 : "")
    + " import "
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":8,"column":25},"end":{"line":8,"column":31}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":8,"column":23},"end":{"line":8,"column":33}}}) : helper))) != null ? stack1 : "")
    + "\n\nSIZES = [\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(lookupProperty(depth0,"python"),"testSizes"),{"name":"each","hash":{},"fn":container.program(1, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":11,"column":0},"end":{"line":13,"column":9}}})) != null ? stack1 : "")
    + "]\n\n\ndef random_floats(shape, dtype):\n    return ("
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"beyond"),{"name":"if","hash":{},"fn":container.program(2, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":18,"column":12},"end":{"line":18,"column":41}}})) != null ? stack1 : "")
    + "torch.randn(shape, generator=torch.Generator().manual_seed("
    + ((stack1 = (((helper = lookupProperty(helpers,"seed") || alias2(depth0, "seed", {"start":{"line":18,"column":102},"end":{"line":18,"column":106}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"seed","hash":{},"data":data,"loc":{"start":{"line":18,"column":100},"end":{"line":18,"column":108}}}) : helper))) != null ? stack1 : "")
    + "))).to(dtype)\n\n\ndef random_codes(shape, dtype):\n    limits = torch.iinfo(dtype)\n    generator = torch.Generator().manual_seed("
    + ((stack1 = (((helper = lookupProperty(helpers,"seed") || alias2(depth0, "seed", {"start":{"line":23,"column":48},"end":{"line":23,"column":52}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"seed","hash":{},"data":data,"loc":{"start":{"line":23,"column":46},"end":{"line":23,"column":54}}}) : helper))) != null ? stack1 : "")
    + ")\n    return torch.randint(limits.min, limits.max + 1, shape, dtype=torch.int64, generator=generator).to(dtype)\n\n\ndef arguments("
    + ((stack1 = alias4(alias2(lookupProperty(depth0,"python"), "parameters", {"start":{"line":27,"column":16},"end":{"line":27,"column":33}} ), depth0)) != null ? stack1 : "")
    + "):\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(lookupProperty(depth0,"python"),"made"),{"name":"each","hash":{},"fn":container.program(3, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":28,"column":0},"end":{"line":30,"column":9}}})) != null ? stack1 : "")
    + "    return ["
    + ((stack1 = alias4(alias2(lookupProperty(depth0,"python"), "arguments", {"start":{"line":31,"column":14},"end":{"line":31,"column":30}} ), depth0)) != null ? stack1 : "")
    + "]\n\n\ndef on_the_gpu(values):\n    return [value.cuda() if isinstance(value, torch.Tensor) else value for value in values]\n\n\ndef results(values):\n    result = "
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":39,"column":15},"end":{"line":39,"column":21}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":39,"column":13},"end":{"line":39,"column":23}}}) : helper))) != null ? stack1 : "")
    + "(*values)\n    return [each.cpu() for each in (result if isinstance(result, tuple) else (result,))]\n\n\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"beyond"),{"name":"if","hash":{},"fn":container.program(4, data, 0),"inverse":container.program(5, data, 0),"data":data,"loc":{"start":{"line":43,"column":0},"end":{"line":62,"column":7}}})) != null ? stack1 : "")
    + "\n\ndef test_"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"beyond"),{"name":"if","hash":{},"fn":container.program(8, data, 0),"inverse":container.program(9, data, 0),"data":data,"loc":{"start":{"line":65,"column":9},"end":{"line":65,"column":59}}})) != null ? stack1 : "")
    + "():\n    for sizes in SIZES:\n        values = arguments(**sizes)\n        assert_right(results(on_the_gpu(values)), values)\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"beyond"),{"name":"if","hash":{},"fn":container.program(10, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":69,"column":0},"end":{"line":83,"column":7}}})) != null ? stack1 : "")
    + "\n\ndef test_other_strides():\n    for sizes in SIZES:\n        values = arguments(**sizes)\n        strided = [\n            value.transpose(0, -1).contiguous().transpose(0, -1) if isinstance(value, torch.Tensor) else value\n            for value in on_the_gpu(values)\n        ]\n        assert_right(results(strided), values)\n\n\ndef test_pointers_that_are_not_aligned():\n    for sizes in SIZES:\n        values = arguments(**sizes)\n        shifted = []\n        for value in on_the_gpu(values):\n            if isinstance(value, torch.Tensor):\n                room = torch.empty(value.numel() + 1, dtype=value.dtype, device=value.device)\n                value = room[1:].view(value.shape).copy_(value)\n            shifted.append(value)\n        assert_right(results(shifted), values)\n\n\ndef test_other_types_are_refused():\n    values = on_the_gpu(arguments(**SIZES[0]))\n    for position, value in enumerate(values):\n        if not isinstance(value, torch.Tensor):\n            continue\n        wrong = [*values]\n        wrong[position] = value.to(torch.float64)\n        try:\n            "
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":116,"column":14},"end":{"line":116,"column":20}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":116,"column":12},"end":{"line":116,"column":22}}}) : helper))) != null ? stack1 : "")
    + "(*wrong)\n        except RuntimeError as error:\n            assert \"is expected\" in str(error)\n        else:\n            raise AssertionError(f\"float64 is accepted for argument {position}\")\n\n\ndef test_other_shapes_are_refused():\n    values = on_the_gpu(arguments(**SIZES[0]))\n    values[0] = values[0].unsqueeze(0)\n    try:\n        "
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":127,"column":10},"end":{"line":127,"column":16}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":127,"column":8},"end":{"line":127,"column":18}}}) : helper))) != null ? stack1 : "")
    + "(*values)\n    except RuntimeError as error:\n        assert \"dimensions\" in str(error)\n    else:\n        raise AssertionError(\"an additional dimension is accepted\")\n\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(lookupProperty(depth0,"python"),"divided"),{"name":"if","hash":{},"fn":container.program(11, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":133,"column":0},"end":{"line":146,"column":7}}})) != null ? stack1 : "")
    + "\ndef test_fake_kernel():\n    operator = torch.ops.qernel."
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":149,"column":34},"end":{"line":149,"column":40}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":149,"column":32},"end":{"line":149,"column":42}}}) : helper))) != null ? stack1 : "")
    + ".default\n    for sizes in SIZES:\n        torch.library.opcheck(operator, on_the_gpu(arguments(**sizes)), test_utils=(\"test_schema\", \"test_faketensor\"))\n\n\ndef test_compiles():\n    values = on_the_gpu(arguments(**SIZES[1]))\n    compiled = torch.compile("
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":156,"column":31},"end":{"line":156,"column":37}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":156,"column":29},"end":{"line":156,"column":39}}}) : helper))) != null ? stack1 : "")
    + ", fullgraph=True, backend=\"aot_eager\")\n    result = compiled(*values)\n    assert_right([each.cpu() for each in (result if isinstance(result, tuple) else (result,))], "
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"beyond"),{"name":"if","hash":{},"fn":container.program(12, data, 0),"inverse":container.program(13, data, 0),"data":data,"loc":{"start":{"line":158,"column":96},"end":{"line":158,"column":210}}})) != null ? stack1 : "")
    + ")\n\n\nif __name__ == \"__main__\":\n    for name, test in [*globals().items()]:\n        if name.startswith(\"test_\"):\n            test()\n            print(name, \"passed\")\n";
},"useData":true}
