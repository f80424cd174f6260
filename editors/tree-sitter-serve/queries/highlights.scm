(comment) @comment
((comment) @comment.documentation (#match? @comment.documentation "^///"))

["use" "as"] @keyword.import
["let" "param" "moved" "deploy" "on" "from"] @keyword
["if" "then" "else"] @keyword.conditional
["for" "in"] @keyword.repeat
"with" @keyword.operator
(declaration kind: _ @keyword.type)
(port direction: _ @keyword.modifier)
(nested kind: (identifier) @keyword.type)

(declaration name: (identifier) @type.definition)
(declaration target: (identifier) @constant)
(nested name: (identifier) @label)
(let name: (identifier) @constant)
(param name: (identifier) @variable.parameter)
(port name: (identifier) @variable.parameter)
(deploy name: (identifier) @type)
(moved (identifier) @type)
(use_name (identifier) @variable)
(std_path) @module

(field name: (identifier) @property)
(argument name: (identifier) @variable.parameter)
(type_field name: (identifier) @property)
(member name: (identifier) @property)
(call function: (reference (identifier) @function))
(construct kind: (reference (identifier) @constructor))
(reference (identifier) @variable)
((reference (identifier) @boolean) (#any-of? @boolean "true" "false" "on" "off"))

(named_type name: (identifier) @type)
((named_type name: (identifier) @type.builtin)
  (#any-of? @type.builtin "bool" "int" "float" "string" "duration" "size" "percent" "rate" "money" "text" "bytes" "json" "list" "range"
   "uri" "image" "audio" "tensor"))
(dims (identifier) @variable.parameter)

(digits) @number
(unit) @keyword.modifier
(string) @string
(escape) @string.escape
(interpolation ["${" "}"] @punctuation.special)

["=" "->" ".." "+" "-" "*" "/" "==" "!=" "<=" ">=" "&&" "||" "!" "|"] @operator
["{" "}" "[" "]" "(" ")"] @punctuation.bracket
["," ":" "."] @punctuation.delimiter
