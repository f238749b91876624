/**
 * No parameter is lost in silence, whichever the provider: each is passed, renamed, clamped, converted,
 * emulated, dropped with a change, or refused. `extra_body` and `headers` reach the wire and win.
 */
import { completion, type Provider } from "polycall";
import { describe, expect, test } from "vitest";
import { params } from "../../packages/core/src/params.ts";
import { adapters } from "../../packages/polycall/src/providers.ts";
import { probedModels } from "../compatibility/models.ts";
import { planOf, probe } from "../compatibility/probe.ts";
import { rulesOf } from "../compatibility/rules.ts";
import { samples } from "../compatibility/samples.ts";

const providers = new Map<string, Provider>();
for (const [name, load] of Object.entries(adapters)) providers.set(name, await load());
const cases = probedModels().flatMap(([name, models]) =>
  models.map((model) => [name, model] as const),
);

test("there is a sample of each parameter", () => {
  const asked = Object.keys(params).filter((param) => param !== "model" && param !== "messages");
  expect(Object.keys(samples).sort()).toEqual(asked.sort());
});

/** Whether turning its thinking off would mean something. */
function thinksUnasked({ capabilities }: Provider, model: string): boolean {
  const facts = Object.assign({}, ...capabilities!.layers(model).map((layer) => layer.facts));
  const kind = (facts.thinking as { kind?: string } | undefined)?.kind;
  // OpenAI's that take no effort at all do not reason.
  const efforts = facts.efforts as readonly string[] | undefined;
  return facts.thinksUnasked ?? (efforts?.length !== 0 && kind !== "none");
}

describe.each(cases)("%s/%s", (name, model) => {
  const provider = providers.get(name)!;

  test.each(Object.entries(samples))("%s", (param, sample) => {
    for (const { value, outcome, rules } of probe(provider, model, param, sample)) {
      expect({ value, outcome }).not.toEqual({ value, outcome: { kind: "lost" } });
      if (outcome.kind === "idle") expect(thinksUnasked(provider, model)).toBe(false);
      const known = rulesOf(name).map(({ id }) => id);
      for (const rule of rules) expect(known).toContain(rule);
    }
  });

  test("extra_body wins over everything that the plan wrote", () => {
    const keys = Object.keys(planOf(provider, model, { temperature: 0.5 }).body);
    const mine = Object.fromEntries(keys.map((key) => [key, `my ${key}`]));
    const { body } = planOf(provider, model, {
      temperature: 0.5,
      extra_body: { ...mine, probe: [1] },
    });
    expect(body).toMatchObject({ ...mine, probe: [1] });
  });

  test("headers and extra_body are on the wire, and the caller's header wins", async () => {
    const named = Object.keys(planOf(provider, model, { stream: true }).headers);
    const mine = Object.fromEntries(named.map((header) => [header, "mine"]));
    let sent: RequestInit | undefined;
    const call = completion({
      model: `${name}/${model}`,
      messages: [{ role: "user", content: "Hello" }],
      apiKey: "k",
      baseURL: "http://127.0.0.1:9",
      headers: { ...mine, "x-probe": "yes", "user-agent": "mine" },
      extra_body: { probe: { deep: [1] } },
      maxRetries: 0,
      fetch: async (_, init) => {
        sent = init;
        return Response.json({ error: { message: "enough" } }, { status: 400 });
      },
    });
    await expect(call).rejects.toMatchObject({ status: 400 });
    const headers = new Headers(sent!.headers);
    for (const header of [...named, "user-agent"]) expect(headers.get(header)).toBe("mine");
    expect(headers.get("x-probe")).toBe("yes");
    expect(JSON.parse(String(sent!.body))).toMatchObject({ probe: { deep: [1] } });
  });
});
