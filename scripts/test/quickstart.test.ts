/** The quick start talks to whom it says: your keys, else your Ollama, else the simulator. */
import { type Simulator, simulator } from "@polycall/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { command, strangersEnv } from "../command.ts";

let server: Simulator;
beforeAll(async () => {
  server = await simulator();
});
afterAll(() => server.close());

async function quickstart(...variables: string[]) {
  server.reset();
  const mine = Object.fromEntries(variables.map((name) => [name, server.env[name]!]));
  const env = { ...strangersEnv, ...mine };
  const { code, stdout, output } = await command("tsx", ["examples/quickstart/main.ts"], { env });
  expect(code, output).toBe(0);
  const providers = new Set(server.requests.map(({ provider }) => provider));
  return { stdout, providers: [...providers] };
}

test("with keys it calls their providers and no other", async () => {
  const { stdout, providers } = await quickstart(
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "GEMINI_API_KEY",
    "GEMINI_BASE_URL",
  );
  expect(stdout).toMatch(/^Answered by your keys\./);
  expect(providers).toEqual(["anthropic", "gemini"]);
});

test("without keys it calls an Ollama that is there", async () => {
  const { stdout, providers } = await quickstart("OLLAMA_BASE_URL");
  expect(stdout).toMatch(/^Answered by your Ollama\./);
  expect(providers).toEqual(["ollama"]);
});

test("with neither it starts a simulator and says so", async () => {
  const { stdout, providers } = await quickstart();
  expect(stdout).toMatch(/^Answered by a simulator on this machine/);
  for (const model of ["openai/", "anthropic/", "gemini/", "openrouter/", "ollama/"]) {
    expect(stdout).toMatch(new RegExp(`^${model}`, "m"));
  }
  expect(providers).toEqual([]);
});
