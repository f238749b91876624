/** Pictures and sounds, read by a model; here the simulator's. */
import { type Simulator, simulator } from "@polycall/testing";
import { zipSync } from "fflate";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { toMarkdown } from "../src/index.ts";
import { docx, paragraph, pixel, pptx, relationships } from "./support/office.ts";
import { pdf } from "./support/pdf.ts";

let sim: Simulator;
beforeAll(async () => {
  sim = await simulator();
});
beforeEach(() => {
  for (const [name, value] of Object.entries(sim.env)) vi.stubEnv(name, value);
});
afterEach(() => sim.reset());
afterAll(() => sim.close());

const model = "openai/gpt-6-luna";
/** What the model was given beside the words. */
const given = () => JSON.stringify(sim.requests.at(-1)!.body);

test("a picture", async () => {
  sim.script(["A red dot."]);
  const reply = await toMarkdown(pixel, { describe: { model } });
  expect(reply).toEqual({ markdown: "A red dot.\n", warnings: [] });
  expect(given()).toContain(`data:image/png;base64,${pixel.toString("base64")}`);
  expect(given()).toContain("Describe this picture");
});

test("a recording, with words of one's own", async () => {
  const wav = Buffer.concat([Buffer.from("RIFF\x24\0\0\0WAVEfmt ", "latin1"), Buffer.alloc(28)]);
  sim.script(["Hello."]);
  const reply = await toMarkdown(wav, {
    describe: { model: "openai/gpt-audio-1.5", prompt: "Listen." },
  });
  expect(reply.markdown).toBe("Hello.\n");
  expect(given()).toContain(wav.toString("base64"));
  expect(given()).toContain("Listen.");
});

test("pictures in documents and archives", async () => {
  const slides = pptx(
    [
      {
        shapes:
          '<p:pic><p:nvPicPr><p:cNvPr id="7" name="Dot" descr="The dot."/></p:nvPicPr><p:blipFill><a:blip r:embed="i"/></p:blipFill></p:pic>',
        rels: [["i", "image", "../media/image1.png"]],
      },
    ],
    { "ppt/media/image1.png": pixel },
  );
  const drawing =
    '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="Dot"/><a:graphic><a:graphicData><pic:pic><pic:blipFill><a:blip r:embed="rId5"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>';
  const word = docx(paragraph(drawing), {
    "word/_rels/document.xml.rels": relationships(["rId5", "image", "media/image1.png"]),
    "word/media/image1.png": pixel,
  });
  sim.script(["Red [really].", "A red dot.", "Just red."]);
  const { markdown, warnings } = await toMarkdown(
    zipSync({ "a.pptx": slides, "b.docx": word, "c.png": pixel }),
    { describe: { model } },
  );
  expect(markdown).toBe(`## File: a.pptx

# Slide 1

![The dot. Red \\[really\\].](Dot.png)

## File: b.docx

![A red dot.](data:image/png;base64...)

## File: c.png

Just red.
`);
  expect(warnings).toEqual([]);
});

test("a PDF of pictures alone goes to the model as a file", async () => {
  sim.script(["# Scanned"]);
  const bytes = pdf([[]]);
  const { markdown } = await toMarkdown(bytes, { name: "in/scan.pdf", describe: { model } });
  expect(markdown).toBe("# Scanned\n");
  expect(given()).toContain("scan.pdf");
  expect(given()).toContain(Buffer.from(bytes).toString("base64"));
});

test("without a model a picture is refused, and in an archive left out", async () => {
  await expect(toMarkdown(pixel)).rejects.toMatchObject({
    name: "DocumentError",
    code: "missing_converter",
    message: expect.stringContaining("describe: { model"),
  });
  const { markdown, warnings } = await toMarkdown(
    zipSync({ "a.png": pixel, "b.txt": Buffer.from("text") }),
  );
  expect(markdown).toBe("## File: b.txt\n\ntext\n");
  expect(warnings).toEqual([
    expect.stringMatching(/^a\.png was left out: image\/png is read by a model/),
  ]);
});

test("what the model's provider says is not lost", async () => {
  sim.fault({ status: 401 });
  await expect(toMarkdown(pixel, { describe: { model } })).rejects.toMatchObject({
    name: "AuthenticationError",
  });
});
