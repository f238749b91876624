/** The sandbox for a model's JavaScript: what it can do, and that it reaches, hangs and keeps nothing. */
import { type CodeToolOptions, codeTool } from "@polycall/agent/tools";
import { InvalidRequestError } from "@polycall/core";
import { describe, expect, test } from "vitest";
import { long, rows } from "./long.ts";

const run = async (code: string, options: CodeToolOptions = {}) =>
  codeTool(options).execute({ code }, { toolCallId: "c1" });

/** Several programs in one run, as starting a sandbox is what takes time: their values, or what they threw. */
const outcomes = async (programs: readonly string[], options: CodeToolOptions = {}) => {
  const { value, error } = await run(
    `const told = [];
     for (const program of programs)
       try { told.push((0, eval)(program)) } catch (error) { told.push(String(error)) }
     told`,
    { data: { programs }, ...options },
  );
  if (error) throw new Error(error);
  return value as unknown[];
};

describe("what it gives", () => {
  test.concurrent.each<[string, object]>([
    ["return [1, 'two', null, { three: 3 }]", { value: [1, "two", null, { three: 3 }] }],
    ["const f = async () => 4; const x = await f(); return x + 1", { value: 5 }],
    ["Promise.all([1, Promise.resolve(2)])", { value: [1, 2] }],
    ["const x = 1; // a comment at the end", {}],
    ["await 1; return 2 // a comment at the end", { value: 2 }],
    [
      "console.log('a', 1, { b: [2] }, null); console.error('c')",
      { output: 'a 1 {\n  "b": [\n    2\n  ]\n} null\nc\n' },
    ],
    [
      "[10n ** 20n, NaN, -Infinity, new Map([[1, 2]]), new Set('a'), new Date(0)]",
      {
        value: [
          "100000000000000000000",
          "NaN",
          "-Infinity",
          [[1, 2]],
          ["a"],
          "1970-01-01T00:00:00.000Z",
        ],
      },
    ],
    [
      "await new Promise((go) => setTimeout(go, 3600e3)); return 'an hour later'",
      { value: "an hour later" },
    ],
    [
      "const seen = []; setTimeout(() => seen.push(2), 20); setTimeout(() => seen.push(1), 10); const c = setTimeout(() => seen.push(3), 30); clearTimeout(c); setTimeout(() => console.log(seen.join()), 40); 'x'",
      { value: "x", output: "1,2\n" },
    ],
    [
      "// the model's own words\nthrow new TypeError('no fare')",
      { error: expect.stringMatching(/^TypeError: no fare\n.*code\.js:2/) },
    ],
    ["const o = {}; o.self = o; throw o", { error: "[object that cannot be written as JSON]" }],
    ["const o = {}; o.self = o; o", { error: expect.stringContaining("circular") }],
    ["Promise.reject(new Error('late'))", { error: expect.stringContaining("Error: late") }],
    ["new Promise(() => {})", { error: expect.stringContaining("never settles") }],
    [
      "setTimeout(() => { throw new Error('in a timer') }); 1",
      { error: expect.stringContaining("in a timer") },
    ],
    ["return 1 +", { error: expect.stringContaining("SyntaxError") }],
  ])("%s", async (code, result) => {
    expect(await run(code)).toEqual(result);
  });

  test("data is there by name, as a copy, and described", async () => {
    const data = { rows: [{ city: "Paris", fare: 899 }], note: 'a "quote" \u2028 and </script>' };
    const tool = codeTool({ data, dataDescription: "rows holds fares." });
    expect(tool.function.description).toContain("Globals: rows, note. rows holds fares.");
    const change = "rows[0].fare = 0; rows.push(1); [rows.length, note]";
    for (let time = 0; time < 2; time++) {
      const { value } = await tool.execute({ code: change }, { toolCallId: "c" });
      expect(value).toEqual([2, data.note]);
    }
    expect(data.rows).toEqual([{ city: "Paris", fare: 899 }]);
    const hostile = JSON.parse('{"list": {"__proto__": {"polluted": true}}}');
    expect((await run("[list.polluted, ({}).polluted]", { data: hostile })).value).toEqual([
      null,
      null,
    ]);
  });

  test("a name in data that the code could not use is an error", () => {
    for (const name of ["a-b", "1a", "", "__proto__x y"])
      expect(() => codeTool({ data: { [name]: 1 } })).toThrow(InvalidRequestError);
    expect(() => codeTool({ memoryBytes: 1000 })).toThrow(InvalidRequestError);
  });
});

describe("the way out", () => {
  test("there is nothing of the host's", async () => {
    const names =
      "process require module exports fetch XMLHttpRequest WebSocket Worker Buffer WebAssembly " +
      "importScripts postMessage parentPort workerData Deno Bun std os scriptArgs __dirname window self print";
    const kinds = await outcomes(names.split(" ").map((name) => `typeof ${name}`));
    expect(new Set(kinds)).toEqual(new Set(["undefined"]));
  });

  test("no constructor, caller or stack frame leads to it", async () => {
    const attempts = [
      `this.constructor.constructor("return process")()`,
      `globalThis.constructor.constructor("return process")()`,
      `(() => {}).constructor("return process")()`,
      `console.log.constructor("return process")()`,
      `setTimeout.constructor("return process.exit(1)")()`,
      `new Error().constructor.constructor("return process")()`,
      `(function* () {}).constructor("yield process")().next()`,
      `eval("process")`,
      `Reflect.construct(Function, ["return process"])()`,
      `console.log.caller.constructor("return process")()`,
      `(function () { return arguments.callee.caller })().constructor("return process")()`,
      `let frame; Error.prepareStackTrace = (_, frames) => frames[0].getThis().process; new Error().stack.pid.x`,
      `require("node:fs")`,
    ];
    const told = await outcomes(attempts);
    expect(told).toHaveLength(attempts.length);
    for (const one of told) expect(one).toMatch(/^(?:ReferenceError|TypeError): /);
    const later = await run(`return (async () => {}).constructor("return process")()`);
    expect(later).toEqual({ error: expect.stringContaining("'process' is not defined") });
  });

  test("import() loads nothing", async () => {
    const { value } = await run(`
      const told = [];
      for (const name of ["node:fs", "fs", "./code.ts", "data:text/javascript,1", "std", "os"])
        told.push(await import(name).then(() => "loaded", (error) => typeof error));
      return told`);
    expect(new Set(value as string[])).toEqual(new Set(["object"]));
    expect((await run(`import x from "node:fs"`)).error).toContain("SyntaxError");
  });

  test("pollution stays in its run", async () => {
    const tool = codeTool();
    const pollute = `Object.prototype.polluted = 1; Array.prototype.push = () => "evil"; JSON.stringify = () => '"evil"';
      String.prototype.slice = () => "evil"; Array.prototype.join = () => "evil"; globalThis.kept = 1;
      Promise.prototype.then = () => "evil"; Function.prototype.call = () => "evil"; console.log("said"); "told"`;
    expect(await tool.execute({ code: pollute }, { toolCallId: "c" })).toEqual({
      value: "told",
      output: "said\n",
    });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(JSON.stringify([[].push.length])).toBe("[1]");
    const after = "[typeof kept, typeof ({}).polluted, JSON.stringify(1), 'abc'.slice(1)]";
    expect((await tool.execute({ code: after }, { toolCallId: "c" })).value).toEqual([
      "undefined",
      "undefined",
      "1",
      "bc",
    ]);
  });

  test("a result is plain data, whatever it claims to be", async () => {
    const { value } = await run(
      `({ __proto__: null, ["__proto__"]: { polluted: true }, then: 1, toJSON: 2 })`,
    );
    expect((value as { polluted?: boolean }).polluted).toBeUndefined();
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe("limits", () => {
  test.concurrent.each(
    rows(
      [
        ["for (;;);"],
        ["throw new Proxy({}, { get() { for (;;); }, getPrototypeOf() { for (;;); } })"],
        ["const job = () => Promise.resolve().then(job); job()"],
        ["/^(a+)+$/.test('a'.repeat(40) + 'b')"],
      ],
      [
        ["try { for (;;); } catch {} finally { for (;;); }"],
        ["({ get a() { for (;;); } })"],
        ["({ toJSON() { for (;;); } })"],
        ["throw { toJSON() { for (;;); } }"],
        ["const again = async () => { for (;;) await 1; }; await again()"],
        ["const timer = () => setTimeout(timer); timer(); 1"],
      ],
    ),
  )("%s ends", async (code) => {
    const { value, error } = await run(code, { timeout: 250 });
    expect([value, error]).toEqual([undefined, "It ran longer than 250 ms and was stopped."]);
  });

  test.runIf(long)("what QuickJS itself does not end, the thread's end does", async () => {
    const started = performance.now();
    const { value, error } = await run("new Array(2 ** 32 - 1).fill(0).sort()", { timeout: 250 });
    expect(value).toBeUndefined();
    expect(error).toMatch(/longer than 250 ms|MB of memory/);
    expect(performance.now() - started).toBeLessThan(8000);
  });

  test("while it runs the program goes on", async () => {
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 10);
    const runs = await Promise.all([run("for (;;);", { timeout: 400 }), run("1 + 1")]);
    clearInterval(ticking);
    expect(runs[1]).toEqual({ value: 2 });
    expect(ticks).toBeGreaterThan(15);
  });

  test.each(
    rows(
      [["const a = []; for (;;) a.push(new ArrayBuffer(1e6))"]],
      [
        ["const m = new Map(); for (let n = 0; ; n++) m.set(n, Promise.resolve([n]))"],
        ["const a = []; for (let n = 0; ; n++) a.push('x'.repeat(1e6) + n)"],
        ["new Uint8Array(1e9)"],
      ],
    ),
  )("%s uses no more than it may", async (code) => {
    const before = process.memoryUsage().rss;
    const { error } = await run(code, { memoryBytes: 32_000_000, timeout: 15_000 });
    expect(error).toBe("It used more than 32 MB of memory.");
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  });

  test("within its memory it may use much", async () => {
    expect(await run("new Uint8Array(3e7).length")).toEqual({ value: 3e7 });
  });

  test("what is too deep ends without harm", async () => {
    const told = await outcomes([
      "(function f() { return f() + 1 })()",
      "const o = { get a() { return o.a } }; o.a",
      "const p = new Proxy({}, { get: (_, key, self) => self[key] }); p.x",
      "JSON.parse('['.repeat(1e5))",
      "eval('('.repeat(1e5))",
      "new RegExp('('.repeat(1e5))",
      "'still here'",
    ]);
    for (const one of told.slice(0, -1)) expect(one).toMatch(/overflow|call stack|SyntaxError/);
    expect(told.at(-1)).toBe("still here");
    const nested = await run("let a = []; for (let n = 0; n < 1e5; n++) a = [a]; a", {
      timeout: 15_000,
    });
    expect(nested).toEqual({ error: "It called itself too deep: stack overflow." });
  });

  test("a value that is too deep or too long is told, not given", async () => {
    const deep = (levels: number) =>
      `let a = 1; for (let n = 0; n < ${levels}; n++) a = [a, "]\\"["]; a`;
    expect((await run(deep(201))).error).toContain("more than 200 deep");
    expect(JSON.stringify((await run(deep(200))).value)).toHaveLength(200 * 9 + 1);
    expect((await run("'x'.repeat(60000)")).error).toContain("more than 50000");
  });

  test("50 MB of output are cut, in one piece and in many", async () => {
    const one = await run("console.log('x'.repeat(5e7)); 1", {
      memoryBytes: 200_000_000,
      timeout: 15_000,
    });
    expect(one).toMatchObject({
      value: 1,
      truncated: expect.stringContaining("first 50000 characters"),
    });
    expect(one.output).toHaveLength(50_000);
    if (!long) return;
    const many = await run("for (let n = 0; n < 5e4; n++) console.log('x'.repeat(999)); 2", {
      timeout: 15_000,
    });
    expect(many).toMatchObject({ value: 2, truncated: expect.any(String) });
    expect(many.output).toBe(`${"x".repeat(999)}\n`.repeat(50));
  });

  test("what was printed before the end is not lost", async () => {
    const { output, error } = await run("console.log('got here'); for (;;);", { timeout: 200 });
    expect([output, error]).toEqual(["got here\n", expect.stringContaining("200 ms")]);
  });

  test("an aborted run ends", async () => {
    const controller = new AbortController();
    const context = { toolCallId: "c", signal: controller.signal };
    const endless = codeTool({ timeout: 60_000 }).execute({ code: "for (;;);" }, context);
    setTimeout(() => controller.abort(new Error("stop")), 100);
    await expect(endless).rejects.toThrow("stop");
  });
});
