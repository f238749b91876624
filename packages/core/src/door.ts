/**
 * The door: what the caller wrote becomes a request of plain JSON in wire names, options, and the
 * schemas that read the reply. Everything that is wrong in itself is refused here, before a plugin runs.
 */

import type { CallOptions } from "./call.ts";
import { checkJson, checkKinds, checkParams } from "./check.ts";
import { checkMessages } from "./check-messages.ts";
import { checkOptions } from "./check-options.ts";
import { checkVariant, type Shape, wrong } from "./check-shape.ts";
import { InvalidRequestError } from "./errors.ts";
import type { Schemas } from "./finish.ts";
import { nearest } from "./nearest.ts";
import {
  embeddingParams,
  foreignOptions,
  type Kind,
  optionNames,
  params,
  rerankParams,
} from "./params.ts";
import { isObject } from "./schema/json.ts";
import { isStandardSchema, toJsonSchema } from "./schema/standard.ts";
import type { AnyTool } from "./tool.ts";
import type { Change } from "./types/completion.ts";
import type { CompletionInput, EmbeddingInput, RerankInput, ToolInput } from "./types/input.ts";
import type {
  CompletionRequest,
  EmbeddingRequest,
  RerankRequest,
  WireResponseFormat,
  WireTool,
} from "./types/request.ts";

export interface Opened<Request> {
  readonly request: Request;
  readonly options: CallOptions;
  /** Unknown keys that are sent as they are. */
  readonly warnings: Change[];
}

const optionSet: ReadonlySet<string> = new Set(optionNames);

/** Splits what is sent from what is ours. @throws InvalidRequestError */
function split(input: object, known: Readonly<Record<string, Kind>>) {
  const wire: Record<string, unknown> = {};
  const options: Record<string, unknown> = {};
  const warnings: Change[] = [];
  for (const [key, value] of Object.entries(input)) {
    if (value === undefined) continue;
    if (optionSet.has(key)) {
      if (value !== null) options[key] = value;
      continue;
    }
    if (Object.hasOwn(foreignOptions, key)) {
      throw new InvalidRequestError(`"${key}" is called "${foreignOptions[key]}" here.`, {
        param: key,
      });
    }
    if (!Object.hasOwn(known, key)) {
      if (/[A-Z]/.test(key)) throw unknownOption(key, known);
      warnings.push({
        param: key,
        action: "converted",
        reason: "not a parameter that polycall knows; sent as it is",
      });
    }
    wire[key] = value;
  }
  checkOptions(options);
  return { wire, options: options as CallOptions, warnings };
}

function unknownOption(key: string, known: Readonly<Record<string, Kind>>): InvalidRequestError {
  const near = nearest(key, [...optionNames, ...Object.keys(known)]);
  return new InvalidRequestError(
    `There is no option "${key}".${near ? ` Did you mean "${near}"?` : ""} ` +
      `Options: ${optionNames.join(", ")}; a provider's own parameter goes into extra_body.`,
    { param: key },
  );
}

function checkModel(model: unknown): asserts model is string {
  if (typeof model === "string" && model.trim()) return;
  throw new InvalidRequestError(
    `model must be a string like "openai/gpt-6-luna", not ${model === "" ? '""' : typeof model}.`,
    { param: "model" },
  );
}

/**
 * A completion's input, opened.
 * @throws InvalidRequestError saying what is wrong, where; UnsupportedParamsError for a schema that
 *   JSON Schema cannot express
 */
export function openCompletion(
  input: CompletionInput,
): Opened<CompletionRequest> & { schemas: Schemas } {
  if (typeof input !== "object" || input === null) {
    throw new InvalidRequestError("completion() takes an object: { model, messages }.");
  }
  const { wire, options, warnings } = split(input, params);
  checkModel(wire.model);
  const format = isStandardSchema(input.response_format) ? input.response_format : undefined;
  if (format) wire.response_format = jsonSchemaFormat(format);
  checkKinds(wire, params);
  checkParams(wire);
  const tools = new Map<string, AnyTool>();
  if (input.tools) wire.tools = [...input.tools].map((tool, i) => wireTool(tool, i, tools));
  checkMessages(wire.messages as unknown[]);
  checkJson(wire);
  const request = wire as unknown as CompletionRequest;
  const json = (request.response_format?.type ?? "text") !== "text";
  return { request, options, warnings, schemas: { format, json, tools } };
}

function jsonSchemaFormat(schema: Parameters<typeof toJsonSchema>[0]): WireResponseFormat {
  const json = toJsonSchema(schema) as { title?: unknown; [key: string]: unknown };
  const title = typeof json.title === "string" ? json.title.replaceAll(/[^\w-]+/g, "_") : "";
  const name = title.slice(0, 64) || "response";
  return { type: "json_schema", json_schema: { name, schema: json, strict: true } };
}

const toolShapes: Readonly<Record<string, Shape>> = {
  function: { function: { name: "string", "description?": "string", "parameters?": "object" } },
  custom: { custom: { name: "string" } },
};

/** The tool as OpenAI's JSON; a tool that can read its arguments is remembered by name. */
function wireTool(tool: ToolInput, index: number, tools: Map<string, AnyTool>): WireTool {
  const path = `tools[${index}]`;
  if (!isObject(tool) || isStandardSchema(tool))
    throw wrong(path, "a tool() or an OpenAI tool", tool);
  checkVariant(tool, toolShapes, path);
  const { name } = (tool as { function?: { name?: unknown } }).function ?? {};
  if (typeof name === "string") {
    if (tools.has(name)) {
      throw new InvalidRequestError(`${path}: a second tool is named "${name}".`, {
        param: `${path}.function.name`,
      });
    }
    tools.set(name, tool as AnyTool);
  }
  return tool as WireTool;
}

/** An embedding call's input, opened: one text becomes a list of one. @throws InvalidRequestError */
export function openEmbedding(input: EmbeddingInput): Opened<EmbeddingRequest> {
  if (typeof input !== "object" || input === null) {
    throw new InvalidRequestError("embedding() takes an object: { model, input }.");
  }
  const { wire, options, warnings } = split(input, embeddingParams);
  checkModel(wire.model);
  checkKinds(wire, embeddingParams);
  const { role = "query" } = input;
  if (role !== "query" && role !== "document") {
    const message = `role must be "document" or "query", not "${role}".`;
    throw new InvalidRequestError(message, { param: "role" });
  }
  const texts = typeof input.input === "string" ? [input.input] : [...(input.input ?? [])];
  checkTexts(texts, "input");
  checkJson(wire);
  return { request: { ...wire, input: texts } as EmbeddingRequest, options, warnings };
}

/** A reranking call's input, opened. @throws InvalidRequestError */
export function openRerank(input: RerankInput): Opened<RerankRequest> {
  if (typeof input !== "object" || input === null) {
    throw new InvalidRequestError("rerank() takes an object: { model, query, documents }.");
  }
  const { wire, options, warnings } = split(input, rerankParams);
  checkModel(wire.model);
  checkKinds(wire, rerankParams);
  const documents = [...(input.documents ?? [])];
  if (!wire.query) throw notText("query");
  checkTexts(documents, "documents");
  for (const param of ["top_n", "max_tokens_per_doc"]) {
    const value = wire[param] ?? 1;
    if ((value as number) < 1) throw wrong(param, "a whole number from 1", value);
  }
  checkJson(wire);
  return { request: { ...wire, documents } as unknown as RerankRequest, options, warnings };
}

function checkTexts(texts: readonly unknown[], name: string): void {
  const at = texts.findIndex((text) => typeof text !== "string" || text === "");
  if (at >= 0 || !texts.length) throw notText(texts.length ? `${name}[${at}]` : name);
}

function notText(param: string): InvalidRequestError {
  return new InvalidRequestError(`${param} must be a text that is not empty.`, { param });
}
