/** The table of complaints against the providers' own words, those that ask for nothing among them. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { complaints } from "../src/capabilities/complaints.ts";

/** The first complaint that fits, and what it asks for. */
function read(message: string, { param, code = "" }: { param?: string; code?: string } = {}) {
  for (const [row, { words, code: codes, remedy }] of complaints.entries()) {
    const found = words ? words.exec(message) : codes!.test(code) ? [] : undefined;
    if (found) return { row, asked: remedy(found, param) };
  }
  return undefined;
}

const strip = { id: "healed/strip-reasoning-state" };
const values = (name: string, ...values: (string | number)[]) => ({
  id: "healed/nearest-value",
  params: { [name]: { values } },
});
const drop = (...names: string[]) => ({
  id: "healed/drop",
  params: Object.fromEntries(names.map((name) => [name, false])),
});
const clamp = (name: string, limit: object) => ({ id: "healed/clamp", params: { [name]: limit } });

type Row = [message: string, asked: object, error?: { param?: string; code?: string }];

const rows: Row[] = [
  [
    "The encrypted content gAAA...DQ== could not be verified.",
    strip,
    { code: "invalid_encrypted_content" },
  ],
  ["messages.1.content.0: Invalid `signature` in `thinking` block", strip],
  ["Invalid thought signature", strip],
  ["Item 'rs_68c4' of type 'reasoning' was provided without its required following item.", strip],
  [
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    { id: "healed/rename", params: { max_tokens: { name: "max_completion_tokens" } } },
  ],
  [
    "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
    values("temperature", 1),
  ],
  [
    "Unsupported value: 'reasoning_effort' does not support 'none' with this model. Supported values are: 'minimal', 'low', 'medium', and 'high'.",
    values("reasoning_effort", "minimal", "low", "medium", "high"),
  ],
  [
    "Unsupported value: 'minimal' is not supported with the 'gpt-5.1' model. Supported values are: 'none', 'low', 'medium', and 'high'.",
    values("reasoning.effort", "none", "low", "medium", "high"),
    { param: "reasoning.effort" },
  ],
  [
    "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium.",
    values("reasoning_effort", "high", "low", "max", "medium"),
  ],
  [
    "`reasoning_effort` must be one of `none` or `default`",
    values("reasoning_effort", "none", "default"),
  ],
  ["invalid temperature: only 1 is allowed for this model", values("temperature", 1)],
  [
    "max_tokens: 128001 > 64000, which is the maximum allowed number of output tokens for claude-opus-4-5-20251101",
    clamp("max_tokens", { max: 64_000 }),
  ],
  [
    "max_tokens is too large: 8192. This model supports at most 4096 completion tokens, whereas you provided 8192.",
    clamp("max_tokens", { max: 4096 }),
  ],
  [
    "Error from provider (DeepSeek): Invalid max_tokens value, the valid range of max_tokens is [1, 393216]",
    clamp("max_tokens", { max: 393_216 }),
  ],
  [
    "Unable to submit request because it has a maxOutputTokens value of 655360 but the supported range is from 1 (inclusive) to 8193 (exclusive). Update the value and try again.",
    clamp("maxOutputTokens", { max: 8192 }),
  ],
  [
    "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
    clamp("temperature", { min: 0 }),
  ],
  [
    "The parameter `max_completion_tokens` specified in the request are not valid: integer above maximum value, expected a value <= 12288, but got 32000 instead. Request id: 0217",
    clamp("max_completion_tokens", { max: 12_288 }),
  ],
  [
    "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
    { ...drop("top_p"), facts: { sampling: "one" }, once: true },
  ],
  ["`temperature` is deprecated for this model.", drop("temperature")],
  [
    "Penalty is not enabled for models/gemini-2.5-flash-preview-05-20",
    drop("presence_penalty", "frequency_penalty"),
  ],
  [
    "Unable to submit request because thinking_level is not supported by this model.. Learn more: https://cloud.google.com/",
    drop("reasoning_effort"),
  ],
  [
    "Unable to submit request because thinking is not configurable in this model; please remove the thinking_config setting and try it again.",
    drop("reasoning_effort"),
  ],
  [
    "Unable to submit request because thinking_level MEDIUM is not supported by this model. Learn more: https://cloud.google.com/",
    { ...drop("reasoning_effort"), once: true },
  ],
  [
    "mistral/m: 422 body.max_completion_tokens: Extra inputs are not permitted",
    drop("max_completion_tokens"),
  ],
  [
    "[{'type': 'extra_forbidden', 'loc': ('body', 'safe_prompt'), 'msg': 'Extra inputs are not permitted'}]",
    drop("safe_prompt"),
  ],
  [
    '{"type":"extra_forbidden","loc":["body","frequency_penalty"],"msg":"Extra inputs are not permitted","input":0.0}',
    drop("frequency_penalty"),
  ],
  [
    "property 'reasoning_effort' is unsupported, did you mean 'reasoning_format'?",
    drop("reasoning_effort"),
  ],
  ["Model grok-4-latest does not support parameter reasoningEffort.", drop("reasoningEffort")],
  ["Argument not supported on this model: presencePenalty", drop("presencePenalty")],
  ["non-reasoning model does not support reasoning_effort", drop("reasoning_effort")],
  ["Unsupported parameter: 'temperature' is not supported with this model.", drop("temperature")],
  ["Unrecognized request argument supplied: reasoning_effort", drop("reasoning_effort")],
  ["'seed' cannot be used here", drop("seed"), { param: "seed", code: "unsupported_parameter" }],
];

test.each(rows)("%s", (message, asked, error) => {
  expect(read(message, error)?.asked).toEqual(asked);
});

test("each row of the table is met above, and says where it was seen", () => {
  const met = new Set(rows.map(([message, , error]) => read(message, error)!.row));
  expect([...met].sort((a, b) => a - b)).toEqual([...complaints.keys()]);
  for (const { source } of complaints) expect(source).toMatch(/^https:\/\/|^recording /);
});

test.each([
  "'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1.content' : minimum number of items is 1)]",
  "body.messages.0.user.name: Extra inputs are not permitted",
  "Unsupported value: 'messages[0].role' does not support 'developer' with this model.",
  "Web search options not supported with this model.",
  "'max_tokens' or 'max_completion_tokens' is too large: 64000. This model's maximum context length is 64001 tokens",
  "Function call is missing a thought_signature in functionCall parts.",
  "Your credit balance is too low to access the Anthropic API.",
])("nothing is asked by: %s", (message) => expect(read(message)).toBeUndefined());

const data = process.env.POLYCALL_DATA;

describe.skipIf(!data)("recorded refusals", () => {
  test("three of them are about what can be mended", () => {
    const wire = join(data!, "wire");
    const met: string[] = [];
    for (const file of globSync("*/*.json", { cwd: wire })) {
      const { interactions = [] } = JSON.parse(readFileSync(join(wire, file), "utf8"));
      for (const { response } of interactions) {
        if (![400, 422].includes(response.status)) continue;
        const { error = {}, message } = JSON.parse(response.body);
        if (read(error.message ?? message ?? "", error)) met.push(file);
      }
    }
    expect([...new Set(met)].sort()).toEqual([
      "anthropic/anthropic_explicit_effort_xhigh_unsupported_model_errors.json",
      "openai/openai_responses_model_http_error.json",
      "openai/openai_responses_thinking_with_modified_history.json",
    ]);
  });
});
