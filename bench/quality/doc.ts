/** The page as it should stand in docs/retrieval-quality.md. */
import { readFileSync } from "node:fs";
import { qualityPage } from "./page.ts";
import { readResults } from "./results.ts";
import { rows } from "./rows/index.ts";

export const readPage = (): string =>
  qualityPage(rows, readResults(), readFileSync(new URL("opening.md", import.meta.url), "utf8"));
