/** `response_format` as responseMimeType and responseJsonSchema, or as a tool where those cannot be. */
import type { Changes, ToolChoice, WireResponseFormat, WireTool } from "@polycall/core";
import { unknownKeys } from "./keys.ts";
import type { ModelFacts } from "./models.ts";
import { schemaOf } from "./tools.ts";

type Json = { [key: string]: unknown };

export interface Format {
  /** For generationConfig. */
  readonly config: Json;
  /** The declaration that stands in for the schema; its name is `Plan.outputTool`. */
  readonly output?: Json & { name: string };
}

const knownFormat = new Set(["type", "json_schema"]);
const knownSchema = new Set(["name", "description", "schema", "strict"]);

/**
 * @param functions, hasBuiltIn the tools that are declared beside it
 * @throws UnsupportedParamsError where JSON can neither be asked for nor emulated
 */
export function formatOf(
  format: WireResponseFormat | null | undefined,
  {
    facts,
    changes,
    functions,
    hasBuiltIn,
    choice,
  }: {
    facts: ModelFacts;
    changes: Changes;
    functions: readonly WireTool[];
    hasBuiltIn: boolean;
    choice: ToolChoice | undefined;
  },
): Format {
  if (!format) return { config: {} };
  const rest = unknownKeys(format, knownFormat);
  if (format.type === "text") return { config: rest };
  if (!facts.json) {
    changes.refuse("response_format", "this model has no JSON output.", "Choose a Gemini model.");
  }
  if (hasBuiltIn && !facts.jsonWithTools) {
    changes.refuse(
      "response_format",
      "this model takes built-in tools or a JSON response, not both in one request.",
      "Ask in two requests, or choose Gemini 3 or newer.",
      "gemini/built-in-json",
    );
  }
  const { name, description, schema } =
    format.type === "json_schema"
      ? format.json_schema
      : { name: "", description: undefined, schema: undefined };
  const more = format.type === "json_schema" ? unknownKeys(format.json_schema, knownSchema) : {};
  const param = "response_format.json_schema.schema";

  if (!functions.length || facts.jsonWithTools || choice === "none") {
    const compiled = schema && schemaOf(schema, param, changes, "output");
    const described =
      compiled && description && compiled.description === undefined
        ? { description, ...compiled }
        : compiled;
    return {
      config: {
        responseMimeType: "application/json",
        ...(described && { responseJsonSchema: described }),
        ...rest,
        ...more,
      },
    };
  }

  const rule = "gemini/functions-json";
  const why = "this model takes functions or a JSON response, not both in one request";
  if (choice !== undefined && choice !== "auto" && isForced(choice)) {
    const reason = `${why}, and tool_choice asks for a call`;
    changes.note({ param: "response_format", action: "emulated", to: "a tool call", reason, rule });
    return { config: rest };
  }
  if (!schema) {
    return changes.refuse(
      "response_format",
      `${why}.`,
      "Send a json_schema, or choose Gemini 3 or newer.",
      rule,
    );
  }
  const tool = freeName(name, functions);
  changes.note({
    param: "response_format",
    action: "emulated",
    to: `a function ${tool} that the model must end with`,
    reason: why,
    rule,
  });
  return {
    config: { ...rest, ...more },
    output: {
      name: tool,
      description: description ?? "Gives the final answer. Call it when you are done.",
      parametersJsonSchema: schemaOf(schema, param, changes, "tool"),
    },
  };
}

/** A name for the stand-in that no function of the caller's has. */
function freeName(schema: string, functions: readonly WireTool[]): string {
  const taken = new Set(functions.map((tool) => tool.type === "function" && tool.function.name));
  let free = `return_${schema.replace(/[^A-Za-z0-9_-]/g, "_")}`.slice(0, 64);
  while (taken.has(free)) free += "_";
  return free;
}

function isForced(choice: Exclude<ToolChoice, "auto" | "none">): boolean {
  if (choice === "required" || choice.type !== "allowed_tools") return true;
  return choice.allowed_tools.mode === "required";
}
