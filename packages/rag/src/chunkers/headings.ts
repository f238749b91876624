/** The headings that a place of a document stands under, and how they are said before a chunk. */
import { skipSpace } from "./characters.ts";
import type { Range } from "./cut.ts";
import type { Heading } from "./markdown-blocks.ts";

export interface Section extends Heading {
  /** The headings above it, itself last. */
  path: readonly string[];
  /** Index of the section that holds it; -1 where none does. */
  parent: number;
}

export function sectionsOf(headings: readonly Heading[]): Section[] {
  const sections: Section[] = [];
  const open: number[] = [];
  for (const heading of headings) {
    while (open.length && sections[open.at(-1)!]!.depth >= heading.depth) open.pop();
    const parent = open.at(-1) ?? -1;
    const path = [...(sections[parent]?.path ?? []), heading.title].filter((title) => title !== "");
    open.push(sections.length);
    sections.push({ ...heading, path, parent });
  }
  return sections;
}

/** The nearest section that holds both; -1 where none does. */
export function commonSection(sections: readonly Section[], one: number, other: number): number {
  while (one !== other) {
    if (one > other) one = sections[one]!.parent;
    else other = sections[other]!.parent;
  }
  return one;
}

/** The headings that a chunk stands under: of several sections in it, those that they have in common. */
export function headingsOf(sections: readonly Section[], { start, end }: Range): readonly string[] {
  let section = sectionAt(sections, start);
  // What stands before the first heading is told by it, where they share a chunk.
  if (section < 0 && sections[0] && sections[0].start < end) section = 0;
  for (let i = section + 1; i < sections.length && sections[i]!.start < end; i++) {
    section = commonSection(sections, section, commonSection(sections, section, i));
  }
  return sections[section]?.path ?? [];
}

/** The headings above a chunk that begins here: of one that begins with a heading, those above that. */
export function headingsAbove(sections: readonly Section[], start: number): readonly string[] {
  const section = sections[sectionAt(sections, start)];
  const above = section?.start === start ? sections[section.parent] : section;
  return above?.path ?? [];
}

/** `at`, or the first of the headings that end there. */
export function withHeadings(text: string, sections: readonly Section[], at: number): number {
  let section = sectionAt(sections, at - 1);
  let from = at;
  while (section >= 0 && skipSpace(text, sections[section]!.end, text.length) >= from) {
    from = sections[section]!.start;
    section--;
  }
  return from;
}

/** Index of the section that a place is in; -1 before the first heading. */
export const sectionAt = (sections: readonly Section[], at: number) =>
  lastBefore(sections, at, ({ start }) => start);

/** Index of the last of ascending places that is not beyond `at`; -1 where all are. */
export function lastBefore<T>(all: readonly T[], at: number, placeOf: (one: T) => number): number {
  let low = -1;
  let high = all.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (placeOf(all[middle]!) <= at) low = middle;
    else high = middle;
  }
  return low;
}

/** Headings as a line, and an empty one; the innermost only where all would be longer than `most` lets. */
export function breadcrumb(path: readonly string[], fits: (line: string) => boolean): string {
  for (let from = 0; from < path.length; from++) {
    const line = `${path.slice(from).join(" > ")}\n\n`;
    if (fits(line)) return line;
  }
  return "";
}
