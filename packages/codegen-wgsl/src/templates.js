// Written by scripts/precompile-templates.ts from templates/*.hbs; npm run templates writes it again.

export const wgslModule = {"0":function(container,depth0,helpers,partials,data) {
    var stack1;

  return ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"1":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "enable "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + ";\n\n";
},"2":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "struct Sizes {\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(lookupProperty(depth0,"uniform"),"members"),{"name":"each","hash":{},"fn":container.program(3, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":11,"column":0},"end":{"line":13,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(lookupProperty(depth0,"uniform"),"hasZero"),{"name":"if","hash":{},"fn":container.program(4, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":14,"column":0},"end":{"line":16,"column":7}}})) != null ? stack1 : "")
    + "}\n\n";
},"3":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "  "
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + ": u32,\n";
},"4":function(container,depth0,helpers,partials,data) {
    return "  zero: u32, // 0\n";
},"5":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "@group(0) @binding("
    + ((stack1 = (((helper = lookupProperty(helpers,"binding") || alias1(depth0, "binding", {"start":{"line":21,"column":21},"end":{"line":21,"column":28}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"binding","hash":{},"data":data,"loc":{"start":{"line":21,"column":19},"end":{"line":21,"column":30}}}) : helper))) != null ? stack1 : "")
    + ") var<storage, "
    + ((stack1 = (((helper = lookupProperty(helpers,"access") || alias1(depth0, "access", {"start":{"line":21,"column":47},"end":{"line":21,"column":53}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"access","hash":{},"data":data,"loc":{"start":{"line":21,"column":45},"end":{"line":21,"column":55}}}) : helper))) != null ? stack1 : "")
    + "> "
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":21,"column":59},"end":{"line":21,"column":63}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":21,"column":57},"end":{"line":21,"column":65}}}) : helper))) != null ? stack1 : "")
    + ": array<"
    + ((stack1 = (((helper = lookupProperty(helpers,"element") || alias1(depth0, "element", {"start":{"line":21,"column":75},"end":{"line":21,"column":82}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"element","hash":{},"data":data,"loc":{"start":{"line":21,"column":73},"end":{"line":21,"column":84}}}) : helper))) != null ? stack1 : "")
    + ">; "
    + ((stack1 = (((helper = lookupProperty(helpers,"note") || alias1(depth0, "note", {"start":{"line":21,"column":89},"end":{"line":21,"column":93}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"note","hash":{},"data":data,"loc":{"start":{"line":21,"column":87},"end":{"line":21,"column":95}}}) : helper))) != null ? stack1 : "")
    + "\n";
},"6":function(container,depth0,helpers,partials,data) {
    var stack1, lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "@group(0) @binding("
    + ((stack1 = container.lambda(container.strict(lookupProperty(depth0,"uniform"), "binding", {"start":{"line":24,"column":21},"end":{"line":24,"column":36}} ), depth0)) != null ? stack1 : "")
    + ") var<uniform> sizes: Sizes;\n";
},"7":function(container,depth0,helpers,partials,data) {
    var stack1;

  return "\n"
    + ((stack1 = container.lambda(depth0, depth0)) != null ? stack1 : "")
    + "\n";
},"8":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=depth0 != null ? depth0 : (container.nullContext || {}), alias2=container.strict, alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"shared"),{"name":"each","hash":{},"fn":container.program(9, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":32,"column":0},"end":{"line":34,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"shared"),{"name":"if","hash":{},"fn":container.program(10, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":35,"column":0},"end":{"line":37,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"notes"),{"name":"each","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":38,"column":0},"end":{"line":40,"column":9}}})) != null ? stack1 : "")
    + "@compute @workgroup_size("
    + ((stack1 = (((helper = lookupProperty(helpers,"workgroup") || alias2(depth0, "workgroup", {"start":{"line":41,"column":27},"end":{"line":41,"column":36}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"workgroup","hash":{},"data":data,"loc":{"start":{"line":41,"column":25},"end":{"line":41,"column":38}}}) : helper))) != null ? stack1 : "")
    + ")\nfn "
    + ((stack1 = (((helper = lookupProperty(helpers,"entry") || alias2(depth0, "entry", {"start":{"line":42,"column":5},"end":{"line":42,"column":10}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"entry","hash":{},"data":data,"loc":{"start":{"line":42,"column":3},"end":{"line":42,"column":12}}}) : helper))) != null ? stack1 : "")
    + "("
    + ((stack1 = (((helper = lookupProperty(helpers,"builtins") || alias2(depth0, "builtins", {"start":{"line":42,"column":15},"end":{"line":42,"column":23}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"builtins","hash":{},"data":data,"loc":{"start":{"line":42,"column":13},"end":{"line":42,"column":25}}}) : helper))) != null ? stack1 : "")
    + ") {\n"
    + ((stack1 = (((helper = lookupProperty(helpers,"body") || alias2(depth0, "body", {"start":{"line":43,"column":2},"end":{"line":43,"column":6}} ))),(typeof helper === alias3 ? helper.call(alias1,{"name":"body","hash":{},"data":data,"loc":{"start":{"line":43,"column":0},"end":{"line":43,"column":8}}}) : helper))) != null ? stack1 : "")
    + "\n}\n";
},"9":function(container,depth0,helpers,partials,data) {
    var stack1, helper, alias1=container.strict, alias2=depth0 != null ? depth0 : (container.nullContext || {}), alias3="function", lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return "var<workgroup> "
    + ((stack1 = (((helper = lookupProperty(helpers,"name") || alias1(depth0, "name", {"start":{"line":33,"column":17},"end":{"line":33,"column":21}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"name","hash":{},"data":data,"loc":{"start":{"line":33,"column":15},"end":{"line":33,"column":23}}}) : helper))) != null ? stack1 : "")
    + ": "
    + ((stack1 = (((helper = lookupProperty(helpers,"type") || alias1(depth0, "type", {"start":{"line":33,"column":27},"end":{"line":33,"column":31}} ))),(typeof helper === alias3 ? helper.call(alias2,{"name":"type","hash":{},"data":data,"loc":{"start":{"line":33,"column":25},"end":{"line":33,"column":33}}}) : helper))) != null ? stack1 : "")
    + ";\n";
},"10":function(container,depth0,helpers,partials,data) {
    return "\n";
},"compiler":[8,">= 4.3.0"],"main":function(container,depth0,helpers,partials,data) {
    var stack1, alias1=depth0 != null ? depth0 : (container.nullContext || {}), lookupProperty = container.lookupProperty || function(parent, propertyName) {
        if (Object.prototype.hasOwnProperty.call(parent, propertyName)) {
          return parent[propertyName];
        }
        return undefined
    };

  return ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"header"),{"name":"each","hash":{},"fn":container.program(0, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":1,"column":0},"end":{"line":3,"column":9}}})) != null ? stack1 : "")
    + "\n"
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"enables"),{"name":"each","hash":{},"fn":container.program(1, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":5,"column":0},"end":{"line":8,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"uniform"),{"name":"if","hash":{},"fn":container.program(2, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":9,"column":0},"end":{"line":19,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"arrays"),{"name":"each","hash":{},"fn":container.program(5, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":20,"column":0},"end":{"line":22,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"if").call(alias1,lookupProperty(depth0,"uniform"),{"name":"if","hash":{},"fn":container.program(6, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":23,"column":0},"end":{"line":25,"column":7}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"helpers"),{"name":"each","hash":{},"fn":container.program(7, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":26,"column":0},"end":{"line":29,"column":9}}})) != null ? stack1 : "")
    + ((stack1 = lookupProperty(helpers,"each").call(alias1,lookupProperty(depth0,"functions"),{"name":"each","hash":{},"fn":container.program(8, data, 0),"inverse":container.noop,"data":data,"loc":{"start":{"line":30,"column":0},"end":{"line":45,"column":9}}})) != null ? stack1 : "");
},"useData":true}
