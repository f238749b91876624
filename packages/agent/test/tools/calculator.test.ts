/** The calculator: exact where it says so, and nothing that it is given runs or hangs. */
import { calculatorTool, ToolRefusal } from "@polycall/agent/tools";
import fc from "fast-check";
import { expect, test } from "vitest";

const calculator = calculatorTool();
const calculate = async (expression: string) =>
  calculator.execute({ expression }, { toolCallId: "c1" });

test.each([
  ["1 + 2 * 3", "7"],
  ["(1 + 2) * 3", "9"],
  ["0.1 + 0.2", "0.3"],
  ["1/3 + 1/3 + 1/3", "1"],
  ["-2^2", "-4"],
  ["(-2)^2", "4"],
  ["2^3^2", "512"],
  ["2^-2", "0.25"],
  ["2**10", "1024"],
  ["2^100", "1267650600228229401496703205376"],
  ["7 % 3", "1"],
  ["-7 % 3", "-1"],
  ["5.5 % 2", "1.5"],
  ["round(2.5)", "3"],
  ["round(-2.5)", "-3"],
  ["round(1.005, 2)", "1.01"],
  ["round(1250, -2)", "1300"],
  ["floor(-1.5)", "-2"],
  ["ceil(-1.5)", "-1"],
  ["ceil(1.2)", "2"],
  ["trunc(-1.5)", "-1"],
  ["sqrt(144)", "12"],
  ["sqrt(0.25)", "0.5"],
  ["min(3, 1/2, 2)", "0.5"],
  ["MAX(3, 10, 2)", "10"],
  ["abs(-3)", "3"],
  ["--1", "1"],
  ["3 − 4 × 2 ÷ 8", "2"],
  ["1e3 + .5", "1000.5"],
  ["1e-7", "0.0000001"],
  ["9007199254740993 + 0", "9007199254740993"],
  ["0 / 5", "0"],
  ["-0", "0"],
])("%s is exactly %s", async (expression, value) => {
  expect(await calculate(expression)).toEqual({ value, exact: true });
});

test.each([
  ["1/3", 1 / 3],
  ["sqrt(2)", Math.SQRT2],
  ["2 * pi", 2 * Math.PI],
  ["ln(e)", 1],
  ["log10(1000)", 3],
  ["sin(pi/2)", 1],
  ["2^0.5", Math.SQRT2],
  ["9^999 / 9^998", 9],
  ["10^308 * 10", undefined],
  ["(10^300)^3 / (10^300)^2", 1e300],
])("%s is a double, and says so", async (expression, value) => {
  if (value === undefined) {
    expect(await calculate(expression)).toEqual({ value: `1${"0".repeat(309)}`, exact: true });
    return;
  }
  const result = await calculate(expression);
  expect(Number(result.value)).toBeCloseTo(value, Math.abs(value) > 1e100 ? -290 : 12);
});

test.each([
  ["", "empty"],
  ["1 +", "at the end"],
  ["(1", 'Expected ")"'],
  ["1 2", "Expected an operator at character 3"],
  ["1,000 + 1", "Expected an operator"],
  ["15% of 80", "of"],
  ["1/0", "Division by zero"],
  ["0^-1", "Division by zero"],
  ["5 % 0", "Division by zero"],
  ["sqrt(-1)", "not a real number"],
  ["ln(-1)", "not a real number"],
  ["exp(1000)", "too large"],
  ["9^9^9^9", "too large"],
  ["sqrt(1, 2)", "takes one value"],
  ["round(1, 0.5)", "whole number"],
  ["process.exit(1)", "Not arithmetic at character 8"],
  ["constructor", "Unknown name"],
  ["__proto__", "Not arithmetic"],
  ["toString(1)", "Unknown name"],
  ["`x`", "Not arithmetic"],
])("%s is refused", async (expression, words) => {
  const refusal = calculate(expression);
  await expect(refusal).rejects.toThrow(ToolRefusal);
  await expect(refusal).rejects.toThrow(words);
});

test("what is too deep or too long is refused", async () => {
  await expect(calculate("(".repeat(1500))).rejects.toThrow("levels deep");
  await expect(calculate("2^".repeat(900))).rejects.toThrow("levels deep");
  await expect(calculate("1".repeat(3000))).rejects.toThrow("longer than 2000");
});

test("no expression takes long", async () => {
  const started = performance.now();
  for (const expression of [
    "9^9^9",
    "7^7^7^7",
    "1e999999999",
    "1e-999999999",
    `${"9^99*".repeat(300)}1`,
    `${"-".repeat(1990)}1`,
    `1${"/7+1".repeat(490)}`,
    "10^1000 % 7^300",
  ])
    await calculate(expression).catch((error: unknown) =>
      expect(error).toBeInstanceOf(ToolRefusal),
    );
  expect(performance.now() - started).toBeLessThan(1000);
});

test("it works out sums, products and quotients of decimals as whole numbers do", async () => {
  const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });
  await fc.assert(
    fc.asyncProperty(cents, cents, async (a, b) => {
      const sum = await calculate(`(${a}/100) + (${b}/100)`);
      expect(sum.exact).toBe(true);
      expect(Math.round(Number(sum.value) * 100)).toBe(a + b);
      const product = await calculate(`(${a}) * (${b}) * 1000`);
      expect(product.value).toBe(String(BigInt(a) * BigInt(b) * 1000n));
    }),
    { numRuns: 200 },
  );
});

test("wrong arguments are told, also to whoever did not validate them", async () => {
  await expect(calculate(4 as unknown as string)).rejects.toThrow("expression: expected text");
  await expect(calculate(undefined as unknown as string)).rejects.toThrow(
    "expression: it is missing",
  );
});
