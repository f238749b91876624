/** Text with `{{slots}}`: taken apart once, filled in without a value becoming more than a value. Pure. */
import { asData } from "./data.ts";
import { TemplateError } from "./errors.ts";

export interface Slot {
  name: string;
  /** Nothing else stands on its line. */
  alone: boolean;
}

/** Texts and slots, in turn: one text more than slots. */
export interface Parsed {
  texts: readonly string[];
  slots: readonly Slot[];
}

const slot = /\{\{\s*([A-Za-z][\w-]*)\s*\}\}/g;

/** @throws TemplateError for braces that are no slot */
export function parsed(template: string, text: string): Parsed {
  const texts: string[] = [];
  const slots: Slot[] = [];
  let done = 0;
  for (const { 0: whole, 1: name, index } of text.matchAll(slot)) {
    const end = index + whole.length;
    const line = text.slice(0, index).lastIndexOf("\n") + 1;
    const [rest] = text.slice(end).split("\n", 1);
    texts.push(text.slice(done, index));
    slots.push({ name: name!, alone: (text.slice(line, index) + rest).trim() === "" });
    done = end;
  }
  texts.push(text.slice(done));
  const stray = texts.find((one) => /\{\{|\}\}/.test(one));
  if (stray === undefined) return { texts, slots };
  const shown = JSON.stringify(stray.slice(stray.search(/\{\{|\}\}/)).slice(0, 30));
  throw new TemplateError(
    template,
    `has braces that are no slot: ${shown}. A slot is {{name}}, of letters, digits, _ and -.`,
  );
}

/** The names of tags that a text writes: a value must not end them. */
export const tagsIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/<\/?([A-Za-z][\w-]*)/g)].map(([, name]) => name!)),
];

/** A value of a slot, which ends no tag; in the midst of a line it is one line. */
export function fitting(value: string, { alone }: Slot, tags: readonly string[]): string {
  return asData(alone ? value : value.replace(/\s+/g, " ").trim(), ...tags);
}

/** The text with its values; a line that had nothing but a slot without a value goes. */
export function filled({ texts, slots }: Parsed, valueIn: (slot: Slot) => string): string {
  let text = texts[0]!;
  for (const [i, one] of slots.entries()) {
    const value = valueIn(one);
    const next = texts[i + 1]!;
    text += value === "" && one.alone ? next.replace(/^[ \t]*\n/, "") : value + next;
  }
  return text.trim();
}
