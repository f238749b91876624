/** What was read from many texts, as one graph: it holds what the texts that are there say, and nothing else. */
import type { Place } from "./chunk-graph.ts";
import type { Extraction } from "./extract.ts";
import { keyOf } from "./names.ts";

/** What one chunk says of an entity or a relation. */
export interface Mention {
  chunk: string;
  description: string;
}

export interface Entity {
  key: string;
  /** As it is mostly written. */
  name: string;
  type: string;
  mentions: readonly Mention[];
}

export interface Relation {
  source: string;
  target: string;
  /** Sum of the strengths. */
  weight: number;
  mentions: readonly Mention[];
}

export interface EntityGraph {
  places: ReadonlyMap<string, Place>;
  entities: ReadonlyMap<string, Entity>;
  relations: readonly Relation[];
  /** Keys of the entities that a chunk names. */
  named: ReadonlyMap<string, readonly string[]>;
  /** Relations of an entity, either way. */
  relationsOf: ReadonlyMap<string, readonly Relation[]>;
}

interface Gathered {
  names: Map<string, number>;
  types: Map<string, number>;
  mentions: Mention[];
}

/** @param chunks by their place, so that the same corpus gives the same graph */
export function merged(
  chunks: Iterable<{ id: string; place: Place; extraction: Extraction | undefined }>,
): EntityGraph {
  const places = new Map<string, Place>();
  const named = new Map<string, string[]>();
  const entities = new Map<string, Gathered>();
  const relations = new Map<string, Relation & { mentions: Mention[] }>();
  const keys = new Map<string, string>();
  const keyFor = (name: string) => {
    const key = keys.get(name) ?? keyOf(name);
    keys.set(name, key);
    return key;
  };
  for (const { id, place, extraction } of chunks) {
    places.set(id, place);
    for (const { name, type, description } of extraction?.entities ?? []) {
      const key = keyFor(name);
      const one: Gathered = entities.get(key) ?? {
        names: new Map(),
        types: new Map(),
        mentions: [],
      };
      entities.set(key, one);
      one.names.set(name, (one.names.get(name) ?? 0) + 1);
      one.types.set(type, (one.types.get(type) ?? 0) + 1);
      one.mentions.push({ chunk: id, description });
      const own = named.get(id) ?? [];
      named.set(id, own);
      own.push(key);
    }
    for (const { source, target, description, strength } of extraction?.relations ?? []) {
      const [from, to] = [keyFor(source), keyFor(target)];
      const key = `${from}\n${to}`;
      const one = relations.get(key) ?? { source: from, target: to, weight: 0, mentions: [] };
      relations.set(key, one);
      one.weight += strength;
      one.mentions.push({ chunk: id, description });
    }
  }
  const relationsOf = new Map<string, Relation[]>();
  for (const relation of relations.values()) {
    for (const key of [relation.source, relation.target]) {
      const own = relationsOf.get(key) ?? [];
      relationsOf.set(key, own);
      own.push(relation);
    }
  }
  return {
    ...{ places, named, relationsOf, relations: [...relations.values()] },
    entities: new Map(
      [...entities].map(([key, { names, types, mentions }]) => [
        key,
        { key, name: most(names), type: most(types), mentions },
      ]),
    ),
  };
}

/** The most frequent; of equal ones the first. */
function most(counts: ReadonlyMap<string, number>): string {
  let [best, times] = ["", 0];
  for (const [one, count] of counts) if (count > times) [best, times] = [one, count];
  return best;
}

/** What several chunks say, each thing once, by which of them, the first ones where it is much. */
export function said(mentions: readonly Mention[], longest: number): Map<string, string> {
  const all = new Map<string, string>();
  let length = 0;
  for (const { chunk, description } of mentions) {
    if (!description || all.has(description)) continue;
    length += description.length + 1;
    if (length > longest && all.size > 0) break;
    all.set(description, chunk);
  }
  return all;
}
