/** What people write into OLLAMA_HOST. */
import { expect, test } from "vitest";
import { ollama } from "../src/index.ts";

test.each([
  ["http://127.0.0.1:11434", "http://127.0.0.1:11434"],
  ["127.0.0.1", "http://127.0.0.1:11434"],
  ["127.0.0.1:9999", "http://127.0.0.1:9999"],
  ["localhost", "http://localhost:11434"],
  ["my-box:80", "http://my-box"],
  ["0.0.0.0", "http://127.0.0.1:11434"],
  ["0.0.0.0:8080", "http://127.0.0.1:8080"],
  ["http://0.0.0.0:11434/", "http://127.0.0.1:11434"],
  [":8080", "http://127.0.0.1:8080"],
  ["[::]:11434", "http://127.0.0.1:11434"],
  ["[::1]", "http://[::1]:11434"],
  ["https://ai.example.com", "https://ai.example.com"],
  ["http://ai.example.com", "http://ai.example.com"],
  ["https://ai.example.com/ollama/", "https://ai.example.com/ollama"],
  ["ai.example.com/ollama", "http://ai.example.com:11434/ollama"],
  ["http://localhost:11434/v1", "http://localhost:11434"],
  ["http://localhost:11434/api/", "http://localhost:11434"],
  ["ollama.com", "https://ollama.com"],
  [' "localhost:1" ', "http://localhost:1"],
  ["", "http://127.0.0.1:11434"],
  ["http://", "http://"],
])("%j is %s", (given, url) => {
  expect(ollama.info.normalizeBaseURL?.(given)).toBe(url);
});
