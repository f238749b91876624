/** LangChain.js and minisearch, doing what `retrieval.ts` measures. */
import { MarkdownTextSplitter, RecursiveCharacterTextSplitter } from "@langchain/textsplitters";
import MiniSearch from "minisearch";

const settings = ({ size, overlap }) => ({ chunkSize: size, chunkOverlap: overlap });

export const recursive = (text, options) =>
  new RecursiveCharacterTextSplitter(settings(options)).splitText(text);

export const recursiveWithLines = (text, options) =>
  new RecursiveCharacterTextSplitter(settings(options)).createDocuments([text]);

export const markdown = (text, options) =>
  new MarkdownTextSplitter(settings(options)).splitText(text);

export function miniSearch(documents) {
  const index = new MiniSearch({ fields: ["title", "text"] });
  index.addAll(documents);
  return (query) => index.search(query).slice(0, 10);
}
