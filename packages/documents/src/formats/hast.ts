/** The nodes of an HTML tree, as the libraries that read and write it have them. */
import type { toHtml } from "hast-util-to-html";

export type Nodes = Exclude<Parameters<typeof toHtml>[0], readonly unknown[]>;
export type Element = Extract<Nodes, { type: "element" }>;
export type Root = Extract<Nodes, { type: "root" }>;
