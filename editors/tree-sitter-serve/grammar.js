/**
 * The .serve language for editors. servec's own parser (`grammar/serve.pest`) decides what is right; this one colours, folds and
 * selects, and accepts a little more: where a statement ends at a line break there, here the shape of the next one ends it.
 */

const comma_list = (rule) => seq(rule, repeat(seq(",", rule)), optional(","));

const PREC = { range: 1, or: 2, and: 3, compare: 4, add: 5, multiply: 6, with: 7, prefix: 8, postfix: 9 };

const KINDS = ["model", "transform", "pipeline", "pool", "endpoint", "job", "stack", "policy"];

// Words that begin an entry or a declaration, and name fields, arguments and types as well.
const WORDS = [...KINDS, "input", "output", "param", "deploy", "use", "let", "moved", "as", "on", "from"];

module.exports = grammar({
  name: "serve",

  word: ($) => $.identifier,

  extras: ($) => [/[ \t\r\n\uFEFF]/, $.comment],

  // `with` on the line of what it follows: `src/scanner.c`.
  externals: ($) => [$._with],

  conflicts: ($) => [
    [$.deploy],
    [$.port],
  ],

  supertypes: ($) => [$._expression, $._type],

  rules: {
    source_file: ($) => repeat($._item),

    _item: ($) => choice($.use, $.param, $.let, $.moved, $.declaration),

    use: ($) => seq("use", field("path", choice($.string, $.std_path)), ".", "{", comma_list($.use_name), "}"),
    std_path: ($) => seq($.identifier, repeat(seq(token.immediate("/"), $.identifier))),
    use_name: ($) => seq(field("name", $.identifier), optional(seq("as", field("alias", $.identifier)))),

    let: ($) => seq("let", field("name", $._name), optional(seq(":", field("type", $._type))), "=", field("value", $._expression)),
    param: ($) =>
      prec.right(seq(
        "param", field("name", $._name), ":", field("type", $._type),
        optional(seq("=", field("default", $._expression))), optional($.block),
      )),
    moved: ($) => seq("moved", field("from", $._name), "->", field("to", $._name)),

    declaration: ($) =>
      seq(
        field("kind", choice("model", "transform", "pipeline", "pool", "endpoint", "job", "stack", "policy")),
        field("name", $._name),
        optional(seq("on", field("target", $._name))),
        field("body", $.block),
      ),

    block: ($) => seq("{", repeat(choice($._entry, ",")), "}"),

    _entry: ($) => choice($.port, $.param, $.deploy, $.field, $.nested),

    field: ($) => seq(field("name", $._any_name), "=", field("value", $._expression)),
    nested: ($) =>
      seq(
        field("kind", choice($._name, ...[...KINDS, "with"].map((word) => alias(word, $.identifier)))),
        optional(field("name", $._name)),
        field("body", $.block),
      ),
    port: ($) =>
      seq(
        field("direction", choice("input", "output")), field("name", $._name),
        optional(seq(":", field("type", $._type))),
        optional(seq("from", field("from", $.string))),
        optional(seq("=", field("value", $._expression))),
      ),
    deploy: ($) => seq("deploy", field("name", $._name), choice(field("body", $.block), repeat(seq(",", field("name", $._name))))),

    _expression: ($) =>
      choice(
        $.conditional, $.range, $.binary, $.unary, $.with, $.call, $.member, $.construct,
        $.reference, $.number, $.string, $.list, $.comprehension, $.block, $.parenthesized,
      ),

    conditional: ($) =>
      prec.right(seq("if", field("condition", $._expression), "then", field("then", $._expression), "else", field("else", $._expression))),
    // `1..most { … }` reads as a construct here, which colours and folds the same.
    range: ($) =>
      prec.right(PREC.range, seq(field("low", $._expression), "..", field("high", $._expression), optional(field("policies", $.block)))),
    binary: ($) => {
      const levels = [
        ["||", PREC.or], ["&&", PREC.and],
        ["==", PREC.compare], ["!=", PREC.compare], ["<", PREC.compare], ["<=", PREC.compare], [">", PREC.compare], [">=", PREC.compare],
        ["+", PREC.add], ["-", PREC.add], ["*", PREC.multiply], ["/", PREC.multiply],
      ];
      return choice(...levels.map(([operator, level]) =>
        prec.left(level, seq(field("left", $._expression), field("operator", operator), field("right", $._expression)))));
    },
    unary: ($) => prec(PREC.prefix, seq(field("operator", choice("-", "!")), $._expression)),
    // On the line of what it changes; at the start of a line, `with` is an entry of a stack.
    with: ($) =>
      prec.left(PREC.with, seq($._expression, alias($._with, "with"), field("changes", $.block))),
    call: ($) => prec(PREC.postfix, seq(field("function", $._expression), field("arguments", $.arguments))),
    arguments: ($) => seq(token.immediate("("), optional(comma_list($.argument)), ")"),
    argument: ($) => seq(optional(seq(field("name", $._any_name), ":")), field("value", $._expression)),
    member: ($) => prec(PREC.postfix, seq(field("of", $._expression), token.immediate("."), field("name", $.identifier))),
    construct: ($) => prec(PREC.postfix, seq(field("kind", $.reference), field("body", $.block))),
    parenthesized: ($) => seq("(", $._expression, ")"),
    list: ($) => seq("[", optional(comma_list($._expression)), "]"),
    comprehension: ($) =>
      seq(
        "[", "for", field("name", $.identifier), "in", field("of", $._expression),
        optional(seq("if", field("condition", $._expression))), ":", field("value", $._expression), "]",
      ),
    reference: ($) => choice($._name, alias("on", $.identifier)),

    _type: ($) => choice($.union, $.named_type, $.literal_type, $.record_type),
    union: ($) => prec.left(seq($._type, "|", $._type)),
    named_type: ($) => prec.right(seq(field("name", choice($._name, ...KINDS.map((word) => alias(word, $.identifier)))), optional($.type_arguments), optional($.dims))),
    type_arguments: ($) => seq(token.immediate("<"), comma_list($._type), ">"),
    dims: ($) => seq(token.immediate("["), optional(comma_list(choice($.number, $.identifier, "?"))), "]"),
    literal_type: ($) => choice($.string, $.number),
    record_type: ($) => seq("{", repeat(choice($.type_field, ",")), "}"),
    type_field: ($) => seq(field("name", $._any_name), ":", field("type", $._type)),

    string: ($) => seq('"', repeat(choice($.text, $.escape, $.interpolation)), token.immediate('"')),
    // Before a comment, which `//` in a string is not.
    text: () => choice(token.immediate(prec(1, /[^"\\$\n]+/)), token.immediate("$")),
    escape: () => token.immediate(/\\(u\{[0-9A-Fa-f]*\}|[^\n])/),
    interpolation: ($) => seq(token.immediate("${"), $._expression, "}"),

    number: ($) => seq($.digits, optional($.unit)),
    digits: () => /[0-9][0-9_]*(\.[0-9][0-9_]*)?([eE][+-]?[0-9]+)?/,
    unit: () => token.immediate(/%|\/(ms|s|min|h|d)|[ \t]*[A-Z]{3}(\/[a-z]+)?|[A-Za-z_][A-Za-z0-9_]*/),

    _name: ($) => $.identifier,
    _any_name: ($) => choice($.identifier, ...WORDS.map((word) => alias(word, $.identifier))),
    identifier: () => /[A-Za-z_][A-Za-z0-9_]*/,

    comment: () => token(seq("//", /[^\n]*/)),
  },
});
