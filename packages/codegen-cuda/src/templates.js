// Written by scripts/precompile-templates.ts from templates/*.hbs; npm run templates writes it again.

export const selfTest = {"0":function(container,depth0,helpers,partials,data) {
    var stack1;

  return ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"1":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return " "
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":7,"column":107},"end":{"line":7,"column":111}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":7,"column":105},"end":{"line":7,"column":113}}}) : helper))) != null ? stack1 : "")
    + "="
    + ((stack1 = (((helper = lookupProperty(helpers,"timed") || alias1(depth0, "timed", {"start":{"line":7,"column":116},"end":{"line":7,"column":121}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"timed","hash":{},"data":data,"loc":{"start":{"line":7,"column":114},"end":{"line":7,"column":123}}}) : helper))) != null ? stack1 : "");
},"2":function(container,depth0,helpers,partials,data) {
    return "#include <cuda_fp16.h>\n";
},"3":function(container,depth0,helpers,partials,data) {
    return "#include <cuda_bf16.h>\n";
},"4":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  int64_t "
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":34,"column":12},"end":{"line":34,"column":16}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":34,"column":10},"end":{"line":34,"column":18}}}) : helper))) != null ? stack1 : "")
    + " = "
    + ((stack1 = (((helper = lookupProperty(helpers,"timed") || alias1(depth0, "timed", {"start":{"line":34,"column":23},"end":{"line":34,"column":28}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"timed","hash":{},"data":data,"loc":{"start":{"line":34,"column":21},"end":{"line":34,"column":30}}}) : helper))) != null ? stack1 : "")
    + ";\n";
},"5":function(container,depth0,helpers,partials,data) {
    return "f8e4m3, f8e5m2, ";
},"6":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  arrays.push_back(Array{\""
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":58,"column":28},"end":{"line":58,"column":32}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":58,"column":26},"end":{"line":58,"column":34}}}) : helper))) != null ? stack1 : "")
    + "\", Role::"
    + ((stack1 = (((helper = lookupProperty(helpers,"role") || alias1(depth0, "role", {"start":{"line":58,"column":45},"end":{"line":58,"column":49}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"role","hash":{},"data":data,"loc":{"start":{"line":58,"column":43},"end":{"line":58,"column":51}}}) : helper))) != null ? stack1 : "")
    + ", Kind::"
    + ((stack1 = (((helper = lookupProperty(helpers,"kind") || alias1(depth0, "kind", {"start":{"line":58,"column":61},"end":{"line":58,"column":65}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"kind","hash":{},"data":data,"loc":{"start":{"line":58,"column":59},"end":{"line":58,"column":67}}}) : helper))) != null ? stack1 : "")
    + ", "
    + ((stack1 = (((helper = lookupProperty(helpers,"count") || alias1(depth0, "count", {"start":{"line":58,"column":71},"end":{"line":58,"column":76}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"count","hash":{},"data":data,"loc":{"start":{"line":58,"column":69},"end":{"line":58,"column":78}}}) : helper))) != null ? stack1 : "")
    + ", "
    + ((stack1 = (((helper = lookupProperty(helpers,"bytes") || alias1(depth0, "bytes", {"start":{"line":58,"column":82},"end":{"line":58,"column":87}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"bytes","hash":{},"data":data,"loc":{"start":{"line":58,"column":80},"end":{"line":58,"column":89}}}) : helper))) != null ? stack1 : "")
    + ", std::vector<unsigned char>()});\n";
},"7":function(container,depth0,helpers,partials,data) {
    return "        const __half value = __float2half_rn(random_float(state, with_special_values));\n        std::memcpy(element, &value, 2);\n";
},"8":function(container,depth0,helpers,partials,data) {
    return "        const __nv_bfloat16 value = __float2bfloat16_rn(random_float(state, with_special_values));\n        std::memcpy(element, &value, 2);\n";
},"9":function(container,depth0,helpers,partials,data) {
    return "      case Kind::f8e4m3:\n      case Kind::f8e5m2:\n";
},"10":function(container,depth0,helpers,partials,data) {
    return "  if (kind == Kind::f8e4m3) return (*element & 0x7f) == 0x7f;\n  if (kind == Kind::f8e5m2) return (*element & 0x7f) > 0x7c;\n";
},"11":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  result += \""
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":175,"column":15},"end":{"line":175,"column":19}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":175,"column":13},"end":{"line":175,"column":21}}}) : helper))) != null ? stack1 : "")
    + "=\" + std::to_string(s."
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":175,"column":45},"end":{"line":175,"column":49}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":175,"column":43},"end":{"line":175,"column":51}}}) : helper))) != null ? stack1 : "")
    + ") + \" \";\n";
},"12":function(container,depth0,helpers,partials,data) {
    return "int64_t valid(int64_t wanted, int64_t multiple, int64_t most) {\n  const int64_t largest = most / multiple * multiple;\n  return std::min((wanted + multiple - 1) / multiple * multiple, largest);\n}\n\n";
},"13":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"hasManySizes"),{"name":"if","hash":{},"fn":container.program(14, data, 0),"inverse":container.program(15, data, 0),"data":data,"loc":{"start":{"line":274,"column":0},"end":{"line":278,"column":7}}})) != null ? stack1 : "")
    + "  const int count = int(sizeof bases / sizeof bases[0]);\n  for (int i = 0; i < count; ++i) {\n    Sizes s;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(16, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":282,"column":0},"end":{"line":284,"column":9}}})) != null ? stack1 : "")
    + "    tried.push_back(s);\n  }\n  Sizes even;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(17, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":288,"column":0},"end":{"line":290,"column":9}}})) != null ? stack1 : "")
    + "  tried.push_back(even);\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(18, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":292,"column":0},"end":{"line":296,"column":9}}})) != null ? stack1 : "");
},"14":function(container,depth0,helpers,partials,data) {
    return "  const int64_t bases[] = {1, 2, 5, 8, 17, 33};\n";
},"15":function(container,depth0,helpers,partials,data) {
    return "  const int64_t bases[] = {1, 2, 7, 33, 64, 129, 256};\n";
},"16":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "    s."
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":283,"column":8},"end":{"line":283,"column":12}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":283,"column":6},"end":{"line":283,"column":14}}}) : helper))) != null ? stack1 : "")
    + " = valid(bases[(i + 3 * "
    + ((stack1 = (((helper = lookupProperty(helpers,"index") || alias1(data, "index", {"start":{"line":283,"column":40},"end":{"line":283,"column":46}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"index","hash":{},"data":data,"loc":{"start":{"line":283,"column":38},"end":{"line":283,"column":48}}}) : helper))) != null ? stack1 : "")
    + ") % count], "
    + ((stack1 = (((helper = lookupProperty(helpers,"multipleOf") || alias1(depth0, "multipleOf", {"start":{"line":283,"column":62},"end":{"line":283,"column":72}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"multipleOf","hash":{},"data":data,"loc":{"start":{"line":283,"column":60},"end":{"line":283,"column":74}}}) : helper))) != null ? stack1 : "")
    + ", "
    + ((stack1 = (((helper = lookupProperty(helpers,"atMost") || alias1(depth0, "atMost", {"start":{"line":283,"column":78},"end":{"line":283,"column":84}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"atMost","hash":{},"data":data,"loc":{"start":{"line":283,"column":76},"end":{"line":283,"column":86}}}) : helper))) != null ? stack1 : "")
    + ");\n";
},"17":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  even."
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":289,"column":9},"end":{"line":289,"column":13}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":289,"column":7},"end":{"line":289,"column":15}}}) : helper))) != null ? stack1 : "")
    + " = valid(32, "
    + ((stack1 = (((helper = lookupProperty(helpers,"multipleOf") || alias1(depth0, "multipleOf", {"start":{"line":289,"column":30},"end":{"line":289,"column":40}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"multipleOf","hash":{},"data":data,"loc":{"start":{"line":289,"column":28},"end":{"line":289,"column":42}}}) : helper))) != null ? stack1 : "")
    + ", "
    + ((stack1 = (((helper = lookupProperty(helpers,"atMost") || alias1(depth0, "atMost", {"start":{"line":289,"column":46},"end":{"line":289,"column":52}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"atMost","hash":{},"data":data,"loc":{"start":{"line":289,"column":44},"end":{"line":289,"column":54}}}) : helper))) != null ? stack1 : "")
    + ");\n";
},"18":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  Sizes no_"
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":293,"column":13},"end":{"line":293,"column":17}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":293,"column":11},"end":{"line":293,"column":19}}}) : helper))) != null ? stack1 : "")
    + " = even;\n  no_"
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":294,"column":7},"end":{"line":294,"column":11}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":294,"column":5},"end":{"line":294,"column":13}}}) : helper))) != null ? stack1 : "")
    + "."
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":294,"column":16},"end":{"line":294,"column":20}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":294,"column":14},"end":{"line":294,"column":22}}}) : helper))) != null ? stack1 : "")
    + " = 0;\n  tried.push_back(no_"
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":295,"column":23},"end":{"line":295,"column":27}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":295,"column":21},"end":{"line":295,"column":29}}}) : helper))) != null ? stack1 : "")
    + ");\n";
},"19":function(container,depth0,helpers,partials,data) {
    return "  tried.push_back(Sizes());\n";
},"20":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "// Sizes with more rows than the blocks of one grid cover, so that kernels are launched in parts.\nstd::vector<Sizes> sizes_in_parts() {\n  std::vector<Sizes> tried;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"inParts"),{"name":"each","hash":{},"fn":container.program(21, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":307,"column":0},"end":{"line":312,"column":9}}})) != null ? stack1 : "")
    + "  return tried;\n}\n\n";
},"21":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  tried.emplace_back();\n"
    + ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(22, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":309,"column":0},"end":{"line":311,"column":9}}})) != null ? stack1 : "");
},"22":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  tried.back()."
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":310,"column":17},"end":{"line":310,"column":21}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":310,"column":15},"end":{"line":310,"column":23}}}) : helper))) != null ? stack1 : "")
    + " = "
    + ((stack1 = (((helper = lookupProperty(helpers,"value") || alias1(depth0, "value", {"start":{"line":310,"column":28},"end":{"line":310,"column":33}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"value","hash":{},"data":data,"loc":{"start":{"line":310,"column":26},"end":{"line":310,"column":35}}}) : helper))) != null ? stack1 : "")
    + ";\n";
},"23":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  if (name == \""
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":325,"column":17},"end":{"line":325,"column":21}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":325,"column":15},"end":{"line":325,"column":23}}}) : helper))) != null ? stack1 : "")
    + "\") {\n    s."
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":326,"column":8},"end":{"line":326,"column":12}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":326,"column":6},"end":{"line":326,"column":14}}}) : helper))) != null ? stack1 : "")
    + " = value;\n    return value % "
    + ((stack1 = (((helper = lookupProperty(helpers,"multipleOf") || alias1(depth0, "multipleOf", {"start":{"line":327,"column":21},"end":{"line":327,"column":31}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"multipleOf","hash":{},"data":data,"loc":{"start":{"line":327,"column":19},"end":{"line":327,"column":33}}}) : helper))) != null ? stack1 : "")
    + " == 0 && value <= std::min<int64_t>("
    + ((stack1 = (((helper = lookupProperty(helpers,"atMost") || alias1(depth0, "atMost", {"start":{"line":327,"column":71},"end":{"line":327,"column":77}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"atMost","hash":{},"data":data,"loc":{"start":{"line":327,"column":69},"end":{"line":327,"column":79}}}) : helper))) != null ? stack1 : "")
    + ", 2147483647);\n  }\n";
},"24":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return " "
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || container.strict(depth0, "name", {"start":{"line":339,"column":82},"end":{"line":339,"column":86}} ))),(typeof helper === "function" ? helper.call(alias1,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":339,"column":80},"end":{"line":339,"column":88}}}) : helper))) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"facts"),{"name":"if","hash":{},"fn":container.program(25, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":339,"column":88},"end":{"line":339,"column":120}}})) != null ? stack1 : "");
},"25":function(container,depth0,helpers,partials,data) {
    var stack1, helper, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return " ("
    + ((stack1 = (((helper = lookupProperty(helpers,"facts") || container.strict(depth0, "facts", {"start":{"line":339,"column":105},"end":{"line":339,"column":110}} ))),(typeof helper === "function" ? helper.call(depth0 != null ? depth0 : (container.nullContext || {}),{"name":"facts","hash":{},"data":data,"loc":{"start":{"line":339,"column":103},"end":{"line":339,"column":112}}}) : helper))) != null ? stack1 : "")
    + ")";
},"26":function(container,depth0,helpers,partials,data) {
    var stack1, helper, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  for (const Sizes& s : sizes_in_parts()) {\n    if (!check(s, 0, true, "
    + ((stack1 = (((helper = lookupProperty(helpers,"seed") || container.strict(depth0, "seed", {"start":{"line":355,"column":29},"end":{"line":355,"column":33}} ))),(typeof helper === "function" ? helper.call(depth0 != null ? depth0 : (container.nullContext || {}),{"name":"seed","hash":{},"data":data,"loc":{"start":{"line":355,"column":27},"end":{"line":355,"column":35}}}) : helper))) != null ? stack1 : "")
    + "ull + uint64_t(cases))) ++wrong;\n    ++cases;\n  }\n";
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=depth0 != null ? depth0 : (container.nullContext || {}), alias2=container.strict, alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"header"),{"name":"each","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":1,"column":0},"end":{"line":3,"column":9}}})) != null ? stack1 : "")
    + "\n// Compares every result with plain CPU loops, for odd sizes and for pointers that are aligned only to their elements. Detects writes\n// around each array, and measures the time:\n//   nvcc -O3 -std=c++17 "
    + ((stack1 = (((helper = lookupProperty(helpers,"base") || alias2(depth0, "base", {"start":{"line":7,"column":27},"end":{"line":7,"column":31}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"base","hash":{},"data":data,"loc":{"start":{"line":7,"column":25},"end":{"line":7,"column":33}}}) : helper))) != null ? stack1 : "")
    + ".cu "
    + ((stack1 = (((helper = lookupProperty(helpers,"base") || alias2(depth0, "base", {"start":{"line":7,"column":39},"end":{"line":7,"column":43}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"base","hash":{},"data":data,"loc":{"start":{"line":7,"column":37},"end":{"line":7,"column":45}}}) : helper))) != null ? stack1 : "")
    + "_main.cu -o "
    + ((stack1 = (((helper = lookupProperty(helpers,"base") || alias2(depth0, "base", {"start":{"line":7,"column":59},"end":{"line":7,"column":63}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"base","hash":{},"data":data,"loc":{"start":{"line":7,"column":57},"end":{"line":7,"column":65}}}) : helper))) != null ? stack1 : "")
    + "_test && ./"
    + ((stack1 = (((helper = lookupProperty(helpers,"base") || alias2(depth0, "base", {"start":{"line":7,"column":78},"end":{"line":7,"column":82}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"base","hash":{},"data":data,"loc":{"start":{"line":7,"column":76},"end":{"line":7,"column":84}}}) : helper))) != null ? stack1 : "")
    + "_test"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(1, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":7,"column":89},"end":{"line":7,"column":132}}})) != null ? stack1 : "")
    + "\n// Exit code 0: all results are right; 1: a result is wrong; 2: an argument is invalid; 77: there is no GPU.\n\n#include <algorithm>\n#include <cmath>\n#include <cstdint>\n#include <cstdio>\n#include <cstdlib>\n#include <cstring>\n#include <string>\n#include <vector>\n\n#include <cuda_runtime.h>\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"usesF16"),{"name":"if","hash":{},"fn":container.program(2, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":20,"column":0},"end":{"line":22,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"usesBf16"),{"name":"if","hash":{},"fn":container.program(3, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":23,"column":0},"end":{"line":25,"column":7}}})) != null ? stack1 : "")
    + "\n#include \""
    + ((stack1 = (((helper = lookupProperty(helpers,"base") || alias2(depth0, "base", {"start":{"line":27,"column":12},"end":{"line":27,"column":16}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"base","hash":{},"data":data,"loc":{"start":{"line":27,"column":10},"end":{"line":27,"column":18}}}) : helper))) != null ? stack1 : "")
    + ".cuh\"\n#include \""
    + ((stack1 = (((helper = lookupProperty(helpers,"reference") || alias2(depth0, "reference", {"start":{"line":28,"column":12},"end":{"line":28,"column":21}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"reference","hash":{},"data":data,"loc":{"start":{"line":28,"column":10},"end":{"line":28,"column":23}}}) : helper))) != null ? stack1 : "")
    + "\"\n\nnamespace {\n\nstruct Sizes {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(4, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":33,"column":0},"end":{"line":35,"column":9}}})) != null ? stack1 : "")
    + "};\n\nenum class Kind { f32, f16, bf16, "
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"usesF8"),{"name":"if","hash":{},"fn":container.program(5, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":38,"column":34},"end":{"line":38,"column":71}}})) != null ? stack1 : "")
    + "bits };\nenum class Role { input, output, workspace };\n\nstruct Array {\n  const char* name;\n  Role role;\n  Kind kind;\n  int64_t count;  // elements, or words of codes\n  size_t element_bytes;\n  std::vector<unsigned char> host;\n  unsigned char* allocation = nullptr;\n  unsigned char* device = nullptr;\n\n  size_t bytes() const { return size_t(count) * element_bytes; }\n};\n\nstd::vector<Array> arrays_of(const Sizes& s) {\n  (void)s;\n  std::vector<Array> arrays;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"arrays"),{"name":"each","hash":{},"fn":container.program(6, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":57,"column":0},"end":{"line":59,"column":9}}})) != null ? stack1 : "")
    + "  return arrays;\n}\n\nvoid compute_on_the_cpu(std::vector<Array>& arrays, const Sizes& s) {\n  (void)s;\n  "
    + ((stack1 = (((helper = lookupProperty(helpers,"loops") || alias2(depth0, "loops", {"start":{"line":65,"column":4},"end":{"line":65,"column":9}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"loops","hash":{},"data":data,"loc":{"start":{"line":65,"column":2},"end":{"line":65,"column":11}}}) : helper))) != null ? stack1 : "")
    + "(\n      "
    + ((stack1 = (((helper = lookupProperty(helpers,"referenceArguments") || alias2(depth0, "referenceArguments", {"start":{"line":66,"column":8},"end":{"line":66,"column":26}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"referenceArguments","hash":{},"data":data,"loc":{"start":{"line":66,"column":6},"end":{"line":66,"column":28}}}) : helper))) != null ? stack1 : "")
    + ");\n}\n\ncudaError_t launch(std::vector<Array>& arrays, const Sizes& s) {\n  (void)s;\n  return "
    + ((stack1 = (((helper = lookupProperty(helpers,"launcher") || alias2(depth0, "launcher", {"start":{"line":71,"column":11},"end":{"line":71,"column":19}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"launcher","hash":{},"data":data,"loc":{"start":{"line":71,"column":9},"end":{"line":71,"column":21}}}) : helper))) != null ? stack1 : "")
    + "(\n      "
    + ((stack1 = (((helper = lookupProperty(helpers,"launcherArguments") || alias2(depth0, "launcherArguments", {"start":{"line":72,"column":8},"end":{"line":72,"column":25}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"launcherArguments","hash":{},"data":data,"loc":{"start":{"line":72,"column":6},"end":{"line":72,"column":27}}}) : helper))) != null ? stack1 : "")
    + ");\n}\n\nconstexpr size_t guard_bytes = 256;\nconstexpr unsigned char poison = 0xa5;\n\nvoid require(cudaError_t status, const char* what) {\n  if (status == cudaSuccess) return;\n  std::fprintf(stderr, \"%s: %s\\n\", what, cudaGetErrorString(status));\n  std::exit(1);\n}\n\n// splitmix64\nuint64_t next(uint64_t& state) {\n  uint64_t z = (state += 0x9e3779b97f4a7c15ull);\n  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;\n  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;\n  return z ^ (z >> 31);\n}\n\n// Bell-shaped from -4 to 4; on request, sometimes a value that is easy to get wrong.\nfloat random_float(uint64_t& state, bool with_special_values) {\n  static const float special[] = {0.0f, -0.0f, NAN, INFINITY, -INFINITY, 1e-40f, -1e-40f, 3.4e38f, 0.5f, 1.5f, 2.5f, -0.5f};\n  const uint64_t bits = next(state);\n  if (with_special_values && bits % 64 == 0) return special[(bits >> 8) % 12];\n  float sum = 0.0f;\n  for (int i = 0; i < 4; ++i) sum += float((bits >> (16 * i)) & 0xffff) / 32768.0f - 1.0f;\n  return sum;\n}\n\nvoid fill_input(Array& array, uint64_t& state, bool with_special_values) {\n  array.host.resize(array.bytes());\n  for (int64_t i = 0; i < array.count; ++i) {\n    unsigned char* element = array.host.data() + size_t(i) * array.element_bytes;\n    switch (array.kind) {\n      case Kind::f32: {\n        const float value = random_float(state, with_special_values);\n        std::memcpy(element, &value, 4);\n        break;\n      }\n      case Kind::f16: {\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"usesF16"),{"name":"if","hash":{},"fn":container.program(7, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":113,"column":0},"end":{"line":116,"column":7}}})) != null ? stack1 : "")
    + "        break;\n      }\n      case Kind::bf16: {\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"usesBf16"),{"name":"if","hash":{},"fn":container.program(8, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":120,"column":0},"end":{"line":123,"column":7}}})) != null ? stack1 : "")
    + "        break;\n      }\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"usesF8"),{"name":"if","hash":{},"fn":container.program(9, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":126,"column":0},"end":{"line":129,"column":7}}})) != null ? stack1 : "")
    + "      case Kind::bits: {\n        const uint64_t value = next(state);\n        std::memcpy(element, &value, array.element_bytes);\n        break;\n      }\n    }\n  }\n}\n\n// Whether an array starts one element after an aligned address: for pattern 0 none, for 1 all, for 2 and up a single array.\nbool is_shifted(int pattern, size_t array) { return pattern == 1 || pattern == int(array) + 2; }\n\nvoid allocate(Array& array, bool shift) {\n  const size_t total = 3 * guard_bytes + array.bytes();\n  require(cudaMalloc(&array.allocation, total), \"cudaMalloc\");\n  require(cudaMemset(array.allocation, poison, total), \"cudaMemset\");\n  array.device = array.allocation + guard_bytes + (shift ? array.element_bytes : 0);\n  if (array.role == Role::input)\n    require(cudaMemcpy(array.device, array.host.data(), array.bytes(), cudaMemcpyHostToDevice), \"cudaMemcpy\");\n}\n\nbool is_nan(Kind kind, const unsigned char* element) {\n  if (kind == Kind::f32) {\n    float value;\n    std::memcpy(&value, element, 4);\n    return value != value;\n  }\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"usesF8"),{"name":"if","hash":{},"fn":container.program(10, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":157,"column":0},"end":{"line":160,"column":7}}})) != null ? stack1 : "")
    + "  uint16_t bits;\n  std::memcpy(&bits, element, 2);\n  return (bits & 0x7fff) > (kind == Kind::f16 ? 0x7c00 : 0x7f80);\n}\n\n// Any NaN equals any other.\nbool is_equal(Kind kind, size_t bytes, const unsigned char* a, const unsigned char* b) {\n  return std::memcmp(a, b, bytes) == 0 || (kind != Kind::bits && is_nan(kind, a) && is_nan(kind, b));\n}\n\nstd::string text(const Sizes& s, const std::vector<Array>& arrays, int pattern, bool with_special_values) {\n  (void)s;\n  std::string result;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(11, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":174,"column":0},"end":{"line":176,"column":9}}})) != null ? stack1 : "")
    + "  result += pattern == 0 ? \"aligned\" : pattern == 1 ? \"unaligned\" : std::string(arrays[size_t(pattern) - 2].name) + \" unaligned\";\n  return result + (with_special_values ? \", special values\" : \"\");\n}\n\n// Checks one array after the launch: it must equal the CPU's, and the memory around it must still hold poison.\nbool check_array(const Array& array, const std::string& what) {\n  const size_t total = 3 * guard_bytes + array.bytes();\n  std::vector<unsigned char> after(total);\n  require(cudaMemcpy(after.data(), array.allocation, total, cudaMemcpyDeviceToHost), \"cudaMemcpy\");\n  const size_t start = size_t(array.device - array.allocation);\n  for (size_t i = 0; i < total; ++i) {\n    if ((i >= start && i < start + array.bytes()) || after[i] == poison) continue;\n    std::printf(\"%s: a write outside %s, at byte %lld\\n\", what.c_str(), array.name, (long long)i - (long long)start);\n    return false;\n  }\n  if (array.role == Role::workspace) return true;\n  for (int64_t i = 0; i < array.count; ++i) {\n    const size_t at = size_t(i) * array.element_bytes;\n    const unsigned char* got = after.data() + start + at;\n    const unsigned char* expected = array.host.data() + at;\n    if (is_equal(array.kind, array.element_bytes, got, expected)) continue;\n    std::printf(\"%s: %s[%lld] is 0x\", what.c_str(), array.name, (long long)i);\n    for (size_t b = array.element_bytes; b-- > 0;) std::printf(\"%02x\", got[b]);\n    std::printf(\", 0x\");\n    for (size_t b = array.element_bytes; b-- > 0;) std::printf(\"%02x\", expected[b]);\n    std::printf(\" is expected\\n\");\n    return false;\n  }\n  return true;\n}\n\nbool check(const Sizes& s, int pattern, bool with_special_values, uint64_t seed) {\n  std::vector<Array> arrays = arrays_of(s);\n  uint64_t state = seed;\n  for (Array& array : arrays) {\n    if (array.role == Role::input) fill_input(array, state, with_special_values);\n    else array.host.assign(array.bytes(), poison);\n  }\n  compute_on_the_cpu(arrays, s);\n  for (size_t a = 0; a < arrays.size(); ++a) allocate(arrays[a], is_shifted(pattern, a));\n  const std::string what = text(s, arrays, pattern, with_special_values);\n  // No device has this number, so this leaves an error, which the launch must not report as its own.\n  (void)cudaSetDevice(-1);\n  require(launch(arrays, s), what.c_str());\n  require(cudaDeviceSynchronize(), what.c_str());\n  bool is_right = true;\n  for (const Array& array : arrays) is_right = check_array(array, what) && is_right;\n  for (Array& array : arrays) require(cudaFree(array.allocation), \"cudaFree\");\n  return is_right;\n}\n\n// The median of 9 times 20 launches, in milliseconds per launch.\nfloat time_of(std::vector<Array>& arrays, const Sizes& s) {\n  for (int i = 0; i < 300; ++i) require(launch(arrays, s), \"launch\");\n  cudaEvent_t start, stop;\n  require(cudaEventCreate(&start), \"cudaEventCreate\");\n  require(cudaEventCreate(&stop), \"cudaEventCreate\");\n  std::vector<float> times(9);\n  for (float& time : times) {\n    require(cudaEventRecord(start), \"cudaEventRecord\");\n    for (int i = 0; i < 20; ++i) require(launch(arrays, s), \"launch\");\n    require(cudaEventRecord(stop), \"cudaEventRecord\");\n    require(cudaEventSynchronize(stop), \"cudaEventSynchronize\");\n    require(cudaEventElapsedTime(&time, start, stop), \"cudaEventElapsedTime\");\n    time /= 20;\n  }\n  require(cudaEventDestroy(start), \"cudaEventDestroy\");\n  require(cudaEventDestroy(stop), \"cudaEventDestroy\");\n  std::sort(times.begin(), times.end());\n  return times[4];\n}\n\nvoid report_time(const Sizes& s, int pattern, uint64_t seed) {\n  std::vector<Array> arrays = arrays_of(s);\n  uint64_t state = seed;\n  double moved = 0;\n  for (Array& array : arrays) {\n    if (array.role == Role::input) fill_input(array, state, false);\n    if (array.role != Role::workspace) moved += double(array.bytes());\n    allocate(array, pattern == 1);\n  }\n  const float milliseconds = time_of(arrays, s);\n  std::printf(\"%s: %.4f ms, %.0f GB/s of inputs and outputs\\n\", text(s, arrays, pattern, false).c_str(), milliseconds,\n              moved / milliseconds / 1e6);\n  for (Array& array : arrays) require(cudaFree(array.allocation), \"cudaFree\");\n}\n\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"sizes"),{"name":"if","hash":{},"fn":container.program(12, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":264,"column":0},"end":{"line":270,"column":7}}})) != null ? stack1 : "")
    + "std::vector<Sizes> tried_sizes() {\n  std::vector<Sizes> tried;\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"sizes"),{"name":"if","hash":{},"fn":container.program(13, data, 0),"inverse":container.program(19, data, 0),"data":data,"loc":{"start":{"line":273,"column":0},"end":{"line":299,"column":7}}})) != null ? stack1 : "")
    + "  return tried;\n}\n\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"inParts"),{"name":"if","hash":{},"fn":container.program(20, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":303,"column":0},"end":{"line":316,"column":7}}})) != null ? stack1 : "")
    + "bool read_argument(const std::string& argument, Sizes& s) {\n  (void)s;\n  const size_t equals = argument.find('=');\n  const std::string name = argument.substr(0, equals);\n  char* end = nullptr;\n  const long long value = equals == std::string::npos ? -1 : std::strtoll(argument.c_str() + equals + 1, &end, 10);\n  if (value < 0 || end == nullptr || end == argument.c_str() + equals + 1 || *end != '\\0') return false;\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(23, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":324,"column":0},"end":{"line":329,"column":9}}})) != null ? stack1 : "")
    + "  return false;\n}\n\n}  // namespace\n\nint main(int argc, char** argv) {\n  Sizes timed;\n  for (int i = 1; i < argc; ++i) {\n    if (read_argument(argv[i], timed)) continue;\n    std::fprintf(stderr, \"%s: sizes to time are given as NAME=N:"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"sizes"),{"name":"each","hash":{},"fn":container.program(24, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":339,"column":64},"end":{"line":339,"column":129}}})) != null ? stack1 : "")
    + "\\n\", argv[i]);\n    return 2;\n  }\n  int devices = 0;\n  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {\n    std::printf(\"no GPU: nothing was tested\\n\");\n    return 77;\n  }\n  int wrong = 0;\n  int cases = 0;\n  for (const Sizes& s : tried_sizes())\n    for (int pattern = 0; pattern < 2 + "
    + ((stack1 = container.lambda(alias2(lookupProperty(depth0,"arrays"), "length", {"start":{"line":350,"column":42},"end":{"line":350,"column":55}} ), depth0)) != null ? stack1 : "")
    + "; ++pattern)\n      for (int special = 0; special < 2; ++special, ++cases)\n        if (!check(s, pattern, special != 0, "
    + ((stack1 = (((helper = lookupProperty(helpers,"seed") || alias2(depth0, "seed", {"start":{"line":352,"column":47},"end":{"line":352,"column":51}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"seed","hash":{},"data":data,"loc":{"start":{"line":352,"column":45},"end":{"line":352,"column":53}}}) : helper))) != null ? stack1 : "")
    + "ull + uint64_t(cases))) ++wrong;\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"inParts"),{"name":"if","hash":{},"fn":container.program(26, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":353,"column":0},"end":{"line":358,"column":7}}})) != null ? stack1 : "")
    + "  std::printf(\""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":359,"column":17},"end":{"line":359,"column":23}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":359,"column":15},"end":{"line":359,"column":25}}}) : helper))) != null ? stack1 : "")
    + ": %d of %d cases equal to the CPU, bit for bit\\n\", cases - wrong, cases);\n  if (wrong > 0) return 1;\n  report_time(timed, 0, "
    + ((stack1 = (((helper = lookupProperty(helpers,"seed") || alias2(depth0, "seed", {"start":{"line":361,"column":26},"end":{"line":361,"column":30}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"seed","hash":{},"data":data,"loc":{"start":{"line":361,"column":24},"end":{"line":361,"column":32}}}) : helper))) != null ? stack1 : "")
    + ");\n  report_time(timed, 1, "
    + ((stack1 = (((helper = lookupProperty(helpers,"seed") || alias2(depth0, "seed", {"start":{"line":362,"column":26},"end":{"line":362,"column":30}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"seed","hash":{},"data":data,"loc":{"start":{"line":362,"column":24},"end":{"line":362,"column":32}}}) : helper))) != null ? stack1 : "")
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
},"1":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  check(given_"
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":34,"column":16},"end":{"line":34,"column":20}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":34,"column":14},"end":{"line":34,"column":22}}}) : helper))) != null ? stack1 : "")
    + ", \""
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":34,"column":27},"end":{"line":34,"column":31}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":34,"column":25},"end":{"line":34,"column":33}}}) : helper))) != null ? stack1 : "")
    + "\", "
    + ((stack1 = (((helper = lookupProperty(helpers,"atType") || alias1(depth0, "atType", {"start":{"line":34,"column":38},"end":{"line":34,"column":44}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"atType","hash":{},"data":data,"loc":{"start":{"line":34,"column":36},"end":{"line":34,"column":46}}}) : helper))) != null ? stack1 : "")
    + ", "
    + ((stack1 = (((helper = lookupProperty(helpers,"rank") || alias1(depth0, "rank", {"start":{"line":34,"column":50},"end":{"line":34,"column":54}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"rank","hash":{},"data":data,"loc":{"start":{"line":34,"column":48},"end":{"line":34,"column":56}}}) : helper))) != null ? stack1 : "")
    + ", given_"
    + ((stack1 = container.lambda(alias1(depths[1], "first", {"start":{"line":34,"column":66},"end":{"line":34,"column":74}} ), depth0)) != null ? stack1 : "")
    + ");\n";
},"2":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  const int64_t "
    + ((stack1 = (((helper = lookupProperty(helpers,"size") || alias1(depth0, "size", {"start":{"line":37,"column":18},"end":{"line":37,"column":22}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"size","hash":{},"data":data,"loc":{"start":{"line":37,"column":16},"end":{"line":37,"column":24}}}) : helper))) != null ? stack1 : "")
    + " = given_"
    + ((stack1 = (((helper = lookupProperty(helpers,"tensor") || alias1(depth0, "tensor", {"start":{"line":37,"column":35},"end":{"line":37,"column":41}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"tensor","hash":{},"data":data,"loc":{"start":{"line":37,"column":33},"end":{"line":37,"column":43}}}) : helper))) != null ? stack1 : "")
    + ".size("
    + ((stack1 = (((helper = lookupProperty(helpers,"dimension") || alias1(depth0, "dimension", {"start":{"line":37,"column":51},"end":{"line":37,"column":60}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"dimension","hash":{},"data":data,"loc":{"start":{"line":37,"column":49},"end":{"line":37,"column":62}}}) : helper))) != null ? stack1 : "")
    + ")"
    + ((stack1 = lookupProperty(helpers,"if").call(alias2,lookupProperty(depth0,"times"),{"name":"if","hash":{},"fn":container.program(3, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":37,"column":63},"end":{"line":37,"column":95}}})) != null ? stack1 : "")
    + ";\n";
},"3":function(container,depth0,helpers,partials,data) {
    var stack1, helper, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return " / "
    + ((stack1 = (((helper = lookupProperty(helpers,"times") || container.strict(depth0, "times", {"start":{"line":37,"column":81},"end":{"line":37,"column":86}} ))),(typeof helper === "function" ? helper.call(depth0 != null ? depth0 : (container.nullContext || {}),{"name":"times","hash":{},"data":data,"loc":{"start":{"line":37,"column":79},"end":{"line":37,"column":88}}}) : helper))) != null ? stack1 : "");
},"4":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  TORCH_CHECK("
    + ((stack1 = (((helper = lookupProperty(helpers,"condition") || alias1(depth0, "condition", {"start":{"line":40,"column":16},"end":{"line":40,"column":25}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"condition","hash":{},"data":data,"loc":{"start":{"line":40,"column":14},"end":{"line":40,"column":27}}}) : helper))) != null ? stack1 : "")
    + ", \""
    + ((stack1 = container.lambda(alias1(depths[1], "kernel", {"start":{"line":40,"column":32},"end":{"line":40,"column":41}} ), depth0)) != null ? stack1 : "")
    + ": "
    + ((stack1 = (((helper = lookupProperty(helpers,"size") || alias1(depth0, "size", {"start":{"line":40,"column":47},"end":{"line":40,"column":51}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"size","hash":{},"data":data,"loc":{"start":{"line":40,"column":45},"end":{"line":40,"column":53}}}) : helper))) != null ? stack1 : "")
    + " is \", std::to_string("
    + ((stack1 = (((helper = lookupProperty(helpers,"size") || alias1(depth0, "size", {"start":{"line":40,"column":77},"end":{"line":40,"column":81}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"size","hash":{},"data":data,"loc":{"start":{"line":40,"column":75},"end":{"line":40,"column":83}}}) : helper))) != null ? stack1 : "")
    + "), \"; "
    + ((stack1 = (((helper = lookupProperty(helpers,"expected") || alias1(depth0, "expected", {"start":{"line":40,"column":91},"end":{"line":40,"column":99}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"expected","hash":{},"data":data,"loc":{"start":{"line":40,"column":89},"end":{"line":40,"column":101}}}) : helper))) != null ? stack1 : "")
    + " is expected\");\n";
},"5":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"each").call(depth0 != null ? depth0 : (container.nullContext || {}),lookupProperty(depth0,"checks"),{"name":"each","hash":{},"fn":container.program(6, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":43,"column":0},"end":{"line":45,"column":9}}})) != null ? stack1 : "");
},"6":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, helper, alias1=container.strict, alias2=container.lambda, alias3=depth0 != null ? depth0 : (container.nullContext || {}), alias4="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  check_length(given_"
    + ((stack1 = alias2(alias1(depths[1], "name", {"start":{"line":44,"column":23},"end":{"line":44,"column":30}} ), depth0)) != null ? stack1 : "")
    + ", \""
    + ((stack1 = alias2(alias1(depths[1], "name", {"start":{"line":44,"column":37},"end":{"line":44,"column":44}} ), depth0)) != null ? stack1 : "")
    + "\", "
    + ((stack1 = (((helper = lookupProperty(helpers,"dimension") || alias1(depth0, "dimension", {"start":{"line":44,"column":51},"end":{"line":44,"column":60}} ))),(typeof helper === alias4 ? helper.call(alias3,{"name":"dimension","hash":{},"data":data,"loc":{"start":{"line":44,"column":49},"end":{"line":44,"column":62}}}) : helper))) != null ? stack1 : "")
    + ", "
    + ((stack1 = (((helper = lookupProperty(helpers,"extent") || alias1(depth0, "extent", {"start":{"line":44,"column":66},"end":{"line":44,"column":72}} ))),(typeof helper === alias4 ? helper.call(alias3,{"name":"extent","hash":{},"data":data,"loc":{"start":{"line":44,"column":64},"end":{"line":44,"column":74}}}) : helper))) != null ? stack1 : "")
    + ");\n";
},"7":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  const at::Tensor "
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":48,"column":21},"end":{"line":48,"column":25}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":48,"column":19},"end":{"line":48,"column":27}}}) : helper))) != null ? stack1 : "")
    + " = given_"
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":48,"column":38},"end":{"line":48,"column":42}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":48,"column":36},"end":{"line":48,"column":44}}}) : helper))) != null ? stack1 : "")
    + ".contiguous();\n";
},"8":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "  const at::Tensor "
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":51,"column":21},"end":{"line":51,"column":25}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":51,"column":19},"end":{"line":51,"column":27}}}) : helper))) != null ? stack1 : "")
    + " = at::empty({"
    + ((stack1 = (((helper = lookupProperty(helpers,"shape") || alias1(depth0, "shape", {"start":{"line":51,"column":45},"end":{"line":51,"column":50}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"shape","hash":{},"data":data,"loc":{"start":{"line":51,"column":42},"end":{"line":51,"column":53}}}) : helper))) != null ? stack1 : "")
    + "}, "
    + ((stack1 = container.lambda(alias1(depths[1], "first", {"start":{"line":51,"column":59},"end":{"line":51,"column":67}} ), depth0)) != null ? stack1 : "")
    + ".options().dtype("
    + ((stack1 = (((helper = lookupProperty(helpers,"atType") || alias1(depth0, "atType", {"start":{"line":51,"column":88},"end":{"line":51,"column":94}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"atType","hash":{},"data":data,"loc":{"start":{"line":51,"column":86},"end":{"line":51,"column":96}}}) : helper))) != null ? stack1 : "")
    + "));\n";
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data,blockParams,depths) {
    var stack1, helper, alias1=depth0 != null ? depth0 : (container.nullContext || {}), alias2=container.strict, alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"header"),{"name":"each","hash":{},"fn":container.program(0, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":1,"column":0},"end":{"line":3,"column":9}}})) != null ? stack1 : "")
    + "\n#include <string>\n#include <tuple>\n\n#include <ATen/ATen.h>\n#include <ATen/cuda/CUDAContext.h>\n#include <c10/cuda/CUDAGuard.h>\n#include <torch/library.h>\n\n#include \""
    + ((stack1 = (((helper = lookupProperty(helpers,"base") || alias2(depth0, "base", {"start":{"line":13,"column":12},"end":{"line":13,"column":16}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"base","hash":{},"data":data,"loc":{"start":{"line":13,"column":10},"end":{"line":13,"column":18}}}) : helper))) != null ? stack1 : "")
    + ".cuh\"\n#include \""
    + ((stack1 = (((helper = lookupProperty(helpers,"reference") || alias2(depth0, "reference", {"start":{"line":14,"column":12},"end":{"line":14,"column":21}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"reference","hash":{},"data":data,"loc":{"start":{"line":14,"column":10},"end":{"line":14,"column":23}}}) : helper))) != null ? stack1 : "")
    + "\"\n\nnamespace {\n\n// Numbers go into messages as text, because number streams crash if two versions of the standard library meet in one process.\nvoid check(const at::Tensor& tensor, const char* name, at::ScalarType type, int64_t rank, const at::Tensor& first) {\n  TORCH_CHECK(tensor.scalar_type() == type, \""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":20,"column":47},"end":{"line":20,"column":53}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":20,"column":45},"end":{"line":20,"column":55}}}) : helper))) != null ? stack1 : "")
    + ": \", name, \" is \", tensor.scalar_type(), \"; \", type, \" is expected\");\n  TORCH_CHECK(tensor.dim() == rank, \""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":21,"column":39},"end":{"line":21,"column":45}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":21,"column":37},"end":{"line":21,"column":47}}}) : helper))) != null ? stack1 : "")
    + ": \", name, \" has \", std::to_string(tensor.dim()), \" dimensions; \",\n              std::to_string(rank), \" are expected\");\n  TORCH_CHECK(tensor.device() == first.device(), \""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":23,"column":52},"end":{"line":23,"column":58}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":23,"column":50},"end":{"line":23,"column":60}}}) : helper))) != null ? stack1 : "")
    + ": \", name, \" is on \", tensor.device(), \"; \", first.device(), \" is expected\");\n}\n\nvoid check_length(const at::Tensor& tensor, const char* name, int64_t dimension, int64_t expected) {\n  TORCH_CHECK(tensor.size(dimension) == expected, \""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":27,"column":53},"end":{"line":27,"column":59}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":27,"column":51},"end":{"line":27,"column":61}}}) : helper))) != null ? stack1 : "")
    + ": dimension \", std::to_string(dimension), \" of \", name,\n              \" is \", std::to_string(tensor.size(dimension)), \"; \", std::to_string(expected), \" is expected\");\n}\n\n// Accepts tensors of any strides; tensors that are not contiguous are copied first.\n"
    + ((stack1 = (((helper = lookupProperty(helpers,"result") || alias2(depth0, "result", {"start":{"line":32,"column":2},"end":{"line":32,"column":8}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"result","hash":{},"data":data,"loc":{"start":{"line":32,"column":0},"end":{"line":32,"column":10}}}) : helper))) != null ? stack1 : "")
    + " "
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":32,"column":13},"end":{"line":32,"column":19}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":32,"column":11},"end":{"line":32,"column":21}}}) : helper))) != null ? stack1 : "")
    + "_torch("
    + ((stack1 = (((helper = lookupProperty(helpers,"parameters") || alias2(depth0, "parameters", {"start":{"line":32,"column":30},"end":{"line":32,"column":40}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"parameters","hash":{},"data":data,"loc":{"start":{"line":32,"column":28},"end":{"line":32,"column":42}}}) : helper))) != null ? stack1 : "")
    + ") {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"inputs"),{"name":"each","hash":{},"fn":container.program(1, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":33,"column":0},"end":{"line":35,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"inferred"),{"name":"each","hash":{},"fn":container.program(2, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":36,"column":0},"end":{"line":38,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"facts"),{"name":"each","hash":{},"fn":container.program(4, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":39,"column":0},"end":{"line":41,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"inputs"),{"name":"each","hash":{},"fn":container.program(5, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":42,"column":0},"end":{"line":46,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"inputs"),{"name":"each","hash":{},"fn":container.program(7, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":47,"column":0},"end":{"line":49,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"allocated"),{"name":"each","hash":{},"fn":container.program(8, data, 0, blockParams, depths),"inverse":container.noop,"data":data,"loc":{"start":{"line":50,"column":0},"end":{"line":52,"column":9}}})) != null ? stack1 : "")
    + "  if ("
    + ((stack1 = (((helper = lookupProperty(helpers,"first") || alias2(depth0, "first", {"start":{"line":53,"column":8},"end":{"line":53,"column":13}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"first","hash":{},"data":data,"loc":{"start":{"line":53,"column":6},"end":{"line":53,"column":15}}}) : helper))) != null ? stack1 : "")
    + ".is_cuda()) {\n    const c10::cuda::CUDAGuard guard("
    + ((stack1 = (((helper = lookupProperty(helpers,"first") || alias2(depth0, "first", {"start":{"line":54,"column":39},"end":{"line":54,"column":44}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"first","hash":{},"data":data,"loc":{"start":{"line":54,"column":37},"end":{"line":54,"column":46}}}) : helper))) != null ? stack1 : "")
    + ".device());\n    const cudaError_t status = "
    + ((stack1 = (((helper = lookupProperty(helpers,"launcher") || alias2(depth0, "launcher", {"start":{"line":55,"column":33},"end":{"line":55,"column":41}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"launcher","hash":{},"data":data,"loc":{"start":{"line":55,"column":31},"end":{"line":55,"column":43}}}) : helper))) != null ? stack1 : "")
    + "(\n        "
    + ((stack1 = (((helper = lookupProperty(helpers,"launchArguments") || alias2(depth0, "launchArguments", {"start":{"line":56,"column":10},"end":{"line":56,"column":25}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"launchArguments","hash":{},"data":data,"loc":{"start":{"line":56,"column":8},"end":{"line":56,"column":27}}}) : helper))) != null ? stack1 : "")
    + ");\n    TORCH_CHECK(status == cudaSuccess, \""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":57,"column":42},"end":{"line":57,"column":48}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":57,"column":40},"end":{"line":57,"column":50}}}) : helper))) != null ? stack1 : "")
    + ": \", cudaGetErrorString(status));\n  } else {\n    "
    + ((stack1 = (((helper = lookupProperty(helpers,"loops") || alias2(depth0, "loops", {"start":{"line":59,"column":6},"end":{"line":59,"column":11}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"loops","hash":{},"data":data,"loc":{"start":{"line":59,"column":4},"end":{"line":59,"column":13}}}) : helper))) != null ? stack1 : "")
    + "(\n        "
    + ((stack1 = (((helper = lookupProperty(helpers,"loopArguments") || alias2(depth0, "loopArguments", {"start":{"line":60,"column":10},"end":{"line":60,"column":23}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"loopArguments","hash":{},"data":data,"loc":{"start":{"line":60,"column":8},"end":{"line":60,"column":25}}}) : helper))) != null ? stack1 : "")
    + ");\n  }\n  return "
    + ((stack1 = (((helper = lookupProperty(helpers,"returned") || alias2(depth0, "returned", {"start":{"line":62,"column":11},"end":{"line":62,"column":19}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"returned","hash":{},"data":data,"loc":{"start":{"line":62,"column":9},"end":{"line":62,"column":21}}}) : helper))) != null ? stack1 : "")
    + ";\n}\n\n}  // namespace\n\n// A fragment, because other kernels register operators in the same library.\nTORCH_LIBRARY_FRAGMENT(qernel, library) {\n  library.def(\""
    + ((stack1 = (((helper = lookupProperty(helpers,"schema") || alias2(depth0, "schema", {"start":{"line":69,"column":17},"end":{"line":69,"column":23}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"schema","hash":{},"data":data,"loc":{"start":{"line":69,"column":15},"end":{"line":69,"column":25}}}) : helper))) != null ? stack1 : "")
    + "\");\n}\nTORCH_LIBRARY_IMPL(qernel, CUDA, library) {\n  library.impl(\""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":72,"column":18},"end":{"line":72,"column":24}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":72,"column":16},"end":{"line":72,"column":26}}}) : helper))) != null ? stack1 : "")
    + "\", &"
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":72,"column":32},"end":{"line":72,"column":38}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":72,"column":30},"end":{"line":72,"column":40}}}) : helper))) != null ? stack1 : "")
    + "_torch);\n}\n// Plain loops in one thread, for comparison, not for speed.\nTORCH_LIBRARY_IMPL(qernel, CPU, library) {\n  library.impl(\""
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":76,"column":18},"end":{"line":76,"column":24}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":76,"column":16},"end":{"line":76,"column":26}}}) : helper))) != null ? stack1 : "")
    + "\", &"
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":76,"column":32},"end":{"line":76,"column":38}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":76,"column":30},"end":{"line":76,"column":40}}}) : helper))) != null ? stack1 : "")
    + "_torch);\n}\n";
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
},"3":function(container,depth0,helpers,partials,data) {
    return "        assert a.dtype == b.dtype\n        torch.testing.assert_close(a.float(), b.float(), rtol=0, atol=0, equal_nan=True)\n";
},"4":function(container,depth0,helpers,partials,data) {
    return "        torch.testing.assert_close(a, b, rtol=0, atol=0, equal_nan=True)\n";
},"5":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\ndef test_sizes_that_do_not_divide_are_refused():\n    for name in ["
    + ((stack1 = container.lambda(alias1(lookupProperty(depth0,"python"), "divided", {"start":{"line":109,"column":19},"end":{"line":109,"column":33}} ), depth0)) != null ? stack1 : "")
    + "]:\n        for place in (list, on_the_gpu):\n            values = place(arguments(**{**SIZES[0], name: SIZES[0][name] + 1}))\n            try:\n                "
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias1(depth0, "kernel", {"start":{"line":113,"column":18},"end":{"line":113,"column":24}} ))),(typeof helper === "function" ? helper.call(depth0 != null ? depth0 : (container.nullContext || {}),{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":113,"column":16},"end":{"line":113,"column":26}}}) : helper))) != null ? stack1 : "")
    + "(*values)\n            except RuntimeError as error:\n                assert \"is expected\" in str(error)\n            else:\n                raise AssertionError(f\"a {name} that does not divide evenly is accepted\")\n\n";
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
    + "]\n\n\ndef random_floats(shape, dtype):\n    return torch.randn(shape, generator=torch.Generator().manual_seed("
    + ((stack1 = (((helper = lookupProperty(helpers,"seed") || alias2(depth0, "seed", {"start":{"line":18,"column":72},"end":{"line":18,"column":76}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"seed","hash":{},"data":data,"loc":{"start":{"line":18,"column":70},"end":{"line":18,"column":78}}}) : helper))) != null ? stack1 : "")
    + ")).to(dtype)\n\n\ndef random_codes(shape, dtype):\n    limits = torch.iinfo(dtype)\n    generator = torch.Generator().manual_seed("
    + ((stack1 = (((helper = lookupProperty(helpers,"seed") || alias2(depth0, "seed", {"start":{"line":23,"column":48},"end":{"line":23,"column":52}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"seed","hash":{},"data":data,"loc":{"start":{"line":23,"column":46},"end":{"line":23,"column":54}}}) : helper))) != null ? stack1 : "")
    + ")\n    return torch.randint(limits.min, limits.max + 1, shape, dtype=torch.int64, generator=generator).to(dtype)\n\n\ndef arguments("
    + ((stack1 = alias4(alias2(lookupProperty(depth0,"python"), "parameters", {"start":{"line":27,"column":16},"end":{"line":27,"column":33}} ), depth0)) != null ? stack1 : "")
    + "):\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(lookupProperty(depth0,"python"),"made"),{"name":"each","hash":{},"fn":container.program(2, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":28,"column":0},"end":{"line":30,"column":9}}})) != null ? stack1 : "")
    + "    return ["
    + ((stack1 = alias4(alias2(lookupProperty(depth0,"python"), "arguments", {"start":{"line":31,"column":14},"end":{"line":31,"column":30}} ), depth0)) != null ? stack1 : "")
    + "]\n\n\ndef on_the_gpu(values):\n    return [value.cuda() if isinstance(value, torch.Tensor) else value for value in values]\n\n\ndef results(values):\n    result = "
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":39,"column":15},"end":{"line":39,"column":21}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":39,"column":13},"end":{"line":39,"column":23}}}) : helper))) != null ? stack1 : "")
    + "(*values)\n    return [each.cpu() for each in (result if isinstance(result, tuple) else (result,))]\n\n\ndef assert_same(actual, expected):\n    for a, b in zip(actual, expected, strict=True):\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(lookupProperty(depth0,"python"),"hasFloat8"),{"name":"if","hash":{},"fn":container.program(3, data, 0),"inverse":container.program(4, data, 0),"data":data,"loc":{"start":{"line":45,"column":0},"end":{"line":50,"column":7}}})) != null ? stack1 : "")
    + "\n\ndef test_gpu_equals_cpu():\n    for sizes in SIZES:\n        values = arguments(**sizes)\n        assert_same(results(on_the_gpu(values)), results(values))\n\n\ndef test_other_strides():\n    for sizes in SIZES:\n        values = arguments(**sizes)\n        strided = [\n            value.transpose(0, -1).contiguous().transpose(0, -1) if isinstance(value, torch.Tensor) else value\n            for value in on_the_gpu(values)\n        ]\n        assert_same(results(strided), results(values))\n\n\ndef test_pointers_that_are_not_aligned():\n    for sizes in SIZES:\n        values = arguments(**sizes)\n        shifted = []\n        for value in on_the_gpu(values):\n            if isinstance(value, torch.Tensor):\n                room = torch.empty(value.numel() + 1, dtype=value.dtype, device=value.device)\n                value = room[1:].view(value.shape).copy_(value)\n            shifted.append(value)\n        assert_same(results(shifted), results(values))\n\n\ndef test_other_types_are_refused():\n    values = on_the_gpu(arguments(**SIZES[0]))\n    for position, value in enumerate(values):\n        if not isinstance(value, torch.Tensor):\n            continue\n        wrong = [*values]\n        wrong[position] = value.to(torch.float64)\n        try:\n            "
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":89,"column":14},"end":{"line":89,"column":20}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":89,"column":12},"end":{"line":89,"column":22}}}) : helper))) != null ? stack1 : "")
    + "(*wrong)\n        except RuntimeError as error:\n            assert \"is expected\" in str(error)\n        else:\n            raise AssertionError(f\"float64 is accepted for argument {position}\")\n\n\ndef test_other_shapes_are_refused():\n    values = on_the_gpu(arguments(**SIZES[0]))\n    values[0] = values[0].unsqueeze(0)\n    try:\n        "
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":100,"column":10},"end":{"line":100,"column":16}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":100,"column":8},"end":{"line":100,"column":18}}}) : helper))) != null ? stack1 : "")
    + "(*values)\n    except RuntimeError as error:\n        assert \"dimensions\" in str(error)\n    else:\n        raise AssertionError(\"an additional dimension is accepted\")\n\n"
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(lookupProperty(depth0,"python"),"divided"),{"name":"if","hash":{},"fn":container.program(5, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":106,"column":0},"end":{"line":119,"column":7}}})) != null ? stack1 : "")
    + "\ndef test_fake_kernel():\n    operator = torch.ops.qernel."
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":122,"column":34},"end":{"line":122,"column":40}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":122,"column":32},"end":{"line":122,"column":42}}}) : helper))) != null ? stack1 : "")
    + ".default\n    for sizes in SIZES:\n        torch.library.opcheck(operator, on_the_gpu(arguments(**sizes)), test_utils=(\"test_schema\", \"test_faketensor\"))\n\n\ndef test_compiles():\n    values = on_the_gpu(arguments(**SIZES[1]))\n    compiled = torch.compile("
    + ((stack1 = (((helper = lookupProperty(helpers,"kernel") || alias2(depth0, "kernel", {"start":{"line":129,"column":31},"end":{"line":129,"column":37}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"kernel","hash":{},"data":data,"loc":{"start":{"line":129,"column":29},"end":{"line":129,"column":39}}}) : helper))) != null ? stack1 : "")
    + ", fullgraph=True, backend=\"aot_eager\")\n    result = compiled(*values)\n    assert_same([each.cpu() for each in (result if isinstance(result, tuple) else (result,))], results(values))\n\n\nif __name__ == \"__main__\":\n    for name, test in [*globals().items()]:\n        if name.startswith(\"test_\"):\n            test()\n            print(name, \"passed\")\n";
},"useData":true}
