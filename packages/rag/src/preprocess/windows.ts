/** A document in parts that a model can be shown. */
import { InvalidRequestError } from "@polycall/core";
import type { SourceDocument } from "../chunk.ts";
import type { Range } from "../chunkers/cut.ts";
import { markdownChunker } from "../chunkers/markdown.ts";
import { tagged } from "../prompts/data.ts";

export interface Window extends Range {
  headings: readonly string[];
}

/** Cuts of about `size` characters where the document breaks best; one where it is no longer. */
export function windowsOf(document: SourceDocument, size: number): Window[] {
  const { text } = document;
  if (text.trim() === "") return [];
  if (text.length <= size) return [{ start: 0, end: text.length, headings: [] }];
  const windows = markdownChunker({ size }).chunk(document) as Window[];
  return windows.map(({ start, end, headings }) => ({ start, end, headings }));
}

/** A window as data, with what is known of where it stands. */
export function shownWindow(document: SourceDocument, { start, end, headings }: Window): string {
  const title = document.title ?? document.source;
  const section = headings.join(" > ");
  const text = document.text.slice(start, end).trim();
  return tagged("document", text, { title, ...(section && { section }) });
}

/** @throws InvalidRequestError */
export function checkCharacters(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new InvalidRequestError(
    `${name} is a whole number of characters from ${least}, not ${value}.`,
    { param: name },
  );
}
