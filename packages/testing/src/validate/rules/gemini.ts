/** What the Gemini API refuses beyond the types: roles, empty parts, the order of turns, names. */
import type { JsonObject } from "../../json.ts";
import { asArray, asObject, asString } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import type { Checked } from "../checked.ts";
import { geminiRefusal } from "../words/gemini.ts";
import { refuseGeminiModel } from "./gemini-models.ts";

const EMPTY = "contents.parts must not be empty.";

function countOf(content: JsonObject | undefined, ...names: string[]): number {
  const parts = asArray(content?.parts).map(asObject);
  return parts.filter((part) => names.some((name) => part[name] !== undefined)).length;
}

const callsIn = (content?: JsonObject) => countOf(content, "functionCall", "function_call");
const resultsIn = (content?: JsonObject) =>
  countOf(content, "functionResponse", "function_response");

function refuseParts(contents: JsonObject[]): Refusal | undefined {
  for (const [index, content] of contents.entries()) {
    const at = `contents[${index}]`;
    if (content.role !== undefined && content.role !== "user" && content.role !== "model") {
      if (content.role !== "function") {
        return geminiRefusal("Please use a valid role: user, model.");
      }
    }
    const parts = asArray(content.parts).map(asObject);
    if (parts.length === 0) {
      return geminiRefusal(`* GenerateContentRequest.${at}.parts: ${EMPTY}\n`);
    }
    const bare = parts.findIndex((part) => Object.keys(part).length === 0);
    if (bare !== -1) {
      return geminiRefusal(
        `* GenerateContentRequest.${at}.parts[${bare}].data: required oneof field 'data' must have ` +
          "one initialized field\n",
      );
    }
  }
  return undefined;
}

/** Consecutive contents of one role count as one turn: cross_provider_capability_replay__… (200). */
function turnsOf(contents: JsonObject[]): JsonObject[] {
  const turns: JsonObject[] = [];
  for (const content of contents) {
    const last = turns.at(-1);
    const role = content.role === "model" ? "model" : "user";
    if (last?.role === role) last.parts = [...asArray(last.parts), ...asArray(content.parts)];
    else turns.push({ role, parts: asArray(content.parts) });
  }
  return turns;
}

/** Each result has the name, and where it is given the id, of its call. The wording is ours. */
function strayResult(turn: JsonObject, next: JsonObject | undefined): string | undefined {
  if (turn.role !== "model" || !next) return undefined;
  const told = (content: JsonObject, ...keys: string[]) =>
    asArray(content.parts).flatMap((part) => {
      const found = keys.map((key) => asObject(part)[key]).find((value) => value !== undefined);
      const { name, id } = asObject(found);
      return found === undefined ? [] : [`${asString(name)} ${asString(id)}`];
    });
  const calls = told(turn, "functionCall", "function_call");
  const names = new Set(calls.map((call) => call.split(" ")[0]));
  const stray = told(next, "functionResponse", "function_response").find((result) => {
    const [name, id] = result.split(" ");
    return id
      ? calls.some((call) => call.endsWith(` ${id}`)) && !calls.includes(result)
      : !names.has(name);
  });
  return (
    stray && `The function response ${stray} does not match a function call of the turn before.`
  );
}

function refuseOrder(contents: JsonObject[]): Refusal | undefined {
  const turns = turnsOf(contents);
  for (const [index, turn] of turns.entries()) {
    const calls = callsIn(turn);
    const next = turns[index + 1];
    if (resultsIn(turn) > 0 && callsIn(turns[index - 1]) === 0) {
      return geminiRefusal(
        "Please ensure that function response turn comes immediately after a function call turn.",
      );
    }
    if (calls > 0 && turn.role === "model" && next && resultsIn(next) !== calls) {
      return geminiRefusal(
        "Please ensure that the number of function response parts is equal to the number of " +
          "function call parts of the function call turn.",
      );
    }
    const stray = strayResult(turn, next);
    if (stray) return geminiRefusal(stray);
    if (calls > 0 && turn.role === "model" && index === 0) {
      return geminiRefusal(
        "Please ensure that function call turn comes immediately after a user turn or after a " +
          "function response turn.",
      );
    }
  }
  if (contents.length === 1 && contents[0]?.role === "model") {
    return geminiRefusal(
      "Please ensure that single turn requests end with a user role or the role field is empty.",
    );
  }
  return undefined;
}

function refuseNames(body: JsonObject): Refusal | undefined {
  for (const [index, tool] of asArray(body.tools).map(asObject).entries()) {
    const declared = asArray(tool.functionDeclarations ?? tool.function_declarations).map(asObject);
    const bad = declared.findIndex(
      ({ name }) => !/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/.test(asString(name)),
    );
    if (bad === -1) continue;
    return geminiRefusal(
      `* GenerateContentRequest.tools[${index}].function_declarations[${bad}].name: Invalid ` +
        "function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, " +
        "0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.\n",
    );
  }
  return undefined;
}

function refuseNumbers(body: JsonObject): Refusal | undefined {
  const config = asObject(body.generationConfig ?? body.generation_config);
  const { temperature } = config;
  if (typeof temperature === "number" && (temperature < 0 || temperature > 2)) {
    return geminiRefusal(
      "* GenerateContentRequest.generation_config.temperature: temperature must be in the range " +
        "[0.0, 2.0].\n",
    );
  }
  const limit = config.maxOutputTokens ?? config.max_output_tokens;
  if (typeof limit === "number" && limit < 1) {
    return geminiRefusal(
      "* GenerateContentRequest.generation_config.max_output_tokens: max_output_tokens must be " +
        "positive.\n",
    );
  }
  return undefined;
}

function refuseBesideCache(body: JsonObject): Refusal | undefined {
  if (!(body.cachedContent ?? body.cached_content)) return undefined;
  const held = ["systemInstruction", "system_instruction", "tools", "toolConfig", "tool_config"];
  if (!held.some((key) => body[key] !== undefined)) return undefined;
  return geminiRefusal(
    "CachedContent can not be used with GenerateContent request setting system_instruction, tools " +
      "or tool_config.\n\nProposed fix: move those values to CachedContent from GenerateContent request.",
  );
}

/** The first rule a generateContent request breaks. */
export function geminiRules({ body, route }: Checked): Refusal | undefined {
  const contents = asArray(body.contents).map(asObject);
  if (contents.length === 0) {
    return geminiRefusal("* GenerateContentRequest.contents: contents is not specified\n");
  }
  return (
    refuseParts(contents) ??
    refuseOrder(contents) ??
    refuseNames(body) ??
    refuseNumbers(body) ??
    refuseBesideCache(body) ??
    refuseGeminiModel(body, route.model)
  );
}

/** The first rule an embedding request breaks. */
export function geminiEmbedRules({ body }: Checked): Refusal | undefined {
  const requests = body.requests === undefined ? [body] : asArray(body.requests).map(asObject);
  if (requests.length === 0) {
    return geminiRefusal("* BatchEmbedContentsRequest.requests: requests is not specified\n");
  }
  const isEmpty = requests.some((each) => asArray(asObject(each.content).parts).length === 0);
  return isEmpty
    ? geminiRefusal("* EmbedContentRequest.content: contents is not specified\n")
    : undefined;
}
