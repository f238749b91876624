/** Reads and works out an arithmetic expression: fractions of whole numbers where it can, doubles elsewhere. */
import { ToolRefusal } from "./ready.ts";

/** A fraction in lowest terms, `d` > 0; or a double where the exact value is none, or too long. */
type Value = { n: bigint; d: bigint } | number;
type Fraction = Exclude<Value, number>;

/** Beyond so many bits a fraction becomes a double, so that 9^9^9 neither hangs nor fills the memory. */
const maxBits = 4096;
const maxDepth = 200;

/**
 * @returns the value in decimal: `exact` when every digit of it is right and it is all of it
 * @throws ToolRefusal saying what was not understood, and where
 */
export function arithmetic(expression: string): { value: string; exact: boolean } {
  const tokens = tokenize(expression);
  let at = 0;
  let depth = 0;

  const refuse = (what: string): never => {
    const token = tokens[at];
    throw new ToolRefusal(
      token
        ? `${what} at character ${token.at + 1}, where it says ${JSON.stringify(token.text)}.`
        : `${what} at the end of the expression.`,
    );
  };
  const take = (...texts: string[]): string | undefined => {
    const { text } = tokens[at] ?? {};
    if (text === undefined || !texts.includes(text)) return undefined;
    at++;
    return text;
  };
  const need = (text: string): void => {
    if (!take(text)) refuse(`Expected "${text}"`);
  };
  const deeper = <T>(read: () => T): T => {
    if (++depth > maxDepth) refuse(`More than ${maxDepth} levels deep`);
    const value = read();
    depth--;
    return value;
  };

  const sum = (): Value =>
    deeper(() => {
      let left = product();
      for (let op = take("+", "-"); op; op = take("+", "-"))
        left = op === "+" ? add(left, product()) : add(left, negate(product()));
      return left;
    });
  const product = (): Value => {
    let left = signed();
    for (let op = take("*", "/", "%"); op; op = take("*", "/", "%")) {
      const right = signed();
      left =
        op === "*" ? multiply(left, right) : op === "/" ? divide(left, right) : rest(left, right);
    }
    return left;
  };
  // As in mathematics, -2^2 is -(2^2), and 2^-1 and 2^3^2 = 2^(3^2) are allowed.
  const signed = (): Value => {
    let minus = false;
    for (let sign = take("+", "-"); sign; sign = take("+", "-")) minus = minus !== (sign === "-");
    const value = powered();
    return minus ? negate(value) : value;
  };
  const powered = (): Value => {
    const base = primary();
    return take("^", "**") ? deeper(() => power(base, signed())) : base;
  };
  const primary = (): Value => {
    const token = tokens[at];
    if (take("(")) {
      const value = sum();
      need(")");
      return value;
    }
    if (token?.kind === "number") {
      at++;
      return decimal(token.text);
    }
    if (token?.kind === "name") {
      if (Object.hasOwn(constants, token.text)) {
        at++;
        return constants[token.text]!;
      }
      if (Object.hasOwn(functions, token.text)) {
        at++;
        need("(");
        const values = [sum()];
        while (take(",")) values.push(sum());
        need(")");
        return call(token.text, values);
      }
      return refuse(
        `Unknown name; there are ${[...Object.keys(functions), ...Object.keys(constants)].join(", ")};`,
      );
    }
    return refuse("Expected a number");
  };

  const value = sum();
  if (at < tokens.length) refuse("Expected an operator");
  return written(value);
}

interface Token {
  kind: "number" | "name" | "sign";
  text: string;
  at: number;
}

function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  const token =
    /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z]\w*)|(\*\*|[-+*/%^(),×÷−]))/y;
  const spelled: Record<string, string> = { "×": "*", "÷": "/", "−": "-" };
  const end = expression.trimEnd().length;
  while (token.lastIndex < end) {
    const start = token.lastIndex;
    const match = token.exec(expression);
    if (!match) {
      const at = start + /^\s*/.exec(expression.slice(start))![0].length;
      throw new ToolRefusal(
        `Not arithmetic at character ${at + 1}: ${JSON.stringify(expression.slice(at, at + 10))}.`,
      );
    }
    const [whole, number, name, sign] = match;
    const text = number ?? name?.toLowerCase() ?? spelled[sign!] ?? sign!;
    tokens.push({
      kind: number ? "number" : name ? "name" : "sign",
      text,
      at: start + whole.length - (number ?? name ?? sign!).length,
    });
  }
  if (tokens.length === 0) throw new ToolRefusal("The expression is empty.");
  return tokens;
}

const constants: Record<string, Value> = { pi: Math.PI, e: Math.E };

const functions: Record<string, { arity: number; of: (...values: Value[]) => Value }> = {
  sqrt: { arity: 1, of: squareRoot },
  abs: { arity: 1, of: (x) => (sign(x) < 0 ? negate(x) : x) },
  round: { arity: 2, of: round },
  floor: { arity: 1, of: (x) => whole(x, Math.floor, 0n) },
  ceil: { arity: 1, of: (x) => negate(whole(negate(x), Math.floor, 0n)) },
  trunc: {
    arity: 1,
    of: (x) => (sign(x) < 0 ? negate(whole(negate(x), Math.floor, 0n)) : whole(x, Math.floor, 0n)),
  },
  min: { arity: Infinity, of: (...all) => all.reduce((a, b) => (compare(b, a) < 0 ? b : a)) },
  max: { arity: Infinity, of: (...all) => all.reduce((a, b) => (compare(b, a) > 0 ? b : a)) },
  exp: double(Math.exp),
  ln: double(Math.log),
  log10: double(Math.log10),
  log2: double(Math.log2),
  sin: double(Math.sin),
  cos: double(Math.cos),
  tan: double(Math.tan),
  asin: double(Math.asin),
  acos: double(Math.acos),
  atan: double(Math.atan),
};

function double(of: (x: number) => number) {
  return { arity: 1, of: (x: Value): Value => finite(of(toDouble(x))) };
}

function call(name: string, values: Value[]): Value {
  const { arity, of } = functions[name]!;
  if (values.length > arity)
    throw new ToolRefusal(
      `${name}() takes ${arity === 1 ? "one value" : `at most ${arity} values`}.`,
    );
  return of(...values);
}

function fraction(n: bigint, d: bigint): Value {
  const sign = d < 0n ? -1n : 1n;
  const divisor = gcd(n < 0n ? -n : n, d * sign) || 1n;
  const lowest = { n: (n * sign) / divisor, d: (d * sign) / divisor };
  return bits(lowest.n) + bits(lowest.d) > maxBits ? toDouble(lowest) : lowest;
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y > 0n) [x, y] = [y, x % y];
  return x;
}

function bits(n: bigint): number {
  return n.toString(16).length * 4;
}

function decimal(text: string): Value {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const [integer = "", decimals = ""] = mantissa.split(".");
  const shift = Number(exponent) - decimals.length;
  if (Math.abs(shift) > 1000) return finite(Number(text));
  const digits = BigInt(integer + decimals);
  return shift >= 0
    ? fraction(digits * 10n ** BigInt(shift), 1n)
    : fraction(digits, 10n ** BigInt(-shift));
}

/** The nearest double. Long fractions are shortened first, as Number(bigint) would be infinite. */
function toDouble(value: Value): number {
  if (typeof value === "number") return value;
  const { n, d } = value;
  const shift = bits(d) - bits(n) + 128;
  const scaled = shift >= 0 ? (n << BigInt(shift)) / d : n / (d << BigInt(-shift));
  // In two steps, since 2 ** 1100 alone would already be infinite.
  const half = Math.trunc(-shift / 2);
  return finite(Number(scaled) * 2 ** half * 2 ** (-shift - half));
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new ToolRefusal(
    Number.isNaN(value) ? "The result is not a real number." : "The result is too large.",
  );
}

function fractions(...values: Value[]): Fraction[] | undefined {
  return values.every((value) => typeof value !== "number") ? (values as Fraction[]) : undefined;
}

function add(a: Value, b: Value): Value {
  const [x, y] = fractions(a, b) ?? [];
  return x && y ? fraction(x.n * y.d + y.n * x.d, x.d * y.d) : finite(toDouble(a) + toDouble(b));
}

function negate(a: Value): Value {
  return typeof a === "number" ? -a : { n: -a.n, d: a.d };
}

function multiply(a: Value, b: Value): Value {
  const [x, y] = fractions(a, b) ?? [];
  return x && y ? fraction(x.n * y.n, x.d * y.d) : finite(toDouble(a) * toDouble(b));
}

function divide(a: Value, b: Value): Value {
  if (sign(b) === 0) throw new ToolRefusal("Division by zero.");
  const [x, y] = fractions(a, b) ?? [];
  return x && y ? fraction(x.n * y.d, x.d * y.n) : finite(toDouble(a) / toDouble(b));
}

function rest(a: Value, b: Value): Value {
  if (sign(b) === 0) throw new ToolRefusal("Division by zero.");
  const [x, y] = fractions(a, b) ?? [];
  if (!x || !y) return finite(toDouble(a) % toDouble(b));
  return fraction((x.n * y.d) % (y.n * x.d), x.d * y.d);
}

function power(a: Value, b: Value): Value {
  const [x, y] = fractions(a, b) ?? [];
  if (x && y && y.d === 1n) {
    const times = y.n < 0n ? -y.n : y.n;
    if (y.n < 0n && x.n === 0n) throw new ToolRefusal("Division by zero.");
    if (times * BigInt(bits(x.n) + bits(x.d)) <= BigInt(maxBits * 2)) {
      const [n, d] = [x.n ** times, x.d ** times];
      return y.n < 0n ? fraction(d, n) : fraction(n, d);
    }
  }
  return finite(toDouble(a) ** toDouble(b));
}

function squareRoot(a: Value): Value {
  if (sign(a) < 0) throw new ToolRefusal("The root of a negative number is not a real number.");
  const root = Math.sqrt(toDouble(a));
  // An exact root stays exact: sqrt(0.25), sqrt(144).
  if (typeof a !== "number") {
    const [n, d] = [wholeRoot(a.n), wholeRoot(a.d)];
    if (n !== undefined && d !== undefined) return { n, d };
  }
  return root;
}

function wholeRoot(n: bigint): bigint | undefined {
  if (n < 2n) return n;
  let root = 1n << BigInt(Math.ceil(bits(n) / 2) + 1);
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root * root === n ? root : undefined;
    root = next;
  }
}

function sign(a: Value): number {
  return typeof a === "number" ? Math.sign(a) : a.n === 0n ? 0 : a.n < 0n ? -1 : 1;
}

function compare(a: Value, b: Value): number {
  return sign(add(a, negate(b)));
}

/** The greatest whole number up to x (plus `half`, a fraction of two). */
function whole(a: Value, ofDouble: (x: number) => number, half: bigint): Value {
  if (typeof a === "number") return ofDouble(a + Number(half) / 2);
  const n = a.n * 2n + half * a.d;
  const d = a.d * 2n;
  return { n: n / d - (n % d < 0n ? 1n : 0n), d: 1n };
}

/** To the nearest, halves away from zero, as people round; to `places` decimals. */
function round(a: Value, places: Value = { n: 0n, d: 1n }): Value {
  const count = toDouble(places);
  if (!Number.isInteger(count) || Math.abs(count) > 100)
    throw new ToolRefusal("round() takes a whole number of decimals up to 100.");
  const scale = power({ n: 10n, d: 1n }, places);
  const scaled = multiply(sign(a) < 0 ? negate(a) : a, scale);
  const rounded = divide(whole(scaled, Math.floor, 1n), scale);
  return sign(a) < 0 ? negate(rounded) : rounded;
}

function written(value: Value): { value: string; exact: boolean } {
  if (typeof value === "number") return { value: String(value), exact: false };
  const { n, d } = value;
  // It ends in decimal when the denominator has no factors but 2 and 5.
  let [left, places] = [d, 0];
  for (const prime of [2n, 5n]) {
    let count = 0;
    for (; left % prime === 0n; left /= prime) count++;
    places = Math.max(places, count);
  }
  if (left !== 1n || places > 400) return { value: String(toDouble(value)), exact: false };
  const digits = String(((n < 0n ? -n : n) * 10n ** BigInt(places)) / d).padStart(places + 1, "0");
  const point = digits.length - places;
  const decimals = places > 0 ? `.${digits.slice(point)}` : "";
  return { value: `${n < 0n ? "-" : ""}${digits.slice(0, point)}${decimals}`, exact: true };
}
