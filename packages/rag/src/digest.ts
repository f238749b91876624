/** What tells one content from another: as the cache of embeddings tells it. */
export { digest } from "@polycall/embeddings";
