/** What pictures and pages cost in tokens, by each provider's published rule. Pure. */
import type { Medium } from "./body.ts";
import { sizeOf } from "./image-size.ts";

export interface MediaTokens {
  tokens: number;
  /** How far off that may be. */
  error: number;
}

interface Size {
  width: number;
  height: number;
}

/** Where no size is known: a picture of this size. */
const unknownSize: Size = { width: 1024, height: 1024 };

/** Tiles of 512. Source: developers.openai.com/api/docs/guides/images-vision, 2026-11. */
const tiled: readonly [RegExp, base: number, tile: number][] = [
  [/^gpt-4o-mini/, 2833, 5667],
  [/^(?:gpt-4o|gpt-4\.1$|gpt-4\.1-2|gpt-4\.5)/, 85, 170],
  [/^gpt-5(?:$|-20|-chat)/, 70, 140],
  [/^(?:o1|o3(?!-mini))/, 75, 150],
];

/** Patches of 32, at most 1,536 of them, times this. Same source. */
const patched: readonly [RegExp, factor: number][] = [
  [/^gpt-(?:4\.1|5)-mini/, 1.62],
  [/^gpt-(?:4\.1|5)-nano/, 2.46],
  [/^o4-mini/, 1.72],
];

export function mediaTokens(medium: Medium, model: string, family: string): MediaTokens {
  if (medium.kind === "pdf") return pagesOf(medium, model, family);
  if (medium.kind !== "image") return { tokens: 1000, error: 1000 };
  const known = medium.base64 === undefined ? undefined : sizeOf(medium.base64);
  const size = known ?? unknownSize;
  const tokens = Math.ceil(imageTokens(size, medium.detail, model, family));
  return { tokens, error: known ? Math.ceil(tokens * 0.1) : tokens };
}

function imageTokens(size: Size, detail: string | undefined, model: string, family: string) {
  if (family.startsWith("gpt-") && family !== "gpt-oss") return openaiTokens(size, detail, model);
  if (family.startsWith("claude")) return claudeTokens(size, model);
  if (family === "gemini") return /^gemini-[12]/.test(model) ? geminiTiles(size) : 1100;
  return (size.width * size.height) / 750;
}

function openaiTokens(size: Size, detail: string | undefined, model: string): number {
  const [, base, tile] = tiled.find(([name]) => name.test(model)) ?? [];
  if (base !== undefined) return detail === "low" ? base : base + tile! * tilesOf(size);
  const [, factor = 1] = patched.find(([name]) => name.test(model)) ?? [];
  if (detail === "low") return 70;
  const patches = Math.ceil(size.width / 32) * Math.ceil(size.height / 32);
  return Math.min(patches, 1536) * factor;
}

/** Fitted into 2,048 by 2,048, its shorter side brought to 768, then cut into tiles of 512. */
function tilesOf({ width, height }: Size): number {
  const fit = Math.min(1, 2048 / Math.max(width, height));
  const shorter = Math.min(1, 768 / (Math.min(width, height) * fit));
  const side = (length: number) => Math.ceil((length * fit * shorter) / 512);
  return side(width) * side(height);
}

/** Source: platform.claude.com/docs/en/build-with-claude/vision: shrunk to a long edge, then w x h / 750. */
function claudeTokens({ width, height }: Size, model: string): number {
  const isLarge = /opus-4-[7-9]|-[5-9](?:-\d)?$/.test(model);
  const [edge, most] = isLarge ? [2576, 4784] : [1568, 1600];
  const fit = Math.min(1, edge / Math.max(width, height));
  return Math.min(most, (width * height * fit * fit) / 750);
}

/** Source: ai.google.dev/gemini-api/docs/tokens: 258, or for each tile of a larger one. */
function geminiTiles({ width, height }: Size): number {
  if (width <= 384 && height <= 384) return 258;
  const unit = Math.max(256, Math.min(768, Math.floor(Math.min(width, height) / 1.5)));
  return 258 * Math.ceil(width / unit) * Math.ceil(height / unit);
}

const perPage = (model: string, family: string) => {
  if (family === "gemini") return /^gemini-[12]/.test(model) ? 258 : 560;
  return 2000;
};

/** Pages cannot be counted without reading the file: a page for every 50 kB, and as much error. */
function pagesOf({ base64 = "" }: Medium, model: string, family: string): MediaTokens {
  const pages = Math.max(1, Math.round((base64.length * 0.75) / 50_000));
  const tokens = pages * perPage(model, family);
  return { tokens, error: tokens };
}
