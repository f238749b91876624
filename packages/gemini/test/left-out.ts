/** Recorded interactions with Google's hosts that the adapter has no endpoint for, and why. */
export const leftOut: readonly { path: RegExp; reason: string }[] = [
  { path: /:countTokens$/, reason: "counting tokens is not an endpoint of polycall yet" },
  {
    path: /\/v1beta\/openai\//,
    reason: "Google's OpenAI-compatible endpoint belongs to @polycall/openai",
  },
  { path: /\/cachedContents(\/|$)/, reason: "making and deleting caches is not a completion" },
  { path: /\/fileSearchStores(\/|$)/, reason: "file search stores are not a completion" },
];
