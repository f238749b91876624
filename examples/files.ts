/** Images and PDFs from bytes, and a tool that answers with a picture. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import { filePart, imagePart, type Message } from "polycall";
import { simulated } from "./lib/connect.ts";

const { completion, explain, close } = await simulated();

// One red pixel, and a PDF of one empty page.
const png = Uint8Array.from(
  atob(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  ),
  (c) => c.charCodeAt(0),
);
const pdf = new TextEncoder().encode(
  "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>",
);

const messages: Message[] = [
  {
    role: "user",
    content: [
      { type: "text", text: "Compare this picture with the report." },
      imagePart(png),
      filePart(pdf, { filename: "report.pdf" }),
    ],
  },
  {
    role: "assistant",
    content: null,
    tool_calls: [
      { id: "call_1", type: "function", function: { name: "screenshot", arguments: "{}" } },
    ],
  },
  { role: "tool", tool_call_id: "call_1", content: [imagePart(png)] },
];
const tools = [{ type: "function" as const, function: { name: "screenshot" } }];

for (const model of [
  "openai/gpt-6-luna",
  "anthropic/claude-haiku-5-5",
  "gemini/gemini-3.5-flash-lite",
]) {
  const { text } = await completion({ model, messages, tools });
  console.log(`${model}: ${text}`);
  assert.ok(text);

  // Each provider gets the same picture in its own words.
  const { body } = await explain({ model, messages, tools });
  const sent = JSON.stringify(body);
  assert.ok(sent.includes("iVBORw0KGgo"), `${model} lost the picture`);
  assert.ok(sent.includes("JVBERi0xLjQK"), `${model} lost the PDF`);
}
await close();
