/** How chunks hang together by what stands in them: order, links, headings. One pass over a store. */
import type { Store } from "../stores/store.ts";
import {
  candidates,
  headingsIn,
  pageName,
  type Reference,
  referencesIn,
  slugOf,
} from "./references.ts";

export type EdgeKind = "next" | "link" | "heading" | "similar";

export interface Edge {
  to: string;
  kind: EdgeKind;
  /** Beside other edges of its kind. */
  weight: number;
}

/** Where a chunk stands; its text is read when it is wanted, so that what is gone is not shown. */
export interface Place {
  source: string;
  index: number;
}

export interface ChunkGraph {
  places: ReadonlyMap<string, Place>;
  edgesOf(id: string): readonly Edge[];
}

/** A heading under which so many chunks stand says nothing of them. */
const mostUnderHeading = 20;
const mostLinks = 100;

export async function chunkGraph(store: Store): Promise<ChunkGraph> {
  const places = new Map<string, Place>();
  const bySource = new Map<string, string[]>();
  const names = new Map<string, string>();
  const headings = new Map<string, Map<string, string>>();
  const sharing = new Map<string, string[]>();
  const referring: { id: string; source: string; references: Reference[] }[] = [];
  for await (const { id, source, index, raw, headings: under, metadata } of store.all()) {
    places.set(id, { source, index });
    const ids = bySource.get(source) ?? [];
    bySource.set(source, ids);
    ids[index] = id;
    if (!names.has(pageName(source))) names.set(pageName(source), source);
    const { title } = metadata;
    if (typeof title === "string" && !names.has(title.toLowerCase())) {
      names.set(title.toLowerCase(), source);
    }
    const own = headings.get(source) ?? new Map<string, string>();
    headings.set(source, own);
    for (const heading of [...under, ...headingsIn(raw)]) {
      if (!own.has(slugOf(heading))) own.set(slugOf(heading), id);
    }
    const heading = under.at(-1);
    if (heading) {
      const same = sharing.get(slugOf(heading)) ?? [];
      sharing.set(slugOf(heading), same);
      if (same.length <= mostUnderHeading) same.push(id);
    }
    const references = referencesIn(raw).slice(0, mostLinks);
    if (references.length) referring.push({ id, source, references });
  }

  const edges = new Map<string, Map<string, Edge>>();
  const join = (a: string, b: string, kind: EdgeKind, weight: number) => {
    if (a === b) return;
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const own = edges.get(from) ?? new Map<string, Edge>();
      edges.set(from, own);
      const key = `${kind} ${to}`;
      own.set(key, { to, kind, weight: Math.max(weight, own.get(key)?.weight ?? 0) });
    }
  };
  for (const ids of bySource.values()) {
    const present = ids.filter((id) => id !== undefined);
    for (let i = 1; i < present.length; i++) join(present[i - 1]!, present[i]!, "next", 1);
  }
  for (const ids of sharing.values()) {
    if (ids.length > mostUnderHeading) continue;
    for (const [i, a] of ids.entries()) {
      for (const b of ids.slice(i + 1)) join(a, b, "heading", 1 / (ids.length - 1));
    }
  }
  for (const { id, source, references } of referring) {
    for (const { target, fragment, wiki } of references) {
      const to = wiki
        ? target === ""
          ? source
          : names.get(target.toLowerCase())
        : candidates(source, target).find((one) => bySource.has(one));
      if (to === undefined) continue;
      const there =
        (fragment && headings.get(to)?.get(slugOf(decoded(fragment)))) ??
        bySource.get(to)!.find((one) => one !== undefined);
      if (there) join(id, there, "link", 1);
    }
  }
  return { places, edgesOf: (id) => [...(edges.get(id)?.values() ?? [])] };
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
