/** Images and PDFs from bytes, and a tool that answers with a picture. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import { filePart, imagePart, type Message } from "polycall";
import { connect } from "./lib/connect.ts";
import { pdf, png } from "./lib/papers.ts";

const { completion, explain, readers, close } = await connect();
if (readers.length === 0)
  console.log(
    "None of your models reads PDFs: set OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY.",
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

for (const model of readers) {
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
