/** A calculator as a tool: arithmetic by a parser of its own, nothing is ever evaluated as code. */
import { arithmetic } from "./arithmetic.ts";
import { readyTool } from "./ready.ts";

/**
 * Arithmetic that a model should not do in its head: `+ - * / % ^`, brackets, `sqrt abs round floor ceil
 * trunc min max exp ln log10 log2 sin cos tan asin acos atan`, `pi`, `e`. Sums, products, quotients and
 * whole powers are exact (0.1 + 0.2 is 0.3, 2^100 has all its digits); roots, logarithms and the like are
 * doubles, and the result says so with `exact: false`.
 */
export function calculatorTool() {
  return readyTool({
    name: "calculate",
    description:
      "Works out an arithmetic expression exactly: + - * / % (sign of the dividend) ^ (power), brackets, " +
      "sqrt abs round floor ceil trunc min max exp ln log10 log2 sin cos tan asin acos atan (radians), pi, e. " +
      'Write numbers without separators (1234.5, 1e6), 15 % of 80 as "0.15 * 80".',
    properties: {
      expression: {
        type: "string",
        description: "for example (799 - 0.1 * 799) * 3",
        maxLength: 2000,
      },
    },
    required: ["expression"],
    untrusted: false,
    timeout: 10_000,
    execute: ({ expression }) => arithmetic(expression),
  });
}
