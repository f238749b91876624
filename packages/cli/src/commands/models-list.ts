/** `polycall models`: those that fit a need, in a table or as JSON. */
import { type FindQuery, type Found, type Modality, models, type Need } from "@polycall/models";
import type { Command } from "../run.ts";
import { type Column, table } from "../table.ts";
import { numberOf, oneOf, readArgs } from "../usage.ts";

const modalities: readonly Modality[] = ["text", "image", "audio", "video", "pdf"];
const needs: readonly Need[] = ["tools", "structuredOutput", "reasoning", ...modalities];

export const listModels: Command = async (args, { out, err, columns }) => {
  const { values } = readArgs(args, {
    provider: { type: "string", multiple: true },
    needs: { type: "string" },
    "min-context": { type: "string" },
    "max-price": { type: "string" },
    open: { type: "boolean" },
    kind: { type: "string" },
    sort: { type: "string" },
    limit: { type: "string" },
    json: { type: "boolean" },
  });
  const query: FindQuery = {
    provider: values.provider,
    needs: values.needs?.split(",").map((need) => oneOf("needs", need.trim(), needs)),
    minContext: numberOf("min-context", values["min-context"]),
    maxPrice: numberOf("max-price", values["max-price"]),
    open: values.open,
    kind: values.kind
      ? oneOf("kind", values.kind, ["chat", "reasoning", "hybrid", "embedding"])
      : undefined,
    sort: values.sort
      ? oneOf("sort", values.sort, ["price", "newest", "context", "output"])
      : undefined,
  };
  const found = models.find(query);
  const limit = numberOf("limit", values.limit) ?? (values.json ? 0 : 40);
  const shown = limit ? found.slice(0, limit) : found;
  if (values.json) out(JSON.stringify(shown, null, 2));
  else if (found.length) out(table(shown, columnsOf, columns));
  if (!found.length) err("No model of the catalogue fits.");
  if (shown.length < found.length) err(`${found.length - shown.length} more: --limit 0 shows all.`);
  return found.length ? 0 : 1;
};

/** 1_050_000 as "1.05M", 128_000 as "128k". */
export function short(tokens: number | undefined): string {
  if (tokens === undefined) return "";
  const [size, unit] = tokens >= 1e6 ? [1e6, "M"] : tokens >= 1000 ? [1000, "k"] : [1, ""];
  return `${Math.round((tokens / size) * 100) / 100}${unit}`;
}

const columnsOf: readonly Column<Found>[] = [
  { head: "model", text: ({ model }) => model, spare: 0 },
  { head: "kind", text: ({ entry }) => entry.kind ?? "", spare: 3 },
  { head: "context", text: ({ entry }) => short(entry.contextWindow), right: true, spare: 1 },
  { head: "output", text: ({ entry }) => short(entry.outputLimit), right: true, spare: 4 },
  { head: "$ in", text: ({ entry }) => dollars(entry.price?.input), right: true, spare: 0 },
  { head: "$ out", text: ({ entry }) => dollars(entry.price?.output), right: true, spare: 0 },
  { head: "knowledge", text: ({ entry }) => entry.knowledge ?? "", spare: 2 },
  { head: "released", text: ({ entry }) => entry.released ?? "", spare: 5 },
  { head: "off from", text: ({ entry }) => entry.shutdown ?? "", spare: 1 },
];

const dollars = (rate: number | undefined) => (rate === undefined ? "" : String(rate));
