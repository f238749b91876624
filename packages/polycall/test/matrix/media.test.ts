/** Images and documents, in messages and in tool results, at every provider. */
import { describe, expect, test } from "vitest";
import { filePart, imagePart, type Message, UnsupportedParamsError } from "../../src/index.ts";
import { ways } from "../support/played.ts";
import { simulated } from "../support/simulated.ts";
import { getPrice } from "../support/tools.ts";

const { sim, ask } = await simulated();

/** One transparent pixel. */
const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const image = imagePart(Buffer.from(png, "base64"));
const pdfBytes = Buffer.from("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n");
const pdf = filePart(pdfBytes, { filename: "report.pdf" });

describe.each(ways)("$name, $way", ({ provider, model, stream, lacks = [] }) => {
  test("an image beside its question", async () => {
    const content = [{ type: "text" as const, text: "Which colour?" }, image];
    const { text } = await ask(stream, { model, messages: [{ role: "user", content }] });
    expect(text).toBe("(simulator) I received image and: Which colour?");
    expect(sim.requests[0]!.text).toContain(png);
  });

  test("a PDF, or a refusal before anything is sent", async () => {
    const content = [{ type: "text" as const, text: "Which title?" }, pdf];
    const call = ask(stream, { model, messages: [{ role: "user", content }] });
    if (lacks.includes("file")) {
      await expect(call).rejects.toThrow(UnsupportedParamsError);
      await expect(call).rejects.toMatchObject({ provider, param: "messages[0].content[1]" });
      expect(sim.requests).toEqual([]);
      return;
    }
    expect((await call).text).toMatch(/^\(simulator\) I received \w+ and: Which title\?$/);
    expect(sim.requests[0]!.text).toContain(pdfBytes.toString("base64"));
  });

  test("a tool result with an image", async () => {
    const messages: Message[] = [{ role: "user", content: "How much is a ticket to London?" }];
    const first = await ask(stream, { model, messages, tools: [getPrice] });
    const [call] = first.toolCalls;
    messages.push(first.choices[0]!.message, {
      role: "tool",
      tool_call_id: call!.id,
      content: [{ type: "text", text: "The price is on the picture." }, image],
    });
    const { text } = await ask(stream, { model, messages, tools: [getPrice] });
    const [, sent] = sim.requests;
    expect(sent!.text).toContain("The price is on the picture.");
    // Where results are text, the image is a user's turn of its own, and the simulator answers that.
    expect(text).toMatch(/The price is on the picture\.|I received image and: Attached to/);
    expect(sent!.text.split(png)).toHaveLength(2);
    expect(sent!.status).toBe(200);
  });
});
