(source_file) @local.scope
(declaration body: (block) @local.scope)
(declaration name: (identifier) @local.definition)
(let name: (identifier) @local.definition)
(param name: (identifier) @local.definition)
(port name: (identifier) @local.definition)
(use_name name: (identifier) @local.definition)
(reference (identifier) @local.reference)
