/** `polycall models`: those that fit, in a table. */
import type { FindQuery, Found, Need } from "@polycall/models";
import { openCatalogue } from "../../catalogue.ts";
import { command, json, number, UsageError, word, words } from "../../command.ts";
import { type Column, table } from "../../table.ts";

const needs: readonly Need[] = [
  "tools",
  "structuredOutput",
  "reasoning",
  "text",
  "image",
  "audio",
  "video",
  "pdf",
];
const kinds = ["chat", "reasoning", "hybrid", "embedding"] as const;
const orders = ["price", "newest", "context", "output"] as const;
/** Rows of a table, unless `--limit` says otherwise: what one looks through. */
const most = 50;

const columns: readonly Column<Found>[] = [
  { title: "model", value: ({ model }) => model },
  { title: "kind", value: ({ entry }) => entry.kind },
  { title: "context", value: ({ entry }) => entry.contextWindow },
  { title: "output", value: ({ entry }) => entry.outputLimit },
  { title: "$ in", value: ({ entry }) => entry.price?.input },
  { title: "$ out", value: ({ entry }) => entry.price?.output },
  { title: "cut-off", value: ({ entry }) => entry.knowledge },
  { title: "shutdown", value: ({ entry }) => entry.shutdown },
];

export const list = command({
  usage: "[OPTION...]",
  help: "The models that meet every option, best first. Prices are dollars per million tokens.",
  options: {
    provider: { type: "string", multiple: true, value: "NAME,...", help: "only of these" },
    needs: { type: "string", multiple: true, value: "NEED,...", help: needs.join(", ") },
    "min-context": { type: "string", value: "TOKENS", help: "such as 200000, 200k, 1m" },
    "max-price": { type: "string", value: "DOLLARS", help: "of three tokens read for one written" },
    open: { type: "boolean", help: "open weights only; --no-open: closed ones only" },
    kind: { type: "string", value: "KIND", help: kinds.join(", ") },
    sort: { type: "string", value: "ORDER", help: `${orders.join(", ")}; default price` },
    limit: { type: "string", value: "N", help: `rows; 0 for all; a table's default is ${most}` },
    json,
  },
  run({ values, positionals }, io) {
    if (positionals.length) throw new UsageError(`${positionals[0]} is no option.`);
    const provider = words(values.provider, "provider");
    const query: FindQuery = {
      provider,
      needs: words(values.needs, "needs", needs),
      minContext: number(values["min-context"], "min-context"),
      maxPrice: number(values["max-price"], "max-price"),
      open: values.open,
      kind: word(values.kind, "kind", kinds),
      sort: word(values.sort, "sort", orders),
    };
    const found = openCatalogue(io).find(query);
    const limit = number(values.limit, "limit") ?? (values.json ? 0 : most);
    const rows = limit ? found.slice(0, limit) : found;
    if (values.json) {
      const flat = rows.map(({ model, price, reasons, entry }) => ({
        model,
        blendedPrice: price,
        reasons,
        ...entry,
      }));
      io.out(JSON.stringify(flat, undefined, 2));
      return 0;
    }
    if (!rows.length) {
      io.err("No model of the catalogue meets all of that.");
      return 1;
    }
    io.out(table(rows, columns, io));
    const more = found.length - rows.length;
    if (more) io.err(`and ${more} more: --limit 0 for all`);
    return 0;
  },
});
