/** Tools and tool choice as functionDeclarations and toolConfig. */
import {
  type Changes,
  compileSchema,
  type FunctionTool,
  type ToolChoice,
  type WireTool,
} from "@polycall/core";
import { unknownKeys } from "./keys.ts";
import type { ModelFacts } from "./models.ts";
import type { Service } from "./service.ts";

type Json = { [key: string]: unknown };

/** What Google takes as a function's name (FunctionDeclaration.name in @google/genai 3.1). */
export const validName = /^[A-Za-z_][A-Za-z0-9_.:-]{0,63}$/;

export interface ToolsInput {
  readonly service: Service;
  readonly facts: ModelFacts;
  readonly changes: Changes;
  /** Functions, names already fit for Google. */
  readonly functions: readonly WireTool[];
  /** Built-in tools in Google's own words, e.g. `{ googleSearch: {} }`. */
  readonly builtIn: readonly Json[];
  readonly choice: ToolChoice | undefined;
  /** The tool that stands in for a response schema. */
  readonly output?: Json;
}

/** Google's built-in tools come without OpenAI's `type`. */
export function isBuiltIn(tool: object): boolean {
  return !Object.hasOwn(tool, "type");
}

/** The `tools` and `toolConfig` of the body, absent where there is nothing to say. */
export function toolsOf(input: ToolsInput): { tools?: Json[]; toolConfig?: Json } {
  const { service, facts, changes, builtIn, output } = input;
  const { functions, config } = chosen(input);
  if (functions.length && !facts.functions) {
    changes.refuse("tools", "this model calls no functions.", "Choose a Gemini model.");
  }
  const isMixed = builtIn.length > 0 && (functions.length > 0 || output !== undefined);
  if (isMixed && !facts.mixedTools) {
    changes.refuse(
      "tools",
      "this model takes built-in tools or functions, not both in one request.",
      "Send one kind, or choose Gemini 3 or newer.",
      "gemini/built-in-functions",
    );
  }
  const declarations = functions.map((tool, index) => declarationOf(tool, index, changes));
  if (output) declarations.push(output);
  const tools = [
    ...builtIn,
    ...(declarations.length ? [{ functionDeclarations: declarations }] : []),
  ];
  const functionCallingConfig = config ?? strictConfig(functions, facts, changes);
  const toolConfig = {
    ...(functionCallingConfig && { functionCallingConfig }),
    ...(isMixed && !service.vertex && { includeServerSideToolInvocations: true }),
  };
  return {
    ...(tools.length && { tools }),
    ...(Object.keys(toolConfig).length && { toolConfig }),
  };
}

const knownTool = new Set(["type", "function", "cache_control"]);
const knownFunction = new Set(["name", "description", "parameters", "strict"]);

function declarationOf(tool: FunctionTool, index: number, changes: Changes): Json {
  const { name, description, parameters } = tool.function;
  return {
    name,
    ...(description !== undefined && { description }),
    ...(parameters && {
      parametersJsonSchema: schemaOf(
        parameters,
        `tools[${index}].function.parameters`,
        changes,
        "tool",
      ),
    }),
    ...unknownKeys(tool, knownTool),
    ...unknownKeys(tool.function, knownFunction),
  };
}

/** A JSON Schema as Google reads it; what had to move is noted. */
export function schemaOf(
  schema: Json,
  param: string,
  changes: Changes,
  use: "tool" | "output",
): Json {
  const { schema: sent, moved, reasons } = compileSchema(schema, "gemini", use);
  if (moved.length) {
    changes.note({
      param,
      action: "converted",
      from: moved.map(({ path, keyword }) => `${path} ${keyword}`),
      reason: [...new Set(moved.map(({ why }) => why))].join("; "),
    });
  }
  for (const reason of reasons) {
    changes.note({ param, action: "converted", reason: `sent as it was written: ${reason}` });
  }
  return sent;
}

/** The functions that may be called and the mode that says so. */
function chosen(input: ToolsInput): { functions: FunctionTool[]; config?: Json } {
  const { changes, choice, output } = input;
  const functions = input.functions.map((tool, index) => {
    if (tool.type === "function") return tool;
    return changes.refuse(
      "tools",
      `Gemini has no tools of type ${JSON.stringify(tool.type)} (tools[${index}]).`,
      "Send a function with a schema, or a built-in tool in Google's words: { googleSearch: {} }.",
    );
  });
  const any = (names?: string[]): Json => ({
    mode: "ANY",
    ...(names && { allowedFunctionNames: names }),
    ...(typeof choice === "object" && unknownKeys(choice, knownChoice)),
  });
  if (!functions.length) {
    const isForced = choice !== undefined && choice !== "auto" && choice !== "none";
    if (isForced) {
      const what = "tool_choice asks for a function, but tools has none.";
      changes.refuse("tool_choice", what, "Declare it in tools.", "gemini/choice-without-tools");
    }
    return { functions };
  }
  if (choice === "none") return { functions, config: { mode: "NONE" } };
  if (choice === "required") {
    return { functions, config: any(output && functions.map((tool) => tool.function.name)) };
  }
  if (choice === undefined || choice === "auto") {
    return output ? { functions, config: any() } : { functions };
  }
  if (choice.type === "function") return { functions, config: any([choice.function.name]) };
  if (choice.type === "allowed_tools") {
    const names = choice.allowed_tools.tools.flatMap((tool) => allowedName(tool) ?? []);
    if (choice.allowed_tools.mode === "required") return { functions, config: any(names) };
    const reason = "in mode auto Gemini knows no subset, so the other tools are left out";
    changes.note({ param: "tool_choice", action: "emulated", to: names, reason });
    const kept = functions.filter((tool) => names.includes(tool.function.name));
    return output ? { functions: kept, config: any() } : { functions: kept };
  }
  return changes.refuse("tool_choice", `Gemini cannot be told to call a ${choice.type} tool.`);
}
const knownChoice = new Set(["type", "function", "allowed_tools"]);

function allowedName(tool: Json): string | undefined {
  const { name } = (tool.function as { name?: unknown } | undefined) ?? tool;
  return typeof name === "string" ? name : undefined;
}

/** `strict` is a mode of the whole request here: arguments are held to the schemas. */
function strictConfig(
  functions: readonly FunctionTool[],
  facts: ModelFacts,
  changes: Changes,
): Json | undefined {
  if (!functions.some((tool) => tool.function.strict)) return undefined;
  const [param, reason] = [
    "tools",
    "strict is Gemini's function calling mode VALIDATED, for all tools",
  ];
  if (!facts.strict) {
    const why = "this model has no strict tools";
    changes.hint({ param, action: "dropped", from: "strict", reason: why });
    return undefined;
  }
  changes.note({ param, action: "converted", from: "strict", to: "VALIDATED", reason });
  return { mode: "VALIDATED" };
}
