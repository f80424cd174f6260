// The `with` of an expression stands on the line of what it changes; one that begins a line is an entry of a stack. Line breaks
// mean nothing to the rest of this grammar, so they are looked at here.

#include <stdbool.h>
#include <string.h>

#include "tree_sitter/parser.h"

enum Token { WITH };

void *tree_sitter_serve_external_scanner_create(void) { return NULL; }
void tree_sitter_serve_external_scanner_destroy(void *payload) { (void)payload; }
void tree_sitter_serve_external_scanner_deserialize(void *payload, const char *state, unsigned length) {
  (void)payload, (void)state, (void)length;
}
unsigned tree_sitter_serve_external_scanner_serialize(void *payload, char *state) {
  (void)payload, (void)state;
  return 0;
}

static bool is_part_of_a_name(int32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool tree_sitter_serve_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  (void)payload;
  if (!valid[WITH]) {
    return false;
  }
  while (lexer->lookahead == ' ' || lexer->lookahead == '\t') {
    lexer->advance(lexer, true);
  }
  for (const char *letter = "with"; *letter; letter++) {
    if (lexer->lookahead != *letter) {
      return false;
    }
    lexer->advance(lexer, false);
  }
  lexer->result_symbol = WITH;
  return !is_part_of_a_name(lexer->lookahead);
}
