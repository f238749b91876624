/** Tool names, undeclared tools, legacy tools and call arguments. */
import { describe, expect, test } from "vitest";
import {
  callArguments,
  declareTools,
  legacyTools,
  type Message,
  toolNames,
  type WireTool,
} from "../../src/index.ts";
import { calls, changes, frozen, result, user } from "./setup.ts";

const tool = (name: string): WireTool => ({ type: "function", function: { name } });
const call = (name: string) => ({
  id: "1",
  type: "function" as const,
  function: { name, arguments: "{}" },
});
const valid = /^[a-zA-Z0-9_-]{1,64}$/;

describe("toolNames", () => {
  test("renames in tools, history and choice, and knows the way back", () => {
    const messages: Message[] = [
      { role: "assistant", content: null, tool_calls: [call("mcp.fs/read"), call("gone:tool")] },
    ];
    const kept = changes();
    const choice = { type: "function" as const, function: { name: "mcp.fs/read" } };
    const tools = [tool("mcp.fs/read"), tool("mcp_fs_read"), tool("ok")];
    const named = toolNames(frozen(tools), frozen(messages), choice, kept, { valid });
    expect(named).toEqual({
      tools: [tool("mcp_fs_read_2"), tool("mcp_fs_read"), tool("ok")],
      messages: [
        {
          role: "assistant",
          content: null,
          tool_calls: [call("mcp_fs_read_2"), call("gone_tool")],
        },
      ],
      tool_choice: { type: "function", function: { name: "mcp_fs_read_2" } },
      names: { mcp_fs_read_2: "mcp.fs/read", gone_tool: "gone:tool" },
    });
    expect(kept.list.map(({ from, to }) => [from, to])).toEqual([
      ["mcp.fs/read", "mcp_fs_read_2"],
      ["gone:tool", "gone_tool"],
    ]);
    expect(named.names?.constructor).toBeUndefined();
  });

  test("renames inside allowed_tools, in both shapes that are met", () => {
    const allowed = [
      { type: "function", name: "a.b" },
      { type: "function", function: { name: "a.b" } },
    ];
    const choice = {
      type: "allowed_tools" as const,
      allowed_tools: { mode: "auto" as const, tools: allowed },
    };
    const named = toolNames([tool("a.b")], [], frozen(choice), changes(), { valid });
    expect(named.tool_choice).toEqual({
      type: "allowed_tools",
      allowed_tools: {
        mode: "auto",
        tools: [
          { type: "function", name: "a_b" },
          { type: "function", function: { name: "a_b" } },
        ],
      },
    });
  });

  test("keeps a custom tool's kind", () => {
    const custom: WireTool = { type: "custom", custom: { name: "run it" } };
    const choice = { type: "custom" as const, custom: { name: "run it" } };
    const named = toolNames([custom], [], choice, changes(), { valid });
    expect(named.tools).toEqual([{ type: "custom", custom: { name: "run_it" } }]);
    expect(named.tool_choice).toEqual({ type: "custom", custom: { name: "run_it" } });
  });

  test.each([
    ["a name that starts with a digit", "2fast", "_2fast"],
    ["a name that is too long", "x".repeat(70), "x".repeat(64)],
    ["an empty name", "", "_"],
  ])("%s", (_, given, wire) => {
    const named = toolNames([tool(given)], [], undefined, changes(), {
      valid: /^[a-zA-Z_][\w-]{0,63}$/,
    });
    expect(named.tools).toEqual([tool(wire)]);
  });

  test("two long names that are cut to the same stay two", () => {
    const long = "x".repeat(64);
    const named = toolNames([tool(`${long}a`), tool(`${long}b`)], [], undefined, changes(), {
      valid,
    });
    expect(named.names).toEqual({ [long]: `${long}a`, [`${"x".repeat(62)}_2`]: `${long}b` });
  });

  test("leaves everything alone when all names fit", () => {
    const messages = [calls("1"), result("1")];
    const kept = changes();
    const named = toolNames([tool("f")], messages, "auto", kept, { valid });
    expect(named.messages).toBe(messages);
    expect({ names: named.names, changes: kept.list }).toEqual({ names: undefined, changes: [] });
  });
});

describe("declareTools", () => {
  test("declares each tool of the history once", () => {
    const kept = changes();
    const tools = declareTools(undefined, [calls("1", "2"), result("1"), result("2")], kept);
    expect(tools).toMatchObject([
      { type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } },
    ]);
    expect(kept.list).toMatchObject([{ param: "tools", action: "repaired", to: ["f"] }]);
  });

  test.each([
    ["there are tools", [tool("g")], [calls("1")]],
    ["the history calls none", undefined, [user("Hi")]],
  ])("does nothing when %s", (_, tools, messages) => {
    const kept = changes();
    expect(declareTools(tools, messages, kept)).toBe(tools);
    expect(kept.list).toEqual([]);
  });
});

describe("legacyTools", () => {
  test("reads functions and function_call", () => {
    const kept = changes();
    const functions = [{ name: "f", parameters: { type: "object" } }];
    const request = frozen({ functions, function_call: { name: "f" } });
    expect(legacyTools(request, kept)).toEqual({
      tools: [{ type: "function", function: functions[0] }],
      tool_choice: { type: "function", function: { name: "f" } },
    });
    expect(kept.list.map(({ param }) => param)).toEqual(["functions", "function_call"]);
  });

  test("leaves the new kind alone, and lets its choice win", () => {
    const tools = [tool("g")];
    expect(legacyTools({ tools, tool_choice: "none", function_call: "auto" }, changes())).toEqual({
      tools,
      tool_choice: "none",
    });
  });
});

describe("callArguments", () => {
  test.each<[string, unknown, unknown, number]>([
    ["an object", '{"a":1}', { a: 1 }, 0],
    ["nothing", "", {}, 0],
    ["blanks", " \n", {}, 0],
    ["an object already", { a: 1 }, { a: 1 }, 0],
    ["broken JSON", '{"a":', { _raw: '{"a":' }, 1],
    ["a JSON array", "[1]", { _raw: "[1]" }, 1],
    ["null", "null", { _raw: "null" }, 1],
  ])("%s", (_, given, gives, notes) => {
    const kept = changes();
    const fn = { name: "f", arguments: given as string };
    const read = callArguments(
      { id: "1", type: "function", function: fn },
      "messages[0].tool_calls[0]",
      kept,
    );
    expect(read).toEqual(gives);
    expect(kept.list.map(({ param }) => param)).toEqual(
      Array(notes).fill("messages[0].tool_calls[0].function.arguments"),
    );
  });

  test("a custom tool's text", () => {
    const custom = { id: "1", type: "custom" as const, custom: { name: "f", input: "x" } };
    expect(callArguments(custom, "p", changes())).toEqual({ input: "x" });
  });
});
